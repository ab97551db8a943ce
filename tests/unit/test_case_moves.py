"""Moving live cases: off by default, previewed by the code that acts, clocks keep their start, undone by one act."""

from __future__ import annotations

import pytest

from engine import case_files, case_moves, corrections, verification
from engine.case_files import CaseFile
from engine.case_moves import BREACHES, MOVES, STAYS
from engine.events import moment
from engine.office import Office
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import Person
from engine.store import acts, settings
from tests.unit.case_acts import done, logged, recorded, seen
from tests.unit.casting import hired

POLICY = "south-essex-homes"
OLD, NOW_IN_FORCE = "three-stage-2018", "two-stage-2024"
NOW = moment("2024-06-10")


@pytest.fixture
def boss(office: Office) -> Person:
    return hired(office, "Boss", is_administrator=True)


@pytest.fixture
def ann(office: Office, boss: Person) -> Person:
    """Whoever decides, in an office where moving is on."""
    case_moves.turn(office, boss, NOW, on=True)
    return hired(office, "Ann")


def anybody(file: CaseFile) -> bool:
    return True


def moved(office: Office, who: Person, *references: str, to: str = OLD, group: str = "a-group", **how: object):
    given = {"reason": "The Board decided so.", "group": group, "may": anybody, **how}
    return case_moves.move_group(office, references, to, who, NOW, **given)


def governs(office: Office, who: Person, reference: str) -> str:
    version = seen(office, reference, who, NOW).governing.version
    return version.version if version else ""


def extended(office: Office, who: Person) -> str:
    """A case that had an extension, which the versions before 2024 do not know."""
    reference = logged(office, who, POLICY, "2024-06-03")
    for key in ("triage", "stage_1.acknowledge"):
        done(office, reference, who, key, "2024-06-03")
    recorded(office, reference, who, "stage_1.extension_given", "2024-06-05", to="2024-06-20", reason="An inspection")
    return reference


def test_moving_is_off_until_an_administrator_turns_it_on_and_that_is_recorded(office: Office, boss: Person):
    assert not case_moves.is_on(office)
    bea = hired(office, "Bea")
    reference = logged(office, bea, POLICY)
    with pytest.raises(Refused, match="turned off"):
        moved(office, bea, reference)
    with pytest.raises(Refused, match="administrator"):
        case_moves.turn(office, bea, NOW, on=True)
    case_moves.turn(office, boss, NOW, on=True)
    case_moves.turn(office, boss, NOW, on=True)
    with office.database.reading() as tx:
        assert settings.get(tx, case_moves.SETTING) is True
        [act] = acts.acts(tx, about=f"setting:{case_moves.SETTING}")
    assert (act.what, act.person_id, act.detail) == ("changed_setting", int(boss.id), {"was": False, "now": True})
    assert moved(office, bea, reference).moved == (reference,)


def test_a_group_is_moved_and_each_case_says_by_whom_why_and_with_which(office: Office, ann: Person):
    both = [logged(office, ann, POLICY, "2024-06-05"), logged(office, ann, POLICY, "2024-06-06")]
    group = moved(office, ann, *both)
    assert (group.moved, group.left_out) == (tuple(both), ())
    for reference in both:
        event = seen(office, reference, ann, NOW).record[-1]
        assert (event.name, event.by_name) == ("moved_to", "Ann")
        assert event.fields["reason"] == "The Board decided so."
        assert (event.fields["group"], event.fields["was"]) == ("a-group", NOW_IN_FORCE)
        assert governs(office, ann, reference) == OLD
    [listed] = case_moves.groups(office, POLICY)
    assert (listed.key, listed.moved, listed.undone) == ("a-group", tuple(both), False)


def test_the_preview_is_what_the_act_does(office: Office, ann: Person):
    reference = logged(office, ann, POLICY, "2024-06-05")
    [before] = case_moves.previewed(office, [reference], OLD, ann, NOW, may=anybody)
    assert before.plan is not None
    assert governs(office, ann, reference) == NOW_IN_FORCE, "a preview writes nothing"
    moved(office, ann, reference)
    after = seen(office, reference, ann, NOW)
    assert before.plan.after.ledger.deadlines == after.standing.ledger.deadlines
    assert before.plan.after.open_tasks == after.standing.open_tasks


def test_clocks_keep_their_start(office: Office, ann: Person):
    reference = logged(office, ann, POLICY, "2024-06-05")
    was = seen(office, reference, ann, NOW).standing.ledger.deadlines["stage_1.acknowledgement"]
    moved(office, ann, reference)
    now = seen(office, reference, ann, NOW).standing.ledger.deadlines["stage_1.acknowledgement"]
    assert now.start == was.start == moment("2024-06-05").date()
    assert (was.due, now.due) == (moment("2024-06-12").date(), moment("2024-06-07").date())


def test_a_case_is_told_apart_by_what_moving_it_would_do(office: Office, ann: Person):
    fresh, late, misfit = (
        logged(office, ann, POLICY, "2024-06-07"),
        logged(office, ann, POLICY, "2024-06-04"),
        extended(office, ann),
    )
    over = logged(office, ann, POLICY, "2024-06-04")
    recorded(office, over, ann, "withdrawn", "2024-06-05")
    held = logged(office, ann, POLICY, "2012-05-01")
    found = case_moves.previewed(office, [fresh, late, misfit, over, held], OLD, ann, NOW, may=anybody)
    assert [one.kind for one in found] == [MOVES, BREACHES, STAYS, STAYS, STAYS]
    assert [one.why for one in found][2:] == [
        "'stage_1.extension_given', which happened on 2024-06-05, could not have happened under that version.",
        "It is closed.",
        "No version governs it yet: choose one for it on its own page.",
    ]
    [same] = case_moves.previewed(office, [fresh], NOW_IN_FORCE, ann, NOW, may=anybody)
    assert same.why == "That version governs it already."


