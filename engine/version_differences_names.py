"""What the things of two versions are called in sentences: roles, stages, deadlines, events and sources by title."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.policy import bare, stage_of
from engine.policy_stages import whole_event
from engine.version_differences_text import Difference, Telling, of_value
from engine.version_differences_trees import Known, Tree, key_words, quoted, text_at, texts, words
from engine.wordings import listed
from engine.yardstick import Asked, Edition, Requirement, Yardstick

EVENTS = {
    "complaint_received": "receiving the complaint",
    "requested": "the request",
    "acknowledged": "the acknowledgement",
    "response_sent": "our response",
    "response_received": "the resident receiving our response",
    "panel_met": "the panel's meeting",
    "resident_aware": "the day the resident knew",
    "issue_occurred": "the day it happened",
}
DEADLINES = {
    "panel": "panel meeting",
    "request_window": "time to ask for it",
    "direct_from": "earliest day to go there",
    "complain_by": "time to complain",
}
LETTERS = {"must": "what it must hold", "approved_by": "who approves it"}
#: the head of a version, in words
HEAD = {
    "policy": "Policy",
    "version": "Name of the version",
    "title": "Title",
    "landlord": "Landlord",
    "in_force_from": "In force from",
    "workflow": "Diagram of the whole",
    "calendar": "Calendar",
    "receipt": "Day of receipt",
    "counting": "First day counted",
    "delivery": "When an answer counts as received",
    "desk": "Complaints desk",
    "channels": "Ways to complain",
}
CHANNELS = {"in_person": "in person", "email": "e-mail", "text": "text message", "phone": "telephone"}


@dataclass(frozen=True)
class Sides:
    """Both versions' files as trees, and what the Code asks on the day the later begins."""

    before: Known
    after: Known
    code: Mapping[str, tuple[Requirement, Asked]] = field(
        default_factory=dict
    )  # by kind and about: `deadline stage_1.response`
    edition: Edition | None = None
    condition: Callable[[str], str] = str  # the condition of a decision, in words

    def _titled(self, group: str, key: str) -> str:
        return text_at(self.after, group, key, "title") or text_at(self.before, group, key, "title")

    def role(self, value: Tree | None) -> str:
        """A role by its title."""
        key = words(value)
        return self._titled("roles", key) or key_words(key)

    def stage(self, key: str) -> str:
        """A stage by its title."""
        return self._titled("stages", key) or key_words(key).capitalize()

    def stage_value(self, value: Tree | None) -> str:
        return self.stage(words(value))

    def deadline(self, key: str) -> str:
        """A deadline by its stage's title: `Stage 1 response`."""
        stage, name = stage_of(key), bare(key)
        said = DEADLINES.get(name, key_words(name))
        if stage is None:
            return said.capitalize()
        title = self.stage(stage)
        return f"{title}, {said}" if "," in title or len(said.split()) > 1 else f"{title} {said}"

    def event(self, value: Tree | None, stage: str | None = None) -> str:
        """An event as the start or the end of a clock: `the acknowledgement`, `the acknowledgement of Stage 1`."""
        name = words(value)
        whole = whole_event(name, stage)
        of_stage = stage_of(whole)
        said = EVENTS.get(bare(whole), key_words(bare(whole)))
        return said if of_stage in (None, stage) else f"{said} at {self.stage(str(of_stage))}"

    def citation(self, value: Tree | None) -> str:
        """`Complaint Handling Code 2024 (6.3)` of `code 6.3`; the id of a rule as it is."""
        source, _, paragraph = words(value).partition(" ")
        title = self._titled("sources", source)
        if not title:
            return words(value)
        return f"{title} ({paragraph})" if paragraph else title

    def cited(self, value: Tree | None) -> str:
        """One citation, or a list of them."""
        return listed([self.citation(one) for one in texts(value)])

    def channel(self, value: Tree | None) -> str:
        return CHANNELS.get(words(value), key_words(words(value)))

    def about(self, kind: str, what: str) -> tuple[Requirement, Asked] | None:
        """What the Code asks of a thing, such as `deadline` of `stage_1.response`; None where nothing."""
        return self.code.get(f"{kind} {what}")


def sides(before: Known, after: Known, code: Yardstick | None, condition: Callable[[str], str] = str) -> Sides:
    """Both trees, with the Code as it stands when the later of the two versions begins."""
    begins = max(_begins(before), _begins(after))
    if code is None or (edition := code.edition_on(begins)) is None:
        return Sides(before, after, condition=condition)
    asked = {f"{one.kind} {one.about}": (one, now) for one in code.requirements if (now := one.on(begins))}
    return Sides(before, after, asked, edition, condition)


def _begins(found: Known) -> date:
    try:
        return date.fromisoformat(text_at(found, "in_force_from"))
    except ValueError:
        return date.min


def provision(asked: Asked) -> str:
    """Where the Code says it and how sure we are of it: `6.3`; `6.14, its number not checked`."""
    unsure = {"verified": "", "content": "its number not checked", "memory": "from memory, to be checked"}[asked.sure]
    return ", ".join(part for part in (asked.provision, unsure) if part)


def wording(what: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    """Words that people read, shown side by side."""
    if before is None or after is None or quoted(before) == quoted(after):
        return []
    about = telling.of(what)
    return [about.says("changed", f"{about.about}: reworded.", words(before), words(after))]


def of_cites(names: Sides, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    """Where something is written."""
    return of_value(telling.of("where it is written"), before, after, names.cited)
