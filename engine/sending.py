"""Sending what is in the outbox: letters and notices by mail, copies into the document store, one row at a time.

A row is taken in one short transaction, sent with no transaction open, and finished in another. A worker that dies
anywhere between loses nothing and sends nothing twice: what was only taken waits again, and what may have gone goes to
a person.
"""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import case_files, complaint_copy, filing, notice_words, returns
from engine.clock import Clock
from engine.delivery import Delivery
from engine.fonts import FontsMissing
from engine.mail import ERASING, FILING, LETTER, NOTICE, Attachment, Mail, NotNow, NotOurs, Returned, Unsure
from engine.office import Office
from engine.refusals import Refused
from engine.store import acts, documents, outbox, people
from engine.store import cases as stored
from engine.store.database import StoreBusy, StoreUnavailable, Transaction
from engine.store.outbox import OutboxRow

#: how long a worker that has an item counts as alive: far longer than any server is waited for
LEASE = timedelta(minutes=10)
#: minutes before the second, third ... try; from then on the last
PAUSES = (1, 2, 5, 15, 60)
TOLD_AFTER = timedelta(hours=24)
AT_ONCE = 100
DOWN, NOT_OURS = "down", "not ours"

LOG = logging.getLogger("redress.worker")


@dataclass(frozen=True)
class Post:
    """Where things go: mail by `delivery`, copies to `documents` (a folder or any fsspec address), and `address`, under
    which people reach Redress, for the links in notices."""

    delivery: Delivery
    documents: str
    address: str = ""

    @property
    def where_documents(self) -> str:
        """Where copies go, without what is secret in an address."""
        kind, split, rest = self.documents.partition("://")
        return f"{kind}{split}{rest.rpartition('@')[2]}" if split else f"the folder {self.documents}"


class _NotToSend(Exception):
    """It cannot be sent, now or ever; the text says why."""


def send_due(office: Office, post: Post, clock: Clock, *, limit: int = AT_ONCE) -> Counter[str]:
    """Send what is due, at most so many; how many came to each status. Stops where the other side cannot be reached at
    all: the count of DOWN then says so, and the rest waits."""
    done: Counter[str] = Counter()
    with office.database.reading() as tx:
        if not outbox.is_due(tx, clock()):
            return done
    with office.database.writing() as tx:
        outbox.recover(tx, now=clock())
    try:
        while sum(done.values()) < limit and not done[DOWN]:
            row = _taken(office, clock())
            if row is None:
                break
            done[_sent(office, post, row, clock)] += 1
    finally:
        post.delivery.close()
    return done


def returned_meanwhile(office: Office, post: Post, now: datetime) -> int:
    """Ask the delivery which mails were taken and came back later, and take back their letters; how many."""
    try:
        came_back = list(post.delivery.came_back())
    except NotNow as problem:
        LOG.warning("%s", problem)
        return 0
    count = 0
    for key, reason in came_back:
        with office.database.reading() as tx:
            row = outbox.by_key(tx, key)
        if row is not None and row.status in (outbox.SENT, outbox.UNSURE):
            count += returns.returned(office, row, reason, now)
    return count


def letter(row: OutboxRow, content: bytes | None) -> Mail:
    """The mail of a letter's row. Raises KeyError where the row does not have what a letter needs."""
    said = row.payload
    with_it = () if content is None else (Attachment(str(said["file_name"]), "application/pdf", content),)
    return Mail(row.idempotency_key, LETTER, said["to"], said["subject"], said["text"], row.created, with_it)


def pause(attempts: int) -> timedelta:
    """How long after so many tries it is tried again.

    >>> [int(pause(tries).total_seconds() / 60) for tries in (1, 2, 3, 4, 5, 6, 100)]
    [1, 2, 5, 15, 60, 60, 60]
    """
    return timedelta(minutes=PAUSES[min(max(attempts, 1), len(PAUSES)) - 1])


def _taken(office: Office, now: datetime) -> OutboxRow | None:
    with office.database.writing() as tx:
        found = outbox.take(tx, now=now, lease_until=now + LEASE, limit=1)
    return found[0] if found else None


def _sent(office: Office, post: Post, row: OutboxRow, clock: Clock) -> str:
    """Send one item and say in the database what became of it; the status it came to."""
    begun = _Begun(office, row, clock)
    try:
        said = _filed(office, post, row, clock()) if row.kind == FILING else _mailed(office, post, row, begun)
    except NotOurs:
        return NOT_OURS
    except (StoreBusy, StoreUnavailable):
        raise
    except Exception as problem:
        return _not_sent(office, row, problem, clock(), has_begun=begun.has)
    now = clock()
    return outbox.SENT if returns.gone(office, row, said, now, now) else NOT_OURS


class _Begun:
    """Asked by a delivery before the mail may arrive: commits that the handing over begins, and remembers it."""

    def __init__(self, office: Office, row: OutboxRow, clock: Clock) -> None:
        self.has = False
        self._office, self._row, self._clock = office, row, clock

    def __call__(self) -> bool:
        now, row = self._clock(), self._row
        with self._office.database.writing() as tx:
            self.has = outbox.begin(tx, row.id, attempts=row.attempts, now=now, lease_until=now + LEASE)
        return self.has


def _mailed(office: Office, post: Post, row: OutboxRow, about_to: _Begun) -> str:
    with office.database.reading() as tx:
        mail = _notice(tx, row, post.address) if row.kind == NOTICE else _letter(tx, row)
    return post.delivery.send(mail, about_to)


