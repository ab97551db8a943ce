"""Letters being written: kept until they are sent, and approved by somebody else where the version asks for it.

draft -> asked -> approved; any change, and sending it back, makes it a draft again
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select, update

from engine.store.case_rows import By
from engine.store.database import Transaction
from engine.store.groups import cases_of
from engine.store.schema import complaint_case, letter_draft

DRAFT = "draft"
ASKED = "asked"
APPROVED = "approved"


class DraftChanged(Exception):
    """Someone else changed the draft since it was read; `by` is their name, `at` when (UTC)."""

    def __init__(self, by: str, at: datetime) -> None:
        super().__init__(f"The letter was changed by {by} at {at:%Y-%m-%d %H:%M} UTC.")
        self.by = by
        self.at = at


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A letter being written for a step of a case. `answers` are those of its form, dates as ISO text; `day` is the
    letter's date. `number` counts its changes. `approval_role` is empty until approval is asked for.
    `sent_back` is what was said by who was asked and sent it back, a line each time; it stays until it has gone."""

    id: int
    case_id: int
    step: str
    answers: Mapping[str, Any]
    day: date
    writer: str
    writer_name: str
    saved: datetime
    status: str
    approval_role: str
    asked_at: datetime | None
    approver: str
    approver_name: str
    approved_at: datetime | None
    number: int
    sent_back: str


@dataclass(frozen=True, slots=True)
class WaitingDraft:
    """A draft that waits for somebody, with the reference of its case."""

    draft: DraftRow
    reference: str


_COLUMNS = tuple(letter_draft.c[field.name] for field in fields(DraftRow))
_SELECT = select(*_COLUMNS)
# The case before its draft, as in a step: two who write at once come one after the other.
_LOCK = (
    select(complaint_case.c.changed_by_name, complaint_case.c.changed_at)
    .where(complaint_case.c.id == bindparam("case"))
    .with_for_update()
)
_NOT_ASKED = {
    "status": DRAFT,
    "approval_role": "",
    "asked_at": None,
    "approver": "",
    "approver_name": "",
    "approved_at": None,
}


def put_draft(
    tx: Transaction,
    case_id: int,
    step: str,
    *,
    answers: Mapping[str, Any],
    day: date,
    writer: By,
    now: datetime,
    seen: int | None = None,
) -> DraftRow:
    """Keep a letter as far as it is written. A changed one must be approved anew; the same once more changes nothing.

    A draft counts as changed when its answers, its date or its writer are others. `seen` is the number of the draft
    the writer had before them (0: none); DraftChanged is raised where it was changed or sent since. None asks nothing.
    """
    case = tx.execute(_LOCK, {"case": case_id}).one()
    kept = draft_of(tx, case_id, step)
    kept_answers = orjson.loads(orjson.dumps(dict(answers)))
    if kept and (kept.answers, kept.day, kept.writer) == (kept_answers, day, writer.person_id):
        return kept
    if seen is not None and seen != (kept.number if kept else 0):
        raise DraftChanged(*((kept.writer_name, kept.saved) if kept else (case.changed_by_name, case.changed_at)))
    values = _NOT_ASKED | {
        "answers": kept_answers,
        "day": day,
        "writer": writer.person_id,
        "writer_name": writer.name,
        "saved": now,
        "number": kept.number + 1 if kept else 1,
    }
    if kept:
        written = tx.execute(
            update(letter_draft).where(letter_draft.c.id == kept.id).values(values).returning(*_COLUMNS)
        )
    else:
        new = values | {"case_id": case_id, "step": step, "sent_back": ""}
        written = tx.execute(insert(letter_draft).values(new).returning(*_COLUMNS))
    return DraftRow(*written.one())


def draft_of(tx: Transaction, case_id: int, step: str) -> DraftRow | None:
    """What is written so far for a step of a case, or None."""
    row = tx.execute(_SELECT.where(letter_draft.c.case_id == case_id, letter_draft.c.step == step)).one_or_none()
    return None if row is None else DraftRow(*row)


