"""Mail servers for tests, on loopback: a real one (aiosmtpd) that keeps what it takes, and one that hangs up where it
is told to.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """A server's handler: what it took, and what it answers at each step (by default that all is well)."""

    mails: list[Envelope] = field(default_factory=list)
    to_address: Callable[[str], str] = lambda address: "250 OK"
    to_mail: Callable[[Envelope], str] = lambda envelope: "250 OK taken"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        said = self.to_address(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        said = self.to_mail(envelope)
        if said.startswith("250"):
            self.mails.append(envelope)
        return said

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_of(one) for one in self.mails]

    @property
    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.messages]


class Quick(Controller):
    """A controller on a free port, which says at once that it listens."""

    def __init__(self, handler: Any, **options: Any) -> None:
        super().__init__(handler, hostname="127.0.0.1", port=free_port(), **options)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def message_of(envelope: Envelope) -> EmailMessage:
    content = envelope.original_content
    assert content is not None
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def mail_server(received: Received | None = None, **options: Any) -> Iterator[tuple[str, Received]]:
    """A running server: its address as `--mail` takes it, and what it receives."""
    handler = received or Received()
    controller = Quick(handler, **options)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}", handler
    finally:
        controller.stop()


@contextmanager
def hanging_up(*answers: bytes, after_data: int = 0, silent: bool = False) -> Iterator[str]:
    """A server that gives these answers, one a line it reads, and then hangs up, or with `silent` says nothing more.
    With `after_data` it first reads that many bytes of the mail."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection, connection.makefile("rb") as lines:
                    for place, answer in enumerate(answers):
                        if place:
                            lines.readline()
                        connection.sendall(answer + b"\r\n")
                    if after_data:
                        lines.read(after_data)
                    if silent:
                        stop.wait(5)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            stop.set()
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
            thread.join(timeout=10)
