"""Cures by the words of a line: the word that was meant, quotes round what YAML guesses, a comparison with one '='."""

from __future__ import annotations

import difflib
import re

from engine import yaml_text
from engine.cures_parts import Cure, Files, block_of, lines_of, named, said, with_lines
from engine.problems import Problem

_FLAGS = ("required", "optional", "external", "sensitive", "other_allowed", "statement")
_YES = ("yes", "on", "true", "y")


def the_word_that_was_meant(problem: Problem, files: Files) -> Cure | None:
    """`Did you mean 'X'?`: the nearest of the words named in the sentence that stands there becomes X."""
    found = said(r"Did you mean '([^']+)'\?$", problem)
    if found is None:
        return None
    meant, lines = found[1], lines_of(files, problem.file)
    places = (
        block_of(lines, problem.line - 1) if problem.file.endswith(".yaml") else range(problem.line - 1, len(lines))
    )
    sentence = f"{problem.what} {problem.mend.partition('Did you mean')[0]}"
    words = [word for word in dict.fromkeys(named(sentence)) if word != meant]
    words.sort(key=lambda word: -difflib.SequenceMatcher(None, word, meant).ratio())
    for word in words:
        for number in places:
            changed, count = _token(word).subn(lambda _: meant, lines[number])
            if count:
                return Cure(
                    f"Write '{meant}' instead of '{word}'",
                    with_lines(files, problem.file, [*lines[:number], changed, *lines[number + 1 :]]),
                )
    return None


def _token(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.-]){re.escape(word)}(?![\w-]|\.\w)")


def the_way_it_is_written(problem: Problem, files: Files) -> Cure | None:
    """A length of time, a list or a yes that was written in another way than files have it."""
    lines, number = lines_of(files, problem.file), problem.line - 1
    length = said(r"allows '([^']+)'\. Write it as '([^']+)'\.$", problem)
    listed = said(r"Write it in square brackets: (\[.+\])\.$", problem)
    flag = said(r"has '([^']+)' under '(\w+)', where true or false belongs", problem)
    if length:
        return _replaced(files, problem, lines, number, length[1], length[2])
    if listed:
        return _replaced(files, problem, lines, number, listed[1][1:-1], listed[1])
    if flag:
        return _replaced(files, problem, lines, number, flag[1], "true" if flag[1].lower() in _YES else "false")
    return None


def _replaced(files: Files, problem: Problem, lines: list[str], number: int, old: str, new: str) -> Cure | None:
    for place in block_of(lines, number):
        head, colon, rest = lines[place].partition(":")
        if old in rest:
            quoted = re.sub(rf"([\"']?){re.escape(old)}\1", lambda _: new, rest, count=1)
            return Cure(
                f"Write '{new}'",
                with_lines(files, problem.file, [*lines[:place], head + colon + quoted, *lines[place + 1 :]]),
            )
    return None


def what_yaml_guesses(problem: Problem, files: Files) -> Cure | None:
    """Quotes round text that could be read as something else; true or false where that is what belongs there."""
    found = said(r"^The (?:value of '([\w.]+)' is|key) (.+?),? (?:which )?could be read as", problem)
    if found is None:
        return None
    lines, number, text = lines_of(files, problem.file), problem.line - 1, found[2]
    new = f"'{text}'"
    if found[1] in _FLAGS:
        new = "true" if text.lower() in _YES else "false"
    pattern = re.compile(rf"(?<![\w'\"]){re.escape(text)}(?![\w'\"])")
    key, colon, rest = lines[number].partition(": ") if found[1] else ("", "", lines[number])
    changed = pattern.sub(lambda _: new, rest, count=1)
    return Cure(
        f"Write {new}", with_lines(files, problem.file, [*lines[:number], key + colon + changed, *lines[number + 1 :]])
    )


def one_equals_sign(problem: Problem, files: Files) -> Cure | None:
    """`==` compares; `x == 'yes'` of a yes or no is `x` itself."""
    lines, number = lines_of(files, problem.file), problem.line - 1
    line = lines[number] if number < len(lines) else ""
    yes_no = said(r"asks whether '(\w+)' is '(yes|no)'.* Write '", problem)
    if yes_no:
        new = yes_no[1] if yes_no[2] == "yes" else f"not {yes_no[1]}"
        changed = re.sub(rf"{yes_no[1]} *== *['\"]{yes_no[2]}['\"]", new, line, count=1)
        return Cure(f"Ask '{new}'", with_lines(files, problem.file, [*lines[:number], changed, *lines[number + 1 :]]))
    if not said(r"has a single '='", problem):
        return None
    quoted = next((word for word in re.findall(r"\"([^\"]+)\" has a single", problem.what)), "")
    if not quoted or quoted not in line:
        return None
    changed = line.replace(quoted, re.sub(r"(?<![=!<>])=(?!=)", "==", quoted), 1)
    return Cure(
        "Write == to compare", with_lines(files, problem.file, [*lines[:number], changed, *lines[number + 1 :]])
    )


def tabs_and_colons(problem: Problem, files: Files) -> Cure | None:
    """Spaces for a tab, and quotes round a text with a colon, where the file can be read then."""
    lines, number = lines_of(files, problem.file), problem.line - 1
    if said(r"^This line is indented with a tab", problem):
        before = next((line for line in reversed(lines[:number]) if line.strip()), "")
        depth = len(before) - len(before.lstrip(" "))
        tries = [" " * depth, " " * (depth + 2), *(" " * less for less in range(depth - 2, -1, -2))]
        return _readable(
            files, problem, lines, number, [space + lines[number].lstrip() for space in tries], "Use spaces"
        )
    if said(r"^A colon stands where it cannot", problem):
        key, _, rest = lines[number].partition(": ")
        text = rest.strip().replace("\\", "\\\\").replace('"', '\\"')
        return _readable(files, problem, lines, number, [f'{key}: "{text}"\n'], "Put the text in quotes")
    return None


def _readable(
    files: Files, problem: Problem, lines: list[str], number: int, tries: list[str], label: str
) -> Cure | None:
    before = len(yaml_text.read(files[problem.file], problem.file)[1])
    made = [with_lines(files, problem.file, [*lines[:number], line, *lines[number + 1 :]]) for line in tries]
    left = [len(yaml_text.read(found[problem.file], problem.file)[1]) for found in made]
    best = min(range(len(made)), key=lambda place: left[place])
    return Cure(label, made[best]) if left[best] < before else None


MENDERS = (
    the_word_that_was_meant,
    the_way_it_is_written,
    what_yaml_guesses,
    one_equals_sign,
    tabs_and_colons,
)
