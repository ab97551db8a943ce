"""People, the areas there are, and the roles people hold. Passwords arrive here hashed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.store import claims
from engine.store.case_rows import group_key, team_key
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import area, grant, person


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A member of staff. A session made under another `session_epoch` than theirs now is over."""

    id: int
    sign_in: str
    name: str
    email: str
    password_hash: str | None
    is_administrator: bool
    is_auditor: bool
    is_active: bool
    session_epoch: int
    created: datetime


@dataclass(frozen=True, slots=True, order=True)
class GrantRow:
    """A role under a policy for one service area, or (empty) for all."""

    policy: str
    role: str
    area: str = ""


class SignInTaken(Exception):
    """Another person signs in by that name."""


_PERSON = select(*(person.c[field.name] for field in fields(PersonRow)))


def sign_in_name(text: str) -> str:
    """A sign-in name as it is kept and compared: without blanks around it, in lower case."""
    return text.strip().casefold()


def add_person(
    tx: Transaction,
    sign_in: str,
    *,
    name: str,
    email: str,
    password_hash: str | None,
    now: datetime,
    is_administrator: bool = False,
    is_auditor: bool = False,
) -> PersonRow:
    """Add a person who may sign in. Raises SignInTaken; the transaction must then be rolled back."""
    values: dict[str, Any] = {
        "sign_in": sign_in_name(sign_in),
        "name": name,
        "email": email,
        "password_hash": password_hash,
        "is_administrator": is_administrator,
        "is_auditor": is_auditor,
        "is_active": True,
        "session_epoch": 1,
        "created": now,
    }
    try:
        new_id = tx.execute(insert(person).values(values).returning(person.c.id)).scalar_one()
    except IntegrityError as problem:
        raise SignInTaken(values["sign_in"]) from problem
    return PersonRow(id=new_id, **values)


def person_by_id(tx: Transaction, person_id: int) -> PersonRow | None:
    """The person with that id, or None."""
    row = tx.execute(_PERSON.where(person.c.id == person_id)).one_or_none()
    return None if row is None else PersonRow(*row)


def person_by_sign_in(tx: Transaction, sign_in: str) -> PersonRow | None:
    """The person who signs in by that name, in whatever case it is written, or None."""
    row = tx.execute(_PERSON.where(person.c.sign_in == sign_in_name(sign_in))).one_or_none()
    return None if row is None else PersonRow(*row)


def people(tx: Transaction) -> list[PersonRow]:
    """Everybody, by name, leavers too."""
    return [PersonRow(*row) for row in tx.execute(_PERSON.order_by(person.c.name, person.c.id))]


def change_person(
    tx: Transaction,
    person_id: int,
    *,
    name: str | None = None,
    email: str | None = None,
    is_administrator: bool | None = None,
    is_auditor: bool | None = None,
) -> None:
    """Change what is given of a person; None leaves it."""
    given = {"name": name, "email": email, "is_administrator": is_administrator, "is_auditor": is_auditor}
    values = {key: value for key, value in given.items() if value is not None}
    if values:
        tx.execute(update(person).where(person.c.id == person_id).values(values))


def set_password(tx: Transaction, person_id: int, *, password_hash: str) -> None:
    """Store a new password's hash and end every session of the person."""
    _end_sessions(tx, person_id, {"password_hash": password_hash})


def leave(tx: Transaction, person_id: int) -> int:
    """Let a person sign in no more: sessions end, roles go, tasks are given back; how many tasks those were."""
    _end_sessions(tx, person_id, {"is_active": False})
    tx.execute(delete(grant).where(grant.c.person_id == person_id))
    return claims.release_all_of(tx, person_id)


def come_back(tx: Transaction, person_id: int) -> None:
    """Let a leaver sign in again; roles are given anew."""
    tx.execute(update(person).where(person.c.id == person_id).values(is_active=True))


def end_sessions(tx: Transaction, person_id: int) -> None:
    """End every session of a person."""
    _end_sessions(tx, person_id, {})


def put_area(tx: Transaction, key: str, *, title: str) -> None:
    """Add a service area, or give it another title."""
    adding = insert_for(tx, area).values(key=key, title=title)
    tx.execute(adding.on_conflict_do_update(index_elements=["key"], set_={"title": title}))


def areas(tx: Transaction) -> dict[str, str]:
    """Each area's key and title, by title."""
    return {row.key: row.title for row in tx.execute(select(area).order_by(area.c.title, area.c.key))}


def grants_of(tx: Transaction, person_id: int) -> list[GrantRow]:
    """The roles a person holds."""
    columns = (grant.c.policy, grant.c.role, grant.c.area)
    held = select(*columns).where(grant.c.person_id == person_id).order_by(*columns)
    return [GrantRow(*row) for row in tx.execute(held)]


def all_grants(tx: Transaction) -> Mapping[int, list[GrantRow]]:
    """The roles everybody holds, by person's id."""
    held: dict[int, list[GrantRow]] = {}
    columns = (grant.c.person_id, grant.c.policy, grant.c.role, grant.c.area)
    for person_id, *rest in tx.execute(select(*columns).order_by(*columns)):
        held.setdefault(person_id, []).append(GrantRow(*rest))
    return held


def give_grant(tx: Transaction, person_id: int, *, given: GrantRow) -> None:
    """Give a person a role; one they hold already stays."""
    values = {"person_id": person_id, "policy": given.policy, "role": given.role, "area": given.area}
    tx.execute(insert_for(tx, grant).values(values).on_conflict_do_nothing())


def take_grant(tx: Transaction, person_id: int, *, taken: GrantRow) -> bool:
    """Take a role from a person; False where they did not hold it."""
    theirs = (grant.c.person_id == person_id, grant.c.policy == taken.policy)
    the_role = (grant.c.role == taken.role, grant.c.area == taken.area)
    return tx.execute(delete(grant).where(*theirs, *the_role)).rowcount == 1


def keys_of(grants: Iterable[GrantRow], *, restricted: bool = False) -> tuple[str, ...]:
    """The inbox keys of the tasks that roles allow, one for each grant: the team's where it is for every area."""
    return tuple(
        group_key(held.policy, held.role, area=held.area, restricted=restricted)
        if held.area
        else team_key(held.policy, held.role, restricted=restricted)
        for held in grants
    )


def _end_sessions(tx: Transaction, person_id: int, values: Mapping[str, Any]) -> None:
    changed = update(person).where(person.c.id == person_id)
    tx.execute(changed.values(session_epoch=person.c.session_epoch + 1, **values))
