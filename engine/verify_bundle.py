"""Checks a sealed bundle of a complaint, with nothing but Python's standard library (Python 3.9 or newer).

    python verify.py FOLDER-OR-ZIP [--checkpoint HASH-OR-FILE] [--seal HASH] [--read]

It says what it found whole, or names each place that is not as it was sealed. It runs nothing that is in the bundle,
writes nothing and needs no network. Take this file from somewhere else than the bundle if you can. What shows that
nobody made the whole bundle up is the hash of a checkpoint that reached you in another way: by mail, on a report. The
seal of the bundle, told you in another way by whoever made it, shows that every byte is theirs. --read prints what
happened from the events themselves, so that you need not take index.html's word for it.

Exit code 0: whole. 1: something is not. 2: it cannot be read at all.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import re
import stat
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

MOST_FILES, MOST_BYTES, MOST_OF_A_FILE, MOST_FOLDERS = 5_000, 1_000_000_000, 200_000_000, 20
MOST_SAID = 20  # of bad places
HEX = re.compile(r"[0-9a-f]{64}")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
INSTANT_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
EVENT_FORMAT, BUNDLE_FORMAT, CHECKPOINT_FORMAT = "redress-event-1", "redress-bundle-1", "redress-checkpoint-1"
MANIFEST, EVENTS, POINTS, PAGE = "manifest.json", "events.json", "checkpoints.json", "index.html"
LINK = ("number", "name", "happened", "recorded", "by_person", "by_name", "field_names", "content_hash",
        "previous_hash", "hash")  # fmt: skip
WITHHELD, ERASED, THE_ERASING = "withheld", "erased", "content_erased"
OF_THE_SYSTEM = (".DS_Store", "Thumbs.db", "desktop.ini")  # what a computer puts into a folder that is looked at
LATE = timedelta(hours=1)  # how long what was recorded before a checkpoint may have taken to be stored
#: what a page may be made of: nothing that hides, runs or draws a part of it, or that browsers read otherwise than this
TAGS = re.compile(
    "html|head|meta|title|style|body|main|nav|section|article|div|p|h[123]|dl|dt|dd|ul|li|table|caption|thead|tbody|tr|"
    "th|td|a|b|br|code|span"
)
ATTRIBUTES = re.compile("id|class|href|lang|charset|http-equiv|content|name|scope|aria-label|data-(event|again|is|key)")
#: the SHA-256 of the style of the pages this program made
STYLES = {"5ab452864f373a83502bfc2f85182d3e57bbef6a574f4233a2474a7b8b01a33f"}


class Bad(Exception):
    """A place that is not as it was sealed: where, and what is wrong there."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")


class Unreadable(Exception):
    """It is no bundle, or one that must not be read: too large, too deep, with links in it."""


class Event(NamedTuple):
    """An event as the bundle has it: a link of the chain, with what it says where that is there."""

    link: dict[str, Any]
    state: str  # "", or why what it says is not there
    fields: dict[str, Any]


# --- reading what may be hostile ------------------------------------------------------------------


def files_of(place: Path) -> dict[str, bytes]:
    """Every file of a folder or zip by its path. Raises Unreadable, with nothing followed that leads elsewhere."""
    found = dict(_in_zip(place) if place.is_file() else _in_folder(place))
    tops = [name.partition("/")[0] for name in found if name.count("/") == 1 and name.endswith(f"/{MANIFEST}")]
    if MANIFEST not in found and len(tops) == 1:  # everything lies in one folder, as in a zip that was unpacked
        top = f"{tops[0]}/"
        found = {name[len(top) :] if name.startswith(top) else f"../{name}": text for name, text in found.items()}
    if MANIFEST not in found:
        raise Unreadable(f"There is no {MANIFEST} in it, so it is no bundle.")
    return found


def zipped(files: dict[str, bytes], top: str) -> bytes:
    """A bundle as one zip, everything in a folder of that name: the same bytes for the same bundle, wherever it is
    made, so that nothing in the wrapping can be changed either. Nothing in it is made smaller, for each program does
    that in a way of its own."""
    made = manifest_of(files)["made"]
    when = tuple(int(part) for part in re.findall(r"\d+", made)[:6])
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as packed:
        for path, content in sorted(files.items()):
            one = zipfile.ZipInfo(f"{top}/{path}", (max(when[0], 1980), *when[1:]))  # type: ignore[arg-type]  # it has six parts: the manifest was checked
            one.external_attr, one.create_system, one.create_version = 0o644 << 16, 3, 20
            packed.writestr(one, content)
    return into.getvalue()


def zip_faults(place: Path, files: dict[str, bytes]) -> Iterator[Bad]:
    """Whether a zip is, byte for byte, the one its maker wrote; nothing is said of a folder."""
    if not place.is_file():
        return
    with zipfile.ZipFile(place) as packed:
        top = packed.namelist()[0].partition("/")[0]
    if zipped(files, top) != place.read_bytes():
        yield Bad(
            plain(place.name),
            "the zip around the files was changed after it was made, or they were packed again. Unpack it and check "
            "the folder: that says whether the files are as they were sealed.",
        )


