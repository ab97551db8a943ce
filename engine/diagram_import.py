"""A diagram of a foreign modeler brought in: made ours where that changes no meaning, and told of in every part.

What goes in is XML somebody uploaded or drew; what comes out is the file as a draft keeps it, what was left out, what
was changed (ids made readable, a plain task made a task for a person, what was not drawn placed), and what the gate
says of the rest, each with the element it is about. A file that carries code is refused until its code is left out.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine import diagram_layout, diagram_marks, gate, xml_text
from engine.diagram_marks import Marked
from engine.diagram_strangers import Left, unnamed, without_strangers
from engine.diagram_text import BPMN, Element, children, local, words
from engine.diagrams import NODES, Diagram
from engine.gate_elements import qualified, shown
from engine.gate_grammar import ID, SNAKE
from engine.problems import Problem

#: a task of no kind, or done by hand: a task for a person
_FOR_A_PERSON = ("task", "manualTask")
_NAMED = NODES | {"lane"}
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "processRef", "bpmnElement", "messageRef")
_TEXT_REFERENCES = ("flowNodeRef", "incoming", "outgoing")
_WORKS_NOTHING = "Delete it in the modeler it was drawn in, or bring the diagram in without it."


@dataclass(frozen=True)
class Brought:
    """What came of a file. `xml` is what a draft may keep, None where the file is refused as a whole; `diagram` what
    could be read of it, for drawing the marks; `problems` are the gate's, and what carries code."""

    xml: bytes | None
    diagram: Diagram | None
    dropped: tuple[Left, ...]
    changed: tuple[Left, ...]
    code: tuple[Left, ...]
    problems: tuple[Marked, ...]

    @property
    def is_refused(self) -> bool:
        """Whether nothing of it may be kept as it is."""
        return self.xml is None

    @property
    def wrong(self) -> tuple[Marked, ...]:
        """The problems without the remarks."""
        return tuple(one for one in self.problems if one.problem.severity == "problem")


def brought(xml: bytes, file: str, *, without_code: bool = False) -> Brought:
    """The diagram in these bytes as `file` of a version, `workflows/stages/review-panel.bpmn`.

    `without_code`: leave out what another engine would run, too. Never raises for what the bytes hold.
    """
    root, problems = xml_text.read(xml, file)
    if root is None or qualified(root) != "bpmn:definitions":
        problems = problems or list(gate.examine(xml, file).problems)
        return Brought(None, None, (), (), (), tuple(Marked("", one) for one in problems))
    dropped, code = without_strangers(root, with_code=not without_code)
    dropped += _drawn_of_nothing(root)
    changed = [*_made_ours(root, PurePosixPath(file).stem.replace("-", "_")), *_placed(root)]
    made = diagram_marks.written(root)
    if len(made) > xml_text.MOST_BYTES:  # written out and with longer ids: so large a file is said what is wrong with
        made = xml
    found = gate.examine(made, file)
    problems = [one for one in found.problems if one.severity == "problem"]
    marks = diagram_marks.marked(problems, made, file)
    is_kept = not code or without_code
    refused = () if is_kept else tuple(_runs(one, file) for one in code)
    return Brought(
        xml=made if is_kept and made is not xml else None,
        diagram=found.readable,
        dropped=tuple(dropped),
        changed=tuple(changed),
        code=tuple(code),
        problems=(*refused, *marks),
    )


def _runs(left: Left, file: str) -> Marked:
    what = f"'{left.name}' carries what another engine would run ({left.what})."
    return Marked(left.element, Problem(file, 1, what, f"{_WORKS_NOTHING} Nothing a diagram says runs as code here."))


def _drawn_of_nothing(root: Element) -> list[Left]:
    """Drawings of what is not in the file, taken out."""
    found = []
    for drawn in unnamed(root):
        name = str(drawn.get("bpmnElement") or "nothing")[:60]
        found.append(Left("", name, "a drawing of something that is not in the file"))
        parent = drawn.getparent()
        drawn.tail = None
        parent.remove(drawn)
    return found


def _made_ours(root: Element, process: str) -> Iterator[Left]:
    """What can be made ours without changing what it means: each change as it is made."""
    for one in root.iter(f"{{{BPMN}}}process"):
        if one.get("isExecutable") != "true":
            one.set("isExecutable", "true")
            yield Left(one.get("id") or "", shown(one), "is marked as one that can be worked (executable)")
    for kind in _FOR_A_PERSON:
        for one in list(root.iter(f"{{{BPMN}}}{kind}")):
            one.tag = f"{{{BPMN}}}userTask"
            yield Left(one.get("id") or "", shown(one), "was a task of no particular kind, and is a task for a person")
    renamed = dict(_readable_ids(root, process))
    _refer(root, renamed)
    for old, (new, name) in renamed.items():
        yield Left(new, name, f"had the id {old[:60]}, and has the id {new}")


def _readable_ids(root: Element, process: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Ids that stories could not speak of, each with the one made of its name. The process is called as its file."""
    used = {one.get("id") for one in root.iter() if isinstance(one.tag, str) and one.get("id")}
    processes = list(children(root, "process"))
    if len(processes) == 1 and processes[0].get("id") and process not in used:
        used.add(process)
        yield processes[0].get("id"), (process, shown(processes[0]))
    for element in root.iter():
        old = element.get("id")
        if old is None or not qualified(element).startswith("bpmn:"):
            continue
        needs = not SNAKE.fullmatch(old) if local(element) in _NAMED else not ID.fullmatch(old)
        if needs:
            new = _free(snake(words(element.get("name"))) or snake(local_words(element)), used)
            used.add(new)
            yield old, (new, shown(element))


def local_words(element: Element) -> str:
    """An element's kind as words: `user task` of a userTask."""
    return "".join(f" {mark.lower()}" if mark.isupper() else mark for mark in local(element))


def snake(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).lower()
    marks = (mark for mark in plain if not unicodedata.combining(mark))
    found = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in marks)
    name = "_".join(found.split()[:6]).lstrip("0123456789_")[:70].rstrip("_")
    return name if SNAKE.fullmatch(name) else ""


def _free(name: str, used: set[str]) -> str:
    name = name or "element"
    number, tried = 1, name
    while tried in used:
        number += 1
        tried = f"{name}_{number}"
    return tried


def _refer(root: Element, renamed: Mapping[str, tuple[str, str]]) -> None:
    """Give ids their new names wherever they are spoken of, and take prefixes off references within the file."""
    known = {one.get("id") for one in root.iter() if isinstance(one.tag, str) and one.get("id")}

    def now(name: str) -> str:
        bare = name.rpartition(":")[2]
        plain = bare if name not in known and bare in known else name
        return renamed[plain][0] if plain in renamed else plain

    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        if element.get("id") in renamed and qualified(element).startswith("bpmn:"):
            element.set("id", renamed[element.get("id")][0])
        for key in _REFERENCES:
            if key in element.attrib:
                element.set(key, now(element.get(key)))
        if local(element) in _TEXT_REFERENCES and qualified(element).startswith("bpmn:"):
            element.text = now(words(element.text))


def _placed(root: Element) -> Iterator[Left]:
    """What was not drawn, given a place."""
    names = {one.get("id"): shown(one) for one in root.iter() if isinstance(one.tag, str) and one.get("id")}
    for one in diagram_layout.place(root):
        yield Left(one, names.get(one, one), "was not drawn, and has been given a place")
