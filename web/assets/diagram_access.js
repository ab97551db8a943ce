// What bpmn-js and its panel leave out for people who do not see or use a mouse: names for buttons and for the drawing.
// And their inline styles, which the page's security policy refuses as text (the build calls them `data-style`) and
// allows when a script sets them.
const label = (element, words) => words && !element.getAttribute("aria-label") && element.setAttribute("aria-label", words);

function name(place) {
  place.querySelectorAll("[data-style]").forEach((element) => {
    element.style.cssText += element.dataset.style;
    element.removeAttribute("data-style");
  });
  place.querySelectorAll("svg[data-element-id], .djs-container > svg, .djs-container svg[tabindex]").forEach((svg) => {
    label(svg, "The drawing. Every part of it can also be changed by the forms below.");
    if (!svg.getAttribute("role")) svg.setAttribute("role", "group");
  });
  place.querySelectorAll(".djs-palette .entry, .djs-context-pad .entry").forEach((entry) => {
    entry.setAttribute("role", "button");
    label(entry, entry.getAttribute("title"));
  });
  place.querySelectorAll(".bio-properties-panel-group-header-button").forEach((button) => {
    label(button, button.getAttribute("title"));
  });
  place.querySelectorAll(".bts-toggle-mode").forEach((toggle) => {
    const words = toggle.firstChild;
    if (words.textContent.includes("Token Simulation")) words.textContent = "Walk through it ";
    if (toggle.getAttribute("role")) return;
    toggle.setAttribute("role", "button");
    toggle.setAttribute("tabindex", "0");
    toggle.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      toggle.click();
    });
  });
  place.querySelectorAll(".bjs-powered-by").forEach((link) => label(link, "Drawn with bpmn.io"));
}

export function accessible(modeler, place) {
  name(place);
  new MutationObserver(() => name(place)).observe(place, { childList: true, subtree: true });
}
