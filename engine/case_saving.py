"""Saving a plan: row, events, tasks, timers, deadlines and measures in one transaction under the optimistic lock.

This is the one place that writes a case. What is stored beside the events is a convenience (law 3): it is worked out
from where the case stands, and `engine.verification` rebuilds it and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from engine import case_marks, casework, measures
from engine.case_files import NO_VERSION, OVER_BUDGET, CaseFile, Plan
from engine.cases import Standing
from engine.deadlines import SETTLED, Deadline, Ledger
from engine.events import HELD, RECEIVED, CaseEvent, at
from engine.office import Office
from engine.owed import Owed, owed
from engine.process import OpenTask, OverBudget
from engine.refusals import ChangedMeanwhile
from engine.replay import Run
from engine.rights import THE_CLOCK
from engine.store import cases as stored
from engine.store import documents, drafts
from engine.store.case_rows import DeadlineRow, OutboxItem, TimerRow
from engine.store.database import Transaction
from engine.store.marks import MarkRow
from engine.store.measures import MeasureRow

FILING = "filing"


@dataclass(frozen=True)
class Kept:
    """The conveniences of a case: columns of its row, the state of its process, tasks, timers, deadlines, measures
    and marks."""

    changes: Mapping[str, object]
    state: bytes
    tasks: tuple[stored.OpenTask, ...]
    timers: tuple[TimerRow, ...]
    deadlines: tuple[DeadlineRow, ...]
    measures: tuple[MeasureRow, ...]
    marks: tuple[MarkRow, ...]


def saved(tx: Transaction, office: Office, plan: Plan, by: stored.By, now: datetime) -> stored.CaseRow:
    """Write a plan. Raises CaseChanged where someone else changed the case since it was opened, ChangedMeanwhile where
    they changed the draft of the letter it sends."""
    after = plan.after_file
    row = plan.file.row or _registered(tx, office, after, by, now)
    new = [stored.NewEvent(e.name, e.happened, e.recorded, e.by, e.by_name, e.fields) for e in plan.new]
    keep = kept(office, after)
    saved_row = stored.save_step(
        tx,
        row,
        changes=keep.changes,
        new_events=new,
        state=keep.state,
        tasks=keep.tasks,
        timers=keep.timers,
        deadlines=keep.deadlines,
        measures=keep.measures,
        marks=keep.marks,
        outbox=(*plan.outbox, *_copies_to_file(row.reference, plan)),
        by=by,
        now=now,
    )
    if plan.documents:
        number = plan.new[0].number if plan.new else None
        documents.put(tx, row.id, documents=plan.documents, event_number=number, by=by, now=now)
    if plan.sends:
        _draft_gone(tx, row.id, plan)
    _ask_no_longer(tx, row.id, after)
    return saved_row


def _draft_gone(tx: Transaction, case_id: int, plan: Plan) -> None:
    """Drop the draft of a letter that goes, unless somebody saved newer words in it: they would be lost unread."""
    draft = drafts.draft_of(tx, case_id, plan.sends)
    if draft and plan.draft_number not in (None, draft.number):
        raise ChangedMeanwhile(draft.writer_name, draft.saved)
    drafts.remove(tx, case_id, plan.sends)


def _ask_no_longer(tx: Transaction, case_id: int, file: CaseFile) -> None:
    """Nobody approves a letter that can no longer go. Its words stay for whoever wrote them."""
    for draft in drafts.of_case(tx, case_id):
        if draft.status == drafts.ASKED and not casework.is_possible(file, draft.step):
            drafts.ask_no_longer(tx, draft.id)


def _copies_to_file(reference: str, plan: Plan) -> Iterator[OutboxItem]:
    """A complaint that is logged is filed in the landlord's own document store (SEH18-2.6-CIVICA)."""
    for event in plan.new:
        if event.name == RECEIVED:
            yield OutboxItem(FILING, {"what": "complaint"}, f"{FILING}:{reference}:{event.number}", event.number)


def kept(office: Office, file: CaseFile) -> Kept:
    """What is stored beside the events of a case that stands like this."""
    return Kept(
        changes=_changes(office, file),
        state=file.run.process.state() if file.run else b"",
        tasks=inbox_rows(file),
        timers=tuple(_timers(file.standing)),
        deadlines=tuple(_deadline_row(one) for one in file.standing.ledger.deadlines.values()),
        measures=measures.measures(office, file),
        marks=case_marks.marks(office, file),
    )


def inbox_rows(file: CaseFile) -> tuple[stored.OpenTask, ...]:
    """What the inbox keeps of a case: its open tasks, and what else we owe."""
    return (*(task_row(file, task) for task in file.standing.open_tasks), *map(_owed_row, owed(file)))


