"""Cures on a diagram: what people really draw wrong, mended where there is only one way that it can have been meant."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from engine import cures_shapes as shapes
from engine import diagram_choices, workflow_files
from engine.cures_drawn import Drawn
from engine.cures_parts import Cure, Files, said, version_path
from engine.cures_ways import several_ways_on
from engine.diagram_text import BPMN, XSI, Element, children, local, words
from engine.policy import bare
from engine.policy_files import readable_version
from engine.problems import Problem
from engine.version_text import opened

_BPMN = f"{{{BPMN}}}"


def _give_condition(flow: Element, condition: str) -> None:
    below = next(children(flow, "conditionExpression"), None)
    if below is None:
        below = etree.SubElement(flow, f"{_BPMN}conditionExpression")
    below.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    below.text = condition


def a_condition_in_the_label(drawn: Drawn) -> Cure | None:
    """The label is one of the answers to a question the diagram may ask, or the contrary of what is asked beside it."""
    if not said(r"has its condition only in its label|^An arrow out of '.+' has no condition", drawn.problem):
        return None
    flow = drawn.at("sequenceFlow")
    if flow is None:
        return None
    condition = _beside(drawn, flow) or _by_label(drawn, words(flow.get("name"))) or _by_ordinary(drawn, flow)
    if not condition:
        return _the_default(drawn, flow)
    _give_condition(flow, condition)
    return drawn.cure(f"Write the condition {condition}")


def _beside(drawn: Drawn, flow: Element) -> str:
    """The contrary of what the other arrow asks, where there are two and they say yes and no."""
    others = [one for one in drawn.flows(sourceRef=flow.get("sourceRef")) if one is not flow]
    gateway = drawn.node(flow.get("sourceRef"))
    label = words(flow.get("name")).lower()
    name = gateway.get("id", "") if gateway is not None else ""
    if name in diagram_choices.LEDGER_WORDS and label in ("yes", "no"):
        return name if label == "yes" else f"not {name}"
    asked = [words(one.text) for other in others for one in children(other, "conditionExpression")]
    if len(others) == 1 and len(asked) == 1 and re.fullmatch(r"(not )?\w+", asked[0]) and label in ("yes", "no"):
        return asked[0].removeprefix("not ") if asked[0].startswith("not ") else f"not {asked[0]}"
    return ""


def _by_label(drawn: Drawn, label: str) -> str:
    """The one question that has the label, or its words in snake_case, for an answer."""
    if not label:
        return ""
    process = next(children(drawn.root, "process"), None)
    workflows = workflow_files.read_all(drawn.files)[1]
    path = version_path(drawn.files)
    version = readable_version(drawn.files[path], path)[0] if path else None
    found = diagram_choices.choices(version, workflows, process.get("id", "") if process is not None else "")
    wanted = label.lower().rstrip(".!?")
    fitting = [
        diagram_choices.condition(question, answer)
        for question, answers in found.answers.items()
        for answer, said_as in answers.items()
        if answer not in diagram_choices.YES_NO and not answer.startswith("!")
        and wanted in (said_as.lower(), answer.lstrip("=").replace("_", " "))
    ]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else ""


def _by_ordinary(drawn: Drawn, flow: Element) -> str:
    """Yes to a question after a task that decides is the answer that simply goes on there."""
    workflows = workflow_files.read_all(drawn.files)[1]
    if words(flow.get("name")).lower() != "yes":
        return ""
    name = str(flow.get("sourceRef"))
    for _ in range(3):  # the task, or the stage that it is in, may stand behind a gateway that joins
        into = drawn.flows(targetRef=name)
        node = drawn.node(into[0].get("sourceRef", "")) if len(into) == 1 else None
        if node is None:
            return ""
        name = node.get("id", "")
        process = node.get("calledElement")
        tasks = [
            task for task in workflows.tasks.values() if task.decides and (task.key == name or task.process == process)
        ]
        if len(tasks) == 1 and isinstance(answer := tasks[0].ordinary.get(tasks[0].decides), str):
            return f"{tasks[0].key} == '{answer}'"
    return ""


def _the_default(drawn: Drawn, flow: Element) -> Cure | None:
    """The one arrow without a condition is the default, where there is none yet."""
    gateway = drawn.node(flow.get("sourceRef"))
    bare_ones = [
        one
        for one in drawn.flows(sourceRef=flow.get("sourceRef"))
        if next(children(one, "conditionExpression"), None) is None
    ]
    if gateway is None or gateway.get("default") or bare_ones != [flow]:
        return None
    gateway.set("default", flow.get("id"))
    return drawn.cure(f"Make '{words(flow.get('name')) or flow.get('id')}' the default arrow")


def a_missing_default(drawn: Drawn) -> Cure | None:
    """The one arrow without a condition, else the one that says no or otherwise."""
    if not said(r"has no default arrow", drawn.problem):
        return None
    gateway = drawn.at("exclusiveGateway")
    if gateway is None:
        return None
    out = drawn.flows(sourceRef=gateway.get("id"))
    plain = [flow for flow in out if next(children(flow, "conditionExpression"), None) is None]
    no = [flow for flow in out if words(flow.get("name")).lower() in ("no", "otherwise", "else", "any other")]
    for chosen in (plain, no, out if len(out) == 2 and not plain else []):
        if len(chosen) == 1 or chosen is out:
            flow = chosen[-1]
            for condition in list(children(flow, "conditionExpression")):
                flow.remove(condition)
            gateway.set("default", flow.get("id"))
            return drawn.cure(f"Make '{words(flow.get('name')) or flow.get('id')}' the default arrow")
    return None


def a_timer_without_a_time(drawn: Drawn) -> Cure | None:
    """The one deadline that the timer can wait for: the resident's window that no other timer here waits for."""
    if not said(
        r"is a timer without a time|(?:counts a duration|repeats itself|waits for '.*'): a diagram names a deadline",
        drawn.problem,
    ):
        return None
    element = drawn.at()
    while element is not None and local(element) not in ("intermediateCatchEvent", "boundaryEvent"):
        element = element.getparent()
    path = version_path(drawn.files)
    if element is None or path is None:
        return None
    deadline = _fitting(drawn, element, path)
    timer = next((one for one in element if isinstance(one.tag, str) and local(one) == "timerEventDefinition"), None)
    if timer is None or not deadline:
        return None
    for child in list(timer):
        timer.remove(child)
    date = etree.SubElement(timer, f"{_BPMN}timeDate")
    date.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
    date.text = deadline
    return drawn.cure(f"Let it wait for {deadline}")


