"""CSV as it leaves this application: every cell quoted, nothing a spreadsheet would run, marked as UTF-8."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

BYTE_ORDER_MARK = "\ufeff"
TYPE = "text/csv; charset=utf-8"
#: what a spreadsheet takes for the beginning of a formula (SECURITY.md, "Text that people write")
BEGINS_A_FORMULA = ("=", "+", "-", "@", "|", "%", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UNSEEN = " \n\u00a0\u200b\u200c\u200d\u2060\ufeff"


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows as a CSV file. A number that is one stays a number; text that looks like a formula becomes plain text."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return f"{BYTE_ORDER_MARK}{out.getvalue()}".encode()


def cell(value: object) -> str:
    """A value as the text of a cell. Dates as 2024-12-20; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return plain(str(value))


def plain(text: str) -> str:
    """Text with an apostrophe before it where its first visible character would begin a formula."""
    return f"'{text}" if text.lstrip(_UNSEEN).startswith(BEGINS_A_FORMULA) else text
