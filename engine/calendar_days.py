"""A bank holiday or closure that becomes known, or is moved away: first a drill, then the same thing for good.

The drill works out every date that would move, with the code that works them out afterwards. Dates that letters gave to
residents never move: those that then differ from the policy's are listed apart, for a person to deal with. Nothing is
written until somebody who may approve the policy's versions confirms exactly what the drill said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from engine import case_files, refreshing
from engine.calendars import Calendar, CalendarDay
from engine.case_files import CaseFile
from engine.deadlines import SETTLED, Deadline
from engine.events import local_day
from engine.office import Office, refreshed
from engine.policy import stage_of
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import APPROVER, Person
from engine.store import acts, calendar_rows
from engine.store import cases as stored_cases
from engine.store import library as stored
from engine.store.calendar_rows import Holder
from engine.wordings import day_in_words, listed

LONGEST_NAME = 120
ADDED, WITHDREW = "added_calendar_day", "withdrew_calendar_day"  # the acts
KINDS: dict[str, Literal["bank_holiday", "closure"]] = {"bank_holiday": "bank_holiday", "closure": "closure"}

Watch = Callable[[Sequence[int]], AbstractContextManager[Iterable[int]]]
"""Goes through the cases and shows how far it has come, as click's progress bar does."""


@dataclass(frozen=True)
class Change:
    """What is proposed: a day of a calendar as it would stand, added or (`is_withdrawal`) moved away again."""

    calendar: str
    day: CalendarDay
    is_withdrawal: bool = False

    @property
    def says(self) -> str:
        """The change in a sentence."""
        named = f"{self.day.name}, {self.day.date:%A} {day_in_words(self.day.date)}"
        if self.is_withdrawal and self.day.withdrawn:
            return f"{named}, is a working day again; known from {day_in_words(self.day.withdrawn)}."
        kind = "a closure" if self.day.kind == "closure" else "a bank holiday"
        return f"{named}, is {kind}; known from {day_in_words(self.day.known)}."


@dataclass(frozen=True)
class Touched:
    """A date of a case that the change bears on: the policy's before and after it, what a letter promised, and who has
    the work (`holder` empty where nobody took it). `version` is the key of the version that governs."""

    reference: str
    version: str
    deadline: str
    before: date | None
    after: date | None
    promised: date | None
    role: str
    holder: str
    is_window: bool = False  # a resident's own time
    turns: str = ""  # for one that is done with: `late becomes met`

    @property
    def moves(self) -> bool:
        """Whether the policy's date becomes another."""
        return self.before != self.after


@dataclass(frozen=True)
class Drill:
    """What a change would do: `moved` dates of the policy, and `promised` ones that letters gave and that stay as they
    are though the policy's date or the day itself no longer agrees. `looked_at`: how many cases could be touched."""

    change: Change
    moved: tuple[Touched, ...]
    promised: tuple[Touched, ...]
    case_ids: tuple[int, ...]

    @property
    def looked_at(self) -> int:
        return len(self.case_ids)

    @property
    def mark(self) -> str:
        """The same for the same drill: what was shown is what is confirmed."""
        return hashlib.sha256(repr((self.change, self.moved, self.promised)).encode()).hexdigest()[:24]


def added(office: Office, calendar: str, *, day: date, name: str, kind: str, known: date, now: datetime) -> Change:
    """A day nobody works, to be added to a calendar. Raises BadAnswers, Unknown for a calendar there is not."""
    there, named = _calendar(office, calendar), " ".join(name.split())
    wrong = {"name": _unfit_name(named), "known": _not_yet(known, now), "date": _no_news(there, day, now)}
    if kind not in KINDS:
        wrong["kind"] = "Choose a bank holiday or a closure."
    _refuse(wrong)
    return Change(calendar, CalendarDay(day, named, known, None, KINDS[kind]))


