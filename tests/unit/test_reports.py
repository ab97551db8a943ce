"""Laws of reports: control totals hold over any caseload and period, and every figure is the number of its cases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import casework, corrections, facts, report_periods, reports, steps
from engine.casework import Said
from engine.events import moment
from engine.forms import plausible
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.report_tables import Cell, Report, Row, Table, percent
from engine.rights import Person
from engine.store import measure_counts
from engine.store.measure_counts import SELECTS, Selection
from engine.store.measure_figures import FIGURES
from tests.conftest import opened_office
from tests.unit.case_acts import COUNCIL, done, extend, logged, recorded, under_way
from tests.unit.casting import hired

TODAY = date(2024, 12, 2)
BEGIN = {
    "south-essex-homes": ("2018-09-03", "2019-03-04", "2022-06-06", "2024-05-07"),
    "st-leger-homes": ("2020-03-02", "2024-05-07"),  # the first of them is held: no version covers it
    COUNCIL: ("2024-05-07",),
}
DAYS = st.dates(date(2018, 7, 1), date(2025, 3, 31))
AREAS = ("repairs", "income", "")


def a_report(office: Office, name: str, first: date, last: date, selection: Selection | None = None) -> Report:
    with office.database.reading() as tx:
        return reports.report(tx, office, name, selection or Selection(), first, last, TODAY)


def numbers(report: Report, table: str = "", line: str = "") -> dict[str, object]:
    """The values of a line of a table by their columns: of the first table and line where none is named."""
    chosen = next(one for one in report.tables if table in ("", one.key))
    row = next(one for one in chosen.rows if line in ("", one.title))
    return {column.title: cell.value for column, cell in zip(chosen.columns, row.cells, strict=True)}


@pytest.fixture(scope="module")
def busy(shelf, tmp_path_factory) -> Iterator[Office]:
    """An office where forty cases went as chance had it, in every version: answered, extended, withdrawn, refused,
    asked for again, corrected, moved, struck out, held."""
    office = opened_office(f"sqlite:///{tmp_path_factory.mktemp('busy') / 'office.sqlite'}", shelf)
    staff = [hired(office, f"Person {number}") for number in range(4)]
    for seed in range(40):
        _walk(office, random.Random(f"reports {seed}"), staff)
    extended = under_way(office, staff[0])
    extend(office, extended, staff[1], "2024-06-12", to="2024-06-28")
    done(office, extended, staff[1], "stage_1.respond", "2024-06-24")
    yield office
    office.database.close()


def _walk(office: Office, walk: random.Random, staff: list[Person]) -> None:
    policy = walk.choice(list(BEGIN))
    now = moment(walk.choice(BEGIN[policy])) + timedelta(days=walk.randint(0, 40))
    said = {"service_area": walk.choice(AREAS[:2]), "contractor": walk.choice(("", "=cmd|' /C calc'!A0", "Roofs Ltd"))}
    received = now - timedelta(days=walk.choice((0, 0, 1, 4, 20)))
    reference = steps.register(office, policy, staff[0], Said(said, received, now, is_story=True))
    for _ in range(walk.randint(2, 12)):
        now += timedelta(days=walk.randint(0, 11), hours=walk.randint(0, 5))
        steps.fire_due(office, now)
        try:
            _something(office, reference, walk, staff, now)
        except (Refused, BadAnswers):
            continue


def _something(office: Office, reference: str, walk: random.Random, staff: list[Person], now) -> None:
    file = steps.seen_by(office, reference, staff[0], now)
    if walk.random() < 0.15:
        _mend(office, file, reference, walk, staff[0], now)
        return
    book = file.book_or_refuse()
    task = next(iter(file.standing.open_tasks), None)
    if task is not None and walk.random() < 0.7:
        form, decides = book.form(task.key, book.task(task).form), book.task(task).decides
        choice = walk.choice(list(form.field(decides).choices)) if decides and walk.random() < 0.3 else None
        answers = {**book.task(task).ordinary, **({decides: choice} if choice else {})}
        said = Said(plausible(form, answers, now.date()), None, now, is_story=True)
        who = staff[1] if task.stage in (None, "stage_1") else staff[2]
        steps.take(office, reference, who, lambda f: casework.complete_task(office, f, task.key, who, said), now)
        return
    more_time = [one for one in file.standing.allowed if one.endswith(("extension_given", "holding_reply_sent"))]
    name = walk.choice(more_time or [*file.standing.allowed, *facts.facts_offered(file)[:1]])
    to = file.standing.ledger.days.add(file.standing.ledger.today, walk.randint(3, 30)).isoformat()
    said = Said({"to": to, "reason": "More time"} if "given" in name or "sent" in name else {}, None, now, True)
    verb = casework.record_message if name in file.standing.allowed else casework.record_fact
    steps.take(office, reference, staff[3], lambda f: verb(office, f, name, staff[3], said), now)


def _mend(office, file, reference, walk, who, now) -> None:
    if walk.random() < 0.3:
        versions = [one.version for one in office.versions_of(file.policy)]
        chosen = walk.choice(versions)
        steps.take(
            office, reference, who,
            lambda f: corrections.move(office, f, chosen, who, reason="It fits.", now=now), now,
        )  # fmt: skip
        return
    event = walk.choice(file.events)
    strike = walk.random() < 0.4 and event.name != "complaint_received"
    happened = None if strike else event.happened - timedelta(days=walk.randint(1, 9))
    steps.take(
        office, reference, who,
        lambda f: corrections.correct(
            office, f, event.number, who, happened=happened, reason="It was wrong.", now=now
        ), now,
    )  # fmt: skip


# --- over any caseload and any period -----------------------------------------------------------


def cells_with_cases(report: Report) -> Iterator[tuple[Table, Row, Cell]]:
    for table in report.tables:
        for row in table.rows:
            yield from ((table, row, cell) for cell in row.cells if cell.figure and cell.kind == "count")


def narrowed(report: Report, table: Table, row: Row, cell: Cell) -> Selection:
    wanted = {**table.select, **row.select, **cell.select}
    return replace(report.selection, **{name: text for name, text in wanted.items() if name in SELECTS})


@pytest.mark.parametrize("name", reports.REPORTS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(days=st.tuples(DAYS, DAYS).map(sorted), area=st.sampled_from(["", "repairs", "-"]))
def test_every_control_total_holds_and_every_figure_is_the_number_of_its_cases(busy, name, days, area):
    made = a_report(busy, name, days[0], days[1], Selection(area=area))
    assert [check.words for check in made.checks if not check.holds] == []
    with busy.database.reading() as tx:
        for table, row, cell in cells_with_cases(made):
            span = replace(made.span, first=row.span[0], last=row.span[1]) if row.span else made.span
            lines = measure_counts.page_of(tx, cell.figure, span, narrowed(made, table, row, cell), size=0).lines
            assert len(lines) == cell.value, (name, table.key, row.title, cell.figure)


@pytest.mark.parametrize("name", ["volumes", "timeliness", "monthly", "outcomes", "logging", "ch"])
@pytest.mark.parametrize("narrow", [{"stage": "2-stage_2"}, {"policy": COUNCIL}, {"channel": "-"}])
def test_a_line_of_what_is_not_selected_is_not_shown_as_nothing(busy, name, narrow):
    """A filter for stage 2 leaves no line of stage 1 that says 0 and leads to a hundred cases."""
    made = a_report(busy, name, date(2018, 1, 1), date(2025, 3, 31), Selection(**narrow))
    with busy.database.reading() as tx:
        for table, row, cell in cells_with_cases(made):
            if table.key not in ("over-time", "tenures"):
                found = measure_counts.counts(tx, made.span, narrowed(made, table, row, cell), [cell.figure])
                assert found[()][cell.figure] == cell.value, (name, table.key, row.title, cell.figure)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.tuples(DAYS, DAYS, DAYS).map(sorted))
def test_two_periods_one_after_the_other_add_up_to_the_whole(busy, days):
    first, middle, last = days
    if middle == last:
        return
    both = [
        numbers(a_report(busy, "volumes", *span), line="Stage 1")
        for span in ((first, middle), (middle + timedelta(1), last))
    ]
    whole = numbers(a_report(busy, "volumes", first, last), line="Stage 1")
    for column in ("Received", "Closed"):
        assert whole[column] == both[0][column] + both[1][column]
    assert whole["Open at the start"] == both[0]["Open at the start"]
    assert (both[0]["Open at the end"], whole["Open at the end"]) == (
        both[1]["Open at the start"],
        both[1]["Open at the end"],
    )


def test_the_caseload_has_something_of_every_kind(busy):
    """Control totals over cases that never went wrong would prove little."""
    with busy.database.reading() as tx:
        span = report_periods.span_of(busy, date(2018, 1, 1), date(2025, 12, 31), TODAY)
        found = measure_counts.counts(tx, span, Selection(), FIGURES)[()]
    for figure in (
        "ended", "withdrawn", "turned_out", "answered_late", "answered_extended", "code_late", "ack_late", "went_on",
        "logged_over_10", "answer_without_date", "answer_overdue", "open_at_end",
    ):  # fmt: skip
        assert found[figure], figure


def test_a_page_of_cases_leads_to_the_next_until_all_are_shown(busy):
    with busy.database.reading() as tx:
        span = report_periods.span_of(busy, date(2018, 1, 1), date(2025, 12, 31), TODAY)
        whole = measure_counts.page_of(tx, "received", span, Selection(), size=0).lines
        found, after = [], None
        while True:
            page = measure_counts.page_of(tx, "received", span, Selection(), after, size=4)
            found += page.lines
            after = page.after
            if after is None:
                break
    assert found == list(whole)


# --- what a report says -------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one for one in reports.REPORTS if one not in ("due", "ch")])
def test_a_report_over_a_period_with_no_cases_says_so(any_office: Office, name: str):
    assert a_report(any_office, name, date(2024, 1, 1), date(2024, 1, 31)).is_empty
    logged(any_office, hired(any_office, "Ann"), received="2024-06-03")
    assert a_report(any_office, name, date(2024, 1, 1), date(2024, 1, 31)).is_empty


def test_an_answer_within_an_extension_stands_apart(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = under_way(any_office, ann)
    extend(any_office, reference, ann, "2024-06-12", to="2024-06-28")
    done(any_office, reference, ann, "stage_1.respond", "2024-06-24")
    said = numbers(a_report(any_office, "timeliness", date(2024, 6, 1), date(2024, 6, 30)))
    assert (said["Answered"], said["In time"], said["Extended"], said["Late"]) == (1, 0, 1, 0)
    assert (said["Share in time"], said["Share in time or extended"]) == (0.0, 100.0)


def test_a_case_that_is_reopened_is_not_received_again(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14")
    recorded(office, reference, ann, "satisfied", "2024-06-17")
    recorded(office, reference, ann, "stage_2.requested", "2024-06-20")
    there = a_report(office, "volumes", date(2024, 6, 1), date(2024, 6, 30))
    assert (numbers(there, line="Stage 1")["Received"], numbers(there, line="Stage 1")["Open at the end"]) == (1, 0)
    assert (numbers(there, line="Stage 2")["Received"], numbers(there, line="Stage 2")["Open at the end"]) == (1, 1)


def test_the_monthly_report_has_its_lessons_and_the_checkpoint(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14", lesson="Ring before you come.")
    there = a_report(office, "monthly", date(2024, 6, 1), date(2024, 6, 30))
    assert there.title == "Monthly performance report: June 2024"
    (lesson,) = next(one for one in there.tables if one.key == "lessons").rows
    assert (lesson.reference, lesson.cells[1].value) == (reference, "Ring before you come.")


def test_more_time_is_offered_until_the_answer_is_due_and_not_after(office: Office):
    ann = hired(office, "Ann")
    under_way(office, ann)  # the answer is due on 19 June
    with office.database.reading() as tx:
        for today, until in ((date(2024, 6, 18), date(2024, 7, 3)), (date(2024, 6, 20), None)):
            said = reports.report(tx, office, "due", Selection(), today, today, today)
            rows = said.tables[-1].rows
            assert [row.cells[-1].value for row in rows if row.cells[0].value == "Answer"] == [until]


def test_no_lesson_is_no_lesson(office: Office):
    ann = hired(office, "Ann")
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-06-14", lesson=" None ")
    there = a_report(office, "monthly", date(2024, 6, 1), date(2024, 6, 30))
    assert next(one for one in there.tables if one.key == "lessons").rows == ()


def test_a_long_period_is_shown_year_by_year(office: Office):
    logged(office, hired(office, "Ann"))
    there = a_report(office, "volumes", date(2020, 1, 1), date(2024, 12, 31))
    assert [row.title for row in there.tables[1].rows] == ["2020", "2021", "2022", "2023", "2024", "All"]


def test_a_report_there_is_not_is_said_with_those_there_are(office: Office):
    with pytest.raises(Unknown, match=r"There is no report 'speed'. There is: volumes, timeliness"):
        a_report(office, "speed", TODAY, TODAY)


def test_a_period_that_ends_before_it_begins_is_refused(office: Office):
    with pytest.raises(Refused, match="ends before it begins"):
        a_report(office, "volumes", TODAY, TODAY - timedelta(days=1))


@given(st.dates(date(2010, 1, 1), date(2090, 12, 31)))
def test_every_day_is_in_its_month_and_in_its_reporting_year(day: date):
    for first, last in (report_periods.month_of(day), report_periods.reporting_year(day)):
        assert first <= day <= last
    begins, ends = report_periods.reporting_year(day)
    assert (begins.month, begins.day, ends + timedelta(days=1)) == (4, 1, date(begins.year + 1, 4, 1))
    before = report_periods.year_before(day)
    assert before[1] == report_periods.last_month(day)[1]
    assert (before[0].day, before[0].month) == (1, day.month)


def test_a_share_of_nothing_is_no_share():
    assert (percent(0, 0), percent(1, 3), percent(3, 3)) == (None, 33.3, 100.0)
