"""A sealed version, or a draft, as the tree of files the repository uses, and such a tree put into a folder.

The tree stands alone: with the dated data, and with the versions that its stories name, so that `redress check` and
`redress examples` run on it. Nothing that is in the folder already is overwritten unless it is named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine import calendar_writing, draft_library, library, publishing, task_merging, yaml_text
from engine.drafting_store import Draft
from engine.events import MOVED
from engine.example_files import Example
from engine.library_files import BASED_ON, files_below
from engine.office import Office
from engine.refusals import Refused, Unknown
from engine.store import library as stored

_ABOVE = "# What each draft here is a copy of: read where it is brought in again, and no part of any version.\n"


@dataclass(frozen=True)
class Tree:
    """What is written out: the files of each version by its key, the one asked for first. `seals` has the seal of each,
    a draft's is empty; `dated` stands outside every seal. `based_on` has the version that a draft is a copy of."""

    key: str
    versions: Mapping[str, Mapping[str, bytes]]
    dated: Mapping[str, bytes]
    seals: Mapping[str, str]
    based_on: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> frozenset[str]:
        beside = {BASED_ON} if self.based_on else set[str]()
        return frozenset(self.dated).union(beside, *self.versions.values())

    @property
    def files(self) -> dict[str, bytes]:
        """The whole tree by path, as it is in a folder of its own."""
        return dict(into(self, {}).write)


@dataclass(frozen=True)
class Into:
    """What putting a tree into a folder would do: files written, those that are there and the same, those that differ
    and so stop it, and dated data that differs and is left as it is there."""

    write: Mapping[str, bytes]
    same: tuple[str, ...]
    differing: tuple[str, ...]
    left: tuple[str, ...]


class WouldOverwrite(Refused):
    """Files are in the folder already with another text, by path. Nothing was written."""

    def __init__(self, folder: Path, paths: Collection[str]) -> None:
        self.paths = tuple(paths)
        listed = "".join(f"\n  {path}" for path in self.paths)
        count = "A file differs" if len(self.paths) == 1 else f"{len(self.paths)} files differ"
        super().__init__(
            f"{count} from what is in {folder} already, so nothing was written:{listed}\n"
            "Export into another folder, or name with --replace what may be overwritten."
        )


def tree_of(office: Office, key: str) -> Tree:
    """A sealed version, `policy/version`, with the versions its stories name. Raises Unknown."""
    found = {one: _sealed_files(office, one) for one in _with_named(office, key)}
    return Tree(key, found, dated_files(office), {one: office.shelved[one].seal for one in found})


def tree_of_draft(office: Office, draft: Draft) -> Tree:
    """A draft as it is now, to be worked on with other tools and brought in again."""
    based_on = {draft.key: draft.row.based_on}
    return Tree(draft.key, {draft.key: dict(draft.files)}, dated_files(office), {draft.key: ""}, based_on)


