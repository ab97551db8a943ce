"""The examples of a draft: told on each save, green or red beside the rule each cites; written in a form or as text.

What comes now can be filled in as what is expected: the engine tells the story, and the author checks what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import draft_library, example_files, example_writing
from engine.drafting import Draft
from engine.example_files import Example
from engine.examples import Told, tell
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers, Refused
from engine.working_days import OutsideCalendar
from engine.yaml_writing import Value
from web import current, studio, studio_example_mending
from web import studio_example_form as form
from web import studio_example_words as words
from web.access import may
from web.studio_example_form import Row, Typed

pages = Blueprint("studio_examples", __name__, url_prefix="/studio/<int:draft_id>/examples")

NEW = "new"
SAVE, FILL, MORE, DROP, TELL = "save", "fill", "row", "drop", "tell"
AT_FIRST = 4  # rows of a story nobody has begun
EMPTY = "# Stories that say what this version means.\n\npolicy: {policy}\nexamples: []\n"

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every promise with the examples that show it, and every example with what came of it."""
    draft = studio.opened(draft_id)
    return _page(draft)


@pages.post("")
@may("studio")
def remove(draft_id: int) -> Answer:
    """Remove an example."""
    draft = studio.opened_to_change(draft_id)
    number = _number(draft, request.form.get("example", ""))
    text = draft.text(draft.examples_path)
    name = draft_library.own_stories(draft.files, draft.key)[number].name
    try:
        changed = example_writing.remove(text, number)
    except BadAnswers as bad:
        return _page(draft, [{"text": said} for said in bad.errors.values()]), 400
    answer = studio.save(draft, {draft.examples_path: changed.encode()}, f"Example removed: {name}")
    if answer:
        return answer
    flash("The example is removed.")
    return redirect(url_for("studio_examples.page", draft_id=draft_id))


@pages.route("/mend", methods=["GET", "POST"])
@may("studio")
def mend(draft_id: int) -> Answer:
    """Update many examples at once to what comes of them now; and leave out what can no longer happen."""
    if request.method == "GET":
        return studio_example_mending.page(studio.opened(draft_id))
    return studio_example_mending.done(studio.opened_to_change(draft_id))


@pages.route("/<example>", methods=["GET", "POST"])
@may("studio")
def one(draft_id: int, example: str) -> Answer:
    """One example in a form, or a new one: what happened, when we look, and what is expected."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        return _begin(draft, example)
    draft = studio.opened_to_change(draft_id)
    number = None if example == NEW else _number(draft, example)
    typed = form.read(request.form)
    do, _, about = request.form.get("do", SAVE).partition(":")
    if do in (MORE, DROP):
        return _form(draft, example, _with_rows(typed, do, about))
    try:
        return _acted(draft, example, number, typed, do)
    except BadAnswers as bad:
        return _form(draft, example, typed, bad.errors), 400
    except Refused as refused:
        return _form(draft, example, typed, {"": str(refused)}), 409


@pages.route("/<example>/text", methods=["GET", "POST"])
@may("studio")
def as_text(draft_id: int, example: str) -> Answer:
    """One example as it stands in the file."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        number = _number(draft, example)
        return _text(draft, number, example_writing.written_at(draft.text(draft.examples_path), number))
    draft = studio.opened_to_change(draft_id)
    number = _number(draft, example)
    typed = request.form.get("text", "").replace("\r\n", "\n").rstrip() + "\n"
    read, wrong = _read(draft, typed)
    if read is None:
        return _text(draft, number, typed, wrong), 400
    text = example_writing.replace(draft.text(draft.examples_path), number, typed)
    return _saved(draft, text, f"Example changed: {read.name}") or _text(draft, number, typed)


def _acted(draft: Draft, example: str, number: int | None, typed: Typed, do: str) -> Answer:
    """Save the example, or tell it and show what came."""
    story = form.story_of(typed, needs_expectations=do == SAVE)
    block = example_writing.block(story)
    read, wrong = _read(draft, block)
    if read is None:
        raise BadAnswers({"": " ".join(wrong)})
    if do in (FILL, TELL):
        came = _told(draft, read)
        if do == FILL and came.file is not None:
            typed = form.with_expected(typed, _worth_expecting(example_writing.came(came.file)))
            return _form(draft, example, typed, is_filled=True)
        return _form(draft, example, typed, came=came)
    text = draft.files.get(draft.examples_path, EMPTY.format(policy=draft.row.policy).encode()).decode()
    text = example_writing.add(text, block) if number is None else example_writing.replace(text, number, block)
    what = f"Example {'added' if number is None else 'changed'}: {story.name}"
    return _saved(draft, text, what) or abort(500)


