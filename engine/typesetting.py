"""Papers made with typst, and the one module that knows typst: a template of engine/typst and data in, a PDF out.

Data goes in as JSON and text stays text, so nothing a resident or an officer writes is ever read as markup. Compiling
happens in this process, with our own fonts and no others, and reads no clock: the same data give the same bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Final, Literal

import orjson
import typst

from engine.fonts import FOLDER, NOT_PRINTED, Data, FontsMissing, font_files, made_printable

TEMPLATES = Path(__file__).with_name("typst")
STANDARD: Final = "ua-1"  # tagged PDF as ISO 14289-1 asks; typst refuses to write one that fails it
DOTS_AN_INCH = 110.0

Form = Literal["pdf", "png"]

_own = threading.local()


class CannotSet(Exception):
    """A paper that cannot be made, such as one with a picture that is none."""


def typeset(template: str, data: Mapping[str, Data], day: date, *, root: Path = TEMPLATES) -> bytes:
    """A tagged PDF of the template of engine/typst with these data, dated that day. Raises CannotSet."""
    made = _compiled(template, data, day, root, form="pdf")
    assert isinstance(made, bytes)
    return made


def pictured(template: str, data: Mapping[str, Data], day: date) -> list[bytes]:
    """The same paper as pictures (PNG), one a page. Raises CannotSet."""
    made = _compiled(template, data, day, TEMPLATES, form="png")
    return [made] if isinstance(made, bytes) else made


def _compiled(template: str, data: Mapping[str, Data], day: date, root: Path, *, form: Form) -> bytes | list[bytes]:
    moment = datetime.combine(day, time(), UTC)
    printable = made_printable(dict(data))
    try:
        return _written(template, printable, moment, root, form)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise CannotSet(str(error)) from error
    # a sign that fonts hold, and cannot put together with the one before it: the plainest of them are left
    try:
        return _written(template, _plain(printable), moment, root, form)
    except typst.TypstError as error:
        raise CannotSet(str(error)) from error


def _written(template: str, data: Data, moment: datetime, root: Path, form: Form) -> bytes | list[bytes]:
    given = {"data": orjson.dumps(data).decode()}
    try:
        made = _compiler().compile(
            str(root / template),
            format=form,
            sys_inputs=given,
            timestamp=moment,
            root=str(root),
            pdf_standards=[STANDARD] if form == "pdf" else [],
            ppi=DOTS_AN_INCH,
        )
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what a fault within typst comes as
            raise
        raise CannotSet("This paper cannot be made.") from error
    assert made is not None  # None only where it was written to a file
    return made


def _plain(data: Data) -> Data:
    if isinstance(data, str):
        return "".join(mark if ord(mark) < 0x250 else NOT_PRINTED for mark in data)
    if isinstance(data, list):
        return [_plain(one) for one in data]
    if isinstance(data, Mapping):
        return {name: _plain(one) for name, one in data.items()}
    return data


def _compiler() -> typst.Compiler:
    """This thread's compiler: it keeps what it was last given, so no two threads share one."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_fonts())
    made: typst.Compiler = _own.compiler
    return made


@cache
def _fonts() -> typst.Fonts:
    """Our own fonts and no others. Raises FontsMissing: without a font, typst would leave a page empty."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])
    if len(fonts.fonts()) != len(font_files()):
        raise FontsMissing(f"Some of the fonts in {FOLDER.name} cannot be read. `make install` puts them there.")
    return fonts
