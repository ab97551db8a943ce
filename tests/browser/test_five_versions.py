"""A complaint under each of the five versions, worked in the browser from its first page to the Ombudsman's file.

The dates were counted by hand; most are those of the worked cases in tests/data/worked_cases.yaml.
"""

from __future__ import annotations

from tests.browser.asked import ACKNOWLEDGED, ANSWERED, LEGACY_ANSWERED, PANEL_ANSWERED, PANEL_MET

SEH, STL, COUNCIL = "South Essex Homes", "St Leger Homes", "The council"


def close_at_the_ombudsman(desk, reference, *, contacted, closed):
    """The Ombudsman is involved and closes its file, and the case ends."""
    desk.on(contacted).record(reference, "The Ombudsman is involved")
    desk.on(closed).record(
        reference,
        "The Ombudsman has closed its file",
        {"What did the Ombudsman decide?": "Maladministration"},
    )
    assert "The case is closed." in desk.told
    assert "Closed" in desk.text
    assert "No task is open." in desk.text


def test_two_stages_of_south_essex_homes(sign_in):
    chidi = sign_in("chidi", on="2024-12-20")
    chidi.preview_complaint(SEH, "2024-12-20")
    assert "Complaints service standard, two stages" in chidi.text
    assert chidi.dates["Stage 1: acknowledgement"] == "Tuesday 31 December 2024"
    assert chidi.dates["Stage 1: answer"] == "Wednesday 15 January 2025"
    case = chidi.save_complaint()
    assert f"Its reference is {case}." in chidi.told

    chidi.accept(case)
    assert "Next: Stage 1: acknowledge the complaint, due 31 December 2024" in chidi.told
    chidi.on("2024-12-30").open_task(case, "Acknowledge the complaint")
    assert "Due Tuesday 31 December 2024" in chidi.text
    assert "5 working days from 20 December 2024, not counting 25 and 26 December and two weekends." in chidi.text
    chidi.write(ACKNOWLEDGED)
    assert "We will send you our full answer by 14 January 2025." in chidi.text
    chidi.send()
    assert chidi.dates["Stage 1: answer"] == "Tuesday 14 January 2025"

    mina = sign_in("mina", on="2025-01-14")
    mina.complete(case, "Investigate and answer", ANSWERED)
    assert "Nothing waits here: the next step is the resident's." in mina.told

    chidi.on("2025-02-17").record(case, "The resident asks for stage 2", {"What is still not right?": "It is cold."})
    assert chidi.dates["Stage 2: acknowledgement"] == "Monday 24 February 2025"
    chidi.on("2025-02-18").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert chidi.dates["Stage 2: answer"] == "Tuesday 18 March 2025"

    mina.on("2025-02-19").open_task(case, "Investigate and answer")
    assert "Stage 2 must be considered by someone else." in mina.text
    assert not mina.is_letter

    hal = sign_in("hal", on="2025-03-17")
    hal.case(case)
    hal.follow_happening("Stage 2: give an extension")
    assert "The latest date allowed is 15 April 2025" in hal.text
    reason = "The surveyor reports on 28 March."
    hal.finish({"New date for the answer": "2025-04-01", "Why do we need longer?": reason}, "Record it")
    assert hal.dates["Stage 2: answer"] == "Tuesday 1 April 2025"
    hal.on("2025-04-01").complete(case, "Investigate and answer", ANSWERED)

    chidi.case(case)
    assert not [title for title in chidi.dates if "Ombudsman" in title]  # there is no wait, so no date
    close_at_the_ombudsman(chidi, case, contacted="2025-04-22", closed="2025-09-08")