def _fitting(drawn: Drawn, element: Element, path: str) -> str:
    version = opened(drawn.files, path).version
    waited = {words(one.text) for one in drawn.root.iter(f"{_BPMN}timeDate")}
    is_spine = drawn.problem.file == f"workflows/{version.workflow}.bpmn"
    windows = [rule.key for rule in version.deadlines if rule.is_window and (is_spine or "." in rule.key)]
    names = [name if is_spine else bare(name) for name in windows if "." in name]
    names = [name for name in dict.fromkeys(names) if name not in waited]
    about = [name for name in names if element.get("id", "").startswith(name.rpartition(".")[0])] if is_spine else names
    chosen = about if len(about) == 1 else names
    return chosen[0] if len(chosen) == 1 else ""


def an_arrow_to_nowhere(drawn: Drawn) -> Cure | None:
    """An arrow whose end is not there is taken out."""
    if not said(r"(?:leads to|begins at) (?:nothing|'.*', which is not in the diagram)", drawn.problem):
        return None
    flow = drawn.at("sequenceFlow")
    if flow is None:
        return None
    name = words(flow.get("name")) or flow.get("id", "")
    lost = _not_led_to(drawn, flow)
    if lost is not None and drawn.node(flow.get("targetRef", "")) is None:
        flow.set("targetRef", lost.get("id"))
        lost.insert(0, etree.Element(f"{_BPMN}incoming"))
        lost[0].text = flow.get("id")
        return drawn.cure(f"Lead it to '{words(lost.get('name'))}'")
    drawn.drop(flow)
    return drawn.cure(f"Take the arrow '{name}' out")


def _not_led_to(drawn: Drawn, flow: Element) -> Element | None:
    """The one node beside an arrow that nothing leads to."""
    kinds = ("endEvent", "userTask", "callActivity", "subProcess", "exclusiveGateway", "parallelGateway",
             "intermediateCatchEvent", "eventBasedGateway")  # fmt: skip
    found = [one for one in children(flow.getparent(), *kinds) if not drawn.flows(targetRef=one.get("id"))]
    return found[0] if len(found) == 1 else None


def a_condition_too_many(drawn: Drawn) -> Cure | None:
    """The condition of an arrow that decides nothing, or is the default."""
    if not said(r"has a condition, and .+\. Delete the condition", drawn.problem):
        return None
    for condition in list(drawn.root.iter(f"{_BPMN}conditionExpression")):
        if condition.sourceline == drawn.problem.line:
            flow: Element = condition.getparent()
            source = drawn.node(flow.get("sourceRef"))
            is_split = len(drawn.flows(sourceRef=flow.get("sourceRef"))) > 1
            if source is not None and is_split and not local(source).endswith("Gateway"):
                return None  # a decision is missing there, not the condition too many: see `several_ways_on`
            flow.remove(condition)
            return drawn.cure("Delete the condition")
    return None


Ways = Cure | tuple[Cure, ...] | None
Mender = Callable[[Problem, Files], Ways]


def _on_diagrams(mender: Callable[[Drawn], Ways]) -> Mender:
    def mended(problem: Problem, files: Files) -> Ways:
        if not problem.file.endswith(".bpmn"):
            return None
        drawn = Drawn(problem, files)
        return mender(drawn) if drawn.root is not None else None

    return mended


BEFORE_WORDS: tuple[Mender, ...] = (_on_diagrams(shapes.what_draws_nothing),)
MENDERS: tuple[Mender, ...] = tuple(
    _on_diagrams(mender)
    for mender in (
        a_condition_in_the_label, a_missing_default, a_timer_without_a_time, an_arrow_to_nowhere, a_condition_too_many,
        several_ways_on, shapes.no_start, shapes.what_other_engines_left, shapes.a_lane_for_it,
        shapes.a_gateway_too_many, shapes.an_id_in_snake_case, shapes.an_answer_without_a_name,
        shapes.a_line_for_an_arrow, shapes.a_place_for_it, shapes.an_id_used_twice,
    )
)  # fmt: skip
