"""Stories that a changed rule turned red: rewritten as they come once somebody has read it, or left out by name."""

from __future__ import annotations

import pytest

from engine import draft_library, example_mending, example_writing
from engine.draft_library import Checked
from engine.office import Office
from engine.refusals import Refused
from tests.unit.draft_acts import author, begun


@pytest.fixture
def files(office: Office) -> dict[str, bytes]:
    return dict(begun(office, author(office)).files)


KEY = "council-housing/two-stage-2026"
VERSION, EXAMPLES = f"policies/{KEY}.yaml", f"policies/{KEY}.examples.yaml"


def checked(office: Office, files: dict[str, bytes]) -> Checked:
    found = draft_library.checked(office, files, KEY)
    assert found.wrong == ()
    return found


def with_days(files: dict[str, bytes], old: str, new: str) -> dict[str, bytes]:
    text = files[VERSION].decode()
    assert old in text
    return {**files, VERSION: text.replace(old, new, 1).encode()}


def failing(office: Office, found: Checked) -> list[str]:
    return [one.example.name for one in draft_library.stories(office, found) if not one.passed]


def test_a_draft_as_it_was_begun_has_nothing_to_mend(office: Office, files):
    found = checked(office, files)
    mending = example_mending.mending(office, found)
    assert (mending.changes, mending.impossible, mending.others) == ((), (), ())
    assert example_mending.mended(found, mending) == files[EXAMPLES]


def test_a_changed_timescale_is_mended_at_once_and_every_story_comes_true(office: Office, files):
    found = checked(office, with_days(files, "within: 5 working days", "within: 3 working days"))
    mending = example_mending.mending(office, found)
    assert failing(office, found)
    assert {one.cell for one in mending.changes} <= {"due", "is", "promised", "backstop"}
    now = checked(office, {**found.files, EXAMPLES: example_mending.mended(found, mending)})
    assert failing(office, now) == []


def test_before_and_after_are_told_and_only_those_lines_change(office: Office, files):
    found = checked(office, with_days(files, "within: 5 working days", "within: 3 working days"))
    mending = example_mending.mending(office, found)
    one = mending.changes[0]
    assert (one.key, one.cell, one.before, one.after) == ("stage_1.acknowledgement", "due", "2024-05-10", "2024-05-08")
    before, after = (text.decode().splitlines() for text in (files[EXAMPLES], example_mending.mended(found, mending)))
    assert len(before) == len(after)
    assert sum(old != new for old, new in zip(before, after, strict=True)) <= len(mending.changes)


def test_one_story_is_mended_and_the_others_are_left_for_now(office: Office, files):
    found = checked(office, with_days(files, "within: 5 working days", "within: 3 working days"))
    mending = example_mending.mending(office, found)
    chosen = mending.numbers[:1]
    now = checked(office, {**found.files, EXAMPLES: example_mending.mended(found, mending, expecting=chosen)})
    names = [one.name for one in draft_library.own_stories(found.files, KEY)]
    assert failing(office, now) == [name for name in failing(office, found) if name != names[chosen[0]]]


def test_a_story_that_can_no_longer_happen_is_named_and_left_out_only_when_chosen(office: Office, files):
    text = files[EXAMPLES].decode()
    written = example_writing.story_of(draft_library.own_stories(files, KEY)[0])
    story = example_writing.Story(
        "Stage 2 at once",
        (written.story[0], example_writing.Happening("2024-05-15", "stage_2.acknowledged")),
        written.seen_on,
        {"status": "open"},
        version="two-stage-2026",
    )
    found = checked(office, {**files, EXAMPLES: example_writing.add(text, example_writing.block(story)).encode()})
    mending = example_mending.mending(office, found)
    assert [one.story for one in mending.impossible] == ["Stage 2 at once"]
    assert "cannot happen now" in mending.impossible[0].why
    assert example_mending.mended(found, mending) == found.files[EXAMPLES]
    left = example_mending.mended(found, mending, leaving=[mending.impossible[0].number])
    assert left == files[EXAMPLES]


def test_the_last_story_is_not_left_out(office: Office, files):
    written = example_writing.story_of(draft_library.own_stories(files, KEY)[0])
    acts = (written.story[0], example_writing.Happening("2024-05-15", "stage_2.acknowledged"))
    story = example_writing.Story("Alone", acts, written.seen_on, {"status": "open"}, version="two-stage-2026")
    only = f"policy: council-housing\nexamples:\n{example_writing.block(story)}"
    found = checked(office, {**files, EXAMPLES: only.encode()})
    mending = example_mending.mending(office, found)
    with pytest.raises(Refused):
        example_mending.mended(found, mending, leaving=[0])


def test_every_kind_of_expectation_is_rewritten_as_it_came(office: Office, files):
    """A story that expects nothing rightly comes true once it is mended."""
    written = example_writing.story_of(draft_library.own_stories(files, KEY)[0])
    wrong = {
        "stage_1.acknowledgement": {"due": "2024-01-01", "is": "stopped"}, "status": "closed", "stage": "stage_2",
        "outcome": "upheld", "inbox": {"service_director": ["stage_2.respond"]}, "may_happen": [], "letters": [],
    }  # fmt: skip
    story = example_writing.Story("All wrong", written.story, written.seen_on, wrong, version="two-stage-2026")
    text = example_writing.add(files[EXAMPLES].decode(), example_writing.block(story))
    found = checked(office, {**files, EXAMPLES: text.encode()})
    mending = example_mending.mending(office, found)
    assert {one.key for one in mending.changes} == set(wrong)
    now = checked(office, {**found.files, EXAMPLES: example_mending.mended(found, mending)})
    assert failing(office, now) == []
