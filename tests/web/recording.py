"""What each request writes and what it puts into the record, watched beside every test of the pages."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import yaml
from flask import Flask, Response, request, request_finished, request_started
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

TABLE = Path(__file__).parents[1] / "data/recorded.yaml"
WRITES = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)"?', re.IGNORECASE)
COLUMNS = re.compile(r"\(([^)]*)\)")
RECORD = ("act", "case_event", "case_view")
#: what only guards: the same button pressed twice, and guessing at passwords
GUARDS = ("request_key", "sign_in_attempt", "act_link")
AN_EVENT = "an event"


@dataclass
class Written:
    """What one request wrote: the tables, and the acts with their details and the events it recorded."""

    tables: set[str] = field(default_factory=set)
    acts: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    has_event: bool = False

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.acts} | ({AN_EVENT} if self.has_event else set())


_here = threading.local()


@cache
def table() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(TABLE.read_text(encoding="utf-8"))
    return found


@event.listens_for(Engine, "after_cursor_execute")
def _executed(
    connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    what = WRITES.match(statement) if getattr(_here, "written", None) is not None else None
    if what and cursor.rowcount != 0 and connection.engine is _here.engine:  # not of stories told beside it
        rows = parameters if executemany else [parameters]
        connection.info.setdefault("written", []).append((what[2].lower(), statement, rows))


@event.listens_for(Engine, "rollback")
def _rolled_back(connection: Connection) -> None:
    if not connection.invalidated:  # one that was cut has forgotten it, and may not be asked
        connection.info.pop("written", None)


@event.listens_for(Engine, "commit")
def _committed(connection: Connection) -> None:
    written: Written | None = getattr(_here, "written", None)
    for name, statement, rows in connection.info.pop("written", []) if written else ():
        written.tables.add(name)
        written.has_event |= name == "case_event"
        written.acts += [_act(statement, row) for row in rows] if name == "act" else []


def _act(statement: str, row: Any) -> tuple[str, Mapping[str, Any]]:
    columns = COLUMNS.search(statement)
    assert columns is not None
    values = row if isinstance(row, Mapping) else dict(zip(columns[1].split(", "), row, strict=False))
    detail = values["detail"]
    return str(values["what"]), orjson.loads(detail) if isinstance(detail, str | bytes) else detail or {}


@contextmanager
def watched(app: Flask) -> Iterator[list[str]]:
    """Watches every request the application answers; what broke the law is in the list, a sentence each."""
    broken: list[str] = []

    def began(sender: Flask) -> None:
        _here.written, _here.engine = Written(), sender.extensions["redress"].office.database._writer

    def ended(sender: Flask, response: Response) -> None:
        written, _here.written = getattr(_here, "written", None), None
        if written is not None:
            broken.extend(wrong_with(written, response))

    with request_started.connected_to(began, app), request_finished.connected_to(ended, app):
        yield broken


def wrong_with(written: Written, response: Response) -> Iterator[str]:
    """What is wrong with what an answered request wrote, beside the table."""
    rule = request.url_rule.rule if request.url_rule else ""
    name, posts = f"{request.method} {rule}", table()["posts"]
    if written.tables - {*RECORD, *GUARDS} and not written.names:
        yield f"{name} wrote {sorted(written.tables)} and recorded nothing"
    allowed = set(posts.get(rule, ())) if request.method == "POST" else {"exported"}
    if written.names - allowed:
        yield f"{name} recorded {sorted(written.names - allowed)}, which tests/data/recorded.yaml does not say of it"
    for act, detail in written.acts:
        if act in table()["changes"] and not {"was", "now"} <= set(detail):
            yield f"{name}: '{act}' does not say what was and what is: {dict(detail)}"
    gives_a_file = response.headers.get("Content-Disposition", "").startswith("attachment")
    if gives_a_file and response.status_code == 200 and not written.names:
        yield f"{name} gave a file and recorded nothing"
