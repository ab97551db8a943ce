"""Reading the keys of a YAML mapping as the plain values a file's shape asks for, noting every mistake on the way.

A `Part` never raises: what cannot be read is noted with its line and its mend, and the caller is given the default.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from engine import yaml_text
from engine.problems import Problem, did_you_mean

#: the names people give to things in these files
KEY = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")


@dataclass
class Part:
    """One mapping of a file. `about` is how a sentence begins about it: "Deadline 'stage_1.response'"."""

    file: str
    node: yaml_text.Mapping
    about: str
    problems: list[Problem] = field(default_factory=list)
    line: int = 1  # where its key stands

    def problem(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(self.file, line, what, mend))

    def only(self, known: Iterable[str]) -> None:
        """Note every key that is not one of these."""
        words = tuple(known)
        for key, _ in self.node.items():
            if key not in words:
                what = f"{self.about} has the key '{key}', which is not known here."
                self.problem(self.node.line_of(key), what, did_you_mean(key, words))

    def line_of(self, key: str) -> int:
        return self.node.line_of(key)

    def missing(self, key: str, example: str) -> None:
        """Note a key that has to be there."""
        self.problem(self.line, f"{self.about} has no '{key}'.", f"Add '{key}: {example}'.")

    def text(self, key: str, *, example: str = "", default: str = "") -> str:
        """The text under a key. With an `example` the key has to be there."""
        node = self.node.get(key)
        if node is None:
            if example:
                self.missing(key, example)
            return default
        if not isinstance(node, yaml_text.Scalar) or node.value is None or not node.text.strip():
            self._not(key, node, "text", example or "some text")
            return default
        return node.text.strip()

    def maybe_text(self, key: str) -> str | None:
        """The text under a key, None where the key is not there."""
        return self.text(key) or None

    def flag(self, key: str) -> bool:
        """Whether a key says true; false where it is not there."""
        node = self.node.get(key)
        if node is None:
            return False
        if isinstance(node, yaml_text.Scalar) and isinstance(node.value, bool):
            return node.value
        self._not(key, node, "true or false", "true")
        return False

    def day(self, key: str, *, needed: bool = False) -> date | None:
        """The date under a key, None where it is not there or null."""
        node = self.node.get(key)
        if node is None:
            if needed:
                self.missing(key, "2024-04-01")
            return None
        if isinstance(node, yaml_text.Scalar):
            if node.value is None and not needed:
                return None
            day = as_date(node.text)
            if day is not None:
                return day
        self._not(key, node, "a date", "2024-04-01")
        return None

    def number(self, key: str) -> int | None:
        """The whole number under a key, None where it is not there."""
        node = self.node.get(key)
        if node is None:
            return None
        if isinstance(node, yaml_text.Scalar) and isinstance(node.value, int) and not isinstance(node.value, bool):
            return node.value
        self._not(key, node, "a whole number", "2")
        return None

    def words(self, key: str) -> tuple[str, ...]:
        """The list of texts under a key, empty where it is not there."""
        node = self.node.get(key)
        if node is None:
            return ()
        if isinstance(node, yaml_text.Scalar) and node.value is not None:
            what = f"{self.about} has one text under '{key}', where a list belongs."
            self.problem(self.line_of(key), what, f"Write it in square brackets: [{node.text}].")
            return (node.text.strip(),)
        if not isinstance(node, yaml_text.Sequence):
            self._not(key, node, "a list", "[one, two]")
            return ()
        for item in node:
            if not isinstance(item, yaml_text.Scalar) or item.value is None:
                self.problem(item.line, f"{self.about} has something under '{key}' that is no text.", "Write a text.")
        return tuple(item.text.strip() for item in node if isinstance(item, yaml_text.Scalar))

    def part(self, key: str, about: str, *, needed: bool = False) -> Part | None:
        """The mapping under a key, None where it is not there."""
        node = self.node.get(key)
        if node is None:
            if needed:
                self.problem(self.line, f"{self.about} has no '{key}'.", f"Add '{key}:' with its parts below it.")
            return None
        return self._as_part(node, self.line_of(key), about, f"'{key}'")

    def each(self, key: str, about: str, *, needed: bool = False) -> Iterator[tuple[str, Part]]:
        """The named mappings below a key, with `about` and the name beginning sentences about each."""
        whole = self.part(key, self.about, needed=needed)
        if whole is None:
            return
        for name, node in whole.node.items():
            part = whole.child(name, node, f"{about} '{name}'")
            if part is not None:
                yield name, part

    def child(self, name: str, node: yaml_text.Node, about: str) -> Part | None:
        """One named mapping below this one."""
        return self._as_part(node, self.line_of(name), about, "it")

    def rows(self, key: str, about: str) -> Iterator[Part]:
        """The mappings of the list under a key."""
        node = self.node.get(key)
        if node is None:
            return
        if not isinstance(node, yaml_text.Sequence):
            self._not(key, node, "a list", "rows that each begin with '- '")
            return
        for item in node:
            part = self._as_part(item, item.line, about, "a row")
            if part is not None:
                yield part

    def named_values(self, key: str) -> dict[str, str]:
        """The texts below a key, by name."""
        whole = self.part(key, self.about)
        if whole is None:
            return {}
        inner = Part(self.file, whole.node, f"{self.about}, '{key}',", self.problems, whole.line)
        return {name: inner.text(name, example="...") for name, _ in whole.node.items()}

    def _as_part(self, node: yaml_text.Node, line: int, about: str, where: str) -> Part | None:
        if isinstance(node, yaml_text.Mapping):
            return Part(self.file, node, about, self.problems, line)
        self.problem(line, f"{about} has no keys of its own under {where}.", "Write 'key: value' lines below it.")
        return None

    def _not(self, key: str, node: yaml_text.Node, wanted: str, example: str) -> None:
        written = f"'{node.text}'" if isinstance(node, yaml_text.Scalar) and node.text else "something else"
        what = f"{self.about} has {written} under '{key}', where {wanted} belongs."
        self.problem(self.line_of(key), what, f"Write it as '{key}: {example}'.")


def whole(text: bytes, file: str, about: str) -> tuple[Part | None, list[Problem]]:
    """The file's one mapping as a part, or None with every problem of its text."""
    node, problems = yaml_text.read(text, file)
    if node is None:
        return None, problems
    if not isinstance(node, yaml_text.Mapping):
        problems.append(Problem(file, node.line, f"{about} is not made of keys.", "Begin each line with 'key: '."))
        return None, problems
    return Part(file, node, about, problems, node.line), problems


def as_date(text: str) -> date | None:
    """The date of a text `2024-04-01`, None for anything else."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
