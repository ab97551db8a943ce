"""What unquoted YAML text means: what is typed, what other readers would guess, and what a syntax error tells a person.

Only `null`, `true`, `false` and plain decimal numbers are typed. The resolver of YAML 1.1 is asked what it would
make of the rest, so that the author can say which was meant.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml

from engine.problems import Problem

Value = str | int | float | bool | None

#: Words that YAML 1.1 takes for yes or no. As keys they are text and need no quotes.
WORDS = frozenset({"yes", "no", "on", "off", "y", "n"})
_PLAIN: dict[str, Value] = {"null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?( ?(Z|[+-]\d\d:?\d\d))?)?")
_NUMBER_LIKE = re.compile(
    r"[-+]?(\.?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?|[0-9]+(:[0-9]+)+(\.[0-9]*)?|0[xob][0-9a-fA-F_]+)"
)
_RESOLVER: Any = yaml.resolver.Resolver()  # its stub has no types
_KINDS = {"bool": "yes or no", "null": "nothing", "timestamp": "a date", "int": "a number", "float": "a number"}


def typed(text: str) -> Value:
    """The value of unquoted text."""
    if text in _PLAIN:
        return _PLAIN[text]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text


@lru_cache(maxsize=16_384)  # the same few thousand words, in every version and every draft of it
def guess(text: str) -> str | None:
    """What some YAML reader would take unquoted text for, where this one will not guess; None for plain text."""
    if text in _PLAIN or _NUMBER.fullmatch(text) or _DATE.fullmatch(text):
        return None
    if text.lower() in WORDS:
        return "yes or no"
    if _NUMBER_LIKE.fullmatch(text):
        return "a number"
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).rpartition(":")[2]
    return None if tag == "str" else _KINDS.get(tag, "something else")


def guess_sentences(about: str, text: str, guess: str) -> tuple[str, str]:
    """What is wrong with a value that could be guessed about, and how to mend it."""
    if not text:
        return f"{about} is empty.", "Write the value, or null, or '' for an empty text."
    what = f"{about} is {text}, which could be read as {guess}."
    plain = {"true": "true", "false": "false", "null": "null", "~": "null"}.get(text.lower())
    if plain is None and text.lower() in WORDS:
        plain = "true or false"
    if plain:
        return what, f"Write {plain}, or '{text}' in quotes if it is text."
    return what, f"Put it in quotes if it is text: '{text}'."


#: What the parser says, what that means to a person, and how to mend it.
_SYNTAX = (
    (
        "mapping values are not allowed",
        "A colon stands where it cannot.",
        "Put text that holds ': ' in quotes, and check the indentation.",
    ),
    (
        "could not find expected ':'",
        "A key stands here, or just above, without its colon.",
        "Write 'key: value', or put text of several lines in quotes.",
    ),
    (
        "expected key",
        "This line does not fit the lines above it.",
        "Check its indentation and the quotes above it.",
    ),
    (
        "expected <block end>",
        "This line does not fit the lines above it.",
        "Check its indentation and the quotes above it.",
    ),
    (
        "expected '-'",
        "This line does not fit the list above it.",
        "Check its indentation, or begin it with '- '.",
    ),
    (
        "expected ','",
        "A list in [ ] or a mapping in { } is not closed, or a comma is missing.",
        "Add the comma or the closing bracket.",
    ),
    (
        "expected node",
        "A value is missing or a bracket is left over here.",
        "Check the brackets and commas.",
    ),
    (
        "unexpected end of stream",
        "A quote is opened and never closed.",
        "Close the quote.",
    ),
    (
        "cannot start any token",
        "A value begins with a character that YAML keeps for itself.",
        "Put the text in quotes.",
    ),
    (
        "block sequence entries are not allowed",
        "A '- ' stands where no list can begin.",
        "Begin the list on a line of its own.",
    ),
    (
        "escape",
        "A backslash in double quotes begins something that is no character.",
        "Use single quotes, or delete the backslash.",
    ),
)


def syntax_problem(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """What the parser stumbled over, in words for the file's author."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.split("\n")
    if line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return Problem(file, line, "This line is indented with a tab.", "Use spaces.")
    said = str(error.problem or error.context or "something is wrong")
    for words, what, mend in _SYNTAX:
        if words in said:
            return Problem(file, line, what, mend)
    return Problem(file, line, f"This is not YAML: {said}.", "Check the indentation, the colons and the quotes.")
