"""The examples of a draft in words: each story with what came of it, and beside each promise the examples that show it.

Green or red is said in words too. A promise that no example shows is named, so that one can be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from engine import draft_library, example_mending, yaml_part
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.events import FACTS, OF_A_STAGE, ZONE
from engine.example_files import DECIDE, Act, Example
from engine.example_mending import Change, Impossible
from engine.examples import Told
from engine.forms import Field
from engine.policy import Citation, PolicyVersion, bare
from engine.version_names import Names, names_of
from engine.workflows import Workflows
from web import case_standing, current, event_words, names, studio, wording

CELLS = {"due": "due on", "is": "is then", "promised": "promised for", "backstop": "at the latest"}
_QUOTED = re.compile(r"'([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)'")
PASSES, FAILS, UNTOLD = "passes", "fails", "untold"


@dataclass(frozen=True)
class Shown:
    """An example on the page: its number in the file, what came of it, and its story in words."""

    number: int
    example: Example
    state: str
    failures: tuple[str, ...]
    cites: tuple[str, ...]
    story: tuple[tuple[str, str], ...]
    expect: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Rule:
    """A promise of the version, where it is written, and the examples that cite the same place."""

    title: str
    says: str
    cites: tuple[str, ...]
    examples: tuple[Shown, ...]


@dataclass(frozen=True)
class Choices:
    """What may be chosen in the form of an example: events, deadlines, tasks with their roles, and their words."""

    events: dict[str, str]
    deadlines: dict[str, str]
    stages: dict[str, str]
    tasks: dict[str, str]  # 'role task' -> words
    messages: dict[str, str]
    letters: dict[str, str]
    outcomes: dict[str, str]


def told(draft: Draft) -> list[Told]:
    """The draft's stories as they come now; none where the draft has problems."""
    return draft_library.stories(current.office(), studio.checked(draft))


def counts(draft: Draft) -> tuple[int, int]:
    """How many examples pass, and how many fail."""
    came = told(draft)
    failed = sum(1 for one in came if not one.passed)
    return len(came) - failed, failed


def sentence(draft: Draft) -> str:
    """What came of the examples, for after a save; empty where the draft has problems and tells none."""
    passed, failed = counts(draft)
    if not passed + failed:
        return ""
    if not failed:
        return f"All {passed} examples come as expected."
    return f"{wording.count(failed, 'example comes', 'examples come')} otherwise than expected now."


def change(version: PolicyVersion | None, one: Change) -> tuple[str, str, str]:
    """An expectation that did not come true: what it is about, what was expected and what came, as people read it."""
    about = _expected_of(version, one.key)
    about = f"{about}, {CELLS[one.cell]}" if one.cell in CELLS else about
    said = [wording.state(text) if one.cell == "is" and text in wording.STATES else _value(text)
            for text in (one.before, one.after)]  # fmt: skip
    return about, said[0], said[1]


def failures(found: Checked, came: Told) -> list[str]:
    """What of a story did not come as expected, a sentence each."""
    return list(_failures(found.version, 0, came))


def plainly(found: Checked, one: Impossible) -> Impossible:
    """Why a story cannot be told, with what happens in the words of people."""
    return replace(one, why=_with_titles(found.version, one.why))


def shown(draft: Draft) -> list[Shown]:
    """Every example of the draft in the order of its file; told where the draft can be."""
    found = studio.checked(draft)
    came = {one.example.line: one for one in told(draft)}
    return [
        _shown(found, number, example, came.get(example.line))
        for number, example in enumerate(draft_library.own_stories(draft.files, draft.key))
    ]


def rules(found: Checked, examples: Sequence[Shown]) -> tuple[list[Rule], list[Shown]]:
    """The promises and rules of the version with the examples beside each, and the examples that stand beside none."""
    version = found.version
    if version is None:
        return [], list(examples)
    made = []
    beside: set[int] = set()
    for title, says, cited in _promises(version):
        own = tuple(one for one in examples if set(one.example.cites) & set(cited))
        beside |= {one.number for one in own}
        made.append(Rule(title, says, _in_words(version, cited), own))
    return made, [one for one in examples if one.number not in beside]


