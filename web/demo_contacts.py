"""How to reach the landlords of the demonstration whose own pages do not say: details that are plainly made up.

`policies/contacts.yaml` holds what the landlords publish, and an office enters its own there. The numbers are of the
range kept for stories (01632 960), the addresses end in `.example`: neither reaches anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from engine.dated_data import Contact
from engine.library import Library

MADE_UP = "Made up for the demonstration"
ADDRESS = ("1 Example Street (made up)", "Madeup Town", "ZZ1 1AA")
TELEPHONE = "01632 960 {:03}"
FIRST = 101


def library(shelf: Library) -> Library:
    """The library, with made-up details for each landlord whom nobody could reach by what it says."""
    unreachable = [one for one in sorted(_landlords(shelf)) if not all(map(_is_reachable, shelf.contacts[one]))]
    made_up = {
        key: tuple(_made_up(one, FIRST + place) for one in shelf.contacts[key]) for place, key in enumerate(unreachable)
    }
    return replace(shelf, contacts={**shelf.contacts, **made_up})


def _landlords(shelf: Library) -> Iterable[str]:
    return {version.policy for version in shelf.versions.values()} & shelf.contacts.keys()


def _is_reachable(contact: Contact) -> bool:
    return bool(contact.telephone or contact.email or contact.address)


def _made_up(contact: Contact, number: int) -> Contact:
    """The contact with what it lacks."""
    if _is_reachable(contact):
        return contact
    return replace(
        contact,
        address=ADDRESS,
        telephone=TELEPHONE.format(number),
        email=f"complaints@{contact.key}.example",
        source=MADE_UP,
        reading=MADE_UP,
    )
