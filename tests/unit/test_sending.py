"""Laws of sending: a letter goes once; the case says what became of it; what is not sure goes to a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from engine import casework, corrections, returns, sending, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.refusals import Refused
from engine.rights import Person
from engine.sending import DOWN, LEASE
from engine.store import outbox, people
from engine.store.case_rows import OutboxItem
from tests.faults.caseload import differences
from tests.unit.casting import hired
from tests.unit.letter_cases import (
    PDF,
    WRITTEN,
    Hands,
    acknowledged,
    letter,
    notices,
    opened,
    post_at,
    still,
    triaged,
)
from tests.unit.mail_servers import Received, hanging_up, mail_server

SOON = WRITTEN + timedelta(minutes=1)
NEXT_DAY = moment("2024-06-06T08:00")


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def test_a_letter_goes_once_with_its_pdf(office: Office, ann: Person, tmp_path: Path) -> None:
    reference = acknowledged(office, ann)
    with mail_server() as (address, received):
        post = post_at(address, tmp_path)
        assert sending.send_due(office, post, still(SOON)) == {"sent": 1}
        assert sending.send_due(office, post, still(SOON)) == {}
    (arrived,) = received.messages
    assert arrived["Subject"] == f"Your complaint {reference}"
    assert [part.get_content() for part in arrived.iter_attachments()] == [PDF]
    row = letter(office, reference)
    assert (row.status, row.sent_at) == ("sent", SOON)
    assert "ada" not in row.said
    assert [event.name for event in opened(office, reference, SOON).record][-1] == "stage_1.acknowledged"


def test_a_letter_handed_over_on_a_later_day_happened_on_that_day(office: Office, ann: Person, tmp_path: Path) -> None:
    reference = acknowledged(office, ann, moment("2024-06-10T23:59"))
    before = opened(office, reference, moment("2024-06-10T23:59")).standing.ledger.deadlines["stage_1.acknowledgement"]
    with mail_server() as (address, _):
        sending.send_due(office, post_at(address, tmp_path), still(moment("2024-06-11T00:01")))
    file = opened(office, reference, moment("2024-06-11T09:00"))
    event = next(one for one in file.events if one.name == "stage_1.acknowledged")
    assert event.happened == moment("2024-06-11T00:01")
    after = file.standing.ledger.deadlines["stage_1.acknowledgement"]
    assert (before.due, before.state, after.state) == (moment("2024-06-10").date(), "met", "late")
    corrected = file.record[-1]
    assert (corrected.name, corrected.by_name) == ("corrected", "The clock")
    assert "handed over on 11 June 2024" in corrected.text("reason")
    assert letter(office, reference).status == "sent"
    assert differences(office) == []


def test_a_letter_that_is_refused_is_taken_back_and_its_writer_is_told(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference = acknowledged(office, ann)
    with mail_server(Received(to_address=lambda _: "550 no such user ada@resident.example")) as (address, _):
        assert sending.send_due(office, post_at(address, tmp_path), still(SOON)) == {"failed": 2}, (
            "and Ann has no address"
        )
    file = opened(office, reference, SOON)
    assert not file.has_happened("stage_1.acknowledged")
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]
    assert file.record[-1].text("reason").startswith("The e-mail to the resident came back: The mail server refused it")
    assert letter(office, reference).status == "failed"
    assert "ada" not in letter(office, reference).said + file.record[-1].text("reason")
    assert notices(office, reference) == ["returned"]
    assert differences(office) == []


def test_a_letter_that_may_have_gone_is_for_a_person_and_not_sent_again(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference = acknowledged(office, ann)
    with hanging_up(b"220 hello", b"250 hello", b"250 OK", b"250 OK", b"354 go on", after_data=100) as address:
        assert sending.send_due(office, post_at(address, tmp_path), still(SOON)) == {"unsure": 1}
    with mail_server() as (address, received):
        sending.send_due(office, post_at(address, tmp_path), still(SOON + timedelta(days=3)))
    assert received.mails == []
    assert letter(office, reference).status == "unsure"
    assert opened(office, reference, SOON).has_happened("stage_1.acknowledged")


def test_a_server_that_refuses_for_a_day_is_tried_with_growing_pauses_and_a_person_is_told_once(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference, hands, tried = acknowledged(office, ann), Hands(WRITTEN), []

    def busy(_: str) -> str:
        tried.append(hands.now)
        return "450 try again" if hands.now < WRITTEN + timedelta(hours=30) else "250 OK"

    with mail_server(Received(to_address=busy)) as (address, received):
        post = post_at(address, tmp_path)
        while letter(office, reference).status != "sent":
            sending.send_due(office, post, hands)
            told = notices(office, reference)
            assert told == ([] if hands.now <= WRITTEN + timedelta(hours=24) else told)
            hands.on(minutes=1)
            assert hands.now < WRITTEN + timedelta(hours=32)
    assert notices(office, reference) == ["waits"]
    pauses = [(later - one).total_seconds() / 60 for one, later in pairwise(tried)]
    assert pauses[:5] == [1, 2, 5, 15, 60]
    assert set(pauses[5:]) == {60}
    assert [one for one in received.ids if "letter" in one] == received.ids[-1:], "it went once"
    happened = next(
        one.day for one in opened(office, reference, hands.now).events if one.name == "stage_1.acknowledged"
    )
    assert happened == moment("2024-06-06").date()


def test_a_server_that_cannot_be_reached_is_not_tried_for_every_letter(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    references = [acknowledged(office, ann) for _ in range(3)]
    with mail_server() as (address, _):
        pass
    assert sending.send_due(office, post_at(address, tmp_path), still(SOON)) == {DOWN: 1}
    assert [letter(office, one).attempts for one in references] == [1, 0, 0]


def test_no_transaction_is_open_while_a_server_is_talked_to(office: Office, ann: Person, tmp_path: Path) -> None:
    acknowledged(office, ann)
    written: list[str] = []

    def write_meanwhile(_: object) -> str:
        written.append(triaged(office, ann))
        return "250 OK"

    with mail_server(Received(to_address=write_meanwhile, to_mail=write_meanwhile)) as (address, _):
        assert sending.send_due(office, post_at(address, tmp_path), still(SOON))["sent"] == 1
    assert len(written) == 2


def test_a_letter_whose_step_was_struck_out_does_not_go(office: Office, ann: Person, tmp_path: Path) -> None:
    reference = acknowledged(office, ann)
    strike(office, reference, ann)
    with mail_server() as (address, received):
        assert sending.send_due(office, post_at(address, tmp_path), still(SOON)) == {"failed": 1}
    assert received.mails == []
    assert "struck out" in letter(office, reference).said


def test_a_case_that_moved_on_meanwhile_is_no_obstacle(office: Office, ann: Person, tmp_path: Path) -> None:
    """Answered and withdrawn before the acknowledgement could be handed over, which then came back."""
    reference = acknowledged(office, ann)
    said = Said({}, None, SOON, is_story=True)
    steps.take(office, reference, ann, lambda file: casework.record_message(office, file, "withdrawn", ann, said), SOON)
    with mail_server(Received(to_address=lambda _: "550 no")) as (address, _):
        sending.send_due(office, post_at(address, tmp_path), still(NEXT_DAY))
    assert letter(office, reference).status == "failed"
    assert opened(office, reference, NEXT_DAY).standing.status == "closed"
    assert differences(office) == []


def test_a_late_letter_whose_step_was_struck_out_while_it_went_is_shown_to_a_person(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference = acknowledged(office, ann)

    def strike_meanwhile(_: object) -> str:
        strike(office, reference, ann)
        return "250 OK"

    with mail_server(Received(to_mail=strike_meanwhile)) as (address, received):
        sending.send_due(office, post_at(address, tmp_path), still(NEXT_DAY))
    assert len(received.mails) == 1
    row = letter(office, reference)
    assert row.status == "failed"
    assert row.said == (
        "It was sent on 6 June 2024. The step it belongs to was struck out meanwhile. "
        "Write to the resident again, in the task that is open."
    )


def test_a_letter_without_its_pdf_goes_to_a_person(office: Office, ann: Person, tmp_path: Path) -> None:
    reference = triaged(office, ann)
    file = opened(office, reference, SOON)
    assert file.row
    said = {"to": "a@b.example", "subject": "S", "text": "T", "document": "no such", "file_name": "x.pdf"}
    with office.database.writing() as tx:
        letters = [OutboxItem("letter", said, "letter:one"), OutboxItem("letter", {"to": "a@b.example"}, "letter:two")]
        outbox.put_out(tx, file.row.id, items=letters, now=SOON)
    assert sending.send_due(office, post_at(f"folder:{tmp_path}", tmp_path), still(SOON)) == {"failed": 2}


def test_what_a_worker_left_when_it_died_is_found_by_its_lease(office: Office, ann: Person, tmp_path: Path) -> None:
    taken, begun = acknowledged(office, ann), acknowledged(office, ann)
    with office.database.writing() as tx:
        rows = outbox.take(tx, now=SOON, lease_until=SOON + LEASE)
        outbox.begin(tx, rows[1].id, attempts=1, now=SOON, lease_until=SOON + LEASE)
    with mail_server() as (address, received):
        post = post_at(address, tmp_path)
        assert sending.send_due(office, post, still(SOON + LEASE)) == {}, "the worker may still be alive"
        assert sending.send_due(office, post, still(SOON + 2 * LEASE)) == {"sent": 1}
    assert [letter(office, one).status for one in (taken, begun)] == ["sent", "unsure"]
    assert len(received.mails) == 1


# --- a person decides -----------------------------------------------------------------------------


def unsure(office: Office, ann: Person, when: datetime = SOON) -> str:
    reference = acknowledged(office, ann)
    with office.database.writing() as tx:
        (row,) = outbox.take(tx, now=when, lease_until=when)
        outbox.finish(tx, row.id, attempts=row.attempts, status="unsure", now=when)
    return reference


@pytest.mark.parametrize(("when", "day"), [(SOON, 5), (NEXT_DAY, 6)])
def test_a_letter_a_person_found_sent_is_as_late_as_it_was(
    office: Office, ann: Person, when: datetime, day: int
) -> None:
    reference = unsure(office, ann, when)
    item = letter(office, reference)
    assert returns.decided(office, item.id, status="sent", who=ann, now=moment("2024-06-09"), said="Ada has it.")
    assert not returns.decided(office, item.id, status="sent", who=ann, now=moment("2024-06-09"), said="Ada has it.")
    file = opened(office, reference, moment("2024-06-09"))
    assert next(one.day.day for one in file.events if one.name == "stage_1.acknowledged") == day
    assert letter(office, reference).status == "sent"


def test_a_letter_a_person_gave_up_opens_its_task_again(office: Office, ann: Person) -> None:
    reference = unsure(office, ann)
    returns.decided(
        office, letter(office, reference).id, status="cancelled", who=ann, now=NEXT_DAY, said="Ada has nothing."
    )
    file = opened(office, reference, NEXT_DAY)
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]
    assert (file.record[-1].by_name, file.record[-1].text("reason")) == (
        "Ann",
        "The e-mail did not go: Ada has nothing.",
    )


def test_a_letter_a_person_wants_sent_again_goes(office: Office, ann: Person, tmp_path: Path) -> None:
    reference = unsure(office, ann)
    returns.decided(
        office, letter(office, reference).id, status="waiting", who=ann, now=NEXT_DAY, said="Ada has nothing."
    )
    with mail_server() as (address, received):
        assert sending.send_due(office, post_at(address, tmp_path), still(NEXT_DAY)) == {"sent": 1}
    assert len(received.mails) == 1


def test_a_decision_the_case_does_not_allow_changes_nothing(office: Office, ann: Person) -> None:
    reference = unsure(office, ann, NEXT_DAY)
    strike(office, reference, ann)
    with pytest.raises(Refused, match="struck out"):
        returns.decided(office, letter(office, reference).id, status="sent", who=ann, now=NEXT_DAY, said="It came.")
    assert letter(office, reference).status == "unsure"


# --- copies, and notices --------------------------------------------------------------------------


def test_copies_are_filed_in_the_document_store_and_filing_again_changes_nothing(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference = acknowledged(office, ann)
    file, document = opened(office, reference, SOON), letter(office, reference).payload["document"]
    assert file.row
    with office.database.writing() as tx:
        copies = [
            OutboxItem("filing", {"what": "complaint"}, "filing:a"),
            OutboxItem("filing", {"document": document, "path": f"{reference}/letter.pdf"}, "filing:b"),
            OutboxItem("filing", {"what": "complaint"}, "filing:again"),
            OutboxItem("filing", {"document": document, "path": "../../letter.pdf"}, "filing:outside"),
        ]
        outbox.put_out(tx, file.row.id, items=copies, now=SOON)
    done = sending.send_due(office, post_at(f"folder:{tmp_path / 'letters'}", tmp_path), still(SOON))
    assert done["sent"] >= 4
    filed = {path.name: path.read_bytes() for path in (tmp_path / "documents" / reference).iterdir()}
    assert set(filed) == {"complaint.pdf", "letter.pdf"}
    assert filed["complaint.pdf"].startswith(b"%PDF")
    assert filed["letter.pdf"] == PDF
    assert not (tmp_path.parent / "letter.pdf").exists()


def test_a_notice_to_somebody_without_an_address_or_who_left_does_not_go(
    office: Office, ann: Person, tmp_path: Path
) -> None:
    reference = triaged(office, ann)
    bob = hired(office, "Bob")
    row = opened(office, reference, SOON).row
    assert row
    with office.database.writing() as tx:
        people.change_person(tx, int(bob.id), email="bob@landlord.example")
        people.leave(tx, int(bob.id))
        said = {"what": "assigned", "reference": reference, "task": "Answer", "due": "2024-06-19"}
        told = [OutboxItem("notice", said | {"person": int(who.id)}, f"notice:{who.id}") for who in (ann, bob)]
        outbox.put_out(tx, row.id, items=told, now=SOON)
    with mail_server() as (address, received):
        assert sending.send_due(office, post_at(address, tmp_path), still(SOON)) == {"failed": 2}
    assert received.mails == []


def strike(office: Office, reference: str, who: Person) -> None:
    """Somebody strikes out the acknowledgement."""
    steps.take(
        office,
        reference,
        who,
        lambda file: corrections.correct(
            office,
            file,
            corrections.number_of(file, "stage_1.acknowledged"),
            who,
            happened=None,
            reason="Written to the wrong resident.",
            now=SOON,
        ),
        SOON,
    )
