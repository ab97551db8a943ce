"""The decision tables of a draft: rows put together or written as text, in their order, and tried out on answers."""

from __future__ import annotations

import re

import pytest

from engine import drafting
from engine.policy_files import read_version
from tests.web.office_work import assert_valid
from tests.web.studio_work import fields_of, send


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def address(draft, rest=""):
    return f"/studio/{draft.row.id}/decisions{rest}"


def stands(office, draft):
    now = drafting.opened(office, draft.row.id)
    return read_version(now.files[now.path], now.path)[0].decisions["triage"]


def sent(office, draft, **typed):
    number = drafting.opened(office, draft.row.id).numbers[draft.path]
    return {f"number:{draft.path}": str(number), "joined": "and", "by": "form", **typed}


def holds(page):
    """The number of the row that holds, as the page says it."""
    found = re.search(r"row (\d+) holds", page)
    return int(found[1]) if found else None


def test_a_table_is_shown_in_words_row_by_row(ann, draft):
    page = ann.get(address(draft))
    assert_valid(page.text)
    assert "It came after the time to complain" in page.text
    assert page.text.count("Remove<span") == 14


def test_trying_it_out_says_which_row_holds_and_changes_nothing(ann, draft, office):
    tried = {"try": "triage", "kind": "complaint", "is_in_time": "no"}
    assert holds(ann.get(address(draft), query_string=tried).text) == 6
    assert holds(ann.get(address(draft), query_string={"try": "triage", "kind": "complaint"}).text) == 14
    assert holds(ann.get(address(draft)).text) is None
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_the_order_decides_and_a_row_moves_up_and_down(ann, draft, office):
    both = {"try": "triage", "is_in_time": "no", "was_withdrawn_before": "yes"}
    ann.post(address(draft, "/triage"), data=sent(office, draft, do="up:6"))
    assert stands(office, draft)[5].when == "was_withdrawn_before"
    assert (
        "Consider why it was"
        in stands(office, draft)[holds(ann.get(address(draft), query_string=both).text) - 1].because
    )
    ann.post(address(draft, "/triage"), data=sent(office, draft, do="down:5"))
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_row_is_put_together_from_questions_and_answers(ann, draft, office):
    typed = {
        "question:0": "kind", "comparison:0": "is_not", "answer:0": ["comment", "compliment"],
        "question:1": "is_at_risk", "comparison:1": "is", "answer:1": "not_yes",
        "question:2": "received", "comparison:2": "at_least", "answer:2": "2026-04-01",
        "then": "complaint", "because": "It is: so.", "cites": "code 1.2; feedback Advice",
    }  # fmt: skip
    assert ann.post(address(draft, "/triage/3"), data=sent(office, draft, **typed)).status_code == 302
    row = stands(office, draft)[3]
    assert row.when == (
        "kind not in ['comment', 'compliment'] and not is_at_risk and (received != null and received >= '2026-04-01')"
    )
    assert (row.then, row.because, [str(one) for one in row.cites]) == (
        "complaint", "It is: so.", ["code 1.2", "feedback Advice"],
    )  # fmt: skip


def test_a_row_saved_as_it_is_shown_changes_nothing(ann, draft, office):
    for number in range(14):
        page = ann.get(address(draft, f"/triage/{number}")).text
        ticked = dict(re.findall(r'name="((?:question|comparison):\d+)" value="([^"]*)"', page))
        for name, options in re.findall(r'<select[^>]* name="(comparison:\d+)">(.*?)</select>', page, re.DOTALL):
            ticked[name] = re.search(r'value="([^"]*)" selected', options)[1]
        answers = {}
        for name, value in re.findall(r'name="(answer:\d+)"[^>]* value="([^"]*)" checked', page):
            answers.setdefault(name, []).append(value)
        row = stands(office, draft)[number]
        joined = "or" if " or " in row.when else "and"
        typed = {"then": row.then, "because": row.because, "cites": ", ".join(str(one) for one in row.cites)}
        data = sent(office, draft, **ticked, **answers, **typed, joined=joined)
        assert ann.post(address(draft, f"/triage/{number}"), data=data).status_code == 302, page
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_condition_is_added_and_removed_before_anything_is_saved(ann, draft, office):
    page = ann.post(address(draft, "/triage/new"), data=sent(office, draft, about="kind", do="more")).text
    assert 'name="question:0" value="kind"' in page
    page = ann.post(
        address(draft, "/triage/new"), data=sent(office, draft, **{"question:0": "kind", "do": "drop:0"})
    ).text
    assert 'name="question:0"' not in page
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_the_text_is_the_other_way_and_says_the_same(ann, draft, office):
    typed = {"question:0": "kind", "comparison:0": "is", "answer:0": "comment", "do": "as_text"}
    page = ann.post(address(draft, "/triage/0"), data=sent(office, draft, **typed)).text
    assert "kind == &#39;comment&#39;</textarea>" in page
    text = {"by": "text", "text": "kind == 'comment' and is_in_time", "then": "comment"}
    assert ann.post(address(draft, "/triage/0"), data=sent(office, draft, **text)).status_code == 302
    assert stands(office, draft)[0].when == "kind == 'comment' and is_in_time"


