"""What is recorded and what is sealed: a version sealed or shipped differently while cases are open, and each way of
editing the database behind the program's back, which `redress verify` finds at its first bad place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from engine import steps, verification
from engine.events import moment
from engine.library import Library
from engine.office import Office, office_of, open_office
from engine.rights import Person
from tests.faults import caseload
from web import cli

NOW = moment("2024-06-14")
KEY = f"{caseload.POLICY}/two-stage-2024"


@pytest.fixture
def ann(any_office: Office) -> Person:
    return caseload.staff(any_office, "Ann")[0]


# --- versions -----------------------------------------------------------------------------------


def shipped_anew(shelf: Library, change: Callable[[str], str], as_version: str = "") -> Library:
    """The library with one policy file changed: in its place, or beside it as another version."""
    version = shelf.versions[KEY]
    begins = date(2024, 6, 10) if as_version else version.in_force_from
    name = as_version or version.version
    file = f"policies/{caseload.POLICY}/{name}.yaml"
    changed = replace(version, version=name, in_force_from=begins, file=file)
    text = change(shelf.files[f"policies/{KEY}.yaml"].decode()).encode()
    return replace(
        shelf,
        versions={**shelf.versions, changed.key: changed},
        files={**shelf.files, file: text},
    )


def next_version(whole: str) -> str:
    return whole.replace("version: two-stage-2024", "version: two-stage-2025", 1).replace(
        "in_force_from: 2024-04-01", "in_force_from: 2024-06-10", 1
    )


def test_a_version_sealed_while_cases_are_open_governs_the_next_and_none_of_those(
    any_office: Office, ann: Person, shelf: Library
):
    reference = caseload.to_answer(any_office, ann)
    before = caseload.seen(any_office, reference)
    shelf = shipped_anew(shelf, next_version, as_version="two-stage-2025")
    office, imported = open_office(any_office.database, shelf, NOW)
    assert imported.sealed == (f"{caseload.POLICY}/two-stage-2025",)
    assert caseload.seen(office, reference) == before
    caseload.completed(office, reference, ann, "stage_1.respond", NOW)
    later = caseload.logged(office, ann, when=NOW)
    governed = {one: steps.seen_by(office, one, ann, NOW).governing.version.version for one in (reference, later)}
    assert governed == {reference: "two-stage-2024", later: "two-stage-2025"}
    assert caseload.differences(office) == []


def test_a_shipped_text_that_differs_is_reported_and_replaces_nothing(any_office: Office, ann: Person, shelf: Library):
    reference = caseload.to_answer(any_office, ann)
    shelf = shipped_anew(shelf, lambda whole: whole.replace("10 working days", "20 working days"))
    office, imported = open_office(any_office.database, shelf, NOW)
    assert (imported.sealed, imported.differing) == ((), (KEY,))
    file = steps.seen_by(office, reference, ann, NOW)
    assert file.standing.ledger.deadlines["stage_1.response"].due == date(2024, 6, 19)
    with office.database.reading() as tx:
        assert [one.about for one in verification.shipped_differences(tx, shelf)] == [KEY]
    assert caseload.differences(office) == []


# --- the database edited behind the program's back ------------------------------------------------

TAMPERINGS = {
    "what an event says": (
        "UPDATE event_content SET content = replace(content, 'upheld', 'not_upheld') WHERE number = 4",
        "event 4: Its content was changed",
    ),
    "when an event happened": (
        "UPDATE case_event SET happened = recorded, recorded = (SELECT recorded FROM case_event WHERE number = 1)"
        " WHERE number = 3",
        "event 3: It was changed",
    ),
    "what happened": ("UPDATE case_event SET name = 'withdrawn' WHERE number = 4", "event 4: It was changed"),
    "who did it": ("UPDATE case_event SET by_person = '99' WHERE number = 2", "event 2: It was changed"),
    "the name of who did it": ("UPDATE case_event SET by_name = 'Nobody' WHERE number = 2", "event 2: Who recorded it"),
    "an event taken out": (
        "DELETE FROM event_content WHERE number = 2; DELETE FROM case_event WHERE number = 2",
        "event 3: Event 2 is missing",
    ),
    "the end cut off": (
        "DELETE FROM event_content WHERE number = 4; DELETE FROM case_event WHERE number = 4",
        "event 4: The case says it has 4 events; the chain ends at 3",
    ),
    "a hash made to fit": (
        "UPDATE case_event SET name = 'withdrawn', hash = previous_hash WHERE number = 3",
        "event 3: It was changed",
    ),
    "a task closed": ("DELETE FROM open_task", "task stage_1.respond is not stored"),
    "a task given away": (
        "UPDATE open_task SET person_id = 1, claimed_at = created", "is with someone who, by its events, never took it"
    ),
    "a due date put off": ("UPDATE deadline SET due = '2030-01-01' WHERE due IS NOT NULL", "has due '2030-01-01'"),
    "a case closed": ("UPDATE complaint_case SET status = 'closed'", "its status is stored as 'closed'"),
    "the state of its process": ("UPDATE complaint_case SET state = hold", "the stored state of its process"),
    "a timer stopped": ("UPDATE deadline SET fires = NULL", "timer stage_2.request_window is not stored"),
}  # fmt: skip
OF_AN_OPEN_CASE = {"a task closed", "a task given away"}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_an_edited_database_is_found_at_its_first_bad_place(office: Office, name: str):
    (who,) = caseload.staff(office, "Ann")
    make = caseload.to_answer if name in OF_AN_OPEN_CASE else caseload.answered
    reference, statements = make(office, who), TAMPERINGS[name][0]
    assert caseload.differences(office) == []
    with office.database.writing() as tx:
        for (trigger,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f"DROP TRIGGER {trigger}"))
        for statement in statements.split(";"):
            tx.execute(text(statement.replace("state = hold", "state = x'5b39395d'")))
    found = caseload.differences(office)
    assert found, "nobody noticed"
    assert found[0].startswith(reference)
    assert any(TAMPERINGS[name][1] in one for one in found), found
    office.database.close()
    said = CliRunner().invoke(cli.main, ["verify", "--database", office.database.url])
    assert said.exit_code == 1, said.output
    assert found[0] in said.output


def test_a_sealed_file_that_was_edited_is_found(office: Office):
    with office.database.writing() as tx:
        for (trigger,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f"DROP TRIGGER {trigger}"))
        tx.execute(
            text(
                "UPDATE library_file SET content = CAST(content AS TEXT) || ' ' WHERE sha256 ="
                " (SELECT sha256 FROM version_file WHERE path = :path)"
            ),
            {"path": f"policies/{KEY}.yaml"},
        )
    found = caseload.differences(office)
    assert [one.partition(":")[0] for one in found] == [KEY, "sealed files"]


def test_content_that_is_gone_keeps_no_other_case_from_being_checked(any_office: Office, ann: Person):
    gone, other = caseload.answered(any_office, ann), caseload.answered(any_office, ann)
    with any_office.database.writing() as tx:
        tx.execute(text("DELETE FROM event_content WHERE case_id = 1"))
    missing = f"{gone}: event 1: What it said is gone, and the record has no disposal of the case."
    assert caseload.differences(any_office) == [missing]
    with any_office.database.writing() as tx:
        tx.execute(text("UPDATE complaint_case SET status = 'closed' WHERE id = 2"))
    assert caseload.differences(any_office) == [
        missing,
        f"{other}: its status is stored as 'closed'; its events give 'answered'.",
    ]


def test_an_office_is_opened_again_with_what_is_sealed_in_it(any_office: Office, ann: Person):
    reference = caseload.answered(any_office, ann)
    again = office_of(any_office.database, any_office.shelf)
    assert caseload.seen(again, reference) == caseload.seen(any_office, reference)
    assert caseload.differences(again) == []
