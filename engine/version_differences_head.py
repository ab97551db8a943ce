"""What changed in the rest of a version's own file, as sentences: its head, sources, roles, readings, rules, decisions,
the forms it binds, and how it answers for its source.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from engine.version_differences_deadlines import of_deadlines
from engine.version_differences_names import HEAD, Sides, of_cites, wording
from engine.version_differences_rows import of_rows
from engine.version_differences_stages import of_stages
from engine.version_differences_text import Difference, Speaker, Telling, of_keys, of_list, of_order, of_value
from engine.version_differences_trees import Known, Tree, key_words, known, quoted, text_at, words

#: which subject of the page each key of a version's file belongs to; any other is of its head
SUBJECT = {
    "stages": "stages",
    "deadlines": "deadlines",
    "roles": "roles",
    "sources": "sources",
    "assumed": "readings",
    "rules": "rules",
    "decisions": "decisions",
    "forms": "forms",
    "clauses": "clauses",
}


def of_version(names: Sides, files: tuple[str, ...]) -> list[Difference]:
    """Everything that changed in the version's own file."""
    speakers: dict[str, Speaker] = {
        "stages": partial(of_stages, names),
        "deadlines": partial(of_deadlines, names, None),
        "roles": partial(_each, names, "Role", {"says": "what they do"}, lambda key: names.role(key)),
        "sources": partial(_each, names, "Source", {}, lambda key: names.citation(key)),
        "assumed": partial(_each, names, "Reading", {"reading": "what was chosen"}, partial(_asked, names)),
        "rules": partial(_each, names, "Rule", {"says": "what it says"}, _named_rule),
        "decisions": partial(_decisions, names),
        "forms": _forms,
        "clauses": partial(_each, names, "Clause", {}, str),
    }
    found: list[Difference] = []
    for key in {**names.before, **names.after}:
        telling = Telling(SUBJECT.get(key, "head"), "", files)
        was, now = (
            {k: v for k, v in names.before.items() if k == key},
            {k: v for k, v in names.after.items() if k == key},
        )
        if key in speakers:
            found += of_keys(telling, was, now, {key: speakers[key]}, named=_named_part)
        else:
            found += of_keys(telling, was, now, {key: partial(_head, names, key)}, named=_named_part)
    return found


def _named_part(key: str) -> str:
    return HEAD.get(key, key_words(key).capitalize())


# ---------------------------------------------------------------- The head


