"""The library: every policy version with its diagrams, forms, examples and dated data, read together.

Files go in by their paths, `policies/...` and `workflows/...`; a Library comes out, with every problem of every file.
Nothing is half loaded: a version with a problem in any file that is sealed with it is not in the library.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from engine import (
    citation_checks,
    clause_checks,
    decision_checks,
    example_checks,
    example_files,
    letter_checks,
    letter_files,
    library_checks,
    policy_checks,
    word_checks,
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
from engine.example_files import ExampleFile
from engine.letter_files import LetterFile
from engine.library_files import (
    CALENDAR,
    DATED,
    EXAMPLES,
    VERSION_FILE,
    YARDSTICK,
    beside_nothing,
    files_below,
    is_read,
    strangers,
    words_of,
)
from engine.library_seals import as_sealed, diagrams_of, paths_of
from engine.policy import PolicyVersion
from engine.policy_files import readable_version
from engine.problems import Problem, only_problems
from engine.version_names import Beside, broken_beside, is_sound, names_of
from engine.wordings import listed
from engine.workflow_files import read_all
from engine.workflows import Workflows
from engine.yardstick import Yardstick

CHECKS = [
    *policy_checks.CHECKS, *word_checks.CHECKS, *decision_checks.CHECKS, *clause_checks.CHECKS, *citation_checks.CHECKS,
    *letter_checks.CHECKS,
]  # fmt: skip

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
    letters: Mapping[str, LetterFile] = field(default_factory=dict)  # by the path of their version
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
        processes = {each.process for each in diagrams_of(version, self.workflows)}
        paths = sorted(paths_of(version, self.workflows) & self.files.keys())
        return {path: as_sealed(path, self.files[path], processes) for path in paths}

    @property
    def beside(self) -> Beside:
        """What a version's file is held against."""
        return Beside(
            self.workflows,
            self.calendars,
            self.rules if RULES in self.files else None,
            self.law if LAW in self.files else None,
            self.contacts if CONTACTS in self.files else None,
            code=self.yardstick,
            letters=self.letters,
        )

    @property
    def dated_files(self) -> dict[str, bytes]:
        """The files outside every seal: law, contacts, calendars, the sources' rules and the yardstick."""
        return {path: text for path, text in self.files.items() if path in DATED or CALENDAR.fullmatch(path)}


def load(root: Path) -> tuple[Library, list[Problem]]:
    """The library of `policies/` and `workflows/` below a folder, with the problems of its files by their paths from
    that folder."""
    return load_files(files_below(root))


def load_files(
    files: Mapping[str, bytes],
    others: Sequence[tuple[PolicyVersion, Workflows]] = (),
    more: Mapping[str, Calendar] | None = None,
) -> tuple[Library, list[Problem]]:
    """The library these files make, by their paths, and every problem and remark of theirs, in order.

    `others` are versions sealed elsewhere, each with its own diagrams, that stories may name and whose days are taken;
    `more` are calendars as an installation has them, in the place of those of the files.
    """
    workflows, readable, problems = read_all(files)
    law, found = _read(files, LAW, read_law)
    problems += found
    contacts, found = _read(files, CONTACTS, read_contacts)
    problems += found
    rules, found = _read(files, RULES, read_rules)
    problems += found
    code, found = _read(files, YARDSTICK, yardstick.read_yardstick)
    problems += found
    calendars, found = _calendars(files)
    calendars |= more or {}
    problems += found
    problems += [*strangers(files), *beside_nothing(files)]
    letters, found = letter_files.read_all(files)
    problems += found
    stories, found = _examples(files)
    problems += found
    beside = Beside(readable, calendars, rules, law, contacts, _broken(problems), code=code, letters=letters)
    if any(path.startswith("workflows/") for path in beside.broken):
        beside = replace(beside, words=words_of(files, [path for path in files if path.startswith("workflows/")]))
    versions, found = _versions(files, beside)
    known = [*(version for version, _ in others), *versions]
    problems += [*found, *citation_checks.of_forms(known, beside)]
    problems += [one for check in library_checks.CHECKS for one in check(known, workflows)]
    beside = replace(beside, broken=_broken(problems))
    whole = {one.key: one for one in versions if _is_whole(one, beside)}
    problems += _checked_stories(stories, versions, files, beside, others)
    problems += _judged_later(files, versions, beside)
    kept = {path: text for path, text in files.items() if is_read(path)}
    library = Library(whole, workflows, calendars, law or {}, contacts or {}, rules or {}, code, letters, kept)
    return library, sorted(set(problems))


