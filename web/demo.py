"""The demonstration: an embedded database with people, the shipped policies and a caseload that looks like an office on
the day it is made. The same seed and the same day make the same office.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, time
from pathlib import Path

from faker import Faker

from engine import notices
from engine.events import at, local_day
from engine.mail import NOTICE
from engine.office import Office
from engine.store import outbox
from engine.store.database import open_database
from web import (
    demo_contacts,
    demo_disposal,
    demo_drafts,
    demo_homes,
    demo_people,
    demo_telling,
    installation,
    passwords,
)
from web.current import Settings
from web.demo_mail import DemoMail
from web.demo_people import Member
from web.demo_stories import Days, Story, stories

SEED = 20_241
DATABASE = "demo.sqlite"
OFFICE_CLOSES = time(17, 0)
TOLD = "Told before the demonstration began."

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
    office = replace(office, shelf=demo_contacts.library(office.shelf))
    fake = Faker("en_GB")
    fake.seed_instance(seed)
    password = passwords.made_up()
    with database.writing() as tx:
        members = demo_people.add_people(tx, office, fake, password, now)
    calendar = next(iter(office.shelf.calendars.values()))
    today = local_day(now)
    days = Days(today, calendar.known_by(today))
    told = stories(days)
    mail = DemoMail(office, database.url, now)
    desk = demo_telling.DemoOffice(office, members, mail, fake, random.Random(f"{seed} {today}"), now)
    with watch(told) as watched:
        references = tuple(demo_telling.tell(desk, story) for story in watched)
    demo_drafts.begin(office, members, at(days.ago(1), OFFICE_CLOSES))
    members += demo_disposal.begin(office, seed, at(days.ago(1), OFFICE_CLOSES))
    demo_homes.enter(office, members, at(days.ago(1), OFFICE_CLOSES))
    _tell_staff(office, at(days.ago(1), OFFICE_CLOSES))
    return Demonstration(database.url, office, tuple(members), password, references)


def _tell_staff(office: Office, evening: datetime) -> None:
    """Count as told what staff would have been told by that evening, so that its worker begins with what is new."""
    notices.plan_today(office, evening)
    with office.database.writing() as tx:
        while taken := outbox.take(tx, now=evening, lease_until=evening, limit=500, kinds=[NOTICE]):
            for row in taken:
                outbox.finish(tx, row.id, attempts=row.attempts, status=outbox.SENT, now=evening, said=TOLD)
