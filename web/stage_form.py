"""What the forms about a stage ask and offer: its name and words, who works it and who may not, a new one's times."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from engine import version_editing
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.library import Library
from engine.policy import PolicyVersion, Stage
from engine.policy_stages import length
from engine.refusals import BadAnswers
from engine.stage_kinds import KINDS
from engine.version_text import opened
from web import names
from web.stage_saving import Files

SPACED = re.compile(r"[^a-z0-9]+")
LANES = {
    "handler": "Who considers the complaint at this stage?",
    "panel": "Who convenes the panel and writes its decision?",
    "desk": "Who acknowledges and writes for this stage?",
}
USUAL = "Whoever does so for the whole policy"
LENGTH = "A number and working days, days, weeks or months, such as 15 working days."


def form(version: PolicyVersion, stage: Stage, draft: Draft) -> Form:
    """The questions about a stage that is there."""
    drawn = opened(draft.files, draft.path).names.lanes.get(stage.key, frozenset())
    lanes = [] if stage.is_external else [lane for lane in LANES if lane in drawn or getattr(stage, lane)]
    fields = [
        Field("title", "What is it called?", "text", required=True),
        Field("says", "In words, as residents read it", "long_text"),
        *(_role(version, lane, required=lane in drawn and lane != "desk") for lane in lanes),
        *_apart(version, stage.key, is_external=stage.is_external),
        Field("cites", "Where is it written?", "text", _documents(version)),
    ]
    return Form("stage", stage.title, tuple(field for field in fields if field))


def given(stage: Stage) -> dict[str, Any]:
    """A stage as its form shows it."""
    return {
        "title": stage.title,
        "says": stage.says,
        "handler": stage.handler or "",
        "panel": stage.panel or "",
        "desk": stage.desk or "",
        "not_the_same_person_as": list(stage.not_the_same_person_as),
        "cites": ", ".join(str(one) for one in stage.cites),
    }


def changed(draft: Draft, shelf: Library, stage: Stage, asked: Form, answers: Mapping[str, Any]) -> Files:
    """The files with the stage as the form has it. Raises BadAnswers."""
    title = str(answers.get("title", ""))
    if not title:
        raise BadAnswers({"title": "Say what the stage is called"})
    files: Files = draft.files
    if title != stage.title:
        files = version_editing.rename_stage(files, shelf, draft.path, stage.key, title)
    files, roles = with_roles(files, draft.path, asked, answers)
    settings: dict[str, Any] = {**roles, "says": answers.get("says", "")}
    if "not_the_same_person_as" in asked.names:
        settings["not_the_same_person_as"] = answers.get("not_the_same_person_as", [])
    if str(answers.get("cites", "")) != given(stage)["cites"]:
        settings["cites"] = as_list(str(answers.get("cites", "")))
    return version_editing.set_stage(files, draft.path, stage.key, **settings)


def new_form(version: PolicyVersion) -> Form:
    """The questions about a new stage."""
    own = {stage.key: stage.title for stage in version.stages if not stage.is_external}
    kinds = {key: f"{kind.title}. {kind.says}" for key, kind in KINDS.items()}
    panel, investigated = {"kind": ("review_panel",)}, {"kind": ("investigated",)}
    return Form(
        "new_stage",
        "Add a stage",
        (
            Field("title", "What is the new stage called?", "text", "Such as Review panel.", required=True),
            Field("after", "After which stage does it come?", "choice", required=True, choices=own),
            Field("kind", "How is it worked?", "choice", required=True, choices=kinds),
            Field("within", "How long may its answer take?", "text", LENGTH, required=True, shown_when=investigated),
            Field("acknowledge_within", "Is it acknowledged, and within what time?", "text",
                  "Leave empty if it is not acknowledged at this stage.", shown_when=investigated),
            Field("extension", "How long may an extension be at most?", "text", "Leave empty for no extension.",
                  shown_when=investigated),
            Field("meets_within", "Within what time of the request does the panel meet?", "text", LENGTH,
                  required=True, shown_when=panel),
            Field("answer_within", "Within what time of the meeting is the decision sent?", "text", LENGTH,
                  required=True, shown_when=panel),
            replace(_role(version, "panel", required=True), shown_when=panel),
            replace(_role(version, "handler", required=True), shown_when=investigated),
            Field("someone_new", "Must it be somebody who has not considered the complaint before?", "yes_no",
                  "The Code asks for that from stage 2 on (6.13).", required=True),
            Field("window", "How long may the resident take to ask for it?", "text",
                  "Leave empty for no limit."),
        ),
    )  # fmt: skip


def usual(version: PolicyVersion) -> dict[str, Any]:
    """What the form of a new stage offers."""
    own = [stage.key for stage in version.stages if not stage.is_external]
    return {
        "after": own[0] if own else "",
        "someone_new": "yes",
        "answer_within": "5 working days",
    }


def added(draft: Draft, shelf: Library, asked: Form, answers: Mapping[str, Any], by: str, on: date) -> Files:
    """The files with one more stage: policy, diagram, tasks, forms, letters and a story. Raises BadAnswers."""
    version = opened(draft.files, draft.path).version
    if wrong := _wrong(answers):
        raise BadAnswers(wrong)
    is_panel = answers["kind"] == "review_panel"
    files, roles = with_roles(draft.files, draft.path, asked, answers)
    text = {name: as_length(str(answers.get(name, ""))) for name in LENGTHS}
    return version_editing.add_stage(
        files,
        shelf,
        draft.path,
        key=free_key(str(answers["title"]), version),
        title=str(answers["title"]),
        kind=str(answers["kind"]),
        after=str(answers["after"]),
        handler="" if is_panel else roles["handler"],
        panel=roles["panel"] if is_panel else "",
        within=text["meets_within"] if is_panel else text["within"],
        answer_within=text["answer_within"] if is_panel else "",
        acknowledge_within="" if is_panel else text["acknowledge_within"],
        extension="" if is_panel else text["extension"],
        window=text["window"],
        not_the_same_person_as=None if answers.get("someone_new") == "yes" else (),
        by=by,
        on=on,
    )


NEEDED = {
    "review_panel": {
        "meets_within": "Enter within what time the panel meets",
        "answer_within": "Enter within what time the decision is sent",
        "panel": "Choose who convenes the panel",
    },
    "investigated": {
        "within": "Enter how long its answer may take",
        "handler": "Choose who considers the complaint",
    },
}
LENGTHS = ("within", "acknowledge_within", "extension", "meets_within", "answer_within", "window")


def free_key(title: str, version: PolicyVersion) -> str:
    """A key for a new stage, from its title: `review_panel`; with a number where it is taken. It never changes."""
    stem = SPACED.sub("_", title.lower()).strip("_") or "stage"
    stem = stem if stem[0].isalpha() else f"stage_{stem}"
    taken = {stage.key for stage in version.stages}
    keys = (stem, *(f"{stem}_{number}" for number in range(2, len(taken) + 3)))
    return next(key for key in keys if key not in taken)


def with_roles(files: Files, path: str, asked: Form, answers: Mapping[str, Any]) -> tuple[Files, dict[str, str]]:
    """The files with the roles that were named anew, and the role of each lane that was asked about."""
    roles: dict[str, str] = {}
    for lane in (lane for lane in LANES if lane in asked.names):
        chosen = str(answers.get(lane, ""))
        there = opened(files, path).version.roles
        if chosen and chosen not in there:
            same = next((key for key, role in there.items() if role.title.lower() == chosen.lower()), "")
            key = same or free_role(chosen, set(there))
            files = files if same else version_editing.add_role(files, path, key, title=chosen)
            chosen = key
        roles[lane] = chosen
    return files, roles


def as_length(text: str) -> str:
    """A length as it was typed, `15` as `15 working days`.

    >>> as_length("15"), as_length(" 2  weeks "), as_length("")
    ('15 working days', '2 weeks', '')
    """
    text = " ".join(text.lower().split())
    return f"{text} working day{'' if text == '1' else 's'}" if text.isdigit() else text


def as_list(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _wrong(answers: Mapping[str, Any]) -> dict[str, str]:
    kind = answers.get("kind")
    needed = {
        "title": "Say what the stage is called",
        "after": "Choose after which stage it comes",
        "kind": "Choose how it is worked",
        **NEEDED.get(str(kind), {}),
        "someone_new": "Say whether it must be somebody else",
    }
    wrong = {name: sentence for name, sentence in needed.items() if not answers.get(name)}
    for name in LENGTHS:
        typed = as_length(str(answers.get(name, "")))
        if typed and length(typed) is None:
            wrong[name] = "Enter a number and working days, days, weeks or months, such as 15 working days"
    return wrong


def _role(version: PolicyVersion, lane: str, *, required: bool) -> Field:
    choices = {key: role.title for key, role in version.roles.items()}
    hint = "" if required else f"Leave it for: {USUAL.lower()}."
    return Field(lane, LANES[lane], "choice", hint, required=required, choices=choices, other_allowed=True)


def _apart(version: PolicyVersion, key: str, *, is_external: bool) -> list[Field]:
    """Whose handlers must not consider the complaint again: stages before this one; for a new one any of ours."""
    keys = [stage.key for stage in version.stages]
    before = version.stages[: keys.index(key)] if key in keys else version.stages
    choices = {stage.key: names.stage(version, stage.key) for stage in before if not stage.is_external}
    if not choices or is_external:
        return []
    label = "Who must not consider it? The person who considered the complaint at"
    return [Field("not_the_same_person_as", label, "choices", choices=choices)]


def _documents(version: PolicyVersion) -> str:
    known = ", ".join(f"{source.key} ({source.title})" for source in version.sources.values())
    return f"Documents and paragraphs with commas between, such as “code 6.13”. Documents: {known}."


def free_role(title: str, taken: set[str]) -> str:
    """A key for a new role, from its title."""
    stem = SPACED.sub("_", title.lower()).strip("_") or "role"
    stem = stem if stem[0].isalpha() else f"role_{stem}"
    return next(key for key in (stem, *(f"{stem}_{at}" for at in range(2, len(taken) + 3))) if key not in taken)
