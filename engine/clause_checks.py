"""Checks that a version answers for its sources: every rule id, what carries it, and the readings chosen.

`policies/rules.yaml` lists the rules of each source document. A version claims those of a source with `rules:` and
its prefix, and then has to say of each what carries it, what is still to come, or that it is a plain statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.dated_data import RULES
from engine.letter_files import letters_path
from engine.policy import PolicyVersion, bare
from engine.policy_files import line_at, place
from engine.problems import Problem, did_you_mean
from engine.version_names import Beside, Names, is_form_broken, may_be_there, meant

#: what carries a clause without being named in the version's file
ALWAYS_THERE = ("register", "inbox", "channels", "delivery", "receipt", "calendar")
#: the reports, by their names (`engine.reports.REPORTS`, which is not read here: it works with a database)
REPORTS = (
    "volumes", "timeliness", "monthly", "logging", "areas", "channels", "outcomes", "versions", "contractors", "due",
    "ch",
)  # fmt: skip
_NO_SOURCE = "Delete it, or say with 'rules:' under sources which document's rules this version answers for."


def sources_are_listed(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """The prefix of a source's rules is one of policies/rules.yaml."""
    for source in version.sources.values():
        if source.rules is None or RULES in beside.broken:
            continue
        line = line_at(version, place("sources", source.key, "rules"))
        if beside.rules is None:
            what = f"Source '{source.key}' has the rules '{source.rules}', and there is no policies/rules.yaml."
            yield Problem(version.file, line, what, "Add that file, or delete 'rules'.")
        elif source.rules not in beside.prefixes:
            what = f"Source '{source.key}' has the rules '{source.rules}', which policies/rules.yaml does not list."
            yield Problem(version.file, line, what, did_you_mean(source.rules, beside.prefixes))


def every_rule_is_answered_for(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Each rule of the sources has its clause, and each clause is a rule of the sources."""
    if beside.rules is None or RULES in beside.broken:
        return
    owed = _owed(version, beside)
    answered = {clause.rule for clause in version.clauses}
    if not names.is_read:  # nothing that the file names somewhere, in a part that could not be read, is missed
        owed = {**owed, **dict.fromkeys((clause.rule for clause in version.clauses if clause.rule in beside.rules), "")}
        answered |= {key for key in owed if place("clauses", key) in version.lines}
        answered |= owed.keys() if place("clauses") not in version.lines else set()
    for clause in version.clauses if names.is_read or _owed(version, beside) else ():
        if clause.rule not in owed:
            what = f"Clause '{clause.rule}' is no rule of this version's sources."
            mend = did_you_mean(clause.rule, set(owed) - answered or owed) if owed else _NO_SOURCE
            yield Problem(version.file, clause.line, what, mend)
    for rule, says in owed.items():
        if rule not in answered:
            what = f"Rule '{rule}' of the source is not answered for: {says}."
            mend = f"Add '{rule}: {{carried_by: [...]}}' under clauses."
            yield Problem(version.file, line_at(version, place("clauses")), what, mend)


def clauses_are_carried_by_what_exists(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """What carries a clause is something of this version, its forms or the data beside it."""
    if names.spine is None:
        return
    known = targets(version, names, beside)
    for clause in version.clauses:
        for target in clause.carried_by:
            if target not in known and not _may_be_carried(target, version, names, beside):
                line = line_at(version, place("clauses", clause.rule, "carried_by"))
                what = f"Clause '{clause.rule}' is carried by '{target}', which does not exist."
                yield Problem(version.file, line, what, meant(target, known, names, beside))


def _may_be_carried(target: str, version: PolicyVersion, names: Names, beside: Beside) -> bool:
    if target.startswith("letters.") and letters_path(version.file) in beside.broken:
        return True
    is_of_broken_form = is_form_broken(target.partition(".")[0], beside) and bare(target) in beside.words
    return is_of_broken_form or may_be_there(target, version, names, beside)


def what_is_to_come(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A clause whose carrier is not built yet is a remark, so that nobody forgets it."""
    for clause in version.clauses:
        if clause.to_come:
            what = f"Clause '{clause.rule}' is to come: {clause.to_come.rstrip('.')}."
            yield Problem(version.file, clause.line, what, "", "remark")


def readings_are_about_rules(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A reading names the rules it was chosen for."""
    if beside.rules is None or RULES in beside.broken:
        return
    owed = _owed(version, beside)
    for reading in version.readings:
        line = line_at(version, place("assumed", reading.key, "about"))
        for rule in reading.about:
            if rule not in owed and (names.is_read or rule not in beside.rules):
                what = f"Reading '{reading.key}' is about '{rule}', which is no rule of this version's sources."
                yield Problem(version.file, line, what, did_you_mean(rule, owed) if owed else _NO_SOURCE)


CHECKS = [
    sources_are_listed,
    every_rule_is_answered_for,
    clauses_are_carried_by_what_exists,
    what_is_to_come,
    readings_are_about_rules,
]


def targets(version: PolicyVersion, names: Names, beside: Beside) -> frozenset[str]:
    """Everything that can carry a clause of this version."""
    found = {*ALWAYS_THERE, *names.asking, *(f"reports.{name}" for name in REPORTS)}
    found |= {stage.key for stage in version.stages}
    for rule in version.deadlines:
        found.add(rule.key)
        if rule.more_time:
            found.add(f"{rule.key}.{'extension' if rule.more_time.event == 'extension_given' else 'holding_reply'}")
    for name in set(names.asking.values()):
        form = beside.workflows.forms.get(name)
        found |= {f"{name}.{field}" for field in form.names} if form else set()
    found |= {f"roles.{key}" for key in version.roles} | {f"rules.{key}" for key in version.rules}
    found |= {f"decisions.{key}" for key in version.decisions} | {f"sources.{key}" for key in version.sources}
    found |= {f"assumed.{reading.key}" for reading in version.readings}
    found |= {f"law.{key}" for key in beside.law or ()}
    letters = beside.letters.get(version.file)
    for template in letters.templates.values() if letters else ():
        found |= {f"letters.{template.name}", *(f"letters.{template.name}.{part.name}" for part in template.parts)}
    return frozenset(found | ({"contacts"} if beside.contacts is not None else set()))


def _owed(version: PolicyVersion, beside: Beside) -> dict[str, str]:
    """The rules of this version's sources by id, with what each says."""
    claimed = {source.rules for source in version.sources.values() if source.rules}
    return {key: rule.rule.rstrip(".") for key, rule in (beside.rules or {}).items() if rule.source in claimed}
