"""A PostgreSQL server for the benchmark alone, started as the tests start theirs."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.conftest import ordinary_user, postgresql_programs, wait_for

NOT_HERE = "PostgreSQL was not measured: no server here (Debian: apt-get install postgresql)."


@contextmanager
def server() -> Iterator[Path | None]:
    """A running server: the folder of its socket, or None where there is no server to start. It is gone afterwards."""
    programs = postgresql_programs()
    if programs is None:
        yield None
        return
    options: dict[str, Any] = {"stdin": subprocess.DEVNULL, **ordinary_user()}
    home = Path(tempfile.mkdtemp(prefix="redress-bench-"))
    if "user" in options:
        shutil.chown(home, options["user"], options["group"])
    flags = ["--username=redress", "--auth=trust", "--encoding=UTF8", "--locale=C"]
    subprocess.run([programs / "initdb", *flags, home / "data"], check=True, capture_output=True, cwd=home, **options)
    settings = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={home}", "-c", "shared_buffers=128MB"]
    with (home / "log").open("wb") as log:
        command = [programs / "postgres", "-D", home / "data", *settings]
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, **options)
    try:
        wait_for(home, running)
        yield home
    finally:
        running.send_signal(3)  # SIGQUIT: stop at once
        running.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def database(home: Path, name: str) -> str:
    """The URL of a new, empty database."""
    with psycopg.connect(host=str(home), user="redress", dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # a name of our own making
    return f"postgresql+psycopg://redress@/{name}?host={home}"
