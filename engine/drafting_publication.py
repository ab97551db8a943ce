"""A draft becomes a version, sealed and in force from its day; and a version that no case uses is withdrawn.

What is published is exactly what somebody who is no author approved. It is tried in a child process first, then sealed
in one transaction: killed at any moment, the version is there or it is not. No case that is logged already moves.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from engine import drafting_approval, publication_rules, trial
from engine.draft_library import Checked
from engine.drafting_store import Draft, read, record, refuse_unless, row_of
from engine.office import Office, refreshed
from engine.refusals import Refused, Unknown
from engine.rights import APPROVER, AUTHOR, Person
from engine.store import acts, policy_drafts, publications
from engine.store import library as stored
from engine.store.database import Transaction
from engine.store.library import VersionRow
from engine.store.policy_drafts import APPROVED, PUBLISHED, DraftRow
from engine.store.publications import PublicationRow, WithdrawalRow


def publish(office: Office, draft_id: int, who: Person, now: datetime, *, in_force_from_reason: str = "") -> VersionRow:
    """Seal an approved draft as a version. Published again, it gives the version there is.

    Raises BadAnswers for a day in the past without a reason, Refused for everything else that stands in the way.
    """
    with office.database.reading() as tx:
        draft = read(tx, row_of(tx, draft_id))
        refuse_unless(who, draft.row.policy, (AUTHOR, APPROVER), "publish versions of this policy")
        there = _published(tx, draft.row)
    if there is not None:
        return there
    _refuse_unless_approved(draft)
    found = drafting_approval.refuse_unless_sound(office, draft)
    if found.seal != draft.row.approved_seal:
        raise Refused("The draft is no longer what was approved. Take it back, and have it approved again.")
    assert found.version is not None  # it has no problems
    reason = " ".join(in_force_from_reason.split())
    with office.database.reading() as tx:
        publication_rules.refuse_a_bad_day(tx, found.version, reason, now)
    trial.stand_trial(office, found)
    with office.database.writing() as tx:
        return _sealed(tx, office, draft, found, who, now, reason)


def withdraw(office: Office, policy: str, version: str, who: Person, now: datetime, reason: str) -> WithdrawalRow:
    """Withdraw a version that no case uses or ever used: it governs nothing from now on, and its text stays.

    Raises BadAnswers without a reason, Refused where a case uses it or days would be left without a version.
    """
    refuse_unless(who, policy, (APPROVER,), "withdraw versions of this policy")
    office = refreshed(office)
    said = publication_rules.reason_given(reason)
    with office.database.writing() as tx:
        publications.hold_off_logging(tx)
        row = stored.version_named(tx, policy, version=version)
        if row is None:
            raise Unknown(f"There is no version '{version}' of this policy.")
        publication_rules.refuse_a_withdrawal(tx, office, row)
        gone = WithdrawalRow(row.id, now, int(who.id), who.name, said)
        publications.put_withdrawal(tx, gone)
        detail = {"was": f"in force from {row.in_force_from.isoformat()}", "now": "withdrawn", "reason": said}
        acts.record_act(tx, int(who.id), what="withdrew_version", about=f"{policy}/{version}", now=now, detail=detail)
        return gone


def _published(tx: Transaction, row: DraftRow) -> VersionRow | None:
    """The version this draft has become, if it has."""
    return stored.version_named(tx, row.policy, version=row.version) if row.state == PUBLISHED else None


def _refuse_unless_approved(draft: Draft) -> None:
    row = draft.row
    if row.state != APPROVED or row.approved_by is None:
        raise Refused("The draft is not approved. Ask for approval first: somebody who changed nothing in it gives it.")
    if row.approved_by in draft.author_ids:
        raise Refused(f"{row.approved_by_name}, who approved it, also wrote some of it. Somebody else must approve it.")


def _sealed(
    tx: Transaction, office: Office, draft: Draft, found: Checked, who: Person, now: datetime, reason: str
) -> VersionRow:
    """Everything publishing writes, in one transaction, with what it rests on looked at once more."""
    publications.hold_off_logging(tx)
    row = row_of(tx, draft.row.id, for_change=True)
    there = _published(tx, row)
    if there is not None:
        return there
    if row != draft.row:
        raise Refused("Somebody changed the draft while it was being published. Look at it, then try again.")
    version = found.version
    assert version is not None
    publication_rules.refuse_a_bad_day(tx, version, reason, now)
    new = stored.put_version(
        tx,
        row.policy,
        version=row.version,
        title=version.title,
        in_force_from=version.in_force_from,
        seal=found.seal,
        files=found.library.files_of(version),
        now=_after_all_logged(tx, found, now),
    )
    publications.put_publication(
        tx,
        PublicationRow(
            version_id=new.id,
            draft_id=row.id,
            based_on=row.based_on,
            published_at=now,
            published_by=int(who.id),
            published_by_name=who.name,
            approved_at=row.approved_at,
            approved_by=row.approved_by,
            approved_by_name=row.approved_by_name,
            body=row.body,
            minute=row.minute,
            reason=reason,
        ),
    )
    policy_drafts.set_state(tx, row.id, PUBLISHED)
    said = {"in_force_from": version.in_force_from.isoformat(), "seal": found.seal, "reason": reason}
    record(tx, row, "published_version", who, now, said)
    return new


def _after_all_logged(tx: Transaction, found: Checked, now: datetime) -> datetime:
    """The moment from which complaints that are logged may fall under the new version: now, and after each that is
    logged already, whatever the clocks of the machines say. So none of those moves (law 4)."""
    assert found.version is not None
    begins = publication_rules.beginning(found.version)
    last = publications.last_logged(tx, found.version.policy, begins)
    return now if last is None or last < now else last + timedelta(microseconds=1)
