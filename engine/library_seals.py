"""What is sealed with a version: which files, and how much of a tasks.yaml that other versions use too."""

from __future__ import annotations

from collections.abc import Collection

from engine import yaml_text
from engine.diagrams import Diagram
from engine.letter_files import letters_path
from engine.policy import PolicyVersion
from engine.version_names import names_of
from engine.workflow_files import FACTS
from engine.workflows import Workflows


def diagrams_of(version: PolicyVersion, workflows: Workflows) -> tuple[Diagram, ...]:
    """The diagrams a version's cases are worked by: its spine and all it calls."""
    spine = workflows.at(version.workflow)
    return tuple(workflows.called_by(spine.process)) if spine else ()


def paths_of(version: PolicyVersion, workflows: Workflows) -> set[str]:
    """The paths of everything that is sealed with a version, there or not."""
    diagrams = {diagram.file for diagram in diagrams_of(version, workflows)} | {f"workflows/{version.workflow}.bpmn"}
    tasks = {f"{path.rpartition('/')[0]}/tasks.yaml" for path in diagrams}
    forms = {*names_of(version, workflows).asking.values(), *(fact.form for fact in workflows.facts.values())}
    for diagram in diagrams_of(version, workflows):  # the usual forms too, so that what is sealed can be read alone
        forms |= {task.form for task in workflows.tasks_of(diagram.process)}
        forms |= {message.form for message in workflows.messages_of(diagram.process)}
    examples = version.file.removesuffix(".yaml") + ".examples.yaml"
    own = {version.file, examples, letters_path(version.file)}
    return own | diagrams | tasks | {f"workflows/forms/{form}.yaml" for form in forms}


def as_sealed(path: str, text: bytes, processes: Collection[str]) -> bytes:
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
