"""What the form of stages and timescales does to a draft: its head, stages, roles and readings; files in, files out.

Everything here takes the draft's files by path, and the path of its version (`policies/<policy>/<version>.yaml`), and
gives back files. Comments and whatever else was written stay. BadAnswers has a sentence for each field; KEPT leaves a
field as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from engine import yaml_editing
from engine.policy import SAME_DAY, SECOND_WORKING_DAY, PolicyVersion
from engine.version_editing_deadlines import remove_deadline, set_deadline
from engine.version_editing_roles import add_reading, add_role, remove_reading, remove_role, set_role
from engine.version_editing_stages import add_deadline, add_stage, move_stage, remove_stage, rename_stage
from engine.version_text import (
    KEPT,
    Files,
    Kept,
    Text,
    answered,
    changes,
    opened,
    put_list,
    put_text,
    text_of,
    with_text,
)
from engine.yaml_part import as_date

__all__ = [
    "KEPT", "add_deadline", "add_reading", "add_role", "add_stage", "changes", "move_stage", "remove_deadline",
    "remove_reading", "remove_role", "remove_stage", "rename_stage", "set_counting", "set_deadline", "set_head",
    "set_role", "set_stage",
]  # fmt: skip
#: whether the day a time runs from is not counted, or is its first
COUNTINGS = ("the next day is the first", "the first day counts")
_RECEIPT = re.compile(r"day of arrival|next working day after ([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_HEAD = ("policy", "version", "title", "says", "landlord", "in_force_from", "workflow", "calendar")


def set_head(
    files: Files,
    path: str,
    *,
    title: Text = KEPT,
    says: Text = KEPT,
    landlord: Text = KEPT,
    in_force_from: date | str | Kept = KEPT,
) -> dict[str, bytes]:
    """The files with the version's title, its words, or the first day of receipt it governs. Raises BadAnswers."""
    begins: Text = in_force_from.isoformat() if isinstance(in_force_from, date) else in_force_from
    answered(
        {
            "title": "Give the version a title." if _is_empty(title) else None,
            "landlord": "Say whose policy it is." if _is_empty(landlord) else None,
            "in_force_from": "Write the day as a date, such as 2027-04-01."
            if isinstance(begins, str) and as_date(begins) is None
            else None,
        }
    )
    text = text_of(files, path)
    given: Mapping[str, Text] = {"title": title, "says": says, "landlord": landlord, "in_force_from": begins}
    for name, value in given.items():
        text = put_text(text, (name,), value, after=_HEAD[_HEAD.index(name) - 1])
    return with_text(files, path, text)


def set_counting(
    files: Files,
    path: str,
    *,
    receipt: Text = KEPT,
    counting: Text = KEPT,
    calendar: Text = KEPT,
    desk: Text = KEPT,
    channels: Sequence[str] | Kept = KEPT,
    delivery: Mapping[str, str] | Kept = KEPT,
) -> dict[str, bytes]:
    """The files with how days are counted, who the desk is and how people may complain. `receipt` is `day of arrival`
    or `next working day after 17:00`. Raises BadAnswers."""
    version, text = opened(files, path).version, text_of(files, path)
    given = delivery if isinstance(delivery, Mapping) else {}
    known = (SAME_DAY, SECOND_WORKING_DAY)
    answered(
        {
            "desk": _no_role(version, desk) or ("Choose who the desk is." if _is_empty(desk) else None),
            "receipt": None if isinstance(receipt, Kept) or _RECEIPT.fullmatch(receipt or "")
            else "Write 'day of arrival' or 'next working day after 17:00'.",
            "counting": None if isinstance(counting, Kept) or counting in COUNTINGS
            else f"Write {' or '.join(map(repr, COUNTINGS))}.",
            "calendar": "Choose a calendar." if _is_empty(calendar) else None,
            "delivery": next((f"Write '{SAME_DAY}' or '{SECOND_WORKING_DAY}' for '{channel}'." for channel, when
                              in given.items() if when not in known), None),
        }
    )  # fmt: skip
    text = put_text(text, ("calendar",), calendar, after="workflow")
    text = put_text(text, ("receipt",), receipt, after="calendar")
    text = put_text(text, ("counting",), counting, after="receipt")
    for channel, when in given.items():
        if not yaml_editing.has(text, ("delivery",)):
            text = yaml_editing.add(text, (), "delivery", {})
        text = put_text(text, ("delivery", channel), when)
    text = put_text(text, ("desk",), desk)
    return with_text(files, path, put_list(text, ("channels",), channels, after="desk"))


def set_stage(
    files: Files,
    path: str,
    key: str,
    *,
    says: Text = KEPT,
    handler: Text = KEPT,
    desk: Text = KEPT,
    panel: Text = KEPT,
    not_the_same_person_as: Sequence[str] | Kept = KEPT,
    cites: Sequence[str] | Kept = KEPT,
) -> dict[str, bytes]:
    """The files with who works a stage, who may not, and what it says. Its title is changed by `rename_stage`, for the
    diagram names it too. Raises BadAnswers, NotThere."""
    version, text = opened(files, path).version, text_of(files, path)
    yaml_editing.entry(text, ("stages", key))
    earlier = [stage.key for stage in version.stages][: [stage.key for stage in version.stages].index(key)]
    others = () if isinstance(not_the_same_person_as, Kept) else not_the_same_person_as
    late = [other for other in others if other not in earlier]
    drawn = set(opened(files, path).names.lanes.get(key, ()))
    answered(
        {
            "handler": _no_role(version, handler) or _lane_needed("handler", handler, drawn),
            "desk": _no_role(version, desk),
            "panel": _no_role(version, panel) or _lane_needed("panel", panel, drawn),
            "not_the_same_person_as": f"'{late[0]}' is not a stage before this one." if late else None,
        }
    )
    place = ("stages", key)
    text = put_text(text, (*place, "handler"), handler, after="title")
    text = put_text(text, (*place, "desk"), desk, after="handler")
    text = put_text(text, (*place, "panel"), panel, after="handler")
    text = put_list(text, (*place, "not_the_same_person_as"), not_the_same_person_as, after="handler")
    text = put_text(text, (*place, "says"), says, after="title")
    return with_text(files, path, put_list(text, (*place, "cites"), cites, after="says"))


def _is_empty(value: Text) -> bool:
    return not isinstance(value, Kept) and (value is None or not value.strip())


def _no_role(version: PolicyVersion, role: Text) -> str | None:
    if isinstance(role, Kept) or not role or role in version.roles:
        return None
    return f"'{role}' is not one of the roles of this version. Add it first."


def _lane_needed(lane: str, role: Text, drawn: set[str]) -> str | None:
    return f"Choose who the {lane} of this stage is." if _is_empty(role) and lane in drawn else None
