"""Laws of the check of stories: a name that no version knows is named with its line and what was meant."""

from __future__ import annotations

import pytest

from engine import example_checks, example_files
from engine.library import Library

STORY = """\
policy: {policy}
examples:
  - example: A story
    story:
      2024-06-03: {event}
      2024-06-05: {{moved_to: {{version: {moved}}}}}
      2024-06-06: {{decide: {{{decided}: complaint}}}}
      2024-06-07: {{corrected: {{{corrected}: 2024-06-02}}}}
    seen_on: 2024-06-10
    expect:
      governed_by: {governed}
      stage: {stage}
      {deadline}: {{due: 2024-06-10}}
      inbox: {{{role}: [{task}]}}
      may_happen: [{message}]
      cannot_happen: [{cannot}]
      letters: [{letter}]
"""
RIGHT = {
    "policy": "council-housing",
    "event": "complaint_received",
    "moved": "two-stage-2024",
    "decided": "triage",
    "corrected": "complaint_received",
    "governed": "two-stage-2024",
    "stage": "stage_1",
    "deadline": "stage_1.acknowledgement",
    "role": "complaints_officer",
    "task": "stage_1.acknowledge",
    "message": "withdrawn",
    "cannot": "stage_3.requested",  # an event of another policy's
    "letter": "acknowledgement",
}


def problems(shelf: Library, **wrong: str) -> list[str]:
    found, shape = example_files.read(STORY.format(**{**RIGHT, **wrong}).encode(), "a.examples.yaml")
    assert found is not None, shape
    return [str(one) for one in example_checks.check(found, shelf.versions.values(), shelf.workflows)]


def test_a_story_that_names_what_there_is_has_no_problem(shelf: Library) -> None:
    assert problems(shelf) == []


@pytest.mark.parametrize(
    ("part", "wrong", "line", "meant"),
    [
        ("policy", "council-houses", 3, "council-housing"),
        ("event", "complaint_recieved", 5, "complaint_received"),
        ("moved", "two-stages-2024", 6, "two-stage-2024"),
        ("decided", "triag", 7, "triage"),
        ("corrected", "complaint_recieved", 8, "complaint_received"),
        ("governed", "two-stage-2042", 11, "two-stage-2024"),
        ("stage", "stag_1", 12, "stage_1"),
        ("deadline", "stage_1.acknowledgment", 13, "stage_1.acknowledgement"),
        ("role", "complaint_officer", 14, "complaints_officer"),
        ("task", "stage_1.acknowlege", 14, "stage_1.acknowledge"),
        ("message", "withdrawm", 15, "withdrawn"),
        ("cannot", "stage_3.requestet", 16, "stage_3.requested"),
        ("letter", "acknowledgment", 17, "acknowledgement"),
    ],
)
def test_a_misspelt_name_is_named_with_its_line_and_what_was_meant(
    shelf: Library, part: str, wrong: str, line: int, meant: str
) -> None:
    found = problems(shelf, **{part: wrong})
    assert len(found) == 1
    assert found[0].startswith(f"a.examples.yaml:{line}: The example 'A story' ")
    assert found[0].endswith(f"Did you mean '{meant}'?")


def test_a_pinned_version_that_is_not_there_is_named(shelf: Library) -> None:
    text = STORY.format(**RIGHT).replace("    seen_on", "    version: three-stage-2018\n    seen_on")
    found, _ = example_files.read(text.encode(), "a.examples.yaml")
    assert found
    said = example_checks.check(found, shelf.versions.values(), shelf.workflows)
    assert "names the version 'three-stage-2018', which 'council-housing' does not have" in str(said[0])
