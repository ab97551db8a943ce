"""The page for people, roles and areas: who may sign in, which roles they hold for which area, and who has left.

Roles come from the policy versions; the administrator gives and takes them, and every change is recorded with who
made it. Neither an administrator nor an auditor holds a role: the one cannot read cases, the other cannot change them.
"""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.rights import RECORDS_ROLES, ROLES_WITHOUT_CASES, Grant
from engine.store import acts, people
from engine.store.database import Transaction
from engine.store.people import GrantRow, PersonRow
from web import current, passwords, role_words, wording
from web.access import may

pages = Blueprint("people", __name__, url_prefix="/people")

KINDS = {
    "worker": "Works on complaints, in the roles given afterwards",
    "administrator": "Looks after people, roles and areas, and cannot read cases",
    "auditor": "Reads every case and changes nothing",
}
SAID = {
    "signed_in": "Signed in",
    "signed_out": "Signed out",
    "changed_password": "Changed the password",
    "failed_password_change": "Did not know the present password",
    "failed_sign_in": "Failed to sign in",
    "held_off_sign_in": "Was made to wait before signing in",
    "added_person": "Was added",
    "gave_role": "Was given a role",
    "took_role": "Lost a role",
    "new_password": "Was given a new password",
    "left": "Left",
    "came_back": "Came back",
}
MOST_ACTS = 15
LONGEST_NAME = 200

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("administrator")
def page() -> Answer:
    """Everybody, with the roles they hold; those who have left below."""
    with current.database().reading() as tx:
        everybody, held, areas = people.people(tx), people.all_grants(tx), people.areas(tx)
    rows = [(row, role_words.of(current.as_person(row, list(held.get(row.id, []))), areas)) for row in everybody]
    here, gone = [one for one in rows if one[0].is_active], [one[0] for one in rows if not one[0].is_active]
    return render_template("people.html", here=here, gone=gone, nobody=role_words.nobody_holds())


@pages.get("/add")
@may("administrator")
def add_page() -> Answer:
    """The form for a new person."""
    return _add_page({}, {})


@pages.post("/add")
@may("administrator")
def add() -> Answer:
    """Add a person, with a first password that is shown once."""
    given = {name: request.form.get(name, "").strip() for name in ("name", "sign_in", "email", "kind")}
    problems = _problems_with(given)
    if problems:
        return _add_page(given, problems), 400
    password = passwords.made_up()
    try:
        with current.database().writing() as tx:
            row = people.add_person(
                tx,
                given["sign_in"],
                name=given["name"],
                email=given["email"],
                password_hash=passwords.hashed(password),
                now=current.now(),
                is_administrator=given["kind"] == "administrator",
                is_auditor=given["kind"] == "auditor",
            )
            _record(tx, row.id, "added_person", now={**given, "sign_in": row.sign_in})
    except people.SignInTaken:
        taken = "Somebody already signs in by that name. Choose another"
        return _add_page(given, {"sign_in": taken}), 400
    return render_template("people_password.html", row=row, password=password, is_new=True)


@pages.get("/<int:person_id>")
@may("administrator")
def one(person_id: int) -> Answer:
    """One person: roles, what may be changed, and what was."""
    return _one_page(person_id)


@pages.post("/<int:person_id>/roles")
@may("administrator")
def give(person_id: int) -> Answer:
    """Give a role under a policy, for one area or for all."""
    row = _row(person_id)
    policy, _, role = request.form.get("role", "").partition(":")
    given = GrantRow(policy, role, request.form.get("area", ""))
    if problem := _why_not(row, given):
        return _one_page(person_id, [{"text": problem, "href": "#role"}]), 400
    with current.database().writing() as tx:
        was = _held(tx, person_id)
        people.give_grant(tx, person_id, given=given)
        _record(tx, person_id, "gave_role", was=was, now=_held(tx, person_id))
    flash(f"{row.name} has the role now.")
    return redirect(url_for("people.one", person_id=person_id))


@pages.post("/<int:person_id>/roles/take")
@may("administrator")
def take(person_id: int) -> Answer:
    """Take a role away."""
    row = _row(person_id)
    taken = GrantRow(*(request.form.get(name, "") for name in ("policy", "role", "area")))
    with current.database().writing() as tx:
        was = _held(tx, person_id)
        if people.take_grant(tx, person_id, taken=taken):
            _record(tx, person_id, "took_role", was=was, now=_held(tx, person_id))
    flash(f"{row.name} no longer has that role.")
    return redirect(url_for("people.one", person_id=person_id))


@pages.post("/<int:person_id>/password")
@may("administrator")
def new_password(person_id: int) -> Answer:
    """Give a new password, shown once; the person's sessions end."""
    row, password = _row(person_id), passwords.made_up()
    with current.database().writing() as tx:
        people.set_password(tx, person_id, password_hash=passwords.hashed(password))
        _record(tx, person_id, "new_password")
    return render_template("people_password.html", row=row, password=password, is_new=False)


@pages.post("/<int:person_id>/leave")
@may("administrator")
def leave(person_id: int) -> Answer:
    """The person has left: signed out at once, roles gone, tasks back with their teams."""
    row = _row(person_id)
    if person_id == current.person_id():
        problem = "You cannot say of yourself that you have left. Ask another administrator"
        return _one_page(person_id, [{"text": problem}]), 400
    with current.database().writing() as tx:
        was = _held(tx, person_id)
        released = people.leave(tx, person_id)
        _record(tx, person_id, "left", was=was, now=[], released=released)
    tasks = f" {wording.count(released, 'task')} went back to the team." if released else ""
    flash(f"{row.name} can no longer sign in.{tasks}")
    return redirect(url_for("people.page"))


