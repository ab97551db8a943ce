"""Holds a diagram's elements, attributes and texts against the grammar, and builds the clean bytes that go on.

The little that a modeler notes for itself (its name, its colours) is left out with a remark; everything else that is
not in the list is a problem, above all what carries code.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from engine.diagram_text import BPMN, BPMNDI, DC, DI, XSI, Element, local, words
from engine.gate_grammar import (
    CODE,
    ENGINES,
    EVENTS,
    GRAMMAR,
    HARMLESS,
    LOOKS,
    MENDS,
    SAID,
    SETTINGS,
    TAGS,
    Rule,
    one,
    spoken,
)  # fmt: skip
from engine.problems import Problem, did_you_mean

_XML = "http://www.w3.org/XML/1998/namespace"


def checked(root: Element, file: str) -> list[Problem]:
    """Every element, attribute and text of a file that is not in the list."""
    if qualified(root) != "bpmn:definitions":
        return [_no_diagram(root, file)]
    problems: list[Problem] = []
    dropped: dict[str, int] = {}
    waiting = [root]
    while waiting:
        element = waiting.pop()
        rule = GRAMMAR[qualified(element)]
        problems.extend(_attributes(element, rule, file, dropped))
        problems.extend(_stray_texts(element, rule, file))
        for child in element:
            if _is_dropped(child, dropped):
                continue
            found = _misplaced(child, element, rule, file)
            if found:
                problems.append(found)
            else:
                waiting.append(child)
    for what, line in dropped.items():
        remark = f"From this line on, {what} are in the file; they are left out."
        problems.append(Problem(file, line, remark, "Nothing needs doing.", "remark"))
    return problems


def _no_diagram(root: Element, file: str) -> Problem:
    """What is said of a file that is XML, and no diagram."""
    name, space = local(root)[:60], etree.QName(root).namespace or ""
    if name == "definitions":
        says = f"it is written for '{space[:80]}'" if space else "it does not say that it is BPMN 2.0"
        return Problem(file, root.sourceline or 1, f"This is no BPMN 2.0 file: {says}.", f"Its namespace is {BPMN}.")
    part = "a piece of a BPMN file" if space == BPMN else "no BPMN file"
    what = f"This is {part}: it begins with '{name}'."
    return Problem(file, root.sourceline or 1, what, "Save the whole diagram as BPMN 2.0.")


def qualified(element: Element) -> str:
    """An element's name with the prefix used in this list, or '?:name' in a namespace that is not in it."""
    name = etree.QName(element)
    return f"{TAGS.get(name.namespace or '', '?')}:{name.localname}"


def shown(element: Element) -> str:
    """How a sentence names an element: by its name, else its id, else its kind."""
    name = words(element.get("name")) or element.get("id") or local(element)
    return name if len(name) <= 60 else name[:57] + "..."


def _is_dropped(element: Element, dropped: dict[str, int]) -> bool:
    """Whether an element is a note that is left out, or holds nothing else."""
    name = etree.QName(element)
    note = LOOKS.get(name.namespace or "")
    if name.namespace in ENGINES and name.localname in HARMLESS:
        note = "properties meant for another engine"
    holder = qualified(element) == "bpmn:extensionElements" and not element.attrib
    if words(element.text) or not (note or holder):
        return False
    if not all(_is_dropped(child, dropped) and not words(child.tail) for child in element):
        return False
    if note:
        dropped.setdefault(note, element.sourceline or 1)
    return True


def _misplaced(child: Element, parent: Element, rule: Rule, file: str) -> Problem | None:
    name = qualified(child)
    if name in GRAMMAR and name.removeprefix("bpmn:") in rule.children:
        return None
    line, kind = child.sourceline or 1, local(child)[:60]
    if name.startswith("?:"):
        what = f"'{kind}' in '{shown(parent)}' belongs to another engine."
        return Problem(file, line, what, f"Delete it. {CODE}")
    if name == "bpmn:extensionElements":
        inner = next((local(one)[:60] for one in child.iter() if qualified(one).startswith("?:")), "")
        what = f"'{shown(parent)}' carries an extension{f' ({inner})' if inner else ''}, which is not read here."
        return Problem(file, line, what, f"Delete it. {CODE}")
    if kind.endswith("EventDefinition") and local(parent) in EVENTS:
        said, mend = EVENTS[local(parent)]
        return Problem(file, line, f"'{shown(parent)}' {said.format(spoken(kind))}.", mend)
    if kind in MENDS:
        what = SAID.get(kind, f"'{{}}' is {one(kind)}, which diagrams here do not have.").replace("{}", _owner(child))
        return Problem(file, line, what, MENDS[kind] or "Write the name of a deadline as its date (time date).")
    if name in GRAMMAR:
        what = f"'{shown(parent)}', {one(local(parent))}, holds {one(kind)}, which cannot stand there."
        return Problem(file, line, what, "Open the diagram in a modeler, move or delete it, and save.")
    what = f"'{shown(parent)}' holds {one(kind)}, which diagrams here do not have."
    return Problem(file, line, what, f"Delete it. {CODE}")


