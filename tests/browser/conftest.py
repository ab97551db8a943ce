"""A small office, served to a real browser: its people, its clock, and a desk for whoever signs in."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from engine import worker
from engine.events import moment
from engine.office import Office
from engine.store import people
from engine.store.database import open_database
from engine.store.people import GrantRow
from tests.browser.desk import Desk
from tests.conftest import Copied
from tests.known_password import PASSWORD_HASH

ROOT = Path(__file__).parents[2]
DESK = ("complaints_officer", "corporate_services_officer")
STAGE_1 = ("service_manager",)
STAGE_2 = ("head_of_service", "group_manager", "service_director")
POSTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "chidi": ("Chidi Okafor", DESK),
    "olga": ("Olga Novak", DESK),
    "mina": ("Mina Patel", STAGE_1 + STAGE_2),
    "hal": ("Hal Jones", STAGE_2),
    "pat": ("Pat Moore", ("review_panel",)),
    "robin": ("Robin Clark", DESK + STAGE_1),
}
OTHERS: dict[str, dict[str, Any]] = {
    "admin": {"name": "Ada Mistry", "is_administrator": True},
    "auditor": {"name": "Otto Berg", "is_auditor": True},
}


class Clock:
    """The office's clock: it stands until somebody moves it."""

    def __init__(self) -> None:
        self.now = moment("2024-06-03T10:00")

    def __call__(self) -> Any:
        return self.now


@pytest.fixture(scope="session")
def staffed(first_office: Office, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an office in which the posts are filled; every test works in a copy of its own."""
    first = first_office.database.url.removeprefix("sqlite:///")
    file = Path(shutil.copy(first, tmp_path_factory.mktemp("office") / "staffed.sqlite"))
    database = open_database(f"sqlite:///{file}")
    began = moment("2013-01-02")
    with database.writing() as tx:
        facts = {sign_in: {"name": name} for sign_in, (name, _) in POSTS.items()} | OTHERS
        for sign_in, given in facts.items():
            email = f"{sign_in}@example.org"
            people.add_person(tx, sign_in, **given, email=email, password_hash=PASSWORD_HASH, now=began)
        for sign_in, (_, roles) in POSTS.items():
            row = people.person_by_sign_in(tx, sign_in)
            assert row is not None
            for policy in first_office.policies():
                for role in roles_of(first_office, policy) & set(roles):
                    people.give_grant(tx, row.id, given=GrantRow(policy, role))
    database.close()
    return file


def roles_of(office: Office, policy: str) -> set[str]:
    return {role for version in office.versions_of(policy) for role in version.roles}


@pytest.fixture
def office(first_office: Office, staffed: Path, sqlite_copy: Copied) -> Iterator[Office]:
    """The staffed office, in a database of this test."""
    with sqlite_copy(staffed) as database:
        yield replace(first_office, database=database)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def address(
    office: Office, clock: Clock, put_to_work: Callable[[Office, Clock], Flask], serve: Callable[[Any], str]
) -> str:
    """Where the office is served."""
    return serve(put_to_work(office, clock))


@pytest.fixture
def night(office: Office, clock: Clock) -> Callable[[str], int]:
    """The clock moves on and the worker goes round: `night("2024-09-02")` says how many cases moved."""

    def pass_by(day: str) -> int:
        clock.now = moment(f"{day}T02:00")
        return worker.one_round(office, clock).moved

    return pass_by


@pytest.fixture(scope="session")
def is_new(whole_run: Path) -> Callable[[str], bool]:
    """Says of a kind of page, once, that no test of this run has looked at it, whichever process it runs in."""
    folder = whole_run / "pages-seen"
    folder.mkdir(exist_ok=True)

    def first(kind: str) -> bool:
        try:
            (folder / hashlib.sha256(kind.encode()).hexdigest()).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    return first


def kept_apart() -> Callable[[str], bool]:
    """The same for one desk alone."""
    seen: set[str] = set()
    return lambda kind: kind not in seen and not seen.add(kind)


@pytest.fixture
def faults(accessibility_faults: Callable[[Page], list[str]]) -> Iterator[list[str]]:
    """What was found wrong with the pages met on the way: axe, HTML, ids, width. At the end there must be nothing."""
    found: list[str] = []
    yield found
    assert found == [], "\n".join(["Pages met on the way are at fault:", *found])


@pytest.fixture
def sign_in(
    open_page: Callable[..., Page],
    address: str,
    clock: Clock,
    faults: list[str],
    accessibility_faults: Callable[[Page], list[str]],
    is_new: Callable[[str], bool],
) -> Callable[..., Desk]:
    """Somebody sits down at a browser of their own: `chidi = sign_in("chidi", on="2024-06-03")`. With options of the
    browser, each page is looked at anew: `sign_in("chidi", viewport=PHONE)`."""

    def enter(name: str, on: str = "", **options: Any) -> Desk:
        if on:
            clock.now = moment(f"{on}T10:00")
        axe = (lambda page: []) if options.get("java_script_enabled") is False else accessibility_faults
        desk = Desk(open_page(**options), address, clock, axe, faults, kept_apart() if options else is_new)
        desk.sign_in(name)
        return desk

    return enter
