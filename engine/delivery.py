"""Where mail goes: a folder, a mail server, or GOV.UK Notify, chosen by an address such as `smtp://mail.example`.

Every delivery says in one of three ways that a mail did not go: not now (it is tried again), returned (it never
will), unsure (a person finds out). What is secret in an address is never shown again, not even where it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from email.headerregistry import Address
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from engine.delivery_folder import Folder
from engine.delivery_notify import Notify
from engine.delivery_smtp import Smtp
from engine.mail import Mail, sender_of
from engine.refusals import Refused

NOTIFY_KEY, NOTIFY_TEMPLATE, NOTIFY_URL = "REDRESS_NOTIFY_KEY", "REDRESS_NOTIFY_TEMPLATE", "REDRESS_NOTIFY_URL"
#: whose mail it is where nobody has said: only a folder takes it
NOBODY = "complaints@localhost"
WAYS = "Write folder:PATH, smtp://HOST, smtps://HOST or notify:"
EXAMPLE = "Complaints <complaints@landlord.example>"
LOCAL = ("localhost", "127.0.0.1", "::1")


class Delivery(Protocol):
    """Something that takes mail."""

    @property
    def is_repeatable(self) -> bool:
        """Whether sending the same mail again gives the same one mail; then nothing is ever unsure."""

    @property
    def where(self) -> str:
        """Where mail goes, in words for whoever starts the program; nothing secret."""

    def send(self, mail: Mail, about_to: Callable[[], bool]) -> str:
        """Hand over a mail; what was said to it. `about_to` is asked before the first moment from which the mail may
        arrive, where that cannot be repeated. Raises NotNow, Returned, Unsure, NotOurs."""

    def came_back(self) -> Iterable[tuple[str, str]]:
        """The keys of mails that were taken and then returned, each with the reason. Raises NotNow."""

    def close(self) -> None:
        """Let go of connections, until the next mail."""


def delivery_at(address: str, sender: str, *, environment: Mapping[str, str] | None = None) -> Delivery:
    """The delivery at an address; `sender` is whose mail it is, such as "Complaints <complaints@landlord.example>".

    Raises Refused with a sentence where the address or the sender is not one.
    """
    kind, _, rest = address.partition(":")
    if kind == "folder" and rest:
        return Folder(Path(rest), _sender(sender or NOBODY))
    if kind in ("smtp", "smtps"):
        return _smtp(address, _sender(sender))
    if kind == "notify" and not rest:
        return _notify(environment or {})
    raise Refused(f"There is no way to send mail by '{kind}:'. {WAYS}.")


def _sender(text: str) -> Address:
    if not text:
        raise Refused(f"Say whose mail it is: set REDRESS_MAIL_FROM, such as '{EXAMPLE}'.")
    try:
        return sender_of(text)
    except ValueError as wrong:
        raise Refused(f"'{text}' is no sender of mail. Write '{EXAMPLE}'.") from wrong


def _smtp(address: str, sender: Address) -> Smtp:
    parts, port = _parts(address)
    asked = parse_qs(parts.query)
    if not parts.hostname or parts.path.strip("/") or set(asked) - {"starttls"}:
        raise Refused("The address of the mail server is not understood. Write smtp://HOST:PORT?starttls=yes.")
    is_starttls = asked.get("starttls", ["no"])[-1] == "yes"
    is_tls = parts.scheme == "smtps"
    if parts.password and not (is_tls or is_starttls or parts.hostname in LOCAL):
        raise Refused("A password is sent to a mail server only under TLS: write smtps://, or add ?starttls=yes.")
    return Smtp(
        parts.hostname,
        port or (465 if is_tls else 587 if is_starttls else 25),
        sender,
        is_tls=is_tls,
        is_starttls=is_starttls,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _parts(address: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(address)
        return parts, parts.port
    except ValueError:
        raise Refused("The address of the mail server has a port that is no number, or a host that is none.") from None


def _notify(environment: Mapping[str, str]) -> Notify:
    key, template = environment.get(NOTIFY_KEY, ""), environment.get(NOTIFY_TEMPLATE, "")
    missing = [name for name, value in ((NOTIFY_KEY, key), (NOTIFY_TEMPLATE, template)) if not value]
    if missing:
        raise Refused(f"GOV.UK Notify needs {' and '.join(missing)} in the environment.")
    try:
        return Notify(key, template, environment.get(NOTIFY_URL, ""))
    except ValueError:
        raise Refused(f"The key in {NOTIFY_KEY} is not one that GOV.UK Notify gives out.") from None
