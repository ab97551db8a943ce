"""A letter as it is printed, posted and attached: a tagged PDF (PDF/UA-1), plain or in large print.

The same letter gives the same bytes in every process and on every day, so its SHA-256 is evidence of what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.fonts import NOT_PRINTED, Data, printable, unprintable
from engine.letters import Block, Letter
from engine.typesetting import pictured, typeset
from engine.wordings import day_in_words, listed

TEMPLATE = "letter.typ"
MOST_KEPT = 700  # characters of a paragraph that is moved whole rather than broken
MOST_LINES = 14  # lines of an address that stay together
MOST_IN_CLOSING = 600  # characters that are kept together from "Yours sincerely" on


def pdf(letter: Letter, *, is_large: bool = False) -> bytes:
    """The letter as a tagged PDF; in large print every letter of it is 18 point."""
    return typeset(TEMPLATE, _data(letter, is_large=is_large), letter.day)


def pictures(letter: Letter, *, is_large: bool = False) -> list[bytes]:
    """Its pages as pictures (PNG), to look at."""
    return pictured(TEMPLATE, _data(letter, is_large=is_large), letter.day)


def not_printed(letter: Letter) -> str:
    """A sentence for whoever writes the letter, naming the characters that no font of ours can print; else empty."""
    marks = list(dict.fromkeys(mark for text in _texts(letter) for mark in unprintable(text)))
    if not marks:
        return ""
    some = listed([f"{mark} (U+{ord(mark):04X})" for mark in marks[:12]])
    more = f" and {len(marks) - 12} more" if len(marks) > 12 else ""
    return (
        f"The letter cannot print {some}{more}: each appears as {NOT_PRINTED}. "
        "Write a name in letters that can be printed, and send a text in another script as a translation of its own."
    )


def _blocks(blocks: tuple[Block, ...], *, is_followed: bool = False) -> list[Data]:
    """Blocks as the template reads them: an address or another short run of lines stays whole, and what ends in a colon
    stays with what it announces; where a closing follows, so does the last paragraph with it."""
    told: list[Data] = []
    for place, one in enumerate(blocks, 1):
        is_short = len(one.text) <= MOST_KEPT
        is_last = place == len(blocks)
        told.append(
            {
                "kind": one.kind,
                "text": one.text,
                "items": list(one.items),
                "is_whole": is_short and 2 <= one.text.count("\n") <= MOST_LINES,
                "with_next": is_short and (is_followed if is_last else one.text.rstrip().endswith(":")),
            }
        )
    return told


def to_lines(letter: Letter) -> list[str]:
    """The resident's name and address, a line each, as the window of an envelope shows them."""
    given = [line.strip(" ,") for text in (letter.to_name, *letter.to_address) for line in text.split("\n")]
    lines = [line for line in given if line]
    if len(lines) == 2 and lines[1].count(",") in (1, 2, 3, 4):  # an address typed on one line
        return [lines[0], *(part.strip() for part in lines[1].split(","))]
    return lines


def _data(letter: Letter, *, is_large: bool) -> dict[str, Data]:
    sender = letter.sender
    address = [line for line in sender.address if line.strip() and line.strip() != sender.name.strip()]
    ways = [f"Telephone {sender.telephone}" if sender.telephone else "", sender.email, sender.website]
    blocks = tuple(block for block in letter.blocks if block.kind != "heading" or _is_seen(block.text))
    closing = _closing(blocks)
    body = blocks[: len(blocks) - len(closing)]
    return {
        "is_large": is_large,
        "subject": next((text for text in (letter.subject, letter.title) if _is_seen(text)), "Letter"),
        "date": day_in_words(letter.day),
        "reference": letter.reference,
        "sender": {"name": sender.name, "address": list[Data](address), "ways": [way for way in ways if way]},
        "to": list[Data](to_lines(letter)),
        "blocks": _blocks(body, is_followed=bool(closing)),
        "closing": _blocks(closing),
    }


def _is_seen(text: str) -> bool:
    """Whether anything of the text would show: a heading of nothing is none, and PDF/UA refuses it."""
    return any(mark.isprintable() and not mark.isspace() for mark in printable(text))


def _closing(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """What is kept together on one page at the end: from "Yours sincerely" on, where that is short."""
    for place in range(len(blocks) - 1, max(len(blocks) - 6, -1), -1):
        if blocks[place].text.startswith("Yours "):
            end = blocks[place:]
            return end if sum(len(one.text) for one in end) <= MOST_IN_CLOSING else ()
    return ()


def _texts(letter: Letter) -> Iterator[str]:
    yield from (letter.subject, letter.to_name, *letter.to_address, letter.sender.name, *letter.sender.address)
    for block in letter.blocks:
        yield from (block.text, *block.items)
