// The server's judgement of what is drawn, a moment after each change: a mark at each element and a sentence for each.
const PAUSE = 350; // milliseconds of rest before the server is asked

const made = (tag, facts, ...children) => {
  const element = Object.assign(document.createElement(tag), facts);
  element.append(...children);
  return element;
};

export class Problems {
  constructor(modeler, { url, path, token, place, mended }) {
    Object.assign(this, { modeler, url, path, token, place, mended, asked: 0, marked: [] });
    this.status = place.querySelector("[data-diagram-status]");
    this.list = place.querySelector("[data-diagram-problems]");
  }

  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    this.asked += 1;
    const turn = this.asked;
    let found;
    try {
      found = await this.send({});
    } catch {
      if (turn === this.asked) this.status.textContent = "The diagram could not be checked just now. It is checked again when you save.";
      return;
    }
    if (turn === this.asked) this.show(found.problems);
  }

  // The drawing to the server, as it is now, with what more is asked; what comes back.
  async send(more) {
    const { xml } = await this.modeler.saveXML({ format: true });
    const body = new FormData();
    Object.entries({ file: this.path, ...more }).forEach(([key, value]) => body.set(key, value));
    body.set("xml", new Blob([xml], { type: "application/xml" }), "diagram.bpmn");
    const answer = await fetch(this.url, { method: "POST", body, headers: { "X-CSRFToken": this.token } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // One problem mended as its button says; the drawing that comes back takes the place of this one, not saved yet.
  async mend(one, cure) {
    const { xml } = await this.send({ mend: one.whole, cure });
    const view = this.modeler.get("canvas").viewbox();
    await this.modeler.importXML(xml);
    this.modeler.get("canvas").viewbox(view);
    this.mended();
    await this.ask();
  }

  show(problems) {
    const overlays = this.modeler.get("overlays");
    const canvas = this.modeler.get("canvas");
    const registry = this.modeler.get("elementRegistry");
    this.marked.forEach((id) => registry.get(id) && canvas.removeMarker(id, "redress-has-problem"));
    this.marked = [];
    overlays.remove({ type: "redress-problem" });
    const drawn = problems.map((one, index) => ({ ...one, number: index + 1, shape: shapeOf(registry, one) }));
    for (const one of drawn.filter((each) => each.shape)) {
      canvas.addMarker(one.shape.id, "redress-has-problem");
      this.marked.push(one.shape.id);
    }
    for (const [id, those] of grouped(drawn)) {
      const words = those.map((one) => one.number).join(", ");
      const html = made("span", { className: "redress-problem-flag", title: those.map((one) => one.what).join(" ") }, words);
      overlays.add(id, "redress-problem", { position: { top: -14, left: -10 }, html, show: { minZoom: 0 } });
    }
    this.status.textContent = drawn.length === 0
      ? "No problems in this diagram."
      : `${drawn.length} problem${drawn.length === 1 ? "" : "s"}, each marked with its number on the drawing.`;
    this.list.replaceChildren(...drawn.map((one) => this.sentence(one)));
  }

  sentence(one) {
    const words = `${one.what} ${one.mend}`;
    const form = one.form ? [" ", made("a", { className: "govuk-link", href: one.form }, "Mend it by a form")] : [];
    for (const label of one.cures) {
      const className = "govuk-button govuk-button--secondary redress-small-button redress-problem-cure";
      const cure = made("button", { type: "button", className }, label);
      cure.addEventListener("click", () => this.mend(one, label));
      form.push(" ", cure);
    }
    if (!one.shape) return made("li", {}, words, ...form);
    const show = made("button", { type: "button", className: "redress-link-button redress-problem-link" }, words);
    show.addEventListener("click", () => this.lookAt(one.shape.id));
    return made("li", {}, show, ...form);
  }

  lookAt(id) {
    const shape = this.modeler.get("elementRegistry").get(id);
    if (!shape) return;
    this.modeler.get("canvas").scrollToElement(shape, 80);
    this.modeler.get("selection").select(shape);
  }
}

// What is marked: the element; where it is not drawn, or is the whole sheet, what the server says is near.
function shapeOf(registry, one) {
  const own = registry.get(one.element);
  return own && own.parent ? own : registry.get(one.near) || own;
}

function grouped(drawn) {
  const found = new Map();
  for (const one of drawn.filter((each) => each.shape)) {
    found.set(one.shape.id, [...(found.get(one.shape.id) || []), one]);
  }
  return found;
}
