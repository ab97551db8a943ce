"""What another modeler or engine wrote into a diagram: what of it says nothing here, and what would run as code there.

What says nothing (colours, who painted it, a priority) is left out and listed. What carries code, an expression or a
class is told apart from that: a diagram loses it only when a person says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine import diagram_furniture
from engine.diagram_text import BPMN, BPMNDI, DC, DI, XSI, Element, local, words
from engine.gate_elements import is_plain_type, qualified, shown
from engine.gate_grammar import GRAMMAR, LOOKS, TAGS, spoken
from engine.gate_grammar import one as article

#: whose names these are, by a word in the namespace
MAKERS = (
    ("camunda.org/schema/zeebe", "Camunda 8"), ("camunda", "Camunda"), ("bpmn.io", "bpmn.io"), ("activiti", "Activiti"),
    ("flowable", "Flowable"), ("signavio", "Signavio"), ("bizagi", "Bizagi"), ("spiffworkflow", "SpiffWorkflow"),
    ("jboss", "jBPM"), ("jbpm", "jBPM"), ("drools", "jBPM"), ("trisotech", "Trisotech"), ("yaoqiang", "Yaoqiang"),
    ("ibm.com", "IBM"), ("oracle", "Oracle"), ("bonitasoft", "Bonita"), ("boc-group", "ADONIS"), ("aris", "ARIS"),
    ("sparxsystems", "Enterprise Architect"), ("igrafx", "iGrafx"), ("itp-commerce", "itp-commerce"), ("w4.eu", "W4"),
    ("aeneis", "Aeneis"), ("gbtec", "BIC"), ("visual-paradigm", "Visual Paradigm"), ("modelio", "Modelio"),
    ("sourceforge.net/bpmn", "Yaoqiang"), ("bpmn.sourceforge.net", "Yaoqiang"), ("bpsim.org", "BPSim"),
    ("genmymodel", "GenMyModel"), ("eclipse.org", "Eclipse"), ("inubit", "inubit"), ("omnitracker", "OMNITRACKER"),
    ("omg.org", "the BPMN standard"), ("w3.org", "the XML standard"),
)  # fmt: skip
#: names of settings and elements by which another engine is told to run something
_RUNS = frozenset({
    "class", "classname", "classref", "expression", "delegateexpression", "executionlistener", "tasklistener",
    "listener", "script", "scriptformat", "resource", "resultvariable", "connector", "connectorid", "inputoutput",
    "inputparameter", "outputparameter", "iomapping", "input", "output", "calledelement", "taskdefinition", "topic",
    "handler", "prescript", "postscript", "servicetaskoperator", "onentry-script", "onexit-script", "onentryscript",
    "onexitscript", "action", "operation", "processvariables", "calculation", "unittestscript", "messagepayload",
    "messagevariable", "conditionexpression", "decisionref", "calleddecision", "in", "out", "variableevents",
    "variablename", "customresource", "retrytimecycle", "failedjobretrytimecycle", "skipexpression",
    "completioncondition", "timeduration", "timecycle", "loopcardinality", "executionlisteners", "tasklisteners",
})  # fmt: skip
_EXPRESSION = re.compile(r"[$#]\{|^\s*=|\{\{|<%|\(\s*\)|__|\beval\b|\bexec\b")
#: what BPMN itself lets a modeler say that changes nothing in what is done
_SAYS_NOTHING = frozenset({
    "group", "category", "categoryValue", "auditing", "monitoring", "extension", "BPMNLabelStyle", "Font",
})  # fmt: skip
_PLAIN = frozenset({
    "expressionLanguage", "typeLanguage", "labelStyle", "choreographyActivityShape", "participantBandKind",
    "documentation", "processType", "isClosed", "exporter", "exporterVersion", "gatewayDirection", "isImmediate",
    "name", "resolution", "messageVisibleKind", "categoryValueRef", "label", "sourceElement", "targetElement",
    "language", "evaluatesToTypeRef", "implementation", "textFormat", "isHorizontal", "isExpanded", "isMarkerVisible",
    "isMessageVisible", "associationDirection", "partitionElementRef", "isInterrupting", "itemRef", "itemSubjectRef",
})  # fmt: skip


@dataclass(frozen=True)
class Left:
    """Something of a file that is not taken over, or taken over otherwise: at which element (its id there, and how a
    sentence names it), what it was, and on which line of the file as it came."""

    element: str
    name: str
    what: str
    line: int = 0


def names_of(root: Element) -> dict[str, str]:
    """How a sentence names each thing of a file, by its id: an arrow without a name by what it joins."""
    every = [one for one in root.iter() if isinstance(one.tag, str) and one.get("id")]
    names = {one.get("id"): shown(one) for one in every}
    unnamed_kinds = {one.get("id"): article(local(one)) for one in every if not words(one.get("name"))}
    for arrow in [one for one in every if one.get("sourceRef") and not words(one.get("name"))]:
        ends = (str(arrow.get(side) or "").rpartition(":")[2] for side in ("sourceRef", "targetRef"))
        source, target = (unnamed_kinds.get(end) or names.get(end, end or "nothing") for end in ends)
        names[arrow.get("id")] = f"from {source} to {target}"
    return names


def without_strangers(root: Element, named: Mapping[str, str]) -> tuple[list[Left], list[Left]]:
    """Take out of the tree what says nothing here, and what another engine would run: the one, and the other. `named`
    says how a sentence names what has an id."""
    sieve = _Sieve(named)
    waiting = [root]
    while waiting:
        element = waiting.pop()
        for key in list(element.attrib):
            sieve.setting(element, key)
        for child in list(element):
            sieve.child(child, element)
        waiting.extend(reversed(element))  # what is still there: the rest went with all it held
    return sieve.dropped, sieve.code


class _Sieve:
    """Goes through a file once, taking out as it goes."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self.dropped: list[Left] = []
        self.code: list[Left] = []
        self.named = named

    def setting(self, element: Element, key: str) -> None:
        """One attribute of an element."""
        name, value = etree.QName(key), element.get(key)
        rule = GRAMMAR.get(qualified(element))
        if name.namespace == XSI:
            says_nothing = rule is not None and not is_plain_type(element, name.localname, value)
        elif name.namespace is None:
            known = rule.attributes.get(name.localname) if rule else None
            is_read = known is not None and known.fullmatch(value)
            says_nothing = rule is not None and not is_read and (name.localname in _PLAIN or not value)
        else:
            runs_there = name.namespace not in LOOKS and runs(name.localname, value)
            self.take(
                element, f"{maker(name.namespace)}: {name.localname} ({value[:60]})", element, runs_there=runs_there
            )
            says_nothing = False
            del element.attrib[key]
        if says_nothing:
            whose = "" if name.namespace is None else f"{maker(name.namespace)}: "
            self.take(element, f"{whose}{name.localname} ({value[:60] or 'empty'})", element)
            del element.attrib[key]

    def child(self, child: Element, parent: Element) -> None:
        """One element below another: a stranger goes with all it holds."""
        space, name = etree.QName(child).namespace or "", local(child)
        if name == "extensionElements" and space == BPMN:
            for inner in list(child):
                self.stranger(inner, parent)
            if len(child) == 0 and not words(child.text):
                remove(child)
        elif space not in TAGS:
            self.stranger(child, parent)
        elif name in _SAYS_NOTHING:
            self.take(child if child.get("id") else parent, name, child)
            remove(child)
        elif why := diagram_furniture.why_left_out(child, parent):
            is_known = words(child.get("name")) or child.get("sourceRef") or local(parent) == "definitions"
            about = child if is_known else parent
            strangers = (one for one in child.iter() if etree.QName(one).namespace not in TAGS)
            runs_there = diagram_furniture.runs_inside(child) or any(_carries(one) for one in strangers)
            self.take(about, f"{spoken(name)}: {why}", child, runs_there=runs_there)
            remove(child)

    def stranger(self, child: Element, owner: Element) -> None:
        space = etree.QName(child).namespace or ""
        parts = [one for one in child.iter() if isinstance(one.tag, str)]
        said = ", ".join(sorted({local(one) for one in parts} - {local(child)}))
        values = "; ".join(one for one in (*child.attrib.values(), words(child.text)) if one)
        holds = f" with {said[:120]}" if said else f" ({values[:60]})" if values else ""
        runs_there = space not in LOOKS and any(_carries(one) for one in parts)
        self.take(owner, f"{maker(space)}: {local(child)}{holds}", child, runs_there=runs_there)
        remove(child)

    def take(self, element: Element, what: str, at: Element, *, runs_there: bool = False) -> None:
        """Note what goes: of which element, and on which line of the file it stands."""
        (self.code if runs_there else self.dropped).append(self.left(element, what, at.sourceline or 0))

    def left(self, element: Element, what: str, line: int) -> Left:
        """At the element a person would look for: the thing itself, or what it is drawn for."""
        about: Element = element
        while about is not None and not (about.get("bpmnElement") or (about.get("id") and not _is_drawing(about))):
            about = about.getparent()
        if about is None or local(about) == "definitions":
            return Left("", "the drawing" if _is_drawing(element) else "the file", what, line)
        name = about.get("bpmnElement") or about.get("id")
        return Left(name, self.named.get(name, name), what, line)


