"""Which facts the pages of a case know and offer: letters no diagram waits for, the day an answer arrived, and others.

`engine.facts` says what makes sense; here it is only asked, and a letter that has gone is not offered again.
"""

from __future__ import annotations

from engine import facts
from engine.case_files import CaseFile
from engine.events import APOLOGY_SENT, CONTACTS
from engine.policy import bare
from engine.refusals import Refused
from engine.replay import Rulebook
from web import current


def is_fact(book: Rulebook, name: str) -> bool:
    """Whether it is a fact that no diagram waits for, with a stage where it needs one and none where it does not."""
    try:
        facts.definition_of(book, name)
    except Refused:
        return False
    return True


def why_not(file: CaseFile, name: str) -> str:
    """Why the fact cannot be recorded today, in a sentence; empty where it can."""
    return facts.why_not(file, name, current.today())


def letters_wanted(file: CaseFile) -> list[str]:
    """The letters no diagram waits for that the case wants now: not those that have gone, but for another apology."""
    return [name for name in facts.facts_offered(file) if _is_letter(file, name) and _is_wanted(file, name)]


def _is_letter(file: CaseFile, name: str) -> bool:
    return file.book is not None and bool(file.book.workflows.facts[bare(name)].letter)


def _is_wanted(file: CaseFile, name: str) -> bool:
    return bare(name) == APOLOGY_SENT or (name in CONTACTS and not file.has_happened(name))