def withdrawn(office: Office, calendar: str, *, day: date, known: date, now: datetime) -> Change:
    """A day of a calendar that is moved away, a working day again, `known` since then. Raises BadAnswers."""
    there = _calendar(office, calendar)
    row = next((one for one in there.days if one.date == day and one.withdrawn is None), None)
    wrong = {"known": _not_yet(known, now)}
    if row is None:
        wrong["date"] = f"{day_in_words(day)} is not a day off in this calendar, so it cannot be taken away."
    elif known < row.known:
        wrong["known"] = f"The day was only known from {day_in_words(row.known)}. Give that day or a later one."
    _refuse(wrong)
    assert row is not None
    return Change(calendar, replace(row, withdrawn=known), is_withdrawal=True)


def policies_by(office: Office, calendar: str) -> frozenset[str]:
    """The policies with a version that counts by this calendar."""
    versions = (one.book.version for one in office.shelved.values() if not one.is_withdrawn)
    return frozenset(version.policy for version in versions if version.calendar == calendar)


def may_change(office: Office, calendar: str, who: Person) -> bool:
    """Whether they may add or withdraw a day: approvers of a policy that counts by the calendar."""
    return bool(who.studio_policies(APPROVER) & policies_by(office, calendar))


def drill(office: Office, change: Change, now: datetime, watch: Watch = nullcontext) -> Drill:
    """What the change would do to every open case, nothing written."""
    as_learned = _as_if_known(office, change)
    with office.database.reading() as tx:
        ids = calendar_rows.cases_due_from(tx, policies_by(office, change.calendar), change.day.date)
    found: list[Touched] = []
    with watch(ids) as watched:
        for case_id in watched:
            found += _touched(office, as_learned, case_id, change, now)
    found.sort(key=lambda one: (one.after or date.max, one.reference, one.deadline))
    moved = tuple(one for one in found if one.moves)
    return Drill(change, moved, tuple(one for one in found if one.promised is not None), tuple(ids))


def confirm(office: Office, shown: Drill, who: Person, now: datetime, watch: Watch = nullcontext) -> tuple[Office, int]:
    """Write the change, bring what is stored of the cases up to it, and give the office as it is then, with how many
    cases that moved. What is not finished at once, a worker finishes.

    Raises Refused for who may not, or where the drill would say something else now than was shown.
    """
    change = shown.change
    if not may_change(office, change.calendar, who):
        raise Refused(f"{who.name} may not change this calendar. Whoever approves a policy that counts by it may.")
    if drill(office, change, now).mark != shown.mark:
        raise Refused("Something changed since this was worked out. Look at it again, then confirm it.")
    with office.database.writing() as tx:
        there = stored.calendar_named(tx, change.calendar)
        if there is None:
            raise Unknown(f"There is no calendar '{change.calendar}'.")
        news = stored.put_calendar(tx, replace(there, days=(*_others(there, change.day), change.day)), now=now)
        if not news:
            raise Refused("Somebody else has entered it meanwhile. Nothing was changed.")
        what = WITHDREW if change.is_withdrawal else ADDED
        said: dict[str, object] = {"day": change.day.date.isoformat(), "name": change.day.name, "kind": change.day.kind}
        said |= {"was": "a day off" if change.is_withdrawal else "not a day off"}
        said |= {"now": "not a day off" if change.is_withdrawal else "a day off"}
        said |= {"known": (change.day.withdrawn or change.day.known).isoformat()}
        said |= {"moved": len(shown.moved), "promises": len(shown.promised)}
        acts.record_act(tx, int(who.id), what=what, about=f"calendar {change.calendar}", now=now, detail=said)
        refreshing.ask(tx, shown.case_ids)
    learned = refreshed(office)
    return learned, refreshing.go_on(learned, now, watch=watch)


