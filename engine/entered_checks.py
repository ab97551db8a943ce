"""What people entered that stands in no case and decides about cases: days off, homes, periods of retention, whether
cases may be moved, holds. Each is held against what was shipped and against the acts of the record, which say what
somebody made it; the acts are chained, and a checkpoint says where their chain had come to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Literal

from engine import calendar_days, case_moves, disposal, measure_years, retention
from engine.calendars import Calendar, CalendarDay
from engine.evidence_checks import Fault
from engine.store import acts, disposals, library, reporting_years, settings
from engine.store.database import Transaction
from engine.wordings import day_in_words

CHANGED_SETTING = "changed_setting"

Kind = Literal["bank_holiday", "closure"]


def entered_differences(tx: Transaction, shipped: Mapping[str, Calendar]) -> Iterator[Fault]:
    """Everything of the kind that is not as it was shipped or entered."""
    yield from calendar_differences(tx, shipped)
    yield from _homes(tx)
    yield from _periods(tx)
    yield from _moving(tx)
    yield from _holds(tx)


def calendar_differences(tx: Transaction, shipped: Mapping[str, Calendar]) -> Iterator[Fault]:
    """Days off that are neither shipped nor entered by anybody, and such as are not there or not as they were given:
    dates are counted by them. What was entered, and taken out, the acts of the record say."""
    there = library.calendars(tx)
    for key in sorted({*there, *shipped}):
        given = {(day.date, day.kind, day.known): day for day in (shipped[key].days if key in shipped else ())}
        _enter(tx, key, given)
        stored = {(day.date, day.kind, day.known): day for day in (there[key].days if key in there else ())}
        for place in sorted({*given, *stored}):
            which = f"calendar {key}, {day_in_words(place[0])}"
            if place not in given:
                yield Fault(which, f"'{stored[place].name}' was neither shipped nor entered by anybody.")
            elif place not in stored:
                yield Fault(which, f"'{given[place].name}' is not there. What is shipped, `redress init` puts in.")
            elif stored[place] != given[place]:
                yield Fault(which, f"'{stored[place].name}' is not stored as it was given: {_given(given[place])}.")


def _enter(tx: Transaction, key: str, given: dict[tuple[date, Kind, date], CalendarDay]) -> None:
    """What people entered and took out, put to what was shipped, in the order they did."""
    for act in acts.done(tx, calendar_days.ADDED, calendar_days.WITHDREW):
        if act.about != f"calendar {key}":
            continue
        said: Mapping[str, object] = act.detail or {}
        day, known = (date.fromisoformat(str(said.get(name))) for name in ("day", "known"))
        kind: Kind = "closure" if said.get("kind") == "closure" else "bank_holiday"
        if act.what == calendar_days.ADDED:
            given.setdefault((day, kind, known), CalendarDay(day, str(said.get("name")), known, None, kind))
        else:
            there = [place for place, one in given.items() if place[:2] == (day, kind) and one.withdrawn is None]
            given |= {place: replace(given[place], withdrawn=known) for place in there}


def _given(day: CalendarDay) -> str:
    taken_out = f", taken out as known on {day_in_words(day.withdrawn)}" if day.withdrawn else ""
    return f"'{day.name}'{taken_out or ', and not taken out'}"


def _homes(tx: Transaction) -> Iterator[Fault]:
    """The homes of a landlord's year, of which CH01 is worked out, and what CH02 is divided by."""
    entered = {act.about: (act.detail or {}).get("now") for act in acts.done(tx, measure_years.ENTERED)}
    there = {f"{row.policy} {row.begins}": measure_years.said(row) for row in reporting_years.years(tx)}
    for about in sorted({*entered, *there}):
        if entered.get(about) != there.get(about):
            yield Fault(
                f"homes, {about}", f"stored is {_shown(there.get(about))}, entered {_shown(entered.get(about))}."
            )


def _periods(tx: Transaction) -> Iterator[Fault]:
    """How long cases of each class are kept."""
    decided = {act.about: (act.detail or {}).get("now") or {} for act in acts.done(tx, retention.CHANGED)}
    for policy in sorted({*decided, *settings.get(tx, retention.SETTING, {})}):
        there = {one.key: one.days for one in retention.periods(tx, policy)}
        if there != {key: decided.get(policy, {}).get(key) for key in there}:
            yield Fault(f"retention, {policy}", "the periods are not those that somebody decided on.")


def _moving(tx: Transaction) -> Iterator[Fault]:
    """Whether live cases may be moved to another version, which is off until somebody turns it on."""
    turned = [act for act in acts.done(tx, CHANGED_SETTING) if act.about == f"setting:{case_moves.SETTING}"]
    is_on = bool(turned and (turned[-1].detail or {}).get("now"))
    if bool(settings.get(tx, case_moves.SETTING, False)) != is_on:
        yield Fault("moving cases", f"it is turned {'off' if is_on else 'on'}, and nobody did that.")


def _holds(tx: Transaction) -> Iterator[Fault]:
    """The holds that keep cases from being erased."""
    held = {act.about: act.what == disposal.PLACED for act in acts.done(tx, disposal.PLACED, disposal.ENDED)}
    there = {f"case {reference}" for reference in disposals.held(tx)}
    for about in sorted({*there, *(one for one, is_held in held.items() if is_held)}):
        if (about in there) != held.get(about, False):
            what = "there is a hold that nobody placed." if about in there else "the hold placed on it is gone."
            yield Fault(about.removeprefix("case "), what)


def _shown(said: Mapping[str, object] | None) -> str:
    return ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in sorted(said.items())) if said else "nothing"
