"""Moving live cases to another version of their policy together, taking it back, and the switch that allows it.

Only those who decide about a case move it (`web.case_rights`); the rest of a group is left out and named. Nothing is
written before it was seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import case_moves, steps
from engine.case_files import CaseFile
from engine.case_moves import BREACHES, MOST_AT_ONCE, MOVES, STAYS, Group, Move
from engine.events import at
from engine.policy import PolicyVersion
from engine.refusals import BadAnswers, Refused
from engine.store import impacts, people
from engine.store.case_rows import CaseRow
from web import acting, case_rights, current, event_words, impact_words, wording
from web.access import may

pages = Blueprint("policy_moves", __name__)

Answer = str | Response | tuple[str, int]
AT_ONCE = 50

KINDS = {
    MOVES: ("Could move", "green"),
    BREACHES: ("Would have a broken promise", "orange"),
    STAYS: ("Cannot move", "grey"),
}


@dataclass(frozen=True)
class Line:
    """A case as the page shows it: what moving it would do."""

    reference: str
    resident: str
    kind: str
    mark: str
    colour: str
    told: tuple[str, ...]
    seen: int


@pages.route("/policies/<policy>/moves", methods=["GET", "POST"])
@may("caseworker")
def page(policy: str) -> Answer:
    """The live cases of a policy that this person decides about, and what moving them to a version would do."""
    versions = _versions(policy)
    if request.method == "GET":
        return _page(policy, versions)
    chosen = request.form.getlist("case")[: MOST_AT_ONCE + 1]
    reason, to = " ".join(request.form.get("reason", "").split()), _version(versions, request.form.get("to", ""))
    problems = _missing(chosen, reason)
    if problems:
        return _page(policy, versions, to, chosen, reason, problems), 400
    _refuse_what_they_do_not_see(chosen)
    try:
        if request.form.get("step") == "save":
            return _saved(policy, chosen, to, reason)
        return _preview(policy, chosen, to, reason)
    except (Refused, BadAnswers) as refused:
        return _page(policy, versions, to, chosen, reason, [{"text": str(refused)}]), 409


@pages.route("/policies/<policy>/moves/<group>", methods=["GET", "POST"])
@may("caseworker")
def group(policy: str, group: str) -> Answer:
    """Cases that were moved together, and taking that back."""
    _versions(policy)
    there = next((one for one in case_moves.groups(current.office(), policy) if one.key == group), None) or abort(404)
    if request.method == "GET":
        return _group(policy, there)
    reason = " ".join(request.form.get("reason", "").split())
    try:
        done = case_moves.undo_group(
            current.office(), policy, group, current.person(), current.now(), reason=reason, may=_may
        )
    except BadAnswers as bad:
        problems = [{"text": words, "href": f"#{name}"} for name, words in bad.errors.items()]
        return _group(policy, there, reason, problems), 400
    except Refused as refused:
        return _group(policy, there, reason, [{"text": str(refused)}]), 409
    left = f" {wording.count(len(done.left_out), 'case')} could not be taken back." if done.left_out else ""
    flash(f"Taken back for {wording.count(len(done.moved), 'case')}.{left}")
    return redirect(url_for("policy_moves.group", policy=policy, group=group))


@pages.route("/settings/moving-cases", methods=["GET", "POST"])
@may("administrator")
def setting() -> Answer:
    """Whether cases may be moved between versions at all. Off by default; each change is recorded."""
    office = current.office()
    if request.method == "GET":
        return render_template("moving_setting.html", is_on=case_moves.is_on(office), problems=[])
    wanted = request.form.get("moving", "")
    if wanted not in ("on", "off"):
        problems = [{"text": "Choose whether cases may be moved", "href": "#moving"}]
        return render_template("moving_setting.html", is_on=case_moves.is_on(office), problems=problems), 400
    case_moves.turn(office, current.person(), current.now(), on=wanted == "on")
    flash("Cases may be moved between versions now." if wanted == "on" else "Cases stay under their version now.")
    return redirect(url_for("policy_moves.setting"))


def _versions(policy: str) -> list[PolicyVersion]:
    """The versions of the policy, the newest first; none such, or no work in it, is a 404."""
    found = list(reversed(current.office().versions_of(policy)))
    return found if found and current.person().may_log(policy) else abort(404)


def _version(versions: list[PolicyVersion], name: str) -> PolicyVersion:
    return next((one for one in versions if one.version == name), versions[0])


def _refuse_what_they_do_not_see(chosen: list[str]) -> None:
    """A case that is out of this person's sight is a 404, as everywhere."""
    for reference in chosen:
        steps.seen_by(current.office(), reference, current.person(), current.now())


def _may(file: CaseFile) -> bool:
    return current.person().may_see(file.policy, file.area) and case_rights.may_decide(current.person(), file)


def _missing(chosen: list[str], reason: str) -> list[dict[str, str]]:
    found = []
    if not chosen:
        found.append({"text": "Choose at least one case", "href": "#cases"})
    if len(chosen) > MOST_AT_ONCE:
        found.append({"text": f"Choose at most {MOST_AT_ONCE} cases at once", "href": "#cases"})
    if not reason:
        found.append({"text": "Say why they are moved", "href": "#reason"})
    return found


