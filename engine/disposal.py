"""Disposal: a closed case past its time of retention is asked for by one person, approved by another, and erased.

What people said and wrote in the case goes: the contents of its events with their salts, documents and letters, drafts,
what was handed over, the words it was found by, the names in its row. What stays holds no personal data: the chain with
its hashes, when each event happened and who of the staff recorded it, the dates and figures that reports count. The
last event of the chain says who asked and who approved, so that a content that is gone without it is known as missing.
Copies in the landlord's document store are erased by the worker, once all of this is committed (`engine.filing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from engine import retention
from engine.disposal_checks import IN_PLACE, kept_hash, kept_names
from engine.events import CONTENT_ERASED, local_day
from engine.mail import ERASING, FILING
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.retention import Period
from engine.rights import KEEPER, RECORDS_APPROVER, Person
from engine.store import acts, cases, chain, disposals, outbox, timeline
from engine.store.case_rows import By, CaseRow, NewEvent, OutboxItem
from engine.store.database import Transaction
from engine.store.disposals import ASKED, ERASED, REFUSED, TAKEN_BACK, AlreadyThere, Closed, DisposalRow
from engine.wordings import day_in_words

Key = TypeVar("Key", str, int)

MOST_AT_ONCE = 50
LONGEST_REASON = 500
PLACED, ENDED = "placed_hold", "ended_hold"  # the acts
CHANGED_MEANWHILE = "Somebody else changed this a moment ago. Look at the page again."


@dataclass(frozen=True)
class Outcome:
    """What became of each of several cases: those it was done for, and of the others why not, by reference."""

    done: tuple[str, ...]
    refused: tuple[tuple[str, str], ...]


def ask(office: Office, who: Person, references: Sequence[str], now: datetime) -> Outcome:
    """Ask that cases be erased: each must be due and not held. Raises Refused for who may not ask at all."""

    def one(tx: Transaction, reference: str) -> str:
        row = _case(tx, reference)
        _refuse_unless(who, KEEPER, row.policy, "ask for disposal")
        found, period = _due(tx, row, local_day(now))
        try:
            disposals.ask(tx, found, period.days or 0, by=int(who.id), by_name=who.name, now=now)
        except AlreadyThere as there:
            raise Refused(CHANGED_MEANWHILE) from there
        said = {"class": period.title, "closed": found.closed.isoformat(), "days": period.days}
        _act(tx, who, "asked_for_disposal", row.reference, now, **said)
        return row.reference

    return _each(office, references, one)


def approve(office: Office, who: Person, request_ids: Sequence[int], now: datetime) -> Outcome:
    """Approve requests of others, and erase their cases: each in one transaction of its own."""

    def one(tx: Transaction, request_id: int) -> str:
        asked = _asked(tx, request_id, who)
        _refuse_unless(who, RECORDS_APPROVER, asked.policy, "approve disposal")
        if asked.asked_by == int(who.id):
            raise Refused(f"{who.name} asked for it. Somebody else must approve.")
        row = _case(tx, asked.reference)
        _due(tx, row, local_day(now))
        _refuse_what_is_broken(tx, row)
        if not disposals.decide(tx, request_id, ERASED, by=int(who.id), by_name=who.name, said="", now=now):
            raise Refused(CHANGED_MEANWHILE)
        _erase(tx, row, asked, who, now)
        _act(tx, who, "approved_disposal", row.reference, now, asked_by=asked.asked_by_name)
        return row.reference

    found = _each(office, request_ids, one)
    if found.done:
        office.database.forget_what_was()
    return found


def refuse(office: Office, who: Person, request_id: int, reason: str, now: datetime) -> str:
    """Refuse a request, with a reason; the reference of its case."""
    said = _reason(reason, "Say why it is refused.")
    with office.database.writing() as tx:
        asked = _asked(tx, request_id, who)
        _refuse_unless(who, RECORDS_APPROVER, asked.policy, "refuse disposal")
        return _decided(tx, who, asked, REFUSED, "refused_disposal", said, now)


def take_back(office: Office, who: Person, request_id: int, now: datetime) -> str:
    """Take back a request of one's own; the reference of its case."""
    with office.database.writing() as tx:
        asked = _asked(tx, request_id, who)
        if asked.asked_by != int(who.id):
            raise Refused(f"{asked.asked_by_name} asked for it, and only they can take it back.")
        return _decided(tx, who, asked, TAKEN_BACK, "took_back_disposal", "", now)


