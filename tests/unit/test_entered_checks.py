"""Laws of what people entered outside cases: as entered it is no difference, and otherwise each is named."""

from __future__ import annotations

from datetime import date

import pytest

from engine import calendar_days, case_moves, disposal, entered_checks, measure_years, retention, verification
from engine.events import moment
from engine.library import Library
from engine.office import Office, refreshed
from engine.rights import KEEPER, Person
from tests.unit import case_acts
from tests.unit.casting import hired
from tests.unit.test_calendar_days import NOW, approver, thanksgiving
from tests.unit.test_disposal import records_person
from tests.unit.test_verification import tamper

COUNCIL = "council-housing"
DAY = "INSERT INTO calendar_day (calendar, date, kind, known, name, recorded) VALUES ('england', '2024-06-07', "
HOMES = {"homes_rental": "2000", "homes_ownership": "1500", "divides_by": "all"}


def found(office: Office, shelf: Library) -> list[str]:
    with office.database.reading() as tx:
        return [f"{one.about}: {one.what}" for one in entered_checks.entered_differences(tx, shelf.calendars)]


def entered(office: Office) -> None:
    """Something of every kind entered, changed and taken back, and a case that is kept."""
    ann, ada, kay = hired(office, "Ann"), approver(office), records_person(office, "kay", KEEPER)
    boss = Person(hired(office, "Bo", is_administrator=True).id, "Bo", is_administrator=True)
    reference = case_acts.logged(office, ann, received="2024-06-03")
    learned, _ = calendar_days.confirm(office, calendar_days.drill(office, thanksgiving(office), NOW), ada, NOW)
    gone = calendar_days.withdrawn(learned, "england", day=date(2024, 6, 6), known=date(2024, 6, 5), now=NOW)
    learned, _ = calendar_days.confirm(learned, calendar_days.drill(learned, gone, NOW), ada, NOW)
    again = thanksgiving(learned, known=date(2024, 6, 5))
    calendar_days.confirm(learned, calendar_days.drill(learned, again, NOW), ada, NOW)
    begins = measure_years.first_day(2024)
    for homes in ("1999", "2000"):
        given = HOMES | {"homes_rental": homes, "divides_by": next(iter(measure_years.DIVIDES_BY))}
        measure_years.enter(office, boss, COUNCIL, begins, given, NOW)
    for days in ("1000", "2000"):
        retention.change(office, kay, COUNCIL, {"withdrawn": days}, "The schedule", NOW)
    case_moves.turn(office, boss, NOW, on=True)
    disposal.hold(office, kay, reference, "A claim", NOW)
    other = case_acts.logged(office, ann, received="2024-06-04")
    disposal.hold(office, kay, other, "A claim", NOW)
    with office.database.reading() as tx:
        last = disposal.disposals.hold_named(tx, other)
    disposal.end_hold(office, kay, last.id, "It was settled", moment("2024-06-06"))


def test_what_was_shipped_or_entered_is_no_difference(any_office: Office, shelf: Library):
    assert found(any_office, shelf) == []
    entered(any_office)
    assert found(any_office, shelf) == []


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        (f"{DAY} 'closure', '2024-01-01', 'Training', '2024-01-01')", "'Training' was neither shipped nor"),
        ("DELETE FROM calendar_day WHERE date = '2024-12-25'", "25 December 2024: 'Christmas Day' is not there."),
        ("UPDATE calendar_day SET known = '2023-01-01' WHERE date = '2024-12-25'", "25 December 2024: 'Christ"),
        ("UPDATE calendar_day SET withdrawn = '2024-01-01' WHERE date = '2024-12-25'", "Day', and not taken"),
        ("UPDATE calendar_day SET withdrawn = NULL WHERE date = '2024-06-06'", "as known on 5 June 2024"),
        ("UPDATE reporting_year SET homes_rental = 9000", "homes rental 9000, entered divides by received, homes"),
        ("DELETE FROM reporting_year", "stored is nothing, entered divides by"),
        ("UPDATE setting SET value = '{}' WHERE key = 'retention'", "retention, council-housing: the periods are not"),
        ("UPDATE setting SET value = 'false' WHERE key = 'moving_cases'", "moving cases: it is turned off, and nobody"),
        ("DELETE FROM disposal_hold WHERE ended_at IS NULL", "the hold placed on it is gone."),
        ("UPDATE disposal_hold SET ended_at = '2024-06-07 09:00:00.000000'", "the hold placed on it is gone."),
    ],
)  # fmt: skip
def test_what_was_changed_in_the_database_alone_is_named(office: Office, shelf: Library, tampering: str, says: str):
    entered(office)
    tamper(office, tampering)
    assert [one for one in found(office, shelf) if says in one], found(office, shelf)


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        (
            "UPDATE policy_version SET in_force_from = '2023-01-01' WHERE version = 'two-stage-2024'",
            "in force from 1 J",
        ),
        ("UPDATE policy_version SET title = 'Another'", "it is stored as 'Another'"),
    ],
)
def test_a_version_stored_otherwise_than_its_text_says_is_named(office: Office, tampering: str, says: str):
    tamper(office, tampering)
    with office.database.reading() as tx:
        differences = [str(one) for one in verification.registered_differences(tx, refreshed(office))]
    assert [one for one in differences if says in one], differences
