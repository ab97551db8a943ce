"""Laws of conformance: a case that went as its version says has no finding; each thing it did not allow is named."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from engine import case_files, conformance, conformance_run, corrections, impact_jobs, steps
from engine.case_files import CaseFile
from engine.events import moment
from engine.impact_run import ERASED
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from engine.store import acts, impacts, timeline
from engine.store import cases as stored
from tests.bench import past_cases
from tests.unit.case_acts import COUNCIL, done, extend, logged, recorded, seen
from tests.unit.casting import hired

SEH = "south-essex-homes"
NOW = moment("2024-12-02")
PERIOD = (date(2024, 4, 1), date(2024, 12, 1))
#: what an acknowledgement and an answer have to say
ACKNOWLEDGED = {
    "understanding": "A boiler.",
    "responsible_for": "All of it.",
    "not_responsible_for": "None of it.",
    "advocacy": "Citizens Advice.",
}
ANSWERED = {
    "decision": "We were slow.",
    "reasons": "Visits were missed.",
    "remedy": "A new boiler.",
    "remedy_by": "2024-07-01",
    "lesson": "None",
}


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def answered(office: Office, who: Person, policy: str = COUNCIL, day: str = "2024-06-12") -> str:
    """A case that went through stage 1 in good order."""
    reference = logged(office, who, policy, "2024-06-03")
    done(office, reference, who, "triage", "2024-06-04")
    done(office, reference, who, "stage_1.acknowledge", "2024-06-05", **ACKNOWLEDGED)
    done(office, reference, who, "stage_1.respond", day, **ANSWERED)
    return reference


def kinds(office: Office, file: CaseFile) -> list[str]:
    return [one.kind for one in conformance.findings(office, file)]


def with_fields(office: Office, file: CaseFile, name: str, **fields: object) -> CaseFile:
    """The case as if that event had been recorded with these answers; None takes one away."""
    record = []
    for event in file.record:
        given = {**event.fields, **fields} if event.name == name else event.fields
        record.append(replace(event, fields={key: value for key, value in given.items() if value is not None}))
    return case_files.as_recorded(office, file.policy, record, NOW)


@pytest.mark.parametrize("policy", [COUNCIL, SEH, "st-leger-homes"])
def test_a_case_that_went_as_its_version_says_has_no_finding(office: Office, ann: Person, policy: str):
    reference = answered(office, ann, policy)
    assert conformance.findings(office, seen(office, reference, ann, NOW)) == ()


def test_what_the_diagram_did_not_allow_is_named_with_what_could_have_happened(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2018-11-05")
    for day, key in (("2018-11-06", "triage"), ("2018-11-07", "stage_1.acknowledge")):
        done(office, reference, ann, key, day)
    recorded(office, reference, ann, "stage_1.holding_reply_sent", "2018-11-08", to="2018-11-30", reason="Other teams")
    steps.take(
        office,
        reference,
        ann,
        lambda f: corrections.correct(
            office, f, 1, ann, happened=moment("2018-10-30"), reason="Postmark", now=moment("2018-11-09")
        ),
        moment("2018-11-09"),
    )
    found = conformance.findings(office, seen(office, reference, ann, "2018-11-09"))
    step = next(one for one in found if one.kind == conformance.STEP)
    assert (step.number, step.day) == (4, date(2018, 11, 8))
    assert "holding reply sent: the process as drawn did not allow it then" in step.says
    assert "answer sent" in step.says.partition("What could happen")[2], step.says


def test_an_act_before_its_turn_is_out_of_order(office: Office, ann: Person):
    file = seen(office, answered(office, ann), ann, NOW)
    early = {"stage_1.response_sent": moment("2024-06-04"), "stage_1.acknowledged": moment("2024-06-06")}
    record = [replace(one, happened=early.get(one.name, one.happened)) for one in file.record]
    swapped = case_files.as_recorded(office, file.policy, record, NOW)
    found = conformance.findings(office, swapped)
    assert found[0].kind == conformance.ORDER
    assert found[0].number == next(one.number for one in record if one.name == "stage_1.response_sent")


def test_a_promise_that_was_not_kept_is_named_with_both_days(office: Office, ann: Person):
    reference = answered(office, ann, day="2024-06-21")
    [found] = conformance.findings(office, seen(office, reference, ann, NOW))
    assert (found.kind, found.day) == (conformance.BROKEN, date(2024, 6, 19))
    assert found.says == "Stage 1: answer: due on 19 June 2024, done on 21 June 2024."


def test_one_person_at_two_stages_that_must_be_apart_is_named(office: Office, ann: Person):
    bea = hired(office, "Bea")
    reference = answered(office, ann)
    recorded(office, reference, bea, "stage_2.requested", "2024-06-14")
    done(office, reference, bea, "stage_2.acknowledge", "2024-06-17")
    done(office, reference, bea, "stage_2.respond", "2024-06-20")
    file = seen(office, reference, ann, "2024-06-21")
    assert conformance.HANDLER not in kinds(office, file)
    record = [
        replace(one, by=ann.id, by_name="Ann") if one.name == "stage_2.response_sent" else one for one in file.record
    ]
    [found] = [
        one
        for one in conformance.findings(office, case_files.as_recorded(office, file.policy, record, NOW))
        if one.kind == conformance.HANDLER
    ]
    assert found.says == "Ann considered it at Stage 2 and had at Stage 1: that must be somebody else."


def test_an_extension_told_too_late_moved_nothing_and_says_so(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05")
    extend(office, reference, ann, "2024-06-19", to="2024-07-01")
    file = seen(office, reference, ann, NOW)
    assert conformance.MORE_TIME not in kinds(office, file)
    record = [
        replace(one, happened=moment("2024-06-20")) if one.name == "stage_1.extension_given" else one
        for one in file.record
    ]
    found = conformance.findings(office, case_files.as_recorded(office, file.policy, record, NOW))
    says = next(one.says for one in found if one.kind == conformance.MORE_TIME)
    why = "the answer was due on 19 June 2024, and it has to be told by the day it moves."
    assert says == f"Stage 1: extension given on 20 June 2024 moved nothing: {why}"


def test_an_extension_told_in_time_to_no_later_day_is_not_said_to_be_told_late(office: Office, ann: Person):
    """The acknowledgement was corrected to a later day, so what was told then is no longer later than the date."""
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    done(office, reference, ann, "stage_1.acknowledge", "2024-06-05")
    extend(office, reference, ann, "2024-06-10", to="2024-06-20")
    _correct(office, reference, ann, 3, "2024-06-10", "2024-06-11")
    found = conformance.findings(office, seen(office, reference, ann, "2024-06-12"))
    says = next(one.says for one in found if one.kind == conformance.MORE_TIME)
    assert says.endswith("the answer was due on 24 June 2024, and the new date was 20 June 2024, which is no later.")


def test_what_another_version_allowed_before_a_move_is_said_to_be_from_before_it(office: Office, ann: Person):
    reference = logged(office, ann, SEH, "2024-03-27")
    for day, key in (("2024-03-27", "triage"), ("2024-03-28", "stage_1.acknowledge")):
        done(office, reference, ann, key, day)
    recorded(office, reference, ann, "stage_1.holding_reply_sent", "2024-04-03", to="2024-04-30", reason="Other teams")
    now = moment("2024-04-08")
    steps.take(
        office,
        reference,
        ann,
        lambda f: corrections.move(office, f, "two-stage-2024", ann, reason="The resident asked", now=now),
        now,
    )
    [step] = [one for one in conformance.findings(office, seen(office, reference, ann, now)) if one.number == 4]
    assert step.says.endswith("Another version governed the case until 8 April 2024.")


def _correct(office: Office, reference: str, who: Person, number: int, happened: str, on: str) -> None:
    now = moment(on)
    steps.take(
        office,
        reference,
        who,
        lambda f: corrections.correct(office, f, number, who, happened=moment(happened), reason="Postmark", now=now),
        now,
    )


@pytest.mark.parametrize(
    ("event", "lacks", "kind"),
    [
        ("stage_1.response_sent", "lesson", conformance.LESSON),
        ("stage_1.response_sent", "decision", conformance.ANSWERS),
        ("stage_1.response_sent", "reasons", conformance.LETTER),
        ("stage_1.acknowledged", "understanding", conformance.LETTER),
    ],
)
def test_an_answer_that_is_missing_is_named(office: Office, ann: Person, event: str, lacks: str, kind: str):
    file = seen(office, answered(office, ann), ann, NOW)
    assert kind in kinds(office, with_fields(office, file, event, **{lacks: None}))


def test_what_was_still_owed_when_a_case_closed_is_named(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    done(office, reference, ann, "triage", "2024-06-04")
    recorded(office, reference, ann, "withdrawn", "2024-06-05")
    [found] = conformance.findings(office, seen(office, reference, ann, "2024-06-05"))
    assert found.kind == conformance.OWED
    recorded(office, reference, ann, "withdrawal_confirmed", "2024-06-05")
    assert conformance.findings(office, seen(office, reference, ann, "2024-06-06")) == ()


def test_a_case_that_no_version_governs_has_no_finding(office: Office, ann: Person):
    assert conformance.findings(office, seen(office, logged(office, ann, SEH, "2012-03-05"), ann, NOW)) == ()


# --- many cases -----------------------------------------------------------------------------------


def studied(office: Office, about: str = "", now: datetime = NOW) -> tuple[dict, list[tuple[int, str, dict]]]:
    found: list[tuple[int, str, dict]] = []
    wanted = conformance_run.wanted(office, about, PERIOD, now)
    return wanted.carried_out(office.database, lambda done, total: True, found.extend), found


def test_the_study_of_every_closed_case_says_of_each_what_its_own_page_says(any_office: Office):
    office = any_office
    for policy in (SEH, COUNCIL):
        past_cases.made(office, policy, 15, first=PERIOD[0], last=date(2024, 8, 1), now=NOW)
    result, found = studied(office)
    by_case = {case_id: detail["findings"] for case_id, _, detail in found}
    closed = 0
    with office.database.reading() as tx:
        for case_id in range(1, 31):
            row = stored.load_case(tx, case_id)
            if row.status != "closed":
                assert case_id not in by_case
                continue
            closed += 1
            file = case_files.as_recorded(office, row.policy, case_files.record_of(tx, row), row.changed_at)
            assert [one[3] for one in by_case.get(case_id, [])] == [
                one.says for one in conformance.findings(office, file)
            ]
    assert closed
    assert result["cases"] == closed
    assert result["kinds"].get("some", 0) == len(by_case)
    assert result["kinds"].get("none", 0) == closed - len(by_case)
    assert sum(result["by_version"].values()) == closed


def test_a_case_whose_content_was_erased_is_counted_and_said_to_be(office: Office, ann: Person):
    reference = logged(office, ann, COUNCIL, "2024-06-03")
    recorded(office, reference, ann, "withdrawn", "2024-06-05")
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        timeline.erase_content(tx, row.id, numbers=[1])
    result, [(_, kinds_, detail)] = studied(office)
    assert (result["cases"], result["kinds"]) == (1, {"failed": 1, "some": 1})
    assert " failed " in kinds_
    assert detail["findings"] == [["failed", 0, None, ERASED]]


def test_a_study_may_be_asked_by_an_auditor_is_recorded_and_one_at_a_time(office: Office, ann: Person):
    auditor = replace(ann, is_auditor=True)
    logged(office, ann, COUNCIL, "2024-06-03")
    made = impact_jobs.ask_study(office, conformance_run.KIND, COUNCIL, auditor, NOW, PERIOD)
    with office.database.reading() as tx:
        assert acts.acts(tx, about=f"study {made}")[0].what == "asked_for_study"
    with pytest.raises(Refused, match="being worked out"):
        impact_jobs.ask_study(office, conformance_run.KIND, "", auditor, NOW, PERIOD)
    assert impact_jobs.cancel_study(office, made, conformance_run.KIND, ann, NOW)
    with office.database.reading() as tx:
        assert impacts.one(tx, made).status == impacts.CANCELLED
    with pytest.raises(BadAnswers):
        impact_jobs.ask_study(office, conformance_run.KIND, "", auditor, NOW, (PERIOD[1], PERIOD[0]))
    with pytest.raises(Refused):
        impact_jobs.ask_study(office, conformance_run.KIND, "no-such-policy", auditor, NOW, PERIOD)
