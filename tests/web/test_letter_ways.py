"""The letter that is read and downloaded is the letter that goes, to the byte, however it is sent."""

from __future__ import annotations

import html
import re

import pytest

from engine import steps
from engine.events import moment
from engine.store import documents
from tests.web import office_work

ANSWER = "stage_1.respond"
BY_POST = {"way": "post", **office_work.on("2026-03-10", "sent_on")}
BY_EMAIL = {"channel": "email", "to": "ada@example.org"}
REMEDY = {"remedy": "A new boiler.", **office_work.on("2026-04-01", "remedy_by")}
NOT_SENT = "The letter that would go is not the one you had before you"


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def record(office, reference):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), moment("2026-03-10T10:00"))


def answered(office, browser, day="2026-03-10", **told) -> tuple[str, str]:
    """A stage 1 answer written as far as its preview: the case's reference and the preview's address."""
    reference = office_work.to_answer(office, "2026-03-06", email="ada@example.net", **told)
    written = office_work.write(browser, f"/cases/{reference}/tasks/{ANSWER}", day, **office_work.ANSWERED, **REMEDY)
    assert written.status_code == 302
    return reference, written.headers["Location"]


def kept(office, reference) -> bytes:
    """The letter that is kept of the last event, whose hash the event bears."""
    file = record(office, reference)
    with office.database.reading() as tx:
        rows = [one for one in documents.of_case(tx, file.row.id) if one.kind == documents.LETTER]
        assert rows[-1].sha256 == file.record[-1].text("letter_sha256")
        return documents.content(tx, rows[-1].sha256)


def copy(browser, page, name: str = "letter.pdf") -> bytes:
    """What the link of the page downloads."""
    address = html.unescape(re.search(rf'href="([^"]*/{name}[^"]*)"', page.text)[1])
    return browser.get(address).data


@pytest.mark.parametrize("prefers", ["post", "email", "phone"])
@pytest.mark.parametrize("is_large", [False, True])
def test_what_is_kept_as_sent_is_what_was_shown_and_downloaded(office, as_person, prefers, is_large):
    manager = as_person("manager")
    reference, preview = answered(office, manager, preferred_contact=prefers)
    page = manager.get(preview)
    taken = copy(manager, page, "large-print.pdf" if is_large else "letter.pdf")
    large = {f"{'email' if prefers == 'email' else 'paper'}_print": "large"} if is_large else {}
    way = BY_EMAIL if prefers == "email" else {**BY_POST, "way": prefers}
    assert manager.post(f"{preview}/send", data={**office_work.hidden(page.text), **way, **large}).status_code == 302
    assert kept(office, reference) == taken


@pytest.mark.parametrize(("prefers", "other"), [("email", BY_POST), ("post", BY_EMAIL)])
def test_another_way_shows_the_letter_again_before_it_is_recorded(office, as_person, prefers, other):
    manager = as_person("manager")
    reference, preview = answered(office, manager, preferred_contact=prefers, day="2026-03-09")
    first = manager.get(preview)
    again = manager.post(f"{preview}/send", data={**office_work.hidden(first.text), **other})
    assert again.status_code == 409
    assert NOT_SENT in said(again)
    assert record(office, reference).record[-1].name == "stage_1.acknowledged"
    taken = copy(manager, again)
    assert taken != copy(manager, first)
    assert manager.post(f"{preview}/send", data={**office_work.hidden(again.text), **other}).status_code == 302
    assert kept(office, reference) == taken


def test_the_page_says_how_the_letter_goes_and_which_way_would_change_it(office, as_person):
    manager = as_person("manager")
    _, preview = answered(office, manager, preferred_contact="post", day="2026-03-09")
    page = manager.get(preview)
    assert "It is shown as it goes by post." in said(page)
    assert "Sent by e-mail, it says something else: see it so" in said(page)
    other = html.unescape(re.search(r'href="([^"]+)">see it so', page.text)[1])
    assert "It is shown as it goes by e-mail." in said(manager.get(other))


def test_a_letter_that_nobody_was_shown_does_not_go(office, as_person):
    manager = as_person("manager")
    reference, preview = answered(office, manager)
    carried = office_work.hidden(manager.get(preview).text)
    for shown in ("", "0" * 64):
        refused = manager.post(f"{preview}/send", data={**carried, **BY_EMAIL, "shown": shown})
        assert (refused.status_code, NOT_SENT in said(refused)) == (409, True)
    assert record(office, reference).record[-1].name == "stage_1.acknowledged"


def test_a_copy_of_a_page_that_says_something_else_by_now_is_not_handed_out(office, as_person, clock):
    manager = as_person("manager")
    _, preview = answered(office, manager, preferred_contact="email")
    page = manager.get(preview)
    assert copy(manager, page).startswith(b"%PDF-")
    clock.now = moment("2026-03-11T10:00")
    address = html.unescape(re.search(r'href="([^"]*/letter.pdf[^"]*)"', page.text)[1])
    answer = manager.get(address, follow_redirects=True)
    assert "The letter says something else by now. Read it again as it stands" in said(answer)
    assert "11 March 2026" in said(answer)
