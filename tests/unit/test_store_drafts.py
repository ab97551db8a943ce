"""Letters being written: kept, approved as they were read and by somebody else, and never approved by accident."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from engine.store import drafts, people
from engine.store.case_rows import By
from engine.store.database import Database, Transaction
from engine.store.people import GrantRow
from tests.unit.store_cases import ANN, BOB, NOON, opened, step

SEH = "south-essex-homes"
DIRECTOR = "service_director"
DAY = date(2024, 5, 2)
STEP = "stage_1.respond"


def written(tx: Transaction, case_id: int, by: By = ANN, day: date = DAY, **given: Any) -> drafts.DraftRow:
    answers = {"decision": "upheld", "reasons": "We were late."} | given.pop("answers", {})
    return drafts.put_draft(
        tx, case_id, given.pop("step", STEP), answers=answers, day=day, writer=by, now=NOON, **given
    )


def asked(tx: Transaction, case_id: int, role: str = DIRECTOR) -> drafts.DraftRow:
    draft = written(tx, case_id)
    assert drafts.ask(tx, draft.id, role=role, now=NOON)
    return draft


def approved(tx: Transaction, case_id: int) -> drafts.DraftRow:
    draft = asked(tx, case_id)
    assert drafts.approve(tx, draft.id, by=BOB, number=draft.number, now=NOON)
    return draft


def status_of(tx: Transaction, case_id: int) -> str:
    draft = drafts.draft_of(tx, case_id, STEP)
    assert draft
    return draft.status


def test_a_draft_is_read_as_it_was_written(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        written(tx, case.id, answers={"due": date(2024, 5, 20), "needs": ["large_print"]})
        draft = drafts.draft_of(tx, case.id, STEP)
    assert draft
    assert draft.answers == {
        "decision": "upheld",
        "reasons": "We were late.",
        "due": "2024-05-20",
        "needs": ["large_print"],
    }
    assert (draft.day, draft.writer_name, draft.status, draft.number) == (DAY, "Ann Able", drafts.DRAFT, 1)


def test_each_step_of_a_case_has_one_draft(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        first = written(tx, case.id)
        second = written(tx, case.id, answers={"reasons": "We were very late."})
        other = written(tx, case.id, step="stage_1.acknowledge")
        assert (second.id, second.number) == (first.id, 2)
        assert [draft.id for draft in drafts.of_case(tx, case.id)] == [first.id, other.id]


@pytest.mark.parametrize("change", [{"answers": {"reasons": "Other."}}, {"day": DAY + timedelta(1)}, {"by": BOB}])
def test_a_changed_letter_loses_its_approval(database: Database, change: dict[str, Any]) -> None:
    with database.writing() as tx:
        case = opened(tx)
        approved(tx, case.id)
        changed = written(tx, case.id, **change)
    assert (changed.status, changed.approver_name, changed.approved_at) == (drafts.DRAFT, "", None)
    assert (changed.asked_at, changed.approval_role, changed.number) == (None, "", 2)


def test_saving_the_same_again_keeps_the_approval(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        approved(tx, case.id)
        again = written(tx, case.id)
    assert (again.status, again.approver_name, again.number) == (drafts.APPROVED, "Bob Best", 1)


def test_an_approval_is_of_what_was_read(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        read = asked(tx, case.id)
        changed = written(tx, case.id, answers={"reasons": "Other."})
        drafts.ask(tx, changed.id, role=DIRECTOR, now=NOON)
        assert not drafts.approve(tx, read.id, by=BOB, number=read.number, now=NOON)
        assert status_of(tx, case.id) == drafts.ASKED
        assert drafts.approve(tx, read.id, by=BOB, number=changed.number, now=NOON)


def test_who_writes_a_letter_does_not_approve_it(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        draft = asked(tx, case.id)
        assert not drafts.approve(tx, draft.id, by=ANN, number=draft.number, now=NOON)
        assert status_of(tx, case.id) == drafts.ASKED


def test_nothing_is_approved_that_nobody_asked_about(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        draft = written(tx, case.id)
        assert not drafts.approve(tx, draft.id, by=BOB, number=1, now=NOON)


def test_what_is_approved_is_not_asked_about_again(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        draft = approved(tx, case.id)
        assert not drafts.ask(tx, draft.id, role=DIRECTOR, now=NOON)
        assert status_of(tx, case.id) == drafts.APPROVED


def test_a_letter_sent_back_is_a_draft_again_and_keeps_what_was_said_each_time(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        for said in ("Say who comes.", "Say when."):
            draft = asked(tx, case.id)
            assert drafts.sent_back_to(tx, ANN.person_id) == []
            assert drafts.send_back(tx, draft.id, by=BOB, number=draft.number, said=said)
            assert not drafts.approve(tx, draft.id, by=BOB, number=draft.number, now=NOON)
        written(tx, case.id, answers={"reasons": "We were late, and Cat comes."})
        [waiting] = drafts.sent_back_to(tx, ANN.person_id)
        assert (waiting.draft.status, waiting.draft.sent_back) == (drafts.DRAFT, "Say who comes.\nSay when.\n")
        assert drafts.sent_back_to(tx, BOB.person_id) == []


def test_nobody_sends_back_their_own_nor_what_they_have_not_read(database: Database) -> None:
    with database.writing() as tx:
        draft = asked(tx, opened(tx).id)
        assert not drafts.send_back(tx, draft.id, by=ANN, number=draft.number, said="Mine.")
        assert not drafts.send_back(tx, draft.id, by=BOB, number=draft.number - 1, said="Old.")


def test_a_letter_sent_leaves_no_draft_and_its_address_means_no_other(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        gone = asked(tx, case.id)
        assert drafts.remove(tx, case.id, STEP)
        assert not drafts.remove(tx, case.id, STEP)
        assert drafts.draft_of(tx, case.id, STEP) is None
        assert written(tx, case.id).id != gone.id
        assert not drafts.approve(tx, gone.id, by=BOB, number=1, now=NOON)


def test_what_another_wrote_meanwhile_is_not_written_over(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        seen = written(tx, case.id, seen=0)
        written(tx, case.id, by=BOB, seen=1)
        for stale in (0, seen.number):
            with pytest.raises(drafts.DraftChanged, match="changed by Bob Best"):
                written(tx, case.id, answers={"reasons": "Mine."}, seen=stale)


def test_a_letter_sent_meanwhile_is_not_begun_again_unseen(database: Database) -> None:
    with database.writing() as tx:
        case = opened(tx)
        written(tx, case.id)
        drafts.remove(tx, case.id, STEP)
        step(tx, case, by=BOB)
        with pytest.raises(drafts.DraftChanged, match="changed by Bob Best"):
            written(tx, case.id, seen=1)


def test_who_may_approve_sees_what_waits_in_their_areas(database: Database) -> None:
    with database.writing() as tx:
        repairs, income, hidden, draft_only = (
            opened(tx),
            opened(tx, area="income"),
            opened(tx, restricted=True),
            opened(tx),
        )
        for case in (income, repairs, hidden):
            asked(tx, case.id)
        written(tx, draft_only.id)

        def seen(*grants: GrantRow, restricted: bool = False) -> list[str]:
            keys = people.keys_of(grants, restricted=restricted)
            return [waiting.reference for waiting in drafts.waiting_for(tx, keys)]

        assert seen(GrantRow(SEH, DIRECTOR)) == [income.reference, repairs.reference]
        assert seen(GrantRow(SEH, DIRECTOR, "repairs")) == [repairs.reference]
        assert seen(GrantRow(SEH, DIRECTOR), restricted=True) == [hidden.reference]
        assert seen(GrantRow(SEH, "service_manager")) == []
        assert seen(GrantRow("st-leger-homes", DIRECTOR)) == []
        assert seen() == []
