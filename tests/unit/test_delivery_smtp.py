"""Laws of mail by a mail server: what is taken arrives whole; what is not is tried again, returned, or for a person."""

from __future__ import annotations

import logging
import ssl
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.delivery import delivery_at
from engine.delivery_smtp import Smtp
from engine.mail import (
    LETTER,
    NOTICE,
    Attachment,
    Mail,
    NotNow,
    NotOurs,
    Returned,
    Unsure,
    identity,
    message_id,
    one_line,
    sender_of,
    written,
)
from engine.refusals import Refused
from tests.unit.mail_servers import Received, hanging_up, mail_server

SENDER = "Complaints at the Landlord <complaints@landlord.example>"
WHEN = datetime(2024, 12, 20, 16, 30, tzinfo=UTC)
PDF = b"%PDF-1.7\r\n.\r\n..\r\n" + bytes(range(256)) * 9


def mail(**other: object) -> Mail:
    given = {
        "key": "letter:SEH-2024-00001:3",
        "kind": LETTER,
        "to": "ada@resident.example",
        "subject": "We have your complaint SEH-2024-00001",
        "text": "Dear Ada,\n\nWe have your complaint.\n.\n..\nYours sincerely",
        "moment": WHEN,
        "attachments": (Attachment("Acknowledgement.pdf", "application/pdf", PDF),),
    }
    return Mail(**given | other)  # type: ignore[arg-type]  # a test says only what differs


def begun(said: list[str]) -> bool:
    said.append("begun")
    return True


def sent(address: str, one: Mail, said: list[str] | None = None) -> str:
    delivery = delivery_at(address, SENDER)
    try:
        return delivery.send(one, lambda: begun(said if said is not None else []))
    finally:
        delivery.close()


def test_a_letter_arrives_whole_with_its_pdf_and_a_message_id_of_its_key() -> None:
    with mail_server() as (address, received):
        assert "took it: 250" in sent(address, mail())
        assert sent(address, mail())
    first, second = received.messages
    assert received.mails[0].mail_from == "complaints@landlord.example"
    assert received.mails[0].rcpt_tos == ["ada@resident.example"]
    assert first["To"] == "ada@resident.example"
    assert first["From"] == SENDER
    assert first["Subject"] == "We have your complaint SEH-2024-00001"
    assert first["Date"] == "Fri, 20 Dec 2024 16:30:00 +0000"
    assert first["Auto-Submitted"] is None
    body, attached = first.iter_parts()
    assert body.get_content().replace("\r\n", "\n") == f"{mail().text}\n"
    assert (attached.get_content(), attached.get_filename()) == (PDF, "Acknowledgement.pdf")
    assert attached.get_content_type() == "application/pdf"
    assert bytes(first) == bytes(second), "the same mail is the same mail, however often it is sent"
    found = identity(first["Message-ID"])
    assert found
    assert found[0] == "letter:SEH-2024-00001:3"


def test_a_notice_says_that_a_machine_wrote_it() -> None:
    with mail_server() as (address, received):
        sent(address, mail(kind=NOTICE, attachments=()))
    assert received.messages[0]["Auto-Submitted"] == "auto-generated"
    assert not received.messages[0].is_multipart()


def test_nothing_is_handed_over_where_it_is_another_workers_by_now() -> None:
    with mail_server() as (address, received):
        delivery = delivery_at(address, SENDER)
        with pytest.raises(NotOurs):
            delivery.send(mail(), lambda: False)
        delivery.close()
    assert received.mails == []


def test_one_connection_takes_many_mails_and_a_lost_one_is_made_anew() -> None:
    with mail_server() as (address, received):
        delivery = delivery_at(address, SENDER)
        for number in range(3):
            delivery.send(mail(key=f"letter:SEH-1:{number}"), lambda: True)
        assert isinstance(delivery, Smtp)
        assert delivery._kept
        assert delivery._kept.sock
        delivery._kept.sock.close()  # as a server does that was idle too long
        delivery.send(mail(key="letter:SEH-1:4"), lambda: True)
        delivery.close()
    assert len(received.mails) == 4


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("450 mailbox busy", NotNow),
        ("550 no such user here: ada@resident.example", Returned),
        ("421 going down", NotNow),
    ],
)
def test_an_address_refused_for_now_or_for_good(answer: str, kind: type[Exception]) -> None:
    begun_with: list[str] = []
    with mail_server(Received(to_address=lambda _: answer)) as (address, received), pytest.raises(kind) as problem:
        sent(address, mail(), begun_with)
    assert begun_with == []
    assert received.mails == []
    assert "ada" not in str(problem.value), "what is kept of an answer names nobody"


