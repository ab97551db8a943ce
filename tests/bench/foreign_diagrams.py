"""Diagrams of other modelers from a folder, each brought in as the studio and the command line do it, as a table:

    python -m tests.bench.foreign_diagrams FOLDER

Each file on a line: whether it comes in, how much of it is wrong, left out, changed and untold, the milliseconds of CPU
time, and the first sentence its author reads. What is in a file, not in what is kept, and in no list, is *untold*. It
ends with 1 where a file made the program fail, left something untold or took longer than LONGEST.
"""

from __future__ import annotations

import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from engine import diagram_bytes, xml_text
from engine.diagram_import import Brought, brought
from engine.diagram_text import BPMN, BPMNDI, Element, local, words
from engine.gate_grammar import spoken

LONGEST = 2.0  # seconds of CPU
FILE = "workflows/stages/review-panel.bpmn"
ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml", ".xml")
#: what is an id, or speaks of one: those are told of as ids
IDS = frozenset({"id", "sourceRef", "targetRef", "attachedToRef", "default", "processRef", "bpmnElement", "messageRef"})
#: what is told of in other words than those of the file
TOLD_OTHERWISE = {"isExecutable": "executable", **dict.fromkeys(("x", "y", "width", "height"), "rounded")}

SAID = {"participant": "pool", "association": "dotted line", "BPMNShape": "drawing", "BPMNEdge": "drawing"}


@dataclass(frozen=True)
class Row:
    """What came of one file; `failed` is the error where the program could not go on."""

    path: Path
    made: Brought | None
    seconds: float
    untold: tuple[str, ...] = ()
    failed: str = ""

    @property
    def result(self) -> str:
        """In a word: imported, code (comes in without it), refused, or FAILED."""
        if self.made is None:
            return "FAILED"
        if self.made.xml is not None:
            return "imported"
        return "code" if self.made.code else "refused"


def row(path: Path) -> Row:
    """One file brought in, with the time it took."""
    xml = path.read_bytes()
    begun = time.process_time()
    try:
        made = brought(xml, FILE)
        whole = brought(xml, FILE, without_code=True) if made.code else made
    except Exception:
        return Row(path, None, time.process_time() - begun, failed=traceback.format_exc())
    seconds = time.process_time() - begun
    return Row(path, made, seconds, tuple(untold(xml, whole)) if whole.xml is not None else ())


def untold(xml: bytes, made: Brought) -> Iterator[str]:
    """What is in the file and not in what is kept, and in no list of what was left out or changed."""
    before = xml_text.read(diagram_bytes.in_utf8(xml)[0], FILE)[0]
    after = xml_text.read(made.xml or b"", FILE)[0]
    told = _Told(made)
    waiting = [(before, after)]
    while waiting:
        old, new = waiting.pop()
        yield from told.settings(old, new)
        pairs, lost = told.paired(old, new)
        waiting += pairs
        yield from (f"line {one.sourceline}: {local(one)} {one.get('id', '')}" for one in lost if not told.goes(one))


class _Told:
    """What the lists say, by the line of the file, and which id became which."""

    def __init__(self, made: Brought) -> None:
        self.lines: dict[int, list[str]] = {}
        for one in made.dropped:
            self.lines.setdefault(one.line, []).append(one.what.lower())
        self.changed = " ".join(one.what for one in made.changed)
        was = (re.fullmatch(r"had the id (.*), and has the id (\S+)", one.what) for one in made.changed)
        self.was = {found[2]: found[1] for found in was if found}
        ids = (one.get("id") for one in xml_text.read(made.xml or b"", FILE)[0].iter())
        self.kept = {self.was.get(one, one)[:60] for one in ids if one}

    def settings(self, old: Element, new: Element) -> Iterator[str]:
        """The attributes and the text of an element that are not in what is kept."""
        said = self.lines.get(old.sourceline, [])
        for key, value in old.attrib.items():
            name = etree.QName(key).localname
            known = new.get(key) == value or name in IDS or TOLD_OTHERWISE.get(name, "-") in self.changed
            if not known and not any(name.lower() in what for what in said):
                yield f"line {old.sourceline}: the setting {name} of {local(old)}"
        if words(old.text) and not words(new.text):
            yield f"line {old.sourceline}: the text of {local(old)}"

    def paired(self, old: Element, new: Element) -> tuple[list[tuple[Element, Element]], list[Element]]:
        """The elements below one that are still there, each with what it became, and those that are gone."""
        pairs, lost = [], list(old)
        for child in new:
            found = next((one for one in lost if self.is_same(one, child)), None)
            if found is not None:
                pairs.append((found, child))
                lost.remove(found)
        return pairs, lost

    def is_same(self, old: Element, new: Element) -> bool:
        """Whether the one became the other: a plain task is a user task, an id may be another."""
        kinds = {local(new)} | ({"task", "manualTask"} if local(new) == "userTask" else set())
        if local(old) not in kinds or etree.QName(old).namespace != etree.QName(new).namespace:
            return False
        key = "id" if old.get("id") else "bpmnElement"
        own, now = str(old.get(key) or "").rpartition(":")[2], new.get(key) or ""
        return own[:60] == self.was.get(now, now)[:60] or not own

    def goes(self, lost: Element) -> bool:
        """Whether an element that is gone was told of, or went with one that was."""
        said = self.lines.get(lost.sourceline, [])
        kind, about = local(lost), str(lost.get("bpmnElement") or "").rpartition(":")[2]
        if kind == "extensionElements" and etree.QName(lost).namespace == BPMN:
            return not words(lost.text) and all(self.goes(one) for one in lost)
        if etree.QName(lost).namespace == BPMNDI and about and about[:60] not in self.kept:
            return True
        if kind == "BPMNShape" and "is drawn as the pool it is" in self.changed:
            return True
        called = (kind.lower(), spoken(kind), SAID.get(kind, kind))
        return any(word in what for what in said for word in called)


def main(folder: Path) -> int:
    """Prints the table of a folder; 1 where something must be looked into."""
    rows = [row(path) for path in sorted(folder.rglob("*")) if path.is_file() and path.name.endswith(ENDINGS)]
    print(f"{'result':9} {'wrong':>5} {'left':>5} {'changed':>7} {'untold':>6} {'ms':>6}  file: the first sentence")
    for one in rows:
        made = one.made
        counts = (len(made.wrong), len(made.dropped) + len(made.code), len(made.changed)) if made else (0, 0, 0)
        first = str(made.wrong[0].problem).partition(":")[2] if made and made.wrong else one.failed.strip()[-200:]
        name = one.path.relative_to(folder)
        numbers = f"{counts[0]:5} {counts[1]:5} {counts[2]:7} {len(one.untold):6} {one.seconds * 1000:6.0f}"
        print(f"{one.result:9} {numbers}  {name}: {first[:150]}")
        for what in one.untold:
            print(f"          untold: {what}")
    results = Counter(one.result for one in rows)
    slowest = max(rows, key=lambda one: one.seconds, default=None)
    print(f"{len(rows)} files: {', '.join(f'{count} {what}' for what, count in results.most_common())}; ", end="")
    print(f"{sum(1 for one in rows if one.untold)} with something untold; ", end="")
    print(f"slowest {slowest.seconds:.2f} s of CPU ({slowest.path.name})" if slowest else "none")
    return int(any(one.failed or one.untold or one.seconds > LONGEST for one in rows))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
