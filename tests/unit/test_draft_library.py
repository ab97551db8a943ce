"""What is known of a draft: what `redress check` finds in its exported tree, within a second, and kept by content."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from engine import checking, draft_library, drafting, version_tree
from engine.draft_library import Checked, checked
from engine.drafting import Draft
from engine.office import Office, refreshed
from engine.problems import Problem
from engine.rights import AUTHOR, Grant
from tests.unit.casting import hired
from tests.unit.draft_acts import BASE, NEW, NOW, POLICY, author, begun, published

KEY = f"{POLICY}/{NEW}"
PATH = f"policies/{KEY}.yaml"
LETTERS = f"policies/{KEY}.letters.yaml"
EXAMPLES = f"policies/{KEY}.examples.yaml"


@pytest.fixture
def draft(office: Office) -> Draft:
    return begun(office, author(office))


def mistaken(draft: Draft, path: str, old: str, new: str) -> dict[str, bytes]:
    """The files of the draft with the first of these words replaced."""
    text = draft.text(path)
    assert old in text
    return {**draft.files, path: text.replace(old, new, 1).encode()}


def in_a_tree(office: Office, draft: Draft, files: dict[str, bytes], folder: Path) -> list[Problem]:
    """What `redress check` says of these files, exported into a tree with all the shipped versions."""
    for path, text in office.shelf.files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text)
    tree = replace(version_tree.tree_of_draft(office, draft), versions={draft.key: files})
    version_tree.export(tree, folder, replace=[path for path in files if not path.endswith("/tasks.yaml")])
    found = checking.check([folder], folder)
    own = [replace(one, file=Path(one.file).relative_to(folder).as_posix()) for one in found]
    return sorted(one for one in own if one.file in files)


MISTAKES: list[tuple[str, str, str]] = [
    (PATH, "within: 5 working days", "within: 5 workdays"),
    (PATH, "workflow: complaints/two-stage", "workflow: complaints/two-stages"),
    (PATH, "calendar: england", "calendar: englund"),
    (PATH, "title: ", "titel: "),
    (PATH, "stages:", "stages: ["),
    (PATH, "in_force_from: 2026-04-01", "in_force_from: 2024-04-01"),
    (PATH, "version: two-stage-2026", "version: two-stage-2027"),
    (LETTERS, "((resident))", "((residint))"),
    (LETTERS, "letters:", "leters:"),
    (EXAMPLES, "stage_1.acknowledged", "stage_1.acknowleged"),
    (EXAMPLES, "governed_by: two-stage-2026", "governed_by: two-stage-2025"),
    (EXAMPLES, "version: two-stage-2026", "version: another"),
    ("workflows/complaints/two-stage.bpmn", "stage_2.requested", "stage_2.requestd"),
    ("workflows/complaints/two-stage.bpmn", "</bpmn:definitions>", ""),
]


@pytest.mark.parametrize(("path", "old", "new"), MISTAKES)
def test_a_mistake_is_told_as_redress_check_tells_it(
    office: Office, draft: Draft, tmp_path: Path, path: str, old: str, new: str
):
    files = mistaken(draft, path, old, new)
    found = checked(office, files, draft.key)
    assert [str(one) for one in found.problems] == [str(one) for one in in_a_tree(office, draft, files, tmp_path)]
    assert not found.is_sound
    assert draft_library.stories(office, found) == []


@pytest.mark.parametrize(
    ("policy", "based_on"),
    [("council-housing", BASE), ("south-essex-homes", "three-stage-2018"), ("st-leger-homes", "two-stage-2024")],
)
def test_a_copy_is_told_what_redress_check_tells_of_its_tree(
    office: Office, tmp_path: Path, policy: str, based_on: str
):
    ann = hired(office, "Ann", Grant(policy, AUTHOR))
    draft = drafting.begin(office, policy, based_on, ann, NOW, version="next", in_force_from=date(2027, 1, 1))
    found = checked(office, draft.files, draft.key)
    told = in_a_tree(office, draft, dict(draft.files), tmp_path)
    assert [str(one) for one in found.problems] == [str(one) for one in told]


def test_with_problems_what_can_be_read_of_the_version_is_there_all_the_same(office: Office, draft: Draft):
    found = checked(office, mistaken(draft, LETTERS, "((resident))", "((residint))"), draft.key)
    assert found.version is not None
    assert found.version.version == NEW
    assert (found.book, found.seal) == (None, "")
    with pytest.raises(ValueError, match="has problems"):
        draft_library.office_with(office, found)


def test_a_check_takes_less_than_a_second_and_is_kept(office: Office, draft: Draft):
    """Of the processor's time: how long a machine that does other things besides lets one wait is not ours to say."""
    checked(office, draft.files, draft.key)
    for number in range(3):
        files = {**draft.files, draft.path: draft.files[draft.path] + f"# {number}\n".encode()}
        spent = seconds(partial(checked, office, files, draft.key))
        assert spent < 1
    assert seconds(partial(checked, office, files, draft.key)) < 0.05
    assert checked(office, files, draft.key) is checked(office, dict(files), draft.key)


