"""The homes a landlord had at the end of a reporting year, and which count CH02 divides by, as they were entered."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.store.database import Transaction
from engine.store.dialects import insert_for
from engine.store.schema import reporting_year


@dataclass(frozen=True, slots=True)
class YearRow:
    """A landlord's reporting year, by the day it begins. Homes are None until entered; `divides_by` is `received` or
    `answered`."""

    policy: str
    begins: date
    homes_rental: int | None
    homes_ownership: int | None
    divides_by: str


_COLUMNS = [reporting_year.c[name] for name in YearRow.__slots__]


def year(tx: Transaction, policy: str, begins: date) -> YearRow | None:
    """What was entered for a landlord's year, or None."""
    query = select(*_COLUMNS).where(reporting_year.c.policy == policy, reporting_year.c.begins == begins)
    row = tx.execute(query).one_or_none()
    return None if row is None else YearRow(*row)


def years(tx: Transaction) -> list[YearRow]:
    """Everything that was entered, the latest year first."""
    query = select(*_COLUMNS).order_by(reporting_year.c.begins.desc(), reporting_year.c.policy)
    return [YearRow(*row) for row in tx.execute(query)]


def put(tx: Transaction, row: YearRow) -> None:
    """Enter a landlord's year, over what was entered before."""
    values = {name: getattr(row, name) for name in YearRow.__slots__}
    adding = insert_for(tx, reporting_year).values(values)
    changed = {name: adding.excluded[name] for name in ("homes_rental", "homes_ownership", "divides_by")}
    tx.execute(adding.on_conflict_do_update(index_elements=["policy", "begins"], set_=changed))
