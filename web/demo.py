"""The demonstration: an embedded database with people, the shipped policies and a caseload that looks like an office on
the day it is made. The same seed and the same day make the same office.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from faker import Faker

from engine.events import local_day
from engine.office import Office
from engine.store.database import open_database
from web import demo_people, demo_telling, installation, passwords
from web.current import Settings
from web.demo_mail import DemoMail
from web.demo_people import Member
from web.demo_stories import Days, Story, stories

SEED = 20_241
DATABASE = "demo.sqlite"

Watch = Callable[[Sequence[Story]], AbstractContextManager[Iterable[Story]]]
"""Goes through the stories and shows how far it has come, as click's progress bar does."""


@dataclass(frozen=True)
class Demonstration:
    """A made office: where its database lies, who works there, and the password of them all."""

    url: str
    office: Office
    members: tuple[Member, ...]
    password: str
    references: tuple[str, ...]

    def settings(self, library: Path) -> Settings:
        """How it is served: on this machine alone, with its people on the sign-in page."""
        return Settings(
            self.url,
            secrets.token_hex(32),
            library,
            is_demo=True,
            is_https=False,
            demo_password=self.password,
        )


def make(folder: Path, library: Path, now: datetime, watch: Watch, *, seed: int = SEED) -> Demonstration:
    """Make the demonstration in a folder that has none. Raises FileExistsError where it has one, Broken where the
    library has a problem."""
    place = folder / DATABASE
    if place.exists():
        raise FileExistsError(str(place))
    folder.mkdir(parents=True, exist_ok=True)
    database = open_database(f"sqlite:///{place}")
    office, _ = installation.make_ready(database, library, now)
    fake = Faker("en_GB")
    fake.seed_instance(seed)
    password = passwords.made_up()
    with database.writing() as tx:
        members = demo_people.add_people(tx, office, fake, password, now)
    calendar = next(iter(office.shelf.calendars.values()))
    today = local_day(now)
    told = stories(Days(today, calendar.known_by(today)))
    mail = DemoMail(office, database.url, now)
    desk = demo_telling.DemoOffice(office, members, mail, fake, random.Random(f"{seed} {today}"), now)
    with watch(told) as watched:
        references = tuple(demo_telling.tell(desk, story) for story in watched)
    return Demonstration(database.url, office, tuple(members), password, references)
