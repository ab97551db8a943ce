"""What printing a letter costs: a full acknowledgement of the council's, composed from its case and made a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from engine import steps
from engine.casework import Said
from engine.events import local_day
from engine.letter_pdf import pdf
from engine.letter_values import letter_of
from engine.office import Office
from tests.bench.figures import Figures, table
from tests.bench.walks import WORDS
from tests.bench.whole_step import Staff

POLICY, VERSION = "council-housing", "two-stage-2024"
LETTERS = 50
ASKED_MS = 100  #: what issue 3 asks: a letter rendered in at most 0.1 s
RECEIVED = datetime(2024, 12, 20, 10, tzinfo=UTC)
ANSWERS = {
    "understanding": WORDS * 6,
    "outcomes_sought": "The heating to work before Christmas.\nThe cost of two electric heaters, about £84.",
    "responsible_for": WORDS * 2,
    "not_responsible_for": "The energy supplier's tariff.",
    "advocacy": "Citizens Advice, telephone 0800 144 8848.\nYour councillor, through the council's website.",
    "channel": "post",
}


def printed(office: Office) -> str:
    """The table: how long each of the letters took, plain and in large print, no two of them alike."""
    who = Staff(office, POLICY, VERSION).people[""]
    said: Mapping[str, object] = {
        "resident": "Mrs Grace Okafor",
        "address": "14 Westcliff Gardens\nSouthend-on-Sea",
        "postcode": "SS0 7QL",
        "description": WORDS,
    }
    reference = steps.register(office, POLICY, who, Said(said, RECEIVED, RECEIVED, is_story=True))
    file = steps.seen_by(office, reference, who, RECEIVED)
    rows = []
    for name, is_large in (("plain", False), ("large print", True)):
        figures, sizes = Figures(), []
        for number in range(LETTERS):
            answers = {**ANSWERS, "understanding": f"{number}. {ANSWERS['understanding']}"}

            def step(answers: Mapping[str, object] = answers, is_large: bool = is_large) -> bytes:
                letter = letter_of(
                    office, file, "stage_1.acknowledged", answers, day=local_day(RECEIVED), who=who, channel="post"
                )
                assert letter is not None
                return pdf(letter, is_large=is_large)

            sizes.append(len(figures.noted(step)))
        took = (figures.typical, max(figures.cpu), figures.clock, max(figures.wall))
        rows.append([name, *(f"{one:.1f}" for one in took), str(ASKED_MS), f"{max(sizes):,}"])
    head = ["", "CPU ms, median", "most", "clock ms, median", "most", "asked, at most", "bytes"]
    return table(f"A full acknowledgement composed and rendered as tagged PDF, {LETTERS} of each", head, rows)
