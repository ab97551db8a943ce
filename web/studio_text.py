"""The files of a draft as text, each with line numbers and what is wrong on which line."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, abort, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from engine import draft_library
from engine.drafting import Draft
from web import current, file_words, problem_words, stage_saving, studio
from web.access import may
from web.problem_words import Told
from web.studio import Answer

pages = Blueprint("studio_text", __name__, url_prefix="/studio/<int:draft_id>/text")

KINDS = (("The version", "policies/"), ("Diagrams and tasks", "workflows/"), ("Forms", file_words.FORMS))
MOST_SHOWN = 20_000  # lines that are shown with their numbers; more slow a browser down


@dataclass(frozen=True)
class Line:
    """A line of a file and what is wrong on it."""

    number: int
    text: str
    told: list[Told]


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """One file: the version itself, unless another is asked for."""
    draft = studio.opened(draft_id)
    path = request.args.get("file") or draft.path
    if path not in draft.files:
        abort(404)
    asked = request.args.get("line", "")
    return _page(draft, path, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0)


@pages.post("")
@may("policy_author")
def save(draft_id: int) -> Answer:
    """Save a file as it was typed, right or wrong: what is wrong is said, and stops publication only."""
    draft = studio.opened_to_change(draft_id)
    path, content = _sent(draft)
    address = url_for("studio_text.page", draft_id=draft_id, file=path)
    if refused := studio.save(draft, {path: content}, f"{path} as text", back=address):
        return refused
    after = {**draft.files, path: content}
    flash(stage_saving.told(stage_saving.changed(draft, after)) + stage_saving.examples_told(draft_id))
    return redirect(address)


@pages.post("/check")
@may("policy_author")
def check(draft_id: int) -> Response:
    """What would be wrong if the text were saved as it is typed, for the page that asks while somebody types."""
    draft = studio.opened_to_change(draft_id)
    path, content = _sent(draft)
    typed = replace(draft, files={**draft.files, path: content})
    found = draft_library.checked(current.office(), typed.files, draft.key)
    told = [one for one in problem_words.grouped(found, typed).told if one.severity != "remark"]
    return jsonify({"here": [_plain(one) for one in told if one.file == path], "all": len(told)})


def _sent(draft: Draft) -> tuple[str, bytes]:
    """The file that was sent: its path, one of the draft's, and its text, which ends with a line's end."""
    path, text = request.form.get("file", ""), request.form.get("text", "")
    if path not in draft.files:
        abort(404)
    return path, (text if text.endswith("\n") or not text else f"{text}\n").encode()


def _page(draft: Draft, path: str, line: int) -> str:
    told = [one for one in problem_words.grouped(studio.checked(draft), draft).told if one.file == path]
    here = [one for one in told if one.severity != "remark"]
    text = draft.text(path)
    return studio.shown(
        "studio_text.html",
        draft,
        path=path,
        title_of_file=file_words.title(path, draft.files),
        groups=_files(draft),
        text=text,
        lines=_lines(text, here),
        asked=line,
        here=here,
        remarks=[one for one in told if one.severity == "remark"],
    )


def _lines(text: str, told: list[Told]) -> list[Line]:
    on: dict[int, list[Told]] = {}
    for one in told:
        on.setdefault(one.line, []).append(one)
    return [Line(number, line, on.get(number, [])) for number, line in enumerate(text.splitlines()[:MOST_SHOWN], 1)]


def _files(draft: Draft) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """The files by kind, each path with its title and its name, for titles may be alike; the version's own first."""
    own = [draft.path, draft.letters_path, draft.examples_path]
    found: dict[str, list[tuple[str, str, str]]] = {words: [] for words, _ in KINDS}
    order = sorted(draft.files, key=lambda path: (own.index(path) if path in own else len(own), path))
    for path in order:
        words = next(words for words, start in reversed(KINDS) if path.startswith(start))
        found[words].append((path, file_words.title(path, draft.files), path.rpartition("/")[2]))
    return [(words, files) for words, files in found.items() if files]


def _plain(one: Told) -> dict[str, object]:
    return {"line": one.line, "place": one.place, "what": one.what, "mend": one.mend, "severity": one.severity}
