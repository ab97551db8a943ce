"""The cases the benchmark walks: one through all four stages, and one that is put off for as long as anyone looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson

from engine.forms import Form, plausible
from engine.office import Office
from engine.policy import stage_of
from engine.replay import Rulebook

FORM_BYTES = 1000
WORDS = "The boiler was looked at twice, parts were ordered, and nobody told the resident when they would come. "


@dataclass(frozen=True)
class Move:
    """One human step: the event it records, the task it completes (None: a message), its answer, and its form."""

    event: str
    task: str | None
    answer: str | None
    form: Mapping[str, object]
    questions: Form | None
    happened: datetime


@dataclass(frozen=True)
class Walk:
    """A case from its receipt on, under one policy version."""

    policy: str
    version: str
    windowed: str  #: the stage that has a window, for the naive way
    moves: tuple[Move, ...]

    def book(self, office: Office) -> Rulebook:
        """The rules the case is worked by."""
        return office.shelved[f"{self.policy}/{self.version}"].book

    @property
    def form_bytes(self) -> int:
        return sum(len(orjson.dumps(move.form)) for move in self.moves)


FOUR_STAGES = (
    ("complaint_received", None), ("triaged", "triage"), ("stage_1.acknowledged", "acknowledge"),
    ("stage_1.response_sent", "respond"), ("stage_2.requested", None), ("stage_2.response_sent", "respond"),
    ("stage_3.requested", None), ("stage_3.panel_postponed", None), ("stage_3.panel_postponed", None),
    ("stage_3.panel_met", "convene_panel"), ("stage_3.response_sent", "respond"),
    ("ombudsman.designated_person_approached", None), ("ombudsman.contacted", None), ("ombudsman.contacted", None),
    ("ombudsman.closed", None),
)  # fmt: skip


def four_stages(office: Office) -> Walk:
    """Fifteen human steps from receipt to closed: every stage, the panel put off twice, then the Ombudsman."""
    return _walk(
        office, "south-essex-homes", "four-stage", "stage_3", FOUR_STAGES, datetime(2016, 3, 1, 12, tzinfo=UTC)
    )


def put_off(office: Office, times: int) -> Walk:
    """A case at stage 1 whose answer is put off by one holding reply after another."""
    begun = FOUR_STAGES[:3]
    events = (*begun, *[("stage_1.holding_reply_sent", None)] * times)
    return _walk(
        office, "south-essex-homes", "three-stage-2018", "stage_2", events, datetime(2019, 3, 4, 12, tzinfo=UTC)
    )


def _walk(
    office: Office,
    policy: str,
    version: str,
    windowed: str,
    events: tuple[tuple[str, str | None], ...],
    begin: datetime,
) -> Walk:
    book = office.shelved[f"{policy}/{version}"].book
    return Walk(policy, version, windowed, tuple(_moves(book, events, begin)))


def _moves(book: Rulebook, events: tuple[tuple[str, str | None], ...], begin: datetime) -> Iterator[Move]:
    for place, (event, task) in enumerate(events):
        happened = begin + timedelta(days=place)
        form = _form(book, event, task)
        answers = plausible(form, {"to": (happened + timedelta(days=20)).date().isoformat()}, happened.date())
        answers = {name: value for name, value in answers.items() if form.field(name)}
        answer = "complaint" if task == "triage" else None
        key = task if task in (None, "triage") else f"{stage_of(event)}.{task}"
        yield Move(event, key, answer, _filled(form, answers), form, happened)


def _form(book: Rulebook, event: str, task: str | None) -> Form:
    if task is None:
        message = book.message(event)
        assert message is not None, event
        return book.form(event, message.form)
    process = {"triage": "intake", "convene_panel": "review_panel"}.get(task, "investigated_stage")
    if task == "respond" and book.version.stage(stage_of(event) or "").panel:
        process = "review_panel"
    key = task if task == "triage" else f"{stage_of(event)}.{task}"
    return book.form(key, book.workflows.tasks[(process, task)].form)


def _filled(form: Form, answers: Mapping[str, object]) -> dict[str, object]:
    """The answers, made about a kilobyte with words in the form's long texts."""
    filled = dict(answers)
    texts = [one.name for one in form.fields if one.type == "long_text" and not one.shown_when]
    while texts and len(orjson.dumps(filled)) < FORM_BYTES:
        for name in texts:
            filled[name] = f"{filled.get(name, '')} {WORDS}".strip()
            if len(orjson.dumps(filled)) >= FORM_BYTES:
                break
    return filled
