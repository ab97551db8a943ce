"""Mail by GOV.UK Notify, through its own client library, with a template of ((subject)) and ((body)).

Each mail carries its key as Notify's reference, and is asked for by it first: what went already does not go again.
Notify gives no attachments to a template like this; the mail's words are the whole letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from notifications_python_client.errors import APIError
from notifications_python_client.notifications import NotificationsAPIClient

from engine.mail import Mail, NotNow, Returned, recipient, without_addresses

SECONDS = 30
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_KEY = re.compile(rf".*{_UUID}-{_UUID}")
RETURNED = "permanent-failure"
MOST_RETURNED = 2000  # in the week that Notify remembers
#: what Notify calls a mail it has or has sent; one that failed in passing is sent anew
_GONE = ("created", "sending", "pending", "delivered", RETURNED)


class Notify:
    """GOV.UK Notify. One client for each, as it may not be shared between threads."""

    is_repeatable = True

    def __init__(self, key: str, template: str, url: str = "") -> None:
        if not _KEY.fullmatch(key):
            raise ValueError("no key of GOV.UK Notify")
        given = {"base_url": url} if url else {}
        client: Any = NotificationsAPIClient  # its parameters have no types
        self._client = client(key, timeout=SECONDS, **given)
        self._template = template

    @property
    def where(self) -> str:
        return "GOV.UK Notify"

    def send(self, mail: Mail, about_to: Callable[[], bool]) -> str:
        """Hand a mail over, unless Notify has it already. Raises NotNow, Returned."""
        to = recipient(mail).addr_spec
        try:
            if any(one["status"] in _GONE for one in self._known(mail.key)):
                return "GOV.UK Notify has it already."
            self._client.send_email_notification(
                to, self._template, personalisation={"subject": mail.subject, "body": mail.text}, reference=mail.key
            )
        except APIError as problem:
            raise _judged(problem, mail) from problem
        except (KeyError, TypeError, ValueError) as problem:
            raise NotNow("GOV.UK Notify gave an answer that is not understood.", is_down=True) from problem
        return "GOV.UK Notify took it."

    def came_back(self) -> Iterable[tuple[str, str]]:
        """The mails of the last days, as many as Notify keeps, whose address does not exist. Raises NotNow."""
        try:
            asked = self._client.get_all_notifications_iterator(status=RETURNED, template_type="email")
            failed = list(islice(asked, MOST_RETURNED))
            return [
                (str(one["reference"]), "GOV.UK Notify says that the address does not exist.")
                for one in failed
                if one.get("reference")
            ]
        except (APIError, KeyError, TypeError, ValueError) as problem:
            raise NotNow("GOV.UK Notify could not be asked which mails came back.") from problem

    def close(self) -> None:
        """Let go of the connection; the next mail makes another."""
        self._client.request_session.close()

    def _known(self, key: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._client.get_all_notifications(reference=key)["notifications"]
        return found


def _judged(problem: APIError, mail: Mail) -> NotNow | Returned:
    """A bad address is the address's; a wrong key, a limit or a failure of Notify's own is tried again."""
    said = without_addresses(str(problem.message), mail)
    if problem.status_code == 400 and "email_address" in said:
        return Returned(f"GOV.UK Notify refused the address: {said}")
    return NotNow(
        f"GOV.UK Notify does not take it now: {problem.status_code} {said}", is_down=problem.status_code != 400
    )
