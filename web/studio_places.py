"""The page of a draft on which a place of its files is changed: a part of a letter, a question, a decision table."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from engine.drafting import Draft
from engine.yaml_part import KEY

FORMS = "workflows/forms/"


def address(file: str, path: Sequence[str | int], draft: Draft) -> str:
    """Where what stands at a path of a file is changed by a form; empty where only its text can be."""
    keys = [str(key) for key in path]
    if file == draft.letters_path and keys[:1] == ["letters"] and len(keys) > 1 and _is_a_name(keys[1]):
        part = f"text-{keys[3]}" if keys[2:3] == ["parts"] and len(keys) > 3 else None
        return url_for("studio_letters.one", draft_id=draft.row.id, letter=keys[1], _anchor=part)
    if file.startswith(FORMS) and keys[:1] == ["fields"] and len(keys) > 1:
        form = file.removeprefix(FORMS).removesuffix(".yaml")
        return url_for("studio_forms.asked", draft_id=draft.row.id, form=form, question=keys[1])
    if file == draft.path and keys[:1] == ["decisions"]:
        return url_for("studio_decisions.page", draft_id=draft.row.id, _anchor=keys[1] if len(keys) > 1 else None)
    return ""


def _is_a_name(letter: str) -> bool:
    """Whether a letter can have that name: one that cannot has no page of its own."""
    return all(KEY.fullmatch(word) for word in letter.split("."))
