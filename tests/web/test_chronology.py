"""What happened to a case is one list: events, letters, contacts, documents and dates, which can be narrowed."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest

from engine.deadlines import MoreTimeGiven
from tests.web import files, office_work
from tests.web.test_contacts import ASKED, CALL, at
from web import case_dates

TITLE = re.compile(r'<h3 class="moj-timeline__title">(.*?)</h3>')


def titles(answer) -> list[str]:
    return [html.unescape(re.sub(r"<[^>]+>", "", one)) for one in TITLE.findall(answer.text)]


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def busy_case(office, officer) -> str:
    """A case in which everything has happened once."""
    reference = office_work.to_answer(office, "2026-03-04")
    officer.post(at(reference), data=files.sent(("damp.png", files.png()), **CALL | {"happened-day": "9"}))
    officer.post(at(reference, "information_asked"), data=ASKED)
    officer.post(f"/cases/{reference}/documents", data=files.sent(("survey.pdf", files.pdf())))
    return reference


def test_everything_stands_in_one_list_newest_first(office, as_person):
    officer = as_person("officer")
    reference = busy_case(office, officer)
    page = officer.get(f"/cases/{reference}")
    assert titles(page) == [
        "Information asked for", "Document added", "Contact", "Stage 1: acknowledgement sent",
        "Decided what this is", "Complaint received",
    ] or titles(page)[2:] == [
        "Contact", "Stage 1: acknowledgement sent", "Decided what this is", "Complaint received",
    ]  # fmt: skip
    assert "damp Document, picture" in text_of(page)


def test_the_list_is_turned_round_by_a_link(office, as_person):
    officer = as_person("officer")
    reference = busy_case(office, officer)
    page = officer.get(f"/cases/{reference}")
    assert "order=oldest#timeline" in page.text
    turned = officer.get(f"/cases/{reference}?order=oldest")
    assert titles(turned) == titles(page)[::-1]
    assert ">Newest first<" in turned.text


def test_the_list_is_narrowed_to_letters_contacts_or_dates(office, as_person):
    officer = as_person("officer")
    reference = busy_case(office, officer)
    assert titles(officer.get(f"/cases/{reference}?show=letters")) == ["Stage 1: acknowledgement sent"]
    contacts = titles(officer.get(f"/cases/{reference}?show=contacts"))
    assert contacts == ["Information asked for", "Contact", "Complaint received"]
    assert titles(officer.get(f"/cases/{reference}?show=dates")) == []
    assert "There is nothing of this kind." in text_of(officer.get(f"/cases/{reference}?show=dates"))
    assert titles(officer.get(f"/cases/{reference}?show=nonsense&order=x")) == titles(
        officer.get(f"/cases/{reference}")
    )


def test_a_date_that_passed_stands_among_the_dates_with_how_it_stands(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-02-20")
    page = as_person("officer").get(f"/cases/{reference}?show=dates")
    assert "Stage 1: acknowledgement: the day it was due" in titles(page)
    assert "Overdue" in text_of(page)


def test_a_narrowed_list_says_which_it_is(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    page = as_person("officer").get(f"/cases/{reference}?show=letters").text
    current = re.search(r'<a class="moj-sub-navigation__link" href="([^"]+)" aria-current="page">\s*(\w+)', page)
    assert current.groups() == (f"/cases/{reference}?show=letters#timeline", "Letters")


@pytest.mark.parametrize(
    ("is_beyond", "is_second", "what"),
    [(False, True, "a second one"), (True, False, "past the limit"), (True, True, "a second one, and past the limit")],
)
def test_more_time_outside_the_code_says_what_of_it_is(is_beyond, is_second, what):
    day = date(2026, 3, 10)
    says = case_dates.outside(MoreTimeGiven(day, day, day, is_beyond, "", is_second))
    assert says == f"This is {what}, with a good reason that someone approved: it is outside the Code's time."


def test_a_page_with_everything_on_it_is_valid_html(office, as_person):
    officer = as_person("officer")
    reference = busy_case(office, officer)
    for query in ("", "?show=contacts", "?show=dates&order=oldest"):
        office_work.assert_valid(officer.get(f"/cases/{reference}{query}").text)
