"""The letters of a draft: what each says, part by part, beside the letter as the resident will see it.

The preview is the real letter of a made-up case (`engine.made_up_case`), so nothing in it can differ from what goes. A
page that is saved, moved about in or previewed sends everything that was typed, and nothing typed is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine import letter_editing, letter_pdf, letter_words, stage_letters
from engine.decision_editing import cites_of
from engine.drafting import Draft
from engine.letter_editing import PartWords
from engine.letter_files import LetterFile, readable_letters
from engine.letters import LetterTemplate
from engine.refusals import BadAnswers, Refused
from web import studio, studio_example_words, studio_letter_words, studio_preview
from web.access import may

pages = Blueprint("studio_letters", __name__, url_prefix="/studio/<int:draft_id>/letters")

SANDBOXED = "default-src 'none'; sandbox"
KINDS = {"letter.pdf": "application/pdf", "large-print.pdf": "application/pdf", "letter.txt": "text/plain"}
SAVE, PREVIEW, ADD, OWN, GONE = "save", "preview", "add", "own", "gone"
DONE = {
    ADD: "The part is added.",
    OWN: "The stage has a letter of its own now. Change it here.",
    "remove": "The part is removed.",
    "up": "The part is moved.",
    "down": "The part is moved.",
}

Answer = str | BaseResponse | tuple[str, int]


@dataclass(frozen=True)
class Typed:
    """What a browser sent of a letter: its head, its parts, and the part to be added."""

    title: str
    subject: str
    approved_by: str
    parts: Mapping[str, PartWords]
    new: Mapping[str, str] = field(default_factory=dict)


@pages.get("")
@may("studio")
def page(draft_id: int) -> Answer:
    """Every letter of the version, by stage."""
    draft = studio.opened(draft_id)
    letters = _letters(draft)
    if letters is None:
        return studio.shown("studio_unreadable.html", draft)
    found = studio.checked(draft)
    groups = studio_letter_words.by_stage(found, letters)
    reread = stage_letters.to_reread(draft.files, draft.path) if found.version else ()
    return studio.shown("studio_letters.html", draft, groups=groups, reread=reread)


@pages.route("/<letter>", methods=["GET", "POST"])
@may("studio")
def one(draft_id: int, letter: str) -> Answer:
    """One letter: its parts to change, what they may name, and how it will look."""
    if request.method == "GET":
        draft = studio.opened(draft_id)
        return _shown(draft, *_template(draft, letter))
    draft = studio.opened_to_change(draft_id)
    letters, template = _template(draft, letter)
    typed = _typed(template)
    do, _, about = request.form.get("do", SAVE).partition(":")
    if do == GONE:
        return _gone(draft, template)
    try:
        text = _changed(draft, template, typed, do, about)
    except BadAnswers as bad:
        return _shown(draft, letters, template, typed, bad.errors), 400
    except Refused as refused:
        return _shown(draft, letters, template, typed, {"": str(refused)}), 409
    if do == PREVIEW:
        return _shown(draft, letters, template, typed, previewed=text)
    files = {draft.letters_path: text.encode()}
    answer = studio.save(draft, files, _what(template, do, about), part=_part(draft, template))
    if answer:
        return answer
    flash(f"{_said(do)} {studio_example_words.sentence(studio.opened(draft_id))}".strip())
    there = f"{about}.{letter}" if do == OWN else letter
    return redirect(url_for("studio_letters.one", draft_id=draft_id, letter=there, _anchor=_place(do, about, typed)))


@pages.post("/<letter>/preview")
@may("studio")
def preview(draft_id: int, letter: str) -> Answer:
    """Only the letter as the resident would see it with what was typed: what a script puts beside the form."""
    draft = studio.opened(draft_id)
    template = _template(draft, letter)[1]
    try:
        text = _changed(draft, template, _typed(template), PREVIEW, "")
        seen = studio_preview.letter(draft, template.name, text, _event(), only_needed=_only_needed())
    except Refused as refused:
        seen = studio_preview.Seen(why_not=" ".join(_sentences(refused)))
    return render_template("studio_letter_preview.html", seen=seen)


@pages.get("/<letter>/preview/<kind>")
@may("studio")
def download(draft_id: int, letter: str, kind: str) -> Answer:
    """The letter of the made-up case as it is saved: PDF, PDF in large print, or the text of the e-mail."""
    draft = studio.opened(draft_id)
    template = _template(draft, letter)[1]
    seen = studio_preview.letter(draft, template.name, None, _event(), only_needed=_only_needed())
    if kind not in KINDS or seen.letter is None:
        abort(404)
    if kind == "letter.txt":
        content = letter_words.plain_text(seen.letter).encode()
    else:
        content = letter_pdf.pdf(seen.letter, is_large=kind.startswith("large"))
    answer = Response(content, mimetype=KINDS[kind])
    name = f"{template.title} (made-up case).{kind.rpartition('.')[2]}"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Content-Security-Policy"] = SANDBOXED
    return answer


def _letters(draft: Draft) -> LetterFile | None:
    text = draft.files.get(draft.letters_path)
    return readable_letters(text, draft.letters_path)[0] if text is not None else None


def _template(draft: Draft, letter: str) -> tuple[LetterFile, LetterTemplate]:
    letters = _letters(draft) or abort(404)
    return letters, letters.templates.get(letter) or abort(404)


def _typed(template: LetterTemplate) -> Typed:
    """What the page sent. A part it did not carry, because somebody added it meanwhile, is left as it is."""
    sent = request.form
    parts = {
        part.name: PartWords(
            sent.get(f"text:{part.name}", ""),
            " ".join(sent.get(f"must:{part.name}", "").split()),
            f"optional:{part.name}" in sent,
            cites_of(sent.get(f"cites:{part.name}", "")),
        )
        for part in template.parts
        if f"text:{part.name}" in sent
    }
    new = {key: sent.get(f"new-{key}", "") for key in ("name", "text", "must", "cites", "after", "optional")}
    return Typed(sent.get("title", ""), sent.get("subject", ""), sent.get("approved_by", ""), parts, new)


def _changed(draft: Draft, template: LetterTemplate, typed: Typed, do: str, about: str) -> str:
    """The text of the file with what was typed, and then with the part added, moved or removed."""
    text = draft.text(draft.letters_path)
    wrong: dict[str, str] = {}
    try:
        text = letter_editing.set_head(
            text, template, title=typed.title, subject=typed.subject, approved_by=typed.approved_by
        )
    except BadAnswers as bad:
        wrong |= bad.errors
    kept = {name: words for name, words in typed.parts.items() if (do, name) != ("remove", about)}
    try:
        text = letter_editing.set_parts(text, template, kept)
    except BadAnswers as bad:
        wrong |= bad.errors
    if wrong:
        raise BadAnswers(wrong)
    names = [part.name for part in template.parts]
    if do in ("up", "down") and about in names:
        return letter_editing.move_part(text, template, about, up=do == "up")
    if do == "remove" and about in names:
        return letter_editing.remove_part(text, template, about)
    if do == OWN and about in studio_letter_words.own_stages(studio.checked(draft), template):
        return letter_editing.copy_letter(text, template, about)
    return _with_new_part(text, template, typed.new) if do == ADD else text


def _gone(draft: Draft, template: LetterTemplate) -> Answer:
    """Remove a whole letter. Where something sends it, the checks say so."""
    text = letter_editing.remove_letter(draft.text(draft.letters_path), template)
    files = {draft.letters_path: text.encode()}
    answer = studio.save(draft, files, f"Letter {template.name}: removed", part=_part(draft, template))
    if answer:
        return answer
    flash(f"The letter “{template.title}” is removed.")
    return redirect(url_for("studio_letters.page", draft_id=draft.row.id))


def _with_new_part(text: str, template: LetterTemplate, new: Mapping[str, str]) -> str:
    words = PartWords(new["text"], new["must"], bool(new["optional"]), cites_of(new["cites"]))
    try:
        return letter_editing.add_part(text, template, letter_editing.key_of(new["name"]), words, after=new["after"])
    except BadAnswers as bad:
        raise BadAnswers({f"new-{key}": said for key, said in bad.errors.items()}) from bad


def _shown(
    draft: Draft,
    letters: LetterFile,
    template: LetterTemplate,
    typed: Typed | None = None,
    wrong: Mapping[str, str] | None = None,
    previewed: str | None = None,
) -> str:
    found = studio.checked(draft)
    words = studio_letter_words.Page(found, letters, template, typed.parts if typed else {}, wrong or {})
    seen = studio_preview.letter(draft, template.name, previewed, _event(), only_needed=_only_needed())
    return studio.shown(
        "studio_letter.html",
        draft,
        letter=template,
        part=_part(draft, template),
        typed=typed,
        page=words,
        wrong=wrong or {},
        problems=words.error_list,
        seen=seen,
        only_needed=_only_needed(),
        is_previewed=previewed is not None,
    )


def _part(draft: Draft, template: LetterTemplate) -> str:
    """The mark of a letter: two people at two letters of one file do not stand in each other's way."""
    return studio.part_mark(draft, draft.letters_path, ("letters", template.name))


def _event() -> str:
    """The event whose letter is asked to be shown, where several send it."""
    return request.values.get("event", "")


def _only_needed() -> bool:
    return request.values.get("filled") == "needed"


def _what(template: LetterTemplate, do: str, about: str) -> str:
    done = {
        OWN: f"one of its own for {about}",
        "up": f"part '{about}' moved up",
        "down": f"part '{about}' moved down",
        "remove": f"part '{about}' removed",
    }
    return f"Letter {template.name}: {done.get(do, 'a part added' if do == ADD else 'words changed')}"


def _said(do: str) -> str:
    return DONE.get(do, "The letter is saved.")


def _place(do: str, about: str, typed: Typed) -> str | None:
    """Where on the page to come back to: the part that was moved or added."""
    if do in ("up", "down"):
        return f"part-{about}"
    return f"part-{letter_editing.key_of(typed.new.get('name', ''))}" if do == ADD else None


def _sentences(refused: Refused) -> list[str]:
    errors = refused.errors.values() if isinstance(refused, BadAnswers) else [str(refused)]
    return [f"{text.rstrip('.')}." for text in errors]
