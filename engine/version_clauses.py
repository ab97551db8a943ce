"""How a version answers for its sources, kept true when something that carried a clause is taken out."""

from __future__ import annotations

from collections.abc import Callable

from engine import yaml_editing, yaml_text

GONE = "What carried it was taken out of this version."


def without(text: str, is_gone: Callable[[str], bool]) -> str:
    """A version's text whose clauses are no longer carried by what is gone. A clause that nothing carries any more is
    still to come, so that it stays visible."""
    for rule, carried, has_more in _clauses(text):
        left = [target for target in carried if not is_gone(target)]
        place = ("clauses", rule, "carried_by")
        if len(left) == len(carried):
            continue
        if left:
            text = yaml_editing.set_value(text, place, left)
        elif has_more:
            text = yaml_editing.remove(text, place)
        else:
            text = yaml_editing.add(text, place[:-1], "to_come", GONE)
            text = yaml_editing.remove(text, place)
    return text


def _clauses(text: str) -> list[tuple[str, list[str], bool]]:
    """Each clause with what carries it, and whether anything else answers it."""
    node, _ = yaml_text.read(text.encode(), "")
    found = yaml_text.plain(node) if node is not None else None
    clauses = found.get("clauses") if isinstance(found, dict) else None
    if not isinstance(clauses, dict):
        return []
    return [
        (rule, [str(target) for target in carried], len(below) > 1)
        for rule, below in clauses.items()
        if isinstance(below, dict) and isinstance(carried := below.get("carried_by"), list)
    ]
