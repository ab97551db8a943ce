"""Letters of the demonstration, written and sent as an officer does it: by e-mail, by post, or read out.

Where somebody must approve a letter, it waits as a draft until somebody senior has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine import steps, writing
from engine.case_files import CaseFile, Plan
from engine.events import local_day
from engine.letters_out import EMAIL, Sending
from engine.office import Office
from engine.rights import Person
from engine.store import drafts
from engine.store.case_rows import By
from engine.store.drafts import DraftRow
from web.demo_mail import DemoMail

LOST = "lost"
APPROVES_WITHIN = timedelta(minutes=3)

Approver = Callable[[str, Person], Person]
"""Somebody else than that person who holds that role."""


@dataclass(frozen=True)
class LetterDesk:
    """Where letters are written: the office, its mail, and who approves."""

    office: Office
    mail: DemoMail
    approver: Approver

    def has_letter(self, file: CaseFile, step: str, who: Person, now: datetime) -> bool:
        """Whether a letter goes out with that step under the version of the case."""
        return writing.letter_for(self.office, file, step, {}, day=local_day(now), who=who) is not None

    def send(self, file: CaseFile, step: str, who: Person, answers: Mapping[str, object], now: datetime) -> None:
        """Send the letter of a step now; the answer `goes` may say that its connection is lost on the way."""
        given = dict(answers)
        channel, goes = str(given.pop("channel", EMAIL)), given.pop("goes", "")
        address = str(file.events[0].fields.get("email") or "")
        sending = Sending(channel if channel != EMAIL or address else "post", None, address)
        day = local_day(now)
        approved = self.draft(file, step, who, given, now, is_approved=True)

        def act(seen: CaseFile) -> Plan:
            return writing.plan_sending(
                self.office, seen, step, given, who, sending, now, approved=approved, draft_day=day
            )

        steps.take(self.office, file.reference, who, act, now)
        (self.mail.lose if goes == LOST else self.mail.deliver)(now)

    def draft(
        self,
        file: CaseFile,
        step: str,
        who: Person,
        answers: Mapping[str, object],
        now: datetime,
        *,
        is_approved: bool = False,
    ) -> DraftRow | None:
        """Keep a letter that needs approval and ask for it, and have it where it is given; None where it needs none."""
        roles = writing.approval_roles(file, step, answers, local_day(now))
        if not roles or file.row is None:
            return None
        written = now - APPROVES_WITHIN if is_approved else now
        with self.office.database.writing() as tx:
            row = drafts.put_draft(
                tx,
                file.row.id,
                step,
                answers=answers,
                day=local_day(now),
                writer=By(who.id, who.name),
                now=written,
            )
            drafts.ask(tx, row.id, role=roles[0], now=written)
            if is_approved:
                by = self.approver(roles[0], who)
                drafts.approve(tx, row.id, by=By(by.id, by.name), number=row.number, now=now)
            return drafts.draft_of(tx, file.row.id, step)
