"""The text of a policy version in; a PolicyVersion, or every Problem, out.

What a file says on its own is read here. Whether it fits the workflows, forms and dated data beside it is asked in
`engine.policy_checks` and `engine.clause_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time

from engine import yaml_part, yaml_text
from engine.policy import (
    SAME_DAY,
    SECOND_WORKING_DAY,
    Clause,
    DecisionRow,
    NamedRule,
    PolicyVersion,
    Reading,
    Receipt,
    Role,
    Source,
)
from engine.policy_stages import read_cites, read_stages
from engine.problems import Problem, only_problems
from engine.read_once import read_once
from engine.yaml_part import KEY, Part

_TOP_KEYS = (
    "policy", "version", "title", "says", "landlord", "in_force_from", "workflow", "calendar", "receipt", "counting",
    "delivery", "sources", "assumed", "roles", "desk", "channels", "stages", "deadlines", "rules", "decisions", "forms",
    "clauses",
)  # fmt: skip
#: stands where the day could not be read, in a version that is only to be checked further
UNDATED = date.max
_RECEIPT = re.compile(r"next working day after ([01][0-9]|2[0-3]):([0-5][0-9])")
_FIRST_DAY = {"the next day is the first": False, "the first day counts": True}
_ANSWERS = ("carried_by", "to_come", "statement")
_ANSWER_IT = (
    "Write 'carried_by: [...]' with what carries it, or 'to_come:' with what is not built yet. "
    "'statement: true' is only for what nobody can do or record."
)


def read_version(text: bytes, file: str) -> tuple[PolicyVersion | None, list[Problem]]:
    """The version a policy file holds, or None with every problem found in its text."""
    version, problems = readable_version(text, file)
    return (None if only_problems(problems) else version), problems


@read_once
def readable_version(text: bytes, file: str) -> tuple[PolicyVersion | None, list[Problem]]:
    """What can be read of a policy file, with every problem of its text: to be checked further, not for use."""
    part, problems = yaml_part.whole(text, file, "This policy")
    if part is None:
        return None, problems
    part.only(_TOP_KEYS)
    sources = _sources(part)
    stages, deadlines = read_stages(part, sources)
    begins = part.day("in_force_from", needed=True)
    version = PolicyVersion(
        policy=_name(part, "policy", "st-leger-homes"),
        version=_name(part, "version", "two-stage-2024"),
        title=part.text("title", example="Complaints policy, two stages"),
        landlord=part.text("landlord", example="St Leger Homes"),
        in_force_from=begins or UNDATED,
        workflow=part.text("workflow", example="complaints/two-stage"),
        calendar=part.text("calendar", example="england"),
        desk=part.text("desk", example="complaints_officer"),
        stages=stages,
        deadlines=deadlines,
        roles=_roles(part, sources),
        sources=sources,
        receipt=_receipt(part),
        first_day_counts=_first_day_counts(part),
        delivery=_delivery(part),
        channels=part.words("channels"),
        readings=_readings(part),
        rules=_rules(part, sources),
        decisions=_decisions(part, sources),
        forms=part.named_values("forms"),
        clauses=_clauses(part),
        file=file,
        lines=dict(_places(part.node)),
    )
    return version, problems


def line_at(version: PolicyVersion, path: str) -> int:
    """The line of a place in the version's file, such as `stages.stage_1.handler`; of what it stands in otherwise."""
    while path:
        if path in version.lines:
            return version.lines[path]
        path = path.rpartition("|")[0]
    return 1


def place(*keys: str) -> str:
    """The name of a place in a version's file: the keys on the way to it (which may hold dots themselves)."""
    return "|".join(keys)


def _places(node: yaml_text.Node, above: str = "") -> list[tuple[str, int]]:
    if not isinstance(node, yaml_text.Mapping):
        return []
    found = []
    for key, below in node.items():
        path = place(above, key) if above else key
        found += [(path, node.line_of(key)), *_places(below, path)]
    return found


def _name(part: Part, key: str, example: str) -> str:
    name = part.text(key, example=example)
    if name and not KEY.fullmatch(name):
        what = f"The {key} is called '{name}'."
        part.problem(part.line_of(key), what, f"Use lower-case letters, digits and hyphens, such as '{example}'.")
    return name


def _sources(part: Part) -> dict[str, Source]:
    found = {}
    for key, below in part.each("sources", "Source", needed=True):
        below.only(("title", "date", "rules", "note"))
        found[key] = Source(
            key=key,
            title=below.text("title", example="Our complaints process"),
            date=below.day("date"),
            rules=below.maybe_text("rules"),
            note=below.text("note"),
        )
    return found


