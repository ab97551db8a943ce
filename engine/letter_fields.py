"""The fields a letter may use: a closed list, the fields of the form it goes with, and those that are not offered.

A letter never prints what somebody told us of their health or situation, unless it is about that: `ABOUT` says which
letter is about which field (SECURITY, "Text that people write").
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engine.forms import Field, Form

#: what any letter may use, and how a sentence about it calls it
GENERAL: Mapping[str, str] = {
    "reference": "the reference",
    "resident": "the resident's name",
    "address": "the resident's address",
    "postcode": "the resident's postcode",
    "received": "the day the complaint was received",
    "description": "the complaint in the resident's words",
    "landlord": "the landlord's name",
    "policy_title": "the title of the policy",
    "stage": "the stage",
    "next_stage": "the next stage",
    "letter_date": "the letter's date",
    "signed_by": "the name of who signs it",
    "role": "the role of who signs it",
    "definition": "our understanding of the complaint",
    "outcomes_known": "the outcome the resident would like",
    "lesson_told": "what we learn from the complaint",
    "answer_due": "the date of the answer",
    "answer_within": "the time allowed for the answer",
    "extension_at_most": "the longest an extension may be",
    "request_by": "the last day to ask for the next stage",
    "request_within": "the time to ask for the next stage",
    "direct_from": "the day from which the Ombudsman may be approached",
    "panel_due": "the date by which the panel meets",
    "was_due": "the date the answer was due before",
    "missed": "the policy's date for the answer, where it is over on the letter's date",
    "limit": "the latest date an extension may run to",
    "representative": "the representative's name",
    "contact.name": "our name",
    "contact.address": "our address",
    "contact.freepost": "our freepost address",
    "contact.telephone": "our telephone number",
    "contact.email": "our e-mail address",
    "contact.website": "our website",
    "ombudsman.name": "the Ombudsman's name",
    "ombudsman.address": "the Ombudsman's address",
    "ombudsman.telephone": "the Ombudsman's telephone number",
    "ombudsman.email": "the Ombudsman's e-mail address",
    "ombudsman.website": "the Ombudsman's website",
    "ombudsman.fax": "the Ombudsman's fax number",
}
LAW = "law."
#: fields worked out from one question of the form: what to fill in where they are empty
ASKED_AS: Mapping[str, str] = {"lesson_told": "lesson"}

#: sensitive fields by the letter that is about them; no other letter may use them
ABOUT: Mapping[str, frozenset[str]] = {"acknowledgement": frozenset({"adjustments_agreed"})}
#: fields of health, vulnerability and risk that no letter may use, whatever its form asks
NEVER = frozenset({"vulnerabilities", "is_at_risk", "urgent_action", "adjustments", "language"})


def in_words(name: str) -> str:
    """A field as a sentence calls it."""
    if name in GENERAL:
        return GENERAL[name]
    return f"'{name.partition('.')[0].replace('_', ' ')}'" if not name.startswith(LAW) else f"the law '{name[4:]}'"


def may_print(letter: str, form: Form, name: str) -> bool:
    """Whether a letter may use a field of its form: one that is not sensitive, or that the letter is about."""
    question = form.field(name)
    return question is not None and _may_print(letter, question)


def known(letter: str, form: Form | None, law: Collection[str]) -> frozenset[str]:
    """Every field that a letter going with this form may use."""
    found = {*GENERAL, *(f"{LAW}{key}" for key in law)}
    for question in form.fields if form else ():
        if _may_print(letter, question):
            found.add(question.name)
            found |= {f"{question.name}.{value}" for value in question.choices}
    return frozenset(found)


def _may_print(letter: str, question: Field) -> bool:
    return question.name not in NEVER and (not question.sensitive or question.name in ABOUT.get(letter, ()))
