"""E-mails that came as files: read as far as they can be, whatever is wrong with them; and letters that came back."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import email_files
from engine.attachments import NotAccepted, checked
from engine.bounces import Bounce
from engine.email_files import read
from engine.email_headers import MOST_HEADER, moment_of
from engine.html_text import text_of_html
from tests.unit.attached import eml, pdf, png

HEAD = b"From: Mary <mary@example.org>\r\nTo: us@example.org\r\nSubject: Damp\r\n"
ID = "<letter.SEH-2024-00012.3.0123456789abcdef@example.org>"


def written(text: str = "The damp is back.", html: str = "") -> EmailMessage:
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = "Zoë O\u2019Brien <zoe@example.org>"
    mail["To"] = "complaints@example.org"
    mail["Subject"] = "Damp \u2013 again"
    mail["Date"] = "Wed, 1 May 2024 13:00:00 +0100"
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def test_an_email_is_read_as_it_was_written() -> None:
    found = read(written().as_bytes())
    assert (found.sender, found.to) == ("Zoë O\u2019Brien <zoe@example.org>", "complaints@example.org")
    assert found.subject == "Damp \u2013 again"
    assert found.sent == datetime(2024, 5, 1, 12, tzinfo=UTC)
    assert (found.text, found.attachments, found.bounced) == ("The damp is back.", [], None)


def test_the_plain_text_goes_before_the_page() -> None:
    assert read(written(html="<p>As a page.</p>").as_bytes()).text == "The damp is back."
    only_a_page = EmailMessage()
    only_a_page["From"] = "a@example.org"
    only_a_page.set_content("<p>As a <b>page</b>.</p><script>bad()</script>", subtype="html")
    assert read(only_a_page.as_bytes()).text == "As a page."
    empty_plain = written(text=" \n", html="<p>As a page.</p>")
    assert read(empty_plain.as_bytes()).text == "As a page."


def test_attachments_come_with_their_names_and_are_checked_by_who_takes_them() -> None:
    mail = written(html="<p>See the picture</p>")
    mail.add_attachment(png(), maintype="image", subtype="png", filename="Küche.png")
    mail.add_attachment(pdf(), maintype="application", subtype="pdf")
    mail.add_attachment("Notes", filename="../notes.txt")
    mail.add_attachment(message_from_bytes(eml(), policy=policy.SMTP))
    found = read(mail.as_bytes())
    assert found.text == "The damp is back."
    assert [name for name, _ in found.attachments] == ["Küche.png", "attachment.pdf", "../notes.txt", "Damp.eml"]
    assert [content for _, content in found.attachments[:2]] == [png(), pdf()]
    kept = [checked(name, content).file_name for name, content in found.attachments]
    assert kept == ["Küche.png", "attachment.pdf", "notes.txt", "Damp.eml"]


def test_a_picture_in_the_page_is_an_attachment_too() -> None:
    mail = written(html="<p>See <img src='cid:a'></p>")
    payload = mail.get_payload()
    assert isinstance(payload, list)
    payload[1].add_related(png(), maintype="image", subtype="png", cid="<a>", filename="a.png")
    assert read(mail.as_bytes()).attachments == [("a.png", png())]


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=windows-1252\r\n", "£20 for “damp”".encode("cp1252"), "£20 for “damp”"),
        (b"Content-Type: text/plain; charset=iso-8859-1\r\n", b"\x9320\x94", "“20”"),
        (b"Content-Type: text/plain; charset=no-such\r\n", "Küche".encode(), "Küche"),
        (b"Content-Type: text/plain; charset=zlib\r\n", b"x\x9c", "xœ"),
        (b"Content-Type: text/plain; charset=utf-8\r\n", b"K\xfcche", "Küche"),
        (b"Content-Type: text/plain; charset*=a'b'c%\r\n", b"hello", "hello"),
        (b"Content-Transfer-Encoding: base64\r\n", b"not base64 at all!", None),
        (b"Content-Transfer-Encoding: nonsense\r\n", b"hello", "hello"),
        (b"Content-Type: multipart/mixed\r\n", b"hello", "hello"),
        (b"Content-Type: multipart/mixed; boundary=a\r\n", b"no part begins", "no part begins"),
        (b"Content-Type: ;;;=\r\n", b"hello", "hello"),
        (b"", "a\0b\u202ec\x1b[0m".encode(), "abc[0m"),
    ],
)
def test_a_body_that_is_wrong_about_itself_is_read_all_the_same(headers: bytes, body: bytes, text: str | None) -> None:
    found = read(HEAD + headers + b"\r\n" + body)
    assert text is None or found.text == text


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?q?D=C3=A4mp?=", "Dämp"),
        ("Dämp".encode(), "Dämp"),
        ("Dämp".encode("cp1252"), "Dämp"),
        (b"=?no-such?q?D=C3=A4mp?=", "Dämp"),
        (b"=?utf-8?b?!!!?= x", None),
        (b"=?utf-8?b?a?=", None),
        (b"a\r\n\tb", "a b"),
        (b"=?utf-8?q?a=0D=0ABcc:_x?=", "a Bcc: x"),
        (b"(" * 100_000, "(" * MOST_HEADER),
    ],
)
def test_a_subject_is_one_line_however_it_was_written(raw: bytes, subject: str | None) -> None:
    found = read(b"From: a@example.org\r\nSubject: " + raw + b"\r\n\r\nx").subject
    assert "\n" not in found
    assert subject is None or found == subject


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Wed, 99 May 2024 13:00:00 +0100", "1 Jan 1901 00:00 +2300", "1 May 2024 13:00 +9999999"]
)
def test_a_date_that_is_none_is_not_guessed(date: str) -> None:
    assert moment_of(date) is None
    assert read(HEAD + b"Date: " + date.encode() + b"\r\n\r\nx").sent is None


def test_a_date_without_a_zone_is_in_utc() -> None:
    assert moment_of("1 May 2024 13:00:00 -0000") == datetime(2024, 5, 1, 13, tzinfo=UTC)


# --- what is too much ---


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7", b"\0" * 1000, b"<html>", b"\r\n\r\nFrom: a"])
def test_what_is_no_email_is_refused(content: bytes) -> None:
    with pytest.raises(NotAccepted, match="does not begin as an e-mail"):
        read(content)


def nested(depth: int) -> bytes:
    return HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(depth)
    )


def test_an_email_too_large_or_of_too_many_parts_is_refused() -> None:
    with pytest.raises(NotAccepted, match="too large"):
        read(HEAD + b"\r\n" + b"a" * email_files.MOST_BYTES)
    with pytest.raises(NotAccepted, match="too large"):
        read(HEAD + b"\r\n" + b"\n" * (2 * email_files.MOST_LINES + 1))
    with pytest.raises(NotAccepted, match="too large"):
        read(nested(1_000) + b"\n" * 100_000)
    with pytest.raises(NotAccepted, match="too many parts"):
        read(nested(1_000))
    with pytest.raises(NotAccepted, match="too many parts"):
        read(HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1_000)
    with pytest.raises(NotAccepted, match="too many parts"):
        read(HEAD + b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + b"--a\r\n\r\nx\r\n" * 1_000)


def test_an_email_nested_deeper_than_people_do_is_read_as_far_as_it_matters() -> None:
    found = read(nested(100) + b"\r\nvery deep")
    assert found.text == ""


def test_a_long_text_is_cut() -> None:
    assert len(read(HEAD + b"\r\n" + b"word " * 1_000_000).text) <= email_files.MOST_TEXT


@pytest.mark.parametrize(
    "piece", ["<", "<!--", "<a b='", "<div>", "<script>", "&#", "<title>", "]]>", "<table><tr><td>"]
)
def test_a_page_made_to_keep_us_busy_does_not(piece: str) -> None:
    text_of_html(piece * (300_000 // len(piece)))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("plain & simple &lt;b&gt;", "plain & simple <b>"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<title>x</title><style>p{}</style><p>a</p>", "a"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\n\nc"),
        ("<p>a&nbsp;<b>b</b>c</p>", "a bc"),
        ("<!-- x --><p onclick='x'>a", "a"),
        ("\0<p>a", "a"),
    ],
)
def test_a_page_becomes_its_words(html: str, text: str) -> None:
    assert text_of_html(html) == text


# --- letters that came back ---


def report(action: str = "failed", original: bool = True, code: str = "smtp; 550 5.1.1 No such user") -> bytes:
    given_back = f"Content-Type: message/rfc822\n\nMessage-ID: {ID}\nSubject: Your complaint\n\nDear Mary\n"
    if not original:
        given_back = f"Content-Type: text/rfc822-headers\n\nSubject: Your complaint\nMessage-ID:\n {ID}\n"
    return (
        "From: MAILER-DAEMON@example.org\nTo: us@example.org\nSubject: Undelivered Mail Returned to Sender\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nIt could not be delivered.\n"
        "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.org\n\n"
        f"Final-Recipient: rfc822; mary@example.org\nAction: {action}\nStatus: 5.1.1\nDiagnostic-Code: {code}\n\n"
        f"--b\n{given_back}--b--\n"
    ).encode()


@pytest.mark.parametrize("original", [True, False])
def test_a_delivery_report_says_which_letter_came_back_and_why(original: bool) -> None:
    assert read(report(original=original)).bounced == Bounce(ID, "550 5.1.1 No such user")


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", ""])
def test_a_report_of_anything_but_failure_takes_no_letter_back(action: str) -> None:
    assert read(report(action)).bounced is None


def test_a_report_without_a_diagnosis_gives_its_status() -> None:
    assert read(report(code="")).bounced == Bounce(ID, "5.1.1")


def test_a_reason_is_one_line_and_short() -> None:
    found = read(report(code="smtp; 550 " + "x" * 2000 + "\n\tfolded")).bounced
    assert found
    assert len(found.reason) == 300


def old_bounce(sender: str, subject: str) -> bytes:
    text = f"Your message to mary@example.org:\n  550 5.1.1 unknown user\n\n------ a copy ------\nMessage-ID: {ID}\n"
    return f"From: {sender}\nTo: us@example.org\nSubject: {subject}\nIn-Reply-To: {ID}\n\n{text}".encode()


def test_a_return_in_words_is_understood_where_a_mail_program_wrote_it() -> None:
    for subject in ("Mail delivery failed: returning message to sender", "Undeliverable: Your complaint"):
        found = read(old_bounce("Mail Delivery System <Mailer-Daemon@x.org>", subject)).bounced
        assert found == Bounce(ID, "550 5.1.1 unknown user")


@pytest.mark.parametrize(
    ("sender", "subject"),
    [
        ("Mary <mary@example.org>", "Undeliverable parcels"),
        ("postmaster@example.org", "Automatic reply: Your complaint"),
        ("Mary <mary@example.org>", "Out of office"),
    ],
)
def test_an_answer_takes_no_letter_back(sender: str, subject: str) -> None:
    assert read(old_bounce(sender, subject)).bounced is None


# --- anything at all ---

PIECES = [HEAD, b"\r\n\r\n", b"\n", b"--b\r\n", b"--b--", b"\xff\xfe", b"\0", b"<p>x", b"begin 644 a\r\n"]
PIECES += [b"Content-Type: %s; boundary=b\r\n" % kind for kind in (b"multipart/mixed", b"multipart/report", b";")]
PIECES += [b"Content-Type: message/%s\r\n" % kind for kind in (b"rfc822", b"delivery-status", b"partial")]
PIECES += [b"Content-Transfer-Encoding: %s\r\n" % how for how in (b"base64", b"x-uuencode", b"quoted-printable")]
PIECES += [b"Content-Disposition: attachment; filename*=utf-8''%zz\r\n", b"Content-Type: text/html; charset=utf-16\r\n"]
PIECES += [b"Action: failed\r\n", b"Message-ID: <a@b>\r\n", b"Date: 1 Jan 99999\r\n", b"Subject: =?utf-8?b?\xff?=\r\n"]
PIECES += [b'Content-Type: a/b; name="=?x?q?=FF?="; name*0*=a; name*1="\r\n']


@settings(max_examples=500, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=20)), max_size=14))
@example([HEAD, b"Content-Type: multipart/report; boundary=b\r\n", b"\r\n\r\n", b"--b\r\n", b"Message-ID: <a@b>"])
def test_whatever_a_file_holds_it_is_read_or_refused(parts: list[bytes]) -> None:
    try:
        found = read(b"".join(parts))
    except NotAccepted:
        return
    for text in (found.sender, found.to, found.subject):
        assert text.isprintable() or not set(text) & set("\r\n\0\x1b\u202e")
    assert "\0" not in found.text
    found.text.encode()
    assert found.sent is None or found.sent.tzinfo is UTC
    for name, content in found.attachments:
        name.encode()
        assert isinstance(content, bytes)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=6))
def test_a_report_damaged_anywhere_is_read_or_refused(place: int, junk: bytes) -> None:
    whole = report()
    place %= len(whole)
    try:
        read(whole[:place] + junk + whole[place + len(junk) :])
    except NotAccepted:
        return
