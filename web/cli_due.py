"""How `redress due` prints its answer: for people, with every day named, and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import orjson

from engine.deadlines import Deadline
from engine.due_dates import Answer, latest_more_time, more_time_until
from engine.events import ZONE
from engine.wordings import day_in_words, working
from engine.working_days import Count, Skipped

STATES = {
    "expected": "expected: what starts it has not happened",
    "running": "running",
    "met": "met in time",
    "late": "done late",
    "overdue": "overdue",
    "lapsed": "lapsed",
    "stopped": "stopped",
}


def in_words(answer: Answer) -> str:
    """The answer for people to read."""
    version, seen = answer.version, answer.seen
    assert version is not None
    assert seen is not None
    lines = [f"{version.landlord}: {version.version} governs. {answer.why}", f"  {version.title}"]
    for deadline in seen.deadlines.values():
        lines += ["", *_deadline_in_words(answer, deadline)]
    if answer.notes:
        lines += ["", *answer.notes]
    if answer.readings:
        lines += ["", "Readings chosen where the source is silent or contradicts itself:"]
        for reading in answer.readings:
            lines += [f"  {reading.question}", f"    {reading.reading} ({reading.by})"]
    return "\n".join(lines)


def as_json(answer: Answer) -> str:
    """The answer for programs, as one JSON object; dates are ISO dates."""
    version, seen = answer.version, answer.seen
    assert version is not None
    assert seen is not None
    whole = {
        "policy": answer.policy,
        "landlord": version.landlord,
        "received": answer.received.astimezone(ZONE).isoformat(timespec="minutes"),
        "seen_on": answer.seen_on.astimezone(ZONE).isoformat(timespec="minutes"),
        "governed_by": version.version,
        "title": version.title,
        "why": answer.why,
        "deadlines": {key: _deadline_as_json(answer, one) for key, one in seen.deadlines.items()},
        "notes": list(answer.notes),
        "readings": {
            one.key: {"question": one.question, "reading": one.reading, "by": one.by, "about": list(one.about)}
            for one in answer.readings
        },
    }
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()


def _deadline_in_words(answer: Answer, deadline: Deadline) -> Iterator[str]:
    if deadline.due is None:
        yield f"{deadline.key}: no date yet, for its start is not known ({deadline.rule.of})"
        yield f"  {deadline.rule.says}"
        return
    preposition = "from" if deadline.rule.met_by is None else "due"
    state = f" ({STATES[deadline.state]})" if deadline.state else ""
    yield f"{deadline.key}: {preposition} {_named(deadline.due)}{state}"
    yield f"  {deadline.rule.says}"
    yield f"  {_working(answer, deadline)}."
    yield from (f"  {text}" for text in _more_dates(answer, deadline))
    count = _count(answer, deadline)
    if count is not None:
        yield f"  Counted: {', '.join(_short(day) for day in count.counted)}."
        if count.skipped:
            yield f"  Not counted: {', '.join(f'{_short(one.date)} ({one.why})' for one in count.skipped)}."
    if deadline.rule.cites:
        yield f"  Cites: {', '.join(str(cite) for cite in deadline.rule.cites)}."


def _working(answer: Answer, deadline: Deadline) -> str:
    assert answer.seen is not None
    text = working(deadline, answer.seen, first_day_counts=bool(answer.version and answer.version.first_day_counts))
    return text[:1].upper() + text[1:]


def _more_dates(answer: Answer, deadline: Deadline) -> Iterator[str]:
    assert answer.seen is not None
    if deadline.met:
        yield f"Done on {_named(deadline.met)}."
    if deadline.promised:
        yield f"A letter promised {_named(deadline.promised)}."
    if deadline.backstop:
        yield f"Backstop, as if its start had come in time: {_named(deadline.backstop)}."
    latest, until = latest_more_time(deadline, answer.seen), more_time_until(deadline)
    if latest and until and deadline.original and deadline.rule.more_time:
        when = "had to be given" if until < answer.seen.today else "may be given"
        limit = "all of it is given" if until >= latest else f"to {_named(latest)} at most"
        yield (
            f"More time {when} by {_named(until)}, {limit} "
            f"({deadline.rule.more_time.at_most} from {day_in_words(deadline.original)})."
        )


def _deadline_as_json(answer: Answer, deadline: Deadline) -> dict[str, Any]:
    assert answer.seen is not None
    rule, count = deadline.rule, _count(answer, deadline)
    found: dict[str, Any] = {
        "due": deadline.due,
        "is": deadline.state,
        "says": rule.says,
        "within": str(rule.within),
        "of": rule.of,
        "met_by": rule.met_by,
        "start": deadline.start,
        "original": deadline.original,
        "met": deadline.met,
        "promised": deadline.promised,
        "backstop": deadline.backstop,
        "latest_more_time": latest_more_time(deadline, answer.seen) if more_time_until(deadline) else None,
        "more_time_until": more_time_until(deadline),
        "cites": [str(cite) for cite in rule.cites],
        "working": _working(answer, deadline) if deadline.due else "",
    }
    if count is not None:
        found["counted"] = list(count.counted)
        found["skipped"] = [_skipped(one) for one in count.skipped]
    return found


def _skipped(one: Skipped) -> dict[str, Any]:
    return {"date": one.date, "why": one.why}


def _count(answer: Answer, deadline: Deadline) -> Count | None:
    assert answer.seen is not None
    first = bool(answer.version and answer.version.first_day_counts)
    return answer.seen.count(deadline, first_day_counts=first)


def _named(day: date) -> str:
    return f"{day:%A} {day_in_words(day)}"


def _short(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}"
