"""Laws of two versions side by side: each side is a plain replay, and every figure counts the cases listed for it."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from engine import conformance_run, impact_jobs, side_by_side
from engine.cases import standing
from engine.events import CaseEvent, moment
from engine.impact_jobs import Background
from engine.office import Office
from engine.record import standing_events
from engine.refusals import Refused
from engine.replay import replay
from engine.side_by_side import EVERY, LEFT, RIGHT, SideTotals
from engine.store import impacts
from tests.bench import past_cases
from tests.unit.casting import hired

SEH = "south-essex-homes"
LEFT_KEY, RIGHT_KEY = f"{SEH}/three-stage-2018", f"{SEH}/two-stage-2024"
NOW = moment("2024-12-02")
PERIOD = (date(2024, 1, 1), date(2024, 12, 1))


def wanted(office: Office, left: str = LEFT_KEY, right: str = RIGHT_KEY) -> side_by_side.Wanted:
    return side_by_side.wanted(office, side_by_side.about(SEH, left, right), PERIOD, NOW)


@pytest.fixture
def caseload(any_office: Office) -> Office:
    past_cases.made(any_office, SEH, 24, first=date(2023, 12, 1), last=date(2024, 9, 1), now=NOW)
    return any_office


def carried_out(office: Office, **how: object):
    found: list = []
    result = wanted(office, **how).carried_out(office.database, lambda done, total: True, found.extend)
    return result, found


def test_each_side_is_where_a_plain_replay_of_that_version_comes_to(caseload: Office):
    _, found = carried_out(caseload)
    with caseload.database.reading() as tx:
        rows = {row.id: events for row, events in impacts.rows_with_events(tx, [case_id for case_id, _, _ in found])}
    assert found
    for case_id, _, detail in found:
        record = [CaseEvent(e.name, e.happened, e.recorded, e.number, fields=e.fields) for e in rows[case_id]]
        for place, key in enumerate((LEFT_KEY, RIGHT_KEY)):
            book = caseload.shelved[key].book
            seen = standing(replay(book, standing_events(record), NOW)).ledger.deadlines
            expected = {name: one.due.isoformat() for name, one in seen.items() if side_by_side.is_demanded(one)}
            told = {row[0]: row[1 + 2 * place] for row in detail["dates"] if row[1 + 2 * place]}
            assert told == expected


def test_of_many_cases_each_goes_where_it_goes_alone(caseload: Office):
    want, found = wanted(caseload), carried_out(caseload)[1]
    for case_id, kinds, told in found:
        ((_, alone, detail),) = want.batch(caseload.database, [case_id], want.ready(caseload.database), SideTotals())
        assert (kinds, told) == (alone, detail)


def test_every_figure_counts_the_cases_listed_for_it(caseload: Office):
    result, found = carried_out(caseload)
    listed = Counter(word for _, words, _ in found for word in words.split())
    assert dict(listed) == result["words"]
    assert listed[EVERY] == result["totals"]["cases"] == len(found)


def test_the_tasks_of_a_week_are_those_of_the_cases_listed_for_it(caseload: Office):
    result, found = carried_out(caseload)
    for side, counts in ((LEFT, result["totals"]["work_was"]), (RIGHT, result["totals"]["work_now"])):
        assert counts
        for role, week, count in counts:
            listed = [told for _, words, told in found if f" {side}:week:{role}:{week} " in words]
            tasks = [one[3] for told in listed for one in told["work"] if one[:3] == [side, role, week]]
            assert (sum(tasks), len(tasks)) == (count, len(listed)), (side, role, week)


def test_what_was_asked_for_is_in_time_late_not_done_or_other_and_nothing_else(caseload: Office):
    words = carried_out(caseload)[0]["words"]
    for side in (LEFT, RIGHT):
        for word, count in words.items():
            if word.startswith(f"{side}:demanded:"):
                key = word.rpartition(":")[2]
                parts = [words.get(f"{side}:{how}:{key}", 0) for how in ("met", "late", "overdue", "other")]
                assert sum(parts) == count, word


def test_a_version_turned_round_gains_what_it_lost(caseload: Office):
    there, back = carried_out(caseload)[0]["words"], carried_out(caseload, left=RIGHT_KEY, right=LEFT_KEY)[0]["words"]
    assert there.get("gained", 0) == back.get("lost", 0)
    assert there.get("lost", 0) == back.get("gained", 0)
    assert there["dates"] == back["dates"]


def test_versions_of_another_shape_or_policy_may_be_put_beside_it(office: Office):
    past_cases.made(office, SEH, 6, first=date(2024, 1, 2), last=date(2024, 9, 1), now=NOW)
    result, _ = carried_out(office, left=f"{SEH}/four-stage", right="council-housing/two-stage-2024")
    assert result["totals"]["cases"] == 6
    assert "failed" not in result["words"]


def test_a_period_without_a_case_counts_none(office: Office):
    result, found = carried_out(office)
    assert (result["totals"]["cases"], found) == (0, [])


def test_a_version_beside_itself_or_one_there_is_not_is_refused(office: Office):
    with pytest.raises(Refused, match="two different versions"):
        wanted(office, right=LEFT_KEY)
    with pytest.raises(Refused, match="Choose a policy and two versions"):
        wanted(office, right=f"{SEH}/no-such")


def test_a_worker_takes_it_up_and_its_cases_can_be_listed(office: Office):
    ann = hired(office, "Ann")
    past_cases.made(office, SEH, 3, first=date(2024, 4, 2), last=date(2024, 9, 1), now=NOW)
    about = side_by_side.about(SEH, LEFT_KEY, RIGHT_KEY)
    made = impact_jobs.ask_study(office, side_by_side.KIND, about, ann, NOW, PERIOD)
    background = Background()
    background.look(office, lambda: NOW)
    background._child.process.wait(timeout=60)
    background.look(office, lambda: NOW)
    with office.database.reading() as tx:
        row = impacts.one(tx, made)
        assert (row.status, row.said) == (impacts.DONE, "")
        every = impacts.listed(tx, made, EVERY)
        assert len(every) == row.result["words"][EVERY] == 3
        first = impacts.listed(tx, made, EVERY, size=2)
        assert [*first, *impacts.listed(tx, made, EVERY, after=first[-1].case_id)] == every


def test_a_study_asked_for_again_lets_its_own_list_go_and_no_other(any_office: Office):
    ann = hired(any_office, "Ann")
    past_cases.made(any_office, SEH, 1, first=date(2024, 4, 2), last=date(2024, 4, 2), now=NOW)
    with any_office.database.writing() as tx:
        [case_id] = impacts.ids_received(tx, SEH, NOW.replace(year=2020), NOW)
        made = []
        for kind in (side_by_side.KIND, conformance_run.KIND):
            made.append(impacts.ask(tx, None, by=int(ann.id), now=NOW, period=PERIOD, kind=kind))
            impacts.put_cases(tx, made[-1], [(case_id, f" {EVERY} ", {})])
        impacts.ask(tx, None, by=int(ann.id), now=NOW, period=PERIOD, kind=side_by_side.KIND)
        assert [len(impacts.listed(tx, one, EVERY)) for one in made] == [0, 1]
