"""What changed in a diagram, as sentences with the elements they stand on: added, taken out, or changed in any
property, conditions, timers, messages and notes included. What only stands at another place is said once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.version_differences_elements import ALONE, Drawing, Part
from engine.version_differences_text import Difference, Telling, moved
from engine.version_differences_trees import MOST_INLINE
from engine.wordings import listed

KINDS = {
    "userTask": "Task",
    "manualTask": "Task",
    "serviceTask": "Service task",
    "callActivity": "Called process",
    "subProcess": "Subprocess",
    "exclusiveGateway": "Question",
    "parallelGateway": "Gateway",
    "eventBasedGateway": "Wait for what happens first",
    "startEvent": "Start",
    "endEvent": "End",
    "intermediateCatchEvent": "Event",
    "boundaryEvent": "Event on the edge",
    "sequenceFlow": "Arrow",
    "lane": "Lane",
    "laneSet": "The lanes",
    "message": "Message",
    "participant": "The pool",
    "process": "The process",
    "collaboration": "The collaboration",
    "definitions": "The file",
    "textAnnotation": "Note",
    "association": "Line to a note",
}
#: attributes and parts in words; of anything else its own name is said
FACTS = {
    "@name": "the name",
    "@default": "the arrow taken when no condition holds",
    "@calledElement": "the process it calls",
    "@attachedToRef": "where it sits",
    "@cancelActivity": "whether it interrupts",
    "@sourceRef": "where it comes from",
    "@targetRef": "where it goes",
    "@processRef": "the process drawn in it",
    "@isExecutable": "whether it can be run",
    "@targetNamespace": "the namespace",
    "@id": "the id",
    "conditionExpression": "the condition",
    "documentation": "the notes",
    "timerEventDefinition/timeDate": "the deadline it waits for",
    "messageEventDefinition@messageRef": "the message it waits for",
    "text": "the words",
}
#: facts whose value is the id of another element
POINTERS = ("@default", "@attachedToRef", "@sourceRef", "@targetRef")
_DEFINITIONS = ("timerEventDefinition", "messageEventDefinition")


def of_diagram(
    title: str, before: Drawing, after: Drawing, files: tuple[str, ...], renamed: Mapping[str, str]
) -> list[Difference]:
    """What changed from one diagram to the other; `renamed` are processes by their old and new ids."""
    telling = Telling("diagrams", title, files)
    one = _Comparison(telling, before, after, renamed)
    found = one.came_and_went() + one.changed()
    return found + one.order() + one.layout(is_all=not found)


class _Comparison:
    """Both sides of one diagram."""

    def __init__(self, telling: Telling, before: Drawing, after: Drawing, renamed: Mapping[str, str]) -> None:
        self.telling = telling
        self.before, self.after = before.parts, after.parts
        self.drawings = before.drawn, after.drawn
        self.renamed = renamed

    def _on(self, *ids: str) -> Telling:
        marks = tuple((file, one) for one in ids for file in self.telling.files)
        return Telling(self.telling.subject, self.telling.about, self.telling.files, marks)

    def came_and_went(self) -> list[Difference]:
        found = []
        for key, part in self.before.items():
            if key not in self.after:
                said = f"{self.said(self.before, part)} is taken out of the diagram."
                found.append(self._on(key).says("removed", said, before=self._whole(self.before, part)))
        for key, part in self.after.items():
            if key not in self.before:
                said = f"{self.said(self.after, part)} is added to the diagram."
                found.append(self._on(key).says("added", said, after=self._whole(self.after, part)))
        return found

    def changed(self) -> list[Difference]:
        found: list[Difference] = []
        for key, now in self.after.items():
            if was := self.before.get(key):
                found += self._facts(was, now)
        return found

    def _facts(self, was: Part, now: Part) -> list[Difference]:
        telling, who = self._on(now.id), self.said(self.after, now)
        found = []
        if was.kind != now.kind:
            said = f"{who}: {_kind(was).lower()} becomes {_kind(now).lower()}."
            found.append(
                telling.says("changed", said if _kind(was) != _kind(now) else f"{who}: its kind is now {now.kind}.")
            )
        if was.inside != now.inside:
            said = f"{who}: it now stands in {self._named(self.after, now.inside)}."
            found.append(telling.says("changed", said))
        lists = [] if was.kind != "lane" else ["flowNodeRef"]
        for group in ("incoming", "outgoing", *lists):
            found += self._listed(telling, who, group, was, now)
        for place in {**was.facts, **now.facts}:
            if place.partition("[")[0] not in ("incoming", "outgoing", *lists):
                found += self._fact(telling, who, place, was, now)
        return found

    def _listed(self, telling: Telling, who: str, group: str, was: Part, now: Part) -> list[Difference]:
        """Lists of ids: what stands in a lane; the arrows at an element, said only where these themselves did not."""
        lists = [
            [text for place, text in part.facts.items() if place.partition("[")[0] == group] for part in (was, now)
        ]
        gained, lost = ([one for one in a if one not in b] for a, b in (lists[::-1], lists))
        if group == "flowNodeRef":
            gained = [one for one in gained if one in self.before or one not in self.after]
            lost = [one for one in lost if one in self.after or one not in self.before]
            said = [f"{who}: {self._named(self.after, one)} now stands in it." for one in gained]
            said += [f"{who}: {self._named(self.before, one)} no longer stands in it." for one in lost]
            return [telling.says("changed", one) for one in said]
        told = {key for key in {**self.before, **self.after} if self._flow_told(key)}
        odd = [one for one in (*gained, *lost) if one not in told]
        if odd:
            return [telling.says("changed", f"{who}: the list of its {group} arrows changes ({listed(odd)}).")]
        return []

    def _flow_told(self, key: str) -> bool:
        """Whether an arrow has a sentence of its own: it came, went, or has other ends."""
        was, now = self.before.get(key), self.after.get(key)
        return was is None or now is None or was.facts != now.facts

    def _fact(self, telling: Telling, who: str, place: str, was: Part, now: Part) -> list[Difference]:
        old, new = was.facts.get(place), now.facts.get(place)
        if place in ("@id", "@processRef", "@calledElement") and old is not None:
            old = self.renamed.get(old, old)
        if old == new or (place == "@id" and now.kind in ALONE and self.renamed and now.kind != "process"):
            return []
        if place in _DEFINITIONS or place.endswith("EventDefinition@id"):
            return self._definition(telling, who, place, was, now)
        what = FACTS.get(place, f"the property {_plain(place)}")
        values = [self._value(side, place, text) for side, text in ((self.before, old), (self.after, new))]
        if place in ("timerEventDefinition/timeDate", "messageEventDefinition@messageRef"):
            what = FACTS[place]
        return [_two(telling, f"{who}, {what}", *values)]

    def _definition(self, telling: Telling, who: str, place: str, was: Part, now: Part) -> list[Difference]:
        old, new = was.facts.get(place), now.facts.get(place)
        if place.endswith("@id"):
            is_new = (place.removesuffix("@id") in was.facts) != (place.removesuffix("@id") in now.facts)
            return [] if is_new else [_two(telling, f"{who}, the id of what it waits for", old, new)]
        kind = place.removesuffix("EventDefinition")
        verb = "now waits for" if new is not None else "no longer waits for"
        return [telling.says("changed", f"{who}: it {verb} a {kind}.")]

    def _value(self, side: Mapping[str, Part], place: str, text: str | None) -> str | None:
        return self._named(side, text) if text and place in POINTERS else text

    # ---- words

    def said(self, side: Mapping[str, Part], part: Part) -> str:
        """An element by its kind and name; an arrow by its ends."""
        if part.kind == "sequenceFlow":
            ends = " to ".join(self._named(side, part.facts.get(end, "")) for end in ("@sourceRef", "@targetRef"))
            name = f" \u201c{part.name}\u201d" if part.name else ""
            return f"Arrow{name} from {ends}"
        kind = _kind(part)
        if part.kind in ALONE:
            return kind
        return f"{kind} \u201c{part.name or part.id}\u201d"

    def _named(self, side: Mapping[str, Part], key: str) -> str:
        part = side.get(key) or self.after.get(key) or self.before.get(key)
        if part is None:
            return f"\u201c{key}\u201d" if key else "nowhere"
        return f"\u201c{part.name or part.id}\u201d" if part.kind not in ALONE else _kind(part).lower()

    def _whole(self, side: Mapping[str, Part], part: Part) -> str:
        """What an element holds beside its name and its arrows."""
        known = {
            FACTS.get(place, _plain(place)): self._value(side, place, text)
            for place, text in part.facts.items()
            if place not in ("@id", "@name") and not place.endswith(("@id", "EventDefinition", "}type", ":type"))
            and place.partition("[")[0] not in ("incoming", "outgoing") and text
        }  # fmt: skip
        return "\n".join(f"{place[:1].upper()}{place[1:]}: {text}" for place, text in known.items())

    # ---- order and layout

    def order(self) -> list[Difference]:
        """Elements that only stand at another place in the file."""
        elsewhere = moved([*self.before], [*self.after])
        if not elsewhere:
            return []
        names = listed([self._named(self.after, key) for key in elsewhere[:5]])
        more = f" and {len(elsewhere) - 5} more" if len(elsewhere) > 5 else ""
        return [self.telling.says("moved", f"Elements stand in another order in the file: {names}{more}.")]

    def layout(self, *, is_all: bool) -> list[Difference]:
        """What is drawn elsewhere or otherwise, said once; what came or went is drawn or not by that."""
        was, now = self.drawings
        stay = [key for key in {**was, **now} if (key in self.before) == (key in self.after)]
        changed = [key for key in stay if was.get(key) != now.get(key)]
        if self.renamed:  # the plane and the pool of a diagram that was given a name of its own
            changed = [key for key in changed if key not in self.renamed and not self._only_named(key)]
        if not changed:
            return []
        names = listed([self._named(self.after, key) if key else "the whole" for key in changed[:5]])
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        begins = "Only the drawing changes, nothing that happens" if is_all else "Drawn at another place or otherwise"
        said = f"{begins}: {names}{more}."
        return [self.telling.says("moved", said)]

    def _only_named(self, key: str) -> bool:
        """Whether what is drawn differs only in the ids that were renamed with the process."""
        was, now = ([_with_new_names(self.renamed, text) for text in side.get(key, ())] for side in self.drawings)
        return was == now


def _with_new_names(renamed: Mapping[str, str], text: str) -> str:
    for old, new in renamed.items():
        text = text.replace(old, new)
    return text


def _kind(part: Part) -> str:
    kind = KINDS.get(part.kind, part.kind)
    if part.kind in ("intermediateCatchEvent", "boundaryEvent"):
        if any(place.startswith("timer") for place in part.facts):
            return "Timer"
        if any(place.startswith("message") for place in part.facts):
            return "Message"
    return kind


def _plain(place: str) -> str:
    """The place of a fact as it can be read, without its namespaces."""
    own = re.sub(r"\{[^}]*\}", "", place)
    return own.replace("EventDefinition", " event").replace("@", " ").replace("/", ", ").strip()


def _two(telling: Telling, about: str, old: str | None, new: str | None) -> Difference:
    if old is None or new is None:
        verb = "is added" if old is None else "is taken out"
        given = new if old is None else old
        if given and len(given) > MOST_INLINE:
            return telling.says("changed", f"{about} {verb}.", *(("", given) if old is None else (given,)))
        said = f"{about}: {given} {verb}." if given else f"{about} {verb}."
        return telling.says("changed", said)
    if max(len(old), len(new)) > MOST_INLINE:
        return telling.says("changed", f"{about}: the words change.", old, new)
    return telling.says("changed", f"{about}: {old or 'nothing'} becomes {new or 'nothing'}.")
