"""A policy is changed, tried out, approved, published and worked by a script on the command line, start to end."""

from __future__ import annotations

import re
import shlex
import string
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from engine import clock, publishing
from engine.events import local_day
from engine.office import open_office
from engine.store import people
from engine.store.database import migrate, open_database
from engine.store.people import GrantRow
from web import cli

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests" / "data" / "panel_by_script.sh"
COUNCIL = "council-housing"


@pytest.fixture
def installation(tmp_path: Path) -> str:
    """An installation with the shipped versions, an author, an approver, and two people who work every role, those of
    the panel that is to come among them."""
    url = f"sqlite:///{tmp_path / 'redress.db'}"
    database = open_database(url)
    migrate(database)
    office, _ = open_office(database, publishing.shipped(ROOT), clock.now())
    roles = [*office.versions_of(COUNCIL)[0].roles, "review_panel"]
    held = {"ann": ["policy_author"], "bo": ["policy_approver"], "cy": roles, "di": roles}
    with database.writing() as tx:
        people.put_area(tx, "repairs", title="Repairs")
        for name, theirs in held.items():
            row = people.add_person(tx, name, name=name.title(), email="", password_hash=None, now=clock.now())
            for role in theirs:
                people.give_grant(tx, row.id, given=GrantRow(COUNCIL, role))
    database.close()
    return url


def test_a_panel_is_added_published_and_worked_by_a_script(
    installation: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    today = local_day(clock.now())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("REDRESS_DATABASE", installation)
    said = "".join(run(SCRIPT.read_text(encoding="utf-8"), {"YEAR": str(today.year), "TODAY": today.isoformat()}))
    assert "Stage 1 response: 10 working days becomes 7." in said
    assert "Panel review is added between Stage 1 and Stage 2." in said
    assert "Ann may not approve versions of this policy" in said
    assert "1 cases replayed" in said
    assert f"CH-{today.year}-00002: review.response_sent, by Di, with its letter." in said
    first, second = said.split(f"CH-{today.year}-00001: Lift")[1].split(f"CH-{today.year}-00002: Lift")
    assert "Governed by: two-stage-2024." in first
    assert "Governed by: panel-2027." in second
    assert "review.panel" not in first
    assert "review.response" in second
    assert "panel-2027 is sealed here and is not in" in said, "what the files lack is said"
    assert "No differences." in said
    assert "No problems." in said.rsplit("written:", 1)[1]
    assert said.strip().endswith("passed, 0 failed")


def test_the_script_is_one_that_a_shell_understands():
    subprocess.run(["sh", "-n", str(SCRIPT)], check=True)


def run(script: str, given: Mapping[str, str]) -> Iterator[str]:
    """Runs a script of `redress` commands as `sh -eu` would, in this process, for each alone takes seconds to start:
    the first that fails ends it, but for one followed by `||`; one followed by `&& exit 1` must fail."""
    known = dict(given)
    for line in script.replace("\\\n", " ").splitlines():
        if named := re.fullmatch(r"(\w+)=(.*)", line):
            known[named[1]] = named[2].strip("'")
            continue
        command, must, _ = re.split(r"( \|\| | && exit 1$|$)", line, maxsplit=1)
        words = shlex.split(string.Template(command).substitute(known), comments=True)
        if not words:
            continue
        assert words[0] == "redress"
        result = CliRunner().invoke(cli.main, words[1:])
        assert must == " || " or (result.exit_code == 0) != must.startswith(" &&"), f"{line}\n{result.output}"
        yield result.output
