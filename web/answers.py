"""What a browser sent of a form, as raw answers: `read(form, sent)`. The engine's `check_answers` judges them.

An answer is text; a list of texts for `choices`; a date is ISO (`2025-12-23`). A date that is not one keeps its three
parts as they were typed, so that the page can show them again. When it happened is asked on every form and read by
`happened`; it alone may have a time (`2025-12-23T14:30`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.events import ZONE, local_day, moment
from engine.forms import Field, Form
from web.wording import MONTHS

Answers = Mapping[str, Any]
Sent = MultiDict[str, str]

HAPPENED = "happened"
OTHER = "something-else"  # what a browser sends for "Something else", whose text stands beside it
DATE_PARTS = ("day", "month", "year")

_TIME = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?\s*([ap])?\.?m?\.?", re.IGNORECASE)


def fresh(now: datetime) -> dict[str, Any]:
    """The answers of a form nobody has touched: it happened today."""
    return {HAPPENED: local_day(now).isoformat()}


def read(form: Form, sent: Sent) -> dict[str, Any]:
    """The raw answers in what a browser sent, by field; what was left empty is left out."""
    answers = {field.name: _read_field(field, sent) for field in form.fields}
    return {name: answer for name, answer in answers.items() if answer not in ("", [])}


def read_happened(sent: Sent) -> str:
    """When it happened, as it was typed: ISO where it is a date, with the time where one was given."""
    return read_date(HAPPENED, sent)


def happened(text: str, now: datetime) -> datetime | None:
    """The instant of what `read_happened` gave; None for "now", which is what today without a time means.

    Raises ValueError with a sentence for the person.
    """
    day, _, clock = text.partition("T")
    try:
        date.fromisoformat(day)
    except ValueError:
        raise ValueError("When it happened must be a real date, such as 27 3 2024") from None
    if not clock:
        return None if day == now.astimezone(ZONE).date().isoformat() else moment(day)
    try:
        return moment(f"{day}T{clock}")
    except ValueError:
        raise ValueError("The time it happened must be a time, such as 14:30 or 2:30pm") from None


def as_sent(value: Any) -> str:
    """An answer as a browser would send it: a yes-or-no as `yes` or `no`, nothing as empty text."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def as_list(value: Any) -> list[str]:
    """A list answer as texts; anything else as no choice at all."""
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else []


def _read_field(field: Field, sent: Sent) -> Any:
    if field.type == "date":
        return read_date(field.name, sent)
    typed = sent.get(f"{field.name}-other", "").strip()
    if field.type == "choices":
        values = [typed if value == OTHER else value for value in sent.getlist(field.name)]
        return [value for value in values if value]
    value = sent.get(field.name, "").strip()
    return typed if value == OTHER else value


def read_date(name: str, sent: Sent) -> str:
    """The day of three boxes as `2024-12-20`, with the time of a fourth as `2024-12-20T14:30`; empty where they are
    empty, and in the same shape where it is no real day."""
    day, month, year = (" ".join(sent.get(f"{name}-{part}", "").replace("-", " ").split()) for part in DATE_PARTS)
    clock = sent.get(f"{name}-time", "").strip()
    if not (day or month or year or clock):
        return ""
    month = str(_month_number(month) or month)
    text = f"{year}-{month and month.zfill(2)}-{day and day.zfill(2)}"
    return f"{text}T{_clock(clock)}" if clock else text


def _month_number(text: str) -> int:
    """1 to 12 for a month's name or its first three letters or more, else 0."""
    started = (at for at, name in enumerate(MONTHS, 1) if name.lower().startswith(text.lower()))
    return next(started, 0) if len(text) > len("de") else 0


def _clock(text: str) -> str:
    """`14:30` for 14:30, 14.30, 1430, 2:30pm or 2pm; anything else as it was typed."""
    found = _TIME.fullmatch(text)
    if not found:
        return text
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return f"{hour:02}:{minute:02}"