def test_three_stages_of_south_essex_homes(sign_in):
    chidi = sign_in("chidi", on="2019-09-30")
    chidi.preview_complaint(SEH, "2019-09-30")
    assert "Comments, compliments and complaints, three stages" in chidi.text
    assert chidi.dates["Stage 1: acknowledgement"] == "Wednesday 2 October 2019"
    assert chidi.dates["Stage 1: answer"] == "Monday 14 October 2019"
    case = chidi.save_complaint()
    chidi.accept(case)
    chidi.on("2019-10-02").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)

    mina = sign_in("mina", on="2019-10-11")
    mina.record(
        case,
        "Stage 1: send a holding reply",
        {
            "Date of the full answer": "2019-10-31",
            "Why can we not answer in full yet?": "The part comes on 28 October.",
            "What are we doing?": "A heater is lent.",
        },
    )
    assert mina.dates["Stage 1: answer"] == "Thursday 31 October 2019"
    assert "Put back by a holding reply on 11 October 2019, from 14 October 2019" in mina.text
    mina.on("2019-10-31").complete(case, "Investigate and answer", LEGACY_ANSWERED)

    chidi.on("2019-11-18").record(case, "The resident asks for stage 2")
    assert chidi.dates["Stage 2: answer"] == "Monday 2 December 2019"
    hal = sign_in("hal", on="2019-12-02")
    hal.complete(case, "Investigate and answer", LEGACY_ANSWERED)
    direct = "Stage 3, outside South Essex Homes: earliest day to go to the Ombudsman"
    assert hal.dates[direct] == "Monday 27 January 2020"

    chidi.on("2019-12-10").record(
        case, "A designated person is approached", {"Who was approached?": "A Member of Parliament"}
    )
    close_at_the_ombudsman(chidi, case, contacted="2020-01-27", closed="2020-06-15")


def test_four_stages_of_south_essex_homes(sign_in):
    chidi = sign_in("chidi", on="2016-11-14")
    chidi.preview_complaint(SEH, "2016-11-14")
    assert "Compliments, complaints and comments, four stages" in chidi.text
    assert chidi.dates["Stage 1: acknowledgement"] == "Thursday 17 November 2016"
    assert chidi.dates["Stage 1: answer"] == "Monday 28 November 2016"
    case = chidi.save_complaint()
    chidi.accept(case)
    chidi.on("2016-11-17").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert chidi.may_happen == ["The resident withdraws"]  # this version has neither extension nor holding reply

    mina = sign_in("mina", on="2016-11-28")
    mina.complete(case, "Investigate and answer", LEGACY_ANSWERED)
    chidi.on("2016-12-08").record(case, "The resident asks for stage 2")
    assert chidi.dates["Stage 2: answer"] == "Thursday 22 December 2016"
    hal = sign_in("hal", on="2016-12-22")
    hal.complete(case, "Investigate and answer", LEGACY_ANSWERED)
    assert "until 17 January 2017" in hal.told

    chidi.on("2017-01-17").record(
        case,
        "The resident appeals to the review panel",
        {"Why has the complaint not been resolved?": "It is cold.", "What remedy does the resident require?": "Heat."},
    )
    assert chidi.dates["Stage 3, the review panel: panel meeting"] == "Wednesday 15 February 2017"
    pat = sign_in("pat", on="2017-01-20")
    pat.record(
        case,
        "Stage 3, the review panel: postpone the panel",
        {"New date of the meeting": "2017-02-17", "Why?": "A member is ill."},
    )
    assert pat.dates["Stage 3, the review panel: panel meeting"] == "Wednesday 15 February 2017"
    assert "17 February 2017" in pat.row("Stage 3, the review panel: panel meeting")
    pat.on("2017-02-17").complete(case, "Convene the review panel", PANEL_MET)
    assert pat.dates["Stage 3, the review panel: answer"] == "Tuesday 21 February 2017"

    chidi.on("2017-02-21").complete(case, "Send the panel's decision", PANEL_ANSWERED)
    direct = "Stage 4, outside South Essex Homes: earliest day to go to the Ombudsman"
    assert chidi.dates[direct] == "Tuesday 18 April 2017"
    chidi.on("2017-03-01").record(
        case, "A designated person is approached", {"Who was approached?": "A local councillor"}
    )
    close_at_the_ombudsman(chidi, case, contacted="2017-04-18", closed="2017-10-02")