def held(tx: Transaction, row: stored.CaseRow, record: Sequence[CaseEvent], over: OverBudget, now: datetime) -> None:
    """Put a case that went over its budgets on hold, visibly, with the state it had before the step."""
    by = stored.By(THE_CLOCK.id, THE_CLOCK.name)
    event = stored.NewEvent(HELD, now, now, by.person_id, by.name, {"reason": str(over)})
    stored.save_step(
        tx,
        row,
        changes={"hold": OVER_BUDGET, "hold_reason": str(over)},
        new_events=[event],
        state=row.state,
        tasks=[],
        timers=[],
        deadlines=[],
        by=by,
        now=now,
    )


def task_deadline(run: Run | None, task: OpenTask, seen: Ledger) -> Deadline | None:
    """The deadline a task is done for: the one its event meets, else the first of the case that is not settled."""
    records = run.book.records(task) if run else ""
    own = next((one for one in seen.deadlines.values() if one.rule.met_by == records and one.due), None)
    if own is not None:
        return own
    rest = [
        one
        for one in seen.deadlines.values()
        if one.due and one.state not in SETTLED and one.state and not one.rule.is_window
    ]
    return min(rest, key=lambda one: one.due or date.max, default=None)


def task_row(file: CaseFile, task: OpenTask) -> stored.OpenTask:
    """An open task as the inbox keeps it."""
    book = file.book
    assert book is not None  # a case without a version has no tasks
    deadline = task_deadline(file.run, task, file.standing.ledger)
    return stored.OpenTask(
        key=task.key,
        title=book.task(task).title,
        stage=task.stage,
        role=book.role(task),
        due=deadline.due if deadline else None,
        promised=deadline.promised if deadline else None,
        waits_for=deadline.key if deadline else "",
    )


def _owed_row(one: Owed) -> stored.OpenTask:
    """What we owe as the inbox keeps it, beside the tasks."""
    return stored.OpenTask(one.key, one.title, one.stage, one.role, one.due, None, "")


def _registered(tx: Transaction, office: Office, file: CaseFile, by: stored.By, now: datetime) -> stored.CaseRow:
    received = file.events[0]
    return stored.insert_case(
        tx,
        office.prefix(file.policy),
        policy=file.policy,
        version_id=office.version_id(file.governing.version),
        received=received.happened,
        logged=received.recorded,
        status=file.standing.status,
        by=by,
        now=now,
        **_display(file),
    )


def _display(file: CaseFile) -> dict[str, Any]:
    received = next(event for event in file.events if event.name == RECEIVED)
    brief = " ".join(received.text("description").split())
    return {
        "resident": received.text("resident") or "Not given",
        "address": " ".join(received.text("address").split()),
        "postcode": received.text("postcode"),
        "brief": brief if len(brief) <= 120 else f"{brief[:117]}...",
        "area": file.area,
        "channel": received.text("channel"),
    }


def _changes(office: Office, file: CaseFile) -> dict[str, object]:
    now = file.standing
    received = next((event.happened for event in file.events if event.name == RECEIVED), None)
    open_dues = [
        one.due
        for one in now.ledger.deadlines.values()
        if one.due and one.state and one.state not in SETTLED and not one.rule.is_window
    ]
    changes: dict[str, object] = {
        "status": now.status,
        "stage": now.stage,
        "finding": now.outcome,
        "ending": now.ending,
        "version_id": office.version_id(file.governing.version),
        "state_definition": office.seal(file.governing.version) if file.governing.version else None,
        "hold": None if file.book else NO_VERSION,
        "hold_reason": None if file.book else file.governing.why,
        "due": min(open_dues, default=None) if now.status == "open" else None,
    }
    return changes | ({"received": received, **_display(file)} if received else {})


def _timers(now: Standing) -> list[TimerRow]:
    rows = []
    for name in sorted(now.waiting_timers):
        deadline = now.ledger.deadlines.get(name)
        if deadline and deadline.due and not deadline.is_expected:
            rows.append(TimerRow(name, deadline.due))
    return rows


def _deadline_row(deadline: Deadline) -> DeadlineRow:
    """As stored: what depends on the day we look (overdue, lapsed by time) is left out, so nothing goes stale."""
    state = deadline.state or "from"
    lasting = (
        "running" if state == "overdue" and not deadline.is_expected else "expected" if state == "overdue" else state
    )
    if deadline.rule.is_window and state == "lapsed" and deadline.met is None:
        lasting = "running"
    return DeadlineRow(
        key=deadline.key,
        due=deadline.due,
        expected=deadline.is_expected,
        state=lasting,
        promised=deadline.promised,
        backstop=deadline.backstop,
        met=at(deadline.met) if deadline.met else None,
    )
