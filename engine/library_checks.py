"""Checks that need more than one version: which of them governs a day, where each file stands, and what the diagrams
wait for that no version and no stage has.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from engine.diagrams import Diagram
from engine.library_files import VERSION_FILE
from engine.policy import PolicyVersion, bare, stage_of
from engine.policy_checks import CASE_DEADLINES, STAGE_DEADLINES
from engine.policy_files import UNDATED, line_at
from engine.problems import Problem, did_you_mean
from engine.rights import RECORDS_ROLES, ROLES_WITHOUT_CASES
from engine.version_names import INTAKE, LANES, workflow_of
from engine.workflows import Workflows
from engine.yaml_part import KEY


def files_are_named_after_versions(versions: Iterable[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """A version's file stands under its own name."""
    for version in versions:
        place = VERSION_FILE.fullmatch(version.file)
        if place is None:
            continue
        for key, named, there in (("policy", version.policy, place[1]), ("version", version.version, place[2])):
            if named != there and KEY.fullmatch(named):  # any other name is a problem already
                what = f"The {key} is called '{named}', and its file stands under '{there}'."
                mend = f"Write '{key}: {there}', or move the file."
                yield Problem(version.file, line_at(version, key), what, mend)


def versions_begin_on_different_days(versions: Iterable[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """Two versions of a policy from one day would leave open which of them governs."""
    begun: dict[tuple[str, object], PolicyVersion] = {}
    for version in versions:
        if version.in_force_from == UNDATED:
            continue
        other = begun.setdefault((version.policy, version.in_force_from), version)
        if other is not version:
            what = f"This version is in force from {version.in_force_from}, and so is '{other.version}' of its policy."
            line = line_at(version, "in_force_from")
            yield Problem(version.file, line, what, "Give one of them another day.")


def timers_wait_for_deadlines(versions: Sequence[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """A timer whose deadline no version has never fires, which is worth a remark; a misspelt one is a problem."""
    for diagram in workflows.diagrams.values():
        known = _deadlines_of(diagram, versions, workflows)
        for node in diagram.timers:
            if node.deadline in known:
                continue
            what = f"The timer '{node.name or node.id}' waits for '{node.deadline}', which is a deadline of no version."
            usual = _usual_deadlines(diagram)
            if node.deadline in usual:
                yield Problem(diagram.file, node.line, what, "It never fires.", "remark")
            elif difflib.get_close_matches(node.deadline, usual | known, n=1, cutoff=0.75):
                yield Problem(diagram.file, node.line, what, did_you_mean(node.deadline, usual | known))
            else:
                yield Problem(diagram.file, node.line, what, "It never fires.", "remark")


def messages_belong_to_stages(versions: Sequence[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """What a spine waits for with a stage's name is about one of its call activities."""
    for diagram in workflows.diagrams.values():
        stages = [node.id for node in diagram.call_activities if node.calls != INTAKE]
        for name, line in diagram.messages.items():
            stage = stage_of(name)
            if stage is not None and stages and stage not in stages:
                what = f"The message '{name}' is about '{stage}', which is no stage of this diagram."
                yield Problem(diagram.file, line, what, did_you_mean(stage, stages))


def lanes_are_those_a_version_binds(versions: Sequence[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """A lane with work in it is one that versions bind to a role; any other would fall to the desk unnoticed."""
    for diagram in workflows.diagrams.values():
        for lane in diagram.lanes:
            has_work = any(task.lane == lane.id for task in diagram.tasks)
            if has_work and lane.id not in LANES:
                what = f"The lane '{lane.id}' holds tasks, and no version can say who works in it."
                yield Problem(diagram.file, lane.line, what, did_you_mean(lane.id, LANES))


def roles_are_those_of_cases(versions: Iterable[PolicyVersion], workflows: Workflows) -> Iterator[Problem]:
    """The roles of the studio and of disposal give no access to cases, so no version gives them work."""
    for version in versions:
        for key in version.roles.keys() & ROLES_WITHOUT_CASES.keys():
            of = "disposal" if key in RECORDS_ROLES else "the policy studio"
            what = f"The role '{key}' is one of {of}, under every policy."
            yield Problem(version.file, line_at(version, "roles"), what, "Give the role another key.")


CHECKS = [
    roles_are_those_of_cases,
    files_are_named_after_versions,
    versions_begin_on_different_days,
    timers_wait_for_deadlines,
    messages_belong_to_stages,
    lanes_are_those_a_version_binds,
]


def _deadlines_of(diagram: Diagram, versions: Sequence[PolicyVersion], workflows: Workflows) -> set[str]:
    """The deadlines a diagram may name: whole in a spine, bare in a stage's process."""
    found = set()
    for version in versions:
        if version.workflow == workflow_of(diagram):
            found |= {rule.key for rule in version.deadlines}
        spine = workflows.at(version.workflow)
        stages = {node.id for node in spine.call_activities if node.calls == diagram.process} if spine else set()
        found |= {bare(rule.key) for rule in version.deadlines if stage_of(rule.key) in stages}
    return found


def _usual_deadlines(diagram: Diagram) -> set[str]:
    """The deadlines that any version might have for this diagram."""
    stages = [node.id for node in diagram.call_activities if node.calls != INTAKE]
    whole = {f"{stage}.{name}" for stage in stages for name in STAGE_DEADLINES}
    return {*whole, *CASE_DEADLINES} if stages else {*STAGE_DEADLINES}
