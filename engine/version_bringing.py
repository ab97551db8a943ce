"""A version brought in from a tree of files: it becomes a draft, with all that is wrong told by file and line.

What is in the tree is taken as it is, byte for byte, so that a version exported elsewhere has the same seal here. Only
a diagram that this program would refuse is cleaned of what another modeler wrote into it, and that is listed.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path, PurePosixPath

from engine import diagram_import, drafting, drafting_words, gate, library, publishing, version_tree
from engine.diagram_import import Brought
from engine.drafting import Draft
from engine.drafting_copy import copied
from engine.letter_files import letters_path
from engine.library import Library
from engine.library_files import VERSION_FILE, files_below, is_read
from engine.office import Office
from engine.policy import PolicyVersion
from engine.policy_files import UNDATED, readable_version
from engine.problems import only_problems
from engine.refusals import Refused, Unknown
from engine.rights import Person
from engine.wordings import listed

MOST_PARTS, MOST_BYTES = 1_000, 20_000_000


@dataclass(frozen=True)
class Given:
    """A version found in a tree: its key, its files, what could be read of it, and its seal where nothing is wrong.
    `cleaned` has what was left out or changed in each diagram that had to be cleaned, by path."""

    key: str
    files: Mapping[str, bytes]
    version: PolicyVersion
    seal: str
    cleaned: Mapping[str, Brought]
    based_on: str = ""  # the version it is a copy of, where the tree says


def given_in(files: Mapping[str, bytes], office: Office, key: str = "") -> Given:
    """The version to bring in: the one of that key (or version name), else the only one that is not sealed here with
    the same text. Raises Refused where none is, or several may be meant."""
    there = {
        path.removeprefix("policies/").removesuffix(".yaml"): path for path in files if VERSION_FILE.fullmatch(path)
    }
    if not there:
        raise Refused("There is no version here: policies/<policy>/<version>.yaml, with its diagrams in workflows/.")
    cleaned = _cleaned(files)
    files = {**files, **{path: one.xml for path, one in cleaned.items() if one.xml is not None}}
    shelf = library.load_files(files)[0]
    chosen = [one for one in sorted(there) if key in ("", one, one.partition("/")[2])]
    if not chosen:
        raise Unknown(f"There is no version '{key}' here. There is: {listed(sorted(there))}.")
    found = [_given(one, files, shelf, cleaned) for one in chosen]
    news = found if key else [one for one in found if not _is_sealed_alike(office, one)]
    if not news:
        raise Refused(
            f"{listed(sorted(there))}: sealed here already, with the same text. There is nothing to bring in."
        )
    if len(news) > 1:
        raise Refused(f"Several versions are meant: {listed([one.key for one in news])}. Name one of them.")
    return replace(news[0], based_on=version_tree.based_on(files).get(news[0].key, ""))


def bring(
    office: Office,
    given: Given,
    who: Person,
    now: datetime,
    *,
    version: str = "",
    in_force_from: date | None = None,
) -> Draft:
    """A draft of the version, by its own name or another. Raises Refused where a version or draft of that name is
    there, the policy is none here, or this person may not write drafts of it."""
    policy, _, name = given.key.partition("/")
    chosen = version or name
    begins = in_force_from or given.version.in_force_from
    if policy not in office.policies():
        raise Unknown(
            f"There is no policy '{policy}' here. 'redress init --library DIR' seals a new landlord's first one."
        )
    if begins == UNDATED:
        raise Refused("It does not say from which day it is in force. Give the day.")
    base = base_of(office, given)
    files = dict(given.files)
    if chosen != name or begins != given.version.in_force_from:
        files = copied(files, policy, name, version=chosen, in_force_from=begins)
    drafting_words.refuse_odd_files(f"{policy}/{chosen}", {}, files)
    draft = drafting.begin(office, policy, base, who, now, version=chosen, in_force_from=begins)
    changed = {**dict.fromkeys(draft.files.keys() - files.keys()), **files}
    return drafting.change(
        office, draft.row.id, who, now, files=changed, numbers=draft.numbers, what="brought in from a tree of files"
    )


def base_of(office: Office, given: Given) -> str:
    """The version a draft of it is compared with: what the tree says it is a copy of, where that is sealed here,
    else the newest."""
    versions = [one.version for one in office.versions_of(given.version.policy)]
    return given.based_on if given.based_on in versions else versions[-1]


def files_in(folder: Path) -> dict[str, bytes]:
    """The files of a tree in a folder."""
    return {path: text for path, text in files_below(folder).items() if is_read(path)}


def files_of_zip(content: bytes) -> dict[str, bytes]:
    """The files of a tree in a zip, however deep in it the tree begins. Raises Refused for what is no such zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _unpacked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as wrong:
        raise Refused("This is no zip that can be unpacked. Export one, or zip policies/ and workflows/.") from wrong


