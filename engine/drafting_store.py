"""A draft as it is read from the database and written to it: what the verbs of drafts share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.refusals import Refused, Unknown
from engine.rights import ALL_AREAS, Person
from engine.store import acts, policy_drafts
from engine.store.database import Transaction
from engine.store.policy_drafts import DraftFile, DraftRow


@dataclass(frozen=True)
class Draft:
    """A draft with its files as they are now. `numbers` has the number of each file, `author_ids` everybody who began
    it or changed anything, `kept` also what stands of files that were taken away."""

    row: DraftRow
    files: Mapping[str, bytes]
    numbers: Mapping[str, int]
    author_ids: frozenset[int]
    kept: Mapping[str, DraftFile]

    @property
    def key(self) -> str:
        """`policy/version`, the name the version will have."""
        return f"{self.row.policy}/{self.row.version}"

    @property
    def path(self) -> str:
        """Where the version's own file stands."""
        return f"policies/{self.key}.yaml"

    @property
    def letters_path(self) -> str:
        return f"policies/{self.key}.letters.yaml"

    @property
    def examples_path(self) -> str:
        return f"policies/{self.key}.examples.yaml"

    def text(self, path: str) -> str:
        """A file as text, empty where there is none; what is no UTF-8 in it is shown as such."""
        return self.files.get(path, b"").decode(errors="replace")


def row_of(tx: Transaction, draft_id: int, *, for_change: bool = False) -> DraftRow:
    """The draft of that id; `for_change`: nobody else changes it until this transaction is over. Raises Unknown."""
    row = policy_drafts.draft_row(tx, draft_id, for_change=for_change)
    if row is None:
        raise Unknown("There is no such draft.")
    return row


def read(tx: Transaction, row: DraftRow) -> Draft:
    """The draft with its files and authors."""
    kept = {one.path: one for one in policy_drafts.files_of(tx, row.id)}
    there = {path: one.content for path, one in kept.items() if one.content is not None}
    numbers = {path: kept[path].number for path in there}
    return Draft(row, there, numbers, policy_drafts.authors_of(tx, row.id), kept)


def put(
    tx: Transaction,
    draft_id: int,
    files: Mapping[str, bytes | None],
    kept: Mapping[str, DraftFile],
    who: Person,
    now: datetime,
) -> None:
    """Write files, each under its next number."""
    for path, content in sorted(files.items()):
        number = kept[path].number + 1 if path in kept else 1
        policy_drafts.put_file(tx, draft_id, path, content, number=number, by=int(who.id), by_name=who.name, now=now)


def record(
    tx: Transaction, row: DraftRow, what: str, who: Person, now: datetime, said: Mapping[str, object] | None = None
) -> None:
    """Record an act about the version that the draft is to become. `row` is the draft as it was before the act: where
    its state is another now, both are recorded."""
    about, is_now = f"{row.policy}/{row.version}", row_of(tx, row.id).state
    states = {"was": row.state, "now": is_now} if is_now != row.state else {}
    detail = {"draft": row.id, **states, **(said or {})}
    acts.record_act(tx, int(who.id), what=what, about=about, now=now, detail=detail)


def refuse_unless(who: Person, policy: str, roles: tuple[str, ...], doing: str) -> None:
    """Refuse whoever holds none of these roles of the studio for the policy."""
    if not any(who.holds(policy, role, ALL_AREAS) for role in roles):
        raise Refused(f"{who.name} may not {doing}. An administrator can give the role.")
