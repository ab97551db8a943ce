"""What a draft would do: asked, shown with progress, stopped; counts for all, cases for who may see them."""

from __future__ import annotations

import html
import re
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import drafting, impact_jobs
from engine.drafting import Draft
from engine.impact_jobs import Background
from engine.office import Office
from engine.store import impacts, people
from engine.store.impacts import ImpactRow
from engine.store.people import GrantRow
from tests.bench import past_cases
from tests.web import office_work
from tests.web.conftest import BEGINNING

POLICY = "council-housing"


def asked(first: str, last: str) -> dict[str, str]:
    """A period as a browser sends it: day, month and year in boxes of their own."""
    sent = {}
    for name, text in (("period_from", first), ("period_to", last)):
        year, month, day = text.split("-")
        sent |= {f"{name}-day": day, f"{name}-month": month, f"{name}-year": year}
    return sent


ASKED = asked("2024-04-01", "2026-03-10")
PERIOD = date(2024, 4, 1), date(2026, 3, 10)
PARTS, OF_2024 = ("day", "month", "year"), ["10", "3", "2024"]


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def background(office: Office) -> Iterator[Background]:
    found = Background()
    yield found
    found.stop(office, lambda: BEGINNING)


@pytest.fixture
def shorter(office: Office, draft: Draft) -> Draft:
    """The draft with three days for the answer at stage 1."""
    text = draft.text(draft.path).replace("within: 10 working days", "within: 3 working days")
    ann = office_work.person(office, "ann")
    files = {draft.path: text.encode()}
    return drafting.change(office, draft.row.id, ann, BEGINNING, files=files, numbers=draft.numbers, what="shorter")


