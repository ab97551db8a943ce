"""What is counted of a case, out of where it stands: one measure for each stage it has reached.

Pure. A stage is reached by the day it was asked for (the first by receipt) and left by its answer, or by the end of the
case without one; a stage outside, by the end of what was done there or of the case. What triage found to be no
complaint does not count; what nobody has decided yet does. Every definition a report uses is here or in
`engine.store.measure_figures`; the report pages say them in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from engine.case_files import CaseFile
from engine.deadlines import Deadline, Ledger
from engine.events import RECEIVED, TRIAGED, CaseEvent, local_day
from engine.impact_code import allowed_until, codes_ledger, measure_of
from engine.office import Office
from engine.policy import PolicyVersion, Stage, bare, stage_of
from engine.replay import Rulebook
from engine.store.measures import MeasureRow

EDITION = 2  #: to be raised with any change of what is measured here, so that every case is measured again
ANSWERED = "answered"
FIRST = "stage_1"  # where a case stands that no version governs yet
NOT_COMPLAINTS = frozenset({"service_request", "comment", "compliment"})
NO_LESSON = frozenset({"", "none", "none.", "no", "n/a"})
#: the groups in which the Regulator counts homes, by the connection a resident named
TENURES = {
    "tenant": "rental",
    "former_tenant": "rental",
    "household_member": "rental",
    "shared_owner": "ownership",
}
_REACHED_BY = ("requested", "contacted", "designated_person_approached")
_CLOSED_OUTSIDE = ("closed", "satisfied")


@dataclass(frozen=True)
class _OfCase:
    """What every stage of a case shares."""

    file: CaseFile
    version_id: int | None
    received: CaseEvent
    code: Ledger | None
    edition: str
    counts: bool
    contractor: str | None


def measures(office: Office, file: CaseFile) -> tuple[MeasureRow, ...]:
    """The measures of a case, by the edition of the Code in force on its day of receipt, which measures a case that no
    version governs too: then the Code's days are counted by the calendar of the policy's first version. None without a
    receipt."""
    received = next((event for event in file.events if event.name == RECEIVED), None)
    if received is None:
        return ()
    book, seen = file.book or _first_book(office, file.policy), file.standing.ledger
    measure = measure_of(book.version, office.shelf.yardstick, received.day) if book else None
    of_case = _OfCase(
        file,
        office.version_id(file.governing.version),
        received,
        code=codes_ledger(book, measure, seen, file.events, None) if book and measure else None,
        edition=measure.edition if measure else "",
        counts=_decision(file.events) not in NOT_COMPLAINTS,
        contractor=_contractor(file.events),
    )
    reached = {_first(file): received} | _reached(file.events)
    own = [
        key for key, event in reached.items() if not _is_external(file, key) and not _refused(file.events, key, event)
    ]
    rows = []
    for key, event in reached.items():
        went_on = any(reached[other].happened > event.happened for other in own if other != key)
        rows.append(_measured(of_case, key, event, went_on=went_on))
    return tuple(rows)


def _first_book(office: Office, policy: str) -> Rulebook | None:
    return next((office.book(version) for version in office.versions_of(policy)), None)


def _measured(case: _OfCase, key: str, began: CaseEvent, *, went_on: bool) -> MeasureRow:
    file, received, logged = case.file, began.day, local_day(began.recorded)
    seen, external = file.standing.ledger, _is_external(file, key)
    ack, panel, due = (seen.deadlines.get(f"{key}.{name}") for name in ("acknowledgement", "panel", "response"))
    code_ack, code_due = (_of(case.code, f"{key}.{name}") for name in ("acknowledgement", "response"))
    sent = None if external else _first_of(file.events, f"{key}.response_sent")
    answered = sent.day if sent else None
    closed, how = _left(case, key, began, sent)
    due_by = due.due if due else None
    relationship = case.received.text("relationship")
    return MeasureRow(
        stage=key,
        place=_place(file, key),
        external=external,
        policy=file.policy,
        version_id=case.version_id,
        area=file.area or None,
        channel=case.received.text("channel") or None,
        contractor=case.contractor,
        tenure=TENURES.get(relationship, "other" if relationship else None),
        counts=case.counts,
        received=received,
        logged=logged,
        days_to_log=max((logged - received).days, 0),  # a day of receipt may have been put later than the logging
        edition=case.edition,
        ack_due=ack.due if ack else None,
        acknowledged=_day_of(file.events, f"{key}.acknowledged"),
        panel_due=panel.due if panel else None,
        panel_met=_day_of(file.events, f"{key}.panel_met"),
        due_original=due.original if due else None,
        due=due_by,
        promised=due.promised if due else None,
        code_ack_due=code_ack.due if code_ack else None,
        code_due_original=code_due.original if code_due else None,
        code_due=allowed_until(code_due) if code_due else None,
        answered=answered,
        closed=max(closed, received) if closed else None,
        how=how,
        outcome=(sent.text("outcome") or None) if sent else None,
        days_to_answer=(answered - received).days if answered else None,
        days_late=(answered - due_by).days if answered and due_by and answered > due_by else None,
        went_on=went_on,
        has_lesson=sent is not None and has_lesson(sent),
    )


def has_lesson(answer: CaseEvent) -> bool:
    """Whether an answer names a lesson, and not that there is none."""
    return answer.text("lesson").strip().casefold() not in NO_LESSON


def _left(case: _OfCase, key: str, began: CaseEvent, sent: CaseEvent | None) -> tuple[date | None, str | None]:
    """The day the stage was left and how: answered, or ended with the case before an answer."""
    file, standing = case.file, case.file.standing
    if sent is not None:
        return sent.day, ANSWERED
    refused = _refused(file.events, key, began)
    if refused is not None:
        return refused.day, "refused"
    is_outside = _is_external(file, key)
    done = next((e for e in file.events if stage_of(e.name) == key and bare(e.name) in _CLOSED_OUTSIDE), None)
    if is_outside and done is not None:
        return done.day, bare(done.name)
    ended = standing.ended if standing.status == "closed" else None
    if ended is None or (is_outside and ended < began.day):  # whoever goes outside after the end is still there
        return None, None
    return ended, standing.ending or "closed"


def _refused(events: Sequence[CaseEvent], key: str, began: CaseEvent) -> CaseEvent | None:
    """The refusal of a late request, the last one that was made for the stage."""
    decided = [one for one in events if one.name == f"{key}.late_request_decided" and one.happened >= began.happened]
    return decided[-1] if decided and decided[-1].text("decision") == "refuse" else None


def _reached(events: Iterable[CaseEvent]) -> dict[str, CaseEvent]:
    """The stages after the first that were asked for, each by its last request (a refused one may be made again); a
    stage outside by the first that was heard of it."""
    found: dict[str, CaseEvent] = {}
    for event in events:
        stage, name = stage_of(event.name), bare(event.name)
        if stage and name in _REACHED_BY and (name == "requested" or stage not in found):
            found[stage] = event
    return found


def _first(file: CaseFile) -> str:
    version = _version(file)
    return version.stages[0].key if version and version.stages else FIRST


def is_a_step(version: PolicyVersion, stage: Stage) -> bool:
    """Whether a stage is a step of the version's own process: every one of ours, and one outside that the version makes
    residents come to (the legacy stages 3 and 4). An Ombudsman who may be asked at any time is none."""
    dated = any(stage_of(rule.key) == stage.key for rule in version.deadlines)
    return not stage.is_external or bool(stage.designated_person) or dated


def _place(file: CaseFile, key: str) -> int:
    """The place of a stage in its version, 0 where it is no step of it; of one the version does not have, the number in
    its name."""
    version = _version(file)
    stage = _stage(file, key)
    if version and stage and not is_a_step(version, stage):
        return 0
    keys = [stage.key for stage in version.stages] if version else []
    if key in keys:
        return keys.index(key) + 1
    number = key.rpartition("_")[2]
    return int(number) if number.isdigit() else len(keys) + 1


def _is_external(file: CaseFile, key: str) -> bool:
    stage = _stage(file, key)
    return stage.is_external if stage else key == "ombudsman"


def _stage(file: CaseFile, key: str) -> Stage | None:
    version = _version(file)
    return version.stage(key) if version and version.has_stage(key) else None


def _version(file: CaseFile) -> PolicyVersion | None:
    return file.governing.version


def _decision(events: Sequence[CaseEvent]) -> str:
    return next((event.text("decision") for event in reversed(events) if event.name == TRIAGED), "")


def _contractor(events: Sequence[CaseEvent]) -> str | None:
    """The contractor, as the last step that named one has it."""
    said = (" ".join(event.text("contractor").split()) for event in reversed(events) if "contractor" in event.fields)
    return next((name for name in said if name), None)


def _first_of(events: Iterable[CaseEvent], name: str) -> CaseEvent | None:
    return next((event for event in events if event.name == name), None)


def _day_of(events: Iterable[CaseEvent], name: str) -> date | None:
    found = _first_of(events, name)
    return found.day if found else None


def _of(seen: Ledger | None, key: str) -> Deadline | None:
    return seen.deadlines.get(key) if seen else None
