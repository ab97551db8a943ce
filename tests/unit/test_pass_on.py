"""Laws of passing a complaint on: anybody may, in a minute, and the day they were told is the day of receipt."""

from __future__ import annotations

from datetime import date

import pytest

from engine import steps, verification
from engine.casework import Said
from engine.events import local_day, moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import Grant, Person
from engine.store import inbox, outbox
from tests.unit.case_acts import COUNCIL, logged, recorded, seen, under_way
from tests.unit.casting import hired

TOLD = {"channel": "in_person", "resident": "Mrs Shah", "description": "The lift has been broken since May."}
NOW = moment("2024-06-05T16:00")


def passed_on(office: Office, who: Person, key: str = "", when: str | None = None, **said: object) -> str:
    told = Said({**TOLD, **said}, moment(when) if when else None, NOW)
    return steps.pass_on(office, COUNCIL, who, told, key)


@pytest.mark.parametrize(
    "person",
    [{"is_administrator": True}, {"is_auditor": True}, {"is_administrator": False}],
    ids=["an administrator", "an auditor", "somebody without a role"],
)
def test_anybody_passes_a_complaint_on_and_sees_nothing_by_it(any_office: Office, person: dict[str, bool]):
    who = hired(any_office, "Cleaner", **person)
    reference = passed_on(any_office, who, when="2024-06-03")
    officer = hired(any_office, "Officer", Grant(COUNCIL, "complaints_officer"))
    file = seen(any_office, reference, officer, NOW)
    (received,) = file.events
    assert (local_day(received.happened), local_day(received.recorded)) == (date(2024, 6, 3), date(2024, 6, 5))
    assert (received.by_name, received.text("passed_on_by"), received.text("taken_by")) == ("Cleaner",) * 3
    assert file.governing.version.version == "two-stage-2024"
    assert [task.key for task in file.standing.open_tasks] == ["triage"]
    if not who.is_auditor:
        with pytest.raises(Unknown):
            steps.seen_by(any_office, reference, who, NOW)


def test_the_version_in_force_on_the_day_they_were_told_governs(office: Office):
    who = hired(office, "Porter", is_administrator=False)
    told = Said(TOLD, moment("2018-10-25"), moment("2018-11-20"))
    reference = steps.pass_on(office, "south-essex-homes", who, told)
    file = seen(office, reference, hired(office, "Ann"), "2018-11-20")
    assert file.governing.version.version == "four-stage"


@pytest.mark.parametrize("missing", sorted(TOLD))
def test_how_who_and_what_are_needed_and_nothing_else(office: Office, missing: str):
    who = hired(office, "Porter", is_administrator=False)
    with pytest.raises(BadAnswers) as bad:
        passed_on(office, who, **{missing: ""})
    assert set(bad.value.errors) == {missing}


def test_a_day_to_come_is_no_day_of_receipt(office: Office):
    with pytest.raises(BadAnswers, match="today or in the past"):
        passed_on(office, hired(office, "Porter", is_administrator=False), when="2024-06-06")


def test_a_complaint_is_passed_on_to_a_policy_there_is(office: Office):
    with pytest.raises(Unknown, match="There is no policy 'no-homes'"):
        steps.pass_on(office, "no-homes", hired(office, "Porter", is_administrator=False), Said(TOLD, None, NOW))


def test_the_same_button_pressed_twice_passes_one_complaint_on(any_office: Office):
    who = hired(any_office, "Porter", is_administrator=False)
    assert passed_on(any_office, who, key="a1") == passed_on(any_office, who, key="a1")


def test_logging_still_wants_a_role(office: Office):
    who = hired(office, "Porter", is_administrator=False)
    with pytest.raises(Refused, match="holds no role under this policy"):
        steps.register(office, COUNCIL, who, Said(TOLD, None, NOW))


def test_every_complaint_is_filed_as_it_was_logged_once(office: Office):
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    recorded(office, reference, ann, "contact_made", "2024-06-04")
    with office.database.reading() as tx:
        rows = outbox.of_case(tx, seen(office, reference, ann, "2024-06-05").row.id)
    assert [(row.kind, row.payload, row.idempotency_key, row.event_number) for row in rows] == [
        ("filing", {"what": "complaint"}, f"filing:{reference}:1", 1)
    ]


def test_whoever_is_given_a_task_by_another_gets_a_notice_in_the_same_transaction(any_office: Office):
    ann, ben = (hired(any_office, name, Grant(COUNCIL, "complaints_officer")) for name in ("Ann", "Ben"))
    reference = logged(any_office, ann)
    steps.reassign(any_office, reference, "triage", ann, NOW, to=ben, reason="Leave")
    steps.claim(any_office, reference, "triage", ben, NOW)
    with any_office.database.reading() as tx:
        rows = [row for row in outbox.of_case(tx, 1) if row.kind == "notice"]
    assert [(row.payload["task"], row.payload["person"], row.event_number) for row in rows] == [
        ("Decide what this is", int(ben.id), 2)
    ]
    assert rows[0].payload["due"] == "2024-06-10"


def test_what_we_owe_is_taken_and_handed_over_like_a_task_by_who_holds_its_role(office: Office):
    ann, ben = (hired(office, name, Grant(COUNCIL, "complaints_officer")) for name in ("Ann", "Ben"))
    max_ = hired(office, "Max", Grant(COUNCIL, "service_manager"))
    reference = under_way(office, hired(office, "Zoe"))
    recorded(office, reference, ann, "withdrawn", "2024-06-07")
    later, key = moment("2024-06-10"), "owed.withdrawal_confirmed"
    with pytest.raises(Refused, match="Max does not hold it"):
        steps.claim(office, reference, key, max_, later)
    steps.claim(office, reference, key, ann, later)
    steps.reassign(office, reference, key, ann, later, to=ben, reason="Leave")
    with office.database.reading() as tx:
        (row,) = inbox.tasks_of(tx, 1)
        assert (row.key, row.person_name) == (key, "Ben")
        assert verification.case_differences(tx, office, 1) == []
    with pytest.raises(Refused, match="is not open"):
        steps.claim(office, reference, "owed.thanked", ann, later)
