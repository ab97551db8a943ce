"""Who may do what: people, the roles they hold for a service area or for all, and the questions asked before an act.

The administrator gives roles and cannot read cases; the auditor reads every case and changes nothing. Roles come from
the policy versions; a person holds one for one policy and one area, or for every area of it. The two roles of the
studio are the same under every policy, and open no case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.events import CONFLICT_DECLARED, CaseEvent
from engine.policy import PolicyVersion, stage_of

ALL_AREAS = ""

AUTHOR, APPROVER = "policy_author", "policy_approver"
#: the roles of the policy studio and their titles: held for a policy as a whole; they give no access to cases
STUDIO_ROLES = {AUTHOR: "Policy author", APPROVER: "Policy approver"}
KEEPER, RECORDS_APPROVER = "records_keeper", "records_approver"
#: the roles of disposal and their titles: one asks that a case be erased, the other approves it; neither sees a case
RECORDS_ROLES = {KEEPER: "Records keeper", RECORDS_APPROVER: "Records approver"}
#: the roles that are the same under every policy, are held for a policy as a whole and open no case
ROLES_WITHOUT_CASES = {**STUDIO_ROLES, **RECORDS_ROLES}

#: acts by which a person considers a complaint at a stage, so may not do so at one that asks for someone else
CONSIDERING = ("response_sent", "panel_met")


@dataclass(frozen=True)
class Grant:
    """A role held under a policy, for one service area or (ALL_AREAS) for all of them."""

    policy: str
    role: str
    area: str = ALL_AREAS

    @property
    def is_of_the_studio(self) -> bool:
        return self.role in STUDIO_ROLES

    @property
    def opens_no_case(self) -> bool:
        return self.role in ROLES_WITHOUT_CASES


@dataclass(frozen=True)
class Person:
    """A member of staff as the engine knows them. The engine itself (a timer) is the person without an id.

    `grants` are the roles they work cases in, `studio` those of the policy studio and of disposal, which open no case.
    """

    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    is_administrator: bool = False
    is_auditor: bool = False
    is_made_up: bool = False  # an example's person, who holds every role
    studio: tuple[Grant, ...] = ()

    @property
    def _at_cases(self) -> tuple[Grant, ...]:
        return tuple(grant for grant in self.grants if not grant.opens_no_case)

    def studio_policies(self, *roles: str) -> frozenset[str]:
        """The policies they hold a role of the studio for: one of these, or any where none is named."""
        held = (grant for grant in (*self.studio, *self.grants) if grant.is_of_the_studio)
        return frozenset(grant.policy for grant in held if not roles or grant.role in roles)

    def records_policies(self, *roles: str) -> frozenset[str]:
        """The policies they hold a role of disposal for: one of these, or any where none is named."""
        wanted = roles or tuple(RECORDS_ROLES)
        return frozenset(grant.policy for grant in (*self.studio, *self.grants) if grant.role in wanted)

    def holds(self, policy: str, role: str, area: str) -> bool:
        """Whether they hold that role for that area of that policy."""
        return self.is_made_up or any(
            grant.policy == policy and grant.role == role and grant.area in (ALL_AREAS, area)
            for grant in (*self.grants, *self.studio)
        )

    def works_in(self, policy: str, area: str) -> bool:
        """Whether they hold any role there, and so see its cases."""
        return self.is_made_up or any(
            grant.policy == policy and (grant.area in (ALL_AREAS, area) or not area) for grant in self._at_cases
        )

    def may_see(self, policy: str, area: str) -> bool:
        """Whether they may read a case. A case whose area is not yet decided is seen by all who work the policy."""
        return self.is_auditor or self.works_in(policy, area)

    def may_log(self, policy: str) -> bool:
        """Any member of staff of the landlord may log a complaint (Code 3.2); an auditor changes nothing."""
        return self.is_made_up or any(grant.policy == policy for grant in self._at_cases)


THE_CLOCK = Person(id="", name="The clock")


def why_not_the_handler(
    version: PolicyVersion, stage_key: str | None, person: Person, events: Iterable[CaseEvent]
) -> str:
    """Why this person may not consider the complaint at that stage, in a sentence; empty where they may.

    A stage says whose handlers it must not share (Code 6.13); a declared conflict of interest bars them from all.
    """
    if stage_key is None or not version.has_stage(stage_key):
        return ""
    stage = version.stage(stage_key)
    for event in events:
        if event.name == CONFLICT_DECLARED and _is_about(event, person):
            return f"{person.name} declared a conflict of interest in this case. Someone else must consider it."
        earlier = stage_of(event.name)
        if earlier in stage.not_the_same_person_as and event.by == person.id and is_considering(event):
            title = version.stage(earlier).title
            return (
                f"{person.name} considered this complaint at {title}. {stage.title} must be considered by someone else."
            )
    return ""


def is_considering(event: CaseEvent) -> bool:
    """Whether the event is one by which its person considered the complaint."""
    return event.name.rpartition(".")[2] in CONSIDERING


def roles_that_approve(version: PolicyVersion, stage_key: str | None) -> list[str]:
    """The roles that may approve going past a limit at a stage: whoever considers the complaint at a later one, or is
    accountable and works in no lane. Where the version has neither, whoever considers it at that stage."""
    keys = [stage.key for stage in version.stages]
    after = version.stages[keys.index(stage_key) + 1 :] if stage_key in keys else version.stages
    working = {version.desk} | {role for stage in version.stages for role in (stage.desk, stage.handler, stage.panel)}
    later = [stage.handler for stage in after if stage.handler]
    accountable = [role for role in version.roles if role not in working]
    return list(dict.fromkeys([*later, *accountable])) or [version.role_of_lane("handler", stage_key)]


def is_oneself(person: Person, named: object) -> bool:
    """Whether what was written as somebody's id or name is this person's own."""
    return " ".join(str(named).split()).casefold() in (person.id.casefold(), " ".join(person.name.split()).casefold())


def _is_about(event: CaseEvent, person: Person) -> bool:
    return event.fields.get("person") == person.id or (event.by == person.id and not event.fields.get("person"))
