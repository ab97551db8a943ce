"""Working it out in the background: one worker takes it, it says how far it is, it stops, and it outlives a worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from engine import draft_library, drafting, impact_jobs, impact_run, worker
from engine.drafting import Draft
from engine.events import moment
from engine.impact_jobs import DEAD_AFTER, Background
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import AUTHOR, Grant, Person
from engine.store import impacts, settings
from engine.store.database import open_database
from engine.store.impacts import ImpactRow
from tests.bench import past_cases
from tests.unit.casting import hired

POLICY = "council-housing"
NOW = moment("2026-03-31")
PERIOD = date(2024, 4, 1), date(2026, 3, 31)


@pytest.fixture
def ann(office: Office) -> Person:
    return author(office)


def author(office: Office) -> Person:
    return replace(hired(office, "Ann", Grant(POLICY, AUTHOR)), grants=(), studio=(Grant(POLICY, AUTHOR),))


def begun(office: Office, who: Person) -> Draft:
    return drafting.begin(
        office, POLICY, "two-stage-2024", who, NOW, version="two-stage-2026", in_force_from=date(2026, 4, 1)
    )


@pytest.fixture
def draft(office: Office, ann: Person) -> Draft:
    return begun(office, ann)


@pytest.fixture
def background(office: Office) -> Iterator[Background]:
    found = Background()
    yield found
    found.stop(office, lambda: NOW)


def row(office: Office, which: int) -> ImpactRow:
    with office.database.reading() as tx:
        found = impacts.one(tx, which)
    assert found
    return found


def until(office: Office, which: int, background: Background, is_so: Callable[[ImpactRow], bool]) -> ImpactRow:
    """Look as a worker does, until it is so."""
    for _ in range(600):
        found = row(office, which)
        if is_so(found):
            return found
        background.look(office, lambda: NOW)
        threading.Event().wait(0.1)
    raise AssertionError(f"it stayed {found.status}, {found.done} of {found.total}: {found.said}")


def test_it_is_worked_out_in_a_process_of_its_own_and_says_how_far_it_is(
    office: Office, ann: Person, draft: Draft, background: Background
):
    past_cases.made(office, POLICY, 12, first=PERIOD[0], last=PERIOD[1], now=NOW)
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    assert row(office, which).status == impacts.WAITING
    found = until(office, which, background, lambda one: one.status == impacts.DONE)
    assert found.done == found.total > 12
    assert found.result["totals"]["cases"] == 12
    assert found.result["draft"] == f"{POLICY}/two-stage-2026"


def test_the_worker_takes_it_up_by_itself_between_its_rounds(office: Office, ann: Person, draft: Draft):
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    thread, stop = worker.in_background(lambda: office, lambda: NOW)
    for _ in range(600):
        if row(office, which).status == impacts.DONE:
            break
        threading.Event().wait(0.1)
    stop.set()
    thread.join(timeout=30)
    assert row(office, which).status == impacts.DONE
    assert not thread.is_alive()


def test_two_workers_never_take_one(any_office: Office):
    ann = author(any_office)
    which = impact_jobs.ask(any_office, begun(any_office, ann), ann, NOW, PERIOD)
    taken: list[ImpactRow | None] = []

    def take(name: str) -> None:
        with any_office.database.writing() as tx:
            taken.append(impacts.take(tx, name, now=NOW, dead_since=NOW - timedelta(seconds=30)))

    workers = [threading.Thread(target=take, args=(f"worker {number}",)) for number in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert [one.id for one in taken if one] == [which]


def test_what_a_dead_worker_left_is_taken_up_again_and_it_touches_nothing_when_it_comes_back(any_office: Office):
    ann = author(any_office)
    which = impact_jobs.ask(any_office, begun(any_office, ann), ann, NOW, PERIOD)
    later = NOW + timedelta(minutes=1)
    with any_office.database.writing() as tx:
        assert impacts.take(tx, "dead", now=NOW, dead_since=NOW - timedelta(seconds=30))
        assert impacts.go_on(tx, which, "dead", done=3, total=9, now=NOW)
        assert impacts.take(tx, "early", now=NOW, dead_since=NOW - timedelta(seconds=30)) is None
        assert impacts.take(tx, "next", now=later, dead_since=later - timedelta(seconds=30))
        assert not impacts.go_on(tx, which, "dead", done=4, total=9, now=later)
        assert not impacts.finish(tx, which, "dead", status=impacts.DONE, now=later, result={})
    assert (row(any_office, which).taken_by, row(any_office, which).done) == ("next", 0)


def test_a_killed_process_is_begun_again_and_comes_to_its_end(
    office: Office, ann: Person, draft: Draft, background: Background
):
    past_cases.made(office, POLICY, 40, first=PERIOD[0], last=PERIOD[1], now=NOW)
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    until(office, which, background, lambda one: one.status == impacts.RUNNING)
    assert background._child is not None
    background._child.process.kill()
    background._child.process.wait()
    background.look(office, lambda: NOW)
    found = until(office, which, background, lambda one: one.status == impacts.DONE)
    assert found.result["totals"]["cases"] == 40


def test_one_that_ends_early_again_and_again_is_given_up_and_says_so(
    office: Office, ann: Person, draft: Draft, background: Background
):
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    for _ in range(3):
        until(office, which, background, lambda one: one.status == impacts.RUNNING and background._child is not None)
        assert background._child is not None
        background._child.process.kill()
        background._child.process.wait()
        background.look(office, lambda: NOW)
    found = until(office, which, background, lambda one: not one.is_at_work)
    assert (found.status, found.said) == (
        impacts.FAILED,
        "It was cut short 3 times, and is not tried again. Ask for a shorter period.",
    )


def test_it_is_stopped_before_it_begins_and_while_it_runs(
    office: Office, ann: Person, draft: Draft, background: Background
):
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    assert impact_jobs.cancel(office, draft, which, ann, NOW)
    assert row(office, which).status == impacts.CANCELLED
    assert not impact_jobs.cancel(office, draft, which, ann, NOW)
    past_cases.made(office, POLICY, 60, first=PERIOD[0], last=PERIOD[1], now=NOW)
    again = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    until(office, again, background, lambda one: one.status == impacts.RUNNING)
    assert impact_jobs.cancel(office, draft, again, ann, NOW)
    found = until(office, again, background, lambda one: not one.is_at_work)
    assert (found.status, found.result.get("totals")) == (impacts.CANCELLED, None)


def test_one_whose_worker_fell_silent_is_stopped_at_once_and_can_be_asked_for_again(any_office: Office):
    ann = author(any_office)
    draft = begun(any_office, ann)
    which, cases = impact_jobs.ask(any_office, draft, ann, NOW, PERIOD), some_cases(any_office)
    with any_office.database.writing() as tx:
        assert impacts.take(tx, "dead", now=NOW, dead_since=NOW - DEAD_AFTER)
        impacts.put_cases(tx, which, [(case, " dates ", {}) for case in cases])
    soon, later = NOW + DEAD_AFTER, NOW + DEAD_AFTER * 2
    assert not impact_jobs.is_silent(row(any_office, which), soon)
    assert impact_jobs.is_silent(row(any_office, which), later)
    assert impact_jobs.cancel(any_office, draft, which, ann, later)
    assert row(any_office, which).status == impacts.CANCELLED
    with any_office.database.writing() as tx:
        assert impacts.listed(tx, which, "dates") == []
        assert not impacts.finish(tx, which, "dead", status=impacts.DONE, now=later, result={})
    assert impact_jobs.ask(any_office, draft, ann, later, PERIOD) > which


def some_cases(office: Office) -> list[int]:
    past_cases.made(office, POLICY, 3, first=PERIOD[0], last=PERIOD[1], now=NOW)
    with office.database.reading() as tx:
        return impacts.ids_of_cases(tx, POLICY, NOW - timedelta(days=900), NOW)


def test_another_asking_lets_go_of_the_cases_the_last_one_listed(any_office: Office):
    ann = author(any_office)
    draft = begun(any_office, ann)
    which, cases = impact_jobs.ask(any_office, draft, ann, NOW, PERIOD), some_cases(any_office)
    with any_office.database.writing() as tx:
        assert impacts.take(tx, "one", now=NOW, dead_since=NOW - DEAD_AFTER)
        impacts.put_cases(tx, which, [(case, " dates ", {}) for case in cases])
        assert impacts.finish(tx, which, "one", status=impacts.DONE, now=NOW, result={})
    with any_office.database.reading() as tx:
        assert len(impacts.listed(tx, which, "dates")) == 3
    impact_jobs.ask(any_office, draft, ann, NOW, PERIOD)
    with any_office.database.reading() as tx:
        assert impacts.listed(tx, which, "dates") == []


def test_whoever_works_meanwhile_never_waits_for_it(any_office: Office):
    """Between two looks at how far it is, and while it keeps what it found, the database is free to be written to."""
    ann = author(any_office)
    draft = begun(any_office, ann)
    some_cases(any_office)
    checked = draft_library.checked(any_office, draft.files, draft.key)
    asked = impact_run.wanted(any_office, checked, "two-stage-2024", PERIOD, NOW)
    others, written = open_database(any_office.database.url), []

    def work(*_: object) -> bool:
        with others.writing() as tx:
            settings.put(tx, "notices", len(written))
        written.append(True)
        return True

    impact_run.simulate(asked, any_office.database, work, work)
    others.close()
    assert len(written) > 3


def test_a_worker_that_stops_lets_the_next_go_on(office: Office, ann: Person, draft: Draft, background: Background):
    past_cases.made(office, POLICY, 30, first=PERIOD[0], last=PERIOD[1], now=NOW)
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    until(office, which, background, lambda one: one.status == impacts.RUNNING)
    background.stop(office, lambda: NOW)
    assert row(office, which).status == impacts.WAITING
    found = until(office, which, background, lambda one: one.status == impacts.DONE)
    assert found.result["totals"]["cases"] == 30


def test_a_second_is_refused_while_one_is_at_work(office: Office, ann: Person, draft: Draft):
    impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    with pytest.raises(Refused, match="already"):
        impact_jobs.ask(office, draft, ann, NOW, PERIOD)


@pytest.mark.parametrize("period", [(date(2026, 3, 1), date(2026, 2, 1)), (date(2027, 1, 1), date(2027, 2, 1))])
def test_a_period_that_is_none_is_refused(office: Office, ann: Person, draft: Draft, period: tuple[date, date]):
    with pytest.raises(BadAnswers):
        impact_jobs.ask(office, draft, ann, NOW, period)


def test_a_draft_with_problems_is_refused_when_asked_and_when_it_breaks_meanwhile(
    office: Office, ann: Person, draft: Draft, background: Background
):
    which = impact_jobs.ask(office, draft, ann, NOW, PERIOD)
    text = draft.text(draft.path).replace("of: complaint_received", "of: complaint_recieved")
    broken = drafting.change(
        office, draft.row.id, ann, NOW, files={draft.path: text.encode()}, numbers=draft.numbers, what="a slip"
    )
    found = until(office, which, background, lambda one: not one.is_at_work)
    assert found.status == impacts.FAILED
    assert "problem" in found.said
    with pytest.raises(Refused, match="problem"):
        impact_jobs.ask(office, broken, ann, NOW, PERIOD)


def test_an_auditor_asks_and_stops_nothing(office: Office, ann: Person, draft: Draft):
    auditor = replace(ann, is_auditor=True)
    with pytest.raises(Refused):
        impact_jobs.ask(office, draft, auditor, NOW, PERIOD)
    with pytest.raises(Refused):
        impact_jobs.cancel(office, draft, 1, auditor, NOW)


@pytest.mark.parametrize(("today", "begins"), [("2026-03-31", date(2024, 3, 31)), ("2024-02-29", date(2022, 2, 28))])
def test_the_usual_period_is_the_last_24_months(today: str, begins: date):
    end: datetime = moment(today)
    assert impact_jobs.default_period(end.date()) == (begins, end.date())
