"""Cures in a file of letters: a plain letter for one that is missing, letters nothing sends, brackets and fields."""

from __future__ import annotations

import re

from engine import stage_letters, yaml_editing
from engine.cures_parts import Cure, Files, lines_of, said, version_path, with_lines
from engine.problems import Problem
from engine.version_text import text_of, with_text


def a_letter_that_is_missing(problem: Problem, files: Files) -> Cure | None:
    """A plain letter, which its author rewords."""
    found = said(r"sends the letter '([^']+)', which is not here", problem)
    path = version_path(files, problem.file)
    if found is None or path is None:
        return None
    return Cure("Add a plain letter", stage_letters.with_letters(files, path))


def a_letter_nothing_sends(problem: Problem, files: Files) -> Cure | None:
    """A letter of no task, of no stage that sends it, or beside letters of each stage's own."""
    found = (
        said(r"^No task, message or fact sends the letter '", problem)
        or said(r"^Every stage that sends the letter '([^']+)' has one of its own", problem)
        or said(r"^The letter '([^']+)' is never sent under this version", problem)
    )
    if found is None:
        return None
    text = text_of(files, problem.file)
    for name in yaml_editing.keys(text, ("letters",)):
        if int(yaml_editing.entry(text, ("letters", name)).key.start_mark.line) + 1 == problem.line:  # type: ignore[union-attr] # a key
            new = yaml_editing.remove(text, ("letters", name))
            return Cure(f"Take the letter '{name}' out", with_text(files, problem.file, new))
    return None


def brackets_and_fields(problem: Problem, files: Files) -> Cure | None:
    """A field that is not closed or stands in too many brackets, and one that no letter of the kind may print."""
    lines, number = lines_of(files, problem.file), problem.line - 1
    line = lines[number] if 0 <= number < len(lines) else ""
    open_field = said(r"'(\(\([\w.]+\))' is not closed", problem)
    private = said(r"has '(\(\([\w.]+\)\))', a field of health or circumstances", problem)
    if open_field:
        new, label = re.sub(rf"{re.escape(open_field[1])}(?!\))", f"{open_field[1]})", line, count=1), "Close the field"
    elif private:
        new, label = line.replace(private[1], "", 1), f"Delete {private[1]}"
    elif said(r"Too many brackets stand together here", problem):
        new, label = (
            re.sub(r"\)\){2,}\)*", "))", re.sub(r"\({3,}([\w.]+)\){3,}", r"((\1))", line)),
            "Write two brackets",
        )
    else:
        return None
    return Cure(label, with_lines(files, problem.file, [*lines[:number], new, *lines[number + 1 :]]))


MENDERS = (a_letter_that_is_missing, a_letter_nothing_sends, brackets_and_fields)
