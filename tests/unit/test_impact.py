"""Laws of what a draft would do: it equals a plain replay, counts add up, and nothing of any case is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine import batches, draft_library, impact_run
from engine.cases import standing
from engine.draft_library import Checked
from engine.events import RECEIVED, CaseEvent, moment
from engine.impact import Compared, DateMoved, Drives
from engine.impact_run import Stopped
from engine.impact_totals import Totals, read
from engine.library import Library
from engine.office import Office
from engine.process import OverBudget
from engine.process_ways import Ways
from engine.record import standing_events
from engine.refusals import Refused
from engine.replay import replay
from engine.store import impacts
from engine.store.database import Database
from tests.bench import past_cases
from tests.unit.case_acts import done, logged, recorded
from tests.unit.casting import hired

POLICY, BASED_ON, NAME = "council-housing", "two-stage-2024", "two-stage-2026"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
PERIOD = date(2024, 4, 1), date(2026, 3, 31)
TEN, ANSWER = "within: 10 working days", "stage_1.response"


def draft_of(office: Office, change: Callable[[str], str] = lambda text: text) -> Checked:
    """A draft of the council's version with its policy text changed."""
    shelf = office.shelf
    files = {}
    for path, content in shelf.files_of(shelf.versions[f"{POLICY}/{BASED_ON}"]).items():
        if path.endswith(".examples.yaml"):
            continue
        text = content.decode().replace(f"version: {BASED_ON}", f"version: {NAME}")
        if path == f"policies/{POLICY}/{BASED_ON}.yaml":
            text = change(text.replace("in_force_from: 2024-04-01", "in_force_from: 2026-04-01"))
        files[path.replace(f"/{BASED_ON}.", f"/{NAME}.")] = text.encode()
    return draft_library.checked(office, files, f"{POLICY}/{NAME}")


def asked(office: Office, draft: Checked) -> impact_run.Wanted:
    return impact_run.wanted(office, draft, BASED_ON, PERIOD, NOW)


def compared(office: Office, draft: Checked) -> Compared:
    assert draft.book is not None, draft.wrong
    return Compared(draft.book, office, NOW)


def longer(text: str) -> str:
    assert text.count(TEN) == 1, "only the answer at stage 1 takes ten working days"
    return text.replace(TEN, "within: 15 working days")


def shorter(text: str) -> str:
    return text.replace(TEN, "within: 3 working days")


