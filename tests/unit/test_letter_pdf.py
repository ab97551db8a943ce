"""The printed letter: tagged as PDF/UA-1 asks, the same bytes for the same letter, and text that stays text."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from engine.fonts import NOT_PRINTED, characters, printable, unprintable
from engine.letter_pdf import not_printed, pdf, pictures, to_lines
from engine.letters import Block, Sender
from tests.unit.letter_examples import acknowledgement, letter_saying, words_of

ROOT = Path(__file__).resolve().parents[2]


def tags(node: Any) -> Iterator[str]:
    """The structure types of a tagged PDF, in the order they are read."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from tags(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node["/S"]
        if "/K" in node:
            yield from tags(node["/K"])


def root_of(made: bytes) -> Any:
    return PdfReader(io.BytesIO(made)).trailer["/Root"]


def sizes(made: bytes) -> set[float]:
    """The sizes, in points, in which any text of the PDF is set."""
    found: set[float] = set()

    def seen(text: str, matrix: list[float], within: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.add(round(abs(within[3] * matrix[3] * size), 1))

    for page in PdfReader(io.BytesIO(made)).pages:
        page.extract_text(visitor_text=seen)
    return found


# --- tagged PDF ---------------------------------------------------------------------------------


@pytest.mark.parametrize("is_large", [False, True])
def test_a_letter_is_a_tagged_pdf_in_british_english_with_a_title(is_large: bool) -> None:
    made = pdf(acknowledgement(), is_large=is_large)
    root = root_of(made)
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert PdfReader(io.BytesIO(made)).metadata.title == "We have your complaint (SEH-2024-00012)"


def test_every_heading_and_list_of_a_letter_is_tagged_as_one() -> None:
    letter = acknowledgement()
    found = list(tags(root_of(pdf(letter))["/StructTreeRoot"]["/K"]))
    assert found.count("/H1") == 1  # the subject
    assert found.count("/H2") == sum(block.kind == "heading" for block in letter.blocks)
    assert found.count("/L") == 1
    assert found.count("/LI") == 2
    # sender, how to reach them, resident, date and reference; then the paragraphs
    assert found.count("/P") == 4 + sum(block.kind == "paragraph" for block in letter.blocks)


@pytest.mark.parametrize("is_large", [False, True])
def test_every_block_is_read_in_the_order_of_the_letter(is_large: bool) -> None:
    letter = acknowledgement()
    said = words_of(pdf(letter, is_large=is_large))
    place = said.index(letter.subject)
    head = said[:place]
    assert head.index("South Essex Homes") < head.index("Mrs Grace Okafor") < head.index("27 December 2024")
    for block in letter.blocks:
        for text in block.items or block.text.split("\n"):
            page_foot = text[:40] if len(text) > 100 else text  # a long one may go over the foot of a page
            place = said.index(" ".join(page_foot.split()), place)


def test_pages_are_numbered_from_the_second() -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(acknowledgement()))).pages]
    assert len(pages) == 2
    assert "Page 1" not in pages[0]
    assert "Page 2 of 2" in pages[1]


def test_large_print_is_eighteen_point_and_nothing_in_it_is_smaller() -> None:
    assert min(sizes(pdf(acknowledgement(), is_large=True))) == 18.0
    assert 12.0 in sizes(pdf(acknowledgement()))


def test_the_resident_s_address_stands_in_the_window_of_an_envelope() -> None:
    places: dict[str, tuple[float, float]] = {}

    def seen(text: str, matrix: list[float], within: list[float], _font: object, _size: float) -> None:
        if text.strip():
            across = matrix[0] * within[4] + matrix[2] * within[5] + matrix[4]
            up = matrix[1] * within[4] + matrix[3] * within[5] + matrix[5]
            places[text.strip()] = across / 72 * 25.4, 297 - up / 72 * 25.4

    PdfReader(io.BytesIO(pdf(acknowledgement()))).pages[0].extract_text(visitor_text=seen)
    for line in to_lines(acknowledgement()):
        across, down = places[line]
        assert 20 <= across <= 25
        assert 57 <= down <= 85


