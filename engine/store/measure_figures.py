"""The figures of reports: each a condition on a measure, so that what is counted and what is listed are the same rows.

A figure counts measures: a case at a stage. Every figure but `turned_out` counts only what counts as a complaint. `of`
a period: from its first day to its last, both included; `now` is the day we look.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, literal, or_

from engine.store.schema import case_stage_measure

C = case_stage_measure.c
ANSWERED = "answered"
UPHELD = ("upheld", "partly_upheld", "not_upheld")
#: the steps in which days from receipt to logging are shown: the first and the last number of days, None for no end
LOGGED: Mapping[str, tuple[int, int | None]] = {
    "logged_same_day": (0, 0),
    "logged_1": (1, 1),
    "logged_2": (2, 2),
    "logged_3_to_5": (3, 5),
    "logged_6_to_10": (6, 10),
    "logged_over_10": (11, None),
}


@dataclass(frozen=True, slots=True)
class Span:
    """What a report is about: from a day to a day; `today` is the day we look, `soon` the last day that is due soon."""

    first: date
    last: date
    today: date
    soon: date


Condition = ColumnElement[bool]
_LONG_AGO, _FAR_OFF = literal(date(1, 1, 1)), literal(date(9999, 12, 31))


def _received(span: Span) -> Condition:
    return C.received.between(span.first, span.last)


def _closed(span: Span) -> Condition:
    return C.closed.between(span.first, span.last)


def _answered(span: Span) -> Condition:
    return and_(_closed(span), C.how == ANSWERED)


def _acknowledged(span: Span) -> Condition:
    return C.acknowledged.between(span.first, span.last)


def _open_before(day: date) -> Condition:
    """Open at the end of the day before."""
    return and_(C.received < day, or_(C.closed.is_(None), C.closed >= day))


def _open_on(day: date) -> Condition:
    """Open at the end of that day."""
    return and_(C.received <= day, or_(C.closed.is_(None), C.closed > day))


def _is_open() -> Condition:
    return and_(C.closed.is_(None), C.external.is_(False))


def _answer_due(span: Span) -> Condition:
    return and_(_is_open(), C.due.is_not(None))


def _ack_due(span: Span) -> Condition:
    return and_(_is_open(), C.acknowledged.is_(None), C.ack_due.is_not(None))


def _panel_due(span: Span) -> Condition:
    return and_(_is_open(), C.panel_met.is_(None), C.panel_due.is_not(None))


def _logged(least: int, most: int | None) -> Callable[[Span], Condition]:
    many = C.days_to_log >= least if most is None else C.days_to_log.between(least, most)
    if least == 0:
        many = C.days_to_log <= 0  # of an erased case it may be less
    return lambda span: and_(_received(span), C.place == 1, many)


def _kept(
    when: Callable[[Span], Condition], done: ColumnElement[date], due: ColumnElement[date]
) -> dict[str, Callable[[Span], Condition]]:
    """Done in time, late, or with no date promised, of what was done in the period."""
    return {
        "in_time": lambda span: and_(when(span), done <= due),
        "late": lambda span: and_(when(span), done > due),
        "unpromised": lambda span: and_(when(span), due.is_(None)),
    }


def _answers(original: ColumnElement[date], due: ColumnElement[date], when: Callable[[Span], Condition]) -> dict[
    str, Callable[[Span], Condition]
]:  # fmt: skip
    """Answered in the original time, within more time, late, or with no date promised."""
    return {
        "in_time": lambda span: and_(when(span), C.answered <= original),
        "extended": lambda span: and_(when(span), C.answered > original, C.answered <= due),
        "late": lambda span: and_(when(span), C.answered > due),
        "unpromised": lambda span: and_(when(span), due.is_(None)),
    }


def _cohort(span: Span) -> Condition:
    """Answered by now, of what was received in the period."""
    return and_(_received(span), C.how == ANSWERED)


def _named(prefix: str, found: Mapping[str, Callable[[Span], Condition]]) -> dict[str, Callable[[Span], Condition]]:
    return {f"{prefix}{name}": each for name, each in found.items()}


FIGURES: Mapping[str, Callable[[Span], Condition]] = {
    # volumes
    "received": _received,
    "closed": _closed,
    "answered": _answered,
    "ended": lambda span: and_(_closed(span), C.how != ANSWERED),
    "withdrawn": lambda span: and_(_closed(span), C.how == "withdrawn"),
    "refused": lambda span: and_(_closed(span), C.how == "refused"),
    "open_at_start": lambda span: _open_before(span.first),
    "open_at_end": lambda span: _open_on(span.last),
    "turned_out": _received,  # to be no complaint; see `condition`
    # timeliness, by the version's times and by the Code's
    "acknowledged": _acknowledged,
    **_named("ack_", _kept(_acknowledged, C.acknowledged, C.ack_due)),
    **_named("code_ack_", _kept(_acknowledged, C.acknowledged, C.code_ack_due)),
    **_named("answered_", _answers(C.due_original, C.due, _answered)),
    **_named("code_", _answers(C.code_due_original, C.code_due, _answered)),
    "panel_met": lambda span: C.panel_met.between(span.first, span.last),
    **_named("panel_", _kept(lambda span: C.panel_met.between(span.first, span.last), C.panel_met, C.panel_due)),
    "went_on": lambda span: and_(_answered(span), C.went_on.is_(True)),
    **{name: _logged(*days) for name, days in LOGGED.items()},
    **{name: (lambda span, found=name: and_(_answered(span), C.outcome == found)) for name in UPHELD},  # type: ignore[misc]  # a default is bound now
    "no_outcome": lambda span: and_(_answered(span), or_(C.outcome.is_(None), C.outcome.not_in(UPHELD))),
    "with_lesson": lambda span: and_(_answered(span), C.has_lesson.is_(True)),
    # of what was received in the period, as it stands now
    "of_received_answered": _cohort,
    **_named("of_received_", _answers(C.code_due_original, C.code_due, _cohort)),
    "of_received_ended": lambda span: and_(_received(span), C.closed.is_not(None), C.how != ANSWERED),
    "of_received_not_yet_due": lambda span: and_(_received(span), C.closed.is_(None), C.code_due >= span.today),
    "of_received_unmeasured": lambda span: and_(_received(span), C.closed.is_(None), C.code_due.is_(None)),
    "of_received_overdue": lambda span: and_(_received(span), C.closed.is_(None), C.code_due < span.today),
    # late and due soon, now
    "answer_overdue": lambda span: and_(_answer_due(span), C.due < span.today),
    "answer_due_soon": lambda span: and_(_answer_due(span), C.due.between(span.today, span.soon)),
    "answer_due_later": lambda span: and_(_answer_due(span), C.due > span.soon),
    "answer_owed": lambda span: and_(_is_open(), C.due.is_not(None)),
    "answer_without_date": lambda span: and_(_is_open(), C.due.is_(None)),
    "ack_overdue": lambda span: and_(_ack_due(span), C.ack_due < span.today),
    "ack_due_soon": lambda span: and_(_ack_due(span), C.ack_due.between(span.today, span.soon)),
    "ack_due_later": lambda span: and_(_ack_due(span), C.ack_due > span.soon),
    "panel_overdue": lambda span: and_(_panel_due(span), C.panel_due < span.today),
    "panel_due_soon": lambda span: and_(_panel_due(span), C.panel_due.between(span.today, span.soon)),
    "panel_due_later": lambda span: and_(_panel_due(span), C.panel_due > span.soon),
    "open_now": lambda span: _is_open(),
}
"""What each figure counts, by its name in addresses. `answered_late` are answers; `ack_late` acknowledgements; `code_`
means by the times of the Code's edition that measures the case."""

