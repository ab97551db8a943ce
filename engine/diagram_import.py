"""A diagram of a foreign modeler brought in: made ours where that changes no meaning, and told of in every part.

What goes in is XML somebody uploaded or drew; what comes out is the file as a draft keeps it, what was left out, what
was changed (ids made readable, a plain task made a task for a person, what was not drawn placed), and what the gate
says of the rest, each with the element it is about. A file that carries code is refused until its code is left out;
what is wrong with the rest of it is said at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine import diagram_bytes, diagram_furniture, diagram_ids, diagram_layout, diagram_marks, gate, xml_text
from engine.diagram_marks import Marked
from engine.diagram_strangers import Left, names_of, remove, unnamed, without_strangers
from engine.diagram_text import BPMN, Element
from engine.diagrams import Diagram
from engine.gate_elements import qualified, shown
from engine.problems import Problem

#: a task of no kind, or done by hand: a task for a person
_FOR_A_PERSON = ("task", "manualTask")
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
    xml, written_in = diagram_bytes.in_utf8(xml)
    root, problems = xml_text.read(xml, file)
    if root is None or qualified(root) != "bpmn:definitions":
        problems = problems or list(gate.examine(xml, file).problems)
        return Brought(None, None, (), (), (), tuple(Marked("", one) for one in problems))
    dropped = [Left("", "the file", what, line) for line, what in sorted(diagram_bytes.notes(xml))]
    dropped += _drawn_of_nothing(root)
    named = names_of(root)
    strangers, code = without_strangers(root, named)
    dropped += strangers + _loose(root, named)
    changed = [Left("", "the file", f"was written in {written_in}, and is UTF-8 now", 1)] if written_in else []
    changed += _made_ours(root)
    renamed, told = diagram_ids.readable(root, PurePosixPath(file).stem)
    changed += [*told, *_placed(root)]
    made = diagram_marks.written(root)
    if len(made) > xml_text.MOST_BYTES:  # written out and with longer ids: so large a file is said what is wrong with
        made = xml
    found = gate.examine(made, file)
    problems = [one for one in found.problems if one.severity == "problem"]
    is_kept = made is not xml and (not code or without_code)
    marks = diagram_marks.marked(problems, made, file)
    if not is_kept and made is not xml:
        marks = diagram_marks.on_lines_of(marks, made, root)
    refused = () if without_code else tuple(_runs(one, file, renamed.get(one.element, one.element)) for one in code)
    return Brought(
        xml=made if is_kept else None,
        diagram=found.readable,
        dropped=(*dropped, *(code if without_code else ())),
        changed=tuple(changed),
        code=tuple(code),
        problems=(*refused, *marks),
    )


def _runs(left: Left, file: str, element: str) -> Marked:
    what = f"'{left.name}' carries what another engine would run ({left.what})."
    mend = f"{_WORKS_NOTHING} Nothing a diagram says runs as code here."
    return Marked(element, Problem(file, left.line or 1, what, mend))


def _drawn_of_nothing(root: Element) -> list[Left]:
    """Drawings of what is not in the file, taken out."""
    found = []
    for drawn in unnamed(root):
        name = str(drawn.get("bpmnElement") or "nothing")[:60]
        found.append(Left("", name, "a drawing of something that is not in the file", drawn.sourceline or 0))
        remove(drawn)
    return found


def _loose(root: Element, named: Mapping[str, str]) -> list[Left]:
    """What leads to nothing: empty pools, dotted lines without an end, arrows a node speaks of wrongly. With each goes
    its drawing, and that of whatever went before."""
    found = []
    for those in (diagram_furniture.empty_pools, diagram_furniture.loose_associations, diagram_furniture.wrong_ends):
        for one, what in those(root):
            name = one.get("id") or one.getparent().get("id") or ""
            found.append(Left(name, named.get(name, shown(one)), what, one.sourceline or 0))
            remove(one)
    for drawn in unnamed(root):
        remove(drawn)
    return found


def _made_ours(root: Element) -> Iterator[Left]:
    """What can be made ours without changing what it means: each change as it is made."""
    for one in root.iter(f"{{{BPMN}}}process"):
        if one.get("isExecutable") != "true":
            one.set("isExecutable", "true")
            yield Left(one.get("id") or "", shown(one), "is marked as executable, which is one that can be worked")
    for kind in _FOR_A_PERSON:
        for one in list(root.iter(f"{{{BPMN}}}{kind}")):
            one.tag = f"{{{BPMN}}}userTask"
            yield Left(one.get("id") or "", shown(one), "was a task of no particular kind, and is a task for a person")
    for pool in diagram_furniture.pool_drawn_as_process(root):
        yield Left(pool.get("id"), shown(pool), "was drawn as a process, and is drawn as the pool it is")
    count = diagram_furniture.rounded(root)
    if count:
        yield Left("", "the drawing", f"has {count} places given more exactly than is read, rounded to a hundredth")


def _placed(root: Element) -> Iterator[Left]:
    """What was not drawn, given a place."""
    names = names_of(root)
    for one in diagram_layout.place(root):
        yield Left(one, names.get(one, one), "was not drawn, and has been given a place")
