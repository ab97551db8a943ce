"""Letters for what a version sends and has no words for yet: plain ones, with what a letter of each kind has to say.

The words are in `stage_letters.yaml` beside this module. An author rewords them on the page of letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

from engine import letter_files, yaml_editing, yaml_text
from engine.letter_events import outgoing
from engine.letters import template_of
from engine.policy import PolicyVersion, Stage, bare, stage_of
from engine.policy_stages import NUMBERS
from engine.version_text import Files, letters_of, opened, text_of, with_text
from engine.yaml_writing import InLines, Value

_COUNTED = re.compile(r"\b(two|three|four|five|six|[2-6])[- ]stages?\b", re.IGNORECASE)
_FINAL = re.compile(r"\bfinal\b|the end of our (?:own )?complaints process", re.IGNORECASE)
_OWN = ("acknowledgement", "response", "panel_response")  # what each stage says in words of its own


def with_letters(files: Files, path: str) -> dict[str, bytes]:
    """The files with a plain letter for each that the version sends and does not have."""
    letters, found = letters_of(files, path), dict(files)
    if letters is None:
        return found
    here, text = opened(files, path), text_of(files, letters)
    read, _ = letter_files.readable_letters(text.encode(), letters)
    templates = dict(read.templates) if read else {}
    for one in outgoing(here.version, here.workflows):
        if not one.is_offered or template_of(templates, one.letter, one.stage) or one.letter not in _words()["letters"]:
            continue
        name = f"{one.stage}.{one.letter}" if one.stage and one.letter in _OWN else one.letter
        if not yaml_editing.has(text, ("letters", name)):
            text = yaml_editing.add(text, ("letters",), name, plain_letter(one.letter, one.stage, here.version))
        again, _ = letter_files.readable_letters(text.encode(), letters)
        templates = dict(again.templates) if again else templates
    return with_text(found, letters, text)


def without_unsent(files: Files, path: str) -> dict[str, bytes]:
    """The files without the letters that nothing of the version sends any more."""
    letters = letters_of(files, path)
    if letters is None:
        return dict(files)
    here, text = opened(files, path), text_of(files, letters)
    sent = {
        name for one in outgoing(here.version, here.workflows) for name in (one.letter, f"{one.stage}.{one.letter}")
    }
    for name in yaml_editing.keys(text, ("letters",)):
        if name not in sent and (bare(name) in _words()["letters"] or stage_of(name)):
            text = yaml_editing.remove(text, ("letters", name))
    return with_text(files, letters, text)


def plain_letter(letter: str, stage: str | None, version: PolicyVersion) -> Value:
    """A plain letter of a kind, as the file of letters holds it. Raises KeyError for a kind that has none."""
    template = _words()["letters"][letter]
    title = version.stage(stage).title if stage and version.has_stage(stage) else ""
    parts: dict[str, Value] = InLines()
    for name, part in cast("dict[str, Value]", template["parts"]).items():
        parts[name] = _part(_words()["shared"][name] if part == "shared" else part, version)
    named = str(template["title"]).replace("{stage}: ", f"{title}: " if title else "")
    return InLines(title=named, subject=str(template["subject"]), parts=parts)


@dataclass(frozen=True)
class _Said:
    """Words that residents read: where they stand, of which stage they are, and the numbers of stages they may name."""

    where: str
    words: str
    stage: str | None
    counts: frozenset[int]
    is_letter: bool = False


def to_reread(files: Files, path: str) -> tuple[str, ...]:
    """What in the words may be true no more after stages changed, a sentence each: a number of stages that is another
    now, a stage that is no longer the one before, and a final answer that is not the last."""
    version = opened(files, path).version
    own = [stage for stage in version.stages if not stage.is_external]
    said = [*_of_the_version(version, len(own)), *_of_the_letters(files, path, len(own))]
    return tuple(sentence for one in said for sentence in (*_miscounted(one, len(own)), *_misplaced(one, own)))


def _of_the_version(version: PolicyVersion, count: int) -> Iterator[_Said]:
    """The version's title and what its stages say of themselves."""
    counts = frozenset({count, len(version.stages)})  # some count the Ombudsman's as a stage
    yield _Said("The title", version.title, None, counts)
    for stage in version.stages:
        if not stage.is_external:
            yield _Said(f"What '{stage.title}' says", stage.says, stage.key, counts)


def _of_the_letters(files: Files, path: str, count: int) -> Iterator[_Said]:
    letters = letters_of(files, path)
    read = letter_files.readable_letters(files[letters], letters)[0] if letters else None
    for template in read.templates.values() if read else ():
        words = " ".join([template.title, template.subject, *(part.text for part in template.parts)])
        where, stage = f"The letter '{template.title}'", stage_of(template.name)
        yield _Said(where, words, stage, frozenset({count}), is_letter=True)


def _miscounted(said: _Said, count: int) -> Iterator[str]:
    counts = {NUMBERS.get(number.lower()) or int(number) for number in _COUNTED.findall(said.words)}
    if others := counts - said.counts:
        yield f"{said.where} speaks of {min(others)} stages; there are {count} now."


def _misplaced(said: _Said, own: list[Stage]) -> Iterator[str]:
    """That words of a stage name one that is neither the one before it nor after it, or call themselves final."""
    at = next((number for number, stage in enumerate(own) if stage.key == said.stage), None)
    if at is None:
        return
    for number, stage in enumerate(own):
        if abs(number - at) > 1 and re.search(rf"\b{re.escape(stage.title)}\b", said.words, re.IGNORECASE):
            between = own[at + 1 if number > at else at - 1].title
            here = f"{said.where}, at '{own[at].title}', names '{stage.title}'"
            yield f"{here}; '{between}' stands between them now."
    if said.is_letter and own[at] != own[-1] and _FINAL.search(said.words):
        yield f"{said.where} calls itself final, and '{own[-1].title}' comes after it."


def _part(part: Value, version: PolicyVersion) -> Value:
    """A part with the citations of sources that the version has."""
    if not isinstance(part, dict):
        return part
    cites = [cite for cite in part.get("cites", []) if str(cite).partition(" ")[0] in version.sources]
    kept: dict[str, Value] = InLines({key: value for key, value in part.items() if key != "cites" or cites})
    return InLines(kept | {"cites": cites}) if cites else kept


@cache
def _words() -> dict[str, dict[str, dict[str, Value]]]:
    node, problems = yaml_text.read((Path(__file__).parent / "stage_letters.yaml").read_bytes(), "stage_letters.yaml")
    assert node is not None, problems
    return cast("dict[str, dict[str, dict[str, Value]]]", yaml_text.plain(node))
