"""A browser worked by its keys alone: Tab to what is wanted, then type, Space or Enter."""

from __future__ import annotations

import re

from playwright.sync_api import Page

MOST_TABS = 150
NAME = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const asked = at.closest("fieldset")?.querySelector("legend")?.innerText ?? "";
  const own = at.labels?.[0]?.innerText ?? at.innerText ?? "";
  return at.type === "radio" ? asked : own;
}"""
CHOSEN = """() => [document.activeElement.labels[0].innerText, document.activeElement.checked]"""
IS_SEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  return box.width > 0 && box.height > 0 && !at.closest("[aria-hidden=true]");
}"""


class Keyboard:
    """The keys. Where the focus is can be seen at each step, or it fails."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def focused(self) -> str:
        """The words of what has the focus; for a radio, the question it belongs to."""
        text = " ".join(str(self.page.evaluate(NAME)).split())
        return text.removesuffix(" (optional)")

    def press_key(self, key: str) -> None:
        self.page.keyboard.press(key)

    def reach(self, words: str) -> None:
        """Tab until the focus is on what has those words."""
        passed = []
        for _ in range(MOST_TABS):
            if self.focused == words:
                return
            passed.append(self.focused)
            self.press_key("Tab")
            assert self.page.evaluate(IS_SEEN) or not self.focused, f"the focus is on something unseen: {self.focused}"
        raise AssertionError(f"{words!r} is not reached by Tab; passed: {passed}")

    def type_in(self, question: str, text: str) -> None:
        self.reach(question)
        self.press_key("Control+A")
        self.page.keyboard.type(text)

    def choose(self, question: str, answer: str) -> None:
        """One of several: Space on the first, arrows to the one that is meant."""
        self.reach(question)
        for _ in range(20):
            words, is_chosen = self.page.evaluate(CHOSEN)
            if re.sub(r"\s+", " ", words).strip() == answer:
                if not is_chosen:
                    self.press_key("Space")
                return
            self.press_key("ArrowDown")
        raise AssertionError(f"{answer!r} is not reached by the arrows")

    def enter(self, words: str) -> None:
        """Press Enter on a link or a button, and wait for the page it brings."""
        self.reach(words)
        with self.page.expect_navigation():
            self.press_key("Enter")