def cited(found: Checked) -> list[tuple[str, list[str]]]:
    """Each promise and rule with where it is written, as an example cites it."""
    return [(title, list(cites)) for title, _, cites in _promises(found.version) if cites] if found.version else []


def choices(found: Checked) -> Choices | None:
    """What an example of this version may name; None where the version cannot be read."""
    version, workflows = found.version, found.library.workflows
    if version is None:
        return None
    there = names_of(version, workflows)
    of_stages = {f"{stage.key}.{fact}" for stage in version.stages for fact in OF_A_STAGE if not stage.is_external}
    events = [*_in_order(version, there), *sorted(of_stages - there.events), *sorted(FACTS - OF_A_STAGE)]
    tasks, messages = workflows.tasks.values(), (*workflows.messages.values(), *workflows.facts.values())
    sent = {one.letter for one in tasks} | {one.letter for one in messages}
    return Choices(
        events={one: event_words.title(version, one) for one in events} | {DECIDE: "Decided otherwise at a task"},
        deadlines={rule.key: names.deadline(version, rule.key) for rule in version.deadlines},
        stages={stage.key: stage.title for stage in version.stages},
        tasks=dict(_tasks(version, there, found)),
        messages={one: event_words.title(version, one) for one in there.asking if one in there.events},
        letters={one: wording.plain(one) for one in sorted(sent) if one},
        outcomes={"none": "None yet"}
        | _outcomes(version, workflows)
        | {one: wording.plain(words) for one, words in case_standing.ENDINGS.items()},
    )


def _outcomes(version: PolicyVersion, workflows: Workflows) -> dict[str, str]:
    """What an answer may find, as the forms of this version offer it."""
    forms = [workflows.forms[name] for name in names_of(version, workflows).asking.values() if name in workflows.forms]
    return {
        key: words
        for form in forms
        for one in form.fields
        if one.name == "outcome"
        for key, words in one.choices.items()
    }


def questions(found: Checked) -> list[tuple[str, list[tuple[str, str]]]]:
    """What may be said of each event: the questions of its form by name, with their answers."""
    version, workflows = found.version, found.library.workflows
    if version is None:
        return []
    there = names_of(version, workflows)
    made = []
    by_form: dict[str, list[str]] = {}
    for key, asked_with in there.asking.items():
        task = there.tasks.get(key)
        stage = key.rpartition(".")[0]
        event = key if task is None else task.records if "." in task.records or not stage else f"{stage}.{task.records}"
        by_form.setdefault(asked_with, []).append(event_words.title(version, event))
    for form_name, titles in by_form.items():
        form = workflows.forms.get(form_name)
        if form is not None:
            asked = [(one.name, _answers(one)) for one in form.fields]
            made.append((", ".join(dict.fromkeys(titles)), asked))
    return made


def _answers(one: Field) -> str:
    if one.type == "yes_no":
        return f"{one.label} (true or false)"
    if one.choices:
        return f"{one.label} ({', '.join(one.choices)})"
    return f"{one.label} (a day as 2024-12-31)" if one.type == "date" else one.label


def _in_order(version: PolicyVersion, there: Names) -> list[str]:
    """The events of the diagrams: the complaint first, then stage by stage, then what ends a case."""
    order = ["complaint_received", "triaged", *(stage.key for stage in version.stages), "satisfied", "withdrawn"]

    def rank(name: str) -> tuple[int, int, str]:
        head = name.partition(".")[0]
        steps = ("requested", "late_request_decided", "acknowledged", "extension_given", "panel_met", "response_sent")
        own = bare(name)
        return order.index(head) if head in order else len(order), steps.index(own) if own in steps else 9, name

    return sorted(there.events - FACTS, key=rank)


