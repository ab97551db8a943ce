"""Drafts of policy versions: their files, changed by several people without one overwriting another, and their way
to approval.

drafting -> asked -> approved -> published; taken back or sent back, a draft is `drafting` again; or it is discarded
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import policy_draft, policy_draft_author, policy_draft_file

DRAFTING = "drafting"
ASKED = "asked"
APPROVED = "approved"
PUBLISHED = "published"
DISCARDED = "discarded"
AT_WORK = (DRAFTING, ASKED, APPROVED)


class NameTaken(Exception):
    """Another draft of that policy, which somebody is at work on, is to become the version of that name."""


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft of a version. `based_on` is the version it is a copy of; `approved_seal` the seal of exactly what was
    approved; `sent_back` what was said by who was asked and did not approve, a line each time. Instants are UTC."""

    id: int
    policy: str
    version: str
    based_on: str
    state: str
    created_by: int
    created_by_name: str
    created: datetime
    asked_by: int | None
    asked_by_name: str
    asked_at: datetime | None
    approved_by: int | None
    approved_by_name: str
    approved_at: datetime | None
    body: str
    minute: str
    approved_seal: str
    sent_back: str


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft as it was last changed. `content` is None where it was taken away."""

    path: str
    content: bytes | None
    number: int
    changed_by: int
    changed_by_name: str
    changed_at: datetime


_COLUMNS = tuple(policy_draft.c[field.name] for field in fields(DraftRow))
_SELECT = select(*_COLUMNS)
_BY_ID = _SELECT.where(policy_draft.c.id == bindparam("which"))
_FILES = (
    select(*(policy_draft_file.c[field.name] for field in fields(DraftFile)))
    .where(policy_draft_file.c.draft_id == bindparam("which"))
    .order_by(policy_draft_file.c.path)
)
_AUTHORS = select(policy_draft_author.c.person_id).where(policy_draft_author.c.draft_id == bindparam("which"))
_NOBODY = {"asked_by": None, "asked_by_name": "", "asked_at": None, "approved_by": None, "approved_by_name": ""}
#: what holds of a draft that nobody asks about
NOT_ASKED: Mapping[str, Any] = _NOBODY | {"approved_at": None, "body": "", "minute": "", "approved_seal": ""}


def put_draft(
    tx: Transaction, policy: str, *, version: str, based_on: str, by: int, by_name: str, now: datetime
) -> DraftRow:
    """A new draft, without files yet; whoever begins it is its first author. Raises NameTaken."""
    values = dict(NOT_ASKED) | {"policy": policy, "version": version, "based_on": based_on, "state": DRAFTING}
    values |= {"created_by": by, "created_by_name": by_name, "created": now, "sent_back": ""}
    try:
        row = DraftRow(*tx.execute(insert(policy_draft).values(values).returning(*_COLUMNS)).one())
    except IntegrityError as problem:
        raise NameTaken(f"{policy}/{version}") from problem
    add_author(tx, row.id, by)
    return row


def draft_row(tx: Transaction, draft_id: int, *, for_change: bool = False) -> DraftRow | None:
    """A draft by its id, or None. `for_change`: whoever else would change it waits until this transaction is over."""
    row = tx.execute(_BY_ID.with_for_update() if for_change else _BY_ID, {"which": draft_id}).one_or_none()
    return None if row is None else DraftRow(*row)


def drafts(tx: Transaction, policies: Collection[str]) -> list[DraftRow]:
    """Every draft of these policies, those at work and those done with, newest first."""
    found = tx.execute(_SELECT.where(policy_draft.c.policy.in_(policies)).order_by(policy_draft.c.id.desc()))
    return [DraftRow(*row) for row in found]


def files_of(tx: Transaction, draft_id: int) -> list[DraftFile]:
    """Every file a draft has or had, by path; one taken away is without content."""
    return [DraftFile(*row) for row in tx.execute(_FILES, {"which": draft_id})]


def authors_of(tx: Transaction, draft_id: int) -> frozenset[int]:
    """Whoever began the draft or changed anything in it."""
    return frozenset(tx.execute(_AUTHORS, {"which": draft_id}).scalars())


def add_author(tx: Transaction, draft_id: int, person_id: int) -> None:
    """One more author; the same again changes nothing."""
    adding = insert_for(tx, policy_draft_author).values(draft_id=draft_id, person_id=person_id)
    tx.execute(adding.on_conflict_do_nothing(index_elements=["draft_id", "person_id"]))


def put_file(
    tx: Transaction,
    draft_id: int,
    path: str,
    content: bytes | None,
    *,
    number: int,
    by: int,
    by_name: str,
    now: datetime,
) -> None:
    """Write a file of a draft under its next number, or (content None) take it away."""
    changed = {"content": content, "number": number, "changed_by": by, "changed_by_name": by_name, "changed_at": now}
    adding = insert_for(tx, policy_draft_file).values(draft_id=draft_id, path=path, **changed)
    tx.execute(adding.on_conflict_do_update(index_elements=["draft_id", "path"], set_=changed))


def set_state(tx: Transaction, draft_id: int, state: str, **values: Any) -> None:
    """Bring a draft into a state, with what belongs to it. The caller has it `for_change` and has looked at it."""
    tx.execute(update(policy_draft).where(policy_draft.c.id == draft_id).values(state=state, **values))
