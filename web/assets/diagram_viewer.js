// Diagrams to look at, with marks of what is added, removed and changed: each `[data-diagram-viewer]` holds the diagram
// and its marks as JSON. Without this the page shows the same as a picture.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import { accessible } from "./diagram_access.js";

const WORDS = { added: "New", removed: "Gone", changed: "Changed" };

document.querySelectorAll("[data-diagram-viewer]").forEach(show);

async function show(place) {
  const given = JSON.parse(place.querySelector("script[type='application/json']").textContent);
  place.hidden = false;
  const viewer = new NavigatedViewer({ container: place.querySelector("[data-diagram-canvas]") });
  accessible(viewer, place);
  try {
    await viewer.importXML(given.xml);
  } catch {
    place.hidden = true;
    return;
  }
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport");
  const registry = viewer.get("elementRegistry");
  for (const [id, mark] of Object.entries(given.marks)) {
    if (!registry.get(id) || !WORDS[mark]) continue;
    canvas.addMarker(id, `redress-marked-${mark}`);
    const html = Object.assign(document.createElement("span"), { className: `redress-mark redress-mark--${mark}`, textContent: WORDS[mark] });
    viewer.get("overlays").add(id, { position: { top: -12, left: 0 }, html, show: { minZoom: 0 } });
  }
  place.dataset.ready = "yes";
  const fallback = place.nextElementSibling;
  if (fallback && fallback.matches("[data-diagram-fallback]")) fallback.open = false;
}
