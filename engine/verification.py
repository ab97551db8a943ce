"""Verification: is the record whole, is what was sealed still what was sealed, and does what is stored for speed agree
with the events? What `redress verify` does.

The events are the truth (law 3). Each case is worked out again from them alone, as of its last change, and what stands
in its row, tasks, deadlines and timers is held against that. Nothing is mended here: a difference is for people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import TypeVar

from engine import case_files, disposal_checks, evidence_checks, publishing, record_checks
from engine.case_files import OVER_BUDGET, CaseFile
from engine.case_saving import Kept, kept
from engine.events import CONTENT_ERASED, HELD, HOLD_ENDED, NOTED, CaseEvent
from engine.evidence_checks import Ends
from engine.library import Library
from engine.office import Office
from engine.process import OverBudget, StateRefused
from engine.replay import Run, resume
from engine.store import cases as stored_cases
from engine.store import chain, conveniences, inbox, policy_drafts, publications, register, timeline
from engine.store import library as stored
from engine.store.case_rows import CaseRow, DeadlineRow, OpenTask, TimerRow
from engine.store.database import Transaction
from engine.store.library import VersionRow
from engine.store.marks import MarkRow, marks_of
from engine.store.measures import MeasureRow, measures_of
from engine.store.publications import PublicationRow
from engine.wordings import day_in_words

Row = TypeVar("Row", OpenTask, DeadlineRow, TimerRow, MeasureRow, MarkRow)


@dataclass(frozen=True)
class Difference:
    """Something that is not as it should be: what it is about (a reference, a version), and what differs there."""

    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.about}: {self.what}"


def sealed_versions(tx: Transaction) -> list[str]:
    """The key of every version sealed in the installation, in the order they came into force."""
    return [f"{row.policy}/{row.version}" for row in stored.versions(tx)]


def version_differences(tx: Transaction) -> Iterator[Difference]:
    """Sealed versions whose texts are no longer what was sealed, or that are not what somebody else had approved."""
    damaged, published = set(stored.damaged_files(tx)), publications.publications(tx)
    for row in stored.versions(tx):
        key, texts = f"{row.policy}/{row.version}", stored.version_files(tx, row.id)
        seal = publishing.seal(texts)
        if seal != row.seal:
            yield Difference(key, f"it was sealed as {row.seal[:12]}… and its files now give {seal[:12]}….")
        yield from _approval_differences(tx, row, published.get(row.id))
    for sha256 in sorted(damaged):
        yield Difference("sealed files", f"the file stored as {sha256[:12]}… is not what was stored.")


def registered_differences(tx: Transaction, office: Office) -> Iterator[Difference]:
    """Sealed versions whose title or first day is stored otherwise than their own text says it."""
    for row in stored.versions(tx):
        key = f"{row.policy}/{row.version}"
        said = office.shelved[key].book.version if key in office.shelved else None
        if said and (row.title, row.in_force_from) != (said.title, said.in_force_from):
            stands = f"'{row.title}', in force from {day_in_words(row.in_force_from)}"
            says = f"'{said.title}', in force from {day_in_words(said.in_force_from)}"
            yield Difference(key, f"it is stored as {stands}; its text says {says}.")


def _approval_differences(tx: Transaction, row: VersionRow, how: PublicationRow | None) -> Iterator[Difference]:
    """Whether what was published from a draft is what was approved, by somebody who wrote none of it."""
    draft = policy_drafts.draft_row(tx, how.draft_id) if how and how.draft_id else None
    if how is None or draft is None:
        return
    key = f"{row.policy}/{row.version}"
    if draft.approved_seal != row.seal:
        approved = draft.approved_seal[:12] or "nothing"
        yield Difference(key, f"it was sealed as {row.seal[:12]}…, and {approved}… was approved.")
    if how.approved_by is None or how.approved_by in policy_drafts.authors_of(tx, draft.id):
        who = how.approved_by_name
        said = f"{who} approved it and is one of its authors." if who else "nobody approved it."
        yield Difference(key, said)


def shipped_differences(tx: Transaction, shelf: Library) -> Iterator[Difference]:
    """Versions that this program ships with another text than is sealed here. That is no fault of the installation:
    what it sealed stays in force (law 5)."""
    for key, version in sorted(shelf.versions.items()):
        row = stored.version_named(tx, version.policy, version=version.version)
        if row is not None and row.seal != publishing.seal_of(shelf, version):
            yield Difference(key, "the text this program ships differs from what is sealed here, which stays in force.")


def case_ids(tx: Transaction) -> list[int]:
    """Every case, in the order registered."""
    return register.all_case_ids(tx)


def seals_now(tx: Transaction) -> dict[str, str]:
    """What the files of each sealed version come to now, by `policy/version`."""
    rows = stored.versions(tx)
    return {f"{row.policy}/{row.version}": publishing.seal(stored.version_files(tx, row.id)) for row in rows}


def cases(tx: Transaction) -> list[tuple[int, str]]:
    """Every case, its id and its reference, in the order registered."""
    return register.all_cases(tx)


def case_differences(
    tx: Transaction, office: Office, case_id: int, ends: Mapping[str, Ends] | None = None
) -> list[Difference]:
    """What is wrong with one case: the first bad place of its chain, or where it is not what the checkpoints say it was
    (`ends`, by reference); else whatever is stored of it and differs from what its events say. What is stored so that
    it cannot even be read is a difference too, whatever reading it raised: the check goes on to the next case."""
    try:
        row = stored_cases.load_case(tx, case_id)
        return list(_differences(tx, office, row, (ends or {}).get(row.reference, Ends()))) if row else []
    except Exception as unreadable:
        about = f"the case stored as number {case_id}"
        return [Difference(about, f"it cannot be read. {type(unreadable).__name__}: {unreadable}")]


def _differences(tx: Transaction, office: Office, row: CaseRow, ends: Ends) -> Iterator[Difference]:
    links = timeline.chained_events_of(tx, row.id)
    bad = chain.verify_case(row.reference, links, last_number=row.last_event_number, head_hash=row.head_hash)
    if bad is not None:
        yield Difference(row.reference, f"event {bad.number}: {bad.what}")
        return
    if not_then := evidence_checks.case_fault(ends, links):
        yield Difference(row.reference, not_then)
        return
    if any(link.content is None or link.name == CONTENT_ERASED for link in links):
        # what its events said was erased, so nothing can be worked out from them again
        yield from (Difference(row.reference, what) for what in disposal_checks.erased_differences(tx, row, links))
        return
    record = case_files.record_of(tx, row)
    held = next((event.name for event in reversed(record) if event.name in (HELD, HOLD_ENDED)), None) == HELD
    if held != (row.hold == OVER_BUDGET):
        yield Difference(row.reference, f"it is {'not ' if held else ''}on hold, and its events say otherwise.")
    elif not held:
        yield from _from_events(tx, office, row, record)
    yield from _claims(tx, row, record)
    if row.logged != record[0].recorded:
        yield Difference(row.reference, f"its logged is stored as {_shown(row.logged)}; its events give otherwise.")
    for difference in (*record_checks.undone_disposal(tx, row), *record_checks.paper_differences(tx, row, record)):
        yield Difference(row.reference, difference)


def _from_events(tx: Transaction, office: Office, row: CaseRow, record: list[CaseEvent]) -> Iterator[Difference]:
    """Hold what is stored against the case worked out from its events alone, as of its last change."""
    try:
        file = case_files.as_recorded(office, row.policy, record, row.changed_at)
    except OverBudget as over:
        yield Difference(row.reference, f"its events cannot be replayed. {over}")
        return
    there, now = conveniences.stored_conveniences(tx, row), kept(office, file)
    for difference in (
        *_row_differences(row, now.changes),
        *_list_differences("task", {one.key: one for one in there.tasks}, {one.key: one for one in now.tasks}),
        *_list_differences("deadline", {one.key: one for one in there.deadlines}, _by_key(now)),
        *_list_differences("measure of", _by_stage(measures_of(tx, row.id)), _by_stage(now.measures)),
        *_mark_differences(marks_of(tx, row.id), now),
        *_list_differences("timer", {one.key: one for one in there.timers}, {one.key: one for one in now.timers}),
        *_state_differences(row, file),
    ):
        yield Difference(row.reference, difference)


def _by_key(now: Kept) -> dict[str, DeadlineRow]:
    return {one.key: one for one in now.deadlines}


def _by_stage(rows: Iterable[MeasureRow]) -> dict[str, MeasureRow]:
    return {one.stage: one for one in rows}


def _row_differences(row: CaseRow, wanted: Mapping[str, object]) -> Iterator[str]:
    for name, value in wanted.items():
        has = getattr(row, name)
        if (has or None) != (value or None):
            yield f"its {name} is stored as {_shown(has)}; its events give {_shown(value)}."


def _mark_differences(there: tuple[MarkRow, ...], now: Kept) -> Iterator[str]:
    """What a case is found by; a case of an older database has no mark at all until a worker comes to it."""
    if there:
        yield from _list_differences(
            "mark", {_named(one): one for one in there}, {_named(one): one for one in now.marks}
        )


def _named(mark: MarkRow) -> str:
    return f"{mark.kind} of event {mark.number} {mark.key}".strip()


def _list_differences(word: str, there: Mapping[str, Row], wanted: Mapping[str, Row]) -> Iterator[str]:
    """Rows of one kind: those that are missing, those too many, and those with another value."""
    for key in sorted({*there, *wanted}):
        has, should = there.get(key), wanted.get(key)
        if has is None:
            yield f"the {word} {key} is not stored."
        elif should is None:
            yield f"the {word} {key} is stored, and its events give none."
        else:
            for field in fields(has):
                was, is_now = getattr(has, field.name), getattr(should, field.name)
                if field.name != "person_id" and was != is_now:
                    yield f"the {word} {key} has {field.name} {_shown(was)}; its events give {_shown(is_now)}."


def _state_differences(row: CaseRow, file: CaseFile) -> Iterator[str]:
    """Whether the stored state of the process stands where replay comes to."""
    if file.run is None:
        return
    try:
        stored_run = resume(file.run.book, row.state, file.events, row.changed_at)
    except StateRefused as refused:
        yield f"the stored state of its process cannot be read. {refused}"
        return
    for word, has, should in zip(("open tasks", "messages", "timers"), _at(stored_run), _at(file.run), strict=True):
        if has != should:
            yield f"its process waits for the {word} {_listed(has)}; its events lead to {_listed(should)}."


def _at(run: Run) -> tuple[set[str], set[str], set[str]]:
    process = run.process
    return {task.key for task in process.open_tasks()}, set(process.waiting_messages()), set(process.waiting_timers())


def _claims(tx: Transaction, row: CaseRow, record: list[CaseEvent]) -> Iterator[Difference]:
    """Whoever has a task took it, or was given it, by an act that stands in the record."""
    has: dict[str, str] = {}
    for event in record:
        if event.name in NOTED:
            has[event.text("task")] = {"claimed": event.by, "reassigned": event.text("to")}.get(event.name, "")
    for task in inbox.tasks_of(tx, row.id):
        if task.person_id is not None and has.get(task.key) != str(task.person_id):
            yield Difference(row.reference, f"the task {task.key} is with someone who, by its events, never took it.")


def _shown(value: object) -> str:
    return "nothing" if value in (None, "") else f"'{value}'"


def _listed(names: set[str]) -> str:
    return f"[{', '.join(sorted(names))}]"
