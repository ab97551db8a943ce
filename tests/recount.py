"""The figures of the reports worked out again from exported events alone, sharing no code with the program.

Everything is written here a second time, from the sources: which version governs, what it promises, what the Code asks,
which days are worked, how a correction mends the record. It reads `redress report events --csv` and nothing else, of an
erased case what that says is still counted.
"""

from __future__ import annotations

import csv
import json
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
HOLIDAYS = Path(__file__).parent / "data" / "bank_holidays_ew_2012_2027.txt"
#: version -> stage -> (acknowledge in, counted from; answer in, counted from; whether more time exists)
RECEIPT, ACK, ASKED, PANEL = "receipt", "ack", "asked", "panel"
TWO_STAGES = {"stage_1": (5, RECEIPT, 10, ACK, True), "stage_2": (5, ASKED, 20, ACK, True)}
PROMISES = {
    "four-stage": {
        "stage_1": (3, RECEIPT, 10, RECEIPT, False), "stage_2": (None, None, 10, ASKED, False),
        "stage_3": (None, None, 2, PANEL, False),
    },
    "three-stage-2018": {"stage_1": (2, RECEIPT, 10, RECEIPT, True), "stage_2": (None, None, 10, ASKED, False)},
    "two-stage-2024": TWO_STAGES,
}  # fmt: skip
BEGAN = {
    "south-essex-homes": [
        ("2013-04-01", "four-stage"), ("2018-11-01", "three-stage-2018"), ("2024-04-01", "two-stage-2024"),
    ],
    "st-leger-homes": [("2024-04-01", "two-stage-2024")],
    "council-housing": [("2024-04-01", "two-stage-2024")],
}  # fmt: skip
PANEL_DAYS = 21
#: edition of the Code -> stage -> the same, with how far more time may go
CODE = [
    ("2022-04-01", {"stage_1": (5, RECEIPT, 10, RECEIPT, 10), "stage_2": (None, None, 20, ASKED, 10)}),
    ("2024-04-01", {"stage_1": (5, RECEIPT, 10, ACK, 10), "stage_2": (5, ASKED, 20, ACK, 20)}),
]
NO_COMPLAINT = {"service_request", "comment", "compliment"}
NOT_STEPS = {
    "corrected", "moved_to", "move_undone", "timer_fired", "held", "hold_ended", "claimed", "released", "reassigned",
}  # fmt: skip
OWN = ("stage_1", "stage_2", "stage_3")


def _working_days() -> list[date]:
    off = set()
    for line in HOLIDAYS.read_text(encoding="utf-8").splitlines():
        year, colon, days = line.partition(":")
        if colon and year.isdigit():
            off |= {date.fromisoformat(f"{year}-{day}") for day in days.split()}
    first, last = date(2012, 1, 1), date(2027, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5 and day not in off]


WORKED = _working_days()


def plus(day: date, number: int) -> date:
    """The last of so many working days after a day."""
    return WORKED[bisect_right(WORKED, day) + number - 1]


@dataclass
class Fact:
    """An event as it stands."""

    number: int
    name: str
    at: datetime
    recorded: datetime
    said: dict

    @property
    def day(self) -> date:
        return self.at.astimezone(LONDON).date()


@dataclass
class Stage:
    """One stage of one case, worked out again."""

    reference: str
    stage: str
    received: date
    acknowledged: date | None
    answered: date | None
    closed: date | None
    counts: bool
    how: str
    kept: dict[str, str] = field(default_factory=dict)  # "ack", "answer", "code_ack", "code" -> how it was kept
    of: dict[str, str] = field(default_factory=dict)  # what a line of a report selects by: policy, version, area...
    days_to_log: int = 0
    code_due: date | None = None


def stages(file: Path) -> list[Stage]:
    """Every stage of every case in an export."""
    cases: dict[str, tuple[str, list[dict]]] = {}
    with file.open(encoding="utf-8-sig", newline="") as opened:
        for row in csv.DictReader(opened):
            cases.setdefault(row["reference"], (row["policy"], []))[1].append(row)
    return [stage for reference, (policy, rows) in cases.items() for stage in _case(reference, policy, rows)]


def _erased(reference: str, rows: list[dict]) -> Iterator[Stage]:
    """The stages of a case whose content was erased: its last event carries what is still counted."""
    for kept in json.loads(rows[-1]["kept"]):
        names = ("received", "acknowledged", "answered", "closed", "ack_due", "code_ack_due", "due", "code_due")
        day = {name: date.fromisoformat(kept[name]) if kept[name] else None for name in names}
        first = {name: date.fromisoformat(kept[f"{name}_original"]) for name in ("due", "code_due") if day[name]}
        ends = [day[name] for name in ("received", "acknowledged", "answered", "closed")]
        one = Stage(reference, kept["stage"], *ends, kept["counts"], kept["how"] or "open")
        for whose, ours, due in (("", "answer", "due"), ("code_", "code", "code_due")):
            ack_due = day[f"{whose}ack_due"]
            one.kept[f"{whose}ack"] = _how(day["acknowledged"], ack_due, ack_due)
            one.kept[ours] = _how(day["answered"], first.get(due), day[due])
        stage = f"{kept['place']}-{kept['stage']}"
        said = {name: kept[name] or "" for name in ("policy", "version", "area", "channel", "outcome")}
        one.of = {**said, "stage": stage}
        one.days_to_log, one.code_due = kept["days_to_log"], day["code_due"]
        yield one


def _how(done: date | None, original: date | None, due: date | None) -> str:
    if not done or not original or not due:
        return "unpromised" if not original else ""
    return "in_time" if done <= original else "extended" if done <= due else "late"