# --- the same bytes -----------------------------------------------------------------------------


def test_the_same_letter_gives_the_same_bytes_in_this_process_and_in_another() -> None:
    here = hashlib.sha256(pdf(acknowledgement())).hexdigest()
    assert hashlib.sha256(pdf(acknowledgement())).hexdigest() == here
    program = (
        "import hashlib; from engine.letter_pdf import pdf; from tests.unit.letter_examples import acknowledgement;"
        "print(hashlib.sha256(pdf(acknowledgement())).hexdigest())"
    )
    command = [sys.executable, "-c", program]
    there = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert there == here


def test_letters_printed_at_once_do_not_get_into_each_other() -> None:
    wanted = [letter_saying(f"Letter number {number}.") for number in range(8)]
    alone = [pdf(letter) for letter in wanted]
    made: dict[int, bytes] = {}

    def print_them(numbers: range) -> None:
        for number in numbers:
            made[number] = pdf(wanted[number])

    threads = [Thread(target=print_them, args=(range(begin, 8, 4),)) for begin in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [made[number] for number in range(8)] == alone


# --- text stays text ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '#eval("1+1") and #read("letter.typ") #panic()',
        "costs $x$ @label *bold* _emphasis_ `code` <label> // no comment /* nor this */",
        "ends with ] and \\ and [ and } #{ \\u{41} \\n",
        "= no heading\n- no list\n+ nor this\n/ term: nor that",
        '"quoted" and \'quoted\' -- --- ... ~ ~~ "',
        "((resident)) {{ resident }} <b>bold</b> &amp;",
    ],
)
def test_markup_in_a_text_is_printed_as_it_was_typed(text: str) -> None:
    assert " ".join(text.split()) in words_of(pdf(letter_saying(text)))


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_of_a_keyboard_is_printed(text: str) -> None:
    said = words_of(pdf(letter_saying(f"begin {text} end"))).replace(" ", "")
    assert f"begin{text}end".replace(" ", "") in said


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_no_text_whatever_stops_a_letter(text: str) -> None:
    blocks = tuple(Block(kind, text, (text,)) for kind in ("heading", "paragraph", "bullets"))
    letter = replace(letter_saying(to_name=text), subject=text, title=text, blocks=blocks)
    assert PdfReader(io.BytesIO(pdf(letter))).pages


def test_marks_that_turn_the_direction_of_text_do_not_reach_the_paper() -> None:
    said = words_of(pdf(letter_saying("pay \u202e001\u202c pounds \u2066now\u2069\ufeff\u200b")))
    assert "pay 001 pounds now" in said


def test_a_text_of_twenty_thousand_characters_is_printed_whole() -> None:
    text = " ".join(f"word{number}" for number in range(2_200))[:20_000]
    said = words_of(pdf(letter_saying(text))).replace(" ", "")
    assert all(f"word{number}" in said for number in range(0, 2_200, 50))


def test_a_letter_of_thirty_pages_is_printed_with_its_last_line() -> None:
    made = pdf(letter_saying(*["The boiler failed again and nobody came to look at it. " * 9] * 230, "The last line."))
    assert len(PdfReader(io.BytesIO(made)).pages) >= 30
    assert "The last line." in words_of(made)


def test_a_word_too_long_for_a_line_breaks_and_keeps_its_characters() -> None:
    address = "https://example.org/" + "averylongpath" * 12 + "?a=1"
    made = pdf(letter_saying(address, "x" * 20_000))
    assert address in words_of(made).replace(" ", "")
    assert len(PdfReader(io.BytesIO(made)).pages) > 3


# --- what cannot be printed ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Zażółć Gęślą-Jaźń", "Ştefan Țîrlea", "Ελένη Παπαδοπούλου", "Іван Шевченко"])
def test_a_name_of_europe_is_printed(name: str) -> None:
    letter = letter_saying(f"Dear {name}", to_name=name)
    assert name in words_of(pdf(letter))
    assert not_printed(letter) == ""


