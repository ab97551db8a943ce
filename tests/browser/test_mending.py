"""What was recorded wrongly, or could not be governed: a version chosen, a day corrected, a withdrawal struck out."""

from __future__ import annotations

from tests.browser.asked import ACKNOWLEDGED

SEH, STL = "South Essex Homes", "St Leger Homes"


def test_a_complaint_no_version_covers_is_held_until_somebody_chooses_one(sign_in):
    chidi = sign_in("chidi", on="2024-06-03")
    chidi.preview_complaint(STL, "2024-03-28")
    assert "will be registered and held until somebody chooses the version" in chidi.text
    case = chidi.save_complaint()
    assert "On hold" in chidi.text
    chidi.go("/inbox")
    assert "Complaints are on hold and wait for someone to decide." in chidi.text
    chidi.follow("See what is on hold")
    assert case in chidi.text

    hal = sign_in("hal")
    hal.case(case)
    hal.press("Choose a version")
    hal.press("See what it would change")
    assert len(hal.problems) == 2
    reason = "The process of April 2024 serves the resident best."
    title = "Our complaints process, two stages, in force from 1 April 2024"
    hal.fill({"Which version should govern it?": title, "Why this version?": reason})
    hal.press("See what it would change")
    assert "Nothing is saved yet." in hal.text
    hal.press("Choose this version")
    assert "A version governs the case now." in hal.told
    assert hal.dates["Stage 1: acknowledgement"] == "Monday 8 April 2024"  # 29 March and 1 April are holidays
    assert reason in hal.text
    chidi.open_task(case, "Decide what this is")


def test_a_corrected_day_of_receipt_moves_the_case_to_the_version_of_that_day(sign_in):
    chidi = sign_in("chidi", on="2024-04-02")
    case = chidi.log_complaint(SEH)
    assert chidi.dates["Stage 1: acknowledgement"] == "Tuesday 9 April 2024"
    chidi.on("2024-04-03").correct(
        case,
        "Complaint received",
        {"When did we receive it?": "2024-03-28", "Why is it corrected?": "It lay at reception since Maundy Thursday"},
    )
    assert "Nothing is saved yet." in chidi.text
    assert "28 March 2024" in chidi.text
    assert "3 April 2024" in chidi.row("Stage 1: acknowledgement")
    chidi.press("Back")
    assert chidi.value("Why is it corrected?") == "It lay at reception since Maundy Thursday"
    chidi.press("See what it would change")
    chidi.press("Save the correction")
    assert "every date was worked out again" in chidi.told
    assert (
        chidi.dates["Stage 1: acknowledgement"] == "Wednesday 3 April 2024"
    )  # two working days, 29 March and 1 April off
    assert "Comments, compliments and complaints, three stages" in chidi.text
    assert "Complaint received: was 2 April 2024" in chidi.text
    assert "is now 28 March 2024" in chidi.text
    assert "It lay at reception since Maundy Thursday." in chidi.text


def test_a_withdrawal_recorded_by_mistake_is_struck_out_and_the_case_goes_on(sign_in):
    chidi = sign_in("chidi", on="2024-06-03")
    case = chidi.log_complaint(SEH)
    chidi.accept(case)
    chidi.on("2024-06-04").record(case, "The resident withdraws")
    assert "The case is closed." in chidi.told
    wrong = "It did not happen, or it belongs to another case"
    chidi.on("2024-06-05").correct(
        case,
        "Resident withdrew the complaint",
        {"What is wrong?": wrong, "Why is it corrected?": "It was another Ms Lovelace"},
    )
    assert "Struck out" in chidi.text
    chidi.press("Save the correction")
    assert "Open at Stage 1" in chidi.text
    assert chidi.page.locator(".moj-timeline s").count() == 1
    chidi.complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert "Recorded: Stage 1: acknowledge the complaint." in chidi.told
