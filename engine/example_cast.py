"""The made-up people of the stories: each holds every role, and the throw-away database knows them by name."""

from __future__ import annotations

from datetime import datetime

from engine.rights import Person
from engine.store import people
from engine.store.database import Database


class Cast:
    """The made-up people of a story, who hold every role; the database knows each by a name of its own."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.people: dict[str, Person] = {}

    def __call__(self, name: str) -> Person:
        if name not in self.people:
            with self.database.writing() as tx:
                row = people.person_by_sign_in(tx, name) or people.add_person(
                    tx, name, name=name, email="", password_hash=None, now=self.now
                )
            self.people[name] = Person(id=str(row.id), name=name, is_made_up=True)
        return self.people[name]
