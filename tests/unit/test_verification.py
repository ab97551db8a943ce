"""Laws of verification: an untouched installation has no difference, and each kind of tampering is found and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from engine import casework, owed, record_checks, steps, verification
from engine.casework import Said
from engine.events import moment
from engine.library import Library
from engine.office import Office, office_of, open_office, refreshed
from engine.rights import Person
from engine.store import acts, documents
from engine.store import cases as stored
from engine.store.database import Transaction
from tests.conftest import opened_office
from tests.unit import bundles, draft_acts
from tests.unit.casting import hired

POLICY = "council-housing"
TRIGGERS = "SELECT name FROM sqlite_master WHERE type = 'trigger'"


@pytest.fixture
def reference(office: Office) -> str:
    """A case acknowledged at stage 1, with its answer claimed."""
    return worked(office)


def worked(office: Office) -> str:
    ann = hired(office, "Ann")
    when = moment("2024-06-03T10:00")
    found = steps.register(office, POLICY, ann, Said({"service_area": "repairs"}, when, when, is_story=True))
    for key, day in (("triage", "2024-06-04"), ("stage_1.acknowledge", "2024-06-05")):
        completed(office, found, ann, key, day)
    steps.claim(office, found, "stage_1.respond", ann, moment("2024-06-06"))
    return found


def completed(office: Office, reference: str, who: Person, key: str, day: str) -> None:
    said = Said({}, None, moment(day), is_story=True)
    steps.take(office, reference, who, lambda file: casework.complete_task(office, file, key, who, said), moment(day))


def found(office: Office) -> list[str]:
    with office.database.reading() as tx:
        cases = [one for case in verification.case_ids(tx) for one in verification.case_differences(tx, office, case)]
        return [str(one) for one in (*verification.version_differences(tx), *cases)]


def tamper(office: Office, *statements: str) -> None:
    """Change rows behind the program's back, its locks taken off."""
    with office.database.writing() as tx:
        for name in _triggers(tx):
            tx.execute(text(f'DROP TRIGGER "{name}"'))
        for statement in statements:
            tx.execute(text(statement))


def _triggers(tx: Transaction) -> list[str]:
    return [row[0] for row in tx.execute(text(TRIGGERS))]


def test_an_untouched_installation_has_no_difference(any_office: Office) -> None:
    assert worked(any_office)
    assert found(any_office) == []


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE case_event SET happened = '2024-06-01 09:00:00.000000' WHERE number = 2", "event 2: It was changed"),
        ("UPDATE event_content SET content = '{}' WHERE number = 3", "event 3: Its content was changed"),
        ("UPDATE complaint_case SET last_event_number = 3", "the chain ends at 4"),
        ("UPDATE complaint_case SET status = 'closed'", "its status is stored as 'closed'; its events give 'open'"),
        ("UPDATE complaint_case SET resident = 'Somebody else'", "its resident is stored as 'Somebody else'"),
        ("UPDATE complaint_case SET due = NULL", "its due is stored as nothing; its events give '2024-06-19'"),
        ("UPDATE complaint_case SET hold = 'over_budget'", "it is on hold, and its events say otherwise"),
        ("UPDATE open_task SET due = '2030-01-01'", "the task stage_1.respond has due '2030-01-01'"),
        ("DELETE FROM open_task", "the task stage_1.respond is not stored"),
        ("UPDATE deadline SET due = '2030-01-01' WHERE key = 'stage_1.response'", "the deadline stage_1.response has"),
        ("DELETE FROM deadline WHERE key = 'complain_by'", "the deadline complain_by is not stored"),
        ("UPDATE deadline SET fires = '2024-07-01' WHERE key = 'stage_1.response'", "the timer stage_1.response is"),
        ("UPDATE complaint_case SET state = x'00'", "the stored state of its process cannot be read"),
        ("UPDATE complaint_case SET changed_at = 'one day'", "it cannot be read"),
        ("UPDATE complaint_case SET logged = '2024-06-01 09:00:00.000000'", "its logged is stored as '2024-06-01"),
    ],
)  # fmt: skip
def test_tampering_with_a_case_is_found(office: Office, reference: str, tampering: str, says: str) -> None:
    tamper(office, tampering)
    differences = found(office)
    assert all(one.startswith((f"{reference}: ", "the case stored as number 1: ")) for one in differences)
    assert any(says in one for one in differences), differences


def test_a_state_of_another_moment_is_found(office: Office, reference: str) -> None:
    with office.database.reading() as tx:
        earlier = tx.execute(text("SELECT state FROM complaint_case")).scalar_one()
    ann = steps.seen_by(office, reference, hired(office, "Ben"), moment("2024-06-12")).claims["stage_1.respond"]
    completed(office, reference, Person(ann.person, ann.name, is_made_up=True), "stage_1.respond", "2024-06-12")
    with office.database.writing() as tx:
        tx.execute(text("UPDATE complaint_case SET state = :state"), {"state": earlier})
    assert any("its process waits for the open tasks [stage_1.respond]" in one for one in found(office))


def test_a_task_given_to_somebody_behind_the_record_is_found(office: Office, reference: str) -> None:
    other = hired(office, "Ben")
    tamper(office, f"UPDATE open_task SET person_id = {other.id}")
    assert found(office) == [
        f"{reference}: the task stage_1.respond is with someone who, by its events, never took it."
    ]


def test_a_changed_sealed_file_is_found(office: Office) -> None:
    tamper(office, "UPDATE library_file SET content = replace(content, '5 working days', '9 working days')")
    differences = found(office)
    assert any("it was sealed as" in one for one in differences)
    assert any(one.startswith("sealed files: ") for one in differences)


