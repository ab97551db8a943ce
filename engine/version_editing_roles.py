"""The roles of a draft, and the readings that were chosen: added, changed and taken out in its file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from engine import yaml_editing
from engine.refusals import BadAnswers
from engine.version_text import KEPT, Files, Kept, Text, answered, opened, put_text, text_of, with_text
from engine.yaml_part import KEY
from engine.yaml_writing import Value


def add_role(
    files: Files, path: str, key: str, *, title: str, says: str = "", cites: Sequence[str] = ()
) -> dict[str, bytes]:
    """The files with one more role, to be bound to a stage. Raises BadAnswers."""
    text = text_of(files, path)
    has_name = KEY.fullmatch(key) and "-" not in key
    answered(
        {
            "key": "Use lower-case letters, digits and underscores, such as review_panel."
            if not has_name
            else f"There is a role '{key}' already."
            if yaml_editing.has(text, ("roles", key))
            else None,
            "title": None if title.strip() else "Give the role the title people know.",
        }
    )
    values: dict[str, Value] = {"title": title.strip()}
    values |= {"says": says.strip()} if says.strip() else {}
    values |= {"cites": list(cites)} if cites else {}
    return with_text(files, path, yaml_editing.add(text, ("roles",), key, values))


def set_role(files: Files, path: str, key: str, *, title: Text = KEPT, says: Text = KEPT) -> dict[str, bytes]:
    """The files with another title or other words of a role. Raises BadAnswers, NotThere."""
    text = text_of(files, path)
    yaml_editing.entry(text, ("roles", key))
    answered({"title": "Give the role the title people know." if _is_empty(title) else None})
    text = put_text(text, ("roles", key, "title"), title, after=yaml_editing.FIRST)
    return with_text(files, path, put_text(text, ("roles", key, "says"), says, after="title"))


def remove_role(files: Files, path: str, key: str) -> dict[str, bytes]:
    """The files without a role. Raises BadAnswers where somebody still works in it, NotThere."""
    version, text = opened(files, path).version, text_of(files, path)
    yaml_editing.entry(text, ("roles", key))
    bound = [f"'{stage.title}'" for stage in version.stages if key in (stage.handler, stage.desk, stage.panel)]
    bound += ["the desk"] if version.desk == key else []
    if bound:
        raise BadAnswers({"key": f"This role works at {' and '.join(bound)}. Give that to another role first."})
    return with_text(files, path, yaml_editing.remove(text, ("roles", key)))


def add_reading(
    files: Files, path: str, key: str, *, question: str, reading: str, by: str, on: date, about: Sequence[str] = ()
) -> dict[str, bytes]:
    """The files with a reading that was chosen: the question, what was chosen, who chose it and when. A reading of the
    same name is replaced. Raises BadAnswers."""
    answered(
        {
            "question": None if question.strip() else "Say what the sources leave open.",
            "reading": None if reading.strip() else "Say what was chosen.",
            "by": None if by.strip() else "Say who chose it.",
        }
    )
    text = text_of(files, path)
    if not yaml_editing.has(text, ("assumed",)):
        text = yaml_editing.add(text, (), "assumed", {}, after="sources")
    value: Value = {
        "question": question.strip(), "reading": reading.strip(), "by": by.strip(), "on": on.isoformat(),
        "about": list(about),
    }  # fmt: skip
    place = ("assumed", key)
    if yaml_editing.has(text, place):
        text = yaml_editing.remove(text, place)
    return with_text(files, path, yaml_editing.add(text, ("assumed",), key, value))


def remove_reading(files: Files, path: str, key: str) -> dict[str, bytes]:
    """The files without a reading. Raises NotThere."""
    text = text_of(files, path)
    alone = len(yaml_editing.keys(text, ("assumed",))) == 1
    return with_text(files, path, yaml_editing.remove(text, ("assumed",) if alone else ("assumed", key)))


def _is_empty(value: Text) -> bool:
    return not isinstance(value, Kept) and (value is None or not value.strip())
