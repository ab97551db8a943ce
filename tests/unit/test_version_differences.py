"""What changed between two versions, as sentences: nothing changes without one, and each says what it means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from engine import library, yaml_text
from engine.drafting_copy import copied
from engine.policy_files import read_version
from engine.version_differences import SUBJECTS, by_subject, differences, file_pairs, marks, spine_path
from engine.version_differences_code import against_the_code
from engine.version_differences_text import moved
from engine.version_editing import add_stage

ROOT = Path(__file__).parents[2]
SHELF = library.load(ROOT)[0]
FILES = {key: SHELF.files_of(version) for key, version in SHELF.versions.items()}
COUNCIL, SOUTH, LEGER = (
    "council-housing/two-stage-2024",
    "south-essex-homes/two-stage-2024",
    "st-leger-homes/two-stage-2024",
)
FOUR = "south-essex-homes/four-stage"
PANEL = """  panel:
    title: Review panel
    handler: head_of_service
    says: Three people.
    deadlines:
      panel: {says: In 15., within: 15 working days, of: requested, met_by: panel_met}

  stage_2:"""
NOTHING_SAID = "say nothing to the engine"
EVERY_FILE = [(key, path) for key, files in FILES.items() for path in files]
#: each text once: versions share forms and diagrams
EVERY_TEXT = list({FILES[key][path]: (key, path) for key, path in EVERY_FILE}.values())


def told(key: str, changed: Mapping[str, bytes | None]) -> list:
    """What is said where these files of a version are other ones, or are gone."""
    after = {path: text for path, text in {**FILES[key], **changed}.items() if text is not None}
    return list(differences(FILES[key], after, before_key=key, after_key=key, code=SHELF.yardstick))


def said(key: str, path: str, *replaced: tuple[str, str]) -> list[str]:
    """The sentences where these words of a file are replaced, each once."""
    text = FILES[key][path].decode()
    for old, new in replaced:
        assert old in text, old
        text = text.replace(old, new, 1)
    return [one.says for one in told(key, {path: text.encode()})]


def own(key: str, end: str = ".yaml") -> str:
    return f"policies/{key}{end}"


# ---------------------------------------------------------------- Nothing changes without a sentence


@given(st.sampled_from(EVERY_FILE), st.data())
@settings(max_examples=120, deadline=None)
def test_any_byte_that_changes_is_told_of(where, data):
    key, path = where
    text = FILES[key][path]
    at = data.draw(st.integers(0, len(text) - 1))
    new = data.draw(st.sampled_from([b"", b" ", b"\n", b"x", b"7", b"#", b"'", b'"', b"<", b"&", b"\xff", b"\xc3\xa9"]))
    taken = data.draw(st.integers(0, 3))
    changed = text[:at] + new + text[at + taken :]
    found = told(key, {path: changed})
    assert bool(found) is (changed != text)
    assert all(one.says.strip() and one.subject in SUBJECTS for one in found)


@given(st.sampled_from(EVERY_FILE), st.data())
@settings(max_examples=50, deadline=None)
def test_lines_that_change_places_are_told_of(where, data):
    key, path = where
    lines = FILES[key][path].splitlines(keepends=True)
    one, other = data.draw(st.integers(0, len(lines) - 1)), data.draw(st.integers(0, len(lines) - 1))
    swapped = list(lines)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    assert bool(told(key, {path: b"".join(swapped)})) is (swapped != lines)


def scalars(node: yaml_text.Node) -> list[yaml_text.Scalar]:
    if isinstance(node, yaml_text.Scalar):
        return [node]
    below = [value for _, value in node.items()] if isinstance(node, yaml_text.Mapping) else list(node)
    return [scalar for one in below for scalar in scalars(one)]


@pytest.mark.parametrize(("key", "path"), [one for one in EVERY_TEXT if one[1].endswith(".yaml")])
def test_every_value_of_a_yaml_file_has_a_sentence_of_its_own(key, path):
    """Each value in turn becomes another: what is said is never that only comments or layout change."""
    text = FILES[key][path].decode()
    node = yaml_text.read(text.encode(), path)[0]
    lines = text.splitlines(keepends=True)
    tried = 0
    every = scalars(node)
    for scalar in every[:: max(1, len(every) // 12)]:
        line = lines[scalar.line - 1]
        if line.count(scalar.text) != 1 or not re.fullmatch(r"[\w .-]+", scalar.text):
            continue
        after = [*lines[: scalar.line - 1], line.replace(scalar.text, "otherwise"), *lines[scalar.line :]]
        found = told(key, {path: "".join(after).encode()})
        assert found, (path, scalar)
        assert not any(NOTHING_SAID in one.says for one in found), (path, scalar)
        tried += 1
    assert tried >= min(3, len(every) // 4)


@pytest.mark.parametrize(("key", "path"), [one for one in EVERY_TEXT if one[1].endswith(".bpmn")])
def test_every_attribute_and_text_of_a_diagram_has_a_sentence_of_its_own(key, path):
    root = etree.fromstring(FILES[key][path])
    every = [(element, name) for element in root.iter(etree.Element) for name in element.attrib]
    every += [(element, None) for element in root.iter(etree.Element) if (element.text or "").strip()]
    for element, name in every[:: max(1, len(every) // 30)]:
        was = element.text if name is None else element.get(name)
        if name is None:
            element.text = "otherwise"
        else:
            element.set(name, "otherwise" if not re.fullmatch(r"[\d.]+", was) else "77")
        found = told(key, {path: etree.tostring(root)})
        assert found, (element.tag, name)
        assert not any(NOTHING_SAID in one.says for one in found), (element.tag, element.get("id"), name)
        if name is None:
            element.text = was
        else:
            element.set(name, was)


def test_a_comment_is_told_to_say_nothing_to_the_engine():
    (found,) = told(LEGER, {own(LEGER): b"# Written anew.\n" + FILES[LEGER][own(LEGER)]})
    expected = f"The text of {own(LEGER)} differs in lines that say nothing to the engine: comments or layout."
    assert found.says == expected
    assert found.after == "# Written anew."


def test_the_same_version_has_no_differences():
    for key in FILES:
        assert told(key, {}) == []


def test_a_file_that_cannot_be_read_is_never_said_to_differ_in_layout_only():
    assert said(LEGER, own(LEGER), ("stages:", "stages: [")) == [
        f"The file {own(LEGER)} as it is now cannot be read, so what changed in it is only to be seen in its text."
    ]
    spine = "workflows/complaints/two-stage.bpmn"
    assert "cannot be read" in said(LEGER, spine, ("</bpmn:process>", ""))[0]


# ---------------------------------------------------------------- Stages and deadlines, with the Code's numbers


def test_a_longer_deadline_stands_beside_what_the_code_allows():
    path = own(SOUTH)
    assert said(SOUTH, path, ("within: 10 working days", "within: 15 working days")) == [
        "Stage 1 response: 10 working days becomes 15. The Code allows 10 (6.3)."
    ]
    assert said(SOUTH, path, ("within: 5 working days", "within: 2 weeks")) == [
        "Stage 1 acknowledgement: 5 working days becomes 2 weeks. The Code allows 5 working days (6.2)."
    ]
    assert said(SOUTH, path, ("within: 20 working days", "within: 25 working days")) == [
        "Stage 2 response: 20 working days becomes 25. The Code allows 20 (6.14, its number not checked)."
    ]
    assert said(SOUTH, path, ("within: 12 months", "within: 6 months")) == [
        "Time to complain: 12 months becomes 6. The Code asks for at least 12 (2.2 and 2.3)."
    ]


def test_an_extension_and_the_start_of_a_clock_are_told_with_the_code():
    path = own(SOUTH)
    assert said(SOUTH, path, ("at_most: 10 working days", "at_most: 15 working days")) == [
        "Stage 1 response, extension: at most 10 working days becomes 15. The Code allows 10 (6.4 and 6.5)."
    ]
    assert said(SOUTH, path, ("of: acknowledged", "of: complaint_received")) == [
        "Stage 1 response is now counted from receiving the complaint, no longer from the acknowledgement. "
        "The Code allows 10 working days from the acknowledgement (6.3)."
    ]
    assert said(
        SOUTH, path, ("tell_resident: [reason, new_date, ombudsman_contact]", "tell_resident: [reason, new_date]")
    ) == ["Stage 1 response, extension, what the resident is told: how to reach the Ombudsman is taken out."]


def test_a_deadline_taken_out_and_a_window_added_are_told_whole():
    path = own(LEGER)
    text = FILES[LEGER][path].decode()
    window = text[
        text.index("      request_window:") : text.index(
            "      acknowledgement:\n        says: We acknowledge your request"
        )
    ]
    (gone,) = told(LEGER, {path: text.replace(window, "").encode()})
    assert gone.kind == "removed"
    assert gone.says.startswith(
        "Stage 2, time to ask for it is no longer promised. It was 20 working days of the resident"
    )
    assert gone.before == "Please ask for stage 2 within 20 working days from receiving your stage 1 response."
    shorter = {**FILES[LEGER], path: text.replace(window, "").encode()}
    (come,) = differences(shorter, FILES[LEGER], before_key=LEGER, after_key=LEGER)
    assert (come.kind, come.subject) == ("added", "deadlines")


def test_a_stage_added_says_where_and_how_many_the_code_allows():
    path = own(SOUTH)
    found = told(SOUTH, {path: FILES[SOUTH][path].replace(b"  stage_2:", PANEL.encode(), 1)})
    assert (
        found[0].says
        == "Review panel is added between Stage 1 and Stage 2. The Code allows 2 stages (5.3); there are now 3."
    )
    assert (
        "Review panel, panel meeting: 15 working days of the request, ended by the panel's meeting." in found[0].after
    )
    gone = differences(
        {**FILES[SOUTH], path: FILES[SOUTH][path].replace(b"  stage_2:", PANEL.encode(), 1)},
        FILES[SOUTH], before_key=SOUTH, after_key=SOUTH,
    )  # fmt: skip
    assert gone[0].says == "Review panel is taken out, with everything promised in it."


def test_who_considers_a_stage_and_who_may_not_is_told_by_title():
    path = own(SOUTH)
    assert said(SOUTH, path, ("handler: service_manager", "handler: head_of_service")) == [
        "Stage 1, considered by: Service manager becomes Head of Service."
    ]
    assert said(SOUTH, path, ("    not_the_same_person_as: [stage_1]\n", "")) == [
        "Stage 2 may now be considered by the person who considered Stage 1. The Code asks for another person (6.13)."
    ]
    assert (
        said(SOUTH, path, ("title: Stage 1", "title: First stage"))[0]
        == "Stage 1 is now called \u201cFirst stage\u201d."
    )


def test_stages_that_change_places_are_told_once():
    text = FILES[FOUR][own(FOUR)].decode()
    second, third = text.index("  stage_2:\n"), text.index("  stage_3:\n")
    fourth = text.index("  ombudsman:\n")
    after = text[:second] + text[third:fourth] + text[second:third] + text[fourth:]
    (found,) = told(FOUR, {own(FOUR): after.encode()})
    assert found.kind == "moved"
    assert "is moved: it now comes after" in found.says


# ---------------------------------------------------------------- The rest of the file


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("in_force_from: 2024-04-01", "in_force_from: 2027-01-01", "force from: 1 April 2024 becomes 1 January 2027."),
        ("calendar: england", "calendar: wales", "Calendar: england becomes wales."),
        ("receipt: day of arrival ", "receipt: next working day after 17:00 ", "Day of receipt:"),
        ("post: second working day", "post: same day", "\u201csecond working day\u201d becomes \u201csame day\u201d."),
        ("phone, email, online", "phone, online", "Ways to complain: e-mail is taken out."),
        ("desk: complaints_officer", "desk: service_manager", "desk: Complaints officer becomes Service manager."),
        ("{title: Service manager,", "{title: Area manager,", "manager\u201d becomes \u201cArea manager\u201d."),
        ("needs: consent", "needs: nothing", "Rule \u201crepresentatives\u201d, needs: consent becomes nothing."),
        ("SEHSS-EMPATHY: {statement: true}", "SEHSS-EMPATHY: {to_come: Later.}", "statement: yes is taken out."),
        ("then: refuse, because: It is", "then: complaint, because: It is", "policy says: refuse becomes complaint."),
    ],
)  # fmt: skip
def test_every_part_of_the_file_has_its_words(old, new, sentence):
    assert any(sentence in one for one in said(SOUTH, own(SOUTH), (old, new)))


def test_rows_of_a_decision_are_told_as_added_moved_and_taken_out():
    path, text = own(SOUTH), FILES[SOUTH][own(SOUTH)].decode()
    rows = [line for line in text.splitlines(keepends=True) if line.startswith("    - {when:")]
    (gone,) = told(SOUTH, {path: text.replace(rows[2], "").encode()})
    assert (gone.kind, gone.subject) == ("removed", "decisions")
    assert "row 3 (is_survey_comment and not complaint_offered) is taken out." in gone.says
    (there,) = told(SOUTH, {path: text.replace(rows[0] + rows[1], rows[1] + rows[0]).encode()})
    assert there.kind == "moved"
    assert re.search(r"is moved: it was number \d and is number \d\.", there.says)


def test_a_form_bound_and_the_questions_of_a_form_are_told():
    assert said(LEGER, own(LEGER), ("complaint_received: complaint_st_leger", "complaint_received: complaint")) == [
        "\u201ccomplaint received\u201d, the form asked: complaint_st_leger becomes complaint."
    ]
    form = "workflows/forms/acknowledgement.yaml"
    assert said(LEGER, form, ("required: true", "required: false")) == [
        "Form \u201cAcknowledge the complaint\u201d, question \u201cOur understanding of the complaint\u201d, "
        "must be answered: yes becomes no."
    ]
    assert any("the choices, text" in one for one in said(LEGER, form, (", text: Text message", "")))


def test_a_letter_shows_its_words_before_and_after():
    path = own(LEGER, ".letters.yaml")
    text = FILES[LEGER][path].decode()
    (found,) = told(
        LEGER, {path: text.replace("Thank you for getting in touch.", "Thank you for writing.", 1).encode()}
    )
    assert found.says == "Letter \u201cAcknowledgement\u201d of Stage 1, part \u201copening\u201d is reworded."
    assert "getting in touch" in found.before
    assert "Thank you for writing." in found.after


def test_an_example_is_told_by_its_title():
    path = own(LEGER, ".examples.yaml")
    assert said(
        LEGER, path, ("stage_1.response: {due: 2024-07-18, is: met}", "stage_1.response: {due: 2024-07-19, is: met}")
    ) == [
        "Example \u201cThe ten working days run from the acknowledgement\u201d, what is expected, Stage 1 response, "
        "due: 18 July 2024 becomes 19 July 2024."
    ]


def test_a_task_and_what_may_happen_are_told_by_their_titles():
    path = "workflows/stages/tasks.yaml"
    assert said(LEGER, path, ("letter: acknowledgement", "letter: response"))[0].endswith(
        "Task: \u201cAcknowledge the complaint\u201d, the letter it sends: acknowledgement becomes response."
    )


# ---------------------------------------------------------------- Diagrams

SPINE = "workflows/complaints/two-stage.bpmn"


@pytest.mark.parametrize(
    ("old", "new", "sentence", "marked"),
    [
        ("triage == 'complaint'<", "triage != 'comment'<",
         "the condition: triage == 'complaint' becomes triage != 'comment'.", "is_it_an_accepted_complaint_to_stage_1"),
        (">stage_2.request_window<", ">stage_2.response<",
         "Timer \u201cTime to ask for stage 2 passed\u201d, the deadline it waits for: stage_2.request_window becomes "
         "stage_2.response.", "stage_2_window_passed"),
        ('messageRef="message_satisfied"', 'messageRef="message_withdrawn"',
         "Message \u201cResident satisfied\u201d, the message it waits for: satisfied becomes withdrawn.",
         "satisfied_after_stage_1"),
        ('name="Stage 1" calledElement="investigated_stage"', 'name="Stage 1" calledElement="review_panel"',
         "the process it calls: investigated_stage becomes review_panel.", "stage_1"),
        ("Two internal stages, then the Ombudsman.", "Two.", "process, the notes: the words change.", "process"),
    ],
)  # fmt: skip
def test_a_diagram_is_told_with_its_hidden_properties_and_marked(old, new, sentence, marked):
    text = FILES[LEGER][SPINE].decode()
    assert old in text
    (found,) = told(LEGER, {SPINE: text.replace(old, new, 1).encode()})
    assert sentence in found.says
    assert marks([found], SPINE) == {marked: "changed"}


def test_spaces_within_the_words_of_a_condition_mean_something():
    path = "workflows/complaints/two-stage.bpmn"
    spaced = (
        ("triage == 'complaint'<", "triage == 'com  plaint'<"),
        ("triage == 'com  plaint'<", "triage == 'com plaint'<"),
    )
    (first,) = said(LEGER, path, spaced[0])
    assert first.endswith("the condition: triage == 'complaint' becomes triage == 'com  plaint'.")
    text = FILES[LEGER][path].decode().replace(*spaced[0])
    before, after = {**FILES[LEGER], path: text.encode()}, {**FILES[LEGER], path: text.replace(*spaced[1]).encode()}
    (found,) = differences(before, after, before_key=LEGER, after_key=LEGER)
    assert NOTHING_SAID not in found.says


def test_an_extension_that_a_modeler_hides_in_an_element_is_told():
    hidden = '<bpmn:userTask id="decide_late_request" xmlns:z="http://example.org/z" z:secret="yes" name'
    (found,) = said(LEGER, SPINE, ('<bpmn:userTask id="decide_late_request" name', hidden))
    assert found == "Task \u201cDecide on a late request\u201d, the property z:secret: yes is added."


def test_what_only_stands_elsewhere_on_the_drawing_is_said_once():
    text = re.sub(r'<dc:Bounds x="(\d+)', lambda one: f'<dc:Bounds x="{int(one[1]) + 10}', FILES[LEGER][SPINE].decode())
    (found,) = told(LEGER, {SPINE: text.encode()})
    assert found.says.startswith("Only the drawing changes, nothing that happens: ")
    assert found.marks == ()


def test_an_element_added_or_taken_out_is_marked_so():
    text = FILES[LEGER][SPINE].decode()
    arrow = '      <bpmn:sequenceFlow id="another" name="Again" sourceRef="stage_1" targetRef="stage_2" />\n'
    place = '      <bpmn:sequenceFlow id="handling_begun_to_intake"'
    (found,) = told(LEGER, {SPINE: text.replace(place, arrow + place, 1).encode()})
    assert (
        found.says == "Arrow \u201cAgain\u201d from \u201cStage 1\u201d to \u201cStage 2\u201d is added to the diagram."
    )
    assert marks([found], SPINE) == {"another": "added"}


# ---------------------------------------------------------------- Two versions


def renamed(key: str, name: str) -> dict[str, bytes]:
    """A version's files under another name, as a draft of it begins."""
    old = key.rpartition("/")[2]
    whole = re.compile(rf"(?<=version: ){old}\b|(?<=governed_by: ){old}\b".encode())
    return {
        path.replace(f"{key}.", f"{key.rpartition('/')[0]}/{name}."): whole.sub(name.encode(), text)
        for path, text in FILES[key].items()
    }


