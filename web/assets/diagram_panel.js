// The panel beside the drawing: what each element asks for, in plain words, with what the version knows to choose from.
// It writes nothing but BPMN's own elements: a timer's date, a message, an arrow's condition.
import { h } from "@bpmn-io/properties-panel/preact";
import { CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry } from "@bpmn-io/properties-panel";
import { useService } from "bpmn-js-properties-panel";
import { is, isAny } from "bpmn-js/lib/util/ModelUtil";
import { isSnake, kindOf, waitsFor } from "./diagram_names.js";

const COMPONENTS = { text: TextFieldEntry, area: TextAreaEntry, select: SelectEntry, check: CheckboxEntry };
const SIMPLE = /^\s*(?:(not)\s+)?([a-z][a-z0-9_.]*)\s*(?:(==|!=)\s*'([^']*)')?\s*$/;

// A condition as a question and its answer; null where it says more than that.
export function asQuestion(condition) {
  const found = SIMPLE.exec(condition || "");
  if (!found || (found[1] && found[3])) return null;
  const [, not, name, sign, value] = found;
  return { name, answer: sign ? `${sign}${value}` : not ? "no" : "yes" };
}

export function asCondition(name, answer) {
  if (answer === "yes") return name;
  if (answer === "no") return `not ${name}`;
  return `${name} ${answer.slice(0, 2)} '${answer.slice(2)}'`;
}

export class Panel {
  constructor(propertiesPanel, injector, known) {
    this.get = (name) => injector.get(name);
    this.known = known;
    propertiesPanel.registerProvider(this);
  }

  getGroups(element) {
    return () => [{
      id: "about",
      label: `This ${kindOf(element)}`,
      shouldOpen: true,
      entries: this.questions(element).filter(Boolean).map((one) => ({ ...one, component: Entry })),
    }];
  }

  // --- which questions are asked of which element -------------------------------------------------

  questions(element) {
    const own = element.businessObject;
    return [
      this.name(element, own),
      waitsFor(own, "Timer") && this.deadline(element, waitsFor(own, "Timer")),
      waitsFor(own, "Message") && this.message(element, waitsFor(own, "Message")),
      is(own, "bpmn:CallActivity") && this.calls(element, own),
      is(own, "bpmn:ExclusiveGateway") && own.outgoing && own.outgoing.length > 1 && this.defaultArrow(element, own),
      ...(is(own, "bpmn:SequenceFlow") ? this.condition(element, own) : []),
      isAny(own, ["bpmn:FlowNode"]) && !element.labelTarget && this.lane(element, own),
      is(own, "bpmn:BoundaryEvent") && this.interrupts(element, own),
      isAny(own, ["bpmn:FlowNode", "bpmn:Lane", "bpmn:Process"]) && this.id(element, own),
    ];
  }

  name(element, own) {
    const isNote = is(own, "bpmn:TextAnnotation");
    const asks = isAny(own, ["bpmn:ExclusiveGateway", "bpmn:EventBasedGateway"]);
    const answers = is(own, "bpmn:SequenceFlow");
    return {
      id: "name", kind: "area", label: isNote ? "What the note says" : asks ? "The question it asks" : "Name",
      description: answers ? "After a decision: the answer this arrow stands for, such as Yes." : undefined,
      get: () => (isNote ? own.text : own.name) || "",
      set: (value) => this.get("modeling").updateProperties(element, isNote ? { text: value } : { name: value }),
    };
  }

  id(element, own) {
    return {
      id: "id", kind: "text", label: "Name in the files",
      description: "Stories, letters and the policy's text call it by this. Change it only with them.",
      get: () => own.id,
      set: (value, error) => error || this.get("modeling").updateProperties(element, { id: value }),
      validate: (value) => {
        if (!isSnake(value || "")) return "Write lower-case words joined by underscores: send_the_answer.";
        const other = this.get("elementRegistry").get(value);
        return other && other !== element ? "Another element has this name." : undefined;
      },
    };
  }

  deadline(element, timer) {
    const value = (timer.timeDate && timer.timeDate.body) || "";
    return {
      id: "deadline", kind: "select", label: "Which deadline it waits for",
      description: "Its date comes from the policy each time it is asked. A timer never counts by itself.",
      options: this.choices(this.known.deadlines, value, "Choose a deadline"),
      get: () => value,
      set: (name) => this.get("modeling").updateModdleProperties(element, timer, {
        timeDate: name ? this.expression(name, timer) : undefined, timeDuration: undefined, timeCycle: undefined,
      }),
    };
  }

  message(element, definition) {
    const value = (definition.messageRef && definition.messageRef.name) || "";
    return {
      id: "message", kind: "select", label: "Which message it waits for",
      description: "What is recorded on the page of a case, and moves it on from here.",
      options: this.choices(this.known.messages, value, "Choose a message"),
      get: () => value,
      set: (name) => this.get("modeling").updateModdleProperties(element, definition, {
        messageRef: name ? this.messageCalled(name) : undefined,
      }),
    };
  }

  calls(element, own) {
    return {
      id: "calls", kind: "select", label: "What is worked here",
      options: this.choices(this.known.processes, own.calledElement || "", "Choose a process"),
      get: () => own.calledElement || "",
      set: (value) => this.get("modeling").updateProperties(element, { calledElement: value || undefined }),
    };
  }

  defaultArrow(element, own) {
    const options = own.outgoing.map((flow) => ({ value: flow.id, label: arrowWords(flow) }));
    return {
      id: "default", kind: "select", label: "Which way when no condition holds",
      options: [{ value: "", label: "Choose an arrow" }, ...options],
      get: () => (own.default ? own.default.id : ""),
      set: (value) => {
        const flow = own.outgoing.find((one) => one.id === value);
        this.get("modeling").updateProperties(element, { default: flow });
        const drawn = flow && this.get("elementRegistry").get(flow.id);
        if (drawn && flow.conditionExpression) this.setCondition(drawn, "");
      },
    };
  }

