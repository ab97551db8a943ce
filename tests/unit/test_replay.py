"""Replay and everyday steps agree: the same case, whichever way it is worked out."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from engine import case_files, casework, corrections, facts, steps
from engine.case_files import CaseFile
from engine.case_saving import kept
from engine.casework import Said
from engine.events import moment
from engine.forms import plausible
from engine.office import Office
from engine.refusals import Refused
from engine.rights import Person
from tests.unit.casting import hired

BEGIN = {
    "south-essex-homes/four-stage": "2016-03-01",
    "south-essex-homes/three-stage-2018": "2019-03-01",
    "south-essex-homes/two-stage-2024": "2024-06-03",
    "st-leger-homes/two-stage-2024": "2024-06-03",
    "council-housing/two-stage-2024": "2024-06-03",
}


def stands_like(office: Office, file: CaseFile) -> object:
    """All of a case that is stored beside its events, and what may happen to it."""
    now = file.standing
    keep = kept(office, file)
    return (
        now.status, now.stage, now.outcome, now.ending, now.may_happen, now.allowed, now.ledger.deadlines,
        keep.tasks, keep.timers, keep.deadlines, keep.changes,
    )  # fmt: skip


@pytest.mark.parametrize("key", BEGIN)
@pytest.mark.parametrize("seed", range(8))
def test_forward_steps_and_replay_agree_on_random_walks(office: Office, key: str, seed: int):
    walk = random.Random(f"{key} {seed}")
    policy = key.partition("/")[0]
    staff = [hired(office, f"Person {number}") for number in range(4)]
    now = moment(BEGIN[key])
    reference = steps.register(office, policy, staff[0], Said({}, now, now, is_story=True))
    moved = 0
    for _ in range(14):
        now += timedelta(days=walk.randint(0, 12), hours=walk.randint(0, 5))
        steps.fire_due(office, now)
        file = steps.seen_by(office, reference, staff[0], now)
        if not file.standing.allowed:
            break
        moved += _something_happens(office, file, reference, walk, staff, now)
        forward = steps.seen_by(office, reference, staff[0], now)
        replayed = case_files.as_recorded(office, policy, forward.record, now)
        assert stands_like(office, forward) == stands_like(office, replayed)
    assert moved


def _something_happens(office, file, reference, walk, staff: list[Person], now) -> bool:
    book = file.book_or_refuse()
    task = next(iter(file.standing.open_tasks), None)
    try:
        if task is not None and walk.random() < 0.75:
            decides = book.task(task).decides
            form = book.form(task.key, book.task(task).form)
            choice = walk.choice(list(form.field(decides).choices)) if decides and walk.random() < 0.3 else None
            answers = {**book.task(task).ordinary, **({decides: choice} if choice else {})}
            said = Said(plausible(form, answers, now.date()), None, now, is_story=True)
            who = staff[1] if task.stage in (None, "stage_1") else staff[2]
            steps.take(office, reference, who, lambda f: casework.complete_task(office, f, task.key, who, said), now)
            return True
        if walk.random() < 0.5:
            fact = walk.choice(facts.facts_offered(file))
            soon = (now + timedelta(days=walk.randint(0, 5))).date().isoformat()
            asked = book.form(fact, facts.definition_of(book, fact).form).names
            promises = {name: soon for name in ("next_update", "chase_on", "to") if name in asked}
            said = Said(promises, None, now, is_story=True)
            steps.take(
                office, reference, staff[3], lambda f: casework.record_fact(office, f, fact, staff[3], said), now
            )
            return True
        name = walk.choice(file.standing.allowed)
        to = file.standing.ledger.days.add(file.standing.ledger.today, 6).isoformat()
        said = Said({"to": to, "reason": "More time"} if "given" in name or "sent" in name else {}, None, now, True)
        steps.take(office, reference, staff[3], lambda f: casework.record_message(office, f, name, staff[3], said), now)
        return True
    except Refused:
        return False


def test_a_view_of_a_past_day_knows_nothing_of_what_came_after(office: Office):
    who = hired(office, "Ann")
    received = moment("2024-06-03")
    reference = steps.register(office, "council-housing", who, Said({}, received, received, is_story=True))
    steps_taken = {"2024-06-04": "triage", "2024-06-05": "stage_1.acknowledge", "2024-06-12": "stage_1.respond"}
    for day, key in steps_taken.items():
        said = Said({}, None, moment(day), is_story=True)
        steps.take(
            office, reference, who, lambda f, k=key, s=said: casework.complete_task(office, f, k, who, s), moment(day)
        )
    then = steps.seen_by(office, reference, who, moment("2024-06-06"))
    assert [task.key for task in then.standing.open_tasks] == ["stage_1.respond"]
    assert then.standing.outcome is None
    assert steps.seen_by(office, reference, who, moment("2024-06-13")).standing.status == "answered"


def test_an_event_the_other_version_does_not_allow_is_a_departure_and_stays_in_the_record(office: Office):
    who = hired(office, "Ann")
    received = moment("2018-11-05")
    reference = steps.register(office, "south-essex-homes", who, Said({}, received, received, is_story=True))
    for day, name in (("2018-11-06", "triage"), ("2018-11-07", "stage_1.acknowledge")):
        said = Said({}, None, moment(day), is_story=True)
        steps.take(
            office, reference, who, lambda f, k=name, s=said: casework.complete_task(office, f, k, who, s), moment(day)
        )
    held = Said({"to": "2018-11-30", "reason": "Other teams"}, None, moment("2018-11-08"), is_story=True)
    steps.take(
        office,
        reference,
        who,
        lambda f: casework.record_message(office, f, "stage_1.holding_reply_sent", who, held),
        moment("2018-11-08"),
    )
    file = steps.seen_by(office, reference, who, moment("2018-11-09"))
    plan = corrections.correct(
        office, file, 1, who, happened=moment("2018-10-30"), reason="Postmark", now=moment("2018-11-09")
    )
    assert plan.after_file.governing.version.version == "four-stage"
    assert [departure.event.name for departure in plan.after.departures] == ["stage_1.holding_reply_sent"]
    assert any(event.name == "stage_1.holding_reply_sent" for event in plan.after_file.record)
