"""A version's file after its stages changed: clocks that start at another stage, people who may not come back, clauses.

A deadline that runs from the answer of the stage before runs from the answer of the stage that is before it now.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine import clause_checks, letter_files, stage_letters, version_clauses, yaml_editing
from engine.policy import DeadlineRule, PolicyVersion, bare, stage_of
from engine.version_names import Beside
from engine.version_text import Files, bare_of, deadline_place, opened, text_of, with_text

_ANSWERS = ("response_sent", "response_received")
RECEIVED = "complaint_received"


def own_stages(version: PolicyVersion) -> list[str]:
    """The stages that are ours, in order."""
    return [stage.key for stage in version.stages if not stage.is_external]


def reordered(text: str, before: PolicyVersion, order: Sequence[str]) -> str:
    """A version's text whose clocks, handlers and forms fit its own stages in this order. `before` is the version as it
    was; stages of it that are not in the order are gone, with everything under their name."""
    old = own_stages(before)
    for key in old:
        if key not in order:
            text = _without_stage(text, before, key)
    for stage in before.stages:
        if stage.key in order or stage.is_external:
            text = _clocks(text, before, stage.key, old, order)
            text = _others(text, before, stage.key, old, order)
    return _of_the_case(text, before, old, order)


def _without_stage(text: str, before: PolicyVersion, key: str) -> str:
    text = yaml_editing.remove(text, ("stages", key))
    for place in ("forms", "decisions"):
        names = yaml_editing.keys(text, (place,)) if yaml_editing.has(text, (place,)) else []
        for name in names:
            if name.startswith(f"{key}."):
                text = _taken_out(text, (place, name))
    for rule in before.rules.values():
        if rule.settings.get("stage") == key:
            text = _taken_out(text, ("rules", rule.key))
    return text


def _taken_out(text: str, path: tuple[str, ...]) -> str:
    """The text without a key, and without the mapping it was alone in."""
    return yaml_editing.remove(text, path if len(yaml_editing.keys(text, path[:-1])) > 1 else path[:-1])


def _previous(key: str, stages: Sequence[str]) -> str | None:
    """The stage of ours before one, the last for what is outside; None for the first."""
    place = stages.index(key) if key in stages else len(stages)
    return stages[place - 1] if place else None


def _clocks(text: str, before: PolicyVersion, key: str, old: Sequence[str], order: Sequence[str]) -> str:
    was, now = _previous(key, old), _previous(key, order)
    for rule in before.deadlines:
        if stage_of(rule.key) != key:
            continue
        if now is None and bare(rule.key) == "request_window":  # nobody asks for the first stage
            text = _taken_out(text, deadline_place(rule.key))
            continue
        for field, event in (("of", rule.of), ("or_of", rule.or_of)):
            new = _event(event, key, was, now, order) if event else event
            if new and new != event:
                text = yaml_editing.set_value(text, (*deadline_place(rule.key), field), bare_of(new, rule.key))
    return text


def _event(event: str, key: str, was: str | None, now: str | None, order: Sequence[str]) -> str:
    """What starts a clock of a stage now, where this started it."""
    if was is None and now is not None and event == RECEIVED:
        return f"{key}.requested"
    if now is None:
        return RECEIVED if event == f"{key}.requested" or _is_gone(event, key, order) else event
    if stage_of(event) == was and bare(event) in _ANSWERS:
        return f"{now}.{bare(event)}"
    return f"{now}.response_sent" if _is_gone(event, key, order) else event


def _is_gone(event: str, key: str, order: Sequence[str]) -> bool:
    """Whether an event is of a stage that is gone, or does not come before any more."""
    stage = stage_of(event)
    if stage is None or stage == key or bare(event) not in (*_ANSWERS, "requested", "acknowledged", "panel_met"):
        return False
    return stage not in order or (key in order and order.index(stage) > order.index(key))


def _others(text: str, before: PolicyVersion, key: str, old: Sequence[str], order: Sequence[str]) -> str:
    """Who may not have considered the complaint before: those of earlier stages; a new one too where all were named."""
    stage = before.stage(key)
    if not stage.not_the_same_person_as or key not in order:
        return text
    earlier, was = list(order[: order.index(key)]), list(old[: old.index(key)])
    named = list(stage.not_the_same_person_as)
    wanted = earlier if set(named) == set(was) else [other for other in named if other in earlier]
    place = ("stages", key, "not_the_same_person_as")
    if wanted == named:
        return text
    return yaml_editing.set_value(text, place, wanted) if wanted else yaml_editing.remove(text, place)


def _of_the_case(text: str, before: PolicyVersion, old: Sequence[str], order: Sequence[str]) -> str:
    for rule in before.deadlines:
        if stage_of(rule.key) is None:
            text = _case_rule(text, rule, order)
    return text


def _case_rule(text: str, rule: DeadlineRule, order: Sequence[str]) -> str:
    for field, event in (("of", rule.of), ("or_of", rule.or_of), ("met_by", rule.met_by)):
        if event and _is_gone(event, "", order):
            text = yaml_editing.set_value(text, (*deadline_place(rule.key), field), f"{order[-1]}.response_sent")
    return text


def with_clauses_kept(before: Files, after: Files, path: str) -> dict[str, bytes]:
    """The files after a change, with clauses that no longer name what the change took away. What was named wrongly
    before stays, for its author to mend."""
    lost = _targets(before, path) - _targets(after, path)
    return with_text(after, path, version_clauses.without(text_of(after, path), lambda name: name in lost))


def _targets(files: Files, path: str) -> frozenset[str]:
    here = opened(files, path)
    letters, _ = letter_files.read_all(files)
    return clause_checks.targets(here.version, here.names, Beside(here.workflows, letters=letters))


def settled(before: Files, after: Files, path: str) -> dict[str, bytes]:
    """The files after a change of deadlines, with a plain letter for what is sent now, and clauses that hold."""
    return with_clauses_kept(before, stage_letters.with_letters(after, path), path)
