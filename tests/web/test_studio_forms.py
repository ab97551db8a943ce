"""The forms of a draft: questions changed one at a time beside the form as staff see it; other versions keep theirs."""

from __future__ import annotations

import pytest

from engine import drafting
from engine.form_files import readable_form
from tests.web.office_work import assert_valid
from tests.web.studio_work import fields_of

FORM = "triage_council"
PATH = f"workflows/forms/{FORM}.yaml"


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def address(draft, rest=""):
    return f"/studio/{draft.row.id}/forms/{FORM}{rest}"


def stands(office, draft):
    return readable_form(drafting.opened(office, draft.row.id).files[PATH], PATH)[0]


def sent(office, draft, **typed):
    number = drafting.opened(office, draft.row.id).numbers[PATH]
    return {f"number:{PATH}": str(number), **typed}


def test_every_form_says_what_it_is_filled_in_to(ann, draft):
    page = ann.get(f"/studio/{draft.row.id}/forms")
    assert_valid(page.text)
    assert "Stage 1: Investigate and answer" in page.text
    assert f'href="{address(draft)}"' in page.text


def test_a_form_is_shown_as_staff_will_see_it(ann, draft):
    page = ann.get(address(draft))
    assert_valid(page.text)
    preview = page.text[page.text.index('id="preview"') :]
    assert 'name="kind"' in preview
    assert "When did this happen?" in preview
    assert "asked only" not in page.text


def test_a_form_that_other_versions_have_is_this_drafts_own_copy(ann, draft, office):
    before = office.shelved["council-housing/two-stage-2024"].book.workflows.forms[FORM]
    assert "its own copy" in ann.get(address(draft)).text
    ann.post(address(draft), data=sent(office, draft, title="Say what this is", do="save"))
    assert stands(office, draft).title == "Say what this is"
    assert office.shelved["council-housing/two-stage-2024"].book.workflows.forms[FORM] == before


def test_a_question_is_changed_and_the_page_of_its_letter_knows(ann, draft, office):
    typed = {"label": "Who replies?", "type": "choice", "choices": "us: Us\nthem: Them", "required": "yes"}
    answer = ann.post(address(draft, "/replying_team"), data=sent(office, draft, **typed))
    assert answer.status_code == 302
    changed = stands(office, draft).field("replying_team")
    assert (changed.label, changed.type, dict(changed.choices), changed.required) == (
        "Who replies?", "choice", {"us": "Us", "them": "Them"}, True,
    )  # fmt: skip
    assert changed.shown_when == {}


def test_a_question_is_added_with_a_name_made_of_its_words(ann, draft, office):
    typed = {"label": "Since when?", "type": "date", "after": "kind", "shown:kind": ["complaint", "comment"]}
    assert ann.post(address(draft, "/new"), data=sent(office, draft, **typed)).status_code == 302
    added = stands(office, draft).fields[1]
    assert (added.name, added.shown_when) == ("since_when", {"kind": ("complaint", "comment")})


def test_a_question_is_moved_and_removed(ann, draft, office):
    ann.post(address(draft), data=sent(office, draft, do="down:kind"))
    assert stands(office, draft).names[1] == "kind"
    ann.post(address(draft), data=sent(office, draft, do="up:kind"))
    assert drafting.opened(office, draft.row.id).files == draft.files
    ann.post(address(draft), data=sent(office, draft, do="remove:reason"))
    assert "reason" not in stands(office, draft).names


def test_a_question_that_another_waits_for_is_kept_and_the_page_says_why(ann, draft, office):
    page = ann.post(address(draft), data=sent(office, draft, do="remove:is_at_risk"))
    assert page.status_code == 400
    assert "is asked only because of this question" in page.text
    assert 'href="#question-is_at_risk"' in page.text


def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_typed_is_lost(ann, draft, office):
    page = ann.post(address(draft, "/reason"), data=sent(office, draft, label="Kept words", type="choice", choices=""))
    assert page.status_code == 400
    assert "Kept words" in page.text
    assert 'href="#choices"' in page.text
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_the_preview_shows_the_question_as_typed_and_saves_nothing(ann, draft, office):
    typed = {"label": "Is it <urgent>?", "type": "yes_no"}
    page = ann.post(address(draft, "/reason"), data=sent(office, draft, **typed, do="preview"))
    assert "Is it &lt;urgent&gt;? (optional)" in page.text
    alone = ann.post(address(draft, "/reason/preview"), data=typed)
    assert 'type="radio"' in alone.text
    assert "<html" not in alone.text
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_question_asked_only_sometimes_is_previewed_inside_the_answer_it_waits_for(ann, draft):
    page = ann.get(address(draft, "/replying_team")).text
    preview = page[page.index('id="preview"') :]
    assert preview.index("Pass it on as a service request") < preview.index(
        "Which team will reply to the resident directly?"
    )


def test_a_problem_of_the_form_is_told_at_its_question(ann, draft, office):
    ann.post(address(draft), data=sent(office, draft, do="remove:was_withdrawn_before"))
    overview = ann.get(f"/studio/{draft.row.id}/decisions").text
    assert "was_withdrawn_before" in overview
    assert "is not something that can be asked here" in overview


def test_two_people_at_one_form_never_overwrite_each_other(ann, draft, office, as_person):
    bea = as_person("bea")
    first, second = (sent(office, draft, title=title, do="save") for title in ("Title by Bea", "Title by Ann"))
    assert bea.post(address(draft), data=first).status_code == 302
    page = ann.post(address(draft), data=second)
    assert page.status_code == 409
    assert "Title by Ann" in page.text
    assert stands(office, draft).title == "Title by Bea"


def test_two_people_at_two_questions_of_one_form_both_keep_theirs(ann, draft, office, as_person):
    bea, (one, other) = as_person("bea"), stands(office, draft).names[:2]
    mine, theirs = f"{address(draft)}/{one}", f"{address(draft)}/{other}"
    first, second = fields_of(bea.get(theirs).text), fields_of(ann.get(mine).text)
    again = fields_of(bea.get(mine).text)
    assert bea.post(theirs, data=first | {"label": "By Bea"}).status_code == 302
    assert ann.post(mine, data=second | {"label": "By Ann"}).status_code == 302
    assert [stands(office, draft).field(name).label for name in (one, other)] == ["By Ann", "By Bea"]
    assert bea.post(mine, data=again | {"label": "By Bea"}).status_code == 409


def test_a_form_or_a_question_that_is_not_there_is_not_found(ann, draft):
    assert ann.get(f"/studio/{draft.row.id}/forms/nothing").status_code == 404
    assert ann.get(address(draft, "/nothing")).status_code == 404
