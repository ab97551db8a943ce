"""The leaflet as it is printed: a tagged PDF (PDF/UA-1), plain or in large print; the same leaflet, the same bytes."""

from __future__ import annotations

from engine.fonts import Data
from engine.leaflet import Leaflet
from engine.letters import Block
from engine.typesetting import pictured, typeset

TEMPLATE = "leaflet.typ"


def pdf(made: Leaflet, *, is_large: bool = False) -> bytes:
    """The leaflet as a tagged PDF (PDF/UA-1); in large print every letter of it is 18 point."""
    return typeset(TEMPLATE, _data(made, is_large=is_large), made.day)


def pictures(made: Leaflet, *, is_large: bool = False) -> list[bytes]:
    """Its pages as pictures (PNG), to look at."""
    return pictured(TEMPLATE, _data(made, is_large=is_large), made.day)


def _data(made: Leaflet, *, is_large: bool) -> dict[str, Data]:
    sections: list[Data] = [
        {
            "heading": section.heading,
            "blocks": [_block(one) for one in section.blocks],
        }
        for section in made.sections
    ]
    return {
        "is_large": is_large,
        "title": made.title,
        "landlord": made.landlord,
        "about": made.about,
        "sections": sections,
        "foot": made.foot,
    }


def _block(one: Block) -> Data:
    """A block as the template reads it: an address stays whole."""
    return {
        "kind": one.kind, "text": one.text, "items": list(one.items), "is_whole": "\n" in one.text, "with_next": False,
    }  # fmt: skip
