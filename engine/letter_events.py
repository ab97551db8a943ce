"""Which letter goes out with which event of a version: of its tasks, messages and facts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.events import OF_A_STAGE
from engine.policy import PolicyVersion, bare, stage_of
from engine.workflows import MessageDefinition, TaskDefinition, Workflows

INTAKE = "intake"
_MORE_TIME = ("extension_given", "holding_reply_sent")


@dataclass(frozen=True)
class Outgoing:
    """A letter that goes out with an event: `event` is its whole name, `form` asks what the letter needs, and `lane`
    is whose task it is. `is_offered` is false where the version has nothing the letter could be about."""

    event: str
    letter: str
    stage: str | None
    form: str
    lane: str
    is_offered: bool


def outgoing(version: PolicyVersion, workflows: Workflows) -> tuple[Outgoing, ...]:
    """Every letter the version's diagrams and facts can send, whether or not the version has one written."""
    spine = workflows.at(version.workflow)
    if spine is None:
        return ()
    found: list[Outgoing] = []
    answering: list[str] = []
    for call, process in workflows.calls(spine.process):
        stage = None if call in ("", INTAKE) else call
        for task in workflows.tasks_of(process):
            found += _going(version, task, _whole(stage, task.records), stage, _lane(workflows, task))
            answering += [stage] if stage and task.records == "response_sent" else []
        for message in workflows.messages_of(process):
            found += _going(version, message, _whole(stage, message.name), stage, message.done_by)
    for name, fact in workflows.facts.items():
        for stage in answering if name in OF_A_STAGE else [None]:
            found += _going(version, fact, _whole(stage, name), stage, fact.done_by)
    return tuple(found)


def _going(
    version: PolicyVersion, asks: TaskDefinition | MessageDefinition, event: str, stage: str | None, lane: str
) -> Iterator[Outgoing]:
    if asks.letter:
        about = stage_of(event) or stage
        is_fact = asks.process == "facts"
        key = asks.name if is_fact else _whole(about, asks.name)
        form = version.forms.get(key, asks.form)
        yield Outgoing(event, asks.letter, about, form, lane, _is_offered(version, bare(event), about))


def _is_offered(version: PolicyVersion, event: str, stage: str | None) -> bool:
    """Whether the version has what the event is about: its form of more time, a promise to acknowledge, a window."""
    response = version.deadline(f"{stage}.response")
    if event in _MORE_TIME:
        return bool(response and response.more_time and response.more_time.event == event)
    if event == "acknowledged":
        return version.deadline(f"{stage}.acknowledgement") is not None
    if event == "late_request_decided":
        return version.deadline(f"{stage}.request_window") is not None
    return response is not None if event == "apology_sent" else True


def _lane(workflows: Workflows, task: TaskDefinition) -> str:
    diagram = workflows.diagrams.get(task.process)
    node = diagram.node(task.key) if diagram else None
    return (node.lane if node else "") or "desk"


def _whole(stage: str | None, name: str) -> str:
    return name if "." in name or stage is None else f"{stage}.{name}"
