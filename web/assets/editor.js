// The text of a draft while somebody types: line numbers that scroll along, and what would be wrong, a moment later.
// The page works without it: it saves, and shows what is wrong by line.
const PAUSE = 500; // milliseconds without a key before the text is checked
const ROOM = 6; // lines kept above the one that is shown

class Editor {
  constructor(root) {
    this.root = root;
    this.text = root.querySelector("textarea");
    this.form = root.closest("form");
    this.told = document.getElementById("problems-here");
    this.numbers = document.createElement("pre");
    this.numbers.className = "redress-editor__numbers redress-code";
    this.numbers.setAttribute("aria-hidden", "true");
    root.prepend(this.numbers);
    root.classList.add("redress-editor--numbered");
    this.wrong = new Set(this.linked().map((link) => Number(link.dataset.line)));
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("scroll", () => this.follow());
    new ResizeObserver(() => this.follow()).observe(this.text);
    this.told.addEventListener("click", (event) => this.go(event));
    this.number();
    if (Number(root.dataset.line)) this.show(Number(root.dataset.line));
  }

  linked() {
    return [...this.told.querySelectorAll("a[data-line]")];
  }

  number() {
    const count = this.text.value.split("\n").length;
    this.numbers.replaceChildren();
    for (let line = 1; line <= count; line += 1) {
      const mark = document.createElement(this.wrong.has(line) ? "mark" : "span");
      mark.textContent = String(line);
      this.numbers.append(mark, "\n");
    }
    this.follow();
  }

  follow() {
    this.numbers.style.height = `${this.text.offsetHeight}px`;
    this.numbers.scrollTop = this.text.scrollTop;
  }

  changed() {
    const count = this.text.value.split("\n").length;
    if (count !== this.numbers.childElementCount) this.number();
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.check(), PAUSE);
  }

  async check() {
    const asked = (this.asked = this.text.value);
    try {
      const answer = await fetch(this.root.dataset.check, { method: "POST", body: new FormData(this.form) });
      if (!answer.ok || asked !== this.asked) return;
      this.say((await answer.json()).here);
    } catch {
      // No answer: what was found before stays, and saving says it again.
    }
  }

  say(found) {
    this.wrong = new Set(found.map((one) => one.line));
    const list = document.createElement("ul");
    list.className = "govuk-list redress-problem-list";
    for (const one of found) {
      const line = document.createElement("li");
      const link = document.createElement("a");
      link.className = "govuk-link";
      link.href = "#text";
      link.dataset.line = String(one.line);
      link.textContent = `Line ${one.line}`;
      line.append(link, `, ${one.place}: ${one.what} ${one.mend}`);
      list.append(line);
    }
    const title = document.createElement("h2");
    title.className = "govuk-heading-s govuk-!-margin-bottom-1";
    const many = found.length === 1 ? "1 problem" : `${found.length} problems`;
    title.textContent = found.length ? `${many} in this file, as it is typed` : "No problem in this file, as it is typed";
    this.told.replaceChildren(title, list);
    this.number();
  }

  go(event) {
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    this.show(Number(link.dataset.line));
  }

  show(line) {
    const lines = this.text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.text.focus();
    this.text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    const height = parseFloat(getComputedStyle(this.text).lineHeight);
    this.text.scrollTop = Math.max(0, (line - ROOM) * height);
  }
}

export function startEditors() {
  for (const root of document.querySelectorAll('[data-module="redress-editor"]')) new Editor(root);
}
