"""What the policy allows of something about to be recorded, in sentences: the latest date, an open window, too late.

The engine decides again when it is sent; this only says it beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from engine import more_time
from engine.case_files import CaseFile
from engine.deadlines import Deadline
from engine.letters_out import template_for
from engine.more_time import Room
from engine.policy import bare, stage_of
from engine.rights import roles_that_approve
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


def _keys(file: CaseFile, name: str) -> list[str]:
    stage = stage_of(name)
    key = {
        "extension_given": f"{stage}.response",
        "holding_reply_sent": f"{stage}.response",
        "requested": f"{stage}.request_window",
        "apology_sent": f"{stage}.response",
        "panel_postponed": f"{stage}.panel",
        "contacted": f"{stage}.direct_from",
        "designated_person_approached": f"{stage}.direct_from",
    }.get(bare(name))
    if bare(name) == "response_received":
        rules = file.book_or_refuse().version.deadlines
        return [rule.key for rule in rules if rule.of == name]
    return [key] if key else []


def _more_time(file: CaseFile, name: str, today: date) -> Allowed:
    room = more_time.room_of(next(iter(deadlines(file, name)), None), file.standing.ledger.days)
    if room is None:
        return Allowed()
    word = "An extension" if bare(name) == "extension_given" else "A holding reply"
    if today > room.due:
        warning = (
            f"The answer was due on {day(room.due)}; send an apology with a new date, which is no extension. "
            f"{word} had to be told by then: record one here only if the resident was told on or before that day. "
            f"Somebody else must approve that ({_senior(file, name)}), and both days are shown."
        )
        return Allowed(warning, tuple(_limits(file, name, room)))
    return Allowed(sentences=(f"The answer is due on {day(room.due)} now.", *_limits(file, name, room)))


def _limits(file: CaseFile, name: str, room: Room) -> Iterator[str]:
    """The latest date allowed and the days counted; what a second one, or one past the limit, needs."""
    if room.limit is None:
        yield "The policy sets no limit. The date you give is a promise, and counts as one."
        return
    is_used = room.due >= room.limit and room.due > room.original
    begins = "All the time the policy allows is given: its latest date is" if is_used else "The latest date allowed is"
    yield f"{begins} {day(room.limit)}: {room.counted}."
    needs = f"{_outside(file, name)} It is shown as outside the Code's time."
    if room.is_second():
        yield f"More time was given before. A second extension is outside the Code's time: {needs}"
    else:
        yield f"To go past it, {needs}"


def _outside(file: CaseFile, name: str) -> str:
    """What going outside the Code's time asks: where a letter is written here, approval is asked for on its page."""
    senior, heard = _senior(file, name), "how often or when the resident hears from us"
    if template_for(file.book_or_refuse(), name) is None:
        return f"give the good reason, who approved it ({senior}), and {heard}."
    return (
        f"give the good reason, and {heard}. Somebody else must approve it ({senior}): you ask for that once you have "
        "seen the letter."
    )


def _senior(file: CaseFile, name: str) -> str:
    version = file.book_or_refuse().version
    return " or ".join(names.role(version, one) for one in roles_that_approve(version, stage_of(name)))


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


def _apology(file: CaseFile, name: str, today: date) -> Allowed:
    response = next(iter(deadlines(file, name)), None)
    if response is None or response.due is None:
        return Allowed()
    return Allowed(
        sentences=(
            f"The answer was due on {day(response.due)}. The new date is a promise; it is no extension, and the answer "
            "stays late.",
        )
    )


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
    "apology_sent": _apology,
    "panel_postponed": _panel,
    "contacted": _external,
    "designated_person_approached": _external,
    "response_received": _received,
    "conflict_declared": _conflict,
    "withdrawn": _ends,
    "satisfied": _ends,
}
