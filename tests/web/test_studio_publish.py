"""From a draft to a version through the pages: asked for, approved by somebody else, published, withdrawn. Each refusal
is a sentence, and nobody does both."""

from datetime import UTC, datetime

import pytest

from engine import drafting
from engine.office import refreshed
from engine.rights import AUTHOR
from engine.store import people
from engine.store.people import GrantRow
from tests.web.office_work import log
from tests.web.studio_work import POLICY, add_approver, form_at, send, words

PAGE = "/studio/1/publish"
APPROVAL = {"body": "The Housing Committee", "minute": "Minute 14 of 3 March 2026"}


@pytest.fixture
def ann(draft, as_person):
    return as_person("ann")


@pytest.fixture
def cora(draft, office, as_person):
    add_approver(office)
    return as_person("cora")


def press(browser, what, **sent):
    """Press the button of a form of the page, with what stands in it."""
    filled = form_at(browser.get(PAGE).text, f"{PAGE}/{what}") | sent
    return browser.post(f"{PAGE}/{what}", data=filled, follow_redirects=True)


def state(office):
    return drafting.opened(office, 1).row.state


def test_a_version_is_written_by_one_approved_by_another_and_governs_from_its_day(ann, cora, office, as_person):
    page = words(ann.get(PAGE))
    assert "will govern complaints received from 1 April 2026." in page
    assert "It has no problems, and all" in page
    assert "Approval is asked for." in words(press(ann, "ask"))
    page = words(cora.get(PAGE))
    assert "Ann Author asked for approval" in page
    assert "Name of the version: two-stage-2024 becomes two-stage-2026." in page
    assert "It can be published now" in words(press(cora, "approve", **APPROVAL))
    assert "Approved by The Housing Committee (Minute 14 of 3 March 2026)" in words(ann.get(PAGE))
    page = words(press(ann, "now"))
    assert "governs complaints received from 1 April 2026. Cases already logged stay where they are." in page
    assert state(office) == "published"
    assert ann.get(f"/policies/{POLICY}/two-stage-2026").status_code == 200


def test_an_author_who_may_approve_too_does_not_approve_what_they_changed(ann, office, as_person):
    add_approver(office, "dora", "Dora Both", also=AUTHOR)
    dora = as_person("dora")
    send(dora, "/studio/1/stages/stage_1", title="First stage")
    press(ann, "ask")
    assert "You have changed something in this draft, so somebody else has to approve it." in words(dora.get(PAGE))
    answer = dora.post(f"{PAGE}/approve", data=APPROVAL)
    assert answer.status_code == 409
    assert "Dora Both wrote some of this draft." in words(answer)
    assert state(office) == "asked"


def test_without_body_and_minute_nothing_is_approved(ann, cora, office):
    press(ann, "ask")
    answer = press(cora, "approve", body="The Board")
    assert answer.status_code == 400
    assert "Enter the minute or the decision it stands in" in words(answer)
    assert 'value="The Board"' in answer.text
    assert state(office) == "asked"


def test_what_was_changed_after_it_was_read_is_not_approved(ann, cora, office):
    press(ann, "ask")
    filled = form_at(cora.get(PAGE).text, f"{PAGE}/approve") | APPROVAL
    press(ann, "take-back")
    send(ann, "/studio/1/stages/stage_1", title="First stage")
    press(ann, "ask")
    answer = cora.post(f"{PAGE}/approve", data=filled)
    assert answer.status_code == 409
    assert "The draft is no longer what you had before you." in words(answer)


def test_it_is_sent_back_with_what_should_be_changed(ann, cora, office):
    press(ann, "ask")
    assert press(cora, "send-back").status_code == 400
    press(cora, "send-back", reason="Say in the title that it is the third edition.")
    page = words(ann.get(PAGE))
    assert "It was sent back Cora Approver: Say in the title that it is the third edition." in page
    assert state(office) == "drafting"


def test_a_draft_with_a_problem_or_a_failing_example_is_not_asked_about(ann, office):
    send(ann, "/studio/1/stages/times/stage_1.acknowledgement", count="3")
    page = words(ann.get(PAGE))
    assert "It cannot be published yet:" in page
    assert "A late acknowledgement moves the answer, and the earlier date is kept" in page
    answer = ann.post(f"{PAGE}/ask")
    assert answer.status_code == 409
    assert "examples of the draft fail" in words(answer)
    assert state(office) == "drafting"


