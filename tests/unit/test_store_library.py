"""Sealed versions are kept as they were given; calendars only ever learn more; the register shows what may be seen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from engine.calendars import Calendar, CalendarDay
from engine.store import library, register
from engine.store.database import Database, Transaction, migrate, open_database
from engine.store.library import Differs, VersionRow
from engine.store.register import Sight
from tests.unit.store_cases import NOON, opened, step

FILES = {"policies/p/v.yaml": b"policy: p\n", "workflows/a.bpmn": b"<a/>", "workflows/b.bpmn": b"<a/>"}
FUNERAL = CalendarDay(date(2022, 9, 19), "State Funeral", known=date(2022, 9, 10))
ENGLAND = Calendar("england", date(2012, 1, 1), date(2035, 12, 31), (FUNERAL,))


def sealed(tx: Transaction, version: str = "v", seal: str = "s1", **given: Any) -> VersionRow:
    values = {"title": "A policy", "in_force_from": date(2024, 4, 1), "files": FILES, "now": NOON} | given
    return library.put_version(tx, "p", version=version, seal=seal, **values)


def test_a_version_comes_back_byte_for_byte(database: Database) -> None:
    with database.writing() as tx:
        row = sealed(tx)
    with database.reading() as tx:
        assert library.version_files(tx, row.id) == FILES
        assert library.version_named(tx, "p", version="v") == row
        assert library.damaged_files(tx) == []


def test_a_file_many_versions_share_is_stored_once(database: Database) -> None:
    with database.writing() as tx:
        first, second = sealed(tx), sealed(tx, "v2", "s2")
        assert tx.execute(text("SELECT count(*) FROM library_file")).scalar_one() == 2
        assert library.version_files(tx, first.id) == library.version_files(tx, second.id)


def test_sealing_the_same_version_again_changes_nothing(database: Database) -> None:
    with database.writing() as tx:
        first = sealed(tx)
        again = sealed(tx, now=NOON + timedelta(days=1))
        assert again == first
        assert library.versions(tx) == [first]


def test_a_sealed_version_is_never_replaced(database: Database) -> None:
    with database.writing() as tx:
        row = sealed(tx)
        with pytest.raises(Differs, match=r"p/v is sealed here as s1.*; the text given is s2") as refused:
            sealed(tx, seal="s2", files={"other": b""})
        assert (refused.value.sealed, refused.value.given) == ("s1", "s2")
        assert library.version_files(tx, row.id) == FILES


def test_versions_come_in_the_order_they_came_into_force(database: Database) -> None:
    with database.writing() as tx:
        new = sealed(tx)
        old = sealed(tx, "v0", "s0", in_force_from=date(2018, 11, 1))
        assert library.versions(tx, "p") == [old, new]
        assert library.versions(tx, "q") == []


def test_a_damaged_file_is_found(sqlite_database: str) -> None:
    database = open_database(sqlite_database)
    migrate(database)
    with database.writing() as tx:
        sealed(tx)
        tx.execute(text("DROP TRIGGER library_file_no_update"))
        tx.execute(text("UPDATE library_file SET content = 'x' WHERE sha256 IN (SELECT min(sha256) FROM library_file)"))
        assert len(library.damaged_files(tx)) == 1
    database.close()


def test_a_calendar_comes_back_as_it_was_put(database: Database) -> None:
    with database.writing() as tx:
        assert library.put_calendar(tx, ENGLAND, now=NOON) == 1
        assert library.put_calendar(tx, ENGLAND, now=NOON) == 0
        assert library.calendar_named(tx, "england") == ENGLAND
        assert library.calendar_named(tx, "scotland") is None


def test_a_calendar_learns_new_days_and_withdrawals_and_forgets_nothing(database: Database) -> None:
    moved = CalendarDay(FUNERAL.date, "Another name", FUNERAL.known, withdrawn=date(2022, 9, 15))
    closure = CalendarDay(date(2024, 12, 27), "Office closed", known=date(2024, 10, 1), kind="closure")
    with database.writing() as tx:
        library.put_calendar(tx, ENGLAND, now=NOON)
        assert library.put_calendar(tx, Calendar("england", *span(2012, 2040), (moved, closure)), now=NOON) == 2
        assert library.put_calendar(tx, Calendar("england", *span(2012, 2040), (FUNERAL,)), now=NOON) == 0
        kept = library.calendar_named(tx, "england")
    assert kept
    assert (kept.covers_from, kept.covers_to) == span(2012, 2040)
    assert kept.days == (CalendarDay(FUNERAL.date, FUNERAL.name, FUNERAL.known, date(2022, 9, 15)), closure)


def span(first: int, last: int) -> tuple[date, date]:
    return date(first, 1, 1), date(last, 12, 31)


def references(page: register.RegisterPage) -> list[int]:
    return [int(case.reference[-5:]) for case in page.cases]


BY_SIGHT = [
    (Sight(), []),
    (Sight(everything=True), [4, 3, 2, 1]),
    (Sight(everything=True, restricted=True), [5, 4, 3, 2, 1]),
    (Sight((("south-essex-homes", ""),)), [3, 2, 1]),
    (Sight((("south-essex-homes", "repairs"),)), [3, 1]),
    (Sight((("south-essex-homes", "repairs"),), restricted=True), [5, 3, 1]),
    (Sight((("st-leger-homes", ""), ("south-essex-homes", "income"))), [4, 3, 2]),
]


def test_the_register_shows_what_a_person_may_see(database: Database) -> None:
    with database.writing() as tx:
        for area in ("repairs", "income", ""):
            opened(tx, "X", area=area)
        opened(tx, "X", policy="st-leger-homes")
        opened(tx, "X", restricted=True)
        for sight, seen in BY_SIGHT:
            assert references(register.page_of_cases(tx, sight)) == seen, sight


def test_the_register_is_paged_newest_first_and_visits_each_case_once(database: Database) -> None:
    with database.writing() as tx:
        for day in (1, 2, 2, 2, 3):
            opened(tx, "X", logged=NOON + timedelta(days=day))
        found, after = [], None
        for _ in range(3):
            page = register.page_of_cases(tx, Sight(everything=True), after=after, size=2)
            found += references(page)
            after = page.after
        assert found == [5, 4, 3, 2, 1]
        assert after is None
        assert register.all_case_ids(tx) == sorted(register.all_case_ids(tx))


def test_the_register_finds_closed_cases_by_name_and_leaves_others(database: Database) -> None:
    with database.writing() as tx:
        closed = step(tx, opened(tx, "X"), changes={"status": "closed"})
        opened(tx, "X", resident="Ngozi Okafor")
        step(tx, opened(tx, "X"), changes={"hold": "no_version"})
        all_cases = Sight(everything=True)
        assert references(register.page_of_cases(tx, all_cases, text="ngozi")) == [2]
        assert references(register.page_of_cases(tx, all_cases, statuses=["closed"], text="mary")) == [1]
        assert references(register.page_of_cases(tx, all_cases, statuses=["closed", "open"])) == [3, 2, 1]
        assert references(register.page_of_cases(tx, all_cases, only_held=True)) == [3]
        assert register.page_of_cases(tx, all_cases, text=closed.reference).cases[0].status == "closed"
