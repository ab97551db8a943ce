"""Decision tables of a draft in words; and a row of one as a form: question, comparison, answer, back to its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from engine import decision_conditions as conditions
from engine import expressions
from engine.decision_conditions import ALL, ANY, FACTS, IS, IS_NOT, NONE_OF, NOT_YES, ONE_OF, YES, Condition, When
from engine.decision_editing import RowWords, cites_of
from engine.draft_library import Checked
from engine.expressions import ExpressionProblem
from engine.forms import Field, Form
from engine.policy import DecisionRow
from engine.version_names import names_of
from web import decision_words, names, wording

MOST_CONDITIONS = 12
YES_NO = {YES: "Yes", conditions.NO: "No", NOT_YES: "No, or not answered"}
Sent = MultiDict[str, str]


@dataclass(frozen=True)
class Table:
    """A decision table: the task it belongs to, what may be asked in it, and what may be decided."""

    key: str
    title: str
    rows: tuple[DecisionRow, ...]
    questions: Mapping[str, Field]
    choices: Mapping[str, str]
    asked_on: Mapping[str, str]  # question -> the title of its form

    @property
    def known(self) -> frozenset[str]:
        return frozenset(self.questions)


@dataclass(frozen=True)
class RowShown:
    """A row in words: `problems` are what `redress check` says of it."""

    number: int
    when: list[str]
    then: str
    because: str
    cites: list[str]
    problems: list[str]
    is_always: bool


@dataclass(frozen=True)
class RowForm:
    """A row as its page has it: conditions chosen, or the condition as text."""

    joined: str = ALL
    conditions: tuple[Condition, ...] = ()
    text: str = ""
    by_text: bool = False
    then: str = ""
    because: str = ""
    cites: str = ""
    wrong: Mapping[str, str] = field(default_factory=dict)

    def words(self, table: Table) -> RowWords:
        """The row to be written. Raises ExpressionProblem for an answer that has no text."""
        when = self.text.strip() if self.by_text else conditions.written(self.when, table.questions)
        return RowWords(when, self.then, " ".join(self.because.split()), cites_of(self.cites))

    @property
    def when(self) -> When:
        """The conditions, each with the comparison that fits the number of its answers."""
        return When(self.joined, tuple(_fitted(one) for one in self.conditions))


def tables(found: Checked) -> list[Table]:
    """The decision tables of a draft, in the order of its file; one whose task or forms are not there is left out."""
    version = found.version
    if version is None:
        return []
    there = names_of(version, found.library.workflows)
    forms = found.library.workflows.forms
    made = []
    for key, rows in version.decisions.items():
        task = there.tasks.get(key)
        asking, logged = forms.get(there.asking.get(key, "")), forms.get(there.asking.get("complaint_received", ""))
        if task is None or asking is None or logged is None:
            continue
        decides = asking.field(task.decides)
        own = [one for one in asking.fields if one.name != task.decides]
        questions = {**FACTS, **{one.name: one for one in (*logged.fields, *own)}}
        asked_on = dict.fromkeys(FACTS, "The case itself")
        asked_on |= {one.name: logged.title for one in logged.fields} | {one.name: asking.title for one in own}
        choices = dict(decides.choices) if decides else {}
        made.append(Table(key, task.title, rows, questions, choices, asked_on))
    return made


def rows(found: Checked, table: Table) -> list[RowShown]:
    """Every row of a table in words."""
    version = found.version
    assert version is not None
    ends = [row.line for row in table.rows[1:]] + [10**9]
    shown = []
    for number, (row, end) in enumerate(zip(table.rows, ends, strict=True)):
        told = [
            f"{one.what} {one.mend}"
            for one in found.problems
            if one.file == version.file and row.line <= one.line < max(end, row.line + 1) and "Row" in one.what
        ]
        shown.append(
            RowShown(
                number,
                said(row.when, table),
                table.choices.get(row.then, wording.plain(row.then)),
                row.because,
                [names.citation(version, one) for one in row.cites],
                told,
                row.when.strip() == conditions.ALWAYS,
            )
        )
    return shown


def said(when: str, table: Table) -> list[str]:
    """A condition in words, a line each; as it is written where it cannot be read."""
    try:
        return decision_words.conditions(when, dict(table.questions))
    except ExpressionProblem:
        return [when]


def row_form(row: DecisionRow, table: Table) -> RowForm:
    """A row that stands, as its page shows it."""
    when = conditions.read(row.when, table.questions)
    return RowForm(
        joined=when.joined if when else ALL,
        conditions=when.conditions if when else (),
        text=row.when,
        by_text=when is None,
        then=row.then,
        because=row.because,
        cites=", ".join(str(one) for one in row.cites),
    )


def read_form(sent: Sent, table: Table) -> RowForm:
    """A row as a browser sent it. A question that is none of the table's is left out."""
    found = []
    for number in range(MOST_CONDITIONS):
        name = sent.get(f"question:{number}", "")
        asked = table.questions.get(name)
        if asked is None:
            continue
        comparison = sent.get(f"comparison:{number}", "")
        known = conditions.comparisons_of(asked)
        answers = tuple(text.strip() for text in sent.getlist(f"answer:{number}") if text.strip())
        found.append(Condition(name, comparison if comparison in known else known[0], answers))
    return RowForm(
        joined=ANY if sent.get("joined") == ANY else ALL,
        conditions=tuple(found),
        text=sent.get("text", ""),
        by_text=sent.get("by") == "text",
        then=sent.get("then", ""),
        because=sent.get("because", ""),
        cites=sent.get("cites", ""),
    )


