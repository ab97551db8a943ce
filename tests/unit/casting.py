"""People for tests about cases: real rows of the database, each with the roles the test says."""

from __future__ import annotations

from engine.events import moment
from engine.office import Office
from engine.rights import Grant, Person
from engine.store import people


def hired(office: Office, name: str, *grants: Grant, **flags: bool) -> Person:
    """A member of staff with these roles; without any, one who holds every role."""
    with office.database.writing() as tx:
        row = people.add_person(tx, name, name=name, email="", password_hash=None, now=moment("2024-01-01"))
        for grant in grants:
            people.give_grant(tx, row.id, given=people.GrantRow(grant.policy, grant.role, grant.area))
    return Person(str(row.id), name, grants, is_made_up=not grants and not flags, **flags)
