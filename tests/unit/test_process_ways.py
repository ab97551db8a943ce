"""Known ways and the diagrams themselves agree: a case is driven to the same place, whoever went there before."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from engine import process_ways
from engine.cases import standing
from engine.events import RECEIVED, WITHDRAWN, CaseEvent, moment
from engine.office import Office
from engine.process import Budget, NotOpen, NotWaiting, Process, ProcessStuck, definition_of
from engine.process_ways import Ways
from engine.replay import Rulebook, Run, replay
from tests.unit.test_process import SHIPPED, Ledger
from tests.unit.test_replay import BEGIN

LATER = timedelta(days=400)


def book_of(office: Office, key: str) -> Rulebook:
    return office.shelved[key].book


def walked(book: Rulebook, seed: str) -> list[CaseEvent]:
    """What happened to a case by chance: mostly what may, with any of the answers, and now and then what may not."""
    walk, now = random.Random(seed), moment(BEGIN[book.version.key])
    events = [CaseEvent(RECEIVED, now, now, 1)]
    run = replay(book, events, now)
    names = sorted({book.records_of_key(f"{stage.key}.{task}")[0]
                    for stage in book.version.stages for _, task in book.workflows.tasks})  # fmt: skip
    for number in range(2, 14):
        now += timedelta(days=walk.choice((0, 1, 3, 9, 20, 45)))
        run.passes(now)
        likely = run.allowed() if walk.random() < 0.85 else (*names, WITHDRAWN)
        name = walk.choice(likely or names)
        event = CaseEvent(name, now, now, number, fields=answered(book, run, name, walk))
        run.happens(event)
        events.append(event)
    return events


def answered(book: Rulebook, run: Run, name: str, walk: random.Random) -> dict[str, str]:
    """One of the answers of the open task that records this; mostly the ordinary one."""
    task = run.task_recording(name)
    decides = book.task(task).decides if task else None
    if task is None or not decides:
        return {}
    choices = book.form(task.key, book.task(task).form).field(decides).choices
    return {decides: walk.choice(list(choices)) if walk.random() < 0.4 else book.task(task).ordinary[decides]}


def told(run: Run) -> object:
    """All that may be asked of where a case came to."""
    return standing(run), run.fired, run.departures, run.process.ended_at


@pytest.mark.parametrize("key", BEGIN)
def test_known_ways_lead_where_the_diagrams_lead_on_random_walks(office: Office, key: str):
    book, ways = book_of(office, key), Ways()
    others = [one.book for one in office.shelved.values() if one.book.version.policy == book.version.policy]
    for seed in range(40):
        events = walked(book, f"{key} {seed}")
        for rules in others:  # under other versions much of it does not fit
            for until in (events[-1].happened, events[-1].happened + LATER):
                plain: list[object] = []
                known: list[object] = []
                replay(rules, events, until, seen=lambda run, into=plain: into.append(told(run)))
                replay(rules, events, until, seen=lambda run, into=known: into.append(told(run)), begin=ways.begin)
                for one, other in zip(plain, known, strict=True):
                    assert one == other


def test_a_move_that_somebody_made_before_is_not_made_again(office: Office, monkeypatch: pytest.MonkeyPatch):
    book, ways = book_of(office, "st-leger-homes/two-stage-2024"), Ways()
    events = walked(book, "once")
    first = replay(book, events, events[-1].happened, begin=ways.begin)
    monkeypatch.setattr(Process, "_move", lambda *_: pytest.fail("a diagram was driven"))
    again = replay(book, events, events[-1].happened, begin=ways.begin)
    assert told(again) == told(first)


def asked_for_stage_2(ways: Ways, *, in_time: bool) -> Process:
    """A case at St Leger that was answered, its window passed, and somebody asked to go further."""
    facts = Ledger(in_time=in_time, passed=("stage_2.request_window",))
    process = ways.begin(definition_of(SHIPPED, "two_stage"), facts, Budget())
    process.complete("triage", "complaint")
    for key in ("stage_1.acknowledge", "stage_1.respond"):
        process.complete(key)
    assert process.fire_timers() == ("stage_2.request_window",)
    process.send("stage_2.requested")
    return process


def test_the_same_move_leads_elsewhere_where_the_facts_answer_otherwise():
    ways = Ways()
    for _ in range(2):
        in_time, late = (asked_for_stage_2(ways, in_time=answer) for answer in (True, False))
        assert [task.key for task in in_time.open_tasks()] == ["stage_2.acknowledge"]
        assert [task.key for task in late.open_tasks()] == ["stage_2.decide_late_request"]


def test_what_is_driven_to_be_looked_at_is_never_saved():
    process = asked_for_stage_2(Ways(), in_time=True)
    with pytest.raises(ProcessStuck, match="not saved"):
        process.state()
    with pytest.raises(ProcessStuck, match="no drawing"):
        process.current_elements()


def test_what_cannot_be_done_is_refused_as_ever():
    process = asked_for_stage_2(Ways(), in_time=True)
    with pytest.raises(NotOpen):
        process.complete("triage")
    with pytest.raises(NotWaiting):
        process.send("stage_2.requested")


def test_however_many_ways_there_are_only_so_many_are_kept(office: Office, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(process_ways, "MOST", 5)
    book, ways = book_of(office, "council-housing/two-stage-2024"), Ways()
    for seed in range(10):
        events = walked(book, f"many {seed}")
        until: datetime = events[-1].happened
        assert told(replay(book, events, until, begin=ways.begin)) == told(replay(book, events, until))
        assert len(ways._known) <= 5