def unanswered(form: RowForm, table: Table) -> dict[str, str]:
    """A sentence for each condition that has no answer yet, by the id of its first input."""
    wrong = {}
    for number, one in enumerate(form.conditions if not form.by_text else ()):
        if not one.answers:
            wrong[f"answer-{number}"] = f"Choose an answer: {table.questions[one.question].label}"
        elif table.questions[one.question].type == "whole_number" and not one.answers[0].lstrip("-").isdigit():
            wrong[f"answer-{number}"] = f"Enter a whole number: {table.questions[one.question].label}"
    return wrong


def comparisons(asked: Field) -> dict[str, str]:
    """The comparisons to choose from: `is` takes several answers where there are choices, so "is one of" is no choice
    of its own."""
    kept = [one for one in conditions.comparisons_of(asked) if one not in (ONE_OF, NONE_OF)]
    return {one: conditions.COMPARISONS[one] for one in kept}


def shown_as(one: Condition) -> str:
    """The comparison as its page names it."""
    return {ONE_OF: IS, NONE_OF: IS_NOT}.get(one.comparison, one.comparison)


def answers_of(asked: Field) -> Mapping[str, str]:
    """What a question may be compared with; empty where the answer is typed."""
    return YES_NO if asked.type == "yes_no" else asked.choices


def places(table: Table, after: str) -> list[dict[str, object]]:
    """Where a new row may stand: before all, or behind one of them; before the row that always holds, at first."""
    ends_always = bool(table.rows) and table.rows[-1].when.strip() == conditions.ALWAYS
    usual = len(table.rows) - 2 if ends_always else len(table.rows) - 1
    chosen = int(after) if after.isascii() and after.lstrip("-").isdigit() else usual
    first: list[dict[str, object]] = [{"value": "-1", "text": "Before all rows", "selected": chosen == -1}]
    behind = [
        {"value": str(number), "text": f"After row {number + 1}", "selected": number == chosen}
        for number in range(usual + 1)
    ]
    return first + behind


def tried(table: Table) -> Form:
    """The questions that the conditions of a table ask, as a form to try it out with: none of them must be answered."""
    asked: set[str] = set()
    for row in table.rows:
        try:
            asked |= expressions.parse(row.when).names
        except ExpressionProblem:
            continue
    fields = [
        replace(one, required=False, shown_when={}, sensitive=False, hint="")
        for name, one in table.questions.items()
        if name in asked
    ]
    return Form("tried", table.title, tuple(fields))


def _fitted(one: Condition) -> Condition:
    """`is` with several answers is "is one of them"."""
    several = {IS: ONE_OF, IS_NOT: NONE_OF}
    if one.comparison in several and len(one.answers) > 1:
        return replace(one, comparison=several[one.comparison])
    return one
