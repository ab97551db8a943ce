"""The demonstration: an office as it would stand on the day it is made, whichever day that is, made by the engine."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default as email_policy
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import (
    case_files,
    casework,
    draft_library,
    drafting,
    email_files,
    impact_run,
    library,
    owed,
    steps,
    verification,
    worker,
    writing,
)
from engine.case_files import CaseFile, Plan
from engine.casework import Said
from engine.dated_data import contact_on
from engine.events import local_day, moment
from engine.office import Office
from engine.policy import bare
from engine.store import documents, drafts, inbox, outbox
from engine.store.case_rows import team_key
from engine.store.database import open_database
from engine.store.people import GrantRow, all_grants, areas, people
from engine.workflows import LETTERS
from tests.unit import plain_impact
from web import cli, demo, demo_contacts, demo_people, installation, passwords, posting
from web.demo import Demonstration

ROOT = Path(__file__).resolve().parents[1]
ROLES = ("policy_author", "policy_approver")
A_WEDNESDAY = moment("2026-03-11T15:00")


def made(folder: Path, now: datetime, watch: demo.Watch = nullcontext) -> Demonstration:
    return demo.make(folder, ROOT, now, watch)


def cases(office: Demonstration, now: datetime) -> list[CaseFile]:
    with office.office.database.reading() as tx:
        return [case_files.load(tx, office.office, reference, now) for reference in office.references]


@pytest.fixture(scope="module")
def office(whole_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """The demonstration, made once in a run; a process that comes later has a copy of it."""
    first, own = whole_run / "demonstration", tmp_path_factory.mktemp("demo") / "own"
    known = whole_run / "demonstration.pickle"
    with (whole_run / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not known.exists():
            new = made(first, A_WEDNESDAY)
            new.office.database.close()  # checkpoints what it wrote, so that the file can be copied
            known.write_bytes(pickle.dumps((new.members, new.password, new.references)))
    shutil.copytree(first, own)
    members, password, references = pickle.loads(known.read_bytes())
    url = f"sqlite:///{own / demo.DATABASE}"
    opened, _ = installation.make_ready(open_database(url), ROOT, A_WEDNESDAY)
    opened = replace(opened, shelf=demo_contacts.library(opened.shelf))
    return Demonstration(url, opened, members, password, references)


@pytest.fixture(scope="module")
def files(office: Demonstration) -> list[CaseFile]:
    return cases(office, A_WEDNESDAY)


def governed(file: CaseFile) -> str:
    return file.governing.version.key if file.governing.version else "none"


def test_some_ninety_cases_cover_every_version_and_every_stage(office: Demonstration, files: list[CaseFile]) -> None:
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
            if event.by and event is not file.record[0]:  # anybody may pass a complaint on
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


def folder_of(office: Demonstration) -> Path:
    return Path(office.url.removeprefix("sqlite:///")).parent


def test_every_letter_that_was_sent_is_there_as_it_was_sent(office: Demonstration, files: list[CaseFile]) -> None:
    with office.office.database.reading() as tx:
        for file in files:
            assert file.row
            kept = {row.event_number: row for row in documents.of_case(tx, file.row.id) if row.kind == documents.LETTER}
            sent = {event.number: event for event in file.record if event.text("letter")}
            assert sent.keys() == kept.keys(), file.reference
            for number, event in sent.items():
                assert event.text("letter_sha256") == kept[number].sha256
                assert documents.content(tx, kept[number].sha256).startswith(b"%PDF-1.7")


def test_every_kind_of_letter_goes_out_by_email_and_by_post(files: list[CaseFile]) -> None:
    letters = [event for file in files for event in file.record if event.text("letter")]
    kinds = {bare(event.text("letter")) for event in letters}
    assert kinds == set(LETTERS)
    channels = Counter(event.text("channel") for event in letters)
    assert channels["email"] >= 60
    assert channels["post"] >= 30


def test_no_event_that_has_a_letter_is_recorded_without_one(files: list[CaseFile]) -> None:
    without = [
        f"{file.reference}: {event.name}"
        for file in files
        if file.book
        for event in file.record
        if event.name in file.book.outgoing and not event.text("letter") and event.name != "complaint_received"
    ]
    assert without == []


def test_the_folder_holds_each_email_dated_the_day_it_went(office: Demonstration, files: list[CaseFile]) -> None:
    letters = folder_of(office) / "demo.letters"
    for file in files:
        emailed = [event for event in file.record if event.text("letter") and event.text("channel") == "email"]
        lost = _statuses(office, file) - {"sent", "failed"}
        if lost:
            continue
        for event in emailed:
            written = (letters / file.reference / f"letter-{file.reference}-{event.number}.eml").read_bytes()
            message = message_from_bytes(written, policy=email_policy)
            assert message["Date"].datetime == event.recorded.replace(microsecond=0)
            assert message["To"] == event.text("sent_to")
            assert message["To"].endswith("@example.net")
            pdf = next(iter(message.iter_attachments())).get_content()
            assert hashlib.sha256(pdf).hexdigest() == event.text("letter_sha256")


def _statuses(office: Demonstration, file: CaseFile) -> set[str]:
    assert file.row
    with office.office.database.reading() as tx:
        return {row.status for row in outbox.of_case(tx, file.row.id) if row.kind == "letter"}


def test_copies_of_complaints_and_answers_are_filed(office: Demonstration, files: list[CaseFile]) -> None:
    filed = folder_of(office) / "demo.documents"
    for file in files:
        assert (filed / file.reference / "complaint.pdf").is_file()
        answers = [event for event in file.record if event.name.endswith("response_sent")]
        assert len(list((filed / file.reference).glob("*-response.pdf"))) == len(answers)


def test_one_letter_came_back_so_its_task_is_open_again_and_its_writer_was_told(
    office: Demonstration, files: list[CaseFile]
) -> None:
    [file] = [one for one in files if "failed" in _statuses(office, one)]
    assert [task.key for task in file.standing.open_tasks] == ["stage_1.acknowledge"]
    struck = next(event for event in file.record if event.name == "corrected")
    assert "came back" in struck.text("reason")
    notices = list((folder_of(office) / "demo.letters" / "notices").iterdir())
    assert [file.reference in path.name for path in notices] == [True]


def test_one_letter_may_have_gone_and_needs_a_person(office: Demonstration, files: list[CaseFile]) -> None:
    [file] = [one for one in files if "unsure" in _statuses(office, one)]
    roles = {team_key(file.policy, role) for role in file.book_or_refuse().version.roles}
    with office.office.database.reading() as tx:
        stuck = outbox.attention(tx, keys=roles)
    assert [(one.reference, one.item.status) for one in stuck if one.item.status == "unsure"] == [
        (file.reference, "unsure")
    ]
    assert not (folder_of(office) / "demo.letters" / file.reference).exists()


def test_nothing_waits_to_be_sent(office: Demonstration) -> None:
    with office.office.database.reading() as tx:
        assert outbox.counts(tx)["waiting"] == 0


def test_the_first_round_tells_staff_of_this_day_alone(office: Demonstration, tmp_path: Path) -> None:
    source, copied_to = office.url.removeprefix("sqlite:///"), tmp_path / demo.DATABASE
    with closing(sqlite3.connect(source)) as whole, closing(sqlite3.connect(copied_to)) as copy:
        whole.backup(copy)
    database = open_database(f"sqlite:///{copied_to}")
    copied = replace(office.office, database=database)
    mailing = posting.mailing_of(database.url, mail="", mail_from="", documents="", address="", returns="")
    done = worker.one_round(copied, lambda: A_WEDNESDAY, mailing)
    assert done.moved == done.came_back == 0
    assert done.sent.keys() == {"sent"}
    assert len(office.members) / 2 < done.sent["sent"] < len(office.members) * 3
    with database.reading() as tx:
        told = [outbox.one(tx, number) for number in range(1, 10_000)]
    overdue = [one for one in told if one and one.created == A_WEDNESDAY and one.payload.get("what") == "overdue"]
    assert {one.payload["due"] for one in overdue} <= {"2026-03-10"}  # what fell due before was told before
    database.close()


@pytest.mark.parametrize("policy", ["council-housing", "south-essex-homes", "st-leger-homes"])
def test_what_a_draft_would_do_is_what_each_of_its_cases_gives_the_plain_way(
    office: Demonstration, policy: str
) -> None:
    newest, period = office.office.versions_of(policy)[-1].version, (date(2000, 1, 1), local_day(A_WEDNESDAY))
    draft = hastier(office.office, policy, newest)
    asked = impact_run.wanted(office.office, draft, newest, period, A_WEDNESDAY)
    listed: list[impact_run.Found] = []
    database = office.office.database
    found = impact_run.simulate(asked, database, keep=listed.extend)
    totals, plain = plain_impact.worked_out(asked, database)
    assert found.totals == totals
    assert listed == plain
    assert totals.cases > 20
    assert min(sum(one.values()) for one in (totals.dates, totals.gained, totals.live, totals.work_now)) > 0


def hastier(office: Office, policy: str, version: str) -> draft_library.Checked:
    """A draft of a version with one working day for everything that it promises within working days."""
    files = {}
    for path, content in office.shelf.files_of(office.shelf.versions[f"{policy}/{version}"]).items():
        text = content.decode().replace(f"version: {version}", "version: hastier")
        if path == f"policies/{policy}/{version}.yaml":
            text = re.sub(r"(?m)^in_force_from: .*$", "in_force_from: 2026-04-01", text)
            text = re.sub(r"within: \d+ working days?", "within: 1 working day", text)
        if not path.endswith(".examples.yaml"):
            files[path.replace(f"/{version}.", "/hastier.")] = text.encode()
    return draft_library.checked(office, files, f"{policy}/hastier")


def test_a_letter_past_the_limit_waits_for_approval(office: Demonstration, files: list[CaseFile]) -> None:
    waiting = []
    with office.office.database.reading() as tx:
        for file in files:
            assert file.row
            waiting += [(file, draft) for draft in drafts.of_case(tx, file.row.id)]
    [(file, draft)] = waiting
    assert draft.status == drafts.ASKED
    who = next(one.person for one in office.members if one.person.id == draft.writer)
    stops = writing.what_stops(office.office, file, draft.step, draft.answers, day=draft.day, who=who, now=A_WEDNESDAY)
    assert stops.is_ready
    assert draft.approval_role in stops.approval


def test_every_landlord_can_be_reached_and_what_is_made_up_is_plainly_so(office: Demonstration) -> None:
    shelf = office.office.shelf
    for policy in office.office.policies():
        contact = contact_on(shelf.contacts, policy, local_day(A_WEDNESDAY))
        assert contact
        assert contact.telephone
        assert contact.email
        if contact.source == demo_contacts.MADE_UP:
            assert contact.telephone.startswith("01632 960 ")
            assert contact.email.endswith(".example")
            assert "made up" in contact.address[0]
    shipped = library.load(ROOT)[0].contacts
    changed = {key for key in shipped if shipped[key] != shelf.contacts[key]}
    assert changed == {"council-housing", "st-leger-homes"}


def test_what_we_owe_besides_tasks_is_there(office: Demonstration, files: list[CaseFile]) -> None:
    owing = Counter(one.fact for file in files for one in owed.owed(file))
    assert owing.keys() >= {
        "information_received", "update_given", "follow_up_call_made", "withdrawal_confirmed", "thanked",
    }  # fmt: skip
    today = local_day(A_WEDNESDAY)
    due = {(one.fact, (one.due - today).days) for file in files for one in owed.owed(file) if one.due}
    assert ("update_given", 0) in due
    assert any(fact == "information_received" and days < 0 for fact, days in due)
    assert all(days > -30 for _, days in due)


def test_contacts_are_recorded_with_what_came_with_them(office: Demonstration, files: list[CaseFile]) -> None:
    happened = {event.name for file in files for event in file.record}
    assert happened >= {"contact_made", "information_asked", "information_received", "update_given"}
    with office.office.database.reading() as tx:
        kept = [
            (row, documents.content(tx, row.sha256))
            for file in files
            if file.row
            for row in documents.of_case(tx, file.row.id)
            if row.kind in (documents.ATTACHMENT, documents.EMAIL)
        ]
    assert sorted(row.file_name for row, _ in kept) == ["corner.png", "this-morning.eml"]
    pictures = [content for row, content in kept if row.media_type == "image/png"]
    with_email = [email_files.read(content) for row, content in kept if row.kind == documents.EMAIL]
    assert [(one.attachments[0][1]) for one in with_email] == pictures


def test_somebody_without_a_role_passed_a_complaint_on(office: Demonstration, files: list[CaseFile]) -> None:
    nobody = next(one.person for one in office.members if one.does == demo_people.PASSES_ON)
    assert not nobody.grants
    assert not nobody.is_administrator
    assert not nobody.is_auditor
    [passed_on] = [file for file in files if file.record[0].by == nobody.id]
    assert passed_on.record[0].happened < passed_on.record[0].recorded


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
    again = made(tmp_path, A_WEDNESDAY, lambda told: nullcontext(told[:30]))
    assert again.references == office.references[:30]
    assert again.members == office.members
    record = [[(one.name, one.happened, one.by_name) for one in file.record] for file in files[:30]]
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
    assert any(line.startswith("Letters go to the folder ") for line in said)
    assert password in page
    assert any(line.startswith("Letters go to the folder ") for line in said), "nobody is sent anything"
    names = [line.split()[0] for line in said if "holds every role" in line]
    assert len(names) == 6
    assert all(name in page for name in names)


def test_each_landlord_has_an_author_and_an_approver_and_the_council_a_draft_begun(office: Demonstration) -> None:
    studio = [one for one in office.members if one.is_of_the_studio]
    assert office.members[: len(studio)] == tuple(studio), "they are listed first"
    for policy in office.office.policies():
        roles = sorted(role for one in studio for role in ROLES if one.person.holds(policy, role, ""))
        assert roles == ["policy_approver", "policy_author"]
        assert not any(one.person.works_in(policy, "") for one in studio)
    (row,) = drafting.drafts_of(office.office, list(office.office.policies()))
    assert (row.policy, row.version, row.state) == ("council-housing", "two-stage-2026", "drafting")
    draft = drafting.opened(office.office, row.id)
    checked = draft_library.checked(office.office, draft.files, draft.key)
    assert checked.is_sound
    assert checked.version is not None
    rule = checked.version.deadline("stage_1.acknowledgement")
    assert rule is not None
    assert str(rule.within) == "3 working days"
    assert any(not told.passed for told in draft_library.stories(office.office, checked)), "it is not done yet"
