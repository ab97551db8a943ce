"""Laws of sending a letter: the act records the step, keeps what went, puts it out once, and is stopped by name."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from engine import letter_pdf, letter_refusals, owed, returns, sending, steps, verification, writing
from engine.delivery import delivery_at
from engine.events import at, moment
from engine.forms import Form, plausible
from engine.letters import Letter
from engine.letters_out import mark_of
from engine.office import Office
from engine.refusals import AlreadyDone, BadAnswers, ChangedMeanwhile, Refused
from engine.rights import Grant, Person
from engine.store import documents, drafts, outbox
from engine.store.case_rows import By
from engine.store.drafts import DraftRow
from engine.writing import Sending
from tests.unit.case_acts import COUNCIL, done, logged, recorded, seen, under_way
from tests.unit.casting import hired

ACK, ANSWER, MORE, SORRY = "stage_1.acknowledge", "stage_1.respond", "stage_1.extension_given", "stage_1.apology_sent"
BY_EMAIL, BY_POST = Sending("email", to="shah@example.org"), Sending("post")
UNDERSTOOD = {
    "understanding": "The lift has been broken since May.", "responsible_for": "The lift is ours.",
    "adjustments_agreed": "None asked for.", "advocacy": "Citizens Advice can help.",
}  # fmt: skip
REMEDY = {"remedy": "The lift is mended and £50 paid.", "remedy_by": "2024-06-28"}
LONGER = {"to": "2024-07-01", "reason": "The part has to be made."}


@pytest.fixture
def ann(office: Office) -> Person:
    return hired(office, "Ann")


def begun(office: Office, who: Person, **said: object) -> str:
    """A complaint accepted on the day it came, by somebody with an address."""
    address = {"resident": "Mrs Shah", "address": "1 High Road\nLeigh", "postcode": "SS9 1AA"}
    reference = logged(office, who, **address, **said)
    done(office, reference, who, "triage", "2024-06-03")
    return reference


def answers(office: Office, reference: str, who: Person, step: str, **given: object) -> dict[str, Any]:
    """The answers of a step's form, with what it requires made up."""
    file = seen(office, reference, who, "2024-06-05")
    form = file.book.workflows.forms[file.book.outgoing[writing.step_event(file, step)].form]
    return {**plausible(form, given, date(2024, 6, 5)), **given}


def sent(
    office: Office,
    reference: str,
    who: Person,
    step: str,
    said: dict[str, Any],
    how: Sending,
    now: str,
    key: str = "",
    **more: Any,
) -> None:
    when = moment(now)
    more.setdefault("draft_day", how.day or when.date())
    steps.send(
        office, reference, who,
        lambda file: writing.plan_sending(office, file, step, said, who, how, when, **more), when,
        request_key=f"{step} {now} {key}",
    )  # fmt: skip


def left(office: Office) -> tuple[list[outbox.OutboxRow], list[documents.DocumentRow]]:
    """What was put out and kept; and what is stored of the case agrees with its events."""
    with office.database.reading() as tx:
        assert verification.case_differences(tx, office, 1) == []
        return [row for row in outbox.of_case(tx, 1) if row.payload.get("what") != "complaint"], documents.of_case(
            tx, 1
        )


def draft(office: Office, reference: str, who: Person, step: str, said: dict[str, Any], day: str) -> DraftRow:
    with office.database.writing() as tx:
        by, now = By(who.id, who.name), moment(day)
        return drafts.put_draft(tx, 1, step, answers=said, day=now.date(), writer=by, now=now)


def approved(office: Office, kept: DraftRow, who: Person, role: str, now: datetime) -> DraftRow:
    with office.database.writing() as tx:
        assert drafts.ask(tx, kept.id, role=role, now=now)
        assert drafts.approve(tx, kept.id, by=By(who.id, who.name), number=kept.number, now=now)
        return drafts.draft_of(tx, kept.case_id, kept.step)


