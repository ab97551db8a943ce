"""What there is to do with a draft, in order: each step of the overview's list with how it stands."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for

from engine import stage_letters
from engine.drafting import Draft
from web import studio, studio_example_words, wording

STEPS = (
    ("Change stages and timescales", "studio_stages.page", "The promises, who keeps them, and how long each may take."),
    ("Mend problems", "studio_problems.page", "What would go wrong if it were published as it stands."),
    ("See that the examples still hold", "studio_examples.page", "Stories that say what the version means."),
    ("See what changed", "studio_changes.page", "Every change in a sentence, beside what the Code allows."),
    ("See what it would do", "studio_impact.page", "To past cases, and to the cases open now."),
)


@dataclass(frozen=True)
class Task:
    """A step: its words, where it is done, and how it stands: words with a tag's colour, or words alone."""

    title: str
    href: str
    hint: str
    status: str
    colour: str = ""


def tasks(draft: Draft) -> list[Task]:
    """The steps that have a page, and last what publishing waits for."""
    there = current_app.view_functions
    found = [
        Task(title, url_for(endpoint, draft_id=draft.row.id), hint, *_status(endpoint, draft))
        for title, endpoint, hint in STEPS
        if endpoint in there
    ]
    found[1:1] = _letters(draft)
    if "studio_publish.page" in there:
        title, hint = _last(draft)
        found.append(Task(title, url_for("studio_publish.page", draft_id=draft.row.id), hint, *_status("", draft)))
    return found


def _letters(draft: Draft) -> list[Task]:
    """Letters that may say what is true no more since stages changed."""
    said = stage_letters.to_reread(draft.files, draft.path) if studio.checked(draft).version else []
    if not said:
        return []
    href = url_for("studio_letters.page", draft_id=draft.row.id)
    return [Task("Read these words again", href, said[0], f"{len(said)} to read", "yellow")]


def _status(endpoint: str, draft: Draft) -> tuple[str, str]:
    problems = sum(1 for one in studio.checked(draft).problems if one.severity == "problem")
    passed, failed = studio_example_words.counts(draft)
    if endpoint == "studio_problems.page":
        return (wording.count(problems, "problem"), "red") if problems else ("No problems", "green")
    if endpoint == "studio_examples.page":
        return _of_examples(passed, failed)
    if endpoint:
        return "", ""
    if draft.row.state == "drafting":
        return ("Not yet", "grey") if problems or failed else ("Ready", "blue")
    return studio.STATES[draft.row.state]


def _of_examples(passed: int, failed: int) -> tuple[str, str]:
    if failed:
        return f"{failed} of {passed + failed} come otherwise", "red"
    return (f"All {passed} hold", "green") if passed else ("Not told yet", "grey")


def _last(draft: Draft) -> tuple[str, str]:
    day = wording.day(version.in_force_from) if (version := studio.checked(draft).version) else "its day"
    return {
        "drafting": ("Ask for approval", "Somebody who has changed nothing in it approves it."),
        "asked": ("Approve it or send it back", "For somebody who has changed nothing in it."),
        "approved": ("Publish it", f"It governs complaints received from {day}."),
    }.get(draft.row.state, ("How it ended", ""))
