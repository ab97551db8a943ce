"""Every letter of every shipped version: what it must hold, whose words it uses, and what holds on its own date.

Each letter is written about a real case that was driven through the engine as far as that letter. The contents are
those of the domain notes, B3, with the provisions of the Code and the lines of the source documents they come from.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from engine import clock, example_files, publishing
from engine.case_files import CaseFile, load
from engine.events import at
from engine.examples import tell
from engine.letter_events import Outgoing, outgoing
from engine.letter_fields import ABOUT
from engine.letter_pdf import not_printed, pdf
from engine.letter_text import Placeholder, fields_in, parsed
from engine.letter_values import letter_of
from engine.letter_words import plain_text
from engine.letters import Letter, LetterTemplate, template_of
from engine.office import Office, open_office
from engine.policy import bare, stage_of
from engine.rights import Person
from engine.store import cases, register
from engine.store.database import migrate, open_database

ROOT = Path(__file__).resolve().parents[1]
SHELF = publishing.shipped(ROOT)
WRITER = Person(id="1", name="Priya Shah", is_made_up=True)
PRIVATE = "Her heart is failing"  # told us when she complained; no letter repeats it

RESIDENT = {
    "channel": "email", "resident": "Mrs Amina Rahman", "address": "12 Elm Court\nSouthend-on-Sea",
    "postcode": "SS2 6AB", "description": "Rain comes through the bedroom ceiling.", "vulnerabilities": PRIVATE,
    "outcome_sought": "The roof repaired.", "language": PRIVATE,
}  # fmt: skip
DEFINITION = {"understanding": "1. Rain comes in.\n2. Nobody came to two appointments."}
#: what happens to a case, in order, under each shape of policy
TWO = [
    ("2025-03-03", {"complaint_received": RESIDENT}),
    ("2025-03-05", {"stage_1.acknowledged": DEFINITION}),
    ("2025-03-18", {"stage_1.response_sent": {"channel": "email"}}),
    ("2025-03-24", "stage_2.requested"),
    ("2025-03-26", {"stage_2.acknowledged": DEFINITION}),
    ("2025-04-16", "stage_2.response_sent"),
]
THREE = [
    ("2019-03-05", {"complaint_received": RESIDENT}),
    ("2019-03-06", {"stage_1.acknowledged": DEFINITION}),
    ("2019-03-19", {"stage_1.response_sent": {"channel": "post"}}),
    ("2019-04-01", "stage_2.requested"),
    ("2019-04-12", "stage_2.response_sent"),
]
FOUR = [
    ("2015-03-02", {"complaint_received": RESIDENT}),
    ("2015-03-05", {"stage_1.acknowledged": DEFINITION}),
    ("2015-03-16", {"stage_1.response_sent": {"channel": "post"}}),
    ("2015-03-23", "stage_2.requested"),
    ("2015-04-07", {"stage_2.response_sent": {"channel": "post"}}),
    ("2015-04-20", "stage_3.requested"),
    ("2015-05-12", "stage_3.panel_met"),
    ("2015-05-14", "stage_3.response_sent"),
]
STORIES = {
    "council-housing/two-stage-2024": TWO,
    "st-leger-homes/two-stage-2024": TWO,
    "south-essex-homes/two-stage-2024": TWO,
    "south-essex-homes/three-stage-2018": THREE,
    "south-essex-homes/four-stage": FOUR,
}
#: the letters about a case that is no complaint, or is none any more, and what made it so
ENDINGS: Mapping[str, object] = {
    "refusal_sent": {"decide": {"triage": {"decision": "refuse", "reason": "It is five years old."}}},
    "thanked": {"decide": {"triage": "compliment"}},
    "withdrawal_confirmed": "withdrawn",
}
ANSWERS: Mapping[str, Mapping[str, object]] = {
    "acknowledged": {
        **DEFINITION, "outcomes_sought": "The roof repaired.", "responsible_for": "The roof.",
        "not_responsible_for": "The neighbour's dish.", "adjustments_agreed": "Large print.",
        "advocacy": "Citizens Advice",
    },
    "response_sent": {
        "not_involved": True, "outcome": "upheld", "decision": "1. Upheld.\n2. Upheld.", "reasons": "The job sheets.",
        "remedy": "We repair the roof.", "remedy_by": "2025-05-30", "actions": "Repairs team: the roof.",
        "lesson": "Leaks are urgent.", "channel": "email",
    },
    "extension_given": {"to": "2025-05-01", "reason": "The scaffold is late.", "update_interval": "every Friday"},
    "holding_reply_sent": {"to": "2025-05-01", "reason": "Two teams.", "action": "They are asked.",
                           "update_interval": "every Friday"},
    "apology_sent": {"to": "2025-05-01", "reason": "We lost the file.", "action": "It is being written."},
    "late_request_decided": {"decision": "refuse", "reason": "It came late.", "discretion": "We asked about it."},
    "panel_postponed": {"to": "2015-05-19", "reason": "A member is ill."},
    "refusal_sent": {"reasons": "It is five years old.", "evidence": "The record of it.", "discretion": "Your move."},
    "thanked": {"action": "The team will hear of it."},
    "withdrawal_confirmed": {"understanding_of_withdrawal": "You rang."},
    "authority_asked": {"representative": "Mrs Joan Barker", "needed": "Your signature."},
}  # fmt: skip

#: B3: what each letter must hold, by the names of its parts. Code 5.6, 5.7; 6.4, 6.5, 5.9; 6.9; 6.19; 2.4, 5.11, and
#: the lines of the sources: CHF-ACK-CONTENT, SEH18-6.1-S1-HOLD, SEH4-S3-RESP-CONTENT, SEH18-2.2-CC-ACK
ACKNOWLEDGED = {
    "reference", "stage", "understanding", "outcomes_sought", "responsible_for", "not_responsible_for", "process",
    "answer_date", "extension", "adjustments", "advocacy", "ombudsman",
}  # fmt: skip
ANSWERED = {"stage", "definition", "decision", "reasons", "remedy", "actions", "next_step", "ombudsman"}
CONTENTS = {
    "acknowledgement": ACKNOWLEDGED,
    "extension_notice": {"reason", "new_date", "ombudsman", "updates"},
    "holding_reply": {"reason", "action", "new_date"},
    "response": ANSWERED,
    "panel_response": {"decision", "ombudsman"},
    "refusal": {"reasons", "evidence", "discretion", "ombudsman"},
    "late_request_decision": {"decision", "reasons", "considered", "ombudsman"},
    "thanks": {"thanks", "action"},
    "apology": {"apology", "reason", "new_date", "ombudsman"},
    "panel_postponed": {"reason", "new_date"},
    "withdrawal": {"confirmation", "change_of_mind"},
    "authority_request": {"representative", "needed", "meanwhile"},
}
#: and what a version's own source adds: learning (004), name and telephone (001, 002), apology and campaigns (003)
OWN = {
    ("council-housing", "response"): {"learning"},
    ("south-essex-homes/three-stage-2018", "response"): {"contact"},
    ("south-essex-homes/four-stage", "response"): {"contact"},
    ("st-leger-homes", "response"): {"apology", "meet_the_ombudsman", "make_things_right"},
    ("st-leger-homes", "acknowledgement"): {"make_things_right"},
}
#: what B3 asks for only "if known" or where there is any
TOLD: dict[bytes, CaseFile] = {}  # the cases told so far, by their stories: none is changed
LEFT_OUT = {"outcomes_sought", "not_responsible_for", "actions", "updates", "learning"}


SEH13 = "south-essex-homes/four-stage"


@pytest.fixture(scope="module")
def office() -> Office:
    """The shipped versions, sealed in a database that is thrown away."""
    database = open_database("sqlite://")
    migrate(database)
    return open_office(database, SHELF, clock.now())[0]


def going() -> Iterator[tuple[str, str]]:
    """Every letter a version can send, by the event it goes with."""
    for key in STORIES:
        yield from ((key, event) for event, one in sent_by(key).items() if one.is_offered)


@cache
def sent_by(key: str) -> Mapping[str, Outgoing]:
    return {one.event: one for one in outgoing(SHELF.versions[key], SHELF.workflows)}


def templates_of(key: str) -> Mapping[str, LetterTemplate]:
    return SHELF.letters[SHELF.versions[key].file].templates


def told(office: Office, key: str, story: list[tuple[str, object]], seen: str) -> CaseFile:
    """The case of a story, as it stands on a day."""
    policy = key.partition("/")[0]
    example = {"example": "A case", "story": dict(story), "seen_on": seen, "expect": {}}
    text = json.dumps({"policy": policy, "examples": [example]}).encode()  # JSON is YAML
    if text in TOLD:
        return TOLD[text]
    found, problems = example_files.read(text, "story.yaml")
    assert found is not None, [str(one) for one in problems]
    assert [str(one) for one in tell(office, found.examples[0]).failures] == []
    with office.database.reading() as tx:
        case = cases.load_case(tx, max(register.all_case_ids(tx)))
        assert case is not None
        TOLD[text] = load(tx, office, case.reference, at(date.fromisoformat(seen)))
    return TOLD[text]


def before(key: str, event: str) -> tuple[list[tuple[str, object]], str]:
    """What happened before a letter, and the day it goes."""
    story, name = STORIES[key], bare(event)
    if name in ENDINGS or name == "authority_asked":
        length = 2 if name in ("withdrawal_confirmed", "authority_asked") else 1
        day = date.fromisoformat(story[length - 1][0]) + timedelta(days=1)
        ending = [(day.isoformat(), ENDINGS[name])] if name in ENDINGS else []
        return [*story[:length], *ending], (day + timedelta(days=1)).isoformat()
    if name == "late_request_decided":
        asked = next(place for place, (_, one) in enumerate(story) if one == f"{stage_of(event)}.requested")
        late = date.fromisoformat(story[asked][0]) + timedelta(days=60)
        return [*story[:asked], (late.isoformat(), story[asked][1])], (late + timedelta(days=2)).isoformat()
    ends = {"acknowledged": event, "panel_postponed": f"{stage_of(event)}.panel_met"}
    wanted = ends.get(name, f"{stage_of(event)}.response_sent")
    place = next(at for at, (_, one) in enumerate(story) if wanted in (one if isinstance(one, dict) else [one]))
    return story[:place], story[place][0]


def written(office: Office, key: str, event: str, *, day: str = "", **changed: object) -> Letter:
    """The letter of a version that goes with an event, its form filled, about a case come as far as that."""
    story, usual = before(key, event)
    file = told(office, key, story, max(day, usual))
    assert file.governing.version == SHELF.versions[key]
    form = SHELF.workflows.forms[sent_by(key)[event].form]
    answers = {**ANSWERS[bare(event)], **changed}
    fitting = {name: value for name, value in answers.items() if name in form.names and value is not None}
    letter = letter_of(office, file, event, fitting, day=date.fromisoformat(day or usual), who=WRITER, channel="email")
    assert letter is not None
    return letter


def template(key: str, event: str) -> LetterTemplate:
    one = sent_by(key)[event]
    found = template_of(templates_of(key), one.letter, one.stage)
    assert found is not None
    return found


def templates() -> list[tuple[str, LetterTemplate]]:
    return [(key, one) for key in STORIES for one in templates_of(key).values()]


def asked_by(text: str) -> set[str]:
    return {one.name for one in fields_in(parsed(text))}


@pytest.mark.parametrize(("key", "event"), list(going()))
def test_a_letter_about_a_real_case_lacks_nothing_once_its_form_is_filled(office: Office, key: str, event: str) -> None:
    letter = written(office, key, event)
    assert letter.stops() == []
    assert [one.name for one in letter.contents if not one.is_there] == []
    assert "Mrs Amina Rahman" in plain_text(letter)
    assert PRIVATE not in plain_text(letter)


@pytest.mark.parametrize(("key", "event"), list(going()))
def test_every_letter_prints_as_a_tagged_document(office: Office, key: str, event: str) -> None:
    letter = written(office, key, event)
    root = PdfReader(io.BytesIO(pdf(letter))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value
    assert root["/Lang"] == "en-GB"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert not_printed(letter) == ""


@pytest.mark.parametrize(("key", "event"), list(going()))
def test_a_letter_holds_every_content_that_is_required_of_it(key: str, event: str) -> None:
    kind = sent_by(key)[event].letter
    parts = {part.name: part for part in template(key, event).parts if part.must}
    own = set().union(*(parts for (whose, what), parts in OWN.items() if what == kind and key.startswith(whose)))
    assert CONTENTS[kind] | own <= parts.keys()
    assert {name for name, part in parts.items() if part.is_optional} <= LEFT_OUT


@pytest.mark.parametrize(("key", "event"), list(going()))
def test_a_letter_with_an_empty_required_part_does_not_go(office: Office, key: str, event: str) -> None:
    for part in template(key, event).parts:
        needed = {one.name for one in parsed(part.text) if isinstance(one, Placeholder)} & ANSWERS[bare(event)].keys()
        for name in needed if part.must and not part.is_optional else ():
            stops = written(office, key, event, **{name: None}).stops()
            asked = name.replace("_", " ")
            assert [stop for stop in stops if part.must in stop and asked in stop] != []


@pytest.mark.parametrize("key", STORIES)
def test_an_answer_that_upholds_says_what_is_done_and_by_when(office: Office, key: str) -> None:
    event = "stage_1.response_sent"
    for outcome in ("upheld", "partly_upheld"):
        for empty in ("remedy", "remedy_by"):
            stops = written(office, key, event, outcome=outcome, **{empty: None}).stops()
            assert [stop for stop in stops if "what puts it right, and by when" in stop] != []
    assert written(office, key, event, outcome="not_upheld", remedy=None, remedy_by=None).is_whole


@pytest.mark.parametrize("stage", ["stage_1", "stage_2"])
@pytest.mark.parametrize("lesson", ["None", "none.", " NONE\n", "Nothing."])
def test_an_answer_tells_no_lesson_where_there_is_none(office: Office, lesson: str, stage: str) -> None:
    key, event = "council-housing/two-stage-2024", f"{stage}.response_sent"
    letter = written(office, key, event, lesson=lesson)
    assert letter.is_whole
    assert "What we learn" not in plain_text(letter)
    assert lesson.strip() not in plain_text(letter)
    told = plain_text(written(office, key, event, lesson="None of our calls was logged."))
    assert "we learn:\n\nNone of our calls was logged." in told


def test_a_form_says_which_of_its_words_the_resident_reads() -> None:
    unsaid = [
        f"{key} {event}: {field.name}"
        for key, event in going()
        for part in template(key, event).parts
        for field in SHELF.workflows.forms[sent_by(key)[event].form].fields
        if field.type == "long_text" and field.name in asked_by(part.text) and "resident reads this" not in field.hint
    ]
    assert unsaid == []


@pytest.mark.parametrize("year", ["2015", "2019", "2024"])
def test_a_letter_gives_the_addresses_and_the_law_of_its_own_date(office: Office, year: str) -> None:
    text = " ".join(plain_text(written(office, SEH13, "stage_3.response_sent", day=f"{year}-05-14")).split())
    is_now = year == "2024"
    old = ("81 Aldwych", "Fax: 020 7831 1942", "eight weeks", "designated person", f"9 July {year}")
    new = ("PO Box 1484", "at any time, before or after we have answered", "within twelve months of our final answer")
    assert [one for one in new if one not in text] == ([] if is_now else list(new))
    assert [one for one in old if one not in text] == (list(old) if is_now else [])


def test_a_wait_that_the_law_cut_short_ends_on_the_day_it_did(office: Office) -> None:
    text = " ".join(plain_text(written(office, SEH13, "stage_3.response_sent", day="2022-09-14")).split())
    assert "1 October 2022" in text


def test_a_letter_of_the_council_names_the_ombudsman_whose_case_it_is(office: Office) -> None:
    key, triage = "council-housing/two-stage-2024", {"decision": "complaint", "relevant_ombudsman": "local_government"}
    story = [TWO[0], ("2025-03-04", {"decide": {"triage": triage}}), TWO[1]]
    file = told(office, key, story, "2025-03-17")
    for event in ("stage_1.response_sent", "stage_1.extension_given", "stage_1.apology_sent"):
        letter = letter_of(office, file, event, ANSWERS[bare(event)], day=date(2025, 3, 17), who=WRITER)
        assert letter is not None
        text = " ".join(plain_text(letter).split())
        assert "Local Government and Social Care Ombudsman" in text
        assert "Coventry" in text
        assert "Housing Ombudsman" not in text


@pytest.mark.parametrize(("key", "one"), templates())
def test_a_letter_types_no_address_no_law_and_no_length_of_time(key: str, one: LetterTemplate) -> None:
    text = " ".join(part.text for part in one.parts)
    assert re.findall(r"[@\u2013\u2014]|www\.|https?:", text) == []
    assert re.findall(r"(?<![Ss]tage )\b\d+", text) == []
    assert re.findall(r"(?i)\b(eight|ten|fifteen|twenty|twelve) (weeks|months|working)|only after", text) == []


@pytest.mark.parametrize(("key", "one"), templates())
def test_no_letter_uses_a_field_of_health_or_vulnerability(key: str, one: LetterTemplate) -> None:
    private = {field.name for form in SHELF.workflows.forms.values() for field in form.fields if field.sensitive}
    used = set().union(*(asked_by(part.text) for part in one.parts), asked_by(one.subject))
    assert {"vulnerabilities", "is_at_risk", "urgent_action"} <= private
    assert used & private <= ABOUT.get(bare(one.name), frozenset())


def test_no_rule_about_what_a_letter_says_is_still_to_come() -> None:
    kinds = {rule.id: rule.kind for rule in SHELF.rules.values()}
    waiting = [
        f"{version.key}: {clause.rule}"
        for version in SHELF.versions.values()
        for clause in version.clauses
        if kinds[clause.rule] == "letter content" and (clause.to_come or not clause.carried_by)
    ]
    assert sum(kind == "letter content" for kind in kinds.values()) > 20
    assert waiting == []


@pytest.mark.parametrize("first_word", ["Dear", "Yours sincerely"])
@pytest.mark.parametrize(("key", "one"), templates())
def test_a_letter_greets_the_resident_and_is_signed(key: str, one: LetterTemplate, first_word: str) -> None:
    assert first_word in (one.parts[0].text.split()[0], " ".join(one.parts[-1].text.split()[:2]))
    assert {"signed_by", "role", "landlord"} <= asked_by(one.parts[-1].text)