def left_out_of_zip(content: bytes) -> list[str]:
    """The names of the files in a zip that `files_of_zip` leaves out: what no tree of Redress holds, and odd names."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [part.filename for part in archive.infolist() if not part.is_dir() and _place(part.filename) is None]


def _unpacked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Believes nothing the archive says of sizes: every part is read to a limit."""
    found: dict[str, bytes] = {}
    left = MOST_BYTES
    parts = [part for part in archive.infolist() if not part.is_dir()]
    if len(parts) > MOST_PARTS:
        raise Refused(f"This zip has more than {MOST_PARTS:,} files, which no version has.")
    for part in parts:
        path = _place(part.filename)
        if path is None:
            continue
        with archive.open(part) as opened:
            text = opened.read(left + 1)
        left -= len(text)
        if left < 0:
            raise Refused(f"This zip unpacks to more than {MOST_BYTES:,} bytes, which no version has.")
        if path in found:
            raise Refused(f"This zip has {path} twice.")
        found[path] = text
    return found


def _place(name: str) -> str | None:
    """Where a part belongs in a tree: from its policies/ or workflows/ on; None for anything else, and odd names."""
    steps = PurePosixPath(name.replace("\\", "/")).parts
    begins = next((place for place, step in enumerate(steps) if step in ("policies", "workflows")), None)
    if begins is None or any(step.startswith((".", "__")) for step in steps):
        return None
    path = "/".join(steps[begins:])
    return path if is_read(path) else None


def _given(key: str, files: Mapping[str, bytes], shelf: Library, cleaned: Mapping[str, Brought]) -> Given:
    path = f"policies/{key}.yaml"
    whole = shelf.versions.get(key)
    version = whole or readable_version(files[path], path)[0]
    if version is None:
        problems = readable_version(files[path], path)[1]
        raise Refused("The version's own file cannot be read. " + " ".join(str(one) for one in problems[:3]))
    own = shelf.files_of(whole) if whole else _as_far_as_known(key, files)
    theirs = {name: one for name, one in cleaned.items() if name in own}
    return Given(key, own, version, publishing.seal_of(shelf, whole) if whole else "", theirs)


def _as_far_as_known(key: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a version with problems: its own, and every diagram, task and form of the tree."""
    path = f"policies/{key}.yaml"
    own = {path, letters_path(path), f"policies/{key}.examples.yaml"}
    return {name: text for name, text in files.items() if name in own or name.startswith("workflows/")}


def _cleaned(files: Mapping[str, bytes]) -> dict[str, Brought]:
    """The diagrams the gate refuses as they are, cleaned; those in which there was nothing to clean are left alone."""
    found = {}
    for path, text in files.items():
        if path.endswith(".bpmn") and only_problems(gate.examine(text, path).problems):
            brought = diagram_import.brought(text, path)
            if brought.xml is not None and (brought.dropped or brought.changed):
                found[path] = brought
    return found


def _is_sealed_alike(office: Office, given: Given) -> bool:
    there = office.shelved.get(given.key)
    return there is not None and there.id is not None and there.seal == given.seal
