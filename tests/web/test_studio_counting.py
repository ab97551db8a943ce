"""How days are counted, changed in a form: which calendar, the day of receipt, the first day, and when an answer is
received. Only what was changed is written, and What changed says it in words."""

import pytest

from engine import draft_library, drafting
from tests.web.studio_work import form_at, send, words

COUNTING = "/studio/1/stages/counting"


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


def version_of(office):
    opened = drafting.opened(office, 1)
    return draft_library.checked(office, opened.files, opened.key).version


def test_the_page_of_stages_says_how_days_are_counted_and_leads_to_the_form(ann):
    page = ann.get("/studio/1/stages")
    assert "The day a complaint arrives is the day of receipt, whatever the hour." in words(page)
    assert f'href="{COUNTING}"' in page.text
    form = ann.get(COUNTING).text
    assert 'value="england" checked' in form
    assert 'value="arrival" checked' in form
    assert 'value="post" checked' in form


def test_closing_time_moves_what_comes_late_to_the_next_working_day(ann, office):
    page = words(send(ann, COUNTING, receipt="closing", closes="16.30"))
    assert "Day of receipt: “day of arrival” becomes “next working day after 16:30”." in page
    assert f"{version_of(office).receipt.deemed_after:%H:%M}" == "16:30"
    stages = words(ann.get("/studio/1/stages"))
    assert "What arrives after 16:30, or on a day off, counts from the next working day." in stages
    assert "day of arrival" in words(ann.get("/studio/1/changes"))


def test_the_first_day_counts_and_an_answer_by_post_is_there_the_same_day(ann, office):
    page = words(send(ann, COUNTING, first="the first day counts", later=[]))
    assert version_of(office).first_day_counts
    assert version_of(office).delivery["post"] == "same day"
    assert "First day counted" in page
    assert "When an answer counts as received, sent by post" in page or "sent by" in page


def test_what_is_saved_as_it_stood_changes_no_byte(ann, office, draft):
    later = [one for one, when in version_of(office).delivery.items() if when != "same day"]
    assert "It says what it said before." in words(send(ann, COUNTING, later=later))
    assert drafting.opened(office, 1).files == draft.files


def test_a_closing_time_that_is_none_is_told_at_its_field(ann, office, draft):
    answer = send(ann, COUNTING, receipt="closing", closes="teatime")
    assert answer.status_code == 400
    assert "Enter a time such as 17:00" in words(answer)
    assert 'value="teatime"' in answer.text
    assert ann.post(COUNTING, data={}).status_code == 409
    assert drafting.opened(office, 1).files == draft.files


def test_two_people_at_how_days_are_counted_never_overwrite_each_other(ann, as_person, office):
    sent = form_at(ann.get(COUNTING).text, COUNTING)
    send(as_person("bea"), COUNTING, receipt="closing", closes="17:00")
    refused = ann.post(COUNTING, data=sent | {"first": "the first day counts"})
    assert refused.status_code == 409
    assert "while you had it open. It is now: What arrives after 17:00" in words(refused)
    assert not version_of(office).first_day_counts
