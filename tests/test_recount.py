"""A caseload that went as chance had it, struck out, corrected, moved, held and erased, worked out a second time from
its exported events: every line of every report that the recount knows agrees.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import text

from engine import disposal
from engine.office import Office
from engine.rights import KEEPER, RECORDS_APPROVER
from tests import recount
from tests.test_reports import lines_agree
from tests.unit.case_acts import recorded, under_way
from tests.unit.casting import hired
from tests.unit.test_disposal import LATER, asked, decide, records_person
from tests.unit.test_reports import a_report
from tests.unit.test_reports import busy as busy  # forty cases of every kind
from web.cli import main
from web.monitoring_files import as_json

PERIODS = [
    (date(2018, 1, 1), date(2025, 12, 31)),
    (date(2024, 4, 1), date(2025, 3, 31)),
    (date(2022, 6, 1), date(2022, 6, 30)),
]


def exported(office: Office, file: Path) -> list[recount.Stage]:
    done = CliRunner().invoke(main, ["report", "events", "--csv", str(file), "--database", office.database.url])
    assert done.exit_code == 0, done.output
    return recount.stages(file)


def compared(office: Office, found: list[recount.Stage]) -> int:
    names = ("timeliness", "areas", "channels", "versions", "outcomes", "logging", "ch")
    said = [as_json(a_report(office, name, *period)) for name in names for period in PERIODS]
    return sum(lines_agree(one, found) for one in said)


def test_a_caseload_of_every_kind_is_worked_out_again(busy: Office, tmp_path: Path):
    assert compared(busy, exported(busy, tmp_path / "events.csv")) > 300


def test_an_erased_case_is_counted_as_before_and_the_export_says_what_is_counted(busy: Office, tmp_path: Path):
    ann = hired(busy, "Annette")
    reference = under_way(busy, ann, channel="post", service_area="income")
    recorded(busy, reference, ann, "withdrawn", "2024-06-07")
    with busy.database.writing() as tx:  # the letter that confirms it has gone
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
    before = [as_json(a_report(busy, name, *PERIODS[1])) for name in ("areas", "channels", "ch")]
    keeper, approver = records_person(busy, "kay", KEEPER), records_person(busy, "abe", RECORDS_APPROVER)
    decide(busy, keeper)
    assert disposal.approve(busy, approver, [asked(busy, keeper, reference)], LATER).done == (reference,)
    assert [as_json(a_report(busy, name, *PERIODS[1])) for name in ("areas", "channels", "ch")] == before
    found = exported(busy, tmp_path / "events.csv")
    [one] = [stage for stage in found if stage.reference == reference]
    assert (one.how, one.closed, one.of["channel"]) == ("withdrawn", date(2024, 6, 7), "post")
    assert compared(busy, found) > 300
