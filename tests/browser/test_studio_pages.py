"""The letters, forms, decision tables and examples of a draft, worked by an author at a browser: with previews that
come as she types, on a telephone, with the keyboard alone, and without JavaScript.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from engine import drafting
from engine.drafting import Draft
from engine.events import moment
from engine.letter_files import read_letters
from engine.office import Office
from engine.rights import AUTHOR, Grant, Person
from engine.store import people
from engine.store.people import GrantRow
from tests.browser.desk import Desk
from tests.conftest import PHONE
from tests.known_password import PASSWORD_HASH

POLICY = "council-housing"
BEGAN = moment("2024-06-03T09:00")
PATHS = (
    "letters", "letters/stage_1.acknowledgement", "letters/thanks", "forms", "forms/triage_council",
    "forms/triage_council/replying_team", "forms/response_council/new", "decisions", "decisions/triage/3",
    "decisions/triage/new", "decisions?try=triage&kind=comment", "examples", "examples/0", "examples/new",
    "examples/0/text", "examples/mend",
)  # fmt: skip


@pytest.fixture
def draft(office: Office) -> Draft:
    """A draft of the council's version, begun by Ann."""
    with office.database.writing() as tx:
        email = "ann@example.org"
        row = people.add_person(tx, "ann", name="Ann Author", email=email, password_hash=PASSWORD_HASH, now=BEGAN)
        people.give_grant(tx, row.id, given=GrantRow(POLICY, AUTHOR))
    who = Person(str(row.id), "Ann Author", (Grant(POLICY, AUTHOR),))
    begins = date(2024, 9, 1)
    return drafting.begin(office, POLICY, "two-stage-2024", who, BEGAN, version="next", in_force_from=begins)


@pytest.fixture
def ann(draft: Draft, sign_in: Callable[..., Desk]) -> Desk:
    return sign_in("ann")


@pytest.fixture
def here(draft: Draft) -> str:
    return f"/studio/{draft.row.id}"


def test_every_page_is_sound_for_everybody(ann: Desk, here: str):
    for path in PATHS:
        ann.go(f"{here}/{path}")
        assert ann.answer.ok, path


def test_every_page_is_sound_on_a_telephone(draft: Draft, sign_in: Callable[..., Desk], here: str):
    ann = sign_in("ann", viewport={**PHONE, "width": 375}, has_touch=True, is_mobile=True)
    for path in PATHS:
        ann.go(f"{here}/{path}")
        assert ann.answer.ok, path


def test_the_letter_is_shown_as_it_is_typed_and_nothing_is_saved(ann: Desk, here: str, office: Office, draft: Draft):
    ann.go(f"{here}/letters/stage_1.acknowledgement")
    ann.page.get_by_label("Text: Greeting").fill("Good day, ((resident))!")
    ann.page.locator("#preview .redress-letter__words", has_text="Good day, Jo Bennett!").wait_for()
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_letter_is_worked_without_javascript(draft: Draft, sign_in: Callable[..., Desk], here: str, office: Office):
    ann = sign_in("ann", java_script_enabled=False)
    ann.go(f"{here}/letters/stage_1.acknowledgement")
    ann.page.get_by_label("Text: Greeting").fill("Good day, ((resident))!")
    ann.press("Preview")
    assert "Good day, Jo Bennett!" in ann.text
    ann.page.get_by_text("Add a part").click()
    ann.fill({"What the part is called": "Our thanks", "Text": "Thank you for ((description))."})
    ann.press("Add the part")
    assert "The part is added." in ann.told
    ann.press("Move up the part Our thanks")
    now = drafting.opened(office, draft.row.id)
    parts = read_letters(now.files[now.letters_path], now.letters_path)[0].templates["stage_1.acknowledgement"].parts
    assert parts[0].text == "Good day, ((resident))!"
    assert [part.name for part in parts[-2:]] == ["our_thanks", "closing"]


