"""Reading the stages and deadlines of a policy file, its lengths of time and its citations."""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine import events
from engine.policy import Citation, DeadlineRule, MoreTime, Source, Stage, Unit, Within
from engine.problems import did_you_mean
from engine.yaml_part import KEY, Part

#: what happens to a case as a whole, so that a bare name of these in a stage is not an event of the stage
CASE_EVENTS = (
    events.RECEIVED, events.WITHDRAWN, events.SATISFIED, events.TRIAGED, events.AUTHORITY_RECEIVED,
    events.CONFLICT_DECLARED,
)  # fmt: skip
#: what the resident told us with the complaint that a clock may start from
CASE_DATES = ("resident_aware", "issue_occurred")
#: how a deadline may be moved, and the event that does it
MORE_TIME = {"extension": "extension_given", "holding_reply": "holding_reply_sent"}

_STAGE_KEYS = (
    "title", "says", "handler", "desk", "panel", "external", "not_the_same_person_as", "designated_person",
    "deadlines", "cites",
)  # fmt: skip
_DEADLINE_KEYS = (
    "says", "within", "of", "or_of", "met_by", "whose", "ended_by_law", "cites", *MORE_TIME,
)  # fmt: skip
_LENGTH = re.compile(r"([1-9][0-9]{0,2}) (working days?|days?|weeks?|months?)")
_UNITS: Mapping[str, Unit] = {"working day": "working days", "day": "days", "week": "weeks", "month": "months"}
_COUNTS = " That is one of: working days, days, weeks, months."
NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "fifteen": 15, "twenty": 20,
}  # fmt: skip


def length(text: str) -> Within | None:
    """The length of time a text like '5 working days' says; None for anything else.

    >>> length("8 weeks")
    Within(count=8, unit='weeks')
    """
    found = _LENGTH.fullmatch(text)
    if not found:
        return None
    return Within(int(found[1]), _UNITS[found[2].removesuffix("s")])


def as_length(text: str) -> str:
    """The likeliest proper spelling of a length of time that cannot be read, empty where none is likely: what nobody
    wrote must not be promised.

    >>> as_length("five workdays")
    '5 working days'
    >>> as_length("0 working days")
    ''
    """
    said = text.lower()
    digits = re.findall(r"[-+.,]*[0-9][0-9.,]*", said)
    counts = {NUMBERS[word] for word in re.findall(r"[a-z]+", said) if word in NUMBERS}
    counts |= {int(number) if re.fullmatch(r"[1-9][0-9]{0,2}", number) else 0 for number in digits}
    days = "working days" if "work" in said else "days"
    units = [unit for word, unit in (("month", "months"), ("week", "weeks"), ("day", days)) if word in said]
    if len(counts) != 1 or len(units) != 1 or 0 in counts:
        return ""
    return f"{counts.pop()} {units[0]}"


def read_length(part: Part, key: str, *, example: str = "") -> Within | None:
    """The length of time under a key; with an `example` it has to be there."""
    written = part.text(key, example=example)
    if not written:
        return None
    within = length(written)
    if within is None:
        what = f"{part.about} allows '{written}'."
        likely = as_length(written)
        mend = f"Write it as '{likely}'." if likely else "Write the source's number, 1 to 999, and what it counts."
        part.problem(part.line_of(key), what, f"{mend}{'' if likely else _COUNTS}")
    return within


def read_cites(part: Part, sources: Mapping[str, Source]) -> tuple[Citation, ...]:
    """The paragraphs under `cites`, each `source paragraph` with a source of the version."""
    found = []
    for written in part.words("cites"):
        source, _, paragraph = written.partition(" ")
        if source not in sources:
            what = f"{part.about} cites '{source}', which is not under sources."
            part.problem(part.line_of("cites"), what, did_you_mean(source, sources))
        found.append(Citation(source, paragraph.strip()))
    return tuple(found)


