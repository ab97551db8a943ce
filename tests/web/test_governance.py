"""What governed a case, on its page: the version and the answer first, every day counted, and any day of its past."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from engine import case_files, corrections, steps
from engine.case_files import CaseFile
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.store import library as stored
from tests.web import office_work

WITHDRAWN = {"reason": "No more.", "channel": "phone", "own_wish": True}
#: an answer that lacks nothing
ANSWER = {**office_work.ANSWERED, "remedy": "A new boiler.", "remedy_by": "2026-03-31"}


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
    assert "Mon 2 Mar 2026: Day 0 Tue 3 Mar 2026: Working day 1" in text
    assert "Sat 7 Mar 2026: Not counted: weekend" in text
    assert "SEHSS-CODE" in text
    assert "No date until we know when the resident knew of it, or we know when it happened." in text


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


def test_between_receipt_and_logging_its_time_is_said_to_have_run(office: Office, as_person: Any):
    reference = office_work.log(office, "2026-03-02T09:00")
    when = moment("2026-03-06")
    late = steps.register(
        office,
        office_work.POLICY,
        office_work.person(office, "officer"),
        Said(office_work.COMPLAINT, moment("2026-03-02"), when),
    )
    said = "its time was running, though nobody had written it down"
    assert said in plain(opened(as_person, late, as_of="2026-03-04"))
    assert "It had not come yet, and nothing governed it." in plain(opened(as_person, late, as_of="2026-03-01"))
    assert said not in plain(opened(as_person, reference, as_of="2026-03-04"))


# --- nothing on it is less than the whole truth -----------------------------------------------------


def correct(office: Office, reference: str, number: int, happened: str | None, on: str) -> None:
    who, now = office_work.person(office, "officer"), moment(on)
    when = moment(happened) if happened else None

    def act(file: CaseFile) -> case_files.Plan:
        return corrections.correct(office, file, number, who, happened=when, reason="The letter says so", now=now)

    steps.take(office, reference, who, act, now)


def test_a_corrected_day_is_never_shown_as_if_it_had_been_written_so_at_first(
    office: Office, as_person: Any, clock: Any
):
    reference = office_work.to_acknowledge(office, "2026-03-02")
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-03-12", understanding="A broken boiler.")
    correct(office, reference, 3, "2026-03-06", "2026-03-20")
    clock.now = clock.now.replace(day=25)
    text = plain(opened(as_person, reference))
    mend = (
        "orrected from 12 March 2026 to 6 March 2026 on 20 March 2026 by Chidi Officer (event 4): The letter says so."
    )
    first, _, rest = text.partition("Why this version")
    assert f"done on 6 March 2026. When it was done: c{mend}" in first
    assert f"C{mend}" in rest.partition("The record Every event")[0]
    assert f"3. Stage 1: acknowledgement sent C{mend}" in rest.partition("The record Every event")[2]
    assert "4. Record corrected (event 3)" in rest
    assert "Stage 1 was not acknowledged in time" in plain(opened(as_person, reference, as_of="2026-03-19"))


def test_the_list_of_what_was_written_down_late_says_the_day_a_correction_gave(office: Office, as_person: Any):
    reference = office_work.to_acknowledge(office, "2026-02-02")
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-02-12", understanding="A broken boiler.")
    correct(office, reference, 3, "2026-02-06", "2026-02-20")
    text = plain(as_person("auditor").get("/compliance/cases/late"))
    assert "6 February 2026, as corrected, written down 12 February 2026" in text


def test_an_event_that_was_struck_out_is_said_to_be_in_the_record(office: Office, as_person: Any, clock: Any):
    reference = office_work.to_answer(office, "2026-03-02")
    correct(office, reference, 3, None, "2026-03-05")
    clock.now = clock.now.replace(day=25)
    assert "Struck out on 5 March 2026 by Chidi Officer (event 4)" in plain(opened(as_person, reference))


def test_a_date_of_a_letter_that_was_missed_is_not_passed_over_where_the_version_was_followed(
    office: Office, as_person: Any
):
    reference = office_work.to_acknowledge(office, "2026-02-16")
    told = {**office_work.ACKNOWLEDGED, "promised": "2026-02-20"}
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-02-18", **told)
    office_work.complete(office, reference, "stage_1.respond", "2026-02-27", who="manager", **ANSWER)
    text = plain(opened(as_person, reference)).partition("What the policy did not allow")[2]
    assert "every date of the version that fell due was kept." in text
    missed = "A date that a letter gave was missed: Stage 1: answer, promised by Friday 20 February 2026."
    assert f"{missed} Done on 27 February 2026." in text


def test_what_no_program_can_measure_is_listed_and_never_called_nowhere(office: Office, as_person: Any):
    text = plain(opened(as_person, office_work.log(office, "2026-03-02")))
    assert "Nowhere in what a program can measure, held against the Complaint Handling Code 2024." in text
    assert "timescales, agree suitable intervals for updates. (Wording checked, number not)" in text
    assert "Provision not known" not in text


@pytest.mark.parametrize(
    ("received", "says"),
    [
        (
            "2021-05-04",
            "No edition of the Code that is kept here: the first of them, the Complaint Handling Code 2022,",
        ),
        ("2022-05-04", "Landlords had until 1 October 2022 to comply."),
    ],
)
def test_an_edition_that_is_not_kept_here_is_not_said_not_to_have_been(
    office: Office, as_person: Any, received: str, says: str
):
    assert says in plain(opened(as_person, office_work.log(office, received)))


def test_what_was_read_into_a_silent_source_stands_with_the_dates_it_gives(office: Office, as_person: Any):
    text = plain(opened(as_person, office_work.log(office, "2020-03-02")))
    assert "What was read into the source for these dates, where it is silent" in text
    assert "Redress, from the domain notes, 21 November 2026" in text


def test_what_was_not_done_before_a_case_ended_is_not_said_to_be_still_to_do(office: Office, as_person: Any):
    due_that_day, overdue = (office_work.to_acknowledge(office, "2026-02-02") for _ in range(2))
    office_work.record(office, due_that_day, "withdrawn", "2026-02-09", **WITHDRAWN)
    office_work.record(office, overdue, "withdrawn", "2026-02-10", **WITHDRAWN)
    over = "was due on 9 February 2026, and the case ended on 9 February 2026, before that day was over."
    assert over in plain(opened(as_person, due_that_day))
    assert "and not done before the case ended on 10 February 2026." in plain(opened(as_person, overdue))


def test_written_down_on_the_sunday_after_is_no_working_day_later(office: Office, as_person: Any):
    reference = steps.register(
        office,
        office_work.POLICY,
        office_work.person(office, "officer"),
        Said(office_work.COMPLAINT, moment("2026-03-07"), moment("2026-03-08")),
    )
    assert "1 day later, none of them a working day" in plain(opened(as_person, reference))


def test_a_move_leads_to_the_case_as_it_was_known_before_it(office: Office, as_person: Any):
    reference, who = office_work.log(office, "2024-03-27"), office_work.person(office, "officer")
    now = moment("2024-04-08")

    def act(file: CaseFile) -> case_files.Plan:
        return corrections.move(office, file, "two-stage-2024", who, reason="The resident asked", now=now)

    steps.take(office, reference, who, act, now)
    page = opened(as_person, reference).text
    assert f"/cases/{reference}/governance?as_of=2024-04-07" in page
    office_work.assert_valid(page)


def test_a_case_that_no_version_covers_shows_its_record(office: Office, as_person: Any):
    page = opened(as_person, office_work.log(office, "2012-03-05"))
    assert "1. Complaint received" in plain(page)
    office_work.assert_valid(page.text)


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
