"""Changing a letter part by part touches that part alone."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine import letter_editing
from engine.letter_editing import PartWords
from engine.letter_files import read_letters
from engine.letters import LetterTemplate
from engine.refusals import BadAnswers

PATH = "policies/council-housing/two-stage-2024.letters.yaml"
TEXT = (Path(__file__).parents[2] / PATH).read_text(encoding="utf-8")
NAME = "stage_1.acknowledgement"
SHORT = """policy: p
version: v
letters:
  thanks:  # a comment
    title: Thanks
    subject: Thanks
    parts:
      only: Words
"""


def letters_of(text: str) -> Mapping[str, LetterTemplate]:
    letters, problems = read_letters(text.encode(), PATH)
    assert letters is not None, problems
    return letters.templates


def letter(text: str = TEXT, name: str = NAME) -> LetterTemplate:
    return letters_of(text)[name]


def words(part: str, template: LetterTemplate | None = None) -> PartWords:
    found = next(one for one in (template or letter()).parts if one.name == part)
    return PartWords(found.text, found.must, found.is_optional, found.cites)


def changed_lines(after: str) -> list[str]:
    """What was taken away and what was added, without what stayed."""
    found = difflib.unified_diff(TEXT.split("\n"), after.split("\n"), lineterm="", n=0)
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.mark.parametrize("name", sorted(letters_of(TEXT)))
def test_a_letter_saved_as_it_stands_is_the_same_to_the_byte(name):
    template = letter(name=name)
    parts = {part.name: words(part.name, template) for part in template.parts}
    head = {"title": template.title, "subject": template.subject, "approved_by": template.approved_by}
    assert letter_editing.set_head(letter_editing.set_parts(TEXT, template, parts), template, **head) == TEXT


def test_other_words_change_the_lines_of_their_part_and_no_other():
    after = letter_editing.set_parts(TEXT, letter(), {"greeting": PartWords("Good day ((resident))")})
    assert changed_lines(after) == ["-      greeting: Dear ((resident))", "+      greeting: Good day ((resident))"]


def test_a_browsers_line_ends_and_spaces_are_not_kept():
    after = letter_editing.set_parts(TEXT, letter(), {"opening": PartWords("\r\nOne  \r\n\r\n* two\r\n\r\n")})
    assert words("opening", letter(after)).text == "One\n\n* two"


def test_a_part_that_was_a_text_alone_may_come_to_be_required():
    required = PartWords("Dear ((resident))", "the resident's name", False, ("code 5.6",))
    after = letter(letter_editing.set_parts(TEXT, letter(), {"greeting": required}))
    assert words("greeting", after) == required


def test_a_part_that_may_be_left_out_says_what_it_must_hold():
    with pytest.raises(BadAnswers) as refused:
        letter_editing.set_parts(TEXT, letter(), {"greeting": PartWords("Dear ((resident))", "", True)})
    assert "greeting-must" in refused.value.errors


def test_a_part_without_words_is_refused_and_names_the_part():
    with pytest.raises(BadAnswers) as refused:
        letter_editing.set_parts(TEXT, letter(), {"greeting": PartWords(" \n "), "opening": PartWords("Thank you.")})
    assert list(refused.value.errors) == ["greeting"]


def test_an_approver_is_added_and_taken_away_again():
    template = letter()
    head = {"title": template.title, "subject": template.subject}
    with_one = letter_editing.set_head(TEXT, template, **head, approved_by="service_manager")
    assert letter(with_one).approved_by == "service_manager"
    assert letter_editing.set_head(with_one, letter(with_one), **head, approved_by="") == TEXT


def test_a_part_is_added_moved_and_removed_and_the_text_is_as_it_was():
    added = letter_editing.add_part(TEXT, letter(), "thanks", PartWords("# Thank you\nWe mean it."), after="opening")
    assert [part.name for part in letter(added).parts][:4] == ["greeting", "opening", "thanks", "reference"]
    up = letter_editing.move_part(added, letter(added), "thanks", up=True)
    assert [part.name for part in letter(up).parts][:3] == ["greeting", "thanks", "opening"]
    down = letter_editing.move_part(up, letter(up), "thanks", up=False)
    assert down == added
    assert letter_editing.remove_part(down, letter(down), "thanks") == TEXT


def test_the_first_part_cannot_go_up_nor_the_last_one_down():
    names = [part.name for part in letter().parts]
    assert letter_editing.move_part(TEXT, letter(), names[0], up=True) == TEXT
    assert letter_editing.move_part(TEXT, letter(), names[-1], up=False) == TEXT


def test_every_part_can_be_moved_through_the_letter_and_back():
    text = TEXT
    for part in letter().parts[:-1]:
        down = letter_editing.move_part(text, letter(text), part.name, up=False)
        assert letter_editing.move_part(down, letter(down), part.name, up=True) == text


@pytest.mark.parametrize("name", ["greeting", "", "Über", "two words", "1st"])
def test_a_new_part_needs_a_name_of_its_own(name):
    with pytest.raises(BadAnswers):
        letter_editing.add_part(TEXT, letter(), name, PartWords("Text."))


def test_a_letter_keeps_its_last_part():
    with pytest.raises(BadAnswers):
        letter_editing.remove_part(SHORT, letter(SHORT, "thanks"), "only")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300))
def test_whatever_is_typed_is_read_back_as_it_was_typed(typed):
    kept = unicodedata.normalize("NFC", letter_editing.lines(typed)).strip()
    assume(kept)
    after = letter_editing.set_parts(SHORT, letter(SHORT, "thanks"), {"only": PartWords(typed)})
    assert words("only", letter(after, "thanks")).text == kept


@given(st.text(max_size=80))
def test_a_key_made_of_words_is_a_key_or_nothing(typed):
    key = letter_editing.key_of(typed)
    is_key = key.replace("_", "").isalnum() and key.isascii() and len(key) <= letter_editing.LONGEST_NAME
    assert is_key or not key


def test_a_stage_gets_a_letter_of_its_own_and_loses_it_again():
    common = letter(name="extension_notice")
    with_own = letter_editing.copy_letter(TEXT, common, "stage_2")
    own = letter(with_own, "stage_2.extension_notice")
    assert [words(part.name, own) for part in own.parts] == [words(part.name, common) for part in common.parts]
    assert letter_editing.remove_letter(with_own, own) == TEXT
    with pytest.raises(BadAnswers):
        letter_editing.copy_letter(with_own, common, "stage_2")
