"""A version in sentences: its promises, what carries each rule of its source, where it falls short of the Code."""

from __future__ import annotations

from dataclasses import dataclass

from engine import compliance
from engine.policy import Clause, DeadlineRule, PolicyVersion, bare, stage_of
from engine.replay import Rulebook
from engine.reports import REPORTS
from engine.wordings import listed
from web import current, event_words, names, wording

SURE = {
    "verified": "Number and wording checked",
    "content": "Wording checked, number not",
    "memory": "From memory: check it before you rely on it",
}
TOLD = {"reason": "the reason", "new_date": "the new date", "ombudsman_contact": "how to reach the Ombudsman"}
PLACES = {
    "channels": "The ways to complain",
    "contacts": "The addresses by date",
    "register": "The register of cases",
    "inbox": "The inbox",
    "complaint_received": "Logging a complaint",
}
KINDS = {
    "roles": "Role",
    "rules": "Rule",
    "decisions": "Decision table",
    "assumed": "Reading",
    "law": "Law",
    "sources": "Source",
}


@dataclass(frozen=True)
class Promise:
    """A deadline as a sentence: how it is counted, more time where it may be had, and where it is written."""

    title: str
    says: str
    counted: str
    more_time: str
    cites: str


@dataclass(frozen=True)
class AnsweredFor:
    """A rule of a source document and how the version answers for it."""

    id: str
    where: str
    rule: str
    carried_by: list[str]
    to_come: str
    is_statement: bool


@dataclass(frozen=True)
class Against:
    """An edition of the Code and where the version promises less."""

    title: str
    begins: str
    shortfalls: tuple[compliance.Shortfall, ...]


def promise(version: PolicyVersion, rule: DeadlineRule) -> Promise:
    """One promise, or one time a resident has."""
    start = names.STARTS.get(bare(rule.of), wording.plain(rule.of).lower())
    other = f", or of {names.STARTS.get(bare(rule.or_of), wording.plain(rule.or_of).lower())}" if rule.or_of else ""
    return Promise(
        title=wording.plain(names.DEADLINES.get(bare(rule.key), bare(rule.key))),
        says=rule.says,
        counted=f"{rule.within} {'after' if rule.met_by is None else 'of'} {start}{other}",
        more_time=_more_time(rule),
        cites="; ".join(names.citation(version, one) for one in rule.cites),
    )


def promises(version: PolicyVersion, stage: str | None) -> list[Promise]:
    """The promises of a stage; with None those of the case as a whole."""
    return [promise(version, rule) for rule in version.deadlines if stage_of(rule.key) == stage]


def answered_for(book: Rulebook) -> list[AnsweredFor]:
    """Every rule of the version's own source."""
    return [_answered(book, clause) for clause in book.version.clauses]


def against_the_code(version: PolicyVersion) -> list[Against]:
    """The version held against each edition of the Code: it still governs the cases received while it was in force."""
    yardstick = current.office().shelf.yardstick
    if yardstick is None:
        return []
    return [
        Against(one.title, wording.day(one.begins), compliance.shortfalls(version, yardstick, one.begins))
        for one in reversed(yardstick.editions)
    ]


def counting(version: PolicyVersion) -> list[str]:
    """How days are counted under the version."""
    deemed = version.receipt.deemed_after
    received = (
        f"What arrives after {deemed:%H:%M}, or on a day off, counts from the next working day."
        if deemed
        else "The day a complaint arrives is the day of receipt, whatever the hour."
    )
    first = (
        "That day is day 1." if version.first_day_counts else "That day is day 0; the first working day after it is 1."
    )
    by_delivery: dict[str, list[str]] = {}
    for channel, when in version.delivery.items():
        by_delivery.setdefault(when, []).append(wording.plain(channel).lower())
    delivered = [
        f"An answer sent by {listed(channels)} counts as received on the {when}, until the true day is recorded."
        for when, channels in by_delivery.items()
    ]
    return [received, first, "Working days are Monday to Friday, except bank holidays and closures.", *delivered]


def _more_time(rule: DeadlineRule) -> str:
    more = rule.more_time
    if more is None:
        return ""
    what = "An extension" if more.event == "extension_given" else "A holding reply"
    limit = f"of at most {more.at_most}, counted from the first due date" if more.at_most else "without a limit"
    told = listed([TOLD.get(one, wording.plain(one).lower()) for one in more.tell_resident])
    return f"{what} {limit}, told to the resident before the answer is due" + (f", with {told}." if told else ".")


def _answered(book: Rulebook, clause: Clause) -> AnsweredFor:
    rule = current.office().shelf.rules.get(clause.rule)
    source = next((one.title for one in book.version.sources.values() if rule and one.rules == rule.source), "")
    where = ", ".join(text for text in (source, rule.clause if rule else "") if text)
    carried = [carrier(book, name) for name in clause.carried_by]
    return AnsweredFor(clause.rule, where, rule.rule if rule else "", carried, clause.to_come, clause.is_statement)


def carrier(book: Rulebook, name: str) -> str:
    """What carries a rule, in words: a deadline, a stage, a task, a question of a form, a reading."""
    version, (head, _, rest) = book.version, name.partition(".")
    if name in PLACES:
        return PLACES[name]
    if version.deadline(name):
        return names.deadline(version, name)
    if version.has_stage(name):
        return names.stage(version, name)
    if head in KINDS:
        return f"{KINDS[head]}: {_titled(version, head, rest)}"
    if head == "reports" and rest in REPORTS:
        return f"Report: {REPORTS[rest].title}"
    if head == "letters":
        return f"Letter: {_letter(book, rest)}"
    if head in book.workflows.forms and rest:
        question = book.workflows.forms[head].field(rest)
        return f"Question: {question.label}" if question else wording.plain(name)
    return _done(book, name)


def _done(book: Rulebook, name: str) -> str:
    """A task, a message or an extension."""
    stage, last = stage_of(name), bare(name)
    if last in ("extension", "holding_reply"):
        return f"{names.deadline(book.version, name.rpartition('.')[0])}: {last.replace('_', ' ')}"
    if any(key == last for _, key in book.workflows.tasks):
        return event_words.task_title(book, name)
    if book.message(name) or last in book.workflows.facts:
        return names.happening(book, name)
    return f"{names.stage(book.version, stage)}: {wording.plain(last).lower()}" if stage else wording.plain(name)


def _letter(book: Rulebook, name: str) -> str:
    """A letter by its title, with the stage it is of; and what a part of it holds."""
    above, _, last = name.rpartition(".")
    template = book.templates.get(name) or book.templates.get(above)
    if template is None:
        return wording.plain(name)
    stage = stage_of(template.name)
    where = f", {names.stage(book.version, stage)}" if stage else ""
    part = next((one for one in template.parts if one.name == last and template.name == above), None)
    holds = f": {part.must or wording.plain(part.name).lower()}" if part else ""
    return f"{template.title}{where}{holds}"


def _titled(version: PolicyVersion, kind: str, key: str) -> str:
    readings = {one.key: one.question for one in version.readings}
    law = current.office().shelf.law
    titles = {
        "roles": version.roles[key].title if key in version.roles else "",
        "assumed": readings.get(key, ""),
        "law": law[key].title if key in law else "",
        "sources": version.sources[key].title if key in version.sources else "",
        "decisions": event_words.TITLES.get(key, "") or ("what this is" if key == "triage" else ""),
    }
    return titles.get(kind) or wording.plain(key).lower()
