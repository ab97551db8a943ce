"""What another modeler or engine wrote into a diagram: what of it says nothing here, and what would run as code there.

What says nothing (colours, who painted it, a priority) is left out and listed. What carries code, an expression or a
class is never left out unseen: it is a refusal, and goes only when a person says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.diagram_text import BPMN, BPMNDI, XSI, Element, local, words
from engine.gate_elements import qualified, shown
from engine.gate_grammar import GRAMMAR, LOOKS, TAGS

#: whose names these are, by a word in the namespace
MAKERS = (
    ("camunda.org/schema/zeebe", "Camunda 8"), ("camunda", "Camunda"), ("bpmn.io", "bpmn.io"), ("activiti", "Activiti"),
    ("flowable", "Flowable"), ("signavio", "Signavio"), ("bizagi", "Bizagi"), ("spiffworkflow", "SpiffWorkflow"),
    ("jboss", "jBPM"), ("jbpm", "jBPM"), ("drools", "jBPM"), ("trisotech", "Trisotech"), ("yaoqiang", "Yaoqiang"),
    ("ibm.com", "IBM"), ("oracle", "Oracle"), ("bonitasoft", "Bonita"), ("omg.org", "the BPMN standard"),
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
    "name", "resolution", "messageVisibleKind", "categoryValueRef",
})  # fmt: skip


@dataclass(frozen=True)
class Left:
    """Something of a file that is not taken over, or taken over otherwise: at which element (its id, and how a sentence
    names it), and what it was."""

    element: str
    name: str
    what: str


def without_strangers(root: Element, *, with_code: bool) -> tuple[list[Left], list[Left]]:
    """Take out of the tree what says nothing here; with `with_code` false, what another engine would run as well.

    Gives what was taken out, and what carries code: still there unless it was to go.
    """
    sieve = _Sieve(root, keep_code=with_code)
    for element in [one for one in root.iter() if isinstance(one.tag, str)]:
        if element is not root and element.getparent() is None:
            continue  # went with what held it
        for key in list(element.attrib):
            sieve.setting(element, key)
        for child in list(element):
            sieve.child(child, element)
    return sieve.dropped, sieve.code


class _Sieve:
    """Goes through a file once, taking out as it goes."""

    def __init__(self, root: Element, *, keep_code: bool) -> None:
        self.keep_code = keep_code
        self.dropped: list[Left] = []
        self.code: list[Left] = []
        self.named = {one.get("id"): shown(one) for one in root.iter() if isinstance(one.tag, str) and one.get("id")}

    def setting(self, element: Element, key: str) -> None:
        """One attribute of an element."""
        name, value = etree.QName(key), element.get(key)
        rule = GRAMMAR.get(qualified(element))
        if name.namespace == XSI:
            return
        if name.namespace is None:
            known = rule.attributes.get(name.localname) if rule else None
            if rule is None or name.localname not in _PLAIN or (known and known.fullmatch(value)):
                return
            self.dropped.append(self.left(element, f"{name.localname} ({value[:60]})"))
            del element.attrib[key]
            return
        runs_there = name.namespace not in LOOKS and runs(name.localname, value)
        if self.take(element, f"{maker(name.namespace)}: {name.localname} ({value[:60]})", runs_there):
            del element.attrib[key]

    def child(self, child: Element, parent: Element) -> None:
        """One element below another: a stranger goes with all it holds."""
        space, name = etree.QName(child).namespace or "", local(child)
        if name == "extensionElements" and space == BPMN:
            for inner in list(child):
                self.stranger(inner, parent)
            if len(child) == 0 and not words(child.text):
                _remove(child)
        elif space not in TAGS:
            self.stranger(child, parent)
        elif name in _SAYS_NOTHING:
            self.dropped.append(self.left(child if child.get("id") else parent, name))
            _remove(child)

    def stranger(self, child: Element, owner: Element) -> None:
        space = etree.QName(child).namespace or ""
        parts = [one for one in child.iter() if isinstance(one.tag, str)]
        said = ", ".join(sorted({local(one) for one in parts} - {local(child)}))
        holds = f" with {said[:120]}" if said else ""
        runs_there = space not in LOOKS and any(_carries(one) for one in parts)
        if self.take(owner, f"{maker(space)}: {local(child)}{holds}", runs_there):
            _remove(child)

    def take(self, element: Element, what: str, runs_there: bool) -> bool:
        """Note what was found; whether it goes."""
        told = self.left(element, what)
        if runs_there:
            self.code.append(told)
        if runs_there and self.keep_code:
            return False
        self.dropped.append(told)
        return True

    def left(self, element: Element, what: str) -> Left:
        """At the element a person would look for: the thing itself, or what it is drawn for."""
        about: Element = element
        while about is not None and not (about.get("id") or about.get("bpmnElement")):
            about = about.getparent()
        if about is None or local(about) == "definitions":
            return Left("", "the file", what)
        drawn = about.get("bpmnElement")
        return Left(drawn, self.named.get(drawn, drawn), what) if drawn else Left(about.get("id"), shown(about), what)


def _carries(element: Element) -> bool:
    return runs(local(element), element.text or "") or any(
        runs(etree.QName(key).localname, value) for key, value in element.attrib.items()
    )


def runs(name: str, value: str) -> bool:
    """Whether another engine would run what stands under that name."""
    return name.lower() in _RUNS or bool(_EXPRESSION.search(value))


def maker(namespace: str) -> str:
    """Whose a namespace is, for a person."""
    found = next((name for part, name in MAKERS if part in namespace), "")
    return found or f"another modeler ({namespace[:60]})"


def _remove(child: Element) -> None:
    """Take an element out, and keep what was written after it from becoming text of its neighbour."""
    parent = child.getparent()
    if parent is not None:
        child.tail = None
        parent.remove(child)


def unnamed(root: Element) -> Iterator[Element]:
    """Every drawing of something that is not in the file."""
    ids = {one.get("id") for one in root.iter() if isinstance(one.tag, str) and etree.QName(one).namespace == BPMN}
    for drawn in list(root.iter(f"{{{BPMNDI}}}BPMNShape", f"{{{BPMNDI}}}BPMNEdge")):
        if drawn.get("bpmnElement") not in ids:
            yield drawn
