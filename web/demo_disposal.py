"""The disposal of the demonstration: each landlord has a records keeper and a records approver and has decided how long
its cases are kept; where an old case is due, one is asked for and the next is held back.
"""

from __future__ import annotations

from datetime import datetime

from faker import Faker

from engine import disposal, retention
from engine.events import local_day
from engine.office import Office
from engine.rights import KEEPER
from engine.store import disposals
from web import demo_people
from web.demo_people import Member

SIX_YEARS, THREE_YEARS = 2192, 1096
SHORT = (retention.NO_COMPLAINT, retention.WITHDRAWN)
WHY = "Made up for the demonstration: no source gives a period."
HELD = "A claim about the same home is before the court."


def begin(office: Office, seed: int, now: datetime) -> list[Member]:
    """Add its people, whose names do not depend on the caseload, and do what they would have done by now."""
    fake = Faker("en_GB")
    fake.seed_instance(f"{seed} records")
    with office.database.writing() as tx:
        members = demo_people.add_records_people(tx, office, fake, now)
    for policy in office.policies():
        keeper = next(one.person for one in members if one.person.records_policies(KEEPER) == {policy})
        given = {key: str(THREE_YEARS if key in SHORT else SIX_YEARS) for key in retention.CLASSES}
        retention.change(office, keeper, policy, given, WHY, now)
        with office.database.reading() as tx:
            due, _ = disposals.due(tx, policy, disposal.closed_by(tx, policy, local_day(now)))
        disposal.ask(office, keeper, [one.reference for one in due[:1]], now)
        for one in due[1:2]:
            disposal.hold(office, keeper, one.reference, HELD, now)
    return members
