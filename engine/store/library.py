"""Sealed policy versions and dated calendar days. What is sealed is never replaced; a difference is reported."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import insert, select, update

from engine.calendars import Calendar, CalendarDay
from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import calendar, calendar_day, library_file, policy_version, version_file


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A sealed version. `seal` is the SHA-256 over all its texts; `sealed_at` when it was put here (UTC)."""

    id: int
    policy: str
    version: str
    title: str
    in_force_from: date
    seal: str
    sealed_at: datetime


class Differs(Exception):
    """A version of that name is sealed here with another text. It is left as it is."""

    def __init__(self, policy: str, version: str, *, sealed: str, given: str) -> None:
        super().__init__(
            f"{policy}/{version} is sealed here as {sealed[:12]}…; the text given is {given[:12]}…."
            " Publish the difference as the next version."
        )
        self.policy = policy
        self.version = version
        self.sealed = sealed
        self.given = given


_VERSION = select(*(policy_version.c[field.name] for field in fields(VersionRow)))
_FILES = (
    select(version_file.c.path, library_file.c.content)
    .join(library_file, library_file.c.sha256 == version_file.c.sha256)
    .order_by(version_file.c.path)
)


def put_version(
    tx: Transaction,
    policy: str,
    *,
    version: str,
    title: str,
    in_force_from: date,
    seal: str,
    files: Mapping[str, bytes],
    now: datetime,
) -> VersionRow:
    """Seal a version here with its files, by path. The same one again changes nothing.

    Raises Differs where one of that name is sealed with another seal.
    """
    there = version_named(tx, policy, version=version)
    if there is not None:
        if there.seal != seal:
            raise Differs(policy, version, sealed=there.seal, given=seal)
        return there
    values = {"policy": policy, "version": version, "title": title, "in_force_from": in_force_from}
    sealed = {"seal": seal, "sealed_at": now}
    new_id = tx.execute(insert(policy_version).values(values | sealed).returning(policy_version.c.id)).scalar_one()
    by_hash = {hashlib.sha256(content).hexdigest(): content for content in files.values()}
    contents = [{"sha256": sha256, "content": content} for sha256, content in by_hash.items()]
    places = [
        {"version_id": new_id, "path": path, "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]
    if places:
        tx.execute(insert_for(tx, library_file).on_conflict_do_nothing(index_elements=["sha256"]), contents)
        tx.execute(insert(version_file), places)
    return VersionRow(new_id, policy, version, title, in_force_from, seal, now)


def versions(tx: Transaction, policy: str | None = None) -> list[VersionRow]:
    """The sealed versions of a policy, or of all, in the order they came into force."""
    query = _VERSION.order_by(policy_version.c.policy, policy_version.c.in_force_from, policy_version.c.id)
    chosen = query if policy is None else query.where(policy_version.c.policy == policy)
    return [VersionRow(*row) for row in tx.execute(chosen)]


def version_named(tx: Transaction, policy: str, *, version: str) -> VersionRow | None:
    """The sealed version of that name, or None."""
    named = (policy_version.c.policy == policy, policy_version.c.version == version)
    row = tx.execute(_VERSION.where(*named)).one_or_none()
    return None if row is None else VersionRow(*row)


def version_files(tx: Transaction, version_id: int) -> dict[str, bytes]:
    """The files of a version: each path and what it holds."""
    found = tx.execute(_FILES.where(version_file.c.version_id == version_id))
    # what was changed by hand may come back from SQLite as text, and must still be shown to be changed
    return {path: content.encode() if isinstance(content, str) else bytes(content) for path, content in found}


def damaged_files(tx: Transaction) -> list[str]:
    """The hashes of stored files whose content is not what it was when it was sealed."""
    stored = tx.execute(select(library_file.c.sha256, library_file.c.content))
    return [sha256 for sha256, content in stored if not _is_whole(sha256, content)]


def put_calendar(tx: Transaction, given: Calendar, *, now: datetime) -> int:
    """Add a calendar, or what is new in it; how many of its days that added or changed.

    A day once recorded keeps its name and the day it was known, and a withdrawal, once known, stays: no date that was
    worked out by then can change afterwards.
    """
    covers = {"covers_from": given.covers_from, "covers_to": given.covers_to}
    adding = insert_for(tx, calendar).values(key=given.name, **covers)
    tx.execute(adding.on_conflict_do_update(index_elements=["key"], set_=covers))
    there = {(day.date, day.kind, day.known): day for day in _days_of(tx, given.name)}
    return sum(_put_day(tx, given.name, day, there.get((day.date, day.kind, day.known)), now) for day in given.days)


def calendar_named(tx: Transaction, key: str) -> Calendar | None:
    """The calendar of that name with everything that was ever announced for it, or None."""
    covers = tx.execute(select(calendar.c.covers_from, calendar.c.covers_to).where(calendar.c.key == key)).one_or_none()
    if covers is None:
        return None
    return Calendar(key, *covers, tuple(_days_of(tx, key)))


def calendars(tx: Transaction) -> dict[str, Calendar]:
    """Every calendar by its name."""
    found = ((key, calendar_named(tx, key)) for key in tx.execute(select(calendar.c.key)).scalars().all())
    return {key: one for key, one in found if one is not None}


def _days_of(tx: Transaction, key: str) -> list[CalendarDay]:
    kept = calendar_day.c
    columns = (kept.date, kept.name, kept.known, kept.withdrawn, kept.kind)
    days = select(*columns).where(kept.calendar == key).order_by(kept.date, kept.known)
    return [CalendarDay(*row) for row in tx.execute(days)]


def _put_day(tx: Transaction, key: str, day: CalendarDay, there: CalendarDay | None, now: datetime) -> int:
    """Add a day, or its withdrawal where that is new; 1 where something was."""
    place = {"calendar": key, "date": day.date, "kind": day.kind, "known": day.known}
    if there is None:
        rest = {"name": day.name, "withdrawn": day.withdrawn, "recorded": now}
        tx.execute(insert(calendar_day).values(place | rest))
        return 1
    if day.withdrawn is None or there.withdrawn is not None:
        return 0
    this_day = [calendar_day.c[name] == value for name, value in place.items()]
    tx.execute(update(calendar_day).where(*this_day).values(withdrawn=day.withdrawn))
    return 1


def _is_whole(sha256: str, content: object) -> bool:
    return isinstance(content, bytes) and hashlib.sha256(content).hexdigest() == sha256
