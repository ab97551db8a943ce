"""The studio on the command line: each verb with an example, the refusals of the browser, and files in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from engine.office import Office
from engine.rights import Grant
from engine.store import people
from tests.unit import case_acts
from tests.unit.casting import hired
from web import cli

COUNCIL = "council-housing"
DRAFT = f"{COUNCIL}/next"
Redress = Callable[..., str]


def verbs(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every verb below a group, by the words that call it."""
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


@pytest.mark.parametrize("verb", tuple(verbs(cli.main)), ids=" ".join)
def test_every_verb_explains_itself_with_an_example(verb: tuple[str, ...]) -> None:
    said = CliRunner().invoke(cli.main, [*verb, "--help"]).output
    assert f"redress {' '.join(verb)}" in said.split("Usage:")[1].split("Options:")[0].split("\n", 1)[1]


@pytest.fixture
def redress(office: Office, monkeypatch: pytest.MonkeyPatch) -> Redress:
    """Runs the program on an office with Ann, who writes the council's policy, and Bo, who approves it."""
    for name, role in (("ann", "policy_author"), ("bo", "policy_approver")):
        hired(office, name, Grant(COUNCIL, role))
    monkeypatch.setenv("REDRESS_DATABASE", office.database.url)

    def run(*words: object, ends: int = 0) -> str:
        done: Result = CliRunner().invoke(cli.main, [str(word) for word in words])
        assert done.exit_code == ends, done.output
        return done.output

    return run


def test_a_draft_is_begun_changed_read_and_discarded(redress: Redress) -> None:
    begun = redress(
        "policy", "draft", "begin", f"{COUNCIL}/two-stage-2024", "next", "--from", "2030-01-01", "--as", "ann"
    )
    assert "No problems." in begun
    said = redress(
        "policy", "draft", "change", "deadline", DRAFT, "stage_1.response", "--within", "7 working days", "--as", "ann"
    )
    assert "stage_1.response: within 7 working days." in said
    assert "Stage 1 response: 10 working days becomes 7." in redress(
        "policy", "diff", f"{COUNCIL}/two-stage-2024", DRAFT
    )
    assert "stage_1.response: within 7 working days" in redress("policy", "show", DRAFT)
    assert "next  drafting" in redress("policy", "draft", "list")
    assert "Discarded" in redress("policy", "draft", "discard", DRAFT, "--as", "ann")
    assert "There is none." in redress("policy", "draft", "list")


def test_what_is_wrong_is_said_by_field_or_by_file_and_line(redress: Redress, tmp_path: Path) -> None:
    redress("policy", "draft", "begin", f"{COUNCIL}/two-stage-2024", "next", "--from", "2030-01-01", "--as", "ann")
    change = ("policy", "draft", "change", "deadline", DRAFT, "stage_1.response")
    assert "within: Write how long it may take" in redress(*change, "--within", "soon", "--as", "ann", ends=1)
    path = f"policies/{DRAFT}.yaml"
    text = redress("policy", "draft", "get", DRAFT, path)
    (tmp_path / "wrong.yaml").write_text(text.replace("handler: service_manager", "handler: nobody", 1))
    said = redress("policy", "draft", "put", DRAFT, path, tmp_path / "wrong.yaml", "--as", "ann")
    assert f"{path}:" in said
    assert "nobody" in said
    redress("policy", "draft", "check", DRAFT, ends=1)
    assert "Mend that first." in redress("policy", "ask", DRAFT, "--as", "ann", ends=1)
    assert "Did you mean" in redress("policy", "draft", "get", DRAFT, path[:-1], ends=1)


def test_rights_hold_as_in_the_browser(redress: Redress) -> None:
    begin = ("policy", "draft", "begin", f"{COUNCIL}/two-stage-2024", "next", "--from", "2030-01-01", "--as")
    assert "Bo may not write drafts" in redress(*begin, "bo", ends=1).replace("bo may", "Bo may")
    assert "Nobody here signs in as 'zoe'" in redress(*begin, "zoe", ends=1)
    redress(*begin, "ann")
    approve = ("policy", "approve", DRAFT, "--body", "Cabinet", "--minute", "1", "--as")
    assert "may not approve" in redress(*approve, "ann", ends=1)
    assert "Nobody has asked for approval" in redress(*approve, "bo", ends=1)
    assert "may not withdraw" in redress(
        "policy", "withdraw", f"{COUNCIL}/two-stage-2024", "--reason", "x", "--as", "ann", ends=1
    )
    assert "There is no draft" in redress("policy", "publish", f"{COUNCIL}/none", "--as", "bo", ends=1)


