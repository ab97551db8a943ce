"""The date an acknowledgement promises for the answer: never one that has passed, nor later than the policy's own.

A later one would be more time without its reason and without the Ombudsman's contact: that is told as the version says
(law 7). An earlier one is welcome; where the policy has none, any day to come does. Where its date is over when the
letter goes, a day must be given: no letter promises one that has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine import letter_dates
from engine.case_files import CaseFile
from engine.events import CaseEvent, at
from engine.more_time import as_day, too_far
from engine.policy import stage_of
from engine.refusals import BadAnswers
from engine.wordings import day_in_words


def refuse(file: CaseFile, event: str, answers: Mapping[str, object], day: date) -> None:
    """Refuse a date for the answer that a letter of that day must not promise. Raises BadAnswers under `promised`."""
    promised, due = as_day(answers.get("promised")), policys(file, event, answers, day)
    if promised is None:
        if due and due < day and _is_asked(file, event):
            raise BadAnswers(
                {
                    "promised": f"The policy's date for the answer, {day_in_words(due)}, is over on the letter's date. "
                    "Give the day by which the resident will have it. The letter says that the policy's date is missed."
                }
            )
        return
    if promised < day:
        raise BadAnswers({"promised": f"The date for the answer must not be before {day_in_words(day)}, the letter's."})
    if due and day <= due < promised:
        raise BadAnswers(
            {
                "promised": f"The policy's date is {day_in_words(due)}. To answer later, tell the resident before that "
                "day that you need more time, and why, in the letter that is for it. Give an earlier day here, or none."
            }
        )
    if wrong := too_far(promised, day):
        raise BadAnswers({"promised": wrong["to"].replace("new date", "date for the answer")})


def _is_asked(file: CaseFile, event: str) -> bool:
    """Whether the event's form asks for a date of the answer, so that its letter prints one."""
    book = file.book_or_refuse()
    going = book.outgoing.get(event)
    return bool(going and book.workflows.forms[going.form].field("promised"))


def policys(file: CaseFile, event: str, answers: Mapping[str, object], day: date) -> date | None:
    """The policy's own date for the answer once a letter of that day has gone; None where it has none yet."""
    stage, given = stage_of(event), {name: value for name, value in answers.items() if name != "promised"}
    seen = letter_dates.as_if(file.book_or_refuse(), file.events, CaseEvent(event, at(day), at(day), fields=given))
    answer = seen.deadlines.get(f"{stage}.response") if seen and stage else None
    return answer.due if answer and not answer.is_expected else None
