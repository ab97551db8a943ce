"""From which day a version may be in force, and which may be withdrawn: each refusal a sentence.

Versions of a policy govern from their own day to the eve of the next, so two of one day would overlap, and taking the
first away would leave a gap.
"""

from __future__ import annotations

from datetime import datetime, time

from engine import case_files
from engine.events import CORRECTED, MOVED, RECEIVED, at, local_day
from engine.office import Office
from engine.policy import PolicyVersion
from engine.record import governed_by
from engine.refusals import BadAnswers, Erased, Refused
from engine.store import cases as stored_cases
from engine.store import library as stored
from engine.store import publications
from engine.store.database import Transaction
from engine.store.library import VersionRow
from engine.store.marks import marks_of
from engine.wordings import day_in_words


def beginning(version: PolicyVersion) -> datetime:
    """The first moment of the first day of receipt a version governs, UTC."""
    return at(version.in_force_from, time(0))


def reason_given(reason: str) -> str:
    """The reason, tidied. Raises BadAnswers where there is none."""
    said = " ".join(reason.split())
    if not said:
        raise BadAnswers({"reason": "Give the reason."})
    return said


def refuse_a_bad_day(tx: Transaction, version: PolicyVersion, reason: str, now: datetime) -> None:
    """Refuse a day from which the version may not be in force, and one in the past without a reason."""
    refuse_an_impossible_day(tx, version, now)
    if version.in_force_from < local_day(now) and not reason:
        raise BadAnswers(
            {
                "in_force_from_reason": f"{day_in_words(version.in_force_from)} is in the past. Say why the version is"
                " in force from then, or give it a day from today on."
            }
        )


def refuse_an_impossible_day(tx: Transaction, version: PolicyVersion, now: datetime) -> None:
    """Refuse a day from which another version is in force, and one in the past that would take in a closed case. Asked
    before anybody approves, and again when it is published."""
    sealed, begins = _in_force(tx, version.policy), version.in_force_from
    same = next((row for row in sealed if row.in_force_from == begins), None)
    if same is not None:
        raise Refused(
            f"The version '{same.version}' is in force from {day_in_words(begins)} too, so both would govern the same"
            " days. Give the draft another day."
        )
    if begins >= local_day(now):
        return
    later = min((row.in_force_from for row in sealed if row.in_force_from > begins), default=None)
    until = at(later, time(0)) if later else None
    closed = publications.first_closed(tx, version.policy, beginning(version), until)
    if closed is not None:
        raise Refused(
            f"The case {closed} was received on or after {day_in_words(begins)} and is closed. A version is never put"
            " in force over closed cases. Give it a later day."
        )


def refuse_a_withdrawal(tx: Transaction, office: Office, row: VersionRow) -> None:
    """Refuse to withdraw a version that a case uses or once used, or that days would be without."""
    if row.id in publications.withdrawals(tx):
        raise Refused("The version is withdrawn already.")
    count = publications.cases_under(tx, row.id)
    if count:
        cases = "A case is" if count == 1 else f"{count} cases are"
        raise Refused(f"{cases} governed by it. A version that a case uses stays, whatever comes after it.")
    once = _once_under(tx, office, row)
    if once:
        raise Refused(f"The case {once} was governed by it for a time, so it stays.")
    others = [one for one in _in_force(tx, row.policy) if one.id != row.id]
    if not others:
        raise Refused("It is the only version of this policy, so no complaint could be logged without it.")
    first = min(one.in_force_from for one in others)
    if row.in_force_from < first:
        raise Refused(
            f"Complaints received from {day_in_words(row.in_force_from)} until {day_in_words(first)} would have no"
            " version. Publish one for these days first."
        )


def _once_under(tx: Transaction, office: Office, row: VersionRow) -> str:
    """The reference of a case that was under the version at any point of its record; empty where there is none."""
    versions, known = office.versions_of(row.policy), office.known_from(row.policy)
    for case_id in publications.told_of_versions(tx, row.policy):
        case = stored_cases.load_case(tx, case_id)
        try:
            record = case_files.record_of(tx, case) if case else []
        except Erased as gone:  # what it was under is known by its marks
            if any(mark.version_id == row.id for mark in marks_of(tx, case_id)):
                return gone.reference
            continue
        for length in range(1, len(record) + 1):
            if record[length - 1].name not in (RECEIVED, MOVED, CORRECTED):
                continue
            there = governed_by(record[:length], versions, known).version
            if case and there is not None and there.version == row.version:
                return case.reference
    return ""


def _in_force(tx: Transaction, policy: str) -> list[VersionRow]:
    withdrawn = publications.withdrawals(tx)
    return [row for row in stored.versions(tx, policy) if row.id not in withdrawn]
