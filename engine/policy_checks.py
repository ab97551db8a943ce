"""Checks of a policy version against the diagrams, forms and dated data beside it: clocks, stages, roles and names.

A check is a pure function from a version and what lies beside it to problems; `CHECKS` is the list of them, and adding
one means appending a function. `engine.clause_checks` and `engine.decision_checks` hold the rest.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from itertools import pairwise

from engine.dated_data import CONTACTS, LAW
from engine.policy import DeadlineRule, PolicyVersion, bare, stage_of
from engine.policy_files import line_at, place
from engine.policy_stages import CASE_DATES
from engine.problems import Problem, did_you_mean
from engine.version_names import LANES, Beside, Names, is_form_broken, may_be_there, meant
from engine.yaml_part import KEY

Check = Callable[[PolicyVersion, Names, Beside], Iterator[Problem]]

#: the names of deadlines that the diagrams, the ledger and the inbox go by
STAGE_DEADLINES = ("acknowledgement", "response", "panel", "request_window", "direct_from")
CASE_DEADLINES = ("complain_by",)
EXTERNAL = "external_stage"


def workflow_and_calendar_exist(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """The spine and the calendar a version names are there."""
    is_there = beside.workflows.at(version.workflow) or f"workflows/{version.workflow}.bpmn" in beside.broken
    if not is_there and version.workflow:
        known = [name for name in beside.spines if name.startswith("complaints/")]
        what = f"The workflow '{version.workflow}' is not in workflows/."
        yield _problem(version, place("workflow"), what, did_you_mean(version.workflow, known or beside.spines))
    is_there = version.calendar in beside.calendars or f"policies/calendars/{version.calendar}.yaml" in beside.broken
    if not is_there and version.calendar:
        what = f"The calendar '{version.calendar}' is not in policies/calendars/."
        yield _problem(version, place("calendar"), what, did_you_mean(version.calendar, beside.calendars))


def stages_are_those_of_the_diagram(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Each stage is a call activity of the spine and each call activity a stage, in the same order."""
    if names.spine is None:
        return
    ours, drawn = [stage.key for stage in version.stages], list(names.stages)
    for stage in version.stages:
        if "-" in stage.key and not names.is_read:
            continue  # a problem already
        if stage.key not in drawn and (names.is_whole or stage.key not in beside.words):
            what = f"Stage '{stage.key}' is not in the diagram {version.workflow}.bpmn."
            yield Problem(version.file, stage.line, what, did_you_mean(stage.key, drawn))
    if names.is_whole and names.is_read:  # what is missing on one side may be among what could not be read
        yield from _stages_follow_the_diagram(version, names, ours, drawn)


def _stages_follow_the_diagram(
    version: PolicyVersion, names: Names, ours: list[str], drawn: list[str]
) -> Iterator[Problem]:
    for key in drawn:
        if key not in ours:
            what = f"The diagram {version.workflow}.bpmn has the stage '{key}', which this version does not have."
            yield _problem(version, place("stages"), what, f"Add '{key}' under stages, or name another workflow.")
    for earlier, later in pairwise(ours):
        if {earlier, later} <= set(drawn) and later not in names.follows[earlier]:
            what = f"Stage '{earlier}' stands before '{later}', and the diagram never goes from it to '{later}'."
            yield _problem(version, place("stages", later), what, "Put the stages in the order of the diagram.")


