"""Stages and timescales changed in short forms: what was changed is said, the words follow the number, and nobody
overwrites another unseen."""

import re

import pytest

from engine import draft_library, drafting
from tests.web.studio_work import fields_of, form_at, send, words

ACKNOWLEDGED = "/studio/1/stages/times/stage_1.acknowledgement"
ANSWERED = "/studio/1/stages/times/stage_1.response"
PANEL = {"title": "Review panel", "kind": "review_panel", "after": "stage_1", "meets_within": "15"}
PANEL |= {"answer_within": "5 working days", "panel": "complaints_officer", "someone_new": "yes"}


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def version_of(office):
    opened = drafting.opened(office, 1)
    found = draft_library.checked(office, opened.files, opened.key)
    assert [str(one) for one in found.wrong] == []
    return found.version


def test_the_stages_stand_in_order_with_their_timescales(ann):
    page = words(ann.get("/studio/1/stages"))
    assert page.index("Stage 1") < page.index("Stage 2") < page.index("The case as a whole")
    assert "Acknowledgement 5 working days From receiving the complaint, until the acknowledgement is sent" in page
    assert "An extension of at most 10 working days" in page


def test_five_days_become_three_in_the_rule_and_in_its_words_and_the_banner_says_so(ann, office):
    page = words(send(ann, ACKNOWLEDGED, count="3"))
    assert "Stage 1 acknowledgement: 5 working days becomes 3. The Code allows 5 (6.2)." in page
    assert "we acknowledge it within three working days." in page
    rule = version_of(office).deadline("stage_1.acknowledgement")
    assert (str(rule.within), "three working days" in rule.says) == ("3 working days", True)


def test_words_that_name_another_time_are_offered_adapted_and_never_kept_unseen(ann, office):
    answer = send(ann, ANSWERED, count="12", says="You hear from us within eleven working days.")
    assert answer.status_code == 400
    assert "You hear from us within twelve working days." in answer.text
    assert str(version_of(office).deadline("stage_1.response").within) == "10 working days"
    kept = send(ann, ANSWERED, count="12", says="You hear from us within eleven working days.", keeps_words="yes")
    assert "10 working days becomes 12" in words(kept)
    assert "The words say “eleven working days”." in words(kept)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"count": ""}, "Enter how long it may take as a whole number"),
        ({"count": "ten"}, "Enter how long it may take as a whole number"),
        ({"count": "0"}, "Enter how long it may take as a whole number"),
        ({"count": "1000"}, "Enter how long it may take as a whole number"),
        ({"unit": "moons"}, "Enter how long it may take as a whole number"),
        ({"says": " "}, "Say in a sentence what is promised"),
        ({"most_count": ""}, "Enter how long it may be at most"),
        ({"of": ""}, "Choose what starts it"),
        ({"of": "stage_9.acknowledged"}, "Nothing that happens to a case is called"),
    ],
)
def test_what_cannot_be_a_timescale_is_refused_in_words_and_nothing_is_lost(ann, office, sent, said):
    answer = send(ann, ANSWERED, **{"says": "Words of my own."} | sent)
    assert answer.status_code == 400
    assert said in words(answer)
    if "says" not in sent:
        assert "Words of my own." in answer.text
    assert (
        version_of(office).deadline("stage_1.response").says
        == "You receive a response to your complaint within ten working days."
    )


def test_an_extension_is_taken_away_changed_and_given_back(ann, office):
    assert "10 working days becomes 12" in words(send(ann, ANSWERED, most_count="12"))
    send(ann, ANSWERED, way="none")
    assert version_of(office).deadline("stage_1.response").more_time is None
    send(ann, ANSWERED, way="extension", most_count="10")
    assert str(version_of(office).deadline("stage_1.response").more_time.at_most) == "10 working days"
    send(ann, ANSWERED, way="holding_reply", most_count="5", most_unit="days")
    assert version_of(office).deadline("stage_1.response").more_time.event == "holding_reply_sent"


