// A form whose sending takes a while: its button rests and says so, until the next page comes.

function rest(form, isBusy) {
  const button = form.querySelector("button[type=submit]");
  const status = form.querySelector("[role=status]");
  if (isBusy && !form.dataset.words) {
    form.dataset.words = button.textContent;
  }
  if (form.dataset.words) {
    button.textContent = isBusy ? form.dataset.busy : form.dataset.words;
    button.disabled = isBusy;
    button.setAttribute("aria-disabled", String(isBusy));
    status.textContent = isBusy ? form.dataset.told : "";
  }
}

export function startBusyForms() {
  for (const form of document.querySelectorAll("form[data-module=redress-busy]")) {
    form.addEventListener("submit", () => rest(form, true));
    window.addEventListener("pageshow", () => rest(form, false)); // the browser's "back" shows the page as it was left
  }
}
