"""The contact record: what was said and sent, in and out, with the files that came with it, in one step or none."""

from __future__ import annotations

import html
import re

import pytest

from engine import steps
from engine.events import moment
from engine.store import documents, inbox
from tests.faults import caseload
from tests.web import files, office_work

TODAY = {"happened-day": "10", "happened-month": "3", "happened-year": "2026"}
CALL = {**TODAY, "direction": "in", "how": "phone", "with_whom": "Ada Lovelace", "said": "She asked when we will come."}
ASKED = {**TODAY, "of_whom": "Repairs", "what": "The job sheets.", "chase_on-day": "12", "chase_on-month": "3",
         "chase_on-year": "2026"}  # fmt: skip


def at(reference: str, fact: str = "contact_made") -> str:
    return f"/cases/{reference}/contacts/{fact}"


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def case(office, reference):
    return steps.seen_by(office, reference, office_work.person(office, "officer"), moment("2026-03-10T10:00"))


def of_case(office, reference):
    with office.database.reading() as tx:
        return documents.of_case(tx, case(office, reference).row.id)


def hidden(page) -> dict[str, str]:
    return dict(re.findall(r'name="(request_key|seen|email)" value="([^"]*)"', page.text))


def filled(page, name: str) -> str:
    """What stands in a box or between the ends of a text area."""
    found = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page.text) or re.search(
        rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', page.text, re.DOTALL
    )
    return html.unescape(found[1]) if found else ""


def chosen(page, name: str) -> list[str]:
    return [
        re.search(r'value="([^"]*)"', tag)[1]
        for tag in re.findall(rf'<input[^>]*name="{name}"[^>]*>', page.text)
        if " checked" in tag
    ]


# --- recording one --------------------------------------------------------------------------------


