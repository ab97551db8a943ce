"""A whole journey without JavaScript, one by the keyboard alone, and one on a telephone."""

from __future__ import annotations

from tests.browser.asked import ACKNOWLEDGED, ANSWERED
from tests.browser.desk import REFERENCE
from tests.browser.keyboard import Keyboard
from tests.conftest import PHONE

STL = "St Leger Homes"


def whole_journey(robin, sign_in, **options):
    """From intake to the Ombudsman's file, at St Leger Homes."""
    case = robin.log_complaint(STL)
    robin.accept(case)
    robin.complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    robin.on("2024-06-10").record(
        case,
        "Stage 1: give an extension",
        {"New date for the answer": "2024-06-24", "Why do we need longer?": "A part."},
    )
    robin.on("2024-06-24").complete(case, "Investigate and answer", ANSWERED)
    robin.on("2024-07-22").record(case, "The resident asks for stage 2")
    robin.complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    assert robin.dates["Stage 2: answer"] == "Monday 19 August 2024"
    hal = sign_in("hal", on="2024-08-19", **options)
    hal.complete(case, "Investigate and answer", ANSWERED)
    robin.on("2024-08-20").record(case, "The Ombudsman is involved")
    robin.record(case, "The Ombudsman has closed its file")
    assert "The case is closed." in robin.told
    for path in ("/inbox/team", "/inbox/all", "/inbox/held", "/cases", "/policies", "/account"):
        robin.go(path)


def test_without_javascript(sign_in):
    robin = sign_in("robin", on="2024-06-03", java_script_enabled=False)
    whole_journey(robin, sign_in, java_script_enabled=False)


def test_on_a_telephone(sign_in):
    telephone = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    robin = sign_in("robin", on="2024-06-03", **telephone)
    whole_journey(robin, sign_in, **telephone)


def test_by_the_keyboard_alone(page, address, clock):
    page.goto(f"{address}/sign-in")
    keys = Keyboard(page)
    keys.press_key("Tab")
    assert keys.focused == "Skip to main content"
    keys.type_in("Sign-in name", "robin")
    keys.type_in("Password", "seven grey herons stood there")
    keys.enter("Sign in")

    keys.enter("Log a complaint")
    keys.choose("Whose complaints policy does it fall under?", STL)
    keys.enter("Continue")
    keys.choose("How did the complaint reach us?", "Telephone")
    keys.type_in("Name of the resident", "Ada Lovelace")
    keys.type_in("What has happened?", "No heat.")
    keys.enter("Continue")
    keys.enter("Log the complaint")
    case = REFERENCE.search(page.url)[0]

    keys.enter("Decide what this is")
    keys.choose("What have you decided?", "Accept it as a complaint")
    keys.enter("Complete this task")
    keys.enter("Stage 1: acknowledge the complaint")
    keys.type_in("Our understanding of the complaint", "No heat.")
    keys.type_in("Which parts are we responsible for?", "All of it.")
    keys.type_in("Which advocacy or advice services can help the resident?", "Citizens Advice.")
    keys.enter("Preview the letter")
    keys.choose("How was it sent?", "Handed over")
    keys.enter("Record that it was sent")
    keys.enter("Stage 1: investigate and answer")
    keys.choose("What did you decide?", "Not upheld")
    for question in ("The decision on each point", "The reasons", "What do we learn from this?"):
        keys.type_in(question, "We were slow.")
    keys.enter("Preview the letter")
    keys.choose("How was it sent?", "Handed over")
    keys.enter("Record that it was sent")
    keys.enter("Record that it was sent")  # by hand it says another day, so it is read again
    keys.enter("The resident is satisfied")
    keys.enter("Record it")
    assert "The case is closed." in page.locator("main").inner_text()
    assert case in page.url
