"""What sending costs: queued letters with their PDFs, handed to a real mail server on loopback; how many a second."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection

from engine import casework, sending, steps
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.delivery import delivery_at
from engine.office import Office
from engine.rights import Person
from engine.sending import AT_ONCE, Post
from engine.store import outbox
from engine.store.case_rows import OutboxItem
from engine.store.documents import NewDocument
from tests.bench.whole_step import Staff

POLICY, VERSION = "st-leger-homes", "two-stage-2024"
BEGIN = datetime(2024, 6, 3, 9, tzinfo=UTC)
WRITTEN = BEGIN + timedelta(days=2)
MOST_ROUNDS = 100  #: of sending, so that a server that takes nothing ends it
PDF_BYTES = 40_000  # about what a letter of two pages has


def queued(office: Office, count: int) -> None:
    """So many acknowledgements, each of its own case, waiting in the outbox with their PDFs."""
    ann = Staff(office, POLICY, VERSION).people["stage_1"]
    for number in range(count):
        said = Said({"service_area": "repairs"}, BEGIN, BEGIN, is_story=True)
        reference = steps.register(office, POLICY, ann, said)
        steps.take(office, reference, ann, lambda file: _triaged(office, file, ann), BEGIN)
        steps.take(office, reference, ann, lambda file, number=number: _written(office, file, ann, number), WRITTEN)
    with office.database.writing() as tx:  # the copies for filing are another figure
        for row in outbox.take(tx, now=WRITTEN, lease_until=WRITTEN, limit=count, kinds=["filing"]):
            outbox.finish(tx, row.id, attempts=row.attempts, status=outbox.SENT, now=WRITTEN)


@dataclass(frozen=True)
class Sent:
    """What sending came to: letters by status, the seconds it took, the CPU seconds of this process, how many different
    letters arrived. Those that did not go at once went at a later try."""

    letters: Counter[str]
    seconds: float
    cpu: float
    arrived: int

    @property
    def count(self) -> int:
        return self.letters[outbox.SENT]

    @property
    def amiss(self) -> str:
        """What did not go as it should, in a sentence; empty where all did."""
        counts = {status: number for status, number in self.letters.items() if status != outbox.SENT}
        said = ", ".join(f"{number} time{'s' * (number > 1)} '{status}'" for status, number in counts.items())
        return f"The mail server did not take a letter at once: {said}. The clock counts that too." if counts else ""


def sent(office: Office) -> Sent:
    """Send what waits. What the server does not take now, for it answers too slowly on a busy machine, is sent in the
    next round, as if its pause had passed."""
    with server() as (port, arrived):
        post = Post(delivery_at(f"smtp://127.0.0.1:{port}", "Complaints <complaints@landlord.example>"), "documents")
        letters: Counter[str] = Counter()
        now, clock, processor = WRITTEN, time.perf_counter(), time.process_time()
        for _ in range(MOST_ROUNDS):
            done = sending.send_due(office, post, lambda now=now: now, limit=AT_ONCE)
            letters += done
            if not done:
                break
            if set(done) != {outbox.SENT}:
                now += timedelta(hours=1)
        seconds, cpu = time.perf_counter() - clock, time.process_time() - processor
        arrived.send("how many?")
        return Sent(letters, seconds, cpu, arrived.recv())


@contextmanager
def server() -> Iterator[tuple[int, Connection]]:
    """A mail server in a process of its own: its port, and a way to ask it how many different letters came."""
    here, there = Pipe()
    process = get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    there.close()  # so that a server that never came is not waited for
    try:
        yield here.recv(), here
    finally:
        process.kill()
        process.join(timeout=10)


def _serve(asked: Connection) -> None:
    from tests.unit.mail_servers import Quick, Received

    received = Received()
    controller = Quick(received)
    controller.start()
    asked.send(controller.port)
    while asked.recv():
        asked.send(len(set(received.ids)))


def _triaged(office: Office, file: CaseFile, who: Person) -> Plan:
    return casework.complete_task(office, file, "triage", who, Said({}, None, BEGIN, is_story=True))


def _written(office: Office, file: CaseFile, who: Person, number: int) -> Plan:
    plan = casework.complete_task(office, file, "stage_1.acknowledge", who, Said({}, None, WRITTEN, is_story=True))
    content = f"%PDF-1.7 {number} ".encode().ljust(PDF_BYTES, b"x")
    document = NewDocument("letter", "Acknowledgement", "Acknowledgement.pdf", "application/pdf", content)
    said = {
        "to": f"resident{number}@resident.example",
        "subject": f"We have your complaint {file.reference}",
        "text": "Dear resident\n\nWe have your complaint.\n" * 20,
        "document": document.sha256,
        "file_name": document.file_name,
    }
    event = plan.new[0].number
    item = OutboxItem("letter", said, f"letter:{file.reference}:{event}", event)
    return replace(plan, outbox=(item,), documents=(document,))
