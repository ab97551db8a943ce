"""Laws of what we owe besides the diagram's tasks: it stands in the inbox until done, and moves nothing."""

from __future__ import annotations

from datetime import date

import pytest

from engine import corrections, steps, verification
from engine.events import moment
from engine.office import Office
from engine.rights import Person
from engine.store import inbox
from engine.store.inbox import InboxTask
from tests.unit.case_acts import done, extend, logged, recorded, seen, under_way
from tests.unit.casting import hired

SEH = "south-essex-homes"


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def owes(office: Office, reference: str, who: Person, day: str = "2026-01-05") -> dict[str, InboxTask]:
    """What the inbox holds of the case besides its tasks, as stored; and the stored agrees with the events."""
    file = seen(office, reference, who, day)
    with office.database.reading() as tx:
        rows = inbox.tasks_of(tx, file.row.id)
        assert verification.case_differences(tx, office, file.row.id) == []
    assert not [task for task in file.standing.open_tasks if task.key.startswith("owed.")]
    return {row.key.removeprefix("owed."): row for row in rows if row.key.startswith("owed.")}


@pytest.mark.parametrize(
    ("decision", "letter"), [("refuse", "refusal_sent"), ("comment", "thanked"), ("compliment", "thanked")]
)
def test_whoever_is_turned_away_or_thanked_is_written_to_within_the_time_of_an_acknowledgement(
    office, ann, decision: str, letter: str
):
    reference = logged(office, ann)
    done(office, reference, ann, "triage", "2024-06-04", decision=decision, reason="So it is.")
    (key, row), *more = owes(office, reference, ann).items()
    assert (key, row.due, row.role, more) == (letter, date(2024, 6, 10), "complaints_officer", [])
    assert seen(office, reference, ann, "2024-06-05").standing.status == "closed"
    recorded(office, reference, ann, letter, "2024-06-06")
    assert owes(office, reference, ann) == {}


def test_a_withdrawal_is_confirmed_as_soon_as_a_complaint_would_be_acknowledged(office, ann):
    reference = under_way(office, ann)
    recorded(office, reference, ann, "withdrawn", "2024-06-11")
    row = owes(office, reference, ann)["withdrawal_confirmed"]
    assert row.due == date(2024, 6, 18)
    assert seen(office, reference, ann, "2024-06-30").standing.status == "closed"
    recorded(office, reference, ann, "withdrawal_confirmed", "2024-06-11")
    assert owes(office, reference, ann) == {}


def test_what_was_asked_is_chased_on_its_day_by_whoever_answers_until_it_comes(office, ann):
    reference = under_way(office, ann)
    for whom in ("Repairs", "The contractor"):
        recorded(office, reference, ann, "information_asked", "2024-06-07", of_whom=whom, chase_on="2024-06-12")
    rows = owes(office, reference, ann)
    assert [row.title for row in rows.values()] == ["Chase: Repairs", "Chase: The contractor"]
    assert {(row.due, row.role, row.stage) for row in rows.values()} == {
        (date(2024, 6, 12), "service_manager", "stage_1")
    }
    first = next(iter(rows)).rpartition(".")[2]
    recorded(office, reference, ann, "information_received", "2024-06-10", about=first)
    assert [row.title for row in owes(office, reference, ann).values()] == ["Chase: The contractor"]
    recorded(office, reference, ann, "withdrawn", "2024-06-11")
    assert set(owes(office, reference, ann)) == {"withdrawal_confirmed"}


def test_a_promised_update_is_owed_until_it_is_given_or_the_answer_goes(office, ann):
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-19", to="2024-07-03", next_update="2024-06-26")
    assert [row.due for row in owes(office, reference, ann).values()] == [date(2024, 6, 26)]
    recorded(office, reference, ann, "update_given", "2024-06-26", next_update="2024-06-28")
    assert [row.due for row in owes(office, reference, ann).values()] == [date(2024, 6, 28)]
    recorded(office, reference, ann, "update_given", "2024-06-28")
    assert owes(office, reference, ann) == {}
    recorded(office, reference, ann, "stage_1.apology_sent", "2024-07-04", to="2024-07-10", next_update="2024-07-08")
    assert [row.title for row in owes(office, reference, ann).values()] == ["Update the resident"]
    done(office, reference, ann, "stage_1.respond", "2024-07-05")
    assert owes(office, reference, ann) == {}


@pytest.mark.parametrize(("answer", "is_owed"), [("After four, please", True), ("No", False), ("", False)])
def test_the_call_we_offered_is_owed_without_a_date_where_it_was_wanted(office, ann, answer: str, is_owed: bool):
    reference = under_way(office, ann, policy=SEH, received="2024-06-03", follow_up_call=answer)
    rows = owes(office, reference, ann)
    assert list(rows) == (["follow_up_call_made"] if is_owed else [])
    if is_owed:
        assert rows["follow_up_call_made"].due is None
        recorded(office, reference, ann, "follow_up_call_made", "2024-06-07")
        assert owes(office, reference, ann) == {}


def test_a_correction_of_what_happened_owes_again_what_it_had_paid(office, ann):
    reference = under_way(office, ann)
    recorded(office, reference, ann, "withdrawn", "2024-06-11")
    recorded(office, reference, ann, "withdrawal_confirmed", "2024-06-12")
    number = corrections.number_of(seen(office, reference, ann, "2024-06-13"), "withdrawal_confirmed")
    now = moment("2024-06-14")
    steps.take(
        office, reference, ann,
        lambda f: corrections.correct(office, f, number, ann, happened=None, reason="It came back", now=now), now,
    )  # fmt: skip
    assert set(owes(office, reference, ann)) == {"withdrawal_confirmed"}
