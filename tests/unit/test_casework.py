"""Laws of what the policy and the diagram allow, and of what a person is told where they do not."""

from __future__ import annotations

import pytest

from engine import casework, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Person, roles_that_approve
from tests.unit.case_acts import done, extend, under_way
from tests.unit.casting import hired


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def test_going_past_the_limit_is_approved_further_up(office: Office):
    def roles(key: str, stage: str) -> list[str]:
        return roles_that_approve(office.shelved[key].book.version, stage)

    assert roles("council-housing/two-stage-2024", "stage_1") == ["service_director"]
    assert roles("council-housing/two-stage-2024", "stage_2") == ["service_director"]  # nobody stands above it
    assert roles("st-leger-homes/two-stage-2024", "stage_1") == ["head_of_service", "member_responsible_for_complaints"]
    assert roles("st-leger-homes/two-stage-2024", "stage_2") == ["member_responsible_for_complaints"]
    assert roles("south-essex-homes/four-stage", "stage_1") == ["group_manager", "review_panel"]


def test_a_story_that_leaves_a_required_answer_empty_is_refused_for_want_of_it(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers) as bad:
        extend(office, reference, ann, "2024-06-10", to="2024-07-01", reason="")
    assert set(bad.value.errors) == {"reason"}


def test_a_version_without_extensions_waits_for_none(office: Office, ann: Person):
    reference = under_way(office, ann, policy="south-essex-homes", received="2017-06-05")
    file = steps.seen_by(office, reference, ann, moment("2017-06-06"))
    assert file.standing.may_happen == ("withdrawn",)
    told = Said({"to": "2017-07-05", "reason": "So"}, None, moment("2017-06-06"), is_story=True)
    with pytest.raises(
        Refused, match="What could happen then: “Stage 1: answer sent” or “Resident withdrew the complaint”"
    ):
        casework.record_message(office, file, "stage_1.extension_given", ann, told)


def test_a_day_to_come_or_before_receipt_is_refused(office: Office, ann: Person):
    reference = under_way(office, ann)
    file = steps.seen_by(office, reference, ann, moment("2024-06-07"))
    for day in ("2024-06-08", "2024-06-02"):
        told = Said({}, moment(day), moment("2024-06-07"), is_story=True)
        with pytest.raises(BadAnswers) as bad:
            casework.complete_task(office, file, "stage_1.respond", ann, told)
        assert set(bad.value.errors) == {"happened"}


def test_a_form_not_filled_names_every_field_and_records_nothing(office: Office, ann: Person):
    reference = under_way(office, ann)
    file = steps.seen_by(office, reference, ann, moment("2024-06-07"))
    with pytest.raises(BadAnswers) as bad:
        casework.complete_task(office, file, "stage_1.respond", ann, Said({}, None, moment("2024-06-07")))
    assert "outcome" in bad.value.errors
    assert len(bad.value.errors) > 1
    assert steps.seen_by(office, reference, ann, moment("2024-06-07")).record == file.record


def test_who_decides_otherwise_than_the_policys_table_says_why(office: Office, ann: Person):
    now = moment("2024-06-03")
    reference = steps.register(office, "council-housing", ann, Said({}, now, now, is_story=True))
    file = steps.seen_by(office, reference, ann, now)
    answers = {"kind": "compliment", "decision": "complaint"}
    with pytest.raises(BadAnswers) as bad:
        casework.complete_task(office, file, "triage", ann, Said(answers, None, now))
    assert "Say why you decide otherwise" in bad.value.errors["reason"]
    said = Said({**answers, "reason": "They also complain"}, None, now)
    assert casework.complete_task(office, file, "triage", ann, said).after.open_tasks[0].key == "stage_1.acknowledge"


def test_a_form_with_a_field_nobody_asked_for_is_refused(office: Office, ann: Person):
    now = moment("2024-06-03")
    with pytest.raises(BadAnswers) as bad:
        casework.log_complaint(office, "council-housing", ann, Said({"typename": "x"}, now, now))
    assert "typename" in bad.value.errors


def test_before_it_is_saved_a_complaint_shows_its_version_and_every_date(office: Office, ann: Person):
    logged = moment("2018-11-20")
    plan = casework.log_complaint(
        office, "south-essex-homes", ann, Said({}, moment("2018-10-25"), logged, is_story=True)
    )
    assert plan.after_file.governing.version.version == "four-stage"
    assert plan.after.ledger.deadlines["stage_1.acknowledgement"].due.isoformat() == "2018-10-30"
    assert plan.after.ledger.deadlines["stage_1.acknowledgement"].state == "overdue"
    assert plan.file.row is None


def test_withdrawal_is_possible_at_every_moment_of_an_open_case(office: Office, ann: Person):
    now = moment("2024-06-03")
    reference = steps.register(office, "council-housing", ann, Said({}, now, now, is_story=True))
    for key in ("triage", "stage_1.acknowledge", "stage_1.respond", ""):
        assert "withdrawn" in steps.seen_by(office, reference, ann, moment("2024-06-07")).standing.may_happen
        if key:
            done(office, reference, ann, key, "2024-06-07")


def test_a_designated_person_approached_while_the_law_had_one_is_recorded_however_late(office: Office, ann: Person):
    reference = under_way(office, ann, policy="south-essex-homes", received="2019-03-05")
    told = Said({}, None, moment("2019-03-20"), is_story=True)
    done(office, reference, ann, "stage_1.respond", "2019-03-19")
    steps.take(
        office,
        reference,
        ann,
        lambda f: casework.record_message(office, f, "stage_2.requested", ann, told),
        moment("2019-03-20"),
    )
    done(office, reference, hired(office, "Ben"), "stage_2.respond", "2019-04-02")
    now = moment("2026-11-23")
    file = steps.seen_by(office, reference, ann, now)
    assert "ombudsman.designated_person_approached" in file.standing.may_happen

    def approached(day: str) -> object:
        said = Said({}, moment(day), now, is_story=True)
        return casework.record_message(office, file, "ombudsman.designated_person_approached", ann, said)

    with pytest.raises(BadAnswers, match="until 1 October 2022"):
        approached("2022-10-03")
    assert approached("2019-05-01")
