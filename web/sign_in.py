"""Signing in and out, one's own page with its password, and what slows guessing down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.store import acts, people, sign_ins
from engine.store.people import PersonRow
from web import current, passwords, role_words
from web.access import local_path, may

pages = Blueprint("sign_in", __name__)

WAIT = timedelta(minutes=15)
MOST_FAILURES = 5  # by one name within that time
MOST_FROM_ONE_ADDRESS = 20  # an office's people share an address

WRONG = "The sign-in name or the password is not right"
TOO_MANY = "There were too many attempts to sign in. Wait 15 minutes, then try again"

Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class DemoPerson:
    """Someone of the demonstration, as the sign-in page lists them."""

    sign_in: str
    name: str
    does: str


@pages.get("/sign-in")
@may("anyone")
def page() -> Answer:
    """The form; in a demonstration also its people."""
    if g.person:
        return redirect("/")
    return _page(request.args.get("name", ""), local_path(request.args.get("next")))


@pages.post("/sign-in")
@may("anyone")
def enter() -> Answer:
    """Sign in, or say that name or password is wrong, or that it is time to wait."""
    name, password = request.form.get("sign_in", "").strip(), request.form.get("password", "")
    wanted = local_path(request.form.get("next"))
    with current.database().reading() as tx:
        must_wait = _must_wait(tx, name)
        row = people.person_by_sign_in(tx, name)
    if must_wait:
        return _page(name, wanted, TOO_MANY), 429
    is_theirs = passwords.fits(password[: passwords.LONGEST], row.password_hash if row else None)
    ok = is_theirs and row is not None and row.is_active
    with current.database().writing() as tx:
        sign_ins.record_attempt(tx, name[:200], ok=ok, from_address=_address(), now=current.now())
        if row and ok:
            _record(tx, row.id, "signed_in", row)
        else:
            _record_failure(tx, name, row, is_theirs=is_theirs)
    if not row or not ok:
        return _page(name, wanted, WRONG), 400
    _begin_session(row)
    return redirect(wanted or "/")


@pages.post("/sign-out")
@may("signed_in")
def out() -> Response:
    """Sign out."""
    with current.database().writing() as tx:
        _record(tx, current.person_id(), "signed_out")
    session.clear()
    flash("You have signed out.")
    return redirect(url_for("sign_in.page"))


@pages.get("/account")
@may("signed_in")
def account() -> Answer:
    """One's own name and roles, and a way to a new password."""
    return render_template("account.html", roles=role_words.mine(), problems=[])


@pages.post("/account/password")
@may("signed_in")
def change_password() -> Answer:
    """A new password; every other session of the person ends."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    with current.database().reading() as tx:
        row = people.person_by_id(tx, current.person_id())
    problems = []
    if row is None or not passwords.fits(old[: passwords.LONGEST], row.password_hash):
        problems.append({"text": "The present password is not right", "href": "#old"})
    if problem := passwords.why_not(new):
        problems.append({"text": problem, "href": "#new"})
    if problems or row is None:
        with current.database().writing() as tx:
            _record(tx, current.person_id(), "failed_password_change")
        roles = role_words.mine()
        return render_template("account.html", roles=roles, problems=problems), 400
    with current.database().writing() as tx:
        people.set_password(tx, row.id, password_hash=passwords.hashed(new))
        _record(tx, row.id, "changed_password", row)
        changed = people.person_by_id(tx, row.id)
    _begin_session(changed or row)
    flash("Your password is changed. You are signed out everywhere else.")
    return redirect(url_for("sign_in.account"))


def _page(name: str, wanted: str | None, problem: str = "") -> str:
    problems = [{"text": problem, "href": "#sign_in"}] if problem else []
    settings = current.settings()
    demo_people = _demo_people() if settings.is_demo else {}
    return render_template(
        "sign_in.html",
        name=name,
        wanted=wanted,
        problems=problems,
        demo_people=demo_people,
        demo_password=settings.demo_password,
    )


def _demo_people() -> dict[str, list[DemoPerson]]:
    """The people of the demonstration by landlord, those who can work a case to its end first."""
    with current.database().reading() as tx:
        held = people.all_grants(tx)
        rows = [row for row in people.people(tx) if row.is_active and row.password_hash]
        areas = people.areas(tx)
    by_landlord: dict[str, list[DemoPerson]] = {}
    landlords = current.office().policies()
    for row in rows:
        person = current.as_person(row, list(held.get(row.id, [])))
        policies = dict.fromkeys(grant.policy for grant in (*person.grants, *person.studio))
        of = " and ".join(landlords.get(policy, policy) for policy in policies) or "The whole installation"
        does = "; ".join(role_words.of(person, areas, with_landlord=len(policies) > 1))
        by_landlord.setdefault(of, []).append(DemoPerson(row.sign_in, row.name, does))
    for found in by_landlord.values():
        found.sort(key=lambda one: not one.does.startswith(role_words.EVERY_ROLE))
    return dict(sorted(by_landlord.items(), key=lambda each: each[0] == "The whole installation"))


def _must_wait(tx: people.Transaction, name: str) -> bool:
    since = current.now() - WAIT
    return (
        sign_ins.failures_for(tx, name, since=since) >= MOST_FAILURES
        or sign_ins.failures_from(tx, _address(), since=since) >= MOST_FROM_ONE_ADDRESS
    )


def _record_failure(tx: people.Transaction, name: str, row: PersonRow | None, *, is_theirs: bool) -> None:
    """Record a sign-in that failed, and that from now on one has to wait: by the name that was typed, never the
    password."""
    said = {"address": _address(), "name": _typed(name, row)}
    about = f"person {row.id}" if row else "sign-in"
    why = "This person has left." if is_theirs and row and not row.is_active else ""
    acts.record_act(tx, None, what="failed_sign_in", about=about, now=current.now(), detail={**said, "why": why})
    if _must_wait(tx, name):
        held = {**said, "minutes": WAIT.seconds // 60}
        acts.record_act(tx, None, what="held_off_sign_in", about=about, now=current.now(), detail=held)


def _typed(name: str, row: PersonRow | None) -> str:
    """The name as the record keeps it. What nobody signs in by may be a password typed into the wrong box: it is kept
    where it is shorter than any password, else its length is."""
    if row:
        return row.sign_in
    return name if len(name) < passwords.SHORTEST else f"nobody's: {len(name)} characters"


def _address() -> str:
    return request.remote_addr or "unknown"


def _begin_session(row: PersonRow) -> None:
    session.clear()
    session.permanent = True
    session[current.SESSION_PERSON], session[current.SESSION_EPOCH] = row.id, row.session_epoch


def _record(tx: people.Transaction, person_id: int, what: str, row: PersonRow | None = None) -> None:
    about = f"person {person_id if row is None else row.id}"
    acts.record_act(tx, person_id, what=what, about=about, now=current.now(), detail={"address": _address()})