def _broken(problems: Iterable[Problem]) -> frozenset[str]:
    return frozenset(problem.file for problem in only_problems(problems))


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


def _checked_stories(
    stories: Sequence[ExampleFile],
    versions: Sequence[PolicyVersion],
    files: Mapping[str, bytes],
    beside: Beside,
    others: Sequence[tuple[PolicyVersion, Workflows]],
) -> Iterator[Problem]:
    """What is wrong in examples. A story may tell of other versions of its policy: where one of these has problems, a
    name is only called wrong that stands nowhere in what could not be read."""
    unsure: dict[str, frozenset[str]] = {}
    for path in filter(VERSION_FILE.fullmatch, beside.broken & files.keys()):
        policy = path.split("/")[1]
        unsure[policy] = unsure.get(policy, frozenset()) | words_of(files, [path])
    for version in versions:
        if not is_sound(version, beside):
            unsure[version.policy] = unsure.get(version.policy, frozenset()) | beside.words
    for story in stories:
        yield from example_checks.check(story, versions, beside.workflows, unsure, others)
        for example in story.examples:
            if example.policy not in unsure:
                theirs = [version for version in versions if version.policy == example.policy]
                yield from citation_checks.of_example(example, theirs, beside)


def _judged_later(files: Mapping[str, bytes], versions: Sequence[PolicyVersion], beside: Beside) -> Iterator[Problem]:
    """What could not be held against each other until the problems told of are mended."""
    mend = "Mend that first, then check again."
    for version in versions:
        broken = sorted(broken_beside(version, beside))
        if broken:
            what = f"Not every name here could be held against {listed(broken)}."
            yield Problem(version.file, 1, what, mend, "later")
    read = {version.file for version in versions}
    for path in filter(VERSION_FILE.fullmatch, sorted(files)):
        if path not in read:
            yield Problem(path, 1, "Nothing here could be held against the files beside it.", mend, "later")


def _versions(files: Mapping[str, bytes], beside: Beside) -> tuple[list[PolicyVersion], list[Problem]]:
    """What could be read of every version, right or wrong, with every problem."""
    found: list[PolicyVersion] = []
    problems: list[Problem] = []
    for path in files:
        if VERSION_FILE.fullmatch(path):
            version, more = _checked(files[path], path, beside)
            problems += more
            found += [version] if version else []
    return found, problems


def check_version(text: bytes, file: str, beside: Beside) -> tuple[PolicyVersion | None, list[Problem]]:
    """One version read and held against what lies beside it, with every problem; None where its own text has one."""
    version, problems = _checked(text, file, beside)
    return (None if only_problems(readable_version(text, file)[1]) else version), problems


def _checked(text: bytes, file: str, beside: Beside) -> tuple[PolicyVersion | None, list[Problem]]:
    version, problems = readable_version(text, file)
    if version is None:
        return None, problems
    names = replace(
        names_of(version, beside.workflows),
        is_whole=is_sound(version, beside),
        is_read=not only_problems(problems),
    )
    return version, problems + [problem for check in CHECKS for problem in check(version, names, beside)]


def _is_whole(version: PolicyVersion, beside: Beside) -> bool:
    """Whether all of a version could be read: its own files, and every diagram it calls."""
    return is_sound(version, beside) and not paths_of(version, beside.workflows) & beside.broken
