"""Laws of what is counted of a case: when a stage begins and ends, what keeps it in time, and that it follows the
record through corrections, moves and holds.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from engine import case_files, corrections, measures_keeping, steps, verification
from engine.case_saving import held
from engine.events import moment
from engine.office import Office
from engine.process import OverBudget
from engine.store import measures as kept
from engine.store import settings
from engine.store.cases import case_by_reference
from engine.store.measures import MeasureRow
from tests.unit.case_acts import COUNCIL, done, extend, logged, recorded, under_way
from tests.unit.casting import hired

SEH = "south-essex-homes"


def measured(office: Office, reference: str) -> dict[str, MeasureRow]:
    """What is stored of a case, by stage; and it is what its events give."""
    with office.database.reading() as tx:
        row = case_by_reference(tx, reference)
        assert row is not None
        found = verification.case_differences(tx, office, row.id)
        assert [str(one) for one in found] == []
        return {one.stage: one for one in kept.measures_of(tx, row.id)}


def mended(office: Office, reference: str, who: Any, name: str, day: str | None, on: str) -> None:
    """The last event of that name corrected to that day, or struck out."""
    steps.take(
        office,
        reference,
        who,
        lambda file: corrections.correct(
            office,
            file,
            corrections.number_of(file, name),
            who,
            happened=moment(day) if day else None,
            reason="It was wrong.",
            now=moment(on),
        ),
        moment(on),
    )


def test_a_complaint_is_open_at_its_first_stage_from_the_day_of_receipt(any_office: Office):
    ann = hired(any_office, "Ann")
    (one,) = measured(any_office, logged(any_office, ann, service_area="repairs", channel="post")).values()
    assert (one.stage, one.place, one.external, one.counts) == ("stage_1", 1, False, True)
    assert (one.received, one.closed, one.how) == (date(2024, 6, 3), None, None)
    assert (one.ack_due, one.due, one.code_due) == (date(2024, 6, 10), date(2024, 6, 24), date(2024, 6, 24))
    assert (one.area, one.channel, one.policy) == ("repairs", "post", COUNCIL)


def test_an_answer_closes_its_stage_and_is_held_against_both_sets_of_times(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-20", outcome="partly_upheld")
    one = measured(office, reference)["stage_1"]
    assert (one.answered, one.closed, one.how, one.outcome) == (
        date(2024, 6, 20), date(2024, 6, 20), "answered", "partly_upheld",
    )  # fmt: skip
    assert (one.due_original, one.due, one.days_late) == (date(2024, 6, 19), date(2024, 6, 19), 1)
    assert one.edition == "Complaint Handling Code 2024"


def test_more_time_moves_the_date_and_leaves_the_first_one(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-12", to="2024-06-28")
    one = measured(office, reference)["stage_1"]
    assert (one.due_original, one.due, one.code_due) == (date(2024, 6, 19), date(2024, 6, 28), date(2024, 6, 28))


def test_a_holding_reply_past_what_the_code_allows_moves_the_versions_date_alone(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann, SEH, "2022-06-06")
    recorded(office, reference, ann, "stage_1.holding_reply_sent", "2022-06-10", to="2022-09-01", reason="A survey")
    one = measured(office, reference)["stage_1"]
    assert one.edition == "Complaint Handling Code 2022"
    assert (one.due, one.code_due) == (date(2022, 9, 1), one.code_due_original)


def test_before_the_first_edition_nothing_is_measured_by_the_code(office: Office):
    ann = hired(office, "Ann")
    one = measured(office, logged(office, ann, SEH, "2019-03-04"))["stage_1"]
    assert (one.edition, one.code_due, one.code_ack_due) == ("", None, None)
    assert one.due == date(2019, 3, 18)


def test_what_triage_finds_to_be_no_complaint_does_not_count(office: Office):
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    done(office, reference, ann, "triage", "2024-06-04", decision="service_request")
    one = measured(office, reference)["stage_1"]
    assert (one.counts, one.how) == (False, "service_request")


def test_a_refused_complaint_counts_and_ends_without_an_answer(office: Office):
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    done(office, reference, ann, "triage", "2024-06-04", decision="refuse")
    one = measured(office, reference)["stage_1"]
    assert (one.counts, one.how, one.closed) == (True, "refused", date(2024, 6, 4))


def test_a_withdrawal_ends_the_stage_that_is_open_and_no_other(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "stage_2.requested", "2024-06-20")
    recorded(office, reference, ann, "withdrawn", "2024-06-25")
    found = measured(office, reference)
    assert (found["stage_1"].how, found["stage_1"].went_on) == ("answered", True)
    assert (found["stage_2"].received, found["stage_2"].how, found["stage_2"].closed) == (
        date(2024, 6, 20), "withdrawn", date(2024, 6, 25),
    )  # fmt: skip


def test_a_late_request_that_is_refused_ends_there_and_is_no_escalation(office: Office):
    ann = hired(office, "Ann")
    policy = "st-leger-homes"
    reference = under_way(office, ann, policy)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "stage_2.requested", "2024-09-02")
    assert measured(office, reference)["stage_2"].closed is None
    done(office, reference, ann, "stage_2.decide_late_request", "2024-09-04", decision="refuse")
    found = measured(office, reference)
    assert (found["stage_2"].how, found["stage_2"].closed) == ("refused", date(2024, 9, 4))
    assert found["stage_1"].went_on is False


def test_a_corrected_day_of_receipt_moves_what_is_counted(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    mended(office, reference, ann, "complaint_received", "2024-05-30", on="2024-06-10")
    one = measured(office, reference)["stage_1"]
    assert (one.received, one.logged, one.days_to_log) == (date(2024, 5, 30), date(2024, 6, 3), 4)


def test_a_receipt_put_later_than_the_logging_took_no_days_to_log(office: Office):
    """Else the average over a month could be less than none."""
    ann = hired(office, "Ann")
    reference = logged(office, ann)
    mended(office, reference, ann, "complaint_received", "2024-06-06", on="2024-06-10")
    one = measured(office, reference)["stage_1"]
    assert (one.received, one.logged, one.days_to_log) == (date(2024, 6, 6), date(2024, 6, 3), 0)


def test_a_struck_answer_leaves_its_stage_open_again(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    mended(office, reference, ann, "stage_1.response_sent", None, on="2024-06-17")
    one = measured(office, reference)["stage_1"]
    assert (one.answered, one.closed, one.how, one.outcome) == (None, None, None, None)


def test_a_case_without_a_version_is_counted_by_its_receipt_alone(office: Office):
    ann = hired(office, "Ann")
    one = measured(office, logged(office, ann, "st-leger-homes", "2020-03-02"))["stage_1"]
    assert (one.version_id, one.due, one.edition, one.counts) == (None, None, "", True)


def test_the_code_measures_a_complaint_that_no_version_governs(any_office: Office):
    """What we have not decided is overdue by the Code all the same (law 7)."""
    ann = hired(any_office, "Ann")
    one = measured(any_office, logged(any_office, ann, "st-leger-homes", "2024-03-28"))["stage_1"]
    assert (one.version_id, one.ack_due, one.due) == (None, None, None)
    assert one.edition == "Complaint Handling Code 2022"
    assert (one.code_ack_due, one.code_due) == (date(2024, 4, 8), date(2024, 4, 15))


@pytest.mark.parametrize("said", ["satisfied", "withdrawn"])
def test_a_stage_outside_ends_with_the_case(office: Office, said: str):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "ombudsman.contacted", "2024-06-17")
    assert measured(office, reference)["ombudsman"].closed is None
    recorded(office, reference, ann, said, "2024-06-20")
    outside = measured(office, reference)["ombudsman"]
    assert (outside.closed, outside.how) == (date(2024, 6, 20), said)
    if said == "satisfied":
        recorded(office, reference, ann, "stage_2.requested", "2024-07-01")
        assert measured(office, reference)["ombudsman"].closed is None, "it is open again with the case"


def test_whoever_goes_outside_after_the_end_is_still_there(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "satisfied", "2024-06-20")
    recorded(office, reference, ann, "ombudsman.contacted", "2024-07-01")
    outside = measured(office, reference)["ombudsman"]
    assert (outside.received, outside.closed, outside.how) == (date(2024, 7, 1), None, None)


def test_an_ombudsman_who_may_be_asked_at_any_time_is_no_step_of_the_process(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "stage_2.requested", "2024-06-20")
    done(office, reference, ann, "stage_2.acknowledge", "2024-06-21")
    done(office, reference, hired(office, "Bo"), "stage_2.respond", "2024-07-01")
    recorded(office, reference, ann, "ombudsman.contacted", "2024-07-10")
    outside = measured(office, reference)["ombudsman"]
    assert (outside.place, outside.external, outside.due, outside.closed) == (0, True, None, None)


def test_the_legacy_versions_outside_stage_is_a_step_of_theirs(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann, SEH, "2019-03-04")
    done(office, reference, ann, "stage_1.respond", "2019-03-11")
    recorded(office, reference, ann, "stage_2.requested", "2019-03-18")
    done(office, reference, hired(office, "Bo"), "stage_2.respond", "2019-03-25")
    recorded(office, reference, ann, "ombudsman.contacted", "2019-06-03")
    assert measured(office, reference)["ombudsman"].place == 3


# --- kept beside the events ---------------------------------------------------------------------


def test_cases_of_an_older_database_are_measured_once_it_is_opened(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = under_way(any_office, ann)
    before = measured(any_office, reference)
    with any_office.database.writing() as tx:
        tx.execute(text("DELETE FROM case_stage_measure"))
        settings.put(tx, measures_keeping.YARDSTICK, measures_keeping.yardstick_mark(any_office))
    with any_office.database.reading() as tx:
        assert measures_keeping.left(tx) == 1
    assert measures_keeping.go_on(any_office) == 1
    assert measured(any_office, reference) == before
    assert measures_keeping.go_on(any_office) == 0


def test_another_yardstick_measures_every_case_again(office: Office):
    ann = hired(office, "Ann")
    logged(office, ann)
    measures_keeping.go_on(office)
    with office.database.writing() as tx:
        settings.put(tx, measures_keeping.YARDSTICK, "another")
    assert measures_keeping.go_on(office) == 1


def test_a_case_over_its_budget_keeps_what_is_counted(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    before = measured(office, reference)
    with office.database.writing() as tx:
        row = case_by_reference(tx, reference)
        record = case_files.record_of(tx, row)
        held(tx, row, record, OverBudget("steps", 3), moment("2024-06-10"))
        assert {one.stage: one for one in kept.measures_of(tx, row.id)} == before


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE case_stage_measure SET answered = '2024-06-10'", "the measure of stage_1 has answered '2024-06-10'"),
        ("UPDATE case_stage_measure SET due = '2030-01-01'", "the measure of stage_1 has due '2030-01-01'"),
        ("UPDATE case_stage_measure SET counts = 0", "the measure of stage_1 has counts 'False'"),
        ("DELETE FROM case_stage_measure", "the measure of stage_1 is not stored"),
    ],
)
def test_a_measure_that_was_tampered_with_is_found(office: Office, tampering: str, says: str):
    logged(office, hired(office, "Ann"))
    with office.database.writing() as tx:
        tx.execute(text(tampering))
    with office.database.reading() as tx:
        (case_id,) = verification.case_ids(tx)
        assert any(says in str(one) for one in verification.case_differences(tx, office, case_id))
