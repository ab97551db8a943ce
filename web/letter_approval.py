"""Somebody else's approval of a letter: who may give it, who asked and when, and what was said where it was sent back.

Whoever writes a letter does not approve it. What was approved is exactly what was read: a change asks for it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine import approvals, writing
from engine.case_files import CaseFile
from engine.rights import Person
from engine.store import drafts
from engine.store.drafts import DraftRow
from engine.wordings import listed
from web import colleagues, current, names, wording
from web.acting import Failed

NO_NOTE = "Say what is to be changed"


@dataclass(frozen=True)
class Approval:
    """Somebody else's approval of the letter as it is: who may give it, and how far it has come.

    `wanted` names the roles that may give it; `nobody` says what to do where nobody else holds one; `sent_back` is what
    was said when it was sent back, each time; `why_late` what is approved where a date had passed.
    """

    roles: Mapping[str, str]  # key and title of those that somebody else holds: whom to ask
    wanted: str
    nobody: str
    status: str
    sentence: str
    may_approve: bool
    is_needed: bool
    sent_back: str
    why_late: str


def of(file: CaseFile, draft: DraftRow, who: Person) -> Approval:
    """How far the approval of a draft has come, for the person who looks at it."""
    keys = writing.approval_roles(file, draft.step, draft.answers, draft.day)
    version = file.book_or_refuse().version
    titles = {key: names.role(version, key) for key in keys}
    others = [one for one in colleagues.everybody() if one.id != draft.writer and not one.is_auditor] if keys else []
    held = {key for key in keys if any(one.holds(file.policy, key, file.area) for one in others)}
    is_given, wanted = draft.status == drafts.APPROVED, " or ".join(titles.values())
    asks_them = draft.status == drafts.ASKED and may_approve(file, draft, who)
    return Approval(
        roles={key: title for key, title in titles.items() if key in held},
        wanted=wanted,
        nobody="" if held or not keys or is_given else _nobody(wanted),
        status=draft.status,
        sentence=_so_far(draft, names.role(version, draft.approval_role), who, asks_them=asks_them),
        may_approve=asks_them,
        is_needed=bool(keys) and not is_given,
        sent_back=draft.sent_back.strip(),
        why_late=_why_late(file, draft) if keys else "",
    )


def _why_late(file: CaseFile, draft: DraftRow) -> str:
    """What is to be approved where more time is written down after the answer was due."""
    if not approvals.is_written_down_late(file, writing.step_event(file, draft.step), draft.day):
        return ""
    return (
        f"The answer was due before today, and this letter is dated {wording.day(draft.day)}. To approve it is to say "
        "that the resident was told then. If not, send an apology with a new date."
    )


def may_approve(file: CaseFile, draft: DraftRow, who: Person) -> bool:
    """Whether the person holds the role that is asked to approve, and did not write it."""
    role = draft.approval_role
    return bool(role) and draft.writer != who.id and who.holds(file.policy, role, file.area) and not who.is_auditor


def in_words(who: Person, note: str) -> str:
    """What stays with a letter that is sent back."""
    return f"{who.name} sent it back on {wording.moment(current.now())}: {note}"


def changed(draft: DraftRow) -> Failed:
    """What is said where a letter was changed since the person read it."""
    saved = f"{draft.writer_name} saved this letter on {wording.moment(draft.saved)}"
    return Failed([{"text": f"{saved}, after you opened it. Read it again."}], {}, 409)


def _nobody(wanted: str) -> str:
    """What to do where nobody but the writer could approve."""
    giving = listed([one.name for one in colleagues.everybody() if one.is_administrator])
    return (
        f"Nobody else holds the role {wanted} for this case, so nobody can approve the letter. To have it given to "
        f"somebody, ask whoever looks after people and roles here{': ' if giving else ''}{giving}. The letter stays "
        "here meanwhile."
    )


def _so_far(draft: DraftRow, role: str, who: Person, *, asks_them: bool) -> str:
    if draft.status == drafts.APPROVED and draft.approved_at:
        by = "You" if draft.approver == who.id else draft.approver_name
        return f"{by} approved this letter on {wording.moment(draft.approved_at)}."
    if not draft.asked_at or not draft.approval_role:
        return ""
    asked = f"on {wording.moment(draft.asked_at)}"
    if asks_them:
        return f"{draft.writer_name} asked {asked} that you, as {role}, approve this letter."
    by = "You" if draft.writer == who.id else draft.writer_name
    return f"{by} asked for approval {asked}. It waits for the {role}."