def whole_event(name: str, stage: str | None) -> str:
    """An event's whole name: a bare one belongs to the stage it is written in, unless the case has one of that name."""
    if stage is None or "." in name or name in CASE_EVENTS or name in CASE_DATES:
        return name
    return f"{stage}.{name}"


def read_stages(part: Part, sources: Mapping[str, Source]) -> tuple[tuple[Stage, ...], tuple[DeadlineRule, ...]]:
    """The stages in their order and their deadlines, then the deadlines of the case itself."""
    stages, deadlines = [], []
    for key, below in part.each("stages", "Stage", needed=True):
        if not KEY.fullmatch(key) or "-" in key:
            part.problem(below.line, f"Stage '{key}' has a key that is no plain name.", "Write it like 'stage_1'.")
        below.only(_STAGE_KEYS)
        stages.append(_stage(key, below, sources))
        deadlines += _deadlines(below, key, sources)
    deadlines += _deadlines(part, None, sources)
    return tuple(stages), tuple(deadlines)


def _stage(key: str, part: Part, sources: Mapping[str, Source]) -> Stage:
    return Stage(
        key=key,
        title=part.text("title", example="Stage 1"),
        handler=part.maybe_text("handler"),
        desk=part.maybe_text("desk"),
        panel=part.maybe_text("panel"),
        is_external=part.flag("external"),
        not_the_same_person_as=part.words("not_the_same_person_as"),
        designated_person=part.words("designated_person"),
        says=part.text("says"),
        cites=read_cites(part, sources),
        line=part.line,
    )


def _deadlines(part: Part, stage: str | None, sources: Mapping[str, Source]) -> list[DeadlineRule]:
    found = []
    for name, below in part.each("deadlines", "Deadline"):
        key = f"{stage}.{name}" if stage else name
        below.about = f"Deadline '{key}'"
        rule = _deadline(key, stage, below, sources)
        if rule is not None:
            found.append(rule)
    return found


def _deadline(key: str, stage: str | None, part: Part, sources: Mapping[str, Source]) -> DeadlineRule | None:
    part.only(_DEADLINE_KEYS)
    within = read_length(part, "within", example="5 working days")
    of = part.text("of", example="complaint_received")
    or_of, met_by = part.maybe_text("or_of"), part.maybe_text("met_by")
    says = part.text("says", example="We acknowledge every complaint within five working days of receiving it.")
    whose = part.text("whose", default="landlord")
    if whose not in ("resident", "landlord"):
        what = f"{part.about} belongs to '{whose}'."
        part.problem(part.line_of("whose"), what, "Write 'whose: resident', or leave it out.")
    more_time, cites = _more_time(part, sources), read_cites(part, sources)
    if more_time and whose == "resident":
        what = f"{part.about} is a resident's time and allows an extension."
        part.problem(part.line, what, "Delete 'extension', or 'whose: resident'.")
    if within is None or not of:
        return None
    return DeadlineRule(
        key=key,
        says=says,
        within=within,
        of=whole_event(of, stage),
        or_of=whole_event(or_of, stage) if or_of else None,
        met_by=whole_event(met_by, stage) if met_by else None,
        is_window=whose == "resident",
        more_time=more_time,
        ended_by_law=part.maybe_text("ended_by_law"),
        cites=cites,
        line=part.line,
    )


def _more_time(part: Part, sources: Mapping[str, Source]) -> MoreTime | None:
    ways = [key for key in MORE_TIME if key in part.node]
    if len(ways) > 1:
        what = f"{part.about} has both an extension and a holding reply."
        part.problem(part.line_of(ways[1]), what, "Keep the one that the source speaks of.")
    about = f"The {ways[0].replace('_', ' ')} of {part.about[0].lower()}{part.about[1:]}" if ways else ""
    below = part.part(ways[0], about) if ways else None
    if below is None:
        return None
    below.only(("at_most", "tell_resident", "cites", "says"))
    return MoreTime(
        event=MORE_TIME[ways[0]],
        at_most=read_length(below, "at_most"),
        tell_resident=below.words("tell_resident"),
        cites=read_cites(below, sources),
    )
