"""The forms of a draft: what staff are asked, question by question, beside the form as they will see it.

A form that other versions have too is this draft's own copy: what is changed here is changed for this draft alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import form_editing
from engine.drafting import Draft
from engine.forms import Form
from engine.refusals import BadAnswers, Refused
from web import forms, studio, studio_example_words
from web import studio_form_words as words
from web.access import may
from web.studio_form_words import Typed

pages = Blueprint("studio_forms", __name__, url_prefix="/studio/<int:draft_id>/forms")

NEW = "new"
SAVE, PREVIEW = "save", "preview"

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every form of the draft, and what is recorded with it."""
    draft = studio.opened(draft_id)
    return studio.shown("studio_forms.html", draft, lines=words.lines(studio.checked(draft), draft))


@pages.route("/<form>", methods=["GET", "POST"])
@may("studio")
def one(draft_id: int, form: str) -> Answer:
    """One form: its title and its questions in order, with what may be done with each."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        return _form(draft, _opened(draft, form))
    draft = studio.opened_to_change(draft_id)
    there = _opened(draft, form)
    do, _, about = request.form.get("do", SAVE).partition(":")
    text = draft.text(words.path_of(form))
    acts: Mapping[str, tuple[Callable[[], str], str]] = {
        "up": (lambda: form_editing.move_field(text, there, about, up=True), "moved up"),
        "down": (lambda: form_editing.move_field(text, there, about, up=False), "moved down"),
        "remove": (lambda: form_editing.remove_field(text, there, about), "removed"),
        SAVE: (lambda: form_editing.set_title(text, there, request.form.get("title", "")), "title changed"),
    }
    if do not in acts or (do != SAVE and about not in there.names):
        abort(400)
    act, done = acts[do]
    try:
        changed = act()
    except BadAnswers as bad:
        return _form(draft, there, bad.errors), 400
    except Refused as refused:
        return _form(draft, there, {"": str(refused)}), 409
    what = f"Form {form}: {f'{about} ' if about else ''}{done}"
    answer = studio.save(draft, {words.path_of(form): changed.encode()}, what)
    if answer:
        return answer
    flash(_told("The title is saved." if do == SAVE else f"The question is {done}.", draft_id))
    return redirect(url_for("studio_forms.one", draft_id=draft_id, form=form, _anchor="questions"))


@pages.route("/<form>/<question>", methods=["GET", "POST"])
@may("studio")
def asked(draft_id: int, form: str, question: str) -> Answer:
    """One question of a form, or a new one: its words, the kind of answer, and when it is asked."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        there = _opened(draft, form)
        standing = there.field(question)
        if standing is None and question != NEW:
            abort(404)
        return _question(
            draft, there, question, words.typed_of(standing) if standing else Typed(after=request.args.get("after", ""))
        )
    draft = studio.opened_to_change(draft_id)
    there = _opened(draft, form)
    typed = _typed(there, question)
    if request.form.get("do") == PREVIEW:
        return _question(draft, there, question, typed)
    try:
        changed = _changed(draft, there, question, typed)
    except BadAnswers as bad:
        return _question(draft, there, question, typed, bad.errors), 400
    except Refused as refused:
        return _question(draft, there, question, typed, {"": str(refused)}), 409
    what = f"Form {form}: {'question ' + typed.name + ' added' if question == NEW else question + ' changed'}"
    part = _part(draft, form, question)
    answer = studio.save(draft, {words.path_of(form): changed.encode()}, what, part=part)
    if answer:
        return answer
    flash(_told("The question is added." if question == NEW else "The question is saved.", draft_id))
    return redirect(url_for("studio_forms.one", draft_id=draft_id, form=form, _anchor=f"question-{typed.name}"))


@pages.post("/<form>/<question>/preview")
@may("studio")
def preview(draft_id: int, form: str, question: str) -> Answer:
    """Only the form as staff will see it with what was typed: what a script puts beside the question."""
    draft = studio.opened(draft_id)
    there = _opened(draft, form)
    return _seen(there, _typed(there, question))


def _part(draft: Draft, form: str, question: str) -> str:
    """The mark of a question: two people at two questions of one form do not stand in each other's way."""
    return studio.part_mark(draft, words.path_of(form), ("fields", "" if question == NEW else question))


def _opened(draft: Draft, name: str) -> Form:
    return words.form_of(draft, name) or abort(404)


def _typed(form: Form, name: str) -> Typed:
    if name != NEW and name not in form.names:
        abort(404)
    return words.read(request.form, "" if name == NEW else name, words.above(form, name))


def _changed(draft: Draft, form: Form, name: str, typed: Typed) -> str:
    text = draft.text(words.path_of(form.name))
    asked = typed.question(words.above(form, name))
    if name == NEW:
        return form_editing.add_field(text, form, typed.name, asked, after=typed.after)
    return form_editing.set_field(text, form, name, asked)


def _form(draft: Draft, form: Form, wrong: Mapping[str, str] | None = None) -> str:
    found = studio.checked(draft)
    ids = {"title": "#title"} | {name: f"#question-{name}" for name in form.names}
    used = words.used_for(found.version, found.library.workflows) if found.version else {}
    first = form.fields[0].line if form.fields else 10**9
    return studio.shown(
        "studio_form.html",
        draft,
        form=form,
        path=words.path_of(form.name),
        questions=words.fields(found, form),
        head_problems=words.problems_at(found, form, 0, first),
        used=used.get(form.name, ()),
        others=words.others_with(draft, form.name),
        seen=forms.fields(form, {}),
        wrong=wrong or {},
        problems=[{"text": said} | ({"href": ids[key]} if key in ids else {}) for key, said in (wrong or {}).items()],
    )


def _question(draft: Draft, form: Form, name: str, typed: Typed, wrong: Mapping[str, str] | None = None) -> str:
    found, asked = studio.checked(draft), form.field(name)
    ends = [one.line for one in form.fields if asked and one.line > asked.line]
    told = words.problems_at(found, form, asked.line, min(ends, default=10**9)) if asked else ()
    return studio.shown(
        "studio_form_question.html",
        draft,
        form=form,
        path=words.path_of(form.name),
        name=name,
        part=_part(draft, form.name, name),
        typed=typed,
        words=words,
        told=() if wrong else told,
        wrong=wrong or {},
        problems=[{"text": said} | ({"href": f"#{key}"} if key else {}) for key, said in (wrong or {}).items()],
        seen=_seen(form, typed),
    )


def _seen(form: Form, typed: Typed) -> Markup:
    """The question as staff will see it, inside the answer it waits for; or why it cannot be shown yet."""
    try:
        alone, answers = words.alone(form, typed)
    except BadAnswers as bad:
        return Markup(render_template("studio_form_preview.html", why_not=list(bad.errors.values())))
    return Markup(render_template("studio_form_preview.html", seen=forms.fields(alone, answers, asks_when=False)))


def _told(done: str, draft_id: int) -> str:
    """What was done, and what came of the draft's examples after it."""
    return f"{done} {studio_example_words.sentence(studio.opened(draft_id))}".strip()
