"""The filters of the inbox: what an address asks for, the filter form, and the addresses that change one filter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from engine.store.inbox import Cursor, Filters
from engine.working_days import WorkingDays
from web import current, wording

DUE = {"overdue": "Overdue", "today": "Due today", "soon": "Due soon"}
NOBODY = "nobody"
LABELS = {
    "role": "Role",
    "stage": "Stage",
    "version": "Policy version",
    "person": "Who has it",
    "due": "When it is due",
}
LONGEST_SEARCH = 200

Span = tuple[date | None, date | None]


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the filters as the store knows them, and as they were given."""

    filters: Filters
    given: Mapping[str, str]


def asked(arguments: Mapping[str, str], today: date, days: WorkingDays) -> Asked:
    """The filters of an address. What is not understood asks for nothing."""
    given = {name: arguments.get(name, "").strip()[:LONGEST_SEARCH] for name in ("q", *LABELS)}
    given = {name: text for name, text in given.items() if text and _is_known(name, text)}
    begins, ends = spans(today, days).get(given.get("due", ""), (None, None))
    person = given.get("person", "")
    filters = Filters(
        role=given.get("role"),
        stage=given.get("stage"),
        version_id=int(given["version"]) if "version" in given else None,
        person_id=int(person) if person.isdigit() else None,
        only_unclaimed=person == NOBODY,
        text=given.get("q"),
        due_from=begins,
        due_before=ends,
    )
    return Asked(filters, given)


def spans(today: date, days: WorkingDays) -> dict[str, Span]:
    """The days each kind of urgency begins with and ends before."""
    tomorrow = today + timedelta(days=1)
    return {
        "overdue": (None, today),
        "today": (today, tomorrow),
        "soon": (tomorrow, days.add(today, wording.SOON) + timedelta(days=1)),
    }


def cursor(text: str | None) -> Cursor | None:
    """Where the page before ended, out of an address; None for the first page, or for what is none."""
    found = re.fullmatch(r"(\d{4}-\d\d-\d\d)\.(\d{1,18})", text or "", re.ASCII)
    try:
        return (date.fromisoformat(found[1]), int(found[2])) if found else None
    except ValueError:
        return None


def address(endpoint: str, given: Mapping[str, str], **changed: str | None) -> str:
    """The list with these filters, some of them changed; None or empty takes one away."""
    return url_for(endpoint, **{name: text for name, text in {**given, **changed}.items() if text})


def chosen(asked: Asked, endpoint: str, people: Mapping[int, str]) -> list[dict[str, str]]:
    """Each filter in force in words, with the address of the list without it."""
    known = choices(people)
    return [
        {
            "text": f"{LABELS.get(name, 'Search')}: {known.get(name, {}).get(text, text)}",
            "href": address(endpoint, asked.given, **{name: None}),
        }
        for name, text in asked.given.items()
    ]


def questions(asked: Asked, whose: str, keys: Iterable[str], people: Mapping[int, str]) -> list[dict[str, object]]:
    """The selects of the filter form. A list of one's own tasks does not ask who has them."""
    roles = {key.split(":")[1] for key in keys}
    found = []
    for name, options in choices(people).items():
        if name == "person" and whose == "mine":
            continue
        items = [{"value": "", "text": "Any"}]
        items += [
            {"value": value, "text": text, "selected": asked.given.get(name) == value}
            for value, text in options.items()
            if name != "role" or not roles or value in roles
        ]
        found.append({"id": name, "name": name, "label": {"text": LABELS[name]}, "items": items})
    return found


def choices(people: Mapping[int, str]) -> dict[str, dict[str, str]]:
    """What may be chosen in each filter, value and words."""
    office = current.office()
    versions = [one for one in office.shelved.values() if one.id is not None]
    stages = {stage.key: stage.title for one in versions for stage in one.book.version.stages}
    titles: dict[str, list[str]] = {}
    for roles in current.role_titles().values():
        for key, title in roles.items():
            titles.setdefault(key, []).append(title)
    return {
        "due": DUE,
        "role": {key: " or ".join(dict.fromkeys(found)) for key, found in sorted(titles.items())},
        "stage": dict(sorted(stages.items(), key=lambda item: (not item[0].startswith("stage"), item[0]))),
        "version": {
            str(one.id): f"{one.book.version.landlord}: {one.book.version.title}"
            for one in sorted(versions, key=lambda one: one.book.version.key)
        },
        "person": {NOBODY: "Nobody yet"} | {str(key): name for key, name in people.items()},
    }


def _is_known(name: str, text: str) -> bool:
    """Whether a value may be asked for at all; an id is checked by the store, which finds nothing for a wrong one."""
    patterns = {
        "q": r".+",
        "due": "|".join(DUE),
        "version": r"[0-9]{1,9}",
        "person": rf"[0-9]{{1,9}}|{NOBODY}",
    }
    return re.fullmatch(patterns.get(name, r"[a-z0-9_]{1,60}"), text, re.DOTALL) is not None
