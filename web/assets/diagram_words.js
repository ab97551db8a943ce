// bpmn-js's own words, in ours.
const WORDS = {
  Collaboration: "The whole diagram", Participant: "Process", "User task": "Task", "Call activity": "Stage or process",
  "Exclusive gateway": "Decision", "Event-based gateway": "Wait for events", "Sequence flow": "Arrow",
  "Default flow": "Arrow taken when no condition holds", "Conditional flow": "Arrow",
  "Expanded sub-process": "Subprocess", "Sub-process (expanded)": "Subprocess", "Text annotation": "Note",
  "Message intermediate catch event": "Wait for a message", "Timer intermediate catch event": "Timer",
  "Message boundary event": "Message on the edge", "Timer boundary event": "Timer on the edge",
  "Message boundary event (non-interrupting)": "Message on the edge, the work goes on",
  "Timer boundary event (non-interrupting)": "Timer on the edge, the work goes on",
  "Start event": "Start", "End event": "End", "Terminate end event": "End of everything",
  "No Issues": "Nothing marked", "{errors} Errors, {warnings} Warnings": "{errors} marked",
  "Token Simulation": "Walk through it", "Toggle section": "Open or close",
  "Select an element to edit its properties.": "Choose something on the drawing to change it.",
  "Multiple elements are selected. Select a single element to edit its properties.": "Choose one thing to change it.",
};

const translate = (template, values = {}) =>
  (WORDS[template] || template).replace(/{([^}]+)}/g, (_, key) => (key in values ? values[key] : `{${key}}`));

export const wordsModule = { translate: ["value", translate] };