def based_on(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the drafts of a tree are copies of, by key, as far as the tree says; nothing where that cannot be read."""
    node, problems = yaml_text.read(files[BASED_ON], BASED_ON) if BASED_ON in files else (None, [])
    told = yaml_text.plain(node) if node is not None and not problems else None
    return {key: one for key, one in told.items() if isinstance(one, str)} if isinstance(told, dict) else {}


def dated_files(office: Office) -> dict[str, bytes]:
    """Law, addresses, the sources' rules and the Code as shipped, and the calendars as this installation has them."""
    found = office.shelf.dated_files
    for name, calendar in office.calendars.items():
        path = f"policies/calendars/{name}.yaml"
        found[path] = calendar_writing.written(calendar, found.get(path), path)
    return found


def into(tree: Tree, there: Mapping[str, bytes], replace: Collection[str] = ()) -> Into:
    """What putting the tree among these files would do; what is named in `replace` is overwritten."""
    write: dict[str, bytes] = {}
    same: list[str] = []
    differing: list[str] = []
    left: list[str] = []
    for path in sorted(set[str]().union(*tree.versions.values())):
        put = _put(path, there.get(path), _texts(tree, path), replaced=path in replace)
        if put is None:
            differing.append(path)
        elif put == there.get(path):
            same.append(path)
        else:
            write[path] = put
    for path, text in sorted(tree.dated.items()):
        if path not in there or (path in replace and there[path] != text):
            write[path] = text
        else:
            (same if there[path] == text else left).append(path)
    if tree.based_on:
        told = _ABOVE + "".join(f"{key}: {one}\n" for key, one in sorted({**based_on(there), **tree.based_on}.items()))
        write |= {BASED_ON: told.encode()} if there.get(BASED_ON) != told.encode() else {}
    return Into(write, tuple(same), tuple(differing), tuple(left))


def export(tree: Tree, folder: Path, replace: Collection[str] = ()) -> Into:
    """Put the tree into a folder, which is made where it is not there. Raises WouldOverwrite, with nothing written,
    and Refused where a named file is none of the tree's."""
    strange = sorted(set(replace) - tree.paths)
    if strange:
        raise Refused(f"'{strange[0]}' is no file of {tree.key}. Name a file by its path from the folder.")
    done = into(tree, files_below(folder), replace)
    if done.differing:
        raise WouldOverwrite(folder, done.differing)
    _refuse_links(folder, done.write)
    for path, text in done.write.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
    return done


def disagreements(office: Office, folder: Path) -> Iterator[str]:
    """Where the versions sealed here and those of a tree of files are not the same, each as a sentence."""
    shelf, _ = library.load(folder)
    for key, one in sorted(office.shelved.items()):
        theirs = shelf.versions.get(key)
        if (folder / one.book.version.file).is_file() and theirs is None:
            yield f"{key} is sealed here; the text in {folder} has problems, so it cannot be compared."
        elif theirs is None:
            gone = "It was withdrawn." if one.is_withdrawn else f"'redress policy export {key} {folder}' puts it there."
            yield f"{key} is sealed here and is not in {folder}. {gone}"
        elif publishing.seal_of(shelf, theirs) != one.seal:
            yield f"{key} is sealed here with another text than stands in {folder}. The sealed one holds."
    for key in sorted(shelf.versions.keys() - office.shelved.keys()):
        yield f"{key} stands in {folder} and is not sealed here. 'redress policy import' makes a draft of it."


def _sealed_files(office: Office, key: str) -> dict[str, bytes]:
    there = office.shelved.get(key)
    if there is None or there.id is None:
        raise Unknown(f"There is no version '{key}' here. 'redress policy list' lists them all.")
    with office.database.reading() as tx:
        return stored.version_files(tx, there.id)


def _with_named(office: Office, key: str) -> list[str]:
    """The version and those its stories name, and theirs in turn."""
    found = [key]
    for one in found:
        policy = one.partition("/")[0]
        for example in draft_library.own_stories(_sealed_files(office, one), one):
            found += [name for name in _named(example, policy) if name in office.shelved and name not in found]
    return found


def _named(example: Example, policy: str) -> Iterator[str]:
    of = example.policy or policy
    spoken = [example.version, *(one.value for one in example.expect if one.key == "governed_by")]
    spoken += [act.fields.get("version") for act in example.story if act.name == MOVED]
    for name in filter(None, spoken):
        yield str(name) if "/" in str(name) else f"{of}/{name}"


def _texts(tree: Tree, path: str) -> list[bytes]:
    """What the versions of the tree have in that file. Two that differ cannot stand in one tree: then the one asked for
    stays, and the other's stories say so. Of a tasks.yaml each has its own processes."""
    found = [files[path] for files in tree.versions.values() if path in files]
    return found if task_merging.is_tasks(path) else found[:1]


def _put(path: str, there: bytes | None, texts: list[bytes], *, replaced: bool) -> bytes | None:
    """What the file holds afterwards; None where it differs and is not to be replaced."""
    if not task_merging.is_tasks(path):
        return texts[0] if replaced or there in (None, texts[0]) else None
    put = there
    for number, text in enumerate(texts):
        merged = text if put is None else task_merging.merged(put, text, path, replaced=replaced)
        if merged is None and number == 0:
            return None
        put = merged or put
    return put


def _refuse_links(folder: Path, paths: Collection[str]) -> None:
    """Nothing is written through a link that leads out of the folder."""
    root = folder.resolve()
    for path in paths:
        place = (folder / path).resolve()
        if not place.is_relative_to(root):
            raise Refused(f"{folder / path} leads out of the folder, so nothing was written.")
