"""The disk is full, the n-th write fails, the database may not be written, is damaged or goes away: a step is refused
with a sentence of the store and nothing of it is written; once the fault has passed, the same step works.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from engine import publishing, steps
from engine.events import moment
from engine.library import Library
from engine.office import Office
from engine.rights import Person
from engine.store.database import StoreUnavailable, is_current, migrate, open_database
from tests.conftest import server
from tests.faults import caseload
from tests.faults.killing import in_child

NOW = moment("2024-06-12")
UNAVAILABLE = 9
PAGE = 4096
SHARED_MEMORY = 8 * PAGE  # SQLite's own file beside a database in WAL mode


@pytest.fixture
def ann(office: Office) -> Person:
    return caseload.staff(office, "Ann")[0]


@contextmanager
def every_connection(*pragmas: str) -> Iterator[None]:
    """Each new connection is limited by these pragmas, for the length of the block."""

    def limit(connection: Any, _record: Any) -> None:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


def or_unavailable(act: Callable[[], object]) -> int:
    """For a child: do it, and say by the exit code that the store said it cannot."""
    try:
        act()
    except StoreUnavailable:
        return UNAVAILABLE
    return 0


ACTS: dict[str, Callable[[Office, str, Person], object]] = {
    "complete": lambda office, case, who: caseload.completed(office, case, who, "stage_1.respond", NOW),
    "claim": lambda office, case, who: steps.claim(office, case, "stage_1.respond", who, NOW),
    "withdraw": lambda office, case, who: caseload.recorded(office, case, who, "withdrawn", NOW),
    "log": lambda office, case, who: caseload.logged(office, who),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_full_disk_refuses_whole(office: Office, ann: Person, name: str):
    case = caseload.to_answer(office, ann)
    before = caseload.seen(office, case)
    with office.database.reading() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
    office.database.close()
    with every_connection(f"max_page_count={pages}"):
        while or_unavailable(lambda: caseload.logged(office, ann)) == 0:
            pass  # until there is no room left
        outcome = or_unavailable(lambda: ACTS[name](office, case, ann))
        assert (caseload.seen(office, case) == before) is (outcome == UNAVAILABLE or name == "log")
    office.database.close()
    caseload.logged(office, ann)  # there is room again
    assert caseload.differences(office) == []


def test_an_error_at_the_nth_write_leaves_nothing_of_a_step(office: Office, ann: Person):
    """The system refuses every write past so many bytes, one page more each time, until the step fits."""
    case = caseload.to_answer(office, ann)
    before, codes = caseload.seen(office, case), []

    def limited(size: int) -> int:
        return in_child(
            office,
            lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
            lambda: or_unavailable(lambda: ACTS["complete"](office, case, ann)),
        )

    for page in range(60):
        codes.append(limited(SHARED_MEMORY + page * PAGE))
        if codes[-1] == 0:
            break
        assert caseload.seen(office, case) == before, f"after {page} pages"
        assert caseload.differences(office) == []
    assert codes == [UNAVAILABLE] * (len(codes) - 1) + [0]
    assert len(codes) > 5
    assert caseload.seen(office, case).events == (*before.events, "stage_1.response_sent")
    assert caseload.differences(office) == []


@pytest.mark.parametrize("name", ACTS)
def test_a_database_that_may_only_be_read_is_read_and_refuses_the_rest(office: Office, ann: Person, name: str):
    case = caseload.to_answer(office, ann)
    before = caseload.seen(office, case)
    office.database.close()
    file = office.database.url.removeprefix("sqlite:///")
    read_only = replace(office, database=open_database(f"sqlite:///file:{file}?mode=ro&uri=true"))
    assert caseload.seen(read_only, case) == before
    with pytest.raises(StoreUnavailable, match="readonly"):
        ACTS[name](read_only, case, ann)
    with pytest.raises(StoreUnavailable, match="readonly"):
        ACTS["complete"](read_only, case, ann)
    read_only.database.close()
    assert caseload.seen(office, case) == before
    ACTS[name](office, case, ann)
    assert caseload.differences(office) == []


def test_a_first_start_on_a_full_disk_seals_nothing_and_the_next_one_all(sqlite_database: str, shelf: Library):
    database = open_database(sqlite_database)
    migrate(database)
    with database.reading() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.close()
    with every_connection(f"max_page_count={pages + 20}"), pytest.raises(StoreUnavailable, match="full"):
        sealed(database, shelf)
    database.close()
    assert is_current(database)
    assert sealed(database, shelf) == len(shelf.versions)
    database.close()


def sealed(database: Any, shelf: Library) -> int:
    with database.writing() as tx:
        return len(publishing.import_shipped(tx, shelf, NOW).sealed)


@pytest.mark.parametrize("damage", ["not a database", "a page overwritten"])
def test_a_damaged_file_is_said_to_be_so(office: Office, ann: Person, damage: str):
    case = caseload.to_answer(office, ann)
    office.database.close()
    file = Path(office.database.url.removeprefix("sqlite:///"))
    content = bytearray(file.read_bytes())
    start, end = (0, 4096) if damage == "not a database" else (4096, len(content))
    content[start:end] = b"\xa5" * (end - start)
    file.write_bytes(content)
    with pytest.raises(StoreUnavailable):
        caseload.seen(office, case)
    with pytest.raises(StoreUnavailable):
        ACTS["complete"](office, case, ann)


# --- PostgreSQL ---------------------------------------------------------------------------------


def test_a_connection_cut_between_two_steps_is_not_noticed(office_there: Office, postgres_url: str):
    (who,) = caseload.staff(office_there, "Ann")
    case = caseload.to_answer(office_there, who)
    assert cut(office_there, postgres_url) > 0
    caseload.completed(office_there, case, who, "stage_1.respond", NOW)
    assert caseload.differences(office_there) == []


@pytest.mark.parametrize("place", range(0, 24, 4))
def test_a_connection_cut_within_a_step_refuses_it_whole_and_the_next_works(
    office_there: Office, postgres_url: str, place: int
):
    (who,) = caseload.staff(office_there, "Ann")
    case = caseload.to_answer(office_there, who)
    before, left = caseload.seen(office_there, case), iter(range(place + 1))

    def cutting(*_: object) -> None:
        if next(left, None) == place:
            cut(office_there, postgres_url)

    event.listen(Engine, "before_cursor_execute", cutting)
    try:
        outcome = or_unavailable(lambda: ACTS["complete"](office_there, case, who))
    finally:
        event.remove(Engine, "before_cursor_execute", cutting)
    after = caseload.seen(office_there, case)
    assert (after == before) is (outcome == UNAVAILABLE)
    if outcome == UNAVAILABLE:
        ACTS["complete"](office_there, case, who)
    assert caseload.seen(office_there, case).events == (*before.events, "stage_1.response_sent")
    assert caseload.differences(office_there) == []


def test_a_server_that_takes_no_writes_is_said_to_be_so(office_there: Office, postgres_url: str):
    """As a standby is, or a server whose disk is nearly full."""
    (who,) = caseload.staff(office_there, "Ann")
    case = caseload.to_answer(office_there, who)
    before = caseload.seen(office_there, case)
    name = database_name(office_there)
    with server(postgres_url) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    office_there.database.close()
    with pytest.raises(StoreUnavailable):
        ACTS["complete"](office_there, case, who)
    assert caseload.seen(office_there, case) == before


def cut(office: Office, url: str) -> int:
    """End every connection to the office's database, as a restart does; how many there were."""
    ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
    with server(url) as connection:
        return connection.execute(ended, [database_name(office)]).rowcount


def database_name(office: Office) -> str:
    return office.database.url.partition("@/")[2].partition("?")[0]
