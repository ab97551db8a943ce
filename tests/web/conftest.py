"""A web application on an empty database, its people, and a client that is signed in as one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine import drafting, publishing
from engine.drafting import Draft
from engine.office import Office, open_office
from engine.rights import AUTHOR, Grant, Person
from engine.store import people
from engine.store.database import migrate, open_database
from engine.store.people import GrantRow
from tests.conftest import Copied
from tests.known_password import PASSWORD, PASSWORD_HASH
from tests.web import recording

LIBRARY = Path(__file__).parents[2]
BEGINNING = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
EVERYBODY: dict[str, dict[str, Any]] = {
    "admin": {"name": "Avery Administrator", "is_administrator": True},
    "auditor": {"name": "Odette Auditor", "is_auditor": True},
    "officer": {"name": "Chidi Officer"},
    "manager": {"name": "Mina Manager"},
}


class Clock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = BEGINNING

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office]:
    """An office with four people, opened once and shut again: the file of its database, and what was read of it."""
    file = tmp_path_factory.mktemp("office") / "furnished.sqlite"
    database = open_database(f"sqlite:///{file}")
    migrate(database)
    office, _ = open_office(database, publishing.shipped(LIBRARY), BEGINNING)
    with database.writing() as tx:
        for key, title in (("repairs", "Repairs"), ("income", "Rent and service charges")):
            people.put_area(tx, key, title=title)
        for sign_in, facts in EVERYBODY.items():
            email = f"{sign_in}@example.org"
            people.add_person(tx, sign_in, **facts, email=email, password_hash=PASSWORD_HASH, now=BEGINNING)
        for sign_in, role, area in (("officer", "complaints_officer", ""), ("manager", "service_manager", "repairs")):
            row = people.person_by_sign_in(tx, sign_in)
            assert row is not None
            people.give_grant(tx, row.id, given=GrantRow("south-essex-homes", role, area))
    database.close()
    return file, office


@pytest.fixture
def office(furnished: tuple[Path, Office], sqlite_copy: Copied) -> Iterator[Office]:
    """An administrator, an auditor, an officer for all areas and a manager for repairs, in a database of this test."""
    file, opened = furnished
    with sqlite_copy(file) as database:
        yield replace(opened, database=database)


@pytest.fixture
def app(office: Office, clock: Clock, put_to_work: Callable[[Office, Clock], Flask]) -> Iterator[Flask]:
    """The application, over http on a loopback address. Whatever a request writes must stand in the record."""
    app = put_to_work(office, clock)
    app.config["WTF_CSRF_ENABLED"] = False  # the tests of the tokens themselves switch it on
    with recording.watched(app) as broken:
        yield app
    assert broken == []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def as_person(app: Flask) -> Callable[[str], FlaskClient]:
    """A browser in which that person is signed in: `as_person("officer")`."""

    def enter(sign_in: str) -> FlaskClient:
        browser = app.test_client()
        answer = browser.post("/sign-in", data={"sign_in": sign_in, "password": PASSWORD})
        assert answer.status_code == 302, answer.text
        return browser

    return enter


@pytest.fixture
def draft(office: Office) -> Draft:
    """A draft of the council's version, begun by Ann, a policy author. Bea is one too: `as_person("bea")`."""
    with office.database.writing() as tx:
        for sign_in, name in (("ann", "Ann Author"), ("bea", "Bea Author")):
            email = f"{sign_in}@example.org"
            row = people.add_person(tx, sign_in, name=name, email=email, password_hash=PASSWORD_HASH, now=BEGINNING)
            people.give_grant(tx, row.id, given=GrantRow("council-housing", AUTHOR))
        ann = people.person_by_sign_in(tx, "ann")
    assert ann is not None
    who = Person(str(ann.id), ann.name, (Grant("council-housing", AUTHOR),))
    begins = date(2026, 4, 1)
    return drafting.begin(
        office, "council-housing", "two-stage-2024", who, BEGINNING, version="two-stage-2026", in_force_from=begins
    )
