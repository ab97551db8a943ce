"""The case on one page, and finding a case.

The page shows where the case stands, its dates with their working, everything that happened, and its people; a button
for each thing that may happen now. Private details are shown only when asked for by somebody who may see them, and
each view is recorded (`engine.store.acts`).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import case_moves, steps
from engine.case_files import NO_VERSION, OVER_BUDGET, CaseFile
from engine.dated_data import Contact, contact_on
from engine.events import local_day
from engine.policy import PolicyVersion
from engine.rights import Person
from engine.store import acts, register
from engine.store.register import Cursor, Sight
from web import (
    case_dates,
    case_documents,
    case_people,
    case_rights,
    case_standing,
    case_timeline,
    current,
    letters_begun,
    names,
    wording,
)
from web.access import may

pages = Blueprint("cases", __name__, url_prefix="/cases")

STATUSES = ("open", "answered", "closed")
LONGEST_SEARCH = 200
LAW = ("ombudsman_wait", "designated_person")

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("case_reader")
def find() -> Answer:
    """Find a case by reference, name or address, or look through them, the latest logged first."""
    who, policies = current.person(), _policies(current.person())
    text = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    statuses = [one for one in request.args.getlist("status") if one in STATUSES]
    policy = request.args.get("policy", "")
    policy = policy if policy in policies else ""
    is_held = request.args.get("held") == "yes"
    with current.database().reading() as tx:
        found = register.page_of_cases(
            tx,
            _sight(who, policy),
            text=text or None,
            statuses=statuses,
            only_held=is_held,
            after=_cursor(request.args.get("after", "")),
        )
    given: dict[str, Any] = {"q": text or None, "status": statuses, "policy": policy or None}
    given["held"] = "yes" if is_held else None
    return render_template(
        "cases_find.html",
        text=text,
        statuses=statuses,
        policy=policy,
        is_held=is_held,
        policies=policies,
        known_statuses=STATUSES,
        cases=[_line(one) for one in found.cases],
        chosen=_chosen(given, policies),
        first_url=url_for("cases.find", **given) if request.args.get("after") else None,
        next_url=url_for("cases.find", **given, after=_written(found.after)) if found.after else None,
    )


@pages.get("/<reference>")
@may("case_reader")
def page(reference: str) -> Answer:
    """One case, without what is private."""
    return _page(_opened(reference), with_private=False)


@pages.post("/<reference>/private")
@may("caseworker")
def private(reference: str) -> Answer:
    """The same page with the resident's private details, for who may see them. The view is recorded."""
    file, who = _opened(reference), current.person()
    if not case_rights.may_see_private(who, file):
        abort(403)
    with current.database().writing() as tx:
        about = f"case {file.reference}"
        acts.record_act(tx, current.person_id(), what="viewed_private_details", about=about, now=current.now())
    return _page(file, with_private=True)


def _opened(reference: str) -> CaseFile:
    """The case, or a 404 where there is none that this person may see."""
    return steps.seen_by(current.office(), reference, current.person(), current.now())


def _page(file: CaseFile, *, with_private: bool) -> str:
    who, version, row = current.person(), file.governing.version, file.row
    assert row is not None
    details = case_people.private(file)
    may_see = case_rights.may_see_private(who, file)
    papers, (show, order) = case_documents.rows(file), _asked_to_show()
    return render_template(
        "case.html",
        file=file,
        row=row,
        version=version,
        landlord=current.office().policies()[file.policy],
        complaint=case_people.complaint(file),
        status=case_standing.status(file),
        stage=names.stage(version, file.standing.stage) if version else "",
        tasks=case_standing.tasks(file),
        buttons=case_standing.buttons(file, who),
        recordable=case_standing.recordable(file, who),
        begun=letters_begun.lines(file, who),
        figures=case_standing.figures(file),
        dates=case_dates.lines(file),
        timeline=case_timeline.entries(file, papers, show=show, order=order),
        shown=_shown(file.reference, show, order),
        documents=[case_documents.line(row) for row in reversed(papers)],
        panel=case_documents.panel_stage(file),
        may_act=case_rights.may_act(who, file),
        resident=case_people.resident(file),
        representative=case_people.representative(file),
        handlers=case_people.handlers(file),
        private=details if with_private and may_see else [],
        has_private=bool(details),
        shows_private=with_private and may_see,
        may_see_private=may_see,
        may_correct=case_rights.may_correct(who, file) and file.hold != OVER_BUDGET,
        may_decide=case_rights.may_decide(who, file),
        was_moved=any(event.name == "moved_to" for event in file.record),
        may_move=case_moves.is_on(current.office()),
        deciding=case_rights.deciding_titles(file.policy),
        is_without_version=file.hold == NO_VERSION,
        area=_area(file),
        ombudsman=ombudsman(version),
        law=[current.office().shelf.law[key] for key in LAW] if version and _is_legacy(version) else [],
    )


