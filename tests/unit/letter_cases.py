"""Cases whose letters wait in the outbox, for tests about sending: steps of the engine, with a letter beside each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from engine import case_files, casework, steps
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.clock import Clock
from engine.delivery import delivery_at
from engine.events import moment
from engine.mail import FILING
from engine.office import Office
from engine.rights import Person
from engine.sending import Post
from engine.store import cases as stored
from engine.store import outbox
from engine.store.case_rows import OutboxItem
from engine.store.documents import NewDocument
from engine.store.outbox import OutboxRow

POLICY = "st-leger-homes"
RECEIVED = moment("2024-06-03")
WRITTEN = moment("2024-06-05T16:00")
PDF = b"%PDF-1.7 the letter"
SENDER = "Complaints <complaints@landlord.example>"
TO = "ada@resident.example"


class Hands:
    """A clock whose hands the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        self.now += timedelta(**by)


def still(when: datetime) -> Clock:
    return lambda: when


def post_at(address: str, tmp_path: Path) -> Post:
    return Post(delivery_at(address, SENDER), str(tmp_path / "documents"), "https://redress.example/")


def triaged(office: Office, who: Person) -> str:
    """A complaint that waits for its acknowledgement; its copy for filing is gone already."""
    reference = steps.register(
        office, POLICY, who, Said({"service_area": "repairs"}, RECEIVED, RECEIVED, is_story=True)
    )
    said = Said({}, None, moment("2024-06-04"), is_story=True)
    steps.take(
        office, reference, who, lambda file: casework.complete_task(office, file, "triage", who, said), said.recorded
    )
    with office.database.writing() as tx:
        for row in items(office, reference):
            outbox.decide(tx, row.id, status=outbox.CANCELLED, now=RECEIVED, said="")
    return reference


def acknowledged(office: Office, who: Person, when: datetime = WRITTEN, *, to: str = TO) -> str:
    """A complaint acknowledged by e-mail: the letter waits in the outbox."""
    reference = triaged(office, who)
    write(office, reference, who, "stage_1.acknowledge", when, to=to)
    return reference


def write(office: Office, reference: str, who: Person, task: str, when: datetime, *, to: str = TO) -> None:
    said = Said({}, None, when, is_story=True)

    def act(file: CaseFile) -> Plan:
        return with_letter(casework.complete_task(office, file, task, who, said), to)

    steps.take(office, reference, who, act, when)


def with_letter(plan: Plan, to: str = TO) -> Plan:
    """The plan, with a letter that goes with its first event."""
    first, reference = plan.new[0], plan.file.reference
    number = first.number
    document = NewDocument("letter", "Letter", "Letter.pdf", "application/pdf", PDF)
    first = replace(first, fields={**first.fields, "letter_sha256": document.sha256})
    said = {"to": to, "subject": f"Your complaint {reference}", "text": "Dear Ada", "file_name": "Letter.pdf"}
    item = OutboxItem("letter", said | {"document": document.sha256}, f"letter:{reference}:{number}", number)
    return replace(plan, new=(first, *plan.new[1:]), outbox=(item,), documents=(document,))


def opened(office: Office, reference: str, now: datetime) -> CaseFile:
    with office.database.reading() as tx:
        return case_files.load(tx, office, reference, now)


def items(office: Office, reference: str) -> list[OutboxRow]:
    with office.database.reading() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row
        return outbox.of_case(tx, row.id)


def letter(office: Office, reference: str) -> OutboxRow:
    """The case's last letter."""
    return [row for row in items(office, reference) if row.kind == "letter"][-1]


def notices(office: Office, reference: str) -> list[str]:
    """What staff are told about a case."""
    return [row.payload["what"] for row in items(office, reference) if row.kind == "notice"]


def filings(office: Office, reference: str) -> list[OutboxRow]:
    return [row for row in items(office, reference) if row.kind == FILING]
