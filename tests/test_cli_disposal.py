"""Disposal on the command line: the same two people, the same refusals; and events exported without what was erased."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from engine import casework, steps
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.rights import KEEPER, RECORDS_APPROVER, Grant
from tests.unit.casting import hired
from web import cli

COUNCIL = "council-housing"


def redress(*words: object, given: str | None = None) -> Result:
    return CliRunner().invoke(cli.main, [str(word) for word in words], input=given)


@pytest.fixture
def reference(office: Office, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case that was withdrawn in 2014; kay asks, abe approves."""
    monkeypatch.setenv("REDRESS_DATABASE", office.database.url)
    for name, role in (("kay", KEEPER), ("abe", RECORDS_APPROVER)):
        hired(office, name, Grant(COUNCIL, role))
    ann, when = hired(office, "ann"), moment("2024-06-03")
    found = steps.register(office, COUNCIL, ann, Said({"resident": "Ada Lovelace"}, when, when, is_story=True))
    said = Said({}, None, moment("2024-06-04"), is_story=True)
    act = lambda file: casework.record_message(office, file, "withdrawn", ann, said)  # noqa: E731  # one line says it
    steps.take(office, found, ann, act, moment("2024-06-04"))
    with office.database.writing() as tx:
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
    return found


def test_a_case_is_erased_by_two_people_on_the_command_line(reference: str, tmp_path: Path):
    assert "Nobody has decided" in redress("disposal", "due", COUNCIL).output
    changed = ("--set", "withdrawn=365", "--reason", "The schedule", "--as")
    assert redress("disposal", "periods", COUNCIL, *changed, "abe").exit_code == 1
    assert "withdrawn: 365 days" in redress("disposal", "periods", COUNCIL, *changed, "kay").output
    assert reference in redress("disposal", "due", COUNCIL).output
    assert "is held back" in redress("disposal", "hold", reference, "--reason", "A claim", "--as", "abe").output
    assert redress("disposal", "ask", reference, "--as", "kay").exit_code == 1
    assert redress("disposal", "end-hold", reference, "--reason", "Settled", "--as", "kay").exit_code == 0
    assert "asked for" in redress("disposal", "ask", reference, "--as", "kay").output
    assert "may not approve" in redress("disposal", "approve", reference, "--as", "kay", "--yes").output
    assert redress("disposal", "approve", reference, "--as", "abe", given="n\n").exit_code == 1
    assert "Ada Lovelace" in redress("case", "show", reference).output
    assert f"{reference}: erased." in redress("disposal", "approve", reference, "--as", "abe", given="y\n").output
    for verb in ("show", "history"):
        shown = redress("case", verb, reference)
        assert shown.exit_code == 1
        assert "was erased when its time of retention was over" in shown.output
    verified = redress("verify")
    assert verified.exit_code == 0, verified.output
    assert redress("report", "events", "--json", tmp_path / "events.jsonl").exit_code == 0
    lines = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    mine = [line for line in lines if line["reference"] == reference]
    assert [line["answers"] for line in mine[:-1]] == [""] * (len(mine) - 1)
    assert mine[-1]["event"] == "content_erased"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("due", "nobody"), "There is no policy 'nobody'"),
        (("approve", "CH-1999-00001", "--as", "abe", "--yes"), "Nobody has asked for the disposal of CH-1999-00001"),
        (("ask", "CH-1999-00001", "--as", "kay"), "There is no case CH-1999-00001"),
        (("end-hold", "CH-1999-00001", "--reason", "x", "--as", "kay"), "There is no hold on CH-1999-00001"),
        (("periods", COUNCIL, "--set", "first=1", "--as", "kay"), "There is no class 'first'"),
        (("periods", COUNCIL, "--set", "withdrawn=soon", "--reason", "x", "--as", "kay"), "Enter a number of days"),
        (("ask", "CH-1999-00001", "--as", "nobody"), "Nobody here signs in as 'nobody'"),
    ],
)
@pytest.mark.usefixtures("reference")
def test_what_cannot_be_done_is_said_in_a_sentence(words: tuple[str, ...], says: str):
    done = redress("disposal", *words)
    assert done.exit_code == 1
    assert says in done.output
    assert "Traceback" not in done.output
