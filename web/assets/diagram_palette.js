// What can be drawn: only what the diagrams of a policy have. Everything else of bpmn-js's palette, menus and pads is
// left out, and a new task is a task for a person.
const PALETTE = [
  "hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator", "create.start-event",
  "create.end-event", "create.exclusive-gateway", "create.subprocess-expanded", "create.intermediate-event", "create.task",
];
const PAD = [
  "append.end-event", "append.gateway", "append.append-task", "append.message-intermediate-event",
  "append.timer-intermediate-event", "append.text-annotation", "connect", "replace", "delete",
  "lane-insert-above", "lane-insert-below",
];
const INTO = [
  "none-start", "none-end", "terminate-end", "message-intermediate-catch", "timer-intermediate-catch",
  "message-boundary", "timer-boundary", "non-interrupting-message-boundary", "non-interrupting-timer-boundary",
  "exclusive-gateway", "parallel-gateway", "event-based-gateway", "user-task", "call-activity", "expanded-subprocess",
  "sequence-flow", "default-flow",
].map((name) => `replace-with-${name}`);

const WORDS = {
  "create.start-event": "Draw a start", "create.end-event": "Draw an end", "create.exclusive-gateway": "Draw a decision",
  "create.subprocess-expanded": "Draw a subprocess", "create.intermediate-event": "Draw a wait for a message",
  "create.task": "Draw a task", "create.timer": "Draw a timer", "create.call": "Draw a stage or other process",
  "append.append-task": "Add a task after it", "append.gateway": "Add a decision after it",
  "append.end-event": "Add an end after it", "append.message-intermediate-event": "Add a wait for a message",
  "append.timer-intermediate-event": "Add a timer", "append.text-annotation": "Add a note",
  connect: "Draw an arrow from here", replace: "Change what it is", delete: "Delete it",
  "hand-tool": "Move the drawing", "lasso-tool": "Choose several", "space-tool": "Make or take room",
  "global-connect-tool": "Draw an arrow",
};

const only = (entries, names) =>
  Object.fromEntries(names.filter((name) => entries[name]).map((name) =>
    [name, WORDS[name] ? { ...entries[name], title: WORDS[name] } : entries[name]]));

class Palette {
  constructor(palette, contextPad, popupMenu, create, elementFactory, autoPlace) {
    const drag = (options) => {
      const begin = (event) => create.start(event, elementFactory.createShape(options));
      return { dragstart: begin, click: begin };
    };
    const message = { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:MessageEventDefinition" };
    const timer = { type: "bpmn:IntermediateCatchEvent", eventDefinitionType: "bpmn:TimerEventDefinition" };
    palette.registerProvider(500, {
      getPaletteEntries: () => (entries) => {
        const kept = only(entries, PALETTE);
        kept["create.task"] = { ...kept["create.task"], className: "bpmn-icon-user-task", action: drag({ type: "bpmn:UserTask" }) };
        kept["create.intermediate-event"] = {
          ...kept["create.intermediate-event"], className: "bpmn-icon-intermediate-event-catch-message", action: drag(message),
        };
        kept["create.timer"] = {
          group: "event", className: "bpmn-icon-intermediate-event-catch-timer", title: WORDS["create.timer"], action: drag(timer),
        };
        kept["create.call"] = {
          group: "activity", className: "bpmn-icon-call-activity", title: WORDS["create.call"],
          action: drag({ type: "bpmn:CallActivity" }),
        };
        return kept;
      },
    });
    contextPad.registerProvider(500, {
      getContextPadEntries: () => (entries) => {
        const kept = only(entries, PAD);
        if (kept["append.append-task"]) {
          const append = (event, element) => autoPlace.append(element, elementFactory.createShape({ type: "bpmn:UserTask" }));
          kept["append.append-task"] = {
            ...kept["append.append-task"], className: "bpmn-icon-user-task", action: { click: append, dragstart: append },
          };
        }
        return kept;
      },
    });
    popupMenu.registerProvider("bpmn-replace", 500, {
      getPopupMenuEntries: () => (entries) =>
        Object.fromEntries(Object.entries(entries).filter(([name]) => INTO.includes(name))),
      getPopupMenuHeaderEntries: () => () => ({}),
    });
  }
}
Palette.$inject = ["palette", "contextPad", "popupMenu", "create", "elementFactory", "autoPlace"];

export const paletteModule = { __init__: ["redressPalette"], redressPalette: ["type", Palette] };
