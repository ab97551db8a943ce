"""The record as one list, on both databases: every line once, whatever the size of a page and however many lines have
the same moment; and who saw a case, once for each hour.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DatabaseError

from engine.store import acts, case_views, people, recorded
from engine.store.database import Database, Transaction, migrate, open_database
from engine.store.recorded import Recorded, Sought
from tests.unit.store_cases import NOON, event, opened, step

MINUTE = timedelta(minutes=1)


def hired(tx: Transaction) -> int:
    return people.add_person(tx, "ann", name="Ann", email="", password_hash=None, now=NOON).id


def listed(tx: Transaction, sought: Sought, size: int) -> list[Recorded]:
    """Every line of the record, a page after the other."""
    found, after = recorded.page_of_record(tx, sought, size=size)
    while after is not None:
        page, after = recorded.page_of_record(tx, sought, after=after, size=size)
        assert page
        found += page
    return found


def test_every_line_stands_once_whatever_the_size_of_a_page(database: Database) -> None:
    with database.writing() as tx:
        ann = hired(tx)
        for place in range(
            3
        ):  # each line of the three kinds at the same moment: events are recorded a minute past noon
            case = step(tx, opened(tx), new_events=[event("triaged"), event("stage_1.acknowledged")])
            acts.record_act(tx, ann, what="signed_in", about=f"case {case.reference}", now=NOON + MINUTE)
            case_views.record(tx, case.id, person_id=ann, now=NOON + MINUTE)
            acts.record_act(tx, None, what="signed_out", about="nobody", now=NOON + place * MINUTE)
    everything = Sought(with_views=True)
    with database.reading() as tx:
        whole = listed(tx, everything, 1000)
        assert len(whole) == len({(one.source, one.place) for one in whole}) == 3 * 6
        assert [one.at for one in whole] == sorted((one.at for one in whole), reverse=True)
        for size in (1, 2, 3, 5, 17, 18, 19):
            assert listed(tx, everything, size) == whole, size
        assert {one.name for one in whole if one.source == "view"} == {"Ann"}
        of_one = listed(tx, Sought(with_views=True, about="SEH-2024-00002"), 2)
        assert sorted(one.source for one in of_one) == ["act", "event", "event", "event", "view"]
        assert listed(tx, Sought(about="SEH-1999-00001"), 2) == []
        assert len(listed(tx, Sought(acts=("signed_in",), events=()), 2)) == 3
        assert len(listed(tx, Sought(acts=(), events=("triaged",)), 2)) == 3
        assert listed(tx, Sought(with_views=True, until=NOON), 5) == []
        assert len(listed(tx, Sought(acts=None, events=(), person_id=ann), 2)) == 3


def test_an_opening_is_recorded_once_an_hour_and_never_taken_away(database: Database) -> None:
    with database.writing() as tx:
        ann, case = hired(tx), opened(tx)
        for minutes in (0, 1, 59, 60, 61):
            now = NOON + minutes * MINUTE
            if case_views.unrecorded(tx, case.reference, person_id=ann, now=now):
                case_views.record(tx, case.id, person_id=ann, now=now)
            case_views.record(tx, case.id, person_id=ann, now=now)  # another request was as quick
        rows, after = case_views.of_case(tx, case.id, size=1)
        rest, end = case_views.of_case(tx, case.id, after=after, size=1)
        assert [one.at for one in (*rows, *rest)] == [NOON + 60 * MINUTE, NOON]
        assert end is None
        assert case_views.unrecorded(tx, "SEH-1999-00001", person_id=ann, now=NOON) is None
    for statement in ("UPDATE case_view SET person_id = 1", "DELETE FROM case_view"):
        with pytest.raises(DatabaseError, match="append-only"), database.writing() as tx:
            tx.exec_driver_sql(statement)


@settings(max_examples=15)  # each makes a database of its own
@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=6), moments=st.lists(st.integers(0, 2), max_size=12))
def test_pages_of_any_size_give_the_same_list(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], moments: list[int]
) -> None:
    file = tmp_path_factory.mktemp("record") / "record.sqlite"
    there = open_database(f"sqlite:///{Path(file)}")
    migrate(there)
    with there.writing() as tx:
        ann, case = hired(tx), opened(tx)
        for place, minutes in enumerate(moments):
            if place % 2:
                acts.record_act(tx, ann, what="signed_in", about="x", now=NOON + minutes * MINUTE)
            else:
                step(tx, opened(tx), now=NOON)
                case_views.record(tx, case.id + place // 2, person_id=ann, now=NOON + minutes * MINUTE)
    with there.reading() as tx:
        whole = listed(tx, Sought(with_views=True), 1000)
        found, after = [], None
        for turn in range(1000):
            page, after = recorded.page_of_record(
                tx, Sought(with_views=True), after=after, size=sizes[turn % len(sizes)]
            )
            found += page
            if after is None:
                break
        assert found == whole
    there.close()
