"""The leaflet of a version for residents: how to complain, what happens at each stage and by when, and where to go.

Everything in it comes from the version itself, in the landlord's own words where it has them, and from the dated data
(addresses, law) as they stand on the leaflet's day. It is made as headings, paragraphs and lists, for page and paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from engine.dated_data import CONTACTS, Contact, Law, contact_on
from engine.letters import Block
from engine.policy import SAME_DAY, DeadlineRule, PolicyVersion, Stage, bare, stage_of
from engine.wordings import day_in_words, listed, stage_named

PEOPLE = {
    "mp": "a Member of Parliament",
    "councillor": "a local councillor",
    "tenant_panel": "a designated tenant panel",
}
TOLD = {
    "reason": "the reason", "new_date": "the new date", "ombudsman_contact": "how to reach the Ombudsman",
    "why_not_yet": "why it is not ready", "what_we_are_doing": "what we are doing",
}  # fmt: skip
STARTS = {
    "complaint_received": "the day we receive your complaint",
    "requested": "the day we receive your request",
    "acknowledged": "our acknowledgement",
    "response_sent": "the date on our answer",
    "response_received": "the day you receive our answer",
    "panel_met": "the panel's meeting",
    "resident_aware": "the day you became aware of it",
    "issue_occurred": "the day it happened",
}
OMBUDSMEN = {"housing": "housing-ombudsman", "relevant": "local-government-ombudsman"}


@dataclass(frozen=True)
class Section:
    """A part of the leaflet under a heading."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Leaflet:
    """The whole leaflet, as of its day. `lacks` says what a landlord has to enter before it is printed."""

    title: str
    landlord: str
    about: str
    day: date
    sections: tuple[Section, ...]
    foot: str
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Beside:
    """What stands beside a version: addresses and law by date, and what each way to complain is called."""

    contacts: Mapping[str, Sequence[Contact]]
    law: Mapping[str, Law]
    channels: Mapping[str, str]
    are_late_requests_decided: bool = False  # whether a person decides about a request that came after its window


def leaflet(version: PolicyVersion, beside: Beside, day: date, ends: date | None) -> Leaflet:
    """The leaflet of a version as of a day; `ends` is the last day of receipt the version governs, where it has one."""
    ours = contact_on(beside.contacts, version.policy, day)
    own = [stage for stage in version.stages if not stage.is_external]
    outside = [stage for stage in version.stages if stage.is_external]
    sections = [Section("How to complain", _how(version, beside, ours))]
    sections += [Section(stage.title, _stage(version, stage, beside)) for stage in own]
    sections += [Section(stage.title, _outside(version, stage, beside, day)) for stage in outside]
    sections.append(Section("How we count days", _counting(version)))
    if kept := _rules(version, beside, day):
        sections.append(Section("What else we promise", (Block("bullets", items=kept),)))
    until = f" to {day_in_words(ends)}" if ends else ""
    return Leaflet(
        "How to complain, and what happens then",
        version.landlord,
        f"{version.title}. For complaints received from {day_in_words(version.in_force_from)}{until}.",
        day,
        tuple(sections),
        f"{version.landlord}, {version.title}, version {version.version}. Addresses and law as of {day_in_words(day)}.",
        _lacks(version, ours, day),
    )


def _rules(version: PolicyVersion, beside: Beside, day: date) -> tuple[str, ...]:
    """What else the version promises, without what it says of designated persons once the law knows none."""
    is_ended = not _holds(beside.law, "designated_person", day)
    every = [rule.says for rule in version.rules.values() if rule.says]
    return tuple(one for one in every if not (is_ended and "designated" in one.lower()))


# ---------------------------------------------------------------- How to complain


def _how(version: PolicyVersion, beside: Beside, ours: Contact | None) -> tuple[Block, ...]:
    ways = tuple(_way(channel, beside.channels, ours) for channel in version.channels)
    said = [_paragraph("You can complain to us in any of these ways:"), Block("bullets", items=ways)] if ways else []
    window = next((rule for rule in version.deadlines if bare(rule.key) == "complain_by"), None)
    if window is not None:
        said.append(_paragraph(f"{window.says} {_counted(version, window)}"))
    return tuple(said)


