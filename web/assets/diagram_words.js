// bpmn-js's own words, in ours.
const WORDS = {
  Collaboration: "The whole diagram", Participant: "Process", "User Task": "Task", "Call Activity": "Stage or process",
  "Exclusive Gateway": "Decision", "Event Based Gateway": "Wait for events", "Sequence Flow": "Arrow",
  "Default Flow": "Arrow taken when no condition holds", "Conditional Flow": "Arrow", "Sub Process": "Subprocess",
  "Expanded Sub Process": "Subprocess", "Text Annotation": "Note", "Start Event": "Start", "End Event": "End",
  "Terminate End Event": "End of everything", "Message Intermediate Catch Event": "Wait for a message",
  "Timer Intermediate Catch Event": "Timer", "Message Boundary Event": "Message on the edge",
  "Timer Boundary Event": "Timer on the edge",
  "Message Boundary Event (Non Interrupting)": "Message on the edge; the work goes on",
  "Timer Boundary Event (Non Interrupting)": "Timer on the edge; the work goes on",
  // in the menu that changes what something is
  "User task": "Task", "Call activity": "Stage or process", "Exclusive gateway": "Decision",
  "Event-based gateway": "Wait for events", "Sequence flow": "Arrow", "Default flow": "Arrow taken when no condition holds",
  "Sub-process (expanded)": "Subprocess", "Start event": "Start", "End event": "End",
  "Terminate end event": "End of everything", "Message intermediate catch event": "Wait for a message",
  "Timer intermediate catch event": "Timer", "Message boundary event": "Message on the edge",
  "Timer boundary event": "Timer on the edge",
  "Message boundary event (non-interrupting)": "Message on the edge; the work goes on",
  "Timer boundary event (non-interrupting)": "Timer on the edge; the work goes on",
  "No Issues": "Nothing marked", "{errors} Errors, {warnings} Warnings": "{errors} marked",
  "Toggle section": "Open or close",
  "Select an element to edit its properties.": "Choose something on the drawing to change it.",
  "Multiple elements are selected. Select a single element to edit its properties.": "Choose one thing to change it.",
};

const translate = (template, values = {}) =>
  (WORDS[template] || template).replace(/{([^}]+)}/g, (_, key) => (key in values ? values[key] : `{${key}}`));

export const wordsModule = { translate: ["value", translate] };
