"""What changed between two texts of a policy, made ready for a page: the sentences by subject, the diagrams with marks,
the lines of each file, and what it does against the Code. For a draft and for two published versions alike.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from engine import diagram_text, form_files, version_differences, xml_text
from engine.diagrams import Diagram
from engine.expressions import ExpressionProblem
from engine.forms import Field
from engine.office import Office, Shelved
from engine.policy import PolicyVersion
from engine.store import library as stored
from engine.version_differences import Difference
from engine.version_differences_code import AgainstTheCode, against_the_code
from engine.wordings import listed
from web import decision_words, diagrams

KINDS = {
    "added": ("New", "green"),
    "removed": ("Gone", "red"),
    "changed": ("Changed", "blue"),
    "moved": ("Moved", "grey"),
}
OWN = {".yaml": "The policy", ".letters.yaml": "Its letters", ".examples.yaml": "Its examples"}
AROUND = 3  # lines shown before and after each that differs
MOST_LINES = 800  # of one file; what is more is said
MOST_WORDS = 4_000  # of a text whose words are held against each other one by one

Words = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Side:
    """One of the two: its key `policy/version`, its files, and what could be read of it."""

    key: str
    files: Mapping[str, bytes]
    version: PolicyVersion | None = None


@dataclass(frozen=True)
class Sentence:
    """A difference on a page: its mark, the sentence, and the words before and after, each stretch with whether it
    is only there."""

    mark: tuple[str, str]
    says: str
    before: Words = ()
    after: Words = ()


@dataclass(frozen=True)
class Line:
    """A line of a file: its numbers before and after (None where it is not there), and a space, plus or minus."""

    sign: str
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True)
class FileLines:
    """The lines of a file that differ, in stretches; `more` lines are not shown."""

    title: str
    stretches: list[list[Line]]
    added: int
    removed: int
    more: int = 0


@dataclass(frozen=True)
class Figure:
    """A diagram with its marks: as a picture, and its text with the marks for who would move about in it."""

    title: str
    picture: Markup
    xml: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class Comparison:
    """Everything a page of changes shows."""

    subjects: list[tuple[str, list[Sentence]]]
    count: int
    figures: list[Figure]
    files: list[FileLines]
    code: AgainstTheCode | None
    is_measured: bool


def compared(office: Office, before: Side, after: Side) -> Comparison:
    """One side held against the other."""
    found = version_differences.differences(
        before.files,
        after.files,
        before_key=before.key,
        after_key=after.key,
        code=office.shelf.yardstick,
        condition=_Conditions({**before.files, **after.files}),
    )
    grouped = version_differences.by_subject(found)
    both = before.version and after.version and office.shelf.yardstick
    code = against_the_code(before.version, after.version, office.shelf.yardstick) if both else None
    return Comparison(
        subjects=[(title, [_sentence(one) for one in group]) for title, group in grouped],
        count=len(found),
        figures=_figures(before, after, found),
        files=_files(before, after),
        code=code,
        is_measured=bool(both),
    )


def sealed_side(office: Office, shelved: Shelved) -> Side:
    """A sealed version, with its files as they were sealed."""
    version = shelved.book.version
    with office.database.reading() as tx:
        files = stored.version_files(tx, shelved.id) if shelved.id is not None else {}
    return Side(version.key, files, version)


# ---------------------------------------------------------------- Sentences


class _Conditions:
    """Puts the condition of a decision into the words of the forms it asks about; as it is where that cannot be."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.fields: dict[str, Field] = {}
        for path, text in files.items():
            form = form_files.readable_form(text, path)[0] if path.startswith("workflows/forms/") else None
            self.fields |= {one.name: one for one in form.fields} if form else {}

    def __call__(self, when: str) -> str:
        try:
            return " and ".join(decision_words.conditions(when, self.fields))
        except (ExpressionProblem, KeyError, ValueError):
            return when


def _sentence(one: Difference) -> Sentence:
    before, after = (
        worded(one.before, one.after) if one.before and one.after else (_plain(one.before), _plain(one.after))
    )
    return Sentence(KINDS[one.kind], one.says, before, after)


def _plain(text: str) -> Words:
    return [(text, False)] if text else []


def worded(before: str, after: str) -> tuple[Words, Words]:
    """Two texts in stretches, each with whether it stands in that text alone.

    >>> worded("within ten days", "within five days")[1]
    [('within ', False), ('five', True), (' days', False)]
    """
    was, now = _pieces(before), _pieces(after)
    if len(was) + len(now) > MOST_WORDS:
        return [(before, False)], [(after, False)]
    stretches: tuple[list[tuple[str, bool]], list[tuple[str, bool]]] = ([], [])
    for tag, a, b, c, d in difflib.SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        for side, text in ((0, "".join(was[a:b])), (1, "".join(now[c:d]))):
            if text:
                stretches[side].append((text, tag != "equal"))
    return stretches


