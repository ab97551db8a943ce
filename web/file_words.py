"""The files of a draft in plain words: what each is called on a page, and what stands on a line of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from engine import yaml_text
from web import wording

KeyPath = tuple[str | int, ...]

STAGES, SPINES, FORMS = "workflows/stages/", "workflows/complaints/", "workflows/forms/"
SHOWN_BY = ("title", "label", "question", "example", "says", "when")  # what tells an entry of a list from its fellows


def read(files: Mapping[str, bytes], path: str) -> yaml_text.Node | None:
    """A YAML file of the draft as nodes; None where it is none or cannot be read."""
    content = files.get(path)
    return _nodes(content, path) if content is not None and path.endswith(".yaml") else None


@lru_cache(maxsize=64)
def _nodes(content: bytes, path: str) -> yaml_text.Node | None:
    return yaml_text.read(content, path)[0]


def title(path: str, files: Mapping[str, bytes]) -> str:
    """What a file is called on a page: `The policy`, `The letters`, `Diagram: Two stage`, `Form: Answer`."""
    stem = path.rpartition("/")[2].partition(".")[0]
    words = wording.plain(stem.replace("-", "_"))
    if path.startswith(FORMS):
        return f"Form: {_text(read(files, path), 'title') or words}"
    if path.endswith("/tasks.yaml"):
        return f"Tasks and messages: {path.split('/')[-2]}"
    if path.endswith(".bpmn"):
        return f"Diagram: {words}"
    for ending, name in ((".letters.yaml", "The letters"), (".examples.yaml", "The examples")):
        if path.endswith(ending):
            return name
    return "The policy"


def path_at(node: yaml_text.Node | None, line: int) -> KeyPath:
    """The keys that lead to what stands on a line: `("stages", "stage_1", "deadlines", "response", "within")`."""
    found: list[str | int] = []
    while node is not None:
        step = _step(node, line)
        if step is None:
            break
        key, node = step
        found.append(key)
    return tuple(found)


def _step(node: yaml_text.Node, line: int) -> tuple[str | int, yaml_text.Node] | None:
    """The last entry of a list or mapping that begins on the line or before it."""
    if isinstance(node, yaml_text.Mapping):
        before = [(key, value) for key, value in node.items() if node.line_of(key) <= line]
        on = [(key, value) for key, value in before if node.line_of(key) == line]
        # Several keys on one line (flow style): the line says no more than what holds them.
        return None if len(on) > 1 or not before else before[-1]
    if isinstance(node, yaml_text.Sequence):
        numbered = [(at, item) for at, item in enumerate(node.items) if item.line <= line]
        on_line = [one for one in numbered if one[1].line == line]
        return None if len(on_line) > 1 or not numbered else numbered[-1]
    return None


def deadline_key(path: KeyPath) -> str:
    """The whole key of the deadline a path leads into: `stage_1.response`, `complain_by`; empty where it is none."""
    if path[:1] == ("stages",) and len(path) > 3 and path[2] == "deadlines":
        return f"{path[1]}.{path[3]}"
    return str(path[1]) if path[:1] == ("deadlines",) and len(path) > 1 else ""


def stage_title(version: yaml_text.Node | None, key: str) -> str:
    """The title the version's text gives a stage, right or wrong as the rest of it may be."""
    stages = version.get("stages") if isinstance(version, yaml_text.Mapping) else None
    stage = stages.get(key) if isinstance(stages, yaml_text.Mapping) else None
    return _text(stage, "title") or wording.plain(key)


def inside(path: KeyPath) -> str:
    """The rest of a path as words, no more than two steps deep: `refusal, row 3`."""
    words = [f"number {one + 1}" if isinstance(one, int) else one for one in path if one not in ("fields", "letters")]
    return ", ".join(re.sub(r"[._]", " ", word) if "-" not in word else word for word in words[:2])


def _text(node: yaml_text.Node | None, key: str) -> str:
    value = node.get(key) if isinstance(node, yaml_text.Mapping) else None
    return value.text if isinstance(value, yaml_text.Scalar) else ""
