"""Deadlines, windows and extensions of a draft: what the form of stages and timescales does to the file.

What a deadline says is a sentence that names its time; where the time changes and the sentence does not, the time in it
is changed with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, Unpack

from engine import yaml_editing
from engine.policy import Within, bare, stage_of
from engine.policy_checks import STAGE_DEADLINES
from engine.policy_stages import CASE_DATES, CASE_EVENTS, MORE_TIME, NUMBERS, as_length, length
from engine.version_order import settled
from engine.version_text import (
    KEPT,
    Files,
    Kept,
    Text,
    answered,
    bare_of,
    deadline_place,
    opened,
    put_list,
    put_text,
    text_of,
    without_expected,
)
from engine.version_text import with_text as written
from engine.yaml_part import KEY
from engine.yaml_writing import Value

#: what a notice of more time tells the resident, unless the source asks for something else
TOLD = ["reason", "new_date", "ombudsman_contact"]
_SPOKEN = re.compile(rf"\b([0-9]+|{'|'.join(NUMBERS)})((?: working)? (?:days?|weeks?|months?))\b", re.IGNORECASE)
_WORDS = {count: word for word, count in NUMBERS.items()}
_BEFORE = ("says", "within", "of", "or_of", "met_by", "whose", "ended_by_law")


class NewDeadline(TypedDict):
    """A deadline to be added: its time, what starts it (`of`, `or_of`) and meets it, its words (the usual ones where it
    has none), whose it is (`landlord` or `resident`), and how long an extension may be (empty: none)."""

    within: str
    of: str
    met_by: NotRequired[str | None]
    or_of: NotRequired[str | None]
    says: NotRequired[str]
    whose: NotRequired[str]
    at_most: NotRequired[str]


def set_deadline(
    files: Files,
    path: str,
    key: str,
    *,
    within: Text = KEPT,
    of: Text = KEPT,
    or_of: Text = KEPT,
    met_by: Text = KEPT,
    says: Text = KEPT,
    at_most: Text = KEPT,
    more_time: str = "",
    cites: Sequence[str] | Kept = KEPT,
) -> dict[str, bytes]:
    """The files with a deadline or window changed: its time, what starts it (`of`, `or_of`) and meets it, its words,
    and how long an extension may be (`at_most`; empty: none). `more_time` is `extension` or `holding_reply` where it
    had neither. Raises BadAnswers with a sentence for each field, NotThere for a deadline that is not there."""
    place, text = deadline_place(key), text_of(files, path)
    yaml_editing.entry(text, place)
    found = opened(files, path)
    rule = found.version.deadline(key)
    answered(
        {
            "within": _unlike_length(within, "how long it may take"),
            "at_most": _unlike_length(at_most, "how long an extension may be", may_be_empty=True),
            "says": "Say in a sentence what is promised." if _is_emptied(says) else None,
            **{name: _unknown(value, key, found.names.events, name) for name, value in
               (("of", of), ("or_of", or_of), ("met_by", met_by))},
        }
    )  # fmt: skip
    if rule and (isinstance(says, Kept) or says == rule.says) and isinstance(within, str):
        says = reworded(rule.says, rule.within, length(within.strip()) or rule.within)
    given: Mapping[str, Text] = {"says": says, "within": within, "of": of, "or_of": or_of, "met_by": met_by}
    for name, value in given.items():
        text = put_text(text, (*place, name), _bare(value, key), after=_before(text, place, name))
    text = put_list(text, (*place, "cites"), cites)
    return settled(files, written(files, path, _with_more_time(text, place, at_most, more_time)), path)


def add_deadline(
    files: Files, path: str, key: str, *, cites: Sequence[str] = (), **given: Unpack[NewDeadline]
) -> dict[str, bytes]:
    """The files with one more deadline (`stage_1.acknowledgement`), or, with `whose="resident"`, a window of theirs.
    Raises BadAnswers."""
    found, place, text = opened(files, path), deadline_place(key), text_of(files, path)
    bound = {"of": given["of"], "or_of": given.get("or_of"), "met_by": given.get("met_by")}
    answered(
        {
            "key": _unfit_name(key) or (f"'{key}' is there already." if yaml_editing.has(text, place) else None),
            "within": _unlike_length(given["within"], "how long it may take"),
            "at_most": _unlike_length(given.get("at_most", ""), "how long an extension may be", may_be_empty=True),
            **{name: _unknown(event, key, found.names.events, name) for name, event in bound.items()},
        }
    )
    values = deadline(key, **given)
    if cites:
        values = {**values, "cites": list(cites)}
    if not yaml_editing.has(text, place[:-1]):
        yaml_editing.entry(text, place[:-2])
        text = yaml_editing.add(text, place[:-2], "deadlines", {})
    added = yaml_editing.add(text, place[:-1], place[-1], values, after=_behind(text, place))
    return settled(files, written(files, path, added), path)


def remove_deadline(files: Files, path: str, key: str) -> dict[str, bytes]:
    """The files without a deadline. What started from the event that met it starts where it started, and a clause it
    carried alone is still to come. Raises NotThere."""
    place, text = deadline_place(key), text_of(files, path)
    yaml_editing.entry(text, place)
    rule = opened(files, path).version.deadline(key)
    others = [other for other in opened(files, path).version.deadlines if other.key != key]
    if rule and bare(key) == "acknowledgement":  # nobody acknowledges where it is not promised
        for other in others:
            if other.of == rule.met_by:
                text = yaml_editing.set_value(text, (*deadline_place(other.key), "of"), bare_of(rule.of, other.key))
    text = yaml_editing.remove(text, place if len(yaml_editing.keys(text, place[:-1])) > 1 else place[:-1])
    return settled(files, without_expected(written(files, path, text), path, key), path)


def deadline(key: str, **given: Unpack[NewDeadline]) -> dict[str, Value]:
    """The keys of a deadline as the file has them, in its order."""
    within = given["within"].strip()
    said = given.get("says", "").strip() or usual_words(key, length(within) or Within(1, "working days"))
    values: dict[str, Value] = {"says": said, "within": within, "of": bare_of(given["of"], key)}
    if or_of := given.get("or_of"):
        values["or_of"] = bare_of(or_of, key)
    if met_by := given.get("met_by"):
        values["met_by"] = bare_of(met_by, key)
    if given.get("whose") == "resident":
        values["whose"] = "resident"
    if at_most := given.get("at_most", "").strip():
        values["extension"] = {"at_most": at_most, "tell_resident": TOLD}
    return values


def usual_words(key: str, within: Within) -> str:
    """What a deadline says where its author said nothing."""
    time = spoken(within)
    return {
        "acknowledgement": f"We acknowledge it within {time}.",
        "response": f"You receive our response within {time}.",
        "panel": f"The panel meets within {time}.",
        "request_window": f"You can ask for this stage within {time}.",
        "complain_by": f"We consider a complaint about anything in the {time} before it.",
        "direct_from": f"You can go to the Ombudsman yourself after {time}.",
    }.get(bare(key), f"This is done within {time}.")


def spoken(within: Within) -> str:
    """A length of time as a sentence says it: `five working days`, `25 working days`."""
    return f"{_WORDS.get(within.count, str(within.count))} {str(within).partition(' ')[2]}"


def reworded(says: str, old: Within, new: Within) -> str:
    """A sentence with a new time in it where it speaks of the old one, in words or in figures as it did.

    >>> reworded("Within ten working days.", Within(10, "working days"), Within(15, "working days"))
    'Within fifteen working days.'
    """

    def replaced(found: re.Match[str]) -> str:
        number, unit = found[1].lower(), found[2].lower().strip()
        same = (NUMBERS.get(number) or int(number)) == old.count and unit.rstrip("s") in old.unit
        if not same:
            return found[0]
        plain = spoken(new) if number in NUMBERS else str(new)
        if old.unit == "working days" == new.unit and not unit.startswith("working"):
            plain = plain.replace("working ", "")
        return plain[0].upper() + plain[1:] if found[1][0].isupper() else plain

    return _SPOKEN.sub(replaced, says)


def reworded_to(says: str, within: Within) -> str:
    """A sentence whose first time is another one, in words or in figures as it was.

    >>> reworded_to("Within ten days, or 5.", Within(2, "weeks"))
    'Within two weeks, or 5.'
    """
    found = _SPOKEN.search(says)
    if found is None:
        return f"{says.rstrip('.')} within {spoken(within)}."
    new = spoken(within) if found[1].lower() in NUMBERS else str(within)
    return says[: found.start()] + (new.capitalize() if found[1][0].isupper() else new) + says[found.end() :]


def _bare(value: Text, key: str) -> Text:
    return bare_of(value.strip(), key) if isinstance(value, str) else value


def _with_more_time(text: str, place: tuple[str, ...], at_most: Text, more_time: str) -> str:
    if isinstance(at_most, Kept):
        return text
    has = [way for way in MORE_TIME if yaml_editing.has(text, (*place, way))]
    if not at_most or not at_most.strip():
        for way in has:
            text = yaml_editing.remove(text, (*place, way))
        return text
    if has:
        return yaml_editing.put(text, (*place, has[0], "at_most"), at_most.strip(), after=yaml_editing.FIRST)
    way = more_time if more_time in MORE_TIME else "extension"
    cites = "cites" if yaml_editing.has(text, (*place, "cites")) else None
    behind = next((key for key in reversed(_BEFORE) if yaml_editing.has(text, (*place, key))), None) if cites else None
    value: Value = {"at_most": at_most.strip(), "tell_resident": TOLD}
    return yaml_editing.add(text, place, way, value, after=behind)


def _before(text: str, place: tuple[str, ...], key: str) -> str | None:
    """The key that a new one of a deadline stands behind, in the usual order."""
    earlier = _BEFORE[: _BEFORE.index(key)]
    return next((name for name in reversed(earlier) if yaml_editing.has(text, (*place, name))), yaml_editing.FIRST)


def _behind(text: str, place: tuple[str, ...]) -> str | None:
    """The deadline that a new one stands behind: the usual ones have an order."""
    order = ("request_window", *STAGE_DEADLINES[:1], "panel", "response", "direct_from")
    if place[-1] not in order:
        return None
    earlier = order[: order.index(place[-1])]
    there = yaml_editing.keys(text, place[:-1])
    return next((name for name in reversed(earlier) if name in there), yaml_editing.FIRST)


def _unlike_length(value: Text, about: str, *, may_be_empty: bool = False) -> str | None:
    if isinstance(value, Kept) or (may_be_empty and (value is None or not value.strip())):
        return None
    if value and length(value.strip()):
        return None
    likely = as_length(value or "") or "5 working days"
    return f"Write {about} as a number and working days, days, weeks or months, such as {likely}."


def _unknown(value: Text, key: str, events: frozenset[str], field: str) -> str | None:
    if isinstance(value, Kept):
        return None
    if value is None or not value.strip():
        return "Choose what starts it." if field == "of" else None
    known = {*events, *CASE_EVENTS, *(CASE_DATES if field != "met_by" else ())}
    stage = stage_of(key)
    if not events or value.strip() in known or (stage and f"{stage}.{value.strip()}" in known):
        return None
    return f"Nothing that happens to a case is called '{value.strip()}'. Choose one of those listed."


def _is_emptied(value: Text) -> bool:
    return not isinstance(value, Kept) and (value is None or not value.strip())


def _unfit_name(key: str) -> str | None:
    if KEY.fullmatch(bare(key)) and "-" not in key:
        return None
    return "Use lower-case letters, digits and underscores."
