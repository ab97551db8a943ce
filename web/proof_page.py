"""The page of a bundle that people read: what happened, in order, with decisions, letters, dates and the policy.

It stands alone: one file, no script, nothing fetched. What it says of each event is written so that the verifier in the
bundle can hold every word of it against the event (`engine.verify_bundle`); a label it could not find in the sealed
policy is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jinja2 import Environment, PackageLoader

from engine import case_words, date_reasons, events, pdf_pages, promises_made
from engine.case_files import CaseFile
from engine.deadlines import Deadline
from engine.evidence_bundle import Gathered, Paper
from engine.leaflet import Beside, leaflet
from engine.office import Office
from engine.policy import PolicyVersion, bare, stage_of
from engine.promises_made import Promise
from engine.verify_bundle import ERASED, WITHHELD, Event, Words, flat, sentence_of, squeezed
from engine.verify_bundle import day_in_words as verifier_day
from engine.wordings import day_in_words, working
from web import names, wording

#: answers that say what was decided, and why
DECIDES = ("decision", "panel_decision", "outcome", "determination", "result", "has_right_of_appeal")
WHY = ("reason", "reasons", "late_because", "good_reason", "discretion", "limits", "direction", "orders", "remedy")
#: what to know of the complaint first
FIRST = ("resident", "representative", "address", "postcode", "description", "outcome_sought")
PAGES = Environment(loader=PackageLoader("web"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True)
class Line:
    """What an event says in one answer: its key, the question (empty where it was just asked), and the words."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Entry:
    """One event as the page says it."""

    number: int
    title: str
    sentence: str
    lines: tuple[Line, ...]
    papers: tuple[Paper, ...]


def page(office: Office, gathered: Gathered) -> str:
    """The whole page."""
    file, words = gathered.file, Words(gathered.version_files)
    version = file.governing.version
    papers = (*gathered.letters, *gathered.documents)
    entries = [_entry(office, file, event, words, papers) for event in gathered.events]
    return PAGES.get_template("proof_bundle.html").render(
        reference=file.reference,
        landlord=version.landlord if version else office.policies().get(file.policy, ""),
        head=list(_head(file)),
        first=[line for entry in entries[:1] for line in entry.lines if line.key in FIRST],
        entries=entries,
        decisions=[(entry, found) for entry in entries if (found := _decided(entry))],
        contacts=[entry for entry in entries if bare(gathered.links[entry.number - 1]["name"]) in events.CONTACTS],
        dates=list(_dates(file)) if version else [],
        letters=[(paper, pdf_pages.words_of(paper.content)) for paper in gathered.letters],
        documents=gathered.documents,
        absent=gathered.absent,
        leaflet=_leaflet(office, file) if version else None,
        version=version,
        seals=gathered.seals,
        points=gathered.points,
        wanted=gathered.wanted,
        made=case_words.moment_in_words(gathered.wanted.now),
        is_withheld=any(event.state == WITHHELD for event in gathered.events),
    )


def _entry(office: Office, file: CaseFile, event: Event, words: Words, papers: tuple[Paper, ...]) -> Entry:
    number, name = event.link["number"], event.link["name"]
    return Entry(
        number=number,
        title=_title(file.governing.version, name, words),
        sentence=sentence_of(event),
        lines=tuple(_lines(office, file, event, words)),
        papers=tuple(paper for paper in papers if paper.event == number),
    )


def _title(version: PolicyVersion | None, name: str, words: Words) -> str:
    """An event's own name in words, under the stage it belongs to."""
    own, key = bare(name).replace("_", " ").capitalize(), stage_of(name)
    titled = f"{squeezed(version.stage(key).title)}: {own}" if version and key and version.has_stage(key) else own
    return titled if words.is_title(titled, name) else own


def _lines(office: Office, file: CaseFile, event: Event, words: Words) -> Iterator[Line]:
    """Everything an event says. Of one that is withheld, what is not private."""
    said = event.fields
    if event.state == WITHHELD:
        hidden = case_words.private_questions(office)
        said = {key: value for key, value in _recorded(file, event).items() if key not in hidden}
        said = {key: value for key, value in said.items() if not _holds(value, hidden)}
    form = case_words.form_of(office, file, event.link["name"]) if event.state != ERASED else None
    asked = form.names if form else ()
    before = ""
    for key, value in flat({key: said[key] for key in (*asked, *sorted(set(said) - set(asked))) if key in said}):
        name = key.split(".")[0]
        question = form.field(name) if form else None
        label = squeezed(question.label) if question else ""
        label = label if label in words.questions(key) else _own(key)
        choice = squeezed(question.choices.get(str(value), "")) if question else ""
        text = choice if choice in words.ways(value) else _value(value, words)
        yield Line(key, label if label != before else "", text)
        before = label


def _own(key: str) -> str:
    name = next((part for part in reversed(key.split(".")) if not part.isdecimal()), key)
    return name.replace("_", " ").capitalize()


