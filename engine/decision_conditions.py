"""A condition of a decision table as people put it together: question, comparison, answer; and back to its text.

What the small language of conditions can say and this form cannot is left as text: `read` gives None for it. Whatever
`written` makes, `read` reads back as the same (a test says so).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from engine import expressions
from engine.expression_syntax import dotted
from engine.expressions import ExpressionProblem
from engine.forms import Field

ALL, ANY = "and", "or"
ALWAYS = "true"
YES, NO, NOT_YES = "yes", "no", "not_yes"

#: what a condition may ask about the case itself, beside the questions of the forms (engine.decision_checks.FACTS)
FACTS: Mapping[str, Field] = {
    "is_in_time": Field("is_in_time", "Did the complaint come within the time to complain?", "yes_no"),
    "received": Field("received", "The day the complaint was received", "date"),
}

IS, IS_NOT, ONE_OF, NONE_OF = "is", "is_not", "one_of", "none_of"
INCLUDES, LEAVES_OUT = "includes", "leaves_out"
LESS, AT_MOST, MORE, AT_LEAST = "less", "at_most", "more", "at_least"
COMPARISONS: Mapping[str, str] = {
    IS: "is",
    IS_NOT: "is not",
    ONE_OF: "is one of",
    NONE_OF: "is none of",
    INCLUDES: "includes",
    LEAVES_OUT: "does not include",
    LESS: "is less than",
    AT_MOST: "is at most",
    MORE: "is more than",
    AT_LEAST: "is at least",
}
_SIZES: Mapping[str, str] = {LESS: "<", AT_MOST: "<=", MORE: ">", AT_LEAST: ">="}
_OPERATORS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: IS, ast.NotEq: IS_NOT, ast.Lt: LESS, ast.LtE: AT_MOST, ast.Gt: MORE, ast.GtE: AT_LEAST,
    ast.In: ONE_OF, ast.NotIn: NONE_OF,
}  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One comparison: a question's name, one of COMPARISONS, and the answers it is compared with. Of a yes-or-no
    question the answer is YES, NO, or NOT_YES for "no, or not answered"."""

    question: str
    comparison: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class When:
    """The conditions of a row and how they are joined: ALL or ANY of them. None at all always holds."""

    joined: str
    conditions: tuple[Condition, ...] = ()


def comparisons_of(field: Field) -> tuple[str, ...]:
    """The comparisons that make sense of a question."""
    if field.type == "yes_no":
        return (IS,)
    if field.type == "choices":
        return (INCLUDES, LEAVES_OUT)
    if field.type == "choice":
        return (IS, IS_NOT, ONE_OF, NONE_OF)
    if field.type in ("date", "whole_number"):
        return (IS, IS_NOT, LESS, AT_MOST, MORE, AT_LEAST)
    return (IS, IS_NOT)


def written(when: When, questions: Mapping[str, Field]) -> str:
    """The text of the conditions, as the language has it. Raises ExpressionProblem for an answer that has no text."""
    if not when.conditions:
        return ALWAYS
    parts = [_written(one, questions[one.question]) for one in when.conditions]
    if len(parts) > 1:
        parts = [f"({part})" if " and " in part else part for part in parts]
    return f" {when.joined} ".join(parts)


def read(text: str, questions: Mapping[str, Field]) -> When | None:
    """The conditions a text says, or None where it says more than the form can show, or cannot be read."""
    try:
        tree = expressions.parse(text, frozenset(questions)).tree
    except ExpressionProblem:
        return None
    if isinstance(tree, ast.Name) and tree.id == ALWAYS:
        return When(ALL)
    whole = _read(tree, questions)
    if whole is not None:
        return When(ALL, (whole,))
    if not isinstance(tree, ast.BoolOp):
        return None
    found = [_read(part, questions) for part in tree.values]
    known = tuple(one for one in found if one is not None)
    return When(ALL if isinstance(tree.op, ast.And) else ANY, known) if len(known) == len(found) else None


