"""Documents of a case: what is taken in, how it is listed and opened, and that nobody else's is ever shown."""

from __future__ import annotations

import html
import re

from sqlalchemy import update

from engine.events import moment
from engine.store import acts, documents, people
from engine.store.case_rows import By
from engine.store.documents import LETTER, NewDocument
from engine.store.people import GrantRow
from engine.store.schema import document_content
from tests.web import files, office_work


def text_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def case_id(office, reference) -> int:
    from engine.store import cases

    with office.database.reading() as tx:
        return cases.case_by_reference(tx, reference).id


def of_case(office, reference):
    with office.database.reading() as tx:
        return documents.of_case(tx, case_id(office, reference))


def acts_about(office, reference):
    with office.database.reading() as tx:
        return [act.what for act in acts.acts(tx, about=f"case {reference}")]


def put(office, reference, **given) -> int:
    new = NewDocument(**{"kind": LETTER, "title": "Acknowledgement", "file_name": "a.pdf",
                         "media_type": "application/pdf", "content": files.pdf(), **given})  # fmt: skip
    with office.database.writing() as tx:
        return documents.put(
            tx, case_id(office, reference), documents=[new], by=By("1", "X"), now=moment("2026-03-09")
        )[0]


def test_several_files_are_added_at_once_and_stand_with_their_name_kind_size_and_who_added_them(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    given = files.sent(("damp.png", files.png()), ("survey.pdf", files.pdf()))
    answer = officer.post(f"/cases/{reference}/documents", data=given)
    assert answer.status_code == 302
    said = text_of(officer.get(f"/cases/{reference}/documents"))
    assert "damp damp.png Document, picture, " in said
    assert "survey survey.pdf Document, PDF, " in said
    assert "10 March 2026 at 9:30am by Chidi Officer" in said
    assert "survey" in text_of(officer.get(f"/cases/{reference}"))


def test_one_refused_file_means_nothing_is_added_and_the_page_says_which_and_why(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    given = files.sent(("damp.png", files.png()), ("bill.pdf", files.PROGRAM), title="The bill")
    answer = officer.post(f"/cases/{reference}/documents", data=given)
    assert answer.status_code == 400
    assert "'bill.pdf': this file is called .pdf, but it is" in text_of(answer)
    assert "Choose the files again" in text_of(answer)
    assert 'value="The bill"' in answer.text
    assert 'href="#answer-files"' in answer.text
    assert of_case(office, reference) == []


def test_no_file_at_all_is_asked_for(office, as_person):
    reference = office_work.log(office, "2026-03-06")
    answer = as_person("officer").post(f"/cases/{reference}/documents", data={"title": "Photographs"})
    assert answer.status_code == 400
    assert "Choose a file" in text_of(answer)


def test_the_same_file_sent_twice_is_one_document(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    for _ in range(2):
        officer.post(f"/cases/{reference}/documents", data=files.sent(("damp.png", files.png())))
    assert len(of_case(office, reference)) == 1


def test_a_document_is_downloaded_whole_with_nothing_in_it_allowed_to_run_and_that_is_recorded(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    officer.post(f"/cases/{reference}/documents", data=files.sent(("Küche \u202egnp.png", files.png())))
    (row,) = of_case(office, reference)
    answer = officer.post(f"/cases/{reference}/documents/{row.id}/file")
    assert answer.data == files.png()
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "\u202e" not in answer.headers["Content-Disposition"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cache-Control"] == "no-store"
    assert acts_about(office, reference) == ["opened_document", "added_document"]


def test_a_letter_opens_by_a_link_and_nothing_else_does_and_each_is_recorded(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    letter, other = put(office, reference), put(office, reference, kind="attachment", content=files.png())
    answer = officer.get(f"/cases/{reference}/documents/{letter}/file")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, files.pdf(), "application/pdf")
    answer = officer.get(f"/cases/{reference}/documents/{other}/file")
    assert answer.headers["Location"] == f"/cases/{reference}/documents/{other}"
    assert acts_about(office, reference) == ["exported"]
    assert "Each opening is recorded." in text_of(officer.get(f"/cases/{reference}/documents/{other}"))


def test_a_document_of_another_case_is_the_address_of_nothing(office, as_person):
    mine, theirs = office_work.log(office, "2026-03-06"), office_work.log(office, "2026-03-06")
    document, officer = put(office, theirs), as_person("officer")
    for address in (f"/cases/{mine}/documents/{document}", f"/cases/{mine}/documents/{document}/file"):
        assert officer.get(address).status_code == 404
    assert officer.post(f"/cases/{mine}/documents/{document}/file").status_code == 404
    assert officer.get(f"/cases/{mine}/documents/{2**80}").status_code == 404


def test_a_case_of_another_area_shows_no_document_to_anybody_else(office, as_person):
    reference = office_work.log(office, "2026-03-06", service_area="income")
    document, manager = put(office, reference), as_person("manager")
    for path in ("", f"/{document}", f"/{document}/file"):
        assert manager.get(f"/cases/{reference}/documents{path}").status_code == 404
    assert manager.post(f"/cases/{reference}/documents/{document}/file").status_code == 404
    assert as_person("auditor").get(f"/cases/{reference}/documents/{document}/file").status_code == 200
    assert as_person("auditor").post(f"/cases/{reference}/documents", data={}).status_code == 403


def test_a_document_whose_bytes_were_changed_is_not_handed_out(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    letter, email = put(office, reference), put(office, reference, kind="email", content=files.eml())
    with office.database.writing() as tx:
        tx.execute(update(document_content).values(content=b"%PDF-1.4 something else"))
    answer = officer.get(f"/cases/{reference}/documents/{letter}/file")
    assert answer.status_code == 409
    assert "Do not use it; restore it from a backup." in text_of(answer)
    assert officer.post(f"/cases/{reference}/documents/{email}/file").status_code == 409
    assert "could not be read here" in text_of(officer.get(f"/cases/{reference}/documents/{email}"))


def test_a_file_name_never_has_a_path_in_it(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    document = put(office, reference, file_name="../../etc/pass\nwd.pdf")
    said = officer.get(f"/cases/{reference}/documents/{document}/file").headers["Content-Disposition"]
    assert "/" not in said
    assert "\n" not in said


def test_more_than_a_megabyte_goes_where_files_are_taken_and_nowhere_else(office, as_person):
    reference, officer = office_work.to_answer(office, "2026-03-06"), as_person("officer")
    large = files.body(("a.pdf", files.pdf() + b"%" * 2_000_000))
    assert officer.post(f"/cases/{reference}/documents", **large).status_code == 302
    for address in (f"/cases/{reference}/record/withdrawn", "/pass-on"):
        assert officer.post(address, **large).status_code == 413


def test_more_than_twenty_five_megabytes_is_too_much_for_anybody(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    answer = officer.post(f"/cases/{reference}/documents", **files.body(("a.pdf", b"%PDF" + b"0" * 26 * 2**20)))
    assert answer.status_code == 413
    assert "fewer or smaller files" in text_of(answer)
    assert of_case(office, reference) == []


def test_who_may_not_add_files_may_send_no_more_than_a_megabyte(client, as_person):
    large = files.body(("a.pdf", b"0" * 2_000_000))
    for browser in (as_person("auditor"), as_person("admin")):
        assert browser.post("/cases/SEH-2026-00001/documents", **large).status_code in (403, 413)
    assert client.post("/cases/SEH-2026-00001/documents", **large).status_code in (302, 413)


def test_the_panel_pack_is_made_once_the_case_has_come_to_a_panel_and_again_when_asked(office, as_person):
    reference = four_stage_case(office)
    officer = as_person("officer")
    assert "Make the panel pack" not in officer.get(f"/cases/{reference}").text
    assert officer.post(f"/cases/{reference}/documents/pack").status_code == 404
    office_work.record(office, reference, "stage_3.requested", "2014-04-10", reasons="No.", remedy_required="A boiler.")
    put(office, reference, kind="attachment", content=files.png(), file_name="damp.png", media_type="image/png")
    assert "Make the panel pack" in officer.get(f"/cases/{reference}").text
    made = officer.post(f"/cases/{reference}/documents/pack")
    assert made.status_code == 302
    answer = officer.post(f"{made.headers['Location']}/file")
    assert answer.data.startswith(b"%PDF")
    assert f"{reference} panel pack" in answer.headers["Content-Disposition"]
    assert officer.post(f"/cases/{reference}/documents/pack").status_code == 302


def four_stage_case(office) -> str:
    """A complaint of 2014 that was answered twice."""
    with office.database.writing() as tx:
        for name in ("officer", "manager"):
            row = people.person_by_sign_in(tx, name)
            for role in ("corporate_services_officer", "service_manager", "group_manager"):
                people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, role, ""))
    reference = office_work.log(office, "2014-03-03")
    office_work.complete(office, reference, "triage", "2014-03-03", kind="complaint", decision="complaint")
    office_work.complete(office, reference, "stage_1.acknowledge", "2014-03-04", understanding="A boiler.")
    office_work.complete(office, reference, "stage_1.respond", "2014-03-10", **office_work.ANSWERED)
    office_work.record(office, reference, "stage_2.requested", "2014-03-12", expectations="More.")
    office_work.complete(office, reference, "stage_2.respond", "2014-03-20", who="manager", **office_work.ANSWERED)
    return reference
