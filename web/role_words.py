"""What a person may do, in words: each role they hold with its areas, or that they hold every one; and the roles nobody
holds, of versions that are sealed or will be."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine import draft_library, drafting
from engine.rights import ROLES_WITHOUT_CASES, Grant, Person
from engine.store import people
from engine.store.policy_drafts import APPROVED
from web import current, wording

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
                f"{titles.get(policy, {}).get(role) or _to_come(policy, role)}{of_landlord}: {_areas(where, areas)}"
                for role, where in work.items()
            ]
        lines += [f"{ROLES_WITHOUT_CASES[role]}{of_landlord}" for role in roles if role in ROLES_WITHOUT_CASES]
    return lines


def _areas(where: Collection[str], areas: Mapping[str, str]) -> str:
    return "all areas" if "" in where else ", ".join(areas.get(area, area) for area in where)


def coming() -> dict[str, dict[str, str]]:
    """The roles that approved drafts will bring, by policy, key and title: they can be given before publication."""
    office, there = current.office(), current.role_titles()
    found: dict[str, dict[str, str]] = {}
    for row in drafting.drafts_of(office, list(office.policies())):
        if row.state != APPROVED:
            continue
        draft = drafting.opened(office, row.id)
        version = draft_library.checked(office, draft.files, draft.key).version
        for key, role in version.roles.items() if version else ():
            if key not in there.get(row.policy, {}):
                found.setdefault(row.policy, {})[key] = role.title
    return found


def unheld(policy: str, roles: Collection[str]) -> list[str]:
    """Which of these roles nobody holds who is here: their tasks would wait for nobody."""
    with current.database().reading() as tx:
        everybody, held = people.people(tx), people.all_grants(tx)
    here = {row.id for row in everybody if row.is_active}
    grants = [one for person, theirs in held.items() if person in here for one in theirs]
    there = {one.role for one in grants if one.policy == policy}
    return [key for key in roles if key not in there]


def nobody_holds() -> list[str]:
    """The roles nobody holds, of the versions in force today or later and of approved drafts: `Panel member, The
    council`."""
    office, today, found = current.office(), current.today(), []
    for policy, landlord in sorted(office.policies().items(), key=lambda item: item[1]):
        governing = office.governing(policy, today)
        begins = governing.in_force_from if governing else today
        versions = [one for one in office.versions_of(policy) if one.in_force_from >= begins]
        titles = coming().get(policy, {}) | {key: role.title for one in versions for key, role in one.roles.items()}
        found += [f"{titles[key]}, {landlord}" for key in unheld(policy, titles)]
    return found


def _to_come(policy: str, role: str) -> str:
    """The title of a role that no sealed version has."""
    return coming().get(policy, {}).get(role) or wording.plain(role)
