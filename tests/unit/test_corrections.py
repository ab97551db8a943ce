"""Laws of mending the record: both values kept, everything worked out again, previewed before it is saved."""

from __future__ import annotations

import pytest

from engine import casework, corrections, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from tests.unit.casting import hired

SEH = "south-essex-homes"


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def logged(office: Office, who: Person, received: str, recorded: str = "", policy: str = SEH) -> str:
    said = Said({}, moment(received), moment(recorded or received), is_story=True)
    return steps.register(office, policy, who, said)


def done(office: Office, reference: str, who: Person, key: str, day: str) -> None:
    said = Said({}, None, moment(day), is_story=True)
    steps.take(office, reference, who, lambda f: casework.complete_task(office, f, key, who, said), moment(day))


def happened(office: Office, reference: str, who: Person, name: str, day: str, recorded: str = "", **said: object):
    now = moment(recorded or day)
    told = Said(said, moment(day), now, is_story=True)
    steps.take(office, reference, who, lambda f: casework.record_message(office, f, name, who, told), now)


def corrected(office: Office, reference: str, who: Person, number: int, to: str | None, on: str, reason="Mistaken"):
    now, when = moment(on), moment(to) if to else None
    steps.take(
        office,
        reference,
        who,
        lambda f: corrections.correct(office, f, number, who, happened=when, reason=reason, now=now),
        now,
    )


def test_a_corrected_date_of_receipt_brings_the_version_in_force_that_day(office: Office, ann: Person):
    reference = logged(office, ann, "2018-11-02")
    done(office, reference, ann, "triage", "2018-11-05")
    corrected(office, reference, ann, 1, "2018-10-31", "2018-11-06", "The postmark says so")
    file = steps.seen_by(office, reference, ann, moment("2018-11-06"))
    assert file.governing.version.version == "four-stage"
    assert file.standing.ledger.deadlines["stage_1.acknowledgement"].due.isoformat() == "2018-11-05"
    said = file.record[-1].fields
    assert (said["was_happened"][:10], said["now_happened"][:10]) == ("2018-11-02", "2018-10-31")
    assert file.row.version_id == office.version_id(file.governing.version)


def test_a_preview_saves_nothing(office: Office, ann: Person):
    reference = logged(office, ann, "2018-11-02")
    file = steps.seen_by(office, reference, ann, moment("2018-11-06"))
    plan = corrections.correct(
        office, file, 1, ann, happened=moment("2018-10-31"), reason="Postmark", now=moment("2018-11-06")
    )
    changed = {what: (before, after) for what, before, after in corrections.changes(plan)}
    assert changed["Governing version"] == ("three-stage-2018", "four-stage")
    assert "stage_1.acknowledgement" in changed
    again = steps.seen_by(office, reference, ann, moment("2018-11-06"))
    assert again.governing.version.version == "three-stage-2018"
    assert len(again.record) == 1


def test_a_correction_needs_a_reason_and_a_day_that_has_come(office: Office, ann: Person):
    reference = logged(office, ann, "2018-11-02")
    with pytest.raises(BadAnswers) as bad:
        corrected(office, reference, ann, 1, "2018-12-01", "2018-11-06", reason="  ")
    assert set(bad.value.errors) == {"reason", "happened"}


def test_nothing_can_have_happened_before_the_complaint_was_received(office: Office, ann: Person):
    reference = logged(office, ann, "2018-11-02")
    done(office, reference, ann, "triage", "2018-11-05")
    with pytest.raises(BadAnswers, match="before the complaint was received"):
        corrected(office, reference, ann, 1, "2018-11-06", "2018-11-07")
    with pytest.raises(BadAnswers, match="before the complaint was received"):
        corrected(office, reference, ann, 2, "2018-11-01", "2018-11-07")


def test_a_mistaken_withdrawal_is_struck_out_and_the_case_opens_again(office: Office, ann: Person):
    reference = logged(office, ann, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    happened(office, reference, ann, "withdrawn", "2024-06-05")
    assert steps.seen_by(office, reference, ann, moment("2024-06-05")).standing.status == "closed"
    corrected(office, reference, ann, 3, None, "2024-06-06", "It was another case's letter")
    file = steps.seen_by(office, reference, ann, moment("2024-06-06"))
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]
    assert [event.name for event in file.record] == ["complaint_received", "triaged", "withdrawn", "corrected"]


def test_an_act_on_the_wrong_case_is_struck_out_and_its_clock_stops(office: Office, ann: Person):
    reference = logged(office, ann, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05")
    corrected(office, reference, ann, 3, None, "2024-06-06", "Meant for another case")
    file = steps.seen_by(office, reference, ann, moment("2024-06-06"))
    assert file.standing.ledger.deadlines["stage_1.response"].state == "expected"
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]


def test_a_complaint_itself_is_never_struck_out(office: Office, ann: Person):
    with pytest.raises(Refused, match="cannot be struck out"):
        corrected(office, logged(office, ann, "2024-06-03"), ann, 1, None, "2024-06-04")


def answered_at_st_leger(office: Office, ann: Person) -> str:
    reference = logged(office, ann, "2024-07-01", policy="st-leger-homes")
    for key, day in (
        ("triage", "2024-07-02"),
        ("stage_1.acknowledge", "2024-07-04"),
        ("stage_1.respond", "2024-07-17"),
    ):
        done(office, reference, ann, key, day)
    return reference