def hold(office: Office, who: Person, reference: str, reason: str, now: datetime) -> None:
    """Keep a case, open or closed, from being erased. A request that waits stays, and cannot be approved."""
    said = _reason(reason, "Say why the case must be kept.")
    try:
        with office.database.writing() as tx:
            row = cases.case_by_reference(tx, reference)
            if row is None or row.policy not in who.records_policies():
                raise BadAnswers({"reference": f"There is no case {reference} of yours."})
            if _is_erased(tx, row):
                raise BadAnswers({"reference": f"What was recorded of {reference} is erased already."})
            disposals.hold(tx, row.id, said, by=int(who.id), by_name=who.name, now=now)
            _act(tx, who, PLACED, row.reference, now)
    except AlreadyThere as there:
        raise BadAnswers({"reference": f"There is a hold on {reference} already."}) from there


def end_hold(office: Office, who: Person, hold_id: int, reason: str, now: datetime) -> str:
    """End a hold, with a reason; the reference of its case."""
    said = _reason(reason, "Say why it need not be kept any more.")
    with office.database.writing() as tx:
        there = disposals.hold_by_id(tx, hold_id)
        if there is None or there.policy not in who.records_policies():
            raise Unknown("There is no such hold.")
        if not disposals.end_hold(tx, hold_id, said, by=int(who.id), by_name=who.name, now=now):
            raise Refused("The hold has ended already.")
        _act(tx, who, ENDED, there.reference, now)
        return there.reference


def closed_by(tx: Transaction, policy: str, today: date) -> list[tuple[str, date]]:
    """For each class of a landlord that has a period: the last day of closing that is due."""
    return [(one.key, day) for one in retention.periods(tx, policy) if (day := one.closed_by(today)) is not None]


def _due(tx: Transaction, row: CaseRow, today: date) -> tuple[Closed, Period]:
    """The case as it closed, and its period. Raises Refused where it may not be erased today, saying why."""
    found = disposals.closed_case(tx, row.id)
    if _is_erased(tx, row):
        raise Refused("It is erased already.")
    if found is None:
        raise Refused("It is not closed.")
    period = next(one for one in retention.periods(tx, row.policy) if one.key == found.class_key)
    last = period.closed_by(today)
    if last is None:
        raise Refused(f"Nobody has decided how long cases of its class are kept: {period.title}.")
    if found.closed > last:
        raise Refused(
            f"It closed on {day_in_words(found.closed)} and is kept for {period.days:,} days: {period.title}."
        )
    if (there := disposals.hold_of(tx, row.id)) is not None:
        raise Refused(f"There is a hold on it, placed by {there.by_name} on {day_in_words(local_day(there.at))}.")
    if disposals.is_something_to_go_out(tx, row.id):
        raise Refused("Something of it still waits to go out, or for somebody to decide about it.")
    return found, period


def _refuse_what_is_broken(tx: Transaction, row: CaseRow) -> None:
    """A chain that does not hold is evidence of something: it is looked into before anything of it is erased."""
    links = timeline.chained_events_of(tx, row.id)
    bad = chain.verify_case(row.reference, links, last_number=row.last_event_number, head_hash=row.head_hash)
    if bad is not None:
        raise Refused(f"Its record does not hold at event {bad.number}: {bad.what} Find out why first.")


def _erase(tx: Transaction, row: CaseRow, asked: DisposalRow, who: Person, now: datetime) -> None:
    disposals.blank_figures(tx, row.id)
    said = {
        "kept_of": kept_names(),
        "kept": kept_hash(tx, row, timeline.chained_events_of(tx, row.id), kept_names()),
        "asked_by": str(asked.asked_by),
        "asked_by_name": asked.asked_by_name,
        "asked_at": asked.asked_at.isoformat(),
        "class": asked.class_key,
        "days": asked.days,
        "closed": asked.closed,
    }
    blank = {"resident": IN_PLACE, "address": "", "postcode": "", "brief": IN_PLACE, "channel": None}
    saved = cases.save_step(
        tx,
        row,
        changes={**blank, "hold": None, "hold_reason": None, "due": None, "state_definition": None},
        new_events=[NewEvent(CONTENT_ERASED, now, now, who.id, who.name, said)],
        state=b"",
        tasks=(),
        timers=(),
        deadlines=(),
        by=By(who.id, who.name),
        now=now,
    )
    timeline.erase_content(tx, row.id, numbers=range(1, saved.last_event_number))
    filed = [one for one in outbox.of_case(tx, row.id) if one.kind == FILING]
    disposals.erase_beside(tx, row.id)
    _copies_to_erase(tx, row, [str(one.payload.get("path") or f"{row.reference}/complaint.pdf") for one in filed], now)


