"""Laws of governance: which version governed a case and why, as known on any day, and what that demanded of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import corrections, governance, steps
from engine.calendars import CalendarDay
from engine.events import moment
from engine.governance import Governance
from engine.office import Office
from engine.promises_made import promises
from engine.rights import Person
from tests.unit.case_acts import done, extend, logged, recorded, seen
from tests.unit.casting import hired

SEH = "south-essex-homes"


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def governed(office: Office, reference: str, who: Person, day: str, now: str = "2026-01-01") -> Governance | None:
    """What governed a case as of a day, seen much later."""
    file = governance.as_of(office, seen(office, reference, who, now), governance.end_of(date.fromisoformat(day)))
    return governance.governance(office, file, governance.end_of(date.fromisoformat(day))) if file else None


def version_on(office: Office, reference: str, who: Person, day: str) -> str:
    found = governed(office, reference, who, day)
    assert found is not None
    return found.version.version if found.version else ""


def demand(found: Governance | None, key: str):
    assert found is not None
    return next(one for one in found.demands if one.deadline.key == key)


def test_as_of_a_day_before_a_bank_holiday_was_known_the_date_is_counted_without_it(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2022-09-07")
    before, after = governed(office, reference, ann, "2022-09-09"), governed(office, reference, ann, "2022-09-10")
    assert demand(before, "stage_1.response").deadline.due == date(2022, 9, 21)
    assert demand(after, "stage_1.response").deadline.due == date(2022, 9, 22)
    assert [day.date for day in before.off] == []
    assert [(day.date, day.known) for day in after.off] == [(date(2022, 9, 19), date(2022, 9, 10))]


def test_as_of_a_day_nothing_recorded_later_is_known(office: Office, ann: Person):
    reference = logged(office, ann, "council-housing", "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05")
    then, later = governed(office, reference, ann, "2024-06-04"), governed(office, reference, ann, "2024-06-05")
    assert demand(then, "stage_1.acknowledgement").done is None
    assert demand(then, "stage_1.acknowledgement").deadline.state == "running"
    assert demand(later, "stage_1.acknowledgement").deadline.state == "met"
    assert demand(later, "stage_1.acknowledgement").done.day == date(2024, 6, 5)


def test_before_it_was_recorded_nothing_governed_a_case(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2024-06-03")
    assert governed(office, reference, ann, "2024-06-02") is None


def test_a_corrected_receipt_brings_another_version_from_the_day_of_the_correction(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2018-11-05")
    steps.take(
        office,
        reference,
        ann,
        lambda f: corrections.correct(
            office, f, 1, ann, happened=moment("2018-10-30"), reason="The postmark", now=moment("2018-11-09")
        ),
        moment("2018-11-09"),
    )
    assert version_on(office, reference, ann, "2018-11-08") == "three-stage-2018"
    assert version_on(office, reference, ann, "2018-11-09") == "four-stage"
    found = governed(office, reference, ann, "2018-11-09")
    assert [event.name for event in found.changes] == ["complaint_received", "corrected"]
    assert found.received.day == date(2018, 10, 30)


def test_a_move_and_its_undoing_are_told_with_who_and_why(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2024-06-03")
    for day, act in (
        ("2024-06-05", lambda f: corrections.move(
            office, f, "three-stage-2018", ann, reason="Agreed", now=moment("2024-06-05"))),
        ("2024-06-07", lambda f: corrections.undo_move(office, f, ann, reason="Not agreed", now=moment("2024-06-07"))),
    ):  # fmt: skip
        steps.take(office, reference, ann, act, moment(day))
    days = ("2024-06-04", "2024-06-05", "2024-06-06", "2024-06-07")
    assert [version_on(office, reference, ann, day) for day in days] == [
        "two-stage-2024", "three-stage-2018", "three-stage-2018", "two-stage-2024",
    ]  # fmt: skip
    told = governed(office, reference, ann, "2024-06-07").changes
    assert [(one.name, one.text("reason")) for one in told[1:]] == [
        ("moved_to", "Agreed"),
        ("move_undone", "Not agreed"),
    ]


def test_each_demand_names_its_clause_what_started_it_and_the_codes_own_day(office: Office, ann: Person):
    reference = logged(office, ann, "council-housing", "2024-12-20")
    found = demand(governed(office, reference, ann, "2024-12-20"), "stage_1.acknowledgement")
    assert "CHF-ACK" in {rule.id for rule in found.rules}
    assert found.started.name == "complaint_received"
    assert (found.code.provision, found.code.deadline.due) == ("6.2", date(2024, 12, 31))


def test_the_edition_of_the_code_is_that_of_the_day_of_receipt(office: Office, ann: Person):
    titles = {}
    for day in ("2016-03-01", "2023-06-05", "2024-06-03"):
        found = governed(office, logged(office, ann, SEH, day), ann, day)
        titles[day] = found.edition.title[-4:] if found.edition else ""
    assert titles == {"2016-03-01": "", "2023-06-05": "2022", "2024-06-03": "2024"}


def test_a_case_that_no_version_covers_has_its_why_and_demands_nothing(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2012-03-05")
    found = governed(office, reference, ann, "2012-03-05")
    assert found.version is None
    assert found.demands == ()
    assert "No version of the policy was in force" in found.file.governing.why


# --- promises -----------------------------------------------------------------------------------


def became(office: Office, reference: str, who: Person, day: str) -> list[tuple[str, str]]:
    file = seen(office, reference, who, day)
    told = promises(file.governing.version, file.events, file.standing.ended)
    return [(one.day.isoformat(), one.became(date.fromisoformat(day))) for one in told]


def acknowledged(office: Office, who: Person, promised: str) -> str:
    reference = logged(office, who, "council-housing", "2024-06-03")
    done(office, reference, who, "triage", "2024-06-04")
    done(office, reference, who, "stage_1.acknowledge", "2024-06-05", promised=promised)
    return reference


def test_a_promise_runs_until_its_day_is_over_and_is_missed_then(office: Office, ann: Person):
    reference = acknowledged(office, ann, "2024-06-14")
    assert became(office, reference, ann, "2024-06-14") == [("2024-06-14", "running")]
    assert became(office, reference, ann, "2024-06-15") == [("2024-06-14", "missed")]


def test_an_answer_on_the_promised_day_keeps_it(office: Office, ann: Person):
    reference = acknowledged(office, ann, "2024-06-14")
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    assert became(office, reference, ann, "2024-07-01") == [("2024-06-14", "kept")]


def test_another_date_told_in_time_takes_the_place_of_a_promise(office: Office, ann: Person):
    reference = acknowledged(office, ann, "2024-06-14")
    extend(office, reference, ann, "2024-06-13", to="2024-06-28")
    assert became(office, reference, ann, "2024-07-01") == [("2024-06-14", "put_off"), ("2024-06-28", "missed")]


def test_an_apology_after_the_day_leaves_the_promise_missed(office: Office, ann: Person):
    reference = acknowledged(office, ann, "2024-06-14")
    recorded(office, reference, ann, "stage_1.apology_sent", "2024-06-24", to="2024-07-05", reason="We were slow")
    done(office, reference, ann, "stage_1.respond", "2024-07-04")
    assert became(office, reference, ann, "2024-07-10") == [("2024-06-14", "missed"), ("2024-07-05", "kept")]


def test_a_promise_is_not_missed_where_the_case_ended_before_its_day(office: Office, ann: Person):
    reference = acknowledged(office, ann, "2024-06-14")
    recorded(office, reference, ann, "withdrawn", "2024-06-10")
    assert became(office, reference, ann, "2024-07-01") == [("2024-06-14", "stopped")]


def test_as_of_a_day_the_law_is_that_of_the_day_and_its_end_is_not_known_before_it_came(office: Office, ann: Person):
    """The Scheme dropped the eight-week wait on 1 October 2022: until that day it bound, whatever was to come."""
    reference = logged(office, ann, SEH, "2022-07-04")
    done(office, reference, ann, "triage", "2022-07-04")
    done(office, reference, ann, "stage_1.acknowledge", "2022-07-05")
    done(office, reference, ann, "stage_1.respond", "2022-07-12")
    recorded(office, reference, ann, "stage_2.requested", "2022-07-20", reasons="Not enough")
    done(office, reference, ann, "stage_2.respond", "2022-09-01")
    told = {}
    for day in ("2022-09-30", "2022-10-01"):
        found = governed(office, reference, ann, day)
        assert found is not None
        told[day] = (demand(found, "ombudsman.direct_from").deadline.due, {one.key for one in found.law})
    assert told["2022-09-30"][0] == date(2022, 10, 27)
    assert told["2022-10-01"][0] == date(2022, 10, 1)
    assert "ombudsman_wait" in told["2022-09-30"][1]
    assert "direct_access" not in told["2022-09-30"][1]
    assert "direct_access" in told["2022-10-01"][1]
    assert "ombudsman_wait" not in told["2022-10-01"][1]


def test_the_code_that_measures_a_case_is_that_of_its_receipt_and_the_one_in_force_stands_beside_it(
    office: Office, ann: Person
):
    reference = logged(office, ann, SEH, "2023-06-05")
    editions = {}
    for day in ("2024-03-31", "2024-04-01"):
        found = governed(office, reference, ann, day)
        assert found is not None
        editions[day] = tuple(one.title[-4:] if one else "" for one in (found.edition, found.edition_then))
    assert editions == {"2024-03-31": ("2022", "2022"), "2024-04-01": ("2022", "2024")}


def test_an_edition_that_was_to_come_is_no_part_of_the_office_of_a_day(office: Office):
    then = governance.office_on(office, governance.end_of(date(2022, 9, 30)))
    code = then.shelf.yardstick
    assert code is not None
    assert [edition.title[-4:] for edition in code.editions] == ["2022"]
    begun = [begins for one in code.requirements for begins, _ in one.by_date]
    assert max(begun) <= date(2022, 9, 30)
    assert all(law.ended is None or law.ended <= date(2022, 9, 30) for law in then.shelf.law.values())


def test_a_day_known_only_afterwards_does_not_hide_that_the_answer_was_late_when_it_went(office: Office, ann: Person):
    reference = logged(office, ann, "council-housing", "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05")
    done(office, reference, ann, "stage_1.respond", "2024-06-20")
    flood = CalendarDay(date(2024, 6, 12), "Closed by flood", date(2024, 7, 1), None, "closure")
    shelved = {
        key: replace(one, book=replace(one.book, calendar=one.book.calendar.with_days(flood)))
        for key, one in office.shelved.items()
    }
    office = replace(office, shelved=shelved)
    then, now = governed(office, reference, ann, "2024-06-30"), governed(office, reference, ann, "2024-07-01")
    assert (demand(then, "stage_1.response").deadline.state, demand(then, "stage_1.response").due_then) == (
        "late",
        None,
    )
    answer = demand(now, "stage_1.response")
    assert (answer.deadline.state, answer.deadline.due, answer.due_then) == (
        "met",
        date(2024, 6, 20),
        date(2024, 6, 19),
    )
