"""Laws of citations: the numbers a version cites are held against the Code as the yardstick has it."""

from pathlib import Path

from engine import library
from engine.problems import only_problems

ROOT = Path(__file__).resolve().parents[2]


def test_every_citation_of_the_shipped_tree_is_one_that_exists() -> None:
    _, problems = library.load(ROOT)
    assert only_problems(problems) == ()
    assert [str(one) for one in problems if " cites '" in one.what] == []


def test_a_form_may_cite_a_source_that_no_version_at_hand_has_which_is_a_remark() -> None:
    files = library.files_below(ROOT)
    path = "workflows/forms/response.yaml"
    changed = {**files, path: files[path].replace(b"code 7.1", b"leaflet 7.1", 1)}
    assert changed[path] != files[path]
    told = [one for one in library.load_files(changed)[1] if one.file == path]
    assert [(one.severity, one.mend) for one in told] == [("remark", "It is shown as it is written.")]
