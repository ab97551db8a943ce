"""What the policy allows of something about to be recorded, in sentences: the latest date, an open window, too late.

The engine decides again when it is sent; this only says it beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from engine.case_files import CaseFile
from engine.deadlines import Deadline, latest_allowed
from engine.policy import Within, bare, stage_of
from engine.wordings import skipped_in_words
from engine.working_days import WorkingDays
from web import names
from web.wording import day


@dataclass(frozen=True)
class Allowed:
    """What is said above the form: `warning` where it comes too late, then plain sentences."""

    warning: str = ""
    sentences: tuple[str, ...] = ()


def of(file: CaseFile, name: str, today: date) -> Allowed:
    """What the policy allows of that event today."""
    say = _SAYS.get(bare(name))
    return say(file, name, today) if say else Allowed()


def deadlines(file: CaseFile, name: str) -> list[Deadline]:
    """The deadlines that bear on the event."""
    found = [file.standing.ledger.deadlines.get(key) for key in _keys(file, name)]
    return [one for one in found if one is not None]


def counted(days: WorkingDays, start: date, within: Within, end: date) -> str:
    """`10 working days from 2 March 2026, not counting two weekends`."""
    text = f"{within} from {day(start)}"
    skipped = days.count(start, end).skipped if within.unit == "working days" else ()
    return f"{text}, not counting {skipped_in_words(skipped)}" if skipped else text


def _keys(file: CaseFile, name: str) -> list[str]:
    stage = stage_of(name)
    key = {
        "extension_given": f"{stage}.response",
        "holding_reply_sent": f"{stage}.response",
        "requested": f"{stage}.request_window",
        "panel_postponed": f"{stage}.panel",
        "contacted": f"{stage}.direct_from",
        "designated_person_approached": f"{stage}.direct_from",
    }.get(bare(name))
    if bare(name) == "response_received":
        rules = file.book_or_refuse().version.deadlines
        return [rule.key for rule in rules if rule.of == name]
    return [key] if key else []


def _more_time(file: CaseFile, name: str, today: date) -> Allowed:
    response = next(iter(deadlines(file, name)), None)
    if response is None or response.due is None or response.original is None or response.rule.more_time is None:
        return Allowed()
    word = "An extension" if bare(name) == "extension_given" else "A holding reply"
    warning = ""
    if today > response.due:
        warning = (
            f"The answer was due on {day(response.due)}; send an apology with a new date, which is no extension. "
            f"{word} had to be told by then: record one here only if the resident was told on or before that day."
        )
    sentences = [f"The answer is due on {day(response.due)} now."] if not warning else []
    at_most, days = response.rule.more_time.at_most, file.standing.ledger.days
    limit = latest_allowed(response.rule, response.original, days)
    if at_most and limit:
        working = counted(days, response.original, at_most, limit)
        is_used = response.due >= limit and response.due > response.original
        begins = (
            "All the time the policy allows is given: its latest date is" if is_used else "The latest date allowed is"
        )
        sentences.append(f"{begins} {day(limit)}: {working}.")
        sentences.append("To go past it, give the good reason and the senior person who approved it.")
    else:
        sentences.append("The policy sets no limit. The date you give is a promise, and counts as one.")
    return Allowed(warning, tuple(sentences))


def _requested(file: CaseFile, name: str, today: date) -> Allowed:
    book = file.book_or_refuse()
    window, stage = next(iter(deadlines(file, name)), None), names.stage(book.version, stage_of(name))
    if window is None or window.due is None:
        return Allowed(sentences=(f"The policy sets no time limit for asking for {stage}.",))
    earlier = (
        "Give the day the request really reached us, even if it was found later: a letter that lay at reception "
        "counts from the day it came."
    )
    if today <= window.due:
        return Allowed(
            sentences=(f"Today is inside the time to ask for {stage}, which ends on {day(window.due)}.", earlier)
        )
    late = f"A request that came after {day(window.due)} is late, and goes to the {_desk(file, name)} to decide."
    return Allowed(f"The time to ask for {stage} ended on {day(window.due)}.", (earlier, late))


def _desk(file: CaseFile, name: str) -> str:
    version = file.book_or_refuse().version
    return names.role(version, version.role_of_lane("desk", stage_of(name)))


def _panel(file: CaseFile, name: str, today: date) -> Allowed:
    panel = next(iter(deadlines(file, name)), None)
    if panel is None or panel.due is None:
        return Allowed()
    return Allowed(sentences=(f"The policy's date for the panel stays {day(panel.due)}; the new date is a promise.",))


def _external(file: CaseFile, name: str, today: date) -> Allowed:
    direct = next(iter(deadlines(file, name)), None)
    if direct is None or direct.due is None:
        return Allowed(sentences=("The resident may go to the Ombudsman at any time.",))
    return Allowed(sentences=(f"The resident may go to the Ombudsman directly from {day(direct.due)}.",))


def _received(file: CaseFile, name: str, today: date) -> Allowed:
    sentences = ["Until the true day is recorded, the policy's delivery rule dates it."]
    for window in deadlines(file, name):
        if window.start and window.due:
            title = names.deadline(file.book_or_refuse().version, window.key)
            sentences.append(f"{title}: counted from {day(window.start)}, so until {day(window.due)}.")
    return Allowed(sentences=tuple(sentences))


def _conflict(file: CaseFile, name: str, today: date) -> Allowed:
    return Allowed(sentences=("From then on you cannot consider this complaint at any stage.",))


def _ends(file: CaseFile, name: str, today: date) -> Allowed:
    return Allowed(sentences=("This closes the case. The complaint stays registered.",))


_SAYS: dict[str, Callable[[CaseFile, str, date], Allowed]] = {
    "extension_given": _more_time,
    "holding_reply_sent": _more_time,
    "requested": _requested,
    "panel_postponed": _panel,
    "contacted": _external,
    "designated_person_approached": _external,
    "response_received": _received,
    "conflict_declared": _conflict,
    "withdrawn": _ends,
    "satisfied": _ends,
}
