"""A story written in a form is the story that is read, and stands in the file beside the others, which stay."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import draft_library, example_files, example_writing
from engine.example_files import Example
from engine.example_writing import Happening, Story
from engine.office import Office
from engine.refusals import BadAnswers

ROOT = Path(__file__).parents[2]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "policies").rglob("*.examples.yaml"))
PATH = "policies/council-housing/two-stage-2024.examples.yaml"


def text_of(path: str = PATH) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def read(text: str, path: str = PATH) -> list[Example]:
    found, problems = example_files.read(text.encode(), path)
    assert found is not None, [str(one) for one in problems]
    return found.examples


def meaning(example: Example) -> Example:
    """The example without the lines it stands on."""
    story = tuple(replace(act, line=0) for act in example.story)
    return replace(example, line=0, story=story, expect=tuple(replace(one, line=0) for one in example.expect))


@pytest.mark.parametrize("path", FILES)
def test_a_story_written_again_means_the_same(path):
    text = text_of(path)
    for number, example in enumerate(read(text, path)):
        again = example_writing.replace(text, number, example_writing.block(example_writing.story_of(example)))
        assert [meaning(one) for one in read(again, path)] == [meaning(one) for one in read(text, path)]


STORY = Story(
    name="A request: on a Friday?",
    story=(
        Happening("2025-04-03T10:00", "complaint_received", {"channel": "email", "has_dependants": True}),
        Happening("2025-04-04", "stage_1.acknowledged"),
        Happening("2025-04-04", "stage_1.extension_given", {"to": "2025-05-01", "reason": "The file: it is missing."}),
    ),
    seen_on="2025-04-10",
    expect={
        "stage_1.response": {"due": "2025-05-01", "is": "running"},
        "inbox": {"service_manager": ["stage_1.respond"]},
        "may_happen": [],
        "status": "open",
    },
    because="Because it is so.",
    cites=("code 6.4",),
    version="two-stage-2024",
)


def test_a_new_story_stands_last_and_the_others_stay_as_they_are():
    text = text_of()
    added = example_writing.add(text, example_writing.block(STORY))
    assert added.startswith(text.rstrip("\n"))
    assert example_writing.story_of(read(added)[-1]) == STORY
    assert example_writing.remove(added, len(read(text))) == text


def test_a_story_is_taken_out_with_nothing_of_the_others():
    text = text_of()
    for number, gone in enumerate(read(text)):
        left = example_writing.remove(text, number)
        assert [meaning(one) for one in read(left)] == [meaning(one) for one in read(text) if one.name != gone.name]


def test_the_first_story_goes_into_an_empty_list():
    added = example_writing.add("# Stories\n\npolicy: council-housing\nexamples: []\n", example_writing.block(STORY))
    assert added.startswith("# Stories\n\npolicy: council-housing\nexamples:\n")
    assert example_writing.story_of(read(added)[0]) == STORY


def test_a_file_keeps_its_last_story():
    with pytest.raises(BadAnswers):
        example_writing.remove("policy: p\nexamples:\n" + example_writing.block(STORY), 0)


@given(
    name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip),
    reason=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60),
)
def test_whatever_is_said_in_a_story_is_read_as_it_was_said(name, reason):
    said = unicodedata.normalize("NFC", reason)
    acts = (*STORY.story, Happening("2025-04-05", "withdrawn", {"reason": reason}))
    found = read("policy: p\nexamples:\n" + example_writing.block(replace(STORY, name=name, story=acts)))[0]
    assert found.name == unicodedata.normalize("NFC", name).strip()
    assert found.story[-1].fields["reason"] == said


@pytest.mark.parametrize(
    ("day", "clock", "written"),
    [
        ("20/12/2024", "", "2024-12-20"),
        ("1.2.2024", "9:30", "2024-02-01T09:30"),
        ("2024-12-20", "14.05", "2024-12-20T14:05"),
    ],
)
def test_a_day_is_typed_as_people_write_it(day, clock, written):
    assert example_writing.day_text(day, clock) == written


@pytest.mark.parametrize(("day", "clock"), [("", ""), ("31/2/2024", ""), ("soon", ""), ("20/12/2024", "25:00")])
def test_what_is_no_day_or_no_time_is_refused_in_a_sentence(day, clock):
    with pytest.raises(ValueError, match="Enter a"):
        example_writing.day_text(day, clock)


def test_what_came_is_what_the_engine_would_expect(office: Office):
    """Each shipped story, written down as it came, passes."""
    pinned = [replace(example, version=example.version or "two-stage-2024") for example in read(text_of())]
    blocks = []
    for told in draft_library.told(office, pinned):
        assert told.file is not None, told.failures
        came = example_writing.came(told.file)
        blocks.append(example_writing.block(replace(example_writing.story_of(told.example), expect=came)))
    again = read("policy: council-housing\nexamples:\n" + "".join(blocks))
    assert [told.failures for told in draft_library.told(office, again)] == [()] * len(pinned)
