"""What must go out (letters, mail), written in the step's own transaction and sent afterwards by the worker.

    waiting -> taken -> sending -> sent
                           |-----> unsure, failed: a person decides -> waiting, sent, cancelled

Between `taken` and `sending` nothing has been handed over, so what is taken may always be taken again. Once it is
`sending` it may have gone: a worker that dies there leaves it `unsure`. Each taking adds one to `attempts`, and who
took it says which taking theirs was: a worker that comes back late cannot touch what another has taken since.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update

from engine.store.case_rows import OutboxItem
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.groups import cases_of
from engine.store.schema import complaint_case, outbox

WAITING = "waiting"  # to go out once `next_try` has come
TAKEN = "taken"  # a worker has it; nothing is handed over yet
SENDING = "sending"  # the handing over has begun
SENT = "sent"
UNSURE = "unsure"  # perhaps sent: a person decides
FAILED = "failed"  # came back, or cannot be sent: a person decides
CANCELLED = "cancelled"

FOR_A_PERSON = (UNSURE, FAILED)
#: What is neither sent nor given up.
NOT_AT_REST = (WAITING, TAKEN, SENDING, UNSURE, FAILED)
#: Kinds that are let go where they cannot be sent.
NOBODY_DECIDES = ("notice",)
_MAY_FINISH = {SENT, FAILED, UNSURE, WAITING}
_MAY_DECIDE = {SENT: FOR_A_PERSON, WAITING: FOR_A_PERSON, CANCELLED: (*FOR_A_PERSON, WAITING)}


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something in the outbox; instants are UTC. `case_id` is None where it is about no one case.

    `changed` is when it came to its `status`, `attempts` how often a worker has taken it, `lease_until` how long the
    worker that has it counts as alive, `said` what the other side answered last, without personal data.
    """

    id: int
    case_id: int | None
    event_number: int | None
    kind: str
    payload: Mapping[str, Any]
    idempotency_key: str
    status: str
    created: datetime
    changed: datetime
    attempts: int
    next_try: datetime
    lease_until: datetime | None
    said: str
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """An item that a person must look at, with the reference of its case, if it has one."""

    item: OutboxRow
    reference: str | None


_COLUMNS = tuple(outbox.c[field.name] for field in fields(OutboxRow))
_SELECT = select(*_COLUMNS)


def put_out(tx: Transaction, case_id: int | None, *, items: Sequence[OutboxItem], now: datetime) -> None:
    """Put items into the outbox; one whose idempotency key is there already is the same item and is left alone."""
    if not items:
        return
    rows = [
        {
            "case_id": case_id,
            "event_number": item.event_number,
            "kind": item.kind,
            "payload": dict(item.payload),
            "idempotency_key": item.idempotency_key,
            "status": WAITING,
            "created": now,
            "changed": now,
            "attempts": 0,
            "next_try": now,
            "said": "",
        }
        for item in items
    ]
    tx.execute(insert_for(tx, outbox).on_conflict_do_nothing(index_elements=["idempotency_key"]), rows)


def take(
    tx: Transaction, *, now: datetime, lease_until: datetime, limit: int = 20, kinds: Collection[str] | None = None
) -> list[OutboxRow]:
    """Take what is due, longest due first, so that no other worker has it; commit before handing anything over."""
    due = select(outbox.c.id).where(outbox.c.status == WAITING, outbox.c.next_try <= now)
    due = due if kinds is None else due.where(outbox.c.kind.in_(kinds))
    due = due.order_by(outbox.c.next_try, outbox.c.id).limit(limit)
    # two statements: in one, PostgreSQL may run a locking subquery again and take more than the limit
    ids = tx.execute(due.with_for_update(skip_locked=True)).scalars().all()
    if not ids:
        return []
    taken = {"status": TAKEN, "changed": now, "lease_until": lease_until, "attempts": outbox.c.attempts + 1}
    rows = tx.execute(update(outbox).where(outbox.c.id.in_(ids)).values(taken).returning(*_COLUMNS))
    return sorted((OutboxRow(*row) for row in rows), key=lambda row: (row.next_try, row.id))


