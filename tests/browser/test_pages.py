"""Every page for each kind of person, empty and filled, and what stands where nothing is."""

from __future__ import annotations

SEH = "South Essex Homes"
INBOXES = ("/inbox", "/inbox/mine", "/inbox/team", "/inbox/all", "/inbox/held")


def test_the_pages_of_an_office_where_nothing_happened_yet(sign_in):
    chidi = sign_in("chidi")
    for path in (*INBOXES, "/cases", "/cases?q=nobody", "/inbox/all?q=nobody", "/policies", "/account"):
        chidi.go(path)
    chidi.go("/policies")
    versions = chidi.page.locator("main a[href^='/policies/']").evaluate_all("all => all.map(one => one.pathname)")
    assert sum(one.count("/") == 3 and not one.endswith("/moves") for one in set(versions)) == 5
    for path in versions:
        chidi.go(path)


def test_a_page_that_is_not_there_says_so_in_the_same_dress(sign_in):
    chidi = sign_in("chidi")
    for path in ("/nowhere", "/cases/SEH-2024-99999", "/policies/nobody/never"):
        chidi.go(path)
        assert chidi.answer.status == 404
        assert chidi.page.get_by_role("link", name="Inbox").count() == 1


def test_signing_in_with_a_wrong_password_says_so(sign_in):
    chidi = sign_in("chidi")
    chidi.press("Sign out")
    assert "You have signed out." in chidi.told
    chidi.sign_in("chidi", "not the password at all")
    assert chidi.problems == ["The sign-in name or the password is not right"]


def test_the_administrator_adds_a_person_gives_a_role_and_reads_no_case(sign_in):
    case = sign_in("chidi").log_complaint(SEH)
    admin = sign_in("admin")
    assert admin.heading == "People"
    admin.go("/inbox")
    assert admin.answer.status in (200, 403)
    for path in ("/people", "/people/areas", "/people/add"):
        admin.go(path)
    admin.press("Add the person")
    assert admin.problems
    admin.fill({"Name": "Nia Rees", "Sign-in name": "nia", "E-mail address": "nia@example.org"})
    admin.fill({"What does this person do?": "Works on complaints, in the roles given afterwards"})
    admin.press("Add the person")
    assert "Nia Rees" in admin.text
    admin.go("/people")
    admin.follow("Nia Rees")
    admin.page.locator("#role").select_option(label="Complaints officer, South Essex Homes")
    admin.press("Give the role")
    assert "Complaints officer" in admin.row("Complaints officer")
    admin.case(case)
    assert admin.answer.status in (403, 404)


def test_the_auditor_reads_every_page_of_a_case_and_changes_nothing(sign_in):
    case = sign_in("chidi").log_complaint(SEH)
    auditor = sign_in("auditor")
    for path in (*INBOXES, "/cases"):
        auditor.go(path)
    auditor.case(case)
    assert "You read every case and change none." in auditor.text
    auditor.open_task(case, "Decide what this is")
    assert "An auditor reads every case and changes none." in auditor.text


def test_private_details_are_shown_only_when_asked_for(sign_in):
    chidi = sign_in("chidi")
    question = "Is there anything about your situation you would like us to bear in mind?"
    chidi.preview_complaint(SEH, "2024-06-03", **{question.replace(" ", "_"): "I cannot climb stairs."})
    chidi.save_complaint()
    assert "I cannot climb stairs." not in chidi.text
    chidi.press("Show private details")
    assert "I cannot climb stairs." in chidi.text


def test_a_list_can_be_searched_and_cleared(sign_in):
    chidi = sign_in("chidi")
    case = chidi.log_complaint(SEH)
    for path in ("/cases?status=open&q=lovelace", "/inbox/team?due=soon", "/inbox/all?q=engine"):
        chidi.go(path)
        assert chidi.answer.ok
        chidi.follow("Clear all")
        assert case in chidi.text
