"""What a plan about the record would change, in words: before and after, and what would no longer fit the diagram."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import corrections
from engine.case_files import CaseFile, Plan
from engine.events import RECEIVED
from engine.forms import Form
from engine.rights import Person
from engine.wordings import listed
from web import case_standing, event_words, forms, names, wording

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


def answers(plan: Plan, form: Form) -> list[tuple[str, str, str]]:
    """Each answer that a correction changes as (question, before, after)."""
    said = plan.new[0].fields
    was, now = said.get("was_fields"), said.get("now_fields")
    if not isinstance(was, Mapping) or not isinstance(now, Mapping):
        return []
    return [
        (one.label, forms.shown(one, was.get(one.name)) or "Nothing", forms.shown(one, now[one.name]) or "Nothing")
        for one in form.fields
        if one.name in now
    ]


def areas(plan: Plan, who: Person) -> list[str]:
    """What becomes of the case's service area, where a correction touches it: a sentence, or none."""
    before, after = plan.file.area, plan.after_file.area
    now = plan.new[0].fields.get("now_fields")
    if before != after:
        area = _area(plan.after_file)
        says = f"The case would belong to the service: {area}." if area else "The case would belong to no service yet."
        is_seen = who.may_see(plan.file.policy, after)
        return [says if is_seen else f"{says} You do not work there: once this is saved you no longer see the case."]
    if isinstance(now, Mapping) and "service_area" in now and before:
        return [
            f"The case stays with the service: {_area(plan.file)}. Another step names that one. To move the case, "
            "correct that step."
        ]
    return []


def _area(file: CaseFile) -> str:
    return event_words.value_in_words(file, RECEIVED, "service_area", file.area)


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