def test_a_letter_goes_only_as_it_was_shown_with_the_dates_of_the_way_it_goes(office: Office, ann: Person):
    reference = under_way(office, ann, "st-leger-homes")
    said, now = answers(office, reference, ann, ANSWER, **REMEDY), moment("2024-06-10T10:00")
    file, day = seen(office, reference, ann, now), now.date()
    shown = {
        way: writing.letter_for(office, file, ANSWER, said, day=day, who=ann, channel=way) for way in ("post", "email")
    }
    by = {way: [date_told(one, "which is by") for one in (letter,)] for way, letter in shown.items()}
    assert by == {"email": ["8 July 2024"], "post": ["10 July 2024"]}
    plan = partial(writing.plan_sending, office, file, ANSWER, said, ann, BY_POST, now, draft_day=day)
    with pytest.raises(Refused, match="is not the one you had before you"):
        plan(shown=mark_of(shown["email"]))
    (document,) = plan(shown=mark_of(shown["post"])).documents
    assert document.content == letter_pdf.pdf(shown["post"])


@pytest.mark.parametrize(
    ("step", "field", "rest"),
    [
        (ANSWER, "remedy_by", REMEDY),
        (MORE, "next_update", {**LONGER, "update_interval": "every week"}),
        (SORRY, "to", {}),
        (SORRY, "next_update", {"to": "2024-06-21"}),
    ],
)
def test_no_letter_promises_a_day_before_its_own(
    office: Office, ann: Person, step: str, field: str, rest: dict[str, Any]
):
    reference, is_late = under_way(office, ann), step == SORRY
    now = moment("2024-06-20T10:00" if is_late else "2024-06-19T10:00")
    day, file = now.date(), seen(office, reference, ann, now)
    said = answers(office, reference, ann, step, **{**rest, field: (day - timedelta(days=1)).isoformat()})
    for refused in (
        partial(writing.refuse, office, file, step, said, day=day, who=ann, now=now),
        partial(writing.plan_sending, office, file, step, said, ann, BY_EMAIL, now, draft_day=day),
    ):
        with pytest.raises(BadAnswers) as wrong:
            refused()
        assert list(wrong.value.errors) == [field]
        assert f"must not be before {day.day} June 2024" in wrong.value.errors[field]
    said[field] = day.isoformat() if field != "to" else "2024-06-21"
    writing.refuse(office, file, step, said, day=day, who=ann, now=now)


def test_a_story_keeps_a_day_that_was_over_when_it_was_promised(office: Office, ann: Person):
    reference = under_way(office, ann)
    done(office, reference, ann, ANSWER, "2024-06-10", **{**REMEDY, "remedy_by": "2024-01-15"})
    assert seen(office, reference, ann, "2024-06-11").events[-1].text("remedy_by") == "2024-01-15"


def test_updates_promised_in_words_want_their_first_day_which_is_then_owed(office: Office, ann: Person):
    reference = under_way(office, ann)
    said = answers(office, reference, ann, MORE, **LONGER, update_interval="every week")
    with pytest.raises(BadAnswers) as wrong:
        sent(office, reference, ann, MORE, said, BY_EMAIL, "2024-06-10T10:00")
    assert wrong.value.errors == {"next_update": letter_refusals.FIRST_UPDATE}
    sent(office, reference, ann, MORE, {**said, "next_update": "2024-06-17"}, BY_EMAIL, "2024-06-10T10:00")
    file = seen(office, reference, ann, "2024-06-11")
    assert [(one.fact, one.due) for one in owed.owed(file)] == [("update_given", date(2024, 6, 17))]
    second = {**said, "to": "2024-07-03", "good_reason": "Only one maker.", "update_interval": ""}
    with pytest.raises(BadAnswers) as wrong:
        writing.refuse(office, file, MORE, second, day=date(2024, 6, 11), who=ann, now=moment("2024-06-11T10:00"))
    assert wrong.value.errors["next_update"] == letter_refusals.FIRST_UPDATE
    assert "update_interval" not in wrong.value.errors  # the day says it


def test_a_story_may_promise_updates_in_words_alone(office: Office, ann: Person):
    reference = under_way(office, ann)
    recorded(office, reference, ann, MORE, "2024-06-10", **LONGER, update_interval="every week")
    assert owed.owed(seen(office, reference, ann, "2024-06-11")) == []


def test_whoever_was_involved_does_not_write_that_they_were_not(office: Office, ann: Person):
    reference, now = under_way(office, ann), moment("2024-06-10T10:00")
    file, day = seen(office, reference, ann, now), now.date()
    said = answers(office, reference, ann, ANSWER, **REMEDY, not_involved=False)
    with pytest.raises(BadAnswers) as wrong:
        writing.plan_sending(office, file, ANSWER, said, ann, BY_EMAIL, now, draft_day=day)
    assert wrong.value.errors == {"not_involved": letter_refusals.INVOLVED}
    writing.refuse(office, file, ANSWER, said | {"not_involved": True}, day=day, who=ann, now=now)


