"""Reading a policy file: what a version says, and what its author is told when it cannot be read."""

from datetime import date, time
from pathlib import Path

import pytest

from engine.policy import Citation, PolicyVersion, Within
from engine.policy_files import read_version
from engine.policy_stages import as_length, length, whole_event

FILE = "policies/made-up/first.yaml"
TEXT = (Path(__file__).resolve().parents[1] / "data" / "policy.yaml").read_text()


def said(text: str) -> list[str]:
    return [str(problem) for problem in read_version(text.encode(), FILE)[1]]


@pytest.fixture(scope="module")
def version() -> PolicyVersion:
    version, problems = read_version(TEXT.encode(), FILE)
    assert problems == []
    return version


def test_a_bare_event_belongs_to_its_stage_unless_the_case_has_it(version: PolicyVersion) -> None:
    acknowledgement = version.deadline("stage_1.acknowledgement")
    assert (acknowledgement.of, acknowledgement.met_by) == ("complaint_received", "stage_1.acknowledged")
    assert version.deadline("stage_2.request_window").of == "stage_1.response_received"
    assert whole_event("resident_aware", "stage_1") == "resident_aware"


def test_a_deadline_of_the_case_keeps_its_names(version: PolicyVersion) -> None:
    rule = version.deadline("complain_by")
    assert (rule.of, rule.or_of, rule.met_by) == ("resident_aware", "issue_occurred", "complaint_received")
    assert rule.is_window


def test_lengths_keep_their_units(version: PolicyVersion) -> None:
    units = {rule.key: rule.within for rule in version.deadlines}
    assert units["stage_1.response"] == Within(10, "working days")
    assert units["stage_2.request_window"] == Within(20, "days")
    assert units["stage_2.response"] == Within(1, "months")


def test_an_extension_has_a_limit_and_a_holding_reply_need_not(version: PolicyVersion) -> None:
    extension = version.deadline("stage_1.response").more_time
    holding = version.deadline("stage_2.response").more_time
    assert (extension.event, extension.at_most) == ("extension_given", Within(10, "working days"))
    assert (holding.event, holding.at_most) == ("holding_reply_sent", None)


def test_a_citation_is_a_source_and_a_paragraph(version: PolicyVersion) -> None:
    assert version.deadline("stage_1.acknowledgement").cites == (Citation("code", "6.2"),)


def test_the_rest_of_a_version_is_what_the_file_says(version: PolicyVersion) -> None:
    assert version.in_force_from == date(2024, 4, 1)
    assert version.receipt.deemed_after == time(17, 0)
    assert version.first_day_counts
    assert version.delivery["post"] == "second working day"
    assert version.readings[0].about == ("MU-1",)
    assert version.rules["representatives"].settings == {"needs": "consent"}
    assert version.decisions["triage"][1].when == "true"
    assert [clause.is_statement for clause in version.clauses] == [False, False, True]
    assert version.stage("stage_2").not_the_same_person_as == ("stage_1",)
    assert TEXT.splitlines()[version.lines["stages|stage_1|handler"] - 1] == "    handler: officer"


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("five days", "5 days"),
        ("5 workdays", "5 working days"),
        ("ten weeks", "10 weeks"),
        ("0 days", ""),
        ("99999999 working days", ""),
        ("-3 weeks", ""),
        ("2.5 weeks", ""),
        ("soon", ""),
        ("2 Months", "2 months"),
    ],
)
def test_a_length_nobody_can_count_is_mended(written: str, mend: str) -> None:
    assert length(written) is None
    assert as_length(written) == mend


def test_every_problem_is_told_at_once() -> None:
    broken = TEXT.replace("within: 5 working days", "within: soon").replace("[code 6.2]", "[cod 6.2]")
    assert len(said(broken.replace("title: Stage 1", "tittle: Stage 1"))) == 4
