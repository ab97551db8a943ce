"""Laws of mail into a folder: it can be read there, it is whole at every moment, and the same mail is the same file."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.delivery import delivery_at
from engine.delivery_folder import Folder, _file_name
from engine.mail import LETTER, NOTICE, Attachment, Mail, NotNow, Returned, sender_of

PDF = Attachment("Acknowledgement.pdf", "application/pdf", b"%PDF-1.7 words")
WHEN = datetime(2024, 12, 20, 16, 30, tzinfo=UTC)


def mail(key: str = "letter:SEH-2024-00001:3", kind: str = LETTER, to: str = "ada@resident.example") -> Mail:
    return Mail(key, kind, to, "We have your complaint", "Dear Ada", WHEN, (PDF,) if kind == LETTER else ())


def files(place: Path) -> dict[str, bytes]:
    return {path.relative_to(place).as_posix(): path.read_bytes() for path in place.rglob("*") if path.is_file()}


def test_a_letter_lies_in_its_cases_folder_with_its_pdf_beside_it(tmp_path: Path) -> None:
    delivery = delivery_at(f"folder:{tmp_path}", "")
    delivery.send(mail(), lambda: pytest.fail("what is repeatable never asks"))
    delivery.send(mail("notice:digest:2024-12-20:7", NOTICE), lambda: True)
    assert set(files(tmp_path)) == {
        "SEH-2024-00001/letter-SEH-2024-00001-3.eml",
        "SEH-2024-00001/letter-SEH-2024-00001-3 Acknowledgement.pdf",
        "notices/notice-digest-2024-12-20-7.eml",
    }
    found = message_from_bytes(files(tmp_path)["SEH-2024-00001/letter-SEH-2024-00001-3.eml"], policy=policy.default)
    assert found["To"] == "ada@resident.example"
    assert str(tmp_path) in delivery.where


def test_the_same_mail_again_is_the_same_file(tmp_path: Path) -> None:
    delivery = Folder(tmp_path, sender_of("c@landlord.example"))
    delivery.send(mail(), lambda: True)
    before = files(tmp_path)
    delivery.send(mail(), lambda: True)
    assert files(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(NotNow, match="cannot be written"):
        Folder(tmp_path / "file", sender_of("c@landlord.example")).send(mail(), lambda: True)


def test_an_address_that_is_none_is_returned_by_a_folder_too(tmp_path: Path) -> None:
    with pytest.raises(Returned):
        Folder(tmp_path, sender_of("c@landlord.example")).send(mail(to="nobody"), lambda: True)


@given(st.text(max_size=400))
def test_no_key_leads_out_of_the_folder(text: str) -> None:
    name = _file_name(text)
    assert 0 < len(name) <= 140
    assert Path(name).name == name
    assert name.strip(".")
