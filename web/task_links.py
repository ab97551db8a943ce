"""Where a row of the inbox is worked: a task on its own page, what is owed on the page of the fact that ends it."""

from __future__ import annotations

from flask import url_for

from engine.events import (
    CONTACT_MADE,
    FOLLOW_UP_CALL_MADE,
    INFORMATION_ASKED,
    INFORMATION_RECEIVED,
    UPDATE_GIVEN,
)
from engine.owed import PREFIX

#: the facts that have a page of their own among the contacts (`web.contacts`)
CONTACTS = (CONTACT_MADE, INFORMATION_ASKED, INFORMATION_RECEIVED, UPDATE_GIVEN, FOLLOW_UP_CALL_MADE)
WHY_OWED = {
    INFORMATION_ASKED: "It was asked for and has not come",
    UPDATE_GIVEN: "The resident was told when to expect it",
    FOLLOW_UP_CALL_MADE: "The resident would like us to ring",
}
A_LETTER = "The resident has not been written to yet"


def is_owed(key: str) -> bool:
    """Whether it is something owed (`engine.owed`), and not a task of the diagram."""
    return key.startswith(PREFIX)


def why_owed(key: str) -> str:
    """Why it is owed, in a few words."""
    return WHY_OWED.get(_name(key), A_LETTER)


def address(reference: str, key: str) -> str:
    """The address of the page on which it is done."""
    if not is_owed(key):
        return url_for("tasks.page", reference=reference, task_key=key)
    name = _name(key)
    if name == INFORMATION_ASKED:
        about = key.rpartition(".")[2]
        return url_for("contacts.page", reference=reference, fact=INFORMATION_RECEIVED, about=about)
    endpoint, part = ("contacts.page", "fact") if name in CONTACTS else ("happenings.page", "name")
    return url_for(endpoint, reference=reference, **{part: name})


def _name(key: str) -> str:
    return key.removeprefix(PREFIX).partition(".")[0]
