"""Law, contacts, calendars and rule ids: what holds on a day, and what a mistake in them is told."""

from datetime import date
from pathlib import Path

import pytest

from engine.dated_data import contact_on, law_ended, read_calendar, read_contacts, read_law, read_rules

ROOT = Path(__file__).resolve().parents[2]

LAW = b"""\
wait:
  title: The wait
  says: One waits.
  from: 2013-04-01
  ended: 2022-10-01
  source: An Act
  texts: [{from: 2013-04-01, says: Wait eight weeks.}, {from: 2020-01-01, says: Still wait.}]
access: {title: Access, says: Go at once., from: 2022-10-01, source: A scheme}
"""
CONTACTS = b"""\
ombudsman:
  - {from: 2024-04-01, name: New, address: [PO Box 1, Town], telephone: "2"}
  - {from: 2013-04-01, name: Old, telephone: "1"}
"""
CALENDAR = b"""\
calendar: england
covers: {from: 2020-01-01, to: 2022-12-31}
days:
  - {date: 2022-09-19, name: State Funeral, known: 2022-09-10}
  - {date: 2020-05-04, name: Early May, known: 2020-01-01, withdrawn: 2020-02-01}
  - {date: 2022-12-29, name: Office closed, known: 2022-11-01, kind: closure}
"""
RULES = b"""\
AB:
  - {id: AB-1, clause: '1.1', lines: "5-7", rule: We do it., kind: commitment}
CD:
  - {id: CD-1, rule: We do that.}
"""


def test_law_holds_from_its_first_day_until_the_day_it_ended() -> None:
    law, problems = read_law(LAW, "law.yaml")
    assert problems == []
    held = [law["wait"].holds_on(date(2013, 3, 31)), law["wait"].holds_on(date(2013, 4, 1))]
    assert [*held, law["wait"].holds_on(date(2022, 10, 1))] == [False, True, False]
    assert law["access"].holds_on(date(2099, 1, 1))
    assert law_ended(law) == {"wait": date(2022, 10, 1)}


def test_a_statement_of_law_is_worded_as_of_a_day() -> None:
    law, _ = read_law(LAW, "law.yaml")
    assert law["wait"].text_on(date(2019, 1, 1)) == "Wait eight weeks."
    assert law["wait"].text_on(date(2021, 1, 1)) == "Still wait."
    assert law["access"].text_on(date(2023, 1, 1)) == "Go at once."


def test_a_letter_takes_the_address_of_its_own_date() -> None:
    contacts, problems = read_contacts(CONTACTS, "contacts.yaml")
    assert problems == []
    names = [contact_on(contacts, "ombudsman", date(year, 6, 1)) for year in (2012, 2019, 2024)]
    assert [contact.name if contact else None for contact in names] == [None, "Old", "New"]
    assert contact_on(contacts, "nobody", date(2024, 1, 1)) is None


def test_a_day_off_counts_from_when_it_was_known_until_it_was_withdrawn() -> None:
    calendar, problems = read_calendar(CALENDAR, "england.yaml")
    assert problems == []
    assert calendar is not None
    before, after = calendar.known_by(date(2022, 9, 9)), calendar.known_by(date(2022, 9, 10))
    assert before.is_working(date(2022, 9, 19))
    assert not after.is_working(date(2022, 9, 19))
    assert not calendar.known_by(date(2020, 1, 31)).is_working(date(2020, 5, 4))
    assert calendar.known_by(date(2020, 2, 1)).is_working(date(2020, 5, 4))


def test_rules_are_listed_under_the_prefix_of_their_source() -> None:
    rules, problems = read_rules(RULES, "rules.yaml")
    assert problems == []
    assert (rules["AB-1"].source, rules["AB-1"].clause, rules["AB-1"].lines) == ("AB", "1.1", "5-7")
    assert rules["CD-1"].source == "CD"


MISTAKES = [
    (read_law, LAW, "ended: 2022", "ended: 2012", "Law 'wait' ended before it began."),
    (read_law, LAW, "source: An Act", "sauce: An Act", "Law 'wait' has the key 'sauce', which is not known here."),
    (read_contacts, CONTACTS, "2013-04-01", "2024-04-01", "Contact 'ombudsman' has two rows from 2024-04-01."),
    (read_contacts, CONTACTS, "from: 2013-04-01", "from: soon", "A row of contact 'ombudsman' has 'soon' under 'from'"),
    (read_calendar, CALENDAR, "kind: closure", "kind: closed", "A day is of the kind 'closed', which is none."),
    (read_calendar, CALENDAR, "withdrawn: 2020", "withdrawn: 2019", "Early May was withdrawn on 2019-02-01"),
    (read_calendar, CALENDAR, "date: 2022-12-29", "date: 2023-12-29", "2023-12-29 is outside what this calendar"),
    (read_rules, RULES, "CD-1", "AB-1", "The rule id 'AB-1' is here twice."),
    (read_rules, RULES, "id: CD-1", "id: EF-1", "The rule id 'EF-1' does not begin with 'CD-'"),
]


@pytest.mark.parametrize(("reader", "text", "right", "wrong", "what"), MISTAKES, ids=[each[4] for each in MISTAKES])
def test_a_mistake_in_dated_data_is_named_with_its_line(reader, text, right, wrong, what) -> None:
    broken = text.decode().replace(right, wrong)
    _, problems = reader(broken.encode(), "a.yaml")
    assert problems[0].what.startswith(what)
    assert wrong in broken.splitlines()[problems[0].line - 1]
    assert problems[0].mend


def test_the_shipped_dated_data_has_no_problem() -> None:
    for name, reader in (("law", read_law), ("contacts", read_contacts), ("rules", read_rules)):
        path = ROOT / "policies" / f"{name}.yaml"
        assert reader(path.read_bytes(), str(path))[1] == []


def test_the_wait_and_the_designated_person_ended_in_law_on_one_day() -> None:
    law, _ = read_law((ROOT / "policies" / "law.yaml").read_bytes(), "law.yaml")
    ended = law_ended(law)
    assert ended["ombudsman_wait"] == ended["designated_person"] == date(2022, 10, 1)
