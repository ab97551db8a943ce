"""What changed in letters, in forms and in what each task asks, as sentences with the words shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.policy import bare, stage_of
from engine.version_differences_names import LETTERS, Sides, of_cites, wording
from engine.version_differences_text import Difference, Speaker, Telling, of_keys, of_order, of_value
from engine.version_differences_trees import Known, Tree, key_words, known, text_at, words

PART = {"must": "what a letter has to hold", "optional": "may be left out", "cites": "where it is written"}
FIELD = {
    "label": "the question",
    "hint": "the hint",
    "type": "the kind of answer",
    "required": "must be answered",
    "choices": "the choices",
    "other_allowed": "may be answered with something else",
    "shown_when": "asked only when",
    "sensitive": "private",
    "plausible": "what an example answers",
    "cites": "where it is written",
}
TASK = {
    "title": "the title",
    "brief": "the brief",
    "form": "the form it asks",
    "records": "the event it records",
    "decides": "the answer that decides",
    "letter": "the letter it sends",
    "ordinary": "the ordinary answer",
    "done_by": "the lane that does it",
}

Named = Callable[[str], str]


def _came_and_went(
    telling: Telling,
    before: Tree | None,
    after: Tree | None,
    named: Named,
    inner: Speaker,
    shown: Callable[[Tree], str],
) -> list[Difference]:
    """Things by their keys, each named in words: what came with all its words, what went, what moved, what changed."""
    was, now = known(before), known(after)
    found: list[Difference] = []
    for key in {**was, **now}:
        about = telling.of(named(key))
        if repr(was.get(key)) == repr(now.get(key)):
            continue
        if key not in now:
            found.append(about.says("removed", f"{about.about} is taken out.", before=shown(was[key])))
        elif key not in was:
            found.append(about.says("added", f"{about.about} is added.", after=shown(now[key])))
        else:
            found += inner(about, was[key], now[key]) or of_value(about, was[key], now[key])
    return found + of_order(telling, list(was), list(now), named)


# ---------------------------------------------------------------- Letters


def of_letters(names: Sides, before: Known, after: Known, files: tuple[str, ...]) -> list[Difference]:
    """Letters added, taken out and moved, and in each its subject and its parts."""
    telling = Telling("letters", "", files)
    titles = {**known(before.get("letters")), **known(after.get("letters"))}

    def letters(told: Telling, was: Tree | None, now: Tree | None) -> list[Difference]:
        return _came_and_went(
            told, was, now, lambda key: letter_name(names, titles, key), partial(_letter, names), letter_words
        )

    return of_keys(telling, _own(before), _own(after), {"letters": letters}, named=_named_head, is_fixed=True)


def _named_head(key: str) -> str:
    return {"policy": "The letters' policy", "version": "The letters' version"}.get(key, key_words(key))


def _own(found: Known) -> Known:
    """A file without the name of its version: that it was renamed is told of the version itself."""
    return {key: value for key, value in found.items() if key != "version"}


def letter_name(names: Sides, titles: Known, key: str) -> str:
    """`Letter \u201cAcknowledgement\u201d of Stage 1`."""
    stage = stage_of(key)
    title = text_at(titles, key, "title") or key_words(bare(key)).capitalize()
    return f"Letter \u201c{title}\u201d" + (f" of {names.stage(stage)}" if stage else "")


def letter_words(letter: Tree) -> str:
    """The text of a letter, part after part."""
    parts = known(known(letter).get("parts"))
    return "\n\n".join([f"Subject: {text_at(letter, 'subject')}", *(part_words(part) for part in parts.values())])


def part_words(part: Tree) -> str:
    return words(known(part).get("text")) if isinstance(part, dict) else words(part)


def _letter(names: Sides, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    def parts(told: Telling, was: Tree | None, now: Tree | None) -> list[Difference]:
        return _came_and_went(
            told, was, now, lambda key: f"part \u201c{key_words(key)}\u201d", partial(_part, names), part_words
        )

    speakers: dict[str, Speaker] = {"parts": parts, "subject": partial(wording, "the subject")}
    return of_keys(
        telling,
        known(before),
        known(after),
        speakers,
        named=lambda key: LETTERS.get(key, key_words(key)),
        is_fixed=True,
    )


def _part(names: Sides, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    """A part is a text alone, or its keys."""
    was, now = _as_keys(before), _as_keys(after)
    speakers: dict[str, Speaker] = {"text": _text_of_part, "cites": partial(of_cites, names)}
    return of_keys(telling, was, now, speakers, named=lambda key: PART.get(key, key_words(key)), is_fixed=True)


def _as_keys(part: Tree | None) -> Known:
    return part if isinstance(part, dict) else {} if part is None else {"text": part}


def _text_of_part(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    if not isinstance(before, str) or not isinstance(after, str):
        return []
    if before.split() == after.split():
        said = f"{telling.about}: only spaces or line breaks change, so its paragraphs or lists may."
        return [telling.says("changed", said, before, after)]
    return [telling.says("changed", f"{telling.about} is reworded.", before, after)]


# ---------------------------------------------------------------- Forms


def of_form(before: Known, after: Known, files: tuple[str, ...]) -> list[Difference]:
    """Questions added, taken out, moved and changed in one form."""
    telling = Telling("forms", f"Form \u201c{text_at(after, 'title') or text_at(before, 'title')}\u201d", files)
    labels = {**known(before.get("fields")), **known(after.get("fields"))}

    def named(key: str) -> str:
        return f"question \u201c{text_at(labels, key, 'label') or key_words(key)}\u201d"

    def fields(told: Telling, was: Tree | None, now: Tree | None) -> list[Difference]:
        return _came_and_went(told, was, now, named, _field, words)

    speakers: dict[str, Speaker] = {
        "fields": fields,
        "title": lambda told, was, now: of_value(told.of("the title"), was, now),
        "form": lambda told, was, now: of_value(told.of("the form's own name"), was, now),
    }
    return of_keys(telling, before, after, speakers, is_fixed=True)


def _field(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    return of_keys(
        telling, known(before), known(after), named=lambda key: FIELD.get(key, key_words(key)), is_fixed=True
    )


# ---------------------------------------------------------------- What each task asks


def of_tasks(before: Known, after: Known, renamed: dict[str, str], files: tuple[str, ...]) -> list[Difference]:
    """What a tasks.yaml says of tasks, messages and facts; `renamed` are processes by their old and new names."""
    telling = Telling("tasks", "", files)
    was = {renamed.get(key, key): value for key, value in before.items()}
    titles = {**was, **after}

    def process(told: Telling, one: Tree | None, other: Tree | None) -> list[Difference]:
        sides = [known(one), known(other)]
        if not {"tasks", "messages"} & {*sides[0], *sides[1]}:
            return _group("What may be recorded", told, *sides)
        found = _group("Task", told, *(known(side.get("tasks")) for side in sides))
        found += _group("What may happen", told, *(known(side.get("messages")) for side in sides))
        return found + of_keys(told, _without_tasks(sides[0]), _without_tasks(sides[1]))

    speakers = dict.fromkeys(titles, process)
    return of_keys(telling, was, after, speakers, named=lambda key: f"process \u201c{key_words(key)}\u201d")


def _without_tasks(process: Known) -> Known:
    return {key: value for key, value in process.items() if key not in ("tasks", "messages")}


def _group(kind: str, telling: Telling, before: Known, after: Known) -> list[Difference]:
    titles = {**before, **after}

    def named(key: str) -> str:
        return f"{kind}: \u201c{text_at(titles, key, 'title') or key_words(key)}\u201d"

    return _came_and_went(telling, before, after, named, _task, words)


def _task(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    return of_keys(telling, known(before), known(after), named=lambda key: TASK.get(key, key_words(key)), is_fixed=True)