@pages.post("/<int:person_id>/return")
@may("administrator")
def come_back(person_id: int) -> Answer:
    """A leaver is back, without roles yet."""
    row = _row(person_id)
    with current.database().writing() as tx:
        people.come_back(tx, person_id)
        _record(tx, person_id, "came_back", was="left", now="here, without a role")
    flash(f"{row.name} can sign in again. Give the roles anew.")
    return redirect(url_for("people.one", person_id=person_id))


@pages.get("/areas")
@may("administrator")
def areas() -> Answer:
    """The service areas there are."""
    return _areas_page("", "")


@pages.post("/areas")
@may("administrator")
def add_area() -> Answer:
    """Add a service area."""
    title = " ".join(request.form.get("title", "").split())
    key = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    if not key or len(title) > LONGEST_NAME:
        return _areas_page(title, "Enter a name for the area, in letters or digits"), 400
    with current.database().writing() as tx:
        if key in people.areas(tx):
            return _areas_page(title, "There is an area of that name already"), 400
        people.put_area(tx, key, title=title)
        said = {"now": title}
        acts.record_act(tx, current.person_id(), what="added_area", about=f"area {key}", now=current.now(), detail=said)
    flash(f"{title} is an area now.")
    return redirect(url_for("people.areas"))


def _problems_with(given: dict[str, str]) -> dict[str, str]:
    problems = {}
    if not given["name"] or len(given["name"]) > LONGEST_NAME:
        problems["name"] = "Enter the person's name"
    if not re.fullmatch(r"[A-Za-z0-9._@+-]{2,80}", given["sign_in"]):
        problems["sign_in"] = "Enter a sign-in name of letters, digits, dots and hyphens, such as j.smith"
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", given["email"]):
        problems["email"] = "Enter an e-mail address, such as name@example.org"
    if given["kind"] not in KINDS:
        problems["kind"] = "Choose what the person does"
    return problems


def _why_not(row: PersonRow, given: GrantRow) -> str:
    """Why the role cannot be given, in a sentence; empty where it can."""
    if row.is_administrator or row.is_auditor:
        kind = "administrator, who cannot read cases" if row.is_administrator else "auditor, who cannot change cases"
        return f"{row.name} is an {kind}. Add a person of their own for the role"
    if not row.is_active:
        return f"{row.name} has left. Let them back first"
    if given.policy not in current.office().policies():
        return "Choose a role"
    if given.role in ROLES_WITHOUT_CASES:
        of = "disposal" if given.role in RECORDS_ROLES else "the policy studio"
        return f"A role of {of} is for the whole policy. Choose all areas" if given.area else ""
    titles = (current.role_titles(), role_words.coming())
    if not any(given.role in known.get(given.policy, {}) for known in titles):
        return "Choose a role"
    with current.database().reading() as tx:
        return "" if not given.area or given.area in people.areas(tx) else "Choose an area"


def _row(person_id: int) -> PersonRow:
    with current.database().reading() as tx:
        return people.person_by_id(tx, person_id) or abort(404)


def _one_page(person_id: int, problems: list[dict[str, str]] | None = None) -> str:
    row = _row(person_id)
    with current.database().reading() as tx:
        grants, area_titles = people.grants_of(tx, person_id), people.areas(tx)
        recent = acts.acts(tx, about=f"person {person_id}", limit=MOST_ACTS)
        names = {other.id: other.name for other in people.people(tx)}
    return render_template(
        "people_one.html",
        row=row,
        grants=[(one, role_words.grant(Grant(one.policy, one.role, one.area), area_titles)) for one in grants],
        roles=_roles(),
        areas=area_titles,
        recent=[
            (SAID.get(act.what, wording.plain(act.what)), act, names.get(act.person_id or 0, "")) for act in recent
        ],
        problems=problems or [],
    )


def _roles() -> dict[str, str]:
    """`policy:role` and the words for it, by landlord: those of its cases, of approved drafts, and those that open no
    case."""
    landlords, coming = current.office().policies(), role_words.coming()
    found = {}
    for policy, titles in sorted(current.role_titles().items()):
        later = {key: f"{title} (of an approved draft)" for key, title in coming.get(policy, {}).items()}
        of_policy = {**titles, **later, **ROLES_WITHOUT_CASES}
        found |= {f"{policy}:{role}": f"{title}, {landlords[policy]}" for role, title in of_policy.items()}
    return found


def _add_page(given: dict[str, str], problems: dict[str, str]) -> str:
    listed = [{"text": text, "href": f"#{name}"} for name, text in problems.items()]
    return render_template("people_add.html", given=given, wrong=problems, problems=listed, kinds=KINDS)


def _areas_page(title: str, problem: str) -> str:
    with current.database().reading() as tx:
        there = people.areas(tx)
    problems = [{"text": problem, "href": "#title"}] if problem else []
    return render_template("people_areas.html", areas=there, title=title, problems=problems)


def _held(tx: Transaction, person_id: int) -> list[str]:
    """The roles a person holds, as the record names them."""
    return [f"{one.policy} {one.role}, {one.area or 'all areas'}" for one in people.grants_of(tx, person_id)]


def _record(tx: Transaction, person_id: int, what: str, **detail: object) -> None:
    acts.record_act(
        tx, current.person_id(), what=what, about=f"person {person_id}", now=current.now(), detail=detail or None
    )
