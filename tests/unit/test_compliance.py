"""Holding versions against the Code: where each falls short, by the edition in force on the day."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from engine.compliance import Yardstick, read_yardstick, shortfalls
from engine.policy import DeadlineRule, MoreTime, NamedRule, PolicyVersion, Within
from engine.policy_files import read_version

ROOT = Path(__file__).resolve().parents[2]
POLICIES = ROOT / "policies"
YARDSTICK = (ROOT / "tests" / "data" / "yardstick.yaml").read_bytes()
IN_2022, IN_2024 = date(2023, 1, 9), date(2024, 5, 1)
TWO_STAGE = ["council-housing/two-stage-2024", "south-essex-homes/two-stage-2024", "st-leger-homes/two-stage-2024"]


def shipped(key: str) -> PolicyVersion:
    version, problems = read_version((POLICIES / f"{key}.yaml").read_bytes(), f"policies/{key}.yaml")
    assert version is not None, problems
    return version


def with_rule(version: PolicyVersion, rule: DeadlineRule) -> PolicyVersion:
    return replace(version, deadlines=tuple(rule if each.key == rule.key else each for each in version.deadlines))


@pytest.fixture(scope="module")
def code() -> Yardstick:
    yardstick, problems = read_yardstick(YARDSTICK, "tests/data/yardstick.yaml")
    assert yardstick is not None, problems
    return yardstick


@pytest.fixture
def modern() -> PolicyVersion:
    return shipped("st-leger-homes/two-stage-2024")


def fails(version: PolicyVersion, code: Yardstick, on: date = IN_2024) -> dict[str, str]:
    return {each.requirement: each.promises for each in shortfalls(version, code, on)}


def test_there_is_no_shortfall_before_the_first_edition(code: Yardstick) -> None:
    assert shortfalls(shipped("south-essex-homes/four-stage"), code, date(2022, 3, 31)) == ()


@pytest.mark.parametrize("key", TWO_STAGE)
def test_the_two_stage_versions_promise_what_the_code_of_2024_asks(code: Yardstick, key: str) -> None:
    assert fails(shipped(key), code) == {}


def test_the_four_stage_policy_falls_short_of_the_code_of_2024(code: Yardstick) -> None:
    found = fails(shipped("south-essex-homes/four-stage"), code)
    assert {"stages", "stage_2_acknowledgement", "wait", "gate", "reasons"} <= set(found)
    assert found["stages"].startswith("It has 3 stages of its own: ")
    assert found["wait"] == "It makes the resident wait 8 weeks of stage 3 response sent."


def test_the_policy_of_2018_falls_short_by_its_holding_reply_without_a_limit(code: Yardstick) -> None:
    found = fails(shipped("south-essex-homes/three-stage-2018"), code)
    assert found["stage_1_extension"] == "It allows more time for the stage 1 response without a limit."
    assert {"wait", "gate", "stage_2_acknowledgement"} <= set(found)


def test_a_requirement_holds_from_its_own_day_and_not_before(code: Yardstick) -> None:
    legacy = shipped("south-essex-homes/four-stage")
    assert "wait" not in fails(legacy, code, date(2022, 9, 30))
    assert "wait" in fails(legacy, code, date(2022, 10, 1))
    assert "stage_2_acknowledgement" not in fails(legacy, code, IN_2022)


def test_a_longer_time_from_the_same_start_falls_short(code: Yardstick, modern: PolicyVersion) -> None:
    slow = with_rule(modern, replace(modern.deadline("stage_1.acknowledgement"), within=Within(6, "working days")))
    assert fails(slow, code) == {"stage_1_acknowledgement": "It promises 6 working days of complaint received."}


def test_a_clock_that_starts_earlier_is_no_shortfall(code: Yardstick, modern: PolicyVersion) -> None:
    rule = replace(modern.deadline("stage_1.response"), of="complaint_received")
    assert fails(with_rule(modern, rule), code) == {}


def test_a_clock_that_starts_later_is_traced_back_and_falls_short(code: Yardstick, modern: PolicyVersion) -> None:
    found = fails(modern, code, IN_2022)
    assert found["stage_1_response"] == (
        "It promises 10 working days, counted from stage 1 acknowledged and not from complaint received."
    )


def test_calendar_days_are_compared_with_working_days(code: Yardstick, modern: PolicyVersion) -> None:
    rule = modern.deadline("stage_1.acknowledgement")
    assert fails(with_rule(modern, replace(rule, within=Within(7, "days"))), code) == {}
    assert "stage_1_acknowledgement" in fails(with_rule(modern, replace(rule, within=Within(8, "days"))), code)


def test_an_extension_beyond_the_limit_or_told_by_halves_falls_short(code: Yardstick, modern: PolicyVersion) -> None:
    rule = modern.deadline("stage_1.response")
    told = ("reason", "new_date", "ombudsman_contact")
    longer = MoreTime("extension_given", Within(15, "working days"), told)
    silent = MoreTime("extension_given", Within(10, "working days"), ("reason", "new_date"))
    found = [fails(with_rule(modern, replace(rule, more_time=more)), code) for more in (longer, silent)]
    assert found[0] == {"stage_1_extension": "It allows 15 working days more for the stage 1 response."}
    assert found[1] == {"stage_1_extension": "The notice need not give how to reach the Ombudsman."}


def test_each_other_promise_is_compared(code: Yardstick, modern: PolicyVersion) -> None:
    by = modern.deadline("complain_by")
    reasons = NamedRule("why", "Say why.", {"reasons_required": True, "stage": "stage_2"})
    stages = tuple(replace(stage, not_the_same_person_as=()) for stage in modern.stages)
    changed = [
        with_rule(modern, replace(by, within=Within(6, "months"))),
        replace(modern, rules={"why": reasons}),
        replace(modern, stages=stages),
        replace(modern, channels=("post",)),
    ]
    assert [fails(version, code) for version in changed] == [
        {"complain_by": "It gives 6 months of resident aware."},
        {"reasons": "It demands reasons before it opens Stage 2."},
        {"another_person": "Stage 2 may be considered by whoever considered stage 1."},
        {"channels": "It names 1 way to complain."},
    ]


def test_a_shortfall_says_both_sides_the_provision_and_how_sure_we_are(code: Yardstick, modern: PolicyVersion) -> None:
    [short] = shortfalls(replace(modern, channels=("post",)), code, IN_2024)
    assert str(short) == "Code 2024, 3.1: Several ways. This version: It names 1 way to complain. (verified)"


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("kind: stages", "kind: stage", "Requirement 'stages' is of the kind 'stage', which is none. Did you mean"),
        ("sure: content", "sure: quite", "Requirement 'stage_2_response', from 2024-04-01, is 'quite' sure."),
        ("at_most: 2,", "at_most: two,", "Requirement 'stages', from 2024-04-01, has 'two' under 'at_most', where"),
        ("2022-10-01: {asks: No gate", "soon: {asks: No gate", "Requirement 'gate' has 'soon' for a date."),
        ("at_least: 12 months", "at_least: a year", "Requirement 'complain_by', from 2024-04-01, allows 'a year'."),
    ],
)
def test_a_mistake_in_the_yardstick_is_named(right: str, wrong: str, message: str) -> None:
    yardstick, problems = read_yardstick(YARDSTICK.replace(right.encode(), wrong.encode()), "code.yaml")
    assert yardstick is None
    assert f"{problems[0].what} {problems[0].mend}".startswith(message)
