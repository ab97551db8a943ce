"""What changed in deadlines and windows, as sentences, with what the Complaint Handling Code allows of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.policy import Within
from engine.policy_stages import MORE_TIME, length, whole_event
from engine.version_differences_names import Sides, of_cites, provision, wording
from engine.version_differences_text import Difference, Speaker, Telling, moved, of_keys, of_value
from engine.version_differences_trees import Known, Tree, key_words, known, text_at, texts, words
from engine.wordings import listed
from engine.yardstick import Asked

Named = Callable[[Tree | None], str]

WAYS = {"extension": "an extension", "holding_reply": "a holding reply"}
TOLD = {"reason": "the reason", "new_date": "the new date", "ombudsman_contact": "how to reach the Ombudsman"}


def of_deadlines(
    names: Sides, stage: str | None, telling: Telling, before: Tree | None, after: Tree | None
) -> list[Difference]:
    """Deadlines and windows added, taken out, moved and changed, of a stage or (None) of the case as a whole."""
    was, now = known(before), known(after)
    found: list[Difference] = []
    for name in {**now, **was}:
        key = f"{stage}.{name}" if stage else name
        about = Telling("deadlines", names.deadline(key), telling.files)
        if name not in was:
            deadline = known(now[name])
            says, code = deadline_words(names, deadline, stage), _code(names, key, deadline, stage)
            quote = words(deadline["says"]) if "says" in deadline else ""
            found.append(about.says("added", f"{about.about} is added: {says}{code}", after=quote))
        elif name not in now:
            found.append(_deadline_gone(names, about, key, known(was[name]), stage))
        else:
            found += _deadline_changed(names, about, key, stage, known(was[name]), known(now[name]))
    for name in moved(list(was), list(now)):
        label = names.deadline(f"{stage}.{name}" if stage else name)
        found.append(
            Telling("deadlines", label, telling.files).says("moved", f"{label} stands at another place in the list.")
        )
    return found


def _deadline_gone(names: Sides, telling: Telling, key: str, deadline: Known, stage: str | None) -> Difference:
    was = deadline_words(names, deadline, stage)
    found = names.about("deadline", key)
    asks = (
        f" The Code asks for it within {found[1].within} ({provision(found[1])})." if found and found[1].within else ""
    )
    quote = words(deadline["says"]) if "says" in deadline else ""
    return telling.says("removed", f"{telling.about} is no longer promised. It was {was}{asks}", before=quote)


def deadline_words(names: Sides, deadline: Known, stage: str | None) -> str:
    """A whole deadline as a sentence: what is counted, from what, until what, and more time where it may be had."""
    within = words(deadline.get("within"))
    start = names.event(deadline.get("of"), stage)
    other = f", or of {names.event(deadline['or_of'], stage)}" if "or_of" in deadline else ""
    ends = f", ended by {names.event(deadline['met_by'], stage)}" if "met_by" in deadline else ""
    whose = ", the resident's time" if words(deadline.get("whose")) == "resident" else ""
    law = f", ended by law ({key_words(words(deadline['ended_by_law']))})" if "ended_by_law" in deadline else ""
    said = f"{within} {'of' if 'met_by' in deadline else 'after'} {start}{other}{ends}{whose}{law}."
    for way in WAYS:
        if way in deadline:
            said += f" {_more_words(way, known(deadline[way]))}"
    return said


def _more_words(way: str, more: Known) -> str:
    limit = f"of at most {words(more['at_most'])}" if "at_most" in more else "without a limit"
    told = listed([TOLD.get(one, key_words(one)) for one in texts(more.get("tell_resident"))])
    named = f"{WAYS[way][:1].upper()}{WAYS[way][1:]}"
    return f"{named} {limit} may be given" + (f", telling the resident {told}." if told else ".")


def _deadline_changed(
    names: Sides, telling: Telling, key: str, stage: str | None, before: Known, after: Known
) -> list[Difference]:
    code = _code(names, key, after, stage)
    event = partial(names.event, stage=stage)
    speakers: dict[str, Speaker] = {
        "within": partial(_length, code),
        "of": partial(_clock, f"is now counted from {event(after.get('of'))}", event, code),
        "or_of": lambda told, was, now: of_value(told.of("or counted from"), was, now, event),
        "met_by": partial(_clock, f"is now met by {event(after.get('met_by'))}", event, ""),
        "whose": _whose,
        "says": partial(wording, "what we promise in words"),
        "cites": partial(of_cites, names),
        "ended_by_law": lambda told, was, now: of_value(told.of("ended by law"), was, now, _law),
    }
    speakers |= {way: partial(_more_time, names, way, key) for way in MORE_TIME}
    found = of_keys(telling, before, after, speakers, is_fixed=True)
    return sorted(found, key=lambda one: bool(one.before))  # what is counted before what is said of it


def _law(value: Tree | None) -> str:
    return key_words(words(value))


def _length(code: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    if before is None or after is None:
        return []
    was, now = length(words(before)), length(words(after))
    if was is None or now is None:
        return of_value(telling, before, after)
    if was == now:
        return []
    said = str(now.count) if was.unit == now.unit else str(now)
    return [telling.says("changed", f"{telling.about}: {was} becomes {said}.{code}")]


def _clock(
    says: str, event: Named, code: str, telling: Telling, before: Tree | None, after: Tree | None
) -> list[Difference]:
    if before is None or after is None or event(before) == event(after):
        return []
    return [telling.says("changed", f"{telling.about} {says}, no longer {_from_or_by(says)} {event(before)}.{code}")]


def _from_or_by(says: str) -> str:
    return "from" if " from " in says else "by"


def _whose(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    was, now = words(before) == "resident", words(after) == "resident"
    if was == now:
        return []
    said = "is now the resident's time" if now else "is now the landlord's time, no longer the resident's"
    return [telling.says("changed", f"{telling.about} {said}.")]


def _more_time(
    names: Sides, way: str, key: str, telling: Telling, before: Tree | None, after: Tree | None
) -> list[Difference]:
    code = _more_code(names, key, known(after))
    about = telling.of(key_words(way))
    if before is None or after is None:
        more = _more_words(way, known(after if before is None else before))
        if before is None:
            return [about.says("added", f"{telling.about} may now be moved. {more}{code}")]
        return [about.says("removed", f"{telling.about} may no longer be moved by {WAYS[way]}. It was: {more}")]
    speakers: dict[str, Speaker] = {
        "at_most": partial(_at_most, code),
        "tell_resident": lambda told, was, now: of_value(
            told.of("what the resident is told"), was, now, lambda one: TOLD.get(words(one), key_words(words(one)))
        ),
        "cites": partial(of_cites, names),
        "says": partial(wording, "its words"),
    }
    return of_keys(about, known(before), known(after), speakers, is_fixed=True)


def _at_most(code: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    if before is None:
        return [telling.says("added", f"{telling.about}: it now has a limit, at most {words(after)}.{code}")]
    if after is None:
        return [
            telling.says("removed", f"{telling.about}: it no longer has a limit; it was at most {words(before)}.{code}")
        ]
    was, now = length(words(before)), length(words(after))
    if was is None or now is None or was == now:
        return []
    said = str(now.count) if was.unit == now.unit else str(now)
    return [telling.says("changed", f"{telling.about}: at most {was} becomes {said}.{code}")]


# ---------------------------------------------------------------- The Code, and words of the file


def _code(names: Sides, key: str, deadline: Known, stage: str | None) -> str:
    """What the Code allows for a deadline, or asks a resident's window to be at least."""
    if found := names.about("deadline", key):
        return _allowed(names, found[1], deadline, stage)
    if (found := names.about("window", key)) and isinstance(found[1].at_least, Within):
        least = _as_counted(found[1].at_least, deadline)
        return f" The Code asks for at least {least} ({provision(found[1])})."
    if found := names.about("ombudsman_wait", key):
        return f" The Code allows no wait ({provision(found[1])})."
    return ""


def _allowed(names: Sides, asked: Asked, deadline: Known, stage: str | None) -> str:
    if asked.within is None:
        return ""
    own_start = whole_event(text_at(deadline, "of"), stage)
    if own_start == asked.of:
        return f" The Code allows {_as_counted(asked.within, deadline)} ({provision(asked)})."
    return f" The Code allows {asked.within} from {names.event(asked.of, stage)} ({provision(asked)})."


def _more_code(names: Sides, key: str, more: Known) -> str:
    found = names.about("more_time", key)
    if not found or not isinstance(found[1].at_most, Within):
        return ""
    ours = length(text_at(more, "at_most"))
    most = found[1].at_most
    said = str(most.count) if ours and ours.unit == most.unit else str(most)
    return f" The Code allows {said} ({provision(found[1])})."


def _as_counted(asked: Within, deadline: Known) -> str:
    """A length of the Code: its number alone where the version counts the same."""
    ours = length(text_at(deadline, "within"))
    return str(asked.count) if ours and ours.unit == asked.unit else str(asked)
