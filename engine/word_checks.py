"""Checks of the words a version lists: its channels, what a notice tells, who is a designated person.

A source may have words of its own, so an unknown one is only a remark; one that is nearly a known word is a problem.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator

from engine.policy import PolicyVersion, bare, stage_of
from engine.policy_files import line_at, place
from engine.policy_stages import NUMBERS
from engine.problems import Problem, did_you_mean
from engine.version_names import Beside, Names, is_form_broken

#: what a notice of more time can be bound to tell the resident
TOLD = ("reason", "new_date", "ombudsman_contact", "update_interval", "why_not_yet", "what_we_are_doing")
_TIME = re.compile(rf"\b([0-9]+|{'|'.join(NUMBERS)}) (?:working )?(days?|weeks?|months?)\b")
DESIGNATED = ("mp", "councillor", "tenant_panel")


def channels_are_those_of_the_forms(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """The ways to complain, and the ways answers are delivered, are choices of the forms that ask for them."""
    ways = _channels_of("complaint_received", names, beside)
    answers = {way for key in names.asking if bare(key) == "respond" for way in _channels_of(key, names, beside)}
    if ways:
        yield from _words(version, place("channels"), "A complaint may come by", version.channels, ways)
    for channel in version.delivery if answers else ():
        yield from _words(version, place("delivery", channel), "An answer is delivered by", [channel], answers)


def what_notices_tell_is_known(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """What an extension or a holding reply tells the resident."""
    for rule in version.deadlines:
        if rule.more_time:
            key = "extension" if rule.more_time.event == "extension_given" else "holding_reply"
            above = ("stages", stage_of(rule.key) or "", "deadlines", bare(rule.key))
            path = place(*above, key, "tell_resident")
            yield from _words(version, path, f"The notice for '{rule.key}' tells", rule.more_time.tell_resident, TOLD)


def designated_people_are_known(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Who a designated person may be."""
    for stage in version.stages:
        path = place("stages", stage.key, "designated_person")
        yield from _words(version, path, "A designated person is", stage.designated_person, DESIGNATED)


def words_promise_what_is_counted(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """The time that `says` speaks of is the one that is counted; another one is worth a remark."""
    for rule in version.deadlines:
        said = [_counted(number, unit) for number, unit in _TIME.findall(rule.says.lower())]
        if said and _counted(str(rule.within.count), rule.within.unit.removeprefix("working ")) not in said:
            above = ("stages", stage_of(rule.key) or "") if stage_of(rule.key) else ()
            line = line_at(version, place(*above, "deadlines", bare(rule.key), "says"))
            what = f"Deadline '{rule.key}' allows {rule.within}, and what it says speaks of another time."
            yield Problem(version.file, line, what, "Change 'says' or 'within', so that both say the same.", "remark")


def _counted(number: str, unit: str) -> tuple[int, str]:
    """A length of time as a number of days or of months."""
    count = NUMBERS.get(number) or int(number)
    return (count, "months") if unit.startswith("month") else (count * (7 if unit.startswith("week") else 1), "days")


CHECKS = [
    words_promise_what_is_counted,
    channels_are_those_of_the_forms,
    what_notices_tell_is_known,
    designated_people_are_known,
]


def _channels_of(key: str, names: Names, beside: Beside) -> tuple[str, ...]:
    """The channels a form offers; of a form with problems of its own, any word there is may be one more."""
    name = names.asking.get(key, "")
    form = beside.workflows.forms.get(name)
    field = form.field("channel") if form else None
    more = sorted(beside.words) if is_form_broken(name, beside) else ()
    return (*field.choices, *more) if field and field.choices else ()


def _words(
    version: PolicyVersion, path: str, about: str, written: Collection[str], known: Collection[str]
) -> Iterator[Problem]:
    for word in written:
        if word in known:
            continue
        line, what = line_at(version, path), f"{about} '{word}', which is not known here."
        if difflib.get_close_matches(word, known, n=1, cutoff=0.75):
            yield Problem(version.file, line, what, did_you_mean(word, known))
        else:
            yield Problem(version.file, line, what, "It is kept as it is written.", "remark")
