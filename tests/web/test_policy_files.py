"""Versions and drafts leave as a zip of the repository's tree, and such a zip becomes a draft."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from flask.testing import FlaskClient

from engine import drafting, library, publishing, version_bringing, version_tree
from engine.drafting import Draft
from engine.library_files import BASED_ON
from engine.office import Office
from engine.problems import only_problems
from tests.web import office_work
from tests.web.conftest import BEGINNING
from tests.web.studio_work import add_approver

As = Callable[[str], FlaskClient]
COUNCIL = "/policies/council-housing/two-stage-2024/files"


def zipped(files: dict[str, bytes]) -> tuple[io.BytesIO, str]:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    kept.seek(0)
    return kept, "mine.zip"


def test_a_version_is_downloaded_whole_and_the_same_each_time(office: Office, as_person: As):
    browser = as_person("officer")
    answer = browser.get(COUNCIL)
    assert answer.mimetype == "application/zip"
    assert 'filename="council-housing-two-stage-2024.zip"' in answer.headers["Content-Disposition"]
    shelf, problems = library.load_files(version_bringing.files_of_zip(answer.data))
    assert only_problems(problems) == ()
    key = "council-housing/two-stage-2024"
    assert publishing.seal_of(shelf, shelf.versions[key]) == office.shelved[key].seal
    assert browser.get(COUNCIL).data == answer.data
    assert browser.get("/policies/council-housing/no-such/files").status_code == 404


def test_a_draft_is_downloaded_by_who_may_see_it_and_comes_in_again(office: Office, draft: Draft, as_person: As):
    ann = as_person("ann")
    answer = ann.get(f"/studio/{draft.row.id}/files")
    files = version_bringing.files_of_zip(answer.data)
    assert {path: files[path] for path in draft.files} == draft.files
    assert as_person("officer").get(f"/studio/{draft.row.id}/files").status_code == 403
    changed = {**files, draft.path: files[draft.path].replace(b"Customer feedback", b"Feedback", 1)}
    given = {"files": zipped(changed), "name": "brought", "begins-day": "1", "begins-month": "6", "begins-year": "2026"}
    done = ann.post("/studio/bring-in", data=given)
    assert done.status_code == 302, done.text
    made = drafting.opened(office, draft.row.id + 1)
    assert made.key == "council-housing/brought"
    assert b"in_force_from: 2026-06-01" in made.files[made.path]
    page = ann.get(done.location).text
    assert "It is a draft now, with" in page
    assert "What changed compares it with two-stage-2024, of which it is a copy." in page


def test_a_draft_of_an_earlier_version_is_compared_with_that_one_again(office: Office, draft: Draft, as_person: As):
    ann = as_person("ann")
    files = version_bringing.files_of_zip(ann.get(f"/studio/{draft.row.id}/files").data)
    add_approver(office)
    who = {name: office_work.person(office, name) for name in ("ann", "cora")}
    drafting.ask_approval(office, draft.row.id, who["ann"], BEGINNING)
    drafting.approve(office, draft.row.id, who["cora"], BEGINNING, body="The Committee", minute="14")
    drafting.publish(office, draft.row.id, who["ann"], BEGINNING)
    for tree, name, said in (
        (files, "again", "What changed compares it with two-stage-2024, of which it is a copy."),
        ({path: text for path, text in files.items() if path != BASED_ON}, "alone",
         "What changed compares it with two-stage-2026, the newest version here: its files name none."),
        (files | {BASED_ON: b"council-housing/two-stage-2026: elsewhere"}, "far",
         "the newest version here: elsewhere, of which it is a copy, is not here."),
    ):  # fmt: skip
        given = {"files": zipped(tree), "name": name, "begins-day": "1", "begins-month": "6", "begins-year": "2026"}
        given["wanted"] = "council-housing/two-stage-2026"
        assert said in ann.post("/studio/bring-in", data=given, follow_redirects=True).text


def test_a_file_that_is_no_tree_is_refused_with_what_was_typed_kept(draft: Draft, as_person: As):
    ann = as_person("ann")
    assert "Choose a zip file" in ann.post("/studio/bring-in", data={}).text
    refused = ann.post("/studio/bring-in", data={"files": (io.BytesIO(b"nothing"), "x.zip"), "name": "kept-name"})
    assert refused.status_code == 409
    assert "no zip that can be unpacked" in refused.text
    assert "kept-name" in refused.text
    empty = ann.post("/studio/bring-in", data={"files": zipped({"readme.txt": b""})})
    assert "There is no version here" in empty.text
    wrong = ann.post(
        "/studio/bring-in", data={"files": zipped({}), "begins-day": "31", "begins-month": "2", "begins-year": "26"}
    )
    assert (wrong.status_code, "Enter a real date" in wrong.text) == (400, True)


def test_a_policy_that_is_not_here_is_a_fault_of_the_file(office: Office, draft: Draft, as_person: As):
    ann = as_person("ann")
    tree = version_tree.tree_of_draft(office, draft).files
    strange = {path.replace("council-housing", "elsewhere"): text for path, text in tree.items()}
    key = draft.key.replace("council-housing", "elsewhere")
    strange = {
        path: text.replace(b"policy: council-housing", b"policy: elsewhere") if "elsewhere" in path else text
        for path, text in strange.items()
    }
    refused = ann.post("/studio/bring-in", data={"files": zipped(strange), "wanted": key})
    assert refused.status_code == 400
    assert "There is no policy &#39;elsewhere&#39; here." in refused.text
    unknown = ann.post("/studio/bring-in", data={"files": zipped(tree), "wanted": "nowhere/never"})
    assert unknown.status_code == 400
    assert "There is no version &#39;nowhere/never&#39; here." in unknown.text


def test_a_name_that_is_taken_is_refused_beside_its_field(draft: Draft, as_person: As):
    ann = as_person("ann")
    same = ann.get(f"/studio/{draft.row.id}/files").data
    refused = ann.post("/studio/bring-in", data={"files": (io.BytesIO(same), "x.zip")})
    assert refused.status_code == 400
    assert "Somebody is at work on a draft called" in refused.text
