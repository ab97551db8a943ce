"""Workers killed at any moment while they hand letters to a real mail server: none lost, none doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from engine import sending
from engine.clock import Clock
from engine.delivery import delivery_at
from engine.office import Office
from engine.rights import Person
from engine.sending import LEASE, Post
from engine.store import outbox
from engine.store.outbox import OutboxRow
from tests.faults import caseload
from tests.faults.killing import killed_at, started
from tests.unit.letter_cases import POLICY, SENDER, WRITTEN, Hands, letter, post_at, triaged, write
from tests.unit.mail_servers import Received, mail_server

LETTERS = 40
ROUNDS = 15
MOST_PLACES = 200


def letters(office: Office, who: Person, count: int) -> list[str]:
    """So many acknowledgements that wait to go, of as many complaints."""
    references = [triaged(office, who) for _ in range(count)]
    for place, reference in enumerate(references):
        write(office, reference, who, "stage_1.acknowledge", WRITTEN, to=f"resident{place}@example.org")
    return references


def arrivals(received: Received) -> Counter[str]:
    """How often each address was written to."""
    return Counter(address for envelope in list(received.mails) for address in envelope.rcpt_tos)


def judge(rows: list[OutboxRow], received: Received) -> Counter[str]:
    """Each letter arrived once and is sent, or is unsure; none is lost, none arrived twice. How many are what."""
    arrived = arrivals(received)
    assert max(arrived.values(), default=0) <= 1, "a letter arrived twice"
    for row in rows:
        count = arrived[row.payload["to"]]
        assert (row.status, count) in {("sent", 1), ("unsure", 0), ("unsure", 1)}, (row.status, count, row.said)
    return Counter(row.status for row in rows)


def test_workers_killed_at_random_lose_no_letter_and_send_none_twice(any_office: Office, tmp_path: Path) -> None:
    """Two workers at once, killed after so many milliseconds again and again, on a clock that passes their leases."""
    ann = caseload.staff(any_office, "Ann")[0]
    references = letters(any_office, ann, LETTERS)
    moments, pause, hands = random.Random(5), threading.Event(), Hands(WRITTEN + timedelta(minutes=1))

    def slowly(_: object) -> str:
        pause.wait(0.003)  # so that there is a moment to be killed in
        return "250 OK"

    with mail_server(Received(to_mail=slowly)) as (address, received):
        for _ in range(ROUNDS):
            workers = [started(any_office, lambda: None, lambda: work(any_office, address, hands)) for _ in "12"]
            for worker in workers:
                pause.wait(moments.uniform(0.03, 0.2))
                os.kill(worker, signal.SIGKILL)
                os.waitpid(worker, 0)
            hands.on(seconds=LEASE.total_seconds() + 1)
        killed = Counter(letter(any_office, one).status for one in references)
        pause.wait(0.2)
        done: Counter[str] = Counter({"begin": 1})
        while done:
            done = sending.send_due(any_office, post_at(address, tmp_path), hands)
            hands.on(seconds=LEASE.total_seconds() + 1)
    rows = [letter(any_office, one) for one in references]
    became = judge(rows, received)
    assert became["sent"] + became["unsure"] == LETTERS
    assert became["sent"] >= LETTERS // 4, (killed, became)
    assert shown_to_a_person(any_office) == {row.id for row in rows if row.status == "unsure"}
    assert caseload.differences(any_office) == []


def test_a_worker_killed_at_any_statement_sends_a_letter_once_or_leaves_it_to_a_person(
    any_office: Office, tmp_path: Path
) -> None:
    ann = caseload.staff(any_office, "Ann")[0]
    outcomes, hands = set(), Hands(WRITTEN + timedelta(minutes=1))
    with mail_server() as (address, received):
        for place in range(MOST_PLACES):
            received.mails.clear()
            (reference,) = letters(any_office, ann, 1)
            was_killed = killed_at(place, any_office, lambda: send_once(any_office, address, hands))
            hands.on(seconds=LEASE.total_seconds() + 1)
            for _ in range(2):
                sending.send_due(any_office, post_at(address, tmp_path), hands)
                hands.on(seconds=LEASE.total_seconds() + 1)
            outcomes |= set(judge([letter(any_office, reference)], received))
            if not was_killed:
                break
    assert not was_killed, "there are more places than were tried"
    assert place > 15
    assert outcomes == {"sent", "unsure"}


def test_into_a_folder_every_letter_goes_whoever_is_killed(any_office: Office, tmp_path: Path) -> None:
    """What may be repeated is repeated: nothing is unsure, and the same letter is the same file."""
    ann = caseload.staff(any_office, "Ann")[0]
    address, hands = f"folder:{tmp_path / 'letters'}", Hands(WRITTEN + timedelta(minutes=1))
    references = []
    for place in range(0, MOST_PLACES, 3):
        references += letters(any_office, ann, 1)
        if not killed_at(place, any_office, lambda: send_once(any_office, address, hands)):
            break
        hands.on(seconds=LEASE.total_seconds() + 1)
    sending.send_due(any_office, post_at(address, tmp_path), hands)
    assert {letter(any_office, one).status for one in references} == {"sent"}
    found = sorted(path.parent.name for path in (tmp_path / "letters").rglob("*.eml"))
    assert found == sorted(references)


def send_once(office: Office, address: str, clock: Clock) -> None:
    sending.send_due(office, Post(delivery_at(address, SENDER), "documents"), clock)


def work(office: Office, address: str, clock: Clock) -> None:
    """Send again and again, until killed."""
    while True:
        send_once(office, address, clock)
        threading.Event().wait(0.01)


def shown_to_a_person(office: Office) -> set[int]:
    keys = [f"{POLICY}:{role}" for version in office.versions_of(POLICY) for role in version.roles]
    with office.database.reading() as tx:
        return {one.item.id for one in outbox.attention(tx, keys=keys)}