def _pieces(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


# ---------------------------------------------------------------- Diagrams


def _figures(before: Side, after: Side, found: Sequence[Difference]) -> list[Figure]:
    """Each diagram that changed with its marks: as it is now, and as it was where something is gone."""
    shown: list[Figure] = []
    pairs = version_differences.file_pairs(before.files, after.files, before_key=before.key, after_key=after.key)
    for old, new in pairs:
        path = new or old or ""
        marked = version_differences.marks(found, path) if path.endswith(".bpmn") else {}
        if old and new and old != new:
            marked = {**version_differences.marks(found, old), **marked}
        if not marked or old is None or new is None:
            continue
        now = {key: kind for key, kind in marked.items() if kind in ("added", "changed")}
        gone = {key: kind for key, kind in marked.items() if kind == "removed"}
        shown += _figure(after.files[new], new, now, "as it is now", len(shown))
        shown += _figure(before.files[old], old, gone, "as it was, with what is gone", len(shown))
    return shown


def _figure(xml: bytes, path: str, marked: Mapping[str, str], when: str, number: int) -> list[Figure]:
    diagram = _drawn(xml, path) if marked else None
    if diagram is None:
        return []
    title = f"{diagram.name}, {when}"
    said = [
        f"{words}: {listed(sorted(_called(diagram, one) for one in marked if marked[one] == kind))}."
        for kind, (words, _) in KINDS.items()
        if kind in marked.values()
    ]
    figure = diagrams.svg(diagram, marks=marked, title=title, description=" ".join(said), key=f"change-{number}")
    return [Figure(title, figure, xml.decode("utf-8", "replace"), marked)]


def _called(diagram: Diagram, key: str) -> str:
    """What a marked element is called in the caption: by its name, an arrow by its ends."""
    flow = next((one for one in diagram.flows if one.id == key), None)
    if flow is not None:
        return f"the arrow from {_called(diagram, flow.source)} to {_called(diagram, flow.target)}"
    node = diagram.node(key)
    return f"\u201c{node.name or key}\u201d" if node else key.replace("_", " ")


def _drawn(xml: bytes, path: str) -> Diagram | None:
    root = xml_text.read(xml, path)[0]
    return None if root is None else diagram_text.of(root, path)


# ---------------------------------------------------------------- Lines


def _files(before: Side, after: Side) -> list[FileLines]:
    pairs = version_differences.file_pairs(before.files, after.files, before_key=before.key, after_key=after.key)
    shown = []
    for old, new in pairs:
        texts = [side.files[path] if path else b"" for side, path in ((before, old), (after, new))]
        if texts[0] != texts[1]:
            path = str(new or old)
            ending = "" if old and new else ", new" if new else ", gone"
            title = f"{_file_words(path, before.key, after.key)} ({path}{ending})"
            shown.append(lines(title, *(text.decode("utf-8", "replace") for text in texts)))
    return sorted(
        shown, key=lambda one: next((at for at, own in enumerate(OWN.values()) if own in one.title), len(OWN))
    )


def _file_words(path: str, *keys: str) -> str:
    """What a file of a version is, in words."""
    own = next((words for end, words in OWN.items() if path in (f"policies/{key}{end}" for key in keys)), "")
    kinds = {".bpmn": "Diagram", "/tasks.yaml": "What tasks ask"}
    return own or next((words for end, words in kinds.items() if path.endswith(end)), "Form")


def lines(title: str, before: str, after: str) -> FileLines:
    """The lines of a file that differ, each stretch with the lines around it."""
    was, now = before.splitlines(), after.splitlines()
    stretches, count = [], 0
    matcher = difflib.SequenceMatcher(None, was, now, autojunk=len(was) + len(now) > 4_000)
    for group in matcher.get_grouped_opcodes(AROUND):
        stretch = [line for code in group for line in _lines(code, was, now)]
        count += len(stretch)
        stretches.append(stretch)
    added = sum(line.sign == "+" for stretch in stretches for line in stretch)
    removed = sum(line.sign == "-" for stretch in stretches for line in stretch)
    return FileLines(title, _first(stretches), added, removed, max(0, count - MOST_LINES))


def _lines(code: tuple[str, int, int, int, int], was: list[str], now: list[str]) -> list[Line]:
    tag, a, b, c, d = code
    if tag == "equal":
        return [Line(" ", a + at + 1, c + at + 1, was[a + at]) for at in range(b - a)]
    gone = [Line("-", at + 1, None, was[at]) for at in range(a, b)]
    return gone + [Line("+", None, at + 1, now[at]) for at in range(c, d)]


def _first(stretches: list[list[Line]]) -> list[list[Line]]:
    """The first lines of them all, as many as are shown."""
    left, kept = MOST_LINES, []
    for stretch in stretches:
        if left > 0:
            kept.append(stretch[:left])
        left -= len(stretch)
    return kept
