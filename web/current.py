"""What a view may ask for: the settings, the office at work, the moment, and who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from flask import current_app, g, request, session

from engine import clock as real_clock
from engine.clock import Clock
from engine.events import local_day
from engine.office import Office, refreshed
from engine.rights import Grant, Person
from engine.store import people
from engine.store.database import Database
from engine.store.people import GrantRow, PersonRow
from engine.worker import Mailing

SESSION_PERSON, SESSION_EPOCH = "person", "epoch"


@dataclass(frozen=True)
class Settings:
    """What an installation decides. `library` is the folder that holds policies/ and workflows/."""

    database_url: str
    secret_key: str
    library: Path
    clock: Clock = real_clock.now
    is_demo: bool = False
    is_https: bool = True  # False only on a loopback address; the cookie then loses `__Host-` and Secure
    demo_password: str = ""  # printed on the sign-in page of a demonstration
    mailing: Mailing | None = None  # how letters go out; None: this process sends none


@dataclass
class AtWork:
    """The installation behind the application, shared by all requests and the worker of this process."""

    settings: Settings
    office: Office

    def refresh(self) -> Office:
        """The office as it is now: read anew where a version was published or withdrawn, or a calendar changed, by
        this process or another. Otherwise it costs one small reading."""
        self.office = refreshed(self.office)
        return self.office


def at_work() -> AtWork:
    found: AtWork = current_app.extensions["redress"]
    return found


def settings() -> Settings:
    return at_work().settings


def office() -> Office:
    """The sealed versions, their rulebooks and the dated data, as they were when this request began.

    The same for the whole of a request, but for one that itself publishes: `see_anew` shows it what it did.
    """
    if "office" not in g:
        g.office = at_work().refresh()
    found: Office = g.office
    return found


def see_anew() -> None:
    """Let the rest of this request see what it has published, withdrawn or added to a calendar."""
    g.pop("office", None)


def database() -> Database:
    """Where to read and write: `with database().writing() as tx:`."""
    return at_work().office.database


def now() -> datetime:
    """The moment of this request, the same however often it is asked."""
    if "now" not in g:
        g.now = settings().clock()
    moment: datetime = g.now
    return moment


def today() -> date:
    """The local day of this request."""
    return local_day(now())


def person() -> Person:
    """Who is signed in. Only for views that nobody else may use."""
    found: Person = g.person
    return found


def person_id() -> int:
    """The id of who is signed in, as the store knows it."""
    return int(person().id)


def role_titles() -> dict[str, dict[str, str]]:
    """Each policy's roles, key and title; where versions differ, the newest version's title."""
    found: dict[str, dict[str, str]] = {}
    for policy in office().policies():
        for version in office().versions_of(policy):
            found.setdefault(policy, {}).update({key: role.title for key, role in version.roles.items()})
    return found


def load_person() -> None:
    """Before each request: who is signed in, with the roles they hold now.

    A session made before the person left, or before a new password, carries another epoch and is over at once.
    """
    g.person = None
    if request.endpoint == "static" or SESSION_PERSON not in session:
        return
    with database().reading() as tx:
        row = people.person_by_id(tx, session[SESSION_PERSON])
        if row and row.is_active and row.session_epoch == session.get(SESSION_EPOCH):
            g.person = as_person(row, people.grants_of(tx, row.id))
    if g.person is None:
        session.clear()


def as_person(row: PersonRow, grants: list[GrantRow]) -> Person:
    """A stored person and their roles, as the engine knows them."""
    held = [Grant(one.policy, one.role, one.area) for one in grants]
    return Person(
        str(row.id),
        row.name,
        tuple(one for one in held if not one.opens_no_case),
        is_administrator=row.is_administrator,
        is_auditor=row.is_auditor,
        studio=tuple(one for one in held if one.opens_no_case),
    )
