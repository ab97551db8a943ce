"""What a letter about a case says: its dates, addresses and law are those of its own day, on real cases."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date

import pytest

from engine import steps
from engine.case_files import CaseFile
from engine.events import moment
from engine.letter_values import letter_of
from engine.letters import Letter, LetterTemplate, Part, template_of
from engine.office import Office, sealed_letters
from engine.problems import Broken
from engine.rights import Grant, Person
from tests.unit.case_acts import recorded
from tests.unit.casting import hired
from tests.unit.test_steps import done, logged
from web import prefill

ST_LEGER, SOUTH_ESSEX, COUNCIL = "st-leger-homes", "south-essex-homes", "council-housing"
DAY = date(2024, 12, 31)


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def opened(office: Office, who: Person, policy: str, received: str = "2024-12-20", **answers: object) -> CaseFile:
    """A case that was received and triaged that day."""
    said = {"resident": "Ada", "address": "1 High Street,\nDoncaster", "postcode": "DN1 1AA", **answers}
    reference = logged(office, who, policy, moment(received), **said)
    done(office, reference, who, "triage", received)
    return seen(office, reference, who, received)


def seen(office: Office, reference: str, who: Person, day: str) -> CaseFile:
    return steps.seen_by(office, reference, who, moment(day))


def letter(
    office: Office, file: CaseFile, event: str, text: str, who: Person, *, day: date = DAY, channel: str = "", **answers
) -> Letter:
    """The letter that goes with an event where the version's template says just that."""
    assert file.book is not None
    name = file.book.outgoing[event].letter
    template = LetterTemplate(name, name, name, (Part("body", text),))
    changed = replace(file, book=replace(file.book, templates={name: template}))
    found = letter_of(office, changed, event, answers, day=day, who=who, channel=channel)
    assert found is not None
    return found


def says(office: Office, file: CaseFile, event: str, text: str, who: Person, **given) -> str:
    return "\n\n".join(block.text for block in letter(office, file, event, text, who, **given).blocks)