def _roles(part: Part, sources: Mapping[str, Source]) -> dict[str, Role]:
    found = {}
    for key, below in part.each("roles", "Role", needed=True):
        below.only(("title", "says", "cites"))
        title = below.text("title", example="Complaints officer")
        found[key] = Role(key, title, below.text("says"), read_cites(below, sources))
    return found


def _receipt(part: Part) -> Receipt:
    written = part.text("receipt", default="day of arrival")
    after = _RECEIPT.fullmatch(written)
    if after:
        return Receipt(time(int(after[1]), int(after[2])))
    if written != "day of arrival":
        what = f"The day of receipt is '{written}', which is not known."
        part.problem(part.line_of("receipt"), what, "Write 'day of arrival' or 'next working day after 17:00'.")
    return Receipt()


def _first_day_counts(part: Part) -> bool:
    written = part.text("counting", default="the next day is the first")
    if written not in _FIRST_DAY:
        what = f"Days are counted by '{written}', which is not known."
        part.problem(part.line_of("counting"), what, "Write 'the next day is the first' or 'the first day counts'.")
    return _FIRST_DAY.get(written, False)


def _delivery(part: Part) -> dict[str, str]:
    found = part.named_values("delivery")
    whole = part.node.get("delivery")
    for channel, when in found.items():
        if when and when not in (SAME_DAY, SECOND_WORKING_DAY):
            line = whole.line_of(channel) if isinstance(whole, yaml_text.Mapping) else part.line_of("delivery")
            what = f"An answer sent by {channel} counts as received '{when}', which is not known."
            part.problem(line, what, f"Write '{SAME_DAY}' or '{SECOND_WORKING_DAY}'.")
    return found


def _readings(part: Part) -> tuple[Reading, ...]:
    found = []
    for key, below in part.each("assumed", "Reading"):
        below.only(("question", "reading", "by", "on", "about"))
        about = below.words("about")
        if not about and "about" not in below.node:
            below.missing("about", "[STL24-S1-INVEST]")
        found.append(
            Reading(
                key=key,
                question=below.text("question", example="What starts the 10 working days?"),
                reading=below.text("reading", example="The acknowledgement."),
                by=below.text("by", example="Name of who chose it"),
                on=below.day("on", needed=True),
                about=about,
                line=below.line,
            )
        )
    return tuple(found)


def _rules(part: Part, sources: Mapping[str, Source]) -> dict[str, NamedRule]:
    found = {}
    for key, below in part.each("rules", "Rule"):
        said, cites = below.text("says", example="What the policy says about it."), read_cites(below, sources)
        settings = {name: yaml_text.plain(node) for name, node in below.node.items() if name not in ("says", "cites")}
        found[key] = NamedRule(key, said, settings, cites)
    return found


def _decisions(part: Part, sources: Mapping[str, Source]) -> dict[str, tuple[DecisionRow, ...]]:
    whole = part.part("decisions", "'decisions'")
    if whole is None:
        return {}
    found = {}
    for task, _ in whole.node.items():
        rows = []
        for number, below in enumerate(whole.rows(task, f"Decision '{task}'"), 1):
            below.about = f"Row {number} of decision '{task}'"
            below.only(("when", "then", "because", "cites"))
            when, then = _condition(below), below.text("then", example="complaint")
            rows.append(DecisionRow(when, then, below.text("because"), read_cites(below, sources), below.line))
        found[task] = tuple(rows)
    return found


def _condition(part: Part) -> str:
    """The condition of a row; an unquoted `true` is the condition that always holds."""
    node = part.node.get("when")
    if isinstance(node, yaml_text.Scalar) and node.value is True:
        return "true"
    return part.text("when", example="\"kind == 'service_request'\"")


def _clauses(part: Part) -> tuple[Clause, ...]:
    found = []
    for rule, below in part.each("clauses", "Clause"):
        below.only(_ANSWERS)
        given = [key for key in _ANSWERS if key in below.node]
        if not given:
            part.problem(below.line, f"Clause '{rule}' is not answered.", _ANSWER_IT)
        if "statement" in given and len(given) > 1:
            what = f"Clause '{rule}' is called a statement and is answered by '{given[0]}' as well."
            part.problem(below.line, what, "Delete 'statement'.")
        carried_by = below.words("carried_by")
        if "carried_by" in given and not carried_by:
            part.problem(below.line, f"Clause '{rule}' is carried by nothing.", "Name what carries it.")
        if given == ["statement"] and not below.flag("statement"):
            part.problem(below.line, f"Clause '{rule}' is not answered.", _ANSWER_IT)
        found.append(Clause(rule, carried_by, below.text("to_come"), "statement" in given, below.line))
    return tuple(found)
