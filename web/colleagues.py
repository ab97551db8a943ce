"""The people of the office that a page may offer: to take a task, to approve, to be passed a complaint."""

from __future__ import annotations

from engine.case_files import CaseFile
from engine.rights import Person, is_oneself, roles_that_approve
from engine.store import people
from web import current


def everybody() -> list[Person]:
    """Everybody who works here now, with the roles they hold."""
    with current.database().reading() as tx:
        held = people.all_grants(tx)
        return [current.as_person(row, list(held.get(row.id, ()))) for row in people.people(tx) if row.is_active]


def people_of(file: CaseFile, stage: str | None = None) -> dict[str, dict[str, str]]:
    """The people a form may name: those who hold a role under the case's policy; to approve going past a limit at a
    stage, those who may, in the case's area, and never oneself."""
    here = [one for one in everybody() if one.may_log(file.policy)]
    roles = roles_that_approve(file.book.version, stage) if file.book else []
    senior = [one for one in here if any(one.holds(file.policy, role, file.area) for role in roles)]
    others = {one.name: one.name for one in senior if not is_oneself(current.person(), one.name)}
    return {"approved_by": others, "passed_to": {one.name: one.name for one in here}}
