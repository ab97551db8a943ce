"""The file of letters: read without ever failing, and the line of every field known however its text is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.letter_files import letters_path, read_letters, readable_letters
from engine.problems import only_problems

ROOT = Path(__file__).resolve().parents[2]
FILE = "policies/p/v.letters.yaml"
LETTER = """policy: p
version: v
letters:
  response:
    title: Answer
    subject: "Our answer"
    approved_by: service_director
    parts:
      body:
        must: the decision
        optional: true
        cites: [code 6.9]
        text: {text}
"""

STYLES = [
    ("|\n          one ((a))\n\n          ((b??two\n          ((c))))", (14, 16, 17)),
    ("|-  # kept\n\n          ((a))", (15,)),
    (">\n          one ((a)) is\n          folded ((b))\n\n          ((c))", (14, 15, 17)),
    ('"one ((a))\n          ((b))"', (13, 14)),
    ("'((a)) ((b))\n\n          ((c))'", (13, 13, 15)),
    ("plain ((a))\n          and ((b))", (13, 14)),
    ("(((a))) and ((b))", (13, 13)),
]


@pytest.mark.parametrize(("text", "lines"), STYLES, ids=[text[:2].strip() or "x" for text, _ in STYLES])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\n\n"])
def test_every_field_is_known_by_its_line_however_its_text_is_written(
    text: str, lines: tuple[int, ...], ends: str
) -> None:
    written = LETTER.format(text=text)
    if ends == "\n\n":
        written, lines = f"# above\n\n{written}", tuple(line + 2 for line in lines)
    letters, problems = read_letters(written.replace("\n", ends if ends != "\n\n" else "\n").encode(), FILE)
    assert problems == []
    assert letters is not None
    [part] = letters.templates["response"].parts
    assert part.places == lines


def test_a_letter_is_read_with_all_it_says() -> None:
    letters, _ = read_letters(LETTER.format(text="We decided ((decision)).").encode(), FILE)
    assert letters is not None
    assert (letters.policy, letters.version) == ("p", "v")
    template = letters.templates["response"]
    assert (template.title, template.subject, template.approved_by) == ("Answer", "Our answer", "service_director")
    assert (template.file, template.line, template.lines["subject"]) == (FILE, 4, 6)
    [part] = template.parts
    assert (part.name, part.must, part.is_optional, part.cites) == ("body", "the decision", True, ("code 6.9",))
    assert (part.text, part.line, part.cites_line) == ("We decided ((decision)).", 9, 12)


def test_parts_stand_in_the_order_of_the_file() -> None:
    text = LETTER.format(text="x").replace(
        "      body:", "      closing: Yours\n      address: ((address))\n      body:"
    )
    letters, _ = readable_letters(text.encode(), FILE)
    assert letters is not None
    assert [part.name for part in letters.templates["response"].parts] == ["closing", "address", "body"]


def test_letters_stand_beside_their_version() -> None:
    assert letters_path("policies/p/two-stage.yaml") == "policies/p/two-stage.letters.yaml"


@given(text=st.text(max_size=200) | st.lists(st.sampled_from(LETTER.split("\n")), max_size=20).map("\n".join))
def test_no_file_ever_fails_to_be_told_about(text: str) -> None:
    letters, problems = readable_letters(text.encode("utf-8", "replace"), FILE)
    assert letters is not None or only_problems(problems)


@given(cut=st.integers(0, 400), put=st.sampled_from(["((", "))", ":", "\n", " ", "[", "'", "- ", "\t"]))
def test_a_slip_anywhere_in_a_file_never_fails(cut: int, put: str) -> None:
    whole = LETTER.format(text="|\n          one ((a))")
    readable_letters((whole[:cut] + put + whole[cut:]).encode(), FILE)


@pytest.mark.parametrize("path", sorted(ROOT.glob("policies/*/*.letters.yaml")), ids=lambda path: path.parent.name)
def test_every_shipped_file_of_letters_reads(path: Path) -> None:
    letters, problems = read_letters(path.read_bytes(), path.relative_to(ROOT).as_posix())
    assert problems == []
    assert letters is not None
    for template in letters.templates.values():
        for part in template.parts:
            source = path.read_text().split("\n")
            assert all("((" in source[line - 1] for line in part.places)