def _worth_expecting(came: Mapping[str, Value]) -> dict[str, Value]:
    """Of what came, what an author would write down: dates of what has begun, where the case stands, what is open."""
    kept: dict[str, Value] = {}
    for key, value in came.items():
        is_waiting = isinstance(value, Mapping) and value.get("is") == "expected"
        if key not in ("governed_by", "may_happen", "letters") and not is_waiting:
            kept[key] = value
    return kept


def _saved(draft: Draft, text: str, what: str) -> Answer | None:
    answer = studio.save(draft, {draft.examples_path: text.encode()}, what)
    if answer:
        return answer
    flash(f"The example is saved. {words.sentence(studio.opened(draft.row.id))}".strip())
    return redirect(url_for("studio_examples.page", draft_id=draft.row.id, _anchor="examples"))


def _begin(draft: Draft, example: str) -> Answer:
    if example == NEW:
        rows = (Row(event="complaint_received"), *(Row() for _ in range(AT_FIRST - 1)))
        return _form(draft, example, Typed(version=draft.row.version, rows=rows))
    number = _number(draft, example)
    story = example_writing.story_of(draft_library.own_stories(draft.files, draft.key)[number])
    if not form.fits(story):
        return redirect(url_for("studio_examples.as_text", draft_id=draft.row.id, example=example))
    return _form(draft, example, form.typed_of(story))


def _number(draft: Draft, example: str) -> int:
    count = len(draft_library.own_stories(draft.files, draft.key))
    if not (example.isascii() and example.isdigit() and len(example) < 5) or int(example) >= count:
        abort(404)
    return int(example)


def _with_rows(typed: Typed, do: str, about: str) -> Typed:
    rows = list(typed.rows)
    if do == MORE and len(rows) < form.MOST_ROWS:
        rows.append(Row())
    elif do == DROP and about.isascii() and about.isdigit() and int(about) < len(rows):
        del rows[int(about)]
    return replace(typed, rows=tuple(rows))


def _read(draft: Draft, block: str) -> tuple[Example | None, list[str]]:
    """The example of a text as it would stand in the file, or why it cannot be read."""
    head = f"policy: {draft.row.policy}\nexamples:\n\n"
    found, problems = example_files.read(f"{head}{block}".encode(), draft.examples_path)
    if found is None or len(found.examples) != 1:
        lines = head.count("\n")
        said = [f"Line {max(one.line - lines, 1)}: {one.what} {one.mend}" for one in problems]
        return None, said or ["This is not one example. Begin it with '- example:'."]
    return found.examples[0], []


def _told(draft: Draft, example: Example) -> Told:
    """What comes of an example now. Raises Refused where the draft has problems, or the story cannot be told."""
    found = studio.checked(draft)
    if found.book is None or found.version is None:
        raise Refused("The draft has problems, so no story can be told until they are mended.")
    there = draft_library.throw_away(current.office(), found)
    try:
        return tell(there, _pinned(example, found.version))
    except OutsideCalendar as outside:
        raise Refused(str(outside)) from outside
    finally:
        there.database.close()


def _pinned(example: Example, version: PolicyVersion) -> Example:
    if draft_library.speaks_of_others(example, version.version):
        return example
    return replace(example, version=version.version)


def _page(draft: Draft, problems: Sequence[dict[str, str]] = ()) -> str:
    found, examples = studio.checked(draft), words.shown(draft)
    rules, others = words.rules(found, examples)
    passed, failed = words.counts(draft)
    return studio.shown(
        "studio_examples.html",
        draft,
        examples=examples,
        rules=rules,
        others=others,
        passed=passed,
        failed=failed,
        is_told=found.book is not None,
        is_read=draft.examples_path not in draft.files or bool(examples),
        problems=list(problems),
    )


def _form(
    draft: Draft,
    example: str,
    typed: Typed,
    wrong: Mapping[str, str] | None = None,
    *,
    came: Told | None = None,
    is_filled: bool = False,
) -> str:
    found = studio.checked(draft)
    choices = words.choices(found)
    if choices is None:
        return studio.shown("studio_unreadable.html", draft)
    return studio.shown(
        "studio_example.html",
        draft,
        example=example,
        typed=typed,
        choices=choices,
        form=form,
        questions=words.questions(found),
        cited=words.cited(found),
        came=came,
        failures=words.failures(found, came) if came else [],
        is_filled=is_filled,
        wrong=wrong or {},
        problems=[{"text": said} | ({"href": f"#{key}"} if key else {}) for key, said in (wrong or {}).items()],
    )


def _text(draft: Draft, number: int, text: str, wrong: Sequence[str] = ()) -> str:
    problems = [{"text": one, "href": "#text"} for one in wrong]
    return studio.shown("studio_example_text.html", draft, number=number, text=text, wrong=wrong, problems=problems)
