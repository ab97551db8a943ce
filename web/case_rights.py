"""Who may do what with a case beyond reading it and working its tasks.

* Private details (health, vulnerability, adjustments, language and faith) are for those who handle the case: people who
  hold, for its service area, the desk's role or a role that works one of its stages. An auditor does not see them.
* Whoever works in the case's area may correct its record, for mistakes are found by whoever reads them; it always takes
  a reason, and both values are kept. An auditor changes nothing.
* Choosing a version, moving a case to another, undoing that and taking a case off hold are for those who answer for the
  policy: the role that works its last stage before the Ombudsman (of those no panel works), or a role that works no
  stage and is there to be accountable. Any version of the policy may name them, because a held case has none of its
  own yet. Where the area is not yet decided, holding the role for any area is enough, so that no case waits for
  somebody who does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.case_files import CaseFile
from engine.policy import PolicyVersion
from engine.rights import ALL_AREAS, Person
from web import current


def may_act(who: Person, file: CaseFile) -> bool:
    """Whether they work on cases of this area at all."""
    return not who.is_auditor and who.works_in(file.policy, file.area)


def may_correct(who: Person, file: CaseFile) -> bool:
    """Whether they may correct what was recorded."""
    return may_act(who, file)


def may_see_private(who: Person, file: CaseFile) -> bool:
    """Whether they may see the resident's private details; each view is recorded."""
    if who.is_auditor:
        return False
    return any(who.holds(file.policy, role, file.area) for role in handling_roles(_versions(file)))


def may_decide(who: Person, file: CaseFile) -> bool:
    """Whether they may choose or change the version of a case, and take it off hold."""
    return may_decide_among(current.office().versions_of(file.policy), who, file)


def may_decide_among(versions: Iterable[PolicyVersion], who: Person, file: CaseFile) -> bool:
    """The same where nobody is signed in, on the command line: `versions` are those of the case's policy."""
    if who.is_auditor:
        return False
    roles = {key for version in versions for key in deciding_roles(version)}
    places = {ALL_AREAS, file.area}
    return any(
        grant.policy == file.policy and grant.role in roles and (grant.area in places or not file.area)
        for grant in who.grants
    )


def deciding_titles(policy: str) -> list[str]:
    """The titles of the roles that may decide about versions, newest version first."""
    versions = reversed(current.office().versions_of(policy))
    return list(dict.fromkeys(one.roles[key].title for one in versions for key in deciding_roles(one)))


def handling_roles(versions: Iterable[PolicyVersion]) -> set[str]:
    """The roles that work a case: the desk's and those of the stages' lanes."""
    return {role for version in versions for role in _working_roles(version)}


def deciding_roles(version: PolicyVersion) -> list[str]:
    """The accountable roles of a version, and the one that works the last stage that no panel works."""
    own = [stage for stage in version.stages if not stage.is_external and not stage.panel]
    last = own[-1].handler if own else None
    accountable = [key for key in version.roles if key not in _working_roles(version)]
    return [*accountable, *([last] if last else [])]


def _working_roles(version: PolicyVersion) -> set[str]:
    lanes = (role for stage in version.stages for role in (stage.handler, stage.desk, stage.panel))
    return {version.desk, *(role for role in lanes if role)}


def _versions(file: CaseFile) -> list[PolicyVersion]:
    """The version that governs; while none does, every version of the policy."""
    return [file.governing.version] if file.governing.version else current.office().versions_of(file.policy)