def test_a_day_in_the_past_needs_a_reason(ann, cora, office, clock):
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    clock.now = datetime(2026, 4, 20, 9, tzinfo=UTC)
    answer = press(ann, "now")
    assert answer.status_code == 400
    assert "1 April 2026 is in the past." in words(answer)
    page = words(press(ann, "now", in_force_from_reason="The minute names 1 April."))
    assert "governs complaints received from 1 April 2026" in page


def test_the_day_and_the_title_are_changed_before_approval_is_asked_for(ann, office):
    sent = {
        "in_force_from-day": "1",
        "in_force_from-month": "6",
        "in_force_from-year": "2026",
        "title": "Third edition",
    }
    page = words(send(ann, f"{PAGE}/day", **sent))
    assert "1 April 2026 becomes 1 June 2026" in page
    assert "“Third edition” will govern complaints received from 1 June 2026." in words(ann.get(PAGE))
    wrong = send(ann, f"{PAGE}/day", **sent | {"in_force_from-month": "13"})
    assert wrong.status_code == 400
    assert "Enter a real date" in words(wrong)


def test_two_versions_from_one_day_are_refused(ann, office):
    day = {"in_force_from-day": "1", "in_force_from-month": "4", "in_force_from-year": "2024"}
    send(ann, f"{PAGE}/day", **day)
    assert "It cannot be published yet: it has 1 problem" in words(ann.get(PAGE))
    assert ann.post(f"{PAGE}/ask").status_code == 409
    assert state(office) == "drafting"


def test_a_draft_is_discarded_after_asking_and_its_name_is_free_again(ann, office):
    assert "Discard this draft?" in words(ann.get(f"{PAGE}/discard"))
    assert "is discarded. Nothing has changed for anybody." in words(send(ann, f"{PAGE}/discard"))
    assert state(office) == "discarded"
    assert 'value="two-stage-2026"' in ann.get(f"/studio/new/{POLICY}/two-stage-2024").text


def test_a_published_version_that_no_case_uses_is_withdrawn_with_a_reason(ann, cora, office):
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    press(ann, "now")
    address = f"/studio/withdraw/{POLICY}/two-stage-2026"
    assert cora.post(address).status_code == 400
    assert "is withdrawn: it governs nothing from now on." in words(send(cora, address, reason="Adopted in error."))
    refused = cora.post(f"/studio/withdraw/{POLICY}/two-stage-2024", data={"reason": "Gone."})
    assert refused.status_code == 409
    assert "It is the only version of this policy" in words(refused)


@pytest.mark.parametrize("who", ["officer", "admin"])
def test_who_has_no_role_in_the_studio_sees_none_of_it(draft, as_person, who):
    browser = as_person(who)
    for address in ("/studio", "/studio/1", PAGE, f"/studio/new/{POLICY}/two-stage-2024"):
        assert browser.get(address).status_code == 403
    assert "Policy studio" not in browser.get("/policies").text


def test_the_auditor_reads_a_draft_and_changes_nothing(draft, as_person, office):
    auditor = as_person("auditor")
    for address in ("/studio", "/studio/1", "/studio/1/stages", "/studio/1/text", "/studio/1/problems", PAGE):
        assert auditor.get(address).status_code == 200
    for what in ("ask", "take-back", "send-back", "approve", "now", "discard", "day"):
        assert auditor.post(f"{PAGE}/{what}", data=APPROVAL).status_code == 403
    assert "<textarea" not in auditor.get("/studio/1/text").text
    assert state(office) == "drafting"


def test_the_administrator_gives_the_roles_of_the_studio_for_a_whole_policy(as_person, office):
    admin = as_person("admin")
    with office.database.reading() as tx:
        officer = people.person_by_sign_in(tx, "officer").id
    page = f"/people/{officer}"
    assert "Policy author, The council" in admin.get(page).text
    refused = admin.post(f"{page}/roles", data={"role": f"{POLICY}:{AUTHOR}", "area": "repairs"})
    assert refused.status_code == 400
    assert "A role of the policy studio is for the whole policy." in words(refused)
    admin.post(f"{page}/roles", data={"role": f"{POLICY}:{AUTHOR}", "area": ""})
    assert "Policy author, The council" in words(admin.get(page))
    browser = as_person("officer")
    assert browser.get("/studio").status_code == 200
    assert "The council" not in words(browser.get("/complaints/new"))


