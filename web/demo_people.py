"""The people of the demonstration: made-up names, the roles each holds, and what each is there to show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from faker import Faker

from engine.office import Office
from engine.rights import ALL_AREAS, APPROVER, AUTHOR, KEEPER, RECORDS_APPROVER, Grant, Person
from engine.store import people
from engine.store.database import Transaction
from engine.store.people import GrantRow
from web import passwords

DESK = ("complaints_officer", "corporate_services_officer")
STAGE_1 = ("service_manager",)
STAGE_2 = ("head_of_service", "group_manager", "service_director")
PANEL = ("review_panel",)
BUILDING = ("repairs", "major_works")
LIVING = ("tenancy", "estates", "customer_service", "other")
MONEY = ("income", "lettings", "home_ownership")
ALL = (ALL_AREAS,)

#: for each post: the landlords that have it, its roles, its areas, and what it is called here
POSTS: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], str], ...] = (
    (("south-essex-homes", "st-leger-homes", "council-housing"), DESK, ALL, "complaints officer, all areas"),
    (("south-essex-homes",), DESK, ALL, "complaints officer, all areas"),
    (
        ("south-essex-homes", "st-leger-homes", "council-housing"),
        STAGE_1,
        BUILDING,
        "service manager, repairs and works",
    ),
    (("south-essex-homes",), STAGE_1, LIVING, "service manager, tenancy and estates"),
    (("south-essex-homes",), STAGE_1, MONEY, "service manager, income, lettings and home ownership"),
    (("st-leger-homes", "council-housing"), STAGE_1, (*LIVING, *MONEY), "service manager, all but repairs and works"),
    (("south-essex-homes", "st-leger-homes", "council-housing"), STAGE_2, ALL, "answers at stage 2, all areas"),
    (("south-essex-homes",), STAGE_2, ALL, "answers at stage 2, all areas"),
    (("south-essex-homes",), PANEL, ALL, "member of the review panel"),
    (("south-essex-homes",), PANEL, ALL, "member of the review panel"),
)
PASSES_ON = "no role: hears of complaints and passes them on"
ALL_ROUND = "holds every role for every area: works a case to the end"
RECORDS = {
    KEEPER: "records keeper: asks that old cases be erased",
    RECORDS_APPROVER: "records approver: approves what others asked for",
}
STUDIO = {AUTHOR: "policy author: writes drafts of the policy", APPROVER: "policy approver: approves what others wrote"}


@dataclass(frozen=True)
class Member:
    """Somebody of the demonstration: how they sign in, and what they do. `is_all_round` holds every role of the cases,
    `is_of_the_studio` writes or approves policies, `is_of_records` erases old cases; neither sees a case."""

    person: Person
    sign_in: str
    landlord: str
    does: str
    is_all_round: bool = False
    is_of_the_studio: bool = False
    is_of_records: bool = False


def add_people(tx: Transaction, office: Office, fake: Faker, password: str, now: datetime) -> list[Member]:
    """Add everybody: for each landlord its posts, two all-round people, a policy author and a policy approver; an
    administrator, an auditor, and somebody without a role."""
    making = _Making(tx, fake, passwords.hashed(password), now)
    landlords = office.policies()
    for policies, roles, areas, does in POSTS:
        for policy in policies:
            held = [role for role in roles if role in _roles(office, policy)]
            grants = tuple(Grant(policy, role, area) for role in held for area in areas)
            making.add(grants, landlords[policy], does)
    for policy, landlord in landlords.items():
        grants = tuple(Grant(policy, role) for role in _roles(office, policy))
        for _ in range(2):  # two, for whoever considers stage 2 has not considered stage 1
            making.add(grants, landlord, ALL_ROUND, is_all_round=True)
    making.add((), "", "administrator: people, roles and areas; cannot read cases", is_administrator=True)
    making.add((), "", "auditor: reads every case, changes nothing", is_auditor=True)
    making.add((), "", PASSES_ON)
    for policy, landlord in landlords.items():
        for role, does in STUDIO.items():
            making.add((Grant(policy, role),), landlord, does, is_of_the_studio=True)
    return sorted(
        making.made, key=lambda one: (not one.is_of_the_studio, not one.is_all_round, one.landlord == "", one.landlord)
    )


def add_records_people(tx: Transaction, office: Office, fake: Faker, now: datetime) -> list[Member]:
    """Add a records keeper and a records approver for each landlord, with the password of everybody there is."""
    making = _Making(tx, fake, next(row.password_hash for row in people.people(tx) if row.password_hash), now)
    for policy, landlord in office.policies().items():
        for role, does in RECORDS.items():
            making.add((Grant(policy, role),), landlord, does, is_of_records=True)
    return making.made


def author_of(members: list[Member], policy: str) -> Person:
    """Who writes drafts of a policy."""
    return next(one.person for one in members if one.person.studio_policies(AUTHOR) == {policy})


def _roles(office: Office, policy: str) -> list[str]:
    return list(dict.fromkeys(role for version in office.versions_of(policy) for role in version.roles))


class _Making:
    """People being added, each with a name and a sign-in name that no other has."""

    def __init__(self, tx: Transaction, fake: Faker, password_hash: str, now: datetime) -> None:
        self.tx, self.fake, self.password_hash, self.now = tx, fake, password_hash, now
        self.made: list[Member] = []

    def add(
        self,
        grants: tuple[Grant, ...],
        landlord: str,
        does: str,
        *,
        is_all_round: bool = False,
        is_administrator: bool = False,
        is_auditor: bool = False,
        is_of_the_studio: bool = False,
        is_of_records: bool = False,
    ) -> None:
        name, sign_in = self._new_name()
        while people.person_by_sign_in(self.tx, sign_in):
            name, sign_in = self._new_name()
        row = people.add_person(
            self.tx,
            sign_in,
            name=name,
            email=f"{sign_in}@example.org",
            password_hash=self.password_hash,
            now=self.now,
            is_administrator=is_administrator,
            is_auditor=is_auditor,
        )
        for grant in grants:
            people.give_grant(self.tx, row.id, given=GrantRow(grant.policy, grant.role, grant.area))
        at_cases, studio = ((), grants) if is_of_the_studio or is_of_records else (grants, ())
        who = Person(
            str(row.id), name, at_cases, is_administrator=is_administrator, is_auditor=is_auditor, studio=studio
        )
        self.made.append(Member(who, sign_in, landlord, does, is_all_round, is_of_the_studio, is_of_records))

    def _new_name(self) -> tuple[str, str]:
        name = f"{self.fake.unique.first_name()} {self.fake.unique.last_name()}"
        return name, name.lower().replace(" ", ".").replace("'", "")
