"""The library: every policy version with its diagrams, forms, examples and dated data, read together.

Files go in by their paths, `policies/...` and `workflows/...`; a Library comes out, with every problem of every file.
Nothing is half loaded: a version with a problem in any file that is sealed with it is not in the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from engine import (
    clause_checks,
    decision_checks,
    example_checks,
    example_files,
    library_checks,
    policy_checks,
    word_checks,
    yaml_text,
    yardstick,
)
from engine.calendars import Calendar
from engine.dated_data import (
    CONTACTS,
    LAW,
    RULES,
    Contact,
    Law,
    SourceRule,
    read_calendar,
    read_contacts,
    read_law,
    read_rules,
)
from engine.diagrams import Diagram
from engine.example_files import ExampleFile
from engine.policy import PolicyVersion
from engine.policy_files import read_version
from engine.problems import Problem, did_you_mean, only_problems
from engine.version_names import Beside, Names, is_sound, names_of
from engine.workflow_files import FACTS, read_workflows
from engine.workflows import Workflows
from engine.yardstick import Yardstick

YARDSTICK = "policies/complaint_handling_code.yaml"
DATED = (LAW, CONTACTS, RULES, YARDSTICK)
CALENDAR = re.compile(r"policies/calendars/[^/]+\.yaml")
EXAMPLES = re.compile(r"policies/[^/]+/[^/]+\.examples\.yaml")
CHECKS = [*policy_checks.CHECKS, *word_checks.CHECKS, *decision_checks.CHECKS, *clause_checks.CHECKS]

Read = TypeVar("Read")


@dataclass(frozen=True)
class Library:
    """What was read from a tree of files. `files` holds the bytes of all of them by path."""

    versions: Mapping[str, PolicyVersion]
    workflows: Workflows
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    law: Mapping[str, Law] = field(default_factory=dict)
    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)
    rules: Mapping[str, SourceRule] = field(default_factory=dict)
    yardstick: Yardstick | None = None
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    def versions_of(self, policy: str) -> list[PolicyVersion]:
        """The versions of a policy, the one that began first first."""
        found = [version for version in self.versions.values() if version.policy == policy]
        return sorted(found, key=lambda version: version.in_force_from)

    def files_of(self, version: PolicyVersion) -> dict[str, bytes]:
        """Everything that is sealed with a version, by path: its policy and examples, its diagrams and their tasks,
        and the forms they ask. Dated data stands outside (law 5).

        Of a tasks.yaml only what the version's own diagrams ask is sealed, so that another version's wording can
        change without it.
        """
        processes = {each.process for each in _diagrams_of(version, self.workflows)}
        paths = sorted(_paths_of(version, self.workflows) & self.files.keys())
        return {path: _sealed(path, self.files[path], processes) for path in paths}

    @property
    def beside(self) -> Beside:
        """What a version's file is held against."""
        return Beside(
            self.workflows,
            self.calendars,
            self.rules if RULES in self.files else None,
            self.law if LAW in self.files else None,
            self.contacts if CONTACTS in self.files else None,
        )

    @property
    def dated_files(self) -> dict[str, bytes]:
        """The files outside every seal: law, contacts, calendars, the sources' rules and the yardstick."""
        return {path: text for path, text in self.files.items() if path in DATED or CALENDAR.fullmatch(path)}


def load(root: Path) -> tuple[Library, list[Problem]]:
    """The library of `policies/` and `workflows/` below a folder, with the problems of its files by their paths from
    that folder."""
    return load_files(files_below(root))


def files_below(root: Path) -> dict[str, bytes]:
    """The bytes of every file of a tree that Redress reads, by path from `root`."""
    found = {}
    for folder, endings in (("policies", (".yaml",)), ("workflows", (".yaml", ".bpmn"))):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in endings and path.is_file() and not path.name.startswith("."):
                found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def load_files(files: Mapping[str, bytes]) -> tuple[Library, list[Problem]]:
    """The library these files make, by their paths, and every problem and remark of theirs, in order."""
    workflows, problems = read_workflows({path: text for path, text in files.items() if path.startswith("workflows/")})
    law, found = _read(files, LAW, read_law)
    problems += found
    contacts, found = _read(files, CONTACTS, read_contacts)
    problems += found
    rules, found = _read(files, RULES, read_rules)
    problems += found
    code, found = _read(files, YARDSTICK, yardstick.read_yardstick)
    problems += found
    calendars, found = _calendars(files)
    problems += found
    problems += _strangers(files)
    broken = frozenset(problem.file for problem in only_problems(problems))
    beside = Beside(workflows, calendars, rules, law, contacts, broken)
    versions, found = _versions(files, beside)
    stories, found_in_stories = _examples(files)
    problems += found + found_in_stories
    beside = replace(beside, broken=frozenset(problem.file for problem in only_problems(problems)))
    whole = {key: one for key, one in versions.items() if _is_whole(one, beside)}
    # A story may tell of other versions of its policy: what is wrong there is no fault of this one.
    problems += [one for story in stories for one in _checked_story(story, versions.values(), beside)]
    library = Library(whole, workflows, calendars, law or {}, contacts or {}, rules or {}, code, dict(files))
    return library, sorted(set(problems))


def _read(
    files: Mapping[str, bytes], path: str, reader: Callable[[bytes, str], tuple[Read | None, list[Problem]]]
) -> tuple[Read | None, list[Problem]]:
    return reader(files[path], path) if path in files else (None, [])