def external_stages_are_external(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A stage that is not ours is marked so, is worked as such, and comes last."""
    if not names.is_read:
        return
    is_over = False
    for stage in version.stages:
        process = names.stages.get(stage.key) if names.is_whole else None
        if process == EXTERNAL and not stage.is_external:
            what = f"Stage '{stage.key}' is drawn as an external stage and not marked as one."
            yield Problem(version.file, stage.line, what, "Write 'external: true'.")
        if stage.is_external and process not in (EXTERNAL, None):
            what = f"Stage '{stage.key}' is marked external, and the diagram works it as '{process}'."
            yield _problem(version, place("stages", stage.key, "external"), what, "Delete 'external: true'.")
        if stage.is_external and stage.handler:
            what = f"Stage '{stage.key}' is external and has a handler of ours."
            yield _problem(version, place("stages", stage.key, "handler"), what, "Delete 'handler'.")
        if is_over and not stage.is_external:
            what = f"Stage '{stage.key}' comes after an external stage."
            yield Problem(version.file, stage.line, what, "Put the external stage last.")
        is_over = is_over or stage.is_external


def roles_bound_exist(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Every lane is bound to a role of the version."""
    bound = [(place("desk"), "The desk", version.desk)]
    for stage in version.stages:
        for lane in LANES:
            role = getattr(stage, lane)
            if role is not None:
                bound.append((place("stages", stage.key, lane), f"The {lane} of stage '{stage.key}'", role))
    for path, about, role in bound:
        if role and role not in version.roles and not may_be_there(role, version, names, beside):
            what = f"{about} is '{role}', which is not under roles."
            yield _problem(version, path, what, did_you_mean(role, version.roles))


def lanes_are_bound(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Every lane that works in a stage has someone; the desk falls back to the version's own."""
    if not (names.is_whole and names.is_read):
        return
    for stage in version.stages:
        used = names.lanes.get(stage.key)
        if used is None or stage.is_external:
            continue
        for lane in sorted(used - {"desk"}):
            if lane in LANES and getattr(stage, lane) is None:
                what = f"Stage '{stage.key}' does not say who its {lane} is."
                yield Problem(version.file, stage.line, what, f"Add '{lane}:' with a role.")
        if stage.panel is not None and "panel" not in used:
            what = f"Stage '{stage.key}' has a panel, and its diagram has no work for one."
            yield _remark(version, place("stages", stage.key, "panel"), what, "Delete 'panel'.")


def roles_are_used(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A role that nothing names is worth a remark."""
    if not names.is_read:
        return
    used = {version.desk} | {getattr(stage, lane) for stage in version.stages for lane in LANES}
    used |= {target.removeprefix("roles.") for clause in version.clauses for target in clause.carried_by}
    for key in version.roles:
        if key not in used:
            what = f"Role '{key}' works nowhere in this version."
            yield _remark(version, place("roles", key), what, "Bind it to a stage, or delete it.")


def handlers_differ_from_earlier_stages(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """`not_the_same_person_as` names stages that come before."""
    earlier: list[str] = []
    for stage in version.stages:
        for other in stage.not_the_same_person_as:
            if other not in earlier and (names.is_read or place("stages", other) not in version.lines):
                what = f"Stage '{stage.key}' may not have the same handler as '{other}', which is no earlier stage."
                mend = did_you_mean(other, earlier) if earlier else "Delete 'not_the_same_person_as'."
                yield _problem(version, place("stages", stage.key, "not_the_same_person_as"), what, mend)
        earlier.append(stage.key)


def clocks_run_between_events(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Each deadline starts from and is met by something that can happen to a case of this version."""
    if names.spine is None:
        return
    for rule in version.deadlines:
        if names.is_whole and stage_of(rule.key) not in (None, *names.stages):
            continue  # the stage itself is the problem
        for key, verb in (("of", "starts from"), ("or_of", "starts from"), ("met_by", "waits for")):
            name = getattr(rule, key)
            dates = CASE_DATES if key != "met_by" else ()
            if name and name not in (*names.events, *dates) and not may_be_there(name, version, names, beside):
                written, known = _as_written(name, rule, names, dates)
                what = f"Deadline '{rule.key}' {verb} '{written}', which is not an event."
                yield _problem(version, _deadline_place(rule, key), what, meant(written, known, names, beside))


def _as_written(name: str, rule: DeadlineRule, names: Names, dates: tuple[str, ...]) -> tuple[str, list[str]]:
    """A name as its author wrote it, and what could have stood there."""
    stage = stage_of(rule.key)
    if stage is None or stage_of(name) != stage:
        return name, [*names.events, *dates]
    own = [bare(event) for event in names.events if stage_of(event) == stage]
    return bare(name), [*own, *(event for event in names.events if stage_of(event) != stage), *dates]


def clocks_do_not_run_in_circles(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """No deadline waits for its own end."""
    reported: set[str] = set()
    for rule in version.deadlines:
        circle = [rule]
        while (before := _that_starts(version, circle[-1])) is not None and before not in circle:
            circle.append(before)
        if before is rule and rule.key not in reported:
            reported |= {each.key for each in circle}
            others = " and ".join(f"'{each.key}'" for each in circle[1:])
            what = f"Deadline '{rule.key}' starts with its own end" + (f", by way of {others}." if others else ".")
            yield _problem(version, _deadline_place(rule, "of"), what, "Let it start from an event that comes before.")


def _that_starts(version: PolicyVersion, rule: DeadlineRule) -> DeadlineRule | None:
    return next((other for other in version.deadlines if other.met_by == rule.of), None)


def deadlines_have_known_names(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Diagrams, inbox and ledger find a deadline by its name, so a misspelt one would silently do nothing."""
    for rule in version.deadlines:
        stage, name = stage_of(rule.key), bare(rule.key)
        known = STAGE_DEADLINES if stage else CASE_DEADLINES
        if name in known or rule.key in names.timers:
            continue
        what = f"Deadline '{rule.key}' has a name that no diagram and no page knows."
        if difflib.get_close_matches(name, known, n=1, cutoff=0.75):
            yield Problem(version.file, rule.line, what, did_you_mean(name, known))
        else:
            yield Problem(version.file, rule.line, what, "It is dated and shown, and nothing waits for it.", "remark")


def more_time_is_for_responses(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Only an answer can be given more time; without a limit that is worth a remark."""
    for rule in version.deadlines:
        if rule.more_time is None:
            continue
        key = "extension" if rule.more_time.event == "extension_given" else "holding_reply"
        about = key.replace("_", " ")
        if bare(rule.key) != "response":
            what = (
                f"Deadline '{rule.key}' allows {'an' if about[0] == 'e' else 'a'} {about}, which only a response has."
            )
            yield _problem(version, _deadline_place(rule, key), what, f"Delete '{key}'.")
        if rule.more_time.at_most is None and names.is_read:
            what = f"The {about} of deadline '{rule.key}' has no limit."
            mend = "Add 'at_most: 10 working days' if the source sets one."
            yield _remark(version, _deadline_place(rule, key), what, mend)


def law_named_is_known(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """The law that ends a deadline is in policies/law.yaml."""
    for rule in version.deadlines:
        if rule.ended_by_law is None or rule.ended_by_law in (beside.law or ()) or LAW in beside.broken:
            continue
        path = _deadline_place(rule, "ended_by_law")
        if beside.law is None:
            what = (
                f"Deadline '{rule.key}' is ended by the law '{rule.ended_by_law}', and there is no policies/law.yaml."
            )
            yield _problem(version, path, what, "Add that file.")
        else:
            what = (
                f"Deadline '{rule.key}' is ended by the law '{rule.ended_by_law}', which is not in policies/law.yaml."
            )
            yield _problem(version, path, what, did_you_mean(rule.ended_by_law, beside.law))


def contacts_exist(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Letters need the landlord's own addresses."""
    if beside.contacts is None or CONTACTS in beside.broken or not KEY.fullmatch(version.policy):
        return
    if version.policy not in beside.contacts:
        what = f"policies/contacts.yaml has nothing for '{version.policy}'."
        yield _problem(version, place("policy"), what, f"Add '{version.policy}:' with its address by date.")


def forms_bound_exist(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A form bound to a task or message is there, and so is the task or message."""
    if names.spine is None:
        return
    for name, form in version.forms.items():
        if name not in names.asking and (names.is_whole or bare(name) not in beside.words):
            what = f"The form '{form}' is bound to '{name}', which is no task and no message."
            yield _problem(version, place("forms", name), what, meant(name, names.asking, names, beside))
        if form and form not in beside.workflows.forms and not is_form_broken(form, beside):
            what = f"'{name}' is bound to the form '{form}', which is not in workflows/forms/."
            yield _problem(version, place("forms", name), what, did_you_mean(form, beside.workflows.forms))


CHECKS: list[Check] = [
    workflow_and_calendar_exist,
    stages_are_those_of_the_diagram,
    external_stages_are_external,
    roles_bound_exist,
    lanes_are_bound,
    roles_are_used,
    handlers_differ_from_earlier_stages,
    clocks_run_between_events,
    clocks_do_not_run_in_circles,
    deadlines_have_known_names,
    more_time_is_for_responses,
    law_named_is_known,
    contacts_exist,
    forms_bound_exist,
]


def _deadline_place(rule: DeadlineRule, key: str) -> str:
    stage = stage_of(rule.key)
    above = ("stages", stage) if stage else ()
    return place(*above, "deadlines", bare(rule.key), key)


def _problem(version: PolicyVersion, path: str, what: str, mend: str) -> Problem:
    return Problem(version.file, line_at(version, path), what, mend)


def _remark(version: PolicyVersion, path: str, what: str, mend: str) -> Problem:
    return Problem(version.file, line_at(version, path), what, mend, "remark")
