"""The text of a draft by line, its problems by place with their cures, and two people at one text."""

import html
from pathlib import Path

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


NEW, DELETE = f"{TEXT}/new", f"{TEXT}/delete"


def at_file(browser, path):
    return browser.get(TEXT, query_string={"file": path})


def going(browser, path):
    """The page that asks whether a file is really to go, and what its button sends."""
    page = browser.get(DELETE, query_string={"file": path})
    return page, fields_of(page.text)


def test_two_files_of_one_title_are_told_apart_by_their_names(ann):
    page = ann.get(TEXT).text
    for name in ("response.yaml", "response_council.yaml"):
        assert f"({name})</option>" in page


def test_a_form_is_added_and_is_sound_from_the_first(ann, office):
    page = send(ann, NEW, kind="form", name="Second look")
    assert "The file workflows/forms/second_look.yaml is added. Nothing uses it until something names it." in words(
        page
    )
    assert "to mend before this draft can be published" not in words(page)
    assert b"form: second_look" in drafting.opened(office, 1).files["workflows/forms/second_look.yaml"]


def test_a_diagram_is_added_drawn_from_start_to_end_and_can_be_drawn_on(ann, office):
    page = send(ann, NEW, kind="diagram", name="second-look")
    assert "The file workflows/stages/second-look.bpmn is added." in words(page)
    assert "to mend before this draft can be published" not in words(page)
    assert ann.get("/studio/1/diagram", query_string={"file": "workflows/stages/second-look.bpmn"}).status_code == 200


def test_another_file_is_added_by_its_path_and_by_no_other(ann, office):
    assert "is added" in words(send(ann, NEW, kind="other", path="workflows/advice/tasks.yaml"))
    for path in ("policies/rules.yaml", "workflows/../x.yaml", "policies/council-housing/two-stage-2024.yaml", ""):
        answer = send(ann, NEW, kind="other", path=path)
        assert answer.status_code == 400
        assert 'href="#answer-path"' in answer.text
    taken = send(ann, NEW, kind="form", name="triage")
    assert taken.status_code == 400
    assert "There is a file workflows/forms/triage.yaml already." in words(taken)
    assert ann.post(NEW, data={}).status_code == 400


def test_a_file_that_others_name_is_deleted_only_after_its_reader_was_told_who_names_it(ann, office):
    path = "workflows/forms/response_council.yaml"
    assert "Delete this file" in words(at_file(ann, path))
    page, button = going(ann, path)
    assert "It is named in 2 places." in words(page)
    assert "This version asks it for “stage_1.respond”." in words(page)
    assert "Delete it all the same" in words(page)
    assert ann.post(DELETE, data={"file": path}).status_code == 409
    assert path in drafting.opened(office, 1).files
    assert "is deleted." in words(ann.post(DELETE, data=button, follow_redirects=True))
    assert path not in drafting.opened(office, 1).files
    assert "which is not in workflows/forms/" in words(ann.get(PROBLEMS))


def test_a_file_that_was_changed_since_it_was_read_is_not_deleted(ann, as_person, office):
    send(ann, NEW, kind="form", name="second_look")
    path = "workflows/forms/second_look.yaml"
    page, button = going(ann, path)
    assert "Nothing names it." in words(page)
    bea = as_person("bea")
    filled = fields_of(at_file(bea, path).text)
    bea.post(TEXT, data=filled | {"text": filled["text"] + "# mine\n"})
    refused = ann.post(DELETE, data=button)
    assert refused.status_code == 409
    assert "This has changed since you read it." in words(refused)
    assert path in drafting.opened(office, 1).files


def test_letters_are_begun_again_after_they_were_deleted(ann, draft, office):
    assert "The letters of this version" not in words(ann.get(NEW))
    page, button = going(ann, draft.letters_path)
    assert "sends a letter." in words(page)
    ann.post(DELETE, data=button)
    assert "The letters of this version" in words(ann.get(NEW))
    send(ann, NEW, kind="letters")
    assert draft.letters_path in drafting.opened(office, 1).files


def test_the_version_s_own_file_is_not_deleted_and_only_an_author_deletes(ann, draft, as_person):
    assert "Delete this file" not in words(ann.get(TEXT))
    for path in (draft.path, "policies/rules.yaml"):
        assert ann.get(DELETE, query_string={"file": path}).status_code == 404
        assert ann.post(DELETE, data={"file": path}).status_code == 404
    auditor = as_person("auditor")
    assert auditor.get(NEW).status_code == 403
    assert auditor.post(DELETE, data={"file": "workflows/forms/triage.yaml"}).status_code == 403


def test_where_two_things_may_have_been_meant_two_buttons_say_which(ann, office):
    split = (Path(__file__).parents[1] / "broken/workflows/several_arrows_out_of_a_task.bpmn").read_text()
    send(ann, NEW, kind="diagram", name="small")
    path = "workflows/stages/small.bpmn"
    ann.post(TEXT, data=fields_of(at_file(ann, path).text) | {"text": split})
    page = ann.get(PROBLEMS).text
    assert "2 arrows leave" in page
    for label in ("Only one of them: draw a decision", "All of them at once: draw a fork"):
        assert f'name="cure" value="{label}"' in page
    form = next(one for one in page.split("<form ") if "draw a fork" in one)
    problem = html.unescape(form.partition('name="problem" value="')[2].partition('"')[0])
    done = ann.post(PROBLEMS, data={"problem": problem, "cure": label}, follow_redirects=True)
    assert "Done: All of them at once: draw a fork." in words(done)
    assert "2 arrows leave" not in words(done)
    assert b"parallelGateway" in drawing(office, path)


def drawing(office, path):
    return drafting.opened(office, 1).files[path]
