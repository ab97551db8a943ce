"""The people in a case: the resident, who speaks for them and with what authority, and who handled each stage."""

from __future__ import annotations

from dataclasses import dataclass

from engine.case_files import CaseFile
from engine.events import AUTHORITY_RECEIVED, RECEIVED, CaseEvent, latest
from engine.policy import stage_of
from engine.rights import is_considering
from engine.wordings import listed
from web import event_words, names

RESIDENT = ("resident", "address", "postcode", "email", "phone", "preferred_contact", "relationship")
LABELS = {"resident": "Name", "preferred_contact": "Prefers to hear from us by", "relationship": "Connection with us"}
NO_AUTHORITY = ("", "none", "not_needed")
ENOUGH = {"consent": ("consent", "signed", "child", "unable"), "signed": ("signed", "child", "unable")}


@dataclass(frozen=True)
class Representative:
    """Who speaks for the resident, what shows that they may, and, while nothing does, what must not be shared."""

    name: str
    authority: str
    missing: str


@dataclass(frozen=True)
class Handler:
    """Who worked a stage: the role, who considered the complaint, and who has the task now."""

    stage: str
    role: str
    people: str


def complaint(file: CaseFile) -> CaseEvent:
    """The complaint as it stands."""
    return latest(file.events, RECEIVED) or file.record[0]


def resident(file: CaseFile) -> list[tuple[str, str]]:
    """The resident's name and how to reach them."""
    told, event = [], complaint(file)
    for name in RESIDENT:
        if event.fields.get(name) not in (None, "", []):
            said = event_words.value_in_words(file, RECEIVED, name, event.fields[name])
            told.append((LABELS.get(name) or event_words.label(file, RECEIVED, name), said))
    return told


def representative(file: CaseFile) -> Representative | None:
    """Who speaks for the resident; None where nobody does."""
    event, given = complaint(file), latest(file.events, AUTHORITY_RECEIVED)
    who = (given.text("representative") if given else "") or event.text("representative")
    if not who:
        return None
    kind = given.text("kind") if given else event.text("authority")
    source, name = (AUTHORITY_RECEIVED, "kind") if given else (RECEIVED, "authority")
    said = event_words.value_in_words(file, source, name, kind) if kind not in NO_AUTHORITY else "Nothing yet"
    return Representative(who, said, _what_is_missing(file, kind, who))


def private(file: CaseFile) -> list[tuple[str, str]]:
    """What is private to those who handle the case: adjustments, vulnerabilities, language and the like."""
    told: dict[str, str] = {}
    for event in file.events:
        told.update(event_words.private(file, event))
    return list(told.items())


def handlers(file: CaseFile) -> list[Handler]:
    """Who handles each of our own stages."""
    version = file.governing.version
    if version is None:
        return []
    return [
        Handler(stage.title, names.role(version, stage.handler or version.desk), _who(file, stage.key))
        for stage in version.stages
        if not stage.is_external
    ]


def _who(file: CaseFile, stage: str) -> str:
    did = [event.by_name for event in file.events if stage_of(event.name) == stage and is_considering(event)]
    has = [claim.name for key, claim in file.claims.items() if key == f"{stage}.respond"]
    done = f"Considered by {listed(dict.fromkeys(did))}" if did else ""
    return ". ".join(text for text in (done, f"{listed(has)} has it now" if has else "") if text)


def _what_is_missing(file: CaseFile, kind: str, who: str) -> str:
    """What may not be shared while the authority the version asks for is missing; empty where it is there."""
    version = file.governing.version
    rule = version.rules.get("representatives") if version else None
    needs = str(rule.settings.get("needs", "consent")) if rule else "consent"
    if kind not in NO_AUTHORITY and kind in ENOUGH.get(needs, ENOUGH["consent"]):
        return ""
    wanted = "the resident's signed permission" if needs == "signed" else "the resident's agreement"
    return (
        f"We do not have {wanted} for {who} to speak for them. Go on with the complaint, and its dates run; until it "
        f"comes, share nothing private about the resident with {who}, and do not send them the answer."
    )
