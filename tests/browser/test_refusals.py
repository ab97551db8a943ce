"""What cannot be done is refused in words, with what could have been; and nothing that was typed is lost."""

from __future__ import annotations

import pytest

from tests.browser.asked import ACKNOWLEDGED

SEH = "South Essex Homes"
REASON = "Why do we need longer?"


@pytest.fixture
def investigated(sign_in):
    """A case received and acknowledged on 3 June 2024, due on the 17th; the manager, and its reference."""
    robin = sign_in("robin", on="2024-06-03")
    case = robin.log_complaint(SEH)
    robin.accept(case)
    robin.complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert robin.dates["Stage 1: answer"] == "Monday 17 June 2024"
    return robin, case


def test_an_extension_after_the_due_date_is_refused(investigated):
    robin, case = investigated
    robin.on("2024-06-18").case(case)
    robin.follow_happening("Stage 1: give an extension")
    assert "The answer was due on 17 June 2024; send an apology with a new date, which is no extension." in robin.text
    robin.write({"New date for the answer": "2024-06-24", REASON: "Because it is long."}, is_whole=False)
    assert "The letter cannot go yet The answer was due on 17 June 2024" in robin.text
    robin.follow("Change the letter")
    assert robin.value(REASON) == "Because it is long."
    robin.case(case)
    assert robin.dates["Stage 1: answer"] == "Monday 17 June 2024"


def test_an_extension_past_the_limit_wants_a_good_reason_and_says_the_latest_date(investigated):
    robin, case = investigated
    robin.on("2024-06-10").case(case)
    robin.follow_happening("Stage 1: give an extension")
    robin.write({"New date for the answer": "2024-07-05", REASON: "The survey comes late."}, is_whole=False)
    assert "The latest date allowed is 1 July 2024" in robin.text  # ten working days after 17 June
    robin.follow("Change the letter")
    assert robin.value(REASON) == "The survey comes late."
    robin.finish({"New date for the answer": "2024-07-01"}, "Record it")
    assert robin.dates["Stage 1: answer"] == "Monday 1 July 2024"


def test_a_form_sent_empty_names_every_question_and_keeps_the_others(investigated):
    robin, case = investigated
    robin.open_task(case, "Investigate and answer")
    robin.fill({"The decision on each point": "We were slow.\nVery slow."})
    by_when = robin.page.get_by_role("group", name="By when? (optional)")
    by_when.get_by_label("Day", exact=True).fill("31")
    by_when.get_by_label("Month", exact=True).fill("2")
    robin.press("Preview the letter")
    assert len(robin.problems) == 4  # the day, what was decided, the reasons, the lesson
    assert robin.value("The decision on each point") == "We were slow.\nVery slow."
    for link in robin.page.locator(".govuk-error-summary__list a").all():
        link.click()
        assert robin.page.evaluate("document.activeElement.matches('input, textarea, select')")


def test_a_complaint_with_mistakes_keeps_what_was_typed_on_every_page(sign_in):
    chidi = sign_in("chidi", on="2024-06-03")
    chidi.go("/complaints/new")
    chidi.fill({"When did we receive the complaint?": "2024-06-09"})
    chidi.press("Continue")
    assert len(chidi.problems) == 2  # whose policy, and a day that is yet to come
    chidi.fill({"Whose complaints policy does it fall under?": SEH, "When did we receive the complaint?": "2024-06-03"})
    chidi.press("Continue")
    chidi.fill({"Address": "12 Engine Row", "E-mail address": "ada", "What would put things right?": "Heat & light"})
    chidi.press("Continue")
    assert len(chidi.problems) >= 3  # how it came, who, what happened; and that is no e-mail address
    assert chidi.value("What would put things right?") == "Heat & light"
    chidi.press("Back")
    assert chidi.page.get_by_label("Day", exact=True).input_value() == "3"
    chidi.press("Continue")
    assert chidi.value("Address") == "12 Engine Row"
    chidi.fill(
        {
            "How did the complaint reach us?": "Telephone",
            "Name of the resident": "Ada Lovelace",
            "E-mail address": "ada@example.org",
            "What has happened?": "No heat.",
        }
    )
    chidi.press("Continue")
    assert "Check before it is saved" in chidi.heading
    assert "Heat & light" in chidi.text
    chidi.press("Change what you entered")
    assert chidi.value("What has happened?") == "No heat."
    chidi.press("Continue")
    chidi.save_complaint()


def test_a_letter_is_not_offered_a_promise_that_is_already_broken(sign_in):
    robin = sign_in("robin", on="2024-06-03")
    case = robin.log_complaint(SEH, "2018-10-22")  # logged years late: every date of its policy is over
    robin.accept(case)
    robin.open_task(case, "Acknowledge the complaint")
    promise = robin.page.get_by_role(
        "group", name="Another day for the answer, if you promise one (optional)", exact=True
    )
    assert promise.get_by_label("Day", exact=True).input_value() == ""
