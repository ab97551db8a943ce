"""Where an installation's letters go: the options of the command line and what they make, told in a sentence."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from engine.delivery import delivery_at
from engine.evidence_keeping import Copies
from engine.refusals import Refused
from engine.sending import Post
from engine.worker import Mailing

V = TypeVar("V", bound=Callable[..., Any])
#: option, what it holds, what it says
OPTIONS = (
    (
        "--mail",
        "ADDRESS",
        "Where mail goes: folder:PATH (by default one beside the database), smtp://HOST, smtps://HOST, or notify:. "
        "An address with a password belongs in the environment",
    ),
    ("--mail-from", "SENDER", "Whose mail it is, such as 'Complaints <complaints@landlord.example>'"),
    (
        "--documents",
        "ADDRESS",
        "Where copies of complaints and answers are filed: a folder (by default one beside the database) or an fsspec "
        "address",
    ),
    ("--address", "URL", "How people reach Redress, for the links in notices"),
    ("--returns", "DIR", "A folder that mail which came back is put into, as .eml files"),
    (
        "--checkpoints",
        "DIR",
        "Where a checkpoint of the record is written each day: best a folder of another machine (by default one beside "
        "the database)",
    ),
    ("--checkpoint-mail", "ADDRESS", "An e-mail address each day's checkpoint is sent to"),
)


def sends(verb: V) -> V:
    """Gives a verb the options that say where letters go: mail, mail_from, documents, address, returns;
    and where checkpoints of the record go: checkpoints, checkpoint_mail."""
    for name, kind, words in reversed(OPTIONS):
        variable = f"REDRESS_{name.strip('-').replace('-', '_').upper()}"
        told = f"{words} (or set {variable})."
        verb = click.option(name, metavar=kind, envvar=variable, default="", help=told)(verb)
    return verb


def sends_where_told(verb: V) -> V:
    """The same without the environment: a demonstration must not send mail because an office beside it does."""
    for name, kind, words in reversed(OPTIONS):
        verb = click.option(name, metavar=kind, default="", help=f"{words}.")(verb)
    return verb


def mailing_of(
    database: str,
    *,
    mail: str,
    mail_from: str,
    documents: str,
    address: str,
    returns: str,
    checkpoints: str = "",
    checkpoint_mail: str = "",
) -> Mailing:
    """How an installation sends, by what is set; what is not goes into folders beside its database.

    Raises Refused with a sentence for an address that is none.
    """
    beside = _beside(database)
    if address and not address.startswith(("http://", "https://")):
        raise Refused(f"'{address}' is not how people reach Redress. Write https://complaints.landlord.example.")
    if returns and not Path(returns).is_dir():
        raise Refused(f"There is no folder {returns} for mail that came back. Make it, or leave out --returns.")
    delivery = delivery_at(mail or f"folder:{beside}.letters", mail_from, environment=os.environ)
    post = Post(delivery, documents or f"{beside}.documents", address)
    copies = Copies(Path(checkpoints or f"{beside}.checkpoints"), checkpoint_mail.strip(), by_default=not checkpoints)
    return Mailing(post, Path(returns) if returns else None, copies)


def where(mailing: Mailing) -> str:
    """Where letters and copies go, in a sentence for whoever starts the program."""
    post = mailing.post
    sent = f"Letters go to {post.delivery.where}; copies are filed in {post.where_documents}."
    return f"{sent} Checkpoints of the record go to the folder {mailing.copies.folder}."


def _beside(database: str) -> Path:
    """What the folders beside a database begin with: its file without the ending, `redress` for one on a server."""
    file = database.partition("?")[0].removeprefix("sqlite:///")
    is_file = database.startswith("sqlite:///") and file not in ("", ":memory:")
    return Path(file).with_suffix("") if is_file else Path("redress")
