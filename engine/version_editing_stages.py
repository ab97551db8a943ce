"""Stages added to a draft, taken out, moved and renamed: its policy and its diagram together, with what they need.

Each takes the draft's files and gives back files in which `redress check` finds nothing new to mend: the diagram is
laid out, tasks, forms and plain letters are there for a new stage, clocks and clauses fit the new order, and
stories that speak of what is gone are left out (`stage_stories.gone` names them).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Unpack

from engine import stage_letters, stage_routes, stage_stories, yaml_editing
from engine.library import Library
from engine.policy import PolicyVersion, bare, stage_of
from engine.policy_stages import length
from engine.refusals import BadAnswers
from engine.spine_editing import NewStage, Spine
from engine.spine_own import Own, told, with_own, with_tasks
from engine.spine_segment import short
from engine.stage_kinds import StageKind, kind_of, with_kind
from engine.version_editing_deadlines import NewDeadline, deadline, spoken
from engine.version_editing_deadlines import add_deadline as add_to_file
from engine.version_editing_roles import add_reading, add_role
from engine.version_order import RECEIVED, own_stages, reordered, with_clauses_kept
from engine.version_text import Files, answered, opened, put_text, text_of, with_text
from engine.wordings import in_sentence
from engine.yaml_part import KEY
from engine.yaml_writing import InLines, Value

PANEL = "review_panel"
ANSWER_AFTER_PANEL = "5 working days"


def add_stage(
    files: Files,
    shelf: Library,
    path: str,
    *,
    key: str,
    title: str,
    kind: str = "investigated",
    after: str = "",
    handler: str = "",
    panel: str = "",
    desk: str = "",
    within: str = "",
    answer_within: str = "",
    acknowledge_within: str = "",
    extension: str = "",
    window: str = "",
    not_the_same_person_as: Sequence[str] | None = None,
    says: str = "",
    by: str = "",
    on: date | None = None,
) -> dict[str, bytes]:
    """The files with one more stage behind `after` (empty: before all others).

    `within` is a panel's time to meet, or an investigated stage's time to answer; `answer_within` the panel's time to
    answer after it met. `acknowledge_within`, `extension` and `window` (the resident's time to ask for the stage) are
    left out where empty. With `by` and `on` it is written down who chose it. Who considered the complaint before may
    not again, unless `not_the_same_person_as` says whom. Raises BadAnswers with a sentence for each field, and
    CannotDraw.
    """
    version, made = opened(files, path).version, kind_of(kind)
    times = {"within": within, "answer_within": answer_within, "acknowledge_within": acknowledge_within,
             "extension": extension, "window": window}  # fmt: skip
    answered(_wrong(version, made, key, title, after, {"handler": handler, "panel": panel, "desk": desk}, times))
    found, own = with_own(with_kind(files, shelf.files, made), path)
    if made.is_panel and not panel:
        panel = PANEL
        found = found if panel in version.roles else add_role(found, path, panel, title="Review panel")
    spine = Spine(found[own.file], own.file)
    if not spine.is_free(key):
        raise BadAnswers({"key": f"Something in the diagram is called '{key}' already. Choose another name."})
    spine.add(NewStage(key, title, made.process, bool(window)), after)
    earlier = own_stages(version)[: own_stages(version).index(after) + 1] if after else []
    order = [*earlier, key, *own_stages(version)[len(earlier) :]]
    who = earlier if not_the_same_person_as is None else list(not_the_same_person_as)
    values: dict[str, Value] = InLines(title=title.strip())
    given = {
        "handler": handler or panel,
        "desk": desk,
        "panel": panel if made.is_panel else "",
        "says": says.strip() or _usual_words(made, title, after),
    }
    values |= {name: value for name, value in given.items() if value and name != "says"}
    values |= {"not_the_same_person_as": who} if who else {}
    values |= {"says": given["says"]} if given["says"] else {}
    values["deadlines"] = _deadlines(made, key, earlier[-1] if earlier else "", times)
    text = yaml_editing.add(text_of(found, path), ("stages",), key, values, after=after or yaml_editing.FIRST)
    text = _with_forms_of_the_house(text, version, key, made)
    found = with_text(found, path, reordered(text, version, order))
    found = _finished(files, found, shelf, path, own, spine)
    if by and on:
        found = _chosen(found, path, key, by, on)
    return stage_stories.with_story(stage_routes.through_new_stage(found, path, key, order), shelf, path, key)


def remove_stage(files: Files, shelf: Library, path: str, key: str) -> dict[str, bytes]:
    """The files without a stage of ours, its letters and forms. Raises BadAnswers, and CannotDraw."""
    version = opened(files, path).version
    stages = own_stages(version)
    if key not in stages:
        raise BadAnswers({"key": "This stage is not one of ours, so the form cannot take it out."})
    if len(stages) == 1:
        raise BadAnswers({"key": "A policy needs one stage of its own. Add another before you take this one out."})
    order = [stage for stage in stages if stage != key]
    _first_may_be(files, path, order[0])
    found, own = with_own(files, path)
    spine = Spine(found[own.file], own.file)
    spine.remove(key)
    found = with_text(found, path, reordered(text_of(found, path), version, order))
    return _finished(files, found, shelf, path, own, spine)


def move_stage(files: Files, shelf: Library, path: str, key: str, *, after: str) -> dict[str, bytes]:
    """The files with a stage behind another one; with an empty `after`, before all others. Raises BadAnswers, and
    CannotDraw."""
    version = opened(files, path).version
    stages = own_stages(version)
    if key not in stages or (after and after not in stages):
        raise BadAnswers({"after": "Choose one of our own stages to put it behind."})
    rest = [stage for stage in stages if stage != key]
    place = rest.index(after) + 1 if after and after != key else 0
    order = [*rest[:place], key, *rest[place:]]
    if after == key or order == stages:
        return dict(files)
    _first_may_be(files, path, order[0])
    found, own = with_own(files, path)
    spine = Spine(found[own.file], own.file)
    spine.move(key, after)
    text = yaml_editing.move(text_of(found, path), ("stages", key), after=after or yaml_editing.FIRST)
    found = with_text(found, path, reordered(text, version, order))
    found = _finished(files, found, shelf, path, own, spine)
    return stage_routes.without_other_orders(found, path, order)


def rename_stage(files: Files, shelf: Library, path: str, key: str, title: str) -> dict[str, bytes]:
    """The files with another title of a stage, in the policy and on the diagram; its key never changes. Raises
    BadAnswers, and CannotDraw."""
    version = opened(files, path).version
    answered({"title": None if title.strip() else "Give the stage a title.",
              "key": None if version.has_stage(key) else f"There is no stage '{key}'."})  # fmt: skip
    if version.stage(key).title == title.strip():
        return dict(files)
    found, own = with_own(files, path)
    spine = Spine(found[own.file], own.file)
    spine.rename(key, title.strip())
    found = with_text(found, path, put_text(text_of(found, path), ("stages", key, "title"), title))
    return _finished(files, found, shelf, path, own, spine)


def add_deadline(
    files: Files,
    path: str,
    key: str,
    *,
    cites: Sequence[str] = (),
    shelf: Library | None = None,
    **given: Unpack[NewDeadline],
) -> dict[str, bytes]:
    """The files with one more deadline (`stage_1.acknowledgement`), or, with `whose="resident"`, a window of
    theirs. With the library a window to ask for a stage is drawn too, so that the diagram waits for it. Raises
    BadAnswers, and CannotDraw."""
    found = add_to_file(files, path, key, cites=cites, **given)
    if shelf is None or bare(key) != "request_window":
        return found
    with_spine, own = with_own(found, path)
    spine = Spine(with_spine[own.file], own.file)
    return _finished(files, with_spine, shelf, path, own, spine) if spine.add_window(stage_of(key) or "") else found


def _finished(before: Files, files: Files, shelf: Library, path: str, own: Own, spine: Spine) -> dict[str, bytes]:
    """The files with the diagram written and everything beside it in order; `before` is what they were."""
    version = opened(files, path).version
    titles = {stage.key: stage.title for stage in version.stages}
    told(spine, version, titles)
    found = {**files, own.file: spine.written()}
    found = with_tasks(found, shelf.files, own, spine, titles)
    found = stage_letters.with_letters(stage_letters.without_unsent(found, path), path)
    return stage_stories.without_lost(with_clauses_kept(before, found, path), path, stage_stories.lost(before, path))


def _wrong(
    version: PolicyVersion, kind: StageKind, key: str, title: str, after: str, roles: Mapping[str, str],
    times: Mapping[str, str],
) -> dict[str, str | None]:  # fmt: skip
    """A sentence for each field of a new stage that cannot stay as it is."""
    errors: dict[str, str | None] = {
        "key": _wrong_key(version, key),
        "title": None if title.strip() else "Give the stage a title, such as Review panel.",
        "after": None if not after or after in own_stages(version) else "Choose one of our own stages.",
    }
    if kind.is_panel and not after:
        errors["after"] = "A panel reviews what was answered before. Put it behind a stage."
    for name, role in roles.items():
        if role and role not in version.roles:
            errors[name] = f"'{role}' is not one of the roles of this version. Add it first."
    if not kind.is_panel and not roles["handler"]:
        errors["handler"] = "Choose who considers the complaint at this stage."
    for name, time in times.items():
        if (time.strip() or name == "within") and not length(time.strip()):
            errors[name] = "Write a number and working days, days, weeks or months, such as 15 working days."
    if times["window"] and not after:
        errors["window"] = "Nobody asks for the first stage: leave this empty."
    return errors


def _wrong_key(version: PolicyVersion, key: str) -> str | None:
    if not KEY.fullmatch(key) or "-" in key or key in ("intake", "facts", "handling"):
        return "Use lower-case letters, digits and underscores, such as review."
    return f"There is a stage '{key}' already." if version.has_stage(key) else None


def _deadlines(kind: StageKind, key: str, before: str, times: Mapping[str, str]) -> Value:
    """The clocks of a new stage, in their order."""
    start = f"{key}.requested" if before else RECEIVED
    found: dict[str, Value] = InLines()
    if times["window"]:
        found["request_window"] = _lines(f"{key}.request_window", within=times["window"], of=f"{before}.response_sent",
                                         met_by=f"{key}.requested", whose="resident")  # fmt: skip
    if kind.is_panel:
        answer = times["answer_within"] or ANSWER_AFTER_PANEL
        found["panel"] = _lines(f"{key}.panel", within=times["within"], of=start, met_by=f"{key}.panel_met")
        time = length(answer)
        says = f"You receive the panel's decision within {spoken(time) if time else answer} of its meeting."
        found["response"] = _lines(
            f"{key}.response", within=answer, of=f"{key}.panel_met", met_by=f"{key}.response_sent", says=says
        )
        return found
    if times["acknowledge_within"]:
        found["acknowledgement"] = _lines(
            f"{key}.acknowledgement", within=times["acknowledge_within"], of=start, met_by=f"{key}.acknowledged"
        )
        start = f"{key}.acknowledged"
    found["response"] = _lines(
        f"{key}.response", within=times["within"], of=start, met_by=f"{key}.response_sent", at_most=times["extension"]
    )
    return found


def _usual_words(kind: StageKind, title: str, after: str) -> str:
    """What a stage says where its author said nothing; the first is not asked for, and says nothing."""
    if not after:
        return ""
    asked = f"If you are unhappy with our response, you can ask for {in_sentence(short(title.strip()))}."
    return f"{asked} Its members have had no part in your complaint before." if kind.is_panel else asked


def _lines(key: str, **given: Unpack[NewDeadline]) -> Value:
    return InLines(deadline(key, **given))


def _with_forms_of_the_house(text: str, version: PolicyVersion, key: str, kind: StageKind) -> str:
    """A new stage asks what the version's other stages ask."""
    for task in () if kind.is_panel else ("acknowledge", "respond"):
        bound = [form for name, form in version.forms.items() if bare(name) == task and form != "panel_response"]
        if bound:
            text = yaml_editing.add(text, ("forms",), f"{key}.{task}", bound[-1])
    return text


def _first_may_be(files: Files, path: str, key: str) -> None:
    """A panel reviews an answer, so it comes first nowhere."""
    if opened(files, path).names.stages.get(key) == PANEL:
        raise BadAnswers({"after": "A panel reviews what was answered before, so it cannot come first."})


def _chosen(files: Files, path: str, key: str, by: str, on: date) -> dict[str, bytes]:
    """Who chose the stage and its times, written down as a reading."""
    version = opened(files, path).version
    stage = version.stage(key)
    said = " ".join(rule.says for rule in version.deadlines if rule.key.startswith(f"{key}."))
    question = f"Do the sources of this version know the stage '{stage.title}', and its times?"
    reading = f"No. It was added with this version. {said}"
    return add_reading(files, path, f"{key}_added", question=question, reading=reading, by=by, on=on)
