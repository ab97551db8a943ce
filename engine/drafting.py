"""Drafts of policy versions: begun, changed by several people at once, discarded, sent to somebody else for approval.

Every verb is one transaction and one record of acts about `policy/version`. Whoever changed anything in a draft is one
of its authors and never approves it; what is approved is exactly what was read, by its seal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime

from engine import drafting_words
from engine.drafting_approval import approve as approve
from engine.drafting_approval import ask_approval as ask_approval
from engine.drafting_approval import send_back as send_back
from engine.drafting_approval import take_back as take_back
from engine.drafting_copy import copied
from engine.drafting_publication import publish as publish
from engine.drafting_publication import withdraw as withdraw
from engine.drafting_store import Draft as Draft
from engine.drafting_store import put, read, record, refuse_unless, row_of
from engine.events import ZONE
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import AUTHOR, Person
from engine.store import library as stored
from engine.store import policy_drafts
from engine.store.policy_drafts import AT_WORK, DISCARDED, DraftRow, NameTaken


class Overtaken(Refused):
    """Somebody else changed a file since this person read it: who, when (UTC), and the file as it is now. What this
    person wrote is not in the draft, and theirs to keep."""

    def __init__(self, path: str, by_name: str, at: datetime, theirs: bytes) -> None:
        self.path, self.by_name, self.at, self.theirs = path, by_name, at, theirs
        local = at.astimezone(ZONE)
        super().__init__(
            f"{by_name} changed this at {local:%H:%M} on {local.day} {local:%B %Y} meanwhile. Nothing of theirs was"
            " overwritten, and yours is not saved yet. Look at both, then save again."
        )


def begin(
    office: Office,
    policy: str,
    based_on: str,
    who: Person,
    now: datetime,
    *,
    version: str,
    in_force_from: date,
    title: str = "",
) -> Draft:
    """Begin a draft: a copy of a sealed version under a new name. Raises BadAnswers for a name that is taken or is
    none, Unknown for a version there is not, Refused for who is no author of the policy."""
    refuse_unless(who, policy, (AUTHOR,), "write drafts of this policy")
    there = office.shelved.get(f"{policy}/{based_on}")
    if there is None or there.id is None:
        raise Unknown(f"There is no version '{based_on}' of this policy.")
    drafting_words.refuse_a_bad_name(version)
    with office.database.writing() as tx:
        if stored.version_named(tx, policy, version=version) is not None:
            taken = f"There is a version '{version}' of this policy already. Choose another name."
            raise BadAnswers({"version": taken})
        sealed = stored.version_files(tx, there.id)
        files = copied(sealed, policy, based_on, version=version, in_force_from=in_force_from, title=title)
        try:
            row = policy_drafts.put_draft(
                tx, policy, version=version, based_on=based_on, by=int(who.id), by_name=who.name, now=now
            )
        except NameTaken:
            taken = f"Somebody is at work on a draft called '{version}'. Choose another name, or work on that one."
            raise BadAnswers({"version": taken}) from None
        put(tx, row.id, files, {}, who, now)
        record(tx, row, "began_draft", who, now, {"based_on": based_on, "in_force_from": in_force_from.isoformat()})
        return read(tx, row)


def opened(office: Office, draft_id: int) -> Draft:
    """A draft as it is now. Raises Unknown."""
    with office.database.reading() as tx:
        return read(tx, row_of(tx, draft_id))


def drafts_of(office: Office, policies: Collection[str]) -> list[DraftRow]:
    """Every draft of these policies, newest first, those published or discarded too."""
    with office.database.reading() as tx:
        return policy_drafts.drafts(tx, policies)


def change(
    office: Office,
    draft_id: int,
    who: Person,
    now: datetime,
    *,
    files: Mapping[str, bytes | None],
    numbers: Mapping[str, int],
    what: str,
) -> Draft:
    """Write files of a draft, or (None) take them away; all of them or none.

    `numbers` has the number each had when it was read (0: it was not there). `what` says in the record of acts what was
    changed. Raises Overtaken where somebody else was quicker, Refused where the draft is not being written.
    """
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        refuse_unless(who, row.policy, (AUTHOR,), "change drafts of this policy")
        drafting_words.refuse_unless_drafting(row)
        draft = read(tx, row)
        changed = {path: content for path, content in files.items() if draft.files.get(path) != content}
        drafting_words.refuse_odd_files(draft.key, draft.files, changed)
        for path in sorted(changed):
            _refuse_overtaken(draft, path, numbers.get(path, 0))
        if not changed:
            return draft
        put(tx, row.id, changed, draft.kept, who, now)
        policy_drafts.add_author(tx, row.id, int(who.id))
        said = {"what": what, "files": drafting_words.old_and_new(draft.files, changed)}
        record(tx, row, "changed_draft", who, now, said)
        return read(tx, row)


def discard(office: Office, draft_id: int, who: Person, now: datetime, reason: str = "") -> DraftRow:
    """Give a draft up. What was written stays to be looked at, and its name is free again."""
    with office.database.writing() as tx:
        row = row_of(tx, draft_id, for_change=True)
        refuse_unless(who, row.policy, (AUTHOR,), "discard drafts of this policy")
        if row.state not in AT_WORK:
            raise Refused(drafting_words.STATES[row.state])
        policy_drafts.set_state(tx, row.id, DISCARDED)
        record(tx, row, "discarded_draft", who, now, {"reason": reason.strip()})
        return row_of(tx, row.id)


def _refuse_overtaken(draft: Draft, path: str, number: int) -> None:
    """Refuse to overwrite what this person has not read. A file that is not there was read as such, or taken away."""
    kept = draft.kept.get(path)
    if kept is None or number == kept.number or (number == 0 and kept.content is None):
        return
    raise Overtaken(path, kept.changed_by_name, kept.changed_at, kept.content or b"")