def test_what_cannot_be_moved_is_left_out_and_named_and_the_rest_is_moved(office: Office, ann: Person):
    fresh, misfit, foreign = logged(office, ann, POLICY), extended(office, ann), logged(office, ann, POLICY)
    group = moved(office, ann, fresh, misfit, foreign, may=lambda file: file.reference != foreign)
    assert group.moved == (fresh,)
    assert [reference for reference, _ in group.left_out] == [misfit, foreign]
    assert group.left_out[1][1] == "You do not decide under which version it is dealt with."
    assert governs(office, ann, misfit) == governs(office, ann, foreign) == NOW_IN_FORCE


def test_nothing_is_moved_without_a_reason_by_an_auditor_or_where_none_can(office: Office, ann: Person):
    reference = logged(office, ann, POLICY)
    with pytest.raises(BadAnswers):
        moved(office, ann, reference, reason="  ")
    with pytest.raises(Refused):
        moved(office, hired(office, "Odette", is_auditor=True), reference)
    with pytest.raises(Refused, match="None of these cases"):
        moved(office, ann, extended(office, ann))
    with pytest.raises(Refused, match="at most"):
        moved(office, ann, *[f"SEH-2024-{number:05d}" for number in range(201)])
    assert case_moves.groups(office, POLICY) == []


def test_the_same_button_twice_moves_once(office: Office, ann: Person):
    reference = logged(office, ann, POLICY)
    assert moved(office, ann, reference) == moved(office, ann, reference)
    record = seen(office, reference, ann, NOW).record
    assert [event.name for event in record].count("moved_to") == 1


def test_a_case_that_somebody_changed_since_the_preview_is_left_out(office: Office, ann: Person):
    first, second = logged(office, ann, POLICY), logged(office, ann, POLICY)
    bea = hired(office, "Bea")
    done(office, second, bea, "triage", "2024-06-04")
    group = moved(office, ann, first, second, seen={first: 1, second: 1})
    assert group.moved == (first,)
    assert group.left_out == ((second, "Bea changed it meanwhile. Look again."),)


def test_a_group_is_taken_back_by_one_act_even_where_moving_was_turned_off(office: Office, ann: Person, boss: Person):
    both = [logged(office, ann, POLICY, "2024-06-05"), logged(office, ann, POLICY, "2024-06-06")]
    stood = [case_files.as_recorded(office, POLICY, seen(office, one, ann, NOW).record, NOW).standing for one in both]
    moved(office, ann, *both)
    case_moves.turn(office, boss, NOW, on=False)
    undone = case_moves.undo_group(office, POLICY, "a-group", ann, NOW, reason="A mistake.", may=anybody)
    assert undone.moved == tuple(both)
    for reference, before in zip(both, stood, strict=True):
        file = seen(office, reference, ann, NOW)
        assert (file.record[-1].name, file.record[-1].fields["reason"]) == ("move_undone", "A mistake.")
        assert file.standing.ledger.deadlines == before.ledger.deadlines
    assert case_moves.groups(office, POLICY)[0].undone
    with pytest.raises(Refused, match="already"):
        case_moves.undo_group(office, POLICY, "a-group", ann, NOW, reason="Again.", may=anybody)


def test_taking_back_leaves_out_a_case_that_was_moved_again(office: Office, ann: Person):
    both = [logged(office, ann, POLICY), logged(office, ann, POLICY)]
    moved(office, ann, *both)
    moved(office, ann, both[1], to="four-stage", group="another")
    undone = case_moves.undo_group(office, POLICY, "a-group", ann, NOW, reason="A mistake.", may=anybody)
    assert undone.moved == (both[0],)
    assert undone.left_out == ((both[1], "It was moved again, or back, since."),)
    assert governs(office, ann, both[1]) == "four-stage"
    with pytest.raises(Unknown):
        case_moves.undo_group(office, POLICY, "no-such", ann, NOW, reason="A mistake.", may=anybody)


def test_what_is_stored_of_moved_cases_agrees_with_their_events(any_office: Office):
    boss = hired(any_office, "Boss", is_administrator=True)
    case_moves.turn(any_office, boss, NOW, on=True)
    ann = hired(any_office, "Ann")
    both = [logged(any_office, ann, POLICY, "2024-06-05"), logged(any_office, ann, POLICY, "2024-06-06")]
    moved(any_office, ann, *both)
    case_moves.undo_group(any_office, POLICY, "a-group", ann, NOW, reason="A mistake.", may=anybody)
    with any_office.database.reading() as tx:
        for case_id in verification.case_ids(tx):
            assert verification.case_differences(tx, any_office, case_id) == []


def test_a_move_by_itself_says_no_group(office: Office, ann: Person):
    file = seen(office, logged(office, ann, POLICY), ann, NOW)
    plan = corrections.move(office, file, OLD, ann, reason="So it was agreed.", now=NOW)
    assert "group" not in plan.new[0].fields
