"""The pages of disposal: what is due, asked for, held back, and the periods; each with the way between them, for one
landlord.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, render_template, request, url_for

from engine import disposal, retention
from engine.disposal import MOST_AT_ONCE
from engine.retention import CLASSES
from engine.rights import KEEPER, RECORDS_APPROVER
from engine.store import acts, disposals
from engine.store.database import Transaction
from engine.store.disposals import ASKED, Cursor
from web import current, record_words

COUNTED = 1000
#: what leaves this program by its own way, by the act that says so
LEFT_BY = ("proof_made",)
Answer = str | tuple[str, int]


def due(problems: list[dict[str, str]]) -> str:
    """The closed cases whose time is over."""
    policy, there = shared("page")
    with current.database().reading() as tx:
        found, after = disposals.due(
            tx, policy, _days(tx, policy), after=_cursor(request.args.get("after", "")), size=MOST_AT_ONCE
        )
        kept = retention.periods(tx, policy)
    return render_template(
        "disposal_due.html",
        found=found,
        classes=CLASSES,
        has_periods=any(one.days is not None for one in kept),
        problems=problems,
        first_url=url_for("disposal.page", policy=policy) if request.args.get("after") else None,
        next_url=url_for("disposal.page", policy=policy, after=_written(after)) if after else None,
        **there,
    )


def asked(problems: list[dict[str, str]]) -> str:
    """What waits for approval."""
    policy, there = shared("asked")
    with current.database().reading() as tx:
        rows = disposals.requests(tx, policy, (ASKED,), size=MOST_AT_ONCE)
        held = {row.case_id for row in disposals.holds(tx, policy)}
    return render_template(
        "disposal_asked.html",
        rows=[(row, row.case_id in held, row.asked_by == current.person_id()) for row in rows],
        classes=CLASSES,
        problems=problems,
        **there,
    )


def confirm(chosen: list[int]) -> Answer:
    """What approving these requests will erase, before it is done."""
    policy, there = shared("asked")
    with current.database().reading() as tx:
        rows = [row for row in disposals.requests(tx, policy, (ASKED,), size=COUNTED) if row.id in chosen]
        outside = [
            line
            for row in rows
            for what in acts.acts(tx, about=f"case {row.reference}", limit=COUNTED)
            if what.what in LEFT_BY
            for line in [(row.reference, what.at, record_words.people_named().get(what.person_id or 0, "somebody"))]
        ]
    if not rows:
        return asked([{"text": "These requests are decided already", "href": "#requests"}]), 409
    return render_template("disposal_confirm.html", rows=rows, outside=outside, classes=CLASSES, **there)


def holds(problems: list[dict[str, str]]) -> str:
    """The holds in force, and a form for another."""
    policy, there = shared("holds")
    with current.database().reading() as tx:
        rows = disposals.holds(tx, policy)
    given = {name: request.form.get(name, "") for name in ("reference", "reason")} if problems else {}
    return render_template("disposal_holds.html", rows=rows, problems=problems, given=given, **there)


def periods(given: dict[str, str], errors: Any) -> str:
    """The periods, with what was typed and what is wrong with it."""
    policy, there = shared("periods")
    with current.database().reading() as tx:
        kept = retention.periods(tx, policy)
    return render_template(
        "disposal_periods.html",
        kept=kept,
        given=given,
        errors=errors,
        problems=[{"text": text, "href": f"#{name}"} for name, text in errors.items()],
        **there,
    )


def _policies() -> dict[str, str]:
    """The landlords whose disposal this person sees."""
    who = current.person()
    held = who.records_policies()
    return {key: name for key, name in current.office().policies().items() if who.is_auditor or key in held}


def policy_asked() -> str:
    """The landlord asked for, or the first there is. A 404 where this person sees none of that name."""
    there = _policies()
    wanted = request.values.get("policy") or next(iter(there), "")
    return wanted if wanted in there else abort(404)


def shared(here: str) -> tuple[str, dict[str, Any]]:
    """What every page of disposal shows: the landlord, the way between the pages, and what this person may do."""
    policy, who, landlords = policy_asked(), current.person(), _policies()
    with current.database().reading() as tx:
        counts = {
            "page": disposals.due_count(tx, policy, _days(tx, policy), COUNTED),
            "asked": len(disposals.requests(tx, policy, (ASKED,), size=COUNTED)),
            "holds": len(disposals.holds(tx, policy)),
        }
    titles = {"page": "Due", "asked": "Asked for", "holds": "Held back", "erased": "Decided", "periods": "Periods"}
    items = [
        {"text": title, "href": url_for(f"disposal.{name}", policy=policy), "current": name == here}
        | ({"count": counts[name]} if name in counts else {})
        for name, title in titles.items()
    ]
    return policy, {
        "policy": policy,
        "landlord": landlords[policy],
        "landlords": [
            (url_for(f"disposal.{here}", policy=key), name, key == policy) for key, name in landlords.items()
        ],
        "items": items,
        "may_ask": policy in who.records_policies(KEEPER),
        "may_approve": policy in who.records_policies(RECORDS_APPROVER),
        "may_hold": policy in who.records_policies(),
        "is_auditor": who.is_auditor,
    }


def _days(tx: Transaction, policy: str) -> list[tuple[str, date]]:
    return disposal.closed_by(tx, policy, current.today())


def _written(after: Cursor) -> str:
    return f"{after[0].isoformat()}~{after[1]}"


def _cursor(text: str) -> Cursor | None:
    """Where the page before ended; None for what is no such place."""
    day, _, number = text.partition("~")
    try:
        found = date.fromisoformat(day), int(number)
    except ValueError:
        return None
    return found if 0 < found[1] < 2**31 else None
