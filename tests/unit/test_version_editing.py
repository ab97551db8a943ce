"""What the form of stages and timescales writes: what was asked for, read back by the library, and nothing else."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

import pytest

from engine import library, version_editing
from engine.library import Library
from engine.policy import PolicyVersion, Within
from engine.problems import only_problems
from engine.refusals import BadAnswers
from engine.version_editing_deadlines import reworded
from engine.yaml_editing import NotThere

ROOT = Path(__file__).resolve().parents[2]
SHELF, _ = library.load(ROOT)
COUNCIL = "council-housing/two-stage-2024"
PATH, LETTERS = f"policies/{COUNCIL}.yaml", f"policies/{COUNCIL}.letters.yaml"
Files = dict[str, bytes]


@pytest.fixture
def files() -> Files:
    return SHELF.files_of(SHELF.versions[COUNCIL])


def read(files: Files, path: str = PATH) -> PolicyVersion:
    """The version in these files, which has no problem anywhere."""
    shelf, problems = loaded(files)
    assert not only_problems(problems), "\n".join(map(str, only_problems(problems)))
    return shelf.versions[path.removeprefix("policies/").removesuffix(".yaml")]


def loaded(files: Files) -> tuple[Library, list[library.Problem]]:
    return library.load_files({**files, **SHELF.dated_files})


def changed_lines(before: Files, after: Files, path: str = PATH) -> list[str]:
    """What was taken out and put in, a line each."""
    lines = difflib.ndiff(before[path].decode().split("\n"), after[path].decode().split("\n"))
    return [line for line in lines if line[:1] in "+-"]


def test_five_days_become_three_and_the_words_with_them(files: Files) -> None:
    after = version_editing.set_deadline(files, PATH, "stage_1.acknowledgement", within="3 working days")
    assert changed_lines(files, after) == [
        "-         says: Once we have received your complaint, we acknowledge it within five working days.",
        "+         says: Once we have received your complaint, we acknowledge it within three working days.",
        "-         within: 5 working days",
        "+         within: 3 working days",
    ]
    rule = read(after).deadline("stage_1.acknowledgement")
    assert rule is not None
    assert rule.within == Within(3, "working days")


def test_words_that_were_given_are_kept(files: Files) -> None:
    says = "We acknowledge your complaint: in three days."
    after = version_editing.set_deadline(files, PATH, "stage_1.acknowledgement", within="3 working days", says=says)
    rule = read(after).deadline("stage_1.acknowledgement")
    assert rule is not None
    assert rule.says == says


def test_the_start_the_end_and_the_extension_of_a_deadline(files: Files) -> None:
    after = version_editing.set_deadline(
        files, PATH, "stage_1.response", of="complaint_received", at_most="15 working days"
    )
    rule = read(after).deadline("stage_1.response")
    assert rule is not None
    assert (rule.of, rule.met_by) == ("complaint_received", "stage_1.response_sent")
    assert rule.more_time is not None
    assert rule.more_time.at_most == Within(15, "working days")
    assert [str(each) for each in rule.more_time.cites] == ["feedback Stages", "code 6.4", "code 6.5"]


def test_an_extension_is_taken_away_and_given_again(files: Files) -> None:
    without = version_editing.set_deadline(files, PATH, "stage_2.response", at_most=None)
    rule = read(without).deadline("stage_2.response")  # no clause is carried by it any more
    assert rule is not None
    assert rule.more_time is None
    again = version_editing.set_deadline(without, PATH, "stage_2.response", at_most="20 working days")
    found = read(again).deadline("stage_2.response")
    assert found is not None
    assert found.more_time is not None
    assert found.more_time.tell_resident == ("reason", "new_date", "ombudsman_contact")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"within": "five workdays"}, "within"),
        ({"within": ""}, "within"),
        ({"of": "stage_9.acknowledged"}, "of"),
        ({"of": ""}, "of"),
        ({"met_by": "answer_sent"}, "met_by"),
        ({"at_most": "a while"}, "at_most"),
        ({"says": " "}, "says"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(files: Files, given: dict[str, str], field: str) -> None:
    with pytest.raises(BadAnswers) as refused:
        version_editing.set_deadline(files, PATH, "stage_1.response", **given)
    assert list(refused.value.errors) == [field]
    assert refused.value.errors[field].endswith(".")


def test_a_deadline_that_is_not_there_is_named(files: Files) -> None:
    with pytest.raises(NotThere, match=r"stage_1\.deadlines\.panel"):
        version_editing.set_deadline(files, PATH, "stage_1.panel", within="3 days")


def test_a_window_is_added_and_removed(files: Files) -> None:
    after = version_editing.add_deadline(
        files, PATH, "stage_2.request_window", within="20 working days", of="stage_1.response_received",
        met_by="requested", whose="resident",
    )  # fmt: skip
    rule = read(after).deadline("stage_2.request_window")
    assert rule is not None
    assert rule.is_window
    assert rule.says == "You can ask for this stage within twenty working days."
    assert [key for key in (each.key for each in read(after).deadlines) if key.startswith("stage_2")] == [
        "stage_2.request_window", "stage_2.acknowledgement", "stage_2.response",
    ]  # fmt: skip
    back = version_editing.remove_deadline(after, PATH, "stage_2.request_window")
    assert back[PATH] == files[PATH]
    assert "  late_request_decision:" in back[LETTERS].decode()  # the words somebody may have changed stay


def test_without_an_acknowledgement_the_answer_runs_from_what_it_ran_from(files: Files) -> None:
    after = version_editing.remove_deadline(files, PATH, "stage_2.acknowledgement")
    version = read(after) if not only_problems(loaded(after)[1]) else None
    text = after[PATH].decode()
    assert "CHF-ACK-BOTH: {carried_by: [stage_1.acknowledgement, letters" in text
    assert version is None or version.deadline("stage_2.acknowledgement") is None
    assert "        of: requested\n        met_by: response_sent" in text


def test_a_clause_that_nothing_carries_any_more_is_still_to_come(files: Files) -> None:
    after = version_editing.remove_deadline(files, PATH, "complain_by")
    assert "CHF-EXCL-TIME: {carried_by: [decisions.triage, assumed.complaint_age]}" in after[PATH].decode()
    assert read(after).deadline("complain_by") is None


def test_who_works_a_stage(files: Files) -> None:
    after = version_editing.set_stage(
        files, PATH, "stage_2", handler="service_manager", not_the_same_person_as=[], says="Another manager: responds."
    )
    stage = read(after).stage("stage_2")
    assert (stage.handler, stage.not_the_same_person_as) == ("service_manager", ())
    assert stage.says == "Another manager: responds."
    back = version_editing.set_stage(after, PATH, "stage_2", not_the_same_person_as=["stage_1"])
    assert read(back).stage("stage_2").not_the_same_person_as == ("stage_1",)


def test_a_stage_needs_a_handler_that_is_a_role_and_others_that_come_before(files: Files) -> None:
    for given, field in (
        ({"handler": "mayor"}, "handler"),
        ({"handler": ""}, "handler"),
        ({"not_the_same_person_as": ["ombudsman"]}, "not_the_same_person_as"),
    ):
        with pytest.raises(BadAnswers) as refused:
            version_editing.set_stage(files, PATH, "stage_2", **given)  # type: ignore[arg-type]  # what a form might send
        assert list(refused.value.errors) == [field]


def test_a_role_is_added_changed_and_removed(files: Files) -> None:
    after = version_editing.add_role(files, PATH, "review_panel", title="Review panel", says="Hears, and decides.")
    assert '  review_panel: {title: Review panel, says: "Hears, and decides."}' in after[PATH].decode()
    assert (
        read(version_editing.set_role(after, PATH, "review_panel", title="Panel")).roles["review_panel"].title
        == "Panel"
    )
    assert version_editing.remove_role(after, PATH, "review_panel") == files
    with pytest.raises(BadAnswers, match="works at 'Stage 1'"):
        version_editing.remove_role(files, PATH, "service_manager")
    with pytest.raises(BadAnswers, match="already"):
        version_editing.add_role(files, PATH, "service_manager", title="Manager")


def test_the_head_of_a_version(files: Files) -> None:
    after = version_editing.set_head(files, PATH, title="Feedback: two stages", in_force_from=date(2027, 4, 1))
    assert [line for line in changed_lines(files, after) if line[0] == "+"] == [
        '+ title: "Feedback: two stages"', "+ in_force_from: 2027-04-01",
    ]  # fmt: skip
    with pytest.raises(BadAnswers) as refused:
        version_editing.set_head(files, PATH, title="", in_force_from="next spring")
    assert set(refused.value.errors) == {"title", "in_force_from"}


def test_how_days_are_counted(files: Files) -> None:
    after = version_editing.set_counting(
        files, PATH, receipt="next working day after 17:00", channels=["phone", "post"], delivery={"post": "same day"}
    )
    version = read(after)
    assert version.receipt.deemed_after is not None
    assert version.channels == ("phone", "post")
    assert version.delivery["post"] == "same day"
    assert "# the other reading: next working day after 17:00" in after[PATH].decode()


def test_a_reading_is_chosen_by_a_named_person_on_a_day(files: Files) -> None:
    after = version_editing.add_reading(
        files, PATH, "why_three_days", question="Why three days?", reading="The Board chose it.", by="Ann Smith",
        on=date(2026, 11, 22), about=["CHF-ACK"],
    )  # fmt: skip
    assert read(after).readings[-1].by == "Ann Smith"
    assert version_editing.remove_reading(after, PATH, "why_three_days") == files


@pytest.mark.parametrize(
    ("says", "old", "new", "expected"),
    [
        (
            "Within five working days.",
            Within(5, "working days"),
            Within(3, "working days"),
            "Within three working days.",
        ),
        ("Ten days. Or 5 days.", Within(10, "days"), Within(2, "weeks"), "Two weeks. Or 5 days."),
        ("In 20 working days.", Within(20, "working days"), Within(25, "working days"), "In 25 working days."),
        ("Within twelve months.", Within(12, "months"), Within(1, "months"), "Within one month."),
        ("Soon.", Within(12, "months"), Within(1, "months"), "Soon."),
    ],
)
def test_a_sentence_speaks_of_the_new_time(says: str, old: Within, new: Within, expected: str) -> None:
    assert reworded(says, old, new) == expected


def test_what_changed_is_told_by_path(files: Files) -> None:
    after = version_editing.set_head(files, PATH, title="Another")
    gone = {path: text for path, text in after.items() if not path.endswith("intake.bpmn")}
    found = version_editing.changes(files, gone)
    assert found.keys() == {PATH, "workflows/intake/intake.bpmn"}
    assert found["workflows/intake/intake.bpmn"] is None
