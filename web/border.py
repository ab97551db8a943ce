"""Text at the border: what a browser sends is made plain before any page reads it.

NUL and lone surrogates are refused (PostgreSQL stores neither, and no person types them); the rest is brought to
Unicode's composed form, with one kind of line end.
"""

from __future__ import annotations

import unicodedata

from flask import Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.utils import cached_property

LARGEST_ID = 2**63 - 1  # what a database can hold in a column of ids


class NotPlainText(ValueError):
    """Raised for text that holds NUL or half of a surrogate pair."""


def plain_text(text: str) -> str:
    """The text in NFC with `\\n` line ends. Raises NotPlainText."""
    if not _is_plain(text):
        raise NotPlainText("The text holds a character that cannot be stored. Remove it and type it again.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def refuse_strange_addresses() -> None:
    """Before each request: what no database could hold in a name or an id is the address of nothing (404)."""
    for part in (request.view_args or {}).values():
        if isinstance(part, int) and part > LARGEST_ID:
            abort(404)
        if isinstance(part, str) and not _is_plain(part):
            abort(404)


class PlainRequest(Request):
    """A request whose form and query hold plain text only; anything else is a bad request (400)."""

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _plain(self.__dict__["form"])

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _plain(super().args)


def _is_plain(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _plain(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    try:
        return ImmutableMultiDict([(plain_text(name), plain_text(value)) for name, value in sent.items(multi=True)])
    except NotPlainText as refused:
        raise BadRequest(str(refused)) from refused
