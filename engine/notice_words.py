"""The words of notices to staff, as plain text: reference, task, date and where to look; no person, no complaint.

And those of a checkpoint of the record, which goes to whoever keeps it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from engine import notices
from engine.wordings import day_in_words

CHECKPOINT = "checkpoint"
AUTOMATIC = "Redress wrote this. Nobody reads answers to it."
PARTS = {"overdue": "Overdue", "today": "Due today", "this_week": "Due later this week"}


def words(said: Mapping[str, Any], address: str) -> tuple[str, str]:
    """A notice's subject and text. `address` is where people reach Redress, empty where nobody has said.

    Raises KeyError for what is no notice.
    """
    if said["what"] == notices.DIGEST:
        return _digest(said, address)
    if said["what"] == CHECKPOINT:
        return _checkpoint(said)
    reference, task, due = said["reference"], said.get("task", ""), _day(said.get("due", ""))
    date_of = f"It is due on {due}." if due else "It has no date yet."
    subject, *lines = {
        notices.ASSIGNED: (f"{reference}: you have a task", f"{task} was given to you.", date_of),
        notices.REMINDER: (f"{reference}: due on {due}", f"{task} is due on {due} and is not done yet."),
        notices.OVERDUE: (f"{reference}: overdue", f"{task} was due on {due} and is not done."),
        notices.RETURNED: (
            f"{reference}: a letter came back",
            "A letter that you sent by e-mail came back. The step it belonged to is not done: the case says why.",
        ),
        notices.WAITS: (
            f"{reference}: a letter has not gone",
            "A letter that you sent by e-mail has not gone for a day. It is still being tried: the case says why.",
        ),
    }[said["what"]]
    return subject, _text([f"Complaint {reference}", *lines, _link(address, f"cases/{reference}")])


def _digest(said: Mapping[str, Any], address: str) -> tuple[str, str]:
    counts = [f"{_many(said[key]['count'])} {title.lower()}" for key, title in PARTS.items() if said[key]["count"]]
    counts += [f"{len(said['letters'])} with a letter to look at"] if said["letters"] else []
    blocks = [f"Your complaints on {_day(said['day'])}: {', '.join(counts)}."]
    blocks += [_listed(title, said[key]) for key, title in PARTS.items() if said[key]["count"]]
    if said["letters"]:
        blocks.append("\n".join(["Letters that need somebody:", *(f"* {one}" for one in said["letters"])]))
    return f"Your complaints: {', '.join(counts)}", _text([*blocks, _link(address, "")])


def _checkpoint(said: Mapping[str, Any]) -> tuple[str, str]:
    """A checkpoint, and what it is for. Its own text stands last, so that it can be taken out and hashed."""
    subject = f"Checkpoint {said['number']} of the complaints record, {_day(said['day'])}"
    kept = "Keep this message where nobody who runs the complaints database can change it."
    used = "'redress verify --checkpoint HASH' says whether the record still agrees with it."
    return subject, _text([said["text"], f"{kept} {used}", f"The hash is the SHA-256 of this line:\n{said['head']}"])


def _listed(title: str, part: Mapping[str, Any]) -> str:
    tasks: Sequence[Sequence[str]] = part["tasks"]
    lines = [f"* {reference}: {task}, {_day(due) or 'no date'}" for reference, task, due in tasks]
    more = part["count"] - len(tasks)
    return "\n".join([f"{title} ({_many(part['count'])}):", *lines, *([f"* and {more} more"] if more > 0 else [])])


def _many(count: int) -> str:
    return f"{count}" if count < 100 else "99+"


def _text(blocks: Sequence[str]) -> str:
    return "\n\n".join([*(block for block in blocks if block), AUTOMATIC]) + "\n"


def _link(address: str, path: str) -> str:
    return f"{address.rstrip('/')}/{path}" if address else ""


def _day(text: str) -> str:
    return day_in_words(date.fromisoformat(text)) if text else ""
