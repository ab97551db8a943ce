"""A newcomer in the policy studio: a timescale changed and published, a stage added, problems mended; with JavaScript
and without, by the keys alone, on a telephone. Each page met on the way is looked at by axe."""

from __future__ import annotations

from datetime import date

import pytest

from engine import drafting
from engine.rights import APPROVER, AUTHOR, Grant, Person
from engine.store import people
from engine.store.people import GrantRow
from tests.browser.keyboard import Keyboard
from tests.known_password import PASSWORD_HASH

POLICY, COUNCIL = "council-housing", "The council"
PHONE = {"width": 375, "height": 800}
TODAY = "2026-11-23"
PAGES = (
    *("", "/stages", "/stages/times/stage_1.response", "/stages/stage_2", "/stages/stage_2/remove"),
    *("/stages/new-stage", "/stages/new-time", "/stages/new-time?key=stage_2.request_window"),
    *("/text", "/problems", "/publish", "/publish/day", "/publish/discard"),
)


@pytest.fixture
def studio(office, clock):
    """Two people of the studio: Ann writes, Cora approves. Both have no role at cases."""
    with office.database.writing() as tx:
        for sign_in, name, role in (("ann", "Ann Author", AUTHOR), ("cora", "Cora Approver", APPROVER)):
            email = f"{sign_in}@example.org"
            row = people.add_person(tx, sign_in, name=name, email=email, password_hash=PASSWORD_HASH, now=clock.now)
            people.give_grant(tx, row.id, given=GrantRow(POLICY, role))
    return office


def begun(office, clock):
    """A draft of the council's version, begun by Ann; its address."""
    with office.database.reading() as tx:
        ann = people.person_by_sign_in(tx, "ann")
    who = Person(str(ann.id), ann.name, studio=(Grant(POLICY, AUTHOR),))
    new = {"version": "two-stage-2026", "in_force_from": date.fromisoformat(TODAY)}
    return f"/studio/{drafting.begin(office, POLICY, 'two-stage-2024', who, clock.now, **new).row.id}"


@pytest.mark.parametrize("has_script", [True, False], ids=["with JavaScript", "without"])
def test_five_days_become_three_are_approved_by_another_and_published(sign_in, studio, has_script):
    options = {} if has_script else {"java_script_enabled": False}
    ann = sign_in("ann", on=TODAY, **options)
    ann.follow("Policy studio")
    ann.follow("Begin a draft from two-stage-2024")
    ann.press("Begin the draft")
    ann.follow("Change stages and timescales")
    ann.follow("Change Stage 1: Acknowledgement")
    ann.fill({"How many?": "3"})
    ann.press("Save")
    assert "Stage 1 acknowledgement: 5 working days becomes 3." in ann.told
    ann.follow("11 examples of 19")
    ann.press("Update the chosen examples")
    ann.follow("Overview")
    ann.follow("Ask for approval")
    ann.press("Ask for approval")

    cora = sign_in("cora", **options)
    cora.follow("two-stage-2026")
    cora.follow("Approve it or send it back")
    cora.fill({"Which body approved it?": "The Board", "In which minute or decision?": "Minute 9"})
    cora.press("Approve it")
    cora.press("Publish it")
    assert "governs complaints received from 23 November 2026" in cora.told


def test_a_panel_is_added_between_two_stages_by_the_keys_alone(sign_in, studio, clock):
    ann = sign_in("ann", on=TODAY)
    ann.go(f"{begun(studio, clock)}/stages/new-stage")
    keys = Keyboard(ann.page)
    keys.type_in("What is the new stage called?", "Review panel")
    keys.reach("How is it worked?")
    keys.press_key("ArrowDown")
    keys.press_key("Space")
    keys.type_in("Within what time of the request does the panel meet?", "15")
    keys.reach("Who convenes the panel and writes its decision?")
    keys.press_key("Space")
    keys.enter("Add the stage")
    ann.look()
    assert "Review panel" in ann.told
    titles = ann.page.locator("h2").all_inner_texts()
    assert titles.index("Stage 1") < titles.index("Review panel") < titles.index("Stage 2")


def test_every_page_of_a_draft_fits_a_telephone(sign_in, studio, clock):
    ann = sign_in("ann", on=TODAY, viewport=PHONE, has_touch=True, is_mobile=True)
    address = begun(studio, clock)
    for page in PAGES:
        ann.go(f"{address}{page}")  # looked at on the way: axe, HTML, width


def test_a_text_is_checked_as_it_is_typed_and_mended_with_a_button(sign_in, studio, clock):
    ann = sign_in("ann", on=TODAY)
    address = begun(studio, clock)
    ann.go(f"{address}/text")
    text = ann.page.get_by_label("Its text")
    text.fill(text.input_value().replace("handler: service_director", "handler: service_directer"))
    ann.page.get_by_text("1 problem in this file, as it is typed").wait_for()
    link = ann.page.locator("#problems-here a")
    line = int(link.inner_text().split()[1])
    link.click()
    chosen = ann.page.evaluate("[document.activeElement.id, getSelection().toString()]")
    assert chosen == ["text", "    handler: service_directer"]
    assert ann.page.locator(".redress-editor__numbers mark").inner_text() == str(line)
    ann.look()
    ann.press("Save")
    assert ann.page.locator("#problems-here li").count() == 1
    ann.follow("Overview")
    ann.follow("Mend problems")
    ann.page.locator("main form button").first.click()
    ann.page.get_by_role("heading", name="No problems").wait_for()


def test_two_people_at_one_text_see_both(sign_in, studio, clock):
    with studio.database.writing() as tx:
        cora = people.person_by_sign_in(tx, "cora")
        people.give_grant(tx, cora.id, given=GrantRow(POLICY, AUTHOR))
    ann = sign_in("ann", on=TODAY)
    address = begun(studio, clock)
    other = sign_in("cora")
    for desk in (ann, other):
        desk.go(f"{address}/text")
    for desk, title in ((other, "Review"), (ann, "Second look")):
        box = desk.page.get_by_label("Its text")
        box.fill(box.input_value().replace("title: Stage 2", f"title: {title}"))
        desk.press("Save")
    assert ann.heading == "Not saved yet"
    assert "Cora Approver changed this" in ann.text
    shown = ann.page.locator(".redress-compared").inner_text()
    assert "title: Review" in shown
    assert "title: Second look" in shown
    ann.press("Save what stands below as mine")
    assert ann.told == "Saved."