def is_due(tx: Transaction, now: datetime) -> bool:
    """Whether there is anything to do: something waits and is due, or a lease is over. Cheap enough to poll."""
    due = and_(outbox.c.status == WAITING, outbox.c.next_try <= now)
    left = and_(outbox.c.status.in_((TAKEN, SENDING)), outbox.c.lease_until < now)
    asked = select(exists().where(due), exists().where(left))
    return any(tx.execute(asked).one())


def begin(tx: Transaction, item_id: int, *, attempts: int, now: datetime, lease_until: datetime) -> bool:
    """Say that the handing over begins now; commit before it does. False: it is no longer ours, hand nothing over.

    `attempts` is that of the row as `take` gave it.
    """
    return _change(
        tx,
        and_(outbox.c.id == item_id, outbox.c.status == TAKEN, outbox.c.attempts == attempts),
        {"status": SENDING, "changed": now, "lease_until": lease_until},
    )


def finish(
    tx: Transaction,
    item_id: int,
    *,
    attempts: int,
    status: str,
    now: datetime,
    said: str = "",
    next_try: datetime | None = None,
) -> bool:
    """Say what became of an item taken: SENT, FAILED, UNSURE, or WAITING (again at `next_try`, by default now).

    `attempts` is that of the row as `take` gave it. A worker that comes back after its lease ran out knows better than
    the UNSURE it left behind. False where it is no longer ours: another worker took it, or a person decided.
    Raises ValueError for another status.
    """
    if status not in _MAY_FINISH:
        raise ValueError(f"An item cannot be finished as '{status}'. Say one of: {', '.join(sorted(_MAY_FINISH))}.")
    ours = and_(outbox.c.id == item_id, outbox.c.attempts == attempts, outbox.c.status.in_((TAKEN, SENDING, UNSURE)))
    return _change(tx, ours, _at_rest(status, now, said, next_try))


def came_back(tx: Transaction, item_id: int, *, now: datetime, said: str) -> bool:
    """Say that what had gone, or was handed over for all we know, came back after all: FAILED, for a person to decide.

    False where it was given up, is known to have failed, or is in a worker's hands.
    """
    gone = and_(outbox.c.id == item_id, outbox.c.status.in_((SENT, UNSURE, WAITING)))
    return _change(tx, gone, _at_rest(FAILED, now, said, None))


def recover(tx: Transaction, *, now: datetime, repeatable_kinds: Collection[str] = ()) -> int:
    """Deal with what workers left when they died, told by leases that are over; how many there were.

    What was only taken waits again. What was being handed over is UNSURE, but where its kind may be repeated.
    """
    again = or_(outbox.c.status == TAKEN, outbox.c.kind.in_(repeatable_kinds))
    left = and_(outbox.c.status.in_((TAKEN, SENDING)), outbox.c.lease_until < now)
    reason = case((again, outbox.c.said), else_="The worker stopped while it was being sent. It may have gone.")
    values = {"status": case((again, WAITING), else_=UNSURE), "said": reason}
    times = {"changed": now, "next_try": now, "lease_until": None}
    return tx.execute(update(outbox).where(left).values(values | times)).rowcount


def decide(tx: Transaction, item_id: int, *, status: str, now: datetime, said: str) -> bool:
    """A person decides about an UNSURE or FAILED item: SENT, WAITING (send it now) or CANCELLED; the last may also be
    said of one that still waits. What is SENT went when it came to be in doubt, not when that was found out. False
    where it is not for a person to decide (any more). Raises ValueError for another status.
    """
    if status not in _MAY_DECIDE:
        raise ValueError(f"Nobody can decide '{status}'. Say one of: {', '.join(sorted(_MAY_DECIDE))}.")
    undecided = and_(outbox.c.id == item_id, outbox.c.status.in_(_MAY_DECIDE[status]))
    values = _at_rest(status, now, said, None)
    if status == SENT:
        values["sent_at"] = func.coalesce(outbox.c.sent_at, outbox.c.changed)
    return _change(tx, undecided, values)