#: the figures that are about the day we look, whatever the period
OF_TODAY = frozenset({
    *(f"{thing}_{when}" for thing in ("answer", "ack", "panel") for when in ("overdue", "due_soon", "due_later")),
    "answer_owed", "answer_without_date", "open_now",
})  # fmt: skip
#: the figures that count what triage found to be no complaint
NOT_COMPLAINTS = frozenset({"turned_out"})


def bound(figures: Iterable[str], span: Span) -> Condition:
    """What every measure is that counts in any of these figures: a report need not look at the rest."""
    return or_(*(_BOUNDS[name](span) for name in sorted({_bound_of(name) for name in figures})))


def _bound_of(figure: str) -> str:
    if figure in OF_TODAY:
        return "open"
    return "received" if figure.startswith(("of_received", "logged_", "received", "turned_out")) else "touched"


def _touched(span: Span) -> Condition:
    """Under way at any moment of the period, or acknowledged, or met by a panel, since it began. Written so that
    no index is used: to read this narrow table whole is quicker than to look up half of its rows one by one."""
    since = func.coalesce(C.acknowledged, _LONG_AGO) >= span.first, func.coalesce(C.panel_met, _LONG_AGO) >= span.first
    left = func.coalesce(C.closed, _FAR_OFF) >= span.first
    return and_(func.coalesce(C.received, _FAR_OFF) <= span.last, or_(left, *since))


_BOUNDS: Mapping[str, Callable[[Span], Condition]] = {
    "open": lambda span: _is_open(),
    "received": _received,
    "touched": _touched,
}


def condition(figure: str, span: Span) -> Condition:
    """What a measure has to be to count in a figure. Raises KeyError for a figure there is not."""
    return and_(C.counts.is_(figure not in NOT_COMPLAINTS), FIGURES[figure](span))
