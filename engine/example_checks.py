"""Checks of example files against the versions they tell of: every event, deadline, role, task and letter is known.

A story of one policy may meet any of its versions, so a name is known where one version of the policy has it; an
example that names its version must stay inside that one. `engine.example_files` has checked the shape before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from engine.events import CORRECTED, FACTS, MOVE_UNDONE, MOVED, OF_A_STAGE
from engine.example_files import DECIDE, LISTS, Act, Example, ExampleFile, Expectation
from engine.policy import PolicyVersion, bare
from engine.problems import Problem, did_you_mean
from engine.version_names import names_of
from engine.workflows import Workflows

NONE = ("none", "null")


@dataclass(frozen=True)
class Words:
    """What a story may name: the words of one version, or of every version of a policy together."""

    versions: frozenset[str]
    stages: frozenset[str]
    events: frozenset[str]
    tasks: frozenset[str]
    roles: frozenset[str]
    deadlines: frozenset[str]
    letters: frozenset[str]
    events_anywhere: frozenset[str] = frozenset()  # of any policy: what cannot happen here may happen elsewhere


def check(
    found: ExampleFile,
    versions: Iterable[PolicyVersion],
    workflows: Workflows,
    unsure: Mapping[str, Collection[str]] | None = None,
    others: Sequence[tuple[PolicyVersion, Workflows]] = (),
) -> list[Problem]:
    """Every name in the examples that no version of their policy knows, with the name that was probably meant.

    `unsure`: of policies whose files have problems, the words in these files: such a name may be right. `others` are
    versions that lie elsewhere, each with its own diagrams.
    """
    by_policy, known_to = _known(versions, workflows, others)
    anywhere = known_to([one for theirs in by_policy.values() for one in theirs]).events
    words: dict[tuple[str, ...], Words] = {}
    problems: list[Problem] = []
    for example in found.examples:
        perhaps = (unsure or {}).get(example.policy)
        theirs = by_policy.get(example.policy)
        if theirs is None:
            if perhaps is not None:
                continue
            what = f"{_about(example)} is about the policy '{example.policy}', which is not here."
            problems.append(Problem(example.file, example.line, what, did_you_mean(example.policy, by_policy)))
            continue
        chosen = [one for one in theirs if example.version in (None, one.version)]
        if not chosen:
            if perhaps and example.version in perhaps:
                continue
            what = f"{_about(example)} names the version '{example.version}', which '{example.policy}' does not have."
            mend = did_you_mean(example.version or "", [one.version for one in theirs])
            problems.append(Problem(example.file, example.line, what, mend))
            continue
        key = tuple(one.key for one in chosen)
        if key not in words:
            words[key] = replace(known_to(chosen), events_anywhere=anywhere)
        problems += _problems(example, words[key], perhaps or ())
    return problems


def _known(
    versions: Iterable[PolicyVersion], workflows: Workflows, others: Sequence[tuple[PolicyVersion, Workflows]]
) -> tuple[dict[str, list[PolicyVersion]], Callable[[Sequence[PolicyVersion]], Words]]:
    """The versions of each policy, and what gives the words that some of them know."""
    by_policy: dict[str, list[PolicyVersion]] = {}
    elsewhere = {version.key: words_of([version], diagrams) for version, diagrams in others}
    for version in (*versions, *(version for version, _ in others)):
        by_policy.setdefault(version.policy, []).append(version)

    def known_to(chosen: Sequence[PolicyVersion]) -> Words:
        here = words_of([one for one in chosen if one.key not in elsewhere], workflows)
        return _together([here, *(elsewhere[one.key] for one in chosen if one.key in elsewhere)])

    return by_policy, known_to


def words_of(versions: Sequence[PolicyVersion], workflows: Workflows) -> Words:
    """The words these versions know."""
    names = [names_of(version, workflows) for version in versions]
    letters = {
        one.letter for of_a_kind in (workflows.tasks, workflows.messages, workflows.facts) for one in of_a_kind.values()
    }
    facts = {f"{stage.key}.{fact}" for version in versions for stage in version.stages for fact in OF_A_STAGE}
    tasks = {key for one in names for key in one.tasks}
    return Words(
        versions=frozenset(one for version in versions for one in (version.version, version.key)),
        stages=frozenset(stage.key for version in versions for stage in version.stages),
        events=frozenset({event for one in names for event in one.events} | facts | (FACTS - OF_A_STAGE)),
        tasks=frozenset(tasks),
        roles=frozenset(role for version in versions for role in version.roles),
        deadlines=frozenset(rule.key for version in versions for rule in version.deadlines),
        letters=frozenset(letter for letter in letters if letter),
    )


def _together(known: Iterable[Words]) -> Words:
    """The words of all of these."""
    all_of = list(known)
    return Words(*(frozenset().union(*(getattr(one, each.name) for one in all_of)) for each in fields(Words)))


def _problems(example: Example, words: Words, perhaps: Collection[str]) -> Iterator[Problem]:
    for act in example.story:
        for named, known, what in _named_by(act, words):
            if bare(named) not in perhaps:
                yield from _unknown(example, act.line, named, known, f"has {what} '{named}' in its story")
    for expected in example.expect:
        for named, known, what in _expected_of(expected, words):
            if bare(named) not in perhaps:
                yield from _unknown(example, expected.line, named, known, f"expects {what} '{named}'")


def _unknown(example: Example, line: int, named: str, known: Collection[str], said: str) -> Iterator[Problem]:
    if named not in known:
        yield Problem(
            example.file,
            line,
            f"{_about(example)} {said}, which no version it may meet knows.",
            did_you_mean(named, known),
        )


Named = Iterator[tuple[str, Collection[str], str]]


def _named_by(act: Act, words: Words) -> Named:
    """The names in one act of a story, what each may be, and what it is called."""
    if act.name == DECIDE:
        known = {*words.tasks, *(bare(task) for task in words.tasks)}
        yield from ((task, known, "the task") for task in act.fields)
    elif act.name == CORRECTED:
        yield from ((name, words.events, "the event") for name in act.fields if name not in ("reason", "by"))
    elif act.name == MOVED:
        yield str(act.fields.get("version") or ""), words.versions, "the version"
    elif act.name != MOVE_UNDONE:
        yield act.name, words.events, "the event"


def _expected_of(expected: Expectation, words: Words) -> Named:
    """The names in one expectation, what each may be, and what it is called."""
    if expected.key == "governed_by":
        yield str(expected.value), {*words.versions, *NONE, "None"}, "the version"
    elif expected.key == "stage":
        yield str(expected.value), {*words.stages, *NONE, "None"}, "the stage"
    elif expected.key == "inbox":
        yield from _inbox(expected.value, words)
    elif expected.key in LISTS:
        known = {"letters": words.letters, "cannot_happen": words.events | words.events_anywhere}
        what = "the letter" if expected.key == "letters" else "the event"
        yield from ((name, known.get(expected.key, words.events), what) for name in _names(expected.value))
    elif isinstance(expected.value, Mapping):
        yield expected.key, words.deadlines, "the deadline"


def _inbox(value: object, words: Words) -> Named:
    for role, tasks in value.items() if isinstance(value, Mapping) else ():
        yield str(role), words.roles, "the role"
        yield from ((task, words.tasks, "the task") for task in _names(tasks))


def _names(value: object) -> Iterator[str]:
    """The names of a list whose entries are names, or mappings from a name to its fields."""
    for entry in value if isinstance(value, list) else ():
        if isinstance(entry, Mapping):
            yield from (str(name) for name in entry)
        else:
            yield str(entry)


def _about(example: Example) -> str:
    return f"The example '{example.name}'"
