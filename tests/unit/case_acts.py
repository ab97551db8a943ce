"""What happens to a case in tests about casework, by the verbs of an office: log, do a task, record."""

from __future__ import annotations

from datetime import datetime

from engine import casework, steps
from engine.case_files import CaseFile
from engine.casework import Said
from engine.events import FACTS, moment
from engine.office import Office
from engine.rights import Person

COUNCIL = "council-housing"


def logged(office: Office, who: Person, policy: str = COUNCIL, received: str = "2024-06-03", **said: object) -> str:
    """A complaint logged on its day of receipt; required answers that are not given are made up."""
    now = moment(received)
    return steps.register(office, policy, who, Said(said, now, now, is_story=True))


def under_way(office: Office, who: Person, policy: str = COUNCIL, received: str = "2024-06-03", **said: object) -> str:
    """A case acknowledged two days after it came."""
    reference = logged(office, who, policy, received, **said)
    for key in ("triage", "stage_1.acknowledge"):
        done(office, reference, who, key, "2024-06-05" if policy != "south-essex-homes" else received)
    return reference


def done(office: Office, reference: str, who: Person, key: str, day: str, **said: object) -> None:
    """A task completed."""
    told = Said(said, None, moment(day), is_story=True)
    steps.take(office, reference, who, lambda f: casework.complete_task(office, f, key, who, told), moment(day))


def recorded(office: Office, reference: str, who: Person, name: str, day: str, **said: object) -> None:
    """A message or a fact recorded."""
    told = Said(said, None, moment(day), is_story=True)
    is_fact = name.rpartition(".")[2] in FACTS
    verb = casework.record_fact if is_fact else casework.record_message
    steps.take(office, reference, who, lambda f: verb(office, f, name, who, told), moment(day))


def extend(office: Office, reference: str, who: Person, day: str, **said: object) -> None:
    """An extension of the first stage."""
    recorded(office, reference, who, "stage_1.extension_given", day, **{"reason": "An inspection", **said})


def seen(office: Office, reference: str, who: Person, day: str | datetime) -> CaseFile:
    """The case as it stands at a moment."""
    return steps.seen_by(office, reference, who, moment(day) if isinstance(day, str) else day)
