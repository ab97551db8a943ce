"""The homes of the demonstration's landlords, so that CH01 has something to divide by: made up, as everything in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from engine import measure_years
from engine.events import local_day
from engine.office import Office
from engine.report_periods import reporting_year
from web.demo_people import Member

RENTED, OWNED, MORE_EACH = 5_800, 310, 2_450


def enter(office: Office, members: Iterable[Member], now: datetime) -> None:
    """Its administrator enters the homes of each landlord for this reporting year and the one before."""
    administrator = next(one.person for one in members if one.person.is_administrator)
    this_year, _ = reporting_year(local_day(now))
    for place, policy in enumerate(sorted(office.policies())):
        for year in (this_year.year - 1, this_year.year):
            given = {
                "homes_rental": str(RENTED + place * MORE_EACH),
                "homes_ownership": str(OWNED),
                "divides_by": measure_years.USUAL,
            }
            measure_years.enter(office, administrator, policy, measure_years.first_day(year), given, now)
