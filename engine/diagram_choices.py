"""What a diagram of a version may speak of: its deadlines, messages, questions with their answers, processes and lanes.

The panel beside the drawing and the forms of its elements offer these, so that nobody has to know a name by heart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.forms import Field
from engine.policy import PolicyVersion, bare, stage_of
from engine.workflow_checks import LEDGER_QUESTIONS
from engine.workflows import Workflows

LANES = ("desk", "handler", "panel")
LEDGER_WORDS = {
    "is_acknowledgement_promised": "Does the policy promise an acknowledgement at this stage?",
    "is_request_in_time": "Did the request come in time?",
}
#: answers of a question that is yes or no, as conditions write them
YES_NO = {"yes": "Yes", "no": "No"}


@dataclass(frozen=True)
class Choices:
    """What may be chosen in one diagram: name and words of each. The answers of a question are `==value`, `!=value`,
    `yes` or `no`; `roles` are the titles of whoever sits in a lane."""

    deadlines: Mapping[str, str]
    messages: Mapping[str, str]
    questions: Mapping[str, str]
    answers: Mapping[str, Mapping[str, str]]
    processes: Mapping[str, str]
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def choices(version: PolicyVersion | None, workflows: Workflows, process: str) -> Choices:
    """What the diagram of that process may speak of. `version` is None where its text cannot be read."""
    questions = dict(_questions(workflows))
    return Choices(
        deadlines=dict(_deadlines(version, workflows, process)) if version else {},
        messages={one.name: one.title for one in workflows.messages_of(process)},
        questions={name: words for name, (words, _) in questions.items()},
        answers={name: answers for name, (_, answers) in questions.items()},
        processes={
            one.process: one.name or one.process for one in workflows.diagrams.values() if one.process != process
        },
        roles=_roles(version, workflows, process) if version else {},
    )


def condition(question: str, answer: str) -> str:
    """The condition that holds when a question has that answer: `triage == 'complaint'`."""
    if answer in YES_NO:
        return question if answer == "yes" else f"not {question}"
    return f"{question} {answer[:2]} '{answer[2:]}'"


def stages_of(workflows: Workflows, process: str) -> list[str]:
    """The stages a process is worked for: the ids of the call activities that call it."""
    found = [node.id for one in workflows.diagrams.values() for node in one.call_activities if node.calls == process]
    return list(dict.fromkeys(found))


def _deadlines(version: PolicyVersion, workflows: Workflows, process: str) -> Iterator[tuple[str, str]]:
    """In a stage's process by their bare names, for one process may serve two stages; in a spine by their whole."""
    stages = [key for key in stages_of(workflows, process) if version.has_stage(key)]
    for rule in version.deadlines:
        stage, words = stage_of(rule.key), bare(rule.key).replace("_", " ").capitalize()
        if stages and stage in stages:
            yield bare(rule.key), words
        elif not stages:
            yield (
                rule.key,
                f"{version.stage(stage).title}: {words.lower()}" if stage and version.has_stage(stage) else words,
            )


def _questions(workflows: Workflows) -> Iterator[tuple[str, tuple[str, Mapping[str, str]]]]:
    for task in workflows.tasks.values():
        form = workflows.forms.get(task.form)
        question = form.field(task.decides) if form and task.decides else None
        if question is not None:
            yield task.key, (f"{task.title}: {question.label}", _answers(question))
    for name in sorted(LEDGER_QUESTIONS):
        yield name, (LEDGER_WORDS[name], YES_NO)


def _answers(question: Field) -> dict[str, str]:
    if question.type == "yes_no":
        return dict(YES_NO)
    answers = {f"=={value}": label for value, label in question.choices.items()}
    return answers | {f"!={value}": f"anything but: {label}" for value, label in question.choices.items()}


def _roles(version: PolicyVersion, workflows: Workflows, process: str) -> dict[str, tuple[str, ...]]:
    """Who sits in each lane: one role a stage that this process is worked for."""
    stages: list[str | None] = [key for key in stages_of(workflows, process) if version.has_stage(key)]
    found: dict[str, tuple[str, ...]] = {}
    for lane in LANES:
        keys = dict.fromkeys(version.role_of_lane(lane, stage) for stage in (stages or [None]))
        titles = (version.roles[key].title if key in version.roles else key for key in keys)
        found[lane] = tuple(dict.fromkeys(titles))
    return found