def _asked_to_show() -> tuple[str, str]:
    """Which lines of the chronology are asked for, and in which order."""
    show, order = request.args.get("show", ""), request.args.get("order", "")
    return show if show in case_timeline.SHOWS else "", order if order == case_timeline.OLDEST else ""


def _shown(reference: str, show: str, order: str) -> dict[str, Any]:
    """What there is to narrow the chronology to, and to turn it round: the words and the addresses."""

    def address(show: str, order: str) -> str:
        return url_for("cases.page", reference=reference, show=show or None, order=order or None, _anchor="timeline")

    kinds = [
        {"text": words, "href": address(key, order), "current": key == show}
        for key, words in case_timeline.SHOWS.items()
    ]
    other = "" if order else case_timeline.OLDEST
    turn = {"text": "Newest first" if order else "Oldest first", "href": address(show, other)}
    return {"kinds": kinds, "turn": turn, "is_narrowed": bool(show)}


def ombudsman(version: PolicyVersion | None) -> list[Contact]:
    """How to reach the ombudsman of a version today. Where the version does not name which, both are given."""
    title = next((one.title for one in version.stages if one.is_external), "") if version else ""
    keys = ["housing-ombudsman"]
    if version and "relevant" in title.lower():
        keys.append("local-government-ombudsman")
    contacts = current.office().shelf.contacts
    return [found for key in keys if (found := contact_on(contacts, key, current.today()))]


def _is_legacy(version: PolicyVersion) -> bool:
    return any(rule.ended_by_law for rule in version.deadlines)


def _area(file: CaseFile) -> str:
    form = current.office().complaint_form(file.policy, file.governing.version)
    question = form.field("service_area")
    return question.choices.get(file.area, wording.plain(file.area)) if question and file.area else ""


def _policies(who: Person) -> dict[str, str]:
    """The policies whose cases the person may see, and their landlords."""
    held = {grant.policy for grant in who.grants}
    return {key: name for key, name in current.office().policies().items() if who.is_auditor or key in held}


def _sight(who: Person, policy: str) -> Sight:
    if who.is_auditor:
        return Sight(((policy, ""),)) if policy else Sight(everything=True)
    return Sight(tuple((one.policy, one.area) for one in who.grants if policy in ("", one.policy)))


def _line(case: register.CaseLine) -> dict[str, Any]:
    versions = {one.id: one.book.version for one in current.office().shelved.values()}
    version = versions.get(case.version_id)
    status = "held" if case.hold else case.status
    how = wording.plain(case_standing.ENDINGS.get(case.ending or "", "")) if case.status == "closed" else ""
    return {
        "case": case,
        "mark": wording.state(status),
        "colour": wording.colour(status),
        "how": how,
        "stage": names.stage(version, case.stage) if version else "",
        "landlord": current.office().policies().get(case.policy, case.policy),
        "received": local_day(case.received),
        "is_overdue": bool(case.due and case.due < current.today()),
    }


def _chosen(given: dict[str, Any], policies: dict[str, str]) -> list[dict[str, str]]:
    """Each filter in force, with the address without it."""
    found = []
    if given["q"]:
        found.append({"text": f"\u201c{given['q']}\u201d", "href": url_for("cases.find", **given | {"q": None})})
    for one in given["status"]:
        rest = [other for other in given["status"] if other != one]
        found.append({"text": wording.state(one), "href": url_for("cases.find", **given | {"status": rest})})
    if given["policy"]:
        href = url_for("cases.find", **given | {"policy": None})
        found.append({"text": policies[given["policy"]], "href": href})
    if given["held"]:
        found.append({"text": "On hold", "href": url_for("cases.find", **given | {"held": None})})
    return found


def _written(after: Cursor) -> str:
    return f"{after[0].isoformat()}~{after[1]}"


def _cursor(text: str) -> Cursor | None:
    """Where the page before ended; None for what is no such place."""
    logged, _, number = text.partition("~")
    try:
        moment, place = datetime.fromisoformat(logged), int(number)
    except ValueError:
        return None
    return (moment, place) if moment.tzinfo and 0 < place < 2**31 else None
