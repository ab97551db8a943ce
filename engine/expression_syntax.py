"""The grammar of conditions: text in, a checked tree or one sentence about what is wrong out.

Python's own parser reads the text and nothing else of Python is used: the tree is checked here, node by node,
against what the language has, and every name must be spelt in the text exactly as it will be used.
`engine/expressions.py` says what the language means.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from engine.problems import did_you_mean

LONGEST = 1_000
DEEPEST = 40
LARGEST = 10**15

#: The functions there are, with the fewest and the most values each takes.
ARITY = {"abs": (1, 1), "days_between": (2, 2), "len": (1, 1), "max": (2, 10), "min": (2, 10)}
WORDS: dict[str, object] = {"true": True, "false": False, "null": None}

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*(\.[a-z][a-z0-9]*(_[a-z0-9]+)*)*")
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]+(\.[0-9]+)?")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_HAS = "Use names, values, comparisons, and, or, not, + - * / // %, if else and lists."


class ExpressionProblem(Exception):
    """What is wrong with an expression or its values: `what`, how to `mend` it, and the `column` (from 1)."""

    def __init__(self, what: str, mend: str, column: int = 1) -> None:
        self.what, self.mend, self.column = what, mend, column
        super().__init__(f"{what} {mend}")


@dataclass(frozen=True)
class Expression:
    """A checked expression, ready to be evaluated any number of times. `names` are the values it asks for."""

    text: str
    names: frozenset[str]
    tree: ast.expr = field(compare=False, repr=False)


def parse(text: str, known_names: frozenset[str] | None = None) -> Expression:
    """Check an expression. With `known_names`, every name it uses must be one of them.

    Raises ExpressionProblem for the first thing the language does not have.
    """
    text = text.strip().replace("\n", " ").replace("\t", " ")
    _check_text(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _unreadable(text, error) from None
    names: set[str] = set()
    _check(tree, text, names, depth=1)
    for name in sorted(names):
        if known_names is not None and name not in known_names:
            what = f"'{name}' is not something that can be asked here."
            raise ExpressionProblem(what, did_you_mean(name, known_names), text.find(name) + 1)
    return Expression(text, frozenset(names), tree)


def compared(expression: Expression) -> list[tuple[str, str]]:
    """The names an expression compares with a text, and each text: what could be misspelt."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(expression.tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        names = [name for side in sides if (name := dotted(side)) and name not in WORDS]
        inside = [item for side in sides for item in (side.elts if isinstance(side, ast.List) else [side])]
        texts = [item.value for item in inside if isinstance(item, ast.Constant) and isinstance(item.value, str)]
        found += [(name, text) for name in names for text in texts]
    return found


def column(node: ast.AST) -> int:
    """Where a part of an expression begins, from 1."""
    return int(getattr(node, "col_offset", 0)) + 1


