"""Mending what was recorded wrongly, and moving a case between versions: planned by replay, previewed, then saved.

A correction never changes the record: it is another event, with a reason and both values, and everything is worked out
again from what then stands, the governing version included (laws 3 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engine import case_files
from engine.case_files import NO_VERSION, OVER_BUDGET, CaseFile, Plan
from engine.events import (
    ABOUT_THE_RECORD,
    CORRECTED,
    HOLD_ENDED,
    MOVE_UNDONE,
    MOVED,
    RECEIVED,
    ZONE,
    CaseEvent,
    local_day,
)
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.replay import Drive, replay
from engine.rights import Person
from engine.wordings import day_in_words

NOTHING = "That is what stands already."


def correct(
    office: Office,
    file: CaseFile,
    number: int,
    who: Person,
    *,
    happened: datetime | None,
    reason: str,
    now: datetime,
    fields: Mapping[str, object] | None = None,
) -> Plan:
    """Correct when event `number` happened and what it says, or strike it out (`happened` None). Of `fields` only
    what differs from what stands is recorded; None takes an answer away.

    Raises BadAnswers without a reason, with a day to come or where nothing would change, Refused for what cannot be
    corrected.
    """
    event = next((one for one in file.record if one.number == number), None)
    if event is None or event.name in ABOUT_THE_RECORD:
        raise Refused("There is no such event in this case that could be corrected.")
    if event.name == RECEIVED and happened is None:
        raise Refused("A complaint cannot be struck out. If it was logged by mistake, record that it was withdrawn.")
    errors = {} if reason.strip() else {"reason": "Say why it is corrected."}
    if happened is not None and local_day(happened) > local_day(now):
        errors["happened"] = "When it happened must be today or in the past."
    stands = next((one for one in file.events if one.number == number), None)
    was = stands or event
    mended = {} if happened is None else _differing(fields or {}, was.fields)
    if not mended and _iso_or_none(happened) == _iso_or_none(stands.happened if stands else None):
        errors.setdefault("happened", NOTHING)
    if errors:
        raise BadAnswers(errors)
    said: dict[str, object] = {
        "number": number,
        "event": event.name,
        "was_happened": _iso_or_none(stands.happened if stands else None),
        "now_happened": _iso_or_none(happened),
        "was_fields": {name: was.fields.get(name) for name in mended},
        "now_fields": mended,
        "reason": reason.strip(),
    }
    plan = case_files.plan_record(office, file, _event(file, CORRECTED, who, now, said))
    _refuse_before_receipt(plan)
    return plan


def number_of(file: CaseFile, name: str) -> int:
    """The number of the last event of that name that stands. Raises Refused where there is none."""
    found = [event for event in file.events if event.name == name]
    if not found:
        raise Refused(f"'{name}' has not happened in this case, so it cannot be corrected.")
    return found[-1].number


def move(
    office: Office,
    file: CaseFile,
    version: str,
    who: Person,
    *,
    reason: str,
    now: datetime,
    group: str = "",
    drive: Drive = replay,
) -> Plan:
    """Move a case to another version of its policy, or choose one for a case that none governs. Clocks keep their
    start: what happened stays when it happened. `group`: the cases it is moved together with.

    Raises BadAnswers without a reason or for a version there is not."""
    versions = [one.version for one in office.versions_of(file.policy)]
    errors = {} if reason.strip() else {"reason": "Say why this version is chosen."}
    if version not in versions:
        errors["version"] = f"Choose one of the versions of this policy: {', '.join(versions)}."
    elif file.governing.version is not None and file.governing.version.version == version:
        errors["version"] = "That version governs the case already."
    if errors:
        raise BadAnswers(errors)
    was = file.governing.version.version if file.governing.version else None
    said = {"version": version, "was": was, "reason": reason.strip(), "decided_by": who.name, **_together(group)}
    return case_files.plan_record(office, file, _event(file, MOVED, who, now, said), drive)


def undo_move(office: Office, file: CaseFile, who: Person, *, reason: str, now: datetime, group: str = "") -> Plan:
    """Undo the last move: the version that governed before it governs again. Raises Refused where there is none."""
    moves = 0
    for event in file.record:
        moves += {MOVED: 1, MOVE_UNDONE: -1}.get(event.name, 0)
    if moves < 1:
        raise Refused("This case was not moved to another version, so there is no move to undo.")
    return case_files.plan_record(
        office, file, _event(file, MOVE_UNDONE, who, now, {"reason": reason.strip(), **_together(group)})
    )


def end_hold(office: Office, file: CaseFile, who: Person, *, reason: str, now: datetime) -> Plan:
    """Take a case off hold after its workflow went over a budget: everything is worked out again by replay.

    Raises OverBudget where it goes over again, Refused where the case is not held for that.
    """
    if file.hold == NO_VERSION:
        raise Refused("This case waits for a version to be chosen: choose one, with a reason.")
    if file.hold != OVER_BUDGET:
        raise Refused("This case is not on hold.")
    if not reason.strip():
        raise BadAnswers({"reason": "Say why the hold can be taken off."})
    return case_files.plan_record(office, file, _event(file, HOLD_ENDED, who, now, {"reason": reason.strip()}))


def changes(plan: Plan) -> list[tuple[str, str, str]]:
    """What a plan would change, as rows of (what, before, after): version, status, stage, each date and its state."""
    before, after = plan.file, plan.after_file
    rows = [
        ("Governing version", _version(before), _version(after)),
        ("Status", before.standing.status, after.standing.status),
        ("Stage", _stage(before), _stage(after)),
        ("How it ended", before.standing.ending or "", after.standing.ending or ""),
        ("Tasks open", _tasks(before), _tasks(after)),
    ]
    keys = dict.fromkeys([*before.standing.ledger.deadlines, *after.standing.ledger.deadlines])
    rows += [(key, _deadline(before, key), _deadline(after, key)) for key in keys]
    return [row for row in rows if row[1] != row[2]]


def _together(group: str) -> dict[str, object]:
    return {"group": group} if group else {}


def _event(file: CaseFile, name: str, who: Person, now: datetime, said: Mapping[str, object]) -> CaseEvent:
    return CaseEvent(name, now, now, len(file.record) + 1, who.id, who.name, said)


def _refuse_before_receipt(plan: Plan) -> None:
    """Nothing can have happened before the complaint was received, once it is mended."""
    received = plan.after_file.received
    early = next((one for one in plan.after_file.events if received and one.happened < received), None)
    if received and early and local_day(early.happened) < local_day(received):
        raise BadAnswers(
            {
                "happened": f"'{early.name}' happened on {day_in_words(early.day)}, which would be before the "
                f"complaint was received on {day_in_words(local_day(received))}. Correct that first."
            }
        )


def _differing(fields: Mapping[str, object], stands: Mapping[str, object]) -> dict[str, object]:
    """The answers that are others than those that stand; no answer is the same however it is written."""
    nothing: tuple[object, ...] = (None, "", [])
    return {
        name: value
        for name, value in fields.items()
        if value != stands.get(name) and not (value in nothing and stands.get(name) in nothing)
    }


def _iso_or_none(moment: datetime | None) -> str | None:
    return moment.astimezone(ZONE).isoformat() if moment else None


def _version(file: CaseFile) -> str:
    return file.governing.version.version if file.governing.version else "none: waits for a choice"


def _stage(file: CaseFile) -> str:
    version, stage = file.governing.version, file.standing.stage
    return version.stage(stage).title if version and stage and version.has_stage(stage) else ""


def _tasks(file: CaseFile) -> str:
    return ", ".join(task.key for task in file.standing.open_tasks)


def _deadline(file: CaseFile, key: str) -> str:
    deadline = file.standing.ledger.deadlines.get(key)
    if deadline is None:
        return ""
    due = day_in_words(deadline.due) if deadline.due else "no date yet"
    return f"{due}, {deadline.state}" if deadline.state else f"from {due}"
