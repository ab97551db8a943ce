"""Stories told through another order of stages: a new stage is gone through on the day that the next one was asked for.

Dates and expectations of a story stay as they were counted; where they no longer hold, its author sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from engine import yaml_editing, yaml_text
from engine.policy import bare, stage_of
from engine.policy_stages import whole_event
from engine.version_text import Files, Opened, examples_path, opened, text_of, with_text
from engine.yaml_text import Plain
from engine.yaml_writing import Value

ORDER = ("acknowledged", "panel_met", "response_sent")


def events_of(here: Opened, key: str) -> list[str]:
    """What happens in a stage from its beginning to its answer, by whole names."""
    process = here.names.stages.get(key, "")
    records = [task.records for task in here.workflows.tasks_of(process)]
    promised = here.version.deadline(f"{key}.acknowledgement") is not None
    names = [name for name in ORDER if name in records and (name != "acknowledged" or promised)]
    return [whole_event(name, key) for name in names]


def through_new_stage(files: Files, path: str, key: str, order: Sequence[str]) -> dict[str, bytes]:
    """The files whose stories that come to what follows a new stage go through that stage first. `order` is that of our
    own stages with it."""
    place = examples_path(path)
    text, here = text_of(files, place) if place in files else "", opened(files, path)
    number, old = order.index(key), [stage for stage in order if stage != key]
    outside = [stage.key for stage in here.version.stages if stage.is_external]
    following = next(iter([*order[number + 1 :], *outside]), "")
    way = [*([f"{key}.requested"] if number else []), *events_of(here, key)]
    way += [] if number else [f"{following}.requested"]
    for story in reversed(range(_count(text) if text else 0)):
        visited = _visited(text, story, order)
        if visited == old and following in outside:
            text = _with_way(text, story, following, way)
        elif visited == old[: len(visited)] and following not in outside:
            text = _with_way(text, story, following, way)
            text = _may_happen(text, story, f"{following}.requested", way[0]) if number == len(visited) else text
    return with_text(files, place, text) if text else dict(files)


def without_other_orders(files: Files, path: str, order: Sequence[str]) -> dict[str, bytes]:
    """The files without stories that go through our own stages in another order than this."""
    place, found = examples_path(path), dict(files)
    text = text_of(files, place) if place in files else ""
    for story in reversed(range(_count(text) if text else 0)):
        visited = _visited(text, story, order)
        if visited != list(order[: len(visited)]):
            if _count(text) == 1:
                del found[place]
                return found
            text = yaml_editing.remove(text, ("examples", story))
    return with_text(found, place, text) if text else found


def _count(text: str) -> int:
    return len(yaml_editing.entries(yaml_editing.entry(text, ("examples",)).node))


def _days(text: str, story: int) -> dict[str, Plain]:
    """The days of a story with what happened on each."""
    days = _examples(text)[story].get("story")
    return days if isinstance(days, dict) else {}


@lru_cache(maxsize=8)
def _examples(text: str) -> list[dict[str, Plain]]:
    node, _ = yaml_text.read(text.encode(), "")
    whole = yaml_text.plain(node) if node is not None else None
    examples = whole.get("examples") if isinstance(whole, dict) else None
    return [one if isinstance(one, dict) else {} for one in examples] if isinstance(examples, list) else []


def _names(happened: Plain) -> list[str]:
    """The events of a day, by name."""
    if isinstance(happened, str):
        return [happened]
    if isinstance(happened, dict):
        return list(happened)
    return [name for one in happened for name in _names(one)] if isinstance(happened, list) else []


def _visited(text: str, story: int, order: Sequence[str]) -> list[str]:
    """Our own stages in the order in which a story comes to them."""
    names = [name for happened in _days(text, story).values() for name in _names(happened)]
    stages = [stage_of(name) or "" for name in names if bare(name) not in ("authority_asked", "information_asked")]
    return [stage for stage in dict.fromkeys(stages) if stage in order]


def _with_way(text: str, story: int, following: str, way: Sequence[str]) -> str:
    """The text with a way gone before the first thing that happens in what follows; the new answer finds what the one
    before it found."""
    found: Plain = None
    for day, happened in _days(text, story).items():
        items = happened if isinstance(happened, list) else [happened]
        place = next((number for number, one in enumerate(items) if _is_of(one, following)), None)
        if place is not None:
            told = [{name: {"outcome": found}} if found and bare(name) == "response_sent" else name for name in way]
            value = cast("Value", [*items[:place], *told, *items[place:]])
            return yaml_editing.set_value(text, ("examples", story, "story", day), value)
        for one in items:
            for name, said in one.items() if isinstance(one, dict) else ():
                is_answer = bare(name) == "response_sent" and isinstance(said, dict)
                found = said.get("outcome", found) if is_answer and isinstance(said, dict) else found
    return text


def _may_happen(text: str, story: int, old: str, new: str) -> str:
    """What may happen next where a story ends before the new stage."""
    expect = _examples(text)[story].get("expect")
    listed = expect.get("may_happen") if isinstance(expect, dict) else None
    if not isinstance(listed, list) or old not in listed:
        return text
    names = sorted(new if name == old else str(name) for name in listed)
    return yaml_editing.set_value(text, ("examples", story, "expect", "may_happen"), names)


def _is_of(happened: Plain, stage: str) -> bool:
    return any(stage_of(name) == stage for name in _names(happened))