def dotted(node: ast.AST) -> str | None:
    """The name `a.b.c` that a chain of dots on a name spells; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _check_text(text: str) -> None:
    if not text:
        raise ExpressionProblem("The condition is empty.", "Write one, such as triage == 'complaint'.")
    if len(text) > LONGEST:
        raise ExpressionProblem(f"The condition is {len(text)} characters long.", f"Keep it under {LONGEST}.")
    bare = _QUOTED.sub(lambda quoted: " " * len(quoted.group()), text)
    for at, mark in enumerate(text):
        if mark == "\\" or not mark.isprintable() or bare[at] == "#":
            raise ExpressionProblem(f"The character {mark!a} is not allowed in a condition.", "Delete it.", at + 1)
    single = re.search(r"(?<![=!<>:])=(?!=)", bare)
    if single and "(" not in bare:
        raise ExpressionProblem(f"\"{_short(text)}\" has a single '='.", "Write == to compare.", single.start() + 1)


def _unreadable(text: str, error: BaseException) -> ExpressionProblem:
    at = max(1, min(len(text), error.offset or 1)) if isinstance(error, SyntaxError) else 1
    what = f'"{_short(text)}" cannot be read from character {at} on.'
    return ExpressionProblem(what, "Write a comparison such as triage == 'complaint', joined by and, or, not.", at)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


_ALLOWED = (
    ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div,
    ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn,
    ast.IfExp, ast.List, ast.Load,
)  # fmt: skip
_FOREIGN: dict[type[ast.AST], str] = {
    ast.Pow: "'**'", ast.Lambda: "lambda", ast.NamedExpr: "':='", ast.JoinedStr: "text with values in it (f'...')",
    ast.ListComp: "a loop", ast.SetComp: "a loop", ast.DictComp: "a loop", ast.GeneratorExp: "a loop",
    ast.Subscript: "square brackets after a name", ast.Starred: "'*' before a name", ast.Dict: "a mapping",
    ast.Set: "a set", ast.Tuple: "a list in round brackets", ast.Is: "'is'", ast.IsNot: "'is not'",
    ast.Attribute: "a dot after something that is not a name", ast.Await: "await", ast.Yield: "yield",
    ast.YieldFrom: "yield", ast.BitAnd: "'&'", ast.BitOr: "'|'", ast.BitXor: "'^'", ast.LShift: "'<<'",
    ast.RShift: "'>>'", ast.Invert: "'~'", ast.UAdd: "'+' before a value", ast.MatMult: "'@'",
}  # fmt: skip
_MENDS: dict[type[ast.AST], str] = {
    ast.Is: "Write '=='.", ast.IsNot: "Write '!='.", ast.BitAnd: "Write 'and'.", ast.BitOr: "Write 'or'.",
    ast.Tuple: "Write it in square brackets.", ast.UAdd: "Delete it.",
}  # fmt: skip


def _check(node: ast.AST, text: str, names: set[str], *, depth: int) -> None:
    if depth > DEEPEST:
        raise ExpressionProblem("The condition is nested too deeply.", "Divide it into several.")
    if isinstance(node, ast.Name | ast.Attribute) and dotted(node):
        _check_name(node, text, names)
    elif isinstance(node, ast.Constant):
        _check_constant(node, text)
    elif isinstance(node, ast.Call):
        _check_call(node, text, names, depth=depth)
    elif isinstance(node, _ALLOWED):
        for child in ast.iter_child_nodes(node):
            _check(child, text, names, depth=depth + 1)
    else:
        used = _FOREIGN.get(type(node), "something")
        what = f'"{_short(text)}" uses {used}, which conditions do not have.'
        raise ExpressionProblem(what, _MENDS.get(type(node), _HAS), column(node))


def _check_name(node: ast.expr, text: str, names: set[str]) -> None:
    name = dotted(node) or ""
    # Python folds look-alike letters into plain ones; what is used must be what is written.
    if not _NAME.fullmatch(name) or ast.get_source_segment(text, node) != name:
        word = {"True": "true", "False": "false", "None": "null"}.get(name, "")
        mend = f"Write {word}." if word else "Write names in lower case with single underscores: issue_occurred."
        raise ExpressionProblem(f"'{_short(name)}' is not a name that conditions know.", mend, column(node))
    if name in ARITY:
        raise ExpressionProblem(f"'{name}' is a function.", f"Write {name}(...).", column(node))
    if name not in WORDS:
        names.add(name)


def _check_constant(node: ast.Constant, text: str) -> None:
    value = node.value
    if value is True or value is False or value is None:
        word = {True: "true", False: "false", None: "null"}[value]
        raise ExpressionProblem(f"'{value}' is not a word of conditions.", f"Write {word}.", column(node))
    written = ast.get_source_segment(text, node) or ""
    if type(value) not in (str, int, float) or not _LITERAL.fullmatch(written):
        what = f'"{_short(written)}" is not a value that conditions have.'
        raise ExpressionProblem(what, "Write one text in quotes or a plain decimal number.", column(node))
    if isinstance(value, int | float) and value > LARGEST:
        raise ExpressionProblem(f"The number {_short(written)} is too large.", "Keep under 10 to the power of 15.",
                                column(node))  # fmt: skip


def _check_call(node: ast.Call, text: str, names: set[str], *, depth: int) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in ARITY or ast.get_source_segment(text, node.func) != name:
        called = name or ast.get_source_segment(text, node.func) or "this"
        what = f'"{_short(called)}" is not a function that conditions have.'
        raise ExpressionProblem(what, did_you_mean(called, ARITY), column(node))
    if node.keywords:
        raise ExpressionProblem(f"{name} takes its values by position.", f"Write {name}(a, b).", column(node))
    fewest, most = ARITY[name]
    if not fewest <= len(node.args) <= most:
        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        what = f"{name} takes {wanted} value{'' if wanted == '1' else 's'}, and is given {len(node.args)}."
        raise ExpressionProblem(what, "Give it as many as it takes.", column(node))
    for argument in node.args:
        _check(argument, text, names, depth=depth + 1)
