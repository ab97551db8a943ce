"""A file of a draft begun or taken away: what a new one holds, where one may stand, and who names one that would go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from engine import drafting_words, workflow_files
from engine.letter_files import letters_path
from engine.policy_files import readable_version
from engine.refusals import BadAnswers, Refused
from engine.workflows import MessageDefinition, TaskDefinition, Workflows

FORMS = "workflows/forms/"
_STEM = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_PLACES = re.compile(r"workflows/(?:forms/[^/]+\.yaml|(?!forms/)[^/]+/(?:tasks\.yaml|[^/]+\.bpmn))")
_FORM = """form: {name}
title: "{title}"
fields:
  note:
    label: What is asked here?
    type: long_text
"""
_TASKS = """# What each task and message of the diagrams in this folder asks, by the process it stands in.
{{}}
"""
_LETTERS = """policy: {policy}
version: {version}
letters: {{}}
"""
_EXAMPLES = """policy: {policy}
examples: []
"""
_DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" \
xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" \
xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="{name}_definitions" \
targetNamespace="https://redress.example/workflows">
  <bpmn:process id="{name}" name="{title}" isExecutable="true">
    <bpmn:startEvent id="begun" name="Begun">
      <bpmn:outgoing>begun_to_done</bpmn:outgoing>
    </bpmn:startEvent>
    <bpmn:endEvent id="done" name="Done">
      <bpmn:incoming>begun_to_done</bpmn:incoming>
    </bpmn:endEvent>
    <bpmn:sequenceFlow id="begun_to_done" sourceRef="begun" targetRef="done" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="{name}_diagram">
    <bpmndi:BPMNPlane id="{name}_plane" bpmnElement="{name}">
      <bpmndi:BPMNShape id="begun_shape" bpmnElement="begun">
        <dc:Bounds x="180" y="120" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="done_shape" bpmnElement="done">
        <dc:Bounds x="420" y="120" width="36" height="36" />
      </bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="begun_to_done_edge" bpmnElement="begun_to_done">
        <di:waypoint x="216" y="138" />
        <di:waypoint x="420" y="138" />
      </bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def begun(files: Mapping[str, bytes], key: str, path: str) -> bytes:
    """What a new file at this path of the draft of `policy/version` holds to begin with: a form with one question, a
    diagram from start to end, a file of letters with none. Raises BadAnswers (`path`) with why there cannot be one."""
    if path in files:
        raise BadAnswers({"path": f"There is a file {path} already. Open it, or choose another name."})
    own = {letters_path(f"policies/{key}.yaml"): _LETTERS, f"policies/{key}.examples.yaml": _EXAMPLES}
    policy, version = key.split("/")
    if path in own:
        return own[path].format(policy=policy, version=version).encode()
    if not _PLACES.fullmatch(path):
        raise BadAnswers({"path": _where(path, own)})
    try:
        drafting_words.refuse_odd_files(key, files, {path: b""})
    except Refused as refused:
        raise BadAnswers({"path": str(refused)}) from None
    stem = PurePosixPath(path).stem
    if not _STEM.fullmatch(stem):
        said = "Write the name in small letters and digits, with hyphens or underscores between words: second_look."
        raise BadAnswers({"path": said})
    title = re.sub("[_-]", " ", stem).capitalize()
    empty = _FORM if path.startswith(FORMS) else _TASKS if path.endswith(".yaml") else _DIAGRAM
    name = stem if empty is _FORM else stem.replace("-", "_")
    return empty.format(name=name, title=title).encode()


def naming(files: Mapping[str, bytes], key: str, path: str) -> list[tuple[str, str]]:
    """Who names a file of the draft of `policy/version`: the path of each file that does, and a sentence about it. What
    can be read of broken files counts too."""
    own = f"policies/{key}.yaml"
    version = readable_version(files[own], own)[0] if own in files else None
    workflows = workflow_files.read_all(files)[1]
    described: list[TaskDefinition | MessageDefinition] = [*workflows.tasks.values(), *workflows.messages.values()]
    described += workflows.facts.values()
    found: list[tuple[str, str]] = []
    if path.startswith(FORMS):
        form, bound = PurePosixPath(path).stem, version.forms if version else {}
        found += [(one.file, f"“{one.title}” asks this form.") for one in described if one.form == form]
        found += [(own, f"This version asks it for “{name}”.") for name, named in bound.items() if named == form]
    elif path.endswith(".bpmn"):
        if version is not None and path == f"workflows/{version.workflow}.bpmn":
            found.append((own, "It is the diagram of the whole, from the complaint to the end."))
        drawn = {one.process for one in workflows.diagrams.values() if one.file == path}
        for diagram in workflows.diagrams.values():
            calling = [one for one in diagram.nodes if one.calls in drawn]
            found += [(diagram.file, f"“{one.name or one.id}” is worked as it says.") for one in calling]
        found += [(one.file, f"“{one.title}” is a part of it.") for one in described if one.process in drawn]
    elif path.endswith("/tasks.yaml"):
        found += [(_drawn_in(workflows, one), f"“{one.title}” is described in it.") for one in described
                  if one.file == path]  # fmt: skip
    elif path == letters_path(own):
        found += [(one.file, f"“{one.title}” sends a letter.") for one in described if one.letter]
    return list(dict.fromkeys(found))


def _drawn_in(workflows: Workflows, what: TaskDefinition | MessageDefinition) -> str:
    """The diagram in which it is drawn; its own file where it is in none."""
    diagram = workflows.diagrams.get(what.process)
    return diagram.file if diagram else what.file


def _where(path: str, own: Mapping[str, str]) -> str:
    """Where a file may stand, for one that may not stand where it was put."""
    there = "a form is workflows/forms/NAME.yaml, a diagram workflows/FOLDER/NAME.bpmn with tasks.yaml beside it"
    return f"A version has no file '{path[:120]}'. Of a version, {there}; {' and '.join(own)} are its own."
