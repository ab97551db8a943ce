"""Mail by a mail server (SMTP, RFC 5321): asked first whether it takes the sender and the address, then given the mail.

Until the server has asked for the mail's text nothing can have arrived. From then on only its own answer tells: a
connection lost there leaves it unsure, and a person finds out.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address

from engine.mail import Mail, NotNow, NotOurs, Returned, Unsure, recipient, without_addresses, written

SECONDS = 30.0
GO_ON, DONE = 354, 250
Lost = (smtplib.SMTPException, OSError)


class Smtp:
    """A mail server, and the connection to it that is kept from one mail to the next."""

    is_repeatable = False

    def __init__(
        self,
        host: str,
        port: int,
        sender: Address,
        *,
        is_tls: bool = False,
        is_starttls: bool = False,
        user: str = "",
        password: str = "",
        seconds: float = SECONDS,
    ) -> None:
        self._host, self._port, self._sender = host, port, sender
        self._is_tls, self._is_starttls, self._seconds = is_tls, is_starttls, seconds
        self._user, self._password = user, password
        self._kept: smtplib.SMTP | None = None

    @property
    def where(self) -> str:
        return f"the mail server {self._host}, port {self._port}"

    def send(self, mail: Mail, about_to: Callable[[], bool]) -> str:
        """Hand a mail over; what the server answered. Raises NotNow, Returned, Unsure, NotOurs."""
        content = _on_the_wire(written(mail, self._sender))
        with self._asked_again(mail):
            server = self._addressed(mail)
        if not about_to():
            self.close()
            raise NotOurs(mail.key)
        with self._asked_again(mail):
            _judged(server.docmd("DATA"), GO_ON, mail)
        try:
            server.send(content)
            answer = server.getreply()
        except Lost as lost:
            self.close()
            raise Unsure(f"The mail was being handed over when the connection was lost ({_kind(lost)}).") from lost
        with self._asked_again(mail):
            _judged(answer, DONE, mail)
        return f"The mail server took it: {_words(answer, mail)}"

    def came_back(self) -> Iterable[tuple[str, str]]:
        """What a mail server returns comes as mail."""
        return ()

    def close(self) -> None:
        """Say goodbye to the server."""
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(*Lost):
                kept.quit()
            kept.close()

    @contextmanager
    def _asked_again(self, mail: Mail) -> Iterator[None]:
        """What goes wrong where nothing was handed over: it is tried again, on another connection."""
        try:
            yield
        except (NotNow, Returned, Unsure):
            self.close()
            raise
        except Lost as lost:
            self.close()
            said = _answer(lost, mail) or f"The connection to {self.where} failed ({_kind(lost)})."
            raise NotNow(said, is_down=True) from lost

    def _addressed(self, mail: Mail) -> smtplib.SMTP:
        """A server that has taken sender and address. One kept from before may have hung up meanwhile."""
        to = recipient(mail).addr_spec
        server = self._kept
        if server is not None:
            with suppress(*Lost):
                if server.mail(self._sender.addr_spec)[0] == DONE:
                    _judged(server.rcpt(to), DONE, mail)
                    return server
            self.close()
        server = self._kept = self._connected()
        code, said = server.mail(self._sender.addr_spec)
        if code != DONE:
            words = _words((code, said), mail)
            raise NotNow(f"The mail server does not take mail from this sender: {words}", is_down=True)
        _judged(server.rcpt(to), DONE, mail)
        return server

    def _connected(self) -> smtplib.SMTP:
        name = self._sender.domain or "localhost"
        if self._is_tls:
            trusted = ssl.create_default_context()
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, name, timeout=self._seconds, context=trusted
            )
        else:
            server = smtplib.SMTP(self._host, self._port, name, timeout=self._seconds)
        try:
            if self._is_starttls:
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


def _on_the_wire(content: bytes) -> bytes:
    """The mail's bytes as DATA has them: a line that begins with a dot gets another, and a dot ends it all."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _judged(answer: tuple[int, bytes], wanted: int, mail: Mail) -> None:
    """Nothing where the server answered as wanted. Raises NotNow, Returned, or Unsure for what is no answer."""
    code = answer[0]
    if code == wanted or (wanted == DONE and code == 251):
        return
    if 400 <= code < 500:
        raise NotNow(f"The mail server does not take it now: {_words(answer, mail)}")
    if 500 <= code < 600:
        raise Returned(f"The mail server refused it: {_words(answer, mail)}")
    raise Unsure(f"The mail server answered with what is no answer: {_words(answer, mail)}")


def _words(answer: tuple[int, bytes], mail: Mail) -> str:
    return without_addresses(f"{answer[0]} {answer[1].decode('utf-8', 'replace')}", mail)


def _answer(lost: Exception, mail: Mail) -> str:
    """What a server that said no said; empty where it said nothing."""
    if not isinstance(lost, smtplib.SMTPResponseException):
        return ""
    said = lost.smtp_error if isinstance(lost.smtp_error, bytes) else str(lost.smtp_error).encode()
    return f"The mail server said no: {_words((lost.smtp_code, said), mail)}"


def _kind(lost: Exception) -> str:
    """What happened to the connection, without what was said on it."""
    if isinstance(lost, TimeoutError) or isinstance(lost.__context__, TimeoutError):
        return "it did not answer in time"
    if isinstance(lost, ssl.SSLCertVerificationError):
        return "its certificate is not trusted"
    if isinstance(lost, ConnectionRefusedError):
        return "it was refused"
    return type(lost).__name__
