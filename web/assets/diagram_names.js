// What the parts of a diagram are called in plain words, and the names in the files that their names give them.
import { is } from "bpmn-js/lib/util/ModelUtil";

const MADE_UP = /^(Activity|Gateway|Event|Flow|Lane|Participant|Process|Message|TextAnnotation|Association)_\w{6,}$/;
const SNAKE = /^(?=.{1,80}$)[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

export const EVENT_NAME = /^(?=.{1,120}$)[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)?$/;

const KINDS = [
  ["bpmn:BoundaryEvent", "event on the edge"],
  ["bpmn:StartEvent", "start"],
  ["bpmn:EndEvent", "end"],
  ["bpmn:Event", "event"],
  ["bpmn:UserTask", "task"],
  ["bpmn:CallActivity", "stage or other process"],
  ["bpmn:SubProcess", "subprocess"],
  ["bpmn:Task", "task of a kind not known here"],
  ["bpmn:ExclusiveGateway", "decision"],
  ["bpmn:ParallelGateway", "parallel gateway"],
  ["bpmn:EventBasedGateway", "wait for one of several events"],
  ["bpmn:SequenceFlow", "arrow"],
  ["bpmn:Lane", "lane"],
  ["bpmn:Participant", "process"],
  ["bpmn:Process", "process"],
  ["bpmn:Collaboration", "process"],
  ["bpmn:TextAnnotation", "note"],
];

export const waitsFor = (element, kind) =>
  (element.eventDefinitions || []).find((one) => is(one, `bpmn:${kind}EventDefinition`));

export function kindOf(element) {
  const own = element.businessObject || element;
  const kind = (KINDS.find(([type]) => is(own, type)) || ["", "element"])[1];
  if (waitsFor(own, "Timer")) return `timer (${kind})`;
  if (waitsFor(own, "Message")) return `message (${kind})`;
  return kind;
}

export const called = (element) => `the ${kindOf(element)} '${element.name || element.id}'`;

export const isSnake = (name) => SNAKE.test(name);

export const isMadeUp = (name) => MADE_UP.test(name) || !SNAKE.test(name);

// "Ask for the papers!" becomes ask_for_the_papers, or ask_for_the_papers_2 where that is taken.
export function snake(title, isTaken = () => false) {
  const words = title.normalize("NFKD").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim().split(" ").slice(0, 6);
  const name = words.join("_").replace(/^[0-9_]+/, "").slice(0, 70);
  if (!SNAKE.test(name)) return "";
  for (let number = 1; ; number += 1) {
    const tried = number > 1 ? `${name}_${number}` : name;
    if (!isTaken(tried)) return tried;
  }
}
