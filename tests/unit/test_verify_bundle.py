"""Laws of a sealed bundle: what was made is whole for anybody with Python alone, and every change of it is found."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
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
from engine.refusals import Refused
from engine.store import cases as stored
from engine.store import checkpoints, timeline
from tests.conftest import opened_office
from tests.unit.bundles import Files, made, rechained, resealed, worked, wrong
from web import proof_making

PAGE = "index.html"


@pytest.fixture(scope="module")
def its_office(shelf: Library, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    """An office with one worked case, which no test of this module changes."""
    office = opened_office(f"sqlite:///{tmp_path_factory.mktemp('bundle') / 'office.sqlite'}", shelf)
    reference = worked(office, vulnerabilities="She is recovering from an operation.")
    return office, reference


@pytest.fixture(scope="module")
def bundle(its_office: tuple[Office, str]) -> Files:
    return made(*its_office)


@pytest.fixture(scope="module")
def last_hash(its_office: tuple[Office, str]) -> str:
    with its_office[0].database.reading() as tx:
        row = checkpoints.latest(tx)
    assert row
    return row.hash


def on_disk(files: Files, folder: Path) -> Path:
    proof_making.put_into(folder, files)
    return folder


# --- what is whole ------------------------------------------------------------------------------


def test_a_bundle_is_whole_and_says_what_it_shows(bundle: Files, tmp_path: Path, last_hash: str) -> None:
    code, said = verify_bundle.report(str(on_disk(bundle, tmp_path / "b")), last_hash)
    assert code == 0, said
    assert "NOTHING WRONG WAS FOUND" in said
    assert "WHOLE" not in said, "the page rests on the seal, which nobody gave"
    assert "2 letters, each the one its event sent" in said
    assert "under the checkpoint of 1 July 2024" in said
    names = set(bundle)
    assert {PAGE, "README.txt", "verify.py", "calendar.json", "seals.json", "documents/0001-lift-1.jpg"} <= names


def test_the_verifier_in_it_needs_python_alone(bundle: Files, tmp_path: Path, last_hash: str) -> None:
    folder = on_disk(bundle, tmp_path / "b")
    (tmp_path / "elsewhere").mkdir()
    command = [sys.executable, "-I", "-S", folder / "verify.py", folder, "--checkpoint", last_hash]
    command += ["--seal", verify_bundle.sha256(bundle["manifest.json"])]
    ran = subprocess.run(command, cwd=tmp_path / "elsewhere", env={}, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
    assert "WHOLE: every byte" in ran.stdout
    (folder / PAGE).write_bytes(bundle[PAGE] + b" ")
    ran = subprocess.run(command, cwd=tmp_path / "elsewhere", env={}, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    assert "index.html: it was changed after it was sealed" in ran.stdout


def test_the_zip_of_a_bundle_is_checked_as_it_is(bundle: Files, tmp_path: Path) -> None:
    packed = tmp_path / "b.zip"
    packed.write_bytes(verify_bundle.zipped(bundle, "proof"))
    assert verify_bundle.report(str(packed))[0] == 0


def test_the_page_has_the_letters_the_decision_and_the_policy_in_words(bundle: Files) -> None:
    page = bundle[PAGE].decode()
    for words in (
        "The lift has been broken since May.",
        "She is recovering from an operation.",
        "Decisions and their reasons",
        "Done in time, on 5 June 2024",
        "How to complain",
        "with private answers and with the documents",
    ):
        assert words in page, words
    assert "<script" not in page


def test_private_answers_and_documents_are_left_out_unless_asked_for(its_office: tuple[Office, str]) -> None:
    files = made(*its_office, private=False, papers=False)
    assert wrong(files) == []
    assert b"recovering" not in b"".join(files.values())
    assert not [name for name in files if name.startswith("documents/")]
    said = json.loads(files["manifest.json"])
    assert (said["private"], said["documents"]) == (False, False)
    states = [event.get("state", "") for event in json.loads(files["events.json"])["events"]]
    assert states[0] == "withheld"
    _, whole = verify_bundle.checked(files)
    assert any("withheld" in sentence for sentence in whole)


def test_that_a_bundle_was_made_is_recorded_with_its_seal(office: Office) -> None:
    from engine.store import acts

    files = made(office, worked(office))
    with office.database.reading() as tx:
        (act,) = [one for one in acts.acts(tx) if one.what == proof_making.MADE]
    assert act.detail
    assert act.detail["manifest"] == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert (act.detail["private"], act.detail["documents"]) == (True, True)


def test_nothing_is_sealed_of_a_case_that_was_erased_or_tampered_with(office: Office) -> None:
    reference = worked(office)
    with office.database.writing() as tx:
        row = stored.case_by_reference(tx, reference)
        assert row
        timeline.erase_content(tx, row.id, numbers=range(1, row.last_event_number + 1))
    with pytest.raises(Refused, match="was erased"):
        made(office, reference)


def test_a_case_no_checkpoint_has_says_so(office: Office) -> None:
    from tests.unit.casting import hired
    from tests.unit.test_writing import begun

    files = made(office, begun(office, hired(office, "Ann")))
    wrong_, whole = verify_bundle.checked(files)
    assert wrong_ == []
    assert any("No checkpoint of the record has this case yet" in sentence for sentence in whole)
    assert wrong(files, "0" * 64)


# --- one byte, one file --------------------------------------------------------------------------


@settings(max_examples=150)
@given(data=st.data())
def test_one_byte_changed_anywhere_is_found_and_its_file_named(bundle: Files, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(name for name in bundle if bundle[name])))
    place = data.draw(st.integers(0, len(bundle[name]) - 1))
    byte = data.draw(st.integers(1, 255))
    changed = bytearray(bundle[name])
    changed[place] ^= byte
    found = wrong({**bundle, name: bytes(changed)})
    assert found
    assert any(one.startswith(name) for one in found), found


def test_a_changed_event_is_named_by_its_number(bundle: Files) -> None:
    text = bundle["events.json"].replace(b"broken since May", b"broken since Mai")
    assert wrong({**bundle, "events.json": text})[0] == (
        "events.json, event 3: what it says was changed after it was recorded."
    )


def test_a_file_added_or_taken_out_is_found(bundle: Files) -> None:
    (found, *_) = wrong({**bundle, "letters/0002-another.pdf": b"%PDF"})
    assert found.startswith("letters/0002-another.pdf: it was added")
    for name in sorted(set(bundle) - {"manifest.json"}):
        rest = {one: content for one, content in bundle.items() if one != name}
        assert any(one.startswith(name) for one in wrong(rest)), name


# --- forged with care: every hash made to fit ----------------------------------------------------


def say(number: int, old: str, new: str) -> Callable[[list[dict[str, Any]]], object]:
    def change(events: list[dict[str, Any]]) -> None:
        event = events[number - 1]
        assert old in event["content"]
        event["content"] = event["content"].replace(old, new)

    return change


def renumber(events: list[dict[str, Any]]) -> None:
    del events[1]
    for number, event in enumerate(events, 1):
        event["number"] = number


FORGERIES: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "an answer changed": say(4, '"outcome":"upheld"', '"outcome":"not_upheld"'),
    "the day it was answered": lambda events: events[3].update(happened="2024-06-07T11:00:00.000000Z"),
    "who answered": lambda events: events[3].update(by_person="99"),
    "the tail cut": lambda events: events.pop(),
    "an event cut out and the rest renumbered": renumber,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_chain_worked_out_anew_is_not_the_one_of_the_checkpoints(bundle: Files, name: str) -> None:
    found = wrong(rechained(bundle, FORGERIES[name]))
    assert any(one.startswith("checkpoints.json, checkpoint") for one in found), found


def test_without_its_checkpoints_it_is_not_under_the_one_that_was_given(bundle: Files, last_hash: str) -> None:
    forged = rechained({**bundle, "checkpoints.json": b"[]\n"}, FORGERIES["an answer changed"])
    assert any("the case is not under the checkpoint" in one for one in wrong(forged, last_hash))
    assert wrong(resealed({**bundle, "checkpoints.json": b"[]\n"}), last_hash)


def test_a_checkpoint_made_up_is_not_the_one_that_was_given(bundle: Files, last_hash: str) -> None:
    files = rechained(bundle, FORGERIES["an answer changed"])
    manifest = json.loads(files["manifest.json"])
    points = json.loads(files["checkpoints.json"])
    (key,) = manifest["versions"]
    case = hashlib.sha256(f"\0{manifest['case']} {manifest['events']} {manifest['head_hash']}".encode()).digest()
    policy = hashlib.sha256(f"\0version:{key} 0 {manifest['versions'][key]}".encode()).digest()
    root = hashlib.sha256(b"\1" + case + policy).hexdigest()
    head = json.dumps({**json.loads(points[-1]["head"]), "root": root}, separators=(",", ":"), sort_keys=True)
    ways = {manifest["case"]: [f">{policy.hex()}"], f"version:{key}": [f"<{case.hex()}"]}
    forged = resealed({**files, "checkpoints.json": json.dumps([{**points[-1], "head": head, "ways": ways}]).encode()})
    assert not [one for one in wrong(forged) if one.startswith("checkpoints.json")]
    assert any("the case is not under the checkpoint" in one for one in wrong(forged, last_hash))


def test_a_chain_that_differs_from_a_folder_of_checkpoints_is_found(
    its_office: tuple[Office, str], bundle: Files, tmp_path: Path
) -> None:
    folder = tmp_path / "points"
    folder.mkdir()
    with its_office[0].database.reading() as tx:
        for row in checkpoints.all_of_them(tx):
            (folder / f"{row.number}.checkpoint").write_bytes(file_text(row))
    assert verify_bundle.report(str(on_disk(bundle, tmp_path / "good")), "", str(folder))[0] == 0
    forged = resealed(
        {**rechained(bundle, lambda events: events.pop()), PAGE: _without_last_event(bundle), "checkpoints.json": b"[]"}
    )
    forged = resealed({name: text for name, text in forged.items() if not name.startswith("letters/0004")})
    code, said = verify_bundle.report(str(on_disk(forged, tmp_path / "forged")), "", str(folder))
    assert code == 1
    assert "the chain is not what" in said


def _without_last_event(bundle: Files) -> bytes:
    page = bundle[PAGE].decode()
    at = page.index('<article data-event="4"')
    page = page[:at] + page[page.index("</article>", at) + len("</article>") :]
    at = page.index('<section class="inset" data-again="4"')
    page = page[:at] + page[page.index("</section>", at) + len("</section>") :]
    return page.replace('href="letters/0004', 'href="#letters/0004').encode()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("The lift has been broken since May.", "The lift was never broken."),
        ("happened 5 June 2024", "happened 4 June 2024"),
        (">Upheld<", ">Not upheld<"),
        ('<h3 data-is="title">Stage 1: Acknowledged</h3>', '<h3 data-is="title">Stage 2: Acknowledged, twice</h3>'),
        ('<article data-event="2"', '<article data-event="2" hidden'),
        ('<article data-event="2"', '<article data-event="3"'),
        ("</article>", "<p>The resident agreed.</p></article>"),
        ("</main>", "<script>document.body.remove()</script></main>"),
        ('data-again="1"', 'data-again="77"'),
    ],
)
def test_a_page_that_says_something_else_than_the_events_is_found(bundle: Files, old: str, new: str) -> None:
    page = bundle[PAGE].decode()
    assert old in page
    forged = resealed({**bundle, PAGE: page.replace(old, new, 1).encode()})
    assert any(one.startswith(PAGE) for one in wrong(forged)), wrong(forged)


def test_another_letter_in_the_place_of_one_is_found(bundle: Files) -> None:
    first, second = sorted(name for name in bundle if name.startswith("letters/"))
    assert wrong(resealed({**bundle, first: bundle[second]})) == [f"{first}: it is not the letter its event sent."]
    rest = {name: content for name, content in bundle.items() if name != first}
    assert any("the letter this event sent is missing" in one for one in wrong(resealed(rest)))


def test_another_policy_in_the_place_of_one_is_found_even_where_its_seal_was_made_to_fit(bundle: Files) -> None:
    (key,) = json.loads(bundle["manifest.json"])["versions"]
    path = f"version/{key}/policies/{key}.yaml"
    changed = {**bundle, path: bundle[path].replace(b"10 working days", b"90 working days")}
    assert wrong(resealed(changed)) == [f"version/{key}/: the policy is not the one that was sealed."]
    digest = hashlib.sha256()
    top = f"version/{key}/"
    for name in sorted(name for name in changed if name.startswith(top)):
        digest.update(f"{name.removeprefix(top)}\0{len(changed[name])}\0".encode() + changed[name])
    found = wrong(resealed(changed, versions={key: digest.hexdigest()}))
    assert any("is not the one of the checkpoint of" in one for one in found), found


# --- what is hostile -----------------------------------------------------------------------------

HOSTILE: dict[str, bytes] = {
    "no JSON": b"{",
    "NaN": b'{"case": NaN}',
    "a key twice": b'{"case": "a", "case": "b"}',
    "deep": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "another kind": b'"a text"',
    "a number": b"7",
    "a huge number": b"9" * 100_000,
    "no UTF-8": b"\xff\xfe",
    "nothing": b"",
    "NUL": b"\0",
    "wrong types": b'{"case": 7, "events": {}}',
    "wrong types within": b'{"case": "a", "events": [7, null, {"number": "x"}]}',
}


@pytest.mark.parametrize("name", ["manifest.json", "events.json", "checkpoints.json", PAGE])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_gets_a_sentence(bundle: Files, tmp_path: Path, name: str, what: str) -> None:
    files = {**bundle, name: HOSTILE[what]}
    for number, one in enumerate([files, *([resealed(files)] if name != "manifest.json" else [])]):
        code, said = verify_bundle.report(str(on_disk(one, tmp_path / str(number))))
        assert code in (1, 2)
        assert "Traceback" not in said
        assert name in said


KEYS = ["case", "events", "head", "event", "ways", "files", "versions", "format", "absent", "number"]
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda some: st.lists(some, max_size=4) | st.dictionaries(st.sampled_from(KEYS), some, max_size=9),
    max_leaves=20,
)


@settings(max_examples=100)
@given(said=ANY_JSON.filter(lambda said: said != []))  # no checkpoint at all is a bundle made before the first
def test_whatever_json_stands_in_it_gets_a_sentence(bundle: Files, said: Any) -> None:
    content = json.dumps(said).encode("utf-8", "surrogatepass")
    for name in ("manifest.json", "events.json", "checkpoints.json"):
        assert wrong({**bundle, name: content})
        if name != "manifest.json":
            assert wrong(resealed({**bundle, name: content}))


def test_what_leads_out_of_the_folder_is_not_followed(bundle: Files, tmp_path: Path) -> None:
    folder = on_disk(bundle, tmp_path / "b")
    (folder / "secret").symlink_to("/etc/hostname")
    assert verify_bundle.report(str(folder)) == (
        2,
        "This cannot be checked. secret is a link, a device or a folder too deep. It is not followed.",
    )
    (folder / "secret").unlink()
    os.mkfifo(folder / "pipe")
    assert verify_bundle.report(str(folder))[0] == 2
    (folder / "pipe").unlink()
    deep = folder / "/".join("d" * 30)
    deep.mkdir(parents=True)
    assert verify_bundle.report(str(folder))[0] == 2


@pytest.mark.parametrize("name", ["../out", "/etc/x", "a\\b", "b/../../c"])
def test_a_zip_that_leads_out_is_not_read(tmp_path: Path, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("manifest.json", "{}")
        into.writestr(name, "x")
    place = tmp_path / "b.zip"
    place.write_bytes(packed.getvalue())
    code, said = verify_bundle.report(str(place))
    assert (code, "leads out of the bundle" in said) == (2, True), said


def test_a_zip_that_unpacks_to_more_than_it_may_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: Files
) -> None:
    monkeypatch.setattr(verify_bundle, "MOST_OF_A_FILE", 1_000_000)
    place = tmp_path / "b.zip"
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("manifest.json", "{}")
        into.writestr("bomb", b"\0" * 2_000_000)
    assert "larger ones, than any bundle has" in verify_bundle.report(str(place))[1]
    place.write_bytes(verify_bundle.zipped(bundle, "proof")[:-200])
    assert verify_bundle.report(str(place))[0] == 2
    assert verify_bundle.report(str(tmp_path / "nowhere"))[0] == 2
    assert verify_bundle.report(str(tmp_path), "no hash")[0] == 2