def test_a_timescale_is_removed_after_seeing_what_that_changes_and_added_again(ann, office):
    page = words(ann.get(f"{ACKNOWLEDGED}/remove"))
    assert "This is what would change" in page
    send(ann, f"{ACKNOWLEDGED}/remove")
    assert version_of(office).deadline("stage_1.acknowledgement") is None
    assert "Stage 1: acknowledgement" in ann.get("/studio/1/stages/new-time").text
    offered = ann.get("/studio/1/stages/new-time?key=stage_1.acknowledgement")
    assert 'value="5"' in offered.text
    sent = {"key": "stage_1.acknowledgement", "count": "4", "unit": "working days", "of": "complaint_received"}
    ann.post("/studio/1/stages/new-time", data=sent | {"met_by": "stage_1.acknowledged"})
    assert str(version_of(office).deadline("stage_1.acknowledgement").within) == "4 working days"


def test_a_window_is_added_for_the_resident(ann, office):
    sent = {"key": "stage_2.request_window", "count": "20", "unit": "working days"}
    ann.post("/studio/1/stages/new-time", data=sent)
    rule = version_of(office).deadline("stage_2.request_window")
    assert (rule.is_window, rule.of, rule.met_by) == (True, "stage_1.response_received", "stage_2.requested")


def test_a_stage_gets_another_name_other_words_and_somebody_new_to_consider_it(ann, office):
    sent = {"title": "Review", "says": "A director looks at it again.", "handler": "something-else"}
    page = words(send(ann, "/studio/1/stages/stage_2", **sent, **{"handler-other": "Executive director"}))
    assert "Executive director" in page
    stage = version_of(office).stage("stage_2")
    assert (stage.title, stage.says, stage.handler) == ("Review", "A director looks at it again.", "executive_director")


def test_a_panel_is_added_between_two_stages_moved_and_removed(ann, office):
    page = words(send(ann, "/studio/1/stages/new-stage", **PANEL))
    assert "Stage “Review panel” is added" in page or "Review panel" in page
    version = version_of(office)
    assert [stage.key for stage in version.stages][:3] == ["stage_1", "review_panel", "stage_2"]
    assert str(version.deadline("review_panel.panel").within) == "15 working days"
    assert version.stage("review_panel").not_the_same_person_as == ("stage_1",)
    move(ann, "review_panel", "down")
    assert [stage.key for stage in version_of(office).stages][:3] == ["stage_1", "stage_2", "review_panel"]
    refused = move(ann, "stage_1", "up")
    assert "It says what it said before" in words(refused)
    assert "This is what would change" in words(ann.get("/studio/1/stages/review_panel/remove"))
    send(ann, "/studio/1/stages/review_panel/remove")
    assert not version_of(office).has_stage("review_panel")


def test_a_panel_cannot_come_first_and_the_page_says_why(ann):
    send(ann, "/studio/1/stages/new-stage", **PANEL)
    answer = move(ann, "review_panel", "up")
    assert answer.status_code == 409
    assert "cannot come first" in words(answer)


def test_a_new_stage_that_is_not_filled_in_names_each_field_of_its_kind(ann):
    answer = send(ann, "/studio/1/stages/new-stage", title="Panel", kind="review_panel", answer_within="soon")
    assert answer.status_code == 400
    page = words(answer)
    assert "Enter within what time the panel meets" in page
    assert "Choose who convenes the panel" in page
    assert "Enter how long its answer may take" not in page
    assert 'value="soon"' in answer.text


def test_two_people_who_change_two_timescales_both_keep_theirs(ann, as_person, office):
    before = ann.get(ANSWERED).text
    send(as_person("bea"), ACKNOWLEDGED, count="3")
    ann.post(ANSWERED, data=fields_of(before) | {"count": "15"})
    version = version_of(office)
    assert str(version.deadline("stage_1.acknowledgement").within) == "3 working days"
    assert str(version.deadline("stage_1.response").within) == "15 working days"


