"""What a person may do, in words: each role they hold with its areas, or that they hold every one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.rights import Grant, Person
from engine.store import people
from web import current

EVERY_ROLE = "Holds every role for every area"


def mine() -> list[str]:
    """What whoever is signed in may do."""
    with current.database().reading() as tx:
        areas = people.areas(tx)
    return of(current.person(), areas)


def grant(held: Grant, areas: Mapping[str, str]) -> str:
    """One role for one area: `Complaints officer, South Essex Homes: all areas`."""
    return of(Person("", "", (held,)), areas, is_whole=False)[0]


def of(person: Person, areas: Mapping[str, str], *, with_landlord: bool = True, is_whole: bool = True) -> list[str]:
    """A line for each role: `Service manager, South Essex Homes: Repairs, Planned and major works`.

    `is_whole`: these are all the roles they hold, so that holding every one may be said in a line.
    """
    if person.is_administrator:
        return ["Looks after people, roles and areas; cannot read cases"]
    if person.is_auditor:
        return ["Auditor: reads every case, changes nothing"]
    titles, landlords = current.role_titles(), current.office().policies()
    held: dict[tuple[str, str], list[str]] = {}
    for grant in person.grants:
        held.setdefault((grant.policy, grant.role), []).append(grant.area)
    lines = []
    for policy in dict.fromkeys(policy for policy, _ in held):
        of_landlord = f", {landlords.get(policy, policy)}" if with_landlord else ""
        theirs = {role: where for (whose, role), where in held.items() if whose == policy}
        if is_whole and set(theirs) == set(titles.get(policy, {})) and all("" in where for where in theirs.values()):
            lines.append(f"{EVERY_ROLE}{of_landlord}: can work a case to its end")
            continue
        for role, where in theirs.items():
            named = "all areas" if "" in where else ", ".join(areas.get(area, area) for area in where)
            lines.append(f"{titles.get(policy, {}).get(role, role)}{of_landlord}: {named}")
    return lines
