"""Files added to a draft and taken away: a form, a diagram or the letters begun, and who names a file that would go."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, request, url_for

from engine import draft_files
from engine.drafting import Draft
from engine.forms import Field, Form
from engine.refusals import BadAnswers
from web import answers, file_words, forms, stage_saving, studio, wording
from web.access import may
from web.studio import Answer

pages = Blueprint("studio_files", __name__, url_prefix="/studio/<int:draft_id>/text")

PLACES = {"form": "workflows/forms/{}.yaml", "diagram": "workflows/stages/{}.bpmn"}
NAMED = ("form", "diagram")


@pages.get("/new")
@may("policy_author")
def new_page(draft_id: int) -> Answer:
    """Ask which kind of file it is, and its name."""
    return _new_page(studio.opened_to_change(draft_id), {})


@pages.post("/new")
@may("policy_author")
def add(draft_id: int) -> Answer:
    """Begin the file, and open it to be written on."""
    draft = studio.opened_to_change(draft_id)
    given = answers.read(_asked(draft), request.form)
    try:
        path = _path(draft, given)
        content = draft_files.begun(draft.files, draft.key, path)
    except BadAnswers as bad:
        wrong = {_field_of(name, given): said for name, said in bad.errors.items()}
        return _new_page(draft, given, wrong), 400
    address = url_for("studio_text.page", draft_id=draft_id, file=path)
    if refused := studio.save(draft, {path: content}, f"{path} added", numbers={path: 0}, back=address):
        return refused
    later = "" if path == draft.letters_path else " Nothing uses it until something names it."
    flash(f"The file {path} is added.{later}")
    return redirect(address)


@pages.get("/delete")
@may("policy_author")
def delete_page(draft_id: int) -> Answer:
    """Who names the file, before it is deleted."""
    draft = studio.opened_to_change(draft_id)
    return _delete_page(draft, _existing(draft, request.args.get("file", "")))


@pages.post("/delete")
@may("policy_author")
def delete(draft_id: int) -> Answer:
    """Delete the file, as it was read."""
    draft = studio.opened_to_change(draft_id)
    path = _existing(draft, request.form.get("file", ""))
    if stage_saving.is_overtaken(_read(draft, path)):
        return _delete_page(draft, path, "This has changed since you read it. Look at it again, then delete it."), 409
    if refused := studio.save(draft, {path: None}, f"{path} deleted"):
        return refused
    flash(f"The file {path} is deleted.")
    return redirect(url_for("studio_text.page", draft_id=draft_id))


def _asked(draft: Draft) -> Form:
    kinds = {"form": "A form, which asks staff something", "diagram": "A diagram, of how a stage is worked"}
    kinds |= {} if draft.letters_path in draft.files else {"letters": "The letters of this version"}
    kinds |= {"other": "Another file, by its path"}
    return Form(
        "new_file",
        "Add a file",
        (
            Field("kind", "What kind of file?", "choice", choices=kinds, required=True),
            Field(
                "name",
                "Its name",
                "text",
                "Small letters and digits, with hyphens or underscores between words, such as second_look.",
                required=True,
                shown_when={"kind": NAMED},
            ),
            Field(
                "path",
                "Its path",
                "text",
                "Such as workflows/intake/advice.bpmn, or workflows/intake/tasks.yaml beside it.",
                required=True,
                shown_when={"kind": ("other",)},
            ),
        ),
    )


def _path(draft: Draft, given: dict[str, str]) -> str:
    """The path of the file that is asked for. Raises BadAnswers."""
    kind = given.get("kind", "")
    if kind == "letters":
        return draft.letters_path
    name = given.get("name" if kind in NAMED else "path", "").strip()
    if kind not in (*NAMED, "other"):
        raise BadAnswers({"kind": "Choose what kind of file it is"})
    if not name:
        raise BadAnswers({"path": "Enter its name" if kind in NAMED else "Enter its path"})
    if kind == "other":
        return name
    if not re.fullmatch(r"[A-Za-z0-9 _-]{1,80}", name, re.ASCII):
        raise BadAnswers({"path": "Enter a name of letters, digits, hyphens and underscores, such as second_look"})
    return PLACES[kind].format(name.lower().replace(" ", "_"))


def _field_of(name: str, given: dict[str, str]) -> str:
    """The question that an error of the path is about."""
    return "name" if name == "path" and given.get("kind") in NAMED else name


def _new_page(draft: Draft, given: dict[str, str], wrong: dict[str, str] | None = None) -> str:
    asked = _asked(draft)
    fields = forms.fields(asked, given, wrong or {}, asks_when=False)
    return studio.shown("studio_file_add.html", draft, fields=fields, problems=forms.error_list(asked, wrong or {}))


def _existing(draft: Draft, path: str) -> str:
    """A file of the draft that may go: not the version's own."""
    return path if path in draft.files and path != draft.path else abort(404)


def _read(draft: Draft, path: str) -> tuple[object, ...]:
    """What the page showed: the file as it stood, and who named it."""
    return draft.numbers.get(path, 0), draft_files.naming(draft.files, draft.key, path)


def _delete_page(draft: Draft, path: str, refused: str = "") -> str:
    named = draft_files.naming(draft.files, draft.key, path)
    places = {file: file_words.title(file, draft.files) for file, _ in named}
    return studio.shown(
        "studio_file_delete.html",
        draft,
        path=path,
        name=file_words.title(path, draft.files),
        named=[(title, file, [said for by, said in named if by == file]) for file, title in places.items()],
        count=wording.count(len(named), "place"),
        was=stage_saving.fingerprint(_read(draft, path)),
        problems=[{"text": refused}] if refused else [],
    )
