"""Laws of what cases are found by: a list of a day agrees with each case opened as of that day, and with its steps."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from alembic import command
from sqlalchemy import text

from engine import case_files, case_marks, corrections, governance, marks_keeping, steps, verification
from engine.case_files import CaseFile
from engine.casework import Said
from engine.events import RECEIVED, local_day, moment
from engine.office import Office
from engine.rights import Person
from engine.store import cases as stored
from engine.store import marks, settings
from engine.store.database import _alembic_config, migrate, open_database
from engine.store.marks import MarkRow, Sought
from tests.bench import past_cases
from tests.unit.case_acts import done, logged, recorded
from tests.unit.casting import hired
from tests.unit.test_replay import BEGIN, _something_happens

SEH, COUNCIL = "south-essex-homes", "council-housing"


def marks_of(office: Office, reference: str, kind: str) -> list[MarkRow]:
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        return [one for one in marks.marks_of(tx, row.id) if one.kind == kind]


def sought(office: Office, **what: object) -> list[str]:
    """The references a list holds, newest first, read two at a time."""
    found, after = [], None
    while True:
        with office.database.reading() as tx:
            lines, after = marks.page_of_marks(tx, Sought(**what), after=after, size=2)
        found += [one.reference for one in lines]
        if after is None:
            return found


def held(rows: list[MarkRow], day: date) -> list[MarkRow]:
    return [one for one in rows if one.day <= day and (one.until is None or one.until > day)]


def is_open_on(office: Office, file: CaseFile, day: date) -> bool:
    """Whether a case had been received and had not ended, by what happened up to the end of that day: worked out apart,
    by a replay of what had happened by then."""
    end = governance.end_of(day)
    so_far = [event for event in file.record if event.name == RECEIVED or event.happened <= end]
    if file.received > end:
        return False
    return case_files.as_recorded(office, file.policy, so_far, end).standing.status != "closed"


@pytest.mark.parametrize("key", BEGIN)
@pytest.mark.parametrize("seed", range(3))
def test_what_a_case_is_found_by_agrees_with_the_case_on_every_day_of_a_random_walk(
    office: Office, key: str, seed: int
):
    walk = random.Random(f"marks {key} {seed}")
    policy, now = key.partition("/")[0], moment(BEGIN[key])
    staff = [hired(office, f"Person {number}") for number in range(4)]
    reference = steps.register(office, policy, staff[0], case_said(now))
    for _ in range(14):
        now += timedelta(days=walk.randint(0, 12), hours=walk.randint(0, 5))
        steps.fire_due(office, now)
        file = steps.seen_by(office, reference, staff[0], now)
        if file.standing.allowed:
            _something_happens(office, file, reference, walk, staff, now)
    file = steps.seen_by(office, reference, staff[0], now)
    governed, opened = (marks_of(office, reference, kind) for kind in (case_marks.GOVERNED, case_marks.OPEN))
    day = local_day(file.received)
    while day <= local_day(now):
        then = governance.as_of(office, file, governance.end_of(day))
        ids = [one.version_id for one in held(governed, day)]
        assert ids == ([office.version_id(then.governing.version)] if then else []), day
        assert bool(held(opened, day)) == is_open_on(office, file, day), day
        day += timedelta(days=1)
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert verification.case_differences(tx, office, row.id) == []


def case_said(now):
    return Said({}, now, now, is_story=True)


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def test_a_case_that_changed_version_is_found_under_both_each_on_its_days(any_office: Office):
    office, ann = any_office, hired(any_office, "Ann")
    stays, moves = logged(office, ann, SEH, "2024-06-03"), logged(office, ann, SEH, "2024-06-04")
    steps.take(
        office, moves, ann,
        lambda f: corrections.move(office, f, "three-stage-2018", ann, reason="Agreed", now=moment("2024-06-10")),
        moment("2024-06-10"),
    )  # fmt: skip
    new, old = (office.shelved[f"{SEH}/{name}"].id for name in ("two-stage-2024", "three-stage-2018"))
    governed = {"kind": case_marks.GOVERNED}
    assert sought(office, **governed, version_id=new) == [moves, stays]
    assert sought(office, **governed, version_id=new, held_on=date(2024, 6, 9)) == [moves, stays]
    assert sought(office, **governed, version_id=new, held_on=date(2024, 6, 10)) == [stays]
    assert sought(office, **governed, version_id=old, held_on=date(2024, 6, 10)) == [moves]
    assert sought(office, kind=case_marks.CHANGED) == [moves]
    assert sought(office, kind=case_marks.CHANGED, last=date(2024, 6, 9)) == []


def test_a_case_is_open_from_receipt_to_its_end_and_again_from_a_request_that_opened_it(any_office: Office):
    office, ann, bea = any_office, hired(any_office, "Ann"), hired(any_office, "Bea")
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    for day, key in (
        ("2024-06-04", "triage"),
        ("2024-06-05", "stage_1.acknowledge"),
        ("2024-06-06", "stage_1.respond"),
    ):
        done(office, reference, ann, key, day)
    recorded(office, reference, ann, "satisfied", "2024-06-10")
    opened = {"kind": case_marks.OPEN}
    assert sought(office, **opened, held_on=date(2024, 6, 9)) == [reference]
    assert sought(office, **opened, held_on=date(2024, 6, 10)) == []
    recorded(office, reference, bea, "stage_2.requested", "2024-06-14")
    assert sought(office, **opened, held_on=date(2024, 6, 13)) == []
    assert sought(office, **opened, held_on=date(2024, 6, 14)) == [reference]
    assert sought(office, **opened, held_on=date(2024, 6, 2)) == []
    assert sought(office, **opened, number=1) == [reference]


def test_what_is_written_down_late_is_found_by_its_working_days(any_office: Office):
    office, ann = any_office, hired(any_office, "Ann")
    said = Said({}, moment("2024-12-20"), moment("2025-01-03"), is_story=True)
    late = steps.register(office, COUNCIL, ann, said)
    logged(office, ann, COUNCIL, "2025-01-02")
    # the Friday before Christmas to the third of January: 23, 24, 27, 30, 31 December, 2, 3 January
    with office.database.reading() as tx:
        [line], _ = marks.page_of_marks(tx, Sought(case_marks.LATE))
    assert (line.reference, line.days, line.day, line.event) == (late, 7, date(2025, 1, 3), RECEIVED)
    assert sought(office, kind=case_marks.LATE, least_days=7) == [late]
    assert sought(office, kind=case_marks.LATE, least_days=8) == []


def test_what_a_correction_made_late_says_the_day_it_happened_and_not_the_one_first_written(any_office: Office):
    office, ann = any_office, hired(any_office, "Ann")
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-03")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-12")
    now = moment("2024-06-20")

    def act(file: CaseFile) -> case_files.Plan:
        happened = moment("2024-06-07")
        return corrections.correct(office, file, 3, ann, happened=happened, reason="The letter says so", now=now)

    steps.take(office, reference, ann, act, now)
    [mark] = marks_of(office, reference, case_marks.LATE)
    assert (mark.number, mark.day, mark.until, mark.days) == (3, date(2024, 6, 12), date(2024, 6, 7), 3)


def test_a_missed_promise_is_found_once_its_day_is_over_and_stays_found_when_it_is_done_late(any_office: Office):
    office, ann = any_office, hired(any_office, "Ann")
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05", promised="2024-06-14")
    missed = {"kind": case_marks.PROMISE}
    assert sought(office, **missed, passed=date(2024, 6, 14)) == []
    assert sought(office, **missed, passed=date(2024, 6, 15)) == [reference]
    done(office, reference, ann, "stage_1.respond", "2024-06-17")
    assert sought(office, **missed, passed=date(2024, 6, 18)) == [reference]
    assert marks_of(office, reference, case_marks.PROMISE)[0].until == date(2024, 6, 17)


def test_a_promise_kept_is_not_found(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05", promised="2024-06-14")
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    assert sought(office, kind=case_marks.PROMISE) == []


def test_a_correction_is_found_by_its_day_with_what_it_mended(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-05")
    steps.take(
        office, reference, ann,
        lambda f: corrections.correct(
            office, f, 1, ann, happened=moment("2024-06-03"), reason="Postmark", now=moment("2024-06-06")),
        moment("2024-06-06"),
    )  # fmt: skip
    [mark] = marks_of(office, reference, case_marks.CORRECTION)
    assert (mark.key, mark.day, mark.number) == (RECEIVED, date(2024, 6, 6), 2)
    assert sought(office, kind=case_marks.CHANGED) == []


def test_what_departed_from_the_diagram_ends_no_case_after_the_next_step_either(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    for day, key in (
        ("2024-06-04", "triage"),
        ("2024-06-05", "stage_1.acknowledge"),
        ("2024-06-06", "stage_1.respond"),
    ):
        done(office, reference, ann, key, day)
    recorded(office, reference, ann, "satisfied", "2024-06-10")
    recorded(office, reference, ann, "withdrawn", "2024-06-12")
    now = moment("2024-06-13")
    steps.take(
        office, reference, ann,
        lambda file: corrections.correct(office, file, 4, ann, happened=None, reason="Sent to another", now=now), now,
    )  # fmt: skip
    [mark] = marks_of(office, reference, case_marks.OPEN)
    assert mark.until == date(2024, 6, 12)
    recorded(office, reference, ann, "ombudsman.contacted", "2024-06-20")
    assert marks_of(office, reference, case_marks.OPEN) == [mark]
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert verification.case_differences(tx, office, row.id) == []


def test_every_page_of_a_list_together_is_the_list_and_a_policy_narrows_it(office: Office):
    span = {"first": date(2024, 4, 1), "last": date(2024, 9, 30), "now": moment("2024-12-01")}
    for policy in (SEH, COUNCIL):
        past_cases.made(office, policy, 9, **span)
    every = sought(office, kind=case_marks.OPEN, number=1)
    assert len(every) == len(set(every)) == 18
    assert len(sought(office, kind=case_marks.OPEN, number=1, policy=SEH)) == 9
    with office.database.reading() as tx:
        assert marks.count_of_marks(tx, Sought(case_marks.OPEN, number=1), 100) == 18
        assert marks.count_of_marks(tx, Sought(case_marks.OPEN, number=1), 5) == 5


def test_a_mark_changed_by_hand_is_a_difference(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        tx.execute(text("UPDATE case_mark SET until = '2024-06-04' WHERE kind = 'open'"))
    with office.database.reading() as tx:
        [difference] = verification.case_differences(tx, office, row.id)
    assert "the mark open of event 1 has until '2024-06-04'; its events give nothing" in str(difference)


def test_the_marks_of_an_older_database_are_written_once_and_are_those_its_steps_would_have_written(office: Office):
    past_cases.made(office, SEH, 6, first=date(2024, 4, 1), last=date(2024, 9, 30), now=moment("2024-12-01"))
    with office.database.writing() as tx:
        before = tx.execute(text("SELECT * FROM case_mark ORDER BY case_id, kind, number, key")).all()
        tx.execute(text("DELETE FROM case_mark"))
    while marks_keeping.go_on(office, most=4):
        pass
    with office.database.reading() as tx:
        assert tx.execute(text("SELECT * FROM case_mark ORDER BY case_id, kind, number, key")).all() == before
        assert settings.get(tx, marks_keeping.WRITTEN) is True
    assert marks_keeping.go_on(office) == 0


def test_a_working_out_of_a_draft_and_its_cases_stay_when_the_database_is_brought_up_to_date(database_url: str):
    database = open_database(database_url)
    migrate(database)
    config = _alembic_config()
    with database.writing() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, "0008")
    with database.writing() as tx:
        for statement in OF_0008:
            tx.execute(text(statement))
    migrate(database)
    with database.reading() as tx:
        assert tx.execute(text("SELECT draft_id, kind, about FROM impact")).all() == [(1, "replay", "")]
        assert tx.execute(text("SELECT impact_id, case_id, kinds FROM impact_case")).all() == [(1, 1, " dates ")]
    with database.writing() as tx:
        tx.execute(text(OF_NO_DRAFT))
        config.attributes["connection"] = tx
        command.downgrade(config, "0008")
    with database.reading() as tx:
        assert tx.execute(text("SELECT draft_id FROM impact")).all() == [(1,)]
    database.close()


THEN = "2024-06-03 10:00:00.000000"
OF_0008 = (
    "INSERT INTO person (id, sign_in, name, email, is_administrator, is_auditor, is_active, session_epoch, created)"
    f" VALUES (1, 'ann', 'Ann', '', false, false, true, 1, '{THEN}')",
    "INSERT INTO policy_draft (id, policy, version, based_on, state, created_by, created_by_name, created,"
    " asked_by_name, approved_by_name, body, minute, approved_seal, sent_back)"
    " VALUES (1, 'p', 'v', 'b', 'drafting', 1, 'Ann',"
    f" '{THEN}', '', '', '', '', '', '')",
    "INSERT INTO complaint_case (id, reference, policy, received, logged, status, resident, address, postcode, brief,"
    " restricted, lock_version, state, last_event_number, head_hash, changed_by, changed_by_name, changed_at)"
    f" VALUES (1, 'P-2024-00001', 'p', '{THEN}', '{THEN}', 'open', '', '', '', '', false, 0, '', 0, '', '', '',"
    f" '{THEN}')",
    "INSERT INTO impact (id, draft_id, asked_by, asked_at, kind, draft_seal, status, done, total, taken_by, said)"
    f" VALUES (1, 1, 1, '{THEN}', 'replay', '', 'done', 1, 1, '', '')",
    "INSERT INTO impact_case (impact_id, case_id, kinds, detail) VALUES (1, 1, ' dates ', '{}')",
)
OF_NO_DRAFT = (
    "INSERT INTO impact (id, asked_by, asked_at, kind, draft_seal, status, done, total, taken_by, said, about)"
    f" VALUES (2, 1, '{THEN}', 'conformance', '', 'done', 1, 1, '', '', '')"
)
