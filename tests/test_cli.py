"""The command line as people use it: what it prints, what it refuses with a sentence, and its exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine import casework, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.store import people
from engine.store.database import open_database
from tests.unit.casting import hired
from web import cli

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, "-c", "from web.cli import main; main(prog_name='redress')"]
PASSWORD = "four plain words together"
STORY = """\
policy: south-essex-homes
examples:
  - example: A complaint received on the Friday before Christmas
    story:
      2024-12-20: complaint_received
      2024-12-31: stage_1.acknowledged
    seen_on: 2025-01-10
    expect:
      governed_by: two-stage-2024
      stage_1.acknowledgement: {due: 2024-12-31, is: met}
      stage_1.response: {due: 2025-01-15, is: running}
      inbox:
        service_manager: [stage_1.respond]
"""
MORE_TIME = """\
policy: council-housing
examples:
  - example: More time needs a reason, the Ombudsman's contact and somebody else's approval
    story:
      2024-06-03: complaint_received
      2024-06-05: stage_1.acknowledged
    seen_on: 2024-06-18
    expect:
      cannot_happen:
        - {stage_1.extension_given: {to: 2024-07-01, reason: ""}}
        - {stage_1.extension_given: {to: 2024-07-01, ombudsman_given: false}}
        - {stage_1.extension_given: {to: 2024-08-01, good_reason: So, update_interval: daily, by: Al, approved_by: Al}}
"""


def redress(*words: str | Path, given: str | None = None, **environment: str) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words], input=given, env=environment)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of policies/ and workflows/ to spoil."""
    for folder in ("policies", "workflows"):
        shutil.copytree(ROOT / folder, tmp_path / "tree" / folder)
    return tmp_path / "tree"