def test_a_request_that_came_in_time_and_was_recorded_late_opens_a_closed_case(office: Office, ann: Person):
    reference = answered_at_st_leger(office, ann)
    steps.fire_due(office, moment("2024-09-01"))
    assert steps.seen_by(office, reference, ann, moment("2024-09-01")).standing.status == "closed"
    happened(office, reference, ann, "stage_2.requested", "2024-08-12", recorded="2024-09-20")
    file = steps.seen_by(office, reference, ann, moment("2024-09-20"))
    assert (file.standing.status, file.standing.stage) == ("open", "stage_2")
    assert file.standing.ledger.deadlines["stage_2.request_window"].state == "met"
    assert file.standing.ledger.deadlines["stage_2.acknowledgement"].state == "overdue"


def test_a_late_request_is_a_persons_decision_until_its_real_day_is_known(office: Office, ann: Person):
    reference = answered_at_st_leger(office, ann)
    steps.fire_due(office, moment("2024-09-01"))
    happened(office, reference, ann, "stage_2.requested", "2024-09-12")
    file = steps.seen_by(office, reference, ann, moment("2024-09-12"))
    assert [task.task for task in file.standing.open_tasks] == ["decide_late_request"]
    number = file.record[-1].number
    corrected(office, reference, ann, number, "2024-08-13", "2024-09-13", "The date stamp of reception")
    mended = steps.seen_by(office, reference, ann, moment("2024-09-13"))
    assert [task.key for task in mended.standing.open_tasks] == ["stage_2.acknowledge"]


def test_a_move_keeps_the_start_of_every_clock_and_is_undone_with_one_act(office: Office, ann: Person):
    reference = logged(office, ann, "2024-03-28")
    now = moment("2024-04-02")
    before = steps.seen_by(office, reference, ann, now).standing.ledger.deadlines["stage_1.acknowledgement"]
    steps.take(
        office, reference, ann,
        lambda f: corrections.move(office, f, "two-stage-2024", ann, reason="The resident asked", now=now), now,
    )  # fmt: skip
    moved = steps.seen_by(office, reference, ann, now)
    after = moved.standing.ledger.deadlines["stage_1.acknowledgement"]
    assert (before.start, after.start) == (after.start, before.start)
    assert (before.due.isoformat(), after.due.isoformat()) == ("2024-04-03", "2024-04-08")
    assert "The resident asked" in moved.governing.why
    steps.take(office, reference, ann, lambda f: corrections.undo_move(office, f, ann, reason="", now=now), now)
    undone = steps.seen_by(office, reference, ann, now)
    assert undone.standing.ledger.deadlines["stage_1.acknowledgement"].due == before.due
    with pytest.raises(Refused, match="no move to undo"):
        corrections.undo_move(office, undone, ann, reason="", now=now)


def test_a_move_needs_a_reason_and_another_version_of_the_same_policy(office: Office, ann: Person):
    file = steps.seen_by(office, logged(office, ann, "2024-06-03"), ann, moment("2024-06-04"))
    with pytest.raises(BadAnswers) as bad:
        corrections.move(office, file, "five-stage", ann, reason="", now=moment("2024-06-04"))
    assert set(bad.value.errors) == {"version", "reason"}
    with pytest.raises(BadAnswers, match="governs the case already"):
        corrections.move(office, file, "two-stage-2024", ann, reason="So", now=moment("2024-06-04"))


def test_what_an_event_says_is_mended_and_only_what_differs_is_recorded(office: Office, ann: Person):
    reference = logged(office, ann, "2024-06-03")
    file = steps.seen_by(office, reference, ann, moment("2024-06-04"))
    was = file.events[0]
    now = moment("2024-06-04")
    fields = {
        **was.fields,
        "resident": "Ada King",
        "address": "9 New Street",
        "postcode": "",
        "service_area": "repairs",
    }

    def act(opened):
        return corrections.correct(
            office, opened, 1, ann, happened=was.happened, reason="Misheard", now=now, fields=fields
        )

    row = steps.take(office, reference, ann, act, now)
    mended = steps.seen_by(office, reference, ann, now)
    said = mended.record[-1].fields
    assert said["now_fields"] == {"resident": "Ada King", "address": "9 New Street", "service_area": "repairs"}
    assert said["was_fields"] == {"resident": was.fields["resident"], "address": None, "service_area": None}
    assert mended.events[0].happened == was.happened
    kept = mended.row
    assert (kept.resident, kept.address, kept.area) == ("Ada King", "9 New Street", "repairs")
    assert row.reference == reference


def test_a_correction_that_changes_nothing_is_refused(office: Office, ann: Person):
    reference = logged(office, ann, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    happened(office, reference, ann, "withdrawn", "2024-06-05")
    with pytest.raises(BadAnswers, match="That is what stands already"):
        corrected(office, reference, ann, 1, "2024-06-03", "2024-06-06")
    corrected(office, reference, ann, 3, None, "2024-06-06")
    with pytest.raises(BadAnswers, match="That is what stands already"):
        corrected(office, reference, ann, 3, None, "2024-06-07")
    corrected(office, reference, ann, 3, "2024-06-05", "2024-06-08")  # it stands again: that changes something
    assert steps.seen_by(office, reference, ann, moment("2024-06-08")).standing.status == "closed"