def answered(day: str) -> list[CaseEvent]:
    """A case acknowledged on the day it came, 3 June 2024, and answered that day."""
    steps = (RECEIVED, "triaged", "stage_1.acknowledged", "stage_1.response_sent")
    days = ("2024-06-03", "2024-06-03", "2024-06-03", day)
    said = {"triaged": {"decision": "complaint"}}
    return [
        CaseEvent(name, moment(when), moment(when), number, fields=said.get(name, {}))
        for number, (name, when) in enumerate(zip(steps, days, strict=True), 1)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_both_sides_equal_a_plain_replay_on_random_cases(office: Office, seed: int):
    draft = draft_of(office, longer)
    for record in past_cases.records(office, POLICY, 5, seed=seed, now=NOW, first=date(2024, 4, 2)):
        events = standing_events(record)
        found = compared(office, draft).case(record)
        own = office.shelved[f"{POLICY}/{BASED_ON}"].book
        was, now = (standing(replay(book, events, NOW)) for book in (own, draft.book))
        assert Drives(Ways()).driven(draft.book, events, NOW).standing.ledger.deadlines == now.ledger.deadlines
        shown = {one.key: (one.was, one.now) for one in found.dates}
        for key in {*was.ledger.deadlines, *now.ledger.deadlines}:
            sides = [side.ledger.deadlines.get(key) for side in (was, now)]
            due = tuple(one.due if one and one.state != "stopped" else None for one in sides)
            assert shown.get(key, (due[0], due[0])) == due
        late = [
            {k for k, one in side.ledger.deadlines.items() if one.state in ("late", "overdue")} for side in (was, now)
        ]
        assert set(found.gained) == late[1] - late[0]
        assert set(found.lost) == late[0] - late[1]
        assert [one.event for one in found.departed] == [
            one.event.name
            for one in now.departures
            if one.event.number not in {other.event.number for other in was.departures}
        ]


def test_a_draft_that_changes_nothing_would_change_nothing(office: Office):
    same = compared(office, draft_of(office))
    for record in past_cases.records(office, POLICY, 30, seed=3, now=NOW, first=date(2024, 4, 2)):
        found = same.case(record)
        assert found.kinds == ()
        assert found.work_was == found.work_now


def test_a_shorter_time_moves_a_date_and_breaks_a_promise_that_was_kept(office: Office):
    found = compared(office, draft_of(office, shorter)).case(answered("2024-06-17"))
    assert found.dates == (DateMoved(ANSWER, date(2024, 6, 17), date(2024, 6, 6)),)
    assert (found.gained, found.lost, found.worse) == ((ANSWER,), (), ())


def test_a_longer_time_keeps_a_promise_that_was_broken_and_leaves_the_resident_worse_off_than_the_code(office: Office):
    found = compared(office, draft_of(office, longer)).case(answered("2024-06-18"))
    assert (found.gained, found.lost) == ((), (ANSWER,))
    [worse] = found.worse
    assert (worse.key, worse.provision, worse.limit, worse.due) == (ANSWER, "6.3", date(2024, 6, 17), date(2024, 6, 24))
    assert found.worse_before == ()


def test_more_time_inside_the_code_is_no_worse_than_the_code(office: Office):
    told = CaseEvent(
        "stage_1.extension_given", moment("2024-06-10"), moment("2024-06-10"), 4, fields={"to": "2024-07-01"}
    )
    record = [*answered("2024-06-28")[:3], told, replace(answered("2024-06-28")[3], number=5)]
    assert compared(office, draft_of(office)).case(record).worse == ()


def test_a_complaint_before_the_first_edition_is_not_measured_by_the_code(office: Office):
    early = [replace(one, happened=one.happened.replace(year=2019)) for one in answered("2024-06-18")]
    found = compared(office, draft_of(office, longer)).case(early)
    assert (found.edition, found.worse, found.governed_by) == ("", (), "")


def test_a_version_without_the_step_that_was_taken_is_another_path(office: Office):
    """Under the versions of 2018 nobody gives an extension: they send a holding reply."""
    told = CaseEvent(
        "stage_1.extension_given", moment("2024-06-10"), moment("2024-06-10"), 4, fields={"to": "2024-07-01"}
    )
    record = [*answered("2024-06-12")[:3], told]
    book = office.shelved["south-essex-homes/three-stage-2018"].book
    versions = {key: one for key, one in office.shelved.items() if key.startswith("south-essex-homes/")}
    found = Compared(book, replace(office, shelved=versions), NOW).case(record)
    assert found.governed_by == BASED_ON
    assert [one.event for one in found.departed] == ["stage_1.extension_given"]


def test_counts_are_the_same_in_any_order_and_are_read_again_as_written(office: Office):
    one_by_one, whole, backwards = compared(office, draft_of(office, longer)), Totals(), Totals()
    found = [
        one_by_one.case(record)
        for record in past_cases.records(office, POLICY, 40, seed=8, now=NOW, first=date(2024, 4, 2))
    ]
    for one, other in zip(found, reversed(found), strict=True):
        whole.add(one)
        backwards.add(other)
    assert backwards == whole
    assert read(whole.as_json()) == whole
    assert sum(whole.by_version.values()) == whole.cases == 40


def test_a_run_says_how_far_it_is_finds_the_same_again_and_writes_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
):
    past_cases.made(office, POLICY, 60, first=PERIOD[0], last=PERIOD[1], now=NOW, seed=5)
    want, before = asked(office, draft_of(office, longer)), content(office.database)
    heard: list[tuple[int, int]] = []
    found: list[list[impact_run.Found]] = [[], []]
    results = []
    for kept, size in zip(found, (7, 100), strict=True):
        monkeypatch.setattr(batches, "BATCH", size)
        heard.clear()
        told = impact_run.simulate(want, office.database, lambda *far: heard.append(far) or True, kept.extend)
        results.append(told.totals)
        total = len(want.stories) + 60
        assert (heard[0], heard[-1]) == ((0, total), (total, total))
        assert [done for done, _ in heard] == sorted({done for done, _ in heard})
    assert results[0] == results[1]
    assert found[0] == found[1]
    assert results[0].cases == 60
    assert content(office.database) == before


