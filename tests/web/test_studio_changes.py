"""What a draft changes, as its page shows it: sentences by subject, marks on the diagram, lines of the text, and what
that does against the Code. And the same between any two published versions."""

from __future__ import annotations

import pytest

from engine import drafting
from tests.web import office_work
from tests.web.studio_work import POLICY, words
from web.version_comparison import lines, worded

PAGE = "/studio/1/changes"
SPINE = "workflows/complaints/two-stage.bpmn"
PAIRS = [
    ("four-stage", "two-stage-2024"), ("two-stage-2024", "four-stage"), ("four-stage", "three-stage-2018"),
]  # fmt: skip


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


@pytest.fixture
def change(draft, office, as_person, clock):
    """Replaces words in a file of the draft: `change(path, old, new)`."""

    def write(path, old, new, count=1):
        opened = drafting.opened(office, draft.row.id)
        text = opened.text(path)
        assert old in text
        who = office_work.person(office, "ann")
        files = {path: text.replace(old, new, count).encode()}
        drafting.change(office, draft.row.id, who, clock(), files=files, numbers=opened.numbers, what="words")

    return write


def test_a_changed_timescale_stands_as_a_sentence_with_the_codes_number(ann, change, draft):
    change(draft.path, "within: 10 working days", "within: 15 working days")
    answer = ann.get(PAGE)
    office_work.assert_valid(answer.text)
    page = words(answer)
    assert "Stage 1 response: 10 working days becomes 15. The Code allows 10 (6.3)." in page
    assert "New shortfall Answer at stage 1." in page
    assert "Complaint Handling Code 2024, 6.3: Number and wording checked" in page
    assert "Name of the version: two-stage-2024 becomes two-stage-2026." in page


def test_a_draft_just_begun_says_that_the_code_is_met_as_before(ann):
    page = words(ann.get(PAGE))
    assert "Held against the Complaint Handling Code 2024. Nothing changes" in page
    assert "On the diagram" not in page


def test_a_hidden_property_of_the_diagram_is_said_and_marked(ann, change):
    change(SPINE, "triage == 'complaint'<", "triage != 'comment'<")
    answer = ann.get(PAGE)
    assert "the condition: triage == 'complaint' becomes triage != 'comment'." in words(answer)
    assert "redress-flow--changed" in answer.text
    assert "as it is now" in answer.text


def test_what_is_gone_is_marked_on_the_diagram_as_it_was(ann, change):
    change(SPINE, '"closed_after_stage_2"', '"ended_after_stage_2"', count=-1)
    answer = ann.get(PAGE)
    assert "as it was, with what is gone" in answer.text
    assert "redress-shape--removed" in answer.text
    assert "redress-shape--added" in answer.text
    office_work.assert_valid(answer.text)


def test_the_text_stands_line_by_line_with_words_for_its_signs(ann, change, draft):
    change(draft.path, "within: 10 working days", "within: 15 working days")
    page = ann.get(PAGE).text
    assert '<span aria-hidden="true">+</span><span class="govuk-visually-hidden">Added</span>' in page
    assert "<code>        within: 15 working days</code>" in page
    assert "The policy (policies/council-housing/two-stage-2026.yaml): " in page


def test_a_letter_reworded_shows_which_words(ann, change, draft):
    text = draft.text(draft.letters_path)
    sentence = next(line.strip() for line in text.splitlines() if "Thank you" in line)
    change(draft.letters_path, sentence, sentence.replace("Thank you", "Many thanks"))
    page = ann.get(PAGE).text
    assert "<del>Thank</del>" in page
    assert "<ins>Many</ins>" in page


def test_a_draft_that_cannot_be_read_still_has_its_page(ann, change, draft):
    change(draft.path, "stages:", "stages: [")
    page = words(ann.get(PAGE))
    assert "This cannot be measured until the problems of the version are mended." in page
    assert "cannot be read" in page


def test_text_that_looks_like_markup_is_shown_as_it_is(ann, change, draft):
    change(draft.path, "title: Stage 1", 'title: "<b>Stage</b> & 1"')
    page = ann.get(PAGE).text
    assert "&lt;b&gt;Stage&lt;/b&gt; &amp; 1" in page
    assert "<b>Stage" not in page


def test_nobody_without_a_role_for_the_policy_finds_it(draft, as_person):
    assert as_person("officer").get(PAGE).status_code == 403
    assert as_person("auditor").get(PAGE).status_code == 200


# ---------------------------------------------------------------- Two published versions


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_any_two_versions_are_shown_side_by_side(as_person, before, after):
    answer = as_person("officer").get(f"/policies/south-essex-homes/compare?from={before}&to={after}")
    assert answer.status_code == 200
    office_work.assert_valid(answer.text)
    assert "differences from" in words(answer)


def test_without_names_the_last_two_are_compared(as_person):
    page = words(as_person("officer").get("/policies/south-essex-homes/compare"))
    assert "Stage 1 acknowledgement: 2 working days becomes 5. The Code allows 5 (6.2)." in page
    assert "Mended No wait for the Ombudsman." in page
    assert "Stage 1 response is now counted from the acknowledgement" in page


def test_a_version_held_against_itself_says_so(as_person):
    answer = as_person("officer").get(f"/policies/{POLICY}/compare?from=two-stage-2024&to=two-stage-2024")
    assert "These are the same version. Choose another." in words(answer)


@pytest.mark.parametrize("query", ["?from=nine-stage", "?to=nine-stage"])
def test_a_version_there_is_not_is_not_found(as_person, query):
    assert as_person("officer").get(f"/policies/south-essex-homes/compare{query}").status_code == 404


def test_lines_and_words_are_held_against_each_other():
    file = lines("a", "one\ntwo\nthree\n", "one\n2\nthree\n")
    assert [(line.sign, line.before, line.after, line.text) for line in file.stretches[0]] == [
        (" ", 1, 1, "one"), ("-", 2, None, "two"), ("+", None, 2, "2"), (" ", 3, 3, "three"),
    ]  # fmt: skip
    assert (file.added, file.removed, file.more) == (1, 1, 0)
    assert lines("a", "", "\n".join(map(str, range(2_000)))).more == 1_200
    assert worded("a b", "a c") == ([("a ", False), ("b", True)], [("a ", False), ("c", True)])


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_what_changed_is_accessible_and_fits(request, viewport, app, change, draft, serve, accessibility_faults):
    change(draft.path, "within: 10 working days", "within: 15 working days")
    change(SPINE, "triage == 'complaint'<", "triage != 'comment'<")
    browser, address = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address, "ann")
    for path in (PAGE, "/policies/south-essex-homes/compare"):
        browser.goto(f"{address}{path}")
        browser.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
        assert accessibility_faults(browser) == [], path
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
