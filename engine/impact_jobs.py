"""Working out what a draft would do, and other studies of many cases, in the background: asked for, taken by one
worker, in a process of its own.

The web stays quick, for the work is done elsewhere. That process writes every second how far it is, stops when it is
told to, and ends when the worker that began it does; a worker that dies leaves its work to the next.
"""

from __future__ import annotations

import logging
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from secrets import token_hex
from time import monotonic
from typing import BinaryIO

from engine import conformance_run, draft_library, drafting, impact_run, publishing, side_by_side
from engine.batches import Found, Stopped, Study
from engine.clock import Clock
from engine.drafting import Draft
from engine.events import local_day
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from engine.store import acts, impacts
from engine.store.database import Database, StoreBusy, StoreUnavailable, Transaction, open_database
from engine.store.impacts import ImpactRow
from engine.working_days import add_months

MONTHS = 24
REPLAY = "replay"
DEAD_AFTER = timedelta(seconds=30)
MOST_TRIES = 3
EVERY = 1.0  #: seconds between two signs of life
TO_BEGIN_AGAIN = "It was cut short, and begins again by itself."
BEGUN_AGAIN = "It was cut short, and was begun again."

LOG = logging.getLogger("redress.worker")


def default_period(today: date) -> tuple[date, date]:
    """The last 24 months."""
    return add_months(today, -MONTHS), today


def ask(office: Office, draft: Draft, who: Person, now: datetime, period: tuple[date, date]) -> int:
    """Ask what a draft would do to the cases received in a period, both days in it; the id of the working out.

    Raises BadAnswers for a period that is none, Refused for a draft with problems, for an auditor, and while another
    working out of it is at work.
    """
    if who.is_auditor:
        raise Refused("An auditor reads and changes nothing.")
    _refuse_no_period(period, now)
    impact_run.wanted(office, draft_library.checked(office, draft.files, draft.key), draft.row.based_on, period, now)
    with office.database.writing() as tx:
        last = next(iter(impacts.of_draft(tx, draft.row.id, 1)), None)
        if last is not None and last.is_at_work:
            raise Refused("This is being worked out already. Wait until it is done, or stop it.")
        seal = publishing.seal(draft.files)
        made = impacts.ask(tx, draft.row.id, by=int(who.id), now=now, period=period, kind=REPLAY, draft_seal=seal)
        said = {"draft": draft.row.id, "from": period[0].isoformat(), "to": period[1].isoformat()}
        acts.record_act(tx, int(who.id), what="asked_what_it_would_do", about=draft.key, now=now, detail=said)
    return made


def ask_study(office: Office, kind: str, about: str, who: Person, now: datetime, period: tuple[date, date]) -> int:
    """Ask for a study of many cases that is of no draft; its id. It changes no case, so an auditor may; it is recorded.

    Raises BadAnswers for a period that is none, Refused for what cannot be worked out, and while another of its kind is
    at work.
    """
    _refuse_no_period(period, now)
    STUDIES[kind](office, about, period, now)
    with office.database.writing() as tx:
        last = next(iter(impacts.of_kind(tx, kind, 1)), None)
        if last is not None and last.is_at_work:
            raise Refused("Another one is being worked out. Wait until it is done, or stop it.")
        made = impacts.ask(tx, None, by=int(who.id), now=now, period=period, kind=kind, about=about)
        said = {"study": kind, "about": about, "from": period[0].isoformat(), "to": period[1].isoformat()}
        acts.record_act(tx, int(who.id), what="asked_for_study", about=f"study {made}", now=now, detail=said)
    return made


def cancel_study(office: Office, impact_id: int, kind: str, who: Person, now: datetime) -> bool:
    """Stop a study, at once where nobody is at it; recorded. False where it was over already."""
    with office.database.writing() as tx:
        row = impacts.one(tx, impact_id)
        is_of_it = row is not None and row.kind == kind and row.draft_id is None
        return is_of_it and _stopped(tx, impact_id, "stopped_study", f"study {impact_id}", who, now)