def content(database: Database) -> list[tuple[object, ...]]:
    with database.reading() as tx:
        return [tuple(row) for row in tx.exec_driver_sql("SELECT * FROM complaint_case ORDER BY id").all()]


def test_the_whole_run_counts_what_each_case_gives(office: Office):
    past_cases.made(office, POLICY, 45, first=PERIOD[0], last=PERIOD[1], now=NOW, seed=11)
    draft, plain = draft_of(office, shorter), Totals()
    with office.database.reading() as tx:
        ids = impacts.ids_of_cases(tx, POLICY, moment("2024-04-01"), NOW)
        rows = impacts.rows_with_events(tx, ids)
    for _, events in rows:
        plain.add(
            compared(office, draft).case(
                [CaseEvent(e.name, e.happened, e.recorded, e.number, e.by_person, e.by_name, e.fields) for e in events]
            )
        )
    whole = impact_run.simulate(asked(office, draft), office.database).totals
    assert replace(whole, live=plain.live, live_why=plain.live_why) == plain


def test_it_stops_when_it_is_told_to(office: Office):
    with pytest.raises(Stopped):
        impact_run.simulate(asked(office, draft_of(office)), office.database, lambda done, total: done < 3)


def test_a_draft_with_problems_cannot_be_replayed_and_it_says_so(office: Office):
    broken = draft_of(office, lambda text: text.replace("of: complaint_received", "of: complaint_recieved"))
    with pytest.raises(Refused, match="problem"):
        asked(office, broken)


def test_the_old_stories_come_out_otherwise_where_the_draft_says_otherwise(office: Office):
    same = impact_run.simulate(asked(office, draft_of(office)), office.database).stories
    assert same
    assert [one for one in same if one.otherwise] == []
    changed = impact_run.simulate(asked(office, draft_of(office, shorter)), office.database).stories
    otherwise = [one for one in changed if one.otherwise]
    assert otherwise
    assert any(ANSWER in sentence for one in otherwise for sentence in one.otherwise)


def test_live_cases_are_sorted_by_the_plan_that_would_move_them(office: Office):
    ann = hired(office, "Ann")
    late = logged(office, ann, received="2026-03-09")
    for key in ("triage", "stage_1.acknowledge"):
        done(office, late, ann, key, "2026-03-09")
    fresh = logged(office, ann, received="2026-03-19")
    gone = logged(office, ann, received="2026-03-09")
    recorded(office, gone, ann, "withdrawn", "2026-03-10")
    kept: list[impact_run.Found] = []
    draft = draft_of(office, shorter)
    late_now = impact_run.wanted(office, draft, BASED_ON, PERIOD, moment("2026-03-20"))
    live = impact_run.simulate(late_now, office.database, keep=kept.extend).totals.live
    assert dict(live) == {"breaches": 1, "moves": 1}
    kinds = {detail["live"]["kind"] for _, _, detail in kept if "live" in detail}
    assert kinds == {"breaches", "moves"}
    assert fresh


def test_a_case_that_cannot_be_driven_is_counted_and_named(office: Office, monkeypatch: pytest.MonkeyPatch):
    def over(*_: object, **__: object) -> None:
        raise OverBudget("steps", 500)

    monkeypatch.setattr("engine.impact.replay", over)
    totals = Totals()
    totals.add(compared(office, draft_of(office)).case(answered("2024-06-12")))
    assert list(totals.failed.values()) == [1]
    assert totals.kinds["failed"] == 1


def test_a_case_whose_content_was_erased_is_counted_as_such(office: Office, shelf: Library):
    past_cases.made(office, POLICY, 3, first=PERIOD[0], last=PERIOD[1], now=NOW, seed=2)
    with office.database.writing() as tx:
        tx.exec_driver_sql("DELETE FROM event_content WHERE case_id = (SELECT min(id) FROM complaint_case)")
    totals = impact_run.simulate(asked(office, draft_of(office)), office.database).totals
    assert totals.failed == {impact_run.ERASED: 1}
