"""The names a policy version may use: the stages, tasks, messages, events, lanes and timers its diagrams have.

Names are whole here: what a stage's process calls `acknowledged` is `stage_1.acknowledged` in stage 1 and
`stage_2.acknowledged` in stage 2.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.dated_data import Contact, Law, SourceRule
from engine.diagrams import Diagram
from engine.events import OF_A_STAGE
from engine.letter_files import LetterFile
from engine.policy import PolicyVersion, bare, stage_of
from engine.policy_stages import CASE_EVENTS
from engine.problems import did_you_mean
from engine.workflows import TaskDefinition, Workflows
from engine.yardstick import Yardstick

#: the lanes a version binds to roles
LANES = ("desk", "handler", "panel")
INTAKE = "intake"


@dataclass(frozen=True)
class Beside:
    """What lies beside a version's file. None for a file of dated data that is not there.

    `workflows` holds whatever can be read of them, of refused files too: only to hold other files against it. `words`
    are all the words of the workflow files, where one of them is broken: a name among them may be one it would give.
    """

    workflows: Workflows
    calendars: Collection[str] = ()
    rules: Mapping[str, SourceRule] | None = None
    law: Mapping[str, Law] | None = None
    contacts: Mapping[str, tuple[Contact, ...]] | None = None
    broken: frozenset[str] = frozenset()  # files with problems of their own: nothing more is said because of them
    words: frozenset[str] = frozenset()
    code: Yardstick | None = None
    letters: Mapping[str, LetterFile] = field(default_factory=dict)  # by the path of their version

    @property
    def prefixes(self) -> frozenset[str]:
        """The sources whose rules are listed."""
        return frozenset(rule.source for rule in (self.rules or {}).values())

    @property
    def spines(self) -> list[str]:
        """The workflows there are, as a version names them."""
        return sorted(workflow_of(diagram) for diagram in self.workflows.diagrams.values())


@dataclass(frozen=True)
class Names:
    """The names of one version. `spine` is None where its workflow is not there.

    `is_whole` is false where one of its diagrams or their tasks has problems, `is_read` where its own file has: then
    a name that is not found is only called wrong where it cannot be one of those that are missing.
    """

    spine: str | None = None
    stages: Mapping[str, str] = field(default_factory=dict)  # stage -> process, in the diagram's order
    tasks: Mapping[str, TaskDefinition] = field(default_factory=dict)
    events: frozenset[str] = frozenset()
    asking: Mapping[str, str] = field(default_factory=dict)  # task, message or fact -> its form in this version
    lanes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # stage -> the lanes with work in them
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict)  # stage -> what the diagram goes on to
    timers: frozenset[str] = frozenset()
    is_whole: bool = True
    is_read: bool = True


def may_be_there(name: str, version: PolicyVersion, names: Names, beside: Beside) -> bool:
    """Whether a name that is not found may stand in what could not be read."""
    if not names.is_whole and bare(name) in beside.words:
        return True
    return not names.is_read and any(place.rpartition("|")[2] == bare(name) for place in version.lines)


def meant(written: str, known: Iterable[str], names: Names, beside: Beside) -> str:
    """What was probably meant by a name; a word of the files that could not be read whole may be nearer than any."""
    near = [] if names.is_whole else difflib.get_close_matches(written[:100], sorted(beside.words), n=1, cutoff=0.8)
    return did_you_mean(written, [*known, *near])


def workflow_of(diagram: Diagram) -> str:
    """How a version names a diagram: `complaints/two-stage` for workflows/complaints/two-stage.bpmn."""
    return "/".join(diagram.file.split("/")[-2:]).removesuffix(".bpmn")


def is_form_broken(form: str, beside: Beside) -> bool:
    """Whether a form is there and has problems of its own."""
    return f"workflows/forms/{form}.yaml" in beside.broken


def is_sound(version: PolicyVersion, beside: Beside) -> bool:
    """Whether the version's diagrams and their tasks could be read, so that its names are known."""
    spine = beside.workflows.at(version.workflow)
    diagrams = tuple(beside.workflows.called_by(spine.process)) if spine else ()
    calls = {node.calls for diagram in diagrams for node in diagram.call_activities}
    return bool(diagrams) and calls <= beside.workflows.diagrams.keys() and not broken_beside(version, beside)