def test_two_stages_of_st_leger_homes(sign_in):
    chidi = sign_in("chidi", on="2024-11-04")
    chidi.preview_complaint(STL, "2024-11-04")
    assert "Our complaints process, two stages" in chidi.text
    assert chidi.dates["Stage 1: acknowledgement"] == "Monday 11 November 2024"
    assert chidi.dates["Stage 1: answer"] == "Monday 25 November 2024"
    case = chidi.save_complaint()
    chidi.accept(case)
    chidi.on("2024-11-05").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert chidi.dates["Stage 1: answer"] == "Tuesday 19 November 2024"

    mina = sign_in("mina", on="2024-11-19")
    mina.complete(case, "Investigate and answer", ANSWERED)
    assert "They may ask for Stage 2 until 17 December 2024." in mina.told

    chidi.on("2024-12-10").case(case)
    chidi.follow_happening("The resident asks for stage 2")
    assert "Today is inside the time to ask for Stage 2, which ends on 17 December 2024." in chidi.text
    chidi.press("Record it")
    assert chidi.dates["Stage 2: acknowledgement"] == "Tuesday 17 December 2024"
    chidi.on("2024-12-16").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert chidi.dates["Stage 2: answer"] == "Thursday 16 January 2025"

    hal = sign_in("hal", on="2025-01-15")
    hal.record(
        case,
        "Stage 2: give an extension",
        {"New date for the answer": "2025-02-13", "Why do we need longer?": "The survey comes on 3 February."},
    )
    assert hal.dates["Stage 2: answer"] == "Thursday 13 February 2025"
    hal.on("2025-02-13").complete(case, "Investigate and answer", ANSWERED)
    close_at_the_ombudsman(chidi, case, contacted="2025-02-20", closed="2025-08-04")


def test_two_stages_of_the_council(sign_in):
    chidi = sign_in("chidi", on="2024-05-02")
    chidi.preview_complaint(COUNCIL, "2024-05-02")
    assert "Customer feedback for housing, two stages" in chidi.text
    assert chidi.dates["Stage 1: acknowledgement"] == "Friday 10 May 2024"
    assert chidi.dates["Stage 1: answer"] == "Friday 24 May 2024"
    case = chidi.save_complaint()
    chidi.accept(case)
    chidi.on("2024-05-15").open_task(case, "Acknowledge the complaint")
    assert "Overdue by 3 working days" in chidi.text
    chidi.finish(ACKNOWLEDGED, "Complete this task")
    assert chidi.dates["Stage 1: answer"] == "Thursday 30 May 2024"
    assert "due on 24 May 2024: that is the backstop" in chidi.text

    mina = sign_in("mina", on="2024-05-28")
    mina.record(
        case,
        "Stage 1: give an extension",
        {"New date for the answer": "2024-06-06", "Why do we need longer?": "A part is on order."},
    )
    assert mina.dates["Stage 1: answer"] == "Thursday 6 June 2024"
    council_answered = {"I have had no significant involvement in what is complained about": "Yes"} | ANSWERED
    mina.on("2024-06-06").complete(case, "Investigate and answer", council_answered)

    chidi.on("2024-06-10").record(case, "The resident asks for stage 2")
    assert chidi.dates["Stage 2: acknowledgement"] == "Monday 17 June 2024"
    chidi.on("2024-06-12").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert chidi.dates["Stage 2: answer"] == "Wednesday 10 July 2024"
    hal = sign_in("hal", on="2024-07-10")
    hal.complete(case, "Investigate and answer", council_answered)
    close_at_the_ombudsman(chidi, case, contacted="2024-08-01", closed="2025-01-20")