def _value(value: Any, words: Words) -> str:
    """A value as it is, but for a day and a yes or no, which are said in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    text = str(value)
    said = verifier_day(text)
    return said if said in words.ways(value) else text


def _recorded(file: CaseFile, event: Event) -> Mapping[str, Any]:
    return next(one.fields for one in file.record if one.number == event.link["number"])


def _holds(value: Any, hidden: Mapping[str, object]) -> bool:
    return any(part in hidden for key, _ in flat(value) for part in key.split("."))


def _decided(entry: Entry) -> list[Line]:
    """What was decided with an event, and why; nothing where nothing was."""
    lines = {line.key: line for line in entry.lines}
    if not any(key in lines for key in (*DECIDES, "reason", "reasons")):
        return []
    return [lines[key] for key in (*DECIDES, *WHY) if key in lines]


def _head(file: CaseFile) -> Iterator[tuple[str, str]]:
    """What to know first: which policy and why, where the case stands, whether each promise was kept."""
    version, seen = file.governing.version, file.standing.ledger
    if file.received:
        yield "Received", case_words.moment_in_words(file.received)
    yield "Policy", f"{version.title} ({version.version}). {file.governing.why}" if version else file.governing.why
    yield "Now", wording.state(file.standing.status)
    for one in seen.deadlines.values():
        is_owed = not one.is_expected or one.state == "overdue"  # what was never started is overdue all the same
        if version and one.due and one.state and not one.rule.is_window and is_owed:
            yield names.deadline(version, one.key), " ".join([_kept(one, file.standing.ended), *_but(file, one)])


def _kept(one: Deadline, ended: date | None) -> str:
    """Whether a promise was kept, in a sentence."""
    due = day_in_words(one.due) if one.due else ""
    if one.met:
        how = "in time" if one.state == "met" else "late"
        return f"Done {how}, on {day_in_words(one.met)}; it was due on {due}."
    over = f" on {day_in_words(ended)}" if ended else ""
    said = {
        "overdue": f"Not done; it was due on {due}.",
        "stopped": f"It was due on {due}; the case ended{over}, before that day was over.",
    }
    return said.get(one.state or "", f"Due on {due}.")


def _but(file: CaseFile, one: Deadline) -> Iterator[str]:
    """What makes the day it was due or done another than people knew at the time."""
    then = date_reasons.due_by_the_calendar_then(file.book, one) if file.book else None
    if then:
        yield f"By the calendar known on the day it was done, it was due on {day_in_words(then)}."
    done = events.first(file.events, one.rule.met_by) if one.rule.met_by and one.met else None
    for said in date_reasons.corrections_of(file.record, done.number, of_its_day=True) if done else ():
        yield f"When it was done: {said[:1].lower()}{said[1:]}"


def _dates(file: CaseFile) -> Iterator[dict[str, Any]]:
    """Every dated promise with how its day was counted."""
    version, seen = file.governing.version, file.standing.ledger
    assert version is not None  # asked only where one governs
    told = promises_made.promises(version, file.events, file.standing.ended)
    for one in sorted(seen.deadlines.values(), key=lambda one: one.due or seen.today):
        if one.due:
            yield {
                "title": names.promise(version, one.rule),
                "due": day_in_words(one.due),
                "working": working(one, seen, first_day_counts=version.first_day_counts),
                "done": day_in_words(one.met) if one.met else "",
                "but": [date_reasons.assumed_delivery(version, one, file.events), *_but(file, one)],
                "told": [_told(each, seen.today) for each in told if each.key == one.key],
                "state": wording.state(one.state) if one.state else "From this day",
                "cites": "; ".join(names.citation(version, cited) for cited in one.rule.cites),
            }


def _told(one: Promise, today: date) -> str:
    """A date a letter gave, and what became of it."""
    became = {
        "kept": f"kept, done on {day_in_words(one.done)}" if one.done else "",
        "missed": f"missed, done on {day_in_words(one.done)}" if one.done else "missed, not done",
        "put_off": f"another date was told on {day_in_words(one.put_off)}" if one.put_off else "",
        "stopped": f"the case ended on {day_in_words(one.ended)}" if one.ended else "",
        "running": "not yet due",
    }[one.became(today)]
    return f"Our letter of {day_in_words(one.told.day)} gave {day_in_words(one.day)}: {became}."


def _leaflet(office: Office, file: CaseFile) -> Any:
    """The policy in words, as residents are told it, with the addresses and the law of the day of receipt."""
    version = file.governing.version
    assert version is not None  # asked only where one governs
    question = office.complaint_form(version.policy, version).field("channel")
    beside = Beside(office.shelf.contacts, office.shelf.law, question.choices if question else {})
    day = max(events.local_day(file.received or file.record[0].recorded), version.in_force_from)
    return leaflet(version, beside, day, None)
