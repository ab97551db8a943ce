"""Ids that stories and pages can speak of, in the place of those a modeler made up, wherever they are referred to."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping

from engine.diagram_strangers import Left
from engine.diagram_text import BPMN, Element, children, local, words
from engine.diagrams import NODES
from engine.gate_elements import qualified, shown
from engine.gate_grammar import ID, SNAKE, spoken

_SPOKEN_OF = NODES | {"lane", "process"}
_NEEDED = _SPOKEN_OF | {"sequenceFlow", "message"}
_REFERENCES = ("sourceRef", "targetRef", "attachedToRef", "default", "processRef", "bpmnElement", "messageRef")
_TEXT_REFERENCES = ("flowNodeRef", "incoming", "outgoing")


def readable(root: Element, stem: str) -> tuple[Mapping[str, str], list[Left]]:
    """Rename in the tree whatever needs it, the process after the name of its file. Gives what each old id is now, and
    what was done."""
    given = list(_given(root))
    renamed = dict(_renamed(root, stem.replace("-", "_")))
    _refer(root, renamed)
    told = [Left(new, name, f"had the id {old[:60]}, and has the id {new}") for old, (new, name) in renamed.items()]
    return {old: new for old, (new, _) in renamed.items()}, [*given, *told]


def _given(root: Element) -> Iterator[Left]:
    """An id for what has none and needs one."""
    names = _Names(root)
    for one in root.iter(f"{{{BPMN}}}*"):
        if local(one) in _NEEDED and not one.get("id"):
            one.set("id", names.free(snake(words(one.get("name"))) or snake(spoken(local(one)))))
            yield Left(one.get("id"), shown(one), f"had no id, and has the id {one.get('id')}")


def _renamed(root: Element, process: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Ids that stories could not speak of, each with the one made of its name."""
    names = _Names(root)
    processes = list(children(root, "process"))
    done = None
    if len(processes) == 1 and SNAKE.fullmatch(process) and process not in names.used:
        names.used.add(process)
        done = processes[0]
        yield done.get("id"), (process, shown(done))
    for element in root.iter():
        old = element.get("id")
        if old is None or element is done or not qualified(element).startswith("bpmn:"):
            continue
        if not (SNAKE if local(element) in _SPOKEN_OF else ID).fullmatch(old):
            name = snake(words(element.get("name"))) or snake(spoken(local(element)))
            yield old, (names.free(name), shown(element))


def snake(title: str) -> str:
    """A name made of a title, `look_at_it` of "Look at it!"; empty where no letter of it can be written so."""
    plain = unicodedata.normalize("NFKD", title).lower()
    marks = (mark for mark in plain if not unicodedata.combining(mark))
    found = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in marks)
    name = "_".join(found.split()[:6]).lstrip("0123456789_")[:70].rstrip("_")
    return name if SNAKE.fullmatch(name) else ""


class _Names:
    """The ids of a file, and others that are free in it."""

    def __init__(self, root: Element) -> None:
        self.used = {one.get("id") for one in root.iter() if isinstance(one.tag, str) and one.get("id")}
        self.numbers: dict[str, int] = {}  # the last one given with each name

    def free(self, name: str) -> str:
        """That name, or one with a number; from now on it is used."""
        name = name or "element"
        number, tried = self.numbers.get(name, 1), name
        while tried in self.used:
            number += 1
            tried = f"{name}_{number}"
        self.numbers[name] = number
        self.used.add(tried)
        return tried


def _refer(root: Element, renamed: Mapping[str, tuple[str, str]]) -> None:
    """Give ids their new names wherever they are spoken of, and take prefixes off references within the file."""
    known = _Names(root).used

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