def _letter(tx: Transaction, row: OutboxRow) -> Mail:
    if not returns.still_stands(tx, row):
        raise _NotToSend("The step it belongs to was struck out before it went, so it was not sent.")
    with_it = _stored(tx, row) if "document" in row.payload else None
    try:
        return letter(row, with_it)
    except KeyError as missing:
        raise _NotToSend(f"It has no {missing}, so it cannot be sent.") from missing


def _notice(tx: Transaction, row: OutboxRow, address: str) -> Mail:
    if row.payload["what"] == notice_words.CHECKPOINT:
        return Mail(row.idempotency_key, NOTICE, row.payload["to"], *notice_words.words(row.payload, ""), row.created)
    person = people.person_by_id(tx, int(row.payload["person"]))
    if person is None or not person.is_active or not person.email:
        raise _NotToSend("There is nobody to tell: no e-mail address, or no longer at work.")
    subject, text = notice_words.words(row.payload, address)
    return Mail(row.idempotency_key, NOTICE, person.email, subject, text, row.created)


def _filed(office: Office, post: Post, row: OutboxRow, now: datetime) -> str:
    """Put a copy into the landlord's document store; the same again is the same file. Raises NotNow."""
    with office.database.reading() as tx:
        case = stored.load_case(tx, row.case_id) if row.case_id is not None else None
        if case is None:
            raise _NotToSend("It belongs to no case, so it cannot be filed.")
    if row.payload.get("what") == ERASING:
        return _copies_erased(office, post, row, case.reference, now)
    with office.database.reading() as tx:
        is_complaint = row.payload.get("what") == "complaint"
        file = case_files.opened(office, case, case_files.record_of(tx, case), now) if is_complaint else None
        content = b"" if file else _stored(tx, row)
    path = str(row.payload.get("path") or f"{case.reference}/complaint.pdf")
    try:
        filing.file_copy(post.documents, path, complaint_copy.complaint_pdf(office, file) if file else content)
    except FontsMissing as missing:
        raise NotNow(str(missing)) from missing
    except (ValueError, Refused) as wrong:
        raise _NotToSend(f"It cannot be filed: {wrong}") from wrong
    return "Filed in the document store."


def _copies_erased(office: Office, post: Post, row: OutboxRow, reference: str, now: datetime) -> str:
    """Erase the copies of a case that was disposed of, and record that. Raises NotNow, _NotToSend."""
    try:
        erased, left = filing.erase_copies(post.documents, row.payload["paths"])
    except ValueError as never:
        raise _NotToSend(str(never)) from never
    if not erased:
        raise _NotToSend("No copy of it was found in the document store. If it lies elsewhere now, erase it there.")
    said = {"copies": erased, "others_left": left, "where": post.where_documents}
    with office.database.writing() as tx:
        acts.record_act(tx, None, what="erased_copies", about=f"case {reference}", now=now, detail=said)
    rest = f" Other files lie beside them, not filed from here: {left}. See whether they may stay." if left else ""
    return f"Copies erased from the document store: {erased}.{rest}"


def _stored(tx: Transaction, row: OutboxRow) -> bytes:
    """The bytes of the document a row names. Raises _NotToSend where they are not there as they were stored."""
    try:
        return documents.content(tx, row.payload["document"])
    except (documents.ContentMissing, documents.ContentDamaged) as problem:
        raise _NotToSend("Its document is no longer in the database as it was stored.") from problem
    except KeyError as missing:
        raise _NotToSend("It names no document.") from missing


def _not_sent(office: Office, row: OutboxRow, problem: Exception, now: datetime, *, has_begun: bool) -> str:
    """Say in the database why something did not go, and what follows; the status it came to."""
    if isinstance(problem, NotNow):
        _again(office, row, str(problem), now)
        return DOWN if problem.is_down else outbox.WAITING
    if isinstance(problem, Returned):
        returns.returned(office, row, str(problem), now, _finishing(row, outbox.FAILED, now))
        return outbox.FAILED
    if isinstance(problem, (Unsure, _NotToSend)):
        return _finished(
            office, row, outbox.UNSURE if isinstance(problem, Unsure) else outbox.FAILED, str(problem), now
        )
    LOG.error("%s could not be sent.", row.idempotency_key, exc_info=problem)
    if has_begun:
        return _finished(office, row, outbox.UNSURE, "It failed while it was being sent. It may have gone.", now)
    _again(office, row, "It failed in a way that was not foreseen; whoever runs the program finds it in its log.", now)
    return outbox.WAITING


def _again(office: Office, row: OutboxRow, why: str, now: datetime) -> None:
    """Let it wait for its next try; a letter that has not gone for a day is told to whoever wrote it, once."""
    with office.database.writing() as tx:
        ours = outbox.finish(
            tx,
            row.id,
            attempts=row.attempts,
            status=outbox.WAITING,
            now=now,
            said=why,
            next_try=now + pause(row.attempts),
        )
        if ours and row.kind == LETTER and now - row.created > TOLD_AFTER:
            returns.tell_it_waits(tx, row, now)


def _finished(office: Office, row: OutboxRow, status: str, said: str, now: datetime) -> str:
    with office.database.writing() as tx:
        return status if _finishing(row, status, now)(tx, said) else NOT_OURS


def _finishing(row: OutboxRow, status: str, now: datetime) -> returns.Mark:
    return lambda tx, said: outbox.finish(tx, row.id, attempts=row.attempts, status=status, now=now, said=said)
