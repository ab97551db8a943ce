"""What a whole human step costs: load, check the form, plan, ledger, events with their chain, inbox, deadlines, commit.

Both ways write the same rows through the same functions; the naive way drives the library's workflow, restored from
and written back to the case's one state column.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from engine import case_files, case_saving, casework, steps
from engine.case_files import CaseFile, Plan
from engine.cases import standing
from engine.casework import Said
from engine.events import CaseEvent, local_day
from engine.library import Library
from engine.office import Office, open_office
from engine.record import governed_by, standing_events
from engine.replay import CaseFacts, Run
from engine.rights import Grant, Person
from engine.store import acts, people
from engine.store import cases as stored
from engine.store.database import Transaction, migrate, open_database
from tests.bench.figures import Figures
from tests.bench.naive import SHIPPED, Diagrams
from tests.bench.walks import Move, Walk


def office_at(url: str, shelf: Library) -> Office:
    """A new office in a database of its own."""
    database = open_database(url)
    migrate(database)
    return open_office(database, shelf, datetime(2016, 1, 4, tzinfo=UTC))[0]


class Staff:
    """People who hold every role of a policy, one for each stage, as stages may not share their handler."""

    def __init__(self, office: Office, policy: str, version: str) -> None:
        roles = {role for version in office.versions_of(policy) for role in version.roles}
        with office.database.writing() as tx:
            self.people = {
                stage: _hired(tx, f"{policy} {version} {stage}", [Grant(policy, role) for role in sorted(roles)])
                for stage in ("", "stage_1", "stage_2", "stage_3", "ombudsman")
            }

    def for_move(self, move: Move) -> Person:
        """Who makes a move."""
        return self.people[move.event.rpartition(".")[0]]


def _hired(tx: Transaction, name: str, grants: list[Grant]) -> Person:
    row = people.add_person(tx, name, name=name, email="", password_hash=None, now=datetime(2016, 1, 4, tzinfo=UTC))
    return Person(str(row.id), name, tuple(grants))


class Ours:
    """The step as an office takes it: `engine.steps`."""

    def __init__(self, office: Office, walk: Walk) -> None:
        self.office, self.staff = office, Staff(office, walk.policy, walk.version)
        self.policy = walk.policy

    def begun(self, move: Move) -> str:
        said = Said(move.form, move.happened, move.happened)
        return steps.register(self.office, self.policy, self.staff.for_move(move), said, request_key="")

    def stepped(self, reference: str, move: Move) -> None:
        who, said = self.staff.for_move(move), Said(move.form, move.happened, move.happened)
        if move.task:
            act = partial(_completed, self.office, task=move.task, who=who, said=said)
        else:
            act = partial(_recorded, self.office, message=move.event, who=who, said=said)
        steps.take(self.office, reference, who, act, move.happened, request_key=_button(reference, move))


def _button(reference: str, move: Move) -> str:
    """The key of the form that was sent, which makes a second press the same step."""
    return f"{reference} {move.event} {move.happened:%Y-%m-%d}"


def _completed(office: Office, file: CaseFile, *, task: str, who: Person, said: Said) -> Plan:
    return casework.complete_task(office, file, task, who, said)


def _recorded(office: Office, file: CaseFile, *, message: str, who: Person, said: Said) -> Plan:
    return casework.record_message(office, file, message, who, said)


class Naive:
    """The same step with the library as it comes: one restore, one move, one ledger, everything written back."""

    def __init__(self, office: Office, walk: Walk) -> None:
        self.office, self.staff, self.walk = office, Staff(office, walk.policy, walk.version), walk
        self.book = walk.book(office)
        first = CaseFacts(self.book, (), walk.moves[0].happened)
        self.diagrams = Diagrams(SHIPPED, self.book.definition, first, walk.windowed)

    def begun(self, move: Move) -> str:
        record = [self._event(move, 1)]
        facts = CaseFacts(self.book, record, move.happened)
        run = Run(self.book, self.diagrams.started(facts, record[0].fields), facts)
        with self.office.database.writing() as tx:
            return self._saved(tx, None, record, run).reference

    def stepped(self, reference: str, move: Move) -> None:
        button = _button(reference, move)
        with self.office.database.writing() as tx:
            row = stored.case_by_reference(tx, reference)
            assert row is not None
            assert acts.result_of_request(tx, button) is None
            record = case_files.record_of(tx, row)
            event = self._event(move, len(record) + 1)
            facts = CaseFacts(self.book, standing_events(record), move.happened)
            process = self.diagrams.restored(row.state, facts)
            process.form = event.fields
            run = Run(self.book, process, facts)
            if not run.happens(event):
                raise AssertionError(run.departures[0])
            self._saved(tx, row, [*record, event], run)
            acts.keep_request(tx, button, result=reference, now=move.happened)

    def _event(self, move: Move, number: int) -> CaseEvent:
        who, said = self.staff.for_move(move), Said(move.form, move.happened, move.happened)
        answers = casework.checked(move.questions, said, local_day(move.happened))
        return CaseEvent(move.event, move.happened, move.happened, number, who.id, who.name, answers)

    def _saved(self, tx: Transaction, row: stored.CaseRow | None, record: list[CaseEvent], run: Run) -> stored.CaseRow:
        governing = governed_by(record, self.office.versions_of(self.walk.policy))
        events, last = tuple(run.facts.events), record[-1]
        file = CaseFile(row, self.walk.policy, tuple(record), events, governing, self.book, run, standing(run))
        by = stored.By(last.by, last.by_name)
        return case_saving.saved(tx, self.office, Plan(file, file, (last,)), by, last.recorded)


def walked(way: Ours | Naive, walk: Walk, figures: Figures) -> None:
    """Walk a case, noting what each step takes."""
    first, *moves = walk.moves
    reference = figures.noted(partial(way.begun, first))
    for move in moves:
        figures.noted(partial(way.stepped, reference, move))


def beginning_and_end(way: Ours | Naive, walk: Walk, last: int) -> tuple[Figures, Figures]:
    """What the first steps of the same kind take and what the last of a long case do, in turns on two cases."""
    before, alike = walk.moves[:3], walk.moves[3:]
    long, short = _begun(way, before), _begun(way, before)
    for move in alike[:-last]:
        way.stepped(long, move)
    start, end = Figures(), Figures()
    for first, late in zip(alike[:last], alike[-last:], strict=True):
        start.noted(partial(way.stepped, short, first))
        end.noted(partial(way.stepped, long, late))
    return start, end


def _begun(way: Ours | Naive, moves: Sequence[Move]) -> str:
    reference = way.begun(moves[0])
    for move in moves[1:]:
        way.stepped(reference, move)
    return reference