def test_two_people_who_change_one_timescale_are_told_and_neither_text_is_lost(ann, as_person, office):
    before = fields_of(ann.get(ANSWERED).text)
    send(as_person("bea"), ANSWERED, count="12")
    answer = ann.post(ANSWERED, data=before | {"count": "15"})
    assert answer.status_code == 409
    page = words(answer)
    assert "Bea Author changed this on 10 March 2026 at 9:30am, while you had it open." in page
    assert "It is now: 12 working days from the acknowledgement" in page
    assert 'value="15"' in answer.text
    assert str(version_of(office).deadline("stage_1.response").within) == "12 working days"
    ann.post(ANSWERED, data=fields_of(answer.text))
    assert str(version_of(office).deadline("stage_1.response").within) == "15 working days"


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        (ACKNOWLEDGED, {"count": "3"}),
        ("/studio/1/stages/stage_1", {"title": "First"}),
        ("/studio/1/stages/new-stage", PANEL),
    ],
)
def test_a_draft_that_waits_for_approval_is_not_changed(ann, office, address, sent):
    ann.post("/studio/1/publish/ask")
    before = drafting.opened(office, 1).files
    answer = send(ann, address, **sent)
    assert answer.status_code == 409
    assert "Approval was asked for, so nobody changes it." in words(answer)
    assert drafting.opened(office, 1).files == before


@pytest.mark.parametrize(
    "address", ["times/stage_9.response", "times/nonsense", "stage_9", "times/stage_1.panel/remove"]
)
def test_what_is_not_in_the_draft_is_not_found(ann, address):
    assert ann.get(f"/studio/1/stages/{address}").status_code == 404
    assert ann.post(f"/studio/1/stages/{address}").status_code == 404


def test_a_role_is_added_renamed_given_the_desk_and_not_removed_while_it_works(ann, office):
    page = words(send(ann, "/studio/1/stages/new-role", title="Complaints team", says="Logs what comes in."))
    assert "Nobody holds this role yet." in page
    send(ann, "/studio/1/stages/desk", desk="complaints_team")
    send(ann, "/studio/1/stages/roles/complaints_team", title="Feedback team")
    version = version_of(office)
    assert (version.desk, version.roles["complaints_team"].title) == ("complaints_team", "Feedback team")
    role = "/studio/1/stages/roles/complaints_team"
    refused = ann.post(f"{role}/remove", data=form_at(ann.get(role).text, f"{role}/remove"))
    assert refused.status_code == 409
    assert "This role works at the desk. Give that to another role first." in words(refused)
    send(ann, "/studio/1/stages/desk", desk="complaints_officer")
    ann.post(f"{role}/remove", data=form_at(ann.get(role).text, f"{role}/remove"))
    assert "complaints_team" not in version_of(office).roles
    assert ann.get("/studio/1/stages/roles/complaints_team").status_code == 404


@pytest.mark.parametrize("what", ["stage_2/remove", "times/stage_1.acknowledgement/remove", "stage_1/move"])
def test_a_button_that_does_not_say_what_was_read_takes_nothing_away(ann, office, draft, what):
    refused = ann.post(f"/studio/1/stages/{what}", data={"to": "down"})
    assert refused.status_code == 409
    assert "This has changed since you read it, so nothing is done yet." in words(refused)
    assert drafting.opened(office, 1).files == draft.files


def test_what_somebody_changed_since_it_was_read_is_not_removed_unseen(ann, as_person, office):
    address = "/studio/1/stages/stage_2/remove"
    button = form_at(ann.get(address).text, address)
    send(as_person("bea"), "/studio/1/stages/stage_2", title="Second look")
    refused = ann.post(address, data=button)
    assert refused.status_code == 409
    assert "Remove Second look?" in words(refused)
    assert version_of(office).has_stage("stage_2")


def move(browser, stage, way):
    """Press a button that moves a stage, as the page has it."""
    address = f"/studio/1/stages/{stage}/move"
    sent = {"was": re.search(r'name="was" value="(\w+)"', browser.get("/studio/1/stages").text)[1], "to": way}
    return browser.post(address, data=sent, follow_redirects=True)
