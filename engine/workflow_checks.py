"""Checks of the workflow files against each other: calls, tasks, messages, forms and what conditions speak of.

Each check is a function from the workflows and the files that could not be read to problems; `CHECKS` lists them.
Nothing is said about a name that a broken file might have carried.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterator
from pathlib import PurePosixPath

from engine.diagrams import Diagram, Flow
from engine.expressions import ExpressionProblem, compared, parse
from engine.forms import Form, Unfit, clean_answer
from engine.gate_flow import arrow
from engine.gate_loops import MOST_PARALLEL
from engine.problems import Problem, did_you_mean
from engine.workflows import LETTERS, MessageDefinition, TaskDefinition, Workflows

Entry = TaskDefinition | MessageDefinition
Check = Callable[[Workflows, Collection[str]], Iterator[Problem]]

#: What conditions may ask the ledger, beside the deciding answers of tasks.
LEDGER_QUESTIONS = frozenset({"is_acknowledgement_promised", "is_request_in_time"})
#: The message that opens a case: recorded before there is any process to wait for it.
OPENING = "complaint_received"
MOST_NODES = 1_000
DEEPEST_CALL = 5


def _stems(broken: Collection[str]) -> set[str]:
    """The processes and forms that files with problems would have carried."""
    return {PurePosixPath(path).stem.replace("-", "_") for path in broken if not path.endswith("tasks.yaml")}


def _tasks_file(diagram: Diagram) -> str:
    return f"{diagram.file.rpartition('/')[0]}/tasks.yaml"


def calls_lead_to_processes(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Every called process is there, none calls itself, and a spine with all it calls stays within bounds."""
    missing = _stems(broken)
    for diagram in workflows.diagrams.values():
        for node in diagram.call_activities:
            if node.calls not in workflows.diagrams and node.calls not in missing:
                what = f"'{node.name or node.id}' calls the process '{node.calls}', which is not in workflows/."
                yield Problem(diagram.file, node.line, what, did_you_mean(node.calls, workflows.diagrams))
            way = _way(workflows, node.calls, diagram.process)
            if way:
                what = f"'{node.name or node.id}' calls its own process again: {' -> '.join((diagram.process, *way))}."
                yield Problem(diagram.file, node.line, what, "Draw what happens again as an arrow back.")


def _way(workflows: Workflows, start: str, goal: str) -> tuple[str, ...]:
    """The shortest way by calls from one process to another, empty where there is none."""
    waiting: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in waiting:
        if way[-1] == goal:
            return way
        diagram = workflows.diagrams.get(way[-1])
        for node in diagram.call_activities if diagram else ():
            if node.calls not in seen:
                seen.add(node.calls)
                waiting.append((*way, node.calls))
    return ()


def cases_stay_small(workflows: Workflows, _: Collection[str]) -> Iterator[Problem]:
    """A process with everything it calls, each as often as it is called, has a bounded size."""
    for diagram in workflows.diagrams.values():
        nodes, parallel, depth = _size(workflows, diagram, 1)
        if depth > DEEPEST_CALL or nodes > MOST_NODES:
            what = f"With everything it calls, this process has {nodes:,} nodes, {depth} calls deep."
            mend = f"Draw less: {MOST_NODES:,} nodes and {DEEPEST_CALL} calls are the most."
            yield Problem(diagram.file, diagram.line, what, mend)
        elif parallel > MOST_PARALLEL:
            what = f"With everything it calls, this process has {parallel} parallel gateways."
            yield Problem(diagram.file, diagram.line, what, f"{MOST_PARALLEL} are the most.")


def _size(workflows: Workflows, diagram: Diagram, depth: int) -> tuple[int, int, int]:
    nodes, deepest = len(diagram.nodes), depth
    parallel = sum(node.kind == "parallelGateway" for node in diagram.nodes)
    for node in diagram.call_activities:
        called = workflows.diagrams.get(node.calls)
        # Beyond a bound there is nothing more to learn, and calls in a circle would never end.
        if called is None or depth > DEEPEST_CALL or nodes > MOST_NODES:
            continue
        more, more_parallel, below = _size(workflows, called, depth + 1)
        nodes, parallel, deepest = nodes + more, parallel + more_parallel, max(deepest, below)
    return nodes, parallel, deepest


