"""Somebody else's approval of a letter: which roles may give it, and what is approved with it.

More time outside the Code's (Code 6.4, 6.15), or told in time and written down only after the due date, is approved by
someone senior; of any other letter it is for the template to ask for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine import more_time
from engine.case_files import CaseFile
from engine.letters_out import template_for
from engine.more_time import Room
from engine.policy import bare, stage_of
from engine.refusals import Refused
from engine.rights import roles_that_approve
from engine.store import drafts
from engine.store.drafts import DraftRow

Answers = Mapping[str, object]


def roles(file: CaseFile, event: str, answers: Answers, day: date) -> list[str]:
    """The roles of which one must approve an event's letter of that date before it goes; none needed: empty."""
    book = file.book_or_refuse()
    if wants_senior(file, event, answers, day):
        return roles_that_approve(book.version, stage_of(event))
    template = template_for(book, event)
    return [template.approved_by] if template and template.approved_by else []


def is_outside(file: CaseFile, event: str, answers: Answers) -> bool:
    """Whether the event gives more time outside the Code's."""
    room = _room(file, event)
    return room is not None and room.is_outside(more_time.as_day(answers.get("to")))


def is_written_down_late(file: CaseFile, event: str, day: date) -> bool:
    """Whether the event gives more time for an answer that was due before today, by a letter of a day in time."""
    room = _room(file, event)
    return room is not None and day <= room.due and room.is_over(file.standing.ledger.today)


def wants_senior(file: CaseFile, event: str, answers: Answers, day: date) -> bool:
    """Whether the event gives more time that someone senior must approve."""
    return is_outside(file, event, answers) or is_written_down_late(file, event, day)


def with_approval(file: CaseFile, event: str, given: dict[str, object], approver: str, day: date) -> dict[str, object]:
    """The answers with who approved more time, where that is wanted."""
    return {**given, "approved_by": approver} if wants_senior(file, event, given, day) else given


def approver_of(file: CaseFile, step: str, answers: Answers, wanted: list[str], approved: DraftRow | None) -> DraftRow:
    """Who approved the letter as it is. Raises Refused where nobody has, or its words changed since."""
    version = file.book_or_refuse().version
    titles = " or ".join(version.roles[role].title for role in wanted if role in version.roles)
    if approved is None or approved.status != drafts.APPROVED or approved.step != step:
        raise Refused(f"This letter goes only once somebody else has approved it: {titles}. Ask for that first.")
    if dict(approved.answers) != dict(answers):
        raise Refused(f"The letter was changed after {approved.approver_name} approved it. Ask for approval again.")
    if approved.approval_role not in wanted or approved.approver == approved.writer:
        raise Refused(f"Somebody else must approve this letter: {titles}. Ask for that first.")
    return approved


def _room(file: CaseFile, event: str) -> Room | None:
    """The room for more time that the event gives; None where it gives none."""
    seen = file.standing.ledger
    gives = bare(event) in more_time.GIVES
    return more_time.room_of(seen.deadlines.get(f"{stage_of(event)}.response"), seen.days) if gives else None
