"""A letter is written, seen as the resident will see it, and sent; what it lacks stops it, and nothing is lost."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest

from engine import steps, writing
from engine.events import moment
from engine.store import documents, drafts, outbox
from engine.store.people import GrantRow, give_grant
from tests.web import office_work
from web import letter_steps

ACKNOWLEDGE = "stage_1.acknowledge"
BY_EMAIL = {"channel": "email", "to": "ada@example.org"}
TODAY = "2026-03-10"


def written_at(reference: str, step: str = ACKNOWLEDGE) -> str:
    is_task = step.endswith(("acknowledge", "respond", "decide_late_request"))
    return f"/cases/{reference}/{'tasks' if is_task else 'record'}/{step}"


def preview_of(reference: str, step: str = ACKNOWLEDGE) -> str:
    return f"/cases/{reference}/letters/{step}"


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def record(office, reference):
    who = office_work.person(office, "officer")
    return steps.seen_by(office, reference, who, moment("2026-03-10T10:00")).record


def put_out(office, reference):
    with office.database.reading() as tx:
        return [one for one in outbox.of_case(tx, row_of(office, reference)) if one.kind == "letter"]


def row_of(office, reference) -> int:
    who = office_work.person(office, "officer")
    return steps.seen_by(office, reference, who, moment("2026-03-10T10:00")).row.id


@pytest.fixture
def reference(office):
    return office_work.to_acknowledge(office, "2026-03-06", email="ada@example.net")


def acknowledged(browser, reference, **other):
    """Written as far as its preview."""
    given = {**office_work.ACKNOWLEDGED, **other}
    return browser.get(office_work.write(browser, written_at(reference), **given).headers["Location"])


def test_a_letter_is_previewed_as_the_resident_will_see_it(as_person, reference):
    page = said(acknowledged(as_person("officer"), reference))
    for words in (
        "South Essex Homes Civic Centre",
        "Ada Lovelace 12 Engine Row SS1 1AA",
        f"10 March 2026 Our reference: {reference}",
        f"We have your complaint {reference}",
        "Dear Ada Lovelace",
        "A boiler that does not work.",
        "We will send you our full answer by 24 March 2026.",
        "Housing Ombudsman Service",
        "Yours sincerely Chidi Officer Complaints officer, South Essex Homes",
    ):
        assert words in page, words
    assert "Nothing is missing." in page


def test_sending_by_email_records_the_event_keeps_the_letter_and_puts_it_out_once(office, as_person, reference):
    officer = as_person("officer")
    acknowledged(officer, reference)
    assert office_work.send(officer, preview_of(reference)).headers["Location"] == f"/cases/{reference}"
    event = record(office, reference)[-1]
    assert event.name == "stage_1.acknowledged"
    assert (event.text("channel"), event.text("sent_to"), event.text("promised")) == (
        *("email", "ada@example.org"),
        "2026-03-24",
    )
    (mail,) = put_out(office, reference)
    assert (mail.payload["to"], mail.payload["document"]) == ("ada@example.org", event.text("letter_sha256"))
    with office.database.reading() as tx:
        kept = documents.of_case(tx, row_of(office, reference))
        assert [one.sha256 for one in kept if one.kind == "letter"] == [event.text("letter_sha256")]
        assert drafts.draft_of(tx, row_of(office, reference), ACKNOWLEDGE) is None
    assert "The letter goes by e-mail to ada@example.org. Next: Stage 1: investigate and answer" in said(
        officer.get("/account")
    )


def test_pressed_twice_one_letter_goes(office, as_person, reference):
    officer = as_person("officer")
    sent = BY_EMAIL | office_work.hidden(acknowledged(officer, reference).text)
    answers = [officer.post(f"{preview_of(reference)}/send", data=sent) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/cases/{reference}"] * 2
    assert len(put_out(office, reference)) == 1
    assert [event.name for event in record(office, reference)].count("stage_1.acknowledged") == 1
    late = officer.post(f"{preview_of(reference)}/send", data=sent | {"request_key": "k" * 20})
    assert late.status_code == 409
    assert "Whoever had it may have sent it" in said(late)


def test_a_letter_with_an_empty_required_part_does_not_go_and_says_which(office, as_person, reference):
    officer = as_person("officer")
    answer = acknowledged(officer, reference, advocacy="")
    page = said(answer)
    assert "The letter cannot go yet" in page
    assert "The letter lacks the advocacy services that can help." in page
    assert "The advocacy services that can help Empty Fill in" in page
    assert "The case reference There" in page
    assert f'href="{written_at(reference)}#answer-advocacy"' in answer.text
    assert "Send it</button>" not in answer.text
    refused = office_work.send(officer, preview_of(reference))
    assert refused.status_code == 409
    assert "The letter lacks the advocacy services that can help." in said(refused)
    assert record(office, reference)[-1].name == "triaged"


def test_what_only_the_form_asks_for_stops_it_too(as_person, office):
    reference = office_work.to_answer(office, "2026-03-06")
    given = {name: value for name, value in office_work.ANSWERED.items() if name != "lesson"}
    manager, path = as_person("manager"), written_at(reference, "stage_1.respond")
    answer = manager.get(office_work.write(manager, path, **given).headers["Location"])
    assert f'href="{path}#answer-lesson"' in answer.text
    assert "The letter cannot go yet" in said(answer)


def test_an_optional_part_that_is_empty_is_left_out_and_can_be_filled_in(as_person, reference):
    officer = as_person("officer")
    answer = acknowledged(officer, reference, outcomes_sought="")
    assert "What you would like to happen" not in answer.text
    assert "The outcome the resident would like, where we know it Left out Comes in if you fill in" in said(answer)
    assert office_work.send(officer, preview_of(reference)).status_code == 302


def test_what_is_filled_in_says_where_it_came_from(as_person, reference):
    page = said(as_person("officer").get(written_at(reference)))
    assert "Filled in from the case: read it, and change what is not right" in page
    begins = (
        "\u201cOur understanding of the complaint\u201d begins with what stands under \u201cWhat has happened\u201d"
    )
    assert f"{begins} in \u201cComplaint received\u201d of 6 March 2026." in page


def test_the_second_acknowledgement_begins_with_what_the_first_said(office, as_person, reference):
    office_work.complete(office, reference, ACKNOWLEDGE, "2026-03-06", **office_work.ACKNOWLEDGED)
    office_work.complete(office, reference, "stage_1.respond", "2026-03-06", who="manager", **office_work.ANSWERED)
    office_work.record(office, reference, "stage_2.requested", "2026-03-09", reasons="It is cold again.")
    page = said(as_person("officer").get(written_at(reference, "stage_2.acknowledge")))
    for words in ("It is cold again.", office_work.ACKNOWLEDGED["responsible_for"], "Citizens Advice, 0808 223 1133."):
        assert words in page
    assert office_work.ACKNOWLEDGED["understanding"] not in page


def test_what_a_letter_says_or_its_sending_answers_no_page_asks(office):
    books = [one.book for one in office.shelved.values()]
    forms = [letter_steps.written_form(book, name, going) for book in books for name, going in book.outgoing.items()]
    asked = {field.name for form in forms for field in form.fields}
    assert {"understanding", "decision", "to", "reasons"} <= asked
    assert not asked & {*writing.ALWAYS_SAID, "channel", "approved_by", "apology"}


def test_what_the_letter_must_say_is_not_called_optional(as_person, reference):
    page = said(as_person("officer").get(written_at(reference)))
    assert "Which advocacy or advice services can help the resident? The resident" in page
    assert "What the resident would like to happen (optional)" in page


def test_a_letter_kept_for_later_is_there_later_and_says_who_saved_it(office, as_person, reference, clock):
    officer = as_person("officer")
    kept = office_work.write(officer, written_at(reference), understanding="Half a thought", then="later")
    assert kept.headers["Location"] == written_at(reference)
    assert record(office, reference)[-1].name == "triaged"
    clock.now = moment("2026-03-11T10:00")
    with office.database.writing() as tx:
        manager = office_work.person(office, "manager")
        give_grant(tx, int(manager.id), given=GrantRow(office_work.POLICY, "complaints_officer"))
    page = as_person("manager").get(written_at(reference))
    assert "Half a thought" in page.text
    assert "Chidi Officer saved this letter on 10 March 2026 at 9:30am. It has not gone." in said(page)
    assert "Filled in from the case" not in page.text


def test_a_letter_whose_step_is_over_stays_for_who_wrote_it_and_waits_for_nobody(office, as_person, reference):
    officer, manager = as_person("officer"), as_person("manager")
    page = f"/cases/{reference}"
    assert "Letters being written" not in said(officer.get(page))
    office_work.write(officer, written_at(reference), understanding="Half a thought", then="later")
    for reader, whose in ((officer, "you"), (manager, "Chidi Officer")):
        told = said(reader.get(page))
        assert f"Stage 1: acknowledge the complaint : {whose} saved it on 10 March 2026" in told
        assert "; it has not gone." in told
    office_work.record(office, reference, "withdrawn", "2026-03-10T09:30")
    assert "it can no longer go, for the case has moved on. Read it, or throw it away." in said(officer.get(page))
    assert "Letters being written" not in said(manager.get(page))
    kept = officer.get(preview_of(reference))
    assert "Half a thought" in said(kept)
    officer.post(f"{preview_of(reference)}/discard", data=office_work.hidden(kept.text))
    assert "Letters being written" not in said(officer.get(page))


def test_where_nobody_else_may_approve_the_page_says_who_can_change_that(office, as_person):
    reference = office_work.to_answer(office, "2026-03-03")
    manager = as_person("manager")
    given = {"reason": "A part is on order.", "good_reason": "It is made to order.", "update_interval": "Every Friday."}
    given |= office_work.on("2026-03-13", "next_update")
    path = f"/cases/{reference}/record/stage_1.extension_given"
    preview = office_work.write(manager, path, **given, **office_work.on("2026-04-30", "to")).headers["Location"]
    page = manager.get(preview)
    assert "Somebody else must approve this letter before it goes: Head of" in said(page)
    assert "so nobody can approve the letter" in said(page)
    assert "ask whoever looks after people and roles here: " in said(page)
    assert "Ask for approval" not in said(page)
    asked = office_work.hidden(page.text) | {"role": "head_of_service"}
    assert manager.post(f"{preview}/approval", data=asked).status_code == 409


@pytest.fixture
def asked(office, as_person):
    """A letter past the limit, written by the manager, for which approval is asked; where it is previewed."""
    with office.database.writing() as tx:
        officer = office_work.person(office, "officer")
        give_grant(tx, int(officer.id), given=GrantRow(office_work.POLICY, "head_of_service"))
    reference, manager = office_work.to_answer(office, "2026-03-03"), as_person("manager")
    given = {"reason": "A part is on order.", "good_reason": "It is made to order.", "update_interval": "Every Friday."}
    given |= office_work.on("2026-03-13", "next_update")
    path = f"/cases/{reference}/record/stage_1.extension_given"
    preview = office_work.write(manager, path, **given, **office_work.on("2026-04-30", "to")).headers["Location"]
    hidden = office_work.hidden(manager.get(preview).text)
    assert manager.post(f"{preview}/approval", data=hidden | {"role": "head_of_service"}).status_code == 302
    return preview


def test_who_is_asked_reads_who_asks_when_and_for_what(as_person, asked):
    officer = as_person("officer")
    page = officer.get(asked)
    assert "Mina Manager asked on 10 March 2026 at 9:30am that you, as Head of" in said(page)
    assert "Stage 1: give an extension Read the letter, and approve it or send it back" in said(page)
    assert "ask for approval" not in said(page)
    office_work.assert_valid(page.text)
    assert "1 letter waits for your approval" in said(officer.get("/inbox/mine"))


def test_the_writer_reads_at_the_top_who_approved_it_and_when(as_person, asked):
    officer, manager = as_person("officer"), as_person("manager")
    assert "You asked for approval on 10 March 2026 at 9:30am." in said(manager.get(asked))
    officer.post(f"{asked}/approve", data=office_work.hidden(officer.get(asked).text))
    page = said(manager.get(asked))
    assert "Chidi Officer approved this letter on 10 March 2026 at 9:30am." in page
    assert page.index("Chidi Officer approved") < page.index("Nothing is missing. Read it to the end, and send it")


def test_a_letter_is_sent_back_with_what_is_to_be_changed_and_its_writer_is_told(as_person, asked):
    officer, manager = as_person("officer"), as_person("manager")
    hidden = office_work.hidden(officer.get(asked).text)
    nothing_said = officer.post(f"{asked}/back", data=hidden)
    assert nothing_said.status_code == 400
    assert "Say what is to be changed" in said(nothing_said)
    assert officer.post(f"{asked}/back", data=hidden | {"note": "Say who comes."}).status_code == 302
    assert "1 letter of yours was sent back to be changed" in said(manager.get("/inbox/mine"))
    page = said(manager.get(asked))
    assert "Chidi Officer sent it back on 10 March 2026 at 9:30am: Say who comes." in page
    assert "ask for approval" in page
    assert officer.post(f"{asked}/approve", data=hidden).status_code == 409


def test_nobody_sends_back_a_letter_that_is_not_theirs_to_approve(as_person, asked):
    manager = as_person("manager")
    data = office_work.hidden(manager.get(asked).text) | {"note": "No."}
    assert manager.post(f"{asked}/back", data=data).status_code == 409


def test_the_checklist_names_documents_and_no_ids_of_rules(as_person, reference):
    page = acknowledged(as_person("officer"), reference)
    cited = re.findall(r'redress-citation">([^<]+)<', page.text)
    assert any("Complaint Handling Code" in one for one in cited)
    assert not [one for one in cited if re.search(r"[A-Z]{2,}\d*-[A-Z]+", one)]


def test_whoever_saves_over_newer_words_is_told_first_and_loses_nothing(office, as_person, reference):
    with office.database.writing() as tx:
        manager = office_work.person(office, "manager")
        give_grant(tx, int(manager.id), given=GrantRow(office_work.POLICY, "complaints_officer"))
    officer, manager = as_person("officer"), as_person("manager")
    old = office_work.hidden(officer.get(written_at(reference)).text)
    office_work.write(manager, written_at(reference), understanding="Mina's words")
    given = {**office_work.on(TODAY, "letter_date"), "understanding": "Chidi's words", "then": "preview"}
    answer = officer.post(written_at(reference), data=given | old)
    assert answer.status_code == 409
    assert "Mina Manager saved this letter on 10 March 2026 at 9:30am, while you had it open." in said(answer)
    assert "Chidi&#39;s words" in answer.text
    again = officer.post(written_at(reference), data=given | office_work.hidden(answer.text))
    assert again.status_code == 302
    assert "Chidi&#39;s words" in officer.get(again.headers["Location"]).text


def test_a_letter_changed_since_it_was_read_does_not_go(office, as_person, reference):
    officer = as_person("officer")
    read = BY_EMAIL | office_work.hidden(acknowledged(officer, reference).text)
    acknowledged(officer, reference, understanding="Other words.")
    answer = officer.post(f"{preview_of(reference)}/send", data=read)
    assert answer.status_code == 409
    assert "Other words." in answer.text
    assert put_out(office, reference) == []


def test_a_task_someone_else_completed_meanwhile_sends_nothing(office, as_person, reference):
    officer = as_person("officer")
    sent = BY_EMAIL | office_work.hidden(acknowledged(officer, reference).text)
    office_work.complete(office, reference, ACKNOWLEDGE, "2026-03-10T09:20", understanding="Done elsewhere.")
    answer = officer.post(f"{preview_of(reference)}/send", data=sent)
    assert answer.status_code == 409
    assert put_out(office, reference) == []


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-03-11", "The date on the letter must be today or in the past"),
        ("2026-03-05", "The date on the letter must not be before the complaint was received, 6 March 2026"),
        ("2026-02-31", "The date on the letter must be a real date"),
        ("--", "Enter the date on the letter"),
    ],
)
def test_a_letter_has_a_day_it_can_have(as_person, reference, day, words):
    answer = office_work.write(as_person("officer"), written_at(reference), day, **office_work.ACKNOWLEDGED)
    assert answer.status_code == 400
    assert words in said(answer)
    assert 'href="#answer-letter_date-day"' in answer.text
    assert "A boiler that does not work." in answer.text


def test_the_address_is_the_complaints_and_may_be_changed(as_person, reference):
    page = acknowledged(as_person("officer"), reference).text
    assert re.search(r'id="answer-to"[^>]*value="ada@example.net"', page)


def test_without_an_address_the_page_says_how_to_mend_it(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06")
    officer = as_person("officer")
    page = acknowledged(officer, reference)
    assert "The complaint gives no e-mail address." in said(page)
    assert f'href="/cases/{reference}/corrections/new?event=1"' in page.text
    for wrong in ("", "not an address"):
        answer = office_work.send(officer, preview_of(reference), channel="email", to=wrong)
        assert answer.status_code == 400
        assert 'href="#answer-to"' in answer.text
    assert put_out(office, reference) == []


def test_a_posted_letter_meets_its_date_on_the_day_of_posting(office, as_person, reference):
    officer = as_person("officer")
    office_work.write(officer, written_at(reference), "2026-03-09", **office_work.ACKNOWLEDGED)
    for day, words in (
        ("2026-03-11", "must be today or in the past"),
        ("2026-03-08", "must not be before the date on"),
    ):
        posted = {"way": "post", **office_work.on(day, "sent_on")}
        refused = office_work.send(officer, preview_of(reference), **posted)
        assert refused.status_code == 400
        assert words in said(refused)
        assert 'href="#answer-sent_on-day"' in refused.text
    posted = {"way": "post", **office_work.on("2026-03-09", "sent_on")}
    assert office_work.send(officer, preview_of(reference), **posted).status_code == 302
    event = record(office, reference)[-1]
    assert (event.day.isoformat(), event.text("channel")) == ("2026-03-09", "post")
    assert put_out(office, reference) == []
    assert "It went by post on 9 March 2026." in said(officer.get("/account"))


def test_the_way_the_resident_prefers_is_chosen_beforehand(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06", preferred_contact="post", email="ada@example.net")
    answer = acknowledged(as_person("officer"), reference)
    assert "Ada Lovelace would like to hear from us by letter." in said(answer)
    assert re.search(r'name="way" type="radio" value="post" checked', answer.text)
    assert answer.text.index("Record that it was sent") < answer.text.index("Send it</button>")


@pytest.mark.parametrize(("asked", "is_large"), [(["large_print"], True), ([], False)])
def test_large_print_is_chosen_beforehand_where_the_resident_asked_for_it(office, as_person, asked, is_large):
    reference = office_work.to_acknowledge(office, "2026-03-06", adjustments=asked)
    page = acknowledged(as_person("officer"), reference).text
    assert bool(re.search(r'name="email_print"[^>]*value="large" checked', page)) is is_large


def test_a_representative_without_authority_gets_nothing_private(office, as_person):
    reference = office_work.to_acknowledge(office, "2026-03-06", representative="Bea Lovelace", authority="none")
    page = said(acknowledged(as_person("officer"), reference))
    assert "share nothing private about the resident with Bea Lovelace" in page
    assert "This letter is addressed to the resident." in page


def test_an_email_bears_the_day_it_goes(as_person, reference, clock, office):
    officer = as_person("officer")
    acknowledged(officer, reference)
    clock.now = moment("2026-03-11T10:00")
    page = said(officer.get(preview_of(reference)))
    assert "An e-mail bears the day it goes, so by e-mail the letter is dated 11 March 2026" in page
    assert office_work.send(officer, preview_of(reference)).status_code == 302
    who = office_work.person(office, "officer")
    event = steps.seen_by(office, reference, who, clock()).record[-1]
    assert (event.day.isoformat(), event.text("letter_date")) == ("2026-03-11", "2026-03-11")


def test_a_copy_is_a_download_that_no_page_can_run(as_person, reference):
    officer = as_person("officer")
    acknowledged(officer, reference)
    copies = {}
    for name, begins in (("letter.pdf", b"%PDF-"), ("large-print.pdf", b"%PDF-"), ("letter.txt", b"We have your")):
        answer = officer.get(f"{preview_of(reference)}/{name}")
        assert answer.data.startswith(begins)
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert reference in answer.headers["Content-Disposition"]
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        copies[name] = answer.data
    assert copies["letter.pdf"] != copies["large-print.pdf"]
    assert officer.get(f"{preview_of(reference)}/letter.docx").status_code == 404


def test_what_is_written_can_be_thrown_away_by_who_wrote_it(office, as_person, reference):
    officer = as_person("officer")
    carried = office_work.hidden(acknowledged(officer, reference).text)
    assert as_person("manager").post(f"{preview_of(reference)}/discard", data=carried).status_code == 409
    thrown = officer.post(f"{preview_of(reference)}/discard", data=carried)
    assert thrown.headers["Location"] == written_at(reference)
    assert officer.get(preview_of(reference)).headers["Location"] == written_at(reference)


def test_a_version_without_letters_keeps_its_pages(app, office, as_person, reference):
    work = app.extensions["redress"]
    bare = {key: replace(one, book=replace(one.book, templates={})) for key, one in office.shelved.items()}
    work.office = replace(office, shelved=bare)
    officer = as_person("officer")
    assert "Complete this task" in officer.get(written_at(reference)).text
    assert officer.get(preview_of(reference)).status_code == 404
    happened = office_work.on(TODAY, "happened")
    assert officer.post(written_at(reference), data={"understanding": "As told.", **happened}).status_code == 302
    assert record(office, reference)[-1].name == "stage_1.acknowledged"


# --- letters that no diagram waits for -----------------------------------------------------------


def case_for(office, fact: str) -> str:
    """A case that wants that letter."""
    if fact == "refusal_sent":
        reference = office_work.log(office, "2026-03-06")
        refused = {"decision": "refuse", "reason": "It is about 2019.", "discretion": "Nothing kept her from it."}
        office_work.complete(office, reference, "triage", "2026-03-09", **refused)
        return reference
    if fact == "thanked":
        reference = office_work.log(office, "2026-03-06")
        praise = {"kind": "compliment", "decision": "compliment"}
        office_work.complete(office, reference, "triage", "2026-03-09", **praise)
        return reference
    if fact == "authority_asked":
        return office_work.to_acknowledge(office, "2026-03-06", representative="Bea Lovelace", authority="none")
    reference = office_work.to_answer(office, "2026-02-20")
    if fact == "withdrawal_confirmed":
        office_work.record(office, reference, "withdrawn", "2026-03-09", reason="It works again.")
    return reference


FACTS = {
    "refusal_sent": ({"evidence": "Your letter of 2019."}, "It is about 2019."),
    "thanked": ({"action": "We told Sam."}, "We told Sam."),
    "withdrawal_confirmed": ({}, "It works again."),
    "authority_asked": ({"needed": "A signed note."}, "Bea Lovelace"),
    "stage_1.apology_sent": ({"reason": "The part was late.", **office_work.on("2026-03-20", "to")}, "20 March 2026"),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_letter_that_no_diagram_waits_for_is_filled_from_the_case_and_sent(office, as_person, fact):
    reference, (given, words) = case_for(office, fact), FACTS[fact]
    officer, path = as_person("officer"), written_at(reference, fact)
    page = officer.get(path).text
    boxes = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)</textarea>', page))
    boxes |= dict(re.findall(r'<input[^>]*name="(representative)"[^>]*value="([^"]*)"', page))
    answer = officer.get(office_work.write(officer, path, **{**boxes, **given}).headers["Location"])
    assert words in said(answer)
    assert "Nothing is missing." in said(answer), said(answer)
    assert office_work.send(officer, preview_of(reference, fact)).status_code == 302
    assert record(office, reference)[-1].name == fact


@pytest.mark.parametrize("fact", FACTS)
def test_a_letter_the_case_does_not_want_cannot_be_written(office, as_person, reference, fact):
    officer = as_person("officer")
    assert officer.get(written_at(reference, fact)).status_code == 409
    assert office_work.write(officer, written_at(reference, fact)).status_code == 409


def test_a_letter_that_is_owed_leads_from_the_inbox_to_its_page(office, as_person):
    reference = case_for(office, "refusal_sent")
    answer = as_person("officer").get(f"/cases/{reference}/tasks/owed.refusal_sent")
    assert answer.headers["Location"] == written_at(reference, "refusal_sent")


# --- the pages -----------------------------------------------------------------------------------


def test_every_page_of_a_letter_is_valid_html(office, as_person, reference):
    officer = as_person("officer")
    office_work.assert_valid(officer.get(written_at(reference)).text)
    office_work.assert_valid(acknowledged(officer, reference, advocacy="").text)
    office_work.assert_valid(officer.get(written_at(reference)).text)
    office_work.assert_valid(acknowledged(officer, reference).text)
    office_work.assert_valid(office_work.send(officer, preview_of(reference), channel="email", to="x").text)
    office_work.assert_valid(as_person("manager").get(preview_of(reference)).text)


def test_what_a_resident_wrote_is_never_markup_in_the_preview(as_person, reference):
    answer = acknowledged(as_person("officer"), reference, understanding="<script>alert(1)</script> ((resident))")
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ((resident))" in answer.text


@pytest.mark.browser
@pytest.mark.parametrize("viewport", ["page", "phone"])
def test_every_page_of_a_letter_is_accessible_and_fits(request, viewport, app, reference, serve, accessibility_faults):
    browser, address_of = request.getfixturevalue(viewport), serve(app)
    office_work.sign_in(browser, address_of, "officer")
    browser.goto(f"{address_of}{written_at(reference)}")
    for fill in ({}, {"Which parts are we responsible for?": "All of it."}, {"Which advocacy": "Citizens Advice."}):
        for label, words in fill.items():
            browser.get_by_label(label).fill(words)
        assert accessibility_faults(browser) == []
        browser.get_by_role("button", name="Preview the letter").click()
        browser.get_by_role("heading", name="What it must say").wait_for()
        assert accessibility_faults(browser) == []
        assert browser.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if fill.get("Which advocacy"):
            break
        browser.get_by_role("link", name="Change the letter").first.click()
        browser.get_by_role("button", name="Preview the letter").wait_for()
    browser.locator(".redress-letter-going details summary").first.click()
    assert accessibility_faults(browser) == []
