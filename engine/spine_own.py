"""A draft's own spine: the diagram of its stages under the version's own name, with its part of tasks.yaml.

The shipped spines are shared by versions, so a draft whose stages change is given one for itself:
`workflows/complaints/<policy>-<version>.bpmn`, and a process of that name with underscores.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from engine import yaml_editing, yaml_text
from engine.policy import PolicyVersion
from engine.refusals import Refused
from engine.spine_drawing import Drawing
from engine.spine_editing import Spine
from engine.stage_kinds import with_forms
from engine.version_text import Files, opened, text_of, with_text
from engine.wordings import in_sentence, lower
from engine.yaml_writing import InLines, Value

LATE = "late_request"


@dataclass(frozen=True)
class Own:
    """Where a draft's own spine stands: its file, its process, and the tasks.yaml beside it."""

    file: str
    process: str
    tasks: str


def own_name(version: PolicyVersion) -> str:
    """How a version names a spine of its own: `complaints/<policy>-<version>`."""
    folder = version.workflow.rpartition("/")[0] or "complaints"
    return f"{folder}/{version.policy}-{version.version}"


def with_own(files: Files, path: str) -> tuple[dict[str, bytes], Own]:
    """The files with a spine of the version's own, and where it stands. Raises Refused without a diagram."""
    version = opened(files, path).version
    old_file, new = f"workflows/{version.workflow}.bpmn", own_name(version)
    own = Own(
        f"workflows/{new}.bpmn",
        new.rpartition("/")[2].replace("-", "_"),
        f"workflows/{new.rpartition('/')[0]}/tasks.yaml",
    )
    if old_file not in files:
        raise Refused(f"The diagram {version.workflow}.bpmn is not in the draft.")
    if old_file == own.file:
        return dict(files), own
    drawing = Drawing(files[old_file], old_file)
    old = drawing.process.get("id", "")
    _rename(drawing, old, own.process)
    found = {name: text for name, text in files.items() if name != old_file} | {own.file: drawing.written()}
    tasks = text_of(found, own.tasks)
    if yaml_editing.has(tasks, (old,)):
        found = with_text(found, own.tasks, yaml_editing.rename(tasks, (old,), own.process))
    return with_text(found, path, yaml_editing.set_value(text_of(found, path), ("workflow",), new)), own


def _rename(drawing: Drawing, old: str, new: str) -> None:
    """Give the process another id, and everything that is named after it."""
    for element in drawing.root.iter():
        if not isinstance(element.tag, str):
            continue
        for name in ("id", "processRef", "bpmnElement"):
            value = element.get(name, "")
            if value == old or (value.startswith(f"{old}_") and _is_of_the_file(value, old)):
                element.set(name, new + value[len(old) :])


def _is_of_the_file(value: str, old: str) -> bool:
    rest = value[len(old) + 1 :]
    return any(
        rest.startswith(part) for part in ("definitions", "collaboration", "participant", "lanes", "diagram", "plane")
    )


def told(spine: Spine, version: PolicyVersion, titles: dict[str, str]) -> None:
    """Let the diagram say which stages it has, in its name and its documentation."""
    drawing = spine.drawing
    stages = [titles.get(key, key) for key in spine.stages]
    name = f"{version.landlord}: {version.title}"
    drawing.process.set("name", name)
    for participant in drawing.root.iter("{*}participant"):
        if participant.get("processRef") == drawing.process.get("id"):
            participant.set("name", name)
    listed = ", then ".join([stages[0], *(lower(title) for title in stages[1:])])
    documentation = next(iter(drawing.process.iterchildren("{*}documentation")), None)
    if documentation is None:
        documentation = etree.Element("{http://www.omg.org/spec/BPMN/20100524/MODEL}documentation")
        drawing.process.insert(0, documentation)
    documentation.text = f"The stages of the complaint: {listed}, then the Ombudsman."


def with_tasks(files: Files, shelf: Files, own: Own, spine: Spine, titles: dict[str, str]) -> dict[str, bytes]:
    """The files with tasks.yaml saying of the spine's messages and tasks what the diagram has now."""
    text = text_of(files, own.tasks)
    text = _without_gone(_with_section(text, own), own, spine)
    forms: list[str] = []
    asked = _form_of_requests(text, own.process)
    for message in spine.messages():
        key = message.rpartition(".")[0]
        if not yaml_editing.has(text, (own.process, "messages", message)) and message == f"{key}.requested":
            text = yaml_editing.add(text, (own.process, "messages"), message, _request(titles.get(key, key), asked))
            forms.append(asked)
    for key, task in spine.late_tasks().items():
        if not yaml_editing.has(text, (own.process, "tasks", task)):
            text = yaml_editing.add(text, (own.process, "tasks"), task, _late(key, titles.get(key, key)))
            forms.append(LATE)
    if not yaml_editing.keys(text, (own.process, "tasks")):
        text = yaml_editing.remove(text, (own.process, "tasks"))
    return with_forms(with_text(files, own.tasks, text), shelf, forms)


def _with_section(text: str, own: Own) -> str:
    """The text with a place for the process's messages and tasks."""
    if not yaml_editing.has(text, (own.process,)):
        text = yaml_editing.add(text, (), own.process, {"messages": {}})
    for place in ("messages", "tasks"):
        if not yaml_editing.has(text, (own.process, place)):
            text = yaml_editing.add(text, (own.process,), place, {})
    return text


def _without_gone(text: str, own: Own, spine: Spine) -> str:
    there = {"messages": set(spine.messages()), "tasks": set(spine.drawing.nodes)}
    for place, names in there.items():
        if yaml_editing.has(text, (own.process, place)):
            for name in yaml_editing.keys(text, (own.process, place)):
                if name not in names:
                    text = yaml_editing.remove(text, (own.process, place, name))
    return text


def _form_of_requests(text: str, process: str) -> str:
    """The form that the version asks with a request for a next stage; no appeal, which demands reasons."""
    node, _ = yaml_text.read(text.encode(), "")
    whole = yaml_text.plain(node) if node is not None else None
    section = whole.get(process) if isinstance(whole, dict) else None
    messages = section.get("messages") if isinstance(section, dict) else None
    for name, entry in messages.items() if isinstance(messages, dict) else ():
        form = entry.get("form") if isinstance(entry, dict) else None
        if name.endswith(".requested") and isinstance(form, str) and form != "appeal":
            return form
    return "stage_request"


def _request(title: str, form: str) -> Value:
    return InLines(
        {
            "title": f"The resident asks for {in_sentence(title)}",
            "brief": "Record the request, and ask what would put things right, so that we understand.",
            "form": form,
            "done_by": "desk",
        }
    )


def _late(key: str, title: str) -> Value:
    came = f"The request for {in_sentence(title)} came after the time allowed."
    return InLines(
        {
            "title": "Decide on a late request",
            "brief": f"{came} Accept it, or refuse it with reasons and the right to go to the Ombudsman.",
            "form": LATE,
            "records": f"{key}.late_request_decided",
            "decides": "decision",
            "letter": "late_request_decision",
            "ordinary": {"decision": "accept"},
        }
    )
