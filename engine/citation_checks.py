"""Checks of what is cited: sources a version has, rules that policies/rules.yaml lists, and numbers the Code has."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence

from engine.dated_data import RULES
from engine.example_files import Example
from engine.policy import Citation, PolicyVersion, bare, stage_of
from engine.policy_files import line_at, place
from engine.problems import Problem, did_you_mean
from engine.version_names import Beside, Names, is_form_broken
from engine.yardstick import NUMBER, Yardstick


def the_code_has_these_numbers(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """A provision of the Code that the yardstick does not list is worth a remark: it may be a slip."""
    for line, about, cites in _citations(version):
        for cite in cites:
            yield from _provision(version.file, line, about, str(cite), [version], beside)


def letters_cite_what_there_is(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """What the parts of a version's letters cite: a source of the version, or a rule by its id."""
    letters = beside.letters.get(version.file)
    sound: set[str] = set()  # letters cite the same few paragraphs many times
    for template in letters.templates.values() if letters and names.is_read else ():
        for part in template.parts:
            about = f"Part '{part.name}' of letter '{template.name}'"
            for cite in part.cites:
                if cite not in sound:
                    found = list(_of_letter(template.file, part.cites_line, about, cite, version, beside))
                    sound |= set() if found else {cite}
                    yield from found


def _of_letter(
    file: str, line: int, about: str, cite: str, version: PolicyVersion, beside: Beside
) -> Iterator[Problem]:
    source = cite.partition(" ")[0]
    if source not in version.sources and cite not in (beside.rules or {}):
        what = f"{about} cites '{source}', which is not under sources."
        yield Problem(file, line, what, did_you_mean(source, version.sources))
    yield from _provision(file, line, about, cite, [version], beside)


CHECKS = [the_code_has_these_numbers, letters_cite_what_there_is]


def of_forms(versions: Sequence[PolicyVersion], beside: Beside) -> Iterator[Problem]:
    """What the fields of forms cite: a rule of a source by its id, or a paragraph of a source that a version has."""
    sources = {key for version in versions for key in version.sources}
    if beside.rules is None or RULES in beside.broken:
        return
    for form in beside.workflows.forms.values():
        for field in form.fields if not is_form_broken(form.name, beside) else ():
            about = f"Field '{field.name}'"
            for cite in field.cites:
                if cite not in beside.rules:
                    yield from _of_form(form.file, field.line, about, cite, sources, beside.rules)
                yield from _provision(form.file, field.line, about, cite, versions, beside)


def _of_form(
    file: str, line: int, about: str, cite: str, sources: Collection[str], rules: Collection[str]
) -> Iterator[Problem]:
    source, _, paragraph = cite.partition(" ")
    if not paragraph:
        what = f"{about} cites '{cite}', which is no rule of policies/rules.yaml."
        yield Problem(file, line, what, did_you_mean(cite, rules))
    elif source not in sources:
        what = f"{about} cites '{cite}', and no version has the source '{source}'."
        is_near = difflib.get_close_matches(source, sources, n=1, cutoff=0.75)
        mend = did_you_mean(source, sources) if is_near else "It is shown as it is written."
        yield Problem(file, line, what, mend, "problem" if is_near else "remark")


def of_example(example: Example, versions: Sequence[PolicyVersion], beside: Beside) -> Iterator[Problem]:
    """What an example cites: a source of a version it may meet, or a rule by its id."""
    chosen = [version for version in versions if example.version in (None, version.version)]
    sources = {key for version in chosen for key in version.sources}
    about = f"The example '{example.name}'"
    for cite in example.cites if chosen else ():
        source = cite.partition(" ")[0]
        if source not in sources and cite not in (beside.rules or {}):
            what = f"{about} cites '{source}', which is a source of no version it may meet."
            yield Problem(example.file, example.line, what, did_you_mean(source, sources))
        yield from _provision(example.file, example.line, about, cite, chosen, beside)


def _provision(
    file: str, line: int, about: str, cite: str, versions: Sequence[PolicyVersion], beside: Beside
) -> Iterator[Problem]:
    source, _, paragraph = cite.partition(" ")
    code = beside.code
    if code is None or not any(_is_the_code(version, source, code) for version in versions):
        return
    for number in NUMBER.findall(paragraph):
        if number not in code.provisions:
            what = f"{about} cites '{cite}', and {code.file} has no {number}."
            close = difflib.get_close_matches(number, sorted(code.provisions), n=1, cutoff=0.8)
            yield Problem(file, line, what, did_you_mean(number, close) if close else "Check the number.", "remark")


def _is_the_code(version: PolicyVersion, source: str, code: Yardstick) -> bool:
    return source in version.sources and version.sources[source].title.startswith(code.title)


def _citations(version: PolicyVersion) -> Iterator[tuple[int, str, tuple[Citation, ...]]]:
    """Everything in a version that cites: its line, what it is called, and what it cites."""
    for stage in version.stages:
        yield line_at(version, place("stages", stage.key, "cites")), f"Stage '{stage.key}'", stage.cites
    for rule in version.deadlines:
        above = ("stages", stage_of(rule.key) or "") if stage_of(rule.key) else ()
        path = place(*above, "deadlines", bare(rule.key), "cites")
        more = rule.more_time.cites if rule.more_time else ()
        yield line_at(version, path), f"Deadline '{rule.key}'", (*rule.cites, *more)
    for role in version.roles.values():
        yield line_at(version, place("roles", role.key, "cites")), f"Role '{role.key}'", role.cites
    for named in version.rules.values():
        yield line_at(version, place("rules", named.key, "cites")), f"Rule '{named.key}'", named.cites
    for key, rows in version.decisions.items():
        for number, row in enumerate(rows, 1):
            yield row.line, f"Row {number} of decision '{key}'", row.cites
