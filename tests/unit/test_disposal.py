"""Laws of disposal: two people, the right day, no hold; then nothing of it is left, and everything still verifies."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine import casework, disposal, filing, publishing, retention, steps, verification
from engine.casework import Said
from engine.delivery import delivery_at
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Erased, Refused, Unknown
from engine.retention import CLASSES
from engine.rights import KEEPER, RECORDS_APPROVER, Grant, Person
from engine.sending import Post, send_due
from engine.store import acts, cases, disposals, documents, drafts, measures, outbox, people, search, timeline
from engine.store.case_rows import By, OutboxItem
from engine.store.documents import NewDocument
from engine.store.outbox import put_out
from tests.unit.casting import hired

POLICY = "council-housing"
NAME, PLACE = "Zebulon Quattlebaum", "17 Xanthic Crescent"
BEGAN, LATER = moment("2024-06-03T10:00"), moment("2031-07-01T10:00")


@pytest.fixture
def ann(any_office: Office) -> Person:
    return hired(any_office, "Ann")


def records_person(office: Office, name: str, *roles: str, policy: str = POLICY) -> Person:
    grants = tuple(Grant(policy, role) for role in roles)
    with office.database.writing() as tx:
        row = people.add_person(tx, name, name=name.title(), email="", password_hash=None, now=BEGAN)
    return Person(str(row.id), name.title(), studio=grants)


@pytest.fixture
def keeper(any_office: Office) -> Person:
    return records_person(any_office, "kay", KEEPER)


@pytest.fixture
def approver(any_office: Office) -> Person:
    return records_person(any_office, "abe", RECORDS_APPROVER)


def logged(office: Office, who: Person, when: datetime = BEGAN) -> str:
    told = {"service_area": "repairs", "resident": NAME, "address": PLACE, "postcode": "ZZ9 9ZZ"}
    told |= {"description": f"{NAME} was told the boiler of {PLACE} would be mended."}
    return steps.register(office, POLICY, who, Said(told, when, when, is_story=True))


def withdrawn(office: Office, who: Person, when: datetime = BEGAN) -> str:
    """A case that was withdrawn the day after it was received."""
    reference, later = logged(office, who, when), when + timedelta(days=1)
    said = Said({}, None, later, is_story=True)
    steps.take(
        office, reference, who, lambda file: casework.record_message(office, file, "withdrawn", who, said), later
    )
    with office.database.writing() as tx:  # the letter that confirms it has gone
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
    return reference


def decide(office: Office, keeper: Person, days: int = 2192, **others: str) -> None:
    given = {key: str(days) for key in CLASSES} | others
    retention.change(office, keeper, POLICY, given, "The retention schedule of 2024.", BEGAN)


def due(office: Office, now: datetime) -> list[str]:
    with office.database.reading() as tx:
        days = disposal.closed_by(tx, POLICY, now.date())
        return [one.reference for one in disposals.due(tx, POLICY, days)[0]]


def asked(office: Office, who: Person, reference: str, now: datetime = LATER) -> int:
    done = disposal.ask(office, who, [reference], now)
    assert done.refused == ()
    with office.database.reading() as tx:
        return disposals.requests(tx, POLICY, [disposals.ASKED])[0].id


def differences(office: Office) -> list[str]:
    with office.database.reading() as tx:
        ids = [row[0] for row in tx.execute(text("SELECT id FROM complaint_case"))]
        return [str(one) for case in ids for one in verification.case_differences(tx, office, case)]


def everything_said(office: Office) -> str:
    """Every text in the database, but the library's."""
    with office.database.reading() as tx:
        if tx.dialect.name == "sqlite":
            raw: Any = tx.connection.dbapi_connection
            return "\n".join(line for line in raw.iterdump() if "library_file" not in line)
        names = tx.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")).scalars()
        tables = [name for name in names if name != "library_file"]
        return "\n".join(str(row) for name in tables for row in tx.execute(text(f'SELECT * FROM "{name}"')))


