"""The pages of the calendars: a drill first, promises apart, and nothing written until it is confirmed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from engine import refreshing
from engine.office import Office, refreshed
from engine.rights import APPROVER
from engine.store import acts, people
from engine.store.people import GrantRow
from tests.known_password import PASSWORD_HASH
from tests.unit import case_acts
from tests.unit.casting import hired
from tests.web.conftest import BEGINNING

As = Callable[[str], FlaskClient]
DAY = {"date-day": "16", "date-month": "3", "date-year": "2026"}
KNOWN = {"known-day": "10", "known-month": "3", "known-year": "2026"}
GIVEN = {**DAY, **KNOWN, "name": "Day of Thanksgiving", "kind": "bank_holiday"}


@pytest.fixture
def approver(office: Office, as_person: As) -> FlaskClient:
    """Somebody who approves the council's versions, signed in."""
    with office.database.writing() as tx:
        row = people.add_person(tx, "ada", name="Ada Approver", email="", password_hash=PASSWORD_HASH, now=BEGINNING)
        people.give_grant(tx, row.id, given=GrantRow("council-housing", APPROVER))
    return as_person("ada")


def mark_of(page: str) -> str:
    found = re.search(r'name="mark" value="([0-9a-f]+)"', page)
    assert found
    return found[1]


def test_everybody_reads_the_calendar_and_who_approves_a_policy_changes_it(as_person: As, approver: FlaskClient):
    page = as_person("officer").get("/calendars?year=2026").text
    assert "Friday 25 December 2026" in page
    assert "Known from" in page
    assert "Add a bank holiday" not in page
    assert "Add a bank holiday" in approver.get("/calendars").text
    assert "2012" in approver.get("/calendars?year=1999").text, "a year outside gives the nearest it covers"
    assert approver.get("/calendars?calendar=wales").status_code == 404


def test_a_day_is_drilled_confirmed_shown_and_taken_away_again(office: Office, approver: FlaskClient):
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2026-03-09")
    shown = approver.post("/calendars/england/add", data=GIVEN)
    assert shown.status_code == 200
    assert "Day of Thanksgiving, Monday 16 March 2026, is a bank holiday" in shown.text
    assert reference in shown.text
    assert f'href="/cases/{reference}"' not in shown.text, "an approver opens no case"
    assert "16 March 2026" in shown.text
    assert "17 March 2026" in shown.text
    assert "No date that a letter gave is touched." in shown.text
    assert not [one for one in refreshed(office).calendars["england"].days if one.name == "Day of Thanksgiving"]
    saved = approver.post("/calendars/england/add", data={**GIVEN, "step": "save", "mark": mark_of(shown.text)})
    assert saved.status_code == 302
    page = approver.get(saved.location).text
    assert "1 case has another date now." in page
    assert "Ada Approver added Day of Thanksgiving, 16 March 2026" in page
    away = "/calendars/england/withdraw?day=2026-03-16"
    assert "would be a working day again" in approver.get(away).text
    drill = approver.post(away, data=KNOWN)
    assert drill.status_code == 200
    done = approver.post(away, data={**KNOWN, "step": "save", "mark": mark_of(drill.text)})
    assert done.status_code == 302
    assert "Moved away" in approver.get(done.location).text
    assert approver.get(away).status_code == 404, "it is no day off any more"
    with office.database.reading() as tx:
        assert [one.what for one in acts.acts(tx, about="calendar england")] == [
            "withdrew_calendar_day",
            "added_calendar_day",
        ]


def test_a_promise_in_a_letter_is_listed_apart(office: Office, approver: FlaskClient):
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2026-03-03")
    case_acts.done(office, reference, ann, "triage", "2026-03-03")
    case_acts.done(office, reference, ann, "stage_1.acknowledge", "2026-03-04", promised="2026-03-18")
    page = approver.post("/calendars/england/add", data=GIVEN).text
    apart = page[page.index('id="promised"') :]
    assert reference in apart
    assert "18 March 2026" in apart
    assert "19 March 2026" in apart


def test_wrong_answers_come_back_beside_their_fields_with_what_was_typed(approver: FlaskClient):
    page = approver.post("/calendars/england/add", data={**GIVEN, "date-day": "15"})
    assert page.status_code == 400
    assert "15 March 2026 is a Sunday, and no working day anyway." in page.text
    assert "Day of Thanksgiving" in page.text
    assert approver.post("/calendars/england/add", data={}).status_code == 400
    again = approver.post("/calendars/england/add", data={**GIVEN, "step": "ask"})
    assert (again.status_code, "Day of Thanksgiving" in again.text) == (200, True)


def test_what_changed_since_the_drill_is_looked_at_again(office: Office, approver: FlaskClient):
    shown = approver.post("/calendars/england/add", data=GIVEN).text
    case_acts.logged(office, hired(office, "Ann"), received="2026-03-09")
    refused = approver.post("/calendars/england/add", data={**GIVEN, "step": "save", "mark": mark_of(shown)})
    assert refused.status_code == 409
    assert "Look at it again" in refused.text


def test_who_has_no_business_with_it_is_refused(as_person: As):
    for sign_in in ("officer", "admin", "auditor"):
        assert as_person(sign_in).get("/calendars/england/add").status_code == 403
        assert as_person(sign_in).post("/calendars/england/add", data=GIVEN).status_code == 403


def test_what_many_cases_still_wait_for_is_said(office: Office, approver: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    ann = hired(office, "Ann")
    for _ in range(3):
        case_acts.logged(office, ann, received="2026-03-09")
    monkeypatch.setattr(refreshing, "AT_ONCE", 1)
    shown = approver.post("/calendars/england/add", data=GIVEN).text
    saved = approver.post("/calendars/england/add", data={**GIVEN, "step": "save", "mark": mark_of(shown)})
    page = approver.get(saved.location).text
    assert "2 more cases are being brought up to date in the background." in page
    assert "The stored dates of 2 cases are being brought up to date" in page