def _stopped(tx: Transaction, impact_id: int, what: str, about: str, who: Person, now: datetime) -> bool:
    """Whether it could be stopped; that it was is recorded."""
    is_stopped = impacts.cancel(tx, impact_id, dead_since=now - DEAD_AFTER)
    if is_stopped:
        said = {"was": "being worked out", "now": "stopped"}
        acts.record_act(tx, int(who.id), what=what, about=about, now=now, detail=said)
    return is_stopped


def _refuse_no_period(period: tuple[date, date], now: datetime) -> None:
    if period[0] > period[1]:
        raise BadAnswers({"period_from": "The first day must not be after the last day."})
    if period[0] > local_day(now):
        raise BadAnswers({"period_from": "Choose a period in the past: no case was received after today."})


def cancel(office: Office, draft: Draft, impact_id: int, who: Person, now: datetime) -> bool:
    """Stop a working out, at once where nobody is at it; recorded. False where it was over already. Raises Refused for
    an auditor."""
    if who.is_auditor:
        raise Refused("An auditor reads and changes nothing.")
    with office.database.writing() as tx:
        row = impacts.one(tx, impact_id)
        is_of_it = row is not None and row.draft_id == draft.row.id
        return is_of_it and _stopped(tx, impact_id, "stopped_what_it_would_do", draft.key, who, now)


def is_silent(row: ImpactRow, now: datetime) -> bool:
    """Whether the worker that has it has given no sign of life for so long that it counts as dead."""
    return row.is_at_work and row.taken_at is not None and row.taken_at < now - DEAD_AFTER


def _wanted(office: Office, row: ImpactRow, now: datetime) -> Study:
    """What a row asks for. Raises Refused where it cannot be worked out."""
    if row.draft_id is None:
        return STUDIES[row.kind](office, row.about, (row.period_from, row.period_to), now)
    draft = drafting.opened(office, row.draft_id)
    checked = draft_library.checked(office, draft.files, draft.key)
    return impact_run.wanted(office, checked, draft.row.based_on, (row.period_from, row.period_to), now)


#: what is worked out of many cases without a draft, by the kind of its row
STUDIES: Mapping[str, Callable[[Office, str, tuple[date, date], datetime], Study]] = {
    side_by_side.KIND: side_by_side.wanted,
    conformance_run.KIND: conformance_run.wanted,
}


@dataclass
class _Child:
    impact_id: int
    worker: str
    process: subprocess.Popen[bytes]


class Background:
    """What one worker has in hand: at most one working out at a time."""

    def __init__(self) -> None:
        self._name = f"{os.getpid()}-{token_hex(4)}"
        self._child: _Child | None = None

    def look(self, office: Office, clock: Clock) -> None:
        """Take up what waits, unless there is something in hand; tidy up after what ended."""
        if self._child is not None and self._child.process.poll() is None:
            return
        if self._child is not None:
            self._ended(office, clock, self._child)
        now = clock()
        with office.database.reading() as tx:
            if not impacts.is_wanted(tx, now - DEAD_AFTER):
                return
        worker = f"{self._name}-{token_hex(4)}"
        with office.database.writing() as tx:
            row = impacts.take(tx, worker, now=now, dead_since=now - DEAD_AFTER)
        if row is not None:
            self._begin(office, row, worker, now)

    def stop(self, office: Office, clock: Clock) -> None:
        """End what is in hand and let it wait for another worker."""
        if self._child is not None:
            self._child.process.terminate()
            self._child.process.wait(timeout=10)
            self._ended(office, clock, self._child)

    def _begin(self, office: Office, row: ImpactRow, worker: str, now: datetime) -> None:
        tries = int((row.result or {}).get("tries", 0)) + 1
        with office.database.writing() as tx:
            if row.status == impacts.STOPPING:
                impacts.finish(tx, row.id, worker, status=impacts.CANCELLED, now=now)
                return
            if tries > MOST_TRIES:
                said = f"It was cut short {MOST_TRIES} times, and is not tried again. Ask for a shorter period."
                impacts.finish(tx, row.id, worker, status=impacts.FAILED, now=now, said=said)
                return
            impacts.note_tries(tx, row.id, worker, tries, BEGUN_AGAIN if tries > 1 else "")
        try:
            asked = _wanted(office, row, now)
        except Refused as refused:
            with office.database.writing() as tx:
                impacts.finish(tx, row.id, worker, status=impacts.FAILED, now=now, said=str(refused))
            return
        if asked.url in ("sqlite://", "sqlite:///:memory:"):
            carry_out(asked, office.database, row.id, worker)
            return
        self._child = _Child(row.id, worker, _started(asked, row.id, worker))

    def _ended(self, office: Office, clock: Clock, child: _Child) -> None:
        """What ended without a word waits again."""
        self._child = None
        if child.process.stdin:
            child.process.stdin.close()
        with office.database.writing() as tx:
            row = impacts.one(tx, child.impact_id)
            if row and row.taken_by == child.worker and row.is_at_work:
                is_over = row.status == impacts.STOPPING
                status, said = (impacts.CANCELLED, "") if is_over else (impacts.WAITING, TO_BEGIN_AGAIN)
                impacts.finish(tx, row.id, child.worker, status=status, now=clock(), said=said)


