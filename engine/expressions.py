"""The small language of conditions: total, closed, and bounded by the length of its text.

`triage == 'complaint' and days_between(issue_occurred, received) <= 365`

It borrows Python's syntax (parsed with `ast`) and none of Python's behaviour: the tree is checked against a list of
what is allowed and walked by the functions below. A name is a key, and so is a name with dots. There are no
attributes, no loops, no power and no text arithmetic, so nothing here can run code, grow memory or wait.
Values are text, whole and decimal numbers, `true`, `false`, `null`, and lists of these; a date is its ISO text.
A name that has no value is `null`: it equals only `null`, counts as no, and cannot be compared by size.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from engine.expression_syntax import LARGEST, WORDS, Expression, ExpressionProblem, column, compared, dotted, parse

__all__ = ["Expression", "ExpressionProblem", "compared", "evaluate", "holds", "parse"]


def evaluate(expression: Expression, values: Mapping[str, object]) -> object:
    """What an expression says of these values. Raises ExpressionProblem where they do not fit it."""
    return _value_of(expression.tree, values)


def holds(expression: Expression, values: Mapping[str, object]) -> bool:
    """Whether a condition is true of these values; `null` is no, and anything but yes or no is a problem."""
    return _truth(evaluate(expression, values), expression.tree)


def _value_of(node: ast.AST, values: Mapping[str, object]) -> object:
    step = _STEPS.get(type(node))
    if step is None:
        raise ExpressionProblem("This expression was not checked.", "Parse it first.")
    return step(node, values)


def _name(node: ast.Name | ast.Attribute, values: Mapping[str, object]) -> object:
    name = dotted(node) or ""
    if name in WORDS:
        return WORDS[name]
    if name in values:
        return _as_value(values[name], node)
    found: object = values
    for key in name.split("."):
        found = found.get(key) if isinstance(found, dict) or found is values else None
    return _as_value(found, node)


def _as_value(value: object, node: ast.AST) -> object:
    """A given value as the language knows it. Only these types come in, so nothing of Python can be reached."""
    if isinstance(value, list | tuple | set | frozenset):
        return [_as_scalar(item, node) for item in value]
    return _as_scalar(value, node)


def _as_scalar(value: object, node: ast.AST) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if value is None or type(value) in (str, bool):
        return value
    if type(value) in (int, float):
        return _bounded(value, node)
    what = f"'{dotted(node)}' is {type(value).__name__}, not text, a number, a date, yes or no, or a list."
    raise ExpressionProblem(what, "Name one value of it.", column(node))


def _bounded(value: object, node: ast.AST) -> object:
    if isinstance(value, int | float) and not -LARGEST <= value <= LARGEST:  # NaN fails this too
        raise ExpressionProblem("A number in this condition is too large.", "Keep under 10 to the power of 15.",
                                column(node))  # fmt: skip
    return value


def _truth(value: object, node: ast.AST) -> bool:
    if value is None or type(value) is bool:
        return bool(value)
    what = f"{ast.unparse(node)[:60]} is {_kind(value)}, not yes or no."
    raise ExpressionProblem(what, "Compare it with something.", column(node))


def _kind(value: object) -> str:
    kinds = {str: "text", bool: "yes or no", int: "a number", float: "a number", list: "a list"}
    return kinds.get(type(value), "null")


def _same(left: object, right: object) -> bool:
    return _kind(left) == _kind(right) and left == right


def _bool_op(node: ast.BoolOp, values: Mapping[str, object]) -> object:
    parts = (_truth(_value_of(part, values), part) for part in node.values)
    return all(parts) if isinstance(node.op, ast.And) else any(parts)


def _unary(node: ast.UnaryOp, values: Mapping[str, object]) -> object:
    value = _value_of(node.operand, values)
    if isinstance(node.op, ast.Not):
        return not _truth(value, node.operand)
    return -_number(value, node.operand)


def _number(value: object, node: ast.AST) -> int | float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    what = f"{ast.unparse(node)[:60]} is {_kind(value)}, not a number."
    raise ExpressionProblem(what, "Reckon only with numbers.", column(node))


def _bin_op(node: ast.BinOp, values: Mapping[str, object]) -> object:
    left = _number(_value_of(node.left, values), node.left)
    right = _number(_value_of(node.right, values), node.right)
    if right == 0 and isinstance(node.op, ast.Div | ast.FloorDiv | ast.Mod):
        raise ExpressionProblem("This condition divides by zero.", "Ask first whether it is 0.", column(node))
    return _bounded(_OPERATORS[type(node.op)](left, right), node)


def _compare(node: ast.Compare, values: Mapping[str, object]) -> object:
    left = _value_of(node.left, values)
    for operation, place in zip(node.ops, node.comparators, strict=True):
        right = _value_of(place, values)
        if not _compared(operation, left, right, place):
            return False
        left = right
    return True


def _compared(operation: ast.cmpop, left: object, right: object, node: ast.AST) -> bool:
    if isinstance(operation, ast.Eq | ast.NotEq):
        return _same(left, right) is isinstance(operation, ast.Eq)
    if isinstance(operation, ast.In | ast.NotIn):
        # A list nobody filled in is an empty one.
        if right is not None and not isinstance(right, list):
            raise ExpressionProblem(
                f"'in' looks in a list, and this is {_kind(right)}.", "Write == instead.", column(node)
            )
        return any(_same(left, item) for item in right or ()) is isinstance(operation, ast.In)
    if _kind(left) != _kind(right) or _kind(left) not in ("text", "a number"):
        what = f"{_kind(left).capitalize()} and {_kind(right)} cannot be compared by size."
        raise ExpressionProblem(what, "Ask first whether there is a value: x != null and x < 5.", column(node))
    return bool(_OPERATORS[type(operation)](left, right))


def _if_exp(node: ast.IfExp, values: Mapping[str, object]) -> object:
    return _value_of(node.body if _truth(_value_of(node.test, values), node.test) else node.orelse, values)


def _list(node: ast.List, values: Mapping[str, object]) -> object:
    return [_value_of(item, values) for item in node.elts]


def _call(node: ast.Call, values: Mapping[str, object]) -> object:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    try:
        return _bounded(_FUNCTIONS[name](*[_value_of(argument, values) for argument in node.args]), node)
    except (TypeError, ValueError, KeyError):
        what = f"{name} cannot be worked out from what it is given here."
        raise ExpressionProblem(what, "Ask first whether each value is there (!= null).", column(node)) from None


def _days_between(first: object, last: object) -> int:
    return (date.fromisoformat(str(last)[:10]) - date.fromisoformat(str(first)[:10])).days


def _least(*given: object) -> object:
    return min(_alike(given))


def _most(*given: object) -> object:
    return max(_alike(given))


def _alike(given: tuple[object, ...]) -> list[Any]:
    if {_kind(value) for value in given} not in ({"a number"}, {"text"}):
        raise TypeError
    return list(given)


def _length(of: object) -> int:
    if of is None:
        return 0
    if not isinstance(of, str | list):
        raise TypeError
    return len(of)


def _size(of: object) -> object:
    if isinstance(of, bool) or not isinstance(of, int | float):
        raise TypeError
    return abs(of)


_FUNCTIONS: dict[str, Callable[..., object]] = {
    "abs": _size, "days_between": _days_between, "len": _length, "max": _most, "min": _least,
}  # fmt: skip
_OPERATORS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip
_STEPS: dict[type[ast.AST], Callable[..., object]] = {
    ast.Constant: lambda node, values: node.value, ast.Name: _name, ast.Attribute: _name, ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary, ast.BinOp: _bin_op, ast.Compare: _compare, ast.IfExp: _if_exp, ast.List: _list,
    ast.Call: _call,
}  # fmt: skip
