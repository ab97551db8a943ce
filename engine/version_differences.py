"""What changed between two versions of a policy, as sentences: every difference of every file of theirs is told of.

Where the engine reads two files alike and their bytes differ, that is said too, so nothing changes without a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from engine import version_differences_diagrams as diagrams
from engine import version_differences_elements as elements
from engine import version_differences_letters as letters
from engine.version_differences_examples import of_examples
from engine.version_differences_head import of_version
from engine.version_differences_names import Sides, sides
from engine.version_differences_text import Difference, Kind, Telling
from engine.version_differences_trees import Known, known, text_at, tree
from engine.yardstick import Yardstick

__all__ = ["SUBJECTS", "Difference", "by_subject", "differences", "file_pairs", "marks", "spine_path"]

#: the subjects in the order of the page, with their headings
SUBJECTS = {
    "head": "The version as a whole",
    "stages": "Stages",
    "deadlines": "Deadlines and times",
    "roles": "Who does what",
    "decisions": "Decision tables",
    "rules": "Other rules",
    "letters": "Letters",
    "forms": "Forms",
    "tasks": "What each task asks",
    "diagrams": "Diagrams",
    "readings": "Readings chosen",
    "clauses": "How the source is answered for",
    "sources": "What it rests on",
    "examples": "Examples",
    "text": "Files",
}


@dataclass(frozen=True)
class _Texts:
    """The files of one version, by path, and its key."""

    files: Mapping[str, bytes]
    key: str

    @property
    def path(self) -> str:
        return f"policies/{self.key}.yaml"

    @property
    def name(self) -> str:
        return self.key.rpartition("/")[2]

    def tree(self, path: str) -> Known:
        return known(tree(self.files[path], path)) if path in self.files else {}


def differences(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    *,
    before_key: str,
    after_key: str,
    code: Yardstick | None = None,
    condition: Callable[[str], str] = str,
) -> tuple[Difference, ...]:
    """Everything that changed from one version to another, in the order of the subjects.

    The files are by path, the keys `policy/version`. Files with problems are told of as far as they can be read. With
    `code` a sentence names what the Complaint Handling Code allows on the day the later version begins; `condition`
    puts the condition of a decision into words.
    """
    was, now = _Texts(before, before_key), _Texts(after, after_key)
    names = sides(was.tree(was.path), now.tree(now.path), code, condition)
    renamed = _renamed(was, now)
    found: list[Difference] = []
    for old, new in file_pairs(before, after, before_key=before_key, after_key=after_key):
        if old is None or new is None:
            found.append(_file_came_or_went(was, now, old, new))
        elif before[old] != after[new]:
            said = _of_file(names, was, now, old, new, renamed)
            is_told = bool(said) or _is_renamed_only(was, now, old, new)
            found += said if is_told else [_last_resort(before[old], after[new], old, new)]
    order = list(SUBJECTS)
    return tuple(sorted(found, key=lambda one: order.index(one.subject)))


def by_subject(found: Iterable[Difference]) -> list[tuple[str, list[Difference]]]:
    """The differences under the headings of the page; subjects nothing changed in are left out."""
    listed = list(found)
    groups = [(title, [one for one in listed if one.subject == key]) for key, title in SUBJECTS.items()]
    return [(title, group) for title, group in groups if group]


def marks(found: Iterable[Difference], file: str) -> dict[str, Kind]:
    """The elements of a diagram that were added, taken out or changed, by id, for marks on its drawing."""
    told: dict[str, Kind] = {}
    for one in found:
        for path, element in one.marks:
            if path == file and told.get(element) not in ("added", "removed"):
                told[element] = one.kind
    return told


def spine_path(files: Mapping[str, bytes], key: str) -> str:
    """Where the diagram of the whole stands, as the version's file names it; empty where that cannot be read."""
    path = f"policies/{key}.yaml"
    workflow = text_at(tree(files[path], path), "workflow") if path in files else ""
    return f"workflows/{workflow}.bpmn" if workflow else ""


def file_pairs(
    before: Mapping[str, bytes], after: Mapping[str, bytes], *, before_key: str, after_key: str
) -> list[tuple[str | None, str | None]]:
    """Which file of one version is which of the other: its own files and the diagram of the whole by what they are,
    any other by its path."""
    own = {
        f"policies/{before_key}{end}": f"policies/{after_key}{end}"
        for end in (".yaml", ".letters.yaml", ".examples.yaml")
    }
    spines = spine_path(before, before_key), spine_path(after, after_key)
    if all(spines) and spines[0] not in after and spines[1] not in before:
        own[spines[0]] = spines[1]
    found: list[tuple[str | None, str | None]] = []
    for path in before:
        there = own.get(path, path)
        found.append((path, there if there in after else None))
    paired = {new for _, new in found}
    return found + [(None, path) for path in after if path not in paired]


def _renamed(was: _Texts, now: _Texts) -> dict[str, str]:
    """The process of the whole by its old and new id, where the version was given a diagram of its own."""
    paths = spine_path(was.files, was.key), spine_path(now.files, now.key)
    if paths[0] == paths[1] or paths[0] not in was.files or paths[1] not in now.files:
        return {}
    drawn = [elements.read(side.files[path], path) for side, path in zip((was, now), paths, strict=True)]
    ids = [one.parts["process"].facts.get("@id", "") for one in drawn if one and "process" in one.parts]
    return {ids[0]: ids[1]} if len(ids) == 2 and ids[0] != ids[1] else {}


