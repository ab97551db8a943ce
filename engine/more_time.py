"""What more time may be given for an answer: told inside the original time, within a limit, once.

An extension after the due date is none (law 7). A second one, or one past the limit, is outside the Code's time: it
wants a good reason, somebody else's approval and word of when the resident hears next (Code 5.9, 6.4, 6.15). Where the
version sets no limit (the holding reply of 2018) its source sets no number either, so a second one is as good as the
first: the date it gives is a promise, and counts as one.

A letter told in time and written down only after the due date makes a missed date a kept one. That is somebody else's
to approve, and both days are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from engine.deadlines import Deadline, latest_allowed
from engine.policy import MoreTime, bare
from engine.refusals import BadAnswers, Refused
from engine.rights import Person, is_oneself
from engine.wordings import counted, day_in_words
from engine.working_days import WorkingDays

GIVES = frozenset({"extension_given", "holding_reply_sent"})
NOT_ONESELF = "Someone else, senior to whoever gives it, must approve going past the limit."
MOST_DAYS_MORE = 366  # no policy gives a year more: it is a year mistyped

Answers = Mapping[str, object]


@dataclass(frozen=True)
class Room:
    """What more time there is for one answer: due then, asked for on that day, until that limit if there is one."""

    due: date
    original: date
    limit: date | None
    counted: str  # how the limit was counted; empty where there is none
    is_given: bool  # some was given before
    rule: MoreTime

    def is_second(self) -> bool:
        """Whether any more would be a second one, where the version limits it."""
        return self.limit is not None and self.is_given

    def is_outside(self, to: date | None) -> bool:
        """Whether more time until that day is outside the Code's time."""
        return self.is_second() or bool(self.limit and to and to > self.limit)

    def is_over(self, today: date) -> bool:
        """Whether the answer was due before today: what was told in time is then only written down late."""
        return self.due < today


def room_of(deadline: Deadline | None, days: WorkingDays) -> Room | None:
    """What more time the version has for that answer; None where it has none, or the answer has no date yet."""
    if deadline is None or deadline.due is None or deadline.original is None or deadline.rule.more_time is None:
        return None
    limit, at_most = latest_allowed(deadline.rule, deadline.original, days), deadline.rule.more_time.at_most
    how = counted(days, deadline.original, at_most, limit) if limit and at_most else ""
    given = bool(deadline.more_time)
    return Room(deadline.due, deadline.original, limit, how, given, deadline.rule.more_time)


def refuse(room: Room, name: str, answers: Answers, told: date, who: Person) -> None:
    """Refuse more time that the version does not allow, told to the resident on that day.

    Raises Refused after the due date, with what to do instead and the latest date that would have been allowed;
    BadAnswers with a sentence for each answer that is wrong or missing.
    """
    word = "an extension" if bare(name) == "extension_given" else "a holding reply"
    if told > room.due:
        latest = _latest(room, "The latest date that would have been allowed is")
        raise Refused(
            f"The answer was due on {day_in_words(room.due)}: {word} had to be told by then. After the due date send "
            f"an apology with a new date, which is no extension.{latest}"
        )
    errors = _wrong_date(room, answers, told) or {**_untold(room, answers), **_outside(room, answers, who)}
    if errors:
        raise BadAnswers(errors)


def _wrong_date(room: Room, answers: Answers, told: date) -> dict[str, str]:
    to, due = as_day(answers.get("to")), day_in_words(room.due)
    if to is not None and to <= room.due:
        latest = _latest(room, "The latest date that would have been allowed is")
        return {"to": f"The new date must be after {due}, when the answer is due now.{latest}"}
    return too_far(to, told)


def too_far(to: date | None, told: date) -> dict[str, str]:
    """A new date more than a year away is a year mistyped."""
    if to is None or to <= told + timedelta(days=MOST_DAYS_MORE):
        return {}
    return {"to": f"The new date is more than a year from {day_in_words(told)}. Check the year."}


def _untold(room: Room, answers: Answers) -> dict[str, str]:
    """A notice without what the version has it tell the resident is none."""
    if "ombudsman_contact" not in room.rule.tell_resident or answers.get("ombudsman_given") is not False:
        return {}
    cites = f" ({', '.join(str(one) for one in room.rule.cites)})" if room.rule.cites else ""
    return {
        "ombudsman_given": f"The notice must give the Ombudsman's contact details{cites}. Tell the resident "
        f"again, with them, by {day_in_words(room.due)}."
    }


def _outside(room: Room, answers: Answers, who: Person) -> dict[str, str]:
    """A second one, or one past the limit: a good reason, somebody else who approved it, and when we write next."""
    to = as_day(answers.get("to"))
    if not room.is_outside(to):
        return {}
    missing = {}
    if not answers.get("good_reason"):
        missing["good_reason"] = "Give the good reason for taking longer than the Code allows."
    if not answers.get("approved_by"):
        missing["approved_by"] = "Say who approved it: someone senior to whoever gives it."
    if not (answers.get("update_interval") or answers.get("next_update")):
        missing["update_interval"] = "Say how often, or when next, we will update the resident (Code 5.9)."
    oneself = {"approved_by": NOT_ONESELF} if is_oneself(who, answers.get("approved_by")) else {}
    return {**(_why_outside(room, to) if missing else {}), **missing, **oneself}


def _why_outside(room: Room, to: date | None) -> dict[str, str]:
    needs = "the good reason, the approval of somebody senior, and when the resident hears from us next"
    if room.limit and to and to > room.limit:
        says = f"The latest date allowed is {day_in_words(room.limit)}: {room.counted}."
        return {"to": f"{says} To go past it, give {needs}."}
    return {"to": f"More time was given before. A second extension is outside the Code's time: give {needs}."}


def _latest(room: Room, begins: str) -> str:
    return f" {begins} {day_in_words(room.limit)}. That is {room.counted}." if room.limit else ""


def as_day(value: object) -> date | None:
    """An answer as a day; None where there is none, or it is no date."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
