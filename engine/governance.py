"""What governed a case on a day, why, what that demanded and what was done: for whoever has to show it to others.

All of it is worked out anew from the record as it stood on that day, the versions there were, the calendar known then,
and the law and the Code in force then; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from engine import case_files, compliance, conformance, date_reasons, impact_code, promises_made
from engine.calendars import CalendarDay
from engine.case_files import CaseFile
from engine.conformance import Finding
from engine.dated_data import Law, SourceRule
from engine.deadlines import Deadline, Ledger
from engine.events import CORRECTED, MOVE_UNDONE, MOVED, RECEIVED, CaseEvent, at, first, local_day
from engine.office import Office, Shelved
from engine.policy import DeadlineRule, PolicyVersion
from engine.promises_made import Promise
from engine.working_days import WEEKEND
from engine.yardstick import Asked, Edition, Yardstick

#: what can change which version governs
ABOUT_THE_VERSION = (MOVED, MOVE_UNDONE)


@dataclass(frozen=True)
class CodesDay:
    """The same demand as the Code would have counted it in this case: its provision, the last day, how it stands."""

    provision: str
    asks: str
    deadline: Deadline


@dataclass(frozen=True)
class Demand:
    """A deadline of the version in one case: the rules of the source that it carries, the event that started its clock
    and the one that met it (None where neither has happened), the Code's day beside it, and the dates told.

    `delivery`: that its start is a delivery nobody recorded; `due_then`: the other day it was due by the calendar known
    when it was met, None where that is the same."""

    deadline: Deadline
    rules: tuple[SourceRule, ...]
    started: CaseEvent | None
    done: CaseEvent | None
    code: CodesDay | None
    promises: tuple[Promise, ...]
    delivery: str = ""
    due_then: date | None = None


@dataclass(frozen=True)
class Governance:
    """A case as seen on a day. `file.governing` says which version and why; `changes` are the events that bear on that
    (the receipt, its corrections, moves and their undoing); `next_version` began after the one that governs. `edition`
    measures the case, by its receipt; `edition_then` and `law` were in force on the day it is seen. `by_hand` is what
    the edition asks that no program can hold a version against."""

    file: CaseFile
    seen: datetime
    received: CaseEvent
    changes: tuple[CaseEvent, ...]
    shelved: Shelved | None
    next_version: PolicyVersion | None
    edition: Edition | None
    edition_then: Edition | None
    law: tuple[Law, ...]
    shortfalls: tuple[compliance.Shortfall, ...]
    by_hand: tuple[Asked, ...]
    demands: tuple[Demand, ...]
    off: tuple[CalendarDay, ...]
    findings: tuple[Finding, ...]

    @property
    def version(self) -> PolicyVersion | None:
        return self.file.governing.version

    @property
    def ledger(self) -> Ledger:
        return self.file.standing.ledger


def end_of(day: date) -> datetime:
    """The last moment of a local day: what is seen "as of" that day was recorded by then."""
    return at(day + timedelta(days=1), time(0, 0)) - timedelta(microseconds=1)


def as_of(office: Office, file: CaseFile, moment: datetime) -> CaseFile | None:
    """The case as it was known at a moment of its past; None where it was not yet recorded then."""
    assert file.row is not None
    row = replace(file.row, version_id=None)  # what governs it now may not have been there yet
    past = case_files.opened(office_on(office, moment), row, file.record, moment)
    return replace(past, row=file.row) if past.record else None


def office_on(office: Office, moment: datetime) -> Office:
    """The office as it was at a moment: without versions sealed or withdrawals made later, and under the law and the
    editions of the Code that were in force on that day. What was to come is no part of it."""
    day, shelf = local_day(moment), office.shelf
    there = {key: one for key, one in office.shelved.items() if one.known_from is None or one.known_from <= moment}
    law = {key: _law_on(one, day) for key, one in shelf.law.items() if one.begins is None or one.begins <= day}
    code = _code_on(shelf.yardstick, day) if shelf.yardstick else None
    then = replace(shelf, law=law, yardstick=code)
    return replace(office, shelf=then, shelved={key: _shelved_on(one, moment, day) for key, one in there.items()})


def _shelved_on(one: Shelved, moment: datetime, day: date) -> Shelved:
    ended = {key: when for key, when in one.book.law_ended.items() if when <= day}
    gone = one.withdrawal if one.withdrawal and one.withdrawal.withdrawn_at <= moment else None
    return replace(one, book=replace(one.book, law_ended=ended), withdrawal=gone)


def _law_on(law: Law, day: date) -> Law:
    """A statement of law without an end that was to come."""
    return law if law.ended is None or law.ended <= day else replace(law, ended=None)


def _code_on(code: Yardstick, day: date) -> Yardstick:
    """The Code without what came into force later."""
    asked = (replace(one, by_date=tuple(each for each in one.by_date if each[0] <= day)) for one in code.requirements)
    return replace(code, editions=tuple(one for one in code.editions if one.begins <= day), requirements=tuple(asked))


def governance(today: Office, file: CaseFile, seen: datetime) -> Governance:
    """Everything that governed a case as it was known at that moment. `file`: the case opened at it."""
    office = office_on(today, seen)
    version, yardstick = file.governing.version, office.shelf.yardstick
    received = first(file.events, RECEIVED) or file.record[0]
    edition = yardstick.edition_on(received.day) if yardstick else None
    falls_short = compliance.shortfalls(version, yardstick, received.day) if version and yardstick else ()
    on = local_day(seen)
    return Governance(
        file=file,
        seen=seen,
        received=received,
        changes=tuple(_changes(file.record)),
        shelved=office.shelved.get(version.key) if version else None,
        next_version=_next(office, file.policy, version) if version else None,
        edition=edition,
        edition_then=yardstick.edition_on(on) if yardstick else None,
        law=tuple(one for one in office.shelf.law.values() if one.holds_on(on)),
        shortfalls=falls_short,
        by_hand=tuple(_by_hand(yardstick, received.day)) if yardstick and edition else (),
        demands=tuple(_demands(office, file, received.day)) if file.book else (),
        off=tuple(_off(file, local_day(seen))),
        findings=conformance.findings(office, file),
    )


def _by_hand(code: Yardstick, day: date) -> Iterator[Asked]:
    """What the Code asked on that day that a person has to look at."""
    found = (one.on(day) for one in code.requirements if one.kind == "by_hand")
    yield from (one for one in found if one)


def _changes(record: Sequence[CaseEvent]) -> Iterator[CaseEvent]:
    """What bears on the version: the receipt as first recorded, its corrections, moves and their undoing."""
    for event in record:
        is_about_receipt = event.name == CORRECTED and event.text("event") == RECEIVED
        if event.name == RECEIVED or event.name in ABOUT_THE_VERSION or is_about_receipt:
            yield event


def _next(office: Office, policy: str, version: PolicyVersion) -> PolicyVersion | None:
    later = (one for one in office.versions_of(policy) if one.in_force_from > version.in_force_from)
    return min(later, key=lambda one: one.in_force_from, default=None)


def _demands(office: Office, file: CaseFile, received: date) -> Iterator[Demand]:
    """Every deadline of the version, dated ones first in the order of their dates."""
    book, seen, yardstick = file.book, file.standing.ledger, office.shelf.yardstick
    assert book is not None
    measure = impact_code.measure_of(book.version, yardstick, received)
    theirs = impact_code.codes_ledger(book, measure, seen, file.events, file.standing.ended) if measure else None
    asked = measure.asked if measure else {}
    told = promises_made.promises(book.version, file.events, file.standing.ended)
    ours = sorted(seen.deadlines.values(), key=lambda one: (one.due is None, one.due or date.max))
    for one in ours:
        rule, code = one.rule, asked.get(one.key)
        yield Demand(
            deadline=one,
            rules=tuple(rules_of(office, book.version, rule)),
            started=_last(file.events, rule.of) or (_last(file.events, rule.or_of) if rule.or_of else None),
            done=first(file.events, rule.met_by) if rule.met_by else None,
            code=CodesDay(code.provision, code.asks, theirs.deadlines[one.key]) if code and theirs else None,
            promises=tuple(each for each in told if each.key == one.key),
            delivery=date_reasons.assumed_delivery(book.version, one, file.events),
            due_then=date_reasons.due_by_the_calendar_then(book, one),
        )


def rules_of(office: Office, version: PolicyVersion, rule: DeadlineRule) -> Iterator[SourceRule]:
    """The rules of the source document that a deadline of a version carries, or a part of it does."""
    for clause in version.clauses:
        carries = any(name == rule.key or name.startswith(f"{rule.key}.") for name in clause.carried_by)
        found = office.shelf.rules.get(clause.rule) if carries else None
        if found is not None:
            yield found


def _last(events: Sequence[CaseEvent], name: str) -> CaseEvent | None:
    return next((event for event in reversed(events) if event.name == name), None)


def _off(file: CaseFile, seen: date) -> Iterator[CalendarDay]:
    """The bank holidays and closures, as known on the day we look, that a count of working days left out."""
    if file.book is None:
        return
    ledger = file.standing.ledger
    counts = (ledger.count(one) for one in ledger.deadlines.values())
    left_out = {skipped.date for count in counts if count for skipped in count.skipped if skipped.why != WEEKEND}
    for day in file.book.calendar.days:
        if day.date in left_out and day.known <= seen and (day.withdrawn is None or day.withdrawn > seen):
            yield day