def with_papers(office: Office, reference: str, shared_with: str = "") -> None:
    """Everything that may stand beside a case: documents, a draft, something handed over."""
    by = By("1", "Ann")
    with office.database.writing() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        own = NewDocument("attachment", f"From {NAME}", f"{NAME}.pdf", "application/pdf", f"Dear {NAME}".encode())
        shared = NewDocument("attachment", "A leaflet", "leaflet.pdf", "application/pdf", b"For everybody")
        documents.put(tx, row.id, documents=[own, shared], by=by, now=BEGAN)
        answers = {"understanding": NAME}
        drafts.put_draft(tx, row.id, "stage_1.respond", answers=answers, day=BEGAN.date(), writer=by, now=BEGAN)
        put_out(tx, row.id, items=[OutboxItem("letter", {"to": f"{NAME}@example.org"}, f"key:{reference}")], now=BEGAN)
        tx.execute(text("UPDATE outbox SET status = 'sent'"))
        if shared_with:
            other = cases.case_by_reference(tx, shared_with)
            assert other is not None
            documents.put(tx, other.id, documents=[shared], by=by, now=BEGAN)


def test_a_closed_case_is_asked_for_by_one_and_erased_by_another(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference, other = withdrawn(any_office, ann), withdrawn(any_office, ann)
    with_papers(any_office, reference, other)
    decide(any_office, keeper)
    assert due(any_office, LATER) == [reference, other]
    request = asked(any_office, keeper, reference)
    assert due(any_office, LATER) == [other]
    assert NAME in everything_said(any_office)
    done = disposal.approve(any_office, approver, [request], LATER)
    assert done.done == (reference,)
    assert due(any_office, LATER) == [other]
    assert disposal.approve(any_office, approver, [asked(any_office, keeper, other)], LATER).done == (other,)
    assert differences(any_office) == []
    said = everything_said(any_office)
    for word in (NAME, "Zebulon", "zebulon", PLACE, "xanthic", "ZZ9", "boiler"):
        assert word not in said, word


def test_only_what_no_other_case_has_is_erased(any_office: Office, ann: Person, keeper: Person, approver: Person):
    reference, other = withdrawn(any_office, ann), logged(any_office, ann)
    with_papers(any_office, reference, other)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    with any_office.database.reading() as tx:
        row = cases.case_by_reference(tx, other)
        assert row is not None
        (kept,) = documents.of_case(tx, row.id)
        assert documents.content(tx, kept.sha256) == b"For everybody"
        assert row.resident == NAME
    assert steps.seen_by(any_office, other, ann, LATER).record
    assert differences(any_office) == []


def test_what_is_kept_says_who_asked_and_who_approved(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    with any_office.database.reading() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        *before, last = timeline.events_of(tx, row.id)
        found = [one.what for one in acts.acts(tx, about=f"case {reference}")]
        assert measures.measures_of(tx, row.id)
        assert search.cases_matching(tx, reference) == [row.id]
        assert search.cases_matching(tx, "Quattlebaum") == []
    assert all(one.is_erased for one in before)
    assert (last.name, last.by_name) == ("content_erased", "Abe")
    assert last.fields["asked_by_name"] == "Kay"
    assert last.fields["closed"] == "2024-06-04"
    assert found == ["approved_disposal", "asked_for_disposal"]


def test_figures_of_an_erased_case_outlast_another_yardstick(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    """They cannot be worked out again, so they are never dropped; those of a case that is there are."""
    reference, other = withdrawn(any_office, ann), logged(any_office, ann)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    with any_office.database.writing() as tx:
        measures.forget_all(tx)
        rows = [cases.case_by_reference(tx, one) for one in (reference, other)]
        assert [bool(measures.measures_of(tx, row.id)) for row in rows if row] == [True, False]


def test_an_erased_case_refuses_every_act_with_a_sentence(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    with pytest.raises(Erased, match="was erased when its time of retention was over"):
        steps.seen_by(any_office, reference, ann, LATER)
    stranger = Person("99", "Sam", (Grant("st-leger-homes", "complaints_officer"),))
    with pytest.raises(Unknown):
        steps.seen_by(any_office, reference, stranger, LATER)
    assert dict(disposal.ask(any_office, keeper, [reference], LATER).refused) == {reference: "It is erased already."}
    with pytest.raises(BadAnswers, match="erased already"):
        disposal.hold(any_office, keeper, reference, "Court", LATER)


def test_nobody_approves_what_they_asked_for(any_office: Office, ann: Person):
    both = records_person(any_office, "bo", KEEPER, RECORDS_APPROVER)
    reference = withdrawn(any_office, ann)
    decide(any_office, both)
    (refusal,) = disposal.approve(any_office, both, [asked(any_office, both, reference)], LATER).refused
    assert refusal == (reference, "Bo asked for it. Somebody else must approve.")
    assert steps.seen_by(any_office, reference, ann, LATER).record


def test_roles_of_another_landlord_or_the_other_role_do_not_do(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    stranger = records_person(any_office, "sol", KEEPER, RECORDS_APPROVER, policy="st-leger-homes")
    assert "may not ask for disposal" in disposal.ask(any_office, approver, [reference], LATER).refused[0][1]
    assert "may not ask for disposal" in disposal.ask(any_office, ann, [reference], LATER).refused[0][1]
    request = asked(any_office, keeper, reference)
    assert "may not approve" in disposal.approve(any_office, keeper, [request], LATER).refused[0][1]
    assert "no such request" in disposal.approve(any_office, stranger, [request], LATER).refused[0][1]
    with pytest.raises(Unknown):
        disposal.refuse(any_office, stranger, request, "No", LATER)
    with pytest.raises(Refused):
        retention.change(any_office, approver, POLICY, {}, "No", LATER)


def test_nothing_is_due_until_a_period_is_decided(any_office: Office, ann: Person, keeper: Person):
    reference = withdrawn(any_office, ann)
    assert due(any_office, LATER) == []
    (refusal,) = disposal.ask(any_office, keeper, [reference], LATER).refused
    assert "Nobody has decided how long" in refusal[1]


def test_a_case_is_due_on_the_day_its_period_is_over_and_not_the_day_before(
    any_office: Office, ann: Person, keeper: Person
):
    reference = withdrawn(any_office, ann)  # closed on 4 June 2024
    decide(any_office, keeper, 365)
    last = datetime.combine(date(2024, 6, 4) + timedelta(days=365), datetime.min.time(), BEGAN.tzinfo)
    assert due(any_office, last - timedelta(hours=12)) == []
    assert due(any_office, last + timedelta(hours=12)) == [reference]
    (refusal,) = disposal.ask(any_office, keeper, [reference], last - timedelta(hours=12)).refused
    assert "is kept for 365 days" in refusal[1]


def test_a_class_without_a_period_is_kept(any_office: Office, ann: Person, keeper: Person):
    withdrawn(any_office, ann)
    decide(any_office, keeper, withdrawn="")
    assert due(any_office, LATER) == []


def test_an_open_case_is_never_due(any_office: Office, ann: Person, keeper: Person):
    reference = logged(any_office, ann)
    decide(any_office, keeper)
    assert due(any_office, LATER) == []
    assert disposal.ask(any_office, keeper, [reference], LATER).refused == ((reference, "It is not closed."),)


def test_a_hold_keeps_a_case_until_it_is_ended(any_office: Office, ann: Person, keeper: Person, approver: Person):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    request = asked(any_office, keeper, reference)
    disposal.hold(any_office, approver, reference, "A claim is before the court", LATER)
    assert "There is a hold on it" in disposal.approve(any_office, approver, [request], LATER).refused[0][1]
    with pytest.raises(BadAnswers, match="a hold on"):
        disposal.hold(any_office, keeper, reference, "Again", LATER)
    with any_office.database.reading() as tx:
        (there,) = disposals.holds(tx, POLICY)
    with pytest.raises(BadAnswers):
        disposal.end_hold(any_office, keeper, there.id, " ", LATER)
    disposal.end_hold(any_office, keeper, there.id, "The claim was settled", LATER)
    assert disposal.approve(any_office, approver, [request], LATER).done == (reference,)
    assert "court" not in everything_said(any_office)


def test_a_request_is_refused_with_a_reason_or_taken_back_by_who_asked(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    first = asked(any_office, keeper, reference)
    with pytest.raises(BadAnswers):
        disposal.refuse(any_office, approver, first, "", LATER)
    disposal.refuse(any_office, approver, first, "The Ombudsman has asked about it", LATER)
    assert "decided it already" in disposal.approve(any_office, approver, [first], LATER).refused[0][1]
    second = asked(any_office, keeper, reference)
    with pytest.raises(Refused, match="only they can take it back"):
        disposal.take_back(any_office, approver, second, LATER)
    disposal.take_back(any_office, keeper, second, LATER)
    assert due(any_office, LATER) == [reference]


def test_a_longer_period_decided_meanwhile_stops_an_approval(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    request = asked(any_office, keeper, reference)
    decide(any_office, keeper, 10_000)
    assert "is kept for 10,000 days" in disposal.approve(any_office, approver, [request], LATER).refused[0][1]


def test_a_letter_that_waits_to_go_out_stops_an_approval(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    request = asked(any_office, keeper, reference)
    with any_office.database.writing() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        put_out(tx, row.id, items=[OutboxItem("letter", {}, "another")], now=LATER)
    assert "still waits to go out" in disposal.approve(any_office, approver, [request], LATER).refused[0][1]


def test_what_cannot_be_done_for_one_keeps_no_other_from_it(
    any_office: Office, ann: Person, keeper: Person, approver: Person
):
    first, second = withdrawn(any_office, ann), withdrawn(any_office, ann)
    decide(any_office, keeper)
    requests = [asked(any_office, keeper, one) for one in (first, second)]
    disposal.hold(any_office, keeper, first, "Kept", LATER)
    done = disposal.approve(any_office, approver, [*requests, 99_999], LATER)
    assert done.done == (second,)
    assert [reference for reference, _ in done.refused] == [first, "request 99999"]


@pytest.mark.parametrize("days", ["-1", "29", "36526", "six years", "1e3", "\u0663\u0660\u0660", "9" * 40])
def test_a_period_is_a_number_of_days(any_office: Office, keeper: Person, days: str):
    with pytest.raises(BadAnswers, match="number of days"):
        retention.change(any_office, keeper, POLICY, {"first_stage": days}, "A schedule", BEGAN)


def test_a_period_is_recorded_with_what_it_was(any_office: Office, keeper: Person):
    decide(any_office, keeper, 400)
    decide(any_office, keeper, 500)
    with pytest.raises(BadAnswers, match="already"):
        decide(any_office, keeper, 500)
    with any_office.database.reading() as tx:
        newest = acts.acts(tx, about=POLICY)[0]
    assert newest.detail is not None
    assert newest.detail["was"]["first_stage"] == 400
    assert newest.detail["now"]["first_stage"] == 500


# --- copies in the landlord's document store --------------------------------------------------------


def test_copies_filed_elsewhere_are_erased_after_it_and_that_is_recorded(
    any_office: Office, ann: Person, keeper: Person, approver: Person, tmp_path: Path
):
    reference = withdrawn(any_office, ann)
    filing.file_copy(f"{tmp_path}/store", f"{reference}/complaint.pdf", b"Dear Zebulon")
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    assert (tmp_path / f"store/{reference}/complaint.pdf").is_file(), "by the worker, not by who approves"
    delivery = delivery_at(f"folder:{tmp_path}/letters", "", environment={})
    send_due(any_office, Post(delivery, "unknown://store"), lambda: LATER)
    assert (tmp_path / f"store/{reference}/complaint.pdf").is_file(), "what fails is tried again"
    send_due(any_office, Post(delivery, f"{tmp_path}/store"), lambda: LATER + timedelta(hours=2))
    assert not (tmp_path / f"store/{reference}").exists()
    with any_office.database.reading() as tx:
        last = acts.acts(tx, about=f"case {reference}")[0]
    assert (last.what, last.detail and last.detail["copies"]) == ("erased_copies", 1)
    assert differences(any_office) == []


def test_copies_that_are_not_found_are_for_a_person_to_see_to(
    any_office: Office, ann: Person, keeper: Person, approver: Person, tmp_path: Path
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    delivery = delivery_at(f"folder:{tmp_path}/letters", "", environment={})
    send_due(any_office, Post(delivery, f"{tmp_path}/another"), lambda: LATER)
    with any_office.database.reading() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        (left,) = outbox.of_case(tx, row.id)
    assert (left.status, left.said[:22]) == (outbox.FAILED, "No copy of it was foun")


# --- what verification says -----------------------------------------------------------------------


def test_a_content_that_is_gone_without_a_disposal_is_found(any_office: Office, ann: Person):
    reference = withdrawn(any_office, ann)
    with any_office.database.writing() as tx:
        row = cases.case_by_reference(tx, reference)
        assert row is not None
        timeline.erase_content(tx, row.id, numbers=[2])
    assert differences(any_office) == [
        f"{reference}: event 2: What it said is gone, and the record has no disposal of the case."
    ]


@pytest.mark.parametrize(
    ("tampering", "says"),
    [
        ("UPDATE complaint_case SET resident = 'Somebody'", "its row still says"),
        ("DELETE FROM event_content", "who asked for it is gone"),
        ("INSERT INTO event_content VALUES (1, 1, 'salt', 'said')", "Its content was changed"),
        ("UPDATE case_stage_measure SET days_to_log = 9", "are not those it had when it was erased"),
        ("DELETE FROM case_mark", "are not those it had when it was erased"),
        ("UPDATE complaint_case SET finding = 'upheld'", "are not those it had when it was erased"),
        ("DELETE FROM disposal", "its disposal is not that of a request that was approved"),
        ("UPDATE disposal SET decided_by = 1", "its disposal is not that of a request that was approved"),
    ],
)
def test_a_disposal_that_was_tampered_with_is_found(
    any_office: Office, ann: Person, keeper: Person, approver: Person, tampering: str, says: str
):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    disposal.approve(any_office, approver, [asked(any_office, keeper, reference)], LATER)
    assert differences(any_office) == []
    with any_office.database.writing() as tx:
        tx.execute(text(tampering))
    assert any(says in one for one in differences(any_office)), differences(any_office)


def test_a_name_of_staff_changed_after_the_disposal_and_an_act_of_it_taken_out_are_found(office: Office):
    ann, keeper = hired(office, "Ann"), records_person(office, "kay", KEEPER)
    approver = records_person(office, "abe", RECORDS_APPROVER)
    reference = withdrawn(office, ann)
    decide(office, keeper)
    disposal.approve(office, approver, [asked(office, keeper, reference)], LATER)
    with office.database.writing() as tx:
        for name in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
            tx.execute(text(f"DROP TRIGGER {name}"))
        tx.execute(text("UPDATE case_event SET by_name = 'Bob' WHERE number = 1"))
        tx.execute(text("DELETE FROM act WHERE what = 'approved_disposal'"))
    assert differences(office) == [
        f"{reference}: the record has no act 'approved disposal' by whom its last event names.",
        f"{reference}: the figures, marks or names of staff kept of it are not those it had when it was erased.",
    ]


def test_a_request_that_says_a_case_was_erased_which_is_there_is_found(any_office: Office, ann: Person, keeper: Person):
    reference = withdrawn(any_office, ann)
    decide(any_office, keeper)
    asked(any_office, keeper, reference)
    with any_office.database.writing() as tx:
        tx.execute(text("UPDATE disposal SET state = 'erased'"))
    assert differences(any_office) == [
        f"{reference}: a request says it was disposed of, and its chain does not end with that."
    ]


def test_a_broken_chain_is_looked_into_before_anything_is_erased(
    office: Office,
):
    ann, keeper = hired(office, "Ann"), records_person(office, "kay", KEEPER)
    approver = records_person(office, "abe", RECORDS_APPROVER)
    reference = withdrawn(office, ann)
    decide(office, keeper)
    request = asked(office, keeper, reference)
    with office.database.writing() as tx:
        tx.execute(text("UPDATE event_content SET content = '{}' WHERE number = 1"))
    (refusal,) = disposal.approve(office, approver, [request], LATER).refused
    assert "does not hold at event 1" in refusal[1]


def test_nothing_of_what_was_erased_is_left_in_the_file(office: Office):
    """SQLite keeps what was deleted in its file and its log until it is overwritten: here it is, at once."""
    ann, keeper = hired(office, "Ann"), records_person(office, "kay", KEEPER)
    approver = records_person(office, "abe", RECORDS_APPROVER)
    reference = withdrawn(office, ann)
    with_papers(office, reference)
    decide(office, keeper)
    file = Path(office.database.url.removeprefix("sqlite:///"))

    def held() -> bytes:
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert NAME.encode() in held()
    disposal.approve(office, approver, [asked(office, keeper, reference)], LATER)
    for word in (NAME, "Zebulon", "zebulon", PLACE, "ZZ9"):
        assert word.encode() not in held(), word


def test_no_version_gives_work_to_a_role_of_disposal():
    shelf = publishing.shipped(Path(__file__).parents[2])
    assert not any(set(one.roles) & {KEEPER, RECORDS_APPROVER} for one in shelf.versions.values())
