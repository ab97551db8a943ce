"""Every shipped version means what its examples say, for ever."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import clock, example_files, publishing
from engine.example_files import Example
from engine.examples import tell
from engine.office import Office, open_office
from engine.store.database import migrate, open_database

ROOT = Path(__file__).resolve().parents[1]


def examples_of(policies: Path) -> Iterator[Example]:
    """The stories of every example file below a folder, by their paths from the repository."""
    for path in sorted(policies.rglob("*.examples.yaml")):
        found, problems = example_files.read(path.read_bytes(), path.relative_to(ROOT).as_posix())
        assert found is not None, [str(problem) for problem in problems]
        yield from found.examples


@pytest.fixture(scope="module")
def office() -> Office:
    """The shipped versions, sealed in a database that is thrown away."""
    database = open_database("sqlite://")
    migrate(database)
    return open_office(database, publishing.shipped(ROOT), clock.now())[0]


@pytest.mark.parametrize("example", list(examples_of(ROOT / "policies")), ids=str)
def test_a_policy_means_what_its_examples_say(office: Office, example: Example) -> None:
    assert [str(failure) for failure in tell(office, example).failures] == []


def test_every_shipped_version_has_its_examples(office: Office) -> None:
    told = {f"{path.parent.name}/{path.name.split('.')[0]}" for path in (ROOT / "policies").rglob("*.examples.yaml")}
    assert set(office.shelved) <= told
