"""Killed at any place, publishing has sealed a version whole or not at all; pressed by two at once, sealed it once."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from engine import draft_library, drafting, trial
from engine.drafting import Draft
from engine.office import Office, refreshed
from engine.refusals import Refused
from engine.rights import Person
from engine.store import acts, publications
from engine.store import library as stored
from tests.faults import caseload
from tests.faults.killing import killed_at
from tests.unit.draft_acts import NEW, NOW, POLICY, TODAY, approved, approver, author, begun

KEY = f"{POLICY}/{NEW}"
MOST_PLACES = 200


@pytest.fixture
def ann(any_office: Office) -> Person:
    return author(any_office)


@pytest.fixture
def ready(any_office: Office, ann: Person) -> Draft:
    """A draft that somebody else has approved and that stood its trial, so that each press goes on from there."""
    draft = begun(any_office, ann, in_force_from=TODAY)
    approved(any_office, draft, ann, approver(any_office))
    trial.stand_trial(any_office, draft_library.checked(any_office, draft.files, draft.key))
    return draft


def seen(office: Office) -> tuple[bool, bool, int, str]:
    """Whether it is sealed with its files, whether how it came about stands with it, how often that was recorded, and
    the state of the draft."""
    with office.database.reading() as tx:
        row = stored.version_named(tx, POLICY, version=NEW)
        files = stored.version_files(tx, row.id) if row else {}
        told = [one.what for one in acts.acts(tx, about=KEY)].count("published_version")
        there = bool(row and row.id in publications.publications(tx))
        state = drafting.drafts_of(office, [POLICY])[0].state
    return bool(files), there, told, state


def test_publishing_under_kill_seals_whole_or_not_at_all_and_once(any_office: Office, ann: Person, ready: Draft):
    before, after = (False, False, 0, "approved"), (True, True, 1, "published")
    outcomes = []
    for place in range(MOST_PLACES):
        was_killed = killed_at(place, any_office, lambda: drafting.publish(any_office, ready.row.id, ann, NOW) and None)
        outcomes.append(seen(any_office))
        assert outcomes[-1] in (before, after), f"killed at place {place}"
        if not was_killed:
            break
    assert len(outcomes) > 15
    assert outcomes[0] == before
    assert outcomes[-1] == after
    row = drafting.publish(any_office, ready.row.id, ann, NOW)
    assert row.version == NEW
    assert seen(any_office) == after
    assert caseload.differences(refreshed(any_office)) == []


def test_published_by_two_at_once_it_is_one_version(any_office: Office, ann: Person, ready: Draft):
    start, rows = threading.Barrier(2), []

    def press() -> None:
        start.wait()
        rows.append(drafting.publish(any_office, ready.row.id, ann, NOW))

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(rows) == 2
    assert rows[0] == rows[1]
    assert seen(any_office) == (True, True, 1, "published")


def test_taken_back_while_it_is_published_it_is_one_or_the_other(any_office: Office, ann: Person, ready: Draft):
    start, said = threading.Barrier(2), {}

    def act(name: str, does: Callable[[], object]) -> None:
        start.wait()
        try:
            does()
            said[name] = "done"
        except Refused as refused:
            said[name] = str(refused)

    pairs = {
        "publish": lambda: drafting.publish(any_office, ready.row.id, ann, NOW),
        "take back": lambda: drafting.take_back(any_office, ready.row.id, ann, NOW),
    }
    threads = [threading.Thread(target=act, args=pair) for pair in pairs.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    sealed, there, told, state = seen(any_office)
    assert sorted(said) == ["publish", "take back"]
    assert (sealed, there, told, state) in ((True, True, 1, "published"), (False, False, 0, "drafting"))
    assert list(said.values()).count("done") == 1, said


def test_complaints_logged_while_a_version_is_published_are_governed_as_they_are_stored(
    any_office: Office, ann: Person, ready: Draft
):
    clerk = caseload.staff(any_office, "Cleo Clerk")[0]
    start, references = threading.Barrier(2), []

    def log() -> None:
        start.wait()
        for _ in range(12):
            references.append(caseload.logged(any_office, clerk, POLICY, NOW))

    thread = threading.Thread(target=log)
    thread.start()
    start.wait()
    drafting.publish(any_office, ready.row.id, ann, NOW)
    thread.join(timeout=60)
    after = refreshed(any_office)
    references.append(caseload.logged(after, clerk, POLICY, NOW.replace(hour=15)))
    assert len(references) == 13
    assert caseload.differences(after) == []