@pytest.mark.parametrize(
    ("answer", "kind"), [("451 try again later", NotNow), ("554 this is spam", Returned), ("299 what?", Unsure)]
)
def test_a_mail_refused_for_now_or_for_good_after_it_was_read(answer: str, kind: type[Exception]) -> None:
    begun_with: list[str] = []
    with mail_server(Received(to_mail=lambda _: answer)) as (address, _), pytest.raises(kind):
        sent(address, mail(), begun_with)
    assert begun_with == ["begun"]


GREETING, HELLO, FROM, TO, DATA = b"220 hello", b"250 hello", b"250 OK", b"250 OK", b"354 go on"


@pytest.mark.parametrize(
    "answers", [(), (GREETING,), (GREETING, HELLO), (GREETING, HELLO, FROM), (GREETING, HELLO, FROM, TO)]
)
def test_a_connection_lost_before_the_text_was_asked_for_is_tried_again(answers: tuple[bytes, ...]) -> None:
    with hanging_up(*answers) as address, pytest.raises(NotNow) as problem:
        sent(address, mail())
    assert problem.value.is_down


@pytest.mark.parametrize("read", [0, 200, 1_000_000])
def test_a_connection_lost_while_or_after_the_text_was_given_is_for_a_person(read: int) -> None:
    with hanging_up(GREETING, HELLO, FROM, TO, DATA, after_data=min(read, 3000)) as address, pytest.raises(Unsure):
        sent(address, mail(text="a line\n" * 200_000 if read == 200 else "short"))


def test_a_server_that_falls_silent_is_not_waited_for_for_ever() -> None:
    with hanging_up(GREETING, HELLO, silent=True) as address, pytest.raises(NotNow, match="did not answer in time"):
        _impatient(address).send(mail(), lambda: True)
    with hanging_up(GREETING, HELLO, FROM, TO, DATA, silent=True) as address, pytest.raises(Unsure):
        _impatient(address).send(mail(), lambda: True)


def _impatient(address: str) -> Smtp:
    return Smtp("127.0.0.1", int(address.rpartition(":")[2]), sender_of(SENDER), seconds=0.3)


def test_a_refused_connection_is_tried_again() -> None:
    with mail_server() as (address, _):
        pass
    with pytest.raises(NotNow, match="refused") as problem:
        sent(address, mail())
    assert problem.value.is_down


def test_a_password_is_asked_for_and_never_shown(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        right = (getattr(data, "login", b""), getattr(data, "password", b"")) == (b"us", b"s3cr:t/@")
        return AuthResult(success=right, handled=False)

    caplog.set_level(logging.DEBUG)
    options = {"authenticator": known, "auth_require_tls": False}
    with mail_server(**options) as (address, received):
        with_password = address.replace("//", "//us:s3cr%3At%2F%40@")
        assert sent(with_password, mail())
        with pytest.raises(NotNow) as problem:
            sent(address.replace("//", "//us:wr0ng-s3cr3t@"), mail())
        delivery = delivery_at(with_password, SENDER)
        shown = [str(problem.value), repr(delivery), str(delivery), delivery.where]
    assert len(received.mails) == 1
    printed = capsys.readouterr()
    ours = [
        record.getMessage() for record in caplog.records if not record.name.startswith("mail.")
    ]  # the test's server
    for text in (*shown, *ours, printed.out, printed.err):
        assert "s3cr" not in text
        assert "wr0ng" not in text


def test_a_server_without_the_encryption_asked_for_gets_nothing() -> None:
    with mail_server() as (address, received), pytest.raises(NotNow):
        sent(f"{address}?starttls=yes", mail())
    assert received.mails == []


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("smtp://", "not understood"),
        ("smtp://mail.example:port", "port"),
        ("smtp://mail.example/folder", "not understood"),
        ("smtp://mail.example?tls=yes", "not understood"),
        ("smtp://us:hidden@mail.example", "only under TLS"),
        ("http://mail.example", "no way to send mail by 'http:'"),
        ("mail.example", "folder:PATH, smtp://HOST"),
        ("folder:", "folder:PATH"),
        ("notify:", "REDRESS_NOTIFY_KEY and REDRESS_NOTIFY_TEMPLATE"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence_without_its_password(address: str, said: str) -> None:
    with pytest.raises(Refused, match=said.replace("?", r"\?")) as problem:
        delivery_at(address, SENDER)
    assert "hidden" not in str(problem.value)


@pytest.mark.parametrize("sender", ["", "nobody", "a b@c.example", "x@y.example\r\nBcc: z@y.example <"])
def test_a_sender_that_is_none_is_told_at_the_start(sender: str) -> None:
    with pytest.raises(Refused):
        delivery_at("smtp://mail.example", sender)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "ada@",
        "@b.example",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "ädä@b.example",
        "<a@b.example>",
    ],
)
def test_what_is_no_address_is_returned_and_reaches_no_server(to: str) -> None:
    with pytest.raises(Returned):
        written(mail(to=to), sender_of(SENDER))


