"""The chain: one text for one value, and every tampering found at its first place."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.store import chain
from engine.store.cases import CaseRow, NewEvent
from engine.store.timeline import links_after

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
UNRECORDABLE = [float("nan"), float("inf"), 2**64, "\ud800", {1: "a"}, object(), {"a": [float("nan")]}, b"a"]


def linked(events: list[NewEvent]) -> list[chain.ChainedEvent]:
    """Events as a case's chain has them."""
    links = links_after(EMPTY, events)
    rows = [row | content for row, content in zip(links.rows, links.contents, strict=True)]
    return [chain.ChainedEvent(**{key: value for key, value in row.items() if key != "case_id"}) for row in rows]


NOTHING: dict[str, Any] = dict.fromkeys(CaseRow.__slots__)
EMPTY = CaseRow(**NOTHING | {"reference": "SEH-2024-00001", "last_event_number": 0, "head_hash": chain.GENESIS})
EVENTS = [NewEvent(f"event_{n}", NOON, NOON, "1", "Ann", {"note": f"what {n}", "number": n}) for n in range(1, 6)]
CHAIN = linked(EVENTS)


def first_bad(events: list[chain.ChainedEvent]) -> int | None:
    place = chain.verify_case("SEH-2024-00001", events, last_number=len(CHAIN), head_hash=CHAIN[-1].hash)
    return place.number if place else None


@given(VALUES)
def test_the_canonical_text_reads_back_as_the_value(value: Any) -> None:
    assert json.loads(chain.canonical_json(value)) == value


@given(VALUES)
def test_the_canonical_text_is_plain_json_with_sorted_keys(value: Any) -> None:
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert chain.canonical_json(value) == plain


@given(st.dictionaries(WORDS, VALUES, max_size=6), st.randoms())
def test_the_order_in_which_fields_were_given_does_not_matter(fields: dict[str, Any], order: Any) -> None:
    shuffled = list(fields.items())
    order.shuffle(shuffled)
    assert chain.canonical_json(dict(shuffled)) == chain.canonical_json(fields)


@pytest.mark.parametrize("value", UNRECORDABLE, ids=lambda value: type(value).__name__)
def test_what_json_would_change_in_silence_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"record"):
        chain.canonical_json({"field": value} if not isinstance(value, dict) else value)


def test_an_instant_without_a_zone_has_no_text() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        chain.canonical_json({"when": NOON.replace(tzinfo=None)})


def test_one_instant_has_one_text_in_every_zone() -> None:
    in_summer_time = NOON.astimezone(timezone(timedelta(hours=1)))
    assert chain.instant_text(in_summer_time) == chain.instant_text(NOON) == "2024-05-01T12:00:00.000000Z"


def test_a_date_is_recorded_as_its_iso_text() -> None:
    assert chain.canonical_json({"to": date(2024, 5, 15)}) == '{"to":"2024-05-15"}'


@given(WORDS, WORDS)
def test_the_same_content_has_another_hash_under_another_salt(first: str, second: str) -> None:
    assert (chain.content_hash(first, "{}") == chain.content_hash(second, "{}")) == (first == second)


def test_the_hash_of_an_event_can_be_counted_without_this_program() -> None:
    one = CHAIN[0]
    parts = [
        *("redress-event-1", "SEH-2024-00001", 1, "event_1", "2024-05-01T12:00:00.000000Z"),
        *("2024-05-01T12:00:00.000000Z", "1", '["note","number"]', one.content_hash, "0" * 64),
    ]
    text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
    assert one.hash == hashlib.sha256(text.encode()).hexdigest()
    assert one.content_hash == hashlib.sha256(f"{one.salt}\n{one.content}".encode()).hexdigest()


def test_a_chain_nobody_touched_holds() -> None:
    assert first_bad(CHAIN) is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"happened": NOON - timedelta(days=1)},
        {"recorded": NOON - timedelta(days=1)},
        {"by_person": "2"},
        {"by_name": "Bob"},
        {"field_names": '["note"]'},
        {"content": '{"by":"Ann","fields":{"note":"other","number":3}}'},
        {"salt": "00"},
        {"content_hash": "0" * 64},
        {"previous_hash": "0" * 64},
        {"hash": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_edited_event_is_found(change: dict[str, Any]) -> None:
    assert first_bad([*CHAIN[:2], replace(CHAIN[2], **change), *CHAIN[3:]]) == 3


@pytest.mark.parametrize("place", range(5))
def test_a_deleted_event_is_found(place: int) -> None:
    found = first_bad(CHAIN[:place] + CHAIN[place + 1 :])
    assert found == min(place + 2, 5)  # the one that now follows wrongly; a cut tail shows in the case's own row


def test_events_in_another_order_are_found() -> None:
    assert first_bad([CHAIN[0], CHAIN[2], CHAIN[1], *CHAIN[3:]]) == 3


def test_renumbered_events_are_found() -> None:
    moved = [replace(link, number=number) for number, link in enumerate([CHAIN[0], *CHAIN[2:]], 1)]
    assert first_bad(moved) == 2


def test_the_chain_of_another_case_is_found() -> None:
    place = chain.verify_case("SEH-2024-00002", CHAIN, last_number=5, head_hash=CHAIN[-1].hash)
    assert place
    assert place.number == 1


def test_erased_content_leaves_the_chain_whole() -> None:
    assert first_bad([replace(link, salt=None, content=None) for link in CHAIN]) is None


def test_what_is_hashed_of_an_event_holds_none_of_its_content() -> None:
    again = linked([replace(EVENTS[0], fields={"note": "something else", "number": 9})])[0]
    assert again.field_names == CHAIN[0].field_names
    assert again.content_hash != CHAIN[0].content_hash
