"""What a person does at a browser, in verbs: sign in, log a complaint, complete a task, record what happened.

Questions and buttons are named by their words on the page, and found as a person finds them. Each new page met on the
way is looked at: axe at WCAG 2.2 AA, HTML that a strict parser takes, no id twice, nothing wider than the screen, and
every line of an error summary leads to something.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import html5lib
from playwright.sync_api import Locator, Page, Response

from engine.events import moment
from tests.known_password import PASSWORD
from tests.web.office_work import assert_valid

REFERENCE = re.compile(r"[A-Z]{1,6}-\d{4}-\d{5,}")
VERSION, STAGE = re.compile(r"/policies/[^/]+/[^/]+"), re.compile(r"stage_\d")
DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
SAID_BY_RESIDENT = {
    "How did the complaint reach us?": "E-mail",
    "Name of the resident": "Ada Lovelace",
    "Address": "12 Engine Row\nMadeup Town",
    "Postcode": "ZZ1 1AA",
    "How would the resident like to hear from us?": "E-mail",
    "What has happened?": "The boiler has been broken for three weeks. Nobody came.",
    "What would put things right?": "A working boiler.",
    "Which service is it about?": "Repairs",
}

HOW_SENT = ("How was it sent?", "How was the notice sent?", "How was the resident told?")
WAYS = {
    "Letter": "By post",
    "In person": "Handed over",
    "Telephone": "Read out by telephone",
    "Text message": "As a text message",
}
Answers = Mapping[str, str]


def in_words(text: str) -> str:
    """A text as a browser's regular expression finds it."""
    return re.sub(r"([.?*+()\[\]|])", r"\\\1", text)


