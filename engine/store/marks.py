"""What cases are found by: written beside their deadlines, and read a page at a time, newest first, by index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, insert, or_, select, tuple_

from engine.store.database import Database, Transaction
from engine.store.schema import case_event, case_mark, complaint_case

PAGE = 50
IN_A_FILE = 5000  #: lines read at a time for a file
#: Where a page ended: the day, the case, the number and the key of its last line.
Cursor = tuple[date, int, int, str]


@dataclass(frozen=True, slots=True)
class MarkRow:
    """Something a case is found by; see `governance_tables` for what each column holds."""

    kind: str
    number: int
    key: str
    day: date
    until: date | None = None
    days: int | None = None
    version_id: int | None = None

    @property
    def place(self) -> tuple[str, int, str]:
        """Which of the marks of its case it is."""
        return self.kind, self.number, self.key


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark with its case, and the event that brought it about, as a list shows them."""

    case_id: int
    kind: str
    number: int
    key: str
    day: date
    until: date | None
    days: int | None
    version_id: int | None
    reference: str
    policy: str
    governed_by: int | None
    resident: str
    brief: str
    area: str | None
    status: str
    received: datetime
    event: str
    happened: datetime
    recorded: datetime
    by_name: str

    @property
    def cursor(self) -> Cursor:
        return self.day, self.case_id, self.number, self.key


@dataclass(frozen=True, slots=True)
class Sought:
    """What is sought: marks of a kind, by their day from `first` to `last`; those that held on a day; of a version; at
    least so many days; of that event of its case; of a policy. `passed`: only those whose day is before that one."""

    kind: str
    first: date | None = None
    last: date | None = None
    held_on: date | None = None
    version_id: int | None = None
    least_days: int = 0
    number: int = 0
    policy: str = ""
    passed: date | None = None


COLUMNS = tuple(field.name for field in fields(MarkRow))
_OF_CASE = case_mark.c.case_id == bindparam("of_case")
_READ = select(*(case_mark.c[name] for name in COLUMNS)).where(_OF_CASE)
_UNMARKED = select(complaint_case.c.id).where(~exists().where(case_mark.c.case_id == complaint_case.c.id))
_PLACE = (case_mark.c.day, case_mark.c.case_id, case_mark.c.number, case_mark.c.key)
_LINE = (
    select(
        case_mark.c.case_id, *(case_mark.c[name] for name in COLUMNS), complaint_case.c.reference,
        complaint_case.c.policy, complaint_case.c.version_id.label("governed_by"), complaint_case.c.resident,
        complaint_case.c.brief, complaint_case.c.area, complaint_case.c.status, complaint_case.c.received,
        case_event.c.name, case_event.c.happened, case_event.c.recorded, case_event.c.by_name,
    )
    .join(complaint_case, complaint_case.c.id == case_mark.c.case_id)
    .join(case_event, (case_event.c.case_id == case_mark.c.case_id) & (case_event.c.number == case_mark.c.number))
)  # fmt: skip


def keep_marks(tx: Transaction, case_id: int, rows: Iterable[MarkRow]) -> None:
    """Make these the marks of the case; what is there already is not touched."""
    wanted = {row.place: row for row in rows}
    have = {row.place: row for row in marks_of(tx, case_id)}
    for place in [place for place, row in have.items() if wanted.get(place) != row]:
        kind, number, key = place
        this = (case_mark.c.kind == kind, case_mark.c.number == number, case_mark.c.key == key)
        tx.execute(delete(case_mark).where(case_mark.c.case_id == case_id, *this))
    new = [row for place, row in wanted.items() if have.get(place) != row]
    if new:
        tx.execute(insert(case_mark), [_values(case_id, row) for row in new])


def marks_of(tx: Transaction, case_id: int) -> tuple[MarkRow, ...]:
    """The stored marks of a case, in the order of their places."""
    rows = (MarkRow(*row) for row in tx.execute(_READ, {"of_case": case_id}))
    return tuple(sorted(rows, key=lambda row: row.place))


def unmarked(tx: Transaction, limit: int) -> list[int]:
    """Cases that have no mark yet, those registered first, at most so many."""
    return list(tx.execute(_UNMARKED.order_by(complaint_case.c.id).limit(limit)).scalars())


def page_of_marks(
    tx: Transaction, sought: Sought, *, after: Cursor | None = None, size: int = PAGE
) -> tuple[list[MarkLine], Cursor | None]:
    """A page of what is sought, the newest first, and where the next one begins; None on the last."""
    place = _places(sought, size + 1, after).subquery()
    this = (case_mark.c.case_id == place.c.case_id) & (case_mark.c.number == place.c.number)
    this &= (case_mark.c.key == place.c.key) & (case_mark.c.kind == sought.kind)
    query = _LINE.join(place, this).order_by(*(column.desc() for column in _PLACE))
    found: list[Any] = list(tx.execute(query))
    lines = [MarkLine(*row) for row in found[:size]]
    return lines, lines[-1].cursor if len(found) > size else None


def every_mark(database: Database, sought: Sought) -> Iterator[MarkLine]:
    """All that is sought, the newest first, some thousand at a time: for a file."""
    after: Cursor | None = None
    while True:
        with database.reading() as tx:
            lines, after = page_of_marks(tx, sought, after=after, size=IN_A_FILE)
        yield from lines
        if after is None:
            return


def count_of_marks(tx: Transaction, sought: Sought, most: int) -> int:
    """How many there are of what is sought, counted no further than `most`."""
    return len(tx.execute(_places(sought, most)).all())


def _places(sought: Sought, size: int, after: Cursor | None = None) -> Select[Any]:
    """Where the next so many of them stand, the newest first: a question that an index answers by itself."""
    query = select(*_PLACE)
    if sought.policy:
        query = query.join(complaint_case, complaint_case.c.id == case_mark.c.case_id)
    if after:
        query = query.where(tuple_(*_PLACE) < tuple_(*after))
    return _sought(query, sought).order_by(*(column.desc() for column in _PLACE)).limit(size)


def _sought(query: Select[Any], sought: Sought) -> Select[Any]:
    mark, on = case_mark.c, sought.held_on or date.min
    conditions = [
        (sought.first, mark.day >= (sought.first or date.min)),
        (sought.last, mark.day <= (sought.last or date.max)),
        (sought.held_on, and_(mark.day <= on, or_(mark.until.is_(None), mark.until > on))),
        (sought.version_id, mark.version_id == sought.version_id),
        (sought.least_days, mark.days >= sought.least_days),
        (sought.number, mark.number == sought.number),
        (sought.policy, complaint_case.c.policy == sought.policy),
        (sought.passed, mark.day < (sought.passed or date.max)),
    ]
    return query.where(mark.kind == sought.kind, *(condition for value, condition in conditions if value))


def _values(case_id: int, row: MarkRow) -> dict[str, Any]:
    return {"case_id": case_id} | {name: getattr(row, name) for name in COLUMNS}
