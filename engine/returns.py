"""What becomes of a case when its letter came back, went out a day late, or was decided about by a person.

The letter is the event: where it did not go, the event is struck by a correction and its task opens again; where it
was handed over on a later day than recorded, it happened on that day, and a late letter is late (law 7).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from engine import case_files, case_saving, corrections, notices
from engine.case_files import OVER_BUDGET, CaseFile
from engine.events import CaseEvent, local_day
from engine.mail import LETTER
from engine.office import Office
from engine.process import OverBudget
from engine.record import standing_events
from engine.refusals import BadAnswers, Refused
from engine.rights import THE_CLOCK, Person
from engine.store import acts, outbox
from engine.store import cases as stored
from engine.store.case_rows import By
from engine.store.database import Transaction
from engine.store.outbox import OutboxRow
from engine.wordings import day_in_words
from engine.working_days import OutsideCalendar

TRIES = 4
STRUCK_OUT = "The step it belongs to was struck out meanwhile. Write to the resident again, in the task that is open."

Mark = Callable[[Transaction, str], bool]
"""Says of an item, in a transaction, what became of it, with what was said; False where that is settled already."""


def returned(office: Office, row: OutboxRow, reason: str, now: datetime, mark: Mark | None = None) -> bool:
    """A letter was refused or came back: its event is struck, so that its task opens again, and the writer is told.

    `reason` is a sentence without personal data. `mark` fails the item; by default one that was sent. False where it
    was dealt with already. A case that does not allow it any more stays, and a person is shown why.
    """

    def fail(tx: Transaction, said: str) -> bool:
        return (mark or _came_back(row, now))(tx, said)

    def act(tx: Transaction) -> bool:
        if row.kind != LETTER or row.case_id is None:
            return fail(tx, reason)
        file = _file(tx, office, row.case_id, now)
        why = f"The e-mail to the resident came back: {reason}"
        why_not = _corrected(tx, office, file, row, THE_CLOCK, None, why, now)
        if not fail(tx, f"{reason} {why_not}".strip()):
            raise _Settled
        _tell(tx, row, file.reference, file.record, notices.RETURNED, now)
        return True

    return _until_it_fits(office, act)


def gone(office: Office, row: OutboxRow, said: str, handed_over: datetime, now: datetime) -> bool:
    """A letter was taken: it is sent. Where that was on a later day than its event, the event moves there.

    Where the case does not allow that any more, a person is shown why. False where it is no longer the worker's.
    """

    def act(tx: Transaction) -> bool:
        why_not = handed_over_late(tx, office, row, handed_over, now) if row.kind == LETTER else ""
        status = outbox.FAILED if why_not else outbox.SENT
        words = f"It was sent on {day_in_words(local_day(handed_over))}. {why_not}" if why_not else said
        if not outbox.finish(tx, row.id, attempts=row.attempts, status=status, now=now, said=words):
            raise _Settled
        return True

    return _until_it_fits(office, act)


def decided(office: Office, item_id: int, *, status: str, who: Person, now: datetime, said: str) -> bool:
    """A person decides about a letter that may have gone, failed, or still waits: it was sent, it is to be sent again
    (`waiting`), or it did not go and will not (`cancelled`: its event is struck, by that person).

    False where there is nothing to decide any more. Raises Refused where the case does not allow it.
    """

    def act(tx: Transaction) -> bool:
        row = outbox.one(tx, item_id)
        if row is None or not outbox.decide(tx, item_id, status=status, now=now, said=said):
            return False
        if row.kind != LETTER or row.case_id is None:
            return True
        _record(tx, row, row.case_id, status, who, now)
        why_not = ""
        if status == outbox.SENT:
            why_not = handed_over_late(tx, office, row, row.sent_at or row.changed, now, who)
        elif status == outbox.WAITING:
            why_not = "" if still_stands(tx, row) else STRUCK_OUT
        elif status == outbox.CANCELLED:
            file = _file(tx, office, row.case_id, now)
            why_not = _corrected(tx, office, file, row, who, None, f"The e-mail did not go: {said}", now)
        if why_not:
            raise Refused(why_not)
        return True

    return _until_it_fits(office, act)


def _record(tx: Transaction, row: OutboxRow, case_id: int, status: str, who: Person, now: datetime) -> None:
    """Record what somebody decided about a letter."""
    case = stored.load_case(tx, case_id)
    about = f"case {case.reference}" if case else f"letter {row.id}"
    said = {"event": row.event_number, "was": row.status, "now": status}
    acts.record_act(tx, int(who.id), what="decided_letter", about=about, now=now, detail=said)


def handed_over_late(
    tx: Transaction, office: Office, row: OutboxRow, handed_over: datetime, now: datetime, who: Person = THE_CLOCK
) -> str:
    """Move a letter's event to when it was handed over, where that is on a later local day. Why not, in a sentence,
    where it should be moved and cannot be; otherwise nothing."""
    if row.case_id is None or row.event_number is None:
        return ""
    event = _standing(tx, row)
    if event is None:
        return STRUCK_OUT
    if local_day(handed_over) <= event.day:
        return ""  # as nearly always: the case itself was not even opened
    file = _file(tx, office, row.case_id, now)
    why = f"The e-mail was handed over on {day_in_words(local_day(handed_over))}."
    return _corrected(tx, office, file, row, who, handed_over, why, now)


def tell_it_waits(tx: Transaction, row: OutboxRow, now: datetime) -> None:
    """Tell whoever wrote a letter that it has not gone for a day; once, however often it is tried."""
    case = stored.load_case(tx, row.case_id) if row.case_id is not None else None
    if case is not None:
        _tell(tx, row, case.reference, case_files.record_of(tx, case), notices.WAITS, now)


def still_stands(tx: Transaction, row: OutboxRow) -> bool:
    """Whether the event a letter belongs to was not struck out since the letter was written."""
    if row.case_id is None or row.event_number is None:
        return True
    return _standing(tx, row) is not None


class _Settled(Exception):
    """Another worker or a person dealt with it: this transaction is taken back."""


def _standing(tx: Transaction, row: OutboxRow) -> CaseEvent | None:
    """The event a letter belongs to, as it stands; None where it was struck out."""
    case = stored.load_case(tx, row.case_id) if row.case_id is not None else None
    return _event(standing_events(case_files.record_of(tx, case)), row) if case else None


def _file(tx: Transaction, office: Office, case_id: int, now: datetime) -> CaseFile:
    case = stored.load_case(tx, case_id)
    assert case is not None  # the outbox refers to it
    return case_files.opened(office, case, case_files.record_of(tx, case), now)


def _tell(
    tx: Transaction, row: OutboxRow, reference: str, record: Iterable[CaseEvent], what: str, now: datetime
) -> None:
    event = _event(record, row)
    item = notices.about_letter(what, reference, event) if event else None
    if item:
        outbox.put_out(tx, row.case_id, items=[item], now=now)


def _event(events: Iterable[CaseEvent], row: OutboxRow) -> CaseEvent | None:
    return next((one for one in events if one.number == row.event_number), None)


def _corrected(
    tx: Transaction,
    office: Office,
    file: CaseFile,
    row: OutboxRow,
    who: Person,
    happened: datetime | None,
    why: str,
    now: datetime,
) -> str:
    """Correct a letter's event, or strike it out (`happened` None); why not, where the case does not allow it."""
    if file.hold == OVER_BUDGET:
        return "The case is on hold, so its record was left as it is."
    if happened is None and _event(file.events, row) is None:
        return ""  # somebody struck it out already
    try:
        plan = corrections.correct(office, file, row.event_number or 0, who, happened=happened, reason=why, now=now)
    except BadAnswers as wrong:
        return f"The record could not be corrected: {' '.join(wrong.errors.values())}"
    except (Refused, OverBudget, OutsideCalendar) as refused:
        return f"The record could not be corrected: {refused}"
    case_saving.saved(tx, office, plan, By(who.id, who.name), now)
    return ""


def _came_back(row: OutboxRow, now: datetime) -> Mark:
    return lambda tx, said: outbox.came_back(tx, row.id, now=now, said=said)


def _until_it_fits(office: Office, act: Callable[[Transaction], bool]) -> bool:
    """In one transaction, again where somebody else changed the case meanwhile."""
    for _ in range(TRIES - 1):
        try:
            return _once(office, act)
        except stored.CaseChanged:
            continue
    return _once(office, act)


def _once(office: Office, act: Callable[[Transaction], bool]) -> bool:
    try:
        with office.database.writing() as tx:
            return act(tx)
    except _Settled:
        return False
