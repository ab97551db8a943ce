"""What is done with a letter before it goes, each with its line in the record: written, asked about, approved, sent
back, thrown away.

The record is kept for ever and what a letter says is not: it has the step, the numbers of the draft before and after,
and the names of the answers that changed, never their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from engine.case_files import CaseFile
from engine.store import acts, drafts
from engine.store.case_rows import By
from engine.store.database import Transaction
from engine.store.drafts import DraftRow
from web import current


def save(file: CaseFile, step: str, answers: Mapping[str, Any], day: date, seen: int | None) -> None:
    """Keep a letter as far as it is written. Raises DraftChanged where somebody else was quicker."""
    assert file.row is not None
    with current.database().writing() as tx:
        was = drafts.draft_of(tx, file.row.id, step)
        by = By(current.person().id, current.person().name)
        now = drafts.put_draft(tx, file.row.id, step, answers=answers, day=day, writer=by, now=current.now(), seen=seen)
        if was is None or was.number != now.number:
            changed = _changed(was, now)
            _record(tx, file.reference, "saved_letter", step, was=was and was.number, now=now.number, changed=changed)


def ask(file: CaseFile, draft: DraftRow, number: int, role: str) -> bool:
    """Ask somebody with that role to approve it as it was read; False where it has changed or gone."""
    with current.database().writing() as tx:
        is_asked = draft.number == number and drafts.ask(tx, draft.id, role=role, now=current.now())
        if is_asked:
            _record(tx, file.reference, "asked_letter_approval", draft.step, was=draft.status, now=drafts.ASKED,
                    role=role, number=number)  # fmt: skip
    return is_asked


def approve(file: CaseFile, draft: DraftRow, number: int) -> bool:
    """Approve it as it was read; False where it has changed or gone."""
    by = By(current.person().id, current.person().name)
    with current.database().writing() as tx:
        is_approved = drafts.approve(tx, draft.id, by=by, number=number, now=current.now())
        if is_approved:
            _record(tx, file.reference, "approved_letter", draft.step, was=draft.status, now=drafts.APPROVED,
                    number=number, written_by=draft.writer_name)  # fmt: skip
    return is_approved


def send_back(file: CaseFile, draft: DraftRow, number: int, said: str) -> bool:
    """Send it back to whoever wrote it; False where it has changed or gone."""
    by = By(current.person().id, current.person().name)
    with current.database().writing() as tx:
        is_back = drafts.send_back(tx, draft.id, by=by, number=number, said=said)
        if is_back:
            _record(tx, file.reference, "sent_back_letter", draft.step, was=draft.status, now=drafts.DRAFT,
                    number=number, written_by=draft.writer_name)  # fmt: skip
    return is_back


def discard(file: CaseFile, draft: DraftRow) -> None:
    """Throw away what is written and has not gone."""
    with current.database().writing() as tx:
        if drafts.remove(tx, draft.case_id, draft.step):
            _record(tx, file.reference, "discarded_letter", draft.step, was=draft.number, now=None)


def _changed(was: DraftRow | None, now: DraftRow) -> list[str]:
    """The names of the answers that are others now, the letter's date and its writer among them."""
    before = was.answers if was else {}
    names = sorted(key for key in {**before, **now.answers} if before.get(key) != now.answers.get(key))
    return [*names, *(["day"] if was and was.day != now.day else []),
            *(["writer"] if was and was.writer != now.writer else [])]  # fmt: skip


def _record(tx: Transaction, reference: str, what: str, step: str, **said: object) -> None:
    detail = {"step": step, **said}
    acts.record_act(tx, current.person_id(), what=what, about=f"case {reference}", now=current.now(), detail=detail)
