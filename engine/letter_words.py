"""A letter as plain text: the body of an e-mail, and what somebody who wants no PDF is given."""

from __future__ import annotations

import textwrap

from engine.letters import Letter
from engine.wordings import day_in_words

WIDTH = 72  # characters a line: what mail programs show without breaking a line themselves (RFC 5322 asks at most 78)


def plain_text(letter: Letter) -> str:
    """The letter in plain text: its subject, date and reference, then every block, then how to reach the landlord."""
    head = [day_in_words(letter.day), *([f"Our reference: {letter.reference}"] if letter.reference else [])]
    pieces = [letter.subject, "\n".join(head)] if letter.subject else ["\n".join(head)]
    for block in letter.blocks:
        if block.kind == "heading":
            pieces.append(_underlined(block.text))
        elif block.kind == "bullets":
            pieces.append("\n".join(_bullet(item) for item in block.items))
        else:
            pieces.append(_wrapped(block.text))
    pieces.append("\n".join(_sender(letter)))
    return "\n\n".join(piece for piece in pieces if piece.strip()) + "\n"


def _sender(letter: Letter) -> list[str]:
    sender = letter.sender
    address = ", ".join(line for line in sender.address if line.strip() and line.strip() != sender.name.strip())
    telephone = f"Telephone {sender.telephone}" if sender.telephone else ""
    said = [line for line in (sender.name, address, telephone, sender.email, sender.website) if line]
    return ["-- ", *(line for one in said for line in _wrapped(one).split("\n"))] if said else []


def _underlined(text: str) -> str:
    lines = _wrapped(text).split("\n")
    return "\n".join([*lines, "-" * max(map(len, lines))])


def _bullet(item: str) -> str:
    first, *rest = _wrapped(item, room=WIDTH - 2).split("\n")
    return "\n".join([f"* {first}", *(f"  {line}" for line in rest)])


def _wrapped(text: str, room: int = WIDTH) -> str:
    """Each line of the text broken between words; a long address of a page is never broken, so that it still works."""
    lines = (
        textwrap.wrap(line, room, break_long_words=False, break_on_hyphens=False) or [""] for line in text.split("\n")
    )
    return "\n".join(line for some in lines for line in some)