def test_a_shipped_text_that_differs_is_said_and_changes_nothing(office: Office, shelf: Library) -> None:
    with office.database.reading() as tx:
        assert list(verification.shipped_differences(tx, shelf)) == []
    tamper(office, "UPDATE policy_version SET seal = 'another' WHERE version = 'four-stage'")
    with office.database.reading() as tx:
        differences = list(verification.shipped_differences(tx, shelf))
    assert [one.about for one in differences] == ["south-essex-homes/four-stage"]


def test_a_calendar_day_proclaimed_later_is_no_difference(office: Office, reference: str) -> None:
    assert reference
    with office.database.writing() as tx:
        tx.execute(
            text(
                "INSERT INTO calendar_day (calendar, date, kind, known, name, recorded) "
                "VALUES ('england', '2024-06-10', 'bank_holiday', '2024-06-08', 'A day', '2024-06-08 10:00:00.000000')"
            )
        )
    assert found(office_of(office.database, office.shelf)) == []
    assert date(2024, 6, 10) in {
        day.date
        for day in office_of(office.database, office.shelf).shelved["council-housing/two-stage-2024"].book.calendar.days
    }


def test_cases_of_a_version_sealed_before_letters_owe_none_under_a_newer_program(shelf: Library, tmp_path: Path):
    """What a case owes follows from the facts sealed with its version (law 5), so no stored row goes stale."""
    tasks = "workflows/complaints/tasks.yaml"
    before = shelf.files[tasks][: shelf.files[tasks].index(b"  apology_sent:")]
    files = {path: text for path, text in shelf.files.items() if not path.endswith(".letters.yaml")}
    older = opened_office(f"sqlite:///{tmp_path / 'older.sqlite'}", replace(shelf, files=files | {tasks: before}))
    ann, when = hired(older, "Ann"), moment("2024-06-03T10:00")
    plain, refused = Said({}, when, when, is_story=True), Said({"decision": "refuse"}, when, when, is_story=True)
    first, second = (steps.register(older, POLICY, ann, plain) for _ in range(2))
    steps.take(older, first, ann, lambda file: casework.record_message(older, file, "withdrawn", ann, plain), when)
    steps.take(older, second, ann, lambda file: casework.complete_task(older, file, "triage", ann, refused), when)
    newer, imported = open_office(older.database, shelf, moment("2026-11-22"))
    assert len(imported.differing) == len(shelf.versions)
    assert found(newer) == []
    assert found(older) == []
    for reference in (first, second):
        file = steps.seen_by(newer, reference, ann, moment("2026-11-22"))
        assert (file.standing.status, owed.owed(file)) == ("closed", [])
    newer.database.close()


def test_a_published_version_that_is_not_what_somebody_else_approved_is_found(office: Office) -> None:
    row = draft_acts.published(office)
    assert found(refreshed(office)) == []
    tamper(office, "UPDATE policy_draft SET approved_seal = 'another'")
    assert found(refreshed(office)) == [
        f"council-housing/two-stage-2026: it was sealed as {row.seal[:12]}…, and another… was approved."
    ]
    tamper(
        office,
        f"UPDATE policy_draft SET approved_seal = '{row.seal}'",
        "INSERT INTO policy_draft_author SELECT draft_id, approved_by FROM publication",
    )
    assert [one.partition(" approved it")[2] for one in found(refreshed(office))] == [" and is one of its authors."]


# --- what stands beside the cases -------------------------------------------------------------------


def test_a_letter_or_a_document_changed_taken_out_or_put_elsewhere_is_found(office: Office) -> None:
    reference = bundles.worked(office)
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row
        letter, *_, photograph = documents.of_case(tx, row.id)
        said = {"document": photograph.id, "kind": photograph.kind, "sha256": photograph.sha256}
        acts.record_act(tx, None, what="added_document", about=f"case {reference}", now=row.changed_at, detail=said)
    assert found(office) == []
    tamper(office, f"UPDATE case_document SET event_number = 4 WHERE id = {letter.id}")
    sent, stored_now = found(office)
    assert f"{reference}: event 3: The letter it sent, {letter.sha256[:12]}" in sent
    assert f"{reference}: the letter stored with event 4 as {letter.sha256[:12]}" in stored_now
    tamper(
        office,
        f"UPDATE case_document SET event_number = 3 WHERE id = {letter.id}",
        f"UPDATE case_document SET sha256 = '{letter.sha256}' WHERE id = {photograph.id}",
    )
    (swapped,) = found(office)
    assert f"{reference}: its document {photograph.id} is not the one that was added" in swapped
    tamper(office, f"UPDATE case_document SET sha256 = '{photograph.sha256}' WHERE id = {photograph.id}")
    assert found(office) == []
    tamper(office, "UPDATE document_content SET content = x'00'")
    with office.database.reading() as tx:
        assert len(list(record_checks.damaged_documents(tx))) == 3


def test_a_case_taken_out_whole_leaves_a_gap_in_the_numbers(office: Office, reference: str) -> None:
    when = moment("2024-06-03T10:00")
    steps.register(office, POLICY, hired(office, "Ben"), Said({"service_area": "repairs"}, when, when, is_story=True))
    with office.database.reading() as tx:
        references = [name for _, name in verification.cases(tx)]
        assert list(record_checks.gone(tx, references)) == []
        for rest in (references[1:], references[:1]):
            (fault,) = record_checks.gone(tx, rest)
            assert fault.about in set(references) - set(rest)
    tamper(office, "UPDATE reference_counter SET last = 1")
    with office.database.reading() as tx:
        (fault,) = record_checks.gone(tx, references)
    assert fault.what == "the last number given out is stored as 1; there are later ones."
