"""Reading a case on the command line: opened as of a moment for whoever asks, and noted in the record first."""

from __future__ import annotations

from datetime import datetime

from engine import case_files, governance
from engine.case_files import CaseFile
from engine.events import ZONE
from engine.refusals import Unknown
from engine.wordings import day_in_words
from web import cli_record
from web.cli_acting import AtWork
from web.cli_record import READER

__all__ = ["READER", "read_case"]


def read_case(work: AtWork, reference: str, as_of: datetime | None, sign_in: str) -> CaseFile:
    """The case as it was known at a moment, now by default. That it is read is recorded first.

    Raises Unknown where there is none, it was not yet registered, or the person that is named may not see it.
    """
    who = work.person(sign_in) if sign_in else None
    with work.office.database.reading() as tx:
        file = case_files.load(tx, work.office, reference, work.now, who)
    cli_record.note_read(work.office.database, file.reference, work.now, who)
    past = file if as_of is None else governance.as_of(work.office, file, as_of)
    if past is None:
        day = as_of.astimezone(ZONE).date() if as_of else work.today
        raise Unknown(f"{reference} was not yet registered on {day_in_words(day)}.")
    return past
