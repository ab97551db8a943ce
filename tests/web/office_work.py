"""An office's work for the tests of its pages: cases logged and brought to a point by the real engine, dated."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import Any

import html5lib

from engine import casework, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.rights import Grant, Person
from engine.store import people

PASSWORD = "seven grey herons stood there"  # everybody's, see conftest.py
POLICY = "south-essex-homes"
COMPLAINT = {
    "resident": "Ada Lovelace",
    "address": "12 Engine Row",
    "postcode": "SS1 1AA",
    "channel": "email",
    "preferred_contact": "email",
    "description": "The boiler has been broken for three weeks.\nNobody came.",
    "outcome_sought": "A working boiler.",
    "service_area": "repairs",
}
#: what an acknowledgement must say besides our understanding
ACKNOWLEDGED = {
    "understanding": "A boiler that does not work.",
    "responsible_for": "All of it.",
    "advocacy": "Citizens Advice, 0808 223 1133.",
}
ANSWERED = {
    "outcome": "upheld",
    "decision": "We were slow.",
    "reasons": "Three visits were missed.",
    "lesson": "Tell people sooner.",
    "channel": "email",
}


def person(office: Office, sign_in: str) -> Person:
    """Somebody of the office, as the engine knows them."""
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, sign_in)
        assert row is not None
        held = tuple(Grant(one.policy, one.role, one.area) for one in people.grants_of(tx, row.id))
    return Person(str(row.id), row.name, held, is_administrator=row.is_administrator, is_auditor=row.is_auditor)


def person_row(office: Office, sign_in: str) -> people.PersonRow:
    """Somebody of the office, as the store has them."""
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, sign_in)
    assert row is not None
    return row


def log(office: Office, day: str, who: str = "officer", policy: str = POLICY, **answers: Any) -> str:
    """Log a complaint that was received then; its reference."""
    when = moment(day)
    return steps.register(office, policy, person(office, who), Said({**COMPLAINT, **answers}, when, when))


def complete(office: Office, reference: str, task_key: str, day: str, who: str = "officer", **answers: Any) -> None:
    """Complete a task, then."""
    act = _completing(office, task_key, person(office, who), moment(day), answers)
    steps.take(office, reference, person(office, who), act, moment(day))


def record(office: Office, reference: str, name: str, day: str, who: str = "officer", **answers: Any) -> None:
    """Record a message, then."""
    when, by = moment(day), person(office, who)
    steps.take(
        office,
        reference,
        by,
        lambda file: casework.record_message(office, file, name, by, Said(answers, when, when)),
        when,
    )


def to_acknowledge(office: Office, day: str, **answers: Any) -> str:
    """A complaint that was accepted and waits to be acknowledged."""
    reference = log(office, day, **answers)
    complete(office, reference, "triage", day, kind="complaint", decision="complaint")
    return reference


def to_answer(office: Office, day: str, **answers: Any) -> str:
    """A complaint that was acknowledged on the day it came and waits for its stage 1 answer."""
    reference = to_acknowledge(office, day, **answers)
    complete(office, reference, "stage_1.acknowledge", day, understanding="A broken boiler.")
    return reference


def answered(office: Office, day: str, **answers: Any) -> str:
    """A complaint that was received and answered at stage 1 on one day."""
    reference = to_answer(office, day, **answers)
    complete(office, reference, "stage_1.respond", day, who="manager", **ANSWERED)
    return reference


def hidden(page: str) -> dict[str, str]:
    """What a page carries for the request it leads to."""
    return dict(re.findall(r'name="(request_key|seen|draft|shown)" value="([^"]*)"', page))


def on(day: str, name: str) -> dict[str, str]:
    """A date as a browser sends it."""
    return dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), day.split("-"), strict=True))


def write(browser: Any, path: str, day: str = "2026-03-10", **given: Any) -> Any:
    """Write the letter of that page and press "Preview the letter"; the answer, a redirect to the preview."""
    carried = hidden(browser.get(path).text)
    return browser.post(path, data={**carried, **on(day, "letter_date"), "then": "preview", **given})


def send(browser: Any, preview: str, **how: Any) -> Any:
    """Read the letter at that address as it goes by e-mail, or as `how` says, and send it so; the answer."""
    way = how or {"channel": "email", "to": "ada@example.org"}
    carried = hidden(browser.get(f"{preview}?way={way.get('way', 'email')}").text)
    return browser.post(f"{preview}/send", data={**carried, **way})


def write_and_send(browser: Any, path: str, day: str = "2026-03-10", **given: Any) -> Any:
    """Both steps of a letter that goes by e-mail; the last answer."""
    written = write(browser, path, day, **given)
    return send(browser, written.headers["Location"]) if written.status_code == 302 else written


def sign_in(browser: Any, address: str, name: str) -> None:
    """Sign in as somebody, in a real browser."""
    browser.goto(f"{address}/sign-in")
    browser.get_by_label("Sign-in name").fill(name)
    browser.get_by_label("Password", exact=True).fill(PASSWORD)
    browser.get_by_role("button", name="Sign in").click()


def assert_valid(page: str) -> None:
    """The page is HTML that a strict parser takes, and no id stands in it twice."""
    html5lib.HTMLParser(strict=True).parse(page)
    ids = Counter(re.findall(r'\sid="([^"]+)"', page))
    assert [one for one, times in ids.items() if times > 1] == []


def _completing(office: Office, task_key: str, who: Person, when: datetime, answers: dict[str, Any]) -> steps.Act:
    return lambda file: casework.complete_task(office, file, task_key, who, Said(answers, when, when))
