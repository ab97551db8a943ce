// What is drawn anew gets its name in the files from the name people read, as soon as it has one.
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";
import { isAny } from "bpmn-js/lib/util/ModelUtil";
import { isMadeUp, snake } from "./diagram_names.js";

class Ids extends CommandInterceptor {
  constructor(eventBus, modeling, elementRegistry) {
    super(eventBus);
    this.postExecuted(["element.updateLabel", "element.updateProperties"], ({ context }) => {
      const element = context.element.labelTarget || context.element;
      const own = element.businessObject;
      if (!own.name || !isAny(own, ["bpmn:FlowNode", "bpmn:Lane"]) || !isMadeUp(own.id)) return;
      const id = snake(own.name, (name) => Boolean(elementRegistry.get(name)));
      if (id) modeling.updateProperties(element, { id });
    });
  }
}
Ids.$inject = ["eventBus", "modeling", "elementRegistry"];

export const idsModule = { __init__: ["redressIds"], redressIds: ["type", Ids] };
