"""Laws of publishing: approved by somebody else, sealed as approved, from a day that moves no case; and withdrawn only
where no case is under it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import casework, corrections, draft_library, drafting, publishing, steps, trial, verification
from engine.calendars import CalendarDay
from engine.casework import Said
from engine.drafting import Draft
from engine.events import local_day, moment
from engine.office import Office, is_stale, office_of, refreshed
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import APPROVER, AUTHOR, Grant, Person
from engine.store import acts, publications
from engine.store import library as stored
from engine.store.database import open_database
from engine.store.library import VersionRow
from engine.trial import TrialFailed
from tests.unit.casting import hired
from tests.unit.draft_acts import (
    BASE,
    NEW,
    NOW,
    POLICY,
    TODAY,
    approved,
    approver,
    author,
    begun,
    published,
    rewritten,
)

KEY = f"{POLICY}/{NEW}"


def approve(office: Office, draft: Draft, who: Person, body: str = "The Board", minute: str = "12", seen: str = ""):
    return drafting.approve(office, draft.row.id, who, NOW, body=body, minute=minute, seen=seen)


def publish(office: Office, draft: Draft, who: Person, reason: str = "") -> VersionRow:
    return drafting.publish(office, draft.row.id, who, NOW, in_force_from_reason=reason)


def logged(office: Office, when: str, *, received: str = "", who: Person | None = None) -> str:
    clerk = who or hired(office, f"Clerk {when} {received}")
    said = Said({}, moment(received or when), moment(when), is_story=True)
    return steps.register(office, POLICY, clerk, said)


def version_of(office: Office, reference: str, now: str = "2026-12-31") -> str:
    there = hired(office, f"Reader {reference} {now} {id(office)}")
    governing = steps.seen_by(office, reference, there, moment(now)).governing.version
    return governing.version if governing else "none"


def found(office: Office) -> list[str]:
    """Everything `redress verify` would say."""
    with office.database.reading() as tx:
        cases = [one for case in verification.case_ids(tx) for one in verification.case_differences(tx, office, case)]
        return [str(one) for one in (*verification.version_differences(tx), *cases)]


def recorded(office: Office) -> list[str]:
    with office.database.reading() as tx:
        return [one.what for one in reversed(acts.acts(tx, about=KEY))]


# --- approval -----------------------------------------------------------------------------------


def test_from_a_draft_to_a_sealed_version_in_five_acts(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    draft = begun(any_office, ann)
    approved(any_office, draft, ann, bob)
    row = publish(any_office, draft, ann)
    assert (row.policy, row.version, row.in_force_from) == (POLICY, NEW, date(2026, 4, 1))
    assert recorded(any_office) == ["began_draft", "asked_approval", "approved_draft", "published_version"]
    there = refreshed(any_office).shelved[KEY]
    assert there.publication is not None
    assert (there.publication.approved_by_name, there.publication.published_by_name) == ("Bob Board", "Ann Author")
    assert (there.publication.body, there.publication.minute) == ("The Board", "Minute 12 of 2 March 2026")
    assert there.publication.based_on == BASE
    assert drafting.opened(any_office, draft.row.id).row.state == "published"
    with any_office.database.reading() as tx:
        assert list(verification.version_differences(tx)) == []


def test_whoever_wrote_any_of_it_does_not_approve_it(any_office: Office):
    ann = author(any_office)
    both = hired(any_office, "Bo Both", Grant(POLICY, AUTHOR), Grant(POLICY, APPROVER))
    draft = begun(any_office, ann)
    rewritten(any_office, draft, both, "Dear", "Hello", path=draft.letters_path)
    drafting.ask_approval(any_office, draft.row.id, ann, NOW)
    with pytest.raises(Refused, match=r"Bo Both wrote some of this draft\. Somebody who changed nothing in it must"):
        approve(any_office, draft, both)
    with pytest.raises(Refused, match="wrote some of this draft"):
        drafting.send_back(any_office, draft.row.id, both, NOW, "No")
    with pytest.raises(Refused, match="may not approve versions of this policy"):
        approve(any_office, draft, ann)
    assert approve(any_office, draft, approver(any_office)).state == "approved"


def test_whoever_began_a_draft_does_not_approve_it(office: Office):
    both = hired(office, "Bo Both", Grant(POLICY, AUTHOR), Grant(POLICY, APPROVER))
    draft = begun(office, both)
    drafting.ask_approval(office, draft.row.id, both, NOW)
    with pytest.raises(Refused, match="wrote some of this draft"):
        approve(office, draft, both)


@pytest.mark.parametrize(("body", "minute", "missing"), [("", "12", {"body"}), ("Board", " ", {"minute"})])
def test_an_approval_names_the_body_and_its_minute(office: Office, body: str, minute: str, missing: set[str]):
    ann, bob = author(office), approver(office)
    draft = begun(office, ann)
    drafting.ask_approval(office, draft.row.id, ann, NOW)
    with pytest.raises(BadAnswers) as refused:
        approve(office, draft, bob, body, minute)
    assert set(refused.value.errors) == missing


def test_nothing_is_approved_that_nobody_asked_for(office: Office):
    ann, bob = author(office), approver(office)
    draft = begun(office, ann)
    with pytest.raises(Refused, match="Nobody has asked for approval"):
        approve(office, draft, bob)


def test_what_waits_for_approval_or_is_approved_changes_only_once_it_is_taken_back(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    draft = begun(any_office, ann)
    drafting.ask_approval(any_office, draft.row.id, ann, NOW)
    with pytest.raises(Refused, match="Take the request back first"):
        rewritten(any_office, draft, ann, "Dear", "Hello", path=draft.letters_path)
    approve(any_office, draft, bob)
    with pytest.raises(Refused, match="It is approved, so nobody changes it"):
        rewritten(any_office, draft, ann, "Dear", "Hello", path=draft.letters_path)
    row = drafting.take_back(any_office, draft.row.id, ann, NOW)
    assert (row.state, row.approved_seal, row.approved_by, row.body) == ("drafting", "", None, "")
    rewritten(any_office, draft, ann, "Dear", "Hello", path=draft.letters_path)
    with pytest.raises(Refused, match="The draft is not approved"):
        publish(any_office, draft, ann)


def test_a_draft_sent_back_says_what_should_be_changed(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    draft = begun(any_office, ann)
    drafting.ask_approval(any_office, draft.row.id, ann, NOW)
    with pytest.raises(BadAnswers):
        drafting.send_back(any_office, draft.row.id, bob, NOW, "  ")
    row = drafting.send_back(any_office, draft.row.id, bob, NOW, "Three days are too few.")
    assert (row.state, row.sent_back) == ("drafting", "Bob Board: Three days are too few.\n")
    assert recorded(any_office)[-1] == "sent_back_draft"
    drafting.ask_approval(any_office, draft.row.id, ann, NOW)
    again = drafting.send_back(any_office, draft.row.id, bob, NOW, "Still.")
    assert again.sent_back == "Bob Board: Three days are too few.\nBob Board: Still.\n"


def test_an_approval_is_of_exactly_what_was_read(office: Office):
    ann, bob = author(office), approver(office)
    draft = begun(office, ann)
    read = draft_library.checked(office, draft.files, draft.key).seal
    rewritten(office, draft, ann, "Dear", "Hello", path=draft.letters_path)
    drafting.ask_approval(office, draft.row.id, ann, NOW)
    with pytest.raises(Refused, match="no longer what you had before you"):
        approve(office, draft, bob, seen=read)
    after = draft_library.checked(office, drafting.opened(office, draft.row.id).files, draft.key).seal
    assert approve(office, draft, bob, seen=after).approved_seal == after


def test_a_draft_with_problems_or_failing_stories_is_not_sent_to_anybody(office: Office):
    ann = author(office)
    draft = begun(office, ann)
    longer = rewritten(office, draft, ann, "within: 5 working days", "within: 4 working days")
    with pytest.raises(Refused, match=r"examples? of the draft fails?. Mend the draft or the example"):
        drafting.ask_approval(office, draft.row.id, ann, NOW)
    broken = rewritten(office, longer, ann, "workflow: complaints/two-stage", "workflow: complaints/two-stages")
    with pytest.raises(Refused, match=r"The draft has .*problem.*Mend that first"):
        drafting.ask_approval(office, draft.row.id, ann, NOW)
    assert drafting.opened(office, draft.row.id) == broken


# --- publishing ---------------------------------------------------------------------------------


def test_publish_pressed_twice_gives_one_version(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    draft = begun(any_office, ann)
    approved(any_office, draft, ann, bob)
    first = publish(any_office, draft, ann)
    again = publish(any_office, draft, bob)
    assert again == first
    assert recorded(any_office).count("published_version") == 1
    with any_office.database.reading() as tx:
        assert [row.version for row in stored.versions(tx, POLICY)] == [BASE, NEW]


def test_a_published_version_and_how_it_came_about_never_change(any_office: Office):
    published(any_office)
    for statement in ("UPDATE publication SET minute = 'another'", "DELETE FROM publication"):
        with pytest.raises(Exception, match="append-only"), any_office.database.writing() as tx:
            tx.exec_driver_sql(statement)


def test_who_holds_no_role_of_the_studio_publishes_nothing(office: Office):
    ann, bob = author(office), approver(office)
    draft = begun(office, ann)
    approved(office, draft, ann, bob)
    with pytest.raises(Refused, match="may not publish versions of this policy"):
        publish(office, draft, hired(office, "Cy", Grant(POLICY, "complaints_officer")))


def test_two_versions_from_one_day_would_overlap_and_are_refused(office: Office):
    published(office)
    ann, bob = author(office), approver(office)
    draft = begun(refreshed(office), ann, version="another-2026")
    with pytest.raises(Refused, match=r"in force from 2026-04-01, and so is 'two-stage-2026'"):
        approved(refreshed(office), draft, ann, bob)


def test_a_version_published_meanwhile_from_the_same_day_stops_the_second(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    second = begun(any_office, ann, version="another-2026")
    approved(any_office, second, ann, bob)
    published(any_office)
    with pytest.raises(Refused, match="'two-stage-2026' is in force from 1 April 2026 too"):
        publish(any_office, second, ann)  # this process has not looked since


def test_from_today_needs_no_reason_and_from_yesterday_one(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    past = begun(any_office, ann, in_force_from=TODAY - timedelta(days=1))
    approved(any_office, past, ann, bob)
    with pytest.raises(BadAnswers) as refused:
        publish(any_office, past, ann)
    assert "1 March 2026 is in the past" in refused.value.errors["in_force_from_reason"]
    row = publish(any_office, past, ann, reason="The Board decided it on 27 February.")
    assert row.in_force_from == date(2026, 3, 1)
    there = refreshed(any_office).shelved[KEY].publication
    assert there is not None
    assert there.reason == "The Board decided it on 27 February."
    today = published(refreshed(any_office), version="from-today", in_force_from=TODAY)
    assert today.in_force_from == TODAY


def test_never_over_closed_cases(any_office: Office):
    reference = logged(any_office, "2026-02-20")
    clerk = hired(any_office, "Clo Closer")
    steps.take(
        any_office,
        reference,
        clerk,
        lambda file: casework.record_message(
            any_office, file, "withdrawn", clerk, Said({}, None, moment("2026-02-23"), is_story=True)
        ),
        moment("2026-02-23"),
    )
    ann, bob = author(any_office), approver(any_office)
    over = begun(any_office, ann, in_force_from=date(2026, 2, 20))
    with pytest.raises(Refused, match=rf"The case {reference} was received on or after 20 February 2026 and is closed"):
        approved(any_office, over, ann, bob)
    after = published(any_office, reason="It was decided then.", version="after-it", in_force_from=date(2026, 2, 21))
    assert after.version == "after-it"


def test_a_closed_case_of_a_later_version_is_not_in_the_way(office: Office):
    logged(office, "2025-05-02")
    published(office, reason="Decided late.", version="from-march", in_force_from=date(2025, 3, 3))
    closer = hired(office, "Clo Closer")
    there = refreshed(office)
    reference = logged(there, "2026-02-20")
    said = Said({}, None, moment("2026-02-23"), is_story=True)
    steps.take(
        there,
        reference,
        closer,
        lambda file: casework.record_message(there, file, "withdrawn", closer, said),
        moment("2026-02-23"),
    )
    days_before = published(there, reason="Decided late.", version="from-january", in_force_from=date(2025, 1, 6))
    assert days_before.in_force_from == date(2025, 1, 6)


def test_a_draft_that_does_not_stand_its_trial_is_not_sealed(any_office: Office):
    ann, bob = author(any_office), approver(any_office)
    draft = begun(any_office, ann)
    approved(any_office, draft, ann, bob)
    with any_office.database.writing() as tx:  # a day nobody worked, known before the stories that count over it
        england = stored.calendar_named(tx, "england")
        assert england is not None
        closed = CalendarDay(date(2024, 5, 8), "Closed for the move", known=date(2024, 1, 2), kind="closure")
        stored.put_calendar(tx, england.with_days(closed), now=NOW)
    with pytest.raises(TrialFailed, match=r"did not stand its trial, so it is not published. “.*2024-05-"):
        publish(refreshed(any_office), draft, ann)
    assert drafting.opened(any_office, draft.row.id).row.state == "approved"
    with any_office.database.reading() as tx:
        assert stored.version_named(tx, POLICY, version=NEW) is None


@pytest.mark.parametrize(
    ("limits", "says"),
    [
        ({"wall": 0.05}, "The trial took longer than 0.05 seconds"),
        ({"memory": 60_000_000}, "more memory than a policy may"),
        ({"cpu": 1}, "came to no end"),
    ],
)
def test_a_trial_has_little_time_and_memory(office: Office, limits: dict[str, float], says: str):
    draft = begun(office, author(office))
    place = f"policies/{draft.key}.examples.yaml"
    head, *stories = draft.files[place].split(b"  - example: ")
    many = (b"  - example: %d, " % number + story for number, story in enumerate(stories * 10))  # more than a second's
    found_of_it = draft_library.checked(office, {**draft.files, place: head + b"".join(many)}, draft.key)
    assert found_of_it.is_sound, found_of_it.wrong
    with pytest.raises(TrialFailed, match=says):
        trial.stand_trial(office, found_of_it, **limits)


# --- which cases it governs ---------------------------------------------------------------------


def test_cases_received_from_its_day_run_under_it_and_those_before_stay(any_office: Office):
    before = logged(any_office, "2026-02-27")
    published(any_office, in_force_from=TODAY)
    there = refreshed(any_office)
    on_the_day = logged(there, "2026-03-02T15:00")
    earlier = logged(there, "2026-03-02T15:00", received="2026-03-01")
    later = logged(there, "2026-05-04")
    assert [version_of(there, one) for one in (before, on_the_day, earlier, later)] == [BASE, NEW, BASE, NEW]
    assert found(there) == []


def test_a_version_from_a_past_day_moves_no_case_that_is_logged_already(any_office: Office):
    open_one = logged(any_office, "2026-02-27")
    published(any_office, in_force_from=date(2026, 2, 20), reason="The Board decided it on 19 February.")
    there = refreshed(any_office)
    assert version_of(there, open_one) == BASE
    assert found(there) == [], "what is stored agrees with the record as it is read now"
    logged_late = logged(there, "2026-03-03", received="2026-02-27")
    assert version_of(there, logged_late) == NEW
    assert found(there) == []


def test_correcting_what_was_said_of_a_case_does_not_bring_it_under_a_later_version(any_office: Office):
    reference = logged(any_office, "2026-02-27")
    published(any_office, in_force_from=date(2026, 2, 20), reason="The Board decided it on 19 February.")
    there = refreshed(any_office)
    clerk = hired(any_office, "Cora Corrector")
    steps.take(
        there,
        reference,
        clerk,
        lambda file: corrections.correct(
            there, file, 1, clerk, happened=moment("2026-02-26"), reason="The stamp says so.", now=moment("2026-03-04")
        ),
        moment("2026-03-04"),
    )
    assert version_of(there, reference) == BASE
    assert found(there) == []


def test_a_case_logged_at_the_very_moment_of_publishing_stays(any_office: Office):
    reference = logged(any_office, "2026-03-02T10:00")  # the moment of NOW
    published(any_office, in_force_from=TODAY)
    there = refreshed(any_office)
    assert version_of(there, reference) == BASE
    assert found(there) == []


def test_whoever_has_not_looked_since_logs_under_the_version_there_is_now(any_office: Office):
    published(any_office, in_force_from=TODAY)
    reference = logged(any_office, "2026-03-02T15:00")  # by a process that has not read the new version
    there = refreshed(any_office)
    assert version_of(there, reference) == NEW
    with pytest.raises(Refused, match=r"published or withdrawn a moment ago\. Try again"):
        version_of(any_office, reference)
    assert found(there) == []


def test_a_case_is_moved_to_a_version_only_by_a_person(any_office: Office):
    reference = logged(any_office, "2026-02-27")
    published(any_office)
    there = refreshed(any_office)
    clerk = hired(any_office, "Mo Mover")
    steps.take(
        there,
        reference,
        clerk,
        lambda file: corrections.move(there, file, NEW, clerk, reason="The resident asked.", now=moment("2026-03-04")),
        moment("2026-03-04"),
    )
    assert version_of(there, reference) == NEW
    assert found(there) == []


def test_every_process_sees_what_another_published_without_a_restart(any_office: Office):
    other = office_of(open_database(any_office.database.url), any_office.shelf)
    assert not is_stale(other)
    assert refreshed(other) is other
    published(any_office)
    assert is_stale(other)
    seen = refreshed(other)
    assert KEY in seen.shelved
    assert seen.shelved[f"{POLICY}/{BASE}"].book is other.shelved[f"{POLICY}/{BASE}"].book, "parsed once"
    other.database.close()


def test_a_calendar_row_is_seen_too(any_office: Office):
    with any_office.database.writing() as tx:
        england = stored.calendar_named(tx, "england")
        assert england is not None
        added = CalendarDay(date(2026, 6, 1), "A day of mourning", known=date(2026, 3, 2))
        stored.put_calendar(tx, england.with_days(added), now=NOW)
    assert is_stale(any_office)
    calendar = refreshed(any_office).shelved[f"{POLICY}/{BASE}"].book.calendar
    assert added in calendar.days


# --- withdrawing --------------------------------------------------------------------------------


def test_a_version_no_case_uses_is_withdrawn_and_its_text_stays(any_office: Office):
    published(any_office)
    there, bob = refreshed(any_office), approver(any_office)
    with pytest.raises(BadAnswers):
        drafting.withdraw(there, POLICY, NEW, bob, NOW, " ")
    drafting.withdraw(there, POLICY, NEW, bob, NOW, "The Board thought again.")
    after = refreshed(there)
    assert after.shelved[KEY].is_withdrawn
    assert after.shelved[KEY].withdrawal.reason == "The Board thought again."
    assert [one.version for one in after.versions_of(POLICY)] == [BASE]
    assert version_of(after, logged(after, "2026-05-04")) == BASE
    assert found(after) == []
    assert recorded(any_office)[-1] == "withdrew_version"
    with any_office.database.reading() as tx:
        assert list(verification.version_differences(tx)) == []
        assert stored.version_named(tx, POLICY, version=NEW) is not None
    with pytest.raises(Refused, match="withdrawn already"):
        drafting.withdraw(after, POLICY, NEW, bob, NOW, "Again")
    with pytest.raises(BadAnswers, match="There is a version"):
        begun(after, author(any_office))


def test_the_day_of_a_withdrawn_version_is_free_again(any_office: Office):
    published(any_office)
    bob = approver(any_office)
    drafting.withdraw(any_office, POLICY, NEW, bob, NOW, "Wrong.")
    row = published(refreshed(any_office), version="two-stage-2026b")
    assert row.in_force_from == date(2026, 4, 1)


def test_a_version_a_case_uses_is_not_withdrawn(any_office: Office):
    published(any_office, in_force_from=TODAY)
    there, bob = refreshed(any_office), approver(any_office)
    logged(there, "2026-03-02T15:00")
    with pytest.raises(Refused, match="A case is governed by it"):
        drafting.withdraw(there, POLICY, NEW, bob, NOW, "Wrong.")
    assert not refreshed(there).shelved[KEY].is_withdrawn


def test_a_version_a_case_was_moved_to_and_back_is_not_withdrawn(any_office: Office):
    reference = logged(any_office, "2026-02-27")
    published(any_office)
    there, bob = refreshed(any_office), approver(any_office)
    clerk = hired(any_office, "Mo Mover")
    when = moment("2026-03-04")
    steps.take(
        there, reference, clerk, lambda file: corrections.move(there, file, NEW, clerk, reason="Asked.", now=when), when
    )
    steps.take(
        there, reference, clerk, lambda file: corrections.undo_move(there, file, clerk, reason="No.", now=when), when
    )
    with pytest.raises(Refused, match=f"The case {reference} was governed by it for a time, so it stays"):
        drafting.withdraw(there, POLICY, NEW, bob, NOW, "Wrong.")


def test_no_days_are_left_without_a_version(any_office: Office):
    bob = approver(any_office)
    with pytest.raises(Refused, match="It is the only version of this policy"):
        drafting.withdraw(any_office, POLICY, BASE, bob, NOW, "Wrong.")
    published(any_office)
    with pytest.raises(Refused, match=r"received from 1 April 2024 until 1 April 2026 would have no version"):
        drafting.withdraw(any_office, POLICY, BASE, bob, NOW, "Wrong.")


def test_only_an_approver_withdraws(office: Office):
    published(office)
    with pytest.raises(Refused, match="may not withdraw versions"):
        drafting.withdraw(office, POLICY, NEW, author(office), NOW, "Wrong.")
    with pytest.raises(Unknown):
        drafting.withdraw(office, POLICY, "never", approver(office), NOW, "Wrong.")


def test_a_shipped_version_is_withdrawn_like_any_other_and_stays_so_on_the_next_start(office: Office):
    bob = hired(office, "Bea", Grant("south-essex-homes", APPROVER))
    drafting.withdraw(office, "south-essex-homes", "two-stage-2024", bob, NOW, "Not adopted here.")
    with office.database.writing() as tx:
        publishing.import_shipped(tx, office.shelf, NOW)
    assert refreshed(office).shelved["south-essex-homes/two-stage-2024"].is_withdrawn
    with office.database.reading() as tx:
        assert len(publications.withdrawals(tx)) == 1
    assert local_day(NOW) == TODAY
