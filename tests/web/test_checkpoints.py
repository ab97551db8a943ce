"""The page of checkpoints: what each holds, where it was put, what somebody should look into, and how to check it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine import evidence, evidence_keeping
from engine.evidence_keeping import Copies
from engine.office import Office
from engine.store import acts, checkpoints, outbox
from tests.web import office_work
from tests.web.conftest import Clock
from web import cli_record

Browser = Callable[[str], FlaskClient]
PAGE = "/compliance/checkpoints"


def kept(office: Office, clock: Clock, copies: Copies, days: int = 1) -> list[checkpoints.CheckpointRow]:
    """A worker's round a day, for some days."""
    for day in range(days):
        clock.now += timedelta(days=1 if day else 0)
        evidence_keeping.keep(office.database, copies, clock.now)
    with office.database.reading() as tx:
        return checkpoints.all_of_them(tx)


def warnings(page: str) -> list[str]:
    found = re.findall(r'govuk-warning-text__text">.*?</span>(.*?)</strong>', page, re.DOTALL)
    return [" ".join(text.split()) for text in found]


def test_each_checkpoint_is_shown_with_what_it_holds_and_its_hash_in_groups(
    office: Office, as_person: Browser, clock: Clock, tmp_path: Path
):
    office_work.log(office, "2026-03-02")
    first, second = kept(office, clock, Copies(tmp_path / "elsewhere"), days=2)
    page = as_person("auditor").get(PAGE).text
    office_work.assert_valid(page)
    for row in (first, second):
        assert evidence.in_groups(row.hash) in page
    assert page.count("In the folder") == 2
    assert str(tmp_path / "elsewhere") in page
    assert "1 case" in page
    assert warnings(page) == []


def test_a_checkpoint_is_downloaded_as_the_very_text_whose_hash_it_is(
    office: Office, as_person: Browser, clock: Clock, tmp_path: Path
):
    (row,) = kept(office, clock, Copies(tmp_path))
    answer = as_person("auditor").get(f"{PAGE}/1/file")
    assert hashlib.sha256(answer.data).hexdigest() == row.hash
    assert json.loads(answer.data)["number"] == 1
    assert "attachment" in answer.headers["Content-Disposition"]
    with office.database.reading() as tx:
        assert acts.acts(tx, limit=1)[0].what == "exported"
    assert as_person("auditor").get(f"{PAGE}/2/file").status_code == 404
    assert as_person("auditor").get(f"{PAGE}/99999999999/file").status_code == 404


def test_an_old_checkpoint_and_a_folder_nobody_set_are_warned_of(
    office: Office, as_person: Browser, clock: Clock, tmp_path: Path
):
    auditor = as_person("auditor")
    assert [text.partition(".")[0] for text in warnings(auditor.get(PAGE).text)] == [
        "There is no checkpoint yet",
        "No worker has said into which folder it writes the checkpoints",
    ]
    kept(office, clock, Copies(tmp_path, by_default=True))
    assert len(warnings(auditor.get(PAGE).text)) == 1
    assert "Nobody has set the folder" in warnings(auditor.get(PAGE).text)[0]
    clock.now += timedelta(days=1, minutes=1)
    assert "more than a day ago" in warnings(auditor.get(PAGE).text)[0]


def test_a_folder_that_cannot_be_written_is_named_until_it_can(
    office: Office, as_person: Browser, clock: Clock, tmp_path: Path
):
    place = tmp_path / "file"
    place.write_text("no folder")
    kept(office, clock, Copies(place))
    page = as_person("auditor").get(PAGE).text
    assert any("It cannot be written" in text for text in warnings(page))
    assert "Not in the folder" in page
    place.unlink()
    kept(office, clock, Copies(place))
    assert warnings(as_person("auditor").get(PAGE).text) == []


def test_a_copy_that_says_something_else_is_warned_of(office: Office, as_person: Browser, clock: Clock, tmp_path: Path):
    (row,) = kept(office, clock, Copies(tmp_path))
    (tmp_path / evidence_keeping.file_name(row)).write_bytes(b"forged")
    kept(office, clock, Copies(tmp_path))
    assert any("is not what the database has" in text for text in warnings(as_person("auditor").get(PAGE).text))


@pytest.mark.parametrize(
    ("status", "shown"), [(outbox.SENT, "Mail: Sent"), (outbox.FAILED, "Mail: Not sent"), (None, "Mail: Waiting")]
)
def test_the_mail_it_went_with_is_shown_with_what_became_of_it(
    office: Office, as_person: Browser, clock: Clock, tmp_path: Path, status: str | None, shown: str
):
    kept(office, clock, Copies(tmp_path, "auditor@example.org"))
    if status:
        with office.database.writing() as tx:
            (item,) = outbox.take(tx, now=clock.now, lease_until=clock.now + timedelta(minutes=5))
            said = "No such address." if status == outbox.FAILED else ""
            outbox.finish(tx, item.id, attempts=item.attempts, status=status, now=clock.now, said=said)
    page = as_person("auditor").get(PAGE).text
    assert shown in page
    assert "to auditor@example.org" in page
    assert ("No such address." in page) is (status == outbox.FAILED)


def test_when_it_was_last_verified_and_with_what_result_is_shown(office: Office, as_person: Browser, clock: Clock):
    auditor = as_person("auditor")
    assert "Nobody has run" in auditor.get(PAGE).text
    for differences, shown in ((0, "It held"), (2, "It did not hold")):
        clock.now += timedelta(minutes=1)
        said = {
            "differences": differences,
            "first": "SEH-2026-00001, event 3: the hash differs." if differences else "",
        }
        cli_record.note(office.database, cli_record.VERIFIED, cli_record.VERIFICATION, clock.now, None, **said)
        assert shown in auditor.get(PAGE).text
    assert any("SEH-2026-00001, event 3" in text for text in warnings(auditor.get(PAGE).text))


def test_where_copies_go_is_a_setting_whose_change_is_recorded(office: Office, clock: Clock, tmp_path: Path):
    kept(office, clock, Copies(tmp_path / "one"))
    kept(office, clock, Copies(tmp_path / "one"))
    kept(office, clock, Copies(tmp_path / "two", "auditor@example.org"))
    with office.database.reading() as tx:
        changed = [act for act in acts.acts(tx) if act.what == "changed_setting"]
    assert [(act.detail["was"] or {}).get("folder") for act in changed] == [str(tmp_path / "one"), None]
    assert changed[0].detail["now"]["to"] == "auditor@example.org"


def test_many_checkpoints_come_a_page_at_a_time(office: Office, as_person: Browser, clock: Clock, tmp_path: Path):
    kept(office, clock, Copies(tmp_path), days=52)
    auditor = as_person("auditor")
    first = auditor.get(PAGE).text
    assert f"{PAGE}?before=3" in first
    second = auditor.get(f"{PAGE}?before=3").text
    assert first.count("as JSON</a>") + second.count("as JSON</a>") == 52
    assert auditor.get(f"{PAGE}?before=x").status_code == 200
