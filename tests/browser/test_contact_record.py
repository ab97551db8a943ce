"""The contact record in a real browser: a call with a photograph, an e-mail dropped in, a team chased, a complaint
passed on; with JavaScript and without it."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import Clock
from tests.web import files

SEH = "South Essex Homes"


@pytest.fixture
def papers(tmp_path):
    """Files on somebody's computer."""
    photo, email = tmp_path / "damp.png", tmp_path / "boiler.eml"
    photo.write_bytes(files.png())
    email.write_bytes(files.eml(sent="Mon, 03 Jun 2024 08:15:00 +0100", attached=(("photo.png", files.png()),)))
    return {"photo": photo, "email": email, "program": _written(tmp_path / "bill.pdf", files.PROGRAM)}


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_a_call_an_email_and_what_was_asked_of_a_team_are_one_chronology(sign_in, papers, clock: Clock, has_script):
    chidi = sign_in("chidi") if has_script else sign_in("chidi", java_script_enabled=False)
    case = chidi.log_complaint(SEH)
    chidi.accept(case)
    chidi.case(case)
    chidi.follow("Record a contact")
    chidi.fill({"Who made the contact?": "They contacted us", "How?": "Telephone", "With whom?": "Ada Lovelace"})
    chidi.fill({"What was said?": "She asked when we will come."})
    choose(chidi, papers["program"])
    chidi.press("Record it")
    assert chidi.problems[0].startswith("'bill.pdf': this file is called .pdf, but it is a program.")
    assert chidi.value("What was said?") == "She asked when we will come."
    choose(chidi, papers["photo"])
    chidi.press("Record it")
    assert "Recorded: Record a contact, with 1 document." in chidi.told

    chidi.follow("Add an e-mail or a document")
    choose(chidi, papers["email"])
    chidi.press("Add it")
    assert "The e-mail is added. Now record the contact it was." in chidi.told
    assert chidi.value("With whom?") == "Ada Lovelace (ada@example.org)"
    assert chidi.value("Time") == "08:15"
    chidi.press("Record it")
    assert "with 2 documents" in chidi.told

    chidi.follow("Ask a team or contractor for information")
    chidi.fill({"Whom have you asked?": "Repairs", "What have you asked for?": "The job sheets."})
    chidi.fill({"When should we chase it?": "2024-06-05"})
    chidi.press("Record it")
    chidi.follow("Contacts")
    shown = chidi.page.locator(".moj-timeline__title").all_inner_texts()
    assert shown == ["Information asked for", "Contact", "Contact", "Complaint received"]
    chidi.follow("Chase: Repairs")
    chidi.fill({"From whom did it come?": "Repairs", "What did they tell or send us?": "Two visits were missed."})
    chidi.press("Record it")
    assert "Chase: Repairs" not in chidi.text

    with chidi.page.expect_download() as download:
        chidi.page.get_by_role("button", name=re.compile("^Download ?: damp")).first.click()
    assert download.value.suggested_filename == "damp.png"
    assert download.value.path().read_bytes() == files.png()


def test_a_complaint_is_passed_on_from_a_telephone_in_a_minute(sign_in):
    robin = sign_in("robin", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    robin.follow("Pass on a complaint")
    robin.press("Pass it on")
    assert len(robin.problems) == 4
    robin.fill({"Which landlord is it about?": SEH, "How did they tell you?": "In person"})
    robin.fill({"Who complained?": "Ada Lovelace", "What did they say?": "The lift is out again."})
    robin.press("Pass it on")
    assert "What happens next" in robin.text
    robin.follow("Pass on another complaint")
    assert robin.heading == "Pass on a complaint"


def choose(desk, path) -> None:
    """Choose a file on the page's one file input."""
    desk.page.locator("input[type=file]").set_input_files(path)


def _written(path, content: bytes):
    path.write_bytes(content)
    return path
