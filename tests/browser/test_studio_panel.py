"""A review panel put between two stages in the studio, approved and published; a complaint logged from then on goes
through it, and the one opened before stays where it was."""

from __future__ import annotations

from engine.rights import APPROVER, AUTHOR
from engine.store import people
from engine.store.people import GrantRow
from tests.browser.asked import ACKNOWLEDGED, ANSWERED, PANEL_ANSWERED, PANEL_MET
from tests.known_password import PASSWORD_HASH

POLICY, COUNCIL = "council-housing", "The council"
UNINVOLVED = {"I have had no significant involvement in what is complained about": "Yes"} | ANSWERED


def test_a_panel_of_fifteen_days_is_published_and_the_next_complaint_goes_through_it(sign_in, office, clock):
    with office.database.writing() as tx:
        for sign_in_name, name, role in (("ann", "Ann Author", AUTHOR), ("cora", "Cora Approver", APPROVER)):
            row = people.add_person(tx, sign_in_name, name=name, email="", password_hash=PASSWORD_HASH, now=clock.now)
            people.give_grant(tx, row.id, given=GrantRow(POLICY, role))

    chidi = sign_in("chidi", on="2024-06-03")
    before = chidi.log_complaint(COUNCIL)
    ann = sign_in("ann", on="2024-06-04")
    ann.follow("Policy studio")
    ann.follow("Begin a draft from two-stage-2024")
    ann.fill({"Title, as people read it": "Two stages and a panel"})
    ann.press("Begin the draft")
    ann.follow("Change stages and timescales")
    ann.press("Add a stage")
    ann.fill({"What is the new stage called?": "Review panel"})
    ann.page.get_by_label("A panel meets and decides").check()
    ann.fill(
        {
            "Within what time of the request does the panel meet?": "15",
            "Who convenes the panel and writes its decision?": "Customer Relations team",
        }
    )
    ann.press("Add the stage")
    assert "Review panel is added between Stage 1 and Stage 2." in ann.told
    ann.follow("Publish")
    ann.press("Ask for approval")
    cora = sign_in("cora")
    cora.follow("two-stage-2024-2")
    cora.follow("Approve it or send it back")
    cora.fill({"Which body approved it?": "The Board", "In which minute or decision?": "Minute 9"})
    cora.press("Approve it")
    cora.press("Publish it")

    case = chidi.log_complaint(COUNCIL)
    chidi.accept(case)
    assert "Two stages and a panel" in chidi.text
    chidi.on("2024-06-05").complete(case, "Acknowledge the complaint", ACKNOWLEDGED)
    mina = sign_in("mina", on="2024-06-10")
    mina.complete(case, "Investigate and answer", UNINVOLVED)
    chidi.on("2024-06-12").case(case)
    asked = next(each for each in chidi.may_happen if "panel" in each.lower())
    chidi.record(case, asked)
    assert chidi.dates["Review panel: panel meeting"] == "Wednesday 3 July 2024"
    chidi.on("2024-07-01").complete(case, "Convene the review panel", PANEL_MET)
    assert chidi.dates["Review panel: answer"] == "Monday 8 July 2024"
    chidi.complete(case, "Send the panel's decision", PANEL_ANSWERED)
    chidi.record(case, "The resident asks for stage 2")
    assert chidi.dates["Stage 2: acknowledgement"] == "Monday 8 July 2024"

    chidi.case(before)
    assert "Customer feedback for housing, two stages" in chidi.text
    assert not [title for title in chidi.dates if "panel" in title.lower()]
