"""Laws of the command line about the record: what is read or written there stands in it, with the account that did it;
and the verbs of compliance say what the pages say, by the same functions.
"""

from __future__ import annotations

import csv
import getpass
import io
import json
from pathlib import Path

import click
import pytest
from click.testing import Result

from engine import reports
from engine.events import moment
from engine.office import Office
from engine.store import acts, people
from engine.store.acts import Act
from tests.test_cli import redress
from tests.unit.case_acts import done, logged
from tests.unit.casting import hired
from web import cli, record_words

BY_THE_ENGINE = "the verb of the engine records it"
NO_CASE = "it reads no case and gives nothing of the record"
OF_FILES = "it is about files, before anything is installed"
#: what each verb that does not ask who acts leaves in the record: an act, or nothing, and why. Where `--as` must be
#: given, the verb of the engine that is called records it. A new verb fails until it is decided.
DECIDED = {
    "demo": OF_FILES, "init": "brought_in_shipped", "serve": "the pages record what is done in them",
    "worker": BY_THE_ENGINE, "check": OF_FILES, "examples": OF_FILES, "due": NO_CASE, "verify": "verified_record",
    "case show": "read_case", "case history": "read_case", "case governance": "read_case", "case proof": "proof_made",
    "calendar list": NO_CASE, "calendar drill": NO_CASE,
    "policy list": NO_CASE, "policy show": NO_CASE, "policy diff": NO_CASE, "policy yardstick": NO_CASE,
    "policy export": "exported", "policy draft list": NO_CASE, "policy draft check": NO_CASE,
    "policy draft get": "exported", "policy draft examples": NO_CASE, "policy simulate": "asked_what_it_would_do",
    "policy compare": "asked_for_study", "policy conformance": "asked_for_study",
    "report list": NO_CASE, "report cases": "exported", "report events": "exported_events", "report find": "exported",
    "record kinds": NO_CASE, "record acts": "exported_record", "record seen-by": "what it shows is the record itself",
    "disposal due": "it names references and days, and nobody", "disposal periods": BY_THE_ENGINE,
} | {f"report {name}": "exported" for name in reports.REPORTS}  # fmt: skip


def verbs(group: click.Group = cli.main, before: str = "") -> dict[str, click.Command]:
    """Every verb by its words, with those of its groups."""
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        whole = f"{before} {name}".strip()
        found |= verbs(command, whole) if isinstance(command, click.Group) else {whole: command}
    return found


@pytest.fixture
def reference(office: Office) -> str:
    """A case of St Leger Homes, answered in time; everything was done by Ann."""
    ann = hired(office, "Ann")
    with office.database.writing() as tx:
        now = moment("2024-01-01")
        people.add_person(tx, "odette", name="odette", email="", password_hash=None, now=now, is_auditor=True)
    found = logged(office, ann, "st-leger-homes", "2024-06-03")
    for key, day in (
        ("triage", "2024-06-04"),
        ("stage_1.acknowledge", "2024-06-05"),
        ("stage_1.respond", "2024-06-17"),
    ):
        done(office, found, ann, key, day)
    return found


def run(office: Office, *words: str | Path) -> Result:
    result = redress(*words, "--database", office.database.url)
    assert result.exit_code == 0, result.output
    return result


def recorded(office: Office) -> list[Act]:
    with office.database.reading() as tx:
        return acts.acts(tx, limit=50)


def test_it_is_decided_of_every_verb_what_it_leaves_in_the_record():
    asks_who_acts = {
        name for name, verb in verbs().items() if any(p.name == "sign_in" and p.required for p in verb.params)
    }
    assert set(verbs()) - asks_who_acts == set(DECIDED)
    acts_of_verbs = {said for said in DECIDED.values() if " " not in said}
    assert acts_of_verbs <= set(record_words.SAID)


@pytest.mark.parametrize("name", sorted(reports.REPORTS))
def test_every_report_written_to_a_file_or_printed_for_programs_is_recorded(office: Office, tmp_path: Path, name: str):
    written = ("--csv", tmp_path / "report.csv", "--xlsx", tmp_path / "report.xlsx", "--json")
    run(office, "report", name, *written)
    found = [(one.what, one.about, one.detail["file"]) for one in recorded(office)[:3]]
    assert sorted(found) == [("exported", f"report {name}", file) for file in ("printed", "report.csv", "report.xlsx")]


