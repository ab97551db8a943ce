"""How versions came to be in force and how some were withdrawn; and a stamp that tells whether either, or a calendar,
changed since.
"""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import and_, func, insert, or_, select

from engine.store.database import Transaction
from engine.store.schema import (
    calendar,
    calendar_day,
    case_event,
    complaint_case,
    event_content,
    policy_version,
    publication,
    withdrawal,
)

#: Logging a complaint takes it shared and publishing alone, so that neither commits in the midst of the other.
_LOCK = 7_333_714

Stamp = tuple[int, int, int, int, str]


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """How a version was published. `reason` says why where it was in force from a day in the past. Instants are UTC."""

    version_id: int
    draft_id: int | None
    based_on: str
    published_at: datetime
    published_by: int
    published_by_name: str
    approved_at: datetime | None
    approved_by: int | None
    approved_by_name: str
    body: str
    minute: str
    reason: str


@dataclass(frozen=True, slots=True)
class WithdrawalRow:
    """That a version governs nothing any more: who withdrew it, when (UTC) and why."""

    version_id: int
    withdrawn_at: datetime
    withdrawn_by: int
    withdrawn_by_name: str
    reason: str


_PUBLICATION = select(*(publication.c[field.name] for field in fields(PublicationRow)))
_WITHDRAWAL = select(*(withdrawal.c[field.name] for field in fields(WithdrawalRow)))
_STAMP = select(
    select(func.coalesce(func.max(policy_version.c.id), 0)).scalar_subquery(),
    select(func.count()).select_from(withdrawal).scalar_subquery(),
    select(func.count()).select_from(calendar_day).scalar_subquery(),
    select(func.count(calendar_day.c.withdrawn)).scalar_subquery(),
    select(func.max(calendar.c.covers_to)).scalar_subquery(),
)


def put_publication(tx: Transaction, row: PublicationRow) -> None:
    """Keep how a version was published."""
    tx.execute(insert(publication).values({field.name: getattr(row, field.name) for field in fields(row)}))


def publications(tx: Transaction) -> dict[int, PublicationRow]:
    """How each version was published, by the version's id; none for those that were shipped."""
    return {row.version_id: PublicationRow(*row) for row in tx.execute(_PUBLICATION)}


def put_withdrawal(tx: Transaction, row: WithdrawalRow) -> None:
    """Keep that a version was withdrawn."""
    tx.execute(insert(withdrawal).values({field.name: getattr(row, field.name) for field in fields(row)}))


def withdrawals(tx: Transaction) -> dict[int, WithdrawalRow]:
    """The withdrawn versions, by the version's id."""
    return {row.version_id: WithdrawalRow(*row) for row in tx.execute(_WITHDRAWAL)}


def stamp(tx: Transaction) -> Stamp:
    """What changes with every version sealed or withdrawn and every row of a calendar: equal while none was."""
    version, withdrawn, days, gone, covers = tx.execute(_STAMP).one()
    return int(version), int(withdrawn), int(days), int(gone), str(covers or "")


def hold_off_logging(tx: Transaction) -> None:
    """Until this transaction is over, no complaint is logged. SQLite has one writer at a time anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def hold_off_publishing(tx: Transaction) -> None:
    """Until this transaction is over, no version is published; others may log complaints all the same."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


def last_logged(tx: Transaction, policy: str, received_from: datetime) -> datetime | None:
    """When the last complaint of a policy was logged that was received at that moment or later (UTC)."""
    asked = select(complaint_case.c.logged).where(
        complaint_case.c.policy == policy, complaint_case.c.received >= received_from
    )
    return tx.execute(asked.order_by(complaint_case.c.logged.desc()).limit(1)).scalar_one_or_none()


def first_closed(tx: Transaction, policy: str, received_from: datetime, received_before: datetime | None) -> str | None:
    """The reference of a closed case of a policy that was received from that moment on and (None: whenever) before the
    other, if there is one."""
    asked = select(complaint_case.c.reference).where(
        complaint_case.c.policy == policy,
        complaint_case.c.received >= received_from,
        complaint_case.c.status == "closed",
    )
    if received_before is not None:
        asked = asked.where(complaint_case.c.received < received_before)
    return tx.execute(asked.order_by(complaint_case.c.id).limit(1)).scalar_one_or_none()


def told_of_versions(tx: Transaction, policy: str) -> list[int]:
    """The cases of a policy in whose record a move or a correction of the receipt stands, so that they may once have
    been under another version than now."""
    of_receipt = event_content.c.content.contains('"event":"complaint_received"', autoescape=True)
    asked = (
        select(case_event.c.case_id)
        .join(complaint_case, complaint_case.c.id == case_event.c.case_id)
        .outerjoin(
            event_content,
            and_(event_content.c.case_id == case_event.c.case_id, event_content.c.number == case_event.c.number),
        )
        .where(
            complaint_case.c.policy == policy,
            or_(case_event.c.name == "moved_to", and_(case_event.c.name == "corrected", of_receipt)),
        )
        .distinct()
        .order_by(case_event.c.case_id)
    )
    return list(tx.execute(asked).scalars())


def cases_under(tx: Transaction, version_id: int) -> int:
    """How many cases a version governs now."""
    asked = select(func.count()).select_from(complaint_case).where(complaint_case.c.version_id == version_id)
    return int(tx.execute(asked).scalar_one())
