"""Disposal in the browser: due, asked for, approved by another after a last look, erased; and what every other page
then says of the case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from engine import verification
from engine.office import Office
from engine.retention import CLASSES
from engine.rights import KEEPER, RECORDS_APPROVER
from engine.store import people
from engine.store.people import GrantRow
from tests.known_password import PASSWORD_HASH
from tests.web import office_work
from tests.web.conftest import BEGINNING, Clock

Browser = Callable[[str], FlaskClient]
DUE, ASKED, HOLDS = "/compliance/disposal", "/compliance/disposal/asked", "/compliance/disposal/holds"
NAME = "Ada Lovelace"
YEARS = timedelta(days=2500)


@pytest.fixture(autouse=True)
def records_people(office: Office) -> None:
    """Kay asks, Abe approves, Bo could do both; all for the landlord of the tests."""
    with office.database.writing() as tx:
        for sign_in, roles in (("kay", [KEEPER]), ("abe", [RECORDS_APPROVER]), ("bo", [KEEPER, RECORDS_APPROVER])):
            row = people.add_person(
                tx, sign_in, name=sign_in.title(), email="", password_hash=PASSWORD_HASH, now=BEGINNING
            )
            for role in roles:
                people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, role, ""))


@pytest.fixture
def reference(office: Office) -> str:
    """A case that was withdrawn long ago, and whose letter has gone."""
    found = office_work.log(office, "2026-03-02")
    office_work.record(office, found, "withdrawn", "2026-03-03")
    with office.database.writing() as tx:
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
    return found


def decided(browser: FlaskClient, days: str = "2192") -> None:
    given = dict.fromkeys(CLASSES, days) | {"reason": "The schedule", "policy": office_work.POLICY}
    assert browser.post("/compliance/disposal/periods", data=given).status_code == 302


def request_id(browser: FlaskClient) -> str:
    return browser.get(ASKED).text.partition('id="request-')[2].partition('"')[0]


def erased(as_person: Browser, clock: Clock, reference: str) -> None:
    """Through the pages, whole."""
    clock.now += YEARS
    kay, abe = as_person("kay"), as_person("abe")
    decided(kay)
    assert kay.post(f"{DUE}/ask", data={"case": reference}).status_code == 302
    sent = {"request": request_id(abe), "confirm": "yes"}
    assert abe.post(f"{DUE}/approve", data=sent).status_code == 302


def test_the_whole_way_from_a_period_to_an_erased_case(
    office: Office, as_person: Browser, clock: Clock, reference: str
):
    clock.now += YEARS
    kay, abe = as_person("kay"), as_person("abe")
    before = kay.get(DUE).text
    office_work.assert_valid(before)
    assert "Nobody has decided yet how long cases are kept" in before
    decided(kay)
    due = kay.get(DUE).text
    office_work.assert_valid(due)
    assert reference in due
    assert NAME not in due
    assert kay.post(f"{DUE}/ask", data={"case": reference}).status_code == 302
    waiting = abe.get(ASKED).text
    office_work.assert_valid(waiting)
    assert reference in waiting
    asked = abe.post(f"{DUE}/approve", data={"request": request_id(abe)})
    office_work.assert_valid(asked.text)
    assert "This cannot be undone." in asked.text
    assert NAME in as_person("auditor").get(f"/cases/{reference}").text, "it is only asked yet"
    done = abe.post(f"{DUE}/approve", data={"request": request_id(abe), "confirm": "yes"})
    assert done.status_code == 302
    page = abe.get(done.headers["Location"]).text
    office_work.assert_valid(page)
    assert "Erased" in page
    with office.database.reading() as tx:
        ids = verification.case_ids(tx)
        assert [one for case in ids for one in verification.case_differences(tx, office, case)] == []


@pytest.mark.parametrize(
    "address", ["", "/governance", "/proof", "/documents", "/tasks/triage", "/corrections/new?event=1", "/move"]
)
def test_every_page_of_an_erased_case_says_so(
    office: Office, as_person: Browser, clock: Clock, reference: str, address: str
):
    erased(as_person, clock, reference)
    for who in ("officer", "auditor"):
        answer = as_person(who).get(f"/cases/{reference}{address}")
        if answer.status_code not in (403, 404, 405):
            assert answer.status_code == 410, (who, address)
            assert f"{reference} was disposed of" in answer.text
            office_work.assert_valid(answer.text)
        assert NAME not in answer.text


def test_a_bundle_of_an_erased_case_is_refused_with_a_sentence(
    office: Office, as_person: Browser, clock: Clock, reference: str
):
    erased(as_person, clock, reference)
    answer = as_person("auditor").post(f"/cases/{reference}/proof", data={})
    assert answer.status_code == 410
    assert "was disposed of" in answer.text


def test_an_erased_case_is_counted_and_found_by_its_reference_alone(
    office: Office, as_person: Browser, clock: Clock, reference: str
):
    other = office_work.log(office, "2026-03-02")
    erased(as_person, clock, reference)
    auditor = as_person("auditor")
    assert reference in auditor.get(f"/cases?q={reference}").text
    found = auditor.get("/cases?q=Lovelace").text
    assert other in found
    assert reference not in found
    volumes = auditor.get("/compliance/reports/volumes?from=2026-03-01&to=2026-03-31")
    assert volumes.status_code == 200
    lines = auditor.get("/compliance/figures/received?from=2026-03-01&to=2026-03-31").text
    assert reference in lines
    lists = ("", "/record", "/cases", "/cases/governed", "/cases/open?day=2026-03-02", "/reports/timeliness")
    for address in (f"/cases/{reference}/seen-by", *(f"/compliance{one}" for one in lists)):
        answer = auditor.get(address)
        assert answer.status_code == 200, address


def test_somebody_of_another_area_learns_nothing_of_an_erased_case(office: Office, as_person: Browser, clock: Clock):
    reference = office_work.log(office, "2026-03-02", service_area="income")
    office_work.record(office, reference, "withdrawn", "2026-03-03")
    with office.database.writing() as tx:
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
    erased(as_person, clock, reference)
    assert as_person("manager").get(f"/cases/{reference}").status_code == 404


def test_nobody_approves_their_own_request(office: Office, as_person: Browser, clock: Clock, reference: str):
    clock.now += YEARS
    bo = as_person("bo")
    decided(bo)
    bo.post(f"{DUE}/ask", data={"case": reference})
    assert 'name="request"' not in bo.get(ASKED).text
    answer = bo.post(f"{DUE}/approve", data={"request": "1", "confirm": "yes"})
    assert answer.status_code == 409
    assert "Somebody else must approve" in answer.text


def test_a_request_is_refused_with_a_reason_and_another_taken_back(
    office: Office, as_person: Browser, clock: Clock, reference: str
):
    clock.now += YEARS
    kay, abe = as_person("kay"), as_person("abe")
    decided(kay)
    kay.post(f"{DUE}/ask", data={"case": reference})
    assert abe.post(f"{ASKED}/1/refuse", data={"reason": ""}).status_code == 400
    assert abe.post(f"{ASKED}/1/refuse", data={"reason": "The Ombudsman asked"}).status_code == 302
    kay.post(f"{DUE}/ask", data={"case": reference})
    assert kay.post(f"{ASKED}/2/take-back").status_code == 302
    page = kay.get("/compliance/disposal/erased").text
    assert "Refused" in page
    assert "Taken back" in page
    assert reference in kay.get(DUE).text


def test_a_case_held_back_cannot_be_asked_for_until_the_hold_ends(
    office: Office, as_person: Browser, clock: Clock, reference: str
):
    clock.now += YEARS
    kay = as_person("kay")
    decided(kay)
    wrong = kay.post(HOLDS, data={"reference": "SEH-1999-00001", "reason": "A claim"})
    assert wrong.status_code == 400
    office_work.assert_valid(wrong.text)
    assert kay.post(HOLDS, data={"reference": reference.lower(), "reason": "A claim"}).status_code == 302
    page = kay.get(HOLDS).text
    office_work.assert_valid(page)
    assert "A claim" in page
    assert "Held back" in kay.get(DUE).text
    assert kay.post(f"{DUE}/ask", data={"case": reference}).status_code == 409
    assert kay.post(f"{HOLDS}/1/end", data={"reason": ""}).status_code == 400
    assert kay.post(f"{HOLDS}/1/end", data={"reason": "Settled"}).status_code == 302
    assert kay.post(f"{DUE}/ask", data={"case": reference}).status_code == 302


def test_what_was_done_stands_in_the_record(office: Office, as_person: Browser, clock: Clock, reference: str):
    erased(as_person, clock, reference)
    page = as_person("auditor").get("/compliance/record?of=disposal").text
    for said in ("Changed a period of retention", "Asked for disposal", "Approved disposal: content erased", "2192"):
        assert said in page
    assert NAME not in as_person("auditor").get(f"/compliance/record?about={reference}&from=2026-01-01").text


def test_who_keeps_records_sees_no_case_and_no_studio(office: Office, as_person: Browser, reference: str):
    for who in ("kay", "abe"):
        browser = as_person(who)
        for address in (f"/cases/{reference}", "/cases", "/studio", "/compliance", "/compliance/record", "/people"):
            assert browser.get(address).status_code == 403, address
        assert "Disposal" in browser.get("/account").text


@pytest.mark.parametrize("address", [f"{DUE}?policy=nobody", f"{HOLDS}?policy=st-leger-homes"])
def test_another_landlords_disposal_is_not_there(office: Office, as_person: Browser, address: str):
    assert as_person("kay").get(address).status_code == 404


def test_a_period_that_is_none_is_said_beside_its_field(office: Office, as_person: Browser):
    answer = as_person("kay").post("/compliance/disposal/periods", data={"first_stage": "six", "reason": ""})
    assert answer.status_code == 400
    office_work.assert_valid(answer.text)
    assert "Enter a number of days" in answer.text
    assert "Say why" in answer.text