def spoil(path: Path, old: str, new: str) -> int:
    """Replace the first place of a text in a file, and give back its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


# --- help -----------------------------------------------------------------------------------------

VERBS = ("demo", "init", "serve", "worker", "check", "examples", "due", "case", "case show", "case history", "verify")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself_with_an_example(verb: str) -> None:
    result = redress(*verb.split(), "--help")
    assert result.exit_code == 0
    assert f"redress {verb}" in result.output.partition("\n\n")[2]


def test_the_program_lists_its_verbs() -> None:
    result = redress("--help")
    assert all(f"  {verb.split()[0]} " in result.output for verb in VERBS)


# --- check ----------------------------------------------------------------------------------------


def test_the_shipped_files_are_clean_and_their_shortfalls_are_shown() -> None:
    result = redress("check")
    assert result.exit_code == 0
    assert result.output.startswith("No problems.\n")
    assert "Remarks\n-------\n" in result.output
    assert "south-essex-homes/four-stage: less than the Code asks" in result.output
    assert "Complaint Handling Code 2024, 5.3" in result.output


def test_a_misspelt_event_is_named_with_file_line_and_cure(tree: Path) -> None:
    file = tree / "policies" / "st-leger-homes" / "two-stage-2024.yaml"
    line = spoil(file, "met_by: acknowledged", "met_by: acknowleged")
    result = redress("check", tree)
    assert result.exit_code == 1
    assert f"{file}:{line}: " in result.output
    assert "Did you mean 'acknowledged'?" in result.output or "Did you mean 'stage_1.acknowledged'?" in result.output


@pytest.mark.parametrize(
    "inside", ["", "policies", "policies/st-leger-homes", "policies/st-leger-homes/two-stage-2024.yaml"]
)
def test_a_folder_or_file_inside_a_tree_is_checked_with_what_lies_beside_it(tree: Path, inside: str) -> None:
    line = spoil(
        tree / "policies/st-leger-homes/two-stage-2024.yaml", "handler: service_manager", "handler: service_manger"
    )
    result = redress("check", tree / inside)
    assert result.exit_code == 1
    assert f"two-stage-2024.yaml:{line}: " in result.output
    assert "service_manager" in result.output


def test_a_misspelt_name_in_a_story_is_a_problem(tree: Path) -> None:
    file = tree / "policies" / "st-leger-homes" / "two-stage-2024.examples.yaml"
    line = spoil(file, "complaint_received", "complaint_recieved")
    result = redress("check", file)
    assert result.exit_code == 1
    assert f"{file}:{line}: " in result.output
    assert "Did you mean 'complaint_received'?" in result.output


def test_a_timer_without_a_time_is_a_problem(tree: Path) -> None:
    file = tree / "workflows" / "complaints" / "two-stage.bpmn"
    spoil(file, "stage_2.request_window</", "</")
    result = redress("check", tree)
    assert result.exit_code == 1
    assert "workflows/complaints/two-stage.bpmn:" in result.output


def test_a_path_that_is_not_there_is_a_problem() -> None:
    result = redress("check", "nowhere.yaml")
    assert (result.exit_code, "There is no such file" in result.output) == (1, True)


# --- examples -------------------------------------------------------------------------------------


def test_a_story_that_comes_true_passes(tmp_path: Path) -> None:
    (tmp_path / "stories.yaml").write_text(STORY, encoding="utf-8")
    result = redress("examples", tmp_path / "stories.yaml")
    assert (result.exit_code, result.output) == (0, "1 passed, 0 failed\n")


def test_a_story_that_fails_says_what_was_expected_and_what_came(tmp_path: Path) -> None:
    (tmp_path / "stories.yaml").write_text(STORY.replace("2025-01-15", "2025-01-14"), encoding="utf-8")
    result = redress("examples", tmp_path / "stories.yaml")
    assert result.exit_code == 1
    told = "stage_1.response due was expected to be 2025-01-14 and is 2025-01-15."
    assert f"stories.yaml:11: A complaint received on the Friday before Christmas: {told}" in result.output
    assert result.output.endswith("0 passed, 1 failed\n")


def test_a_story_can_say_that_more_time_wants_a_reason_and_somebody_else_to_approve_it(tmp_path: Path) -> None:
    (tmp_path / "stories.yaml").write_text(MORE_TIME, encoding="utf-8")
    assert redress("examples", tmp_path / "stories.yaml").output == "1 passed, 0 failed\n"
    somebody_else = MORE_TIME.replace("approved_by: Al", "approved_by: Dee")
    (tmp_path / "stories.yaml").write_text(somebody_else, encoding="utf-8")
    assert redress("examples", tmp_path / "stories.yaml").output.endswith("0 passed, 1 failed\n")


def test_a_story_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "stories.yaml").write_text(STORY.replace("seen_on: 2025-01-10", "seen_on: soon"), encoding="utf-8")
    result = redress("examples", tmp_path / "stories.yaml")
    assert result.exit_code == 1
    assert "stories.yaml:7: " in result.output


@pytest.mark.parametrize("by", ["option", "place"])
def test_stories_meet_the_policies_of_another_library(tree: Path, tmp_path: Path, by: str) -> None:
    policy = tree / "policies" / "south-essex-homes" / "two-stage-2024.yaml"
    spoil(policy, "within: 5 working days", "within: 3 working days")
    place = policy.parent if by == "place" else tmp_path
    (place / "own.examples.yaml").write_text(STORY, encoding="utf-8")
    options = ["--library", tree] if by == "option" else []
    result = redress("examples", place / "own.examples.yaml", *options)
    assert result.exit_code == 1
    assert "stage_1.acknowledgement due was expected to be 2024-12-31 and is 2024-12-27." in result.output


# --- due ------------------------------------------------------------------------------------------


def test_due_names_each_counted_and_each_skipped_day() -> None:
    words = ("due", "--policy", "council-housing", "--received", "2025-12-23T17:45")
    result = redress(*words, "--on", "stage_1.acknowledged=2026-01-02", "--seen-on", "2026-01-05")
    assert result.exit_code == 0
    assert "two-stage-2024 governs. Received on 23 December 2025; two-stage-2024 is in force from" in result.output
    assert "stage_1.acknowledgement: due Friday 2 January 2026 (met in time)" in result.output
    assert (
        "Counted: Wed 24 Dec 2025, Mon 29 Dec 2025, Tue 30 Dec 2025, Wed 31 Dec 2025, Fri 2 Jan 2026." in result.output
    )
    assert "Thu 25 Dec 2025 (Christmas Day), Fri 26 Dec 2025 (Boxing Day)" in result.output
    assert "What is a working day?" in result.output


def test_due_as_json_says_the_same() -> None:
    found = json.loads(redress("due", "--policy", "council-housing", "--received", "2025-12-23", "--json").output)
    assert found["governed_by"] == "two-stage-2024"
    deadline = found["deadlines"]["stage_1.acknowledgement"]
    assert deadline["due"] == "2026-01-02"
    assert deadline["counted"] == ["2025-12-24", "2025-12-29", "2025-12-30", "2025-12-31", "2026-01-02"]
    assert {"date": "2025-12-25", "why": "Christmas Day"} in deadline["skipped"]


def test_due_before_any_version_says_so() -> None:
    result = redress("due", "--policy", "council-housing", "--received", "2020-01-01")
    assert result.exit_code == 1
    assert "No version of the policy was in force on 1 January 2020." in result.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--policy", "council-houses", "--received", "2025-01-01"), "Did you mean 'council-housing'?"),
        (("--policy", "council-housing", "--received", "1 January"), "is no date"),
        (("--policy", "council-housing", "--received", "2025-01-01", "--on", "widthdrawn=2025-01-02"), "'withdrawn'"),
    ],
)
def test_due_refuses_what_it_does_not_know_with_what_was_meant(words: tuple[str, ...], says: str) -> None:
    result = redress("due", *words)
    assert (result.exit_code, says in result.output) == (2, True)


# --- init, worker, serve --------------------------------------------------------------------------


def test_init_makes_an_installation_and_again_changes_nothing(sqlite_database: str) -> None:
    words = ("init", "--database", sqlite_database, "--administrator", "ada", "--name", "Ada Example")
    first = redress(*words, "--password-stdin", given=f"{PASSWORD}\n")
    assert first.exit_code == 0, first.output
    assert first.output.count("Sealed ") == 5
    assert "Ada Example signs in as 'ada'." in first.output
    again = redress("init", "--database", sqlite_database)
    assert again.exit_code == 0
    assert again.output.count("is sealed here already.") == 5
    database = open_database(sqlite_database)
    with database.reading() as tx:
        ada = people.person_by_sign_in(tx, "ada")
        assert "repairs" in people.areas(tx)
    database.close()
    assert ada
    assert ada.is_administrator
    secret = Path(f"{sqlite_database.removeprefix('sqlite:///')}.secret")
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600


def test_init_asks_for_what_is_missing(sqlite_database: str) -> None:
    result = redress("init", REDRESS_DATABASE=sqlite_database, given=f"ada\nAda Example\n{PASSWORD}\n{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert "Sign-in name of the first administrator" in result.output
    assert PASSWORD not in result.output


def test_init_refuses_a_short_password(sqlite_database: str) -> None:
    words = ("init", "--database", sqlite_database, "--administrator", "ada", "--name", "Ada")
    result = redress(*words, REDRESS_ADMIN_PASSWORD="short")
    assert result.exit_code == 1
    assert "15 characters or more" in result.output


@pytest.mark.parametrize("verb", [("serve",), ("worker", "--once"), ("verify",), ("case", "show", "X")])
def test_a_verb_that_needs_an_installation_says_where_none_is(verb: tuple[str, ...], sqlite_database: str) -> None:
    result = redress(*verb, "--database", sqlite_database, REDRESS_SECRET_KEY="a secret for this test")
    assert result.exit_code == 1
    assert "redress init" in result.output
    assert not Path(sqlite_database.removeprefix("sqlite:///")).exists()


def test_serve_without_https_stays_on_this_machine(sqlite_database: str) -> None:
    result = redress("serve", "--database", sqlite_database, "--host", "0.0.0.0", "--no-https")
    assert (result.exit_code, "on this machine only" in result.output) == (2, True)


def test_serve_prints_its_address_answers_and_stops_when_told(sqlite_database: str) -> None:
    assert redress("init", "--database", sqlite_database, given=f"ada\nAda\n{PASSWORD}\n{PASSWORD}\n").exit_code == 0
    command = [*PROGRAM, "serve", "--database", sqlite_database, "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
        watchdog = threading.Timer(60, server.kill)
        watchdog.start()
        assert server.stdout
        address = next(line for line in server.stdout if "Serving on " in line).split()[2]
        with urllib.request.urlopen(f"{address}sign-in", timeout=20) as answer:
            assert answer.status == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
        watchdog.cancel()


# --- case, worker, verify -------------------------------------------------------------------------


@pytest.fixture
def reference(office: Office) -> str:
    """A case of St Leger Homes, answered on 17 June 2024."""
    ann = hired(office, "Ann")
    when = moment("2024-06-03T10:00")
    said = Said({"resident": "Rosa Sample", "vulnerabilities": "A bad heart"}, when, when, is_story=True)
    found = steps.register(office, "st-leger-homes", ann, said)
    for key, day in (("triage", "04"), ("stage_1.acknowledge", "05"), ("stage_1.respond", "17")):
        now = moment(f"2024-06-{day}")
        steps.take(
            office,
            found,
            ann,
            lambda file, key=key, now=now: casework.complete_task(
                office, file, key, ann, Said({}, None, now, is_story=True)
            ),
            now,
        )
    return found


def test_case_show_says_where_it_stands_and_why(office: Office, reference: str) -> None:
    result = redress("case", "show", reference, "--database", office.database.url, "--as-of", "2024-06-20")
    assert result.exit_code == 0, result.output
    assert "Governed by: two-stage-2024" in result.output
    assert "Status: answered" in result.output
    assert "stage_1.response: 19 June 2024, met" in result.output
    assert "10 working days from 5 June 2024" in result.output


def test_case_history_as_of_a_day_knows_no_later(office: Office, reference: str) -> None:
    whole = redress("case", "history", reference, "--database", office.database.url).output
    early = redress("case", "history", reference, "--database", office.database.url, "--as-of", "2024-06-06").output
    assert "stage_1.response_sent  by Ann" in whole
    assert "stage_1.acknowledged" in early
    assert "stage_1.response_sent" not in early


def test_a_history_says_nothing_of_a_residents_health(office: Office, reference: str) -> None:
    assert "heart" not in redress("case", "history", reference, "--database", office.database.url).output


def test_an_unknown_case_is_refused_with_a_sentence(office: Office) -> None:
    result = redress("case", "show", "SEH-2024-00099", "--database", office.database.url)
    assert (result.exit_code, "There is no case SEH-2024-00099." in result.output) == (1, True)


def test_one_round_of_the_worker_closes_what_lapsed(office: Office, reference: str) -> None:
    result = redress("worker", "--once", "--database", office.database.url)
    assert (result.exit_code, result.output) == (0, "1 case moved on. 1 sent.\n"), "what was sent is the filed copy"
    assert "ended: lapsed" in redress("case", "show", reference, "--database", office.database.url).output


def test_verify_finds_nothing_then_finds_what_was_changed(office: Office, reference: str) -> None:
    clean = redress("verify", "--database", office.database.url)
    assert (clean.exit_code, "1 case checked.\nNo differences.\n" in clean.output) == (0, True)
    with office.database.writing() as tx:
        tx.connection.dbapi_connection.execute("UPDATE complaint_case SET finding = 'not_upheld'")
    spoilt = redress("verify", "--database", office.database.url)
    assert spoilt.exit_code == 1
    assert f"{reference}: its finding is stored as 'not_upheld'" in spoilt.output
    assert "1 difference." in spoilt.output


def test_the_program_runs_as_a_program() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "REDRESS_DATABASE"}
    done = subprocess.run(
        [*PROGRAM, "due", "--policy", "council-housing", "--received", "2020-01-01"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("Error: No version of the policy was in force")