def _touched(office: Office, learned: Office, case_id: int, change: Change, now: datetime) -> list[Touched]:
    """The dates of one case that the change bears on."""
    with office.database.reading() as tx:
        row = stored_cases.load_case(tx, case_id)
        if row is None:
            return []
        record = case_files.record_of(tx, row)
        holders = calendar_rows.holders(tx, case_id)
    before, after = (case_files.opened(one, row, record, now) for one in (office, learned))
    found = []
    for key, was in before.standing.ledger.deadlines.items():
        now_is = after.standing.ledger.deadlines.get(key)
        if was.state in SETTLED and (now_is is None or was.state == now_is.state):
            continue
        differs = was.due != (now_is.due if now_is else None)
        promised = _promise(was, now_is, change)
        if differs or promised is not None:
            found.append(_line(before, was, now_is, promised, holders))
    return found


def _line(
    file: CaseFile, was: Deadline, now_is: Deadline | None, promised: date | None, holders: Sequence[Holder]
) -> Touched:
    assert file.book is not None  # a case without a version has no dates
    version, stage = file.book.version, stage_of(was.key)
    own = next((one for one in holders if one.waits_for == was.key), None)
    own = own or next((one for one in holders if stage and one.key.startswith(f"{stage}.")), None)
    role = own.role if own else version.role_of_lane("desk", stage)
    return Touched(
        reference=file.reference,
        version=version.key,
        deadline=was.key,
        before=was.due,
        after=now_is.due if now_is else None,
        promised=promised,
        role=version.roles[role].title if role in version.roles else role,
        holder=own.name if own else "",
        is_window=was.rule.is_window,
        turns=f"{was.state} becomes {now_is.state}" if now_is and was.state in SETTLED else "",
    )


def _promise(was: Deadline, now_is: Deadline | None, change: Change) -> date | None:
    """The date a letter gave, where the change leaves it another than the policy's, or on a day that is off."""
    told = was.promised or (was.more_time[-1].to if was.more_time else None)
    if told is None:
        return None
    moved = now_is is not None and was.due != now_is.due and told != now_is.due
    falls_on_it = told == change.day.date and not change.is_withdrawal
    return told if moved or falls_on_it else None


def _as_if_known(office: Office, change: Change) -> Office:
    """The office as it is once the change is in its calendar."""
    there = office.calendars[change.calendar]
    learned = replace(there, days=(*_others(there, change.day), change.day))
    shelved = {
        key: replace(one, book=replace(one.book, calendar=learned))
        if one.book.version.calendar == change.calendar
        else one
        for key, one in office.shelved.items()
    }
    return replace(office, shelved=shelved, calendars={**office.calendars, change.calendar: learned})


def _others(calendar: Calendar, day: CalendarDay) -> tuple[CalendarDay, ...]:
    same = (day.date, day.kind, day.known)
    return tuple(one for one in calendar.days if (one.date, one.kind, one.known) != same)


def _calendar(office: Office, key: str) -> Calendar:
    if key not in office.calendars:
        there = listed(sorted(office.calendars))
        raise Unknown(f"There is no calendar '{key}'. There is: {there}.")
    return office.calendars[key]


def _no_news(calendar: Calendar, day: date, now: datetime) -> str:
    """Why a day need not, or cannot, be added."""
    if not calendar.covers_from <= day <= calendar.covers_to:
        first, last = day_in_words(calendar.covers_from), day_in_words(calendar.covers_to)
        return f"This calendar covers {first} to {last}."
    if day.weekday() > 4:
        return f"{day_in_words(day)} is a {day:%A}, and no working day anyway."
    same = next((one for one in calendar.days if one.date == day and one.withdrawn is None), None)
    return f"{day_in_words(day)} is in the calendar already: {same.name}." if same else ""


def _not_yet(known: date, now: datetime) -> str:
    if known > local_day(now):
        return "The day from which it was known must be today or in the past. Enter it once it is announced."
    return ""


def _unfit_name(name: str) -> str:
    if not name:
        return "Enter what the day is called, such as Coronation of King Charles III."
    return f"Use at most {LONGEST_NAME} letters." if len(name) > LONGEST_NAME else ""


def _refuse(wrong: dict[str, str]) -> None:
    if errors := {field: sentence for field, sentence in wrong.items() if sentence}:
        raise BadAnswers(errors)
