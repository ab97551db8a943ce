"""The examples of a draft: green or red beside the rules they cite, written in a form, checked before they stand."""

from __future__ import annotations

import re

import pytest

from engine import draft_library, drafting, example_writing
from engine.rights import AUTHOR, Grant, Person
from engine.store import people
from tests.web.office_work import assert_valid


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def address(draft, rest=""):
    return f"/studio/{draft.row.id}/examples{rest}"


def boxes(page, name):
    """What stands in the boxes of a day."""
    return [re.search(rf'name="{name}-{part}"[^>]* value="(\w*)"', page)[1] for part in ("day", "month", "year")]


def stories(office, draft):
    now = drafting.opened(office, draft.row.id)
    return draft_library.own_stories(now.files, now.key)


def sent(office, draft, **typed):
    number = drafting.opened(office, draft.row.id).numbers[draft.examples_path]
    return {f"number:{draft.examples_path}": str(number), "version": draft.row.version, **typed}


def on(name, day):
    """What the three boxes of a day send: `20/12/2024`."""
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), day.split("/"), strict=True))


FRIDAY = {
    "example": "A complaint on a Friday", "cites": "code 6.2",
    **on("day:0", "20/12/2024"), "clock:0": "16:30", "event:0": "complaint_received", "details:0": "channel: online",
    **on("day:1", "31/12/2024"), "clock:1": "", "event:1": "stage_1.acknowledged", "details:1": "",
    **on("seen_day", "6/1/2025"),
}  # fmt: skip


def change_version(office, draft, old, new):
    """Somebody changes the version's own text."""
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, "ann")
    who = Person(str(row.id), row.name, (Grant("council-housing", AUTHOR),))
    now = drafting.opened(office, draft.row.id)
    text = now.text(now.path).replace(old, new, 1).encode()
    files = {now.path: text}
    drafting.change(office, now.row.id, who, now.row.created, files=files, numbers=now.numbers, what="x")


def test_every_example_stands_green_beside_the_rule_it_cites(ann, draft, office):
    page = ann.get(address(draft))
    assert_valid(page.text)
    assert f"{len(stories(office, draft))} pass" in page.text
    assert "Fails" not in page.text
    row = page.text[page.text.index("Once we have received your complaint") :]
    assert "After hours on the last evening before Christmas" in row[: row.index("</tr>")]


def test_a_changed_promise_turns_its_examples_red_and_says_what_was_expected_and_what_came(ann, draft, office):
    change_version(office, draft, "within: 5 working days", "within: 3 working days")
    page = ann.get(address(draft)).text
    assert "Stage 1: acknowledgement, due on: 10 May 2024 was expected, and 8 May 2024 comes." in page
    assert re.search(r"\d+ fail", page)


def test_saving_anything_says_what_came_of_the_examples(ann, draft, office):
    number = str(drafting.opened(office, draft.row.id).numbers[draft.letters_path])
    data = {"title": "Thanks", "subject": "Thank you", f"number:{draft.letters_path}": number}
    answer = ann.post(f"/studio/{draft.row.id}/letters/thanks", data=data, follow_redirects=True)
    assert f"All {len(stories(office, draft))} examples come as expected." in answer.text


def test_what_comes_now_is_filled_in_for_the_author_to_check_and_then_saved(ann, draft, office):
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, do="fill"))
    assert page.status_code == 200
    assert "Check each date and state against the policy" in page.text
    assert boxes(page.text, "due:stage_1.response") == ["15", "1", "2025"]
    assert len(stories(office, draft)) == len(draft_library.own_stories(draft.files, draft.key))
    expected = {
        **on("due:stage_1.acknowledgement", "31/12/2024"), "is:stage_1.acknowledgement": "met",
        **on("due:stage_1.response", "15/1/2025"), "is:stage_1.response": "running",
        "expect:status": "open", "inbox": "service_manager stage_1.respond",
    }  # fmt: skip
    answer = ann.post(
        address(draft, "/new"), data=sent(office, draft, **FRIDAY, **expected, do="save"), follow_redirects=True
    )
    assert "A complaint on a Friday" in answer.text
    assert "examples come as expected" in answer.text
    new = example_writing.story_of(stories(office, draft)[-1])
    assert new.expect == {
        "status": "open",
        "stage_1.acknowledgement": {"due": "2024-12-31", "is": "met"},
        "stage_1.response": {"due": "2025-01-15", "is": "running"},
        "inbox": {"service_manager": ["stage_1.respond"]},
    }
    assert new.story[0] == example_writing.Happening("2024-12-20T16:30", "complaint_received", {"channel": "online"})


