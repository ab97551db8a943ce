"""The demonstration: an office as it would stand on the day it is made, whichever day that is, made by the engine."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import case_files, casework, steps, verification
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.events import local_day, moment
from engine.store import inbox
from engine.store.people import GrantRow, all_grants, areas, people
from web import cli, demo, passwords
from web.demo import Demonstration

ROOT = Path(__file__).resolve().parents[1]
A_WEDNESDAY = moment("2026-03-11T15:00")


def made(folder: Path, now: datetime) -> Demonstration:
    return demo.make(folder, ROOT, now, nullcontext)


def cases(office: Demonstration, now: datetime) -> list[CaseFile]:
    with office.office.database.reading() as tx:
        return [case_files.load(tx, office.office, reference, now) for reference in office.references]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    return made(tmp_path_factory.mktemp("demo"), A_WEDNESDAY)


@pytest.fixture(scope="module")
def files(office: Demonstration) -> list[CaseFile]:
    return cases(office, A_WEDNESDAY)


def governed(file: CaseFile) -> str:
    return file.governing.version.key if file.governing.version else "none"


def test_some_eighty_cases_cover_every_version_and_every_stage(office: Demonstration, files: list[CaseFile]) -> None:
    assert 75 <= len(files) <= 95
    versions = Counter(governed(file) for file in files)
    assert set(versions) == {*office.office.shelved, "none"}
    assert all(count >= 8 for key, count in versions.items() if key != "none")
    for key, one in office.office.shelved.items():
        reached = {file.standing.stage for file in files if governed(file) == key}
        assert reached == {stage.key for stage in one.book.version.stages}, key


def test_the_cases_of_each_older_version_are_mostly_closed_and_one_logged_years_late_is_overdue(
    office: Demonstration, files: list[CaseFile]
) -> None:
    older = [version for policy in office.office.policies() for version in office.office.versions_of(policy)[:-1]]
    assert len(older) == 2
    for version in older:
        its = [file for file in files if governed(file) == version.key]
        assert sum(file.standing.status == "closed" for file in its) >= len(its) * 2 / 3, version.key
        late = [file for file in its if (file.record[0].recorded - file.record[0].happened).days > 365]
        states = {one.state for file in late for one in file.standing.ledger.deadlines.values()}
        assert "overdue" in states, version.key


def test_every_way_a_case_can_stand_is_there(files: list[CaseFile]) -> None:
    assert Counter(file.standing.status for file in files).keys() == {"open", "answered", "closed"}
    endings = {file.standing.ending for file in files}
    assert endings >= {"satisfied", "withdrawn", "refused", "service_request", "comment", "compliment", "lapsed"}
    assert "ombudsman.closed" in endings
    happened = {event.name for file in files for event in file.record}
    assert happened >= {
        "stage_1.extension_given", "stage_2.extension_given", "stage_1.holding_reply_sent", "stage_3.panel_postponed",
        "stage_3.panel_met", "ombudsman.contacted", "ombudsman.designated_person_approached", "authority_received",
        "conflict_declared", "corrected", "moved_to", "claimed", "timer_fired", "stage_2.late_request_decided",
    }  # fmt: skip
    open_tasks = {task.key for file in files for task in file.standing.open_tasks}
    assert open_tasks >= {"triage", "stage_3.convene_panel", "stage_3.respond", "stage_2.decide_late_request"}
    assert [file.reference[:3] for file in files if file.hold] == ["SLH"]
    assert any(file.events[0].text("authority") == "none" for file in files)


def test_on_a_working_day_something_is_due_today_tomorrow_and_overdue(office: Demonstration) -> None:
    with office.office.database.reading() as tx:
        dues = [task.sort_due for reference in office.references for task in inbox.tasks_of(tx, _id(office, reference))]
    today = local_day(A_WEDNESDAY)
    days = [(due - today).days for due in dues]
    assert days.count(0) >= 3
    assert days.count(1) >= 2
    assert sum(-20 < day < 0 for day in days) >= 5
    assert sum(0 < day < 20 for day in days) >= 10
    assert sum(day < -365 for day in days) >= 3  # logged years late


def _id(office: Demonstration, reference: str) -> int:
    with office.office.database.reading() as tx:
        row = case_files.load(tx, office.office, reference, A_WEDNESDAY).row
    assert row
    return row.id


def test_some_tasks_are_claimed_and_most_are_not(office: Demonstration) -> None:
    with office.office.database.reading() as tx:
        tasks = [task for reference in office.references for task in inbox.tasks_of(tx, _id(office, reference))]
    claimed = [task for task in tasks if task.person_id is not None]
    assert 5 <= len(claimed) < len(tasks) / 2


def test_the_record_is_whole_and_agrees_with_what_is_stored(office: Demonstration) -> None:
    with office.office.database.reading() as tx:
        found = list(verification.version_differences(tx))
        for case in verification.case_ids(tx):
            found += verification.case_differences(tx, office.office, case)
    assert found == []


def test_nothing_departs_from_the_diagrams_and_nothing_is_still_to_come(files: list[CaseFile]) -> None:
    assert [str(one) for file in files for one in file.standing.departures] == []
    assert [event for file in files for event in file.record if max(event.happened, event.recorded) > A_WEDNESDAY] == []


def test_everybody_who_did_something_was_allowed_to(office: Demonstration, files: list[CaseFile]) -> None:
    members = {member.person.id: member.person for member in office.members}
    doers = {event.by for file in files for event in file.record if event.by}
    assert doers <= set(members)
    for file in files:
        for event in file.record:
            if event.by:
                assert members[event.by].works_in(file.policy, file.area)


def test_two_all_round_people_of_each_landlord_hold_every_role(office: Demonstration) -> None:
    with office.office.database.reading() as tx:
        held = all_grants(tx)
        assert {"repairs", "income", "estates"} <= set(areas(tx))
    for policy in office.office.policies():
        roles = {role for version in office.office.versions_of(policy) for role in version.roles}
        wanted = {GrantRow(policy, role) for role in roles}
        assert sum(set(grants) == wanted for grants in held.values()) == 2
    assert sum(member.person.is_administrator for member in office.members) == 1
    assert sum(member.person.is_auditor for member in office.members) == 1


def test_everybody_signs_in_with_the_one_long_password(office: Demonstration) -> None:
    assert passwords.why_not(office.password) == ""
    with office.office.database.reading() as tx:
        hashes = {row.password_hash for row in people(tx)}
    assert len(hashes) == 1
    assert passwords.fits(office.password, hashes.pop())


def test_an_all_round_person_works_a_case_on(office: Demonstration) -> None:
    came_in = next(
        one for one in cases(office, A_WEDNESDAY) if "triage" in [task.key for task in one.standing.open_tasks]
    )
    landlord = office.office.policies()[came_in.policy]
    who = next(one.person for one in office.members if one.is_all_round and one.landlord == landlord)
    said = Said({"decision": "complaint", "service_area": came_in.area}, None, A_WEDNESDAY)

    def decide(file: CaseFile) -> Plan:
        return casework.complete_task(office.office, file, "triage", who, said)

    steps.claim(office.office, came_in.reference, "triage", who, A_WEDNESDAY)
    steps.take(office.office, came_in.reference, who, decide, A_WEDNESDAY)
    seen = steps.seen_by(office.office, came_in.reference, who, A_WEDNESDAY)
    assert [task.key for task in seen.standing.open_tasks] == ["stage_1.acknowledge"]


def test_the_same_day_makes_the_same_office(office: Demonstration, files: list[CaseFile], tmp_path: Path) -> None:
    again = made(tmp_path, A_WEDNESDAY)
    assert again.references == office.references
    record = [[(one.name, one.happened, one.by_name) for one in file.record] for file in files]
    assert [
        [(one.name, one.happened, one.by_name) for one in file.record] for file in cases(again, A_WEDNESDAY)
    ] == record
    again.office.database.close()


@pytest.mark.parametrize(
    "when",
    ["2026-12-26T00:05", "2028-02-29T23:55"],
    ids=["a holiday just after midnight", "a leap day late in the evening"],
)
def test_it_can_be_made_on_any_day_at_any_hour(tmp_path: Path, when: str) -> None:
    now = moment(when)
    office = made(tmp_path, now)
    found = cases(office, now)
    assert len(found) == len(office.references)
    assert [event for file in found for event in file.record if max(event.happened, event.recorded) > now] == []
    assert all(file.standing.departures == () for file in found)
    office.office.database.close()


def test_a_folder_that_has_one_already_is_left_alone(office: Demonstration) -> None:
    folder = Path(office.url.removeprefix("sqlite:///")).parent
    result = CliRunner().invoke(cli.main, ["demo", "--no-serve", "--folder", str(folder)])
    assert result.exit_code == 1
    assert "There is a demonstration in" in result.output


def test_the_program_serves_it_and_says_who_may_sign_in() -> None:
    command = [sys.executable, "-c", "from web.cli import main; main()", "demo"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        watchdog = threading.Timer(240, server.kill)
        watchdog.start()
        assert server.stdout
        said = []
        for line in server.stdout:
            said.append(line)
            if "Address:" in line:
                break
        address = said[-1].split()[1]
        password = next(line.split()[1] for line in said if line.startswith("Password:"))
        with urllib.request.urlopen(f"{address}sign-in", timeout=30) as answer:
            page = answer.read().decode()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=60) == 0
        watchdog.cancel()
    assert password in page
    assert any(line.startswith("Letters go to the folder ") for line in said), "nobody is sent anything"
    names = [line.split()[0] for line in said if "holds every role" in line]
    assert len(names) == 6
    assert all(name in page for name in names)