def _copies_to_erase(tx: Transaction, row: CaseRow, paths: list[str], now: datetime) -> None:
    """Have the worker erase what was filed in the landlord's document store: tried again until it is done."""
    if paths:
        item = OutboxItem(FILING, {"what": ERASING, "paths": paths}, f"{FILING}:{row.reference}:{ERASING}")
        outbox.put_out(tx, row.id, items=[item], now=now)


def _is_erased(tx: Transaction, row: CaseRow) -> bool:
    return any(one.state == ERASED for one in disposals.of_case(tx, row.id))


def _decided(tx: Transaction, who: Person, asked: DisposalRow, state: str, what: str, said: str, now: datetime) -> str:
    if not disposals.decide(tx, asked.id, state, by=int(who.id), by_name=who.name, said=said, now=now):
        raise Refused(CHANGED_MEANWHILE)
    _act(tx, who, what, asked.reference, now)
    return asked.reference


def _each(office: Office, wanted: Sequence[Key], one: Callable[[Transaction, Key], str]) -> Outcome:
    """Do it for each, in a transaction of its own: what cannot be done for one keeps no other from being done."""
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(f"That is more than {MOST_AT_ONCE} at once.")
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for key in dict.fromkeys(wanted):
        try:
            with office.database.writing() as tx:
                done.append(one(tx, key))
        except (Refused, cases.CaseChanged) as why:
            refused.append((_named(office, key), str(why)))
    return Outcome(tuple(done), tuple(refused))


def _named(office: Office, key: str | int) -> str:
    if isinstance(key, str):
        return key
    with office.database.reading() as tx:
        asked = disposals.request(tx, key)
    return asked.reference if asked else f"request {key}"


def _case(tx: Transaction, reference: str) -> CaseRow:
    row = cases.case_by_reference(tx, reference)
    if row is None:
        raise Unknown(f"There is no case {reference}.")
    return row


def _asked(tx: Transaction, request_id: int, who: Person) -> DisposalRow:
    """A request that waits. Raises Unknown where there is none this person may know of, Refused where it is decided."""
    asked = disposals.request(tx, request_id)
    if asked is None or asked.policy not in who.records_policies():
        raise Unknown("There is no such request.")
    if asked.state != ASKED:
        raise Refused(f"{asked.decided_by_name} has decided it already.")
    return asked


def _refuse_unless(who: Person, role: str, policy: str, doing: str) -> None:
    if policy not in who.records_policies(role):
        raise Refused(f"{who.name} may not {doing} for this landlord. An administrator can give the role.")


def _reason(text: str, missing: str) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST_REASON:
        raise BadAnswers({"reason": missing if not said else f"Say it in {LONGEST_REASON} characters."})
    return said


#: what an act made of its case, for the record: before and after
_BECAME = {
    "asked_for_disposal": ("kept", "disposal asked for"),
    "approved_disposal": ("disposal asked for", "erased"),
    "refused_disposal": ("disposal asked for", "kept: refused"),
    "took_back_disposal": ("disposal asked for", "kept: taken back"),
    PLACED: ("not held", "held"),
    ENDED: ("held", "not held"),
}


def _act(tx: Transaction, who: Person, what: str, reference: str, now: datetime, **said: object) -> None:
    """Acts are kept for ever, so what people wrote as a reason stands with the request or hold, which is erased with
    the case, and not here."""
    was, became = _BECAME[what]
    detail = {"was": was, "now": became, **said}
    acts.record_act(tx, int(who.id), what=what, about=f"case {reference}", now=now, detail=detail)
