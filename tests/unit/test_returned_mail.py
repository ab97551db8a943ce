"""Laws of mail that comes back: its letter is taken back once, and nobody can make one up."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from engine import returned_mail, sending
from engine.events import moment
from engine.office import Office
from engine.rights import Person
from tests.unit.casting import hired
from tests.unit.letter_cases import Hands, acknowledged, letter, notices, opened, post_at
from tests.unit.mail_servers import mail_server

LATER = moment("2024-06-06T11:00")
SENT = moment("2024-06-05T16:01")


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


@pytest.fixture
def went(office: Office, ann: Person, tmp_path: Path) -> tuple[str, str]:
    """A letter that was sent: its case's reference, and its Message-ID."""
    reference = acknowledged(office, ann)
    with mail_server() as (address, received):
        sending.send_due(office, post_at(address, tmp_path), Hands(SENT))
    return reference, received.ids[0]


def bounce(
    message_id: str, said: str = "550 5.1.1 <ada@resident.example>: no such user", action: str = "failed"
) -> bytes:
    """A return as mail servers write it (RFC 3464)."""
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_part"

--=_part
Content-Type: text/plain

I could not deliver it.

--=_part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@resident.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; {said}

--=_part
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Your complaint

Dear Ada

--=_part--
""".encode()


def put(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_letter_that_came_back_opens_its_task_again_once(
    office: Office, went: tuple[str, str], tmp_path: Path
) -> None:
    reference, message_id = went
    box = tmp_path / "returned"
    put(box, "1.eml", bounce(message_id))
    assert returned_mail.read_folder(office, box, LATER) == {"done": 1}
    file = opened(office, reference, LATER)
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]
    assert "came back" in file.record[-1].text("reason")
    assert "ada@" not in file.record[-1].text("reason") + letter(office, reference).said
    assert letter(office, reference).status == "failed"
    assert notices(office, reference) == ["returned"]
    put(box, "1.eml", bounce(message_id))
    assert returned_mail.read_folder(office, box, LATER) == {"done": 1}
    assert len(opened(office, reference, LATER).record) == len(file.record), "handled once"
    assert names(box) == ["done/1-1.eml", "done/1.eml"]


def test_what_is_about_no_letter_of_ours_is_put_aside(office: Office, went: tuple[str, str], tmp_path: Path) -> None:
    reference, message_id = went
    forged = message_id.replace(message_id.split(".")[3][:4], "0000")
    box = tmp_path / "returned"
    others = {
        "forged.eml": bounce(forged),
        "unknown.eml": bounce("<letter.SLH-2024-99999.3.0123456789abcdef@landlord.example>"),
        "theirs.eml": bounce("<something.else@elsewhere.example>"),
        "delayed.eml": bounce(message_id, "451 try later", action="delayed"),
        "answer.eml": b"From: ada@resident.example\r\nSubject: Thank you\r\n\r\nThank you.",
        "noise.eml": random.Random(3).randbytes(4000),
        "empty.eml": b"",
    }
    for name, content in others.items():
        put(box, name, content)
    put(box, "still being written.part", b"")
    assert returned_mail.read_folder(office, box, LATER) == {"unknown": len(others)}
    assert letter(office, reference).status == "sent"
    assert opened(office, reference, LATER).has_happened("stage_1.acknowledged")
    assert names(box) == ["still being written.part", *(f"unknown/{name}" for name in sorted(others))]


def test_a_folder_that_cannot_be_read_stops_nothing(office: Office, tmp_path: Path) -> None:
    assert returned_mail.read_folder(office, tmp_path / "not there", LATER) == {}
