"""What must go out (letters, mail), written in the step's own transaction and sent afterwards by the worker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from engine.store.case_rows import OutboxItem
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import outbox

WAITING = "waiting"
SENT = "sent"
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """Something in the outbox. `status` is WAITING, SENT or FAILED; `changed` when it came to be so (UTC)."""

    id: int
    case_id: int
    event_number: int | None
    kind: str
    payload: Mapping[str, Any]
    idempotency_key: str
    status: str
    created: datetime
    changed: datetime


def put_out(tx: Transaction, case_id: int, *, items: Sequence[OutboxItem], now: datetime) -> None:
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
        }
        for item in items
    ]
    tx.execute(insert_for(tx, outbox).on_conflict_do_nothing(index_elements=["idempotency_key"]), rows)


def pending(tx: Transaction, limit: int = 20) -> list[OutboxRow]:
    """What waits to go out, oldest first; on PostgreSQL locked, leaving out what another worker has."""
    waiting = select(outbox).where(outbox.c.status == WAITING).order_by(outbox.c.id).limit(limit)
    return [OutboxRow(*row) for row in tx.execute(waiting.with_for_update(skip_locked=True))]


def of_case(tx: Transaction, case_id: int) -> list[OutboxRow]:
    """Everything that was put out for a case, oldest first."""
    return [
        OutboxRow(*row) for row in tx.execute(select(outbox).where(outbox.c.case_id == case_id).order_by(outbox.c.id))
    ]


def mark(tx: Transaction, item_id: int, *, status: str, now: datetime) -> bool:
    """Say what became of an item that was waiting; False where it was not waiting any more."""
    waiting = (outbox.c.id == item_id, outbox.c.status == WAITING)
    return tx.execute(update(outbox).where(*waiting).values(status=status, changed=now)).rowcount == 1
