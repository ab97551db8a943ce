"""The checkpoints of the record: one a day, where each was put, whether the chain holds, and how outsiders check it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for
from werkzeug.wrappers import Response as Answered

from engine import evidence, evidence_keeping
from engine.events import moment
from engine.store import acts, checkpoint_copies, outbox
from engine.store.acts import Act
from engine.store.checkpoint_copies import Listed, Mailed
from engine.store.database import Transaction
from web import cli_record, current, wording
from web.access import may

pages = Blueprint("checkpoints", __name__, url_prefix="/compliance/checkpoints")

Answer = str | Answered | tuple[str, int]
OLD = timedelta(days=1)
MAILED = {
    outbox.SENT: ("Sent", "green"),
    outbox.FAILED: ("Not sent", "red"),
    outbox.CANCELLED: ("Not sent", "red"),
    outbox.UNSURE: ("Perhaps sent", "orange"),
}


@dataclass(frozen=True)
class Line:
    """A checkpoint as the page shows it. `hash` is in groups of eight; `mail` is empty where it went by none."""

    number: int
    day: date
    made: datetime
    cases: int
    events: int
    acts: int
    hash: str
    in_folder: bool
    mail: str
    colour: str
    mail_says: str


@dataclass(frozen=True)
class Verified:
    """When the record was last verified, by whom, and with what result."""

    at: datetime
    by: str
    differences: int
    first: str
    with_folder: bool


@pages.get("")
@may("compliance")
def page() -> Answer:
    """The checkpoints, the newest first."""
    before = request.args.get("before", type=int)
    with current.database().reading() as tx:
        said, newest = checkpoint_copies.last_said(tx), next(iter(checkpoint_copies.page(tx, size=1)[0]), None)
        found, after = checkpoint_copies.page(tx, before=before if before and 0 < before < 2**31 else None)
        mails = checkpoint_copies.mails(tx, [evidence_keeping.mail_key(one.number, one.hash) for one in found])
        verified = _verified(tx)
    return render_template(
        "checkpoints.html",
        lines=[_line(one, said, mails.get(evidence_keeping.mail_key(one.number, one.hash))) for one in found],
        newest=newest,
        said=said,
        since=moment(said["since"]) if said.get("since") else None,
        warnings=_warnings(newest, said, verified),
        verified=verified,
        first_url=url_for("checkpoints.page") if before else None,
        next_url=url_for("checkpoints.page", before=after) if after else None,
    )


@pages.get("/<int:number>/file")
@may("compliance")
def file(number: int) -> Answered:
    """One checkpoint as the very text that is hashed: the SHA-256 of the file is the hash of the checkpoint."""
    with current.database().reading() as tx:
        row = checkpoint_copies.one(tx, number) if number < 2**31 else None
    if row is None:
        abort(404)
    name = f"checkpoint-{row.number:06d}-{row.day.isoformat()}.json"
    answer = Response(row.head.encode(), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _line(one: Listed, said: dict[str, Any], mail: Mailed | None) -> Line:
    counted = json.loads(one.head)
    mark, colour = MAILED.get(mail.status, ("Waiting", "blue")) if mail else ("", "")
    says = f"to {mail.to}, {wording.moment(mail.changed)}." if mail else ""
    return Line(
        number=one.number,
        day=one.day,
        made=one.made,
        cases=int(counted["cases"]),
        events=int(counted["events"]),
        acts=int(counted["acts"]),
        hash=evidence.in_groups(one.hash),
        in_folder=one.number <= int(said.get("number") or 0),
        mail=mark,
        colour=colour,
        mail_says=" ".join(text for text in (says, mail.said if mail else "") if text),
    )


def _verified(tx: Transaction) -> Verified | None:
    last: Act | None = next(iter(acts.acts(tx, about=cli_record.VERIFICATION, limit=1)), None)
    if last is None:
        return None
    said = last.detail or {}
    by, first = str(said.get("account") or ""), str(said.get("first") or "")
    return Verified(last.at, by, int(said.get("differences") or 0), first, bool(said.get("with_folder")))


def _warnings(newest: Listed | None, said: dict[str, Any], verified: Verified | None) -> list[str]:
    """What somebody should look into, a sentence each."""
    found = []
    if newest is None:
        found.append("There is no checkpoint yet. A worker makes one each day: see that one runs.")
    elif current.now() - newest.made > OLD:
        found.append(
            f"The newest checkpoint was made on {wording.moment(newest.made)}, more than a day ago. See that a worker "
            "runs: nothing recorded since is under a checkpoint."
        )
    if not said.get("folder"):
        found.append(
            "No worker has said into which folder it writes the checkpoints. They stand in the database alone."
        )
    elif said.get("by_default"):
        found.append(
            "Nobody has set the folder for the checkpoints, so they lie beside the database, where whoever changes the "
            "one can change the other. Name a folder on another machine: --checkpoints, or REDRESS_CHECKPOINTS."
        )
    if said.get("problem"):
        found.append(f"Something is wrong with the folder for the checkpoints. {said['problem']}")
    if verified is not None and verified.differences:
        found.append(f"When it was last verified, the record did not hold. {verified.first}")
    return found