def test_what_says_more_than_the_form_stays_text_on_its_page(ann, draft, office):
    text = {"by": "text", "text": "is_in_time and (kind == 'comment' or is_at_risk)", "then": "comment"}
    ann.post(address(draft, "/triage/0"), data=sent(office, draft, **text))
    page = ann.get(address(draft, "/triage/0")).text
    assert "says more than can be put together here" in page
    assert 'name="by" value="text"' in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"question:0": "kind", "comparison:0": "is", "then": "comment"}, "answer-0"),
        ({"by": "text", "text": "knid == 'comment'", "then": "comment"}, "when"),
        ({"by": "text", "text": "kind = 'comment'", "then": "comment"}, "when"),
        ({"by": "text", "text": "is_in_time"}, "then"),
        ({"by": "text", "text": "is_in_time", "then": "comment", "cites": "coed 1"}, "cites"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field_and_nothing_typed_is_lost(ann, draft, office, typed, field):
    page = ann.post(address(draft, "/triage/0"), data=sent(office, draft, **typed, because="Kept words"))
    assert page.status_code == 400
    assert "Kept words" in page.text
    assert f'href="#{field}"' in page.text
    assert f'id="{field}"' in page.text
    assert drafting.opened(office, draft.row.id).files == draft.files


def test_a_new_row_stands_where_it_is_put_and_before_the_one_that_always_holds(ann, draft, office):
    typed = {"by": "text", "text": "is_at_risk", "then": "complaint"}
    ann.post(address(draft, "/triage/new"), data=sent(office, draft, **typed))
    assert [row.when for row in stands(office, draft)][-2:] == ["is_at_risk", "true"]
    ann.post(address(draft, "/triage/new"), data=sent(office, draft, **typed, after="-1"))
    assert stands(office, draft)[0].when == "is_at_risk"


def test_a_row_is_removed_and_a_table_that_no_longer_ends_says_so(ann, draft, office):
    ann.post(address(draft, "/triage"), data=sent(office, draft, do="remove:13"))
    assert len(stands(office, draft)) == 13
    assert "does not end in a row that always holds" in ann.get(address(draft)).text


def test_the_preview_says_the_row_in_words_and_as_text(ann, draft):
    typed = {"question:0": "kind", "comparison:0": "is", "answer:0": "comment", "then": "comment"}
    alone = ann.post(address(draft, "/triage/0/preview"), data=typed).text
    assert "They suggest how we could do better" in alone
    assert "kind == &#39;comment&#39;" in alone
    assert "<html" not in alone


def test_two_people_at_one_table_never_overwrite_each_other(ann, draft, office, as_person):
    bea = as_person("bea")
    typed = {"by": "text", "text": "is_in_time", "then": "comment"}
    first, second = (sent(office, draft, **typed, because=f"Said by {name}.") for name in ("Bea", "Ann"))
    assert bea.post(address(draft, "/triage/0"), data=first).status_code == 302
    page = ann.post(address(draft, "/triage/0"), data=second)
    assert page.status_code == 409
    assert "Said by Ann." in page.text
    assert stands(office, draft)[0].because == "Said by Bea."


def test_a_row_is_saved_though_somebody_changed_a_timescale_in_the_same_file(ann, draft, office, as_person):
    read = fields_of(ann.get(address(draft, "/triage/0")).text)
    send(as_person("bea"), f"/studio/{draft.row.id}/stages/times/stage_1.acknowledgement", count="3")
    assert (
        ann.post(address(draft, "/triage/0"), data=read | {"because": "Said by Ann.", "do": "save"}).status_code == 302
    )
    assert stands(office, draft)[0].because == "Said by Ann."
    now = drafting.opened(office, draft.row.id)
    assert b"within: 3 working days" in now.files[now.path]


def test_a_table_or_a_row_that_is_not_there_is_not_found(ann, draft):
    for rest in ("/nothing/0", "/triage/14", "/triage/-1", "/triage/x"):
        assert ann.get(address(draft, rest)).status_code == 404
