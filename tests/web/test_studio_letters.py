"""The letters of a draft: changed part by part beside the letter as it will be, and never over what another wrote."""

from __future__ import annotations

import re

import pytest

from engine import drafting
from engine.letter_files import read_letters
from tests.web.office_work import assert_valid
from tests.web.studio_work import fields_of

LETTER = "stage_1.acknowledgement"


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def address(draft, letter=LETTER, rest=""):
    return f"/studio/{draft.row.id}/letters/{letter}{rest}"


def stands(office, draft, letter=LETTER):
    """The letter as it stands in the draft now."""
    now = drafting.opened(office, draft.row.id)
    letters, problems = read_letters(now.files[now.letters_path], now.letters_path)
    assert letters, problems
    return letters.templates[letter]


def sent(office, draft, letter=LETTER, **changed):
    """What the page of a letter sends when nothing was touched, but for what was."""
    there = stands(office, draft, letter)
    found = {"title": there.title, "subject": there.subject, "approved_by": there.approved_by}
    for part in there.parts:
        found |= {
            f"text:{part.name}": part.text,
            f"must:{part.name}": part.must,
            f"cites:{part.name}": ", ".join(part.cites),
        }
        found |= {f"optional:{part.name}": "yes"} if part.is_optional else {}
    number = drafting.opened(office, draft.row.id).numbers[draft.letters_path]
    return {**found, f"number:{draft.letters_path}": str(number), "do": "save", **changed}


def test_the_letters_stand_under_their_stages(ann, draft):
    page = ann.get(f"/studio/{draft.row.id}/letters")
    assert_valid(page.text)
    assert page.text.index("Stage 1") < page.text.index("Stage 2") < page.text.index("The case as a whole")
    assert f'href="{address(draft)}"' in page.text


def test_letters_that_speak_of_another_number_of_stages_are_named_to_be_read_again(ann, draft, office):
    there = f"/studio/{draft.row.id}/letters"
    assert "Read these again" not in ann.get(there).text
    ann.post(address(draft), data=sent(office, draft, **{"text:opening": "Thank you. Our process has three stages."}))
    assert "speaks of 3 stages; there are 2 now" in ann.get(there).text


def test_a_letters_page_has_its_parts_its_fields_and_the_letter_as_the_resident_will_see_it(ann, draft):
    page = ann.get(address(draft))
    assert_valid(page.text)
    assert "The letter must hold the case reference" in page.text
    assert "((answer_due))" in page.text
    assert "the date of the answer" in page.text
    assert "Dear Jo Bennett" in page.text


def test_other_words_are_saved_and_nothing_else_changes(ann, draft, office):
    answer = ann.post(address(draft), data=sent(office, draft, **{"text:opening": "Thank you.\r\n\r\nWe are sorry."}))
    assert answer.status_code == 302
    now = drafting.opened(office, draft.row.id)
    assert {path for path in draft.files if now.files[path] != draft.files[path]} == {draft.letters_path}
    assert (
        next(part.text for part in stands(office, draft).parts if part.name == "opening")
        == "Thank you.\n\nWe are sorry."
    )


def test_a_letter_saved_untouched_changes_nothing(ann, draft, office):
    assert ann.post(address(draft), data=sent(office, draft)).status_code == 302
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_field_nobody_knows_is_told_at_its_part(ann, draft, office):
    ann.post(address(draft), data=sent(office, draft, **{"text:opening": "Thank you, ((resudent))."}))
    page = ann.get(address(draft))
    part = page.text[page.text.index('id="part-opening"') : page.text.index('id="part-reference"')]
    assert "which is not known here" in part
    assert "Did you mean &#39;resident&#39;?" in part
    assert (
        "which is not known here" not in page.text[page.text.index('id="part-stage"') : page.text.index('id="preview"')]
    )


def test_a_part_is_added_moved_and_removed_with_what_was_typed_elsewhere(ann, draft, office):
    new = {"new-name": "What we found!", "new-text": "We found ((description)).", "new-after": "opening", "do": "add"}
    ann.post(address(draft), data=sent(office, draft, **new, **{"text:greeting": "Good day ((resident))"}))
    assert [part.name for part in stands(office, draft).parts][:3] == ["greeting", "opening", "what_we_found"]
    assert stands(office, draft).parts[0].text == "Good day ((resident))"
    ann.post(address(draft), data=sent(office, draft, do="up:what_we_found"))
    assert [part.name for part in stands(office, draft).parts][:2] == ["greeting", "what_we_found"]
    ann.post(address(draft), data=sent(office, draft, do="remove:what_we_found"))
    assert [part.name for part in stands(office, draft).parts][:2] == ["greeting", "opening"]


def test_a_stage_is_given_a_letter_of_its_own_which_is_then_removed_again(ann, draft, office):
    page = ann.get(address(draft, "extension_notice")).text
    assert "Write one of its own for Stage 2" in page
    answer = ann.post(
        address(draft, "extension_notice"), data=sent(office, draft, "extension_notice", do="own:stage_2")
    )
    assert answer.location.endswith("/letters/stage_2.extension_notice")
    common, own = (stands(office, draft, name) for name in ("extension_notice", "stage_2.extension_notice"))
    assert (own.title, own.subject) == (common.title, common.subject)
    assert [(one.name, one.text, one.must, one.cites) for one in own.parts] == [
        (one.name, one.text, one.must, one.cites) for one in common.parts
    ]
    assert "to mend before this draft can be published" not in ann.get(address(draft, own.name)).text
    ann.post(address(draft, own.name), data=sent(office, draft, own.name, do="gone"))
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_letter_that_something_sends_is_missed_when_it_is_removed(ann, draft, office):
    ann.post(address(draft, "thanks"), data=sent(office, draft, "thanks", do="gone"))
    assert "sends the letter &#39;thanks&#39;, which is not here" in ann.get(f"/studio/{draft.row.id}/letters").text


