"""The reports of the demonstration, worked out a second time from its exported events by code that shares nothing with
the program: every figure of volumes and timeliness agrees, whatever the period.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import verification
from tests import recount, recount_figures
from tests.test_demo import office as office  # the demonstration, made once in a run
from web.cli import main
from web.demo import DATABASE, Demonstration

PERIODS = [
    ("2012-01-01", "2027-03-31"),
    ("2025-04-01", "2026-03-31"),
    ("2026-02-01", "2026-02-28"),
    ("2026-03-09", "2026-03-11"),
    ("2018-01-01", "2019-12-31"),
]
#: the figures that the recount knows beside those of what was received
KNOWN = {
    "open_at_start", "received", "closed", "answered", "ended", "open_at_end", "acknowledged", "upheld",
    "partly_upheld", "not_upheld", "no_outcome", "withdrawn", "refused",
    *(f"{whose}{how}" for whose in ("answered_", "code_") for how in ("in_time", "extended", "late", "unpromised")),
    *(f"{whose}{how}" for whose in ("ack_", "code_ack_") for how in ("in_time", "late", "unpromised")),
}  # fmt: skip
TIMELY = ("answers", "code-answers", "acknowledgements", "code-acknowledgements")


@pytest.fixture(scope="module")
def url(office: Demonstration) -> str:
    return office.office.database.url


def told(*words: str) -> str:
    answer = CliRunner().invoke(main, ["report", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture(scope="module")
def recounted(url: str, tmp_path_factory: pytest.TempPathFactory) -> list[recount.Stage]:
    file = tmp_path_factory.mktemp("events") / "events.csv"
    told("events", "--csv", str(file), "--database", url)
    return recount.stages(file)


def by_program(url: str, name: str, first: str, last: str) -> dict[str, dict[str, int]]:
    """The figures the program gives, by stage of ours and by figure."""
    said = json.loads(told(name, "--from", first, "--to", last, "--json", "--database", url))
    assert said["cases_not_yet_measured"] == 0
    found: dict[str, dict[str, int]] = {}
    for table in said["tables"]:
        if table["table"] not in ("stages", *TIMELY):
            continue
        for row in table["rows"]:
            stage = row["select"].get("stage", "").partition("-")[2]
            for title, figure in table["figures"].items():
                if stage in recount.OWN and isinstance(row[title], int):
                    found.setdefault(stage, {})[figure] = row[title]
    return found


@pytest.mark.parametrize(("first", "last"), PERIODS)
def test_the_figures_worked_out_again_from_the_exported_events_agree(
    url: str, recounted: list[recount.Stage], first: str, last: str
):
    theirs = recount_figures.figures(recounted, date.fromisoformat(first), date.fromisoformat(last))
    ours = by_program(url, "volumes", first, last)
    for stage, numbers in by_program(url, "timeliness", first, last).items():
        ours.setdefault(stage, {}).update(numbers)
    for stage, numbers in ours.items():
        assert numbers == {figure: theirs.get(stage, {}).get(figure, 0) for figure in numbers}, (stage, first, last)
    assert {stage for stage, numbers in theirs.items() if any(numbers.values())} <= set(ours)


@pytest.mark.parametrize("name", ["areas", "channels", "versions", "outcomes", "logging", "timeliness", "ch"])
@pytest.mark.parametrize(("first", "last"), [*PERIODS[:2], ("2024-04-01", "2025-03-31"), ("2030-01-01", "2030-01-31")])
def test_every_line_of_the_other_reports_agrees_too(
    url: str, recounted: list[recount.Stage], name: str, first: str, last: str
):
    """By area, channel, version and outcome, days to log, and both counts of CH02, each line by what it selects."""
    period = ["--to", last] if name == "ch" else ["--from", first, "--to", last]  # a year by its last day
    said = json.loads(told(name, *period, "--json", "--database", url))
    assert lines_agree(said, recounted) or said["is_empty"] or name == "logging"


def lines_agree(said: dict, recounted: list[recount.Stage]) -> int:
    """How many numbers of a report were held against the recount, all of which agreed."""
    span = [date.fromisoformat(said[word]) for word in ("from", "to", "seen_on")]
    compared = 0
    for table in said["tables"]:
        for row in table["rows"]:
            select = dict(row["select"])
            if row["line"] == "All" or "tenure" in select or select.get("ours") != "yes":
                continue
            if "version" in select:
                select["version"] = row["line"].rpartition(", ")[2].replace("no version", "")
            theirs = recount_figures.of_line(recounted, select, *span)
            for title, figure in table["figures"].items():
                known = figure in KNOWN or figure.startswith(("of_received", "logged_"))
                if isinstance(row[title], int) and known:
                    compared += 1
                    assert row[title] == theirs[figure], (table["table"], row["line"], title)
    return compared


def test_the_recount_is_about_every_kind_of_figure(recounted: list[recount.Stage]):
    """A recount that never meets an extension or a late answer would prove little."""
    all_of_it = recount_figures.figures(recounted, date(2012, 1, 1), date(2027, 3, 31))
    met = {figure for numbers in all_of_it.values() for figure, number in numbers.items() if number}
    assert met >= {
        "received", "closed", "answered", "ended", "open_at_end", "acknowledged", "ack_in_time", "ack_late",
        "answered_in_time", "answered_extended", "answered_late", "code_in_time", "code_late", "code_unpromised",
        "code_ack_in_time", "code_ack_late",
    }  # fmt: skip


def test_months_add_up_to_their_year(url: str):
    whole = by_program(url, "volumes", "2025-04-01", "2026-03-31")
    first, sums = date(2025, 4, 1), dict[str, int]()
    while first < date(2026, 4, 1):
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for stage, numbers in by_program(url, "volumes", str(first), str(last)).items():
            sums[stage] = sums.get(stage, 0) + numbers["received"]
        first = last + timedelta(days=1)
    assert {stage: number for stage, number in sums.items() if number} == {
        stage: numbers["received"] for stage, numbers in whole.items() if numbers["received"]
    }


def test_what_is_measured_agrees_with_the_events(office: Demonstration):
    with office.office.database.reading() as tx:
        ids = verification.case_ids(tx)
        assert [str(one) for case in ids for one in verification.case_differences(tx, office.office, case)] == []


def test_the_demonstration_has_its_database_where_the_reports_look(url: str):
    assert Path(url.removeprefix("sqlite:///")).name == DATABASE


def test_a_report_of_a_year_is_refused_for_more_than_one(url: str):
    ran = CliRunner().invoke(main, ["report", "ch", "--from", "2018-01-01", "--to", "2026-11-22", "--database", url])
    assert ran.exit_code == 2
    assert "'ch' is of one reporting year" in ran.output