def test_an_example_can_be_told_before_it_is_saved(ann, draft, office):
    wrong = {**on("due:stage_1.acknowledgement", "30/12/2024"), "is:stage_1.acknowledgement": "", "do": "tell"}
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, **wrong)).text
    assert "Stage 1: acknowledgement, due on: 30 December 2024 was expected, and 31 December 2024 comes." in page
    assert stories(office, draft) == draft_library.own_stories(draft.files, draft.key)


def test_outcome_letters_and_what_may_happen_are_chosen_from_what_the_version_knows(ann, draft, office):
    page = ann.get(address(draft, "/new")).text
    assert '<option value="partly_upheld">Partly upheld</option>' in page
    assert '<option value="acknowledgement">Acknowledgement</option>' in page
    chosen = {
        "expect:outcome": "none", "expect:letters": ["acknowledgement", "", ""],
        "expect:may_happen": ["withdrawn", "stage_1.extension_given"], "expect:cannot_happen": "satisfied",
    }  # fmt: skip
    ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, **chosen, do="save"))
    new = example_writing.story_of(stories(office, draft)[-1])
    assert new.expect["letters"] == ["acknowledgement"]
    assert new.expect["may_happen"] == ["withdrawn", "stage_1.extension_given"]
    number = len(stories(office, draft)) - 1
    again = ann.get(address(draft, f"/{number}")).text
    assert '<option value="acknowledgement" selected>' in again
    assert re.search(r'value="withdrawn" checked', again)


def test_that_no_letter_went_out_is_expected_too(ann, draft, office):
    ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, **{"expect:letters": ["none", ""]}, do="save"))
    new = example_writing.story_of(stories(office, draft)[-1])
    assert new.expect == {"letters": []}


def test_an_event_the_diagram_does_not_allow_is_told_with_what_it_allows(ann, draft, office):
    typed = FRIDAY | {"event:1": "stage_2.acknowledged", "do": "tell"}
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **typed)).text
    assert "“Stage 2: acknowledgement sent” cannot happen now. What could happen: " in page


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"example": ""}, "example"),
        (on("day:1", "31/2/2024"), "day-1"),
        ({"event:1": ""}, "event-1"),
        ({"details:1": "no colon"}, "details-1"),
        (on("seen_day", "//soon"), "seen_day"),
        ({"is:stage_1.response": "", **on("due:stage_1.response", "15//")}, "due-stage_1.response"),
        ({"expect:may_happen": ["none", "withdrawn"]}, "expect-may_happen"),
        ({}, "expected"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_typed_is_lost(ann, draft, office, changed, field):
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **(FRIDAY | {"because": "Kept words"} | changed)))
    assert page.status_code == 400
    assert "Kept words" in page.text
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text


def test_a_line_is_added_and_removed_with_what_was_typed(ann, draft, office):
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, do="row")).text
    assert 'name="event:2"' in page
    assert boxes(page, "day:1") == ["31", "12", "2024"]
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, do="drop:0")).text
    assert 'name="event:1"' not in page
    assert boxes(page, "day:0") == ["31", "12", "2024"]


