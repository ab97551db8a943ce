"""Checks of policy versions: each file in tests/broken/policies is wrong on purpose and says what is owed for it."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from engine import clause_checks, library, library_checks, reports
from engine.library import Library
from engine.problems import Problem, only_problems

ROOT = Path(__file__).resolve().parents[2]
BROKEN = sorted((ROOT / "tests" / "broken" / "policies").glob("*.yaml"))
EXPECT = "# EXPECT: "
ST_LEGER = "policies/st-leger-homes/two-stage-2024.yaml"


@pytest.fixture(scope="module")
def shipped() -> Library:
    shelf, problems = library.load(ROOT)
    assert only_problems(problems) == ()
    return shelf


def found_in(text: bytes, file: str, shipped: Library) -> list[Problem]:
    version, problems = library.check_version(text, file, shipped.beside)
    if version is not None:
        versions = [*(one for one in shipped.versions.values() if one.key != version.key), version]
        for check in library_checks.CHECKS:
            problems += [one for one in check(versions, shipped.workflows) if one.file == file]
    return sorted(only_problems(problems))


def changed(shipped: Library, right: str, wrong: str, file: str = ST_LEGER) -> list[Problem]:
    """What a shipped file is told when one thing in it is changed."""
    text = shipped.files[file].decode()
    assert right in text
    return found_in(text.replace(right, wrong, 1).encode(), file, shipped)


@pytest.mark.parametrize("path", BROKEN, ids=[path.stem for path in BROKEN])
def test_a_broken_policy_is_told_exactly_what_its_author_is_owed(path: Path, shipped: Library) -> None:
    text = path.read_text()
    owed = [line.removeprefix(EXPECT) for line in text.splitlines() if line.startswith(EXPECT)]
    found = found_in(text.encode(), "policies/st-leger-homes/broken.yaml", shipped)
    assert [f"{problem.line}: {problem.what} {problem.mend}".rstrip() for problem in found] == owed
    assert owed


def test_a_rule_of_the_source_that_is_not_answered_for_blocks_the_version(shipped: Library) -> None:
    line = "  STL24-S2-REVIEWER: {carried_by: [stage_2, roles.head_of_service]}\n"
    [problem] = changed(shipped, line, "")
    assert problem.what.startswith("Rule 'STL24-S2-REVIEWER' of the source is not answered for: ")
    assert problem.mend == "Add 'STL24-S2-REVIEWER: {carried_by: [...]}' under clauses."


def test_a_clause_that_nothing_carries_is_a_problem_with_its_line(shipped: Library) -> None:
    [problem] = changed(shipped, "[stage_1.acknowledgement, stage_1.acknowledge,", "[stage_1.acknowledgment,")
    assert problem.what == "Clause 'STL24-S1-ACK' is carried by 'stage_1.acknowledgment', which does not exist."
    assert problem.mend == "Did you mean 'stage_1.acknowledgement'?"
    assert "STL24-S1-ACK" in shipped.files[ST_LEGER].decode().splitlines()[problem.line - 1]


def test_a_clause_of_no_rule_names_the_rule_that_was_meant(shipped: Library) -> None:
    found = changed(shipped, "  STL24-MEET:", "  STL24-MEAT:")
    assert "Did you mean 'STL24-MEET'?" in [problem.mend for problem in found]


def test_a_reading_is_about_rules_of_the_source(shipped: Library) -> None:
    [problem] = changed(shipped, "about: [STL24-POLICY, STL24-CODE-LIST]", "about: [STL24-POLICY, STL24-CODELIST]")
    assert (
        problem.what == "Reading 'in_force_from' is about 'STL24-CODELIST', which is no rule of this version's sources."
    )


def test_what_is_still_to_come_is_a_remark(shipped: Library) -> None:
    _, problems = library.check_version(shipped.files[ST_LEGER], ST_LEGER, shipped.beside)
    remarks = [problem for problem in problems if problem.what.startswith("Clause 'STL24-SUBMISSION' is to come: ")]
    assert [problem.severity for problem in remarks] == ["remark"]


def test_a_clause_may_be_carried_by_every_report_there_is_and_by_no_other(shipped: Library) -> None:
    assert list(clause_checks.REPORTS) == list(reports.REPORTS)
    [problem] = changed(shipped, "[reports.volumes, reports.timeliness]", "[reports.volume]")
    assert problem.what == "Clause 'STL24-PERFPAGE' is carried by 'reports.volume', which does not exist."
    assert problem.mend == "Did you mean 'reports.volumes'?"


@pytest.mark.parametrize(
    ("version", "rule", "report"),
    [
        ("three-stage-2018", "SEH18-5.1-MONTHLY", "monthly"),
        ("three-stage-2018", "SEH18-5.3-CON-MONITOR", "contractors"),
        ("two-stage-2024", "SEHSS-MON-COUNT", "volumes"),
        ("two-stage-2024", "SEHSS-MON-PCT", "timeliness"),
    ],
)
def test_a_promise_to_monitor_is_carried_by_the_report_that_keeps_it(
    shipped: Library, version: str, rule: str, report: str
) -> None:
    clauses = {clause.rule: clause for clause in shipped.versions[f"south-essex-homes/{version}"].clauses}
    assert f"reports.{report}" in clauses[rule].carried_by
    assert not clauses[rule].to_come


def test_more_time_without_a_limit_is_a_remark(shipped: Library) -> None:
    file = "policies/south-essex-homes/three-stage-2018.yaml"
    _, problems = library.check_version(shipped.files[file], file, shipped.beside)
    assert "The holding reply of deadline 'stage_1.response' has no limit." in [problem.what for problem in problems]
    assert only_problems(problems) == ()


def test_a_landlord_without_an_address_is_a_problem(shipped: Library) -> None:
    beside = replace(shipped.beside, contacts={})
    _, problems = library.check_version(shipped.files[ST_LEGER], ST_LEGER, beside)
    assert "policies/contacts.yaml has nothing for 'st-leger-homes'." in [problem.what for problem in problems]


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("law", "is ended by the law 'ombudsman_wait', and there is no policies/law.yaml."),
        ("rules", "Source 'page' has the rules 'SEH4', and there is no policies/rules.yaml."),
    ],
)
def test_dated_data_that_is_not_there_is_missed_only_where_it_is_used(shipped: Library, file: str, what: str) -> None:
    missing: Mapping[str, None] = {file: None}
    beside = replace(shipped.beside, **missing)
    legacy = "policies/south-essex-homes/four-stage.yaml"
    told = [problem.what for problem in library.check_version(shipped.files[legacy], legacy, beside)[1]]
    assert any(what in each for each in told)


def test_stages_out_of_the_diagrams_order_are_a_problem(shipped: Library) -> None:
    text = shipped.files[ST_LEGER].decode()
    first, second, rest = text.index("\n  stage_1:"), text.index("\n  stage_2:"), text.index("\n  ombudsman:")
    swapped = text[:first] + text[second:rest] + text[first:second] + text[rest:]
    told = [problem.what for problem in found_in(swapped.encode(), ST_LEGER, shipped)]
    assert "Stage 'stage_2' stands before 'stage_1', and the diagram never goes from it to 'stage_1'." in told


def test_the_shipped_versions_are_those_of_the_five_sources(shipped: Library) -> None:
    assert sorted(shipped.versions) == [
        "council-housing/two-stage-2024",
        "south-essex-homes/four-stage",
        "south-essex-homes/three-stage-2018",
        "south-essex-homes/two-stage-2024",
        "st-leger-homes/two-stage-2024",
    ]
