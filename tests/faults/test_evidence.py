"""The record edited by somebody who knows how it is kept, and covers it up: seven tamperings of a real database.

Each hash is made to fit, the convenience rows too, so that the chain itself holds. What finds it is the checkpoint, in
the folder outside the database; each is named by its case and event, or by the checkpoint.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from engine import evidence_checks, evidence_keeping, publishing, verification, verification_run
from engine.events import moment
from engine.evidence_keeping import Copies
from engine.office import Office
from engine.rights import Person
from engine.store import acts, chain, timeline
from engine.store import library as stored
from engine.store.database import open_database
from tests.faults import caseload
from web import cli

FIRST, SECOND = moment("2024-06-13T07:00"), moment("2024-06-14T07:00")


@pytest.fixture
def kept(any_office: Office, tmp_path: Path) -> tuple[Office, Person, Path, list[str]]:
    """Two answered cases under two checkpoints, whose copies lie in a folder."""
    (ann,) = caseload.staff(any_office, "Ann")
    references = [caseload.answered(any_office, ann) for _ in range(2)]
    folder = tmp_path / "checkpoints"
    with any_office.database.writing() as tx:
        acts.record_act(tx, None, what="signed_in", about="ann", now=FIRST)
        acts.record_act(tx, None, what="signed_in", about="bo", now=FIRST)
    evidence_keeping.keep(any_office.database, Copies(folder), FIRST)
    evidence_keeping.keep(any_office.database, Copies(folder), SECOND)
    return any_office, ann, folder, references


def said(office: Office, folder: Path | None, given: str = "", *, is_wrong: bool = True) -> str:
    """What `redress verify` finds, by its own functions: reading the library anew each time would take longest."""
    with office.database.reading() as tx:
        points, found = evidence_checks.points(tx, folder, given), list(verification.version_differences(tx))
        parts = verification_run.parts_of(verification.cases(tx), points)
    found += verification_run.of_the_record(office.database, points)
    found += verification_run.differences(office, parts, lambda count: None, jobs=1, root=Path())
    assert len(found) >= 1 if is_wrong else found == [], found
    return "\n".join([f"{len(points.rows)} checkpoints", *map(str, found)])


@contextmanager
def behind_its_back(office: Office) -> Iterator[Callable[..., Any]]:
    """Runs statements as somebody with the file, or the server, can: no trigger, no foreign key is in the way."""
    url = office.database.url
    office.database.close()
    if url.startswith("sqlite:///"):
        raw = sqlite3.connect(url.removeprefix("sqlite:///"))
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        yield raw.execute
        raw.commit()
        raw.close()
        return
    with office.database.writing() as tx:
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        yield lambda statement, values=None: tx.execute(text(statement), values or {})


def edit(office: Office, *statements: str) -> None:
    with behind_its_back(office) as run:
        for statement in statements:
            run(statement)


def cover_up(office: Office, case_id: int, reference: str) -> None:
    """Work every hash of a case's chain out anew, and make its row fit."""
    with office.database.reading() as tx:
        links = timeline.chained_events_of(tx, case_id)
    previous = chain.GENESIS
    with behind_its_back(office) as run:
        for number, link in enumerate(links, 1):
            covered = {
                "name": link.name,
                "happened": link.happened,
                "recorded": link.recorded,
                "by_person": link.by_person,
                "field_names": link.field_names,
                "content_hash": chain.content_hash(link.salt or "", link.content or ""),
                "previous_hash": previous,
            }
            own = chain.event_hash(reference, number, **covered)
            values = {"h": own, "p": previous, "k": covered["content_hash"], "c": case_id, "n": number}
            hashes = "hash = :h, previous_hash = :p, content_hash = :k"
            run(f"UPDATE case_event SET {hashes} WHERE case_id = :c AND number = :n", values)
            previous = own
        row = {"n": len(links), "h": previous, "c": case_id}
        run("UPDATE complaint_case SET last_event_number = :n, head_hash = :h WHERE id = :c", row)


def cut(number: int) -> list[str]:
    """An event of the first case taken out, with what it says."""
    return [f"DELETE FROM {table} WHERE case_id = 1 AND number = {number}" for table in ("event_content", "case_event")]


def test_an_untouched_record_agrees_with_its_checkpoints(kept: tuple[Office, Person, Path, list[str]]):
    office, ann, folder, _ = kept
    assert "2 checkpoints" in said(office, folder, is_wrong=False)
    caseload.logged(office, ann, when=moment("2024-06-14T12:00"))  # what comes later is no difference
    assert said(office, folder, is_wrong=False)
    evidence_keeping.keep(office.database, Copies(), moment("2024-06-15"))  # a folder that is behind neither
    assert "3 checkpoints" in said(office, folder, is_wrong=False)


