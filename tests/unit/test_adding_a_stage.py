"""A stage put into a version, taken out, moved and renamed: nothing is left to mend, and cases run through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import pytest

from engine import draft_library, gate, library, stage_letters, stage_stories, version_editing
from engine.calendars import Calendar
from engine.clock import now
from engine.diagrams import Diagram
from engine.examples import Told
from engine.library import Library
from engine.office import Office, open_office
from engine.policy import PolicyVersion, Within
from engine.problems import only_problems
from engine.refusals import BadAnswers, Refused
from engine.spine_drawing import CannotDraw
from engine.spine_editing import NewStage, Spine
from engine.stage_kinds import KINDS
from engine.store.database import migrate, open_database

ROOT = Path(__file__).resolve().parents[2]
SHELF, _ = library.load(ROOT)
COUNCIL = "council-housing/two-stage-2024"
FOUR = "south-essex-homes/four-stage"
Files = dict[str, bytes]


def path_of(key: str) -> str:
    return f"policies/{key}.yaml"


@cache
def files_of(key: str) -> Files:
    """A version's files as a draft has them: without stories about other versions."""
    return stage_stories.without_lost(SHELF.files_of(SHELF.versions[key]), path_of(key))


def own(key: str) -> list[str]:
    return [stage.key for stage in SHELF.versions[key].stages if not stage.is_external]


@cache
def panel(key: str, after: str, **given: str) -> Files:
    """The version with a panel of fifteen working days behind a stage."""
    return version_editing.add_stage(
        files_of(key), SHELF, path_of(key), key="review", title="Review panel", kind="review_panel", after=after,
        within="15 working days", **given,
    )  # fmt: skip


@cache
def investigated(key: str, after: str, **given: str) -> Files:
    handler = list(SHELF.versions[key].roles)[1]
    return version_editing.add_stage(
        files_of(key), SHELF, path_of(key), key="second_look", title="Second look", after=after, handler=handler,
        within="15 working days", **given,
    )  # fmt: skip


def whole(files: Files, key: str) -> Library:
    """The library these files make with the dated data, in which nothing is left to mend."""
    return _whole(tuple(files.items()), key)


@cache
def _whole(content: tuple[tuple[str, bytes], ...], key: str) -> Library:
    files = dict(content)
    shelf, problems = library.load_files({**files, **SHELF.dated_files})
    assert not only_problems(problems), "\n".join(map(str, only_problems(problems)))
    assert key in shelf.versions
    return shelf


def diagram_of(shelf: Library, version: PolicyVersion) -> Diagram:
    found = shelf.workflows.at(version.workflow)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    """An installation without a version of its own, so that a draft is told alone."""
    database = open_database("sqlite://")
    migrate(database)
    yield replace(open_office(database, SHELF, now())[0], shelved={})
    database.close()


def told(office: Office, files: Files, key: str, about: str) -> list[Told]:
    """The stories of a draft with these words in their names, told to the real engine."""
    checked = draft_library.checked(office, files, key)
    assert checked.is_sound, checked.wrong
    wanted = [one for one in draft_library.own_stories(files, key) if about in one.name]
    pinned = [replace(one, version=key.rpartition("/")[2]) for one in wanted]
    return draft_library.told(draft_library.office_with(office, checked), pinned)


CASES = [(key, after) for key in SHELF.versions for after in own(key)]


@pytest.mark.parametrize(("key", "after"), CASES)
def test_a_panel_can_stand_behind_every_stage_of_every_shipped_version(key: str, after: str) -> None:
    window = "10 working days" if after == "stage_1" else ""
    shelf = whole(panel(key, after, window=window), key)
    version = shelf.versions[key]
    order = [stage.key for stage in version.stages if not stage.is_external]
    assert order[order.index(after) + 1] == "review"
    assert (version.deadline("review.panel") or version.deadlines[0]).within == Within(15, "working days")
    assert (version.deadline("review.request_window") is not None) is bool(window)
    assert version.workflow == f"complaints/{version.policy}-{version.version}"
    assert_readable(diagram_of(shelf, version))


