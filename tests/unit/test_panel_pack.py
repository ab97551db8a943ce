"""The papers for a panel and the copy for filing: tagged, whole, with nothing private in them."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from engine.case_files import CaseFile
from engine.complaint_copy import complaint_pdf
from engine.letter_pdf import pdf, pictures
from engine.office import Office
from engine.panel_pack import pack
from engine.pdf_pages import Added, CannotJoin, joined, pages_of
from engine.rights import Person
from engine.store.documents import ATTACHMENT, EMAIL, LETTER, PACK, DocumentRow
from tests.unit.case_acts import done, logged, recorded, seen
from tests.unit.casting import hired
from tests.unit.letter_examples import acknowledgement, letter_saying, words_of

Part = tuple[DocumentRow, bytes]
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann Able")


@pytest.fixture
def file(office: Office, ann: Person) -> CaseFile:
    """A case of the four-stage policy, appealed to the panel."""
    told = {"vulnerabilities": "Insulin in the fridge", "adjustments": ["large_print"], "outcome_sought": "Dry walls"}
    reference = logged(
        office, ann, "south-essex-homes", "2017-06-05", description="Damp since May.", resident="Mary O'Brien", **told
    )
    for key, day in (("triage", "05"), ("stage_1.acknowledge", "06"), ("stage_1.respond", "09")):
        done(office, reference, ann, key, f"2017-06-{day}")
    recorded(office, reference, ann, "stage_2.requested", "2017-06-12")
    done(office, reference, ann, "stage_2.respond", "2017-06-16")
    appeal = {"reasons": "The wall is still wet #eval(1).", "remedy_required": "A damp-proof course"}
    recorded(office, reference, ann, "stage_3.requested", "2017-06-20", **appeal)
    return seen(office, reference, ann, "2017-06-21")


def part(number: int, content: bytes, media_type: str, name: str, kind: str = ATTACHMENT) -> Part:
    added = datetime(2017, 6, 20, 12, tzinfo=UTC)
    title = name.rpartition(".")[0]
    row = DocumentRow(number, 1, "0" * 64, kind, title, name, media_type, len(content), None, added, "1", "Ann Able")
    return row, content


def letter(number: int = 1) -> Part:
    return part(number, pdf(acknowledgement()), "application/pdf", "Acknowledgement.pdf", LETTER)


def foreign_pdf(pages: int = 2) -> bytes:
    """A PDF as somebody else's program makes it: with a script that would run when it is opened, and no tags."""
    writer = PdfWriter()
    for number in range(pages):
        source = PdfReader(io.BytesIO(pdf(letter_saying(f"The plumber's report, page {number + 1}."))))
        writer.add_page(source.pages[0])
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('opened')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): DictionaryObject(script)})
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


WHOLE, FIRST = foreign_pdf(), pdf(letter_saying("x"))


