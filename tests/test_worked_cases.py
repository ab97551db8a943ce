"""The worked cases, whose dates were counted by hand: the ledger behind `redress due` gives every one of them.

`tests/data/worked_cases.yaml` is the domain's own file. Where a case says receipt rule A or B, both are counted; the
2022 edition of the Code has no shipped version, so `tests/data/code_2022.yaml` stands for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine import publishing
from engine.deadlines import Deadline
from engine.due_dates import Answer, Asked, latest_more_time, work_out
from engine.events import moment
from engine.library import Library
from engine.policy import PolicyVersion, Receipt
from engine.policy_files import read_version
from engine.working_days import add_months

HERE = Path(__file__).resolve().parent
NOW = datetime(2027, 1, 4, 12, tzinfo=UTC)  # the calendar knows every day by then
VERSIONS = {
    "SEH18": ("south-essex-homes", "three-stage-2018"),
    "SEH4": ("south-essex-homes", "four-stage"),
    "STL24": ("st-leger-homes", "two-stage-2024"),
    "CHF": ("council-housing", "two-stage-2024"),
    "CODE22": ("code-2022", "two-stage-2022"),
}
EVENTS = {
    "acknowledgement_sent": "stage_1.acknowledged",
    "holding_reply_sent": "stage_1.holding_reply_sent",
    "stage1_response_sent": "stage_1.response_sent",
    "stage1_response_sent_and_received": "stage_1.response_sent",
    "escalation_request_received": "stage_2.requested",
    "stage2_acknowledgement_sent": "stage_2.acknowledged",
    "extension_notice_sent": "stage_2.extension_given",
    "stage2_decision_letter_dated": "stage_2.response_sent",
    "stage2_response_dated": "stage_2.response_sent",
    "stage2_response_sent": "stage_2.response_sent",
    "final_response_issued": "stage_2.response_sent",
    "appeal_received_by_cso": "stage_3.requested",
    "panel_meeting": "stage_3.panel_met",
    "stage3_response_sent": "stage_3.response_sent",
}
DEADLINES = {
    "s1_ack_due": "stage_1.acknowledgement",
    "s1_ack_due_if_received_2025_02_28": "stage_1.acknowledgement",
    "s1_response_due": "stage_1.response",
    "escalation_last_day": "stage_2.request_window",
    "s2_ack_due": "stage_2.acknowledgement",
    "s2_response_due": "stage_2.response",
    "appeal_last_day": "stage_3.request_window",
    "s3_investigated_due": "stage_3.panel",
    "s3_response_due": "stage_3.response",
    "ombudsman_direct_from": "ombudsman.direct_from",
    "ombudsman_direct_from_policy_text": "ombudsman.direct_from",
    "ombudsman_direct_from_effective": "ombudsman.direct_from",
    "last_day_to_complain": "complain_by",
}
#: what is counted as the worked case says, because no version counts so: the other reading, or the Code's own limit
COUNTED_BY_ITSELF = {
    "s1_response_due_if_clock_ran_from_receipt",
    "s1_response_due_if_2024_code_wrongly_applied",
    "ombudsman_referral_last_day",
}


@dataclass(frozen=True)
class Expected:
    """One date of one worked case, under one receipt rule."""

    case: dict[str, Any]
    row: dict[str, Any]
    rule: str

    def __str__(self) -> str:
        return f"{self.case['id']}-{self.row['key']}-{self.rule}"


@cache
def whole() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HERE / "data" / "worked_cases.yaml").read_text(encoding="utf-8"))
    return found


def expected() -> Iterator[Expected]:
    for case in whole()["cases"]:
        for row in case["expect"]:
            for rule in row["receipt_rule"]:
                yield Expected(case, row, rule)


@cache
def shelf(rule: str, *, has_law_ended: bool = True) -> Library:
    """The shipped library with the 2022 edition beside it, every version under one receipt rule."""
    found = publishing.shipped(HERE.parent)
    extra, problems = read_version((HERE / "data" / "code_2022.yaml").read_bytes(), "tests/data/code_2022.yaml")
    assert extra is not None, problems
    receipt = Receipt(time(17, 0)) if rule == "B" else Receipt()
    versions: dict[str, PolicyVersion] = {**found.versions, extra.key: extra}
    under = {key: replace(version, receipt=receipt) for key, version in versions.items()}
    return replace(found, versions=under, law=found.law if has_law_ended else {})


def happened(case: dict[str, Any]) -> Iterator[str]:
    """The events of a worked case, as `redress due --on` takes them."""
    for name in ("issue_occurred", "resident_aware"):
        if name in case:
            yield f"{name}={case[name]}"
    for event in case.get("events", []):
        if event["what"] not in EVENTS:
            continue
        to = event.get("promised") or event.get("new_date")
        yield f"{EVENTS[event['what']]}={event['at']}{f' to {to}' if to else ''}"
        if event["what"] == "stage1_response_sent_and_received":
            yield f"stage_1.response_received={event['at']}"


def answer(case: dict[str, Any], rule: str, *, received: str = "", has_law_ended: bool = True) -> Answer:
    policy, version = VERSIONS[case["policy"]]
    when = moment(received or case.get("received") or case["variants"][0]["received"])
    found = work_out(shelf(rule, has_law_ended=has_law_ended), Asked(policy, when, tuple(happened(case)), NOW))
    assert found.version is not None
    assert found.version.version == version
    return found


def deadline(found: Answer, key: str) -> Deadline:
    assert found.seen is not None
    return found.seen.deadlines[key]


@pytest.mark.parametrize("expected", [one for one in expected() if one.row["key"] in DEADLINES], ids=str)
def test_a_date_counted_by_hand_is_the_date_of_the_ledger(expected: Expected) -> None:
    row = expected.row
    found = answer(expected.case, expected.rule, has_law_ended=row["key"] != "ombudsman_direct_from_policy_text")
    came = deadline(found, DEADLINES[row["key"]])
    assert came.original == row["due"]
    if row["rule"] in ("WD", "DAYS"):
        assert came.start == row["from"]


@pytest.mark.parametrize("expected", [one for one in expected() if "count" in one.row], ids=str)
def test_each_counted_day_is_the_one_counted_by_hand(expected: Expected) -> None:
    row = expected.row
    days = next(iter(shelf("A").calendars.values())).known_by(NOW.date())
    listed = [
        date.fromisoformat(f"{part.split(':')[0].strip()}-{int(day):02}")
        for part in row["count"].split("|")
        for day in part.split(":")[1].split()
    ]
    assert days.add(row["from"], row["n"]) == row["due"]
    assert list(days.count(row["from"], row["due"]).counted) == listed


@pytest.mark.parametrize(
    "expected", [one for one in expected() if one.row["key"].endswith(("_backstop", "_max_extended"))], ids=str
)
def test_a_backstop_and_the_longest_extension_are_those_counted_by_hand(expected: Expected) -> None:
    key = expected.row["key"]
    found = answer(expected.case, expected.rule)
    came = deadline(found, "stage_1.response" if key.startswith("s1") else "stage_2.response")
    assert found.seen is not None
    assert expected.row["due"] == (came.backstop if key.endswith("_backstop") else latest_more_time(came, found.seen))


@pytest.mark.parametrize("expected", [one for one in expected() if one.row["key"].startswith("last_day")], ids=str)
@pytest.mark.parametrize("place", [0, 1])
def test_a_complaint_after_twelve_months_is_out_of_time(expected: Expected, place: int) -> None:
    variant = expected.case["variants"][place]
    state = deadline(answer(expected.case, expected.rule, received=variant["received"]), "complain_by").state
    assert state == {"in_time": "met", "out_of_time": "lapsed"}[variant["result"]]


@pytest.mark.parametrize("rule", ["A", "B"])
def test_a_holding_reply_moves_the_date_to_the_one_it_promised(rule: str) -> None:
    case = next(one for one in whole()["cases"] if one["id"] == "WC05")
    row = next(one for one in case["expect"] if one["key"] == "s1_response_due_after_holding")
    came = deadline(answer(case, rule), "stage_1.response")
    assert (came.due, came.promised, came.state) == (row["due"], row["due"], "met")


@pytest.mark.parametrize("rule", ["A", "B"])
def test_an_extension_is_told_within_the_original_time(rule: str) -> None:
    case = next(one for one in whole()["cases"] if one["id"] == "WC17")
    row = next(one for one in case["expect"] if one["key"] == "s2_extension_notice_last_day")
    came = deadline(answer(case, rule), "stage_2.response")
    assert (came.original, came.due) == (row["due"], date(2025, 2, 13))


def test_the_ombudsmans_limit_after_a_leap_day_ends_in_february() -> None:
    case = next(one for one in whole()["cases"] if one["id"] == "WC23")
    row = case["expect"][0]
    assert add_months(row["from"], row["n"]) == row["due"]


@pytest.mark.parametrize("case", whole()["cases"], ids=lambda case: case["id"])
@pytest.mark.parametrize("rule", ["A", "B"])
def test_what_was_in_time_is_met_and_what_was_late_is_late(case: dict[str, Any], rule: str) -> None:
    found = answer(case, rule)
    states = {one.rule.met_by: one.state for one in found.seen.deadlines.values()} if found.seen else {}
    for event in case.get("events", []):
        result = {"in_time": "met", "in_time_against_promise": "met", "late": "late"}.get(event.get("result", ""))
        name = EVENTS.get(event["what"])
        if result and name in states:
            assert states[name] == result, event


def test_no_expectation_is_left_out() -> None:
    more = {"s1_response_due_after_holding", "s2_extension_notice_last_day"}
    keys = {row["key"] for case in whole()["cases"] for row in case["expect"]}
    others = {key for key in keys if key.endswith(("_backstop", "_max_extended"))}
    assert keys == set(DEADLINES) | COUNTED_BY_ITSELF | more | others
