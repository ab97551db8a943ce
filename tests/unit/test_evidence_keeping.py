"""Laws of checkpoints: one a local day, one after days down, copied out and mailed, and never written over."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

import pytest

from engine import evidence, evidence_keeping, worker
from engine.delivery_folder import Folder
from engine.events import moment
from engine.evidence_keeping import Copies, keep
from engine.mail import sender_of
from engine.office import Office
from engine.sending import Post
from engine.store import acts, checkpoints
from engine.store.checkpoints import CheckpointRow
from engine.worker import Mailing
from tests.faults import caseload

MORNING = moment("2024-06-14T07:00")


def rows(office: Office) -> list[CheckpointRow]:
    with office.database.reading() as tx:
        return checkpoints.all_of_them(tx)


def test_there_is_one_checkpoint_a_local_day(any_office: Office) -> None:
    for when in ("2024-06-14T07:00", "2024-06-14T23:59", "2024-06-15T00:01", "2024-06-15T12:00"):
        keep(any_office.database, Copies(), moment(when))
    assert [row.day.isoformat() for row in rows(any_office)] == ["2024-06-14", "2024-06-15"]


def test_after_ten_days_down_there_is_one_checkpoint_of_the_day_it_runs_again(office: Office) -> None:
    for when in ("2024-06-14T07:00", "2024-06-24T09:00"):
        keep(office.database, Copies(), moment(when))
    assert [row.day.isoformat() for row in rows(office)] == ["2024-06-14", "2024-06-24"]


def test_a_checkpoint_names_the_cases_that_moved_on_and_follows_from_the_one_before(any_office: Office) -> None:
    (ann,) = caseload.staff(any_office, "Ann")
    first = caseload.to_answer(any_office, ann)
    keep(any_office.database, Copies(), MORNING)
    second = caseload.to_answer(any_office, ann)
    keep(any_office.database, Copies(), moment("2024-06-15T07:00"))
    keep(any_office.database, Copies(), moment("2024-06-16T07:00"))
    found = rows(any_office)
    named = [[end.reference for end in evidence.lines_of(row.changed)] for row in found]
    assert [[one for one in some if not one.startswith("version:")] for some in named] == [[first], [second], []]
    assert all("version:st-leger-homes/two-stage-2024" in some for some in named)
    said = [json.loads(row.head) for row in found]
    assert [(one["cases"], one["events"], one["previous"]) for one in said] == [
        (1, 3, ""),
        (2, 6, found[0].hash),
        (2, 6, found[1].hash),
    ]
    assert said[1]["root"] == said[2]["root"] != said[0]["root"]
    assert {one["installation"] for one in said} == {said[0]["installation"]}


def test_the_acts_are_linked_each_once_in_a_chain(any_office: Office) -> None:
    for number in range(3):
        with any_office.database.writing() as tx:
            acts.record_act(tx, None, what="looked", about=f"it {number}", now=MORNING, detail={"é": [number]})
        assert evidence_keeping.link_acts(any_office.database) == 1
    assert evidence_keeping.link_acts(any_office.database, every=True) == 0
    previous = ""
    with any_office.database.reading() as tx:
        for place, link in enumerate(checkpoints.linked_acts(tx), 1):
            assert link.act
            previous = evidence.act_hash(place, link.act, previous)
            assert (link.number, link.hash) == (place, previous)
    assert place == 3


def test_the_folder_gets_every_checkpoint_and_its_first_line_has_its_hash(office: Office, tmp_path: Path) -> None:
    keep(office.database, Copies(), MORNING)
    folder = tmp_path / "elsewhere" / "checkpoints"
    keep(office.database, Copies(folder), moment("2024-06-15T07:00"))
    assert sorted(path.name for path in folder.iterdir()) == [
        "000001-2024-06-14.checkpoint",
        "000002-2024-06-15.checkpoint",
    ]
    for row in rows(office):
        first_line = (folder / evidence_keeping.file_name(row)).read_bytes().partition(b"\n")[0]
        assert hashlib.sha256(first_line).hexdigest() == row.hash


def test_a_file_that_says_something_else_is_said_and_never_written_over(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_keeping.LOG, "disabled", False)
    keep(office.database, Copies(tmp_path), MORNING)
    place = tmp_path / "000001-2024-06-14.checkpoint"
    place.write_text("another")
    with caplog.at_level(logging.ERROR, logger="redress.worker"):
        keep(office.database, Copies(tmp_path), MORNING)
    assert place.read_text() == "another"
    assert "is not checkpoint 1 of 14 June 2024 as the database has it" in caplog.text


def test_a_folder_that_cannot_be_written_holds_nothing_up(
    office: Office, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence_keeping.LOG, "disabled", False)
    (tmp_path / "file").write_text("no folder")
    with caplog.at_level(logging.ERROR, logger="redress.worker"):
        assert keep(office.database, Copies(tmp_path / "file"), MORNING)
    assert "The folder for checkpoints cannot be written" in caplog.text
    assert len(rows(office)) == 1


def test_the_worker_makes_the_checkpoint_and_mails_its_hash(office: Office, tmp_path: Path) -> None:
    post = Post(Folder(tmp_path / "letters", sender_of("complaints@landlord.example")), str(tmp_path / "documents"))
    mailing = Mailing(post, copies=Copies(tmp_path / "checkpoints", "auditor@landlord.example"))
    done = worker.one_round(office, lambda: MORNING, mailing)
    assert done.sent["sent"] == 1
    (row,) = rows(office)
    (mail,) = (tmp_path / "letters").rglob("*.eml")
    text = mail.read_text()
    assert "To: auditor@landlord.example" in text
    assert evidence.in_groups(row.hash)[:17] in text.replace("=\n", "")
    assert worker.one_round(office, lambda: MORNING, mailing).sent == {}


def test_a_report_prints_the_last_checkpoint_and_nothing_before_the_first(office: Office) -> None:
    with office.database.reading() as tx:
        assert evidence.latest_checkpoint(tx) == ""
    row = keep(office.database, Copies(), MORNING)
    assert row
    with office.database.reading() as tx:
        said = evidence.latest_checkpoint(tx)
    assert said.startswith("Checkpoint 1, made on 14 June 2024 at 07:00: 0 cases, 0 events, ")
    assert said.endswith(evidence.in_groups(row.hash))