def test_a_version_goes_out_comes_in_and_a_differing_file_stops_it(
    redress: Redress, office: Office, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    export = ("policy", "export", f"{COUNCIL}/two-stage-2024", out)
    assert "the same seal" in redress(*export)
    form = out / "workflows/forms/response_council.yaml"
    form.write_bytes(form.read_bytes() + b"# mine\n")
    assert "workflows/forms/response_council.yaml" in redress(*export, ends=1)
    assert "is sealed here with another text" in redress("policy", "list", "--tree", out)
    assert "is sealed here with another text" in redress("check", out, "--database", office.database.url)
    assert "the same seal" in redress(*export, "--replace", "workflows/forms/response_council.yaml")
    assert "nothing to bring in" in redress("policy", "import", out, "--as", "ann", ends=1)
    said = redress(
        "policy",
        "import",
        out,
        "--version",
        f"{COUNCIL}/two-stage-2024",
        "--name",
        "next",
        "--from",
        "2030-01-01",
        "--as",
        "ann",
    )
    assert "No problems." in said


def test_a_foreign_diagram_goes_into_a_draft_and_what_was_dropped_is_listed(redress: Redress, tmp_path: Path) -> None:
    redress("policy", "draft", "begin", f"{COUNCIL}/two-stage-2024", "next", "--from", "2030-01-01", "--as", "ann")
    text = redress("policy", "draft", "get", DRAFT, "workflows/stages/investigated-stage.bpmn")
    text = text.replace(
        "<bpmn:definitions ", '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ', 1
    )
    place = tmp_path / "investigated-stage.bpmn"
    place.write_text(text.replace("<bpmn:userTask ", '<bpmn:userTask camunda:priority="50" ', 1))
    assert "Say with --into" in redress("policy", "import", place, "--as", "ann", ends=1)
    said = redress("policy", "import", place, "--into", DRAFT, "--as", "ann")
    assert "left out" in said
    assert "priority" in said
    assert "No problems." in said
    place.write_text("<no xml")
    assert "was not brought in" in redress("policy", "import", place, "--into", DRAFT, "--as", "ann", ends=1)


def test_a_foreign_diagram_is_told_of_in_a_list_that_can_be_read(redress: Redress, tmp_path: Path) -> None:
    redress("policy", "draft", "begin", f"{COUNCIL}/two-stage-2024", "next", "--from", "2030-01-01", "--as", "ann")
    tasks = "".join(f'<task id="T_{at}" name="Step {at}"><property id="p{at}"/></task>' for at in range(30))
    head = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"><process id="P">'
    place = tmp_path / "Their Process (1).BPMN20.xml"
    place.write_text(f"{head}{tasks}</process></definitions>")
    said = redress("policy", "import", place, "--into", DRAFT, "--as", "ann")
    assert "written: workflows/stages/their-process-1.bpmn" in said
    lines = said.splitlines()
    assert len(lines) < 25
    [first] = [at for at, line in enumerate(lines) if "No arrow leaves the task 'Step 0'" in line]
    assert lines[first + 1].endswith("; and 21 more.")
    assert "left out: property: what is known belongs in forms here: Step 0; Step 1;" in said
    every = redress("policy", "import", place, "--into", DRAFT, "--all", "--as", "ann")
    assert "Nothing changed." in every
    assert "'Step 29' (line" in every


def test_a_closure_is_a_drill_until_it_is_confirmed(redress: Redress, office: Office) -> None:
    add = ("calendar", "add", "2030-05-01", "Office closed", "--closure", "--as", "bo")
    said = redress(*add)
    assert "Office closed, Wednesday 1 May 2030, is a closure" in said
    assert "Nothing was written." in said
    assert "Office closed" not in redress("calendar", "list", "--year", "2030")
    assert "may not change this calendar" in redress(*add[:-1], "ann", "--confirm", ends=1)
    assert "Written. 0 cases have another date." in redress(*add, "--confirm")
    assert "Office closed  closure" in redress("calendar", "list", "--year", "2030")
    assert "in the calendar already" in redress(*add, ends=1)
    assert "is a working day again" in redress("calendar", "withdraw", "2030-05-01", "--confirm", "--as", "bo")


def test_live_cases_move_only_where_it_is_turned_on(redress: Redress, office: Office) -> None:
    ann = hired(office, "Office Ann")
    reference = case_acts.logged(office, ann, "south-essex-homes", received="2024-06-03")
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "bo")
        assert row is not None
        people.give_grant(tx, row.id, given=people.GrantRow("south-essex-homes", "head_of_service"))
        people.add_person(tx, "ada", name="Ada", email="", password_hash=None, now=row.created, is_administrator=True)
    move = ("policy", "move", reference, "--to", "three-stage-2018", "--reason", "Agreed", "--as", "bo")
    redress(*move, ends=1)
    assert "Only an administrator" in redress("policy", "moving", "on", "--as", "bo", ends=1)
    redress("policy", "moving", "on", "--as", "ada")
    assert "Nothing was written." in redress(*move)
    moved = redress(*move, "--confirm")
    assert f"Moved: {reference}" in moved
    key = moved.rsplit("to undo it: ", 1)[1].split()[0]
    back = ("policy", "move-back", key, "--policy", "south-essex-homes", "--reason", "Too early", "--as", "bo")
    assert f"Moved back: {reference}" in redress(*back)
