"""Laws of the date a letter gives for the answer, once the policy's own date is over."""

from __future__ import annotations

from datetime import date

import pytest

from engine import writing
from engine.events import moment
from engine.letter_values import letter_of
from engine.letter_words import plain_text
from engine.office import Office
from engine.refusals import BadAnswers
from engine.rights import Person
from tests.unit.case_acts import done, logged, seen
from tests.unit.casting import hired

SOUTH_ESSEX = "south-essex-homes"
ACK, LATE = "stage_1.acknowledge", "2019-10-21"
SAID = {"understanding": "The boiler.", "responsible_for": "All of it.", "advocacy": "Citizens Advice."}


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


@pytest.fixture
def unacknowledged(office: Office, ann: Person) -> str:
    """A complaint of 30 September 2019, to be answered by 14 October, that nobody has acknowledged a week later."""
    reference = logged(office, ann, policy=SOUTH_ESSEX, received="2019-09-30")
    done(office, reference, ann, "triage", "2019-09-30")
    return reference


def test_once_the_policys_date_is_over_an_acknowledgement_must_give_a_day_that_is_not(
    office: Office, ann: Person, unacknowledged: str
) -> None:
    file, day = seen(office, unacknowledged, ann, LATE), date.fromisoformat(LATE)
    with pytest.raises(BadAnswers, match="policy's date for the answer, 14 October 2019, is over"):
        writing.refuse(office, file, ACK, SAID, day=day, who=ann, now=moment(LATE))
    given = {**SAID, "promised": "2019-10-28"}
    writing.refuse(office, file, ACK, given, day=day, who=ann, now=moment(LATE))
    letter = letter_of(office, file, "stage_1.acknowledged", given, day=day, who=ann)
    assert letter is not None
    words = " ".join(plain_text(letter).split())
    assert "You should have had our full response by 14 October 2019, and we are sorry that you have not." in words
    assert "You will have our full response by 28 October 2019." in words


def test_an_acknowledgement_in_time_speaks_of_no_date_missed(office: Office, ann: Person, unacknowledged: str) -> None:
    file = seen(office, unacknowledged, ann, "2019-10-02")
    writing.refuse(office, file, ACK, SAID, day=date(2019, 10, 2), who=ann, now=moment("2019-10-02"))
    letter = letter_of(office, file, "stage_1.acknowledged", SAID, day=date(2019, 10, 2), who=ann)
    assert letter is not None
    words = " ".join(plain_text(letter).split())
    assert "should have had" not in words
    assert "by 14 October 2019." in words


def test_an_apology_names_the_policys_date_whatever_an_earlier_one_promised(
    office: Office, ann: Person, unacknowledged: str
) -> None:
    file = seen(office, unacknowledged, ann, LATE)
    assert file.standing.ledger.deadlines["stage_1.response"].due == date(2019, 10, 14)
    done(office, unacknowledged, ann, ACK, LATE, promised="2019-10-28")
    file = seen(office, unacknowledged, ann, "2019-10-23")
    assert file.standing.ledger.deadlines["stage_1.response"].promised == date(2019, 10, 28)
    sorry = {"to": "2019-11-04", "reason": "The part has not come.", "action": "It is ordered again."}
    letter = letter_of(office, file, "stage_1.apology_sent", sorry, day=date(2019, 10, 23), who=ann)
    assert letter is not None
    words = " ".join(plain_text(letter).split())
    assert "by 14 October 2019, and we did not send it in time" in words
    assert "28 October 2019" not in words
