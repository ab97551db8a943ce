"""Laws of why a date is what it is: a correction, an assumed delivery, a calendar known later and law are all said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine import corrections, date_reasons, steps
from engine.calendars import CalendarDay
from engine.case_files import CaseFile
from engine.events import moment
from engine.office import Office
from engine.rights import Person
from engine.wordings import working
from tests.unit.case_acts import COUNCIL, done, extend, logged, recorded, seen, under_way
from tests.unit.casting import hired

ST_LEGER, SOUTH_ESSEX = "st-leger-homes", "south-essex-homes"


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def corrected(office: Office, reference: str, who: Person, number: int, happened: str | None, on: str) -> None:
    when = moment(happened) if happened else None
    steps.take(
        office,
        reference,
        who,
        lambda file: corrections.correct(
            office, file, number, who, happened=when, reason="The letter says so.", now=moment(on)
        ),
        moment(on),
    )


def said(file: CaseFile, number: int) -> list[str]:
    return list(date_reasons.corrections_of(file.record, number))


def test_a_corrected_day_says_what_it_was_who_changed_it_when_and_why(office: Office, ann: Person):
    reference = under_way(office, ann)
    corrected(office, reference, ann, 3, "2024-06-04", "2024-06-20")
    told = said(seen(office, reference, ann, "2024-06-21"), 3)
    assert told == ["Corrected from 5 June 2024 to 4 June 2024 on 20 June 2024 by Ann (event 4): The letter says so."]


def test_an_event_struck_out_and_put_back_says_both(office: Office, ann: Person):
    reference = under_way(office, ann)
    corrected(office, reference, ann, 3, None, "2024-06-20")
    corrected(office, reference, ann, 3, "2024-06-05", "2024-06-21")
    told = said(seen(office, reference, ann, "2024-06-22"), 3)
    assert [one.partition(" on ")[0] for one in told] == ["Struck out", "Put back"]
    assert said(seen(office, reference, ann, "2024-06-22"), 2) == []


def test_a_delivery_nobody_recorded_is_said_to_be_the_versions_rule(office: Office, ann: Person):
    says = "by post; such an answer counts as received on the second working day after it was sent, 19 July 2024"
    reference = logged(office, ann, ST_LEGER, "2024-07-01")
    done(office, reference, ann, "triage", "2024-07-01")
    done(office, reference, ann, "stage_1.acknowledge", "2024-07-04")
    done(office, reference, ann, "stage_1.respond", "2024-07-17", channel="post")
    file = seen(office, reference, ann, "2024-07-18")
    window = file.standing.ledger.deadlines["stage_2.request_window"]
    assert file.governing.version
    assert says in date_reasons.assumed_delivery(file.governing.version, window, file.events)
    recorded(office, reference, ann, "stage_1.response_received", "2024-07-18")
    file = seen(office, reference, ann, "2024-07-19")
    assert date_reasons.assumed_delivery(file.governing.version, window, file.events) == ""


def test_a_promise_kept_only_by_a_calendar_known_later_says_the_day_it_was_due_then(office: Office, ann: Person):
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-20")
    file = seen(office, reference, ann, "2024-07-10")
    assert file.book
    flood = CalendarDay(date(2024, 6, 12), "Closed by flood", date(2024, 7, 1), None, "closure")
    book = replace(file.book, calendar=file.book.calendar.with_days(flood))
    answer = file.standing.ledger.deadlines["stage_1.response"]
    assert date_reasons.due_by_the_calendar_then(file.book, answer) is None
    moved = replace(answer, due=date(2024, 6, 20), original=date(2024, 6, 20), state="met")
    assert date_reasons.due_by_the_calendar_then(book, moved) == date(2024, 6, 19)


def test_more_time_is_no_matter_of_the_calendar(office: Office, ann: Person):
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-10", to="2024-06-26")
    done(office, reference, ann, "stage_1.respond", "2024-06-24")
    file = seen(office, reference, ann, "2024-07-10")
    assert file.book
    assert date_reasons.due_by_the_calendar_then(file.book, file.standing.ledger.deadlines["stage_1.response"]) is None


@pytest.mark.parametrize(
    ("answered", "says"),
    [
        ("2022-09-05", "5 September 2022, which would be 31 October 2022; the law ended that wait, so it is "
         "1 October 2022"),
        ("2023-02-01", "1 February 2023, which would be 29 March 2023; the law had ended that wait before, so it is "
         "1 February 2023"),
        ("2022-08-01", "1 August 2022"),
    ],
)  # fmt: skip
def test_a_wait_that_law_cut_short_is_not_said_to_be_eight_weeks(office: Office, ann: Person, answered: str, says: str):
    reference = logged(office, ann, SOUTH_ESSEX, "2022-07-04")
    done(office, reference, ann, "triage", "2022-07-04")
    done(office, reference, ann, "stage_1.acknowledge", "2022-07-05")
    done(office, reference, ann, "stage_1.respond", "2022-07-12")
    recorded(office, reference, ann, "stage_2.requested", "2022-07-20")
    done(office, reference, ann, "stage_2.respond", answered)
    ledger = seen(office, reference, ann, "2023-06-01").standing.ledger
    assert working(ledger.deadlines["ombudsman.direct_from"], ledger) == f"8 weeks from {says}"


def test_an_ordinary_start_needs_no_reason(office: Office, ann: Person):
    file = seen(office, under_way(office, ann, COUNCIL), ann, "2024-06-10")
    assert file.governing.version
    for one in file.standing.ledger.deadlines.values():
        assert date_reasons.assumed_delivery(file.governing.version, one, file.events) == ""
