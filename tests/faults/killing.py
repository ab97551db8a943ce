"""A child process that is killed (SIGKILL: nothing of it runs any more) at one place of what it does to a database."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.engine import Engine

from engine.office import Office

#: what a child says by its exit code
DONE, FAILED = 0, 70
LONGEST = 60


def killed_at(place: int, office: Office, act: Callable[[], object]) -> bool:
    """Do an act in a child that is killed at its nth place: before or after a statement, or before a commit.

    False where the act had fewer places than that, so that the child came to its end.
    """

    def begin() -> None:
        places = iter(range(place + 1))

        def passing(*_: object) -> None:
            if next(places) == place:
                os.kill(os.getpid(), signal.SIGKILL)

        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, passing)

    return in_child(office, begin, act) == -signal.SIGKILL


def in_child(office: Office, begin: Callable[[], None], act: Callable[[], object]) -> int:
    """Do an act in a child; its exit code, or minus the signal that ended it.

    The parent's connections are closed first: none may be carried over. What the act raises is written to the child's
    standard error.
    """
    child = started(office, begin, act)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def started(office: Office, begin: Callable[[], None], act: Callable[[], object]) -> int:
    """The same, not waited for: the child's id."""
    office.database.close()
    child = os.fork()
    if child:
        return child
    code = FAILED
    try:
        signal.alarm(LONGEST)
        begin()
        result = act()
        code = result if type(result) is int else DONE
    except BaseException as problem:
        os.write(2, f"{type(problem).__name__}: {problem}\n".encode())
    finally:
        os._exit(code)
