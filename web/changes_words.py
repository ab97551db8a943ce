"""What a plan about the record would change, in words: before and after, and what would no longer fit the diagram."""

from __future__ import annotations

from collections.abc import Iterator

from engine import corrections
from engine.case_files import CaseFile, Plan
from engine.wordings import listed
from web import case_standing, event_words, names, wording

#: how `corrections.changes` says that a deadline has no date
NO_DATE = "no date yet"


def rows(plan: Plan) -> list[tuple[str, str, str]]:
    """Each change as (what, before, after), less the dates that have not begun on either side."""
    return [
        (_what(plan, what), _value(plan.file, what, before), _value(plan.after_file, what, after))
        for what, before, after in corrections.changes(plan)
        if not (_is_undated(before) and _is_undated(after))
    ]


def departures(plan: Plan) -> list[str]:
    """What happened that the diagram, as things would then stand, did not allow: a sentence each."""
    return list(_new_departures(plan))


def _new_departures(plan: Plan) -> Iterator[str]:
    before, version = {one.event.number for one in plan.file.standing.departures}, plan.after_file.governing.version
    for one in plan.after.departures:
        if one.event.number in before:
            continue
        what = event_words.title(version, one.event.name)
        allowed = [event_words.title(version, name) for name in one.allowed]
        yield (
            f"{what}, on {wording.day(one.event.day)}, would no longer fit the process. "
            f"What could have happened then: {'; '.join(allowed) or 'nothing'}. It stays in the record."
        )


def _what(plan: Plan, key: str) -> str:
    version = plan.after_file.governing.version or plan.file.governing.version
    is_deadline = version is not None and version.deadline(key) is not None
    if version is not None and is_deadline:
        return names.deadline(version, key)
    is_name = "." in key or "_" in key
    return wording.plain(key) if is_name else key


def _value(file: CaseFile, what: str, value: str) -> str:
    if what == "Governing version":
        return file.governing.version.title if file.governing.version else "None yet"
    if _is_undated(value):
        return "No date yet" if value else "None"
    if what == "Status":
        return wording.state(value)
    if what == "How it ended":
        return wording.plain(case_standing.ENDINGS.get(value, value))
    if what == "Tasks open":
        return listed([event_words.task_title(file.book, key) for key in value.split(", ")])
    day, comma, state = value.rpartition(", ")
    return f"{day}: {wording.state(state).lower()}" if comma and state in wording.STATES else value


def _is_undated(value: str) -> bool:
    return not value or NO_DATE in value
