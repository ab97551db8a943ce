"""Checks of a version's decision tables: conditions that can be read, answers that can be given, a last row that holds.

A condition may ask what the task's own form asks, what the complaint form asked, and `FACTS` about the case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from engine import expressions
from engine.expressions import Expression, ExpressionProblem
from engine.forms import Field
from engine.policy import DecisionRow, PolicyVersion, bare
from engine.policy_files import line_at, place
from engine.problems import Problem, did_you_mean
from engine.version_names import Beside, Names, is_form_broken

#: what a condition may ask about the case itself: whether it came in time, and the day it was received
FACTS: Mapping[str, object] = {"is_in_time": True, "received": "2024-04-01"}
ALWAYS = "true"


def decision_tables_can_be_read(version: PolicyVersion, names: Names, beside: Beside) -> Iterator[Problem]:
    """Each table belongs to a task that decides; its conditions and answers are among what can be asked and given."""
    if names.spine is None:
        return
    for key, rows in version.decisions.items():
        line = line_at(version, place("decisions", key))
        task = names.tasks.get(key)
        if task is None or not task.decides:
            if names.is_whole or bare(key) not in beside.words:
                deciding = [name for name, each in names.tasks.items() if each.decides]
                yield Problem(version.file, line, f"'{key}' is no task that decides.", did_you_mean(key, deciding))
            continue
        form = beside.workflows.forms.get(names.asking.get(key, ""))
        logged = beside.workflows.forms.get(names.asking.get("complaint_received", ""))
        if form is None or logged is None:
            continue  # the form itself is the problem
        fields = {field.name: field for each in (logged, form) for field in each.fields}
        is_unsure = any(is_form_broken(each.name, beside) for each in (form, logged))
        unsure = beside.words if is_unsure else frozenset[str]()
        for number, row in enumerate(rows, 1):
            about = f"Row {number} of decision '{key}'"
            yield from _condition(version, row, about, fields, unsure)
            yield from _answer(version, row, about, form.field(task.decides), unsure)
        yield from _last_row(version, key, rows, line) if names.is_read else ()


CHECKS = [decision_tables_can_be_read]


def _condition(
    version: PolicyVersion, row: DecisionRow, about: str, fields: Mapping[str, Field], unsure: Collection[str]
) -> Iterator[Problem]:
    """`unsure`: the words that a form with problems of its own might ask or answer."""
    if not row.when:
        return  # a problem already
    try:
        condition = expressions.parse(row.when, frozenset({*fields, *FACTS, *unsure}))
    except ExpressionProblem as error:
        yield Problem(version.file, row.line, f"{about}: {error.what}", error.mend)
        return
    impossible = [(name, text) for name, text in _impossible_answers(condition, fields) if text not in unsure]
    for name, text in impossible:
        what = f"{about} asks whether '{name}' is '{text}', which is none of its answers."
        is_yes_no = fields[name].type == "yes_no"
        mend = f"Write '{name}' or 'not {name}'." if is_yes_no else did_you_mean(text, fields[name].choices)
        yield Problem(version.file, row.line, what, mend)
    if impossible or unsure:
        return
    try:
        expressions.holds(condition, {**FACTS, **{name: _nothing(field) for name, field in fields.items()}})
    except ExpressionProblem as error:
        what = f"{about} fails where nothing is answered: {error.what}"
        yield Problem(version.file, row.line, what, error.mend)


def _answer(
    version: PolicyVersion, row: DecisionRow, about: str, field: Field | None, unsure: Collection[str]
) -> Iterator[Problem]:
    if field is not None and row.then and row.then not in (*field.choices, *unsure):
        what = f"{about} decides '{row.then}', which is none of the choices."
        yield Problem(version.file, row.line, what, did_you_mean(row.then, field.choices))


def _last_row(version: PolicyVersion, key: str, rows: tuple[DecisionRow, ...], line: int) -> Iterator[Problem]:
    if not rows or rows[-1].when.strip() != ALWAYS:
        what = f"Decision '{key}' does not end in a row that always holds."
        yield Problem(version.file, rows[-1].line if rows else line, what, "Add '- {when: \"true\", then: complaint}'.")
    for number, row in enumerate(rows[:-1], 1):
        if row.when.strip() == ALWAYS:
            what = f"Row {number} of decision '{key}' always holds, so the rows below it are never read."
            yield Problem(version.file, row.line, what, "Move it to the end.")
            return


def _impossible_answers(condition: Expression, fields: Mapping[str, Field]) -> Iterator[tuple[str, str]]:
    """Comparisons of a question with a text that can never be its answer: (the question, the text)."""
    for name, text in expressions.compared(condition):
        field = fields.get(name)
        if field is None or field.type not in ("yes_no", "choice", "choices") or field.other_allowed:
            continue
        if text not in field.choices:
            yield name, text


def _nothing(field: Field) -> object:
    """What an unanswered question is to a condition."""
    return {"yes_no": False, "choices": [], "date": None, "whole_number": None}.get(field.type, "")