def test_an_event_without_a_letter_and_a_version_without_one_have_none(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    assert letter_of(office, file, "triaged", {}, day=DAY, who=ann) is None
    bare = replace(file, book=replace(file.book, templates={}))
    assert letter_of(office, bare, "stage_1.acknowledged", {}, day=DAY, who=ann) is None
    assert letter_of(office, replace(file, book=None), "stage_1.acknowledged", {}, day=DAY, who=ann) is None


def test_the_head_is_to_the_resident_from_the_landlord_of_that_day(office: Office, ann: Person) -> None:
    found = letter(office, opened(office, ann, SOUTH_ESSEX), "stage_1.acknowledged", "x", ann)
    assert (found.to_name, found.to_address) == ("Ada", ("1 High Street", "Doncaster", "DN1 1AA"))
    assert found.sender.name == "South Essex Homes"
    assert found.sender.address[0] == "Civic Centre", "its own name is not said twice"
    assert found.day == DAY


def test_the_answers_date_is_counted_as_if_the_letter_went_on_its_own_date(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    text = "((answer_due)) ((answer_within)) ((extension_at_most)) ((stage)) ((next_stage))"
    said = says(office, file, "stage_1.acknowledged", text, ann)
    assert said == "15 January 2025 10 working days 10 working days Stage 1 Stage 2"
    later = says(office, file, "stage_1.acknowledged", "((answer_due))", ann, day=date(2025, 1, 2))
    assert later == "16 January 2025"


def test_a_promised_date_is_the_one_the_letter_gives(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    said = says(office, file, "stage_1.acknowledged", "((answer_due))", ann, promised="2025-01-10")
    assert said == "10 January 2025"


@pytest.mark.parametrize(("channel", "last"), [("email", "29 January 2025"), ("post", "31 January 2025")])
def test_the_last_day_to_ask_is_counted_from_when_this_letter_arrives(
    office: Office, ann: Person, channel: str, last: str
) -> None:
    file = opened(office, ann, ST_LEGER)
    done(office, file.reference, ann, "stage_1.acknowledge", "2024-12-23")
    file = seen(office, file.reference, ann, "2024-12-30")
    text = "((request_by)), within ((request_within))"
    said = says(office, file, "stage_1.response_sent", text, ann, channel=channel, outcome="upheld")
    assert said == f"{last}, within 20 working days"


def test_before_there_is_an_answer_no_last_day_to_ask_is_told(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    assert letter(office, file, "stage_1.acknowledged", "((request_by))", ann).empty_fields == ("request_by",)


def test_an_extension_names_the_date_before_it_and_the_latest_allowed(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    done(office, file.reference, ann, "stage_1.acknowledge", "2024-12-31", promised="2025-01-14")
    file = seen(office, file.reference, ann, "2025-01-10")
    text = "from ((was_due)) to ((to)), at the latest ((limit)); ((answer_due))"
    said = says(office, file, "stage_1.extension_given", text, ann, day=date(2025, 1, 10), to="2025-01-28", reason="x")
    assert said == "from 14 January 2025 to 28 January 2025, at the latest 29 January 2025; 28 January 2025"


@pytest.mark.parametrize(
    ("day", "address", "wait"),
    [
        (date(2022, 9, 30), "81 Aldwych", "waits"),
        (date(2022, 10, 1), "81 Aldwych", "direct"),
        (date(2024, 4, 1), "PO Box 1484", "direct"),
    ],
)
def test_addresses_and_law_are_those_of_the_letters_date(
    office: Office, ann: Person, day: date, address: str, wait: str
) -> None:
    file = opened(office, ann, SOUTH_ESSEX, "2022-09-20")
    text = "((ombudsman.address)) ((law.ombudsman_wait??waits))((law.direct_access??direct))"
    said = says(office, file, "stage_1.acknowledged", text, ann, day=day)
    assert said.startswith(f"{address}\n")
    assert said.endswith(f" {wait}")


def test_from_when_the_ombudsman_may_be_approached_is_empty_once_law_ended_the_wait(
    office: Office, ann: Person
) -> None:
    file = opened(office, ann, SOUTH_ESSEX, "2019-06-03")
    for key, day in (("stage_1.acknowledge", "2019-06-04"), ("stage_1.respond", "2019-06-10")):
        done(office, file.reference, ann, key, day)
    file = seen(office, file.reference, ann, "2019-06-11")
    text = "((direct_from??from ((direct_from))))."
    assert says(office, file, "stage_2.response_sent", text, ann, day=date(2019, 7, 1)) == "from 26 August 2019."
    assert says(office, file, "stage_2.response_sent", text, ann, day=date(2022, 10, 1)) == "."


def test_the_relevant_ombudsman_is_the_one_triage_named_and_the_law_about_the_other_is_left_out(
    office: Office, ann: Person
) -> None:
    text = "((ombudsman.name)): ((law.direct_access??at any time))"
    for relevant, said in (
        ("housing", "Housing Ombudsman Service: at any time"),
        ("local_government", "Local Government and Social Care Ombudsman:"),
    ):
        reference = logged(office, ann, COUNCIL, moment("2024-12-20"))
        done(office, reference, ann, "triage", "2024-12-20", relevant_ombudsman=relevant)
        file = seen(office, reference, ann, "2024-12-20")
        assert says(office, file, "stage_1.acknowledged", text, ann) == said


def test_the_definition_is_what_was_acknowledged_and_before_that_what_the_resident_said(
    office: Office, ann: Person
) -> None:
    file = opened(office, ann, COUNCIL, description="It is cold.", outcome_sought="Heat")
    text = "((definition)) ((outcomes_known))"
    assert says(office, file, "stage_1.response_sent", text, ann) == "It is cold. Heat"
    own = {"understanding": "The boiler failed.", "outcomes_sought": "A new boiler"}
    assert says(office, file, "stage_1.acknowledged", text, ann, **own) == "The boiler failed. A new boiler"
    done(office, file.reference, ann, "stage_1.acknowledge", "2024-12-23", understanding="No heating since May.")
    file = seen(office, file.reference, ann, "2024-12-24")
    assert says(office, file, "stage_1.response_sent", text, ann) == "No heating since May. Heat"


def tells(office: Office, file: CaseFile, event: str, who: Person, day: str) -> str:
    text = "((definition??((definition)))) ((outcomes_known))"
    return says(office, file, event, text, who, day=date.fromisoformat(day))


@pytest.mark.parametrize(("received", "year"), [("2017-02-06", 2017), ("2019-06-03", 2019)])
def test_what_the_resident_says_at_a_stage_goes_before_what_was_acknowledged_at_an_earlier_one(
    office: Office, ann: Person, received: str, year: int
) -> None:
    file = opened(office, ann, SOUTH_ESSEX, received, description="It is cold.", outcome_sought="Heat")
    asked, last = f"{year}-06-20", f"{year}-07-10"
    own = {"understanding": "No heating.", "outcomes_sought": "A boiler this week"}
    done(office, file.reference, ann, "stage_1.acknowledge", received, **own)
    done(office, file.reference, ann, "stage_1.respond", f"{year}-06-12")
    second = {"expectations": "Nobody rang.", "outcome_sought": "A telephone call"}
    recorded(office, file.reference, ann, "stage_2.requested", asked, **second)
    file = seen(office, file.reference, ann, asked)
    assert tells(office, file, "stage_2.response_sent", ann, asked) == "Nobody rang. A telephone call"
    assert prefilled(file) == {"understanding": "Nobody rang.", "outcomes_sought": "A telephone call"}
    if year != 2017:
        return
    done(office, file.reference, ann, "stage_2.respond", f"{year}-06-28")
    appeal = {"reasons": "Nobody came.", "expectations": "It is still cold.", "remedy_required": "A visit"}
    recorded(office, file.reference, ann, "stage_3.requested", last, **appeal)
    file = seen(office, file.reference, ann, last)
    said = "Nobody came.\n\nIt is still cold. A visit"
    assert tells(office, file, "stage_3.response_sent", ann, last) == said
    assert tells(office, file, "stage_1.response_sent", ann, last) == "No heating. A boiler this week"


def test_a_request_without_reasons_leaves_what_was_understood_before(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER, "2024-06-03", description="It is cold.", outcome_sought="Heat")
    done(office, file.reference, ann, "stage_1.acknowledge", "2024-06-04", understanding="No heating.")
    done(office, file.reference, ann, "stage_1.respond", "2024-06-10")
    recorded(office, file.reference, ann, "stage_2.requested", "2024-06-12", outcome_sought="A new boiler")
    file = seen(office, file.reference, ann, "2024-06-12")
    assert tells(office, file, "stage_2.acknowledged", ann, "2024-06-12") == "No heating. A new boiler"
    done(office, file.reference, ann, "stage_2.acknowledge", "2024-06-13", understanding="Still no heating.")
    file = seen(office, file.reference, ann, "2024-06-14")
    assert tells(office, file, "stage_2.response_sent", ann, "2024-06-14") == "Still no heating. A new boiler"


def prefilled(file: CaseFile) -> dict[str, str]:
    """What an acknowledgement at the stage the case is at would begin with."""
    form = file.book.workflows.forms["acknowledgement"]
    given = prefill.task(file, form, moment("2024-12-31"))
    return {name: given[name] for name in ("understanding", "outcomes_sought")}


def test_answers_are_printed_as_words_and_choices_may_be_asked_for(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL)
    text = "((outcome)), by ((remedy_by)). ((outcome.upheld??You were right.))((outcome.not_upheld??No.))"
    said = says(office, file, "stage_1.response_sent", text, ann, outcome="upheld", remedy_by="2025-02-03")
    assert said == "Upheld, by 3 February 2025. You were right."


def test_what_a_form_does_not_accept_is_as_if_it_were_not_there(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL)
    answers = {"outcome": "nonsense", "remedy_by": "31 February", "channel": ["x"], "stranger": object()}
    found = letter(office, file, "stage_1.response_sent", "((outcome)) ((remedy_by))", ann, **answers)
    assert found.empty_fields == ("outcome", "remedy_by")


def test_no_letter_prints_what_a_resident_said_of_their_health(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL, vulnerabilities="asthma", adjustments=["large_print"])
    text = "((vulnerabilities??asthma)) ((adjustments??large print)) ((adjustments_agreed??We agreed))."
    agreed = {"adjustments_agreed": "Larger print.", "vulnerabilities": "asthma"}
    assert says(office, file, "stage_1.acknowledged", text, ann, **agreed) == "We agreed."
    assert says(office, file, "stage_1.response_sent", text, ann, **agreed) == "."


def test_who_signs_does_so_in_the_role_whose_task_it_is_or_one_they_hold(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL)
    text = "((signed_by)), ((role)), ((landlord))"
    ben = hired(office, "Ben", Grant(COUNCIL, "service_director"))
    assert says(office, file, "stage_1.acknowledged", text, ann) == "Ann, Customer Relations team, The council"
    assert says(office, file, "stage_1.response_sent", text, ann) == "Ann, Service manager, The council"
    assert says(office, file, "stage_1.response_sent", text, ben) == "Ben, Service director, The council"


def test_an_apology_and_a_refusal_are_letters_of_facts(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL)
    assert {"stage_1.apology_sent", "stage_2.apology_sent", "refusal_sent", "thanked"} <= set(file.book.letters)
    assert "ombudsman.apology_sent" not in file.book.letters
    said = says(office, file, "stage_1.apology_sent", "((to)): ((reason)) ((stage))", ann, to="2025-03-03", reason="x")
    assert said == "3 March 2025: x Stage 1"


def test_a_day_that_no_calendar_covers_leaves_dates_empty_and_raises_nothing(office: Office, ann: Person) -> None:
    file = opened(office, ann, COUNCIL)
    found = letter(office, file, "stage_1.acknowledged", "((answer_due))", ann, day=date(2099, 1, 1))
    assert found.stops() == ["The letter needs the date of the answer, which is empty."]


def test_every_letter_of_every_version_can_be_composed_with_nothing_answered(office: Office, ann: Person) -> None:
    """Nothing fails and nothing goes: each says what it lacks, and no bracket of the notation is left in it."""
    for shelved in office.shelved.values():
        version = shelved.book.version
        file = opened(office, ann, version.policy, max(version.in_force_from, date(2018, 11, 6)).isoformat())
        file = replace(file, book=shelved.book)
        for event in shelved.book.outgoing:
            found = letter_of(office, file, event, {}, day=DAY, who=ann)
            texts = [text for block in found.blocks for text in (block.text, *block.items)] if found else []
            assert not any("((" in text for text in texts), (version.key, event)


def test_composing_a_letter_takes_well_under_five_milliseconds(office: Office, ann: Person) -> None:
    file = opened(office, ann, ST_LEGER)
    spent = []
    for _ in range(20):
        begun = time.perf_counter()
        letter_of(office, file, "stage_1.acknowledged", {"understanding": "Cold."}, day=DAY, who=ann)
        spent.append(time.perf_counter() - begun)
    assert min(spent) < 0.005


def test_the_letters_of_a_sealed_version_are_in_its_rulebook(office: Office) -> None:
    for key, shelved in office.shelved.items():
        version = shelved.book.version
        letters = office.shelf.letters.get(version.file)
        assert letters is not None, key
        assert {one.name: one.parts for one in shelved.book.templates.values()} == {
            one.name: one.parts for one in letters.templates.values()
        }
        going = [one for one in shelved.book.outgoing.values() if one.is_offered]
        assert all(template_of(shelved.book.templates, one.letter, one.stage) for one in going)


def test_a_version_sealed_without_letters_has_none_and_one_that_no_longer_reads_is_refused() -> None:
    assert sealed_letters({}, "p/v") == {}
    with pytest.raises(Broken, match="'letters'"):
        sealed_letters({"policies/p/v.letters.yaml": b"policy: p\nversion: v\n"}, "p/v")
