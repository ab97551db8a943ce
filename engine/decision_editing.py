"""What the page of decision tables does to a version's text: rows changed, added, moved and taken away.

Text in, text out; comments and everything not touched stay byte for byte. Order matters: the first row that holds is
the policy's advice. Raises BadAnswers with a sentence for each field that cannot be so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine import expressions, yaml_editing
from engine.advice import advised_row
from engine.decision_conditions import ALWAYS
from engine.expressions import ExpressionProblem
from engine.policy import DecisionRow, PolicyVersion
from engine.problems import did_you_mean
from engine.refusals import BadAnswers
from engine.yaml_editing import FIRST
from engine.yaml_writing import Value


@dataclass(frozen=True)
class RowWords:
    """A row as somebody wrote it; `cites` are citations as the file has them, such as `code 1.4`."""

    when: str
    then: str
    because: str = ""
    cites: tuple[str, ...] = ()


def cites_of(text: str) -> tuple[str, ...]:
    """Citations that were typed on one line, with commas or semicolons between them, or one a line."""
    parts = text.replace(";", ",").replace("\n", ",").split(",")
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))


def check_cites(cites: Sequence[str], sources: Collection[str]) -> str:
    """A sentence about the first citation of a source the version does not rest on; empty where there is none."""
    for one in cites:
        source = one.split(" ")[0]
        if source not in sources:
            return f"'{one}' begins with no source of this version. {did_you_mean(source, sources)}"
    return ""


def set_row(text: str, table: str, number: int, was: DecisionRow, now: RowWords) -> str:
    """The text with other words in row `number` (from 0) of a table: only what differs is touched."""
    path = ("decisions", table, number)
    before = RowWords(was.when, was.then, was.because, tuple(str(one) for one in was.cites))
    for key, old, new in (
        ("when", before.when, now.when), ("then", before.then, now.then), ("because", before.because, now.because),
        ("cites", before.cites, now.cites),
    ):  # fmt: skip
        if old == new:
            continue
        value: Value = list(new) if isinstance(new, tuple) else new
        if value:
            text = yaml_editing.put(text, (*path, key), value)
        elif yaml_editing.has(text, (*path, key)):
            text = yaml_editing.remove(text, (*path, key))
    return text


def add_row(text: str, table: str, now: RowWords, *, after: int) -> str:
    """The text with one more row behind row `after`; -1: before all."""
    value: dict[str, Value] = {"when": now.when, "then": now.then}
    if now.because:
        value["because"] = now.because
    if now.cites:
        value["cites"] = list(now.cites)
    return yaml_editing.add(text, ("decisions", table), "", value, after=after if after >= 0 else FIRST)


def remove_row(text: str, table: str, number: int) -> str:
    """The text without a row."""
    return yaml_editing.remove(text, ("decisions", table, number))


def move_row(text: str, table: str, number: int, *, up: bool, count: int) -> str:
    """The text with a row one place higher or lower; as it is where there is no such place."""
    target = number - 2 if up else number + 1
    if target < -1 or target >= count:
        return text
    return yaml_editing.move(text, ("decisions", table, number), after=target if target >= 0 else FIRST)


def check_row(now: RowWords, known: Collection[str], choices: Collection[str], sources: Collection[str]) -> None:
    """Raises BadAnswers where the condition cannot be read or the answer is none, before anything is written."""
    wrong: dict[str, str] = {}
    try:
        expressions.parse(now.when, frozenset(known))
    except ExpressionProblem as problem:
        wrong["when"] = f"{problem.what} {problem.mend}"
    if now.then not in choices:
        wrong["then"] = "Choose what the policy says then"
    cites = check_cites(now.cites, sources)
    if cites:
        wrong["cites"] = cites
    if wrong:
        raise BadAnswers(wrong)


@dataclass(frozen=True)
class Tried:
    """What came of trying a table out: the row that holds, from 0, and what stopped it where a condition failed."""

    number: int | None
    row: DecisionRow | None
    failed: str = ""


def try_out(version: PolicyVersion, table: str, values: Mapping[str, object]) -> Tried:
    """Which row holds of these answers: the same code that advises whoever decides."""
    try:
        row = advised_row(version, table, values)
    except ExpressionProblem as problem:
        return Tried(None, None, f"{problem.what} {problem.mend}")
    rows = version.decisions.get(table, ())
    return Tried(next((number for number, one in enumerate(rows) if one is row), None), row)


def always(number: int, rows: Sequence[DecisionRow]) -> bool:
    """Whether the row is the one that holds in every other case, which stays last."""
    return rows[number].when.strip() == ALWAYS
