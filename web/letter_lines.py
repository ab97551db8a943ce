"""What became of the letters that went out: by event for the case page, by item for the list of outgoing letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from engine.case_files import CaseFile
from engine.events import CaseEvent
from engine.letters import template_of
from engine.policy import stage_of
from engine.store import documents, outbox
from engine.store.outbox import OutboxRow
from web import current, wording

LETTER = "letter"
STATES = {
    outbox.WAITING: ("Waits to go", "blue"),
    outbox.TAKEN: ("Waits to go", "blue"),
    outbox.SENDING: ("Is going now", "blue"),
    outbox.SENT: ("Gone", "green"),
    outbox.UNSURE: ("Perhaps gone: somebody decides", "orange"),
    outbox.FAILED: ("Not gone: somebody decides", "red"),
    outbox.CANCELLED: ("Taken back", "grey"),
}
HOW = {
    "email": "By e-mail",
    "post": "By post",
    "in_person": "Handed over",
    "phone": "Read out by telephone",
    "text": "As a text message",
}


@dataclass(frozen=True)
class LetterLine:
    """A letter that went with an event: what it is, how it went, what became of it, and where it can be read.

    `state` is empty where it did not go by e-mail from here: then it went when the event happened.
    """

    event_number: int
    title: str
    how: str
    state: str
    colour: str
    said: str
    when: datetime | None
    href: str


def letter_lines(file: CaseFile) -> dict[int, LetterLine]:
    """The letters of a case, by the number of the event each went with."""
    if file.row is None:
        return {}
    with current.database().reading() as tx:
        items = {one.event_number: one for one in outbox.of_case(tx, file.row.id) if one.kind == LETTER}
        kept = {one.event_number: one.id for one in documents.of_case(tx, file.row.id) if one.kind == LETTER}
    return {
        event.number: _line(file, event, items.get(event.number), kept.get(event.number))
        for event in file.record
        if event.text("letter")
    }


def state_of(item: OutboxRow) -> tuple[str, str]:
    """What became of an item, in words, and the colour of its mark."""
    return STATES.get(item.status, (wording.plain(item.status), "grey"))


def title_of(file: CaseFile, event: CaseEvent) -> str:
    """What a letter is called by its template, such as `Acknowledgement`."""
    name = event.text("letter")
    book = file.book
    stage = stage_of(event.name)
    template = (book.templates.get(name) or template_of(book.templates, name, stage)) if book else None
    return template.title if template else wording.plain(name)


def _line(file: CaseFile, event: CaseEvent, item: OutboxRow | None, document: int | None) -> LetterLine:
    channel, to = event.text("channel"), event.text("sent_to")
    how = HOW.get(channel, wording.plain(channel) if channel else "")
    state, colour = state_of(item) if item else ("", "grey")
    return LetterLine(
        event_number=event.number,
        title=title_of(file, event),
        how=f"{how} to {to}" if to else how,
        state=state,
        colour=colour,
        said=item.said if item and item.status in outbox.FOR_A_PERSON else "",
        when=item.sent_at if item else None,
        href=url_for("documents.letter", reference=file.reference, document_id=document) if document else "",
    )