def _way(channel: str, called: Mapping[str, str], ours: Contact | None) -> str:
    """A way to complain, with how to reach us that way on the day, where that is known."""
    name = called.get(channel, channel.replace("_", " ").capitalize())
    if ours is None:
        return name
    post = " or ".join(text for text in (ours.freepost, ", ".join(ours.address)) if text)
    reach = {
        "phone": ours.telephone, "email": ours.email, "online": ours.website, "post": post,
        "in_person": ", ".join(ours.address),
    }.get(channel, "")  # fmt: skip
    return f"{name}: {reach}" if reach else name


def _lacks(version: PolicyVersion, ours: Contact | None, day: date) -> tuple[str, ...]:
    """What is missing of our own addresses for a way to complain that the version names."""
    known = {
        "phone": bool(ours and ours.telephone),
        "email": bool(ours and ours.email),
        "online": bool(ours and ours.website),
        "post": bool(ours and (ours.address or ours.freepost)),
    }
    words = {"phone": "telephone number", "email": "e-mail address", "online": "website", "post": "postal address"}
    missing = [words[one] for one in version.channels if one in known and not known[one]]
    if not missing:
        return ()
    one, them = ("is", "it") if len(missing) == 1 else ("are", "them")
    return (
        f"Our {listed(missing)} {one} missing: nothing is entered for {day_in_words(day)}. Whoever looks after this"
        f" installation adds {them} to {CONTACTS}, under '{version.policy}'.",
    )


# ---------------------------------------------------------------- Stages


def _stage(version: PolicyVersion, stage: Stage, beside: Beside) -> tuple[Block, ...]:
    said = [_paragraph(stage.says)] if stage.says else []
    who = [f"Who looks at it: {_role(version, stage.handler)}."] if stage.handler else []
    apart = [stage_named(version.stage(key).title) for key in stage.not_the_same_person_as if version.has_stage(key)]
    if apart:
        who.append(f"That is never the person who looked at it at {listed(apart)}.")
    if who:
        said.append(_paragraph(" ".join(who)))
    for rule in version.deadlines:
        if stage_of(rule.key) == stage.key:
            said += _promise(version, rule)
            if rule.is_window and beside.are_late_requests_decided:
                said.append(_paragraph("If you ask later than that, a person decides whether we can still take it up."))
    return tuple(said)


def _role(version: PolicyVersion, key: str | None) -> str:
    role = version.roles.get(key or "")
    return role.title if role else (key or "").replace("_", " ")


def _promise(version: PolicyVersion, rule: DeadlineRule) -> list[Block]:
    """A promise in the landlord's own words, how it is counted, and how it may be moved."""
    said = [_paragraph(" ".join(text for text in (rule.says, _counted(version, rule)) if text))]
    more = rule.more_time
    if more is not None:
        told = listed([TOLD.get(one, one.replace("_", " ")) for one in more.tell_resident])
        tells = f" Before the answer is due we tell you {told}." if told else " We tell you before the answer is due."
        if more.event == "holding_reply_sent":
            longest = f" The new date is at most {more.at_most} later." if more.at_most else ""
            said.append(_paragraph(f"If we cannot answer in time we send you a holding reply.{tells}{longest}"))
        else:
            longest = f", by at most {more.at_most}" if more.at_most else ""
            said.append(_paragraph(f"If we need longer, we may extend the time for our answer{longest}.{tells}"))
    return said


def _counted(version: PolicyVersion, rule: DeadlineRule) -> str:
    """How long, and from when, as a sentence."""
    start = _start(version, rule, rule.of)
    other = f", or else from {_start(version, rule, rule.or_of)}" if rule.or_of else ""
    return f"We count the {rule.within} from {start}{other}."


