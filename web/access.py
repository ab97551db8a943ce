"""Who may use a page: every route says so with `may(...)`, and one guard asks before any view runs.

A route that does not say is refused (and `tests/web` fails the build), so forgetting closes a door, never opens one.
What a person may do with one case is asked of the engine: these rights only say who may come in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.rights import APPROVER, AUTHOR, KEEPER, RECORDS_APPROVER, Person

View = TypeVar("View", bound=Callable[..., Any])

RIGHTS: dict[str, Callable[[Person | None], bool]] = {
    "anyone": lambda person: True,
    "signed_in": lambda person: person is not None,
    "administrator": lambda person: person is not None and person.is_administrator,
    "auditor": lambda person: person is not None and person.is_auditor,
    "compliance": lambda person: person is not None and person.is_auditor,
    "case_reader": lambda person: person is not None and (person.is_auditor or bool(person.grants)),
    "caseworker": lambda person: person is not None and not person.is_auditor and bool(person.grants),
    "policy_author": lambda person: person is not None and bool(person.studio_policies(AUTHOR)),
    "policy_approver": lambda person: person is not None and bool(person.studio_policies(APPROVER)),
    "records_keeper": lambda person: person is not None and bool(person.records_policies(KEEPER)),
    "records_approver": lambda person: person is not None and bool(person.records_policies(RECORDS_APPROVER)),
    "records": lambda person: person is not None and bool(person.records_policies()),
    "disposal": lambda person: person is not None and (person.is_auditor or bool(person.records_policies())),
    "studio": lambda person: person is not None and (person.is_auditor or bool(person.studio_policies())),
}
"""What a route may ask for. `case_reader` sees cases (the auditor all, others those of their roles and areas);
`caseworker` changes them. The administrator is neither. `studio` reads drafts of policies, `policy_author` writes them,
`policy_approver` approves them; each for the policies they hold the role for, which the engine asks. `compliance` reads
every case, the record and the reports: the auditor, who changes nothing; the administrator not, for they cannot read
cases. `disposal` sees what is due to be erased, without a word of any resident's: the auditor, and whoever holds a role
of disposal (`records`): the `records_keeper` asks, the `records_approver` approves."""


def may(who: str) -> Callable[[View], View]:
    """Say who may use a view. Raises KeyError for a right nobody has defined."""
    RIGHTS[who]

    def mark(view: View) -> View:
        view.who_may = who
        return view

    return mark


def holds(person: Person | None, who: str) -> bool:
    """Whether the person has the right; templates ask it before they show a link."""
    return RIGHTS[who](person)


def guard() -> Response | None:
    """Before every request: let in, send to sign in, or refuse. An address nobody knows stays a 404."""
    if request.endpoint is None:
        return None
    who = getattr(current_app.view_functions[request.endpoint], "who_may", None)
    person = g.get("person")
    if who is not None and holds(person, who):
        return None
    if person is not None:
        abort(403)
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("sign_in.page", next=wanted if wanted != "/" else None))


def open_doors(app: Flask) -> Iterable[str]:
    """The endpoints that do not say who may use them. The application does not start with one."""
    return [name for name, view in app.view_functions.items() if not hasattr(view, "who_may")]


def local_path(text: str | None) -> str | None:
    """The address if it is one of ours, else None: a sign-in never sends a person to another site."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or "\\" in text:
        return None
    parts = urlsplit(text)
    return None if parts.scheme or parts.netloc else text