def _head(names: Sides, key: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    about = telling.of(_named_part(key))
    say: Callable[[Tree | None], str] = {"desk": names.role, "channels": names.channel}.get(key, quoted)
    if key == "channels" and isinstance(before, list) and isinstance(after, list):
        return of_list(about, before, after, say)
    if key == "delivery":
        return of_keys(about, known(before), known(after), named=lambda one: f"sent by {names.channel(one)}")
    return of_value(about, before, after, say)


# ---------------------------------------------------------------- Things with a key and a few words each


def _asked(names: Sides, key: str) -> str:
    """A reading by its question."""
    asked = text_at(names.after, "assumed", key, "question") or text_at(names.before, "assumed", key, "question")
    return f"\u201c{asked}\u201d" if asked else key_words(key)


def _named_rule(key: str) -> str:
    return f"\u201c{key_words(key)}\u201d"


def _each(
    names: Sides,
    kind: str,
    long: dict[str, str],
    named: Callable[[str], str],
    telling: Telling,
    before: Tree | None,
    after: Tree | None,
) -> list[Difference]:
    """Things of one kind by their keys: added, taken out, moved, or some of their words changed."""

    def one(told: Telling, was: Tree | None, now: Tree | None) -> list[Difference]:
        if was is None or now is None:
            verb, given = ("is added", now) if was is None else ("is taken out", was)
            text = thing_words(names, known(given))
            shown = ("", text) if was is None else (text, "")
            return [told.says("added" if was is None else "removed", f"{told.about} {verb}.", *shown)]
        speakers: dict[str, Speaker] = {key: partial(wording, said) for key, said in long.items()}
        return of_keys(told, known(was), known(now), speakers | {"cites": partial(of_cites, names)}, is_fixed=True)

    was, now = known(before), known(after)
    found: list[Difference] = []
    for key in {**was, **now}:
        told = telling.of(f"{kind} {named(key)}")
        if repr(was.get(key)) != repr(now.get(key)):
            found += one(told, was.get(key), now.get(key)) or of_value(told, was.get(key), now.get(key))
    return found + of_order(telling, list(was), list(now), lambda key: f"{kind} {named(key)}")


def thing_words(names: Sides, thing: Known) -> str:
    """Everything a thing says, a line each."""
    said = []
    for key, value in thing.items():
        if key == "cites":
            said.append(f"Written in: {', '.join(names.citation(one) for one in _listed(value))}.")
        elif key in ("says", "reading", "title"):
            said.append(words(value))
        else:
            said.append(f"{key_words(key).capitalize()}: {words(value)}")
    return "\n".join(said)


def _listed(value: Tree) -> list[Tree]:
    return value if isinstance(value, list) else [value]


# ---------------------------------------------------------------- Decisions, and the forms bound


def _decisions(names: Sides, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    was, now = known(before), known(after)
    found: list[Difference] = []
    for key in {**was, **now}:
        about = telling.of(f"Decision \u201c{key_words(key)}\u201d")
        rows = [value if isinstance(value := side.get(key), list) else None for side in (was, now)]
        if repr(was.get(key)) == repr(now.get(key)):
            continue
        if rows[0] is None or rows[1] is None:
            found += of_value(about, was.get(key), now.get(key))
            continue
        found += of_rows(
            about,
            rows[0],
            rows[1],
            identity=lambda row: text_at(row, "when") or repr(row),
            named=partial(_row_name, names),
            inner=partial(_row, names),
            shown=lambda row: row_words(names, row),
        )
    return found


def _row_name(names: Sides, row: Tree, number: int) -> str:
    return f"row {number} ({_when(names, known(row).get('when'))})"


def _when(names: Sides, value: Tree | None) -> str:
    """When a row holds, in words."""
    when = words(value)
    return "in every other case" if when in ("true", "yes") else names.condition(when)


def row_words(names: Sides, row: Tree) -> str:
    """A row of a decision table as a sentence."""
    keys = known(row)
    because = f" {words(keys['because'])}" if "because" in keys else ""
    written = f" ({', '.join(names.citation(one) for one in _listed(keys['cites']))})" if "cites" in keys else ""
    return f"{_when(names, keys.get('when'))}: {key_words(words(keys.get('then')))}.{because}{written}"


def _row(names: Sides, telling: Telling, before: Tree, after: Tree) -> list[Difference]:
    speakers: dict[str, Speaker] = {
        "when": lambda told, was, now: of_value(told.of("the condition"), was, now, partial(_when, names)),
        "then": lambda told, was, now: of_value(
            told.of("the policy says"), was, now, lambda one: key_words(words(one))
        ),
        "because": lambda told, was, now: of_value(told.of("the reason"), was, now),
        "cites": partial(of_cites, names),
    }
    return of_keys(telling, known(before), known(after), speakers, is_fixed=True)


def _forms(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    """Which form is asked where it is not the usual one."""
    was, now = known(before), known(after)
    found = []
    for key in {**was, **now}:
        about = telling.of(f"\u201c{key_words(key)}\u201d")
        if repr(was.get(key)) == repr(now.get(key)):
            continue
        if key not in now:
            said = f"{about.about} asks the usual form again, no longer the form {words(was[key])}."
            found.append(about.says("removed", said))
        elif key not in was:
            said = f"{about.about} asks the form {words(now[key])} instead of the usual one."
            found.append(about.says("added", said))
        else:
            found += of_value(about.of("the form asked"), was[key], now[key])
    return found