@pytest.mark.parametrize(("key", "after"), [*CASES, *((key, "") for key in SHELF.versions)])
def test_an_investigated_stage_can_stand_anywhere(key: str, after: str) -> None:
    given = {"acknowledge_within": "5 working days", "extension": "10 working days"}
    shelf = whole(investigated(key, after, **given), key)
    version = shelf.versions[key]
    order = [stage.key for stage in version.stages if not stage.is_external]
    assert order.index("second_look") == (order.index(after) + 1 if after else 0)
    acknowledgement = version.deadline("second_look.acknowledgement")
    assert acknowledgement is not None
    assert acknowledgement.of == ("second_look.requested" if after else "complaint_received")
    assert_readable(diagram_of(shelf, version))


@pytest.mark.parametrize(("key", "after"), CASES)
def test_a_case_is_worked_through_the_new_stage(key: str, after: str, office: Office) -> None:
    for files, title in ((panel(key, after), "Review panel"), (investigated(key, after), "Second look")):
        found = told(office, files, key, f"goes through {title}")
        assert len(found) == 1
        assert found[0].passed, found[0].failures


@pytest.mark.parametrize(("key", "stage"), CASES)
def test_a_stage_is_taken_out_with_everything_under_its_name(key: str, stage: str) -> None:
    after = version_editing.remove_stage(files_of(key), SHELF, path_of(key), stage)
    shelf = whole(after, key)
    assert not shelf.versions[key].has_stage(stage)
    text = re.sub(r"(?m)^\s*#.*$", "", after[path_of(key)].decode())
    assert not re.search(rf"\b{stage}\.", text)
    diagram = diagram_of(shelf, shelf.versions[key])
    assert stage not in {node.id for node in diagram.nodes}
    assert_readable(diagram)


def stays(key: str, stage: str, after: str) -> bool:
    """Whether a stage stands behind that one already."""
    return after == stage or dict(pairwise(["", *own(key)])).get(after) == stage


MOVES = [
    (key, stage, after)
    for key in SHELF.versions
    for stage, after in product(own(key), ["", *own(key)])
    if not stays(key, stage, after)
]


def test_a_stage_that_stays_where_it_is_changes_nothing() -> None:
    for after in ("stage_1", "stage_2"):
        assert version_editing.move_stage(
            files_of(COUNCIL), SHELF, path_of(COUNCIL), "stage_2", after=after
        ) == files_of(COUNCIL)


@pytest.mark.parametrize(("key", "stage", "after"), MOVES)
def test_a_stage_is_moved_with_the_way_that_leads_to_it(key: str, stage: str, after: str) -> None:
    if key == FOUR and stage == "stage_3" and not after:
        with pytest.raises(BadAnswers, match="cannot come first"):
            version_editing.move_stage(files_of(key), SHELF, path_of(key), stage, after=after)
        return
    moved = version_editing.move_stage(files_of(key), SHELF, path_of(key), stage, after=after)
    shelf = whole(moved, key)
    order = [one.key for one in shelf.versions[key].stages if not one.is_external]
    rest = [one for one in own(key) if one != stage]
    place = rest.index(after) + 1 if after else 0
    assert order == [*rest[:place], stage, *rest[place:]]
    assert_readable(diagram_of(shelf, shelf.versions[key]))


def assert_readable(diagram: Diagram) -> None:
    """Every shape has a place of its own, every arrow ends at its shapes, and the boxes hold what is in them."""
    boxes = [one for one in diagram.shapes if one.kind in ("participant", "lane", "subProcess")]
    shapes = [one for one in diagram.shapes if one not in boxes]
    nodes = {node.id: node for node in diagram.nodes}
    assert {one.id for one in shapes} | {one.id for one in boxes} >= nodes.keys()
    for number, one in enumerate(shapes):
        for other in shapes[number + 1 :]:
            beside = one.x + one.w <= other.x or other.x + other.w <= one.x
            apart = beside or one.y + one.h <= other.y or other.y + other.h <= one.y
            assert apart or nodes[one.id].attached_to or nodes[other.id].attached_to, (one.id, other.id)
    handling = next(box for box in boxes if box.kind == "subProcess")
    for one in shapes:
        if nodes[one.id].scope == handling.id:
            assert handling.x < one.x, one.id
            assert one.x + one.w < handling.x + handling.w, one.id
            assert one.y + one.h < handling.y + handling.h, one.id
    places = {one.id: one for one in diagram.shapes}
    for edge in diagram.edges:
        for (x, y), end in ((edge.waypoints[0], edge.source), (edge.waypoints[-1], edge.target)):
            box = places[end]
            assert box.x - 1 <= x <= box.x + box.w + 1, edge.id
            assert box.y - 1 <= y <= box.y + box.h + 1, edge.id


