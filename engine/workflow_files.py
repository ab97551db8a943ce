"""Workflow files: everything below `workflows/` in; the workflows, and every problem in them, out.

A file with a problem of its own is left out as a whole, and nothing else complains that it is missing. What the files
say of each other is asked in `engine/workflow_checks.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from engine import form_files, gate, workflow_checks, yaml_part, yaml_text
from engine.diagrams import Diagram
from engine.forms import Answer
from engine.gate_grammar import EVENT_NAME
from engine.problems import Problem, only_problems
from engine.workflows import MessageDefinition, TaskDefinition, Workflows

__all__ = ["MessageDefinition", "TaskDefinition", "Workflows", "load", "read_workflows"]

TASK_KEYS = ("title", "brief", "form", "records", "decides", "letter", "ordinary")
MESSAGE_KEYS = ("title", "brief", "form", "letter", "done_by")
#: the key of tasks.yaml that is no process: what may be recorded wherever the diagram stands
FACTS = "facts"
_FORM = re.compile(r"workflows/forms/[^/]+\.yaml")
_TASKS = re.compile(r"workflows/[^/]+/tasks\.yaml")
_DIAGRAM = re.compile(r"workflows/[^/]+/[^/]+\.bpmn")


def load(root: Path) -> tuple[Workflows, list[Problem]]:
    """The workflows below a folder that holds `workflows/`, with the problems of its files by their paths there."""
    found = sorted(path for path in (root / "workflows").rglob("*") if path.suffix in (".yaml", ".bpmn"))
    return read_workflows({path.relative_to(root).as_posix(): path.read_bytes() for path in found if path.is_file()})


def read_workflows(files: Mapping[str, bytes]) -> tuple[Workflows, list[Problem]]:
    """The workflows these files make, by their paths (`workflows/...`), and every problem and remark, in order."""
    workflows, _, problems = read_all(files)
    return workflows, problems


def read_all(files: Mapping[str, bytes]) -> tuple[Workflows, Workflows, list[Problem]]:
    """The same; in the middle, the workflows with whatever can be read of refused files, for checking others only."""
    reader = _Reader()
    for path, text in files.items():
        if not path.startswith("workflows/"):
            continue
        if _DIAGRAM.fullmatch(path):
            reader.diagram(path, text)
        elif _FORM.fullmatch(path):
            reader.form(path, text)
        elif _TASKS.fullmatch(path):
            reader.task_file(path, text)
        elif path.endswith((".yaml", ".bpmn")):
            mend = "Write workflows/<folder>/<name>.bpmn, tasks.yaml beside it, or workflows/forms/<name>.yaml."
            reader.problems.append(Problem(path, 1, "Nothing reads a file of this name here.", mend))
    workflows = reader.workflows
    broken = {problem.file for problem in only_problems(reader.problems)}
    found = [problem for check in workflow_checks.CHECKS for problem in check(workflows, broken)]
    return workflows, reader.readable, sorted({*reader.problems, *found})


@dataclass
class _Reader:
    """Collects what the files say, one after the other."""

    problems: list[Problem] = field(default_factory=list)
    diagrams: dict[str, Diagram] = field(default_factory=dict)
    clean: dict[str, bytes] = field(default_factory=dict)
    forms: dict[str, form_files.Form] = field(default_factory=dict)
    tasks: dict[tuple[str, str], TaskDefinition] = field(default_factory=dict)
    messages: dict[tuple[str, str], MessageDefinition] = field(default_factory=dict)
    facts: dict[str, MessageDefinition] = field(default_factory=dict)
    refused_diagrams: dict[str, Diagram] = field(default_factory=dict)
    refused_forms: dict[str, form_files.Form] = field(default_factory=dict)

    @property
    def workflows(self) -> Workflows:
        return Workflows(self.diagrams, self.tasks, self.messages, self.facts, self.forms, self.clean)

    @property
    def readable(self) -> Workflows:
        diagrams, forms = {**self.refused_diagrams, **self.diagrams}, {**self.refused_forms, **self.forms}
        return Workflows(diagrams, self.tasks, self.messages, self.facts, forms)

    def diagram(self, path: str, text: bytes) -> None:
        found = gate.examine(text, path)
        self.problems.extend(found.problems)
        if found.diagram is None or found.clean is None:
            if found.readable is not None:
                self.refused_diagrams[found.readable.process] = found.readable
            return
        diagram, stem = found.diagram, PurePosixPath(path).stem.replace("-", "_")
        if diagram.process in self.diagrams:
            what = f"The process '{diagram.process}' is drawn in {self.diagrams[diagram.process].file} already."
            self.problems.append(Problem(path, diagram.line, what, "Give one of them another id."))
            return
        if diagram.process != stem:
            what = f"The process is called '{diagram.process}', and its file '{PurePosixPath(path).name}'."
            mend = f"Give the process the id '{stem}', or rename the file."
            self.problems.append(Problem(path, diagram.line, what, mend))
        self.diagrams[diagram.process] = diagram
        self.clean[path] = found.clean

    def form(self, path: str, text: bytes) -> None:
        form, problems = form_files.readable_form(text, path)
        self.problems.extend(problems)
        if form is not None:
            (self.refused_forms if problems else self.forms)[PurePosixPath(path).stem] = form

    def task_file(self, path: str, text: bytes) -> None:
        whole, problems = yaml_part.whole(text, path, "The file")
        if whole is not None:
            for process, node in whole.node.items():
                part = whole.child(process, node, f"Process '{process}'")
                if part is not None:
                    self._process(process, part)
        self.problems.extend(problems)

    def _process(self, process: str, part: yaml_part.Part) -> None:
        if process == FACTS:
            for name, node in part.node.items():
                fact = part.child(name, node, f"Fact '{name}'")
                if fact is not None:
                    self._twice(name in self.facts, fact)
                    self.facts[name] = _message(FACTS, name, fact)
            return
        part.only(("tasks", "messages"))
        for key, child in part.each("tasks", "Task"):
            self._twice((process, key) in self.tasks, child)
            self.tasks[process, key] = _task(process, key, child)
        for name, child in part.each("messages", "Message"):
            self._twice((process, name) in self.messages, child)
            self.messages[process, name] = _message(process, name, child)

    def _twice(self, is_known: bool, part: yaml_part.Part) -> None:
        if is_known:
            part.problem(part.line, f"{part.about} is described in another file too.", "Keep one of them.")


def _task(process: str, key: str, part: yaml_part.Part) -> TaskDefinition:
    part.only(TASK_KEYS)
    records = part.text("records", example="acknowledged")
    if records and not EVENT_NAME.fullmatch(records):
        mend = "Write an event's name, such as acknowledged or stage_2.requested."
        part.problem(part.line_of("records"), f"{part.about} records '{records}', which no event can be called.", mend)
    return TaskDefinition(
        process=process,
        key=key,
        title=part.text("title", example="Acknowledge the complaint"),
        brief=part.text("brief", example="What is done, in a sentence."),
        form=part.text("form", example="acknowledgement"),
        records=records,
        decides=part.text("decides"),
        letter=part.text("letter"),
        ordinary=_answers(part),
        file=part.file,
        line=part.line,
    )


def _message(process: str, name: str, part: yaml_part.Part) -> MessageDefinition:
    part.only(MESSAGE_KEYS)
    if not EVENT_NAME.fullmatch(name):
        mend = "Write an event's name, such as extension_given or stage_2.requested."
        part.problem(part.line, f"{part.about} has a name that no event can have.", mend)
    return MessageDefinition(
        process=process,
        name=name,
        title=part.text("title", example="The resident withdraws"),
        brief=part.text("brief", example="What is recorded, in a sentence."),
        form=part.text("form", example="withdrawn"),
        letter=part.text("letter"),
        done_by=part.text("done_by", default="desk"),
        file=part.file,
        line=part.line,
    )


def _answers(part: yaml_part.Part) -> dict[str, Answer]:
    """The answers under `ordinary`, as they are written; whether the form accepts them is asked later."""
    ordinary = part.part("ordinary", f"{part.about}, 'ordinary',")
    found: dict[str, Answer] = {}
    for name, node in ordinary.node.items() if ordinary else ():
        value = yaml_text.plain(node)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            found[name] = [str(item) for item in value]
        elif isinstance(value, str | bool | int):
            found[name] = value
        else:
            part.problem(node.line, f"{part.about} answers '{name}' with what no form takes.", "Write one text.")
    return found
