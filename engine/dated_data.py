"""The dated data that stands outside every seal: law, contacts, bank holidays and the rule ids of the sources.

What holds on a day is asked with that day; nothing here is any landlord's promise (law 5). Each reader gives what it
could read and every problem, and a file with a problem is not used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from engine import yaml_part
from engine.calendars import Calendar, CalendarDay
from engine.problems import Problem, did_you_mean
from engine.read_once import read_once
from engine.yaml_part import Part

#: where each of these stands
LAW, CONTACTS, RULES = "policies/law.yaml", "policies/contacts.yaml", "policies/rules.yaml"

_KINDS: Mapping[str, Literal["bank_holiday", "closure"]] = {"bank_holiday": "bank_holiday", "closure": "closure"}
_CONTACT_TEXTS = (
    "name", "telephone", "email", "website", "fax", "freepost", "other_email", "note", "source", "seen", "reading",
)  # fmt: skip


@dataclass(frozen=True)
class LawText:
    """How a piece of law is put in words from a day on."""

    begins: date
    says: str


@dataclass(frozen=True)
class Law:
    """A statement of law by date. `begins` and `ended` are the first day it held and the first day it no longer did."""

    key: str
    title: str
    says: str
    begins: date | None = None
    ended: date | None = None
    source: str = ""
    texts: tuple[LawText, ...] = ()
    note: str = ""
    seen: str = ""  # how sure we are of it: verified, content, memory
    line: int = 0

    def holds_on(self, day: date) -> bool:
        """Whether it was the law on that day."""
        return (self.begins is None or self.begins <= day) and (self.ended is None or day < self.ended)

    def text_on(self, day: date) -> str:
        """What is said of it on that day."""
        begun = [text for text in self.texts if text.begins <= day]
        return max(begun, key=lambda text: text.begins).says if begun else self.says


@dataclass(frozen=True)
class Contact:
    """How to reach somebody from a day on; empty where there is no such way."""

    key: str
    begins: date
    name: str = ""
    address: tuple[str, ...] = ()
    telephone: str = ""
    email: str = ""
    website: str = ""
    fax: str = ""
    freepost: str = ""
    other_email: str = ""  # a second address a source gives, kept and not printed
    note: str = ""
    source: str = ""
    seen: str = ""  # how sure we are of it
    reading: str = ""  # what was chosen where the sources differ
    line: int = 0

    @property
    def can_be_reached(self) -> bool:
        """Whether anybody who is told of them can reach them."""
        return any((self.telephone, self.email, self.address, self.freepost))


@dataclass(frozen=True)
class SourceRule:
    """A rule of a source document by its id: where it stands, what it says and what kind of rule it is."""

    id: str
    source: str  # the prefix of its id, which a version's source names
    rule: str
    kind: str = ""
    clause: str = ""
    lines: str = ""


def contact_on(contacts: Mapping[str, Sequence[Contact]], key: str, day: date) -> Contact | None:
    """How to reach them on that day; None where nothing is known for it."""
    begun = [contact for contact in contacts.get(key, ()) if contact.begins <= day]
    return max(begun, key=lambda contact: contact.begins, default=None)


def law_ended(law: Mapping[str, Law]) -> dict[str, date]:
    """The day each piece of law that has ended did so, for the deadlines that name it."""
    return {key: each.ended for key, each in law.items() if each.ended}


@read_once
def read_law(text: bytes, file: str) -> tuple[dict[str, Law], list[Problem]]:
    """The statements of law by key."""
    part, problems = yaml_part.whole(text, file, "This file of law")
    found = {}
    for key, below in _each(part, "Law"):
        below.only(("title", "says", "from", "ended", "source", "texts", "note", "seen"))
        begins, ended = below.day("from"), below.day("ended")
        if begins and ended and ended <= begins:
            mend = "Check both dates: 'ended' is the first day it no longer held."
            below.problem(below.line_of("ended"), f"Law '{key}' ended before it began.", mend)
        found[key] = Law(
            key=key,
            title=below.text("title", example="The eight-week wait"),
            says=below.text("says", example="What the law said."),
            begins=begins,
            ended=ended,
            source=below.text("source", example="The Act, and its section"),
            texts=_law_texts(below, key),
            note=below.text("note"),
            seen=below.text("seen"),
            line=below.line,
        )
    return found, problems


def _law_texts(part: Part, key: str) -> tuple[LawText, ...]:
    found = []
    for row in part.rows("texts", f"A text of law '{key}'"):
        row.only(("from", "says"))
        begins, says = row.day("from", needed=True), row.text("says", example="What is said from that day.")
        if begins:
            found.append(LawText(begins, says))
    return tuple(found)


@read_once
def read_contacts(text: bytes, file: str) -> tuple[dict[str, tuple[Contact, ...]], list[Problem]]:
    """How to reach each of those named, by date."""
    part, problems = yaml_part.whole(text, file, "This file of contacts")
    found = {}
    for key, _ in part.node.items() if part else ():
        rows, seen = [], set()
        for row in part.rows(key, f"A row of contact '{key}'") if part else ():
            contact = _contact(row, key)
            if contact and contact.begins in seen:
                row.problem(row.line, f"Contact '{key}' has two rows from {contact.begins}.", "Keep one of them.")
            if contact:
                seen.add(contact.begins)
                rows.append(contact)
        found[key] = tuple(sorted(rows, key=lambda contact: contact.begins))
    return found, problems


def _contact(row: Part, key: str) -> Contact | None:
    row.only(("from", "address", *_CONTACT_TEXTS))
    begins = row.day("from", needed=True)
    if begins is None:
        return None
    return Contact(
        key=key,
        begins=begins,
        address=row.words("address"),
        line=row.line,
        **{name: row.text(name) for name in _CONTACT_TEXTS},
    )


@read_once
def read_calendar(text: bytes, file: str) -> tuple[Calendar | None, list[Problem]]:
    """A calendar, or None with its problems."""
    part, problems = yaml_part.whole(text, file, "This calendar")
    if part is None:
        return None, problems
    part.only(("calendar", "covers", "days", "source", "note"))
    name = part.text("calendar", example="england")
    covers = part.part("covers", "'covers'", needed=True)
    first = covers.day("from", needed=True) if covers else None
    last = covers.day("to", needed=True) if covers else None
    rows: list[CalendarDay] = []
    for row in part.rows("days", "A day of this calendar"):
        day = _calendar_day(row, first, last)
        if day is not None:
            _twice(row, day, rows)
            rows.append(day)
    if problems or first is None or last is None:
        return None, problems
    return Calendar(name, first, last, tuple(rows)), problems


def _calendar_day(row: Part, first: date | None, last: date | None) -> CalendarDay | None:
    row.only(("date", "name", "known", "withdrawn", "kind", "note", "source"))
    day, known, withdrawn = row.day("date", needed=True), row.day("known", needed=True), row.day("withdrawn")
    name, kind = row.text("name", example="Christmas Day"), row.text("kind", default="bank_holiday")
    if kind not in _KINDS:
        row.problem(row.line_of("kind"), f"A day is of the kind '{kind}', which is none.", did_you_mean(kind, _KINDS))
    if day and first and last and not first <= day <= last:
        row.problem(row.line_of("date"), f"{day} is outside what this calendar covers.", "Widen 'covers'.")
    if known and withdrawn and withdrawn < known:
        what = f"{name} was withdrawn on {withdrawn}, before it was known on {known}."
        row.problem(row.line_of("withdrawn"), what, "Check both dates.")
    if day is None or known is None or kind not in _KINDS:
        return None
    return CalendarDay(day, name, known, withdrawn, _KINDS[kind])


def _twice(row: Part, day: CalendarDay, before: Sequence[CalendarDay]) -> None:
    """Note a day that stands in an earlier row as well; a day moved away may be given again later."""
    other = next((one for one in before if one.date == day.date and _overlap(one, day)), None)
    if other is not None:
        names = f"'{day.name}' twice" if other.name == day.name else f"both '{other.name}' and '{day.name}'"
        row.problem(row.line_of("date"), f"{day.date} is {names}.", "Keep one of the two rows.")


def _overlap(one: CalendarDay, other: CalendarDay) -> bool:
    """Whether both rows say at one time that the day is off."""
    ends = [day.withdrawn or date.max for day in (one, other)]
    return one.known < ends[1] and other.known < ends[0]


@read_once
def read_rules(text: bytes, file: str) -> tuple[dict[str, SourceRule], list[Problem]]:
    """The rules of the source documents by id."""
    part, problems = yaml_part.whole(text, file, "This file of rules")
    found: dict[str, SourceRule] = {}
    for source, _ in part.node.items() if part else ():
        for row in part.rows(source, f"A rule of '{source}'") if part else ():
            row.only(("id", "rule", "kind", "clause", "lines", "numbers", "issue", "seed"))
            key, rule = row.text("id", example=f"{source}-1.1-NAME"), row.text("rule", example="What it says")
            if key in found:
                row.problem(row.line_of("id"), f"The rule id '{key}' is here twice.", "Give one of them another id.")
            if key and not key.startswith(f"{source}-"):
                what = f"The rule id '{key}' does not begin with '{source}-', under which it stands."
                row.problem(row.line_of("id"), what, "Move it below its own source.")
            found[key] = SourceRule(key, source, rule, row.text("kind"), row.text("clause"), row.text("lines"))
    return found, problems


def _each(part: Part | None, about: str) -> list[tuple[str, Part]]:
    if part is None:
        return []
    rows = [(key, part.child(key, node, f"{about} '{key}'")) for key, node in part.node.items()]
    return [(key, below) for key, below in rows if below is not None]
