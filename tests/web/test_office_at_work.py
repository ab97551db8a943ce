"""What another process publishes, withdraws or adds to a calendar is seen by the next request, without a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine import drafting
from engine.calendars import CalendarDay
from engine.drafting import Draft
from engine.office import Office, office_of
from engine.rights import APPROVER, AUTHOR, Grant
from engine.store import cases as stored_cases
from engine.store import library as stored
from engine.store import people
from engine.store.database import open_database
from engine.store.people import GrantRow
from tests.unit.casting import hired
from tests.web.conftest import BEGINNING
from web.current import AtWork

COUNCIL, NEW = "council-housing", "two-stage-2026"


@pytest.fixture
def elsewhere(office: Office) -> Iterator[Office]:
    """The same installation, as another process has it open."""
    database = open_database(office.database.url)
    yield office_of(database, office.shelf)
    database.close()


def publish(there: Office, draft: Draft) -> None:
    ann = hired(there, "Author There", Grant(COUNCIL, AUTHOR))
    bob = hired(there, "Approver There", Grant(COUNCIL, APPROVER))
    drafting.ask_approval(there, draft.row.id, ann, BEGINNING)
    drafting.approve(there, draft.row.id, bob, BEGINNING, body="Board", minute="12")
    drafting.publish(there, draft.row.id, ann, BEGINNING + timedelta(seconds=1))


def test_a_version_published_by_another_process_is_on_the_next_page(as_person, elsewhere: Office, draft: Draft):
    browser = as_person("auditor")
    assert browser.get(f"/policies/{COUNCIL}/{NEW}").status_code == 404
    publish(elsewhere, draft)
    assert browser.get(f"/policies/{COUNCIL}/{NEW}").status_code == 200


def test_a_complaint_received_from_its_day_runs_under_it(app, as_person, clock, elsewhere: Office, draft: Draft):
    with elsewhere.database.writing() as tx:
        officer = people.person_by_sign_in(tx, "officer")
        assert officer is not None
        people.give_grant(tx, officer.id, given=GrantRow(COUNCIL, "complaints_officer"))
    browser = as_person("officer")
    assert browser.get("/complaints/new").status_code == 200
    publish(elsewhere, draft)
    clock.now = BEGINNING.replace(month=4, day=2)
    received = {"happened-day": "2", "happened-month": "4", "happened-year": "2026"}
    told = {"channel": "phone", "resident": "Rosa Resident", "description": "Damp", "service_area": "repairs"}
    given = {"step": "save", "policy": COUNCIL, "wizard": "of-this-test", **received, **told}
    answer = browser.post("/complaints/new", data=given)
    assert answer.location == "/cases/CH-2026-00001", answer.text
    with elsewhere.database.reading() as tx:
        case = stored_cases.case_by_reference(tx, "CH-2026-00001")
        row = stored.version_named(tx, COUNCIL, version=NEW)
    assert case is not None
    assert row is not None
    assert case.version_id == row.id
    assert "two-stage-2026 is in force from 1 April 2026" in browser.get(answer.location).text


def test_a_version_withdrawn_by_another_process_governs_nothing_here(app, elsewhere: Office, draft: Draft):
    publish(elsewhere, draft)
    work: AtWork = app.extensions["redress"]
    assert work.refresh().governing(COUNCIL, date(2026, 4, 2)).version == NEW
    bea = hired(elsewhere, "Bea Board", Grant(COUNCIL, APPROVER))
    drafting.withdraw(elsewhere, COUNCIL, NEW, bea, BEGINNING, "The Board thought again.")
    assert work.refresh().governing(COUNCIL, date(2026, 4, 2)).version == "two-stage-2024"
    assert work.office.shelved[f"{COUNCIL}/{NEW}"].is_withdrawn


def test_a_day_added_to_a_calendar_by_another_process_is_counted_here(app, elsewhere: Office):
    work: AtWork = app.extensions["redress"]
    before = work.refresh()
    with elsewhere.database.writing() as tx:
        england = stored.calendar_named(tx, "england")
        assert england is not None
        day = CalendarDay(date(2026, 6, 1), "A day of mourning", known=date(2026, 3, 10))
        stored.put_calendar(tx, replace(england, days=(*england.days, day)), now=BEGINNING)
    after = work.refresh()
    assert after is not before
    assert all(day in one.book.calendar.days for one in after.shelved.values())


def test_where_nothing_changed_the_office_stays_the_same(app, as_person):
    work: AtWork = app.extensions["redress"]
    first = work.refresh()
    as_person("auditor").get("/policies")
    assert work.office is first