def test_a_domain_in_other_letters_is_written_as_servers_know_it() -> None:
    with mail_server() as (address, received):
        sent(address, mail(to="ada@bücher.example"))
    assert received.mails[0].rcpt_tos == ["ada@xn--bcher-kva.example"]


def test_a_space_between_two_words_of_a_subject_that_are_written_in_code_stays() -> None:
    subject = "0000 000¡¡¡¡¡𐀀𐀀𐀀𐀀𐀀𐀀 ¡"
    content = written(mail(subject=subject), sender_of(SENDER))
    assert str(message_from_bytes(content, policy=policy.default)["Subject"]) == subject


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(subject=ANY_TEXT, text=ANY_TEXT, name=ANY_TEXT)
@settings(max_examples=150, deadline=None)
def test_no_words_of_a_letter_become_a_header_and_none_is_lost(subject: str, text: str, name: str) -> None:

    attached = Attachment(name, "application/pdf", PDF)
    content = written(mail(subject=subject, text=text, attachments=(attached,)), sender_of(SENDER))
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    message = message_from_bytes(content, policy=policy.default)
    assert sorted(message.keys()) == ["Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
    assert " ".join(str(message["Subject"]).split()) == " ".join(one_line(subject).split())
    body, pdf = message.iter_parts()
    assert pdf.get_content() == PDF
    written_text = body.get_content().replace("\r\n", "\n")
    assert written_text.rstrip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace(
        "\u2029", "\n"
    ).rstrip("\n")


@given(key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_a_key_is_read_back_from_its_message_id(key: str) -> None:

    found = identity(message_id(mail(key=key), "landlord.example"))
    assert found is None or found[0] == key
    assert found or len(key) > 20


# --- under TLS ------------------------------------------------------------------------------------

CERTIFICATE = Path(__file__).parents[1] / "data" / "mail_server.pem"  # made for 127.0.0.1, trusted by nobody


def under_tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


def test_a_mail_goes_under_tls_to_a_server_that_is_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with mail_server(tls_context=under_tls(), require_starttls=True) as (address, received):
        sent(f"{address}?starttls=yes", mail())
        assert received.mails
    with mail_server(ssl_context=under_tls()) as (address, received):
        sent(address.replace("smtp:", "smtps:"), mail())
        assert received.mails


def test_a_server_whose_certificate_nobody_trusts_gets_neither_mail_nor_password() -> None:
    seen: list[object] = []

    def known(*_: object) -> AuthResult:
        seen.append(1)
        return AuthResult(success=True)

    options = {"tls_context": under_tls(), "authenticator": known}
    with mail_server(**options) as (address, received), pytest.raises(NotNow, match="certificate is not trusted"):
        sent(f"{address.replace('//', '//us:hush@')}?starttls=yes", mail())
    assert (received.mails, seen) == ([], [])
    with mail_server(ssl_context=under_tls()) as (address, received), pytest.raises(NotNow):
        sent(address.replace("smtp://", "smtps://us:hush@"), mail())
    assert received.mails == []