def of_case(tx: Transaction, case_id: int) -> list[DraftRow]:
    """The letters being written in a case, oldest first."""
    rows = tx.execute(_SELECT.where(letter_draft.c.case_id == case_id).order_by(letter_draft.c.id))
    return [DraftRow(*row) for row in rows]


def ask(tx: Transaction, draft_id: int, *, role: str, now: datetime) -> bool:
    """Ask somebody with that role to approve the draft as it is now; False where it is gone or approved already."""
    open_to_it = and_(letter_draft.c.id == draft_id, letter_draft.c.status.in_((DRAFT, ASKED)))
    return _change(tx, open_to_it, {"status": ASKED, "approval_role": role, "asked_at": now})


def ask_no_longer(tx: Transaction, draft_id: int) -> bool:
    """Let nobody be asked any more to approve a letter that can no longer go; what is written stays."""
    return _change(tx, and_(letter_draft.c.id == draft_id, letter_draft.c.status == ASKED), _NOT_ASKED)


def approve(tx: Transaction, draft_id: int, *, by: By, number: int, now: datetime) -> bool:
    """Approve the draft as it was read: its `number`. Whether `by` holds the role is for the caller to know.

    False where it has changed or gone, nobody asked, or `by` wrote it: who writes does not approve.
    """
    approval = {"status": APPROVED, "approver": by.person_id, "approver_name": by.name, "approved_at": now}
    return _change(tx, _as_read(draft_id, by, number), approval)


def send_back(tx: Transaction, draft_id: int, *, by: By, number: int, said: str) -> bool:
    """Send the draft back as it was read, its `number`, to whoever wrote it, with what is said of it in a sentence.

    False where it has changed or gone, nobody asks, or `by` wrote it.
    """
    said_so_far = letter_draft.c.sent_back + f"{said}\n"
    return _change(tx, _as_read(draft_id, by, number), _NOT_ASKED | {"sent_back": said_so_far})


def remove(tx: Transaction, case_id: int, step: str) -> bool:
    """Drop what was written for a step, as once it is sent; False where there was nothing."""
    gone = delete(letter_draft).where(letter_draft.c.case_id == case_id, letter_draft.c.step == step)
    return tx.execute(gone).rowcount == 1


def waiting_for(tx: Transaction, keys: Collection[str], *, limit: int = 100) -> list[WaitingDraft]:
    """The drafts that wait for approval by who has these inbox keys (`policy:role:area`, `policy:role`), oldest first.

    The person's own are among them: they may see that these wait, but not approve them.
    """
    asked = (
        select(*_COLUMNS, complaint_case.c.reference)
        .join_from(letter_draft, complaint_case, complaint_case.c.id == letter_draft.c.case_id)
        .where(letter_draft.c.status == ASKED, cases_of(keys, role=letter_draft.c.approval_role))
        .order_by(letter_draft.c.asked_at, letter_draft.c.id)
        .limit(limit)
    )
    return [WaitingDraft(DraftRow(*row[:-1]), row[-1]) for row in tx.execute(asked)]


def sent_back_to(tx: Transaction, person_id: str, *, limit: int = 100) -> list[WaitingDraft]:
    """The drafts of a writer that were sent back and not asked about since, oldest first."""
    found = (
        select(*_COLUMNS, complaint_case.c.reference)
        .join_from(letter_draft, complaint_case, complaint_case.c.id == letter_draft.c.case_id)
        .where(letter_draft.c.status == DRAFT, letter_draft.c.writer == person_id, letter_draft.c.sent_back != "")
        .order_by(letter_draft.c.id)
        .limit(limit)
    )
    return [WaitingDraft(DraftRow(*row[:-1]), row[-1]) for row in tx.execute(found)]


def _as_read(draft_id: int, by: By, number: int) -> ColumnElement[bool]:
    """The draft, while it is as somebody else than its writer read it, and waits for approval."""
    return and_(
        letter_draft.c.id == draft_id,
        letter_draft.c.number == number,
        letter_draft.c.status == ASKED,
        letter_draft.c.writer != by.person_id,
    )


def _change(tx: Transaction, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    return tx.execute(update(letter_draft).where(which).values(dict(values))).rowcount == 1
