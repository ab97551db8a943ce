"""Error pages in the same dress: what happened, in plain words, and a way on; never a stack trace."""

from __future__ import annotations

from flask import Flask, current_app, g, render_template
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, NotFound

from engine.refusals import Erased, Unknown
from engine.store.database import StoreBusy, StoreUnavailable
from web import erased

WORDS: dict[int, tuple[str, tuple[str, ...]]] = {
    400: (
        "There is something wrong with what was sent",
        ("Go back, check what you entered and send it again.",),
    ),
    403: (
        "You cannot use this page",
        (
            "Your roles do not include it. If you need it for your work, ask the person who looks after "
            "people and roles.",
        ),
    ),
    404: (
        "Page not found",
        (
            "If you typed the address, check it is right. If you followed a link, what it led to may not exist, "
            "or may not be yours to see.",
        ),
    ),
    405: ("This page cannot be used in that way", ("Go back and use the buttons on the page.",)),
    409: (
        "Someone else changed this first",
        ("Go back and load the page again to see what has changed.",),
    ),
    413: (
        "That is too much to send at once",
        ("Go back, make what you entered shorter, or choose fewer or smaller files, and send it again.",),
    ),
    500: (
        "Something went wrong on our side",
        ("Nothing was saved by your last step. Try again in a few minutes.",),
    ),
}

LOST_TOKEN = (
    "This page has waited too long",
    (
        "You were signed out, or signed in again, after the page was opened, so what you sent was not saved.",
        "Go back to copy anything you typed, then load the page again and send it from there.",
    ),
)

NOT_STORED = (
    "The records cannot be reached just now",
    "Nothing was changed. Wait a moment, go back and try again.",
)


def register(app: Flask) -> None:
    """Answer every error of the application with a page of its own dress."""
    app.register_error_handler(CSRFError, _lost_token)
    app.register_error_handler(HTTPException, _in_words)
    app.register_error_handler(Erased, erased.page)
    app.register_error_handler(Unknown, lambda error: _in_words(NotFound()))
    app.register_error_handler(StoreBusy, _not_stored)
    app.register_error_handler(StoreUnavailable, _not_stored)


def page(code: int, heading: str, *paragraphs: str) -> tuple[str, int]:
    """An error page with its own words, for a view that knows more than the number says."""
    if "person" not in g:
        g.person = None
    return render_template("error.html", heading=heading, paragraphs=paragraphs), code


def _lost_token(error: CSRFError) -> tuple[str, int]:
    heading, paragraphs = LOST_TOKEN
    return page(400, heading, *paragraphs)


def _not_stored(error: Exception) -> tuple[str, int]:
    current_app.logger.error("The database did not answer: %s", error)
    return page(503, *NOT_STORED)


def _in_words(error: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
    """Known codes have their words; of the others, a redirect passes and the rest read as 400 or 500."""
    code = error.code or InternalServerError.code
    if code < 400:
        return error
    heading, paragraphs = WORDS.get(code) or WORDS[400 if code < 500 else 500]
    own = error.description if code in (400, 409) and error.description != type(error).description else None
    text, _ = page(code, heading, *((own,) if own else paragraphs))
    allowed = getattr(error, "valid_methods", None)
    return text, code, {"Allow": ", ".join(allowed)} if allowed else {}
