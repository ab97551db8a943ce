// What is marked while one draws: the rules of the gate (engine/gate*.py), asked again in the browser so that a mark
// comes with the stroke. The server's answer, a moment later, is the one that counts.
import { is, isAny } from "bpmnlint-utils";
import { called, EVENT_NAME, isSnake, waitsFor } from "./diagram_names.js";

const GATEWAYS = ["bpmn:ExclusiveGateway", "bpmn:ParallelGateway", "bpmn:EventBasedGateway"];
const DRAWN_HERE = [
  ...GATEWAYS, "bpmn:StartEvent", "bpmn:EndEvent", "bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent", "bpmn:UserTask",
  "bpmn:CallActivity", "bpmn:SubProcess",
];

const upper = (text) => text[0].toUpperCase() + text.slice(1);
const out = (node) => node.outgoing || [];
const into = (node) => node.incoming || [];
const decides = (node) => is(node, "bpmn:ExclusiveGateway") && out(node).length > 1;
const inside = (scope, type) => (scope.flowElements || []).filter((one) => is(one, type));

const check = {
  "condition-only-in-the-label": (node, say) => {
    if (!is(node, "bpmn:SequenceFlow") || !node.sourceRef || !decides(node.sourceRef)) return;
    const gateway = node.sourceRef;
    if (gateway.default === node || (node.conditionExpression && node.conditionExpression.body)) return;
    const whose = `out of '${gateway.name || gateway.id}'`;
    say(node, node.name
      ? `The arrow '${node.name}' ${whose} has its condition only in its label. Choose its question and answer.`
      : `An arrow ${whose} has no condition. Choose its question and answer, or make it the default.`);
  },
  "condition-without-a-decision": (node, say) => {
    if (!is(node, "bpmn:SequenceFlow") || !node.conditionExpression || !node.sourceRef) return;
    if (!decides(node.sourceRef)) say(node, `This arrow has a condition, and ${called(node.sourceRef)} decides nothing.`);
    else if (node.sourceRef.default === node) say(node, "This arrow has a condition, and it is the default arrow.");
  },
  "decision-with-a-default": (node, say) => {
    if (decides(node) && !out(node).includes(node.default)) {
      say(node, `${upper(called(node))} has no default arrow, for when no condition holds. Choose one.`);
    }
  },
  "timer-without-a-time": (node, say) => {
    const timer = waitsFor(node, "Timer");
    if (!timer) return;
    const name = timer.timeDate && timer.timeDate.body;
    if (timer.timeDuration || timer.timeCycle || (name && !EVENT_NAME.test(name))) {
      say(node, `${upper(called(node))} counts a time of its own. A diagram names a deadline: choose one.`);
    } else if (!name) {
      say(node, `${upper(called(node))} is a timer without a time. Choose the deadline that it waits for.`);
    }
  },
  "message-without-a-name": (node, say) => {
    const message = waitsFor(node, "Message");
    if (message && !(message.messageRef && EVENT_NAME.test(message.messageRef.name || ""))) {
      say(node, `${upper(called(node))} waits for no message. Choose one.`);
    }
  },
  "event-that-waits-for-nothing": (node, say) => {
    if (isAny(node, ["bpmn:IntermediateCatchEvent", "bpmn:BoundaryEvent"]) && !(node.eventDefinitions || []).length) {
      say(node, `${upper(called(node))} waits for nothing. Make it a message or a timer.`);
    }
  },
  "arrow-to-nowhere": (node, say) => {
    if (is(node, "bpmn:SequenceFlow") && !(node.sourceRef && node.targetRef)) {
      say(node, `The arrow '${node.name || node.id}' leads to nothing. Attach both its ends, or delete it.`);
    }
  },
  "one-way-on": (node, say) => {
    if (!isAny(node, DRAWN_HERE)) return;
    const many = out(node).length;
    if (many > 1 && !isAny(node, GATEWAYS)) {
      say(node, `${many} arrows leave ${called(node)}: all of them would be followed at once. Draw a decision after it.`);
    }
    if (!many && !is(node, "bpmn:EndEvent")) say(node, `No arrow leaves ${called(node)}: it leads nowhere.`);
    if (!into(node).length && !isAny(node, ["bpmn:StartEvent", "bpmn:BoundaryEvent"])) {
      say(node, `No arrow leads to ${called(node)}.`);
    }
  },
  "one-start": (node, say) => {
    if (!isAny(node, ["bpmn:Process", "bpmn:SubProcess"])) return;
    const [first, ...more] = inside(node, "bpmn:StartEvent");
    const whole = is(node, "bpmn:Process") ? "The process" : upper(called(node));
    if (!first) say(node, `${whole} has no start. Draw a start with an arrow to what is first.`);
    more.forEach((extra) => say(extra, `${upper(called(extra))} is a second start. Keep one of them.`));
    if (!inside(node, "bpmn:EndEvent").length) say(node, `${whole} has no end. Draw an end.`);
  },
  "named-in-plain-words": (node, say) => {
    const asks = isAny(node, ["bpmn:ExclusiveGateway", "bpmn:EventBasedGateway"]) && out(node).length > 1;
    if (!node.name && (asks || (isAny(node, DRAWN_HERE) && !isAny(node, GATEWAYS)))) {
      say(node, `${upper(called(node))} has no name. Name it in plain words.`);
    }
    if (isAny(node, [...DRAWN_HERE, "bpmn:Lane", "bpmn:Process"]) && !isSnake(node.id)) {
      say(node, `'${node.name || node.id}' has the id '${node.id}'. Make it lower-case words joined by underscores.`);
    }
    if (is(node, "bpmn:SequenceFlow") && !node.name && node.sourceRef && decides(node.sourceRef)) {
      say(node, `An arrow out of '${node.sourceRef.name || node.sourceRef.id}' does not say which answer it is.`);
    }
  },
  "calls-a-process": (node, say) => {
    if (is(node, "bpmn:CallActivity") && !isSnake(node.calledElement || "")) {
      say(node, `${upper(called(node))} calls no process. Choose one.`);
    }
  },
  "kinds-known-here": (node, say) => {
    if (is(node, "bpmn:FlowNode") && !isAny(node, DRAWN_HERE)) {
      say(node, `'${node.name || node.id}' is of a kind that cannot be worked here. Make it a task, or delete it.`);
    }
    if (node.loopCharacteristics) say(node, `${upper(called(node))} repeats itself. Delete the marker; draw an arrow back.`);
  },
  "gateway-that-does-nothing": (node, say) => {
    if (isAny(node, GATEWAYS) && into(node).length === 1 && out(node).length === 1) {
      say(node, `${upper(called(node))} has one arrow in and one out: it decides and joins nothing. Delete it.`);
    }
  },
  "events-after-a-wait": (node, say) => {
    if (!is(node, "bpmn:EventBasedGateway")) return;
    out(node).filter((flow) => flow.targetRef && !is(flow.targetRef, "bpmn:IntermediateCatchEvent")).forEach((flow) =>
      say(flow, `This arrow leads to ${called(flow.targetRef)}. After a wait, each arrow leads to an event of its own.`));
  },
};

const rules = Object.fromEntries(Object.keys(check).map((name) => [`redress/${name}`, "error"]));

// As bpmn-js-bpmnlint takes them: which rules hold, and where each is found.
export const linting = {
  config: { rules },
  resolver: {
    resolveRule: (pkg, name) => () => ({
      check: (node, reporter) => check[name](node, (about, words) => reporter.report(about.id, words)),
    }),
    resolveConfig: () => ({}),
  },
};