def labels(diagram: Diagram) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    for shape in diagram.shapes:
        if shape.label:
            yield shape.id, shape.label


@pytest.mark.parametrize("window", ["", "10 working days"])
def test_the_words_of_a_new_segment_do_not_cover_each_other(window: str) -> None:
    shelf = whole(panel(COUNCIL, "stage_1", window=window), COUNCIL)
    found = list(labels(diagram_of(shelf, shelf.versions[COUNCIL])))
    for number, (one, (x, y, w, h)) in enumerate(found):
        for other, (x2, y2, w2, h2) in found[number + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y, (one, other)


def test_comments_and_everything_else_in_the_policy_stay() -> None:
    before = files_of(COUNCIL)[path_of(COUNCIL)].decode().split("\n")
    after = panel(COUNCIL, "stage_1")[path_of(COUNCIL)].decode().split("\n")
    changed = [line for line in before if line not in after]
    assert changed == ["workflow: complaints/two-stage"]
    assert "    not_the_same_person_as: [stage_1, review]" in after
    assert "  review_panel: {title: Review panel}" in after


def test_what_the_new_stage_brings_with_it() -> None:
    files = panel(COUNCIL, "stage_1")
    shelf = whole(files, COUNCIL)
    assert "workflows/complaints/two-stage.bpmn" not in files
    assert "workflows/forms/panel_meeting.yaml" in files
    assert {"review.panel_response", "panel_postponed"} <= shelf.letters[path_of(COUNCIL)].templates.keys()
    assert "review.requested" in {message.name for message in shelf.workflows.messages.values()}
    version = shelf.versions[COUNCIL]
    assert {"review.panel", "review.response"} <= {rule.key for rule in version.deadlines}
    assert version.stage("review").not_the_same_person_as == ("stage_1",)


def test_a_second_change_goes_on_in_the_same_diagram() -> None:
    first = panel(COUNCIL, "stage_1")
    second = version_editing.add_stage(
        first, SHELF, path_of(COUNCIL), key="board", title="Board", kind="review_panel", after="stage_2",
        within="4 weeks", panel="review_panel", window="1 month",
    )  # fmt: skip
    shelf = whole(second, COUNCIL)
    order = [stage.key for stage in shelf.versions[COUNCIL].stages]
    assert order == ["stage_1", "review", "stage_2", "board", "ombudsman"]
    back = version_editing.remove_stage(second, SHELF, path_of(COUNCIL), "board")
    assert_readable(diagram_of(whole(back, COUNCIL), whole(back, COUNCIL).versions[COUNCIL]))
    diagram = diagram_of(whole(second, COUNCIL), shelf.versions[COUNCIL])
    assert "Closed after board" in {node.name for node in diagram.nodes}
    without = diagram_of(whole(back, COUNCIL), shelf.versions[COUNCIL])
    assert "Closed after stage 2" in {node.name for node in without.nodes}


def test_a_clock_that_ran_from_the_stage_before_runs_from_the_new_one() -> None:
    shelf = whole(panel("st-leger-homes/two-stage-2024", "stage_1"), "st-leger-homes/two-stage-2024")
    window = shelf.versions["st-leger-homes/two-stage-2024"].deadline("stage_2.request_window")
    assert window is not None
    assert window.of == "review.response_received"
    last = whole(panel(FOUR, "stage_3"), FOUR).versions[FOUR].deadline("ombudsman.direct_from")
    assert last is not None
    assert last.of == "review.response_sent"


def test_stories_of_a_stage_that_is_gone_are_left_out_and_named() -> None:
    after = version_editing.remove_stage(files_of(FOUR), SHELF, path_of(FOUR), "stage_2")
    lost = stage_stories.gone(files_of(FOUR), after, path_of(FOUR))
    assert len(lost) == 12
    assert not stage_stories.gone(files_of(FOUR), panel(FOUR, "stage_2"), path_of(FOUR))


def test_the_stories_there_were_go_through_the_new_stage_and_still_hold(office: Office) -> None:
    for after in ("stage_1", "stage_2"):
        found = draft_library.stories(office, draft_library.checked(office, panel(COUNCIL, after), COUNCIL))
        assert [str(failure) for one in found for failure in one.failures] == []
        assert len(found) == 21
    text = panel(COUNCIL, "stage_1")[path_of(COUNCIL).replace(".yaml", ".examples.yaml")].decode()
    way = "[review.requested, review.panel_met, review.response_sent, stage_2.requested]"
    assert f"      2025-04-29T10:00: {way}\n" in text


LATE = """\
policy: council-housing
examples:
  - example: A request for the panel after its window, refused, asked again and accepted
    story:
      2025-02-03: complaint_received
      2025-02-04: stage_1.acknowledged
      2025-02-11: stage_1.response_sent
      2025-03-03: review.requested
      2025-03-04: {review.late_request_decided: {decision: refuse, reason: It came late.}}
      2025-03-10: review.requested
      2025-03-11: {review.late_request_decided: {decision: accept, reason: The resident was ill.}}
      2025-03-31: review.panel_met
      2025-04-01: review.response_sent
      2025-04-02: stage_2.requested
    seen_on: 2025-04-03
    expect:
      review.request_window: {due: 2025-02-25, is: lapsed}
      review.panel: {due: 2025-03-31, is: met}
      stage: stage_2
      inbox:
        complaints_officer: [stage_2.acknowledge]
"""


def test_a_late_request_for_the_new_stage_is_decided_by_a_person(office: Office) -> None:
    files = {**panel(COUNCIL, "stage_1", window="10 working days"), f"policies/{COUNCIL}.examples.yaml": LATE.encode()}
    [story] = told(office, files, COUNCIL, "after its window")
    assert [str(failure) for failure in story.failures] == []


def test_a_story_that_went_to_the_ombudsman_goes_through_a_stage_at_the_end() -> None:
    text = panel(COUNCIL, "stage_2")[path_of(COUNCIL).replace(".yaml", ".examples.yaml")].decode()
    assert "{review.response_sent: {outcome: not_upheld}}" in text


def test_stories_of_another_order_are_left_out_when_stages_are_moved() -> None:
    moved = version_editing.move_stage(files_of(FOUR), SHELF, path_of(FOUR), "stage_3", after="stage_1")
    assert len(stage_stories.gone(files_of(FOUR), moved, path_of(FOUR))) == 12


def test_letters_and_promises_that_may_be_true_no_more_are_named() -> None:
    assert stage_letters.to_reread(files_of(COUNCIL), path_of(COUNCIL)) == ()
    between = stage_letters.to_reread(panel(COUNCIL, "stage_1"), path_of(COUNCIL))
    assert "The letter 'Acknowledgement' speaks of 2 stages; there are 3 now." in between
    assert "The title speaks of 2 stages; there are 3 now." in between
    assert "What 'Stage 2' says, at 'Stage 2', names 'Stage 1'; 'Review panel' stands between them now." in between
    at_the_end = stage_letters.to_reread(panel(COUNCIL, "stage_2"), path_of(COUNCIL))
    assert "The letter 'Our final response' calls itself final, and 'Review panel' comes after it." in at_the_end


def test_a_name_that_the_diagram_has_already_is_refused() -> None:
    with pytest.raises(BadAnswers, match="is called 'desk' already"):
        version_editing.add_stage(
            files_of(COUNCIL), SHELF, path_of(COUNCIL), key="desk", title="Desk", kind="review_panel", after="stage_1",
            within="15 working days",
        )  # fmt: skip


def test_a_stage_is_renamed_on_the_diagram_too_and_its_key_stays() -> None:
    files = version_editing.rename_stage(files_of(COUNCIL), SHELF, path_of(COUNCIL), "stage_2", "Senior review")
    shelf = whole(files, COUNCIL)
    assert shelf.versions[COUNCIL].stage("stage_2").title == "Senior review"
    node = diagram_of(shelf, shelf.versions[COUNCIL]).node("stage_2")
    assert node is not None
    assert node.name == "Senior review"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"key": "Review Panel"}, "key"),
        ({"key": "stage_1"}, "key"),
        ({"title": " "}, "title"),
        ({"after": "ombudsman"}, "after"),
        ({"after": ""}, "after"),
        ({"within": "a fortnight or so"}, "within"),
        ({"within": ""}, "within"),
        ({"window": "soon"}, "window"),
        ({"panel": "the_mayor"}, "panel"),
        ({"kind": "party"}, "kind"),
        ({"kind": "investigated"}, "handler"),
    ],
)
def test_what_cannot_be_a_stage_is_refused_with_a_sentence(given: dict[str, str], field: str) -> None:
    wanted = {"key": "review", "title": "Review panel", "kind": "review_panel", "after": "stage_1", "within": "15 days"}
    with pytest.raises(BadAnswers) as refused:
        version_editing.add_stage(files_of(COUNCIL), SHELF, path_of(COUNCIL), **{**wanted, **given})
    assert list(refused.value.errors) == [field]


