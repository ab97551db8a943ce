"""What a letter written here must not say or leave out, beside what its form asks: each refused by name.

A story, or an old case corrected, keeps what it has: what was told then was told. A letter that has not gone yet must
not promise something for a day that is over, say "every week" without a first day that stands in the inbox, or be
written by somebody who had a hand in what it answers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

from engine.forms import Form, check_answers
from engine.more_time import GIVES, as_day
from engine.policy import bare
from engine.refusals import BadAnswers
from engine.wordings import day_in_words

#: the questions whose answer is a day that the resident is promised, or that we set ourselves in telling them
PROMISED = ("remedy_by", "to", "next_update", "chase_on")
NOT_INVOLVED = "not_involved"
INVOLVED = (
    "Somebody who was involved cannot write this answer: the letter says that you were not. Declare a conflict of "
    "interest, and someone else takes the complaint."
)
FIRST_UPDATE = "Give the day of the next update: a promise to keep the resident informed is kept by a day in the inbox."


@contextmanager
def refusing(
    form: Form | None, event: str, answers: Mapping[str, object], day: date, *, is_outside: bool
) -> Iterator[None]:
    """Refuse, together with what is refused inside, what a letter of that day must not say. Raises BadAnswers.

    `is_outside`: it gives more time than the Code allows, so that the resident must be told when they hear next.
    """
    wrong = _wrong(form, event, answers, day, is_outside=is_outside) if form else {}
    try:
        yield
    except BadAnswers as bad:
        raise BadAnswers(_said_once(wrong | bad.errors)) from bad
    if wrong:
        raise BadAnswers(wrong)


def _said_once(wrong: dict[str, str]) -> dict[str, str]:
    """A day of the next update says when the resident hears from us: how often need not be asked for beside it."""
    asked = wrong.get("next_update") == FIRST_UPDATE
    return {name: why for name, why in wrong.items() if not (asked and name == "update_interval")}


def not_theirs(form: Form, answers: Mapping[str, object]) -> dict[str, str]:
    """Why whoever answers so cannot write the letter at all, by the question; empty where they can."""
    clean, _ = check_answers(form, answers, also=answers)
    return {NOT_INVOLVED: INVOLVED} if clean.get(NOT_INVOLVED) is False else {}


def _wrong(form: Form, event: str, answers: Mapping[str, object], day: date, *, is_outside: bool) -> dict[str, str]:
    clean, _ = check_answers(form, answers, also=answers)
    wrong = not_theirs(form, answers)
    for name in PROMISED:
        promised, question = as_day(clean.get(name)), form.field(name)
        if question and promised and promised < day:
            wrong[name] = (
                f"\u201c{question.label}\u201d must not be before {day_in_words(day)}, the date on the letter: "
                "no letter promises a day that is over."
            )
    gives_more = bare(event) in GIVES and form.field("next_update") is not None
    if gives_more and (is_outside or clean.get("update_interval")) and not clean.get("next_update"):
        wrong.setdefault("next_update", FIRST_UPDATE)
    return wrong