def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_typed_is_lost(ann, draft, office):
    page = ann.post(
        address(draft), data=sent(office, draft, subject="", **{"text:opening": "Kept words", "text:stage": " "})
    )
    assert page.status_code == 400
    assert "Kept words" in page.text
    assert 'href="#subject"' in page.text
    assert 'href="#text-stage"' in page.text
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_the_preview_shows_what_was_typed_and_saves_nothing(ann, draft, office):
    typed = {"text:greeting": "Hello ((resident)) & all", "do": "preview"}
    page = ann.post(address(draft), data=sent(office, draft, **typed))
    assert page.status_code == 200
    assert "Hello Jo Bennett &amp; all" in page.text
    assert drafting.opened(office, draft.row.id).files == draft.files
    alone = ann.post(address(draft, rest="/preview"), data=sent(office, draft, **typed))
    assert "Hello Jo Bennett &amp; all" in alone.text
    assert "<html" not in alone.text


def test_the_preview_is_of_the_stage_that_is_asked_for_and_of_what_the_officer_answered(ann, draft):
    there = address(draft, "extension_notice")
    second = ann.get(there, query_string={"event": "stage_2.extension_given"}).text
    assert re.search(r'value="stage_2.extension_given"\s+selected', second)
    needed = ann.get(address(draft), query_string={"filled": "needed"}).text
    assert "A letter answered like this could not go" in needed


@pytest.mark.parametrize(
    ("kind", "begins"),
    [("letter.pdf", b"%PDF"), ("large-print.pdf", b"%PDF"), ("letter.txt", b"We have your complaint")],
)
def test_the_letter_of_the_made_up_case_can_be_taken_away(ann, draft, kind, begins):
    answer = ann.get(address(draft, rest=f"/preview/{kind}"))
    assert answer.data.startswith(begins)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_a_draft_with_problems_shows_its_letter_in_a_case_of_the_version_it_is_based_on(ann, draft, office):
    now = drafting.opened(office, draft.row.id)
    broken = now.text(now.path).replace("met_by: acknowledged", "met_by: aknowledged", 1).encode()
    who = office_author(office)
    drafting.change(office, now.row.id, who, now.row.created, files={now.path: broken}, numbers=now.numbers, what="x")
    page = ann.get(address(draft)).text
    assert "this case is one of the version it is based on" in page
    assert "Dear Jo Bennett" in page


def test_two_people_at_two_letters_of_one_file_both_keep_theirs(ann, draft, office, as_person):
    bea, other = as_person("bea"), "stage_2.response"
    mine, theirs = (address(draft), address(draft).replace(LETTER, other))
    first, second = fields_of(bea.get(theirs).text), fields_of(ann.get(mine).text)
    assert bea.post(theirs, data=first | {"subject": "By Bea", "do": "save"}).status_code == 302
    previewed = ann.post(mine, data=second | {"subject": "By Ann", "do": "preview"})
    assert ann.post(mine, data=fields_of(previewed.text) | {"do": "save"}).status_code == 302
    assert (stands(office, draft, other).subject, stands(office, draft).subject) == ("By Bea", "By Ann")


def test_a_letter_shown_again_before_it_is_saved_is_still_the_one_that_was_read(ann, draft, office, as_person):
    bea = as_person("bea")
    read = fields_of(ann.get(address(draft)).text)
    bea.post(address(draft), data=fields_of(bea.get(address(draft)).text) | {"subject": "By Bea", "do": "save"})
    previewed = ann.post(address(draft), data=read | {"subject": "By Ann", "do": "preview"})
    page = ann.post(address(draft), data=fields_of(previewed.text) | {"do": "save"})
    assert page.status_code == 409
    assert stands(office, draft).subject == "By Bea"


def test_two_people_at_one_letter_never_overwrite_each_other(ann, draft, office, as_person):
    bea = as_person("bea")
    first, second = (sent(office, draft, **{"text:opening": f"From {name}."}) for name in ("Bea", "Ann"))
    assert bea.post(address(draft), data=first).status_code == 302
    page = ann.post(address(draft), data=second)
    assert page.status_code == 409
    assert "Bea Author" in page.text
    assert "From Ann." in page.text
    assert next(part.text for part in stands(office, draft).parts if part.name == "opening") == "From Bea."


def test_a_letter_or_a_draft_that_is_not_there_is_not_found(ann, draft):
    assert ann.get(address(draft, "nothing")).status_code == 404
    assert ann.get("/studio/999/letters/thanks").status_code == 404


def office_author(office):
    from engine.rights import AUTHOR, Grant, Person
    from engine.store import people

    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, "ann")
    return Person(str(row.id), row.name, (Grant("council-housing", AUTHOR),))
