"""Mail into a folder, where people can read it: each letter as an .eml file with its PDF beside it, by reference.

It is the default, so that a new installation sends nobody anything, and shows all it would send.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from email.headerregistry import Address
from pathlib import Path

from engine.mail import LETTER, Mail, NotNow, written

MOST_NAME = 120


class Folder:
    """A folder that takes mail. The same mail again is the same file, whole at every moment."""

    is_repeatable = True

    def __init__(self, place: Path, sender: Address) -> None:
        self._place, self._sender = place, sender

    @property
    def where(self) -> str:
        return f"the folder {self._place}"

    def send(self, mail: Mail, about_to: Callable[[], bool]) -> str:
        """Write it, the message last: where that is, the mail is whole. Raises NotNow."""
        folder = self._place / _folder(mail)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for one in mail.attachments:
                _write(folder / f"{_file_name(mail.key)} {_file_name(one.file_name)}", one.content)
            _write(folder / f"{_file_name(mail.key)}.eml", written(mail, self._sender))
        except OSError as problem:
            raise NotNow(f"The folder for mail cannot be written: {problem.strerror}.", is_down=True) from problem
        return "Written into the folder for mail."

    def came_back(self) -> Iterable[tuple[str, str]]:
        """Nothing comes back from a folder."""
        return ()

    def close(self) -> None:
        """A folder holds nothing open."""


def _folder(mail: Mail) -> str:
    """A folder for each case, one for all notices: the same at every try, whatever day that is."""
    parts = mail.key.split(":")
    return _file_name(parts[1]) if mail.kind == LETTER and len(parts) > 2 else f"{_file_name(mail.kind)}s"


def _file_name(text: str) -> str:
    """A name any file system takes; a long one is shortened by a hash, so that two stay two."""
    name = re.sub(r"[^\w.() -]+", "-", text, flags=re.ASCII).strip(". ") or "unnamed"
    if len(name) <= MOST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    kept = f"{dot}{ending}" if dot and len(ending) <= 8 and stem else ""
    return f"{name[: MOST_NAME - 20]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}{kept}"


def _write(path: Path, content: bytes) -> None:
    """Under a name of its own first, then moved: nobody ever sees half of it, and what is there is on the disk."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
