"""Text at the border: what a browser sends is made plain before any page reads it.

NUL and lone surrogates are refused (PostgreSQL stores neither, and no person types them); the rest is brought to
Unicode's composed form, with one kind of line end.
"""

from __future__ import annotations

import unicodedata

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest
from werkzeug.utils import cached_property


class NotPlainText(ValueError):
    """Raised for text that holds NUL or half of a surrogate pair."""


def plain_text(text: str) -> str:
    """The text in NFC with `\\n` line ends. Raises NotPlainText."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise NotPlainText("The text holds a character that cannot be stored. Remove it and type it again.")
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


class PlainRequest(Request):
    """A request whose form, query and path hold plain text only; anything else is a bad request (400)."""

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _plain(self.__dict__["form"])

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _plain(super().args)


def _plain(sent: MultiDict[str, str]) -> ImmutableMultiDict[str, str]:
    try:
        return ImmutableMultiDict([(plain_text(name), plain_text(value)) for name, value in sent.items(multi=True)])
    except NotPlainText as refused:
        raise BadRequest(str(refused)) from refused