def _in_folder(top: Path) -> Iterator[tuple[str, bytes]]:
    folders, count, size = [(top, "", 0)], 0, 0
    while folders:
        folder, before, depth = folders.pop()
        for path in sorted(folder.iterdir()):
            kind, name = path.lstat(), f"{before}{path.name}"
            if stat.S_ISDIR(kind.st_mode) and depth < MOST_FOLDERS:
                folders.append((path, f"{name}/", depth + 1))
                continue
            if not stat.S_ISREG(kind.st_mode):
                raise Unreadable(f"{plain(name)} is a link, a device or a folder too deep. It is not followed.")
            count, size = count + 1, size + kind.st_size
            _not_too_much(name, kind.st_size, count, size)
            yield name, path.read_bytes()


def _in_zip(place: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(place) as packed:
        seen: set[str] = set()
        size = 0
        for one in packed.infolist():
            name = one.filename
            if stat.S_ISLNK(one.external_attr >> 16) or name.startswith("/") or "\\" in name or ".." in name.split("/"):
                raise Unreadable(f"{plain(name)} is a link, or leads out of the bundle. It is not followed.")
            if one.is_dir():
                continue
            if name in seen or one.flag_bits & 1:
                raise Unreadable(f"{plain(name)} is in it twice, or is locked.")
            seen.add(name)
            size += one.file_size
            _not_too_much(name, one.file_size, len(seen), size)
            with packed.open(one) as opened:
                content = opened.read(one.file_size + 1)
            if len(content) != one.file_size:
                raise Unreadable(f"{plain(name)} is not as large as the zip says.")
            yield name, content


def _not_too_much(name: str, of_it: int, count: int, size: int) -> None:
    if count > MOST_FILES or size > MOST_BYTES or of_it > MOST_OF_A_FILE:
        raise Unreadable(f"At {plain(name)} it has more files, or larger ones, than any bundle has.")


def strict(name: str, content: bytes | str, kind: type) -> Any:
    """The JSON of a file, where it is of that kind at the top. Raises Bad for what JSON leaves in doubt."""
    try:
        read = json.loads(content, object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as wrong:
        raise Bad(name, f"it is not JSON as this bundle has it ({plain(str(wrong))[:100]}).") from None
    if not isinstance(read, kind):
        raise Bad(name, "it holds something else than it should.")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number")


def of_kind(where: str, said: dict[str, Any], **kinds: type) -> list[Any]:
    """The values of these keys, each of its kind. Raises Bad."""
    for key, kind in kinds.items():
        if type(said.get(key)) is not kind:
            raise Bad(where, f"its {key} is missing or of the wrong kind.")
    return [said[key] for key in kinds]


# --- the chain ------------------------------------------------------------------------------------


def joined(parts: Any) -> str:
    """JSON without spaces, which is how everything here is hashed."""
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def sha256(text: str | bytes) -> str:
    """The SHA-256 of a text or of bytes, in hexadecimal."""
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")).hexdigest()


def chain_of(content: bytes, case: str) -> list[Event]:
    """The events, each of which follows from the one before. Raises Bad at the first that does not."""
    said = strict(EVENTS, content, dict)
    reference, listed = of_kind(EVENTS, said, case=str, events=list)
    if reference != case:
        raise Bad(EVENTS, f"it is of {plain(reference)}, not of {plain(case)}.")
    found: list[Event] = []
    previous = "0" * 64
    for number, link in enumerate(listed, 1):
        where = f"{EVENTS}, event {number}"
        if not isinstance(link, dict):
            raise Bad(where, "it is no event.")
        of_kind(where, link, number=int, **dict.fromkeys(LINK[1:], str))
        if link["number"] != number:
            raise Bad(where, f"event {number} is missing, or stands out of its place: {link['number']} is here.")
        if link["previous_hash"] != previous:
            raise Bad(where, "it does not follow from the event before it.")
        parts = [EVENT_FORMAT, case, *(link[key] for key in LINK if key not in ("by_name", "hash"))]
        if sha256(joined(parts)) != link["hash"]:
            raise Bad(where, "it was changed after it was recorded.")
        previous = link["hash"]
        found.append(Event(link, *_said(where, link)))
    gone = [event.link["number"] for event in found if event.state == ERASED]
    if gone and found[-1].link["name"] != THE_ERASING:
        raise Bad(f"{EVENTS}, event {gone[0]}", "what it said is gone, and the chain does not end with its disposal.")
    return found


def _said(where: str, link: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Why what an event says is not there, or what it says. Raises Bad where that is not what was recorded."""
    salt, content, state = link.get("salt"), link.get("content"), link.get("state", "")
    if salt is None and content is None and state in (WITHHELD, ERASED):
        return state, {}
    if not isinstance(salt, str) or not isinstance(content, str) or state:
        raise Bad(where, "what it says is missing, and nothing says why.")
    if sha256(f"{salt}\n{content}") != link["content_hash"]:
        raise Bad(where, "what it says was changed after it was recorded.")
    said = strict(where, content, dict)
    by, fields = of_kind(where, said, by=str, fields=dict)
    if len(said) != 2:
        raise Bad(where, "it says something beside its fields.")
    if by != link["by_name"] or joined(sorted(fields)) != link["field_names"]:
        raise Bad(where, "who recorded it, or the names of its fields, are not those of what it says.")
    return "", fields


# --- what the chain is held against ---------------------------------------------------------------


def manifest_of(files: dict[str, bytes]) -> dict[str, Any]:
    """What the bundle says it holds, as it was sealed. Raises Bad."""
    said: dict[str, Any] = strict(MANIFEST, files[MANIFEST], dict)
    of_kind(MANIFEST, said, format=str, case=str, made=str, made_by=str, private=bool, documents=bool, events=int)
    of_kind(MANIFEST, said, head_hash=str, versions=dict, files=dict, absent=dict, hash=str)
    if said["format"] != BUNDLE_FORMAT:
        raise Bad(MANIFEST, "it is of a format this verifier does not know. A newer one may.")
    if not INSTANT.fullmatch(said["made"]):
        raise Bad(MANIFEST, "it does not say when it was made.")
    if files[MANIFEST] != sealed(said):
        raise Bad(MANIFEST, "it was changed after it was sealed.")
    return said


def sealed(manifest: dict[str, Any]) -> bytes:
    """A manifest as it stands in its file: with the hash of everything else in it, written in the one way."""
    rest = {key: value for key, value in manifest.items() if key != "hash"}
    whole = {**rest, "hash": sha256(json.dumps(rest, ensure_ascii=False, sort_keys=True))}
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "surrogatepass")


def file_faults(files: dict[str, bytes], listed: dict[str, Any]) -> Iterator[Bad]:
    """Files that are missing, too many, or not what was sealed."""
    for name in sorted({*files, *listed} - {MANIFEST}):
        if name.rpartition("/")[2] in OF_THE_SYSTEM and name not in listed:
            continue
        if name not in files:
            yield Bad(plain(name), "it is missing.")
        elif name not in listed:
            yield Bad(plain(name), "it was added: the manifest does not name it.")
        elif sha256(files[name]) != listed[name]:
            yield Bad(plain(name), "it was changed after it was sealed.")


def chain_faults(manifest: dict[str, Any], events: list[Event]) -> Iterator[Bad]:
    """Whether the chain ends where the manifest says."""
    last = events[-1].link["hash"] if events else ""
    if (len(events), last) != (manifest["events"], manifest["head_hash"]):
        yield Bad(EVENTS, f"it ends at event {len(events)}; the manifest says at event {manifest['events']}.")
    held = [event.link["number"] for event in events if event.state == WITHHELD]
    if held and manifest["private"]:
        yield Bad(f"{EVENTS}, event {held[0]}", "what it says is withheld from a bundle that is to have everything.")


def version_faults(files: dict[str, bytes], versions: dict[str, Any]) -> Iterator[Bad]:
    """Versions of the policy that are not what was sealed."""
    for key, seal in sorted(versions.items()):
        digest, top = hashlib.sha256(), f"version/{key}/"
        for name in sorted(name for name in files if name.startswith(top)):
            digest.update(f"{name[len(top) :]}\0{len(files[name])}\0".encode("utf-8", "surrogatepass") + files[name])
        if digest.hexdigest() != seal:
            yield Bad(plain(top), "the policy is not the one that was sealed.")


def letter_faults(files: dict[str, bytes], events: list[Event], absent: dict[str, Any]) -> Iterator[Bad]:
    """Letters that are not the ones their events sent, or are missing without a reason."""
    for name in sorted(name for name in files if name.startswith("letters/")):
        number = int(name[8:12]) if name[8:12].isdecimal() else 0
        event = events[number - 1] if 0 < number <= len(events) else None
        if event is None or (not event.state and event.fields.get("letter_sha256") != sha256(files[name])):
            yield Bad(plain(name), "it is not the letter its event sent.")
    there = {name[8:12] for name in files if name.startswith("letters/")}
    for event in events:
        place = f"{event.link['number']:04d}"
        if event.fields.get("letter_sha256") and place not in there and place not in absent:
            yield Bad(f"letters/{place}", "the letter this event sent is missing.")


def checkpoint_faults(content: bytes, manifest: dict[str, Any], events: list[Event], given: str) -> Iterator[Bad]:
    """Whether the case is under each checkpoint, and one of them is the one that was given."""
    hashes, points = [], strict(POINTS, content, list)
    for place, point in enumerate(points, 1):
        where = f"{POINTS}, checkpoint {place}"
        if not isinstance(point, dict):
            raise Bad(where, "it is no checkpoint.")
        head, number, ways = of_kind(where, point, head=str, event=int, ways=dict)
        hashes.append(sha256(head))
        day, root = _reached(where, head, number, ways, manifest["case"], events)
        is_whole = place == len(points) and number == len(events)  # a case may be moved to a version sealed later
        for key, seal in sorted(manifest["versions"].items()):
            name = f"version:{key}"
            if (is_whole or name in ways) and root_of(f"{name} 0 {seal}", ways.get(name)) != root:
                raise Bad(where, f"the policy {plain(key)} is not the one of the checkpoint of {day}.")
    if given and not any(one.startswith(given) for one in hashes):
        known = ", ".join(hashes) or "none"
        yield Bad(POINTS, f"the case is not under the checkpoint {given}. Those it is under: {known}.")


def _reached(
    where: str, head: str, number: int, ways: dict[str, Any], case: str, events: list[Event]
) -> tuple[str, str]:
    """The day and the root of a checkpoint that has the case up to an event. Raises Bad where it has not."""
    said = strict(where, head, dict)
    root, day, form, made = of_kind(where, said, root=str, day=str, format=str, made=str)
    day = plain(day)
    if not 0 < number <= len(events) or form != CHECKPOINT_FORMAT:
        raise Bad(where, f"on {day} the case had event {number}; the chain ends at event {len(events)}.")
    if root_of(f"{case} {number} {events[number - 1].link['hash']}", ways.get(case)) != root:
        raise Bad(where, f"up to event {number} the chain is not the one of the checkpoint of {day}.")
    if late := put_in_later(events, number, made):
        said_so = f"it says it was recorded before the checkpoint of {day}, which ends at event {number}"
        raise Bad(f"{EVENTS}, event {late}", f"{said_so}: it was put in later.")
    return day, root


def put_in_later(events: list[Event], number: int, made: str) -> int:
    """The first event after so many that says it was recorded well before a checkpoint was made, which does not have
    it; 0 where none does. Raises ValueError."""
    latest = datetime.strptime(made, INSTANT_FORMAT) - LATE  # noqa: DTZ007  # UTC, as its Z says
    recorded = ((event.link["number"], event.link["recorded"]) for event in events[number:])
    return next((one for one, when in recorded if datetime.strptime(when, INSTANT_FORMAT) < latest), 0)  # noqa: DTZ007  # UTC


def root_of(line: str, path: Any) -> str:
    """The root that a line about a case or a version leads to by the hashes beside it; nothing without those."""
    node = hashlib.sha256(b"\0" + line.encode("utf-8", "surrogatepass")).digest()
    for step in path if isinstance(path, list) else ["none"]:
        if not isinstance(step, str) or step[:1] not in ("<", ">") or not HEX.fullmatch(step[1:]):
            return ""
        beside = bytes.fromhex(step[1:])
        node = hashlib.sha256(b"\1" + (beside + node if step[0] == "<" else node + beside)).digest()
    return node.hex()


# --- the page people read -------------------------------------------------------------------------


class Words:
    """What the sealed policy calls things: the labels of questions and choices, by what they label."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.labels: dict[str, set[str]] = {}
        self.asked: dict[str, set[str]] = {}
        row = re.compile(r"""^[ ]+(['"]?)([\w.-]+)\1:[ ]+(['"]?)(.+?)\3[ ]*$""", re.MULTILINE)
        question = re.compile(r"""^[ ]+([\w.-]+):[ ]*\n[ ]+label:[ ]+(['"]?)(.+?)\2[ ]*$""", re.MULTILINE)
        for name in sorted(name for name in files if name.startswith("version/") and name.endswith(".yaml")):
            text = files[name].decode("utf-8", "replace")
            for _, key, quote, label in row.findall(text):
                self.labels.setdefault(key, set()).add(_unquoted(label, quote))
            for inside in re.findall(r"\{([^{}\n]*)\}", text):
                for key, quote, label in re.findall(r"""([\w.-]+): *(['"]?)([^,'"]+)\2""", inside):
                    self.labels.setdefault(key, set()).add(_unquoted(label, quote))
            for key, quote, label in question.findall(text):
                self.asked.setdefault(key, set()).add(_unquoted(label, quote))

    def questions(self, key: str) -> set[str]:
        """The ways in which the page may name what a value answers: its question, or its own name in words."""
        name = next((part for part in reversed(key.split(".")) if not part.isdecimal()), key)
        return {name.replace("_", " ").capitalize(), *self.asked.get(name, ())}

    def ways(self, value: Any) -> set[str]:
        """The ways in which the page may say a value."""
        if isinstance(value, bool):
            return {"Yes" if value else "No"}
        text = squeezed(value if isinstance(value, str) else joined(value))
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
        return {text, *self.labels.get(text, ()), *([day_in_words(text)] if is_day else [])}

    def is_title(self, title: str, name: str) -> bool:
        """Whether a title is the event's own: its name in words, with a stage of the policy before it at most."""
        stage, colon, words = title.rpartition(": ")
        own = name.rpartition(".")[2].replace("_", " ").capitalize()
        return words == own and (not colon or stage in self.labels.get("title", ()))


def _unquoted(label: str, quote: str) -> str:
    return squeezed(label.replace("''", "'") if quote == "'" else label)


class Page(HTMLParser):
    """What the page says of each event: its number, and each marked part with its key and text. Text of an article
    that is not marked, and anything that could hide a part, is kept as a fault."""

    def __init__(self) -> None:
        super().__init__()
        self.articles: list[tuple[str, list[list[str]]]] = []
        self.again: list[tuple[str, list[list[str]]]] = []
        self.fault = ""
        self.links: set[str] = set()
        self._raw = self._style = ""
        self._parts: list[list[str]] = []
        self._is_inside = self._is_marked = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An article begins, or a part of one."""
        said = {key: value or "" for key, value in attrs}
        strange = [one for one in said if not ATTRIBUTES.fullmatch(one)] + [tag] * (not TAGS.fullmatch(tag))
        if strange or len(said) != len(attrs) or self._raw:
            self.fault = self.fault or f"there is '{(strange or [tag])[0]}' in it, which its maker never writes"
        if said.get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy":
            self.fault = self.fault or "it leads somewhere else by itself"
        self._raw = tag if tag in ("title", "style") else ""
        self.links.add(said.get("href", "#"))
        if tag == "article" or "data-again" in said:
            self._is_inside, self._parts = True, []
            kept = self.articles if tag == "article" else self.again
            kept.append((said.get("data-event" if tag == "article" else "data-again", ""), self._parts))
        if self._is_inside and set(said) - {"data-event", "data-again", "data-is", "data-key", "id", "class", "href"}:
            self.fault = self.fault or "an event has something hidden in it"
        if self._is_inside and "data-is" in said:
            self._is_marked = True
            self._parts.append([said["data-is"], said.get("data-key", ""), ""])

    def handle_endtag(self, tag: str) -> None:
        """An article ends, or a part of one; parts hold nothing but text."""
        if tag == "style" and sha256(self._style) not in STYLES:
            self.fault = self.fault or "its style is not one its maker gives it, and may hide a part of it"
        self._raw = self._style = ""
        self._is_marked = False
        self._is_inside = self._is_inside and tag not in ("article", "section")

    def handle_data(self, data: str) -> None:
        """Text: of a marked part, or of nothing that could be held against the events."""
        self._style += data if self._raw == "style" else ""
        if self._is_inside and self._is_marked:
            self._parts[-1][2] += data
        elif self._is_inside and data.strip():
            self.fault = self.fault or f"it says '{data.strip()}' of an event, which does not"

    def handle_comment(self, data: str) -> None:
        """A comment, which browsers may end elsewhere."""
        self.fault = self.fault or "there is a comment in it"

    handle_pi = unknown_decl = handle_comment


def page_faults(files: dict[str, bytes], events: list[Event]) -> Iterator[Bad]:
    """Where the page says something else of an event than the chain."""
    page, words = Page(), Words(files)
    page.feed(files.get(PAGE, b"").decode("utf-8", "replace"))
    page.close()
    if page.fault:
        yield Bad(PAGE, f"{plain(page.fault)}.")
    if [number for number, _ in page.articles] != [str(event.link["number"]) for event in events]:
        yield Bad(PAGE, "it does not have each event once, in order.")
        return
    for event, (number, parts) in zip(events, page.articles):  # noqa: B905  # Python 3.9 has no strict zip
        if wrong := _page_fault(event, parts, words):
            yield Bad(PAGE, f"event {number}: it says {wrong}, and the event does not.")
    yield from (
        Bad(PAGE, f"it links to {plain(link)}, which is no file of the bundle.")
        for link in sorted(page.links)
        if not link.startswith("#") and link not in files
    )
    for number, parts in page.again:
        event_there = events[int(number) - 1] if number.isdecimal() and 0 < int(number) <= len(events) else None
        if event_there is None or (wrong := _page_fault(event_there, parts, words, is_whole=False)):
            yield Bad(PAGE, f"event {plain(number)}, at another place: it says {wrong}, and the event does not.")


def _page_fault(event: Event, parts: list[list[str]], words: Words, *, is_whole: bool = True) -> str:
    """What the page says of one event that the event does not say; of a `whole` one, or what it leaves out."""
    told = {(kind, key): squeezed(text) for kind, key, text in parts}
    if len(told) != len(parts):
        return "something twice"
    title, sentence = told.pop(("title", ""), None), told.pop(("sentence", ""), None)
    if (title is None and is_whole) or (title is not None and not words.is_title(title, event.link["name"])):
        return f"'{plain(title or '')}'"
    if (sentence is None and is_whole) or (sentence is not None and sentence != sentence_of(event)):
        return f"'{plain(sentence or '')}'"
    if event.state == WITHHELD:  # what it says can be held against nothing here but the names of what was said
        names = strict(EVENTS, event.link["field_names"], list)
        return next((f"'{plain(text)}'" for (_, key), text in told.items() if key.partition(".")[0] not in names), "")
    values = dict(flat(event.fields))
    for (kind, key), text in told.items():
        if text not in (words.ways(values[key]) if kind == "value" and key in values else words.questions(key)):
            return f"'{plain(text)}'"
    missing = [] if not is_whole else [key for key in values if ("value", key) not in told]
    return f"nothing of {plain(missing[0])}" if missing else ""


def flat(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """What an event says, a line each: `remedies.2.owner`. What is empty is left out."""
    parts = value.items() if isinstance(value, dict) else enumerate(value, 1) if isinstance(value, list) else None
    for name, part in parts or ():
        yield from flat(part, f"{key}.{name}" if key else str(name))
    if parts is None and value not in (None, ""):
        yield key, value


def sentence_of(event: Event) -> str:
    """When an event happened, when it was recorded and by whom, as the page says it."""
    link = event.link
    when = f"happened {moment_in_words(link['happened'])}, recorded {moment_in_words(link['recorded'])}"
    by = squeezed(link["by_name"]) or "nobody named"
    why = {WITHHELD: " What it says holds private answers and is withheld.", ERASED: " What it said was erased."}
    return f"Event {link['number']} ({link['name']}): {when}, by {by}.{why.get(event.state, '')}"


def moment_in_words(instant: str) -> str:
    """An instant in UTC as it is said: `12 June 2024 at 14:30`, by the clocks of the United Kingdom."""
    moment = datetime.strptime(instant, INSTANT_FORMAT)  # noqa: DTZ007  # UTC, as its Z says
    changes = []
    for month in (3, 10):  # at one o'clock on the last Sunday, by UTC
        last = datetime(moment.year, month, 31, 1)  # noqa: DTZ001  # UTC too
        changes.append(last - timedelta(days=(last.weekday() + 1) % 7))
    local = moment + timedelta(hours=1 if changes[0] <= moment < changes[1] else 0)
    return f"{day_in_words(local.strftime('%Y-%m-%d'))} at {local:%H:%M}"


def day_in_words(day: str) -> str:
    """`2024-06-12` as `12 June 2024`; as it is where it is no day."""
    try:
        read = datetime.strptime(day, "%Y-%m-%d")  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return day
    return f"{read.day} {read:%B %Y}"


def squeezed(text: str) -> str:
    """A text with each run of spaces and line ends as one space, as a page shows it."""
    return " ".join(text.split())


def plain(text: str, most: int = 200) -> str:
    """A text that may be hostile, safe to print anywhere."""
    written = text.encode("ascii", "backslashreplace").decode()[:most]
    return "".join(mark if mark.isprintable() else " " for mark in written)


# --- the whole ------------------------------------------------------------------------------------


def checked(files: dict[str, bytes], given: str = "") -> tuple[list[str], list[str]]:
    """What is wrong, the first place first, and what was found whole, a sentence each. `given`: a checkpoint's hash."""
    wrong, whole = [], []
    try:
        manifest = manifest_of(files)
    except Bad as bad:
        return [str(bad)], []
    events: list[Event] = []

    def chain() -> Iterator[Bad]:
        events.extend(chain_of(files.get(EVENTS, b""), manifest["case"]))
        return chain_faults(manifest, events)

    checks = [
        ("Events", chain),
        ("Files", lambda: file_faults(files, manifest["files"])),
        ("Letters", lambda: letter_faults(files, events, manifest["absent"])),
        ("Policy", lambda: version_faults(files, manifest["versions"])),
        ("Page", lambda: page_faults(files, events)),
        ("Checkpoints", lambda: checkpoint_faults(files.get(POINTS, b""), manifest, events, given)),
    ]
    for name, check in checks:
        found: list[str] = []
        try:
            found += [str(bad) for bad in check()]
        except Bad as bad:
            found.append(str(bad))
        except Exception as odd:  # what nobody foresaw is no reason to call a bundle whole
            found.append(f"{name}: it cannot be checked ({type(odd).__name__}).")
        wrong += found
        if not found:
            whole.append(name)
        if name == "Events" and found:
            wrong += [str(bad) for bad in file_faults(files, manifest["files"])]
            break
    return wrong, _in_words(manifest, events, files, whole)


def _in_words(manifest: dict[str, Any], events: list[Event], files: dict[str, bytes], whole: list[str]) -> list[str]:
    """What was found whole, in sentences, each with what could not be checked."""
    held = [str(event.link["number"]) for event in events if event.state == WITHHELD]
    gone = sum(event.state == ERASED for event in events)
    letters = [name for name in files if name.startswith("letters/")]
    unheld = [str(int(name[8:12])) for name in letters if name[8:12].isdecimal() and str(int(name[8:12])) in held]
    documents = sum(name.startswith("documents/") for name in files)
    sentences = {
        "Events": [
            f"{len(events)} events, each as it was recorded, in an unbroken chain.",
            f"What {len(held)} of them say is withheld, for it holds private answers; it cannot be checked: "
            f"{_events(held)}." if held else "",
            f"What {gone} of them said was erased." if gone else "",
        ],
        "Files": [
            f"{len(files)} files, each as it was sealed.",
            f"No event has the hash of the {documents} documents: that they were there then rests on the seal."
            if documents else "",
        ],
        "Letters": [
            f"{len(letters)} letters, each the one its event sent.",
            f"But those of {_events(unheld)} could not be held against it: what it says is withheld." if unheld else "",
            *(f"Not in it, {plain(number)}: {plain(str(why))}" for number, why in sorted(manifest["absent"].items())),
        ],
        "Policy": [f"The policy as it was sealed: {plain(', '.join(sorted(manifest['versions']))) or 'none'}."],
        "Page": [
            f"{PAGE} says of each event what the chain says{', but for ' + _events(held) if held else ''}. Its other "
            "sentences (dates worked out, letters as text, the policy in words) rest on the seal alone."
        ],
        "Checkpoints": ["\n".join(_points_in_words(files[POINTS], manifest["versions"]))]
        if "Checkpoints" in whole
        else [],
    }  # fmt: skip
    return [" ".join(part for part in sentences[name] if part) for name in whole]


def _events(numbers: list[str]) -> str:
    return f"event{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _points_in_words(content: bytes, versions: dict[str, Any]) -> Iterator[str]:
    read = json.loads(content)
    points = [(json.loads(point["head"])["day"], point["event"], sha256(point["head"])) for point in read]
    if not points:
        yield "No checkpoint of the record has this case yet: nothing outside the bundle shows that it was not made up."
    for day, number, point in points:
        yield f"Up to event {number} the case is under the checkpoint of {plain(day_in_words(day))}: {point}"
    for key in sorted(versions):
        if read and f"version:{key}" not in read[-1]["ways"]:
            yield f"The policy {plain(key)} is under no checkpoint yet."


def held_by(files: dict[str, bytes], given: str) -> str:
    """How far the checkpoint that was given reaches, in a sentence."""
    events = json.loads(files[EVENTS])["events"]
    for point in json.loads(files[POINTS]):
        if given and sha256(point["head"]).startswith(given):
            rest = len(events) - point["event"]
            after = f" Nothing outside the bundle shows the {rest} after it." if rest else ""
            return f"The checkpoint you gave holds the case up to event {point['event']} of {len(events)}.{after}"
    return "Compare a checkpoint's hash with one that reached you in another way: --checkpoint HASH."


def folder_faults(files: dict[str, bytes], folder: str) -> Iterator[Bad]:
    """Where the bundle is not what the checkpoints of a folder say: each line of theirs that names the case or its
    policy; and events recorded before the last of them that none of them has."""
    manifest = manifest_of(files)
    events = chain_of(files[EVENTS], manifest["case"])
    ends = {f"version:{key}": [seal] for key, seal in manifest["versions"].items()}
    ends[manifest["case"]] = [event.link["hash"] for event in events]
    reached, last = 0, ""
    for path in sorted(Path(folder).glob("*.checkpoint")):
        last, lines = _lines_of(path)
        for name, number, end in lines:
            is_case = name == manifest["case"]
            place = number - 1 if is_case else 0
            if name in ends and ends[name][place : place + 1] != [end]:
                what = f"up to event {number} the chain" if is_case else "the policy"
                where = EVENTS if is_case else f"version/{plain(name[8:])}/"
                raise Bad(where, f"{what} is not what {plain(path.name)} has of it.")
            reached = number if is_case else reached
    if not last:
        raise Bad(plain(folder), "there is no checkpoint in it.")
    if late := put_in_later(events, reached, last):
        what = "it says it was recorded before the last checkpoint of the folder, and none there has it"
        yield Bad(f"{EVENTS}, event {late}", f"{what}: it was put in later, or is not of this installation.")


def _lines_of(path: Path) -> tuple[str, list[tuple[str, int, str]]]:
    """When the checkpoint of a file was made, and the cases and versions it names. Raises Bad, ValueError."""
    head, _, lines = path.read_text("utf-8").partition("\n")
    made, changed = of_kind(plain(path.name), strict(plain(path.name), head, dict), made=str, changed=str)
    if sha256(lines) != changed:
        raise Bad(plain(path.name), "it was changed: its lines of cases are not those it was made with.")
    split = [line.split(" ") for line in lines.splitlines()]
    return made, [(name, int(number), end) for name, number, end in split]


def given_hash(text: str) -> str:
    """The hash of a checkpoint that was given: itself, in groups or not, or that of a checkpoint's file."""
    if text and len(text) < 300 and Path(text).is_file():
        return sha256(Path(text).read_bytes().partition(b"\n")[0])
    squashed = "".join(text.split()).lower()
    if text and not re.fullmatch(r"[0-9a-f]{12,64}", squashed):
        raise Unreadable("What is given to hold it against is no hash of at least 12 figures, and no file.")
    return squashed


def report(place: str, given: str = "", folder: str = "", seal: str = "", *, read: bool = False) -> tuple[int, str]:
    """The exit code, and everything there is to say of the bundle there, held against a checkpoint that was given, a
    folder of them, and its seal as its maker told it; with what happened, where that is to be `read`. Raises nothing,
    whatever lies there."""
    try:
        hash_, seal_ = given_hash(given), given_hash(seal)
        files = files_of(Path(place))
        wrong, said = checked(files, hash_)
        wrong = [*seal_faults(files, seal_), *wrong] or [str(bad) for bad in zip_faults(Path(place), files)]
        wrong = wrong or [str(bad) for bad in (folder_faults(files, folder) if folder else ())]
        if wrong:
            return 1, "\n".join(["NOT WHOLE. First bad place:", *wrong[:MOST_SAID], *_more(wrong)])
        story = list(_story(files)) if read else []
        return 0, "\n".join([*story, *said, *_remarks(files), held_by(files, hash_), *_sealed_by(files, seal_)])
    except Unreadable as problem:
        return 2, f"This cannot be checked. {problem}"
    except Bad as bad:
        return 1, f"NOT WHOLE. First bad place:\n{bad}"
    except (OSError, ValueError, RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError) as problem:
        return 2, f"This cannot be read as a bundle: {plain(str(problem))}"
    except Exception as odd:  # a hostile bundle gets a sentence, never a stack trace
        return 2, f"This cannot be read as a bundle ({type(odd).__name__})."


def seal_faults(files: dict[str, bytes], seal: str) -> list[str]:
    """Whether the bundle is the one whose seal was given."""
    own = sha256(files[MANIFEST])
    return [] if own.startswith(seal) else [f"{MANIFEST}: it is not the one whose seal you gave. Its own is {own}."]


def _sealed_by(files: dict[str, bytes], seal: str) -> Iterator[str]:
    own = sha256(files[MANIFEST])
    if seal:
        yield f"The seal of this bundle is {own}. It is the one you gave."
        yield "WHOLE: every byte of this bundle is as its maker sealed it."
    else:
        yield "NOTHING WRONG WAS FOUND in what can be checked without the seal: events, letters, policy."
        yield "Not shown yet: that the page, the dates on it and everything else are as their maker sealed them."
        yield f"Ask whoever made it for the seal of this bundle, by telephone, and give it: --seal HASH. It has {own}."


def _more(wrong: list[str]) -> list[str]:
    return [f"... and {len(wrong) - MOST_SAID} more."] if len(wrong) > MOST_SAID else []


def _remarks(files: dict[str, bytes]) -> Iterator[str]:
    """What is no fault, and should be known."""
    extra = sorted(plain(name) for name in files if name.rpartition("/")[2] in OF_THE_SYSTEM)
    if extra:
        yield f"Not of the bundle, put there by a computer it was looked at on: {', '.join(extra)}."
    if files.get("verify.py") != Path(__file__).read_bytes():
        yield "The verify.py in it is not the program that checks it now: it is of another release, or not its maker's."


def _story(files: dict[str, bytes]) -> Iterator[str]:
    """What happened, from the events alone: all of it was checked."""
    for event in chain_of(files[EVENTS], manifest_of(files)["case"]):
        yield plain(sentence_of(event), 10_000)
        for key, value in flat(event.fields):
            yield plain(f"  {key}: {value if isinstance(value, str) else joined(value)}", 100_000)
    yield ""


def main(arguments: list[str]) -> int:
    """The command line: says what was found, and gives the exit code."""
    parser = argparse.ArgumentParser(description="Check a sealed bundle of a complaint.")
    parser.add_argument("bundle", help="its folder, or its zip")
    parser.add_argument("--checkpoint", default="", metavar="HASH-OR-FILE", help="one that reached you in another way")
    parser.add_argument(
        "--checkpoints", default="", metavar="FOLDER", help="a folder of the installation's checkpoints"
    )
    parser.add_argument("--seal", default="", metavar="HASH", help="of the bundle, as its maker told you")
    parser.add_argument("--read", action="store_true", help="print what happened, from the events themselves")
    asked = parser.parse_args(arguments)
    code, said = report(asked.bundle, asked.checkpoint, asked.checkpoints, asked.seal, read=asked.read)
    sys.stdout.write(f"{said}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
