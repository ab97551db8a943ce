"""The record of what people did, and who saw a case: what is written, what is shown, and what leaves as a file."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine import corrections, steps
from engine.events import moment
from engine.office import Office
from engine.store.database import open_database
from tests.web import office_work
from tests.web.conftest import Clock

Browser = Callable[[str], FlaskClient]


def rows_of(answer: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.decode("utf-8-sig"))))


def test_who_opened_a_case_is_recorded_once_an_hour_and_shown(office: Office, as_person: Browser, clock: Clock):
    reference = office_work.log(office, "2026-03-02")
    officer, auditor = as_person("officer"), as_person("auditor")
    for minutes in (0, 10, 20, 60):
        clock.now += timedelta(minutes=minutes)
        assert officer.get(f"/cases/{reference}").status_code == 200
        assert officer.get(f"/cases/{reference}/documents").status_code == 200
    page = auditor.get(f"/cases/{reference}/seen-by").text
    office_work.assert_valid(page)
    assert page.count("Chidi Officer") == 3  # from half past nine: three hours were begun
    assert "10 March 2026" in page


def test_a_case_one_may_not_see_is_not_said_to_be_seen(office: Office, as_person: Browser):
    reference = office_work.log(office, "2026-03-02", service_area="income")
    assert as_person("manager").get(f"/cases/{reference}").status_code == 404
    assert "Nobody has had it" in as_person("auditor").get(f"/cases/{reference}/seen-by").text


def test_who_passed_a_complaint_on_did_not_see_the_case(office: Office, as_person: Browser):
    reference = office_work.log(office, "2026-03-02")
    assert as_person("admin").get(f"/pass-on/sent/{reference}").status_code in (200, 404)
    as_person("officer").get(f"/complaints/logged/{reference}")
    assert "Nobody has had it" in as_person("auditor").get(f"/cases/{reference}/seen-by").text


def test_a_file_given_at_an_address_of_no_case_is_recorded_without_what_was_typed(office: Office, as_person: Browser):
    auditor = as_person("auditor")
    answer = auditor.get("/compliance/figures/received/csv?from=2026-03-01&to=2026-03-31&q=Lovelace")
    assert answer.status_code == 200
    page = auditor.get("/compliance/record?of=exports").text
    assert "Exported a file" in page
    assert "/compliance/figures/received/csv" in page
    assert "from=2026-03-01" in page.replace("&amp;", "&")
    assert "Lovelace" not in page


def test_looking_at_who_saw_a_case_is_not_seeing_the_case(office: Office, as_person: Browser):
    reference, auditor = office_work.log(office, "2026-03-02"), as_person("auditor")
    for _ in range(2):
        assert "Nobody has had it" in auditor.get(f"/cases/{reference}/seen-by").text


def test_a_case_is_not_shown_where_it_cannot_be_recorded_who_saw_it(office: Office, as_person: Browser):
    reference, officer = office_work.log(office, "2026-03-02"), as_person("officer")
    there = officer.application.extensions["redress"]
    file = office.database.url.removeprefix("sqlite:///")
    there.office = replace(there.office, database=open_database(f"sqlite:///file:{file}?mode=ro&uri=true"))
    answer = officer.get(f"/cases/{reference}")
    there.office.database.close()
    there.office = office
    assert answer.status_code == 503
    assert "Ada Lovelace" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_record_has_acts_and_events_in_one_list(office: Office, as_person: Browser, clock: Clock):
    reference, auditor = office_work.answered(office, "2026-03-09"), as_person("auditor")
    page = auditor.get("/compliance/record").text
    office_work.assert_valid(page)
    for said in ("Signed in", "Odette Auditor", reference, "Acknowledgement sent", "Chidi Officer"):
        assert said in page
    assert "Had the case open" not in page


@pytest.mark.parametrize(
    ("of", "shown", "hidden"),
    [
        ("sign_in", "Signed in", "Acknowledgement sent"),
        ("cases", "Acknowledgement sent", "Signed in"),
        ("views", "Had the case open", "Signed in"),
        ("private", "Looked at private details", "Acknowledgement sent"),
        ("people", "Gave a role", "Acknowledgement sent"),
    ],
)
def test_the_record_is_narrowed_to_a_kind(office: Office, as_person: Browser, of: str, shown: str, hidden: str):
    reference = office_work.answered(office, "2026-03-09")
    officer, admin = as_person("officer"), as_person("admin")
    officer.get(f"/cases/{reference}")
    officer.post(f"/cases/{reference}/private")
    row = office_work.person_row(office, "officer")
    admin.post(f"/people/{row.id}/roles", data={"role": "south-essex-homes:head_of_service", "area": ""})
    page = as_person("auditor").get("/compliance/record", query_string={"of": of}).text.partition("</thead>")[2]
    assert shown in page
    assert hidden not in page


def test_the_record_is_narrowed_to_a_person_a_case_and_days(office: Office, as_person: Browser, clock: Clock):
    first, second = office_work.answered(office, "2026-03-09"), office_work.log(office, "2026-03-06")
    auditor, manager = as_person("auditor"), office_work.person_row(office, "manager")

    def lines(**asked: object) -> str:
        return auditor.get("/compliance/record", query_string=asked).text.partition("</thead>")[2]

    assert second not in lines(about=first)
    assert "Answer sent" in lines(person=manager.id)
    assert "Acknowledgement sent" not in lines(person=manager.id)
    assert first not in lines(**{"from": "2026-03-01", "to": "2026-03-08"})
    assert second in lines(**{"from": "2026-03-06", "to": "2026-03-06"})
    assert "Nothing of that kind" in auditor.get("/compliance/record?about=SEH-1999-00001").text


@pytest.mark.parametrize(
    "asked", ["from=tomorrow", "from=2026-13-01", "to=0001-01-01", "from=2026-04-01&to=2026-03-01"]
)
def test_days_that_are_none_are_said_and_the_usual_ones_shown(office: Office, as_person: Browser, asked: str):
    page = as_person("auditor").get(f"/compliance/record?{asked}").text
    assert "There is a problem" in page
    assert "Signed in" in page


@pytest.mark.parametrize("asked", ["after=x", "after=2026-03-01~act~1~1", "after=2026-03-01T00:00:00+00:00~spy~1~1",
                                   "person=-1", "person=9999999999", "person=\u0663", "of=nothing"])  # fmt: skip
def test_what_is_made_up_in_an_address_changes_nothing(office: Office, as_person: Browser, asked: str):
    assert as_person("auditor").get(f"/compliance/record?{asked}").status_code == 200


def test_every_page_of_the_record_follows_from_the_one_before(office: Office, as_person: Browser, clock: Clock):
    references = [office_work.answered(office, "2026-03-09") for _ in range(12)]
    auditor, seen, address = as_person("auditor"), [], "/compliance/record?of=cases"
    while address:
        page = auditor.get(address).text
        seen += page.split('<time datetime="')[1:]
        address = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        address = address if 'rel="next"' in page else ""
    whole = rows_of(auditor.post("/compliance/record/export", data={"of": "cases", "kind": "csv"}).data)
    assert len(seen) == len(whole) >= 12 * 4
    assert {row["about"] for row in whole} == set(references)


def test_an_export_is_the_same_lines_and_is_recorded_with_its_filters(office: Office, as_person: Browser):
    reference, auditor = office_work.answered(office, "2026-03-09"), as_person("auditor")
    given = {"of": "cases", "about": reference}
    first = auditor.post("/compliance/record/export", data={**given, "kind": "csv"})
    second = auditor.post("/compliance/record/export", data={**given, "kind": "json"})
    assert first.data.startswith("\ufeff".encode())
    assert rows_of(first.data) == json.loads(second.data)
    assert "attachment" in first.headers["Content-Disposition"]
    page = auditor.get("/compliance/record?of=exports").text
    assert page.count("Exported the record") == 2
    assert reference in page


def test_a_setting_shows_what_it_was_and_what_it_is(office: Office, as_person: Browser):
    as_person("admin").post("/settings/moving-cases", data={"moving": "on"})
    page = as_person("auditor").get("/compliance/record?of=settings").text
    assert "Before: no" in page
    assert "After: yes" in page


def test_a_correction_shows_both_values_but_no_private_one(office: Office, as_person: Browser):
    reference = office_work.log(office, "2026-03-02", adjustments="Large print")
    who, when = office_work.person(office, "officer"), moment("2026-03-10T08:00")
    mended = {"adjustments": "Braille", "brief": "", "contractor": "=Pipes Ltd"}
    steps.take(
        office,
        reference,
        who,
        lambda file: corrections.correct(
            office, file, 1, who, happened=moment("2026-03-01"), reason="Misread", now=when, fields=mended
        ),
        when,
    )
    page = as_person("auditor").get("/compliance/record?of=corrections").text
    assert "Complaint received. Misread" in page
    assert "2 March 2026" in page
    assert "1 March 2026" in page
    assert "contractor: =Pipes Ltd" in page.casefold().replace("pipes ltd", "Pipes Ltd")
    assert "adjustments: private, changed" in page.casefold()
    assert "Braille" not in page
    assert "Large print" not in page
