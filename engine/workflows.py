"""The workflows of a library as nouns: diagrams, what each task and message asks, and the forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.diagrams import Diagram
from engine.forms import Answer, Form

#: the letters there are to send; a library may name another, which is kept as it is written
LETTERS = (
    "acknowledgement", "response", "extension_notice", "holding_reply", "late_request_decision", "panel_postponed",
    "panel_response", "apology", "refusal", "thanks", "withdrawal", "authority_request",
)  # fmt: skip


@dataclass(frozen=True)
class TaskDefinition:
    """What `tasks.yaml` says of a user task: `key` is its id in the diagram, `records` the event completing it becomes,
    `decides` the field whose answer gateways are told, `ordinary` the answer that simply goes on."""

    process: str
    key: str
    title: str
    brief: str
    form: str
    records: str
    decides: str = ""
    letter: str = ""
    ordinary: Mapping[str, Answer] = field(default_factory=dict)
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """The same as its key."""
        return self.key


@dataclass(frozen=True)
class MessageDefinition:
    """What `tasks.yaml` says of something that may happen to a case; `done_by` is the lane whose people record it."""

    process: str
    name: str
    title: str
    brief: str
    form: str
    letter: str = ""
    done_by: str = "desk"
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Workflows:
    """Everything below `workflows/` that could be read. Tasks and messages are kept by process and name."""

    diagrams: Mapping[str, Diagram] = field(default_factory=dict)  # by process id
    tasks: Mapping[tuple[str, str], TaskDefinition] = field(default_factory=dict)
    messages: Mapping[tuple[str, str], MessageDefinition] = field(default_factory=dict)
    facts: Mapping[str, MessageDefinition] = field(default_factory=dict)  # what may be recorded at any time
    forms: Mapping[str, Form] = field(default_factory=dict)
    clean: Mapping[str, bytes] = field(default_factory=dict, repr=False)  # by path: what the process engine is given

    def at(self, path: str) -> Diagram | None:
        """The diagram a version names by its path, such as 'complaints/two-stage'; None where there is none."""
        file = f"workflows/{path}.bpmn"
        return next((diagram for diagram in self.diagrams.values() if diagram.file == file), None)

    def calls(self, spine: str) -> tuple[tuple[str, str], ...]:
        """The spine itself under no name, then its call activities: the id of each and the process it calls."""
        diagram = self.diagrams.get(spine)
        if diagram is None:
            return ()
        return (("", spine), *((node.id, node.calls) for node in diagram.call_activities))

    def called_by(self, process: str) -> Iterator[Diagram]:
        """The diagrams of a process and of everything it calls, each once."""
        seen, waiting = {process}, [process]
        while waiting:
            diagram = self.diagrams.get(waiting.pop())
            if diagram is None:
                continue
            yield diagram
            new = [node.calls for node in diagram.call_activities if node.calls not in seen]
            seen.update(new)
            waiting.extend(dict.fromkeys(new))

    def tasks_of(self, process: str) -> tuple[TaskDefinition, ...]:
        return tuple(task for (owner, _), task in self.tasks.items() if owner == process)

    def messages_of(self, process: str) -> tuple[MessageDefinition, ...]:
        return tuple(message for (owner, _), message in self.messages.items() if owner == process)
