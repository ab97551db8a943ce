"""Laws of the facts no diagram waits for: offered when they fit the case, refused with a reason when they do not."""

from __future__ import annotations

from datetime import date

import pytest

from engine import case_words, casework, facts
from engine.casework import Said
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused
from engine.rights import Person
from tests.unit.case_acts import done, extend, logged, recorded, seen, under_way
from tests.unit.casting import hired

ALWAYS = {"contact_made", "authority_received", "conflict_declared"}
WHILE_OPEN = {"information_asked", "update_given", "follow_up_call_made"}


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def offered(office: Office, reference: str, who: Person, day: str) -> set[str]:
    return set(facts.facts_offered(seen(office, reference, who, day)))


def ending(office: Office, who: Person, decision: str) -> str:
    reference = logged(office, who)
    done(office, reference, who, "triage", "2024-06-04", decision=decision, reason="So it is.")
    return reference


def test_an_open_case_in_time_offers_a_contact_a_question_an_update_and_a_call(office, ann):
    assert offered(office, under_way(office, ann), ann, "2024-06-10") == ALWAYS | WHILE_OPEN


@pytest.mark.parametrize(
    ("decision", "letter"),
    [("refuse", "refusal_sent"), ("comment", "thanked"), ("compliment", "thanked"), ("service_request", None)],
)
def test_how_triage_ended_a_case_decides_the_letter_it_offers(office, ann, decision: str, letter: str | None):
    reference = ending(office, ann, decision)
    assert offered(office, reference, ann, "2024-06-05") - ALWAYS == ({letter} if letter else set())
    for other in {"refusal_sent", "thanked"} - {letter}:
        with pytest.raises(Refused, match="this one was not"):
            recorded(office, reference, ann, other, "2024-06-05")


def test_a_withdrawal_can_be_confirmed_and_nothing_else_can(office, ann):
    reference = under_way(office, ann)
    with pytest.raises(Refused, match="was not withdrawn"):
        recorded(office, reference, ann, "withdrawal_confirmed", "2024-06-10")
    recorded(office, reference, ann, "withdrawn", "2024-06-11")
    assert offered(office, reference, ann, "2024-06-12") == ALWAYS | {"withdrawal_confirmed"}
    recorded(office, reference, ann, "withdrawal_confirmed", "2024-06-12")
    assert seen(office, reference, ann, "2024-06-13").standing.status == "closed"


def test_authority_is_asked_for_until_it_has_come(office, ann):
    alone = under_way(office, ann)
    child = under_way(office, ann, representative="Her mother", authority="child")
    daughter = under_way(office, ann, representative="Her daughter", authority="none")
    unsaid = under_way(office, ann, representative="A neighbour")
    asks = [
        ref for ref in (alone, child, daughter, unsaid) if "authority_asked" in offered(office, ref, ann, "2024-06-10")
    ]
    assert asks == [daughter, unsaid]
    recorded(office, daughter, ann, "authority_asked", "2024-06-10")
    recorded(office, daughter, ann, "authority_received", "2024-06-14", kind="signed")
    assert "authority_asked" not in offered(office, daughter, ann, "2024-06-14")
    with pytest.raises(Refused, match="none to ask for"):
        recorded(office, daughter, ann, "authority_asked", "2024-06-17")


def test_an_apology_is_for_an_answer_that_is_overdue_and_never_moves_its_due_date(office, ann):
    reference, apology = under_way(office, ann), "stage_1.apology_sent"
    with pytest.raises(Refused, match="is due on 19 June 2024 and is not overdue"):
        recorded(office, reference, ann, apology, "2024-06-19", to="2024-07-01")
    assert apology in offered(office, reference, ann, "2024-06-20")
    recorded(office, reference, ann, apology, "2024-06-20", to="2024-07-01")
    recorded(office, reference, ann, apology, "2024-07-01", to="2024-07-08")
    answer = seen(office, reference, ann, "2024-07-02").standing.ledger.deadlines["stage_1.response"]
    assert (answer.due, answer.promised, answer.state) == (date(2024, 6, 19), date(2024, 7, 8), "overdue")
    assert answer.sort_date == date(2024, 6, 19)
    done(office, reference, ann, "stage_1.respond", "2024-07-03")
    assert apology not in offered(office, reference, ann, "2024-07-04")
    with pytest.raises(Refused, match="was sent on 3 July 2024"):
        recorded(office, reference, ann, apology, "2024-07-04", to="2024-07-08")
    assert seen(office, reference, ann, "2024-07-04").standing.ledger.deadlines["stage_1.response"].state == "late"


