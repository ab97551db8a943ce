// The page of one diagram of a draft: the modeler, where the browser can run it. Without it the page has the drawing as
// a picture and every element as a form.
import BpmnModeler from "bpmn-js/lib/Modeler";
import { BpmnPropertiesPanelModule } from "bpmn-js-properties-panel";
import lintModule from "bpmn-js-bpmnlint";
import simulationModule from "bpmn-js-token-simulation";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "bpmn-js-bpmnlint/dist/assets/css/bpmn-js-bpmnlint.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "./diagram.css";
import { linting } from "./diagram_rules.js";
import { panelModule } from "./diagram_panel.js";
import { paletteModule } from "./diagram_palette.js";
import { Problems } from "./diagram_problems.js";
import { accessible } from "./diagram_access.js";
import { idsModule } from "./diagram_ids.js";
import { placesModule } from "./diagram_places.js";
import { wordsModule } from "./diagram_words.js";

const place = document.querySelector("[data-diagram-editor]");
if (place) begin(place);

async function begin(place) {
  const given = JSON.parse(place.querySelector("script[type='application/json']").textContent);
  place.hidden = false;
  const modeler = new BpmnModeler({
    container: place.querySelector("[data-diagram-canvas]"),
    propertiesPanel: { parent: place.querySelector("[data-diagram-panel]") },
    additionalModules: [
      wordsModule, idsModule, placesModule, BpmnPropertiesPanelModule, panelModule, paletteModule, lintModule, simulationModule,
    ],
    linting: { bpmnlint: linting, active: true },
    known: given.known,
  });
  accessible(modeler, place);
  try {
    await modeler.importXML(given.xml);
  } catch (fault) {
    place.hidden = true;
    const sorry = document.querySelector("[data-diagram-fallback]");
    if (sorry) sorry.open = true;
    return;
  }
  fit(modeler, 0.6);
  let isChanged = Boolean(given.is_unsaved);
  const mended = () => {
    given.is_unsaved = true;
    isChanged = true;
    place.classList.add("redress-editor--changed");
  };
  const problems = new Problems(modeler, {
    url: given.check, path: given.path, token: given.token, place, mended,
  });
  const saved = modeler.get("commandStack")._stackIdx;
  modeler.on("commandStack.changed", () => {
    isChanged = Boolean(given.is_unsaved) || modeler.get("commandStack")._stackIdx !== saved;
    place.classList.toggle("redress-editor--changed", isChanged);
    problems.later();
  });
  place.classList.toggle("redress-editor--changed", isChanged);
  problems.ask();
  place.dataset.ready = "yes";
  const picture = document.querySelector("[data-diagram-fallback]");
  if (picture) picture.open = false;

  const form = place.querySelector("form[data-diagram-save]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (document.activeElement) document.activeElement.blur(); // what is being typed counts
    const { xml } = await modeler.saveXML({ format: true });
    form.elements.namedItem("xml").value = xml;
    isChanged = false;
    form.submit(); // requestSubmit() would be ignored after waiting
  });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
  for (const button of place.querySelectorAll("[data-diagram-do]")) {
    button.addEventListener("click", () => actions[button.dataset.diagramDo](modeler));
  }
}

const zoomed = (modeler, factor) => {
  const canvas = modeler.get("canvas");
  canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * factor)), "auto");
};

const actions = {
  undo: (modeler) => modeler.get("commandStack").undo(),
  redo: (modeler) => modeler.get("commandStack").redo(),
  larger: (modeler) => zoomed(modeler, 1.25),
  smaller: (modeler) => zoomed(modeler, 0.8),
  fit: (modeler) => fit(modeler),
};

// The whole drawing to the right of the palette, which 'fit-viewport' alone would put it under.
function fit(modeler, smallest = 0) {
  const canvas = modeler.get("canvas");
  canvas.zoom("fit-viewport");
  const { inner, outer } = canvas.viewbox();
  const room = 70;
  const whole = Math.min((outer.width - room - 20) / inner.width, (outer.height - 40) / inner.height, 1);
  const scale = Math.max(whole, smallest); // what is too wide to be read whole begins at its start
  canvas.viewbox({
    x: inner.x - room / scale, y: inner.y - 20 / scale, width: outer.width / scale, height: outer.height / scale,
  });
}