def broken_beside(version: PolicyVersion, beside: Beside) -> frozenset[str]:
    """The diagrams and tasks files that a version's names come from and that have problems."""
    spine = beside.workflows.at(version.workflow)
    files = {f"workflows/{version.workflow}.bpmn"}
    if spine:
        diagrams = tuple(beside.workflows.called_by(spine.process))
        # A diagram nothing can be read of is known by its path alone: by its name it may be one that is called.
        calls = {node.calls for diagram in diagrams for node in diagram.call_activities}
        files |= {diagram.file for diagram in diagrams}
        files |= {path for path in beside.broken if path.endswith(".bpmn") and process_of(path) in calls}
    files |= {f"{file.rpartition('/')[0]}/tasks.yaml" for file in files}
    return beside.broken & files


def process_of(path: str) -> str:
    """The process a diagram's file is named after."""
    return path.rpartition("/")[2].removesuffix(".bpmn").replace("-", "_")


def names_of(version: PolicyVersion, workflows: Workflows) -> Names:
    """The names the version's diagrams give it."""
    spine = workflows.at(version.workflow)
    if spine is None:
        return Names()
    follows = _follows(spine)
    in_order = sorted(spine.call_activities, key=lambda node: -len(follows[node.id]))
    called = {node.id: node.calls for node in in_order}
    stages = {stage: process for stage, process in called.items() if process != INTAKE}
    tasks: dict[str, TaskDefinition] = {}
    asking: dict[str, str] = {}
    events = set(CASE_EVENTS)
    for stage, process in [(None, spine.process), *((None if p == INTAKE else s, p) for s, p in called.items())]:
        for task in workflows.tasks_of(process):
            key = _whole(task.name, stage or stage_of(task.records))
            tasks[key] = task
            asking[key] = task.form
            events.add(_whole(task.records, stage))
        for message in workflows.messages_of(process):
            name = _whole(message.name, stage)
            asking[name] = message.form
            events.add(name)
    events |= {f"{stage}.{fact}" for stage in stages if f"{stage}.response_sent" in events for fact in OF_A_STAGE}
    asking |= {fact: definition.form for fact, definition in workflows.facts.items()}
    return Names(
        spine=spine.process,
        stages=stages,
        tasks=tasks,
        events=frozenset(events),
        asking={name: version.forms.get(name, form) for name, form in asking.items()},
        lanes={stage: _lanes(workflows.diagrams.get(process)) for stage, process in stages.items()},
        follows=follows,
        timers=frozenset(_timers(spine, stages, workflows)),
    )


def _follows(spine: Diagram) -> dict[str, frozenset[str]]:
    """Each call activity with the ones that its arrows lead to, however far."""
    after: dict[str, set[str]] = {}
    for flow in spine.flows:
        after.setdefault(flow.source, set()).add(flow.target)
    calls = {node.id for node in spine.call_activities}
    return {name: frozenset(_reached(name, after) & calls - {name}) for name in calls}


def _reached(start: str, after: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for target in after.get(waiting.pop(), set()) - found:
            found.add(target)
            waiting.append(target)
    return found


def _whole(name: str, stage: str | None) -> str:
    return name if stage is None or "." in name else f"{stage}.{name}"


def _lanes(diagram: Diagram | None) -> frozenset[str]:
    """The lanes in which somebody does something."""
    return frozenset(node.lane for node in diagram.tasks if node.lane) if diagram else frozenset()


def _timers(spine: Diagram, stages: Mapping[str, str], workflows: Workflows) -> Iterator[str]:
    for node in spine.timers:
        yield node.deadline
    for stage, process in stages.items():
        diagram = workflows.diagrams.get(process)
        for node in diagram.timers if diagram else ():
            yield _whole(node.deadline, stage)
