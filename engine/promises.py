"""The date an acknowledgement promises for the answer: never one that has passed, nor later than the policy's own.

A later one would be more time without its reason and without the Ombudsman's contact: that is told as the version says
(law 7). An earlier one is welcome; where the policy's date is over, or it has none, any day to come does.
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
    promised = as_day(answers.get("promised"))
    if promised is None:
        return
    due = policys(file, event, answers, day)
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


def policys(file: CaseFile, event: str, answers: Mapping[str, object], day: date) -> date | None:
    """The policy's own date for the answer once a letter of that day has gone; None where it has none yet."""
    stage, given = stage_of(event), {name: value for name, value in answers.items() if name != "promised"}
    seen = letter_dates.as_if(file.book_or_refuse(), file.events, CaseEvent(event, at(day), at(day), fields=given))
    answer = seen.deadlines.get(f"{stage}.response") if seen and stage else None
    return answer.due if answer and not answer.is_expected else None