def test_a_later_version_that_takes_over_is_told_before_and_after(ann, cora, office):
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    press(cora, "now")
    day = {"in_force_from-day": "20", "in_force_from-month": "3", "in_force_from-year": "2026"}
    begun = send(ann, f"/studio/new/{POLICY}/two-stage-2024", version="two-stage-march", title="In between", **day)
    assert begun.status_code in (200, 302)
    page = words(ann.get("/studio/2/publish"))
    assert "It governs until 31 March 2026:" in page
    assert "(two-stage-2026) takes over the next day. It is no copy of this one" in page


def test_a_draft_that_waits_for_approval_says_on_every_page_that_it_cannot_be_changed(ann, office):
    sent = form_at(ann.get("/studio/1/stages/stage_1").text, "/studio/1/stages/stage_1") | {"title": "First stage"}
    press(ann, "ask")
    assert "This draft waits for approval: nothing in it can be changed now." in words(ann.get("/studio/1/stages"))
    refused = ann.post("/studio/1/stages/stage_1", data=sent)
    assert refused.status_code == 409
    assert "Save what stands below as mine" not in refused.text
    assert state(office) == "asked"


def test_a_version_that_a_case_uses_is_nowhere_offered_to_be_withdrawn(ann, cora, office, clock):
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    press(cora, "now")
    address = f"/studio/withdraw/{POLICY}/two-stage-2026"
    offered = "Withdraw this version , as long as no case uses it."
    assert offered in words(cora.get(PAGE))
    assert offered not in words(ann.get(PAGE))
    assert f'href="{address}"' in cora.get(f"/policies/{POLICY}").text
    clock.now = datetime(2026, 4, 2, 9, tzinfo=UTC)
    with office.database.writing() as tx:
        officer = people.person_by_sign_in(tx, "officer").id
        people.give_grant(tx, officer, given=GrantRow(POLICY, "complaints_officer"))
    log(refreshed(office), "2026-04-02", policy=POLICY)
    stays = "cannot be withdrawn. A case is governed by it. A version that a case uses stays, whatever comes after it."
    for page in (PAGE, f"/policies/{POLICY}", address):
        assert stays in words(cora.get(page))
        assert f'action="{address}"' not in cora.get(page).text
        assert f'href="{address}"' not in cora.get(page).text
    assert cora.post(address, data={"reason": "Gone."}).status_code == 409


def test_a_role_nobody_holds_is_named_before_and_after_and_given_once_the_draft_is_approved(
    ann, cora, office, as_person
):
    admin = as_person("admin")
    with office.database.reading() as tx:
        officer = people.person_by_sign_in(tx, "officer").id
    give, role = f"/people/{officer}/roles", {"role": f"{POLICY}:panel_member", "area": ""}
    send(ann, "/studio/1/stages/new-role", title="Panel member", says="Sits on the panel.")
    page = words(ann.get(PAGE))
    assert "Panel member" in page[page.index("Nobody holds these roles yet") :]
    assert "from the moment this draft is approved, on the page People" in page
    assert admin.post(give, data=role).status_code == 400
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    assert "Panel member (of an approved draft), The council" in words(admin.get(f"/people/{officer}"))
    assert "Panel member, The council" in words(admin.get("/people"))
    published = words(press(cora, "now"))
    assert "“Panel member” yet: ask an administrator." in published
    assert "has the role now" in words(admin.post(give, data=role, follow_redirects=True))
    assert "Panel member, The council: all areas" in words(admin.get(f"/people/{officer}"))
    page = words(ann.get(PAGE))
    assert "Panel member" not in page[page.index("Nobody holds") :]


def test_how_long_publishing_takes_is_said_beside_its_button(ann, cora):
    press(ann, "ask")
    press(cora, "approve", **APPROVAL)
    page = ann.get(PAGE).text
    assert "This runs all its examples once more and takes up to half a minute." in page
    assert 'data-module="redress-busy" data-busy="Publishing…"' in page


def test_examples_that_a_change_made_untrue_are_explained_with_what_one_button_does(ann):
    page = words(send(ann, "/studio/1/stages/times/stage_1.acknowledgement", count="3"))
    assert "come otherwise than expected now. They still say what the policy said before" in page
    assert "one button there updates them." in page
    assert "Update these examples" in words(ann.get("/studio/1/examples"))