def seconds(does: Callable[[], object]) -> float:
    began = time.process_time()
    does()
    return time.process_time() - began


def test_what_is_kept_is_asked_anew_when_what_stands_beside_it_changes(office: Office, draft: Draft):
    before = checked(office, draft.files, draft.key)
    assert before.is_sound
    published(office, version="from-the-same-day", in_force_from=date(2026, 4, 1))
    after = checked(refreshed(office), draft.files, draft.key)
    assert [one.what for one in after.wrong] == [
        "This version is in force from 2026-04-01, and so is 'from-the-same-day' of its policy."
    ]


def test_the_office_with_a_draft_has_it_in_force_from_its_day(office: Office, draft: Draft):
    found = checked(office, draft.files, draft.key)
    there = draft_library.office_with(office, found)
    assert there.governing(POLICY, date(2026, 3, 31)).version == BASE
    assert there.governing(POLICY, date(2026, 4, 1)).version == NEW
    assert KEY not in office.shelved
    assert there.seal(found.version) == found.seal


def test_a_story_that_fails_says_what_came(office: Office, draft: Draft):
    files = mistaken(draft, PATH, "within: 5 working days", "within: 3 working days")
    told = draft_library.stories(office, checked(office, files, draft.key))
    failed = [one for one in told if not one.passed]
    assert failed
    assert all(failure.line > 0 for one in failed for failure in one.failures)
    again = draft_library.stories(office, checked(office, dict(files), draft.key))
    assert again == told


def test_a_story_of_a_draft_may_speak_of_the_version_before_it(office: Office, draft: Draft):
    story = f"""
  - example: A complaint of the day before stays
    story:
      2026-03-31T10:00: complaint_received
    seen_on: 2026-04-02
    expect:
      governed_by: {BASE}

  - example: A complaint of the first day
    story:
      2026-04-01T10:00: complaint_received
    seen_on: 2026-04-02
    expect:
      governed_by: {NEW}
"""
    files = {**draft.files, EXAMPLES: draft.files[EXAMPLES] + story.encode()}
    found = checked(office, files, draft.key)
    assert found.wrong == ()
    told = {one.example.name: one for one in draft_library.stories(office, found)}
    assert told["A complaint of the day before stays"].failures == ()
    assert told["A complaint of the first day"].failures == ()


def test_stories_leave_no_trace_in_the_installation(office: Office, draft: Draft):
    found = checked(office, draft.files, draft.key)
    there = draft_library.throw_away(office, found)
    try:
        assert draft_library.told(there, draft_library.own_stories(draft.files, draft.key))
    finally:
        there.database.close()
    with office.database.reading() as tx:
        assert tx.exec_driver_sql("SELECT count(*) FROM complaint_case").scalar_one() == 0


def test_a_role_of_the_studio_is_no_role_of_a_version(office: Office, draft: Draft):
    text = draft.text(draft.path).replace("complaints_officer", "policy_author")
    found: Checked = checked(office, {**draft.files, draft.path: text.encode()}, draft.key)
    assert [one.what for one in found.wrong if "studio" in one.what] == [
        "The role 'policy_author' is one of the policy studio, under every policy."
    ]