def test_what_an_event_says_changed_and_the_chain_worked_out_anew(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    edit(office, "UPDATE event_content SET content = replace(content, 'email', 'phone') WHERE case_id = 1")
    cover_up(office, 1, first)
    assert f"{first}: event 1, or one up to event 4: It is not what the checkpoint 1 of 13 June 2024 has" in said(
        office, folder
    )


def test_the_tail_cut_off_and_the_row_made_to_fit(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    edit(office, *cut(4))
    cover_up(office, 1, first)
    assert f"{first}: event 4: It is missing. The checkpoint 1 of 13 June 2024 has 4 events" in said(office, folder)


def test_an_event_taken_out_of_the_middle_and_the_rest_renumbered(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    moved = [
        f"UPDATE {table} SET number = {number - 1} WHERE case_id = 1 AND number = {number}"
        for number in (3, 4)
        for table in ("event_content", "case_event")
    ]
    edit(office, *cut(2), *moved)
    cover_up(office, 1, first)
    assert f"{first}: event 4: It is missing" in said(office, folder)


def test_a_case_taken_out_altogether(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    tables = [
        *("event_content", "case_event", "open_task", "deadline", "search_word", "checkpoint_case", "outbox"),
        *("case_stage_measure", "case_mark"),
    ]
    gone = [f"DELETE FROM {table} WHERE case_id = 1" for table in tables]
    edit(office, *gone, "DELETE FROM complaint_case WHERE id = 1")
    assert f"{first}: the case is missing. The checkpoint 1 of 13 June 2024 has 4 events of it" in said(office, folder)


def test_an_old_backup_put_back(office: Office, tmp_path: Path):
    (ann,) = caseload.staff(office, "Ann")
    reference, folder = caseload.to_answer(office, ann), tmp_path / "checkpoints"
    evidence_keeping.keep(office.database, Copies(folder), FIRST)
    office.database.close()
    backup = shutil.copy(office.database.url.removeprefix("sqlite:///"), tmp_path / "backup.sqlite")
    caseload.completed(office, reference, ann, "stage_1.respond", moment("2024-06-13T12:00"), channel="email")
    evidence_keeping.keep(office.database, Copies(folder), SECOND)
    old = replace(office, database=open_database(f"sqlite:///{backup}"))
    found = said(old, folder)
    assert "checkpoint 2 of 14 June 2024: the database does not have it: it is an older copy" in found
    assert f"{reference}: event 4: It is missing. The checkpoint 2 of 14 June 2024 has 4 events" in found
    assert said(old, None, is_wrong=False)  # nothing inside the old copy can show that it is old
    evidence_keeping.keep(old.database, Copies(folder), moment("2024-06-15T07:00"))  # and the worker goes on in it
    assert "stands twice" in said(old, folder)


def test_a_case_put_in_with_early_dates_is_found(kept: tuple[Office, Person, Path, list[str]]):
    """Everything about it holds but that a checkpoint which was made after it says it was recorded does not have it."""
    office, ann, folder, _ = kept
    made_up = caseload.answered(office, ann)
    found = said(office, folder)
    assert f"{made_up}: event 1: It says it was recorded on 3 June 2024" in found
    assert "the checkpoint made on 14 June 2024 at 07:00 does not have it: it was put in later" in found
    evidence_keeping.keep(office.database, Copies(folder), moment("2024-06-15T07:00"))
    assert f"{made_up}: event 1: It says it was recorded on 3 June 2024" in said(office, folder), "nor later"


def test_an_event_put_in_with_an_early_date_is_found(kept: tuple[Office, Person, Path, list[str]]):
    office, ann, folder, (first, _) = kept
    caseload.recorded(office, first, ann, "stage_2.requested", moment("2024-06-12T15:00"))
    assert f"{first}: event 5: It says it was recorded on 12 June 2024" in said(office, folder)


@pytest.mark.parametrize("column", ["day", "made", "head", "hash", "changed"])
def test_a_checkpoint_changed_in_the_database_alone_is_found(kept: tuple[Office, Person, Path, list[str]], column: str):
    office, _, folder, _ = kept
    other = {"day": "'2024-06-01'", "made": "'2024-06-13 05:00:00'"}.get(column, f"replace({column}, '1', '2')")
    edit(office, f"UPDATE checkpoint SET {column} = {other} WHERE number = 1")
    assert "checkpoint 1: what the database has of it was changed" in said(office, folder)


def test_where_a_case_stood_changed_for_the_next_checkpoint_is_found(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, second) = kept
    edit(
        office,
        "UPDATE checkpoint_case SET number = 3 WHERE case_id = 1",
        "DELETE FROM checkpoint_case WHERE case_id = 2",
    )
    found = said(office, folder)
    for reference in (first, second):
        assert f"{reference}: where it stood at the last checkpoint was changed" in found


def test_a_checkpoint_forged_in_the_database_is_not_the_one_in_the_folder(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    edit(
        office,
        """UPDATE event_content SET content = replace(content, '"by":"Ann"', '"by":"Bob"') WHERE case_id = 1""",
        "UPDATE case_event SET by_name = 'Bob' WHERE case_id = 1",
    )
    cover_up(office, 1, first)
    edit(office, "DELETE FROM checkpoint", "DELETE FROM checkpoint_case")
    for when in (FIRST, SECOND):
        evidence_keeping.keep(office.database, Copies(), when)
    assert said(office, None, is_wrong=False)  # all that is inside was made to fit
    found = said(office, folder)
    assert "checkpoint 1 of 13 June 2024: the folder and the database have it with different contents" in found
    assert f"{first}: event 1, or one up to event 4: It is not what the checkpoint" in found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"events":8', '"events":7', "the folder and the database have it with different contents"),
        ('"cases":2', '"cases":2 ', "the folder and the database have it with different contents"),
        (" 4 ", " 3 ", "is no checkpoint, or was changed"),
        ('"number":1', '"number":7', "it says it is checkpoint 7"),
        ("{", "[", "is no checkpoint, or was changed"),
        ('"root":"', '"root":NaN,"was":"', "is no checkpoint, or was changed"),
    ],
)
def test_a_checkpoint_forged_in_the_folder_is_found(office: Office, tmp_path: Path, old: str, new: str, told: str):
    (ann,) = caseload.staff(office, "Ann")
    _ = [caseload.answered(office, ann) for _ in range(2)]
    evidence_keeping.keep(office.database, Copies(tmp_path), FIRST)
    evidence_keeping.keep(office.database, Copies(tmp_path), SECOND)
    place = tmp_path / "000001-2024-06-13.checkpoint"
    assert old in place.read_text()
    place.write_text(place.read_text().replace(old, new, 1))
    found = said(office, tmp_path)
    assert told in found


def test_a_checkpoint_taken_out_of_the_folder_and_one_that_was_mailed_are_missed(
    kept: tuple[Office, Person, Path, list[str]],
):
    office, _, folder, _ = kept
    (folder / "000001-2024-06-13.checkpoint").unlink()
    assert "checkpoint 1 of 13 June 2024: the folder does not have it" in said(office, folder)
    assert "none has the hash 0123456789ab that was given" in said(office, None, "0123456789ab")


def test_an_act_changed_or_taken_out_is_found(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, _ = kept
    edit(office, "UPDATE act SET about = 'nobody' WHERE about = 'bo'")
    assert "it was changed after it was recorded" in said(office, folder)
    edit(office, "DELETE FROM act WHERE about = 'nobody'")
    assert "the act was taken out of the record" in said(office, folder)
    edit(office, "DELETE FROM act_link WHERE number >= 2")
    assert "it is missing. The checkpoint 1 of 13 June 2024 has" in said(office, folder)


def test_an_act_put_in_with_an_early_date_is_found_before_it_is_chained_and_after(
    kept: tuple[Office, Person, Path, list[str]],
):
    office, _, folder, _ = kept
    with office.database.writing() as tx:
        acts.record_act(tx, None, what="added_calendar_day", about="calendar england", now=FIRST - timedelta(days=900))
    for day in (2, 3):
        assert "put in later" in said(office, folder)
        evidence_keeping.keep(office.database, Copies(folder), SECOND + timedelta(days=day))
    assert "put in later" in said(office, folder)


def test_a_sealed_policy_changed_with_its_seal_is_found(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, _ = kept
    key = f"{caseload.POLICY}/two-stage-2024"
    path = f"policies/{key}.yaml"
    with office.database.reading() as tx:
        row = stored.version_named(tx, caseload.POLICY, version="two-stage-2024")
        assert row
        files = stored.version_files(tx, row.id)
    changed = files[path].replace(b"10 working days", b"90 working days")
    seal = publishing.seal({**files, path: changed})
    values = {"new": hashlib.sha256(changed).hexdigest(), "content": changed, "id": row.id, "path": path, "seal": seal}
    with behind_its_back(office) as run:
        run("INSERT INTO library_file VALUES (:new, :content)", values)
        run("UPDATE version_file SET sha256 = :new WHERE version_id = :id AND path = :path", values)
        run("UPDATE policy_version SET seal = :seal WHERE id = :id", values)
    assert f"{key}: it is not what was sealed: the checkpoint 1 of 13 June 2024 has it with another seal" in said(
        office, folder
    )


def test_several_processes_find_the_same(kept: tuple[Office, Person, Path, list[str]]):
    office, _, folder, (first, _) = kept
    edit(office, *cut(4))
    office.database.close()
    options = ["--database", office.database.url, "--checkpoints", str(folder)]
    alone, together = (CliRunner().invoke(cli.main, ["verify", *options, "--jobs", jobs]) for jobs in ("1", "2"))
    assert alone.output == together.output
    assert f"{first}: event 4" in alone.output