def _calendars(files: Mapping[str, bytes]) -> tuple[dict[str, Calendar], list[Problem]]:
    found: dict[str, Calendar] = {}
    problems: list[Problem] = []
    for path in filter(CALENDAR.fullmatch, files):
        calendar, more = read_calendar(files[path], path)
        problems += more
        if calendar is None:
            continue
        stem = Path(path).stem
        if calendar.name != stem:
            what = f"The calendar is called '{calendar.name}' and its file is not."
            problems.append(Problem(path, 1, what, f"Write 'calendar: {stem}', or rename the file."))
        found[stem] = calendar
    return found, problems


def _examples(files: Mapping[str, bytes]) -> tuple[list[ExampleFile], list[Problem]]:
    read = [example_files.read(files[path], path) for path in filter(EXAMPLES.fullmatch, files)]
    return [one for one, _ in read if one], [problem for _, found in read for problem in found]


def _checked_story(story: ExampleFile, versions: Collection[PolicyVersion], beside: Beside) -> list[Problem]:
    """What is wrong in examples of policies that can be read whole; of the others nothing is known for sure."""
    unsure = {path.split("/")[1] for path in beside.broken if library_checks.VERSION_FILE.fullmatch(path)}
    unsure |= {version.policy for version in versions if not is_sound(version, beside)}
    sure = [example for example in story.examples if example.policy not in unsure]
    return example_checks.check(replace(story, examples=sure), versions, beside.workflows)


def _strangers(files: Mapping[str, bytes]) -> list[Problem]:
    """Files that stand where nothing reads them."""
    known = (CALENDAR, EXAMPLES, library_checks.VERSION_FILE)
    return [
        Problem(
            path,
            1,
            "Nothing reads a file of this name here.",
            did_you_mean(path, DATED) if path.count("/") == 1 else "Policies are policies/<policy>/<version>.yaml.",
        )
        for path in files
        if path.startswith("policies/") and path not in DATED and not any(each.fullmatch(path) for each in known)
    ]


def _versions(files: Mapping[str, bytes], beside: Beside) -> tuple[dict[str, PolicyVersion], list[Problem]]:
    found: dict[str, PolicyVersion] = {}
    problems: list[Problem] = []
    for path in files:
        if library_checks.VERSION_FILE.fullmatch(path) and not EXAMPLES.fullmatch(path):
            version, more = check_version(files[path], path, beside)
            problems += more
            if version is not None:
                found[version.key] = version
    for check_all in library_checks.CHECKS:
        problems += check_all(list(found.values()), beside.workflows)
    return found, problems


def check_version(text: bytes, file: str, beside: Beside) -> tuple[PolicyVersion | None, list[Problem]]:
    """One version read and held against what lies beside it: what could be read of it, with every problem."""
    version, problems = read_version(text, file)
    if version is None:
        return None, problems
    names = names_of(version, beside.workflows) if is_sound(version, beside) else Names()
    return version, problems + [problem for check in CHECKS for problem in check(version, names, beside)]


def _diagrams_of(version: PolicyVersion, workflows: Workflows) -> tuple[Diagram, ...]:
    spine = workflows.at(version.workflow)
    return tuple(workflows.called_by(spine.process)) if spine else ()


def _is_whole(version: PolicyVersion, beside: Beside) -> bool:
    """Whether all of a version could be read: its own files, and every diagram it calls."""
    return is_sound(version, beside) and not _paths_of(version, beside.workflows) & beside.broken


def _paths_of(version: PolicyVersion, workflows: Workflows) -> set[str]:
    diagrams = {diagram.file for diagram in _diagrams_of(version, workflows)} | {f"workflows/{version.workflow}.bpmn"}
    tasks = {f"{path.rpartition('/')[0]}/tasks.yaml" for path in diagrams}
    forms = {*names_of(version, workflows).asking.values(), *(fact.form for fact in workflows.facts.values())}
    for diagram in _diagrams_of(version, workflows):  # the usual forms too, so that what is sealed can be read alone
        forms |= {task.form for task in workflows.tasks_of(diagram.process)}
        forms |= {message.form for message in workflows.messages_of(diagram.process)}
    examples = version.file.removesuffix(".yaml") + ".examples.yaml"
    return {version.file, examples, *diagrams, *tasks, *(f"workflows/forms/{form}.yaml" for form in forms)}


def _sealed(path: str, text: bytes, processes: Collection[str]) -> bytes:
    """A file as it is sealed: whole, but for the processes of a tasks.yaml that the version has nothing to do with."""
    node = yaml_text.read(text, path)[0] if path.endswith("/tasks.yaml") else None
    if not isinstance(node, yaml_text.Mapping):
        return text
    lines = text.decode().splitlines(keepends=True)
    begins = {_with_comment(lines, node.line_of(key) - 1): key for key, _ in node.items()}
    kept, keeping = [], True
    for number, line in enumerate(lines):
        if number in begins:
            keeping = begins[number] in processes or begins[number] == FACTS
        kept += [line] if keeping else []
    return "".join(kept).encode()


def _with_comment(lines: list[str], number: int) -> int:
    """Where the comment that stands directly above a line begins; the line itself where there is none."""
    while number > 0 and lines[number - 1].startswith("#"):
        number -= 1
    return number
