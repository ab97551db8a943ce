"""YAML that people write, read safely and without guessing, with the line of every key and value.

What stands in the file is what is meant: only `null`, `true`, `false` and plain decimal numbers are anything but
text. What another YAML reader might guess about (`NO`, `0123`, `12:30`, `1_000`, an empty value) must be quoted, and
an ISO date stays text. Keys are always text, so the words `on` and `no` need no quotes there. Aliases, anchors,
tags, merge keys and duplicate keys are problems; size, depth and the number of values are bounded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from engine.problems import Problem
from engine.read_once import read_once
from engine.yaml_guesses import WORDS, Value, guess, guess_sentences, syntax_problem, typed

MOST_BYTES = 1_000_000
MOST_NODES = 50_000
DEEPEST = 20


@dataclass(frozen=True)
class Scalar:
    """One value: text, or (unquoted) null, true, false or a decimal number. `text` is what was written."""

    value: Value
    line: int
    quoted: bool
    text: str


@dataclass(frozen=True)
class Sequence:
    """A list of values."""

    items: tuple[Node, ...]
    line: int

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Mapping:
    """Keys and their values, in the order they were written; `line_of(key)` is the line of the key."""

    pairs: tuple[tuple[str, Node], ...]
    line: int
    key_lines: dict[str, int] = field(compare=False, repr=False)

    def items(self) -> tuple[tuple[str, Node], ...]:
        return self.pairs

    def keys(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.pairs)

    def get(self, key: str) -> Node | None:
        """The value under a key, or None where the key is not there."""
        return next((node for name, node in self.pairs if name == key), None)

    def line_of(self, key: str) -> int:
        """The line a key stands on; the mapping's own first line where the key is not there."""
        return self.key_lines.get(key, self.line)

    def __contains__(self, key: object) -> bool:
        return key in self.key_lines

    def __len__(self) -> int:
        return len(self.pairs)


Node = Scalar | Sequence | Mapping
Plain = Value | list["Plain"] | dict[str, "Plain"]


def plain(node: Node) -> Plain:
    """The same as ordinary dicts, lists, text, numbers, True, False and None."""
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node.pairs}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


@read_once
def read(text: bytes, file: str) -> tuple[Node | None, list[Problem]]:
    """The file's one document, or None with every problem found in it."""
    decoded, problems = _decoded(text, file)
    if decoded is None:
        return None, problems
    builder = _Builder(file)
    try:
        for event in yaml.parse(decoded, Loader=_LOADER):
            builder.take(event)
    except _TooMuch as stop:
        builder.problems.append(stop.problem)
    except yaml.MarkedYAMLError as error:
        builder.problems.append(syntax_problem(error, decoded, file))
    except (yaml.YAMLError, ValueError, OverflowError):
        builder.problem(1, "This file cannot be read as YAML.", "Look for an escape such as \\x in double quotes.")
    if builder.root is None and not builder.problems:
        builder.problem(1, "This file is empty.", "Write its first key, or delete the file.")
    return (None if builder.problems else builder.root), builder.problems


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # which only an escape can write


def _decoded(text: bytes, file: str) -> tuple[str | None, list[Problem]]:
    if len(text) > MOST_BYTES:
        what = f"This file has {len(text):,} bytes; the most that is read is {MOST_BYTES:,}."
        return None, [Problem(file, 1, what, "Divide it.")]
    try:
        decoded = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        return None, [Problem(file, line, "This line is not UTF-8 text.", "Save the file as UTF-8.")]
    odd = _UNPRINTABLE.search(decoded)
    if odd:
        line = decoded.count("\n", 0, odd.start()) + 1
        what = f"This line holds the character U+{ord(odd.group()):04X}, which cannot be seen."
        return None, [Problem(file, line, what, "Delete it.")]
    return unicodedata.normalize("NFC", decoded), []


