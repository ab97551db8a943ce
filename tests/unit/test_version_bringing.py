"""What goes out as a tree comes in as a draft, byte for byte; what is wrong in it is told by file and line."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path

import pytest

from engine import draft_library, drafting, library, version_bringing, version_tree
from engine.events import moment
from engine.library_files import BASED_ON
from engine.office import Office, refreshed
from engine.problems import only_problems
from engine.refusals import Refused, Unknown
from engine.rights import APPROVER, AUTHOR, Grant, Person
from engine.store import people
from tests.unit.casting import hired

NOW = moment("2026-11-22T09:00")
COUNCIL = "council-housing"
KEY = f"{COUNCIL}/two-stage-2024"


def member(office: Office, name: str, role: str) -> Person:
    hired(office, name, Grant(COUNCIL, role))
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, name)
    assert row is not None
    return Person(str(row.id), name, studio=(Grant(COUNCIL, role),))


def zipped(files: dict[str, bytes], below: str = "") -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(f"{below}{path}", text)
    return kept.getvalue()


def tree(office: Office, tmp_path: Path, version: str = "two-stage-2027") -> Path:
    """The council's version as somebody elsewhere has it under another name, in a folder."""
    ann = member(office, f"Elsewhere{version}", AUTHOR)
    draft = drafting.begin(
        office, COUNCIL, "two-stage-2024", ann, NOW, version=version, in_force_from=date(2026, 11, 22)
    )
    version_tree.export(version_tree.tree_of_draft(office, draft), tmp_path)
    drafting.discard(office, draft.row.id, ann, NOW)
    return tmp_path


def test_a_tree_becomes_a_draft_byte_for_byte_and_is_published_with_the_seal_it_had(office: Office, tmp_path: Path):
    files = version_bringing.files_in(tree(office, tmp_path))
    given = version_bringing.given_in(files, office, "two-stage-2027")
    assert given.seal
    assert dict(given.cleaned) == {}
    ann, ada = member(office, "Ann", AUTHOR), member(office, "Ada", APPROVER)
    draft = version_bringing.bring(office, given, ann, NOW)
    assert dict(draft.files) == dict(given.files)
    assert draft_library.checked(office, draft.files, draft.key).seal == given.seal
    drafting.ask_approval(office, draft.row.id, ann, NOW)
    drafting.approve(office, draft.row.id, ada, NOW, body="Cabinet", minute="12")
    assert drafting.publish(office, draft.row.id, ada, NOW).seal == given.seal
    again = version_tree.tree_of(refreshed(office), f"{COUNCIL}/two-stage-2027")
    assert again.seals[again.key] == given.seal


def test_a_folder_keeps_what_each_draft_in_it_is_a_copy_of(office: Office, tmp_path: Path):
    tree(office, tmp_path, "two-stage-2027")
    tree(office, tmp_path, "two-stage-2028")
    told = {f"{COUNCIL}/two-stage-2027": "two-stage-2024", f"{COUNCIL}/two-stage-2028": "two-stage-2024"}
    assert version_tree.based_on(version_bringing.files_in(tmp_path)) == told
    problems = library.load(tmp_path)[1]
    assert [str(one) for one in problems if BASED_ON in one.file] == []


def test_a_version_that_is_sealed_here_with_the_same_text_is_nothing_to_bring_in(office: Office):
    files = version_tree.tree_of(office, KEY).files
    with pytest.raises(Refused, match="sealed here already, with the same text"):
        version_bringing.given_in(files, office)


def test_a_version_sealed_here_comes_in_under_another_name(office: Office):
    files = version_tree.tree_of(office, KEY).files
    given = version_bringing.given_in(files, office, KEY)
    ann = member(office, "Ann", AUTHOR)
    draft = version_bringing.bring(office, given, ann, NOW, version="next", in_force_from=date(2027, 1, 4))
    found = draft_library.checked(office, draft.files, draft.key)
    assert found.wrong == ()
    assert found.version is not None
    assert found.version.in_force_from == date(2027, 1, 4)
    assert f"policies/{COUNCIL}/two-stage-2024.yaml" not in draft.files


def test_a_tree_with_mistakes_becomes_a_draft_with_its_problems_by_line(office: Office, tmp_path: Path):
    place = tree(office, tmp_path) / f"policies/{COUNCIL}/two-stage-2027.yaml"
    place.write_text(place.read_text().replace("handler: ", "handler: nobody_", 1))
    given = version_bringing.given_in(version_bringing.files_in(tmp_path), office)
    draft = version_bringing.bring(office, given, member(office, "Ann", AUTHOR), NOW)
    found = draft_library.checked(office, draft.files, draft.key)
    assert any(one.file == draft.path and one.line > 1 for one in only_problems(found.problems))


def test_what_another_modeler_wrote_into_a_diagram_is_left_out_and_listed(office: Office, tmp_path: Path):
    place = tree(office, tmp_path) / "workflows/stages/investigated-stage.bpmn"
    text = place.read_text()
    text = text.replace(
        "<bpmn:definitions ", '<bpmn:definitions xmlns:camunda="http://camunda.org/schema/1.0/bpmn" ', 1
    )
    text = text.replace("<bpmn:userTask ", '<bpmn:userTask camunda:priority="50" ', 1)
    place.write_text(text)
    given = version_bringing.given_in(version_bringing.files_in(tmp_path), office)
    (path,) = given.cleaned
    assert path == "workflows/stages/investigated-stage.bpmn"
    assert any("priority" in one.what for one in given.cleaned[path].dropped)
    draft = version_bringing.bring(office, given, member(office, "Ann", AUTHOR), NOW)
    assert draft_library.checked(office, draft.files, draft.key).wrong == ()


def test_a_zip_is_read_however_deep_the_tree_begins_and_nothing_else_of_it(office: Office):
    files = version_tree.tree_of(office, KEY).files
    packed = zipped({**files, "README.txt": b"hello", "../../etc/passwd": b"x"}, "mine/")
    assert version_bringing.files_of_zip(packed) == files
    assert version_bringing.left_out_of_zip(packed) == ["mine/README.txt", "mine/../../etc/passwd"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04 no zip", "no zip that can be unpacked"),
        (zipped({"policies/a/b.yaml": b"0" * 21_000_000}), "unpacks to more than"),
        (zipped({f"policies/a/{number}.yaml": b"" for number in range(1_001)}), "more than 1,000 files"),
    ],
)
def test_a_zip_that_is_none_or_is_too_much_is_refused(content: bytes, said: str):
    with pytest.raises(Refused, match=said):
        version_bringing.files_of_zip(content)


def test_nobody_brings_in_what_they_may_not_write_or_what_is_no_policy_here(office: Office):
    files = version_tree.tree_of(office, KEY).files
    given = version_bringing.given_in(files, office, KEY)
    with pytest.raises(Refused, match="may not write drafts"):
        version_bringing.bring(office, given, member(office, "Ada", APPROVER), NOW, version="next")
    elsewhere = {
        path.replace(COUNCIL, "other-homes"): text.replace(b"council-housing", b"other-homes")
        for path, text in files.items()
    }
    with pytest.raises(Unknown, match="no policy 'other-homes' here"):
        version_bringing.bring(office, version_bringing.given_in(elsewhere, office), member(office, "Ann", AUTHOR), NOW)
    with pytest.raises(Refused, match="There is no version here"):
        version_bringing.given_in({"workflows/x.bpmn": b""}, office)