  condition(element, own) {
    const gateway = own.sourceRef;
    const isDecision = gateway && is(gateway, "bpmn:ExclusiveGateway") && gateway.outgoing.length > 1;
    const written = (own.conditionExpression && own.conditionExpression.body) || "";
    if (!isDecision && !written) return [];
    const simple = asQuestion(written) || { name: "", answer: "" };
    const question = this.known.questions.find((one) => one.value === simple.name);
    const answers = question ? question.answers : [];
    const isDefault = isDecision && gateway.default === own;
    return [
      isDecision && {
        id: "is_default", kind: "check", label: "Taken when no other condition holds",
        get: () => isDefault,
        set: (value) => {
          const drawn = this.get("elementRegistry").get(gateway.id);
          if (value && written) this.setCondition(element, "");
          this.get("modeling").updateProperties(drawn, { default: value ? own : undefined });
        },
      },
      !isDefault && {
        id: "question", kind: "select", label: "What it depends on",
        options: this.choices(this.known.questions, simple.name, written ? "Written out below" : "Choose a question"),
        get: () => simple.name,
        set: (name) => {
          const chosen = this.known.questions.find((one) => one.value === name);
          this.setCondition(element, chosen ? asCondition(name, chosen.answers[0].value) : "");
        },
      },
      !isDefault && answers.length > 0 && {
        id: "answer", kind: "select", label: "Followed when the answer is",
        options: this.choices(answers, simple.answer, ""),
        get: () => simple.answer,
        set: (answer) => this.setCondition(element, asCondition(simple.name, answer)),
      },
      !isDefault && {
        id: "condition", kind: "text", label: "The condition, written out",
        description: "Such as triage == 'complaint', with and, or, not.",
        get: () => written,
        set: (value) => this.setCondition(element, value || ""),
      },
    ].filter(Boolean);
  }

  lane(element, own) {
    const lanes = this.get("elementRegistry").filter((one) => is(one, "bpmn:Lane"));
    if (!lanes.length || element.parent === undefined) return null;
    const scope = element.parent.businessObject;
    if (is(scope, "bpmn:SubProcess")) return null;
    const role = (lane) => this.known.roles[lane.id] && `: ${this.known.roles[lane.id].join(", ")}`;
    const options = lanes.map((lane) => ({
      value: lane.id, label: (lane.businessObject.name || lane.id) + (role(lane) || ""),
    }));
    const inside = lanes.find((lane) => (lane.businessObject.flowNodeRef || []).includes(own));
    return {
      id: "lane", kind: "select", label: is(own, "bpmn:UserTask") ? "Who does it" : "Whose lane it stands in",
      options: inside ? options : [{ value: "", label: "Nobody yet" }, ...options],
      get: () => (inside ? inside.id : ""),
      set: (value) => {
        const lane = lanes.find((one) => one.id === value);
        if (!lane) return;
        const dy = lane.y + lane.height / 2 - (element.y + element.height / 2);
        this.get("modeling").moveElements([element], { x: 0, y: Math.round(dy) });
      },
    };
  }

  interrupts(element, own) {
    return {
      id: "interrupts", kind: "check", label: "What it stands on ends when it comes",
      get: () => own.cancelActivity !== false,
      set: (value) => this.get("bpmnReplace").replaceElement(element, {
        type: "bpmn:BoundaryEvent", cancelActivity: value,
        eventDefinitionType: own.eventDefinitions && own.eventDefinitions[0] && own.eventDefinitions[0].$type,
      }),
    };
  }

  // --- what they write -----------------------------------------------------------------------------

  choices(known, value, nothing) {
    const options = known.map((one) => ({ value: one.value, label: one.title }));
    const isKnown = !value || known.some((one) => one.value === value);
    return [
      ...(nothing ? [{ value: "", label: nothing }] : []),
      ...options,
      ...(isKnown ? [] : [{ value, label: `${value} (not known in this version)` }]),
    ];
  }

  expression(body, parent) {
    const made = this.get("bpmnFactory").create("bpmn:FormalExpression", { body });
    made.$parent = parent;
    return made;
  }

  setCondition(element, condition) {
    const conditionExpression = condition ? this.expression(condition, element.businessObject) : undefined;
    this.get("modeling").updateProperties(element, { conditionExpression });
  }

  messageCalled(name) {
    const definitions = this.get("bpmnjs").getDefinitions();
    const there = definitions.rootElements.find((one) => is(one, "bpmn:Message") && one.name === name);
    if (there) return there;
    const id = `message_${name.replace(".", "_")}`;
    const made = this.get("bpmnFactory").create("bpmn:Message", { id, name });
    made.$parent = definitions;
    definitions.rootElements.push(made);
    return made;
  }
}
Panel.$inject = ["propertiesPanel", "injector", "config.known"];

const arrowWords = (flow) => `${flow.name || "Arrow"} (to ${(flow.targetRef && (flow.targetRef.name || flow.targetRef.id)) || "nothing"})`;

function Entry({ element, id, kind, label, description, options, get, set, validate }) {
  const debounce = useService("debounceInput");
  const given = { element, id, label, description, debounce, getValue: get, setValue: set, validate };
  if (kind === "select") given.getOptions = () => options;
  if (kind === "area") Object.assign(given, { rows: 1, autoResize: true });
  return h(COMPONENTS[kind], given);
}

export const panelModule = { __init__: ["redressPanel"], redressPanel: ["type", Panel] };
