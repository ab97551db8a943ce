"""The letters of a version: the text of `<version>.letters.yaml` in; the templates, and every problem of the text, out.

What the file says on its own is read here. Whether its fields, roles and stages are there is asked in
`engine.letter_checks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine import yaml_part, yaml_text
from engine.letter_text import OPENS
from engine.letters import LetterTemplate, Part
from engine.library_files import LETTERS
from engine.problems import Problem, only_problems
from engine.read_once import read_once
from engine.yaml_part import KEY

ENDING = ".letters.yaml"
#: what YAML counts as the end of a line
_LINE_ENDS = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_LETTER_KEYS = ("title", "subject", "approved_by", "parts")
_PART_KEYS = ("must", "cites", "optional", "text")


@dataclass(frozen=True)
class LetterFile:
    """The letters of one version, by template name (`response`, `stage_1.response`)."""

    policy: str
    version: str
    templates: Mapping[str, LetterTemplate]
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)  # where its top-level keys stand


def letters_path(version_file: str) -> str:
    """Where the letters of a version stand: beside its own file."""
    return version_file.removesuffix(".yaml") + ENDING


def read_letters(text: bytes, file: str) -> tuple[LetterFile | None, list[Problem]]:
    """The letters a file holds, or None with every problem found in its text."""
    letters, problems = readable_letters(text, file)
    return (None if only_problems(problems) else letters), problems


@read_once
def readable_letters(text: bytes, file: str) -> tuple[LetterFile | None, list[Problem]]:
    """What can be read of a file of letters, with every problem of its text: to be checked further, not for use."""
    whole, problems = yaml_part.whole(text, file, "This file of letters")
    if whole is None:
        return None, problems
    whole.only(("policy", "version", "letters"))
    source = _LINE_ENDS.split(text.decode("utf-8", "replace"))
    templates = {}
    for name, part in whole.each("letters", "Letter", needed=True):
        if not all(KEY.fullmatch(word) for word in name.split(".")) or name.count(".") > 1:
            mend = "Write a letter's name, such as response, or a stage's own, such as stage_1.response."
            part.problem(part.line, f"A letter is called '{name}'.", mend)
            continue
        templates[name] = _template(name, part, source)
    lines = {key: whole.line_of(key) for key, _ in whole.node.items()}
    policy, version = whole.text("policy", example="st-leger-homes"), whole.text("version", example="two-stage-2024")
    return LetterFile(policy, version, templates, file, lines), problems


def read_all(files: Mapping[str, bytes]) -> tuple[dict[str, LetterFile], list[Problem]]:
    """What could be read of the letters among a tree's files, by the path of the version each stands beside, and every
    problem of theirs."""
    found: dict[str, LetterFile] = {}
    problems: list[Problem] = []
    for path in filter(LETTERS.fullmatch, files):
        letters, more = readable_letters(files[path], path)
        problems += more
        if letters is not None:
            found[f"{path.removesuffix(ENDING)}.yaml"] = letters
    return found, problems


def _template(name: str, part: yaml_part.Part, source: list[str]) -> LetterTemplate:
    part.only(_LETTER_KEYS)
    parts = []
    below = part.part("parts", f"{part.about}, 'parts',", needed=True)
    for key, node in below.node.items() if below else ():
        if below is not None:
            parts += _part(key, node, below, f"Part '{key}' of letter '{name}'", source)
    return LetterTemplate(
        name=name,
        title=part.text("title", example="Acknowledgement"),
        subject=part.text("subject", example='"We have your complaint ((reference))"'),
        parts=tuple(parts),
        approved_by=part.text("approved_by"),
        file=part.file,
        line=part.line,
        lines={key: part.line_of(key) for key, _ in part.node.items()},
    )


def _part(key: str, node: yaml_text.Node, above: yaml_part.Part, about: str, source: list[str]) -> list[Part]:
    """One part: a text alone, or the keys of one. A list, for nothing can be made of some."""
    line = above.line_of(key)
    if not KEY.fullmatch(key):
        above.problem(line, f"{about} has a name that no part can have.", "Use lower-case letters and underscores.")
    if isinstance(node, yaml_text.Scalar):
        if node.value is None or not node.text.strip():
            above.problem(line, f"{about} has no text.", f"Write it after '{key}:', or delete the part.")
            return []
        text = node.text.strip()
        return [Part(key, text, line=line, places=_places(text, node.line, source))]
    part = above.child(key, node, about)
    if part is None:
        return []
    part.only(_PART_KEYS)
    text = part.text("text", example="what the letter says, with ((fields)) in it")
    must, is_optional = part.text("must"), part.flag("optional")
    if is_optional and not must:
        mend = "Add 'must:' with what it is, or write '((field??text))' and delete 'optional'."
        part.problem(part.line_of("optional"), f"{about} is optional and says nothing that a letter must hold.", mend)
    below = part.node.get("text")
    begins = below.line if below is not None else line
    return [
        Part(
            key,
            text,
            must,
            is_optional,
            part.words("cites"),
            line,
            _places(text, begins, source),
            part.line_of("cites"),
        )
    ]


def _places(text: str, begins: int, source: list[str]) -> tuple[int, ...]:
    """The line of each field of a text, by the brackets in the file from the line where its value begins: a text may
    be folded, quoted or a block, and brackets stand in the file as they do in the text."""
    wanted = len(OPENS.findall(text))
    found: list[int] = []
    for number in range(begins, len(source) + 1):
        if len(found) >= wanted:
            break
        found += [number] * len(OPENS.findall(source[number - 1]))
    return tuple(found[:wanted])
