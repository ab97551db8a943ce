"""What a change does against the Complaint Handling Code: shortfalls a version gains, and those it mends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from engine.compliance import Shortfall, shortfalls
from engine.policy import PolicyVersion
from engine.yardstick import Edition, Yardstick

SURE = {
    "verified": "number and wording checked",
    "content": "wording checked, number not",
    "memory": "from memory: check it before you rely on it",
}


@dataclass(frozen=True)
class AgainstTheCode:
    """Both versions held against one edition: what the later newly falls short of, what it mends, what it changes
    (before, after), and what stays as it was."""

    edition: Edition
    gained: tuple[Shortfall, ...] = ()
    mended: tuple[Shortfall, ...] = ()
    otherwise: tuple[tuple[Shortfall, Shortfall], ...] = ()
    kept: tuple[Shortfall, ...] = ()

    def sentences(self) -> list[str]:
        """The gained, the mended and the changed, a sentence each, with the provision and how sure we are of it."""
        said = [f"New shortfall. {_asks(one)} {one.promises}" for one in self.gained]
        said += [f"Mended. {_asks(one)} Before: {one.promises}" for one in self.mended]
        said += [
            f"Another shortfall. {_asks(now)} {now.promises} Before: {was.promises}" for was, now in self.otherwise
        ]
        return said


def against_the_code(before: PolicyVersion, after: PolicyVersion, code: Yardstick) -> AgainstTheCode | None:
    """Both versions against the edition in force when the later one begins; None where none was in force then."""
    begins = max(before.in_force_from, after.in_force_from)
    edition = code.edition_on(begins)
    return None if edition is None else _held(before, after, code, edition, begins)


def _held(before: PolicyVersion, after: PolicyVersion, code: Yardstick, edition: Edition, on: date) -> AgainstTheCode:
    was = {one.requirement: one for one in shortfalls(before, code, on)}
    now = {one.requirement: one for one in shortfalls(after, code, on)}
    both = [(was[key], now[key]) for key in now if key in was]
    return AgainstTheCode(
        edition,
        gained=tuple(one for key, one in now.items() if key not in was),
        mended=tuple(one for key, one in was.items() if key not in now),
        otherwise=tuple((one, other) for one, other in both if one.promises != other.promises),
        kept=tuple(other for one, other in both if one.promises == other.promises),
    )


def _asks(one: Shortfall) -> str:
    return f"{one.title}: {one.edition}, {one.provision} ({SURE[one.sure]}): {one.asks}"