@pytest.mark.parametrize("verb", ["show", "history", "governance"])
def test_a_case_read_on_the_command_line_is_recorded_with_the_account_and_the_person_named(
    office: Office,
    reference: str,
    verb: str,
):
    run(office, "case", verb, reference)
    run(office, "case", verb, reference, "--as", "odette")
    named, unnamed = recorded(office)[:2]
    with office.database.reading() as tx:
        odette = people.person_by_sign_in(tx, "odette")
    assert odette is not None
    assert [(one.what, one.about, one.person_id) for one in (unnamed, named)] == [
        ("read_case", f"case {reference}", None),
        ("read_case", f"case {reference}", odette.id),
    ]
    assert {one.detail["account"] for one in (named, unnamed)} == {getpass.getuser()}
    assert named.detail["verb"] == f"case {verb}"


def test_a_case_that_could_not_be_shown_was_not_read(office: Office, reference: str):
    before = recorded(office)
    assert redress("case", "show", "SEH-2024-00099", "--database", office.database.url).exit_code == 1
    assert redress("case", "show", reference, "--as", "nobody", "--database", office.database.url).exit_code == 1
    assert recorded(office) == before


def test_what_governed_a_case_is_said_as_of_a_day_and_as_data(office: Office, reference: str):
    told = run(office, "case", "governance", reference, "--as-of", "2024-06-04").output
    assert "Governed by: st-leger-homes/two-stage-2024" in told
    assert "Done:" not in told.partition("Not allowed")[0]
    said = json.loads(run(office, "case", "governance", reference, "--json").output)
    answer = next(one for one in said["demands"] if one["deadline"] == "stage_1.response")
    assert (answer["due"], answer["is"], answer["met"]) == ("2024-06-19", "met", "2024-06-17")
    assert said["version"] == "st-leger-homes/two-stage-2024"
    assert len(said["seal"]) == 64
    result = redress("case", "governance", reference, "--as-of", "2999-01-01", "--database", office.database.url)
    assert (result.exit_code, "or a day before it" in result.output) == (1, True)


def test_cases_are_found_as_on_the_pages_and_that_they_were_listed_is_recorded(
    office: Office,
    reference: str,
    tmp_path: Path,
):
    told = run(office, "report", "find", "governed", "--version", "st-leger-homes/two-stage-2024").output
    assert f"{reference}  two-stage-2024 from" in told
    run(office, "report", "find", "open", "--on", "2024-06-10", "--csv", tmp_path / "open.csv", "--as", "odette")
    rows = list(csv.reader(io.StringIO((tmp_path / "open.csv").read_text(encoding="utf-8-sig"))))
    assert [row[0] for row in rows] == ["Reference", reference]
    found = json.loads(run(office, "report", "find", "received", "--json").output)
    assert [one["Reference"] for one in found] == [reference]
    last, written, first = recorded(office)[:3]
    assert {one.what for one in (last, written, first)} == {"exported"}
    assert (written.about, written.detail["file"], written.detail["lines"]) == ("list open", "open.csv", 1)
    assert str(tmp_path) not in str(recorded(office))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("open", "--days", "3"), "does not go by --days"),
        (("governed",), "Say of which version"),
        (("governed", "--version", "st-leger-homes/two-stage-2042"), "Did you mean 'st-leger-homes/two-stage-2024'?"),
        (("late", "--policy", "st-leger"), "There is no policy 'st-leger'."),
        (("late", "--from", "2024-02-01", "--to", "2024-01-01"), "must not be after"),
        (("everything",), "is not one of"),
    ],
)
def test_what_cannot_be_found_so_is_said_in_a_sentence(office: Office, words: tuple[str, ...], says: str):
    result = redress("report", "find", *words, "--database", office.database.url)
    assert result.exit_code != 0
    assert says in " ".join(result.output.split())


def test_verifying_is_recorded_with_its_result(office: Office, reference: str):
    run(office, "verify")
    assert (recorded(office)[0].what, recorded(office)[0].detail["differences"]) == ("verified_record", 0)


def test_the_record_is_read_with_the_filters_of_its_page_and_writing_it_to_a_file_is_recorded(
    office: Office, reference: str, tmp_path: Path
):
    run(office, "case", "show", reference, "--as", "odette")
    assert f"{reference}" in run(office, "record", "acts", "--kind", "views").output
    told = run(office, "record", "acts", "--by", "odette").output
    assert f"odette, {getpass.getuser()} on the command line: Read the case from the command line, {reference}" in told
    files = ("--csv", tmp_path / "acts.csv", "--json", tmp_path / "acts.json")
    run(office, "record", "acts", "--about", reference, "--from", "2024-06-01", "--to", "2024-06-30", *files)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "acts.csv").read_text(encoding="utf-8-sig"))))
    assert rows == json.loads((tmp_path / "acts.json").read_text())
    assert {row["about"] for row in rows} == {reference}
    assert "Answer sent" in {row["what"] for row in rows}
    kinds = [(one.what, one.detail["file"], one.detail["lines"]) for one in recorded(office)[:2]]
    assert sorted(kinds) == [("exported_record", "acts.csv", len(rows)), ("exported_record", "acts.json", len(rows))]


