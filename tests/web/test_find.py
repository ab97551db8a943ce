"""Finding cases by what governed them and happened, and studies of many cases: pages, files, and bad input."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from engine.impact_jobs import Background
from engine.office import Office
from engine.store import acts
from tests.web import office_work
from web.find_words import LISTS

PERIOD = {
    f"period_{end}-{part}": value
    for end, day in (("from", "2026-01-01"), ("to", "2026-03-10"))
    for part, value in zip(("year", "month", "day"), day.split("-"), strict=True)
}


def rows(answer: Any) -> list[list[str]]:
    text = answer.data.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


@pytest.mark.parametrize("key", LISTS)
def test_every_list_opens_says_where_there_is_none_and_is_linked(office: Office, as_person: Any, key: str):
    auditor = as_person("auditor")
    assert f"/compliance/cases/{key}" in auditor.get("/compliance/cases").text
    page = auditor.get(f"/compliance/cases/{key}", query_string={"version": "1"})
    assert page.status_code == 200
    assert "There is none." in page.text


def test_cases_open_on_a_day_lead_to_the_case_as_of_that_day(office: Office, as_person: Any):
    reference = office_work.log(office, "2026-03-02")
    auditor = as_person("auditor")
    page = auditor.get("/compliance/cases/open", query_string={"on": "2026-03-03"}).text
    assert f"/cases/{reference}/governance?as_of=2026-03-03" in page
    assert reference not in auditor.get("/compliance/cases/open", query_string={"on": "2026-03-01"}).text


def test_a_list_goes_on_page_by_page_and_its_file_holds_it_whole(office: Office, as_person: Any, monkeypatch: Any):
    references = {office_work.log(office, "2026-03-02") for _ in range(53)}
    auditor, address, seen = as_person("auditor"), "/compliance/cases/open", set()
    page = auditor.get(address)
    first = {one for one in references if one in page.text}
    seen |= first
    assert len(first) == 50
    following = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    seen |= {one for one in references if one in auditor.get(following).text}
    assert seen == references
    found = rows(auditor.post(f"{address}/file"))
    assert {row[0] for row in found[1:]} == references
    assert len(found) == 54
    with office.database.reading() as tx:
        [act] = acts.acts(tx, about="list open")
    assert (act.what, act.detail["lines"]) == ("exported_list", 53)


def test_what_a_spreadsheet_would_run_is_plain_text_in_a_file(office: Office, as_person: Any):
    office_work.log(office, "2026-03-02", resident="=HYPERLINK(1)")
    found = rows(as_person("auditor").post("/compliance/cases/open/file"))
    assert found[1][2] == "'=HYPERLINK(1)"


@pytest.mark.parametrize(
    "asked",
    [
        {"on": "2026-02-30"}, {"from": "2026-03-02", "to": "2026-03-01"}, {"days": "0"}, {"days": "-1"}, {"days": "x"},
        {"policy": "nobody"}, {"version": "99"}, {"version": "x"}, {"days": "9" * 40},
    ],
)  # fmt: skip
def test_a_wrong_answer_is_said_in_a_sentence(office: Office, as_person: Any, asked: dict[str, str]):
    auditor, name = as_person("auditor"), next(iter(asked))
    key = {"on": "open", "from": "late", "days": "late", "policy": "open", "version": "governed"}[name]
    page = auditor.get(f"/compliance/cases/{key}", query_string=asked)
    assert page.status_code == 400
    assert "There is a problem" in page.text
    assert auditor.post(f"/compliance/cases/{key}/file", data=asked).status_code == 400


@pytest.mark.parametrize(
    "after", ["x", "2026-03-01", "2026-03-01~x~1~", "2026-03-01~-1~1~", f"2026-03-01~{'9' * 30}~1~"]
)
def test_a_place_that_is_none_is_the_first_page(office: Office, as_person: Any, after: str):
    reference = office_work.log(office, "2026-03-02")
    assert reference in as_person("auditor").get("/compliance/cases/open", query_string={"after": after}).text


def test_a_list_there_is_not_is_not_found(office: Office, as_person: Any):
    assert as_person("auditor").get("/compliance/cases/nothing").status_code == 404


# --- studies --------------------------------------------------------------------------------------


def worked_out(office: Office, clock: Any) -> None:
    background = Background()
    background.look(office, clock)
    background._child.process.wait(timeout=60)
    background.look(office, clock)


def test_closed_cases_are_held_against_their_policy_and_each_figure_leads_to_its_cases(
    office: Office, as_person: Any, clock: Any
):
    reference = office_work.log(office, "2026-03-02")
    office_work.record(office, reference, "withdrawn", "2026-03-03")
    auditor = as_person("auditor")
    assert auditor.post("/compliance/conformance", data=PERIOD).status_code == 302
    assert "Being worked out" in auditor.get("/compliance/conformance").text
    assert auditor.post("/compliance/conformance", data=PERIOD).status_code == 409
    far = auditor.get("/compliance/conformance/1/progress").json
    assert (far["is_at_work"], far["words"]) == (True, "Waiting to begin.")
    assert far["words"] in auditor.get("/compliance/conformance").text
    assert auditor.get("/compliance/conformance/1/cases/some").status_code == 404, "nothing is listed yet"
    worked_out(office, clock)
    page = auditor.get("/compliance/conformance").text
    assert "1 closed case" in page
    listed = auditor.get("/compliance/conformance/1/cases/owed").text
    assert reference in listed
    assert "Still owed when the case closed" in listed
    found = rows(auditor.post("/compliance/conformance/1/cases/some/file"))
    assert [row[0] for row in found] == ["Reference", reference]
    assert auditor.get("/compliance/conformance/1/cases/nothing").status_code == 404
    assert auditor.get("/compliance/compare/1/cases/every").status_code == 404
    auditor.post("/compliance/conformance", data=PERIOD)
    assert auditor.get("/compliance/conformance/1/cases/owed").status_code == 404, "its list was let go"


def test_two_versions_are_put_side_by_side_and_each_figure_leads_to_its_cases(
    office: Office, as_person: Any, clock: Any
):
    reference, auditor = office_work.answered(office, "2026-03-02"), as_person("auditor")
    chosen = {
        "policy": "south-essex-homes",
        "left": "south-essex-homes/three-stage-2018",
        "right": "south-essex-homes/two-stage-2024",
    }
    assert auditor.post("/compliance/compare", data={**PERIOD, **chosen}).status_code == 302
    worked_out(office, clock)
    page = auditor.get("/compliance/compare").text
    for what in (
        "every",
        "left:met:stage_1.response",
        "date:later:stage_1.acknowledgement",
        "right:letter:stage_1.acknowledged",
    ):
        assert f"/compliance/compare/1/cases/{what}" in page, what
        listed = auditor.get(f"/compliance/compare/1/cases/{what}")
        assert reference in listed.text, what
    told = auditor.get("/compliance/compare/1/cases/every").text
    assert (
        "Stage 1: acknowledgement: 4 Mar 2026 (in time) under the first, 9 Mar 2026 (in time) under the second." in told
    )
    weeks = auditor.get("/compliance/compare/1/weeks/complaints_officer")
    office_work.assert_valid(weeks.text)
    for what in ("right:work:complaints_officer", "right:week:complaints_officer:2026-03-09"):
        assert f"/compliance/compare/1/cases/{what}" in (page + weeks.text), what
        listed = auditor.get(f"/compliance/compare/1/cases/{what}").text
        assert reference in listed
        assert "in the week that begins on 9 Mar 2026" in listed
    of_work = rows(auditor.post("/compliance/compare/1/cases/right:work:complaints_officer/file"))
    assert [row[:3] for row in of_work[1:]] == [[reference, "Ada Lovelace", "two-stage-2024"]] * (len(of_work) - 1)
    assert auditor.get("/compliance/compare/1/weeks/nobody").status_code == 404
    assert auditor.get("/compliance/compare/1/cases/right:week:complaints_officer:soon").status_code == 404
    found = rows(auditor.post("/compliance/compare/1/cases/every/file"))
    assert [
        reference,
        "Ada Lovelace",
        "Stage 1: acknowledgement",
        "2026-03-04",
        "in time",
        "2026-03-09",
        "in time",
    ] in found


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 400),
        ({"left": "south-essex-homes/four-stage", "right": "south-essex-homes/four-stage"}, 409),
        ({"left": "none", "right": "south-essex-homes/four-stage"}, 400),
    ],
)
def test_what_cannot_be_put_side_by_side_is_refused_in_a_sentence(as_person: Any, given: dict[str, str], status: int):
    page = as_person("auditor").post("/compliance/compare", data={**PERIOD, "policy": "south-essex-homes", **given})
    assert page.status_code == status
    assert "There is a problem" in page.text


def test_a_study_is_stopped(office: Office, as_person: Any):
    auditor = as_person("auditor")
    auditor.post("/compliance/conformance", data=PERIOD)
    assert auditor.post("/compliance/conformance/1/cancel").status_code == 302
    assert "The last attempt was stopped before it began." in auditor.get("/compliance/conformance").text


def test_a_period_without_a_closed_case_says_so(office: Office, as_person: Any, clock: Any):
    auditor = as_person("auditor")
    auditor.post("/compliance/conformance", data=PERIOD)
    worked_out(office, clock)
    assert "No complaint received in that period is closed." in auditor.get("/compliance/conformance").text


@pytest.mark.parametrize("typed", ["2026-03-02", "2/3/2026", "2 3 2026", "02.03.2026", "2 March 2026", "2nd mar 2026"])
def test_a_day_typed_where_compliance_begins_finds_what_was_received_on_it(office: Office, as_person: Any, typed: str):
    there, other = office_work.log(office, "2026-03-02"), office_work.log(office, "2026-03-03")
    page = as_person("auditor").get("/compliance", query_string={"q": typed}).text
    office_work.assert_valid(page)
    assert "Cases received on Monday 2 March 2026" in page
    assert there in page
    assert other not in page
    assert "/compliance/cases/open?on=2026-03-02" in page


@pytest.mark.parametrize("typed", ["31/2/2026", "3/13/2026", "2 Ma 2026", "2026", "2 March", "12 34 5678"])
def test_what_is_no_day_is_sought_as_words(office: Office, as_person: Any, typed: str):
    answer = as_person("auditor").get("/compliance", query_string={"q": typed})
    assert answer.status_code == 200
    assert "received on" not in answer.text.partition("No case found")[2].partition("</p>")[0]
    assert "No case found" in answer.text