def _of_file(
    names: Sides, was: _Texts, now: _Texts, old: str, new: str, renamed: Mapping[str, str]
) -> list[Difference]:
    """What is to be said of one file that both have; nothing where the engine reads both alike."""
    files = (new,) if old == new else (old, new)
    if new.endswith(".bpmn"):
        drawn = elements.read(was.files[old], old), elements.read(now.files[new], new)
        if drawn[0] is None or drawn[1] is None:
            return [_unreadable(old, new, is_before=drawn[0] is None)]
        return diagrams.of_diagram(_diagram_title(drawn[1]), drawn[0], drawn[1], files, renamed)
    trees = tree(was.files[old], old), tree(now.files[new], new)
    if not isinstance(trees[0], dict) or not isinstance(trees[1], dict):
        return [_unreadable(old, new, is_before=not isinstance(trees[0], dict))]
    if new == now.path:
        return of_version(names, files)
    return _told(names, was, now, new)(trees[0], trees[1], files, dict(renamed))


def _told(
    names: Sides, was: _Texts, now: _Texts, path: str
) -> Callable[[Known, Known, tuple[str, ...], dict[str, str]], list[Difference]]:
    """Who tells of a YAML file beside the version's own."""
    if path.endswith(".letters.yaml"):
        return lambda a, b, files, _: letters.of_letters(names, _with_name(a, was, now), b, files)
    if path.endswith(".examples.yaml"):
        return lambda a, b, files, _: of_examples(names, _with_name(a, was, now), b, files)
    if path.endswith("/tasks.yaml"):
        return lambda a, b, files, renamed: letters.of_tasks(a, b, renamed, files)
    return lambda a, b, files, _: letters.of_form(a, b, files)


def _with_name(found: Known, was: _Texts, now: _Texts) -> Known:
    """A file of the version before as it would be if it only had the new version's name."""
    if was.name == now.name:
        return found
    renamed = _renamed_in(found, was.name, now.name)
    assert isinstance(renamed, dict)
    return renamed


def _renamed_in(found: object, old: str, new: str) -> object:
    if isinstance(found, dict):
        return {key: _renamed_in(value, old, new) for key, value in found.items()}
    if isinstance(found, list):
        return [_renamed_in(value, old, new) for value in found]
    return new if found == old else found


def _is_renamed_only(was: _Texts, now: _Texts, old: str, new: str) -> bool:
    """Whether a file is the same but for the version's name, which the version's own sentence tells."""
    if was.name == now.name or not old.startswith("policies/") or new == now.path:
        return False
    return _is_tree_same(_with_name(was.tree(old), was, now), now.tree(new)) and not _is_tree_same(
        was.tree(old), now.tree(new)
    )


def _is_tree_same(one: Known, other: Known) -> bool:
    return repr(one) == repr(other)


# ---------------------------------------------------------------- Whole files


def _diagram_title(drawn: elements.Drawing) -> str:
    process = drawn.parts.get("process")
    return f"Diagram \u201c{process.name if process else ''}\u201d"


def _file_came_or_went(was: _Texts, now: _Texts, old: str | None, new: str | None) -> Difference:
    path, side = (new, now) if new is not None else (str(old), was)
    telling = Telling(_subject(path), path, (path,))
    shown = "" if path.endswith(".bpmn") else side.files[path].decode("utf-8", "replace")
    if old is None:
        return telling.says("added", f"{_title(path, side)} is new in this version ({path}).", after=shown)
    return telling.says("removed", f"{_title(path, side)} is no longer part of the version ({path}).", before=shown)


def _subject(path: str) -> str:
    for end, subject in (
        (".bpmn", "diagrams"),
        (".letters.yaml", "letters"),
        (".examples.yaml", "examples"),
        ("/tasks.yaml", "tasks"),
    ):
        if path.endswith(end):
            return subject
    return "forms" if path.startswith("workflows/forms/") else "text"


def _title(path: str, side: _Texts) -> str:
    if path.endswith(".bpmn"):
        drawn = elements.read(side.files[path], path)
        return _diagram_title(drawn) if drawn else "A diagram"
    if path.startswith("workflows/forms/"):
        return f"The form \u201c{text_at(side.tree(path), 'title') or path}\u201d"
    return {"letters": "The file of letters", "examples": "The file of examples"}.get(_subject(path), "A file")


def _unreadable(old: str, new: str, *, is_before: bool) -> Difference:
    which = f"The file {old} as it was" if is_before else f"The file {new} as it is now"
    said = f"{which} cannot be read, so what changed in it is only to be seen in its text."
    return Telling("text", new, (new,) if old == new else (old, new)).says("changed", said)


def _last_resort(before: bytes, after: bytes, old: str, new: str) -> Difference:
    """Of bytes that differ and are read alike: comments, quotes, spaces, the order of keys that has no meaning."""
    said = f"The text of {new} differs in lines that say nothing to the engine: comments or layout."
    lines = [text.decode("utf-8", "replace").splitlines() for text in (before, after)]
    gone, come = (
        [line.strip() for line in a if line not in b] for a, b in ((lines[0], lines[1]), (lines[1], lines[0]))
    )
    telling = Telling("text", new, (new,) if old == new else (old, new))
    return telling.says("changed", said, "\n".join(gone[:20]), "\n".join(come[:20]))
