"""Documents: the same bytes kept once, found by their case only, and never given out changed."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import func, select, update

from engine.store import documents
from engine.store.database import Database
from engine.store.documents import NewDocument
from engine.store.schema import document_content
from tests.unit.store_cases import ANN, BOB, NOON, opened

PDF = b"%PDF-1.7 the answer"
LETTER = NewDocument(documents.LETTER, "Stage 1 response", "response.pdf", "application/pdf", PDF)
PHOTO = NewDocument(documents.ATTACHMENT, "Damp wall", "wall.jpg", "image/jpeg", b"\xff\xd8\xff a wall")


def test_a_document_is_named_by_the_hash_of_its_bytes() -> None:
    assert LETTER.sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_document_comes_back_as_it_was_put(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        ids = documents.put(tx, case.id, documents=[LETTER, PHOTO], event_number=1, by=ANN, now=NOON)
    with database.reading() as tx:
        rows = documents.of_case(tx, case.id)
        assert [row.id for row in rows] == ids
        assert documents.content(tx, LETTER.sha256) == PDF
    first = rows[0]
    assert (first.kind, first.title, first.file_name) == ("letter", "Stage 1 response", "response.pdf")
    assert (first.media_type, first.size, first.event_number) == ("application/pdf", len(PDF), 1)
    assert (first.added, first.added_by, first.added_by_name) == (NOON, "1", "Ann Able")


def test_the_same_bytes_are_kept_once_for_all_cases(database: Database) -> None:
    with database.writing() as tx:
        for _ in range(3):
            documents.put(tx, opened(tx).id, documents=[LETTER], by=ANN, now=NOON)
        assert tx.execute(select(func.count()).select_from(document_content)).scalar_one() == 1


@pytest.mark.parametrize("event_number", [None, 1])
def test_the_same_document_added_twice_is_one(database: Database, event_number: int | None) -> None:
    with database.writing() as tx:
        case = opened(tx)
        first = documents.put(tx, case.id, documents=[LETTER], event_number=event_number, by=ANN, now=NOON)
        again = documents.put(tx, case.id, documents=[LETTER, LETTER], event_number=event_number, by=BOB, now=NOON)
        assert again == first * 2
        assert [row.added_by_name for row in documents.of_case(tx, case.id)] == ["Ann Able"]


def test_the_same_bytes_with_another_event_are_another_document(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        for event_number in (None, 1, 2):
            documents.put(tx, case.id, documents=[LETTER], event_number=event_number, by=ANN, now=NOON)
        assert [row.event_number for row in documents.of_case(tx, case.id)] == [None, 1, 2]


def test_a_document_is_found_by_its_own_case_only(database: Database) -> None:
    with database.writing() as tx:
        case, other = opened(tx), opened(tx)
        (document_id,) = documents.put(tx, case.id, documents=[LETTER], by=ANN, now=NOON)
        found = documents.one(tx, case.id, document_id)
        assert found
        assert found.sha256 == LETTER.sha256
        assert documents.one(tx, other.id, document_id) is None
        assert documents.one(tx, case.id, document_id + 1) is None
        assert documents.of_case(tx, other.id) == []


def test_bytes_changed_in_the_database_are_not_given_out(database: Database) -> None:
    with database.writing() as tx:
        documents.put(tx, opened(tx).id, documents=[LETTER], by=ANN, now=NOON)
        tx.execute(update(document_content).values(content=b"%PDF-1.7 another answer"))
        with pytest.raises(documents.ContentDamaged, match="restore it from a backup"):
            documents.content(tx, LETTER.sha256)


def test_bytes_that_are_not_there_are_said_to_be_missing(database: Database) -> None:
    with database.reading() as tx, pytest.raises(documents.ContentMissing, match="Restore it from a backup"):
        documents.content(tx, LETTER.sha256)
