"""A new bank holiday or closure: the drill says every date that moves, and what is confirmed is what it said."""

from __future__ import annotations

from datetime import date

import pytest

from engine import calendar_days, refreshing
from engine.calendar_days import Change
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import APPROVER, AUTHOR, Grant, Person
from engine.store import acts, calendar_rows, inbox, people
from tests.unit import case_acts
from tests.unit.casting import hired

NOW = moment("2024-06-05T10:00")
COUNCIL = "council-housing"


def thanksgiving(office: Office, day: date = date(2024, 6, 6), known: date = date(2024, 6, 4)) -> Change:
    return calendar_days.added(
        office, "england", day=day, name="Day of  Thanksgiving", kind="bank_holiday", known=known, now=NOW
    )


def approver(office: Office, policy: str = COUNCIL, role: str = APPROVER) -> Person:
    hired(office, f"Ada {policy} {role}", Grant(policy, role))
    with office.database.reading() as tx:
        row = people.person_by_sign_in(tx, f"Ada {policy} {role}")
    assert row is not None
    return Person(str(row.id), "Ada", studio=(Grant(policy, role),))


def stored_due(office: Office, reference: str, who: Person) -> date | None:
    with office.database.reading() as tx:
        file = case_acts.seen(office, reference, who, NOW)
        assert file.row is not None
        return inbox.tasks_of(tx, file.row.id)[0].due


def test_the_drill_lists_every_date_that_moves_and_writes_nothing(any_office: Office):
    office = any_office
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2024-06-03")
    case_acts.logged(office, ann, received="2024-06-03", resident="Somebody else")
    found = calendar_days.drill(office, thanksgiving(office), NOW)
    first = [one for one in found.moved if one.reference == reference]
    assert [(one.deadline, one.before, one.after) for one in first if one.deadline == "stage_1.acknowledgement"] == [
        ("stage_1.acknowledgement", date(2024, 6, 10), date(2024, 6, 11))
    ]
    assert {one.deadline for one in first} >= {"stage_1.acknowledgement", "stage_1.response"}
    assert {one.role for one in first} >= {"Customer Relations team"}
    assert len({one.reference for one in found.moved}) == 2
    assert found.promised == ()
    assert stored_due(office, reference, ann) == date(2024, 6, 10)
    assert not [one for one in office.calendars["england"].days if one.date == date(2024, 6, 6)]


def test_what_is_confirmed_is_what_the_drill_said(any_office: Office):
    office = any_office
    ann, ada = hired(office, "Ann"), approver(office)
    reference = case_acts.logged(office, ann, received="2024-06-03")
    shown = calendar_days.drill(office, thanksgiving(office), NOW)
    learned, moved = calendar_days.confirm(office, shown, ada, NOW)
    assert moved == 1
    assert stored_due(learned, reference, ann) == date(2024, 6, 11)
    ledger = case_acts.seen(learned, reference, ann, NOW).standing.ledger
    for one in shown.moved:
        assert ledger.deadlines[one.deadline].due == one.after
    with office.database.reading() as tx:
        (act,) = acts.acts(tx, about="calendar england")
        rows = calendar_rows.recorded_days(tx, "england")
        assert refreshing.left(tx) == 0
    assert (act.what, act.person_id) == ("added_calendar_day", int(ada.id))
    assert act.detail is not None
    assert (act.detail["day"], act.detail["moved"]) == ("2024-06-06", len(shown.moved))
    row = next(one for one in rows if one.date == date(2024, 6, 6))
    assert (row.name, row.known, row.recorded) == ("Day of Thanksgiving", date(2024, 6, 4), NOW)


def test_a_promise_in_a_letter_does_not_move_and_is_listed_apart(office: Office):
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2024-05-28")
    case_acts.done(office, reference, ann, "triage", "2024-05-28")
    case_acts.done(office, reference, ann, "stage_1.acknowledge", "2024-05-30", promised="2024-06-13")
    found = calendar_days.drill(office, thanksgiving(office), NOW)
    (promise,) = found.promised
    assert (promise.reference, promise.deadline) == (reference, "stage_1.response")
    assert (promise.promised, promise.before, promise.after) == (
        date(2024, 6, 13),
        date(2024, 6, 13),
        date(2024, 6, 14),
    )
    learned, _ = calendar_days.confirm(office, found, approver(office), NOW)
    answer = case_acts.seen(learned, reference, ann, NOW).standing.ledger.deadlines["stage_1.response"]
    assert (answer.promised, answer.due) == (date(2024, 6, 13), date(2024, 6, 14))


def test_a_promise_for_the_very_day_that_is_now_off_is_listed(office: Office):
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2024-05-28")
    case_acts.done(office, reference, ann, "triage", "2024-05-28")
    case_acts.done(office, reference, ann, "stage_1.acknowledge", "2024-05-30", promised="2024-06-10")
    found = calendar_days.drill(office, thanksgiving(office, day=date(2024, 6, 10)), NOW)
    assert [(one.reference, one.promised) for one in found.promised] == [(reference, date(2024, 6, 10))]


