"""The letters of a case that are being written, for its page: whose each is, how far it has come, and what is over.

One whose step is over waits for nobody; it stays for whoever wrote it, to read or to throw away.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for

from engine import casework
from engine.case_files import CaseFile
from engine.rights import Person
from engine.store import drafts
from engine.store.drafts import DraftRow
from web import case_rights, current, event_words, letter_checking, letter_steps, names, wording


@dataclass(frozen=True)
class BegunLine:
    """A letter that is being written: what it is, where it is, and how far it has come."""

    title: str
    href: str
    says: str


def lines(file: CaseFile, who: Person) -> list[BegunLine]:
    """The letters begun in a case that somebody who works on it may read, the oldest first."""
    if file.row is None or file.book is None or not case_rights.may_act(who, file):
        return []
    with current.database().reading() as tx:
        begun = drafts.of_case(tx, file.row.id)
    return [line for one in begun if (line := _line(file, one, who))]


def _line(file: CaseFile, draft: DraftRow, who: Person) -> BegunLine | None:
    book, step = file.book_or_refuse(), letter_steps.step_of(file, draft.step)
    is_possible, is_own = casework.is_possible(file, draft.step), draft.writer == who.id
    if step is None or not letter_checking.may_read(file, step, draft, who) or not (is_possible or is_own):
        return None
    title = event_words.task_title(book, step.key) if step.is_task else names.happening(book, step.key)
    saved = f"{'you' if is_own else draft.writer_name} saved it on {wording.moment(draft.saved)}"
    href = url_for("letters.page", reference=file.reference, step=step.key)
    return BegunLine(title, href, f"{saved}; {_how_far(file, draft) if is_possible else OVER}")


OVER = "it can no longer go, for the case has moved on. Read it, or throw it away"


def _how_far(file: CaseFile, draft: DraftRow) -> str:
    if draft.status == drafts.APPROVED:
        return f"{draft.approver_name} approved it, and it has not gone"
    if draft.status == drafts.ASKED:
        return f"it waits for approval: {names.role(file.book_or_refuse().version, draft.approval_role)}"
    return "it has not gone"
