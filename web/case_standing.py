"""Where a case stands, for its page: its status in words, what is to be done, what may happen, and its diagrams."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from engine import case_saving, facts, owed
from engine.case_files import CaseFile
from engine.diagrams import Diagram
from engine.events import APOLOGY_SENT, AUTHORITY_RECEIVED, CONFLICT_DECLARED, RESPONSE_RECEIVED
from engine.events import CONTACTS as LETTERS_OR_CONTACTS
from engine.letter_events import INTAKE
from engine.owed import Owed
from engine.policy import bare, stage_of
from engine.process import OpenTask
from engine.replay import Rulebook
from engine.rights import Person
from engine.wordings import listed
from web import case_people, case_rights, diagrams, event_words, fact_offers, names, task_links, wording
from web.inbox import urgency_of, working_days
from web.task_links import CONTACTS

ENDINGS = {
    "withdrawn": "the resident withdrew the complaint",
    "satisfied": "the resident is satisfied",
    "lapsed": "the time to ask for the next stage passed",
    "refused": "refused",
    "service_request": "passed on as a service request",
    "comment": "recorded as a comment",
    "compliment": "recorded as a compliment",
    "ombudsman.closed": "the Ombudsman closed its file",
}
LETTERS_AND_CONTACTS = LETTERS_OR_CONTACTS | {APOLOGY_SENT}
FINDINGS = {"upheld": "upheld", "partly_upheld": "upheld in part", "not_upheld": "not upheld"}


@dataclass(frozen=True)
class TaskLine:
    """A task that is open, or something owed: where it is done, whose it is, and how pressing it is."""

    title: str
    href: str
    role: str
    holder: str
    due: date | None
    promised: date | None
    mark: str
    colour: str
    says: str = ""


@dataclass(frozen=True)
class Link:
    """Something that may be recorded now."""

    text: str
    href: str


@dataclass(frozen=True)
class Recordable:
    """What may be recorded besides what the diagram waits for: letters to write, contacts, other facts."""

    letters: tuple[Link, ...]
    contacts: tuple[Link, ...]
    others: tuple[Link, ...]


@dataclass(frozen=True)
class Status:
    """The status as a mark, and as a sentence."""

    mark: str
    colour: str
    sentence: str
    finding: str


def status(file: CaseFile) -> Status:
    """Open, answered or closed, and how it ended."""
    now, version = file.standing, file.governing.version
    finding = f"Finding: {FINDINGS[now.outcome]}" if now.outcome in FINDINGS else ""
    if file.hold:
        return Status("On hold", wording.colour("held"), "Nothing can be done until it is off hold.", finding)
    stage = names.stage(version, now.stage) if version else ""
    if now.status == "closed":
        how = ENDINGS.get(now.ending or "") or event_words.title(version, now.ending or "").lower()
        on = f" on {wording.day(now.ended)}" if now.ended else ""
        return Status("Closed", wording.colour("closed"), f"Closed{on}: {how}.", finding)
    if now.status == "answered":
        return Status(
            "Answered", wording.colour("answered"), "Our answer is out. The next step is the resident's.", finding
        )
    return Status("Open", wording.colour("open"), f"Open at {stage}: something here waits to be done.", finding)


def tasks(file: CaseFile) -> list[TaskLine]:
    """The open tasks, and what else we owe, the most pressing first."""
    found = [_task(file, task) for task in file.standing.open_tasks]
    found += [_owed(file, one) for one in owed.owed(file)]
    return sorted(found, key=lambda line: min(line.due or date.max, line.promised or date.max))


def buttons(file: CaseFile, who: Person) -> list[Link]:
    """What may happen now: the messages the process waits for, and no other."""
    book = file.book
    if book is None or file.hold or not case_rights.may_act(who, file):
        return []
    here = f"/cases/{file.reference}/record"
    order = [*(task.stage for task in file.standing.open_tasks), None]
    found = sorted(file.standing.may_happen, key=lambda name: (bare(name) == "withdrawn", stage_of(name) not in order))
    return [Link(names.happening(book, name), f"{here}/{name}") for name in found]


def recordable(file: CaseFile, who: Person) -> Recordable:
    """Facts that may be recorded though no diagram waits for them: letters to write, contacts, and the rest."""
    book = file.book
    if book is None or file.hold or not case_rights.may_act(who, file):
        return Recordable((), (), ())
    offered = facts.facts_offered(file)
    others = [name for name in offered if bare(name) not in LETTERS_AND_CONTACTS and _is_wanted(file, name)]

    def links(wanted: Iterable[str], folder: str) -> tuple[Link, ...]:
        return tuple(Link(names.happening(book, name), f"/cases/{file.reference}/{folder}/{name}") for name in wanted)

    return Recordable(
        letters=links(fact_offers.letters_wanted(file), "record"),
        contacts=links((name for name in offered if name in CONTACTS), "contacts"),
        others=links((*others, *file.standing.may_be_noted), "record"),
    )


def _is_wanted(file: CaseFile, name: str) -> bool:
    """Whether a fact is worth offering now: not the day an answer came once it is known, nor what nobody misses."""
    if bare(name) == RESPONSE_RECEIVED:
        return not file.has_happened(name)
    if name == AUTHORITY_RECEIVED:
        speaks = case_people.representative(file)
        return bool(speaks and speaks.missing)
    return name != CONFLICT_DECLARED or file.standing.status == "open"


def figures(file: CaseFile) -> list[tuple[str, Markup]]:
    """The version's spine and the process of the stage the case is at, with what is done, current and late on them."""
    book, run = file.book, file.run
    if book is None or run is None:
        return []
    done, now, late = run.process.done_elements(), run.process.current_elements(), _late(file)
    beside = [sheet for sheet in (*now, *reversed(done)) if sheet != book.spine]
    found = []
    for sheet in (book.spine, *beside[:1]):
        diagram = book.workflows.diagrams[sheet.partition("@")[0]]
        marks = [_drawn(diagram, states.get(sheet, ())) for states in (done, now, late)]
        found.append(_figure(book, sheet, diagram, marks, is_closed=file.standing.status == "closed"))
    return found


