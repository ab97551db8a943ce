"""Letters for what a version sends and has no words for yet: plain ones, with what a letter of each kind has to say.

The words are in `stage_letters.yaml` beside this module. An author rewords them on the page of letters.
"""

from __future__ import annotations

import re
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


def to_reread(files: Files, path: str) -> tuple[str, ...]:
    """What in the words may be true no more after stages changed, a sentence each: a number of stages that is another
    now, a stage that is no longer the one before, and a final answer that is not the last."""
    letters, version = letters_of(files, path), opened(files, path).version
    read = letter_files.readable_letters(files[letters], letters)[0] if letters else None
    own = [stage for stage in version.stages if not stage.is_external]
    titles = {stage.key: stage.title for stage in own}
    found = _promises(version)
    for template in read.templates.values() if read else ():
        words = " ".join([template.title, template.subject, *(part.text for part in template.parts)])
        counts = {NUMBERS.get(number.lower()) or int(number) for number in _COUNTED.findall(words)}
        if others := counts - {len(own)}:
            found.append(f"The letter '{template.title}' speaks of {min(others)} stages; there are {len(own)} now.")
        stage = stage_of(template.name)
        found += _not_beside(f"The letter '{template.title}'", words, own, stage)
        if stage in titles and own and stage != own[-1].key and _FINAL.search(words):
            found.append(f"The letter '{template.title}' calls itself final, and '{own[-1].title}' comes after it.")
    return tuple(found)


def _promises(version: PolicyVersion) -> list[str]:
    """The same of the version's title and of what its stages say of themselves."""
    own = [stage for stage in version.stages if not stage.is_external]
    found = []
    for where, words in (("The title", version.title), *((f"What '{one.title}' says", one.says) for one in own)):
        counts = {NUMBERS.get(number.lower()) or int(number) for number in _COUNTED.findall(words)}
        if others := counts - {len(own), len(version.stages)}:  # some count the Ombudsman's as a stage
            found.append(f"{where} speaks of {min(others)} stages; there are {len(own)} now.")
    for stage in own:
        found += _not_beside(f"What '{stage.title}' says", stage.says, own, stage.key)
    return found


def _not_beside(where: str, words: str, own: list[Stage], key: str | None) -> list[str]:
    """That words of a stage name one that is neither the stage before it nor the one after it."""
    at = next((number for number, stage in enumerate(own) if stage.key == key), None)
    if at is None:
        return []
    far = [stage for number, stage in enumerate(own) if abs(number - at) > 1]
    between = {number: own[at + 1 if number > at else at - 1].title for number in range(len(own)) if number != at}
    return [
        f"{where}, at '{own[at].title}', names '{one.title}'; '{between[own.index(one)]}' stands between them now."
        for one in far
        if re.search(rf"\b{re.escape(one.title)}\b", words, re.IGNORECASE)
    ]


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
