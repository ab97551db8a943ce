"""The draft of the demonstration: the council means to acknowledge in three working days in place of five, and is not
done yet. Its stories still say what was, so that whoever opens it sees both sides.
"""

from __future__ import annotations

from datetime import date, datetime

from engine import drafting, version_editing
from engine.drafting import Draft
from engine.events import local_day
from engine.office import Office
from web import demo_people
from web.demo_people import Member

POLICY = "council-housing"
CHANGED, WITHIN = "stage_1.acknowledgement", "3 working days"


def begin(office: Office, members: list[Member], now: datetime) -> Draft:
    """Begin it, in the name of whoever writes the council's policy, for the next first of April."""
    who = demo_people.author_of(members, POLICY)
    begins = next_april(local_day(now))
    draft = drafting.begin(
        office,
        POLICY,
        office.versions_of(POLICY)[-1].version,
        who,
        now,
        version=f"two-stage-{begins.year}",
        in_force_from=begins,
    )
    files = version_editing.set_deadline(draft.files, draft.path, CHANGED, within=WITHIN)
    return drafting.change(
        office,
        draft.row.id,
        who,
        now,
        files=version_editing.changes(draft.files, files),
        numbers=draft.numbers,
        what=f"{CHANGED}: within {WITHIN}",
    )


def next_april(today: date) -> date:
    """The first of April that comes next.

    >>> next_april(date(2026, 3, 11)), next_april(date(2026, 4, 1))
    (datetime.date(2026, 4, 1), datetime.date(2027, 4, 1))
    """
    return date(today.year + (today >= date(today.year, 4, 1)), 4, 1)
