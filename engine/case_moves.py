"""Moving live cases to another version, one or many at once, and taking that back with one act.

Off until an administrator turns it on. Each case is looked at by the very plan that moves it: what no longer fits the
other version's diagram is left out and named. A group is moved whole, in one transaction, and each case says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine import case_files, case_saving, corrections
from engine.case_files import OVER_BUDGET, CaseFile, Plan
from engine.events import MOVE_UNDONE, MOVED
from engine.impact import CANNOT, CaseImpact, differences
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.replay import Drive, replay
from engine.rights import Person
from engine.store import acts, settings
from engine.store.case_rows import By
from engine.store.database import Transaction

SETTING = "moving_cases"
MOST_AT_ONCE = 200
#: what may become of a live case: it could move; it could, and would have broken a promise; it cannot
MOVES, BREACHES, STAYS = "moves", "breaches", "stays"

MOVED_CASES, UNDID_MOVES = "moved_cases", "undid_moving_cases"
OFF = (
    "Cases stay under the version they were received under. Moving them is turned off here; an administrator can turn"
    " it on."
)
May = Callable[[CaseFile], bool]


@dataclass(frozen=True)
class Move:
    """What moving one case would do. `why` says in a sentence why it cannot; `plan` is what would be saved."""

    file: CaseFile
    kind: str
    why: str = ""
    plan: Plan | None = None
    impact: CaseImpact = field(default_factory=CaseImpact)

    @property
    def reference(self) -> str:
        return self.file.reference


@dataclass(frozen=True)
class Group:
    """Cases that were moved together, or whose move was taken back together. `left_out`: reference and reason."""

    key: str
    version: str
    moved: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    reason: str = ""
    by_id: int | None = None
    at: datetime | None = None
    undone: bool = False


def is_on(office: Office) -> bool:
    """Whether cases may be moved between versions in this installation."""
    with office.database.reading() as tx:
        return bool(settings.get(tx, SETTING, False))


def turn(office: Office, who: Person, now: datetime, *, on: bool) -> None:
    """Turn moving on or off; recorded. Raises Refused for who is no administrator."""
    if not who.is_administrator:
        raise Refused("Only an administrator turns this on or off.")
    with office.database.writing() as tx:
        was = bool(settings.get(tx, SETTING, False))
        if was != on:
            settings.put(tx, SETTING, on)
            said = {"was": was, "now": on}
            acts.record_act(tx, int(who.id), what="changed_setting", about=f"setting:{SETTING}", now=now, detail=said)


def refuse_unless_on(office: Office) -> None:
    """Raises Refused where moving is off."""
    if not is_on(office):
        raise Refused(OFF)


def looked_at(
    office: Office,
    file: CaseFile,
    version: str,
    who: Person,
    *,
    reason: str,
    now: datetime,
    group: str = "",
    drive: Drive = replay,
) -> Move:
    """What moving a case would do: the plan itself, with what it would break, or why it cannot be. `drive`: whoever
    drove the case through that version already gives what came of it."""
    governs = file.governing.version
    if file.hold == OVER_BUDGET:
        return Move(file, STAYS, "It is on hold. Take the hold off first.")
    if governs is None:
        return Move(file, STAYS, "No version governs it yet: choose one for it on its own page.")
    if governs.version == version:
        return Move(file, STAYS, "That version governs it already.")
    if file.standing.status == "closed":
        return Move(file, STAYS, "It is closed.")
    try:
        plan = corrections.move(office, file, version, who, reason=reason, now=now, group=group, drive=drive)
    except CANNOT as cannot:
        return Move(file, STAYS, f"It cannot be worked out under that version. {cannot}")
    found = differences(file.standing, plan.after)
    if found.departed:
        return Move(file, STAYS, _misfit(found), plan, found)
    return Move(file, BREACHES if found.gained else MOVES, plan=plan, impact=found)


def previewed(
    office: Office, references: Iterable[str], version: str, who: Person, now: datetime, *, may: May
) -> list[Move]:
    """What moving each of these cases would do: the code that moves them, not saved."""
    with office.database.reading() as tx:
        return list(_looked(tx, office, references, version, who, now, may, reason="(a preview)", group=""))


def move_group(
    office: Office,
    references: Sequence[str],
    version: str,
    who: Person,
    now: datetime,
    *,
    reason: str,
    group: str,
    may: May,
    seen: Mapping[str, int] | None = None,
) -> Group:
    """Move these cases, all of them or none but those that cannot be moved, which are named. `group` is a key of its
    own, so that the same again changes nothing; `seen` the number of each case's last event when it was previewed.

    Raises Refused where moving is off, for an auditor and for too many at once, BadAnswers without a reason.
    """
    if not reason.strip():
        raise BadAnswers({"reason": "Say why they are moved."})
    _refuse(who, references)
    with office.database.writing() as tx:
        if not settings.get(tx, SETTING, False):
            raise Refused(OFF)
        done = acts.result_of_request(tx, group)
        if done:
            return _as_group(done)
        moved, left, policy = [], [], ""
        for one in _looked(tx, office, references, version, who, now, may, reason=reason, group=group):
            why, policy = one.why or _changed(one.file, who, seen), one.file.policy
            if one.kind == STAYS or one.plan is None or why:
                left.append((one.reference, why))
                continue
            case_saving.saved(tx, office, one.plan, By(who.id, who.name), now)
            moved.append(one.reference)
        if not moved:
            raise Refused("None of these cases could be moved. " + " ".join(dict.fromkeys(why for _, why in left)))
        return _recorded(tx, who, now, policy, MOVED_CASES, group, version, moved, left, reason)


def undo_group(office: Office, policy: str, group: str, who: Person, now: datetime, *, reason: str, may: May) -> Group:
    """Take back a group's move: each case is governed again by what governed it before. A case that was moved again
    since, or that this person may not decide about, is left out and named.

    It stays possible when moving is turned off. Raises Unknown for a group there is not, BadAnswers without a reason.
    """
    if not reason.strip():
        raise BadAnswers({"reason": "Say why the move is taken back."})
    _refuse(who, ())
    there = next((one for one in groups(office, policy) if one.key == group), None)
    if there is None:
        raise Unknown("No cases were moved together under that name.")
    if there.undone:
        raise Refused("This was taken back already.")
    with office.database.writing() as tx:
        undone, left = [], []
        for reference in there.moved:
            file = case_files.load(tx, office, reference, now)
            why = _why_not_back(file, group, may)
            if why:
                left.append((reference, why))
                continue
            plan = corrections.undo_move(office, file, who, reason=reason, now=now, group=group)
            case_saving.saved(tx, office, plan, By(who.id, who.name), now)
            undone.append(reference)
        if not undone:
            raise Refused("None of these moves could be taken back. " + " ".join(dict.fromkeys(w for _, w in left)))
        return _recorded(tx, who, now, policy, UNDID_MOVES, group, there.version, undone, left, reason)


def groups(office: Office, policy: str) -> list[Group]:
    """The cases that were moved together under a policy, the latest first."""
    with office.database.reading() as tx:
        found = acts.acts(tx, about=_about(policy), limit=200)
    undone = {str((one.detail or {}).get("group")) for one in found if one.what == UNDID_MOVES}
    return [
        _as_group({**(one.detail or {}), "undone": (one.detail or {}).get("group") in undone}, one)
        for one in found
        if one.what == MOVED_CASES
    ]


def _looked(
    tx: Transaction,
    office: Office,
    references: Iterable[str],
    version: str,
    who: Person,
    now: datetime,
    may: May,
    *,
    reason: str,
    group: str,
) -> Iterator[Move]:
    for reference in dict.fromkeys(references):
        file = case_files.load(tx, office, reference, now)
        if may(file):
            yield looked_at(office, file, version, who, reason=reason, now=now, group=group)
        else:
            yield Move(file, STAYS, "You do not decide under which version it is dealt with.")


def _refuse(who: Person, references: Sequence[str]) -> None:
    if who.is_auditor:
        raise Refused("An auditor reads every case and changes none.")
    if len(references) > MOST_AT_ONCE:
        raise Refused(f"Move at most {MOST_AT_ONCE} cases at once.")


def _changed(file: CaseFile, who: Person, seen: Mapping[str, int] | None) -> str:
    """Why a case is left out that somebody changed between preview and act; empty where nobody did."""
    number = (seen or {}).get(file.reference)
    newest = next((one for one in file.record if number is not None and one.number > number and one.by != who.id), None)
    return f"{newest.by_name or 'Somebody'} changed it meanwhile. Look again." if newest else ""


def _why_not_back(file: CaseFile, group: str, may: May) -> str:
    if not may(file):
        return "You do not decide under which version it is dealt with."
    moves: list[str] = []
    for event in file.record:
        if event.name == MOVED:
            moves.append(event.text("group"))
        elif event.name == MOVE_UNDONE and moves:
            moves.pop()
    return "" if moves and moves[-1] == group else "It was moved again, or back, since."


def _misfit(found: CaseImpact) -> str:
    first = found.departed[0]
    return f"'{first.event}', which happened on {first.day.isoformat()}, could not have happened under that version."


def _about(policy: str) -> str:
    return f"moves:{policy}"


def _recorded(
    tx: Transaction,
    who: Person,
    now: datetime,
    policy: str,
    what: str,
    group: str,
    version: str,
    cases: Sequence[str],
    left_out: Sequence[tuple[str, str]],
    reason: str,
) -> Group:
    said: dict[str, Any] = {
        "group": group, "version": version, "cases": list(cases), "left_out": [list(one) for one in left_out],
        "reason": reason.strip(), ("now" if what == MOVED_CASES else "was"): version,
    }  # fmt: skip
    acts.record_act(tx, int(who.id), what=what, about=_about(policy), now=now, detail=said)
    if what == MOVED_CASES:
        acts.keep_request(tx, group, result=said, now=now)
    return _as_group(said)


def _as_group(said: Mapping[str, Any], act: acts.Act | None = None) -> Group:
    return Group(
        key=str(said["group"]),
        version=str(said["version"]),
        moved=tuple(said["cases"]),
        left_out=tuple((one[0], one[1]) for one in said["left_out"]),
        reason=str(said["reason"]),
        by_id=act.person_id if act else None,
        at=act.at if act else None,
        undone=bool(said.get("undone")),
    )