def _start(version: PolicyVersion, rule: DeadlineRule, event: str) -> str:
    words = STARTS.get(bare(event), bare(event).replace("_", " "))
    stage = stage_of(event)
    is_elsewhere = stage is not None and stage != stage_of(rule.key) and version.has_stage(stage)
    return f"{words} at {version.stage(str(stage)).title}" if is_elsewhere else words


# ---------------------------------------------------------------- The Ombudsman


def _outside(version: PolicyVersion, stage: Stage, beside: Beside, day: date) -> tuple[Block, ...]:
    """Where to go after us. What the law has ended by the leaflet's day is not told as if it still held."""
    rules = [rule for rule in version.deadlines if stage_of(rule.key) == stage.key]
    ended = [law for rule in rules if (law := beside.law.get(rule.ended_by_law or "")) and not law.holds_on(day)]
    said: list[Block] = []
    if ended or (stage.designated_person and not _holds(beside.law, "designated_person", day)):
        said += _law(beside, "direct_access", day)
        since = next((law.ended for law in ended if law.ended), None)
        when = f" on {day_in_words(since)}" if since else ""
        said.append(_paragraph(f"Our policy, as it was written, speaks of a wait. The law ended that{when}."))
    else:
        said += [_paragraph(stage.says)] if stage.says else []
        for rule in rules:
            said += _promise(version, rule)
        if stage.designated_person:
            people = listed([PEOPLE.get(one, one.replace("_", " ")) for one in stage.designated_person])
            said.append(_paragraph(f"A designated person can be: {people}."))
            said += _law(beside, "designated_person", day)
    said += _law(beside, "ombudsman_twelve_months", day)
    for key in _ombudsmen(stage):
        contact = contact_on(beside.contacts, key, day)
        if contact is not None:
            said.append(_address(contact))
    return tuple(said)


def _ombudsmen(stage: Stage) -> tuple[str, ...]:
    """Which ombudsmen a stage speaks of: the Housing Ombudsman, and both where it names none."""
    both = tuple(OMBUDSMEN.values())
    return both if "relevant" in stage.title.lower() else both[:1]


def _holds(law: Mapping[str, Law], key: str, day: date) -> bool:
    return key in law and law[key].holds_on(day)


def _law(beside: Beside, key: str, day: date) -> list[Block]:
    return [_paragraph(beside.law[key].text_on(day))] if _holds(beside.law, key, day) else []


def _address(contact: Contact) -> Block:
    lines = [contact.name, *contact.address]
    lines += [f"Telephone {contact.telephone}"] if contact.telephone else []
    return _paragraph("\n".join([*lines, *(line for line in (contact.email, contact.website) if line)]))


# ---------------------------------------------------------------- Counting


def _counting(version: PolicyVersion) -> tuple[Block, ...]:
    said = ["Working days are Monday to Friday. Bank holidays, and days on which we are closed, do not count."]
    after = version.receipt.deemed_after
    if after:
        said.append(f"What reaches us after {after:%H:%M}, or on a day off, counts from the next working day.")
    else:
        said.append("The day your complaint reaches us is the day we received it, whatever the hour.")
    if version.first_day_counts:
        said.append("The day we count from is the first day.")
    else:
        said.append("The day we count from is not counted itself: the next working day is the first.")
    if any(bare(event) == "response_received" for rule in version.deadlines for event in (rule.of, rule.or_of or "")):
        said += _delivery(version)
    return (Block("bullets", items=tuple(said)),)


def _delivery(version: PolicyVersion) -> list[str]:
    """When an answer counts as received, which matters only where a time runs from that."""
    later = [one.replace("_", " ") for one, when in version.delivery.items() if when != SAME_DAY]
    if not later:
        return []
    return [
        f"An answer sent by {listed(later)} counts as received on the second working day after, any other on the same "
        "day, unless we know the true day."
    ]


def _paragraph(text: str) -> Block:
    return Block("paragraph", text)
