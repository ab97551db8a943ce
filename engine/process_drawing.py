"""What a case has passed and where it stands, as ids of shapes by diagram, for drawing it on its diagrams.

A diagram goes by its process id; a stage's diagram by that and the stage it is worked for, because one diagram serves
several: `two_stage`, `investigated_stage@stage_1`.
"""

from __future__ import annotations

from engine.process_state import LIVE, WAITING, CaseProcess


def current(process: CaseProcess) -> dict[str, list[str]]:
    """The shapes a case stands at: open tasks, the stages they are in, and waits where no task is open beside them."""
    found: dict[str, set[str]] = {}
    for part in process.parts():
        live = [task for task in part.tasks.values() if task._state & LIVE and task.element]
        busy = any(task.task_spec.manual for task in live)
        for task in live:
            if not (task.is_boundary or (busy and task._state == WAITING)):
                found.setdefault(task.sheet, set()).add(task.element.id)
    return {sheet: sorted(ids) for sheet, ids in found.items()}


def done(process: CaseProcess) -> dict[str, list[str]]:
    """The shapes a case has passed and does not stand at."""
    standing = current(process)
    shapes = sorted(process.definition.elements.values(), key=lambda one: one.bit)
    found: dict[str, list[str]] = {}
    for sheet, bits in process.progress.done.items():
        drawn = [one for one in shapes if one.diagram == sheet.partition("@")[0]]
        left = set(standing.get(sheet, ()))
        found[sheet] = [one.id for one in drawn if bits >> one.bit & 1 and one.id not in left]
    return found
