"""What stands beside a form: the case in brief, the date with its working, the words of the policy, and readings.

Everything here is read out of the case and the version that governs it; nothing is decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from engine import case_saving
from engine.case_files import CaseFile
from engine.deadlines import Deadline
from engine.events import CaseEvent, latest
from engine.forms import Form
from engine.policy import DeadlineRule, PolicyVersion, Reading, bare, stage_of
from engine.process import OpenTask
from engine.wordings import working
from web import current, forms, names, wording
from web.inbox import urgency_of, working_days

#: of the complaint itself, shown in this order; never a sensitive field
BRIEF = (
    "channel",
    "relationship",
    "representative",
    "authority",
    "preferred_contact",
    "issue_occurred",
    "resident_aware",
    "outcome_sought",
)


@dataclass(frozen=True)
class Dated:
    """A deadline in words: what it promises, its date, how that was worked out, and what else must be known."""

    title: str
    promise: str
    due: date | None
    urgency: wording.Urgency | None
    state: str
    working: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    """A sentence of the policy and where it is written."""

    says: str
    cites: tuple[str, ...]


@dataclass(frozen=True)
class ClauseWords:
    """A rule of the source document by its id, in its own words."""

    id: str
    where: str
    rule: str


@dataclass(frozen=True)
class Beside:
    """All of it, as `beside.html` shows it."""

    reference: str
    brief: list[tuple[str, str]]
    description: str
    dates: list[Dated] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    clauses: list[ClauseWords] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)


def of_task(file: CaseFile, task: OpenTask, form: Form) -> Beside:
    """What stands beside a task's form."""
    book = file.book_or_refuse()
    deadline = case_saving.task_deadline(file.run, task, file.standing.ledger)
    rules = [rule for rule in book.version.deadlines if rule.met_by == book.records(task)]
    if task.task.startswith("decide_late_request") and (
        window := book.version.deadline(f"{task.stage}.request_window")
    ):
        rules.append(window)
    if not rules and deadline:
        rules.append(deadline.rule)
    core = {task.key, f"decisions.{task.task}", *(rule.key for rule in rules)}
    wider = {f"roles.{book.role(task)}", *_fields(form), *([task.stage] if task.task == "respond" else [])}
    dates = [dated(file, deadline)] if deadline else []
    return _beside(file, dates, rules, core, wider, task.stage)


def of_happening(file: CaseFile, name: str, form: Form, deadlines: Iterable[Deadline]) -> Beside:
    """What stands beside the form of something that happened."""
    book, given = file.book_or_refuse(), list(deadlines)
    rules = [rule for rule in book.version.deadlines if rule.met_by == name or rule in [one.rule for one in given]]
    word = {"extension_given": "extension", "holding_reply_sent": "holding_reply"}.get(bare(name), "")
    core = {name, *(rule.key for rule in rules), *(f"{one.key}.{word}" for one in given if word)}
    dates = [dated(file, one) for one in given]
    return _beside(file, dates, rules, core, _fields(form), stage_of(name))


def dated(file: CaseFile, deadline: Deadline) -> Dated:
    """A deadline of a case in words, with the working of its date."""
    version, seen = file.book_or_refuse().version, file.standing.ledger
    is_open = deadline.state in ("running", "expected", "overdue") and deadline.due is not None
    return Dated(
        title=names.deadline(version, deadline.key),
        promise=names.promise(version, deadline.rule),
        due=deadline.due,
        urgency=urgency_of(deadline.due, working_days(version)) if is_open and deadline.due else None,
        state=deadline.state or "",
        working=working(deadline, seen, first_day_counts=version.first_day_counts),
        notes=tuple(_notes(deadline)),
    )


def kept_answers(form: Form, given: dict[str, object]) -> list[tuple[str, str]]:
    """What was typed, as questions and answers, for somebody whose page could not be saved."""
    return [(one.label, forms.shown(one, given[one.name])) for one in form.fields if given.get(one.name)]


def _notes(deadline: Deadline) -> Iterable[str]:
    if deadline.backstop and deadline.backstop != deadline.due:
        yield (
            f"The step before it was late. Done on time, this would be due on {wording.day(deadline.backstop)}: "
            "that is the backstop, and the Ombudsman may hold us to it."
        )
    if deadline.promised and deadline.promised != deadline.due:
        yield f"Our letter promised {wording.day(deadline.promised)}. Both dates count: the earlier comes first."


def _beside(
    file: CaseFile, dates: list[Dated], rules: list[DeadlineRule], core: set[str], wider: set[str], stage: str | None
) -> Beside:
    """`core`: what carries the clauses that ask for this; `wider`: what carries those that bear on it as well."""
    version = file.book_or_refuse().version
    clauses = [clause for clause in version.clauses if set(clause.carried_by) & (core | wider)]
    asking = [clause for clause in clauses if set(clause.carried_by) & core]
    ids = {clause.rule for clause in asking}
    named = {name.partition(".")[2] for one in asking for name in one.carried_by if name.startswith("assumed.")}
    return Beside(
        reference=file.reference,
        brief=_brief(file, version),
        description=_complaint(file).text("description"),
        dates=dates,
        words=_words(version, rules, stage),
        clauses=[words for one in clauses if (words := _clause(version, one.rule))],
        readings=[one for one in version.readings if one.key in named or ids & set(one.about)],
    )


def _complaint(file: CaseFile) -> CaseEvent:
    return latest(file.events, "complaint_received") or file.record[0]


def _brief(file: CaseFile, version: PolicyVersion) -> list[tuple[str, str]]:
    complaint, form = _complaint(file), current.office().complaint_form(file.policy, version)
    asked = [one for name in BRIEF if (one := form.field(name)) and complaint.fields.get(name)]
    told = [(one.label, forms.shown(one, complaint.fields[one.name])) for one in asked]
    return [
        ("Resident", complaint.text("resident")),
        ("Address", " ".join(f"{complaint.text('address')} {complaint.text('postcode')}".split())),
        ("Received", wording.happened(complaint.happened)),
        ("Stage", names.stage(version, file.standing.stage)),
        ("Governed by", f"{version.landlord}: {version.title}"),
        *told,
    ]


def _words(version: PolicyVersion, rules: list[DeadlineRule], stage: str | None) -> list[Words]:
    """What the policy says of it: each promise, more time where it may be had, and the stage in its own words."""
    found = [Words(rule.says, tuple(names.citation(version, one) for one in rule.cites)) for rule in rules]
    for rule in rules:
        if rule.more_time and rule.more_time.at_most:
            says = f"We may take up to {rule.more_time.at_most} more, told to the resident before the answer is due."
            found.append(Words(says, tuple(names.citation(version, one) for one in rule.more_time.cites)))
    if stage and version.has_stage(stage) and version.stage(stage).says:
        own = version.stage(stage)
        found.append(Words(own.says, tuple(names.citation(version, one) for one in own.cites)))
    return found


def _clause(version: PolicyVersion, rule_id: str) -> ClauseWords | None:
    rule = current.office().shelf.rules.get(rule_id)
    if rule is None:
        return None
    source = next((one.title for one in version.sources.values() if one.rules == rule.source), rule.source)
    return ClauseWords(rule_id, f"{source}, {rule.clause}" if rule.clause else source, rule.rule)


def _fields(form: Form) -> set[str]:
    return {f"{form.name}.{name}" for name in form.names}