class _TooMuch(Exception):
    """A bound was passed; reading stops here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet."""

    line: int
    keyed: bool
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[str, Node]] = field(default_factory=list)
    key_lines: dict[str, int] = field(default_factory=dict)
    key: str | None = None

    def closed(self) -> Node:
        if self.keyed:
            return Mapping(tuple(self.pairs), self.line, self.key_lines)
        return Sequence(tuple(self.items), self.line)


class _Builder:
    """Takes the parser's events one by one, so that no bound is passed before it is noticed."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.count = 0
        self.documents = 0

    def problem(self, line: int, what: str, mend: str) -> None:
        self.problems.append(Problem(self.file, line, what, mend))

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.NodeEvent):
            self._start_node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._place(self.open.pop().closed())
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event, line)

    def _start_document(self, event: yaml.DocumentStartEvent, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _TooMuch(Problem(self.file, line, "A second document begins here.", "Delete the line '---'."))
        if event.version or event.tags:
            self.problem(line, "This file begins with a YAML directive.", "Delete the line that begins with '%'.")

    def _start_node(self, event: yaml.NodeEvent, line: int) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            what = f"This file holds more than {MOST_NODES:,} values."
            raise _TooMuch(Problem(self.file, line, what, "Divide it."))
        if event.anchor and not isinstance(event, yaml.AliasEvent):
            self.problem(line, f"'&{event.anchor}' is an anchor, which is not read.", "Write the value out each time.")
        tag = getattr(event, "tag", None)
        if tag is not None:
            tag = tag.replace("tag:yaml.org,2002:", "!!")
            self.problem(line, f"'{tag}' is a tag, which is not read.", "Delete the word that begins with '!'.")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, line, quoted=not event.implicit[0])
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        elif isinstance(event, yaml.AliasEvent):
            self.problem(line, f"'*{event.anchor}' is an alias, which is not read.", "Write the value out here.")
            self._scalar("?", line, quoted=True)

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if len(self.open) >= DEEPEST:
            what = f"Values are nested more than {DEEPEST} deep here."
            raise _TooMuch(Problem(self.file, line, what, "Make the file flatter."))
        self.open.append(_Open(line, isinstance(event, yaml.MappingStartEvent)))

    def _scalar(self, written: str, line: int, *, quoted: bool) -> None:
        if _UNSTORABLE.search(written):
            self.problem(line, "This text holds a character that cannot be stored.", "Delete the escape \\0 or \\ud8….")
            written = ""
        text = written if written.isascii() else unicodedata.normalize("NFC", written)
        parent = self.open[-1] if self.open else None
        if parent and parent.keyed and parent.key is None:
            if not quoted:
                self._check_key(text, line)
            self._place(Scalar(text, line, quoted, text))
            return
        if quoted:
            self._place(Scalar(text, line, quoted, text))
            return
        guessed = guess(text)
        if guessed:
            about = f"The value of '{parent.key}'" if parent and parent.key is not None else "This value"
            self.problem(line, *guess_sentences(about, text, guessed))
        self._place(Scalar(None if guessed else typed(text), line, quoted, text))

    def _check_key(self, text: str, line: int) -> None:
        if text == "<<":
            self.problem(line, "'<<' is a merge key, which is not read.", "Write the keys out here.")
        elif not text:
            self.problem(line, "A key is missing before the colon.", "Write the key.")
        elif text.lower() not in WORDS and guess(text):
            mend = f"Put it in quotes: '{text}'."
            self.problem(line, f"The key {text} could be read as something other than text.", mend)

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        if not parent.keyed:
            parent.items.append(node)
        elif parent.key is None:
            self._place_key(parent, node)
        else:
            parent.pairs.append((parent.key, node))
            parent.key = None

    def _place_key(self, parent: _Open, node: Node) -> None:
        if not isinstance(node, Scalar):
            self.problem(node.line, "A list or mapping stands where a key should.", "Write a word before the colon.")
        key = node.text if isinstance(node, Scalar) else "?"
        if key in parent.key_lines:
            first = parent.key_lines[key]
            self.problem(
                node.line, f"The key '{key}' is here twice; the first is on line {first}.", "Keep one of them."
            )
        parent.key_lines.setdefault(key, node.line)
        parent.key = key
