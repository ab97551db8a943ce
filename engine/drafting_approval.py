"""The way of a draft to approval: asked for, taken back, sent back with a reason, approved by somebody who changed
nothing in it, with the body that decided and its minute.
"""

from __future__ import annotations

from datetime import datetime

from engine import draft_library, drafting_words, publication_rules
from engine.draft_library import Checked
from engine.drafting_store import Draft, read, record, refuse_unless, row_of
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import APPROVER, AUTHOR, Person
from engine.store import policy_drafts
from engine.store.database import Transaction
from engine.store.policy_drafts import APPROVED, ASKED, DRAFTING, NOT_ASKED, DraftRow

LONGEST = 500


def ask_approval(office: Office, draft_id: int, who: Person, now: datetime) -> DraftRow:
    """Ask for the draft to be approved as it is now; nobody changes it until that is decided or taken back.

    Raises Refused while it has problems or a story of its own fails, or its day could not be.
    """
    with office.database.reading() as tx:
        draft = read(tx, row_of(tx, draft_id))
    refuse_unless(who, draft.row.policy, (AUTHOR,), "ask for approval of drafts of this policy")
    drafting_words.refuse_unless_drafting(draft.row)
    found = refuse_unless_sound(office, draft)
    refuse_failing_stories(office, found)
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        drafting_words.refuse_unless_drafting(row)
        if read(tx, row).numbers != draft.numbers:
            raise Refused("The draft was changed while it was checked. Look at it, then ask again.")
        _refuse_its_day(tx, found, now)
        asked = {"asked_by": int(who.id), "asked_by_name": who.name, "asked_at": now}
        policy_drafts.set_state(tx, row.id, ASKED, **dict(NOT_ASKED) | asked)
        record(tx, row, "asked_approval", who, now, {"seal": found.seal})
        return row_of(tx, row.id)


def take_back(office: Office, draft_id: int, who: Person, now: datetime) -> DraftRow:
    """Take the request for approval back, or what was approved: the draft is written on."""
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        refuse_unless(who, row.policy, (AUTHOR,), "change drafts of this policy")
        _refuse_unless_in(row, (ASKED, APPROVED))
        policy_drafts.set_state(tx, row.id, DRAFTING, **NOT_ASKED)
        record(tx, row, "took_back_draft", who, now, {"was": row.state})
        return row_of(tx, row.id)


def send_back(office: Office, draft_id: int, who: Person, now: datetime, reason: str) -> DraftRow:
    """Send the draft back to its authors, with what should be changed. Raises BadAnswers without a reason."""
    said = " ".join(reason.split())
    if not said:
        raise BadAnswers({"reason": "Say what should be changed."})
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        _refuse_unless_approver(read(tx, row), who)
        _refuse_unless_in(row, (ASKED, APPROVED))
        policy_drafts.set_state(tx, row.id, DRAFTING, **NOT_ASKED, sent_back=f"{row.sent_back}{who.name}: {said}\n")
        record(tx, row, "sent_back_draft", who, now, {"reason": said})
        return row_of(tx, row.id)


def approve(
    office: Office, draft_id: int, who: Person, now: datetime, *, body: str, minute: str, seen: str = ""
) -> DraftRow:
    """Approve exactly what stands in the draft, for the body that decided it and under its minute.

    `seen`: the seal that was on the page; where it is another now, nothing is approved. Raises BadAnswers without body
    and minute, Refused for an author of the draft, or while it has problems.
    """
    body, minute = " ".join(body.split())[:LONGEST], " ".join(minute.split())[:LONGEST]
    errors = {} if body else {"body": "Enter the body that approved it, such as the Board."}
    errors |= {} if minute else {"minute": "Enter the minute or the decision it stands in, with its date."}
    with office.database.reading() as tx:
        draft = read(tx, row_of(tx, draft_id))
    _refuse_unless_approver(draft, who)
    _refuse_unless_in(draft.row, (ASKED,))
    if errors:
        raise BadAnswers(errors)
    found = refuse_unless_sound(office, draft)
    if seen and seen != found.seal:
        raise Refused("The draft is no longer what you had before you. Read it again, then approve it.")
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        now_there = read(tx, row)
        _refuse_unless_approver(now_there, who)
        _refuse_unless_in(row, (ASKED,))
        if now_there.numbers != draft.numbers:
            raise Refused("The draft is no longer what you had before you. Read it again, then approve it.")
        _refuse_its_day(tx, found, now)
        approval = {"approved_by": int(who.id), "approved_by_name": who.name, "approved_at": now}
        approval |= {"body": body, "minute": minute, "approved_seal": found.seal}
        policy_drafts.set_state(tx, row.id, APPROVED, **approval)
        record(tx, row, "approved_draft", who, now, {"body": body, "minute": minute, "seal": found.seal})
        return row_of(tx, row.id)


def refuse_unless_sound(office: Office, draft: Draft) -> Checked:
    """What the check of a draft gives. Raises Refused while it has a problem, naming the first."""
    found = draft_library.checked(office, draft.files, draft.key)
    if not found.is_sound:
        first = next(iter(found.wrong), None)
        many = len(found.wrong)
        count = "a problem" if many == 1 else f"{many} problems"
        raise Refused(f"The draft has {count}. Mend that first. {first or ''}".rstrip())
    return found


def refuse_failing_stories(office: Office, found: Checked) -> None:
    """Raises Refused while a story of the draft does not come as it expects, naming the first."""
    failed = [one for one in draft_library.stories(office, found) if not one.passed]
    if failed:
        first = failed[0].failures[0]
        count = "An example of the draft fails" if len(failed) == 1 else f"{len(failed)} examples of the draft fail"
        raise Refused(f"{count}. Mend the draft or the example. “{failed[0].example.name}”: {first}")


def _refuse_unless_approver(draft: Draft, who: Person) -> None:
    refuse_unless(who, draft.row.policy, (APPROVER,), "approve versions of this policy")
    if int(who.id) in draft.author_ids:
        raise Refused(f"{who.name} wrote some of this draft. Somebody who changed nothing in it must approve it.")


def _refuse_unless_in(row: DraftRow, states: tuple[str, ...]) -> None:
    if row.state in states:
        return
    words = {DRAFTING: "Nobody has asked for approval of this draft yet.", **drafting_words.STATES}
    words |= {APPROVED: f"{row.approved_by_name} has approved it already."}
    raise Refused(words[row.state])


def _refuse_its_day(tx: Transaction, found: Checked, now: datetime) -> None:
    """A day the version could not be in force from is told before anybody decides about it."""
    if found.version is not None:
        publication_rules.refuse_an_impossible_day(tx, found.version, now)