def _is_drawing(element: Element) -> bool:
    return etree.QName(element).namespace in (BPMNDI, DC, DI)


def _carries(element: Element) -> bool:
    """Whether an element says anything that could be run: an empty one is only a mark."""
    is_empty = not (element.attrib or len(element) or words(element.text))
    return (not is_empty and runs(local(element), element.text or "")) or any(
        runs(etree.QName(key).localname, value) for key, value in element.attrib.items()
    )


def runs(name: str, value: str) -> bool:
    """Whether another engine would run what stands under that name."""
    return name.lower() in _RUNS or bool(_EXPRESSION.search(value))


def maker(namespace: str) -> str:
    """Whose a namespace is, for a person."""
    found = next((name for part, name in MAKERS if part in namespace), "")
    return found or (f"another modeler, {namespace[:60]}" if namespace else "another modeler")


def remove(child: Element) -> None:
    """Take an element out, and keep what was written after it from becoming text of its neighbour."""
    parent = child.getparent()
    if parent is not None:
        child.tail = None
        parent.remove(child)


def unnamed(root: Element) -> Iterator[Element]:
    """Every drawing of something that is not in the file."""
    ids = {one.get("id") for one in root.iter() if isinstance(one.tag, str) and etree.QName(one).namespace == BPMN}
    for drawn in list(root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")):
        about = str(drawn.get("bpmnElement") or "")
        if about not in ids and about.rpartition(":")[2] not in ids:
            yield drawn
