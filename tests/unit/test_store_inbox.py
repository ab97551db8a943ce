"""The inbox: what is due first, each task once, counts up to 99+, claims, and no list that reads the whole table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import text

from engine.store import claims, inbox, people, timers
from engine.store.case_rows import group_key, team_key
from engine.store.cases import TimerRow
from engine.store.claims import AlreadyTaken, TaskGone
from engine.store.database import Database, Transaction, migrate, open_database
from engine.store.inbox import Filters, Scope
from engine.store.people import GrantRow
from tests.unit.store_cases import NOON, opened, running, step, task

SEH, STL = "south-essex-homes", "st-leger-homes"
MANAGER, OFFICER = "service_manager", "complaints_officer"
REPAIRS = group_key(SEH, MANAGER, area="repairs")
INCOME = group_key(SEH, MANAGER, area="income")
MAY = date(2024, 5, 1)


@pytest.fixture
def database(database: Database) -> Database:
    with database.writing() as tx:
        for name in ("Ann", "Bob"):
            people.add_person(tx, name, name=name, email="", password_hash=None, now=NOON)
    return database


def waiting(tx: Transaction, due: date | None, role: str = MANAGER, key: str = "stage_1.respond", **given: Any) -> str:
    """A case with one open task; its reference."""
    case = opened(tx, **given)
    return step(tx, case, tasks=[task(key, due=due, role=role, stage=key.split(".")[0])]).reference


def references(page: inbox.Page) -> list[str]:
    return [each.reference for each in page.tasks]


def all_pages(tx: Transaction, scope: Scope, size: int) -> list[str]:
    found, after = [], None
    while True:
        page = inbox.page(tx, scope, after=after, size=size)
        found += references(page)
        after = page.after
        if after is None:
            return found


def test_what_is_due_first_comes_first_and_what_has_no_date_last(database: Database) -> None:
    with database.writing() as tx:
        late, never, soon = (waiting(tx, due) for due in (MAY + timedelta(9), None, MAY))
        case = step(tx, opened(tx), tasks=[task("a", due=MAY + timedelta(20), promised=MAY + timedelta(5))])
        page = inbox.page(tx, Scope(keys=(REPAIRS,)))
    assert references(page) == [soon, case.reference, late, never]
    assert page.after is None


def test_paging_visits_each_task_once_though_many_are_due_on_one_day(database: Database) -> None:
    with database.writing() as tx:
        made = [
            waiting(tx, MAY + timedelta(number % 3), area=("repairs", "income")[number % 2]) for number in range(11)
        ]
        for size in (1, 2, 3, 5, 11, 12):
            found = all_pages(tx, Scope(keys=(REPAIRS, INCOME)), size)
            assert len(found) == len(set(found)) == 11
            assert set(found) == set(made)


def test_a_task_done_while_a_page_is_read_hides_no_other(database: Database) -> None:
    with database.writing() as tx:
        first = step(tx, opened(tx), tasks=[task("a", due=MAY)])
        others = [waiting(tx, MAY + timedelta(1)), waiting(tx, MAY + timedelta(2))]
        page = inbox.page(tx, Scope(keys=(REPAIRS,)), size=1)
        step(tx, first, tasks=[])
        rest = inbox.page(tx, Scope(keys=(REPAIRS,)), after=page.after)
    assert references(page) == [first.reference]
    assert references(rest) == others


def test_nobody_sees_the_tasks_of_another_area_role_or_policy(database: Database) -> None:
    with database.writing() as tx:
        mine = waiting(tx, MAY)
        waiting(tx, MAY, area="income")
        waiting(tx, MAY, role=OFFICER)
        waiting(tx, MAY, policy=STL)
        assert references(inbox.page(tx, Scope(keys=(REPAIRS,)))) == [mine]
        assert inbox.count(tx, Scope(keys=(REPAIRS,))) == 1


def test_a_role_for_every_area_sees_them_all_and_each_task_once(database: Database) -> None:
    grants = [GrantRow(SEH, MANAGER), GrantRow(SEH, MANAGER, "income"), GrantRow(STL, OFFICER, "repairs")]
    with database.writing() as tx:
        made = [waiting(tx, MAY, area=area) for area in ("repairs", "income", "")]
        made.append(waiting(tx, MAY, policy=STL, role=OFFICER))
        waiting(tx, MAY, policy=STL, role=OFFICER, area="income")
        scope = Scope(keys=people.keys_of(grants))
        assert references(inbox.page(tx, scope)) == made
        assert inbox.count(tx, scope) == 4


def test_the_tasks_of_a_restricted_case_are_seen_only_by_their_own_keys(database: Database) -> None:
    with database.writing() as tx:
        hidden = waiting(tx, MAY, restricted=True)
        open_to_all = waiting(tx, MAY)
        keys = people.keys_of([GrantRow(SEH, MANAGER)])
        assert references(inbox.page(tx, Scope(keys=keys))) == [open_to_all]
        keys += people.keys_of([GrantRow(SEH, MANAGER)], restricted=True)
        assert references(inbox.page(tx, Scope(keys=keys))) == [hidden, open_to_all]


def test_no_keys_show_nothing(database: Database) -> None:
    with database.writing() as tx:
        waiting(tx, MAY)
        assert inbox.page(tx, Scope()).tasks == ()
        assert inbox.count(tx, Scope()) == 0


def test_my_tasks_are_those_i_have_taken(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        waiting(tx, MAY)
        claims.claim(tx, case.id, key="a", person_id=1, now=NOON)
        mine = inbox.page(tx, Scope(person_id=1))
        assert [(each.reference, each.person_name) for each in mine.tasks] == [(case.reference, "Ann")]
        assert (inbox.count(tx, Scope(person_id=1)), inbox.count(tx, Scope(person_id=2))) == (1, 0)


BY_FILTERS = [
    (Filters(role=OFFICER), [1]),
    (Filters(role="nobody"), []),
    (Filters(stage="stage_2"), [2]),
    (Filters(only_unclaimed=True), [1, 2, 3]),
    (Filters(person_id=1), [0]),
    (Filters(due_before=MAY + timedelta(1)), [0]),
    (Filters(due_from=MAY + timedelta(1), due_before=MAY + timedelta(3)), [1, 2]),
    (Filters(text="mary"), [0, 1, 2]),
    (Filters(text="okaf GARDEN"), [3]),
    (Filters(text="SEH-2024-00003"), [2]),
    (Filters(text="nobody"), []),
    (Filters(text="mary", only_unclaimed=True, stage="stage_1"), [1]),
]


def test_filters_leave_what_they_ask_for(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("stage_1.respond", due=MAY)])
        made = [
            case.reference,
            waiting(tx, MAY + timedelta(1), role=OFFICER),
            waiting(tx, MAY + timedelta(2), key="stage_2.respond"),
            waiting(tx, MAY + timedelta(3), resident="Ngozi Okafor", address="3 Garden Close", key="triage"),
        ]
        claims.claim(tx, case.id, key="stage_1.respond", person_id=1, now=NOON)
        scope = Scope(keys=(team_key(SEH, MANAGER), team_key(SEH, OFFICER)))
        for filters, expected in BY_FILTERS:
            found = references(inbox.page(tx, scope, filters=filters))
            assert found == [made[place] for place in expected], filters
            assert inbox.count(tx, scope, filters=filters) == len(expected), filters


HAS = [
    "mary",
    "MARY",
    "o'brien",
    "brien",
    "SEH-2024-00001",
    "seh-2024-00001",
    "00001",
    "ss14",
    "SS14 1AB",
    "ss141ab",
    "high st",
]
HAS_NOT = ["ary", "mary smith", "%", "_", "''", "SEH-2023", "12 low"]


def test_a_case_is_found_by_the_beginning_of_its_words_and_by_nothing_else(database: Database) -> None:
    with database.writing() as tx:
        reference = waiting(tx, MAY)
        found = {
            words: references(inbox.page(tx, Scope(keys=(REPAIRS,)), filters=Filters(text=words)))
            for words in HAS + HAS_NOT
        }
    assert found == {key: [reference] for key in HAS} | {key: [] for key in HAS_NOT}


def test_accents_do_not_matter(database: Database) -> None:
    with database.writing() as tx:
        reference = waiting(tx, MAY, resident="Zoë Béla-Brontë")
        for text in ("zoe", "ZOË", "bronte", "bela-bronte"):
            assert references(inbox.page(tx, Scope(keys=(REPAIRS,)), filters=Filters(text=text))) == [reference]


def test_a_corrected_name_is_found_and_the_old_one_is_not(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        step(tx, case, changes={"resident": "Maria Okafor"}, tasks=[task("a")])
        pages = {
            word: references(inbox.page(tx, Scope(keys=(REPAIRS,)), filters=Filters(text=word)))
            for word in ("okafor", "o'brien")
        }
    assert pages == {"okafor": [case.reference], "o'brien": []}


def test_a_count_goes_no_further_than_it_is_asked(database: Database) -> None:
    with database.writing() as tx:
        for area in ("repairs", "income"):
            waiting(tx, MAY, area=area)
            waiting(tx, MAY, area=area)
        assert inbox.count(tx, Scope(keys=(REPAIRS, INCOME)), most=3) == 3
        assert inbox.count(tx, Scope(keys=(REPAIRS, INCOME))) == 4


def test_a_task_can_be_taken_once_and_the_other_is_told_by_whom(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        claims.claim(tx, case.id, key="a", person_id=1, now=NOON)
        claims.claim(tx, case.id, key="a", person_id=1, now=NOON + timedelta(hours=1))
        with pytest.raises(AlreadyTaken) as refused:
            claims.claim(tx, case.id, key="a", person_id=2, now=NOON)
    assert (refused.value.by, refused.value.at) == ("Ann", NOON)


def test_a_task_that_is_not_open_cannot_be_taken(database: Database) -> None:
    with database.writing() as tx, pytest.raises(TaskGone):
        claims.claim(tx, opened(tx).id, key="a", person_id=1, now=NOON)


def test_only_who_has_a_task_can_release_it(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        claims.claim(tx, case.id, key="a", person_id=1, now=NOON)
        with pytest.raises(AlreadyTaken):
            claims.release(tx, case.id, key="a", person_id=2, now=NOON)
        claims.release(tx, case.id, key="a", person_id=1, now=NOON)
        claims.claim(tx, case.id, key="a", person_id=2, now=NOON)
        assert inbox.tasks_of(tx, case.id)[0].person_name == "Bob"


def test_a_task_is_reassigned_only_from_who_was_seen_to_have_it(database: Database) -> None:
    with database.writing() as tx:
        case = step(tx, opened(tx), tasks=[task("a")])
        claims.reassign(tx, case.id, key="a", held_by=None, to=1, now=NOON)
        with pytest.raises(AlreadyTaken) as refused:
            claims.reassign(tx, case.id, key="a", held_by=None, to=2, now=NOON)
        assert refused.value.by == "Ann"
        claims.reassign(tx, case.id, key="a", held_by=1, to=2, now=NOON)
        assert inbox.tasks_of(tx, case.id)[0].person_name == "Bob"


def test_a_timer_is_due_when_its_day_has_passed(database: Database) -> None:
    with database.writing() as tx:
        for days in (2, 1, 3):
            key, due = "stage_2.request_window", MAY + timedelta(days)
            step(tx, opened(tx), deadlines=[running(key, due)], timers=[TimerRow(key, due)])
        assert timers.due_timers(tx, MAY + timedelta(1)) == []
        found = timers.due_timers(tx, MAY + timedelta(3))
        assert [(each.reference, each.due) for each in found] == [
            ("SEH-2024-00001", MAY + timedelta(2)),
            ("SEH-2024-00002", MAY + timedelta(1)),
        ]
        assert timers.due_timers(tx, MAY + timedelta(3), limit=1) == found[:1]
        assert timers.due_timers(tx, MAY + timedelta(3), after_case=found[0].case_id) == found[1:]
        assert timers.take_due(tx, found[1].case_id, day=MAY + timedelta(3)) == found[1:]
        assert timers.take_due(tx, found[1].case_id, day=MAY + timedelta(1)) == []


def test_a_case_on_hold_has_no_timer_due(database: Database) -> None:
    with database.writing() as tx:
        given = {"deadlines": [running("w", MAY)], "timers": [TimerRow("w", MAY)]}
        step(tx, opened(tx), changes={"hold": "over_budget"}, **given)
        assert timers.due_timers(tx, MAY + timedelta(3)) == []


def test_two_workers_never_take_one_timer(postgres_database: str) -> None:
    database = open_database(postgres_database)
    migrate(database)
    with database.writing() as tx:
        for _ in range(2):
            step(tx, opened(tx), deadlines=[running("w", MAY)], timers=[TimerRow("w", MAY)])
    day = MAY + timedelta(1)
    with database.writing() as one, database.writing() as other:
        assert [each.case_id for each in timers.take_due(one, 1, day=day)] == [1]
        assert timers.take_due(other, 1, day=day) == []
        assert [each.case_id for each in timers.take_due(other, 2, day=day)] == [2]
    database.close()


def plan_of(tx: Transaction, ask: Any) -> str:
    """How the database means to find what is asked."""
    plans: list[str] = []
    explain = "EXPLAIN QUERY PLAN " if tx.dialect.name == "sqlite" else "EXPLAIN "

    @sql_event.listens_for(tx, "before_cursor_execute")
    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            cursor.execute(explain + statement, parameters)
            plans.extend(str(row[-1]) for row in cursor.fetchall())

    ask()
    sql_event.remove(tx, "before_cursor_execute", note)
    return "\n".join(plans)


SCOPES = [
    Scope(person_id=1),
    Scope(keys=(REPAIRS, INCOME)),
    Scope(keys=(team_key(SEH, MANAGER), team_key(STL, OFFICER))),
]
CURSORS = [None, (MAY, 7)]
FILTERS = [Filters(), Filters(stage="stage_1"), Filters(person_id=2), Filters(text="mary"), Filters(due_before=MAY)]


def test_no_list_and_no_count_reads_the_whole_table(database: Database) -> None:
    with database.writing() as tx:
        if tx.dialect.name == "postgresql":
            tx.execute(text("SET LOCAL enable_seqscan = off"))  # so few rows that it would rather read them all
        for scope in SCOPES:
            for filters in FILTERS:
                plans = [
                    plan_of(tx, lambda s=scope, f=filters, a=after: inbox.page(tx, s, filters=f, after=a))
                    for after in CURSORS
                ]
                plans.append(plan_of(tx, lambda s=scope, f=filters: inbox.count(tx, s, filters=f)))
                for plan in plans:
                    assert "SCAN open_task" not in plan, plan
                    assert "Seq Scan on open_task" not in plan, plan


def test_a_page_in_order_is_not_sorted_by_the_database(sqlite_database: str) -> None:
    database = open_database(sqlite_database)
    migrate(database)
    with database.reading() as tx:
        plan = plan_of(tx, lambda: inbox.page(tx, Scope(keys=(REPAIRS,)), after=(MAY, 7)))
    assert "COVERING INDEX ix_open_task_group_key_sort_due_id (group_key=? AND sort_due>?)" in plan
    database.close()
