"""What a draft would do to cases, worked out the plain way: each case alone, each side driven anew, nothing shared.

What the product works out faster is held against this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from engine import case_files, case_moves, impact_run
from engine.cases import standing
from engine.events import RECEIVED, CaseEvent, local_day
from engine.impact import CANNOT, CaseImpact, Driven, differences
from engine.impact_code import measure_of, other_shortfalls, worse_than_the_code
from engine.impact_run import ERASED, NOBODY, Found, Wanted
from engine.impact_totals import Totals, case_json
from engine.office import Office
from engine.record import governed_by, standing_events
from engine.refusals import Refused
from engine.replay import Rulebook, Run, replay
from engine.store import impacts
from engine.store.case_rows import CaseRow
from engine.store.database import Database


def worked_out(asked: Wanted, database: Database) -> tuple[Totals, list[Found]]:
    """The counts, and the cases that would have gone otherwise."""
    totals, listed = Totals(), []
    begins, ends = impact_run.instants(asked.period)
    with database.reading() as tx:
        ids = impacts.ids_of_cases(tx, asked.policy, begins, ends)
        cases = [impacts.rows_with_events(tx, [one])[0] for one in ids]
    for row, events in cases:
        record = [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]
        past = move = None
        if begins <= row.received < ends:
            is_erased = any(one.is_erased for one in events)
            past = CaseImpact(failed=ERASED) if is_erased else past_case(asked, asked.sealed(database), record)
            totals.add(past)
        if row.status != "closed":
            move = live_case(asked, asked.office(database), row, record)
            is_looked_at = isinstance(move, case_moves.Move)
            totals.add_live(move.kind if is_looked_at else case_moves.STAYS, move.why if is_looked_at else move)
        said = case_json(past, move)
        kinds = [*(past.kinds if past else ()), *([f"live-{said['live']['kind']}"] if move is not None else [])]
        if kinds:
            listed.append((row.id, f" {' '.join(kinds)} ", said))
    return totals, listed


def past_case(asked: Wanted, office: Office, record: Sequence[CaseEvent]) -> CaseImpact:
    """What the draft would have made of one case."""
    events = standing_events(record)
    book, yardstick = asked.shelved[asked.key].book, office.shelf.yardstick
    received = next(event.day for event in events if event.name == RECEIVED)
    governs = governed_by(record, office.versions_of(asked.policy), office.known_from(asked.policy)).version
    own = office.book(governs) if governs else None
    measure = measure_of(book.version, yardstick, received)
    who, edition = governs.version if governs else "", measure.edition if measure else ""
    try:
        after = driven(book, events, asked.now)
        before = driven(own, events, asked.now) if own else None
    except CANNOT as cannot:
        return CaseImpact(who, edition, failed=str(cannot))
    worse = []
    for side, rules in ((after, book), (before, own)):
        code = measure_of(rules.version, yardstick, received) if side and rules else None
        stands = side.standing if side else None
        worse.append(worse_than_the_code(rules, code, stands.ledger, events, stands.ended) if code else ())
    return replace(
        differences(before.standing if before else None, after.standing),
        governed_by=who,
        edition=edition,
        worse=worse[0],
        worse_before=tuple(one.key for one in worse[1]),
        shortfalls=tuple(one.requirement for one in other_shortfalls(book.version, yardstick, received)),
        work_was=before.work if before else (),
        work_now=after.work,
    )


def driven(book: Rulebook, events: Sequence[CaseEvent], now: datetime) -> Driven:
    """The case through a version: where it stands, and its tasks as they came up."""
    opened: dict[int, tuple[str, ...]] = {}
    came = []

    def look(run: Run) -> None:
        place = len(opened)
        tasks = run.process.open_tasks()
        opened[place] = tuple(one.key for one in tasks)
        day = local_day(run.facts.now)
        came.extend((one, day) for one in tasks if one.key not in opened.get(place - 1, ()))

    run = replay(book, events, now, seen=look)
    stands = standing(run)
    due = {one.rule.met_by: one.due for one in stands.ledger.deadlines.values() if one.rule.met_by and one.due}
    weeks = ((one, due.get(book.records(one)) or day) for one, day in came)
    return Driven(stands, tuple((book.role(one), monday(day)) for one, day in weeks))


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def live_case(asked: Wanted, office: Office, row: CaseRow, record: Sequence[CaseEvent]) -> case_moves.Move | str:
    """What moving it would do, as whoever moves it is shown."""
    try:
        file = case_files.opened(office, row, record, asked.now)
        return case_moves.looked_at(office, file, asked.version, NOBODY, reason="(a preview)", now=asked.now)
    except (*CANNOT, Refused) as cannot:
        return str(cannot)