@pytest.mark.parametrize("key", FILES)
def test_a_draft_just_begun_differs_in_its_name_alone(key):
    policy = key.partition("/")[0]
    found = differences(FILES[key], renamed(key, "spring"), before_key=key, after_key=f"{policy}/spring")
    assert [one.says for one in found] == [f"Name of the version: {key.rpartition('/')[2]} becomes spring."]


def test_files_of_two_versions_are_paired_by_what_they_are():
    found = dict(file_pairs(FILES[FOUR], FILES[SOUTH], before_key=FOUR, after_key=SOUTH))
    assert found[own(FOUR, ".letters.yaml")] == own(SOUTH, ".letters.yaml")
    assert found["workflows/complaints/four-stage.bpmn"] == SPINE
    assert found["workflows/stages/review-panel.bpmn"] is None


@pytest.mark.parametrize("before", FILES)
@pytest.mark.parametrize("after", [FOUR, LEGER])
def test_any_two_versions_can_be_told_apart_subject_by_subject(before, after):
    found = differences(FILES[before], FILES[after], before_key=before, after_key=after, code=SHELF.yardstick)
    assert bool(found) is (before != after)
    assert sum(len(group) for _, group in by_subject(found)) == len(found)
    assert not any("None" in one.says or "{" in one.says.split("\u201c")[0] for one in found)


