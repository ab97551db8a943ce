"""An installation made ready: its schema, the shipped versions sealed in it, its service areas, its administrator, and
the secret its sessions are signed with.
"""

from __future__ import annotations

import os
import secrets
from datetime import datetime
from pathlib import Path

from engine import marks_keeping, measures_keeping, publishing, refreshing
from engine.library import Library
from engine.office import Office, open_office
from engine.publishing import Imported
from engine.store import acts, people
from engine.store.database import Database, migrate
from engine.store.people import PersonRow
from web import passwords

SECRET = "REDRESS_SECRET_KEY"
AREA_QUESTION = "service_area"


class NoSecret(Exception):
    """There is nothing to sign sessions with; the text says how to give it."""


def make_ready(database: Database, library: Path, now: datetime) -> tuple[Office, Imported]:
    """Bring the schema up to date, seal what is shipped and not yet sealed, and add the service areas.

    Doing it again changes nothing that is there. Raises Broken where the library has a problem.
    """
    migrate(database)
    shelf = publishing.shipped(library)
    office, imported = open_office(database, shelf, now)
    if imported.days and imported.kept:
        refreshing.bring_up_to_date(office, now)
    measures_keeping.go_on(office)
    marks_keeping.go_on(office)
    with database.writing() as tx:
        known = people.areas(tx)
        for key, title in areas_of(shelf).items():
            if key not in known:
                people.put_area(tx, key, title=title)
    return office, imported


def areas_of(shelf: Library) -> dict[str, str]:
    """The service areas the forms of the versions choose from: key and title."""
    found: dict[str, str] = {}
    for form in shelf.workflows.forms.values():
        question = form.field(AREA_QUESTION)
        for key, title in question.choices.items() if question else ():
            found.setdefault(key, title)
    return found


def add_administrator(database: Database, sign_in: str, *, name: str, email: str, password: str, now: datetime) -> None:
    """Add somebody who looks after people, roles and areas. Raises people.SignInTaken."""
    with database.writing() as tx:
        row: PersonRow = people.add_person(
            tx,
            sign_in,
            name=name,
            email=email,
            password_hash=passwords.hashed(password),
            now=now,
            is_administrator=True,
        )
        said = {"name": name, "sign_in": row.sign_in, "email": email, "kind": "administrator"}
        acts.record_act(tx, row.id, what="added_person", about=f"person {row.id}", now=now, detail={"now": said})


def has_administrator(database: Database) -> bool:
    """Whether somebody who may still sign in looks after people."""
    with database.reading() as tx:
        return any(row.is_administrator and row.is_active for row in people.people(tx))


def secret_key(url: str, *, make: bool = False) -> str:
    """What sessions are signed with: REDRESS_SECRET_KEY, else a file beside an SQLite database that only its owner may
    read. Raises NoSecret."""
    given = os.environ.get(SECRET, "")
    if given:
        return given
    if not url.startswith("sqlite:///"):
        raise NoSecret(f"Set {SECRET} to a long random text, the same for every process of this installation.")
    place = Path(f"{url.removeprefix('sqlite:///')}.secret")
    if place.is_file():
        return place.read_text(encoding="ascii").strip()
    if not make:
        raise NoSecret(f"There is no {place}. 'redress init' makes it; or set {SECRET}.")
    made = secrets.token_hex(32)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(f"{made}\n")
    return made
