"""Attachments: a file is what its name says and of a kind that is allowed, or it is refused in a sentence."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import attachments, file_kinds, office_files
from engine.attachments import NotAccepted, checked, shown_name
from engine.refusals import Refused
from engine.store import documents
from tests.unit import attached
from tests.unit.attached import FILES

PROGRAM = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(200)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(NotAccepted) as refused:
        checked(name, content)
    assert isinstance(refused.value, Refused)
    return str(refused.value)


@pytest.mark.parametrize("ending", FILES)
def test_each_kind_that_is_allowed_is_taken_in(ending: str) -> None:
    document = checked(f"Our damp{ending}", FILES[ending])
    assert document.content == FILES[ending]
    assert document.media_type == file_kinds.BY_ENDING[ending].media_type
    assert (document.kind, document.title, document.file_name) == (
        documents.ATTACHMENT,
        "Our damp",
        f"Our damp{ending}",
    )


@pytest.mark.parametrize("ending", FILES)
def test_the_ending_may_be_in_capitals(ending: str) -> None:
    assert checked(f"DAMP{ending.upper()}", FILES[ending]).file_name == f"DAMP{ending.upper()}"


@pytest.mark.parametrize("ending", FILES)
@pytest.mark.parametrize("called", FILES)
def test_a_file_called_another_kind_is_refused_and_told_what_it_is(ending: str, called: str) -> None:
    if ending == called or (ending, called) == (".eml", ".txt"):  # a message may be kept as text
        assert checked(f"it{called}", FILES[ending])
        return
    said = refusal(f"it{called}", FILES[ending])
    assert f"this file is called {called}, but it is {file_kinds.BY_ENDING[ending].words}" in said
    assert f"Rename it to end in {ending}" in said


@pytest.mark.parametrize("ending", FILES)
def test_a_program_is_refused_whatever_it_is_called(ending: str) -> None:
    assert f"is called {ending}, but it is a program" in refusal(f"it{ending}", PROGRAM)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><html><body>Pay here</body></html>", "a web page"),
        (b"  <svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>", "a web page"),
        (b"Dear all\n" * 1000 + b"<script>alert(1)</script>", "a web page"),
        (b"<?xml version='1.0'?><svg/>", "a web page"),
        (b"\xef\xbb\xbf<html>", "a web page"),
        (b"#!/bin/sh\nrm -rf /\n", "a script"),
        (b"@echo off\r\ndel *.*\r\n", "a script"),
        (b"<?php system($_GET['x']); ?>", "a script"),
        (b"{\\rtf1 hello}", "a rich text document"),
        (b"%PDF-1.7 and no end", "a PDF that is damaged or cut short"),
        (b"\x7fELF\x02\x01\x01" + bytes(50), "a program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "a Word, Excel or Outlook file of the old kind"),
        ("hello".encode("utf-16"), "text in UTF-16"),
        (b"PK\x05\x06" + bytes(18), "a zip archive"),
    ],
)
@pytest.mark.parametrize("ending", [".txt", ".jpg", ".pdf", ".docx"])
def test_what_is_not_allowed_is_refused_whatever_it_is_called(content: bytes, what: str, ending: str) -> None:
    assert f"is called {ending}, but it is {what}" in refusal(f"it{ending}", content)


@pytest.mark.parametrize("name", ["virus.exe", "page.html", "drawing.svg", "old.doc", "sheet.xlsm", "all.zip", "a.js"])
def test_a_kind_that_is_not_allowed_is_refused_by_its_name(name: str) -> None:
    assert "is not accepted" in refusal(name, FILES[".txt"])


def test_a_name_without_an_ending_is_refused() -> None:
    assert "has no ending" in refusal("damp", FILES[".pdf"])


def test_an_empty_file_and_one_too_large_are_refused() -> None:
    assert "is empty" in refusal("it.txt", b"")
    assert "the most is 20 MB" in refusal("it.txt", b"a" * (attachments.MOST_BYTES + 1))
    assert checked("it.txt", b"a" * attachments.MOST_BYTES)


@pytest.mark.parametrize("content", [b"a\0b", b"\x81\x8d", b"\x1b[31mred", b"a\x07"])
def test_text_that_is_no_plain_text_is_refused(content: bytes) -> None:
    refusal("it.txt", content)


@pytest.mark.parametrize(
    "content", ["£20 \u2013 “damp”".encode("cp1252"), b"MZ called again", b"PK and I", b"a\tb\r\nc\f"]
)
def test_text_of_an_older_program_is_text(content: bytes) -> None:
    assert checked("it.txt", content).media_type == "text/plain"


@pytest.mark.parametrize("make", [attached.png, attached.gif, attached.jpeg])
def test_a_picture_without_a_size_or_of_too_many_pixels_is_refused(make: object) -> None:
    assert callable(make)
    ending = {"png": ".png", "gif": ".gif", "jpeg": ".jpg"}[make.__name__]
    assert "damaged or cut short" in refusal(f"it{ending}", make(0, 5))
    assert "too many pixels" in refusal(f"it{ending}", make(60_000, 60_000))


@pytest.mark.parametrize("ending", [".png", ".jpg", ".gif", ".webp", ".heic", ".pdf", ".docx", ".xlsx", ".odt"])
def test_a_file_cut_short_at_any_byte_never_crashes(ending: str) -> None:
    for length in range(1, len(FILES[ending])):
        try:
            checked(f"it{ending}", FILES[ending][:length])
        except NotAccepted:
            continue


# --- Word, Excel and OpenDocument files ---


@pytest.mark.parametrize(
    "content",
    [
        attached.docx({"word/vbaProject.bin": b"x"}),
        attached.docx({"word/VBAPROJECT.BIN": b"x"}),
        attached.docx(types='<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'),
        attached.office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        attached.odt({"Basic/Standard/Module1.xml": "<x/>"}),
        attached.odt({"Scripts/python/x.py": "x"}),
    ],
)
def test_a_document_with_macros_is_refused(content: bytes) -> None:
    for ending in (".docx", ".odt"):
        assert "carries macros" in refusal(f"it{ending}", content)


@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "frame", "subDocument"])
def test_a_document_that_fetches_parts_from_elsewhere_is_refused(kind: str) -> None:
    relation = f'<Relationship Id="r" Type="http://x/{kind}" Target="http://evil/x.dotm" TargetMode="External"/>'
    content = attached.docx({"word/_rels/settings.xml.rels": attached.RELATIONS.format(relation)})
    assert "from elsewhere" in refusal("it.docx", content)


def test_a_document_with_links_is_taken_in() -> None:
    relation = '<Relationship Id="r" Type="http://x/hyperlink" Target="http://x/" TargetMode="External"/>'
    assert checked("it.docx", attached.docx({"word/_rels/document.xml.rels": attached.RELATIONS.format(relation)}))


@pytest.mark.parametrize("name", ["../up.xml", "/etc/passwd", "a\\b.xml", "C:x.xml", "MAIN.XML", "a\x01b"])
def test_a_document_with_odd_parts_is_refused(name: str) -> None:
    assert "odd names" in refusal("it.docx", attached.docx({name: "x"}))


def test_a_document_that_carries_a_program_is_refused() -> None:
    assert "carries a program" in refusal("it.docx", attached.docx({"word/media/image1.png": PROGRAM}))


def test_a_zip_that_unpacks_to_too_much_is_refused() -> None:
    bomb = attached.docx({"word/media/a.bin": bytes(office_files.ALWAYS_ALLOWED + 1)})
    assert len(bomb) < 20_000
    assert "far more than a document holds" in refusal("it.docx", bomb)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    size = office_files.ALWAYS_ALLOWED + 1
    bomb = attached.docx({"word/media/a.bin": bytes(size)})
    lying = bomb.replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lying != bomb
    assert "damaged" in refusal("it.docx", lying)


def test_a_zip_whose_parts_are_the_same_bytes_is_counted_each_time() -> None:
    parts = {f"a{number}.bin": bytes(2**20) for number in range(11)}
    assert "far more" in refusal("it.docx", attached.docx(parts))


def test_a_zip_of_too_many_parts_is_refused() -> None:
    many = {f"{number}": b"" for number in range(office_files.MOST_PARTS)}
    assert "too many parts" in refusal("it.docx", attached.docx(many))
    assert "too many parts" in refusal("it.docx", attached.docx(many | {f"x{n}": b"" for n in range(2500)}))


def test_an_archive_inside_is_not_opened() -> None:
    bomb = attached.zipped({"a": bytes(100 * 2**20)})
    assert checked("it.docx", attached.docx({"word/embeddings/sheet.xlsx": bomb}))


def test_a_password_is_asked_to_be_taken_off() -> None:
    content = bytearray(attached.docx())
    for place in (match.start() for match in re.finditer(rb"PK\x01\x02", bytes(content))):
        content[place + 8] |= 1
    assert "password" in refusal("it.docx", bytes(content))


def test_a_document_type_declaration_inside_is_refused() -> None:
    types = f'<!DOCTYPE x [<!ENTITY e "{"a" * 1000}">]>' + attached.TYPES.format("&e;" * 10)
    assert "not put together" in refusal("it.docx", attached.zipped({"[Content_Types].xml": types}))


def test_an_archive_that_is_no_document_is_refused() -> None:
    assert "it is a zip archive" in refusal("it.docx", attached.zipped({"a.txt": "x"}))
    assert "it is a zip archive" in refusal("it.odt", attached.zipped({"mimetype": "x", "content.xml": "x"}))


# --- names ---


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("damp.pdf", "damp.pdf"),
        ("C:\\Users\\mary\\damp.pdf", "damp.pdf"),
        ("../../etc/damp.pdf", "damp.pdf"),
        ("  a \t b  .pdf ", "a b.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\0b\n.pdf", "ab.pdf"),
        ("e\u0301te\u0301.pdf", "\u00e9t\u00e9.pdf"),
        ("a<b>:c?.pdf", "a_b__c_.pdf"),
        (".pdf", "document.pdf"),
        ("...", "document"),
        ("", "document"),
        ("\ud800.pdf", "_.pdf"),
        ("a" * 300 + ".docx", "a" * 115 + ".docx"),
    ],
)
def test_a_name_is_shown_without_what_could_deceive(given_name: str, shown: str) -> None:
    assert shown_name(given_name) == shown


@given(st.text(), st.sampled_from([*FILES, "", ".exe"]))
def test_every_name_is_safe_to_show(stem: str, ending: str) -> None:
    shown = shown_name(stem + ending)
    assert 0 < len(shown) <= attachments.MOST_NAME
    assert shown == unicodedata.normalize("NFC", shown)
    assert not {unicodedata.category(each) for each in shown} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert not set(shown) & set('/\\:*?"<>|')
    assert shown.endswith(ending)
    assert shown_name(shown) == shown


# --- anything at all ---


def first_bytes_of(media_type: str) -> tuple[bytes, ...]:
    """What a file of that type begins with, said once more and independently."""
    return {
        "application/pdf": (b"%PDF-",),
        "image/jpeg": (b"\xff\xd8\xff",),
        "image/png": (b"\x89PNG\r\n\x1a\n",),
        "image/gif": (b"GIF87a", b"GIF89a"),
        "image/webp": (b"RIFF",),
        "image/heic": (b"\0\0\0",),
        "message/rfc822": tuple(bytes([letter]) for letter in range(0x41, 0x7B)),
        "text/plain": (b"",),
    }.get(media_type, (b"PK\x03\x04",))


any_file = st.one_of(
    st.binary(min_size=1, max_size=200),
    st.builds(bytes.__add__, st.sampled_from([file[:24] for file in FILES.values()]), st.binary(max_size=200)),
    st.builds(
        lambda file, place, junk: file[: place % len(file)] + junk + file[place % len(file) + len(junk) :],
        st.sampled_from(list(FILES.values())),
        st.integers(0, 5000),
        st.binary(min_size=1, max_size=8),
    ),
)


@settings(max_examples=600, deadline=None)
@given(any_file, st.text(max_size=20), st.sampled_from([*FILES, ".exe", ""]))
@example(PROGRAM, "", ".txt")
def test_any_bytes_of_any_name_are_taken_in_as_what_they_are_or_refused(content: bytes, stem: str, ending: str) -> None:
    try:
        document = checked(stem + ending, content)
    except NotAccepted:
        return
    kind = file_kinds.BY_ENDING[ending]
    assert document.media_type == kind.media_type
    assert content.startswith(first_bytes_of(kind.media_type))
    if kind.media_type == "text/plain":
        assert b"\0" not in content
        assert b"<script" not in content.lower()