def _tasks(version: PolicyVersion, there: Names, found: Checked) -> Iterator[tuple[str, str]]:
    for key, task in there.tasks.items():
        stage = key.rpartition(".")[0] or None
        diagram = found.library.workflows.diagrams.get(task.process)
        node = diagram.node(task.key) if diagram else None
        role = version.role_of_lane((node.lane if node else "") or "desk", stage)
        where = f"{names.stage(version, stage)}: " if stage else ""
        yield f"{role} {key}", f"{where}{task.title} ({names.role(version, role)})"


def _shown(found: Checked, number: int, example: Example, came: Told | None) -> Shown:
    version = found.version
    state = UNTOLD if came is None else PASSES if came.passed else FAILS
    failures = tuple(_failures(version, number, came)) if came else ()
    cites = _in_words(version, example.cites)
    story = tuple((_when(act), _act(version, act)) for act in example.story)
    expect = tuple((_expected_of(version, one.key), _value(one.value)) for one in example.expect)
    return Shown(number, example, state, failures, cites, story, expect)


def _failures(version: PolicyVersion | None, number: int, came: Told) -> Iterator[str]:
    """What did not come as expected, a sentence each."""
    for one in example_mending.changes_of(number, came):
        about, before, after = change(version, one)
        yield f"{about}: {before} was expected, and {after} comes."
    for failure in came.failures:
        if came.file is None or failure.what.endswith("would be accepted."):
            yield _with_titles(version, failure.what)


def _with_titles(version: PolicyVersion | None, said: str) -> str:
    """A sentence of the engine with each event in the words of people: those in quotes, and those it lists."""
    sentence, colon, listed = said.partition("What could happen: ")
    sentence = _QUOTED.sub(lambda name: f"“{event_words.title(version, name[1])}”", sentence)
    titles = [event_words.title(version, name.strip()) for name in listed.rstrip(".").split(",")] if listed else []
    sentence = sentence[:1].upper() + sentence[1:]
    return f"{sentence}{colon}{'; '.join(titles)}." if titles else sentence


def _when(act: Act) -> str:
    local = act.happened.astimezone(ZONE)
    clock = "" if (local.hour, local.minute) == (12, 0) else f", {wording.clock_time(act.happened)}"
    return f"{wording.day(local.date())}{clock}"


def _act(version: PolicyVersion | None, act: Act) -> str:
    said = "; ".join(f"{wording.plain(name).lower()}: {_value(value)}" for name, value in act.fields.items())
    title = "Decided" if act.name == DECIDE else event_words.title(version, act.name)
    by = f", by {act.by}" if act.by else ""
    noted = wording.day(act.recorded.astimezone(ZONE).date())
    late = f", written down on {noted}" if act.recorded > act.happened else ""
    return f"{title}{by}{late}{f' ({said})' if said else ''}"


def _expected_of(version: PolicyVersion | None, key: str) -> str:
    if version is not None and version.deadline(key):
        return names.deadline(version, key)
    words = {"governed_by": "Governed by", "may_happen": "May happen next", "cannot_happen": "Cannot happen"}
    return words.get(key, wording.plain(key))


def _value(value: object) -> str:
    if isinstance(value, dict):
        return "; ".join(f"{wording.plain(str(key)).lower()} {_value(below)}" for key, below in value.items())
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value) or "none"
    if value is None or isinstance(value, bool):
        return "none" if value is None else "yes" if value else "no"
    day = yaml_part.as_date(str(value))
    return wording.day(day) if day else str(value)


def _promises(version: PolicyVersion) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """What the version says and where that is written: deadlines in order, then the other rules."""
    for rule in version.deadlines:
        cites = (*rule.cites, *(rule.more_time.cites if rule.more_time else ()))
        yield names.deadline(version, rule.key), rule.says, tuple(str(one) for one in cites)
    for named in version.rules.values():
        yield wording.plain(named.key), named.says, tuple(str(one) for one in named.cites)


def _in_words(version: PolicyVersion | None, cited: Sequence[str]) -> tuple[str, ...]:
    """Citations as people read them; as they are written where the version cannot be read."""
    if version is None:
        return tuple(cited)
    parts = [text.partition(" ") for text in cited]
    return tuple(names.citation(version, Citation(source, paragraph)) for source, _, paragraph in parts)
