"""The text of a draft by line, its problems by place with their cures, and two people at one text."""

import html

import pytest

from engine import drafting
from tests.web.studio_work import fields_of, form_at, send, words

TEXT, PROBLEMS = "/studio/1/text", "/studio/1/problems"


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def changed(browser, was, becomes, address=TEXT):
    """The text of a file with one thing in it changed, sent as a browser sends it."""
    filled = fields_of(browser.get(address).text)
    assert was in filled["text"]
    return browser.post(TEXT, data=filled | {"text": filled["text"].replace(was, becomes)}, follow_redirects=True)


def test_every_file_of_the_draft_is_there_and_comes_back_byte_for_byte(ann, office, draft):
    for path, content in draft.files.items():
        filled = fields_of(ann.get(TEXT, query_string={"file": path}).text)
        assert filled["text"].encode() == content
        ann.post(TEXT, data=filled)
    assert drafting.opened(office, 1).files == draft.files


def test_a_text_is_saved_right_or_wrong_and_what_is_wrong_stands_at_its_line(ann, draft):
    line = draft.text(draft.path).splitlines().index("    handler: service_director") + 1
    page = changed(ann, "handler: service_director", "handler: service_directer")
    assert f"Line {line} , Stage 2:" in words(page)
    assert "is 'service_directer', which is not under roles. Did you mean “Service director”?" in words(page)
    assert f'id="line-{line}" class="redress-numbered__wrong"' in page.text


def test_a_text_that_is_no_yaml_is_kept_and_every_page_of_the_draft_still_opens(ann, office):
    page = changed(ann, "stages:\n", "stages: [\n")
    assert "1 problem" in words(page)
    assert "stages: [" in drafting.opened(office, 1).text("policies/council-housing/two-stage-2026.yaml")
    for address in ("", "/stages", "/text", "/problems", "/publish", "/letters", "/forms", "/decisions", "/examples"):
        assert ann.get(f"/studio/1{address}").status_code == 200, address


def test_what_is_typed_is_checked_before_it_is_saved(ann, office, draft):
    filled = fields_of(ann.get(TEXT).text)
    sent = filled | {"text": filled["text"].replace("within: 10 working days", "within: ten days")}
    told = ann.post(f"{TEXT}/check", data=sent).get_json()
    assert [one["place"] for one in told["here"]] == ["Stage 1: answer"]
    assert "ten days" in told["here"][0]["what"]
    assert drafting.opened(office, 1).files == draft.files


def test_a_file_that_is_not_of_the_draft_is_not_found(ann):
    for path in ("policies/rules.yaml", "../web/app.py", "policies/council-housing/two-stage-2024.yaml"):
        assert ann.get(TEXT, query_string={"file": path}).status_code == 404
        assert ann.post(TEXT, data={"file": path, "text": "x"}).status_code == 404


def test_problems_are_listed_by_place_in_words_and_as_json(ann):
    changed(ann, "handler: service_director", "handler: service_directer")
    page = words(ann.get(PROBLEMS))
    assert "1 problem" in page
    assert "The handler of “Stage 2” is 'service_directer'" in page
    told = ann.get(PROBLEMS, headers={"Accept": "application/json"}).get_json()
    assert told["count"] == 1
    assert [one["place"] for one in told["problems"] if one["severity"] == "problem"] == ["Stage 2"]


def test_a_button_mends_what_is_mechanical_and_says_so(ann, draft, office):
    changed(ann, "handler: service_director", "handler: service_directer")
    page = ann.get(PROBLEMS)
    done = ann.post(PROBLEMS, data=form_at(page.text, PROBLEMS), follow_redirects=True)
    assert "Done:" in words(done)
    assert "No problems" in words(done)
    assert drafting.opened(office, 1).files == draft.files


def test_a_button_for_what_is_no_longer_there_does_nothing(ann, draft, office):
    changed(ann, "handler: service_director", "handler: service_directer")
    button = form_at(ann.get(PROBLEMS).text, PROBLEMS)
    changed(ann, "handler: service_directer", "handler: service_director")
    answer = ann.post(PROBLEMS, data=button)
    assert answer.status_code == 409
    assert "is no longer there" in words(answer)
    assert drafting.opened(office, 1).files == draft.files


