"""What somebody does who knows the format and seals a bundle anew: it is found, or said to rest on the seal alone."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import verify_bundle
from engine.evidence_keeping import file_text
from engine.library import Library
from engine.office import Office
from engine.store import checkpoints
from tests.conftest import opened_office
from tests.unit.bundles import Files, made, rechained, resealed, worked, wrong
from web import proof_making

PAGE, EVENTS = "index.html", "events.json"
Events = list[dict[str, Any]]


@pytest.fixture(scope="module")
def its_office(shelf: Library, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    office = opened_office(f"sqlite:///{tmp_path_factory.mktemp('resealed') / 'office.sqlite'}", shelf)
    return office, worked(office, vulnerabilities="She is recovering from an operation.")


@pytest.fixture(scope="module")
def bundle(its_office: tuple[Office, str]) -> Files:
    return made(*its_office)


@pytest.fixture(scope="module")
def public(its_office: tuple[Office, str]) -> Files:
    """The same without private answers: its first event is withheld."""
    return made(*its_office, private=False, papers=False)


@pytest.fixture
def folder(its_office: tuple[Office, str], tmp_path: Path) -> Path:
    """The checkpoints of the installation."""
    place = tmp_path / "points"
    place.mkdir()
    with its_office[0].database.reading() as tx:
        for row in checkpoints.all_of_them(tx):
            (place / f"{row.number}.checkpoint").write_bytes(file_text(row))
    return place


def told(files: Files, place: Path, *given: str) -> tuple[int, str]:
    proof_making.put_into(place, files)
    return verify_bundle.report(str(place), *given)


def without_points(files: Files) -> Files:
    return resealed({**files, "checkpoints.json": b"[]\n"})


# --- events -----------------------------------------------------------------------------------------


def silenced(number: int, state: str) -> Callable[[Events], None]:
    def change(events: Events) -> None:
        del events[number - 1]["salt"], events[number - 1]["content"]
        events[number - 1]["state"] = state

    return change


def test_what_an_event_said_called_erased_is_found(bundle: Files) -> None:
    found = wrong(rechained(bundle, silenced(3, "erased")))
    assert found[0] == "events.json, event 3: what it said is gone, and the chain does not end with its disposal."


def test_what_an_event_says_withheld_from_a_bundle_with_private_answers_is_found(bundle: Files) -> None:
    found = wrong(rechained(bundle, silenced(4, "withheld")))
    assert found[0].startswith(
        "events.json, event 4: what it says is withheld from a bundle that is to have everything"
    )


def test_an_event_that_says_more_than_its_fields_is_found(bundle: Files) -> None:
    def more(events: Events) -> None:
        events[2]["content"] = events[2]["content"].replace('{"by"', '{"also":"x","by"', 1)

    assert wrong(rechained(bundle, more))[0] == "events.json, event 3: it says something beside its fields."


def test_an_event_put_in_with_an_early_date_is_found(bundle: Files, folder: Path, tmp_path: Path) -> None:
    """It follows from the chain; what shows it is a checkpoint that was made after it says it was recorded."""

    def one_more(events: Events) -> None:
        late = {**events[-1], "number": len(events) + 1, "recorded": "2024-06-11T09:00:00.000000Z"}
        events.append(late)

    forged = rechained(bundle, one_more)
    (first, *_) = wrong(forged)[-1:]
    assert "events.json, event 5: it says it was recorded before the checkpoint of 2024-07-01" in first
    page = bundle[PAGE].decode()
    article = re.search(r'<article data-event="4".*?</article>', page, re.DOTALL)
    assert article
    again = article[0].replace('data-event="4" id="event-4"', 'data-event="5" id="event-5"')
    again = re.sub(r"Event 4 (.*?) recorded [^,]*,", r"Event 5 \1 recorded 11 June 2024 at 10:00,", again)
    letter = next(name for name in bundle if name.startswith("letters/0004"))
    copy = {letter.replace("0004", "0005"): bundle[letter]}
    whole = without_points({**forged, **copy, PAGE: page.replace(article[0], article[0] + again).encode()})
    assert wrong(whole) == []  # nothing in the bundle itself can show it
    code, said = told(whole, tmp_path / "b", "", str(folder))
    assert (code, "event 5: it says it was recorded before the last checkpoint of the folder" in said) == (1, True), (
        said
    )


def test_a_case_made_up_under_another_reference_is_not_of_the_folder(
    bundle: Files, folder: Path, tmp_path: Path
) -> None:
    case = json.loads(bundle["manifest.json"])["case"].encode()
    said = (PAGE, EVENTS, "manifest.json")
    renamed = {
        name.replace(case.decode(), "CH-2024-09999"): text.replace(case, b"CH-2024-09999") if name in said else text
        for name, text in bundle.items()
    }
    forged = without_points(rechained(renamed, lambda events: None))
    code, said = told(forged, tmp_path / "b", "", str(folder))
    assert (code, "none there has it" in said) == (1, True), said


def test_an_empty_or_changed_folder_of_checkpoints_is_said(bundle: Files, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    code, said = told(bundle, tmp_path / "b", "", str(tmp_path / "nothing"))
    assert (code, "there is no checkpoint in it" in said) == (1, True), said
    place = folder / "1.checkpoint"
    place.write_text(place.read_text().replace(" 3 ", " 2 ", 1))
    code, said = verify_bundle.report(str(tmp_path / "b"), "", str(folder))
    assert (code, "1.checkpoint: it was changed" in said) == (1, True), said


# --- what cannot be checked is said -----------------------------------------------------------------


def test_how_far_a_checkpoint_reaches_is_said(bundle: Files, tmp_path: Path) -> None:
    first = verify_bundle.sha256(json.loads(bundle["checkpoints.json"])[0]["head"])
    code, said = told(bundle, tmp_path / "b", first)
    assert code == 0
    assert "holds the case up to event 3 of 4. Nothing outside the bundle shows the 1 after it." in said


def test_what_is_withheld_and_what_is_not_in_it_is_said_by_number(public: Files, bundle: Files, tmp_path: Path) -> None:
    _, said = told(public, tmp_path / "public")
    assert "it cannot be checked: events 1, 3." in said
    assert "but for events 1, 3" in said
    letter = next(name for name in bundle if name.startswith("letters/0004"))
    page = bundle[PAGE].replace(f'href="{letter}'.encode(), b'href="#')
    forged = resealed({**bundle, PAGE: page}, absent={"0004": "It was lost."})
    forged = resealed({name: text for name, text in forged.items() if name != letter})
    code, said = told(forged, tmp_path / "absent")
    assert (code, "Not in it, 0004: It was lost." in said) == (0, True), said


def test_the_page_says_nothing_of_a_withheld_event_that_it_has_no_field_for(public: Files) -> None:
    page = public[PAGE].decode()
    assert 'data-key="description"' in page
    changed = page.replace('data-key="description"', 'data-key="agreed"')
    assert any(
        one.startswith("index.html, event 1") or PAGE in one
        for one in wrong(resealed({**public, PAGE: changed.encode()}))
    )


def test_every_byte_is_under_the_seal_that_its_maker_tells(bundle: Files, tmp_path: Path) -> None:
    seal = verify_bundle.sha256(bundle["manifest.json"])
    assert told(bundle, tmp_path / "b", "", "", seal[:16])[0] == 0
    forged = resealed({**bundle, PAGE: bundle[PAGE].replace(b"Done in time", b"Done late")})
    assert wrong(forged) == []  # a sentence beside the events: nothing but the seal holds it
    code, said = told(forged, tmp_path / "forged", "", "", seal)
    assert (code, "it is not the one whose seal you gave" in said) == (1, True), said
    _, said = verify_bundle.report(str(tmp_path / "forged"))
    assert "rest on the seal alone" in said


def test_another_verifier_in_the_bundle_is_said(bundle: Files, tmp_path: Path) -> None:
    forged = resealed({**bundle, "verify.py": b"print('WHOLE')\n"})
    _, said = told(forged, tmp_path / "b")
    assert "The verify.py in it is not the program that checks it now" in said


def test_what_happened_is_read_from_the_events_alone(bundle: Files, tmp_path: Path) -> None:
    proof_making.put_into(tmp_path / "b", bundle)
    _, said = verify_bundle.report(str(tmp_path / "b"), read=True)
    assert said.startswith("Event 1 (complaint_received): happened")
    assert "  outcome: upheld" in said


# --- the page ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("</style>", "article { display: none }</style>"),
        ("<main>", "<style>article { display: none }</style><main>"),
        ("<main>", "<main hidden>"),
        ("<main>", '<main style="display: none">'),
        ("<main>", "<noscript><main>"),
        ("<main>", "<textarea><main>"),
        ("<main>", "<!-- --><main>"),
        ("<title>", '<title><h1 id="x">'),
        ("<main>", '<main><img src="letters/x.png">'),
        ("<main>", '<main onclick="x">'),
        ('http-equiv="Content-Security-Policy"', 'http-equiv="refresh"'),
        ('href="events.json"', 'href="https://elsewhere.example/events.json"'),
        ('href="events.json"', 'href="//elsewhere.example/events.json"'),
        ('href="events.json"', 'href="events.json" href="https://elsewhere.example"'),
        ("<main>", "<?php ?><main>"),
    ],
)
def test_a_page_that_hides_runs_or_leads_out_is_found(bundle: Files, old: str, new: str) -> None:
    page = bundle[PAGE].decode()
    assert old in page
    forged = resealed({**bundle, PAGE: page.replace(old, new, 1).encode()})
    assert any(one.startswith(PAGE) for one in wrong(forged)), new


# --- the zip -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def packed(bundle: Files) -> bytes:
    return verify_bundle.zipped(bundle, "CH-2024-00001-proof")


@settings(max_examples=80)
@given(data=st.data())
def test_one_byte_changed_anywhere_in_a_zip_is_found(
    packed: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    directory = packed.rindex(b"PK\x01\x02", 0, packed.index(b"PK\x01\x02") + 4)
    at = data.draw(st.one_of(st.integers(0, len(packed) - 1), st.integers(directory, len(packed) - 1)))
    changed = bytearray(packed)
    changed[at] ^= data.draw(st.integers(1, 255))
    place = tmp_path_factory.getbasetemp() / "flipped.zip"
    place.write_bytes(bytes(changed))
    code, said = verify_bundle.report(str(place))
    assert code in (1, 2), f"at {at}: {said}"
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "how", ["at its end", "at its beginning", "as a comment", "packed again", "as an empty folder"]
)
def test_what_is_put_into_the_wrapping_is_found(packed: bytes, bundle: Files, tmp_path: Path, how: str) -> None:
    place = tmp_path / "b.zip"
    place.write_bytes({"at its end": packed + b"more", "at its beginning": b"more" + packed}.get(how, packed))
    if how in ("as a comment", "as an empty folder"):
        with zipfile.ZipFile(place, "a") as opened:
            if how == "as a comment":
                opened.comment = b"more"
            else:
                opened.writestr("CH-2024-00001-proof/more/", b"hidden")
    if how == "packed again":
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as opened:
            for name, content in bundle.items():
                opened.writestr(f"CH-2024-00001-proof/{name}", content)
    code, said = verify_bundle.report(str(place))
    assert (code, "b.zip: the zip around the files was changed" in said) == (1, True) or code == 2, said


def test_a_file_beside_the_folder_of_a_zip_is_named(packed: bytes, tmp_path: Path) -> None:
    into = io.BytesIO(packed)
    with zipfile.ZipFile(into, "a") as opened:
        opened.writestr("read-me-first.html", "<p>It was all a mistake.</p>")
    (tmp_path / "b.zip").write_bytes(into.getvalue())
    code, said = verify_bundle.report(str(tmp_path / "b.zip"))
    assert (code, "../read-me-first.html: it was added" in said) == (1, True), said


def test_a_name_twice_in_a_zip_is_not_read(packed: bytes, tmp_path: Path) -> None:
    into = io.BytesIO(packed)
    with zipfile.ZipFile(into, "a") as opened, pytest.warns(UserWarning, match="Duplicate"):
        opened.writestr("CH-2024-00001-proof/index.html", "<p>Another page.</p>")
    (tmp_path / "b.zip").write_bytes(into.getvalue())
    code, said = verify_bundle.report(str(tmp_path / "b.zip"))
    assert (code, "index.html is in it twice" in said) == (2, True), said


def test_what_a_computer_leaves_in_a_folder_is_no_alarm_and_is_said(bundle: Files, tmp_path: Path) -> None:
    code, said = told({**bundle, ".DS_Store": b"\0\0"}, tmp_path / "b")
    assert (code, "Not of the bundle, put there by a computer it was looked at on: .DS_Store" in said) == (0, True), (
        said
    )
