"""What may be written into a draft, and why not, in sentences; and what of a change is small enough to be recorded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from engine.letter_files import letters_path
from engine.refusals import BadAnswers, Refused
from engine.store.policy_drafts import DraftRow

MOST_BYTES = 1_500_000  # of one file; a diagram of a megabyte is read, and refused or not, like any other
MOST_FILES = 200
MOST_ALL = 8_000_000
MOST_LINES, MOST_LETTERS = 60, 6_000  # of a difference that is recorded whole
_NAME = re.compile(r"[a-z][a-z0-9-]{1,59}")
_WORKFLOW = re.compile(r"workflows/(?:[a-z0-9_-]{1,60}/){0,2}[A-Za-z0-9_-][A-Za-z0-9._-]{0,80}\.(?:bpmn|yaml)")
STATES = {
    "asked": "Approval was asked for, so nobody changes it. Take the request back first.",
    "approved": "It is approved, so nobody changes it. Take the request for approval back first.",
    "published": "It is published, and a published version never changes. Begin a draft of the next one.",
    "discarded": "It was discarded. Begin another.",
}


def refuse_a_bad_name(version: str) -> None:
    """A version's name is part of addresses and paths: `two-stage-2027`. Raises BadAnswers."""
    if not _NAME.fullmatch(version) or version.endswith("-") or "--" in version:
        said = "Give the version a name of small letters, digits and hyphens, such as two-stage-2027."
        raise BadAnswers({"version": said})


def refuse_unless_drafting(row: DraftRow) -> None:
    """Only a draft that is being written changes."""
    if row.state in STATES:
        raise Refused(STATES[row.state])


def refuse_odd_files(key: str, there: Mapping[str, bytes], changed: Mapping[str, bytes | None]) -> None:
    """A draft has its version's own three files, and diagrams, tasks and forms; nothing else, and no more than people
    write. Raises Refused."""
    path = f"policies/{key}.yaml"
    own = {path, letters_path(path), f"policies/{key}.examples.yaml"}
    after = {name: text for name, text in {**there, **changed}.items() if text is not None}
    for name, text in changed.items():
        if text is not None and name not in own and not _WORKFLOW.fullmatch(name):
            raise Refused(f"'{name[:120]}' is no file of this version. {_what_there_is(name)}")
        if text is not None and len(text) > MOST_BYTES:
            raise Refused(f"{name} is too long: {len(text):,} bytes. A file has at most {MOST_BYTES:,}.")
        if text is None and name == path:
            raise Refused("The version's own file cannot be taken away. Discard the draft if it is not wanted.")
    if len(after) > MOST_FILES or sum(map(len, after.values())) > MOST_ALL:
        raise Refused(f"A version has at most {MOST_FILES} files, of {MOST_ALL:,} bytes together.")


def _what_there_is(name: str) -> str:
    if name.startswith("policies/"):
        return "Dates, addresses, law and other versions are not part of a version and are changed elsewhere."
    return "A version has diagrams (.bpmn), tasks.yaml and forms below workflows/, with plain names."


def old_and_new(there: Mapping[str, bytes], changed: Mapping[str, bytes | None]) -> dict[str, object]:
    """What changed in each file, as the lines that went and came where they are few, else as two sizes in bytes."""
    found: dict[str, object] = {}
    for path, text in sorted(changed.items()):
        lines = _difference(there.get(path, b""), text or b"")
        is_small = len(lines) <= MOST_LINES and sum(map(len, lines)) <= MOST_LETTERS
        found[path] = lines if is_small else {"was": len(there.get(path, b"")), "now": len(text or b"")}
    return found


def _difference(was: bytes, now: bytes) -> list[str]:
    if len(was) + len(now) > 400_000:
        return [""] * (MOST_LINES + 1)
    old, new = (text.decode(errors="replace").splitlines() for text in (was, now))
    return [line for line in difflib.unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++"))]
