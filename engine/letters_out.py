"""What a letter leaves behind when it goes: its words in the event, the document, the e-mail and the copy to file.

Everything is worked out before anything is written; `engine.writing` hands it to the plan of the step.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

from engine import letter_dates, letter_pdf, letter_words, more_time
from engine.case_files import CaseFile, Plan
from engine.casework import Answers
from engine.events import APOLOGY_SENT, CaseEvent, at
from engine.letter_text import fields_in, parsed
from engine.letters import Letter, LetterTemplate, template_of
from engine.policy import bare, stage_of
from engine.replay import Rulebook
from engine.store.case_rows import OutboxItem
from engine.store.documents import LETTER, NewDocument

EMAIL, PDF = "email", "application/pdf"
#: events whose own new date is the promise their letter makes
OF_A_NEW_DATE = more_time.GIVES | {APOLOGY_SENT, "panel_postponed"}


@dataclass(frozen=True)
class Sending:
    """How a letter goes: by `channel`, to an e-mail address, or on that day (None: now) by post, hand or telephone."""

    channel: str
    day: date | None = None
    to: str = ""
    is_large: bool = False


@dataclass(frozen=True)
class Going:
    """A letter that goes: which step and event it belongs to, its bytes, how it goes and the date it bears."""

    step: str
    event: str
    letter: Letter
    content: bytes
    sending: Sending
    dated: date


def template_for(book: Rulebook, event: str) -> LetterTemplate | None:
    """The template of the letter that goes with an event; None where the version has none."""
    going = book.outgoing.get(event)
    return template_of(book.templates, going.letter, going.stage) if going else None


def promised_by(file: CaseFile, event: str, answers: Answers, dated: date) -> dict[str, object]:
    """The date for the answer that the letter prints, as what is promised; nothing where it prints none."""
    book, stage = file.book_or_refuse(), stage_of(event)
    template = template_for(book, event)
    if stage is None or template is None or bare(event) in OF_A_NEW_DATE or answers.get("promised"):
        return {}
    if not any(one.name == "answer_due" for part in template.parts for one in fields_in(parsed(part.text))):
        return {}
    seen = letter_dates.as_if(book, file.events, CaseEvent(event, at(dated), at(dated), fields=answers))
    answer = seen.deadlines.get(f"{stage}.response") if seen else None
    is_told = answer is not None and answer.due is not None and not answer.is_expected
    return {"promised": answer.due.isoformat()} if answer and answer.due and is_told else {}


def as_it_went(going: Going) -> dict[str, object]:
    """What the event says of the letter: which, its hash, its date, how it went and to whom."""
    letter, sending = going.letter, going.sending
    said: dict[str, object] = {
        "letter": letter.name,
        "letter_sha256": hashlib.sha256(going.content).hexdigest(),
        "letter_date": going.dated.isoformat(),
        "channel": sending.channel,
        "sent_to": sending.to.strip() if sending.channel == EMAIL else ", ".join(letter_pdf.to_lines(letter)),
    }
    return said | ({"large_print": True} if sending.is_large else {})


def mark_of(letter: Letter) -> str:
    """What tells a letter from any other: one that differs in a word, a date or an address has another mark. The PDFs
    of one mark are the same to the byte, each in its size of print."""
    return hashlib.sha256(repr(letter).encode()).hexdigest()


def apologises(letter: Letter) -> bool:
    """Whether the letter says so in as many words."""
    words = " ".join(text for block in letter.blocks for text in (block.text, *block.items)).casefold()
    return "apologise" in words or "we are sorry" in words


def with_what_goes(plan: Plan, reference: str, going: Going) -> Plan:
    """The plan with the letter as a document, its e-mail, and the copy for the landlord's document store."""
    letter, sending, event = going.letter, going.sending, going.event
    number = plan.new[0].number
    name = f"{reference}-{going.dated.isoformat()}-{letter.name.replace('.', '-')}.pdf"
    document = NewDocument(LETTER, letter.title, name, PDF, going.content)
    items = []
    if sending.channel == EMAIL:
        mail = {"to": sending.to.strip(), "subject": letter.subject, "text": letter_words.plain_text(letter)}
        mail |= {"document": document.sha256, "file_name": name}
        items.append(OutboxItem("letter", mail, f"letter:{reference}:{number}", number))
    if bare(event) == "response_sent":
        path = f"{reference}/{going.dated.isoformat()}-{stage_of(event)}-response.pdf"
        filed = {"document": document.sha256, "path": path}
        items.append(OutboxItem("filing", filed, f"filing:{reference}:{number}", number))
    return replace(plan, outbox=(*plan.outbox, *items), documents=(*plan.documents, document), sends=going.step)
