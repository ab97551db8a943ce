"""A letter that came back takes with it what it recorded, by the e-mail that says so or by hand; nothing else does."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from engine import steps, writing
from engine.events import moment
from engine.mail import LETTER, Mail, message_id
from engine.store import documents, outbox
from engine.writing import Sending
from tests.faults import caseload
from tests.web import files, office_work

NOW = moment("2026-03-10T09:00")


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def case(office, reference):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), moment("2026-03-10T10:00"))


def acknowledged(office, channel: str = "post") -> tuple[str, documents.DocumentRow]:
    """A case whose acknowledgement went that way, and the letter."""
    reference, who = office_work.to_acknowledge(office, "2026-03-09"), office_work.person(office, "officer")
    sending = Sending(channel, to="ada@example.org" if channel == "email" else "")
    steps.take(
        office, reference, who,
        lambda file: writing.plan_sending(
            office, file, "stage_1.acknowledge", office_work.ACKNOWLEDGED, who, sending, NOW, draft_day=NOW.date()
        ),
        NOW,
    )  # fmt: skip
    with office.database.reading() as tx:
        (letter,) = documents.of_case(tx, case(office, reference).row.id)
    return reference, letter


def handed_over(office) -> None:
    """The worker has handed everything over."""
    with office.database.writing() as tx:
        for row in outbox.take(tx, now=NOW, lease_until=NOW + timedelta(minutes=5)):
            outbox.begin(tx, row.id, attempts=row.attempts, now=NOW, lease_until=NOW + timedelta(minutes=5))
            outbox.finish(tx, row.id, attempts=row.attempts, status=outbox.SENT, now=NOW)


def bounce(identity: str) -> bytes:
    """What a mail server writes when a mailbox is not there."""
    return f"""From: MAILER-DAEMON@mail.example
To: complaints@landlord.example
Subject: Undelivered Mail Returned to Sender
Date: Tue, 10 Mar 2026 09:05:00 +0000
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such mailbox

--b
Content-Type: text/rfc822-headers

Message-ID: {identity}

--b--
""".replace("\n", "\r\n").encode()


def test_a_posted_letter_that_came_back_is_taken_back_by_hand_and_its_task_opens_again(office, as_person):
    reference, letter = acknowledged(office)
    officer, here = as_person("officer"), f"/cases/{reference}/documents/{letter.id}"
    assert f"{here}/came-back" in officer.get(here).text
    assert "It recorded Stage 1: acknowledgement sent" in text_of(officer.get(f"{here}/came-back"))
    assert officer.post(f"{here}/came-back", data={"reason": " "}).status_code == 400
    answer = officer.post(f"{here}/came-back", data={"reason": "The envelope says gone away."})
    assert answer.headers["Location"] == f"/cases/{reference}"
    assert [task.key for task in case(office, reference).standing.open_tasks] == ["stage_1.acknowledge"]
    page = text_of(officer.get(f"/cases/{reference}"))
    assert "The letter came back: The envelope says gone away." in page
    assert officer.get(f"{here}/file").data.startswith(b"%PDF"), "the letter itself stays"
    assert officer.get(f"{here}/came-back").status_code == 409
    assert caseload.differences(office) == []


def test_the_email_that_says_so_finds_the_letter_and_its_reason(office, as_person):
    reference, letter = acknowledged(office, "email")
    handed_over(office)
    mail = Mail(f"{LETTER}:{reference}:{letter.event_number}", LETTER, "ada@example.org", "S", "T", NOW)
    officer = as_person("officer")
    page = officer.post(
        f"/cases/{reference}/documents",
        data=files.sent(("back.eml", bounce(message_id(mail, "landlord.example")))),
        follow_redirects=True,
    )
    assert "It says that a letter of ours could not be delivered" in text_of(page)
    here = re.search(r'href="([^"]+/came-back)"', page.text)[1]
    form = officer.get(here).text
    assert "An e-mail says that it could not be delivered" in form
    assert "no such mailbox" in form
    assert "ada@example.org" not in html.unescape(re.search(r"<textarea.*?</textarea>", form, re.DOTALL)[0])
    assert officer.post(here, data={"reason": "No such mailbox."}).status_code == 302
    assert "Not recorded as a contact yet" not in text_of(officer.get(f"/cases/{reference}/documents"))
    assert [task.key for task in case(office, reference).standing.open_tasks] == ["stage_1.acknowledge"]


def test_a_letter_that_has_not_gone_yet_cannot_have_come_back(office, as_person):
    reference, letter = acknowledged(office, "email")
    officer = as_person("officer")
    answer = officer.post(f"/cases/{reference}/documents/{letter.id}/came-back", data={"reason": "It did."})
    assert answer.status_code == 409
    assert "it has not gone yet" in text_of(answer)
    assert case(office, reference).has_happened("stage_1.acknowledged")


def test_an_email_about_another_case_takes_nothing_back(office, as_person):
    reference, letter = acknowledged(office)
    other = Mail(f"{LETTER}:SEH-2026-99999:{letter.event_number}", LETTER, "x@example.org", "S", "T", NOW)
    officer = as_person("officer")
    for identity in (message_id(other, "landlord.example"), "<anything@example.org>"):
        page = officer.post(
            f"/cases/{reference}/documents", data=files.sent(("back.eml", bounce(identity))), follow_redirects=True
        )
        assert "It is not about a letter of this case that still stands." in text_of(page)
        answer = officer.post(f"{page.request.path}/came-back", data={"reason": "It did."})
        assert answer.status_code == 409
    assert case(office, reference).has_happened("stage_1.acknowledged")


def test_pressed_twice_it_came_back_once(office, as_person):
    reference, letter = acknowledged(office)
    officer, here = as_person("officer"), f"/cases/{reference}/documents/{letter.id}/came-back"
    given = {
        **dict(re.findall(r'name="(request_key|seen)" value="([^"]*)"', officer.get(here).text)),
        "reason": "Gone.",
    }
    assert [officer.post(here, data=given).status_code for _ in range(2)] == [302, 409]
    assert [event.name for event in case(office, reference).record].count("corrected") == 1


def test_a_sent_letter_stands_in_the_chronology_with_how_it_went_and_its_pdf(office, as_person):
    reference, letter = acknowledged(office, "email")
    officer = as_person("officer")
    page = officer.get(f"/cases/{reference}?show=letters")
    assert "By e-mail to ada@example.org Waits to go" in text_of(page)
    assert f'href="/cases/{reference}/documents/{letter.id}/file"' in page.text
    assert "sha256" not in page.text
    office_work.assert_valid(page.text)
    for path in ("", "/came-back"):
        office_work.assert_valid(officer.get(f"/cases/{reference}/documents/{letter.id}{path}").text)