def test_the_last_stage_and_an_external_one_cannot_go() -> None:
    with pytest.raises(BadAnswers, match="not one of ours"):
        version_editing.remove_stage(files_of(COUNCIL), SHELF, path_of(COUNCIL), "ombudsman")
    one = version_editing.remove_stage(files_of(COUNCIL), SHELF, path_of(COUNCIL), "stage_2")
    with pytest.raises(BadAnswers, match="needs one stage"):
        version_editing.remove_stage(one, SHELF, path_of(COUNCIL), "stage_1")


def test_what_was_drawn_by_hand_on_the_way_is_never_lost_silently() -> None:
    spine = "workflows/complaints/two-stage.bpmn"
    text = files_of(COUNCIL)[spine]
    place = text.index(b'messageRef="message_satisfied"', text.index(b'id="satisfied_after_stage_1"'))
    drawn = text[:place] + text[place:].replace(b"message_satisfied", b"message_withdrawn", 1)
    assert drawn != files_of(COUNCIL)[spine]
    files = {**files_of(COUNCIL), spine: drawn}
    with pytest.raises(CannotDraw, match=r"'Resident satisfied' is drawn on the way.*page of the diagram"):
        version_editing.remove_stage(files, SHELF, path_of(COUNCIL), "stage_2")


@pytest.mark.parametrize(
    "path", sorted((ROOT / "tests" / "broken" / "workflows").glob("*.bpmn")), ids=lambda path: path.stem
)
def test_any_other_diagram_is_refused_with_a_sentence(path: Path) -> None:
    with pytest.raises(Refused, match=r"[.?]$"):
        Spine(path.read_bytes(), "workflows/complaints/small.bpmn").add(
            NewStage("review", "Review", "review_panel"), "stage_1"
        )


