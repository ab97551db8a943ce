"""The decision tables of a draft: rows changed, added, moved and removed, and tried out on answers.

A condition is put together by question, comparison and answer, or written as text. Order matters: the first row that
holds is the policy's advice, so trying a table out runs the code that advises whoever decides.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import decision_conditions as conditions
from engine import decision_editing
from engine.decision_conditions import Condition, comparisons_of
from engine.decision_editing import RowWords, Tried
from engine.draft_library import Checked
from engine.drafting import Draft
from engine.expressions import ExpressionProblem
from engine.forms import check_answers
from engine.refusals import BadAnswers, Refused
from web import answers, forms, studio, studio_example_words
from web import studio_decision_words as words
from web.access import may
from web.studio_decision_words import RowForm, Table

pages = Blueprint("studio_decisions", __name__, url_prefix="/studio/<int:draft_id>/decisions")

SAVE, MORE, DROP, AS_TEXT, AS_FORM = "save", "more", "drop", "as_text", "as_form"
NEW = "new"

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every table of the draft, row by row; with answers in the address, which row holds of them."""
    draft = studio.opened(draft_id)
    found = studio.checked(draft)
    if found.version is None:
        return studio.shown("studio_unreadable.html", draft)
    return _tables(draft, found)


@pages.post("/<table>")
@may("studio")
def change(draft_id: int, table: str) -> Answer:
    """Move a row up or down, or remove it."""
    draft = studio.opened_to_change(draft_id)
    there = _table(studio.checked(draft), table)
    do, _, about = request.form.get("do", "").partition(":")
    number = int(about) if about.isascii() and about.isdigit() and len(about) < 4 else -1
    if do not in ("up", "down", "remove") or not 0 <= number < len(there.rows):
        abort(400)
    text = draft.text(draft.path)
    try:
        if do == "remove":
            text = decision_editing.remove_row(text, table, number)
        else:
            text = decision_editing.move_row(text, table, number, up=do == "up", count=len(there.rows))
    except Refused as refused:
        return _tables(draft, studio.checked(draft), [{"text": str(refused)}]), 409
    done = {"up": "moved up", "down": "moved down", "remove": "removed"}[do]
    part = _part(draft, table)
    answer = studio.save(draft, {draft.path: text.encode()}, f"Decisions {table}: row {number + 1} {done}", part=part)
    if answer:
        return answer
    flash(_told("The row is removed." if do == "remove" else "The row is moved.", draft_id))
    return redirect(url_for("studio_decisions.page", draft_id=draft_id, _anchor=table))


@pages.route("/<table>/<row>", methods=["GET", "POST"])
@may("studio")
def row(draft_id: int, table: str, row: str) -> Answer:
    """One row: when it holds, what the policy says then, and why; or a new row, behind the one the address names."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        there = _table(studio.checked(draft), table)
        number = _number(there, row)
        form = RowForm() if number is None else words.row_form(there.rows[number], there)
        return _row(draft, there, row, form)
    draft = studio.opened_to_change(draft_id)
    there = _table(studio.checked(draft), table)
    number = _number(there, row)
    form = words.read_form(request.form, there)
    do, _, about = request.form.get("do", SAVE).partition(":")
    if do != SAVE:
        return _row(draft, there, row, _with(form, there, do, about))
    try:
        text = _saved(draft, there, number, form)
    except BadAnswers as bad:
        return _row(draft, there, row, replace(form, wrong=bad.errors)), 400
    except Refused as refused:
        return _row(draft, there, row, replace(form, wrong={"": str(refused)})), 409
    what = f"row {number + 1} changed" if number is not None else "a row added"
    part = _part(draft, table)
    answer = studio.save(draft, {draft.path: text.encode()}, f"Decisions {table}: {what}", part=part)
    if answer:
        return answer
    flash(_told("The row is saved.", draft_id))
    return redirect(url_for("studio_decisions.page", draft_id=draft_id, _anchor=table))


@pages.post("/<table>/<row>/preview")
@may("studio")
def preview(draft_id: int, table: str, row: str) -> Answer:
    """Only what the row says with what was typed, in words and as text: what a script puts beside the form."""
    draft = studio.opened(draft_id)
    there = _table(studio.checked(draft), table)
    _number(there, row)
    return _in_words(there, words.read_form(request.form, there))


def _tables(draft: Draft, found: Checked, problems: list[dict[str, str]] | None = None) -> str:
    made = words.tables(found)
    tried = {one.key: _tried(found, one) for one in made}
    return studio.shown(
        "studio_decisions.html",
        draft,
        tables=[(one, words.rows(found, one), *tried[one.key]) for one in made],
        parts={one.key: _part(draft, one.key) for one in made},
        problems=problems or [],
    )


def _tried(found: Checked, table: Table) -> tuple[str, Tried | None]:
    """The questions of a table to try it out with, and what came where the address has answers to them."""
    form = words.tried(table)
    if request.args.get("try") != table.key or found.version is None:
        return forms.fields(form, {}, asks_when=False), None
    given = answers.read(form, request.args)
    clean, wrong = check_answers(form, given)
    asked = forms.fields(form, given, wrong, asks_when=False)
    return asked, None if wrong else decision_editing.try_out(found.version, table.key, clean)


def _part(draft: Draft, table: str) -> str:
    """The mark of a table: what somebody changes elsewhere in the version's file does not stand in the way."""
    return studio.part_mark(draft, draft.path, ("decisions", table))


