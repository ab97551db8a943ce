"""A resident may withdraw at any moment; who says nothing is closed when the time is over, and may still come back."""

from __future__ import annotations

import pytest

from tests.browser.asked import ACKNOWLEDGED, ANSWERED

STL = "St Leger Homes"
WITHDRAWN = {"How did the resident tell us?": "Telephone", "Are you sure it is the resident's own wish?": "Yes"}


@pytest.fixture
def at_work(sign_in):
    """Robin, who holds the roles of the desk and of stage 1, on the day a complaint comes."""
    return sign_in("robin", on="2024-06-03")


def answered(robin):
    """A complaint of 3 June 2024 that was answered on the 17th: stage 2 may be asked for until 15 July."""
    case = robin.log_complaint(STL)
    robin.accept(case)
    robin.on("2024-06-05").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    robin.on("2024-06-17").complete(case, "Investigate and answer", ANSWERED)
    assert "They may ask for Stage 2 until 15 July 2024." in robin.told
    return case


def asked_late(robin, night):
    """The same, closed when the resident said nothing; the request came on 19 July."""
    case = answered(robin)
    assert night("2024-07-16") == 1
    robin.on("2024-07-19").case(case)
    assert "Closed on 16 July 2024: the time to ask for the next stage passed." in robin.text
    robin.follow_happening("The resident asks for stage 2")
    assert "The time to ask for Stage 2 ended on 15 July 2024." in robin.text
    robin.press("Record it")
    assert "Next: Stage 2: decide on a late request" in robin.told
    return case


@pytest.mark.parametrize("moment", ["triage", "investigation", "answered"])
def test_the_resident_withdraws(at_work, moment):
    robin = at_work
    case = robin.log_complaint(STL)
    if moment != "triage":
        robin.accept(case)
    if moment in ("investigation", "answered"):
        robin.complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    if moment == "answered":
        robin.complete(case, "Investigate and answer", ANSWERED)
    robin.on("2024-06-06").case(case)
    robin.follow_happening("The resident withdraws")
    assert "This closes the case. The complaint stays registered." in robin.text
    robin.fill(WITHDRAWN)
    robin.press("Record it")
    assert "The case is closed." in robin.told
    assert "Closed on 6 June 2024: the resident withdrew the complaint." in robin.text
    assert robin.to_be_done == ["Confirm the withdrawal"]  # a letter we owe, and no task
    robin.go("/cases?status=closed")
    assert case in robin.text


def test_a_silent_residents_case_closes_only_when_the_time_is_over(at_work, night):
    case = answered(at_work)
    assert night("2024-07-15") == 0
    at_work.on("2024-07-15").case(case)
    assert "Our answer is out. The next step is the resident's." in at_work.text
    assert night("2024-07-16") == 1
    at_work.on("2024-07-16").case(case)
    assert "Closed on 16 July 2024" in at_work.text
    assert at_work.may_happen[0] == "The resident asks for stage 2"  # however late, it is not turned away unread


def test_a_late_request_is_refused_by_a_person_with_reasons(at_work, night):
    case = asked_late(at_work, night)
    at_work.open_task(case, "Decide on a late request")
    at_work.fill({"What have you decided?": "Refuse it"})
    at_work.press("Preview the letter")
    assert "The letter cannot go yet" in at_work.text
    for question in ("Why?", "What did you consider before refusing?"):
        assert at_work.page.locator(".redress-stops a", has_text=question).count() == 1
    at_work.follow("Change the letter")
    why = {"Why?": "No reason was given.", "What did you consider before refusing?": "Nothing is lost."}
    at_work.finish(why, "Complete this task")
    assert "Recorded: Stage 2: decide on a late request." in at_work.told
    assert "No task is open." in at_work.text
    at_work.page.get_by_role("link", name="What happened", exact=True).click()
    assert at_work.page.get_by_text("Nothing is lost.").count()  # folded away, with what else was said


def test_a_late_request_is_accepted_by_a_person(at_work, night):
    case = asked_late(at_work, night)
    answers = {"What have you decided?": "Accept it", "Why?": "The resident was in hospital."}
    at_work.complete(case, "Decide on a late request", answers)
    assert "Next: Stage 2: acknowledge the complaint, due 26 July 2024" in at_work.told
    assert at_work.dates["Stage 2: acknowledgement"] == "Friday 26 July 2024"


def test_a_letter_found_later_that_was_in_time_opens_the_case_again(at_work, night):
    case = answered(at_work)
    assert night("2024-07-16") == 1
    at_work.on("2024-07-22").record(
        case,
        "The resident asks for stage 2",
        {"When did the request reach us?": "2024-07-12", "How did the request reach us?": "Letter"},
    )
    assert "Next: Stage 2: acknowledge the complaint, due 19 July 2024" in at_work.told
    assert "Open at Stage 2" in at_work.text
    assert at_work.dates["Stage 2: acknowledgement"] == "Friday 19 July 2024"
    assert "12 July 2024, written down on 22 July 2024" in at_work.text