def one(tx: Transaction, item_id: int) -> OutboxRow | None:
    """The item with that id, or None."""
    row = tx.execute(_SELECT.where(outbox.c.id == item_id)).one_or_none()
    return None if row is None else OutboxRow(*row)


def by_key(tx: Transaction, key: str) -> OutboxRow | None:
    """The item with that idempotency key, or None."""
    row = tx.execute(_SELECT.where(outbox.c.idempotency_key == key)).one_or_none()
    return None if row is None else OutboxRow(*row)


def of_case(tx: Transaction, case_id: int) -> list[OutboxRow]:
    """Everything that was put out for a case, oldest first."""
    return [OutboxRow(*row) for row in tx.execute(_SELECT.where(outbox.c.case_id == case_id).order_by(outbox.c.id))]


def attention(
    tx: Transaction,
    *,
    keys: Collection[str],
    waiting_before: datetime | None = None,
    of_no_case: bool = False,
    limit: int = 100,
) -> list[Stuck]:
    """What needs a person, oldest first: UNSURE and FAILED items of the cases in these groups (keys as of the inbox).

    With `waiting_before` also what was put out before that moment and still waits; with `of_no_case` also items that
    are about no one case. Never a notice: nobody need decide about one that did not go.
    """
    needs: list[ColumnElement[bool]] = [outbox.c.status.in_(FOR_A_PERSON)]
    if waiting_before is not None:
        needs.append(and_(outbox.c.status == WAITING, outbox.c.created < waiting_before))
    whose = cases_of(keys) if not of_no_case else or_(cases_of(keys), outbox.c.case_id.is_(None))
    found = (
        select(*_COLUMNS, complaint_case.c.reference)
        .outerjoin_from(outbox, complaint_case, complaint_case.c.id == outbox.c.case_id)
        .where(or_(*needs), whose, outbox.c.kind.not_in(NOBODY_DECIDES))
        .order_by(outbox.c.id)
        .limit(limit)
    )
    return [Stuck(OutboxRow(*row[:-1]), row[-1]) for row in tx.execute(found)]


def listed(
    tx: Transaction, *, keys: Collection[str], statuses: Collection[str], kind: str, limit: int = 50
) -> list[Stuck]:
    """The items of a kind in these statuses of the cases in these groups (keys as of the inbox): what went last, or
    where it did not go was written last, first."""
    found = (
        select(*_COLUMNS, complaint_case.c.reference)
        .join_from(outbox, complaint_case, complaint_case.c.id == outbox.c.case_id)
        .where(outbox.c.kind == kind, outbox.c.status.in_(statuses), cases_of(keys))
        .order_by(func.coalesce(outbox.c.sent_at, outbox.c.created).desc(), outbox.c.id.desc())
        .limit(limit)
    )
    return [Stuck(OutboxRow(*row[:-1]), row[-1]) for row in tx.execute(found)]


def counts(tx: Transaction, statuses: Collection[str] = NOT_AT_REST) -> dict[str, int]:
    """How many items are in each of these statuses, zeros too. What was sent is not counted unless asked for: it grows
    for ever.
    """
    counted = select(outbox.c.status, func.count()).where(outbox.c.status.in_(statuses)).group_by(outbox.c.status)
    return dict.fromkeys(statuses, 0) | {row[0]: int(row[1]) for row in tx.execute(counted)}


def _at_rest(status: str, now: datetime, said: str, next_try: datetime | None) -> dict[str, Any]:
    values: dict[str, Any] = {"status": status, "changed": now, "said": said, "lease_until": None}
    if status == SENT:
        values["sent_at"] = now
    return values | ({"next_try": next_try or now} if status == WAITING else {})


def _change(tx: Transaction, which: ColumnElement[bool], values: Mapping[str, Any]) -> bool:
    return tx.execute(update(outbox).where(which).values(dict(values))).rowcount == 1