def test_a_day_is_moved_away_again_and_the_dates_come_back(office: Office):
    ann, ada = hired(office, "Ann"), approver(office)
    reference = case_acts.logged(office, ann, received="2024-06-03")
    learned, _ = calendar_days.confirm(office, calendar_days.drill(office, thanksgiving(office), NOW), ada, NOW)
    gone = calendar_days.withdrawn(learned, "england", day=date(2024, 6, 6), known=date(2024, 6, 5), now=NOW)
    shown = calendar_days.drill(learned, gone, NOW)
    assert ("stage_1.acknowledgement", date(2024, 6, 11), date(2024, 6, 10)) in [
        (one.deadline, one.before, one.after) for one in shown.moved
    ]
    again, moved = calendar_days.confirm(learned, shown, ada, NOW)
    assert moved == 1
    assert stored_due(again, reference, ann) == date(2024, 6, 10)
    with office.database.reading() as tx:
        assert [one.what for one in acts.acts(tx, about="calendar england")] == [
            "withdrew_calendar_day",
            "added_calendar_day",
        ]
    back = calendar_days.confirm(
        again, calendar_days.drill(again, thanksgiving(again, known=date(2024, 6, 5)), NOW), ada, NOW
    )
    assert back[1] == 1, "a day moved away may be given again"


def test_only_an_approver_of_a_policy_that_counts_by_it_confirms(office: Office):
    shown = calendar_days.drill(office, thanksgiving(office), NOW)
    for who in (approver(office, role=AUTHOR), hired(office, "Bo", Grant(COUNCIL, "complaints_officer"))):
        with pytest.raises(Refused, match="may not change this calendar"):
            calendar_days.confirm(office, shown, who, NOW)
    assert calendar_days.may_change(office, "england", approver(office, "st-leger-homes"))


def test_nothing_is_confirmed_that_is_no_longer_what_was_shown(office: Office):
    ann, ada = hired(office, "Ann"), approver(office)
    shown = calendar_days.drill(office, thanksgiving(office), NOW)
    case_acts.logged(office, ann, received="2024-06-03")
    with pytest.raises(Refused, match="Look at it again"):
        calendar_days.confirm(office, shown, ada, NOW)


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"day": date(2024, 6, 8)}, "date", "is a Saturday"),
        ({"day": date(2024, 12, 25)}, "date", "already: Christmas Day"),
        ({"day": date(2099, 6, 8)}, "date", "covers 1 January 2012 to"),
        ({"name": "   "}, "name", "Enter what the day is called"),
        ({"kind": "holiday"}, "kind", "Choose a bank holiday or a closure"),
        ({"known": date(2024, 6, 6)}, "known", "must be today or in the past"),
    ],
)
def test_a_day_that_cannot_be_added_is_refused_with_a_sentence_for_the_field(office: Office, given, field, said):
    asked = {"day": date(2024, 6, 6), "name": "A day", "kind": "closure", "known": date(2024, 6, 4)} | given
    with pytest.raises(BadAnswers) as refused:
        calendar_days.added(office, "england", **asked, now=NOW)
    assert said in refused.value.errors[field]


def test_what_is_no_day_off_cannot_be_withdrawn_and_an_unknown_calendar_is_none(office: Office):
    with pytest.raises(BadAnswers, match="is not a day off"):
        calendar_days.withdrawn(office, "england", day=date(2024, 6, 6), known=date(2024, 6, 4), now=NOW)
    with pytest.raises(Unknown, match="There is: england"):
        calendar_days.withdrawn(office, "wales", day=date(2024, 6, 6), known=date(2024, 6, 4), now=NOW)


def test_many_cases_are_gone_on_with_until_all_are_written(office: Office):
    ann, ada = hired(office, "Ann"), approver(office)
    references = [case_acts.logged(office, ann, received="2024-06-03") for _ in range(5)]
    shown = calendar_days.drill(office, thanksgiving(office), NOW)
    learned, _ = calendar_days.confirm(office, shown, ada, NOW)
    with learned.database.writing() as tx:
        refreshing.ask(tx, shown.case_ids)
    assert refreshing.go_on(learned, NOW, most=2) == 0, "what is written already does not change"
    with learned.database.reading() as tx:
        assert refreshing.left(tx) == 3
    refreshing.go_on(learned, NOW)
    with learned.database.reading() as tx:
        assert refreshing.left(tx) == 0
    assert {stored_due(learned, one, ann) for one in references} == {date(2024, 6, 11)}


def test_what_was_done_late_and_is_in_time_after_all_is_told(office: Office):
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, received="2024-05-24")
    case_acts.done(office, reference, ann, "triage", "2024-05-24")
    case_acts.done(office, reference, ann, "stage_1.acknowledge", "2024-06-04")
    shut = calendar_days.added(
        office, "england", day=date(2024, 5, 30), name="Flood", kind="closure", known=date(2024, 5, 30), now=NOW
    )
    turned = [one for one in calendar_days.drill(office, shut, NOW).moved if one.turns]
    assert [(one.reference, one.deadline, one.before, one.after, one.turns) for one in turned] == [
        (reference, "stage_1.acknowledgement", date(2024, 6, 3), date(2024, 6, 4), "late becomes met")
    ]