def date_told(letter: Letter, after: str) -> str:
    """The date that stands in a letter after those words."""
    text = " ".join(block.text for block in letter.blocks)
    return re.search(rf"{after} (\d+ \w+ \d{{4}})", text)[1]


def test_a_letter_sent_by_e_mail_meets_the_deadline_and_leaves_its_proof(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = begun(any_office, ann)
    sent(
        any_office,
        reference,
        ann,
        ACK,
        answers(any_office, reference, ann, ACK, **UNDERSTOOD),
        BY_EMAIL,
        "2024-06-05T10:00",
    )
    file = seen(any_office, reference, ann, "2024-06-05T11:00")
    event = file.events[-1]
    assert (event.name, event.text("letter"), event.text("sent_to"), event.text("channel")) == (
        "stage_1.acknowledged", "stage_1.acknowledgement", "shah@example.org", "email",
    )  # fmt: skip
    assert file.standing.ledger.deadlines["stage_1.acknowledgement"].state == "met"
    assert file.standing.letters == ("acknowledgement",)
    (mail,), (document,) = left(any_office)
    assert (mail.kind, mail.event_number, mail.idempotency_key) == (
        "letter",
        event.number,
        f"letter:{reference}:{event.number}",
    )
    assert (mail.payload["to"], mail.payload["document"]) == ("shah@example.org", event.text("letter_sha256"))
    assert (document.sha256, document.event_number, document.kind) == (mail.payload["document"], event.number, "letter")
    with any_office.database.reading() as tx:
        assert documents.content(tx, document.sha256).startswith(b"%PDF")
    assert reference in mail.payload["text"]
    assert "lift" in mail.payload["text"]


def test_the_date_the_letter_prints_is_kept_beside_the_policys_date(office, ann):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    sent(office, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:00")
    answer = seen(office, reference, ann, "2024-06-06").standing.ledger.deadlines["stage_1.response"]
    assert (answer.due, answer.promised) == (date(2024, 6, 19), date(2024, 6, 19))
    (mail,), _ = left(office)
    assert "19 June 2024" in mail.payload["text"]


@pytest.mark.parametrize(
    ("promised", "told"),
    [
        ("2024-06-20", "policy's date is 19 June 2024. To answer later, tell the resident"),
        ("2024-06-04", "must not be before 5 June 2024"),
    ],
)
def test_an_acknowledgement_promises_no_later_day_than_the_policys_and_none_that_has_passed(
    office, ann, promised: str, told: str
):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    file, day = seen(office, reference, ann, "2024-06-05"), date(2024, 6, 5)
    for allowed in ("2024-06-05", "2024-06-19"):
        writing.refuse(office, file, ACK, {**said, "promised": allowed}, day=day, who=ann, now=moment("2024-06-05"))
    with pytest.raises(BadAnswers) as bad:
        sent(office, reference, ann, ACK, {**said, "promised": promised}, BY_EMAIL, "2024-06-05T10:00")
    assert told in bad.value.errors["promised"]
    with pytest.raises(BadAnswers, match=told):
        writing.refuse(office, file, ACK, {**said, "promised": promised}, day=day, who=ann, now=moment("2024-06-05"))


def test_a_letter_dated_before_it_was_posted_promises_by_its_own_date_and_the_inbox_goes_by_the_earlier(office, ann):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    posted = Sending("post", date(2024, 6, 5))
    sent(office, reference, ann, ACK, said, posted, "2024-06-06T10:00", draft_day=date(2024, 6, 4))
    answer = seen(office, reference, ann, "2024-06-06T11:00").standing.ledger.deadlines["stage_1.response"]
    assert (answer.start, answer.due, answer.promised) == (date(2024, 6, 5), date(2024, 6, 19), date(2024, 6, 18))
    assert answer.sort_date == date(2024, 6, 18)


def test_a_posted_letter_is_no_mail_and_is_dated_by_the_delivery_rule(office, ann):
    reference = begun(office, ann)
    for step, now in ((ACK, "2024-06-05"), (ANSWER, "2024-06-12")):
        said = answers(office, reference, ann, step, **(UNDERSTOOD if step == ACK else REMEDY))
        sent(office, reference, ann, step, said, BY_POST, f"{now}T10:00")
    put_out, kept = left(office)
    assert [row.kind for row in put_out] == ["filing"]
    assert put_out[0].payload == {
        "document": kept[1].sha256, "path": f"{reference}/2024-06-12-stage_1-response.pdf",
    }  # fmt: skip
    event = seen(office, reference, ann, "2024-06-13").events[-1]
    assert event.text("sent_to") == "Mrs Shah, 1 High Road, Leigh, SS9 1AA"


@pytest.mark.parametrize(
    ("day", "told"), [("2024-06-06", "today or in the past"), ("2024-06-02", "before the complaint")]
)
def test_a_letter_goes_neither_tomorrow_nor_before_the_complaint_came(office, ann, day: str, told: str):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    with pytest.raises(BadAnswers, match=told):
        sent(office, reference, ann, ACK, said, Sending("post", date.fromisoformat(day)), "2024-06-05T10:00")
    with pytest.raises(BadAnswers, match="is dated 6 June 2024"):
        sent(office, reference, ann, ACK, said, BY_POST, "2024-06-05T10:00", draft_day=date(2024, 6, 6))


@pytest.mark.parametrize("to", ["", "not an address", "a@b"])
def test_an_e_mail_goes_to_an_address(office, ann, to: str):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    with pytest.raises(BadAnswers) as bad:
        sent(office, reference, ann, ACK, said, Sending("email", to=to), "2024-06-05T10:00")
    assert list(bad.value.errors) == ["to"]


def test_a_letter_with_an_empty_required_part_does_not_go_and_says_which(office, ann):
    reference = begun(office, ann)
    done(office, reference, ann, ACK, "2024-06-05")
    lacking, now = answers(office, reference, ann, ANSWER), moment("2024-06-12T10:00")
    file = seen(office, reference, ann, now)
    stops = writing.what_stops(office, file, ANSWER, lacking, day=now.date(), who=ann, now=now)
    told = "The letter lacks what puts it right, and by when"
    assert (dict(stops.errors), stops.refused, stops.approval, stops.is_ready) == ({}, "", (), False)
    assert [one for one in stops.missing if one.startswith(told)]
    with pytest.raises(Refused, match=told):
        sent(office, reference, ann, ANSWER, lacking, BY_EMAIL, "2024-06-12T10:00")
    assert left(office) == ([], [])
    assert [task.key for task in seen(office, reference, ann, "2024-06-13").standing.open_tasks] == [ANSWER]


def test_a_wrong_answer_stops_a_letter_by_its_field_and_so_does_a_step_that_is_not_open(office, ann):
    reference = begun(office, ann)
    file, now = seen(office, reference, ann, "2024-06-05"), moment("2024-06-05")
    stops = writing.what_stops(office, file, ACK, {"understanding": ""}, day=now.date(), who=ann, now=now)
    assert "understanding" in stops.errors
    stops = writing.what_stops(office, file, ANSWER, {}, day=now.date(), who=ann, now=now)
    assert "is not open" in stops.refused


def test_the_same_button_pressed_twice_sends_one_letter(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = begun(any_office, ann)
    said = answers(any_office, reference, ann, ACK, **UNDERSTOOD)
    for _ in range(2):
        sent(any_office, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:00")
    put_out, kept = left(any_office)
    assert (len(put_out), len(kept)) == (1, 1)
    with pytest.raises(AlreadyDone):
        sent(any_office, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:01")


def test_of_two_people_sending_one_letter_at_once_one_sends_it(any_office: Office):
    ann, ben = (hired(any_office, name, Grant(COUNCIL, "complaints_officer")) for name in ("Ann", "Ben"))
    reference = begun(any_office, hired(any_office, "Zoe"))
    said, start, told = answers(any_office, reference, ann, ACK, **UNDERSTOOD), threading.Barrier(2), []

    def send(who: Person) -> None:
        start.wait()
        try:
            sent(any_office, reference, who, ACK, said, BY_EMAIL, "2024-06-05T10:00", key=who.name)
        except AlreadyDone as done_by:
            told.append(done_by.by)

    threads = [threading.Thread(target=send, args=(who,)) for who in (ann, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    put_out, kept = left(any_office)
    assert (len(put_out), len(kept), len(told)) == (1, 1, 1)
    assert kept[0].added_by_name == told[0]


def test_newer_words_that_somebody_saved_meanwhile_are_not_lost_with_the_letter(office, ann):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    read = draft(office, reference, ann, ACK, said, "2024-06-05")
    draft(office, reference, hired(office, "Ben"), ACK, {**said, "understanding": "It is the stairs."}, "2024-06-05")
    with pytest.raises(ChangedMeanwhile, match="Ben changed this"):
        sent(office, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:00", draft_number=read.number)
    assert left(office) == ([], [])
    with office.database.reading() as tx:
        assert drafts.draft_of(tx, 1, ACK).answers["understanding"] == "It is the stairs."


def test_the_same_letter_has_the_same_hash_whoever_typesets_it(office, ann):
    reference = begun(office, ann)
    said, now = answers(office, reference, ann, ACK, **UNDERSTOOD), moment("2024-06-05T10:00")
    file = seen(office, reference, ann, now)
    plans = []
    for _ in range(2):
        writing._printed.cache_clear()
        plans.append(writing.plan_sending(office, file, ACK, said, ann, BY_EMAIL, now, draft_day=now.date()))
    assert plans[0].documents[0].sha256 == plans[1].documents[0].sha256
    large = writing.plan_sending(
        office, file, ACK, said, ann, replace(BY_EMAIL, is_large=True), now, draft_day=now.date()
    )
    assert large.documents[0].sha256 != plans[0].documents[0].sha256


def test_its_draft_is_gone_with_the_letter_and_stays_where_it_did_not_go(office, ann):
    reference = begun(office, ann)
    said = answers(office, reference, ann, ACK, **UNDERSTOOD)
    draft(office, reference, ann, ACK, said, "2024-06-05")
    for way in (Sending("email"), BY_EMAIL):
        try:
            sent(office, reference, ann, ACK, said, way, "2024-06-05T10:00")
        except BadAnswers:
            with office.database.reading() as tx:
                assert drafts.draft_of(tx, 1, ACK)
    with office.database.reading() as tx:
        assert drafts.draft_of(tx, 1, ACK) is None


def test_a_second_extension_goes_once_somebody_senior_approved_it_as_it_is(any_office: Office):
    ann = hired(any_office, "Ann")
    director = hired(any_office, "Dee", Grant(COUNCIL, "service_director"))
    reference = under_way(any_office, ann)
    sent(
        any_office,
        reference,
        ann,
        MORE,
        answers(any_office, reference, ann, MORE, **LONGER),
        BY_EMAIL,
        "2024-06-10T10:00",
    )
    second = answers(
        any_office, reference, ann, MORE, to="2024-07-03", reason="It came broken.", good_reason="Only one maker.",
        update_interval="every week", next_update="2024-06-19",
    )  # fmt: skip
    file = seen(any_office, reference, ann, "2024-06-12")
    assert writing.approval_roles(file, MORE, second, date(2024, 6, 12)) == ["service_director"]
    writing.refuse(any_office, file, MORE, second, day=date(2024, 6, 12), who=ann, now=moment("2024-06-12"))
    with pytest.raises(Refused, match="only once somebody else has approved it: Service director"):
        sent(any_office, reference, ann, MORE, second, BY_EMAIL, "2024-06-12T10:00")
    yes = approved(
        any_office, draft(any_office, reference, ann, MORE, second, "2024-06-12"), director, "service_director",
        moment("2024-06-12T09:00"),
    )  # fmt: skip
    changed = {**second, "reason": "Something else."}
    with pytest.raises(Refused, match="was changed after Dee approved it"):
        sent(any_office, reference, ann, MORE, changed, BY_EMAIL, "2024-06-12T10:00", approved=yes)
    sent(any_office, reference, ann, MORE, second, BY_EMAIL, "2024-06-13T10:00", approved=yes)
    file = seen(any_office, reference, ann, "2024-06-14")
    event = file.events[-1]
    assert (event.text("approved_by"), event.text("approved_by_id")) == ("Dee", director.id)
    assert [one.is_outside for one in file.standing.ledger.deadlines["stage_1.response"].more_time] == [False, True]


def test_nobody_is_asked_to_approve_a_letter_that_can_no_longer_go(any_office: Office):
    ann = hired(any_office, "Ann")
    reference = under_way(any_office, ann)
    words = {"to": "2024-09-03", "reason": "It came broken."}
    kept = draft(any_office, reference, ann, MORE, words, "2024-06-10")
    answer = draft(any_office, reference, ann, ANSWER, {"decision": "Half a thought"}, "2024-06-10")
    with any_office.database.writing() as tx:
        drafts.ask(tx, kept.id, role="service_director", now=moment("2024-06-10"))
        drafts.ask(tx, answer.id, role="service_director", now=moment("2024-06-10"))
        director = (f"{COUNCIL}:service_director",)
        assert [one.draft.step for one in drafts.waiting_for(tx, director)] == [MORE, ANSWER]
    recorded(any_office, reference, ann, "contact_made", "2024-06-11")
    with any_office.database.reading() as tx:
        assert [one.draft.step for one in drafts.waiting_for(tx, director)] == [MORE, ANSWER]
    recorded(any_office, reference, ann, "withdrawn", "2024-06-12")
    with any_office.database.reading() as tx:
        assert drafts.waiting_for(tx, director) == []
        left_over = drafts.draft_of(tx, kept.case_id, MORE)
    assert (left_over.status, left_over.answers, left_over.number) == (drafts.DRAFT, words, kept.number)


def test_a_letter_whose_template_wants_approval_goes_with_that_of_another_who_holds_the_role(office, ann):
    shelved = office.shelved[f"{COUNCIL}/two-stage-2024"]
    asking = {key: replace(one, approved_by="service_director") for key, one in shelved.book.templates.items()}
    book = replace(shelved.book, templates=asking)
    strict = replace(office, shelved={**office.shelved, book.version.key: replace(shelved, book=book)})
    reference = begun(strict, ann)
    said = answers(strict, reference, ann, ACK, **UNDERSTOOD)
    stops = writing.what_stops(
        strict, seen(strict, reference, ann, "2024-06-05"), ACK, said,
        day=date(2024, 6, 5), who=ann, now=moment("2024-06-05"),
    )  # fmt: skip
    assert (stops.is_ready, stops.approval) == (True, ("service_director",))
    kept = draft(strict, reference, ann, ACK, said, "2024-06-05")
    for not_approved in (None, kept):
        with pytest.raises(Refused, match="only once somebody else has approved it: Service director"):
            sent(strict, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:00", approved=not_approved)
    director = hired(strict, "Dee", Grant(COUNCIL, "service_director"))
    yes = approved(strict, kept, director, "service_director", moment("2024-06-05T09:00"))
    sent(strict, reference, ann, ACK, said, BY_EMAIL, "2024-06-05T10:00", approved=yes)
    event = seen(strict, reference, ann, "2024-06-06").events[-1]
    assert (event.text("approved_by"), event.text("approved_by_id")) == ("Dee", director.id)


def test_an_extension_within_the_limit_needs_no_approval_and_one_after_the_date_never_goes(office, ann):
    reference = under_way(office, ann)
    file = seen(office, reference, ann, "2024-06-12")
    assert writing.approval_roles(file, MORE, LONGER, date(2024, 6, 12)) == []
    with pytest.raises(Refused, match="send an apology with a new date"):
        sent(
            office, reference, ann, MORE, answers(office, reference, ann, MORE, **LONGER), BY_EMAIL, "2024-06-20T10:00"
        )
    said = answers(office, reference, ann, SORRY, to="2024-07-01")
    sent(office, reference, ann, SORRY, said, BY_EMAIL, "2024-06-20T10:00")
    answer = seen(office, reference, ann, "2024-06-21").standing.ledger.deadlines["stage_1.response"]
    assert (answer.due, answer.promised, answer.state) == (date(2024, 6, 19), date(2024, 7, 1), "overdue")


def test_more_time_told_in_time_and_written_down_after_the_date_is_approved_by_somebody_else_and_shown(any_office):
    office, ann = any_office, hired(any_office, "Ann")
    director = hired(office, "Dee", Grant(COUNCIL, "service_director"))
    reference = under_way(office, ann)
    said = answers(office, reference, ann, MORE, **LONGER)
    posted = replace(BY_POST, day=date(2024, 6, 12))
    file = seen(office, reference, ann, "2024-06-20")
    assert writing.approval_roles(file, MORE, said, date(2024, 6, 12)) == ["service_director"]
    with pytest.raises(Refused, match="only once somebody else has approved it: Service director"):
        sent(office, reference, ann, MORE, said, posted, "2024-06-20T10:00")
    kept = draft(office, reference, ann, MORE, said, "2024-06-12")
    yes = approved(office, kept, director, "service_director", moment("2024-06-20T09:00"))
    sent(office, reference, ann, MORE, said, posted, "2024-06-20T10:00", approved=yes)
    file = seen(office, reference, ann, "2024-06-20")
    (given,) = file.standing.ledger.deadlines["stage_1.response"].more_time
    assert (given.told, given.recorded, given.is_recorded_late) == (date(2024, 6, 12), date(2024, 6, 20), True)
    assert file.events[-1].text("approved_by") == "Dee"


def test_what_was_promised_after_a_letters_date_was_not_due_on_it(office, ann):
    reference = under_way(office, ann)
    said = answers(office, reference, ann, SORRY, to="2024-07-01")
    sent(office, reference, ann, SORRY, said, BY_EMAIL, "2024-06-20T10:00")
    file, more = seen(office, reference, ann, "2024-06-21"), answers(office, reference, ann, MORE, **LONGER)
    letter = writing.letter_for(office, file, MORE, more, day=date(2024, 6, 12), who=ann, channel="post")
    assert letter
    assert "19 June 2024" in str(letter.blocks)


def test_a_letter_that_came_back_opens_its_task_again_with_the_reason_kept(office, ann):
    reference = begun(office, ann)
    sent(office, reference, ann, ACK, answers(office, reference, ann, ACK, **UNDERSTOOD), BY_POST, "2024-06-05T10:00")
    now = moment("2024-06-10")
    file = seen(office, reference, ann, now)
    number = file.events[-1].number
    with pytest.raises(BadAnswers):
        writing.came_back(office, file, number, ann, reason=" ", now=now)
    with pytest.raises(Refused, match="no letter of this case"):
        writing.came_back(office, file, 1, ann, reason="Gone away", now=now)
    steps.take(
        office, reference, ann, lambda f: writing.came_back(office, f, number, ann, reason="Gone away", now=now), now
    )
    file = seen(office, reference, ann, now)
    assert [task.key for task in file.standing.open_tasks] == [ACK]
    assert file.record[-1].text("reason") == "The letter came back: Gone away"
    assert file.standing.ledger.deadlines["stage_1.acknowledgement"].state == "running"
    left(office)


def test_what_is_sent_reaches_the_folder_with_its_copies_and_a_bounce_takes_it_back(any_office: Office, tmp_path: Path):
    ann = hired(any_office, "Ann")
    reference = begun(any_office, ann)
    sent(any_office, reference, ann, ACK, answers(any_office, reference, ann, ACK, **UNDERSTOOD), BY_POST, "2024-06-05")
    said = answers(any_office, reference, ann, ANSWER, **REMEDY)
    sent(any_office, reference, ann, ANSWER, said, BY_EMAIL, "2024-06-12T10:00")
    post = sending.Post(delivery_at(f"folder:{tmp_path / 'mail'}", "Us <us@homes.example>"), str(tmp_path / "copies"))
    now = moment("2024-06-12T10:05")
    assert sending.send_due(any_office, post, lambda: now) == {outbox.SENT: 3}
    (mail,) = (tmp_path / "mail").rglob("*.eml")
    assert b"shah@example.org" in mail.read_bytes()
    assert sorted(path.name for path in (tmp_path / "copies" / reference).iterdir()) == [
        "2024-06-12-stage_1-response.pdf", "complaint.pdf",
    ]  # fmt: skip
    row = next(row for row in left(any_office)[0] if row.kind == "letter")
    assert returns.returned(any_office, row, "The mailbox does not exist.", now)
    file = seen(any_office, reference, ann, now)
    assert [task.key for task in file.standing.open_tasks] == [ANSWER]
    assert file.standing.ledger.deadlines["stage_1.response"].state == "running"
    left(any_office)


def test_a_letter_to_someone_turned_away_pays_what_we_owe(office, ann):
    reference = logged(office, ann, resident="Mrs Shah", address="1 High Road")
    done(office, reference, ann, "triage", "2024-06-04", decision="refuse", reason="It is older than a year.")
    said = answers(office, reference, ann, "refusal_sent")
    sent(office, reference, ann, "refusal_sent", said, BY_EMAIL, "2024-06-05T10:00")
    file = seen(office, reference, ann, "2024-06-06")
    assert (file.standing.status, file.standing.letters) == ("closed", ("refusal",))
    (mail,), _ = left(office)
    assert "Ombudsman" in mail.payload["text"]


def test_what_the_letter_always_says_nobody_is_asked_and_the_case_knows(office, ann):
    reference = under_way(office, ann)
    for step, given in ((MORE, LONGER), (ANSWER, REMEDY)):
        said = {**answers(office, reference, ann, step, **given)}
        assert not said.keys() & set(writing.ALWAYS_SAID)
        sent(office, reference, ann, step, said, BY_EMAIL, "2024-06-12T10:00")
    extension, answer = seen(office, reference, ann, "2024-06-13").events[-2:]
    assert extension.fields["ombudsman_given"] is True
    assert answer.fields["next_step_explained"] is True


def test_what_has_no_letter_is_not_sent(office, ann):
    reference = under_way(office, ann)
    file = seen(office, reference, ann, "2024-06-06")
    assert writing.letter_for(office, file, "contact_made", {}, day=date(2024, 6, 6), who=ann) is None
    recorded(office, reference, ann, "contact_made", "2024-06-06")
    with pytest.raises(Refused, match="has no such letter"):
        sent(office, reference, ann, "contact_made", {}, BY_EMAIL, "2024-06-06T10:00")


def test_what_is_known_of_its_arrival_overrules_the_delivery_rule_of_a_posted_answer(office, ann):
    reference = logged(office, ann, policy="st-leger-homes", resident="Mrs Shah", address="1 High Road")
    for key in ("triage", ACK):
        done(office, reference, ann, key, "2024-06-03")
    said = answers(office, reference, ann, ANSWER, **REMEDY)
    sent(office, reference, ann, ANSWER, said, BY_POST, "2024-06-12T10:00")

    def window() -> tuple[date, date]:
        one = seen(office, reference, ann, "2024-06-20").standing.ledger.deadlines["stage_2.request_window"]
        return one.start, one.due

    assert window() == (date(2024, 6, 14), date(2024, 7, 12))
    recorded(office, reference, ann, "stage_1.response_received", "2024-06-17")
    assert window() == (date(2024, 6, 17), date(2024, 7, 15))


POLICIES = {
    "south-essex-homes/four-stage": "2016-03-01",
    "south-essex-homes/three-stage-2018": "2019-03-01",
    "south-essex-homes/two-stage-2024": "2024-06-03",
    "st-leger-homes/two-stage-2024": "2024-06-03",
    "council-housing/two-stage-2024": "2024-06-03",
}


@pytest.mark.parametrize("key", POLICIES)
def test_every_letter_of_a_case_goes_from_the_form_that_asks_for_it(office, ann, key: str):
    """With every question of each form answered, no letter of any version lacks anything."""
    policy, begin = key.partition("/")[0], date.fromisoformat(POLICIES[key])
    reference = logged(office, ann, policy=policy, received=POLICIES[key], resident="Mrs Shah", address="1 High Road")
    people = iter([hired(office, f"Person {number}") for number in range(9)])
    written, stage = [], ""
    for number in range(1, 13):
        day = begin + timedelta(days=number)
        file = seen(office, reference, ann, at(day))
        task = next(iter(file.standing.open_tasks), None)
        step = task.key if task else next((one for one in file.standing.may_happen if "requested" in one), "")
        if not step:
            break
        who = next(people) if task and task.stage and task.stage != stage and task.task == "respond" else ann
        stage = (task.stage or stage) if who is not ann and task else stage
        event = writing.step_event(file, step)
        if event in file.book.letters:
            form = file.book.workflows.forms[file.book.outgoing[event].form]
            said = _everything(form, day)
            sent(office, reference, who, step, said, BY_EMAIL, at(day).isoformat(), draft_day=day)
            written.append(event)
        elif task:
            done(office, reference, who, step, day.isoformat())
        else:
            recorded(office, reference, ann, step, day.isoformat())
    assert [event for event in written if event.endswith("response_sent")][1:]
    put_out, kept = left(office)
    assert len(kept) == len(written) == len([row for row in put_out if row.kind == "letter"])


def _everything(form: Form, day: date) -> dict[str, object]:
    every = replace(form, fields=tuple(replace(one, required=True) for one in form.fields))
    given = plausible(every, {}, day + timedelta(days=9))
    return {name: value for name, value in given.items() if name not in ("approved_by", "promised")}