def test_a_field_nobody_knows_is_told_at_its_part_and_mended_there(ann: Desk, here: str):
    ann.go(f"{here}/letters/thanks")
    greeting = ann.page.get_by_label("Text: Greeting")
    greeting.fill("Dear ((resudent))")
    ann.press("Save the letter")
    assert "Did you mean 'resident'?" in ann.page.locator("#part-greeting").inner_text()
    greeting.fill("Dear ((resident))")
    ann.press("Save the letter")
    assert ann.page.locator("#part-greeting .govuk-error-message").count() == 0


def test_a_letter_is_worked_with_the_keyboard_alone(ann: Desk, here: str):
    ann.go(f"{here}/letters/thanks")
    ann.page.get_by_label("Text: Greeting").focus()
    ann.page.keyboard.press("Control+A")
    ann.page.keyboard.type("Hello ((resident))")
    button = ann.page.get_by_role("button", name="Move down the part Greeting")
    for _ in range(12):
        ann.page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    with ann.page.expect_navigation():
        ann.page.keyboard.press("Enter")
    assert "The part is moved." in ann.told


def test_a_question_is_shown_as_it_is_typed_then_saved(ann: Desk, here: str):
    ann.go(f"{here}/forms/triage_council/new")
    ann.enter("What is asked", "How urgent is it?")
    ann.enter("The answer is", "One of several choices")
    ann.enter("The choices, where there are several", "Very\nNot very")
    ann.page.locator("#preview").get_by_label("Not very").wait_for()
    ann.press("Save the question")
    assert "The question is added." in ann.told
    assert ann.page.locator("#question-how_urgent_is_it").count() == 1


def test_a_row_is_put_together_tried_out_and_moved_without_javascript(
    draft: Draft, sign_in: Callable[..., Desk], here: str
):
    ann = sign_in("ann", java_script_enabled=False)
    ann.go(f"{here}/decisions/triage/new")
    ann.enter("Add a condition about", "Is anyone vulnerable or at risk?")
    ann.press("Add")
    ann.page.get_by_label("Yes", exact=True).check()
    ann.page.get_by_role("group", name="The policy says").get_by_label("Accept it as a complaint").check()
    ann.enter("Because", "It cannot wait.")
    ann.enter("It stands", "Before all rows")
    ann.press("Preview")
    assert "is_at_risk" in ann.page.locator("#preview").inner_text()
    ann.press("Save the row")
    assert "The row is saved." in ann.told
    ann.page.get_by_text("Try it out").click()
    ann.page.get_by_role("group", name="Is anyone vulnerable or at risk?").get_by_label("Yes").check()
    ann.press("See which row holds")
    assert "row 1 holds, so the policy says: Accept it as a complaint" in ann.text
    ann.press("Down row 1 of Decide what this is")
    assert "It cannot wait." in ann.row("It cannot wait.")
    assert ann.row("It cannot wait.").startswith("2")


def test_an_example_is_written_filled_in_checked_and_stands_green_beside_its_rule(
    draft: Draft, sign_in: Callable[..., Desk], here: str
):
    ann = sign_in("ann", java_script_enabled=False)
    ann.go(f"{here}/examples")
    ann.page.get_by_role("button", name="Write an example").click()
    ann.enter("What the example shows", "A complaint on the Friday before Christmas")
    ann.enter("Which rule it is about", "code 6.2")
    for line, (day, event) in enumerate(
        (("2024-12-20", "Complaint received"), ("2024-12-31", "Stage 1: acknowledgement sent"))
    ):
        ann.enter(f"On (line {line + 1})", day)
        ann.page.locator(f"#event-{line}").select_option(label=event)
    ann.enter("We look on", "2025-01-06")
    ann.press("Fill in what comes now")
    assert "Check each date and state against the policy" in ann.text
    due = "due-stage_1.acknowledgement"
    boxes = [ann.page.locator(f'[id="{box}"]').input_value() for box in (due, f"{due}-month", f"{due}-year")]
    assert boxes == ["31", "12", "2024"]
    ann.press("Save the example")
    assert "examples come as expected" in ann.told
    row = ann.page.get_by_role("row").filter(has_text="Once we have received your complaint")
    assert "Passes A complaint on the Friday before Christmas" in " ".join(row.inner_text().split())