def elements(node: Any) -> Iterator[Any]:
    """The elements of a tagged PDF in reading order."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for one in node:
            yield from elements(one)
    elif isinstance(node, dict):
        if "/S" in node:
            yield node
        if "/K" in node:
            yield from elements(node["/K"])


def tree(made: bytes) -> list[Any]:
    return list(elements(PdfReader(io.BytesIO(made)).trailer["/Root"]["/StructTreeRoot"]["/K"]))


def titles(made: bytes) -> list[str]:
    return [str(one.get("/T", "")) for one in tree(made) if str(one["/S"]).startswith("/H")]


# --- the pack -----------------------------------------------------------------------------------


def test_the_pack_tells_the_case_the_appeal_and_the_remedy_sought(office: Office, file: CaseFile) -> None:
    said = words_of(pack(office, file, []))
    for told in (
        f"Papers for the review panel: {file.reference}",
        "South Essex Homes",
        "Mary O'Brien",
        "Damp since May.",
        "Dry walls",
        "The resident asked for this stage on 20 June 2017.",
        "The wall is still wet #eval(1).",
        "A damp-proof course",
        "There are no documents in this case.",
    ):
        assert told in said


def test_the_pack_names_who_considered_the_complaint_and_must_not_sit(office: Office, file: CaseFile) -> None:
    said = words_of(pack(office, file, []))
    stages = [file.governing.version.stage(key).title for key in ("stage_1", "stage_2")]
    assert "These people considered the complaint earlier, and must not sit on the panel:" in said
    assert all(f"Ann Able, {stage}" in said for stage in stages)


def test_the_pack_tells_everything_that_happened_in_its_order(office: Office, file: CaseFile) -> None:
    said = words_of(pack(office, file, []))
    place = said.index("Complaint received")
    for day in ("9 June 2017: Stage 1: answer sent", "16 June 2017: Stage 2: answer sent", "20 June 2017: Resident"):
        place = said.index(day, place)


def test_nothing_private_is_in_the_pack(office: Office, file: CaseFile) -> None:
    said = words_of(pack(office, file, []))
    assert "Insulin" not in said
    assert "Large print" not in said
    assert "are private and are not in these papers" in said


def test_a_letter_follows_as_it_was_sent_with_its_tags(office: Office, file: CaseFile) -> None:
    made = pack(office, file, [letter()])
    first = len(PdfReader(io.BytesIO(pack(office, file, []))).pages)
    pages = PdfReader(io.BytesIO(made)).pages
    assert "Dear Mrs Okafor" in pages[first].extract_text()
    assert f"Pages {first + 1} to {first + 2}" in words_of(made)
    assert f"Page {first} of {first + 2}" in pages[first - 1].extract_text()
    assert "What we understand" in titles(made)
    assert b"<pdfuaid:part>1<" in PdfReader(io.BytesIO(made)).trailer["/Root"]["/Metadata"].get_data()


def test_every_tag_of_the_pack_belongs_to_the_page_it_says(office: Office, file: CaseFile) -> None:
    parts = [letter(1), part(2, foreign_pdf(), "application/pdf", "report.pdf"), letter(3)]
    reader = PdfReader(io.BytesIO(pack(office, file, parts)))
    root = reader.trailer["/Root"]["/StructTreeRoot"]
    numbers = root["/ParentTree"]["/Nums"]
    owners = {int(numbers[place]): numbers[place + 1] for place in range(0, len(numbers), 2)}
    assert sorted(owners) == list(range(len(owners)))
    assert root["/ParentTreeNextKey"] == len(owners)
    for page in reader.pages:
        for owner in owners[page["/StructParents"]]:
            element = owner.get_object()
            pages = {one["/Pg"].indirect_reference.idnum for one in elements(element) if "/Pg" in one}
            assert page.indirect_reference.idnum in pages or "/K" in element


def test_a_pdf_somebody_sent_becomes_figures_with_its_words_and_leaves_its_script_behind(
    office: Office, file: CaseFile
) -> None:
    made = pack(office, file, [part(1, foreign_pdf(), "application/pdf", "report.pdf")])
    figures = [one for one in tree(made) if one["/S"] == "/Figure"]
    assert len(figures) == 2
    assert "Document 1: report.pdf, page 2." in figures[1]["/Alt"]
    assert "The plumber's report, page 2." in figures[1]["/Alt"]
    assert "The plumber's report, page 2." in words_of(made)
    assert b"app.alert" not in made
    assert b"pdfuaid:part" not in PdfReader(io.BytesIO(made)).trailer["/Root"]["/Metadata"].get_data()


def test_pictures_and_texts_stand_under_a_heading_of_their_own(office: Office, file: CaseFile) -> None:
    picture = pictures(letter_saying("x"))[0]
    parts = [
        part(1, picture, "image/png", "ceiling.png"),
        part(2, b"It rained in.\n\nAgain.", "text/plain", "note.txt"),
        part(3, GIF, "image/gif", "dot.gif"),
    ]
    made = pack(office, file, parts)
    found = titles(made)
    for title in ("Document 1: ceiling.png", "Document 2: note.txt", "Document 3: dot.gif"):
        assert title in found
    assert "It rained in. Again." in words_of(made)
    assert next(one["/Alt"] for one in tree(made) if one["/S"] == "/Figure").startswith("Document 1: ceiling.png")


def test_an_e_mail_is_read_out_with_who_sent_it_and_names_what_came_with_it(office: Office, file: CaseFile) -> None:
    email = EmailMessage()
    email["From"], email["To"], email["Subject"] = "mary@example.org", "complaints@example.org", "Still damp"
    email["Date"] = "Mon, 19 Jun 2017 10:00:00 +0100"
    email.set_content("Nobody came today either.")
    email.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="bill.pdf")
    said = words_of(pack(office, file, [part(1, email.as_bytes(), "message/rfc822", "damp.eml", EMAIL)]))
    assert "From mary@example.org" in said
    assert "Subject: Still damp" in said
    assert "Nobody came today either." in said
    assert "With it came bill.pdf." in said


def test_what_cannot_be_shown_is_named(office: Office, file: CaseFile) -> None:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    locked = PdfWriter(clone_from=io.BytesIO(foreign_pdf()))
    locked.encrypt("secret", algorithm="RC4-128")
    held = io.BytesIO()
    locked.write(held)
    parts = [
        part(1, b"PK", word, "statement.docx"),
        part(2, b"%PDF-1.4 broken", "application/pdf", "broken.pdf"),
        part(3, held.getvalue(), "application/pdf", "locked.pdf"),
        part(4, b"\x89PNG\r\n\x1a\nbroken", "image/png", "broken.png"),
        part(5, GIF, "image/gif", "dot.gif"),
        part(6, pdf(acknowledgement()), "application/pdf", "earlier pack.pdf", PACK),
    ]
    said = words_of(pack(office, file, parts))
    for name in ("statement.docx", "broken.pdf", "locked.pdf", "broken.png"):
        assert name in said.replace("- ", "-")
    assert said.count("Not shown here") == 4
    assert "earlier pack" not in said


def test_a_damaged_pdf_and_a_damaged_picture_are_named_and_the_rest_is_shown(office: Office, file: CaseFile) -> None:
    whole = foreign_pdf(1)
    bad_stream = re.sub(rb"/Contents \d+ 0 R", b"/Contents 7777 0 R", whole)
    parts = [
        part(1, whole, "application/pdf", "whole.pdf"),
        part(2, bad_stream.replace(b"/Resources", b"/Resourcez"), "application/pdf", "torn.pdf"),
        part(3, whole[: len(whole) // 2], "application/pdf", "half.pdf"),
        part(4, pictures(letter_saying("x"))[0][:900], "image/png", "half.png"),
        letter(5),
    ]
    said = words_of(pack(office, file, parts))
    assert "The plumber's report, page 1." in said
    assert "Dear Mrs Okafor" in said
    assert all(name in said for name in ("torn.pdf", "half.pdf", "half.png"))


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_damage_to_a_pdf_does_more_than_leave_it_out(data: st.DataObject) -> None:
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(content)
    if pages_of(damaged):
        try:
            joined(FIRST, [Added("Document 1", damaged, is_ours=data.draw(st.booleans()))])
        except CannotJoin:
            return


def test_contents_name_every_heading_with_its_page(office: Office, file: CaseFile) -> None:
    made = pack(office, file, [letter()])
    said = words_of(made)
    contents = said[said.index("Contents") :]
    for title in ("The appeal, and what would put things right", "The panel", "What happened", "Documents"):
        assert title in contents
    assert "/TOC" in {one["/S"] for one in tree(made)}
    outline = PdfReader(io.BytesIO(made)).outline
    assert "Document 1: Acknowledgement.pdf" in [getattr(one, "title", "") for one in outline]


def test_the_same_case_and_documents_give_the_same_pack(office: Office, file: CaseFile) -> None:
    parts = [letter(), part(2, foreign_pdf(), "application/pdf", "r.pdf"), part(3, GIF, "image/gif", "dot.gif")]
    assert pack(office, file, parts) == pack(office, file, parts)


def test_a_case_without_a_panel_still_has_papers(office: Office, ann: Person) -> None:
    reference = logged(office, ann)
    said = words_of(pack(office, seen(office, reference, ann, "2024-06-04"), []))
    assert "No request for this stage is recorded." in said
    assert "Nobody is recorded as having considered the complaint earlier." in said


# --- the copy for filing ------------------------------------------------------------------------


def test_the_copy_has_every_answer_by_its_label_and_when_it_came(office: Office, file: CaseFile) -> None:
    made = complaint_pdf(office, file)
    said = words_of(made)
    for told in (file.reference, "Received 5 June 2017.", "Logged on 5 June 2017 by Ann Able.", "Damp since May."):
        assert told in said
    assert "What would put things right? Dry walls" in said
    assert PdfReader(io.BytesIO(made)).metadata.title == f"Complaint {file.reference}"
    assert {"/Table", "/TH"} <= {str(one["/S"]) for one in tree(made)}


def test_nothing_private_is_in_the_copy(office: Office, file: CaseFile) -> None:
    said = words_of(complaint_pdf(office, file))
    assert "Insulin" not in said
    assert "Large print" not in said
    assert "are private and are not in this copy" in said


def test_the_copy_is_the_same_bytes_each_time_however_far_the_case_has_come(
    office: Office, file: CaseFile, ann: Person
) -> None:
    early = seen(office, file.reference, ann, "2017-06-07")
    assert complaint_pdf(office, early) == complaint_pdf(office, file)


def test_a_complaint_that_no_version_covers_is_copied_too(office: Office, ann: Person) -> None:
    reference = logged(office, ann, "council-housing", "2020-06-03", description="Noise")
    held = seen(office, reference, ann, "2020-06-04")
    assert held.book is None
    assert "Noise" in words_of(complaint_pdf(office, held))


def test_a_long_answer_goes_over_several_pages(office: Office, file: CaseFile) -> None:
    receipt = file.events[0]
    long = replace(receipt, fields={**receipt.fields, "description": "The wall is wet. " * 900})
    made = complaint_pdf(office, replace(file, events=(long, *file.events[1:])))
    assert len(PdfReader(io.BytesIO(made)).pages) >= 4