def _written(one: Condition, field: Field) -> str:
    name, answer = one.question, one.answers[0] if one.answers else ""
    if field.type == "yes_no":
        return {YES: name, NO: f"{name} == false"}.get(answer, f"not {name}")
    if one.comparison in (ONE_OF, NONE_OF):
        values = ", ".join(_literal(text, field) for text in one.answers)
        return f"{name} {'in' if one.comparison == ONE_OF else 'not in'} [{values}]"
    if one.comparison in (INCLUDES, LEAVES_OUT):
        return f"{_literal(answer, field)} {'in' if one.comparison == INCLUDES else 'not in'} {name}"
    if one.comparison in _SIZES:  # what has no answer cannot be compared by size, so that is asked first
        return f"{name} != null and {name} {_SIZES[one.comparison]} {_literal(answer, field)}"
    return f"{name} {'==' if one.comparison == IS else '!='} {_literal(answer, field)}"


def _literal(text: str, field: Field) -> str:
    if field.type == "whole_number":
        return text.strip() or "null"
    if "'" in text and '"' in text:
        raise ExpressionProblem("A text with both kinds of quotes cannot be compared.", "Leave out one kind.")
    return f'"{text}"' if "'" in text else f"'{text}'"


def _read(node: ast.expr, questions: Mapping[str, Field]) -> Condition | None:
    """One comparison, where the node is one that the form can show."""
    if isinstance(node, ast.BoolOp):
        return _by_size(node, questions)
    is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    asked = node.operand if isinstance(node, ast.UnaryOp) else node
    name = dotted(asked)
    if name is not None:
        return Condition(name, IS, (NOT_YES if is_not else YES,)) if _is_yes_no(name, questions) else None
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        found = _compared(node.left, _OPERATORS.get(type(node.ops[0]), ""), node.comparators[0], questions)
        fits = found is not None and found.comparison not in _SIZES
        return found if fits else None
    return None


def _is_yes_no(name: str, questions: Mapping[str, Field]) -> bool:
    return name in questions and questions[name].type == "yes_no"


def _by_size(node: ast.BoolOp, questions: Mapping[str, Field]) -> Condition | None:
    """`x != null and x < 5`."""
    match node:
        case ast.BoolOp(
            op=ast.And(),
            values=[
                ast.Compare(left=asked, ops=[ast.NotEq()], comparators=[ast.Name(id="null")]),
                ast.Compare(left=left, ops=[operation], comparators=[right]),
            ],
        ) if dotted(asked) == dotted(left):
            found = _compared(left, _OPERATORS.get(type(operation), ""), right, questions)
            return found if found is not None and found.comparison in _SIZES else None
    return None


def _compared(left: ast.expr, comparison: str, right: ast.expr, questions: Mapping[str, Field]) -> Condition | None:
    name, other = dotted(left), dotted(right)
    if name is None and other in questions and comparison in (ONE_OF, NONE_OF):
        told = {ONE_OF: INCLUDES, NONE_OF: LEAVES_OUT}[comparison]
        return _fitting(other or "", told, _texts(left), questions)
    if name is not None and _is_yes_no(name, questions):
        answer = {("true", IS): YES, ("false", IS): NO}.get((other or "", comparison))
        return Condition(name, IS, (answer,)) if answer else None
    return _fitting(name or "", comparison, _texts(right), questions)


def _fitting(
    name: str, comparison: str, answers: tuple[str, ...] | None, questions: Mapping[str, Field]
) -> Condition | None:
    """The condition, where its question has such a comparison and its answers are texts."""
    field = questions.get(name)
    if field is None or answers is None or field.type == "yes_no" or comparison not in comparisons_of(field):
        return None
    if field.choices and any(one not in field.choices for one in answers):
        return None
    is_list = comparison in (ONE_OF, NONE_OF)
    return Condition(name, comparison, answers) if is_list or len(answers) == 1 else None


def _texts(node: ast.expr) -> tuple[str, ...] | None:
    """The texts or numbers of a value or of a list of them; None where it is anything else."""
    items = node.elts if isinstance(node, ast.List) else [node]
    values = [item.value for item in items if isinstance(item, ast.Constant)]
    return tuple(str(value) for value in values) if len(values) == len(items) else None