def _figure(
    book: Rulebook, sheet: str, diagram: Diagram, marks: list[list[str]], *, is_closed: bool
) -> tuple[str, Markup]:
    """One diagram with its marks; a closed case stands nowhere, though a late request may still come."""
    done, now, late = marks
    now = [] if is_closed else now
    stage = sheet.partition("@")[2] or None
    is_spine = sheet == book.spine
    title = "The whole policy" if is_spine else names.stage(book.version, stage)
    said = _in_words(diagram, done, now, late)
    key = "diagram-spine" if is_spine else "diagram-stage"
    return title, diagrams.svg(diagram, done=done, current=now, late=late, title=title, description=said, key=key)


def _task(file: CaseFile, task: OpenTask) -> TaskLine:
    book = file.book
    assert book is not None  # there are no open tasks without a version
    deadline = case_saving.task_deadline(file.run, task, file.standing.ledger)
    day = deadline.sort_date if deadline else None
    pressing = urgency_of(day, working_days(book.version)) if day else None
    return TaskLine(
        title=event_words.task_title(book, task.key),
        href=f"/cases/{file.reference}/tasks/{task.key}",
        role=names.role(book.version, book.role(task)),
        holder=file.claimant_name(task.key),
        due=deadline.due if deadline else None,
        promised=deadline.promised if deadline else None,
        mark=pressing.words if pressing else "",
        colour=pressing.colour if pressing else "grey",
    )


def _owed(file: CaseFile, one: Owed) -> TaskLine:
    """Something owed: what was asked for stands with it, so that who chases it knows what to say."""
    book = file.book
    assert book is not None  # nothing is owed without a version
    pressing = urgency_of(one.due, working_days(book.version)) if one.due else None
    event = next((event for event in file.events if event.number == one.about), None)
    return TaskLine(
        title=one.title,
        href=task_links.address(file.reference, one.key),
        role=names.role(book.version, one.role),
        holder=file.claimant_name(one.key),
        due=one.due,
        promised=None,
        mark=pressing.words if pressing else "",
        colour=pressing.colour if pressing else "grey",
        says=event.text("what") or task_links.why_owed(one.key) if event else task_links.why_owed(one.key),
    )


def _late(file: CaseFile) -> dict[str, set[str]]:
    """The shapes of tasks whose deadline is overdue, by diagram, and of their stages on the spine."""
    found: dict[str, set[str]] = {}
    book = file.book
    for task in file.standing.open_tasks if book else ():
        deadline = case_saving.task_deadline(file.run, task, file.standing.ledger)
        if book is None or deadline is None or deadline.state != "overdue":
            continue
        is_spine = task.process == book.spine
        sheet = task.process if is_spine or task.process == INTAKE else f"{task.process}@{task.stage}"
        found.setdefault(sheet, set()).add(task.task)
        if not is_spine:
            found.setdefault(book.spine, set()).add(task.stage or INTAKE)
    return found


def _drawn(diagram: Diagram, ids: Collection[str]) -> list[str]:
    """Without the frame that stands round everything; from left to right, as things happen."""
    frames = {node.id for node in diagram.nodes if node.kind == "subProcess"}
    places = {shape.id: shape.x for shape in diagram.shapes}
    return sorted((one for one in ids if one not in frames), key=lambda one: places.get(one, 0))


def _in_words(diagram: Diagram, done: Collection[str], current: Collection[str], late: Collection[str]) -> str:
    named = {node.id: node.name for node in diagram.nodes if node.name}
    parts = []
    if at := [f"{named[one]}{', which is late' if one in late else ''}" for one in current if one in named]:
        parts.append(f"The case stands at: {listed(at)}.")
    acts = {node.id for node in diagram.nodes if node.kind in ("userTask", "callActivity")}
    behind = [one for one in done if one in named and one not in current]
    if passed := [named[one] for one in behind if one in acts] or [named[one] for one in behind if not at]:
        parts.append(f"Done: {listed(passed)}.")
    return " ".join(parts) or "The case has not come to this yet."
