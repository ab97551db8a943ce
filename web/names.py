"""What stages, deadlines, roles and citations are called under a version, in the words of people.

The ids are the engine's; a page shows these. Nothing here knows a request.
"""

from __future__ import annotations

from engine.policy import Citation, DeadlineRule, PolicyVersion, bare, stage_of
from engine.replay import Rulebook
from web import wording

DEADLINES = {
    "acknowledgement": "acknowledgement",
    "response": "answer",
    "panel": "panel meeting",
    "request_window": "time to ask for this stage",
    "complain_by": "Time to complain",
    "direct_from": "earliest day to go to the Ombudsman",
}
STARTS = {
    "complaint_received": "receiving the complaint",
    "requested": "the request",
    "acknowledged": "the acknowledgement",
    "response_sent": "our answer",
    "response_received": "the resident receiving our answer",
    "panel_met": "the panel meeting",
    "resident_aware": "the day the resident knew",
    "issue_occurred": "the day it happened",
}


def stage(version: PolicyVersion, key: str | None) -> str:
    """A stage's title; intake where the case is at none yet."""
    if key is None:
        return "Intake"
    return version.stage(key).title if version.has_stage(key) else wording.plain(key)


def deadline(version: PolicyVersion, key: str) -> str:
    """`Stage 1: acknowledgement`, `Time to complain`."""
    words = DEADLINES.get(bare(key), bare(key).replace("_", " "))
    of_stage = stage_of(key)
    return f"{stage(version, of_stage)}: {words}" if of_stage else words


def promise(version: PolicyVersion, rule: DeadlineRule) -> str:
    """A deadline with its length: `Stage 1: acknowledgement, within 5 working days of receiving the complaint`."""
    of = STARTS.get(bare(rule.of), bare(rule.of).replace("_", " "))
    return f"{deadline(version, rule.key)}, within {rule.within} of {of}"


def promise_at(version: PolicyVersion, rule: DeadlineRule, at: str | None) -> str:
    """The same, seen from a stage: its own deadlines do not name it again."""
    words = promise(version, rule)
    own = f"{stage(version, at)}: "
    return words[len(own) :].capitalize() if at and words.startswith(own) else words


def role(version: PolicyVersion, key: str) -> str:
    """A role's title."""
    return version.roles[key].title if key in version.roles else wording.plain(key)


def citation(version: PolicyVersion, cited: Citation) -> str:
    """The document and the place in it: `Complaint Handling Code 2024, 6.2`."""
    source = version.sources.get(cited.source)
    title = source.title if source else cited.source
    return f"{title}, {cited.paragraph}" if cited.paragraph else title


def happening(book: Rulebook, name: str) -> str:
    """What may be recorded, in the words of its title: `Stage 1: give an extension`."""
    definition = book.workflows.facts.get(bare(name)) or book.message(name)
    title = definition.title if definition else wording.plain(bare(name))
    of_stage = stage_of(name)
    is_plain = of_stage is None or not book.version.has_stage(of_stage) or book.version.stage(of_stage).is_external
    return title if is_plain or bare(name) == "requested" else f"{stage(book.version, of_stage)}: {_lower(title)}"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]