def tasks_are_described(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Every user task of a diagram has an entry in the tasks.yaml beside it, and every entry a task."""
    for diagram in workflows.diagrams.values():
        if _tasks_file(diagram) in broken:
            continue
        known = [task.key for task in workflows.tasks_of(diagram.process)]
        for node in diagram.tasks:
            if node.id not in known:
                what = f"The task '{node.name or node.id}' is not described in tasks.yaml."
                spare = sorted(set(known) - {one.id for one in diagram.tasks})
                mend = did_you_mean(node.id, spare) if spare else f"Add it as '{node.id}' under '{diagram.process}'."
                yield Problem(diagram.file, node.line, what, mend)
    for task in workflows.tasks.values():
        drawn = workflows.diagrams.get(task.process)
        if drawn and drawn.node(task.key) not in drawn.tasks:
            what = f"'{task.key}' is not a task of the diagram {drawn.file}."
            yield Problem(task.file, task.line, what, did_you_mean(task.key, [node.id for node in drawn.tasks]))


def messages_are_described(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Every message a diagram waits for has an entry, and every entry a diagram that waits for it."""
    for diagram in workflows.diagrams.values():
        known = [message.name for message in workflows.messages_of(diagram.process)]
        for name, line in diagram.messages.items():
            if name not in known and _tasks_file(diagram) not in broken:
                what = f"The message '{name}' is not described in tasks.yaml."
                spare = sorted(set(known) - set(diagram.messages))
                mend = did_you_mean(name, spare) if spare else f"Add it under 'messages' of '{diagram.process}'."
                yield Problem(diagram.file, line, what, mend)
    for message in workflows.messages.values():
        drawn = workflows.diagrams.get(message.process)
        if drawn and message.name not in drawn.messages and message.name != OPENING:
            what = f"No event of the diagram {drawn.file} waits for '{message.name}'."
            yield Problem(message.file, message.line, what, did_you_mean(message.name, drawn.messages))


def processes_are_drawn(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """What tasks.yaml describes lies in the same folder as its diagram."""
    missing = _stems(broken)
    entries: list[Entry] = [*workflows.messages.values(), *workflows.tasks.values()]
    described = {one.process: one for one in entries}
    for process, entry in described.items():
        drawn = workflows.diagrams.get(process)
        here = [one.process for one in workflows.diagrams.values() if _tasks_file(one) == entry.file]
        if process not in missing and (drawn is None or _tasks_file(drawn) != entry.file):
            what = f"'{process}' is described here, and no diagram in this folder has that process."
            yield Problem(entry.file, entry.line, what, did_you_mean(process, here))


def forms_are_there(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Every form asked for is there, the deciding answer is one of its questions, and it takes the ordinary one."""
    missing = _stems(broken)
    everything: list[Entry] = [
        *workflows.tasks.values(), *workflows.messages.values(), *workflows.facts.values(),
    ]  # fmt: skip
    for entry in everything:
        form = workflows.forms.get(entry.form)
        if form is None and entry.form and entry.form not in missing:
            what = f"'{entry.name}' asks for the form '{entry.form}', which is not in workflows/forms/."
            yield Problem(entry.file, entry.line, what, did_you_mean(entry.form, workflows.forms))
        if form is not None and isinstance(entry, TaskDefinition):
            yield from _answers_fit(entry, form)


def _answers_fit(task: TaskDefinition, form: Form) -> Iterator[Problem]:
    decides = form.field(task.decides)
    if task.decides and decides is None:
        what = f"'{task.key}' decides '{task.decides}', which the form '{form.name}' does not ask."
        yield Problem(task.file, task.line, what, did_you_mean(task.decides, form.names))
    elif decides is not None and decides.type not in ("choice", "yes_no", "whole_number"):
        what = f"'{task.key}' decides '{task.decides}', which is {decides.type} and no choice."
        yield Problem(task.file, task.line, what, "Name a choice, a yes_no or a whole_number.")
    for name, answer in task.ordinary.items():
        question = form.field(name)
        if question is None:
            what = f"The ordinary answer of '{task.key}' has '{name}', which the form '{form.name}' does not ask."
            yield Problem(task.file, task.line, what, did_you_mean(name, form.names))
            continue
        try:
            clean_answer(question, answer)
        except Unfit as error:
            what = f"The ordinary answer of '{task.key}' does not fit its form."
            yield Problem(task.file, task.line, what, error.mend)


def lanes_are_known(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Who records a message is a lane of some diagram."""
    lanes = {lane.id for diagram in workflows.diagrams.values() for lane in diagram.lanes} | {"desk"}
    if any(path.endswith(".bpmn") for path in broken):
        return
    for entry in (*workflows.messages.values(), *workflows.facts.values()):
        if entry.done_by not in lanes:
            what = f"'{entry.name}' is done by '{entry.done_by}', which is no lane."
            yield Problem(entry.file, entry.line, what, did_you_mean(entry.done_by, lanes))


def letters_are_known(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """A letter that goes out has the name of one there is; nearly such a name is a problem, any other a remark."""
    entries: list[Entry] = [*workflows.tasks.values(), *workflows.messages.values(), *workflows.facts.values()]
    for entry in entries:
        if not entry.letter or entry.letter in LETTERS:
            continue
        what = f"'{entry.name}' sends the letter '{entry.letter}', which is not known."
        if difflib.get_close_matches(entry.letter[:100], LETTERS, n=1, cutoff=0.75):
            yield Problem(entry.file, entry.line, what, did_you_mean(entry.letter, LETTERS))
        else:
            yield Problem(entry.file, entry.line, what, f"Known here: {', '.join(sorted(LETTERS))}.", "remark")


def conditions_ask_what_is_known(workflows: Workflows, broken: Collection[str]) -> Iterator[Problem]:
    """Conditions speak of tasks that decide, by a value they can have, and of the ledger's questions."""
    calls = {node.calls for diagram in workflows.diagrams.values() for node in diagram.call_activities}
    if broken or calls - workflows.diagrams.keys():
        return
    for diagram in workflows.diagrams.values():
        decisions = _decisions(workflows, diagram)
        known = LEDGER_QUESTIONS | decisions.keys()
        for flow in diagram.conditions:
            try:
                expression = parse(flow.condition or "", frozenset(known))
            except ExpressionProblem as problem:
                what = f"In the condition of {arrow(diagram, flow)}: {problem.what}"
                yield Problem(diagram.file, flow.condition_line, what, problem.mend)
                continue
            for name, value in compared(expression):
                if name in decisions and value not in decisions[name]:
                    yield _never(diagram, flow, name, value, decisions[name])


def _never(diagram: Diagram, flow: Flow, name: str, value: str, known: Collection[str]) -> Problem:
    what = f"In the condition of {arrow(diagram, flow)}: '{name}' can never be '{value}'."
    return Problem(diagram.file, flow.condition_line, what, did_you_mean(value, known))


def _decisions(workflows: Workflows, diagram: Diagram) -> dict[str, Collection[str]]:
    """The tasks whose deciding answer is known in a diagram, with the values it can have: its own, those of what it
    calls, and those of whatever calls it."""
    around = [one for one in workflows.diagrams.values() if diagram in workflows.called_by(one.process)]
    processes = {one.process for top in around for one in workflows.called_by(top.process)}
    found: dict[str, Collection[str]] = {}
    for task in workflows.tasks.values():
        form = workflows.forms.get(task.form)
        question = form.field(task.decides) if form else None
        if task.decides and task.process in processes:
            found[task.key] = _Anything() if question is None or question.other_allowed else question.choices
    return found


class _Anything(frozenset[str]):
    """Stands for the answers of a question that takes any."""

    def __contains__(self, item: object) -> bool:
        return True


CHECKS: list[Check] = [
    calls_lead_to_processes,
    cases_stay_small,
    tasks_are_described,
    messages_are_described,
    processes_are_drawn,
    forms_are_there,
    lanes_are_known,
    letters_are_known,
    conditions_ask_what_is_known,
]
