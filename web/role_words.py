"""What a person may do, in words: each role they hold with its areas, or that they hold every one."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.rights import ROLES_WITHOUT_CASES, Grant, Person
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
    held: dict[str, dict[str, list[str]]] = {}
    for one in (*person.grants, *person.studio):
        held.setdefault(one.policy, {}).setdefault(one.role, []).append(one.area)
    lines = []
    for policy, roles in held.items():
        of_landlord = f", {landlords.get(policy, policy)}" if with_landlord else ""
        work = {role: where for role, where in roles.items() if role not in ROLES_WITHOUT_CASES}
        if is_whole and set(work) == set(titles.get(policy, {})) and all("" in where for where in work.values()):
            lines.append(f"{EVERY_ROLE}{of_landlord}: can work a case to its end")
        else:
            lines += [
                f"{titles.get(policy, {}).get(role, role)}{of_landlord}: {_areas(where, areas)}"
                for role, where in work.items()
            ]
        lines += [f"{ROLES_WITHOUT_CASES[role]}{of_landlord}" for role in roles if role in ROLES_WITHOUT_CASES]
    return lines


def _areas(where: Collection[str], areas: Mapping[str, str]) -> str:
    return "all areas" if "" in where else ", ".join(areas.get(area, area) for area in where)