def test_an_apology_sent_before_the_answer_is_recorded_after_it(office, ann):
    reference = under_way(office, ann)
    done(office, reference, ann, "stage_1.respond", "2024-07-03")
    said = Said({"to": "2024-07-05"}, moment("2024-06-28"), moment("2024-07-04"), is_story=True)
    file = seen(office, reference, ann, "2024-07-04")
    plan = casework.record_fact(office, file, "stage_1.apology_sent", ann, said)
    answer = plan.after.ledger.deadlines["stage_1.response"]
    assert (answer.promised, answer.state) == (date(2024, 7, 5), "late")


def test_an_apology_after_an_extension_counts_from_the_extended_date(office, ann):
    reference = under_way(office, ann)
    extend(office, reference, ann, "2024-06-19", to="2024-07-03")
    with pytest.raises(Refused, match="due on 3 July 2024"):
        recorded(office, reference, ann, "stage_1.apology_sent", "2024-06-24", to="2024-07-05")


@pytest.mark.parametrize(
    ("to", "told"), [("2024-06-19", "must not be before 20 June 2024"), ("2042-07-01", "Check the year")]
)
def test_an_apology_promises_a_day_to_come(office, ann, to: str, told: str):
    with pytest.raises(BadAnswers, match=told):
        recorded(office, under_way(office, ann), ann, "stage_1.apology_sent", "2024-06-20", to=to)


def test_no_apology_is_due_at_a_stage_nobody_asked_for(office, ann):
    with pytest.raises(Refused, match="No answer is due at that stage"):
        recorded(office, under_way(office, ann), ann, "stage_2.apology_sent", "2024-06-20", to="2024-07-01")


@pytest.mark.parametrize("name", ["apology_sent", "stage_9.apology_sent", "ombudsman.contact_made", "no_such_fact"])
def test_a_fact_is_named_with_its_stage_where_it_has_one_and_without_where_it_has_none(office, ann, name: str):
    file = seen(office, under_way(office, ann), ann, "2024-06-20")
    with pytest.raises(Refused):
        casework.record_fact(office, file, name, ann, Said({}, None, moment("2024-06-20"), is_story=True))


def test_what_comes_answers_what_was_asked_and_each_question_once(office, ann):
    reference = under_way(office, ann)
    with pytest.raises(Refused, match="Nothing was asked"):
        recorded(office, reference, ann, "information_received", "2024-06-06")
    for whom in ("The repairs team", "The contractor"):
        recorded(office, reference, ann, "information_asked", "2024-06-07", of_whom=whom, chase_on="2024-06-12")
    first, second = facts.unanswered(seen(office, reference, ann, "2024-06-08").events)
    with pytest.raises(BadAnswers, match="nothing of that number was asked"):
        recorded(office, reference, ann, "information_received", "2024-06-10", about="1")
    recorded(office, reference, ann, "information_received", "2024-06-10", about=str(second.number))
    recorded(office, reference, ann, "information_received", "2024-06-11")
    events = seen(office, reference, ann, "2024-06-12").events
    assert [event.text("about") for event in events if event.name == "information_received"] == [
        str(second.number),
        str(first.number),
    ]
    assert facts.unanswered(events) == []
    file = seen(office, reference, ann, "2024-06-12")
    words = dict(case_words.said(office, file, events[-1]))
    assert words["Which request does it answer?"] == "The repairs team, asked on 7 June 2024"


def test_a_chase_is_not_set_for_a_day_that_is_over(office, ann):
    with pytest.raises(BadAnswers, match="The day to chase it must not be before 7 June 2024"):
        recorded(office, under_way(office, ann), ann, "information_asked", "2024-06-07", chase_on="2024-06-06")


def test_a_closed_case_takes_a_contact_and_asks_nothing_more(office, ann):
    reference = under_way(office, ann)
    recorded(office, reference, ann, "withdrawn", "2024-06-11")
    recorded(office, reference, ann, "contact_made", "2024-06-13")
    for name in sorted(WHILE_OPEN):
        with pytest.raises(Refused, match="The case is closed"):
            recorded(office, reference, ann, name, "2024-06-13", chase_on="2024-06-14")


def test_facts_move_no_step_and_no_due_date(office, ann):
    reference = under_way(office, ann)
    before = seen(office, reference, ann, "2024-06-10").standing
    for name in ("contact_made", "information_asked", "information_received", "update_given", "follow_up_call_made"):
        recorded(office, reference, ann, name, "2024-06-10")
    after = seen(office, reference, ann, "2024-06-10").standing
    assert (after.open_tasks, after.may_happen, after.ledger.deadlines) == (
        before.open_tasks,
        before.may_happen,
        before.ledger.deadlines,
    )