def _owner(element: Element) -> str:
    """How a sentence names what this is a part of: itself where it is drawn, else the event or task it stands in."""
    drawn: Element = element
    is_part = ("EventDefinition", "LoopCharacteristics", "timeDuration", "timeCycle")
    while drawn.getparent() is not None and local(drawn).endswith(is_part):
        drawn = drawn.getparent()
    return shown(drawn)


def _attributes(element: Element, rule: Rule, file: str, dropped: dict[str, int]) -> Iterator[Problem]:
    line = element.sourceline or 1
    for key, value in element.attrib.items():
        name = etree.QName(key)
        if name.namespace in LOOKS:
            dropped.setdefault(LOOKS[name.namespace], line)
        elif name.namespace == XSI:
            yield from _typed(element, name.localname, value, file)
        elif name.namespace == _XML:
            dropped.setdefault("notes about language and spaces", line)
        elif name.namespace is not None:
            what = f"'{shown(element)}' has the setting '{name.localname[:60]}' of another engine."
            yield Problem(file, line, what, "Delete it.")
        elif name.localname not in rule.attributes:
            what = f"'{shown(element)}' ({local(element)}) has the attribute '{name.localname[:60]}'."
            known = f"It may have: {', '.join(rule.attributes)}." if rule.attributes else "It has none."
            yield Problem(file, line, what, f"Delete it. {known}")
        elif not rule.attributes[name.localname].fullmatch(value):
            yield _wrong_value(element, name.localname, value, file)


def is_plain_type(element: Element, name: str, value: str) -> bool:
    """Whether this attribute of the XML standard is what every modeler writes there."""
    if name == "schemaLocation":
        return qualified(element) == "bpmn:definitions"
    formal = name == "type" and value.rpartition(":")[2] in ("tFormalExpression", "tExpression")
    return formal and qualified(element) in ("bpmn:conditionExpression", "bpmn:timeDate")


def _typed(element: Element, name: str, value: str, file: str) -> Iterator[Problem]:
    if not is_plain_type(element, name, value):
        what = f"'{shown(element)}' says that it is of the type '{value[:60]}'."
        yield Problem(file, element.sourceline or 1, what, "Delete that attribute.")


def _wrong_value(element: Element, key: str, value: str, file: str) -> Problem:
    line = element.sourceline or 1
    if key == "id":
        what = f"The id '{value[:60]}' cannot be used."
        return Problem(file, line, what, "Use plain letters, digits and underscores, beginning with a letter.")
    if key in SETTINGS:
        said, mend = SETTINGS[key]
        return Problem(file, line, f"'{shown(element)}' {said} ({key}), which cannot be done here.", mend)
    what = f"'{shown(element)}' ({local(element)}) says {key}=\"{value[:60]}\", which cannot be done here."
    if key == "isExecutable":
        return Problem(file, line, what, "Tick 'Executable' in the modeler.")
    return Problem(file, line, what, did_you_mean(value, ["true", "false"]) if value in ("yes", "no") else "Delete it.")


def _stray_texts(element: Element, rule: Rule, file: str) -> Iterator[Problem]:
    """Text where only elements belong: directly in the element, or after one of its children."""
    texts = [] if rule.text else [(element, element.text)]
    for at, text in [*texts, *((child, child.tail) for child in element)]:
        if words(text):
            what = f"The text '{words(text)[:60]}' stands where no text belongs."
            yield Problem(file, at.sourceline or 1, what, "Delete it.")


def cleaned(root: Element) -> bytes:
    """The file again, made of the listed parts and nothing else, in UTF-8."""
    spaces = {"bpmn": BPMN, "bpmndi": BPMNDI, "dc": DC, "di": DI, "xsi": XSI}
    return bytes(
        etree.tostring(_copied(root, etree.Element(root.tag, nsmap=spaces)), encoding="UTF-8", xml_declaration=True)
    )


def _copied(old: Element, new: Element) -> Element:
    rule = GRAMMAR[qualified(old)]
    for key in rule.attributes:
        if key in old.attrib:
            new.set(key, old.get(key))
    if qualified(old) in ("bpmn:conditionExpression", "bpmn:timeDate"):
        new.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    new.text, new.tail = old.text, old.tail
    for child in old:
        name = qualified(child)
        if name in GRAMMAR and name.removeprefix("bpmn:") in rule.children:
            _copied(child, etree.SubElement(new, child.tag))
    return new