def _table(found: Checked, key: str) -> Table:
    return next((one for one in words.tables(found) if one.key == key), None) or abort(404)


def _number(table: Table, row: str) -> int | None:
    """The place of a row, None for a new one."""
    if row == NEW:
        return None
    if not (row.isascii() and row.isdigit() and len(row) < 4) or not 0 <= int(row) < len(table.rows):
        abort(404)
    return int(row)


def _with(form: RowForm, table: Table, do: str, about: str) -> RowForm:
    """The row with one more condition, or without one, or as text: nothing is saved."""
    if do in (AS_TEXT, AS_FORM):
        return _otherwise(form, table, do)
    now = list(form.conditions)
    asked = table.questions.get(request.form.get("about", ""))
    if do == MORE and asked is not None and len(now) < words.MOST_CONDITIONS:
        now.append(Condition(asked.name, comparisons_of(asked)[0], ()))
    elif do == MORE:
        return replace(form, wrong={"about": "Choose what the condition is about"})
    elif do == DROP and about.isascii() and about.isdigit() and int(about) < len(now):
        del now[int(about)]
    return replace(form, conditions=tuple(now))


def _otherwise(form: RowForm, table: Table, do: str) -> RowForm:
    """The condition as text, or put together again where the text says no more than that."""
    if do == AS_TEXT:
        whole = replace(form, conditions=tuple(one for one in form.conditions if one.answers))
        try:
            return replace(form, by_text=True, text=whole.words(table).when)
        except ExpressionProblem as problem:
            return replace(form, wrong={"when": f"{problem.what} {problem.mend}"})
    read = conditions.read(form.text, table.questions)
    if read is None:
        return replace(form, wrong={"when": "This says more than can be put together here, or cannot be read."})
    return replace(form, by_text=False, joined=read.joined, conditions=read.conditions)


def _words(form: RowForm, table: Table) -> RowWords:
    wrong = words.unanswered(form, table)
    if wrong:
        raise BadAnswers(wrong)
    try:
        return form.words(table)
    except ExpressionProblem as problem:
        raise BadAnswers({"when": f"{problem.what} {problem.mend}"}) from problem


def _saved(draft: Draft, table: Table, number: int | None, form: RowForm) -> str:
    version = studio.checked(draft).version
    now = _words(form, table)
    decision_editing.check_row(now, table.known, table.choices, version.sources if version else ())
    text = draft.text(draft.path)
    if number is not None:
        return decision_editing.set_row(text, table.key, number, table.rows[number], now)
    after = next((one for one in range(-1, len(table.rows)) if str(one) == request.form.get("after")), None)
    behind = len(table.rows) - 2 if after is None else after
    return decision_editing.add_row(text, table.key, now, after=behind)


def _row(draft: Draft, table: Table, row: str, form: RowForm) -> str:
    return studio.shown(
        "studio_decision_row.html",
        draft,
        table=table,
        part=_part(draft, table.key),
        row=row,
        form=form,
        words=words,
        wrong=form.wrong,
        problems=[{"text": said} | ({"href": f"#{key}"} if key else {}) for key, said in form.wrong.items()],
        after=request.values.get("after", ""),
        in_words=_in_words(table, form),
    )


def _in_words(table: Table, form: RowForm) -> Markup:
    """What the row says: in words and as text, or why that cannot be said."""
    try:
        now = _words(form, table)
        decision_editing.check_row(
            replace(now, then=next(iter(table.choices)), cites=()), table.known, table.choices, ()
        )
    except BadAnswers as bad:
        return Markup(render_template("studio_decision_words.html", why_not=list(bad.errors.values())))
    then = table.choices.get(form.then, "")
    said = words.said(now.when, table)
    return Markup(render_template("studio_decision_words.html", said=said, text=now.when, then=then))


def _told(done: str, draft_id: int) -> str:
    """What was done, and what came of the draft's examples after it."""
    return f"{done} {studio_example_words.sentence(studio.opened(draft_id))}".strip()