def test_two_people_at_one_text_see_both_and_nothing_is_lost(ann, as_person, office, draft):
    mine = fields_of(ann.get(TEXT).text)
    changed(as_person("bea"), "title: Stage 2", "title: Review")
    sent = mine | {"text": mine["text"].replace("title: Stage 1", "title: First look")}
    answer = ann.post(TEXT, data=sent)
    assert answer.status_code == 409
    page = words(answer)
    assert "Bea Author changed this at 09:30 on 10 March 2026 meanwhile." in page
    assert "Theirs : title: Review" in page
    assert "Mine : title: First look" in page
    assert "title: Review" in drafting.opened(office, 1).text(draft.path)
    both = form_at(answer.text, "/studio/1/mine")
    name = f"file:{draft.path}"
    assert "title: First look" in both[name]
    both[name] = both[name].replace("title: Stage 2", "title: Review")
    assert "Saved." in words(ann.post("/studio/1/mine", data=both, follow_redirects=True))
    text = drafting.opened(office, 1).text(draft.path)
    assert "title: First look" in text
    assert "title: Review" in text


def test_the_page_of_a_conflict_is_itself_not_overtaken_unseen(ann, as_person, office, draft):
    mine = fields_of(ann.get(TEXT).text)
    bea = as_person("bea")
    changed(bea, "title: Stage 2", "title: Review")
    conflict = ann.post(TEXT, data=mine | {"text": mine["text"].replace("title: Stage 1", "title: First")})
    changed(bea, "title: Review", "title: Second look")
    again = ann.post("/studio/1/mine", data=form_at(conflict.text, "/studio/1/mine"))
    assert again.status_code == 409
    assert "title: Second look" in words(again)


def test_what_people_type_is_text_and_never_markup(ann):
    page = changed(ann, "title: Stage 1", "title: <script>alert(1)</script>")
    assert "<script>alert" not in page.text
    assert "<script>alert" not in ann.get("/studio/1/stages").text
    assert "<script>alert(1)</script>" in html.unescape(ann.get("/studio/1/stages").text)


def test_the_list_names_the_drafts_and_what_one_can_begin_from(ann, as_person):
    page = words(ann.get("/studio"))
    assert "two-stage-2026 The council two-stage-2024 10 March 2026 at 9:30am Being written" in page
    assert "Begin a draft from two-stage-2024" in page
    assert "South Essex Homes" not in page
    assert "Begin a draft from" not in words(as_person("auditor").get("/studio"))


def test_a_draft_is_begun_under_a_name_that_is_free_and_refused_under_one_that_is_not(ann, office):
    address = "/studio/new/council-housing/two-stage-2024"
    page = ann.get(address)
    assert 'value="two-stage-2026-2"' in page.text
    taken = send(ann, address, version="two-stage-2026", title="My title")
    assert taken.status_code == 400
    assert "Somebody is at work on a draft called 'two-stage-2026'." in words(taken)
    assert 'value="My title"' in taken.text
    for wrong in ("", "Two Stage", "../x", "two-stage-2024"):
        assert send(ann, address, version=wrong).status_code == 400
    done = send(ann, address)
    assert "The draft is begun." in words(done)
    assert drafting.opened(office, 2).row.version == "two-stage-2026-2"


def test_a_draft_of_a_policy_one_has_no_role_for_is_not_there(ann):
    for address in ("/studio/2", "/studio/999", "/studio/new/south-essex-homes/two-stage-2024", "/studio/new/x/y"):
        assert ann.get(address).status_code == 404


def test_the_overview_says_what_to_do_next(ann):
    page = words(ann.get("/studio/1"))
    order = ["Change stages and timescales", "Mend problems", "See that the examples still hold", "Ask for approval"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "No problems" in page
    changed(ann, "handler: service_director", "handler: service_directer")
    assert "1 problem" in words(ann.get("/studio/1"))
