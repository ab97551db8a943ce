"""The kinds of stage that a policy may be given: what each is, and what it brings with it into a draft's files.

An investigated stage and a review panel are shipped processes; a draft that has none yet is given its diagram, its
tasks and its forms from the library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import yaml_editing, yaml_text
from engine.refusals import BadAnswers, Refused
from engine.version_text import Files, text_of, with_text

STAGES = "workflows/stages/tasks.yaml"


@dataclass(frozen=True)
class StageKind:
    """A kind of stage: `process` works it, `diagram` is its file, and `says` tells an author what it is."""

    key: str
    title: str
    says: str
    process: str
    diagram: str
    is_panel: bool = False


KINDS: Mapping[str, StageKind] = {
    kind.key: kind
    for kind in (
        StageKind(
            "investigated",
            "Somebody investigates and answers",
            "One person considers the complaint and sends an answer. It may be acknowledged first.",
            "investigated_stage",
            "workflows/stages/investigated-stage.bpmn",
        ),
        StageKind(
            "review_panel",
            "A panel meets and decides",
            "A panel meets within a time of the request, and the desk sends its decision within a time of the meeting.",
            "review_panel",
            "workflows/stages/review-panel.bpmn",
            is_panel=True,
        ),
    )
}


def kind_of(key: str) -> StageKind:
    """A kind by its key. Raises BadAnswers for one there is not."""
    if key not in KINDS:
        raise BadAnswers({"kind": f"Choose one of: {', '.join(kind.title for kind in KINDS.values())}."})
    return KINDS[key]


def with_kind(files: Files, shelf: Files, kind: StageKind) -> dict[str, bytes]:
    """The files with what a kind of stage needs, taken from the library where the draft has it not yet. Raises Refused
    where the library has it neither."""
    found = dict(files)
    if kind.diagram not in found:
        found[kind.diagram] = _of(shelf, kind.diagram)
    tasks = text_of(found, STAGES) if STAGES in found else ""
    if not tasks or not yaml_editing.has(tasks, (kind.process,)):
        section = yaml_editing.chunk(text_of(shelf, STAGES), (kind.process,))
        found = with_text(found, STAGES, f"{tasks.rstrip()}\n\n{section}" if tasks else section)
    return with_forms(found, shelf, _forms(text_of(found, STAGES), kind.process))


def with_forms(files: Files, shelf: Files, forms: list[str]) -> dict[str, bytes]:
    """The files with these forms, taken from the library where the draft has them not yet."""
    found = dict(files)
    for form in forms:
        path = f"workflows/forms/{form}.yaml"
        if path not in found:
            found[path] = _of(shelf, path)
    return found


def _of(shelf: Files, path: str) -> bytes:
    if path not in shelf:
        raise Refused(f"The library has no {path}, which this kind of stage needs.")
    return shelf[path]


def _forms(text: str, process: str) -> list[str]:
    """The forms that a process asks for."""
    node, _ = yaml_text.read(text.encode(), STAGES)
    whole = yaml_text.plain(node) if node is not None else None
    section = whole.get(process) if isinstance(whole, dict) else None
    found: list[str] = []
    for part in section.values() if isinstance(section, dict) else ():
        for entry in part.values() if isinstance(part, dict) else ():
            form = entry.get("form") if isinstance(entry, dict) else None
            found += [form] if isinstance(form, str) else []
    return found
