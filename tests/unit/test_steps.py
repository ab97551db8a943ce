"""Laws of acting on a case: whole or not at all, once, by who may, and never behind somebody's back."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from engine import case_files, casework, corrections, replay, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.process import Budget
from engine.refusals import AlreadyDone, ChangedMeanwhile, Refused, Unknown
from engine.rights import ALL_AREAS, Grant, Person
from engine.store.claims import AlreadyTaken
from tests.unit.casting import hired

POLICY = "council-housing"
RECEIVED = moment("2024-06-03")


def logged(office: Office, who: Person, policy: str = POLICY, when=RECEIVED, **answers: object) -> str:
    return steps.register(office, policy, who, Said(answers, when, when, is_story=True))


def done(office: Office, reference: str, who: Person, key: str, day: str, **answers: object):
    said = Said(answers, None, moment(day), is_story=True)
    return steps.take(
        office, reference, who, lambda file: casework.complete_task(office, file, key, who, said), moment(day)
    )


def officer(office: Office, name: str, area: str = ALL_AREAS) -> Person:
    return hired(office, name, Grant(POLICY, "complaints_officer", area))


@pytest.mark.parametrize("pair", range(3))
def test_of_two_people_completing_one_task_at_once_one_succeeds_and_the_other_is_told(any_office: Office, pair: int):
    ann, ben = officer(any_office, "Ann"), officer(any_office, "Ben")
    reference = logged(any_office, ann)
    start, outcomes = threading.Barrier(2), {}

    def complete(who: Person) -> None:
        start.wait()
        try:
            done(any_office, reference, who, "triage", "2024-06-04")
            outcomes[who.name] = "done"
        except Refused as refused:
            outcomes[who.name] = refused

    threads = [threading.Thread(target=complete, args=(who,)) for who in (ann, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    told = [one for one in outcomes.values() if isinstance(one, AlreadyDone)]
    assert sorted(map(str, outcomes.values()))[-1] == "done"
    assert len(told) == 1
    assert told[0].by in {"Ann", "Ben"}
    file = steps.seen_by(any_office, reference, ann, moment("2024-06-05"))
    assert [event.name for event in file.record] == ["complaint_received", "triaged"]


def test_the_same_button_pressed_twice_has_one_effect(any_office: Office):
    ann = officer(any_office, "Ann")
    said = Said({}, RECEIVED, RECEIVED, is_story=True)
    first = steps.register(any_office, POLICY, ann, said, request_key="one")
    assert steps.register(any_office, POLICY, ann, said, request_key="one") == first
    assert steps.register(any_office, POLICY, ann, said, request_key="two") != first


def test_who_had_an_older_case_before_them_is_told_who_changed_it(any_office: Office):
    ann, ben = officer(any_office, "Ann"), officer(any_office, "Ben")
    reference = logged(any_office, ann)
    done(any_office, reference, ann, "triage", "2024-06-04")
    said = Said({}, None, moment("2024-06-05"), is_story=True)
    with pytest.raises(ChangedMeanwhile) as changed:
        steps.take(
            any_office,
            reference,
            ben,
            lambda file: casework.record_message(any_office, file, "withdrawn", ben, said),
            moment("2024-06-05"),
            seen=1,
        )
    assert (changed.value.by, changed.value.when) == ("Ann", moment("2024-06-04"))


def test_repairs_never_sees_incomes_complaints(office: Office):
    repairs, income = officer(office, "Ann", "repairs"), officer(office, "Ben", "income")
    reference = logged(office, repairs, service_area="repairs")
    assert steps.seen_by(office, reference, repairs, RECEIVED).reference == reference
    with pytest.raises(Unknown):
        steps.seen_by(office, reference, income, RECEIVED)


def test_the_administrator_reads_no_case_and_the_auditor_changes_none(office: Office):
    ann = officer(office, "Ann")
    administrator = hired(office, "Ada", is_administrator=True)
    auditor = hired(office, "Cam", is_auditor=True)
    reference = logged(office, ann)
    with pytest.raises(Unknown):
        steps.seen_by(office, reference, administrator, RECEIVED)
    assert steps.seen_by(office, reference, auditor, RECEIVED).reference == reference
    with pytest.raises(Refused, match="auditor"):
        done(office, reference, auditor, "triage", "2024-06-04")


def test_who_considered_stage_1_may_not_consider_stage_2(office: Office):
    both = hired(office, "Ann")
    reference = logged(office, both)
    for key, day in (("triage", "04"), ("stage_1.acknowledge", "05"), ("stage_1.respond", "12")):
        done(office, reference, both, key, f"2024-06-{day}")
    said = Said({}, None, moment("2024-06-14"), is_story=True)
    steps.take(
        office, reference, both, lambda f: casework.record_message(office, f, "stage_2.requested", both, said),
        moment("2024-06-14"),
    )  # fmt: skip
    done(office, reference, both, "stage_2.acknowledge", "2024-06-17")
    with pytest.raises(Refused, match="considered this complaint at Stage 1"):
        done(office, reference, both, "stage_2.respond", "2024-06-20")
    assert done(office, reference, hired(office, "Ben"), "stage_2.respond", "2024-06-20").status == "answered"


def test_who_declared_a_conflict_of_interest_may_not_answer(office: Office):
    ann, ben = hired(office, "Ann"), hired(office, "Ben")
    reference = logged(office, ann)
    for key, day in (("triage", "04"), ("stage_1.acknowledge", "05")):
        done(office, reference, ann, key, f"2024-06-{day}")
    said = Said({"person": ann.id, "reason": "My sister"}, None, moment("2024-06-06"), is_story=True)
    steps.take(
        office, reference, ann, lambda f: casework.record_fact(office, f, "conflict_declared", ann, said),
        moment("2024-06-06"),
    )  # fmt: skip
    with pytest.raises(Refused, match="declared a conflict of interest"):
        done(office, reference, ann, "stage_1.respond", "2024-06-07")
    done(office, reference, ben, "stage_1.respond", "2024-06-07")


def test_a_claimed_task_is_its_holders_until_released_or_reassigned(any_office: Office):
    ann, ben = officer(any_office, "Ann"), officer(any_office, "Ben")
    reference, now = logged(any_office, ann), RECEIVED
    steps.claim(any_office, reference, "triage", ann, now)
    with pytest.raises((Refused, AlreadyTaken)):
        steps.claim(any_office, reference, "triage", ben, now)
    with pytest.raises(Refused, match="Ann has this task"):
        done(any_office, reference, ben, "triage", "2024-06-04")
    with pytest.raises(Refused, match="Say why"):
        steps.reassign(any_office, reference, "triage", ann, now, to=ben, reason=" ")
    steps.reassign(any_office, reference, "triage", ann, now, to=ben, reason="On leave")
    done(any_office, reference, ben, "triage", "2024-06-04")
    record = steps.seen_by(any_office, reference, ann, moment("2024-06-05")).record
    assert [event.name for event in record] == ["complaint_received", "claimed", "reassigned", "triaged"]


def test_a_task_is_not_handed_to_someone_without_its_role(office: Office):
    ann = officer(office, "Ann")
    manager = hired(office, "Max", Grant(POLICY, "service_manager"))
    with pytest.raises(Refused, match="does not hold it"):
        steps.reassign(office, logged(office, ann), "triage", ann, RECEIVED, to=manager, reason="Busy")


def test_a_timer_fires_once_however_late_and_keeps_its_real_date(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = logged(any_office, ann, policy="st-leger-homes")
    for key, day in (("triage", "04"), ("stage_1.acknowledge", "05"), ("stage_1.respond", "12")):
        done(any_office, reference, ann, key, f"2024-06-{day}", **({"channel": "email"} if "respond" in key else {}))
    assert steps.fire_due(any_office, moment("2024-07-10")) == 0
    late = moment("2024-09-01")
    assert steps.fire_due(any_office, late) == 1
    assert steps.fire_due(any_office, late + timedelta(days=1)) == 0
    file = steps.seen_by(any_office, reference, ann, late)
    fired = [event for event in file.record if event.name == "timer_fired"]
    assert [(event.day.isoformat(), event.recorded) for event in fired] == [("2024-07-11", late)]
    assert (file.standing.status, file.standing.ending) == ("closed", "lapsed")


def test_a_case_over_its_budget_is_held_as_it_was_and_comes_back(office: Office, monkeypatch: pytest.MonkeyPatch):
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    monkeypatch.setattr(replay, "Budget", lambda: Budget(steps=1))
    with pytest.raises(Refused, match="on hold"):
        done(office, reference, ann, "triage", "2024-06-04")
    held = steps.seen_by(office, reference, ann, moment("2024-06-05"))
    assert held.hold == case_files.OVER_BUDGET
    assert [event.name for event in held.record] == ["complaint_received", "held"]
    with pytest.raises(Refused, match="on hold"):
        done(office, reference, ann, "triage", "2024-06-05")
    monkeypatch.undo()
    now = moment("2024-06-06")
    steps.take(
        office, reference, ann, lambda f: corrections.end_hold(office, f, ann, reason="Budget raised", now=now), now
    )
    assert done(office, reference, ann, "triage", "2024-06-07").hold is None


def test_a_complaint_that_no_version_covers_is_registered_and_waits_for_a_choice(any_office: Office):
    ann, now = hired(any_office, "Ann"), moment("2024-02-05")
    reference = steps.register(any_office, "st-leger-homes", ann, Said({}, moment("2024-02-01"), now, is_story=True))
    file = steps.seen_by(any_office, reference, ann, now)
    assert (file.hold, file.standing.status) == (case_files.NO_VERSION, "open")
    assert "No version of the policy was in force on 1 February 2024" in file.governing.why
    with pytest.raises(Refused, match="waits for someone to choose"):
        done(any_office, reference, ann, "triage", "2024-02-06")
    steps.take(
        any_office, reference, ann,
        lambda f: corrections.move(any_office, f, "two-stage-2024", ann, reason="The nearest", now=now), now,
    )  # fmt: skip
    placed = steps.seen_by(any_office, reference, ann, now)
    assert placed.governing.version.version == "two-stage-2024"
    assert [task.key for task in placed.standing.open_tasks] == ["triage"]


def test_a_state_that_cannot_be_read_is_worked_out_again_from_the_events(office: Office):
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    done(office, reference, ann, "triage", "2024-06-04")
    file = steps.seen_by(office, reference, ann, moment("2024-06-05"))
    spoilt = replace(file.row, state=b"[99]")
    with office.database.reading() as tx:
        record = case_files.record_of(tx, file.row)
    again = case_files.opened(office, spoilt, record, moment("2024-06-05"))
    assert again.standing.open_tasks == file.standing.open_tasks