def test_a_call_is_recorded_in_the_words_of_whoever_took_it_and_moves_no_date(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    before = case(office, reference).standing
    answer = officer.post(at(reference), data=CALL)
    assert answer.headers["Location"] == f"/cases/{reference}"
    after = case(office, reference)
    assert (after.record[-1].name, after.record[-1].text("said")) == ("contact_made", "She asked when we will come.")
    assert {key: one.due for key, one in after.standing.ledger.deadlines.items()} == {
        key: one.due for key, one in before.ledger.deadlines.items()
    }
    assert "She asked when we will come." in text_of(officer.get(f"/cases/{reference}"))
    assert caseload.differences(office) == []


def test_files_that_come_with_a_contact_are_stored_with_it_in_one_step(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    answer = officer.post(at(reference), data=files.sent(("damp.png", files.png()), ("b.pdf", files.pdf()), **CALL))
    assert answer.status_code == 302
    number = case(office, reference).record[-1].number
    assert [(row.file_name, row.event_number) for row in of_case(office, reference)] == [
        ("damp.png", number), ("b.pdf", number),
    ]  # fmt: skip
    assert "Recorded: Record a contact, with 2 documents." in text_of(officer.get(f"/cases/{reference}"))


def test_a_refused_file_stops_the_step_is_named_beside_the_input_and_nothing_typed_is_lost(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    answer = officer.post(at(reference), data=files.sent(("damp.png", files.png()), ("b.pdf", files.PROGRAM), **CALL))
    assert answer.status_code == 400
    assert "'b.pdf': this file is called .pdf, but it is" in text_of(answer)
    assert "Choose the files again" in text_of(answer)
    assert filled(answer, "said") == "She asked when we will come."
    assert chosen(answer, "direction") == ["in"]
    assert of_case(office, reference) == []
    assert case(office, reference).record[-1].name == "stage_1.acknowledged"


def test_a_form_not_filled_says_so_and_that_files_must_be_chosen_again(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    answer = officer.post(at(reference), data=files.sent(("damp.png", files.png()), **CALL | {"said": ""}))
    assert answer.status_code == 400
    assert 'href="#answer-said"' in answer.text
    assert "Choose the files again" in text_of(answer)
    assert of_case(office, reference) == []


def test_pressed_twice_it_was_one_contact_with_one_file(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    keys = hidden(officer.get(at(reference)))
    for _ in range(2):
        given = files.sent(("damp.png", files.png()), **CALL | keys)
        assert officer.post(at(reference), data=given).status_code == 302
    assert [event.name for event in case(office, reference).record].count("contact_made") == 1
    assert len(of_case(office, reference)) == 1


def test_what_somebody_else_did_meanwhile_is_told_and_nothing_typed_is_lost(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    keys = hidden(officer.get(at(reference)))
    as_person("manager").post(at(reference), data=CALL)
    answer = officer.post(at(reference), data={**CALL, **keys, "said": "Mine"})
    assert answer.status_code == 409
    assert "Mina Manager changed this case" in text_of(answer)
    assert filled(answer, "said") == "Mine"


def test_a_contact_may_be_recorded_of_a_closed_case_but_nothing_more_is_asked_of_anybody(office, as_person):
    reference, officer = office_work.to_acknowledge(office, "2026-03-05"), as_person("officer")
    office_work.record(office, reference, "withdrawn", "2026-03-06", own_wish="yes")
    assert officer.post(at(reference), data=CALL).status_code == 302
    answer = officer.post(at(reference, "information_asked"), data=ASKED)
    assert answer.status_code == 409
    assert "The case is closed. Record what was said as a contact." in text_of(answer)


@pytest.mark.parametrize("fact", ["nonsense", "response_received", "apology_sent", "thanked", "stage_1.contact_made"])
def test_only_contacts_have_a_page_there(office, as_person, fact):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    assert officer.get(at(reference, fact)).status_code == 404
    assert officer.post(at(reference, fact), data=CALL).status_code == 404


def test_an_auditor_reads_and_who_may_not_see_the_case_finds_nothing(office, as_person):
    reference = office_work.to_answer(office, "2026-03-06", service_area="income")
    auditor = as_person("auditor")
    assert "An auditor reads every case and changes none." in text_of(auditor.get(at(reference)))
    assert auditor.post(at(reference), data=CALL).status_code == 403
    assert as_person("manager").get(at(reference)).status_code == 404


# --- what was asked, and is owed ------------------------------------------------------------------


def test_what_was_asked_of_a_team_is_to_be_done_until_it_comes(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    assert officer.get(at(reference, "information_received")).status_code == 409
    assert officer.post(at(reference, "information_asked"), data=ASKED).status_code == 302
    number = case(office, reference).record[-1].number
    page = officer.get(f"/cases/{reference}")
    assert "Chase: Repairs" in text_of(page)
    assert "due Thursday 12 March 2026" in text_of(page)
    onward = f"{at(reference, 'information_received')}?about={number}"
    assert onward in page.text
    form = officer.get(onward)
    assert chosen(form, "about") == [str(number)]
    assert "Repairs, asked on 10 March 2026: The job sheets." in text_of(form)
    given = {**TODAY, "about": str(number), "from_whom": "Repairs", "what": "Three visits were missed."}
    assert officer.post(at(reference, "information_received"), data=given).status_code == 302
    told = text_of(officer.get(f"/cases/{reference}"))
    assert "Chase: Repairs" not in told
    assert "Which request does it answer? Repairs, asked on 10 March 2026" in told


def test_what_came_must_answer_something_that_was_asked(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    officer.post(at(reference, "information_asked"), data=ASKED)
    for about in ("", "1", "99", "x"):
        given = {**TODAY, "about": about, "from_whom": "Repairs", "what": "Nothing."}
        answer = officer.post(at(reference, "information_received"), data=given)
        assert answer.status_code == 400, about
        assert "Choose what it answers" in text_of(answer)


def test_what_is_owed_stands_in_the_inbox_with_its_date_and_can_be_taken_and_given_back(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    officer.post(at(reference, "information_asked"), data=ASKED)
    manager = as_person("manager").get("/inbox/team")
    row = next(row for row in manager.text.split("<tr")[1:] if "Chase: Repairs" in row)
    assert f"{at(reference, 'information_received')}?about=" in row
    assert "12 March 2026" in row
    assert "It was asked for and has not come" in row
    assert "Nobody yet" in row
    assert "Take it" in row
    with office.database.reading() as tx:
        keys = [task.key for task in inbox.tasks_of(tx, case(office, reference).row.id)]
    owed = next(key for key in keys if key.startswith("owed."))
    assert "nobody has taken it yet; due Thursday 12 March 2026" in text_of(
        as_person("officer").get(f"/cases/{reference}")
    )
    manager, theirs = as_person("manager"), f"/cases/{reference}/tasks/{owed}"
    assert manager.post(f"{theirs}/claim", data={"back": "/inbox/mine"}).headers["Location"] == "/inbox/mine"
    mine = manager.get("/inbox/mine")
    assert "You have the task now: Chase: Repairs" in text_of(mine)
    assert "Give it back" in mine.text
    assert "Mina Manager has it" in text_of(officer.get(f"/cases/{reference}"))
    assert officer.post(f"{theirs}/claim").status_code == 409
    manager.post(f"{theirs}/release", data={"back": "/inbox/mine"})
    assert "Chase: Repairs" not in manager.get("/inbox/mine").text


def test_a_promised_update_is_due_on_its_day_and_the_call_the_resident_wants_is_owed(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06", follow_up_call="After six"), as_person("officer")
    update = {**TODAY, "said": "We are waiting for the surveyor.", "how": "phone", "next_update-day": "17",
              "next_update-month": "3", "next_update-year": "2026"}  # fmt: skip
    assert officer.post(at(reference, "update_given"), data=update).status_code == 302
    page = officer.get(f"/cases/{reference}")
    assert "due Tuesday 17 March 2026" in text_of(page)
    assert f'{at(reference, "follow_up_call_made")}"' in page.text
    assert "The resident would like us to ring" in text_of(page)
    assert officer.post(at(reference, "follow_up_call_made"), data={**TODAY, "said": "Rang."}).status_code == 302
    assert "The resident would like us to ring" not in text_of(officer.get(f"/cases/{reference}"))


def test_a_case_that_ended_is_said_to_be_closed_and_what_is_still_owed_with_it(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    officer.post(f"/cases/{reference}/record/withdrawn", data={**TODAY, "own_wish": "yes"})
    said = text_of(officer.get(f"/cases/{reference}"))
    assert (
        "The case is closed. Also to do: Confirm the withdrawal , due 17 March 2026; "
        "waiting for the Complaints officer to take it." in said
    )


# --- an e-mail ------------------------------------------------------------------------------------


def drop(officer, reference: str, content: bytes, name: str = "boiler.eml"):
    """Add an e-mail to the documents, and go where that leads."""
    return officer.post(f"/cases/{reference}/documents", data=files.sent((name, content)), follow_redirects=True)


def test_an_email_fills_the_form_with_its_date_its_sender_and_its_words(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    page = drop(officer, reference, files.eml())
    assert page.request.path == at(reference)
    assert chosen(page, "direction") == ["in"]
    assert chosen(page, "how") == ["email"]
    assert filled(page, "with_whom") == "Ada Lovelace (ada@example.org)"
    assert filled(page, "said").split() == ["The", "boiler", "again", "Nobody", "came", "on", "Monday", "either."]
    assert [filled(page, f"happened-{part}") for part in ("day", "month", "year", "time")] == [
        "9",
        "3",
        "2026",
        "14:05",
    ]


def test_an_email_of_ours_is_one_that_went_out(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06", email="ada@example.org"), as_person("officer")
    page = drop(officer, reference, files.eml(sender="Chidi <officer@example.org>", to="Ada <ada@example.org>"))
    assert chosen(page, "direction") == ["out"]
    assert "ada@example.org" in filled(page, "with_whom")


def test_on_recording_the_email_and_what_may_be_kept_of_its_attachments_stand_with_the_contact(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    content = files.eml(attached=(("damp.png", files.png()), ("virus.exe", files.PROGRAM)))
    page = drop(officer, reference, content)
    assert "These attachments are stored with it: damp.png" in text_of(page)
    assert "These are not stored by themselves. The e-mail still holds them." in text_of(page)
    assert "A file called .exe is not accepted." in text_of(page)
    officer_says = {**CALL, "how": "email", **hidden(page)}
    assert officer.post(at(reference), data=officer_says).status_code == 302
    number = case(office, reference).record[-1].number
    kept = {(row.kind, row.file_name) for row in of_case(office, reference) if row.event_number == number}
    assert kept == {("email", "boiler.eml"), ("attachment", "damp.png")}
    assert text_of(officer.get(f"/cases/{reference}/documents")).count("boiler.eml") == 1


def test_an_email_not_yet_recorded_is_said_to_be_so_and_leads_to_its_form(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    drop(officer, reference, files.eml())
    (row,) = of_case(office, reference)
    assert "Not recorded as a contact yet" in text_of(officer.get(f"/cases/{reference}/documents"))
    assert f"{at(reference)}?email={row.id}" in officer.get(f"/cases/{reference}/documents/{row.id}").text


@pytest.mark.parametrize("email", ["x", "-1", "9" * 30, "0", "\u0661"])
def test_an_email_that_is_none_of_the_case_fills_nothing(office, as_person, email):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    assert filled(officer.get(at(reference), query_string={"email": email}), "said") == ""
    assert officer.post(at(reference), data={**CALL, "email": email}).status_code == 302


def test_an_email_of_another_case_fills_nothing(office, as_person):
    mine, theirs = (office_work.to_answer(office, "2026-03-06") for _ in range(2))
    officer = as_person("officer")
    drop(officer, theirs, files.eml())
    (row,) = of_case(office, theirs)
    assert filled(officer.get(at(mine), query_string={"email": row.id}), "said") == ""


def test_a_very_long_email_is_shortened_in_the_form_and_kept_whole(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    page = drop(officer, reference, files.eml(text="A long story. " * 3_000))
    assert "It stands whole among the documents" in filled(page, "said")
    assert len(filled(page, "said")) <= 20_000
    assert of_case(office, reference)[0].size > 40_000


def test_every_page_of_a_contact_is_valid_html(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    officer.post(at(reference, "information_asked"), data=ASKED)
    for fact in ("contact_made", "information_asked", "information_received", "update_given", "follow_up_call_made"):
        office_work.assert_valid(officer.get(at(reference, fact)).text)
        office_work.assert_valid(officer.post(at(reference, fact), data={}).text)
    office_work.assert_valid(drop(officer, reference, files.eml(attached=(("a.exe", b"MZ"),))).text)
    for path in ("", f"/{of_case(office, reference)[0].id}"):
        office_work.assert_valid(officer.get(f"/cases/{reference}/documents{path}").text)