@pytest.fixture
def caseworker(office: Office, draft: Draft) -> None:
    """The officer of these tests works for the council's repairs, and is an author too."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "officer")
        assert row is not None
        people.give_grant(tx, row.id, given=GrantRow(POLICY, "complaints_officer", "repairs"))
        people.give_grant(tx, row.id, given=GrantRow(POLICY, "policy_author", ""))


def address(draft: Draft) -> str:
    return f"/studio/{draft.row.id}/impact"


def worked_out(office: Office, draft: Draft, background: Background) -> int:
    """The id of the last working out, once it is over."""
    for _ in range(600):
        background.look(office, lambda: BEGINNING)
        with office.database.reading() as tx:
            last = impacts.of_draft(tx, draft.row.id, 1)[0]
        if not last.is_at_work:
            assert last.status == impacts.DONE, last.said
            return last.id
        threading.Event().wait(0.1)
    raise AssertionError("it is not over")


def test_it_is_asked_for_the_last_24_months_shown_with_progress_and_then_with_what_came(
    as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft, background: Background
):
    past_cases.made(office, POLICY, 25, first=PERIOD[0], last=date(2026, 2, 20), now=BEGINNING)
    ann = as_person("ann")
    page = ann.get(address(shorter))
    assert [re.search(f'name="period_from-{part}"[^>]*value="(\\d+)"', page.text)[1] for part in PARTS] == OF_2024
    answer = ann.post(address(shorter), data=ASKED)
    assert answer.status_code == 302
    waiting = ann.get(address(shorter))
    assert "Waiting to begin." in words(waiting)
    assert "<progress" in waiting.text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in waiting.text
    which = worked_out(office, shorter, background)
    told = ann.get(f"{address(shorter)}/{which}/progress").get_json()
    assert told["status"] == "done"
    assert told["done"] == told["total"] > 25
    page = words(ann.get(address(shorter)))
    assert "25 cases, as they stood on 10 March 2026" in page
    assert "Stage 1: answer" in page
    assert "Publishing moves none of them" in page
    assert "come out as before" in page
    office_work.assert_valid(ann.get(address(shorter)).text)


def test_an_author_without_a_role_at_cases_sees_counts_and_no_case(
    as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft, background: Background
):
    past_cases.made(office, POLICY, 12, first=PERIOD[0], last=date(2026, 2, 20), now=BEGINNING)
    ann = as_person("ann")
    ann.post(address(shorter), data=ASKED)
    which = worked_out(office, shorter, background)
    page = ann.get(address(shorter)).text
    assert "12 cases" in words(ann.get(address(shorter)))
    assert "/cases/" not in page
    assert "Made Up" not in page
    assert ann.get(f"{address(shorter)}/{which}/cases/dates").status_code == 404


@pytest.mark.usefixtures("caseworker")
def test_who_may_see_cases_comes_from_each_count_to_those_of_their_own_area(
    as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft, background: Background
):
    past_cases.made(office, POLICY, 30, first=PERIOD[0], last=date(2026, 2, 20), now=BEGINNING)
    officer = as_person("officer")
    officer.post(address(shorter), data=ASKED)
    which = worked_out(office, shorter, background)
    assert f"{address(shorter)}/{which}/cases/dates" in officer.get(address(shorter)).text
    listed = officer.get(f"{address(shorter)}/{which}/cases/dates")
    with office.database.reading() as tx:
        found = impacts.listed(tx, which, "dates")
        of_repairs = [one.case_id for one in found if one.area == "repairs"]
        theirs = {one.reference for one in impacts.cases_of(tx, which, of_repairs)}
    assert 0 < len(theirs) < len(found)
    assert set(re.findall(r"/cases/(CH-[\d-]+)", listed.text)) == theirs
    assert f"{len(theirs)} cases, and {len(found) - len(theirs)} cases that you do not see" in words(listed)
    assert "becomes" in words(listed)
    assert officer.get(f"{address(shorter)}/{which}/cases/nonsense").status_code == 404
    assert officer.get(f"/studio/{shorter.row.id}/impact/999/cases/dates").status_code == 404
    office_work.assert_valid(listed.text)
    auditor = as_person("auditor").get(f"{address(shorter)}/{which}/cases/dates")
    assert len(set(re.findall(r"/cases/(CH-[\d-]+)", auditor.text))) == len(found)


def test_it_is_stopped_by_a_button(as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft):
    ann = as_person("ann")
    ann.post(address(shorter), data=ASKED)
    with office.database.reading() as tx:
        which = impacts.of_draft(tx, shorter.row.id, 1)[0].id
    assert ann.post(f"{address(shorter)}/{which}/cancel").status_code == 302
    assert "The last attempt was stopped before it began. Nothing of it is kept." in words(ann.get(address(shorter)))


@pytest.mark.usefixtures("caseworker")
def test_one_that_runs_is_stopped_by_the_button_and_shows_no_figures(
    as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft, background: Background
):
    past_cases.made(office, POLICY, 250, first=PERIOD[0], last=date(2026, 2, 20), now=BEGINNING)
    officer = as_person("officer")
    officer.post(address(shorter), data=ASKED)
    which = last_of(office, shorter).id
    background.look(office, lambda: BEGINNING)
    assert background._child is not None
    process = background._child.process
    process.send_signal(signal.SIGSTOP)  # it stands still where it is, however quick the machine
    assert officer.get(f"{address(shorter)}/{which}/progress").get_json()["status"] == "running"
    assert "Stop it" in words(officer.get(address(shorter)))
    assert officer.post(f"{address(shorter)}/{which}/cancel").status_code == 302
    assert "Stopping." in words(officer.get(address(shorter)))
    process.send_signal(signal.SIGCONT)
    process.wait(timeout=60)
    assert last_of(office, shorter).status == impacts.CANCELLED
    page = words(officer.get(address(shorter)))
    assert re.search(
        r"The last attempt was stopped (after \d+ of 2\d\d|before it began)\. Nothing of it is kept\.", page
    )
    assert "Work it out again" in page
    assert "would have gone otherwise" not in page
    assert officer.get(f"{address(shorter)}/{which}/cases/dates").status_code == 404
    with office.database.reading() as tx:
        assert impacts.listed(tx, which, "dates") == []


def last_of(office: Office, draft: Draft) -> ImpactRow:
    with office.database.reading() as tx:
        return impacts.of_draft(tx, draft.row.id, 1)[0]


def test_one_that_was_cut_short_or_fell_silent_says_so_and_can_be_asked_for_again(
    as_person: Callable[[str], FlaskClient], office: Office, shorter: Draft, background: Background
):
    ann = as_person("ann")
    ann.post(address(shorter), data=ASKED)
    which = last_of(office, shorter).id
    background.look(office, lambda: BEGINNING)
    assert background._child is not None
    background._child.process.kill()
    background._child.process.wait()
    background.stop(office, lambda: BEGINNING)
    assert "It was cut short, and begins again by itself. Waiting to begin." in words(ann.get(address(shorter)))
    long_ago = BEGINNING - timedelta(minutes=5)
    with office.database.writing() as tx:
        assert impacts.take(tx, "a worker that died", now=long_ago, dead_since=long_ago)
    silent = "Nothing was heard of it since 10 March 2026 at 9:25am. It begins again when a worker has time."
    assert silent in words(ann.get(address(shorter)))
    assert silent in ann.get(f"{address(shorter)}/{which}/progress").get_json()["words"]
    ann.post(f"{address(shorter)}/{which}/cancel")
    assert "The last attempt was stopped" in words(ann.get(address(shorter)))
    assert ann.post(address(shorter), data=ASKED).status_code == 302
    assert last_of(office, shorter).id > which


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        ("--", "--", "First day of receipt must be a real date"),
        ("2026-03-01", "2026-02-01", "The first day must not be after the last day."),
        ("2026-13-99", "9999-99-99", "Last day of receipt must be a real date"),
        ("2027-01-01", "2027-02-01", "no case was received after today"),
    ],
)
def test_a_period_that_is_none_is_said_and_what_was_typed_is_kept(
    as_person: Callable[[str], FlaskClient], draft: Draft, first: str, last: str, says: str
):
    answer = as_person("ann").post(address(draft), data=asked(first, last))
    assert answer.status_code == 400
    assert says in words(answer)
    assert 'href="#answer-period_' in answer.text
    for text in filter(None, (*first.split("-"), *last.split("-"))):
        assert re.search(f'value="0*{int(text)}"', answer.text)


def test_a_draft_with_problems_says_that_it_cannot_be_replayed(
    as_person: Callable[[str], FlaskClient], office: Office, draft: Draft
):
    ann = office_work.person(office, "ann")
    text = draft.text(draft.path).replace("of: complaint_received", "of: complaint_recieved")
    files = {draft.path: text.encode()}
    drafting.change(office, draft.row.id, ann, BEGINNING, files=files, numbers=draft.numbers, what="a slip")
    browser = as_person("ann")
    assert "no case can be replayed under it" in words(browser.get(address(draft)))
    answer = browser.post(address(draft), data=ASKED)
    assert answer.status_code == 409
    assert "no case can be replayed under it" in words(answer)


def test_a_change_to_the_draft_since_is_said(
    as_person: Callable[[str], FlaskClient], office: Office, draft: Draft, background: Background
):
    ann = office_work.person(office, "ann")
    impact_jobs.ask(office, draft, ann, BEGINNING, PERIOD)
    worked_out(office, draft, background)
    browser = as_person("ann")
    assert "No complaint under this policy was received in that period." in words(browser.get(address(draft)))
    assert "was changed since" not in words(browser.get(address(draft)))
    text = draft.text(draft.path).replace("within: 10 working days", "within: 3 working days")
    files = {draft.path: text.encode()}
    drafting.change(office, draft.row.id, ann, BEGINNING, files=files, numbers=draft.numbers, what="shorter")
    assert "The draft was changed since." in words(browser.get(address(draft)))


def test_an_auditor_looks_and_asks_nothing(as_person: Callable[[str], FlaskClient], draft: Draft):
    auditor = as_person("auditor")
    assert auditor.get(address(draft)).status_code == 200
    assert "Work it out" not in words(auditor.get(address(draft)))
    assert auditor.post(address(draft), data=ASKED).status_code == 403


def test_who_has_no_role_of_the_studio_for_this_policy_finds_no_draft(
    as_person: Callable[[str], FlaskClient], office: Office, draft: Draft
):
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        assert row is not None
        people.give_grant(tx, row.id, given=GrantRow("st-leger-homes", "policy_author", ""))
    assert as_person("manager").get(address(draft)).status_code == 404
    assert as_person("manager").post(address(draft), data=ASKED).status_code == 404
