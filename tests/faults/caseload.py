"""Cases for tests about faults: brought to a point by the real engine, and looked at afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine import case_files, casework, steps, verification
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.rights import Person
from engine.store import cases as stored
from engine.store import inbox, people
from engine.store.case_rows import CaseRow

POLICY = "st-leger-homes"  # its stage 2 has a window, so its cases wait for a timer
RECEIVED = moment("2024-06-03")
WINDOW_OVER = moment("2024-07-20")


@dataclass(frozen=True)
class Seen:
    """What a fault may leave as it was before a step or as it is after it, and nothing between."""

    events: tuple[str, ...]
    open_tasks: tuple[str, ...]
    status: str


def staff(office: Office, *names: str) -> list[Person]:
    """Members of staff who hold every role, as rows of the database."""
    hired = []
    with office.database.writing() as tx:
        for name in names:
            row = people.add_person(tx, name, name=name, email="", password_hash=None, now=moment("2024-01-01"))
            hired.append(Person(str(row.id), name, is_made_up=True))
    return hired


def logged(office: Office, who: Person, policy: str = POLICY, when: datetime = RECEIVED, key: str = "") -> str:
    return steps.register(office, policy, who, Said({"service_area": "repairs"}, when, when, is_story=True), key)


def completed(
    office: Office, reference: str, who: Person, task: str, when: datetime, *, key: str = "", **answers: object
) -> CaseRow:
    said = Said(answers, None, when, is_story=True)
    return steps.take(
        office,
        reference,
        who,
        lambda file: casework.complete_task(office, file, task, who, said),
        when,
        request_key=key,
    )


def recorded(
    office: Office, reference: str, who: Person, name: str, when: datetime, seen: int | None = None, **answers: object
) -> CaseRow:
    said = Said(answers, None, when, is_story=True)
    return steps.take(
        office, reference, who, lambda file: casework.record_message(office, file, name, who, said), when, seen=seen
    )


def to_answer(office: Office, who: Person) -> str:
    """A case that waits for its stage 1 answer, due on 19 June 2024."""
    reference = logged(office, who)
    for task, day in (("triage", "04"), ("stage_1.acknowledge", "05")):
        completed(office, reference, who, task, moment(f"2024-06-{day}"))
    return reference


def answered(office: Office, who: Person) -> str:
    """A case that was answered on 12 June 2024 and waits for a request, until 10 July."""
    reference = to_answer(office, who)
    completed(office, reference, who, "stage_1.respond", moment("2024-06-12"), channel="email")
    return reference


def seen(office: Office, reference: str) -> Seen:
    """How the case is stored, whatever the day we look."""
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row is not None
        record, tasks = case_files.record_of(tx, row), inbox.tasks_of(tx, row.id)
    return Seen(tuple(event.name for event in record), tuple(sorted(task.key for task in tasks)), row.status)


def differences(office: Office) -> list[str]:
    """Everything `redress verify` would say."""
    with office.database.reading() as tx:
        found = [*verification.version_differences(tx)]
        for case_id in verification.case_ids(tx):
            found += verification.case_differences(tx, office, case_id)
    return [str(one) for one in found]
