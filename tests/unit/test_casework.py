"""Laws of what the policy and the diagram allow, and of what a person is told where they do not."""

from __future__ import annotations

import pytest

from engine import casework, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Grant, Person, roles_that_approve
from tests.unit.casting import hired


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def under_way(office: Office, who: Person, policy: str = "council-housing", received: str = "2024-06-03") -> str:
    """A case acknowledged two days after it came."""
    now = moment(received)
    reference = steps.register(office, policy, who, Said({}, now, now, is_story=True))
    for key in ("triage", "stage_1.acknowledge"):
        done(office, reference, who, key, "2024-06-05" if policy != "south-essex-homes" else received)
    return reference


def done(office: Office, reference: str, who: Person, key: str, day: str, **said: object) -> None:
    told = Said(said, None, moment(day), is_story=True)
    steps.take(office, reference, who, lambda f: casework.complete_task(office, f, key, who, told), moment(day))


def extend(office: Office, reference: str, who: Person, day: str, **said: object) -> None:
    told = Said({"reason": "An inspection", **said}, None, moment(day), is_story=True)
    name = "stage_1.extension_given"
    steps.take(office, reference, who, lambda f: casework.record_message(office, f, name, who, told), moment(day))


def test_an_extension_after_the_due_date_is_refused_with_the_latest_date_allowed(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(Refused) as refused:
        extend(office, reference, ann, "2024-06-20", to="2024-07-03")
    assert "The answer was due on 19 June 2024" in str(refused.value)
    assert "The latest date that would have been allowed is 3 July 2024." in str(refused.value)


def test_an_extension_past_its_limit_names_the_latest_date_and_wants_a_good_reason(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers) as bad:
        extend(office, reference, ann, "2024-06-19", to="2024-07-04")
    assert "The latest date allowed is 3 July 2024: 10 working days from 19 June 2024" in bad.value.errors["to"]
    extend(
        office, reference, ann, "2024-06-19", to="2024-07-04", good_reason="A court visit", approved_by="The director"
    )
    response = steps.seen_by(office, reference, ann, moment("2024-06-20")).standing.ledger.deadlines["stage_1.response"]
    assert (response.due.isoformat(), response.more_time[0].is_beyond) == ("2024-07-04", True)


def test_whoever_gives_more_time_past_the_limit_does_not_approve_it(office: Office, ann: Person):
    reference = under_way(office, ann)
    for approver in (ann.id, "Ann", " ann "):
        with pytest.raises(BadAnswers) as bad:
            extend(office, reference, ann, "2024-06-19", to="2024-07-04", good_reason="So", approved_by=approver)
        told = "Someone else, senior to whoever gives it, must approve going past the limit."
        assert bad.value.errors == {"approved_by": told}
    extend(office, reference, ann, "2024-06-19", to="2024-07-04", good_reason="So", approved_by="Anna")


def test_going_past_the_limit_is_approved_further_up(office: Office):
    def roles(key: str, stage: str) -> list[str]:
        return roles_that_approve(office.shelved[key].book.version, stage)

    assert roles("council-housing/two-stage-2024", "stage_1") == ["service_director"]
    assert roles("council-housing/two-stage-2024", "stage_2") == ["service_director"]  # nobody stands above it
    assert roles("st-leger-homes/two-stage-2024", "stage_1") == ["head_of_service", "member_responsible_for_complaints"]
    assert roles("st-leger-homes/two-stage-2024", "stage_2") == ["member_responsible_for_complaints"]
    assert roles("south-essex-homes/four-stage", "stage_1") == ["group_manager", "review_panel"]


def test_an_extension_whose_notice_lacks_the_ombudsmans_contact_is_none(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers) as bad:
        extend(office, reference, ann, "2024-06-10", to="2024-07-01", ombudsman_given=False)
    told = bad.value.errors["ombudsman_given"]
    assert told.startswith(
        "The notice must give the Ombudsman's contact details (feedback Stages, code 6.4, code 6.5)."
    )
    assert "by 19 June 2024" in told
    extend(office, reference, ann, "2024-06-10", to="2024-07-01")  # unanswered: until Redress writes the letter


def test_a_story_that_leaves_a_required_answer_empty_is_refused_for_want_of_it(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers) as bad:
        extend(office, reference, ann, "2024-06-10", to="2024-07-01", reason="")
    assert set(bad.value.errors) == {"reason"}


def test_an_extension_never_brings_the_answer_forward(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers, match="must be after 19 June 2024"):
        extend(office, reference, ann, "2024-06-10", to="2024-06-18")


def test_a_version_without_extensions_waits_for_none(office: Office, ann: Person):
    reference = under_way(office, ann, policy="south-essex-homes", received="2017-06-05")
    file = steps.seen_by(office, reference, ann, moment("2017-06-06"))
    assert file.standing.may_happen == ("withdrawn",)
    told = Said({"to": "2017-07-05", "reason": "So"}, None, moment("2017-06-06"), is_story=True)
    with pytest.raises(Refused, match="could happen was"):
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


def test_only_who_answers_or_the_desk_gives_more_time(office: Office, ann: Person):
    reference = under_way(office, ann)
    director = hired(office, "Dee", Grant("council-housing", "service_director"))
    manager = hired(office, "Max", Grant("council-housing", "service_manager"))
    with pytest.raises(Refused, match="Dee does not hold it"):
        extend(office, reference, director, "2024-06-10", to="2024-07-01")
    extend(office, reference, manager, "2024-06-10", to="2024-07-01")


def test_a_new_date_more_than_a_year_away_is_a_mistyped_year(office: Office, ann: Person):
    reference = under_way(office, ann)
    with pytest.raises(BadAnswers, match="more than a year"):
        extend(office, reference, ann, "2024-06-10", to="2042-07-01", good_reason="So", approved_by="Dee")


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
