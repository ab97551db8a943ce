"""What a test does at the pages of a draft: the people of the studio, their forms sent, what the page then says."""

from __future__ import annotations

import html
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.office import Office
from engine.rights import APPROVER
from engine.store import people
from engine.store.people import GrantRow
from tests.known_password import PASSWORD_HASH
from tests.web.conftest import BEGINNING

POLICY = "council-housing"


def add_approver(office: Office, sign_in: str = "cora", name: str = "Cora Approver", also: str = "") -> None:
    """A policy approver of the council; `also`: with another role of the studio."""
    with office.database.writing() as tx:
        email = f"{sign_in}@example.org"
        row = people.add_person(tx, sign_in, name=name, email=email, password_hash=PASSWORD_HASH, now=BEGINNING)
        for role in filter(None, (APPROVER, also)):
            people.give_grant(tx, row.id, given=GrantRow(POLICY, role))


def fields_of(page: str) -> dict[str, str]:
    """What a browser would send of the last form of a page as it stands: hidden fields, texts, what is chosen."""
    form = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)[-1]
    return sent_of(form)


def form_at(page: str, action: str) -> dict[str, str]:
    """What a browser would send of the form that posts to that address."""
    return sent_of(
        next(form for form in re.findall(r"<form .*?</form>", page, re.DOTALL) if f'action="{action}"' in form)
    )


def sent_of(form: str) -> dict[str, str]:
    """What a browser would send of one form's HTML."""
    found: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", form):
        kind, name, value = (_attribute(tag, each) for each in ("type", "name", "value"))
        if name and (kind not in ("radio", "checkbox") or " checked" in tag):
            found[name] = value
    for name, text in re.findall(r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL):
        found[name] = html.unescape(text)
    for name, options in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)"[^>]* selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found


def send(browser: FlaskClient, address: str, **changed: Any) -> TestResponse:
    """Open a page, change some answers of its form, send it to the same address, and follow where it leads."""
    filled = fields_of(browser.get(address).text) | changed
    return browser.post(address, data=filled, follow_redirects=True)


def words(answer: TestResponse) -> str:
    """The words of a page, with single spaces."""
    main = re.search(r"<main.*</main>", answer.text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0] if main else answer.text)).split())


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""