def _case(reference: str, policy: str, rows: list[dict]) -> Iterator[Stage]:
    if rows[-1]["kept"]:
        yield from (one for one in _erased(reference, rows) if one.stage in OWN)
        return
    record = [
        Fact(int(r["number"]), r["event"], datetime.fromisoformat(r["happened"]), datetime.fromisoformat(r["recorded"]),
             json.loads(r["answers"]))
        for r in rows
    ]  # fmt: skip
    facts = _standing(record)
    receipt = next(fact for fact in facts if fact.name == "complaint_received")
    version = _version(policy, record, receipt)
    decided = [fact.said.get("decision") for fact in facts if fact.name == "triaged"]
    counts = not (decided and decided[-1] in NO_COMPLAINT)
    began = {"stage_1": receipt} | {
        stage: [fact for fact in facts if fact.name == f"{stage}.requested"][-1]
        for stage in OWN
        if any(fact.name == f"{stage}.requested" for fact in facts)
    }
    ended = _ended(facts)
    areas = [fact.said["service_area"] for fact in facts if fact.said.get("service_area")]
    of_case = {
        "policy": policy, "version": version, "area": areas[-1] if areas else "",
        "channel": receipt.said.get("channel") or "",
    }  # fmt: skip
    for stage, start in began.items():
        sent, acked = _first(facts, f"{stage}.response_sent"), _first(facts, f"{stage}.acknowledged")
        refused = [f for f in facts if f.name == f"{stage}.late_request_decided" and f.at >= start.at]
        closed, how = ended
        if refused and refused[-1].said.get("decision") == "refuse":
            closed, how = refused[-1].day, "refused"
        if sent:
            closed, how = sent.day, "answered"
        one = Stage(reference, stage, start.day, acked and acked.day, sent and sent.day, closed, counts, how)
        outcome = sent.said.get("outcome") if sent else None
        one.of = {**of_case, "stage": f"{OWN.index(stage) + 1}-{stage}", "outcome": outcome or ""}
        one.days_to_log = max((start.recorded.astimezone(LONDON).date() - start.day).days, 0)
        promised = PROMISES.get(version, {}).get(stage)
        one.kept, _ = _kept(facts, stage, start, acked, sent, promised, "ack", "answer", is_code=False)
        edition = [asked for day, asked in CODE if receipt.day >= date.fromisoformat(day)]
        by_code = edition[-1].get(stage) if edition else None
        theirs, one.code_due = _kept(facts, stage, start, acked, sent, by_code, "code_ack", "code", is_code=True)
        one.kept |= theirs
        yield one


def _kept(facts, stage, start, acked, sent, promise, ack_name, name, *, is_code) -> tuple[dict[str, str], date | None]:
    """How the acknowledgement and the answer of a stage were kept by one set of times, and until when the answer was
    due by it."""
    if promise is None:
        return {ack_name: "unpromised", name: "unpromised"}, None
    ack_in, _, answer_in, answer_of, more = promise
    ack_due = plus(start.day, ack_in) if ack_in else None
    ack = "unpromised" if ack_due is None else "in_time" if acked and acked.day <= ack_due else "late"
    panel = _first(facts, f"{stage}.panel_met")
    runs_from = {
        RECEIPT: start.day, ASKED: start.day, ACK: acked.day if acked else ack_due,
        PANEL: panel.day if panel else plus(start.day, PANEL_DAYS),
    }[answer_of]  # fmt: skip
    original = plus(runs_from, answer_in)
    due, allowed = original, original
    limit = plus(original, more) if more is not True and more else None
    given = 0
    for fact in facts if more else ():
        to = fact.said.get("to")
        if fact.name in (f"{stage}.extension_given", f"{stage}.holding_reply_sent") and to:
            day = date.fromisoformat(to)
            if day > due and fact.day <= due:
                inside = limit is None or (day <= limit and not given)
                due, given = day, given + 1
                allowed = max(allowed, day) if inside else allowed
    last = allowed if is_code else due
    how = "" if not sent else "in_time" if sent.day <= original else "extended" if sent.day <= last else "late"
    return {ack_name: ack, name: how}, last


def _standing(record: list[Fact]) -> list[Fact]:
    """What happened once corrections are applied, in the order it happened."""
    there = {fact.number: fact for fact in record if fact.name not in NOT_STEPS}
    for fact in record:
        if fact.name == "corrected":
            number, now = int(fact.said["number"]), fact.said.get("now_happened")
            original = next(one for one in record if one.number == number)
            was = there.pop(number, original)
            if now:
                at = datetime.fromisoformat(now)
                said = {**was.said, **(fact.said.get("now_fields") or {})}
                there[number] = Fact(number, was.name, at, was.recorded, said)
    return sorted(there.values(), key=lambda one: (one.at, one.number))


def _version(policy: str, record: list[Fact], receipt: Fact) -> str:
    moves: list[str] = []
    for fact in record:
        if fact.name == "moved_to":
            moves.append(fact.said["version"])
        elif fact.name == "move_undone" and moves:
            moves.pop()
    if moves:
        return moves[-1]
    begun = [version for day, version in BEGAN[policy] if date.fromisoformat(day) <= receipt.day]
    return begun[-1] if begun else ""


def _ended(facts: list[Fact]) -> tuple[date | None, str]:
    """The end of a case that leaves a stage without an answer: turned away at triage, or withdrawn."""
    for fact in facts:
        if fact.name == "triaged" and fact.said.get("decision") != "complaint":
            return fact.day, "refused"
        if fact.name == "withdrawn":
            return fact.day, "withdrawn"
    return None, "open"


def _first(facts: list[Fact], name: str) -> Fact | None:
    return next((fact for fact in facts if fact.name == name), None)