def test_shortfalls_gained_and_mended_bear_their_provision_and_how_sure_we_are():
    path = own(SOUTH)
    longer = FILES[SOUTH][path].replace(b"within: 10 working days", b"within: 15 working days", 1)
    after = read_version(longer, path)[0]
    before = SHELF.versions[SOUTH]
    assert after is not None
    assert SHELF.yardstick is not None
    gained = against_the_code(before, after, SHELF.yardstick)
    assert gained is not None
    assert gained.sentences() == [
        "New shortfall. Answer at stage 1: Complaint Handling Code 2024, 6.3 (number and wording checked): "
        "Answer in full within ten working days of acknowledging the complaint. "
        "It promises 15 working days of stage 1 acknowledged."
    ]
    mended = against_the_code(after, before, SHELF.yardstick)
    assert mended is not None
    assert [one.provision for one in mended.mended] == ["6.3"]
    assert mended.gained == ()


def test_the_fewest_are_said_to_have_moved():
    assert moved(["a", "b", "c", "d"], ["d", "a", "b", "c"]) == ["d"]
    assert moved(["a", "b"], ["a", "b"]) == []


def test_a_stage_that_the_studio_adds_is_told_in_every_file_it_touches():
    begun = copied(
        FILES[COUNCIL], "council-housing", "two-stage-2024", version="spring", in_force_from=date(2027, 1, 4)
    )
    after = add_stage(
        begun, SHELF, "policies/council-housing/spring.yaml", key="review", title="Review panel", kind="review_panel",
        after="stage_1", within="15 working days",
    )  # fmt: skip
    found = differences(
        FILES[COUNCIL], after, before_key=COUNCIL, after_key="council-housing/spring", code=SHELF.yardstick
    )
    sentences = [one.says for one in found]
    assert (
        "Review panel is added between Stage 1 and Stage 2. The Code allows 2 stages (5.3); there are now 3."
        in sentences
    )
    assert "Called process \u201cReview panel\u201d is added to the diagram." in sentences
    assert {"head", "stages", "letters", "forms", "tasks", "diagrams", "examples"} <= {one.subject for one in found}
    told_of = {path for one in found for path in one.files}
    assert told_of >= {path for path in after if after[path] != FILES[COUNCIL].get(path)}
    spine = spine_path(after, "council-housing/spring")
    assert marks(found, spine)["review"] == "added"
