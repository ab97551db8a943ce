"""The figures of the reports, counted over stages worked out again (`tests.recount`): the definitions written a
second time, as the report pages say them in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from tests.recount import Stage


def figures(found: list[Stage], first: date, last: date) -> dict[str, Counter]:
    """The figures of volumes and timeliness over a period, by stage."""
    by: dict[str, Counter] = {}
    for one in found:
        if one.counts:
            by.setdefault(one.stage, Counter()).update(_counted(one, first, last))
    return by


def of_line(found: list[Stage], select: dict[str, str], first: date, last: date, today: date) -> Counter:
    """Every figure of a line of a report: of the stages that have what it selects; `-` is for what has none."""
    wanted = [(name, "" if text == "-" else text) for name, text in select.items() if name != "ours"]
    ones = [one for one in found if one.counts and all(one.of.get(name, "") == text for name, text in wanted)]
    return Counter(figure for one in ones for figure in (*_counted(one, first, last), *_also(one, first, last, today)))


def _also(one: Stage, first: date, last: date, today: date) -> Iterator[str]:
    """What the other reports count: outcomes, how a stage ended, days to log, and what became of what was received."""
    if one.closed and first <= one.closed <= last:
        yield one.of["outcome"] or "no_outcome" if one.how == "answered" else one.how
    if not first <= one.received <= last:
        return
    if one.stage == "stage_1":
        many = one.days_to_log
        steps = ((0, "same_day"), (1, "1"), (2, "2"), (5, "3_to_5"), (10, "6_to_10"))
        yield f"logged_{next((word for most, word in steps if many <= most), 'over_10')}"
    if one.how == "answered":
        yield f"of_received_{one.kept['code']}"
    elif one.closed:
        yield "of_received_ended"
    else:
        is_due = one.code_due and ("overdue" if one.code_due < today else "not_yet_due")
        yield f"of_received_{is_due or 'unmeasured'}"


def _counted(one: Stage, first: date, last: date) -> Iterator[str]:
    far = date.max
    closed, is_in = one.closed or far, lambda day: day is not None and first <= day <= last
    yield from ["open_at_start"] * (one.received < first <= closed)
    yield from ["open_at_end"] * (one.received <= last < closed)
    yield from ["received"] * is_in(one.received)
    if is_in(one.closed):
        yield "closed"
        yield "answered" if one.how == "answered" else "ended"
        if one.how == "answered":
            yield f"answered_{one.kept['answer']}"
            yield f"code_{one.kept['code']}"
    if is_in(one.acknowledged):
        yield "acknowledged"
        yield f"ack_{one.kept['ack']}"
        yield f"code_ack_{one.kept['code_ack']}"