def carry_out(asked: Study, database: Database, impact_id: int, worker: str) -> None:
    """Work it out and write down how far it is every second, then what was found."""
    life = _SignsOfLife(database, impact_id, worker, asked.now)

    def keep(found: Sequence[Found]) -> None:
        with database.writing() as tx:
            impacts.put_cases(tx, impact_id, found)

    try:
        result = asked.carried_out(database, life.told, keep)
    except Stopped:
        life.finish(impacts.CANCELLED)
    except (StoreBusy, StoreUnavailable):
        raise  # the database is not to be had: whoever began it sees that it ended, and begins it again
    except Exception as failed:
        LOG.exception("Working out %s failed.", asked.key)
        life.finish(impacts.FAILED, said=f"It could not be worked out. {type(failed).__name__}: {failed}")
    else:
        life.finish(impacts.DONE, result=result)


class _SignsOfLife:
    """How far a working out is, written every second. It counts on from the moment it was given."""

    def __init__(self, database: Database, impact_id: int, worker: str, now: datetime) -> None:
        self.database, self.impact_id, self.worker, self.now = database, impact_id, worker, now
        self.began = monotonic()
        self.last = -EVERY
        self.far = (0, 0)

    def told(self, done: int, total: int) -> bool:
        self.far = (done, total)
        if monotonic() - self.began - self.last < EVERY and done < total:
            return True
        self.last = monotonic() - self.began
        with self.database.writing() as tx:
            return impacts.go_on(tx, self.impact_id, self.worker, done=done, total=total, now=self._present())

    def finish(self, status: str, said: str = "", result: object = None) -> None:
        with self.database.writing() as tx:
            now = self._present()
            impacts.finish(tx, self.impact_id, self.worker, status=status, now=now, said=said, result=result)

    def _present(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)


def _started(asked: Study, impact_id: int, worker: str) -> subprocess.Popen[bytes]:
    """The process that works it out. What it needs it reads from a pipe that stays open as long as this one lives."""
    command = [sys.executable, "-m", "engine.impact_jobs"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin is not None
    pickle.dump((asked, impact_id, worker), process.stdin)
    process.stdin.flush()
    return process


def _end_with_the_worker(pipe: BinaryIO) -> None:
    pipe.read()
    os._exit(1)


def main() -> None:
    """A process of its own: read what is wanted, work it out, and end at once when the worker ends."""
    asked, impact_id, worker = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_end_with_the_worker, args=(sys.stdin.buffer,), daemon=True).start()
    database = open_database(asked.url)
    carry_out(asked, database, impact_id, worker)
    database.close()
    sys.stdout.flush()
    os._exit(0)  # the thread that waits for the worker would hold the pipe


if __name__ == "__main__":
    main()