def test_who_saw_a_case_is_listed_with_who_read_it_on_the_command_line(office: Office, reference: str):
    run(office, "case", "history", reference, "--as", "odette")
    told = run(office, "record", "seen-by", reference).output
    assert "odette" in told
    assert told.endswith("1 line.\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--kind", "gossip"), "There is no kind 'gossip'"),
        (("--by", "nobody"), "Nobody here signs in as 'nobody'."),
        (("--from", "2024-02-01", "--to", "2024-01-01"), "must not come after the last"),
    ],
)
def test_what_the_record_cannot_be_asked_is_said_in_a_sentence(office: Office, words: tuple[str, ...], says: str):
    result = redress("record", "acts", *words, "--database", office.database.url)
    assert result.exit_code != 0
    assert says in " ".join(result.output.split())


def test_a_version_written_out_and_a_draft_simulated_are_recorded(office: Office, tmp_path: Path):
    run(office, "policy", "export", "st-leger-homes/two-stage-2024", tmp_path / "out")
    assert (recorded(office)[0].what, recorded(office)[0].about) == ("exported", "st-leger-homes/two-stage-2024")
    assert recorded(office)[0].detail["file"] == "out"


def test_two_versions_are_compared_as_on_the_page_and_that_it_was_asked_for_is_recorded(
    office: Office, reference: str, tmp_path: Path
):
    versions = ("st-leger-homes/two-stage-2024", "council-housing/two-stage-2024")
    period = ("--from", "2024-01-01", "--to", "2024-12-31")
    told = run(
        office, "policy", "compare", *versions, *period, "--csv", tmp_path / "cases.csv", "--as", "odette"
    ).output
    assert "Cases: 1." in told
    assert "Stage 1: answer: asked for 1, 1; in time 1, 1" in told
    rows = list(csv.reader(io.StringIO((tmp_path / "cases.csv").read_text(encoding="utf-8-sig"))))
    assert {row[0] for row in rows[1:]} == {reference}
    counts = json.loads(run(office, "policy", "compare", *versions, *period, "--json").stdout)
    assert counts["words"]["left:met:stage_1.response"] == 1
    kinds = [one.what for one in recorded(office)[:3]]
    assert kinds == ["asked_for_study", "exported", "asked_for_study"]
    with office.database.reading() as tx:
        odette = people.person_by_sign_in(tx, "odette")
    assert odette is not None
    assert [one.person_id for one in recorded(office)[:3]] == [None, odette.id, odette.id]


def test_closed_cases_are_held_against_their_policy_on_the_command_line(office: Office, reference: str, tmp_path: Path):
    said = run(office, "policy", "conformance", "--from", "2024-01-01", "--to", "2024-12-31")
    assert "No complaint received in that period is closed." in said.output
    run(office, "worker", "--once")  # the window lapsed long ago, and closes it
    told = run(office, "policy", "conformance", "--from", "2024-01-01", "--csv", tmp_path / "found.csv").output
    counts = json.loads(run(office, "policy", "conformance", "--from", "2024-01-01", "--json").stdout)
    assert f"{counts['cases']} closed, {counts['kinds'].get('some', 0)} with something not allowed" in told
    assert counts["cases"] == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("compare", "st-leger-homes/two-stage-2024", "st-leger-homes/two-stage-2042"), "Did you mean"),
        (("compare", *["st-leger-homes/two-stage-2024"] * 2), "two different versions"),
        (("conformance", "--policy", "st-leger"), "Choose a policy of the list."),
        (("conformance", "--from", "2024-02-01", "--to", "2024-01-01"), "must not come after the last"),
    ],
)
def test_a_study_that_cannot_be_is_refused_in_a_sentence(office: Office, words: tuple[str, ...], says: str):
    result = redress("policy", *words, "--database", office.database.url)
    assert result.exit_code != 0
    assert says in " ".join(result.output.split())


def test_a_bundle_made_on_the_command_line_is_recorded_with_the_account_that_made_it(
    office: Office, reference: str, tmp_path: Path
):
    run(office, "case", "proof", reference, tmp_path / "bundle")
    made = recorded(office)[0]
    assert (made.what, made.detail["account"], made.person_id) == ("proof_made", getpass.getuser(), None)
