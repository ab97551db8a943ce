// What is appended stands where nothing is drawn yet: the nearest free place to the right, above or below, and never in
// another lane, since a lane says who does it. The modeler's own choice looks only at what is joined to the same element.
import { isAny } from "bpmn-js/lib/util/ModelUtil";
import { getNewShapePosition } from "bpmn-js/lib/features/auto-place/BpmnAutoPlaceUtil";

const ROOM = 20; // pixels kept free around it
const ACROSS = [0, 60, 120, 180, 240, 300, 420, 540, 660];
const DOWN = [0, 60, -60, 120, -120, 180, -180, 240, -240];
const BEFORE_THE_GRID = 2500; // the modeler's own grid answers at 2000
const HOLDERS = ["bpmn:Participant", "bpmn:Lane", "bpmn:SubProcess"];

const nearest = ACROSS.flatMap((x) => DOWN.map((y) => ({ x, y }))).sort((a, b) => Math.hypot(a.x, a.y) - Math.hypot(b.x, b.y));

class Places {
  constructor(eventBus, elementRegistry) {
    eventBus.on("autoPlace", BEFORE_THE_GRID, ({ source, shape }) => {
      if (!isAny(shape, ["bpmn:FlowNode"])) return undefined;
      const usual = onGrid(getNewShapePosition(source, shape, elementRegistry));
      const drawn = elementRegistry.filter((one) => one !== shape && !isHolder(one)).flatMap(boxes);
      const lane = laneOf(elementRegistry, source);
      const free = nearest.find((by) => {
        const box = around(usual.x + by.x, usual.y + by.y, shape);
        return isWithin(box, lane) && !drawn.some((other) => isOver(box, other));
      });
      return free && { x: usual.x + free.x, y: usual.y + free.y };
    });
  }
}
Places.$inject = ["eventBus", "elementRegistry"];

const onGrid = ({ x, y }) => ({ x: Math.round(x / 10) * 10, y: Math.round(y / 10) * 10 });

function isHolder(one) {
  return !one.parent || (isAny(one, HOLDERS) && !one.labelTarget);
}

// Where something is drawn: a shape's box, or one for each stretch of an arrow.
function boxes(one) {
  if (!one.waypoints) return [{ left: one.x, top: one.y, right: one.x + one.width, bottom: one.y + one.height }];
  return one.waypoints.slice(1).map((to, index) => {
    const from = one.waypoints[index];
    return {
      left: Math.min(from.x, to.x), top: Math.min(from.y, to.y), right: Math.max(from.x, to.x), bottom: Math.max(from.y, to.y),
    };
  });
}

function around(x, y, { width, height }) {
  return {
    left: x - width / 2 - ROOM, top: y - height / 2 - ROOM, right: x + width / 2 + ROOM, bottom: y + height / 2 + ROOM,
  };
}

function isOver(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

// The lane is as long as it has to be; its height says whose work it is.
function laneOf(elementRegistry, source) {
  const middle = source.y + source.height / 2;
  const lanes = elementRegistry.filter((one) => isAny(one, ["bpmn:Lane"]) && !one.labelTarget);
  return lanes.find((one) => one.y <= middle && middle <= one.y + one.height && !one.children?.some((below) => isAny(below, ["bpmn:Lane"])));
}

function isWithin(box, lane) {
  return !lane || (box.top >= lane.y && box.bottom <= lane.y + lane.height);
}

export const placesModule = { __init__: ["redressPlaces"], redressPlaces: ["type", Places] };
