"""What changed in stages, as sentences, with what the Complaint Handling Code allows where it measures."""

from __future__ import annotations

from functools import partial

from engine.version_differences_deadlines import deadline_words, of_deadlines
from engine.version_differences_names import Sides, of_cites, provision, wording
from engine.version_differences_text import Difference, Speaker, Telling, moved, of_keys, of_list, of_value
from engine.version_differences_trees import Known, Tree, key_words, known, texts, words
from engine.wordings import listed

LANES = {"handler": "considered by", "desk": "acknowledged and written for by", "panel": "panel convened by"}
PEOPLE = {"mp": "a Member of Parliament", "councillor": "a local councillor", "tenant_panel": "a tenant panel"}


# ---------------------------------------------------------------- Stages


def of_stages(names: Sides, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    """Stages added, taken out, moved and changed, in their order after."""
    was, now = known(before), known(after)
    found: list[Difference] = []
    for key in {**now, **was}:
        about = Telling(telling.subject, names.stage(key), telling.files)
        if key not in was:
            found.append(_stage_added(names, about, key, list(now)))
        elif key not in now:
            said = f"{about.about} is taken out, with everything promised in it."
            found.append(about.says("removed", said, before=stage_words(names, known(was[key]), key)))
        else:
            found += _stage_changed(names, about, key, known(was[key]), known(now[key]))
    for key in moved(list(was), list(now)):
        place = list(now).index(key)
        where = f"after {names.stage(list(now)[place - 1])}" if place else "first"
        found.append(telling.says("moved", f"{names.stage(key)} is moved: it now comes {where}."))
    return found


def _stage_added(names: Sides, telling: Telling, key: str, order: list[str]) -> Difference:
    place = order.index(key)
    earlier = names.stage(order[place - 1]) if place else ""
    later = names.stage(order[place + 1]) if place + 1 < len(order) else ""
    ends = (
        f"between {earlier} and {later}"
        if earlier and later
        else f"after {earlier}"
        if earlier
        else "before all others"
    )
    stage = known(known(names.after["stages"])[key])
    said = f"{telling.about} is added {ends}.{_how_many(names)}"
    return telling.says("added", said, after=stage_words(names, stage, key))


def _how_many(names: Sides) -> str:
    """What the Code says of the number of stages, where the version now has more."""
    found = names.about("stages", "")
    own = [one for one in known(names.after.get("stages")).values() if words(known(one).get("external")) != "yes"]
    if not found or not isinstance(found[1].at_most, int):
        return ""
    return f" The Code allows {found[1].at_most} stages ({provision(found[1])}); there are now {len(own)}."


def stage_words(names: Sides, stage: Known, key: str) -> str:
    """A whole stage in a few sentences."""
    said = [words(stage["says"])] if "says" in stage else []
    said += [f"{LANES[lane].capitalize()} {names.role(stage[lane])}." for lane in LANES if lane in stage]
    for name, deadline in known(stage.get("deadlines")).items():
        said.append(f"{names.deadline(f'{key}.{name}')}: {deadline_words(names, known(deadline), key)}")
    rest = {one: value for one, value in stage.items() if one not in (*LANES, "title", "says", "deadlines")}
    return "\n".join([*said, *(f"{key_words(one).capitalize()}: {words(value)}." for one, value in rest.items())])


def _stage_changed(names: Sides, telling: Telling, key: str, before: Known, after: Known) -> list[Difference]:
    speakers: dict[str, Speaker] = {lane: partial(_lane, names, lane) for lane in LANES}
    speakers |= {
        "title": partial(_stage_called, key),
        "not_the_same_person_as": partial(_apart, names, key),
        "external": _external,
        "designated_person": _designated,
        "deadlines": partial(of_deadlines, names, key),
        "says": partial(wording, "what we say of it"),
        "cites": partial(of_cites, names),
    }
    return of_keys(telling, before, after, speakers, is_fixed=True)


def _stage_called(key: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    if before is None or after is None:
        return []
    was, now = " ".join(words(before).split()), " ".join(words(after).split())
    said = f"{was} is now called \u201c{now}\u201d." if was != now else ""
    return [telling.says("changed", said)] if said else []


def _lane(names: Sides, lane: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    return of_value(telling.of(LANES[lane]), before, after, names.role)


def _apart(names: Sides, key: str, telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    was, now = texts(before), texts(after)
    gained = [names.stage(one) for one in now if one not in was]
    lost = [names.stage(one) for one in was if one not in now]
    code = names.about("another_person", key)
    demanded = {names.stage(one) for one in code[1].not_the_same_person_as} if code else set()
    asks = f" The Code asks for another person ({provision(code[1])})." if code else ""
    said = []
    if gained:
        sentence = f"{telling.about} is now considered by somebody who has not considered {listed(gained)}."
        said.append(telling.says("added", sentence + (asks if demanded & {*gained} else "")))
    if lost:
        sentence = f"{telling.about} may now be considered by the person who considered {listed(lost)}."
        said.append(telling.says("removed", sentence + (asks if demanded & {*lost} else "")))
    return said


def _external(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    was, now = words(before) == "yes", words(after) == "yes"
    if was == now:
        return []
    where = "is now outside the landlord" if now else "is now a stage of the landlord's own"
    return [telling.says("changed", f"{telling.about} {where}.")]


def _designated(telling: Telling, before: Tree | None, after: Tree | None) -> list[Difference]:
    lists = [one if isinstance(one, list) else [] for one in (before, after)]
    about = telling.of("the designated persons who may be asked first")
    return of_list(about, lists[0], lists[1], lambda one: PEOPLE.get(words(one), key_words(words(one))))
