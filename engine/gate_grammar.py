"""What may stand in a diagram: the elements, where each may stand, and the attributes each may have.

Everything that is not in this list is a problem (`engine/gate_elements.py` says so); what people draw most often and
cannot have here has a sentence of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.diagram_text import BPMN, BPMNDI, DC, DI

TAGS = {BPMN: "bpmn", BPMNDI: "bpmndi", DC: "dc", DI: "di"}

#: Namespaces in which a modeler notes only its own name or how things look; dropped, with a remark.
LOOKS = {
    "http://camunda.org/schema/modeler/1.0": "the modeler's notes about itself",
    "http://bpmn.io/schema/bpmn/biocolor/1.0": "colours",
    "http://www.omg.org/spec/BPMN/non-normative/color/1.0": "colours",
    "http://bpmn.io/schema/bpmn": "the modeler's notes about itself",
}

#: What other engines note that makes nothing happen: free key and value pairs, and an empty mark on user tasks.
ENGINES = {"http://camunda.org/schema/1.0/bpmn", "http://camunda.org/schema/zeebe/1.0"}
HARMLESS = {"properties", "property", "userTask"}

ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
SNAKE = re.compile(r"(?=.{1,80}\Z)[a-z][a-z0-9]*(_[a-z0-9]+)*")
EVENT_NAME = re.compile(r"(?=.{1,120}\Z)[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)?")

_ANY = re.compile(r".*", re.DOTALL)
_REF = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
_QNAME = re.compile(r"([A-Za-z_][\w.-]*:)?[A-Za-z_][A-Za-z0-9_.-]{0,99}", re.ASCII)
_TRUTH = re.compile("true|false")
_TRUE, _FALSE, _ONE = re.compile("true"), re.compile("false"), re.compile("1")
_NUMBER = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,12})?")
_WORD = re.compile(r"[A-Za-z#/. -]{1,100}")


@dataclass(frozen=True)
class Rule:
    """What an element may hold: attributes with the values they may have, child elements, and whether text."""

    attributes: dict[str, re.Pattern[str]]
    children: frozenset[str] = frozenset()
    text: bool = False


def _rule(attributes: dict[str, re.Pattern[str]], children: str = "", *, text: bool = False) -> Rule:
    return Rule(attributes, frozenset(children.split()), text)


_NAMED = {"id": ID, "name": _ANY}
_NODE = "incoming outgoing documentation"
_ACTIVITY = {**_NAMED, "isForCompensation": _FALSE, "startQuantity": _ONE, "completionQuantity": _ONE}
_ARTIFACTS = "documentation textAnnotation association"
_INSIDE = (
    "startEvent endEvent intermediateCatchEvent boundaryEvent userTask callActivity subProcess exclusiveGateway "
    f"parallelGateway eventBasedGateway sequenceFlow {_ARTIFACTS}"
)
_GATEWAY = {**_NAMED, "gatewayDirection": _WORD}
_CATCH = f"{_NODE} messageEventDefinition timerEventDefinition"

GRAMMAR: dict[str, Rule] = {
    "bpmn:definitions": _rule(
        {**_NAMED, "targetNamespace": _ANY, "exporter": _ANY, "exporterVersion": _ANY},
        "collaboration process message documentation bpmndi:BPMNDiagram",
    ),
    "bpmn:collaboration": _rule({**_NAMED, "isClosed": _TRUTH}, f"participant {_ARTIFACTS}"),
    "bpmn:participant": _rule({**_NAMED, "processRef": _QNAME}, "documentation"),
    "bpmn:process": _rule(
        {**_NAMED, "isExecutable": _TRUE, "isClosed": _FALSE, "processType": _WORD}, f"laneSet {_INSIDE}"
    ),
    "bpmn:laneSet": _rule(_NAMED, "lane documentation"),
    "bpmn:lane": _rule(_NAMED, "flowNodeRef documentation"),
    "bpmn:flowNodeRef": _rule({}, text=True),
    "bpmn:startEvent": _rule({**_NAMED, "isInterrupting": _TRUE, "parallelMultiple": _FALSE}, _NODE),
    "bpmn:endEvent": _rule(_NAMED, f"{_NODE} terminateEventDefinition"),
    "bpmn:intermediateCatchEvent": _rule({**_NAMED, "parallelMultiple": _FALSE}, _CATCH),
    "bpmn:boundaryEvent": _rule(
        {**_NAMED, "parallelMultiple": _FALSE, "attachedToRef": _QNAME, "cancelActivity": _TRUTH}, _CATCH
    ),
    "bpmn:userTask": _rule({**_ACTIVITY, "implementation": re.compile("##[Uu]nspecified|##WebService")}, _NODE),
    "bpmn:callActivity": _rule({**_ACTIVITY, "calledElement": _QNAME}, _NODE),
    "bpmn:subProcess": _rule({**_ACTIVITY, "triggeredByEvent": _FALSE}, f"incoming outgoing {_INSIDE}"),
    "bpmn:exclusiveGateway": _rule({**_GATEWAY, "default": _QNAME}, _NODE),
    "bpmn:parallelGateway": _rule(_GATEWAY, _NODE),
    "bpmn:eventBasedGateway": _rule({**_GATEWAY, "instantiate": _FALSE, "eventGatewayType": _WORD}, _NODE),
    "bpmn:sequenceFlow": _rule(
        {**_NAMED, "sourceRef": _QNAME, "targetRef": _QNAME, "isImmediate": _TRUTH}, "conditionExpression documentation"
    ),
    "bpmn:conditionExpression": _rule({"id": ID}, text=True),
    "bpmn:incoming": _rule({}, text=True),
    "bpmn:outgoing": _rule({}, text=True),
    "bpmn:documentation": _rule({"id": ID, "textFormat": _WORD}, text=True),
    "bpmn:message": _rule({"id": ID, "name": _ANY}, "documentation"),
    "bpmn:messageEventDefinition": _rule({"id": ID, "messageRef": _QNAME}),
    "bpmn:timerEventDefinition": _rule({"id": ID}, "timeDate"),
    "bpmn:timeDate": _rule({"id": ID}, text=True),
    "bpmn:terminateEventDefinition": _rule({"id": ID}),
    "bpmn:textAnnotation": _rule({"id": ID, "textFormat": _WORD}, "text documentation"),
    "bpmn:text": _rule({}, text=True),
    "bpmn:association": _rule({"id": ID, "sourceRef": _QNAME, "targetRef": _QNAME, "associationDirection": _WORD}),
    "bpmndi:BPMNDiagram": _rule({**_NAMED, "documentation": _ANY, "resolution": _NUMBER}, "bpmndi:BPMNPlane"),
    "bpmndi:BPMNPlane": _rule({"id": ID, "bpmnElement": _QNAME}, "bpmndi:BPMNShape bpmndi:BPMNEdge"),
    "bpmndi:BPMNShape": _rule(
        {
            "id": ID, "bpmnElement": _QNAME, "isHorizontal": _TRUTH, "isExpanded": _TRUTH, "isMarkerVisible": _TRUTH,
            "isMessageVisible": _TRUTH,
        },
        "dc:Bounds bpmndi:BPMNLabel",
    ),
    "bpmndi:BPMNEdge": _rule({"id": ID, "bpmnElement": _QNAME}, "di:waypoint bpmndi:BPMNLabel"),
    "bpmndi:BPMNLabel": _rule({"id": ID}, "dc:Bounds"),
    "dc:Bounds": _rule({"x": _NUMBER, "y": _NUMBER, "width": _NUMBER, "height": _NUMBER}),
    "di:waypoint": _rule({"x": _NUMBER, "y": _NUMBER}),
}  # fmt: skip

CODE = "Diagrams run no code: decisions belong in the policy's tables, answers in forms."
_WHOLE = "Draw it as user tasks and decisions."
_SPOKEN = {
    "eventBasedGateway": "event-based gateway",
    "adHocSubProcess": "ad hoc subprocess",
    "subProcess": "subprocess",
}


def spoken(kind: str) -> str:
    """A kind of element as a person says it: `service task`, `signal event`.

    >>> spoken("serviceTask"), spoken("signalEventDefinition")
    ('service task', 'signal event')
    """
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.removesuffix("Definition") if "EventDef" in kind else kind)
    return _SPOKEN.get(kind, apart.lower())[:60]


def one(kind: str) -> str:
    """The same with its article: `an end event`."""
    words = spoken(kind)
    return f"an {words}" if words[:1] in "aeiou" and words[:4] != "user" else f"a {words}"


#: What people draw that is not in the list, and what to draw instead.
MENDS: dict[str, str] = {
    "scriptTask": CODE, "script": CODE, "businessRuleTask": "Write the decision as a table in the policy file.",
    "serviceTask": "Make it a user task; a letter goes out with a task's 'letter:' in tasks.yaml.",
    "sendTask": "Make it a user task; a letter goes out with a task's 'letter:' in tasks.yaml.",
    "receiveTask": "Draw a catch event with a message.", "manualTask": "Make it a user task.",
    "task": "Make it a user task.", "timeDuration": "", "timeCycle": "",
    "conditionalEventDefinition": "Draw a catch event with a message or a deadline.", "condition": CODE,
    "multiInstanceLoopCharacteristics": "Delete the marker; draw what happens again as an arrow back.",
    "standardLoopCharacteristics": "Delete the marker; draw what happens again as an arrow back.",
    "adHocSubProcess": _WHOLE, "transaction": _WHOLE, "complexGateway": "Make it a decision (exclusive gateway).",
    "inclusiveGateway": "Make it a decision (exclusive gateway) or a parallel gateway.",
    "dataObject": "Put what is known into forms.", "dataObjectReference": "Put what is known into forms.",
    "dataStoreReference": "Put what is known into forms.", "dataStore": "Put what is known into forms.",
    "ioSpecification": "Put what is known into forms.", "itemDefinition": "Messages carry no payload: delete it.",
    "signal": "Use a message.", "signalEventDefinition": "Use a message.", "error": "Use a message.",
    "errorEventDefinition": "Use a message.", "escalation": "Use a message.",
    "escalationEventDefinition": "Use a message.", "correlationKey": "Messages go to one case: delete it.",
    "correlationProperty": "Messages go to one case: delete it.",
    "correlationSubscription": "Messages go to one case: delete it.", "operationRef": "Delete it.",
    "intermediateThrowEvent": "Draw the user task whose completion says that it happened.",
    "messageFlow": "Draw a catch event with a message.", "childLaneSet": "Draw the lanes beside each other.",
    "extensionElements": "Delete it.", "import": "Delete it.", "potentialOwner": "Put the task in a lane.",
    "humanPerformer": "Put the task in a lane.", "performer": "Put the task in a lane.",
    "resourceRole": "Put the task in a lane.", "linkEventDefinition": "Draw an arrow from the one to the other.",
    "compensateEventDefinition": "Draw the task that puts it right, with an arrow to it.",
    "cancelEventDefinition": "Use a message.",
}  # fmt: skip
SAID: dict[str, str] = {
    "timeDuration": "'{}' counts a duration: a diagram names a deadline, never a duration.",
    "timeCycle": "'{}' is a timer that repeats itself: a diagram names a deadline, never a duration.",
    "multiInstanceLoopCharacteristics": "'{}' is worked many times at once (multi-instance).",
    "standardLoopCharacteristics": "'{}' repeats itself (loop marker).",
    "adHocSubProcess": "'{}' is an ad hoc subprocess, which cannot be worked here.",
}
#: Settings of the standard that mean something else is to be done than here: what that is, and how to draw it.
SETTINGS: dict[str, tuple[str, str]] = {
    "triggeredByEvent": (
        "is an event subprocess",
        "Draw its event on the edge of the task or subprocess it interrupts.",
    ),
    "isForCompensation": ("is done only to undo something", "Draw it as a task that an arrow leads to."),
    "isInterrupting": ("begins beside what is going on", "Draw the event on the edge of a task or subprocess."),
    "parallelMultiple": ("waits for several things at once", "Draw an event for each of them."),
    "instantiate": ("begins the process", "Draw a start before it."),
    "startQuantity": ("waits for several arrivals", "Draw a parallel gateway before it."),
    "completionQuantity": ("goes on several times at once", "Draw a parallel gateway after it."),
}
#: What stands in an event that may not: in which kind, the sentence after its name, and how to mend it.
EVENTS: dict[str, tuple[str, str]] = {
    "startEvent": (
        "is a start that waits for something ({})",
        "Make it a plain start, and draw what is waited for as an event after it.",
    ),
    "endEvent": (
        "is an end that does something ({})",
        "Make it a plain end, and draw who does that as a task before it.",
    ),
}
