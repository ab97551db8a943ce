// Shows a form's preview while somebody types. The page has a button for it and works without this.
// data-preview: where the form is sent to for its preview; data-preview-into: the element it is shown in.
const PAUSE = 400; // milliseconds without a key before it is asked for

for (const form of document.querySelectorAll("form[data-preview]")) {
  const shown = document.getElementById(form.dataset.previewInto);
  const status = document.getElementById("preview-status");
  let waiting = 0;
  let asked = null;

  const show = async () => {
    asked?.abort();
    asked = new AbortController();
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        body: new FormData(form),
        signal: asked.signal,
        credentials: "same-origin",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      shown.innerHTML = await answer.text(); // our own page, escaped where it was made
      for (const hidden of shown.querySelectorAll("[class*='__conditional--hidden']")) {
        hidden.className = hidden.className.replace(/\S+__conditional--hidden/, ""); // nothing here opens it
      }
      if (status) status.textContent = "The preview shows what you typed.";
    } catch (error) {
      if (error.name !== "AbortError" && status) status.textContent = "The preview could not be brought up to date.";
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
}
