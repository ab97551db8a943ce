"""What governed a case, on its page: the version and the answer first, every day counted, and any day of its past."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from engine.office import Office
from engine.store import library as stored
from tests.web import office_work


def opened(as_person: Any, reference: str, who: str = "auditor", **asked: str) -> Any:
    return as_person(who).get(f"/cases/{reference}/governance", query_string=asked)


def plain(answer: Any) -> str:
    """A page as text, its white space in one."""
    import re

    text = re.sub(r"<[^>]+>", " ", answer.text)
    return " ".join(text.split())


def test_the_version_and_whether_stage_1_was_in_time_stand_first(office: Office, as_person: Any):
    reference = office_work.answered(office, "2026-03-02")
    page = opened(as_person, reference)
    assert page.status_code == 200
    text = plain(page)
    first = text.partition("Why this version")[0]
    assert "two-stage-2024 ) governed this case. Received on 2 March 2026" in first
    assert "Stage 1 was answered in time: due on 16 March 2026, done on 2 March 2026." in first


def test_a_late_answer_is_said_to_be_late_by_its_working_days(office: Office, as_person: Any, clock: Any):
    reference = office_work.to_answer(office, "2026-03-02")
    clock.now = clock.now.replace(day=25)
    office_work.complete(office, reference, "stage_1.respond", "2026-03-18", who="manager", **office_work.ANSWERED)
    text = plain(opened(as_person, reference))
    assert "Stage 1 was not answered in time: due on 16 March 2026, done on 18 March 2026, 2 working days late." in text
    assert "Stage 1: answer: due on 16 March 2026, done on 18 March 2026." in text.partition("What the policy did")[2]


def test_every_day_is_counted_or_left_out_with_its_reason(office: Office, as_person: Any):
    text = plain(opened(as_person, office_work.to_answer(office, "2026-03-02")))
    assert "Monday 2 March 2026: Day 0 Tuesday 3 March 2026: Working day 1" in text
    assert "Saturday 7 March 2026: Not counted: weekend" in text
    assert "SEHSS-CODE" in text


def test_as_of_a_past_day_the_page_knows_no_more_than_was_recorded_then(office: Office, as_person: Any, clock: Any):
    reference = office_work.to_acknowledge(office, "2026-03-02")
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-03-05", understanding="A broken boiler.")
    clock.now = clock.now.replace(day=20)
    then = plain(opened(as_person, reference, as_of="2026-03-04"))
    assert "As it was known at the end of Wednesday 4 March 2026" in then
    assert "Stage 1 is to be acknowledged by 9 March 2026" in then
    assert "Stage 1: acknowledgement sent" not in then
    assert "Stage 1 was acknowledged in time" in plain(opened(as_person, reference, as_of="2026-03-05"))
    boxes = {"as_of-day": "4", "as_of-month": "3", "as_of-year": "2026"}
    assert "Stage 1 is to be acknowledged by" in plain(opened(as_person, reference, **boxes))


@pytest.mark.parametrize("day", ["2027-01-01", "2026-02-30", "yesterday", "1850-01-01"])
def test_a_day_that_is_none_or_has_not_come_is_refused_in_a_sentence(office: Office, as_person: Any, day: str):
    reference = office_work.log(office, "2026-03-02")
    page = opened(as_person, reference, as_of=day)
    assert page.status_code == 400
    assert "There is a problem" in page.text


def test_before_it_was_logged_nothing_governed_it(office: Office, as_person: Any):
    text = plain(opened(as_person, office_work.log(office, "2026-03-02"), as_of="2026-03-01"))
    assert "On 1 March 2026 this case was not yet recorded: it was logged on 2 March 2026." in text


def test_a_case_that_no_version_covers_says_why(office: Office, as_person: Any):
    page = opened(as_person, office_work.log(office, "2012-03-05"))
    assert page.status_code == 200
    assert "No version of the policy governed this case" in page.text


def test_a_sealed_file_is_given_exactly_as_it_was_sealed(office: Office, as_person: Any):
    reference = office_work.log(office, "2026-03-02")
    with office.database.reading() as tx:
        files = stored.version_files(tx, office.shelved["south-essex-homes/two-stage-2024"].id)
    page = opened(as_person, reference).text
    for path, content in files.items():
        assert hashlib.sha256(content).hexdigest() in page
        given = as_person("auditor").get(f"/cases/{reference}/governance/files/{path}")
        assert given.data == content
        assert given.mimetype == "text/plain"
    assert as_person("auditor").get(f"/cases/{reference}/governance/files/policies/none.yaml").status_code == 404


def test_nothing_private_stands_on_the_page(office: Office, as_person: Any):
    reference = office_work.log(office, "2026-03-02", adjustments="Speak to the heart nurse")
    assert "heart nurse" not in opened(as_person, reference).text


def test_the_case_page_leads_to_it_for_whoever_reads_the_case(office: Office, as_person: Any):
    reference = office_work.log(office, "2026-03-02")
    assert f"/cases/{reference}/governance" in as_person("officer").get(f"/cases/{reference}").text
    assert opened(as_person, reference, "officer").status_code == 200


# --- where compliance begins ----------------------------------------------------------------------


def test_an_auditor_begins_at_compliance_and_a_whole_reference_leads_to_what_governed_it(
    office: Office, as_person: Any
):
    reference, auditor = office_work.log(office, "2026-03-02"), as_person("auditor")
    assert auditor.get("/").headers["Location"] == "/compliance"
    found = auditor.get("/compliance", query_string={"q": reference.lower()})
    assert found.headers["Location"] == f"/cases/{reference}/governance"


def test_a_resident_or_an_address_is_found_by_the_beginning_of_a_word(office: Office, as_person: Any):
    reference, auditor = office_work.log(office, "2026-03-02"), as_person("auditor")
    for words in ("love", "12 engine", "SS1"):
        assert f"/cases/{reference}/governance" in auditor.get("/compliance", query_string={"q": words}).text
    assert "No case found" in auditor.get("/compliance", query_string={"q": "zebra"}).text


def test_an_administrator_and_an_officer_see_no_compliance(office: Office, as_person: Any):
    for who in ("admin", "officer"):
        assert as_person(who).get("/compliance").status_code == 403
        assert 'href="/compliance"' not in as_person(who).get("/account").text
