"""A case of the council, from the web form to the stage 2 answer, with every letter written and sent in a browser."""

from __future__ import annotations

from tests.browser.asked import ACKNOWLEDGED, ANSWERED

COUNCIL = "The council"
NOT_INVOLVED = {"I have had no significant involvement in what is complained about": "Yes"}


def test_a_case_of_the_council_with_every_letter_sent(sign_in):
    chidi = sign_in("chidi", on="2024-05-02")
    told = {"How did the complaint reach us?": "Online complaint form", "E-mail address": "ada@example.org"}
    chidi.preview_complaint(COUNCIL, "2024-05-02", **told)
    case = chidi.save_complaint()
    chidi.accept(case)

    chidi.open_task(case, "Acknowledge the complaint")
    assert "Filled in from the case" in chidi.text
    chidi.write(ACKNOWLEDGED)
    assert "Nothing is missing." in chidi.text
    assert f"Our reference: {case}" in chidi.text
    assert chidi.value("E-mail address") == "ada@example.org"
    chidi.send()
    assert "The letter goes by e-mail to ada@example.org." in chidi.told

    mina = sign_in("mina", on="2024-05-15")
    mina.case(case)
    mina.follow_happening("Stage 1: give an extension")
    assert "The latest date allowed is" in mina.text
    given = {"New date for the answer": "2024-05-29", "Why do we need longer?": "A part is on order."}
    mina.finish(given, "Record it")
    assert mina.dates["Stage 1: answer"] == "Wednesday 29 May 2024"

    mina.on("2024-05-28").open_task(case, "Investigate and answer")
    mina.fill(NOT_INVOLVED)
    mina.press("Preview the letter")
    assert "The letter cannot go yet" in mina.text
    assert mina.page.get_by_role("button", name="Send it").count() == 0
    with mina.page.expect_navigation():
        mina.page.locator(".redress-checklist a").first.click()
    mina.write(NOT_INVOLVED | ANSWERED)
    mina.send("Letter", "2024-05-28")
    assert "It went by post on 28 May 2024." in mina.told

    chidi.on("2024-06-10").record(case, "The resident asks for stage 2")
    chidi.on("2024-06-12").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    hal = sign_in("hal", on="2024-07-09")
    hal.complete(case, "Investigate and answer", NOT_INVOLVED | ANSWERED)
    assert "The letter goes by e-mail to ada@example.org." in hal.told

    hal.go("/letters")
    assert hal.page.get_by_role("row").filter(has_text=case).count() == 4  # all but the one that was posted
