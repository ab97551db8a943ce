"""The mail of the demonstration: letters go into the folder beside its database, each at its own moment.

Two go wrong, as they do in an office: one comes back, by a delivery report as a mail server writes it, and one is lost
with its connection, by a mail server of its own that hangs up while it is given the mail.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from engine import mail, returned_mail, sending
from engine.delivery import delivery_at
from engine.events import ZONE
from engine.office import Office
from engine.sending import Post
from engine.store import outbox
from engine.store.outbox import OutboxRow
from web import posting

SENDER = "Complaints <complaints@example.org>"
TAKES = timedelta(minutes=1)
REPORT = """\
From: Mail Delivery System <mailer-daemon@{domain}>
To: {to}
Subject: Undelivered mail returned to sender
Date: {when}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="parts"

--parts
Content-Type: text/plain

Your message could not be delivered. There is nobody of that name here.

--parts
Content-Type: message/delivery-status

Reporting-MTA: dns; {domain}

Final-Recipient: rfc822; {address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 There is nobody of that name here

--parts
Content-Type: text/rfc822-headers

Message-ID: {ours}

--parts--
"""
GREETS, TAKEN, GO_ON = b"220 made up\r\n", b"250 taken\r\n", b"354 go on\r\n"


class DemoMail:
    """Where the demonstration's letters go while it is made, and what goes wrong with two of them."""

    def __init__(self, office: Office, url: str, now: datetime) -> None:
        mailing = posting.mailing_of(url, mail="", mail_from=SENDER, documents="", address="", returns="")
        self.office, self.post, self.now = office, mailing.post, now
        self.returned = Path(url.removeprefix("sqlite:///")).with_suffix(".returned")

    def deliver(self, written: datetime) -> None:
        """Send what was written at that moment, a minute later."""
        self._deliver(self.post, written)

    def lose(self, written: datetime) -> None:
        """The same by a mail server that hangs up while it is given the mail: it may have gone, or not."""
        with _hangs_up() as port:
            self._deliver(Post(delivery_at(f"smtp://127.0.0.1:{port}", SENDER), self.post.documents), written)

    def comes_back(self, key: str, now: datetime) -> None:
        """The report that the e-mail with that key could not be delivered comes in, and is read."""
        with self.office.database.reading() as tx:
            row = outbox.by_key(tx, key)
        assert row is not None, f"{key} was never sent"
        self.returned.mkdir(exist_ok=True)
        (self.returned / f"{key.replace(':', '.')}.eml").write_bytes(_report(row, now))
        returned_mail.read_folder(self.office, self.returned, now)
        self.deliver(now)

    def _deliver(self, post: Post, written: datetime) -> None:
        moment = min(written + TAKES, self.now)
        sending.send_due(self.office, post, lambda: moment)


def _report(row: OutboxRow, now: datetime) -> bytes:
    """A delivery report (RFC 3464): the address is not known any more."""
    domain = mail.sender_of(SENDER).domain
    message_id = mail.message_id(sending.letter(row, None), domain)
    when = format_datetime(now.astimezone(ZONE))
    return REPORT.format(domain=domain, to=SENDER, when=when, address=row.payload["to"], ours=message_id).encode()


@contextmanager
def _hangs_up() -> Iterator[int]:
    """A mail server on this machine that takes sender and address, and hangs up in the mail; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server,), name="demo-mail-server", daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(timeout=10)


def _serve(server: socket.socket) -> None:
    with suppress(OSError):
        server.settimeout(10)
        connection, _ = server.accept()
        with connection, connection.makefile("rb") as lines:
            connection.settimeout(10)
            connection.sendall(GREETS)
            for line in lines:
                is_mail = line.upper().startswith(b"DATA")
                connection.sendall(GO_ON if is_mail else TAKEN)
                if is_mail:
                    lines.readline()  # its first line, and no more
                    return