class Desk:
    """Somebody at a browser. `clock` is the office's; `faults` collects what is wrong with them; `is_new` says of a
    kind of page whether nobody looked at one yet, once."""

    def __init__(
        self,
        page: Page,
        address: str,
        clock: Any,
        axe: Callable[[Page], list[str]],
        faults: list[str],
        is_new: Callable[[str], bool],
    ) -> None:
        self.page, self.address, self.clock = page, address, clock
        self.axe, self.faults, self.is_new = axe, faults, is_new
        self.answer: Response | None = None
        page.on("response", self._note)

    # --- moving about ---------------------------------------------------------------------------

    def sign_in(self, name: str, password: str = PASSWORD) -> None:
        self.go("/sign-in")
        self.fill({"Sign-in name": name, "Password": password})
        self.press("Sign in")

    def on(self, day: str, time: str = "10:00") -> Desk:
        """On another day, at ten unless it says otherwise."""
        self.clock.now = moment(f"{day}T{time}")
        return self

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)
        self.look()

    def press(self, button: str) -> None:
        """Press the button of that name, and wait for the page it brings."""
        found = self.page.get_by_role("button", name=button, exact=True).and_(self.page.locator(":not([tabindex])"))
        with self.page.expect_navigation():
            found.first.click()
        self.look()

    def take(self, reference: str) -> None:
        """Take a task of a case, from a list."""
        with self.page.expect_navigation():
            self.page.get_by_role("row").filter(has_text=reference).get_by_role("button", name="Take it").click()
        self.look()

    def follow(self, link: str) -> None:
        """Follow the link that begins with those words; on a telephone, out of the menu."""
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
            menu.click()
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=re.compile(f"^{in_words(link)}")).first.click()
        self.look()

    def case(self, reference: str) -> None:
        self.go(f"/cases/{reference}")

    # --- the work -------------------------------------------------------------------------------

    def preview_complaint(self, landlord: str, received: str, **other: str) -> None:
        """Log a complaint as far as the page that shows what follows. `other`: words of the resident that differ."""
        self.go("/")
        self.follow("Log a complaint")
        choices = {"Whose complaints policy does it fall under?": landlord}
        self.fill({**choices, "When did we receive the complaint?": received})
        self.press("Continue")
        self.fill(SAID_BY_RESIDENT | {name.replace("_", " "): value for name, value in other.items()})
        self.press("Continue")

    def log_complaint(self, landlord: str, received: str = "", **other: str) -> str:
        """Log a complaint; its reference. Received today, unless it says when."""
        self.preview_complaint(landlord, received or f"{self.clock.now:%Y-%m-%d}", **other)
        return self.save_complaint()

    def save_complaint(self) -> str:
        self.press("Log the complaint")
        return REFERENCE.search(self.page.url)[0]

    def open_task(self, reference: str, task: str) -> None:
        """From the case, by the link of the task."""
        self.case(reference)
        with self.page.expect_navigation():
            self.page.locator(".govuk-task-list__link", has_text=re.compile(in_words(task), re.IGNORECASE)).click()
        self.look()

    def complete(self, reference: str, task: str, answers: Answers | None = None) -> None:
        self.open_task(reference, task)
        self.finish(answers or {}, "Complete this task")

    def accept(self, reference: str) -> None:
        """Triage: it is a complaint."""
        self.complete(reference, "Decide what this is", {"What have you decided?": "Accept it as a complaint"})

    def record(self, reference: str, happening: str, answers: Answers | None = None) -> None:
        """Press the button of what may happen, and record that it did."""
        self.case(reference)
        self.follow_happening(happening)
        self.finish(answers or {}, "Record it")

    def finish(self, answers: Answers, button: str) -> None:
        """Fill a form and press its button; where it is of a letter, write the letter and send it."""
        if not self.is_letter:
            self.fill(answers)
            return self.press(button)
        self.write(answers, is_whole=button == "Complete this task")
        return self.send(next((answers[one] for one in HOW_SENT if one in answers), "E-mail"))

    @property
    def is_letter(self) -> bool:
        """Whether the page is one on which a letter is written."""
        return self.page.get_by_role("button", name="Preview the letter", exact=True).count() == 1

    def write(self, answers: Answers, *, is_whole: bool = True) -> None:
        """Write a letter as far as its preview. A whole one says something of everything it can be asked about."""
        self.fill({question: answer for question, answer in answers.items() if question not in HOW_SENT})
        boxes = self.page.locator("main form textarea:visible, main form input[type=text]:visible").all()
        for box in boxes if is_whole else []:
            name = box.get_attribute("name") or ""
            if not box.input_value() and not name.startswith("promised"):
                part = {"day": "31", "month": "12", "year": f"{self.clock.now:%Y}"}.get(name.rpartition("-")[2])
                box.fill(part or "As recorded.")
        self.press("Preview the letter")

    def send(self, way: str = "E-mail", day: str = "") -> None:
        """Send the letter whose preview this is, in one of the ways it may go; where it reads otherwise that way, it is
        shown again, and sent as it is shown then."""
        button = "Send it" if way == "E-mail" else "Record that it was sent"
        if not self.page.get_by_role("button", name=button, exact=True).is_visible():
            self.page.locator(".redress-letter-going details summary").first.click()
        if way != "E-mail":
            self.fill({"How was it sent?": WAYS[way]} | ({"On which day?": day} if day else {}))
        elif not self.value("E-mail address"):
            self.enter("E-mail address", "ada@example.org")
        self.press(button)
        if "is not the one you had before you" in self.text:
            self.press(button)

    def follow_happening(self, happening: str) -> None:
        wanted = re.compile(rf"^{in_words(happening)}$", re.IGNORECASE)
        with self.page.expect_navigation():
            self.page.locator("main a", has_text=wanted).first.click()
        self.look()

    def correct(self, reference: str, event: str, answers: Answers) -> None:
        """From the timeline, as far as the page that shows what it would change."""
        self.case(reference)
        item = self.page.locator(".moj-timeline__item", has=self.page.get_by_role("heading", name=event, exact=True))
        with self.page.expect_navigation():
            item.first.get_by_role("link", name="Correct this").click()
        self.look()
        self.fill(answers)
        self.press("See what it would change")

    # --- forms ----------------------------------------------------------------------------------

    def fill(self, answers: Answers) -> None:
        for question, answer in answers.items():
            self.enter(question, answer)

    def enter(self, question: str, answer: str) -> None:
        """Answer one question: a date as `2024-06-03`, a choice by its words."""
        group = self._either(lambda words: self.page.get_by_role("group", name=words, exact=True), question)
        if not group.count():
            box = self._box(question)
            is_list = box.evaluate("box => box.tagName") == "SELECT"
            box.select_option(label=answer) if is_list else box.fill(answer)
        elif day_meant := DATE.fullmatch(answer):
            year, month, day = day_meant.groups()
            for part, value in (("Day", day.lstrip("0")), ("Month", month.lstrip("0")), ("Year", year)):
                group.get_by_label(part, exact=True).fill(value)
        else:
            group.get_by_label(answer, exact=True).first.check()

    def value(self, question: str) -> str:
        """What stands in a box."""
        return self._box(question).input_value()

    def _box(self, question: str) -> Locator:
        return self._either(lambda words: self.page.get_by_label(words, exact=True), question)

    def _either(self, find: Callable[[str], Locator], question: str) -> Locator:
        """A question that need not be answered says so behind its words."""
        return find(question).or_(find(f"{question} (optional)")).locator("visible=true")

    # --- what the page says ---------------------------------------------------------------------

    @property
    def text(self) -> str:
        """The words of the page, with single spaces."""
        return " ".join(self.page.locator("main").inner_text().split())

    @property
    def heading(self) -> str:
        return " ".join(self.page.locator("h1").first.inner_text().split())

    @property
    def told(self) -> str:
        """The banner above the page."""
        return " ".join(self.page.locator(".govuk-notification-banner__content").first.inner_text().split())

    @property
    def problems(self) -> list[str]:
        """The lines of the error summary."""
        return [line.strip() for line in self.page.locator(".govuk-error-summary__list li").all_inner_texts()]

    @property
    def to_be_done(self) -> list[str]:
        """The tasks of a case, and what is owed in it besides."""
        return self.page.locator(".govuk-task-list__link").all_inner_texts()

    @property
    def may_happen(self) -> list[str]:
        """The buttons of what may happen now."""
        return self.page.locator('.redress-actions a.govuk-button[href*="/record/"]').all_inner_texts()

    @property
    def dates(self) -> dict[str, str]:
        """Each promise of the table of dates and its day: `{"Stage 1: answer": "Friday 3 January 2025"}`."""
        found = {}
        for row in self.page.locator("table.redress-stacked tbody tr").all():
            day = row.locator("td strong").first
            title = " ".join(row.locator("th").first.inner_text().split("\n")[0].split())
            found[title] = day.inner_text() if day.count() else ""
        return found

    def row(self, title: str) -> str:
        """The words of one row of a table."""
        return " ".join(self.page.get_by_role("row").filter(has_text=title).first.inner_text().split())

    # --- what is wrong with it ------------------------------------------------------------------

    def look(self) -> None:
        """Look at a page of a kind that was not met before in this run: another address, heading or error. With axe,
        which takes longest, one of those that differ by their stage or version alone."""
        where = REFERENCE.sub("<reference>", self.page.url.removeprefix(self.address)).partition("?")[0]
        error = " with an error" if self.page.locator(".govuk-error-summary").count() else ""
        kind = f"{where} {self.heading}{error}"
        if not self.is_new(kind):
            return
        found = [*self._html(), *self._width(), *self._dead_links()]
        like_it = VERSION.sub("/policies/<version>", STAGE.sub("<stage>", where)) + error
        found += self.axe(self.page) if self.is_new(f"axe: {like_it}") else []
        self.faults += [f"{kind}: {fault}" for fault in found]

    def _note(self, answer: Response) -> None:
        if answer.request.resource_type == "document" and not 300 <= answer.status < 400:
            self.answer = answer

    def _html(self) -> list[str]:
        try:
            assert_valid(self.answer.text() if self.answer else "")
        except (html5lib.html5parser.ParseError, AssertionError) as wrong:
            return [f"not valid HTML: {wrong}"]
        return []

    def _width(self) -> list[str]:
        wide, screen = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        return [f"the page is {wide} wide on a screen of {screen}"] if wide > screen else []

    def _dead_links(self) -> list[str]:
        hrefs: list[Locator] = self.page.locator(".govuk-error-summary__list a").all()
        ids = [str(one.get_attribute("href"))[1:] for one in hrefs]
        return [f"the error summary leads to #{one}, which is not there" for one in ids if not self._has(one)]

    def _has(self, name: str) -> bool:
        return self.page.locator(f'[id="{name}"]').count() == 1