def _page(
    policy: str,
    versions: list[PolicyVersion],
    to: PolicyVersion | None = None,
    chosen: list[str] | None = None,
    reason: str = "",
    problems: list[dict[str, str]] | None = None,
) -> str:
    office, is_on = current.office(), case_moves.is_on(current.office())
    to = to or _version(versions, request.args.get("to", ""))
    start = max(0, request.args.get("from", 0, type=int) or 0)
    rows = _live(policy, to) if is_on else []
    shown = rows[start : start + AT_ONCE]
    moves = _previewed([row.reference for row in shown], to) if shown else []
    return render_template(
        "policy_moves.html",
        policy=policy,
        landlord=office.policies()[policy],
        versions=versions,
        to=to,
        is_on=is_on,
        off=case_moves.OFF,
        lines=[_line(one, to) for one in moves],
        count=len(rows),
        start=start,
        following=start + AT_ONCE if start + AT_ONCE < len(rows) else None,
        chosen=chosen or [],
        reason=reason,
        problems=problems or [],
        deciders=case_rights.deciding_titles(policy),
        groups=[(one, _who(one)) for one in case_moves.groups(office, policy)],
    )


def _live(policy: str, to: PolicyVersion) -> list[CaseRow]:
    """The cases of the policy that are not closed, are under another version and lie in this person's sight."""
    office, who = current.office(), current.person()
    never = at(current.today())
    with office.database.reading() as tx:
        rows = impacts.rows_of(tx, impacts.ids_of_cases(tx, policy, never, never))
    other = [one for one in rows if one.version_id is not None and one.version_id != office.version_id(to)]
    return [one for one in other if who.may_see(policy, one.area or "") and not one.restricted]


def _previewed(references: list[str], to: PolicyVersion) -> list[Move]:
    return case_moves.previewed(current.office(), references, to.version, current.person(), current.now(), may=_may)


def _preview(policy: str, chosen: list[str], to: PolicyVersion, reason: str) -> str:
    moves = _previewed(chosen, to)
    return render_template(
        "policy_moves_check.html",
        policy=policy,
        landlord=current.office().policies()[policy],
        to=to,
        reason=reason,
        going=[_line(one, to) for one in moves if one.kind != STAYS],
        staying=[_line(one, to) for one in moves if one.kind == STAYS],
        request_key=acting.new_request_key(),
        problems=[],
    )


def _saved(policy: str, chosen: list[str], to: PolicyVersion, reason: str) -> Response:
    key = request.form.get("request_key", "")
    if not re.fullmatch(r"[\w-]{16,40}", key, re.ASCII):
        key = acting.new_request_key()
    done = case_moves.move_group(
        current.office(), chosen, to.version, current.person(), current.now(),
        reason=reason, group=key, may=_may, seen=_seen(chosen),
    )  # fmt: skip
    left = f" {wording.count(len(done.left_out), 'case')} left out." if done.left_out else ""
    flash(f"{wording.count(len(done.moved), 'case')} moved to {to.title} ({to.version}).{left}")
    return redirect(url_for("policy_moves.group", policy=policy, group=key))


def _seen(chosen: list[str]) -> Mapping[str, int]:
    """The number of each case's last event as the preview had it."""
    sent = {reference: request.form.get(f"seen:{reference}", "") for reference in chosen}
    return {one: int(number) for one, number in sent.items() if re.fullmatch(r"[0-9]{1,9}", number, re.ASCII)}


def _group(policy: str, there: Group, reason: str = "", problems: list[dict[str, str]] | None = None) -> str:
    versions = current.office().versions_of(policy)
    to = next((one.title for one in versions if one.version == there.version), there.version)
    return render_template(
        "policy_moves_group.html",
        policy=policy,
        landlord=current.office().policies()[policy],
        group=there,
        title=to,
        who=_who(there),
        reason=reason,
        problems=problems or [],
    )


def _who(one: Group) -> str:
    if one.by_id is None:
        return ""
    with current.database().reading() as tx:
        row = people.person_by_id(tx, one.by_id)
    return row.name if row else ""


def _line(one: Move, to: PolicyVersion) -> Line:
    mark, colour = KINDS[one.kind]
    row, words = one.file.row, impact_words.Words(to, one.file.governing.version)
    told = [] if one.kind == STAYS else _told(one, words)
    why = [_why(one, to)] if one.why else []
    return Line(
        one.reference, row.resident if row else "", one.kind, mark, colour, (*why, *told),
        one.file.record[-1].number if one.file.record else 0,
    )  # fmt: skip


def _told(one: Move, words: impact_words.Words) -> list[str]:
    broken = [f"{words.deadline(key)}: broken under that version" for key in one.impact.gained]
    rows = [(each.key, _iso(each.was), _iso(each.now)) for each in one.impact.dates]
    return [*broken, *(impact_words.moves(rows, words) or ["No date moves"])]


def _why(one: Move, to: PolicyVersion) -> str:
    if not one.impact.departed:
        return one.why
    first = one.impact.departed[0]
    governs = one.file.governing.version
    stage = first.event.rpartition(".")[0]
    title = event_words.title(to if not stage or to.has_stage(stage) else governs, first.event)
    return f"{title}, on {wording.day(first.day)}, could not have happened under that version."


def _iso(day: object) -> str | None:
    return day.isoformat() if hasattr(day, "isoformat") else None
