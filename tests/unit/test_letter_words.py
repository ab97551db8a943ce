"""The letter as the text of an e-mail: everything it says, in lines a mail program shows as they are."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from engine.letter_words import WIDTH, plain_text
from tests.unit.letter_examples import acknowledgement, letter_saying


def test_the_text_says_everything_the_letter_says() -> None:
    letter = acknowledgement()
    said = " ".join(plain_text(letter).split())
    for block in letter.blocks:
        for text in block.items or (block.text,):
            assert " ".join(text.split()) in said
    assert "27 December 2024 Our reference: SEH-2024-00012" in said
    assert said.endswith("Telephone 0800 833 160 complaints@seh.southend.gov.uk www.southessexhomes.co.uk")


def test_headings_are_underlined_and_bullets_hang() -> None:
    said = plain_text(acknowledgement())
    assert "\n\nWhat we understand\n------------------\n\n" in said
    assert "\n* the heating to work before Christmas\n* the cost of two" in said


def test_no_line_is_longer_than_a_mail_program_shows_unless_it_is_one_word() -> None:
    lines = plain_text(acknowledgement()).split("\n")
    assert max(map(len, lines)) <= WIDTH


def test_a_long_address_of_a_page_is_never_broken() -> None:
    address = "https://example.org/" + "a-long-path/" * 12
    assert f"\n{address}\n" in plain_text(letter_saying(f"Please see {address} for more."))


def test_line_breaks_stay() -> None:
    assert "\nPO Box 1484, Unit D, Preston, PR2 0ET\nTelephone 0300" in plain_text(acknowledgement())


def test_a_letter_without_subject_begins_with_its_date() -> None:
    assert plain_text(replace(acknowledgement(), subject="")).startswith("27 December 2024\n")


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=300))
def test_no_word_of_a_text_is_lost(text: str) -> None:
    assert text.split() == plain_text(letter_saying(f"| {text} |")).partition("|")[2].rpartition("|")[0].split()