def test_every_example_can_be_opened_and_read_again(ann, draft, office):
    for number, example in enumerate(stories(office, draft)):
        page = ann.get(address(draft, f"/{number}"), follow_redirects=True)
        assert page.status_code == 200
        assert_valid(page.text)
        assert example.name.replace("'", "&#39;") in page.text


def test_an_example_is_changed_as_text_and_a_mistake_names_its_line(ann, draft, office):
    text = example_writing.written_at(draft.text(draft.examples_path), 0)
    page = ann.post(
        address(draft, "/0/text"), data=sent(office, draft, text=text.replace("seen_on: 2024-05-20", "seen_on: soon"))
    )
    assert page.status_code == 400
    assert re.search(r"Line \d+: .*which is no date", page.text)
    changed = text.replace("A late acknowledgement", "A tardy acknowledgement").replace("\n", "\r\n")
    assert ann.post(address(draft, "/0/text"), data=sent(office, draft, text=changed)).status_code == 302
    assert stories(office, draft)[0].name.startswith("A tardy acknowledgement")
    assert stories(office, draft)[1:] == draft_library.own_stories(draft.files, draft.key)[1:]


def test_an_example_is_removed(ann, draft, office):
    gone = stories(office, draft)[1].name
    ann.post(address(draft), data=sent(office, draft, example="1"))
    assert gone not in [one.name for one in stories(office, draft)]
    assert len(stories(office, draft)) == len(draft_library.own_stories(draft.files, draft.key)) - 1


def test_all_that_come_otherwise_are_read_and_then_expected_at_once(ann, draft, office):
    change_version(office, draft, "within: 5 working days", "within: 3 working days")
    page = ann.get(address(draft, "/mend"))
    assert_valid(page.text)
    assert "Stage 1: acknowledgement, due on" in page.text
    assert "10 May 2024" in page.text
    assert "8 May 2024" in page.text
    chosen = re.findall(r'name="expect" value="(\d+)" checked', page.text)
    answer = ann.post(
        address(draft, "/mend"), data=sent(office, draft, expect=chosen, do="chosen"), follow_redirects=True
    )
    assert f"All {len(stories(office, draft))} examples come as expected." in answer.text


def test_a_story_that_can_no_longer_happen_is_named_and_left_out_when_chosen(ann, draft, office):
    typed = FRIDAY | {"event:1": "stage_2.acknowledged", "expect:status": "open", "do": "save"}
    ann.post(address(draft, "/new"), data=sent(office, draft, **typed))
    assert "Leave out: <strong>A complaint on a Friday</strong>" in ann.get(address(draft, "/mend")).text
    assert ann.post(address(draft, "/mend"), data=sent(office, draft, do="chosen")).status_code == 400
    ann.post(address(draft, "/mend"), data=sent(office, draft, do="all"))
    assert stories(office, draft) == draft_library.own_stories(draft.files, draft.key)


def test_a_draft_with_problems_tells_no_story_and_says_so(ann, draft, office):
    change_version(office, draft, "met_by: acknowledged", "met_by: aknowledged")
    assert "cannot be told until they are mended" in ann.get(address(draft)).text
    page = ann.post(address(draft, "/new"), data=sent(office, draft, **FRIDAY, do="fill"))
    assert page.status_code == 409
    assert "no story can be told" in page.text


def test_two_people_at_the_examples_never_overwrite_each_other(ann, draft, office, as_person):
    bea = as_person("bea")
    typed = {**FRIDAY, "expect:status": "open"}
    first, second = (sent(office, draft, **(typed | {"example": f"Told by {name}"})) for name in ("Bea", "Ann"))
    assert bea.post(address(draft, "/new"), data=first).status_code == 302
    page = ann.post(address(draft, "/new"), data=second)
    assert page.status_code == 409
    assert "Told by Ann" in page.text
    assert stories(office, draft)[-1].name == "Told by Bea"


def test_an_example_that_is_not_there_is_not_found(ann, draft):
    for rest in ("/99", "/x", "/99/text"):
        assert ann.get(address(draft, rest)).status_code == 404
