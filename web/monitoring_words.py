"""The words of figures and periods on the pages of monitoring: what a list of cases behind a figure is headed with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.report_names import CHANNELS, ENDINGS, OUTCOMES, TENURES, Names
from engine.report_tables import Cell
from engine.store.measure_counts import NONE, Selection
from web import wording

ANSWERS = {
    "in_time": "answered in time", "extended": "answered within more time that was given", "late": "answered late",
    "unpromised": "answered, with no date to keep",
}  # fmt: skip
KEPT = {"in_time": "in time", "late": "late", "unpromised": "with no date to keep"}
OWED = {"overdue": "overdue", "due_soon": "due soon", "due_later": "due later"}
THINGS = {"answer": "Answer", "ack": "Acknowledgement", "panel": "Panel"}
LOGGED = {
    "logged_same_day": "Logged on the day of receipt",
    "logged_1": "Logged 1 day after receipt",
    "logged_2": "Logged 2 days after receipt",
    "logged_3_to_5": "Logged 3 to 5 days after receipt",
    "logged_6_to_10": "Logged 6 to 10 days after receipt",
    "logged_over_10": "Logged more than 10 days after receipt",
}

TITLES: Mapping[str, str] = {
    "received": "Received",
    "closed": "Closed: answered, or ended without an answer",
    "answered": "Answered",
    "ended": "Ended without an answer",
    "withdrawn": "Withdrawn before an answer",
    "refused": "Refused",
    "open_at_start": "Open when the period began",
    "open_at_end": "Open when the period ended",
    "turned_out": "Found to be no complaint",
    "acknowledged": "Acknowledged",
    "panel_met": "Panels that met",
    "went_on": "Answered, and gone on to the next stage since",
    "upheld": "Answered: upheld",
    "partly_upheld": "Answered: partly upheld",
    "not_upheld": "Answered: not upheld",
    "no_outcome": "Answered: no outcome recorded",
    "with_lesson": "Answered, with a lesson",
    **LOGGED,
    **{f"ack_{key}": f"Acknowledged {words}" for key, words in KEPT.items()},
    **{f"code_ack_{key}": f"Acknowledged {words}, by the Code" for key, words in KEPT.items()},
    **{f"panel_{key}": f"Panel met {words}" for key, words in KEPT.items()},
    **{f"answered_{key}": words.capitalize() for key, words in ANSWERS.items()},
    **{f"code_{key}": f"{words.capitalize()}, by the Code" for key, words in ANSWERS.items()},
    **{f"of_received_{key}": f"Received in the period and {words}, by the Code" for key, words in ANSWERS.items()},
    "of_received_answered": "Received in the period and answered by now",
    "of_received_ended": "Received in the period and ended without an answer",
    "of_received_not_yet_due": "Received in the period, open, and not yet due by the Code",
    "of_received_overdue": "Received in the period, open, and overdue by the Code",
    "of_received_unmeasured": "Received in the period, open, and with no date by the Code",
    **{f"{thing}_{key}": f"{title} {words}" for thing, title in THINGS.items() for key, words in OWED.items()},
    "answer_owed": "Answer owed",
    "answer_without_date": "Answer owed, with no date",
    "open_now": "Open now",
}
"""What each figure counts, in words."""


def chosen(selection: Selection, names: Names) -> list[tuple[str, str, str]]:
    """What a selection narrows to: the name in the address, what it is called, and its value in words."""
    there = {
        "policy": ("Landlord", names.policies.get(selection.policy, selection.policy)),
        "version": ("Policy version", _version(selection.version, names)),
        "stage": ("Stage", _stage(selection.stage, names)),
        "area": ("Service area", names.area((_value(selection.area),))),
        "channel": ("Channel", CHANNELS.get(selection.channel, _none(selection.channel))),
        "outcome": ("Outcome", OUTCOMES.get(selection.outcome, _none(selection.outcome))),
        "contractor": ("Contractor", "None named" if selection.contractor == NONE else selection.contractor),
        "ours": ("Stages", "Ours alone"),
        "tenure": ("Connection", TENURES.get(selection.tenure, _none(selection.tenure))),
    }
    return [(name, *words) for name, words in there.items() if getattr(selection, name)]


def _version(wanted: str, names: Names) -> str:
    found = names.versions.get(int(wanted)) if wanted.isascii() and wanted.isdigit() else None
    return f"{found.landlord}, {found.version}" if found else "No version"


def _stage(wanted: str, names: Names) -> str:
    number, _, key = wanted.partition("-")
    return names.stage((int(number), key)) if number.isascii() and number.isdigit() and len(number) < 4 else wanted


def _value(text: str) -> str | None:
    return None if text == NONE else text


def _none(text: str) -> str:
    return "Not recorded" if text == NONE else text


def ending(how: str | None) -> str:
    """How a stage was left, in words; that it is open."""
    return ENDINGS.get(how, wording.plain(how)) if how else "Open"


def period(first: date, last: date) -> str:
    """`1 June 2024 to 30 June 2024`."""
    return f"{wording.day(first)} to {wording.day(last)}"


def shown(cell: Cell) -> str:
    """A cell as a page or a terminal shows it; a dash where there is no value."""
    value = cell.value
    if value is None or value == "":
        return "–"  # noqa: RUF001 # an en dash stands for no value
    if isinstance(value, date):
        return wording.short_day(value)
    if cell.kind == "share":
        return f"{value}%"
    return f"{value:,}" if isinstance(value, int | float) else str(value)
