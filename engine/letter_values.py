"""The values of a letter about a case: what happened, what the form says, and every date as of the letter's own day.

`letter_of` is the whole of it. Dates are worked out by the ledger as if the event happened at noon of the letter's
date; addresses and law are those of that date. What is not known is empty, and the Letter says what that stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from engine import letter_dates, understanding
from engine.dated_data import Contact, Law, contact_on
from engine.events import RECEIVED, CaseEvent, at, first
from engine.forms import Answer, Field, Form, check_answers
from engine.letter_blocks import Value
from engine.letter_events import Outgoing
from engine.letter_fields import LAW, may_print
from engine.letter_text import fields_in, parsed
from engine.letters import Head, Letter, LetterTemplate, Sender, composed, template_of
from engine.wordings import day_in_words, listed
from engine.yaml_part import as_date

if TYPE_CHECKING:
    from engine.case_files import CaseFile
    from engine.office import Office
    from engine.replay import Rulebook
    from engine.rights import Person

#: a lesson that says there is none: nothing to tell a resident
NO_LESSON = frozenset({"none", "nothing", "no", "n/a"})
HOUSING_OMBUDSMAN = "housing-ombudsman"
#: the choices of `relevant_ombudsman` and whom policies/contacts.yaml has for them
OMBUDSMEN = {"housing": HOUSING_OMBUDSMAN, "local_government": "local-government-ombudsman"}
#: statements of law about the Housing Ombudsman, which a letter that names another does not make
OF_THE_HOUSING_OMBUDSMAN = frozenset(
    {"ombudsman_wait", "designated_person", "direct_access", "ombudsman_twelve_months"}
)


def letter_of(
    office: Office,
    file: CaseFile,
    event_name: str,
    answers: Mapping[str, object],
    *,
    day: date,
    who: Person,
    channel: str = "",
) -> Letter | None:
    """The letter that goes out with an event (its whole name) on that local day, with these answers of its form.

    None where the event has no letter, or the version no template of it. Never raises for what is missing or wrong:
    the Letter says what stops it.
    """
    going = file.book.outgoing.get(event_name) if file.book else None
    template = template_of(file.book.templates, going.letter, going.stage) if file.book and going else None
    if file.book is None or going is None or template is None:
        return None
    values = _Values(office, file, file.book, going, day, who, answers, channel)
    return composed(template, values.needed_by(template), values.head)


@dataclass(frozen=True)
class _Values:
    """The values of one letter, each worked out only where its template asks for it."""

    office: Office
    file: CaseFile
    book: Rulebook
    going: Outgoing
    day: date
    who: Person
    answers: Mapping[str, object]
    channel: str

    def needed_by(self, template: LetterTemplate) -> dict[str, Value]:
        """The value of each field a template has."""
        texts = (template.subject, *(part.text for part in template.parts))
        names = {one.name for text in texts for one in fields_in(parsed(text))}
        return {name: self._value(name) for name in names}

    @cached_property
    def head(self) -> Head:
        contact = self.contact
        sender = Sender(self.book.version.landlord)
        if contact:
            name = contact.name or sender.name
            lines = tuple(line for line in contact.address if line != name)
            sender = Sender(name, lines, contact.telephone, contact.email, contact.website)
        address = tuple(line for line in self._address().split("\n") if line)
        return Head(self.day, self.file.reference, sender, self._told("resident"), address)

    @cached_property
    def contact(self) -> Contact | None:
        return contact_on(self.office.shelf.contacts, self.book.version.policy, self.day)

    @cached_property
    def ombudsman_key(self) -> str:
        """Whose contact details the letter gives: the ombudsman that whoever decided what this is said was relevant."""
        said = next((text for one in reversed(self.file.events) if (text := one.text("relevant_ombudsman"))), "")
        return OMBUDSMEN.get(said, HOUSING_OMBUDSMAN)

    @cached_property
    def ombudsman(self) -> Contact | None:
        return contact_on(self.office.shelf.contacts, self.ombudsman_key, self.day)

    @cached_property
    def clean(self) -> Mapping[str, Answer]:
        """The answers of the form that are asked and can be accepted."""
        return check_answers(self._form, self.answers, also=self.answers)[0]

    @cached_property
    def from_form(self) -> Mapping[str, Value]:
        """What the form says, of what this letter may print."""
        found: dict[str, Value] = {}
        for question in self._form.fields:
            if may_print(self.going.letter, self._form, question.name) and question.name in self.clean:
                found |= _printed(question, self.clean[question.name])
        return found

    @property
    def _form(self) -> Form:
        return self.book.workflows.forms[self.going.form]

    @cached_property
    def dates(self) -> letter_dates.Dates:
        """The dates and lengths of time a letter of that day may tell."""
        fields = {**self.clean, "channel": self.channel or self.clean.get("channel") or ""}
        event = CaseEvent(self.going.event, at(self.day), at(self.day), fields=fields)
        seen = self.file.standing
        return letter_dates.Dates(self.book, self.file.events, event, seen.ledger, self._stage)

    def _value(self, name: str) -> Value:
        own = self.from_form.get(name, "")
        if own != "":
            return own
        if name.startswith(LAW):
            return self._law(name.removeprefix(LAW))
        about, dot, what = name.partition(".")
        if dot:
            contact = {"contact": self.contact, "ombudsman": self.ombudsman}.get(about)
            return _of_contact(contact, what) if contact else ""
        if name in letter_dates.FIELDS:
            return self.dates.value(name)
        return self._own.get(name, str)()

    @cached_property
    def _own(self) -> Mapping[str, Callable[[], str]]:
        """How each of the other fields is found."""
        version = self.book.version
        return {
            "reference": lambda: self.file.reference,
            "resident": lambda: self._told("resident"),
            "address": lambda: self._told("address"),
            "postcode": lambda: self._told("postcode"),
            "description": lambda: self._told("description"),
            "representative": lambda: self._told("representative"),
            "received": lambda: day_in_words(self._complaint.day) if self._complaint else "",
            "landlord": lambda: version.landlord,
            "policy_title": lambda: version.title,
            "letter_date": lambda: day_in_words(self.day),
            "signed_by": lambda: self.who.name,
            "role": self._role,
            "definition": self._definition,
            "lesson_told": lambda: _told_unless_none(str(self.clean.get("lesson") or "")),
            "outcomes_known": self._outcomes,
        }

    @cached_property
    def _complaint(self) -> CaseEvent | None:
        return first(self.file.events, RECEIVED)

    def _told(self, name: str) -> str:
        return self._complaint.text(name) if self._complaint else ""

    def _address(self) -> str:
        lines = [line.strip(" ,") for line in self._told("address").split("\n")]
        postcode = self._told("postcode")
        return "\n".join([*lines, *([postcode] if postcode not in lines else [])])

    def _definition(self) -> str:
        """Our understanding of the complaint: what this letter says itself, else how it stands at its stage."""
        own = str(self.clean.get("understanding") or "")
        return own or understanding.in_words(understanding.definition(self.file, self._stage))

    def _outcomes(self) -> str:
        own = str(self.clean.get("outcomes_sought") or "")
        return own or understanding.in_words(understanding.outcomes(self.file, self._stage))

    @property
    def _stage(self) -> str | None:
        return self.going.stage or self.file.standing.stage

    def _role(self) -> str:
        """The title of the role somebody signs in: the one whose task it is where they hold it, else one they hold."""
        version, area = self.book.version, self.file.area
        usual = version.role_of_lane(self.going.lane, self.going.stage)
        held = [key for key in (usual, *version.roles) if self.who.holds(version.policy, key, area)]
        role = version.roles.get(held[0] if held else usual)
        return role.title if role else ""

    def _law(self, key: str) -> str:
        law: Law | None = self.office.shelf.law.get(key)
        is_about_another = key in OF_THE_HOUSING_OMBUDSMAN and self.ombudsman_key != HOUSING_OMBUDSMAN
        return law.text_on(self.day) if law and law.holds_on(self.day) and not is_about_another else ""


def _printed(question: Field, answer: Answer) -> Iterator[tuple[str, Value]]:
    """An answer as a letter prints it, by the field's name; and of a choice, what is chosen and what is not."""
    if question.choices:
        chosen = answer if isinstance(answer, list) else [str(answer)]
        yield question.name, listed(question.choices.get(one, one) for one in chosen)
        for value in question.choices:
            yield f"{question.name}.{value}", value in chosen
    elif question.type == "date":
        day = as_date(str(answer))
        yield question.name, day_in_words(day) if day else ""
    elif isinstance(answer, bool):
        yield question.name, answer
    else:
        yield question.name, listed(answer) if isinstance(answer, list) else str(answer)


def _told_unless_none(lesson: str) -> str:
    return "" if lesson.strip(" .\n").casefold() in NO_LESSON else lesson


def _of_contact(contact: Contact, what: str) -> str:
    value = getattr(contact, what, "") if what in ("name", "address", *_WAYS) else ""
    return "\n".join(value) if isinstance(value, tuple) else value


_WAYS = ("telephone", "email", "website", "fax", "freepost")