def test_who_chose_the_stage_is_written_down() -> None:
    files = version_editing.add_stage(
        files_of(COUNCIL), SHELF, path_of(COUNCIL), key="review", title="Review panel", kind="review_panel",
        after="stage_1", within="15 working days", by="Ann Smith", on=now().date(),
    )  # fmt: skip
    reading = whole(files, COUNCIL).versions[COUNCIL].readings[-1]
    assert (reading.key, reading.by) == ("review_added", "Ann Smith")
    assert "fifteen working days" in reading.reading


def test_a_window_that_is_added_is_drawn() -> None:
    files = version_editing.add_deadline(
        files_of(FOUR), path_of(FOUR), "stage_2.request_window", within="10 working days", of="stage_1.response_sent",
        met_by="requested", whose="resident", shelf=SHELF,
    )  # fmt: skip
    shelf = whole(files, FOUR)
    diagram = diagram_of(shelf, shelf.versions[FOUR])
    assert "stage_2.request_window" in {node.deadline for node in diagram.timers}
    assert_readable(diagram)


def test_every_kind_of_stage_says_what_it_is() -> None:
    assert all(kind.title and kind.says.endswith(".") for kind in KINDS.values())
    assert isinstance(SHELF.calendars["england"], Calendar)
    assert gate.examine(b"", "x").problems
