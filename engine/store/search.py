"""Find cases by the beginning of a word of their reference, resident's name, address or postcode, in any case."""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, select

from engine.store.case_rows import CaseRow
from engine.store.database import Transaction
from engine.store.schema import search_word

#: A search looks at no more words than this, and finds no more cases: beyond it, the words should say more.
MOST_WORDS = 5
MOST_CASES = 500

_AFTER_ANY_LETTER = "\U0010ffff"
_PARTS = re.compile(r"[^\W_]+")


def words_of(text: str) -> list[str]:
    """The words of a text as they are searched: lower case, without accents and without marks at their ends."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return [word for part in plain.casefold().split() if (word := part.strip(".,;:'\"()/-"))]


def index_case(tx: Transaction, case: CaseRow, *, is_new: bool = False) -> None:
    """Write the words a case is found by, in place of those it had."""
    words = {word for text in (case.reference, case.resident, case.address, case.postcode) for word in words_of(text)}
    parts = {part for word in words for part in _PARTS.findall(word)}
    joined = {"".join(words_of(case.postcode))} - {""}
    if not is_new:
        tx.execute(search_word.delete().where(search_word.c.case_id == case.id))
    rows = [{"word": word, "case_id": case.id} for word in sorted(words | parts | joined)]
    if rows:
        tx.execute(search_word.insert(), rows)


def cases_matching(tx: Transaction, text: str, *, most: int = MOST_CASES) -> list[int]:
    """The ids of cases that have, for each word searched, a word beginning with it: at most `most`, the newest of each.

    The longest word is looked up in the index, from its end, and the others are checked on what it finds.
    """
    words = sorted(set(words_of(text)), key=len, reverse=True)[:MOST_WORDS]
    if not words:
        return []
    found = search_word.alias()
    query = select(found.c.case_id).where(_begins(found.c.word, words[0]), *_also(found.c.case_id, words[1:]))
    in_order = query.order_by(found.c.word.desc(), found.c.case_id.desc()).limit(most)
    return list(dict.fromkeys(tx.execute(in_order).scalars()))


def _also(case_id: ColumnElement[int], words: Sequence[str]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for word in words:
        other = search_word.alias()
        conditions.append(exists().where(other.c.case_id == case_id, _begins(other.c.word, word)))
    return conditions


def _begins(column: ColumnElement[str], prefix: str) -> ColumnElement[bool]:
    return and_(column >= prefix, column < prefix + _AFTER_ANY_LETTER)
