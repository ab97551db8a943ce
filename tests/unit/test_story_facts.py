"""Laws of stories that tell of letters and contacts: the same facts, refusals and letters as in an office."""

from __future__ import annotations

import pytest

from engine import example_checks, example_files, examples
from engine.library import Library
from engine.office import Office

PROMISES = """\
policy: council-housing
examples:
  - example: The answer is late, and says so
    story:
      2024-06-03: complaint_received
      2024-06-05: stage_1.acknowledged
      2024-06-12: {stage_1.extension_given: {to: 2024-06-26, reason: The part is made., next_update: 2024-06-19}}
      2024-06-19: {update_given: {said: It is made., next_update: 2024-06-25}}
      2024-06-27: {stage_1.apology_sent: {to: 2024-07-05, reason: It broke.}}
    seen_on: 2024-06-28
    expect:
      stage_1.response: {due: 2024-06-26, is: overdue, promised: 2024-07-05}
      inbox: {service_manager: [stage_1.respond]}
      letters: [acknowledgement, extension_notice, apology]
      cannot_happen:
        - {stage_1.extension_given: {to: 2024-07-08}}
        - stage_2.apology_sent
        - refusal_sent
        - information_received
"""
ENDINGS = """\
policy: south-essex-homes
examples:
  - example: A comment is thanked for
    story:
      2024-06-03: complaint_received
      2024-06-04: {decide: {triage: comment}}
      2024-06-05: {thanked: {action: We pass it on.}}
    seen_on: 2024-06-06
    expect: {status: closed, outcome: comment, letters: [thanks]}
  - example: Somebody's daughter needs authority, and then withdraws
    story:
      2024-06-03: {complaint_received: {representative: daughter, authority: none}}
      2024-06-04: {authority_asked: {representative: daughter}}
      2024-06-05: {information_asked: {of_whom: Repairs, what: The job sheets}}
      2024-06-06: information_received
      2024-06-07: withdrawn
      2024-06-10: withdrawal_confirmed
    seen_on: 2024-06-11
    expect:
      status: closed
      letters: [authority_request, withdrawal]
      cannot_happen: [update_given, information_asked, thanked]
"""
SECOND = """\
policy: council-housing
examples:
  - example: A second extension is outside the Code's time
    story:
      2024-06-03: complaint_received
      2024-06-05: stage_1.acknowledged
      2024-06-12: {stage_1.extension_given: {to: 2024-06-24, reason: The part is made.}}
    seen_on: 2024-06-20
    expect:
      cannot_happen:
        - {stage_1.extension_given: {to: 2024-06-28}}
        - {stage_1.extension_given: {to: 2024-06-28, good_reason: So, approved_by: Dee}}
"""


def read(text: str) -> example_files.ExampleFile:
    found, problems = example_files.read(text.encode(), "stories.yaml")
    assert found, problems
    return found


@pytest.mark.parametrize("text", [PROMISES, ENDINGS, SECOND], ids=["promises", "endings", "second"])
def test_a_story_of_letters_and_contacts_comes_true(office: Office, shelf: Library, text: str):
    stories = read(text)
    assert example_checks.check(stories, shelf.versions.values(), shelf.workflows) == []
    for example in stories.examples:
        assert [str(failure) for failure in examples.tell(office, example).failures] == []


def test_a_story_that_gives_what_a_second_extension_wants_is_not_refused(office: Office):
    text = SECOND.replace("approved_by: Dee}", "approved_by: Dee, next_update: 2024-06-25}")
    (failure,) = examples.tell(office, read(text).examples[0]).failures
    assert "'stage_1.extension_given' was expected to be refused and would be accepted" in str(failure)


@pytest.mark.parametrize("name", ["apology_sent", "stage_1.thanked", "stage_1.apologised"])
def test_a_fact_with_a_stage_it_has_not_or_without_the_one_it_has_is_unknown(shelf: Library, name: str):
    stories = read(SECOND.replace("stage_1.acknowledged", name))
    (problem,) = example_checks.check(stories, shelf.versions.values(), shelf.workflows)
    assert f"'{name}' in its story, which no version it may meet knows" in problem.what
