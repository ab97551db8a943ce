"""Serving the web application on waitress, with a worker that fires timers and sends letters as a
thread of the same process."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any

import waitress
from flask import Flask

from engine import worker
from engine.worker import EVERY_SECONDS
from web.current import AtWork

THREADS = 8
MOST_BYTES = 64 * 2**20  # of a request that is read at all; the application takes less, and says so on a page
LOCAL = ("127.0.0.1", "localhost", "::1")


def is_local(host: str) -> bool:
    """Whether only this machine can reach what is served there, so that a connection without TLS gives nothing away."""
    return host in LOCAL


def serve(
    app: Flask, *, host: str, port: int, is_https: bool, ready: Callable[[str], None], every: float = EVERY_SECONDS
) -> None:
    """Serve until interrupted. `ready` is told the address once connections are accepted; port 0 takes a free one."""
    at_work: AtWork = app.extensions["redress"]
    server = waitress.create_server(
        app,
        host=host,
        port=port,
        threads=THREADS,
        url_scheme="https" if is_https else "http",
        ident=None,
        max_request_body_size=MOST_BYTES,
    )
    signal.signal(signal.SIGTERM, _stop)
    settings = at_work.settings
    thread, stop = worker.in_background(at_work.refresh, settings.clock, every=every, mailing=settings.mailing)
    try:
        ready(f"http://{_written(host)}:{_port(server)}/")
        server.run()
    finally:
        stop.set()
        thread.join(timeout=10)
        server.close()


def _port(server: Any) -> int:
    """The port really taken; waitress has several sockets where a name stands for several addresses."""
    listening: list[tuple[str, int]] = getattr(server, "effective_listen", [])
    return int(listening[0][1] if listening else server.effective_port)


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