@pytest.mark.parametrize("name", ["عمران خان", "ثناء بھٹی", "अनिता शर्मा", "Nguyễn Thị Hạnh"])
def test_a_name_in_urdu_hindi_or_vietnamese_is_printed(name: str) -> None:
    letter = letter_saying(f"Dear {name}")
    assert not_printed(letter) == ""
    assert NOT_PRINTED not in words_of(pdf(letter))


def test_a_name_no_font_holds_leaves_a_mark_and_the_writer_is_told() -> None:
    letter = letter_saying("Dear 李明", to_name="李明")
    assert f"Dear {NOT_PRINTED * 2}" in words_of(pdf(letter))
    said = not_printed(letter)
    assert said.startswith("The letter cannot print 李 (U+674E) and 明 (U+660E): each appears as ")


def test_a_mark_of_an_accent_is_composed_with_its_letter() -> None:
    assert "café" in words_of(pdf(letter_saying("cafe\u0301")))


@given(st.text(max_size=80))
def test_what_is_left_of_a_text_can_all_be_printed(text: str) -> None:
    made = printable(text)
    assert all(mark == "\n" or ord(mark) in characters() for mark in made)
    assert (NOT_PRINTED in made) == bool(unprintable(text) or NOT_PRINTED in text)


# --- the letter itself --------------------------------------------------------------------------


def test_a_landlord_without_address_or_telephone_still_writes() -> None:
    letter = replace(acknowledgement(), sender=Sender("The council"), to_name="", to_address=(), reference="")
    assert "The council" in words_of(pdf(letter))
    assert "The council" in words_of(pdf(letter, is_large=True))


def test_an_empty_letter_is_still_a_page_with_a_title() -> None:
    letter = replace(acknowledgement(), blocks=(), subject=" ", title="")
    assert PdfReader(io.BytesIO(pdf(letter))).metadata.title == "Letter"


def test_an_address_typed_on_one_line_goes_on_several() -> None:
    letter = replace(acknowledgement(), to_address=("14 Westcliff Gardens, Southend-on-Sea, SS0 7QL",))
    assert to_lines(letter) == ["Mrs Grace Okafor", "14 Westcliff Gardens", "Southend-on-Sea", "SS0 7QL"]


def test_the_closing_stays_together_on_one_page() -> None:
    closing = acknowledgement().blocks[-2:]
    for lines in range(18, 34):
        body = Block("paragraph", "\n".join(["A line."] * lines))
        letter = replace(acknowledgement(), blocks=(body, *closing))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(letter))).pages]
        assert any("Yours sincerely" in page and "Complaints officer" in page for page in pages)


def test_the_closing_never_stands_alone_on_a_page() -> None:
    closing = acknowledgement().blocks[-2:]
    for lines in range(18, 34):
        body = Block("paragraph", "\n".join(["A line."] * lines)), Block("paragraph", "Please call me if you wish.")
        letter = replace(acknowledgement(), blocks=(*body, *closing))
        last = PdfReader(io.BytesIO(pdf(letter))).pages[-1].extract_text()
        assert "Please call me if you wish." in last


def test_an_address_is_not_broken_over_pages_and_stays_with_the_line_that_announces_it() -> None:
    address = "\n".join(["Housing Ombudsman Service", "PO Box 1484", "Unit D", "Preston", "PR2 0ET", "0300 111 3000"])
    for lines in range(14, 34):
        body = [Block("paragraph", "\n".join(["A line."] * lines)), Block("paragraph", "You can reach them at:")]
        letter = replace(acknowledgement(), blocks=(*body, Block("paragraph", address)))
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(letter))).pages]
        assert any(all(word in page for word in ("reach them at:", "PO Box 1484", "0300 111")) for page in pages)


def test_a_letter_can_be_looked_at_page_by_page() -> None:
    letter = acknowledgement()
    pages = PdfReader(io.BytesIO(pdf(letter))).pages
    shown = pictures(letter)
    assert len(shown) == len(pages)
    assert all(picture.startswith(b"\x89PNG") for picture in shown)
