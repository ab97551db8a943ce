"""A version goes out as the tree of files the repository uses, and comes back as what it was."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from engine import checking, library, publishing, version_tree
from engine.calendars import CalendarDay
from engine.dated_data import read_calendar
from engine.events import moment
from engine.office import Office, refreshed
from engine.problems import only_problems
from engine.store import library as stored

ROOT = Path(__file__).parents[2]
VERSIONS = [
    "council-housing/two-stage-2024",
    "south-essex-homes/four-stage",
    "south-essex-homes/three-stage-2018",
    "south-essex-homes/two-stage-2024",
    "st-leger-homes/two-stage-2024",
]  # fmt: skip


@pytest.mark.parametrize("key", VERSIONS)
def test_an_exported_version_is_whole_and_has_the_same_seal(office: Office, tmp_path: Path, key: str):
    tree = version_tree.tree_of(office, key)
    version_tree.export(tree, tmp_path)
    shelf, problems = library.load(tmp_path)
    assert only_problems(problems) == ()
    assert only_problems(checking.check([tmp_path], ROOT)) == ()
    for one, seal in tree.seals.items():
        assert publishing.seal_of(shelf, shelf.versions[one]) == seal


def test_all_versions_go_into_one_folder_one_after_the_other_in_any_order(office: Office, tmp_path: Path):
    for key in reversed(VERSIONS):
        version_tree.export(version_tree.tree_of(office, key), tmp_path)
    shelf, problems = library.load(tmp_path)
    assert only_problems(problems) == ()
    assert {key: publishing.seal_of(shelf, one) for key, one in shelf.versions.items()} == {
        key: office.shelved[key].seal for key in VERSIONS
    }
    assert list(version_tree.disagreements(office, tmp_path)) == []


def test_exported_into_the_checkout_it_came_from_a_version_changes_no_byte(office: Office, tmp_path: Path):
    for folder in ("policies", "workflows"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    for key in VERSIONS:
        done = version_tree.export(version_tree.tree_of(office, key), tmp_path)
        assert (dict(done.write), done.differing, done.left) == ({}, (), ())


def test_a_differing_file_is_never_overwritten_unless_it_is_named(office: Office, tmp_path: Path):
    tree = version_tree.tree_of(office, VERSIONS[0])
    version_tree.export(tree, tmp_path)
    changed, law = tmp_path / "workflows/forms/response_council.yaml", tmp_path / "policies/law.yaml"
    sealed = changed.read_bytes()
    changed.write_bytes(sealed + b"# mine\n")
    law.write_bytes(law.read_bytes() + b"# newer\n")
    (tmp_path / "policies/council-housing/two-stage-2024.letters.yaml").unlink()
    with pytest.raises(version_tree.WouldOverwrite, match="A file differs") as refused:
        version_tree.export(tree, tmp_path)
    assert refused.value.paths == ("workflows/forms/response_council.yaml",)
    assert not (tmp_path / "policies/council-housing/two-stage-2024.letters.yaml").exists(), "nothing was written"
    done = version_tree.export(tree, tmp_path, ["workflows/forms/response_council.yaml"])
    assert changed.read_bytes() == sealed
    assert done.left == ("policies/law.yaml",), "dated data stands outside the seal and is left as it is there"
    assert law.read_bytes().endswith(b"# newer\n")


def test_nothing_is_written_through_a_link_out_of_the_folder(office: Office, tmp_path: Path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "workflows").symlink_to(outside)
    with pytest.raises(version_tree.Refused, match="leads out of the folder"):
        version_tree.export(version_tree.tree_of(office, VERSIONS[0]), inside)
    assert list(outside.iterdir()) == []


def test_the_calendar_goes_out_as_the_installation_has_it(office: Office):
    path, now = "policies/calendars/england.yaml", moment("2026-01-05")
    assert version_tree.dated_files(office)[path] == (ROOT / path).read_bytes()
    shut = CalendarDay(date(2026, 2, 2), 'The office moves: "closed"', date(2026, 1, 5), None, "closure")
    with office.database.writing() as tx:
        stored.put_calendar(tx, office.calendars["england"].with_days(shut), now=now)
    learned = refreshed(office)
    text = version_tree.dated_files(learned)[path]
    read, problems = read_calendar(text, path)
    assert problems == []
    assert read is not None
    assert set(read.days) == set(learned.calendars["england"].days)
    assert shut in read.days
    assert text.startswith(b"# Bank holidays in England"), "the words above it stay"


def test_where_tree_and_installation_disagree_is_said(office: Office, tmp_path: Path):
    version_tree.export(version_tree.tree_of(office, VERSIONS[0]), tmp_path)
    place = tmp_path / "policies/council-housing/two-stage-2024.yaml"
    place.write_text(place.read_text().replace("within: 10 working days", "within: 9 working days", 1))
    said = list(version_tree.disagreements(office, tmp_path))
    assert said[0].startswith("council-housing/two-stage-2024 is sealed here with another text than stands in")
    assert any(one.startswith("st-leger-homes/two-stage-2024 is sealed here and is not in") for one in said)
