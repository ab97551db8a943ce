"""A decision table of the policy as a table people can read: each condition in the words of the form it asks about."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from engine import expressions
from engine.expression_syntax import dotted
from engine.forms import Field, Form
from engine.policy import PolicyVersion
from engine.wordings import listed
from web import names, wording

ALWAYS = "In every other case"
KNOWN = {
    "is_in_time": ("It came within the time to complain", "It came after the time to complain"),
}
COMPARED = {
    ast.Eq: "",
    ast.NotEq: "not",
    ast.Lt: "is less than",
    ast.LtE: "is at most",
    ast.Gt: "is more than",
    ast.GtE: "is at least",
    ast.In: "one of",
    ast.NotIn: "none of",
}


@dataclass(frozen=True)
class Row:
    """A row: when it holds, what the policy says then, and why, with where that is written."""

    when: list[str]  # all of these
    then: str
    because: str
    cites: list[str]


def table(version: PolicyVersion, key: str, asking: Form, also: Iterable[Form] = ()) -> list[Row]:
    """A version's decision table in words; empty where it has none. `asking` is the form of the task that decides."""
    fields = {field.name: field for form in (*also, asking) for field in form.fields}
    decides = asking.field("decision")
    return [
        Row(
            when=conditions(row.when, fields),
            then=decides.choices.get(row.then, wording.plain(row.then)) if decides else wording.plain(row.then),
            because=row.because,
            cites=[names.citation(version, cited) for cited in row.cites],
        )
        for row in version.decisions.get(key, ())
    ]


def conditions(when: str, fields: dict[str, Field]) -> list[str]:
    """What must all be true, a line each."""
    tree = expressions.parse(when).tree
    if isinstance(tree, ast.Name) and tree.id == "true":
        return [ALWAYS]
    parts = tree.values if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And) else [tree]
    lines = [_say(part, fields) for part in parts]
    return [line[:1].upper() + line[1:] for line in lines]


def _say(node: ast.expr, fields: dict[str, Field]) -> str:
    if isinstance(node, ast.BoolOp):
        word = " and " if isinstance(node.op, ast.And) else ", or "
        return word.join(_say(part, fields) for part in node.values)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _yes_or_no(node.operand, fields, holds=False)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _comparison(node, fields)
    return _yes_or_no(node, fields, holds=True)


def _comparison(node: ast.Compare, fields: dict[str, Field]) -> str:
    right, operation = node.comparators[0], type(node.ops[0])
    if isinstance(right, ast.Name) and right.id in ("true", "false"):
        return _yes_or_no(node.left, fields, holds=(right.id == "true") is (operation is ast.Eq))
    field = fields.get(dotted(node.left) or "")
    words = COMPARED[operation]
    return " ".join(f"{_asked(node.left, fields)} {words} {_value(right, field)}".split())


def _yes_or_no(node: ast.expr, fields: dict[str, Field], *, holds: bool) -> str:
    known = KNOWN.get(dotted(node) or "")
    if known:
        return known[0] if holds else known[1]
    if dotted(node) is None:
        return _say(node, fields) if holds else f"not: {_say(node, fields)}"
    return f"{_asked(node, fields)} {'Yes' if holds else 'No, or not known'}"


def _asked(node: ast.expr, fields: dict[str, Field]) -> str:
    field = fields.get(dotted(node) or "")
    return field.label if field else wording.plain(dotted(node) or ast.unparse(node))


def _value(node: ast.expr, field: Field | None) -> str:
    if isinstance(node, ast.List):
        return listed(_value(one, field) for one in node.elts)
    text = str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)
    return f"\u201c{field.choices[text]}\u201d" if field and text in field.choices else text.replace("_", " ")
