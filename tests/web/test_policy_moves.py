"""Moving cases together by a page: off by default, chosen, checked, moved, and taken back by one act."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from engine import case_moves, steps
from engine.office import Office
from engine.store import people
from engine.store.people import GrantRow
from tests.web import office_work
from tests.web.conftest import BEGINNING

POLICY = office_work.POLICY
PAGE = f"/policies/{POLICY}/moves"
OLD = "three-stage-2018"


def words(answer: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def hidden(answer: Any) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', answer.text):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def governs(office: Office, reference: str) -> str:
    version = steps.seen_by(office, reference, office_work.person(office, "officer"), BEGINNING).governing.version
    return version.version if version else ""


@pytest.fixture
def head(office: Office, as_person: Callable[[str], FlaskClient]) -> FlaskClient:
    """The manager, who is head of service for repairs: whoever decides about versions there."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "manager")
        assert row is not None
        people.give_grant(tx, row.id, given=GrantRow(POLICY, "head_of_service", "repairs"))
    return as_person("manager")


@pytest.fixture
def on(office: Office) -> None:
    case_moves.turn(office, office_work.person(office, "admin"), BEGINNING, on=True)


def test_an_administrator_turns_it_on_and_off_and_nobody_else(
    office: Office, as_person: Callable[[str], FlaskClient], head: FlaskClient
):
    admin = as_person("admin")
    page = admin.get("/settings/moving-cases")
    office_work.assert_valid(page.text)
    assert admin.post("/settings/moving-cases", data={"moving": "perhaps"}).status_code == 400
    assert admin.post("/settings/moving-cases", data={"moving": "on"}).status_code == 302
    assert case_moves.is_on(office)
    assert admin.post("/settings/moving-cases", data={"moving": "off"}).status_code == 302
    assert not case_moves.is_on(office)
    assert head.post("/settings/moving-cases", data={"moving": "on"}).status_code == 403
    assert not case_moves.is_on(office)


def test_while_it_is_off_no_page_moves_a_case_and_the_case_offers_none(office: Office, head: FlaskClient):
    reference = office_work.log(office, "2026-03-06")
    assert "turned off" in words(head.get(PAGE))
    assert "Move it to another version" not in head.get(f"/cases/{reference}").text
    assert head.get(f"/cases/{reference}/version").status_code == 409
    sent = {"version": OLD, "reason": "Why not.", "step": "save"}
    assert head.post(f"/cases/{reference}/version", data=sent).status_code == 409
    sent = {"case": reference, "to": OLD, "reason": "Why not.", "step": "save"}
    assert head.post(PAGE, data=sent).status_code == 409
    assert governs(office, reference) == "two-stage-2024"


@pytest.mark.usefixtures("on")
def test_a_group_is_chosen_checked_moved_and_taken_back(office: Office, head: FlaskClient):
    both = [office_work.log(office, "2026-03-09"), office_work.log(office, "2026-03-09")]
    late = office_work.log(office, "2026-03-03")
    page = head.get(f"{PAGE}?to={OLD}")
    office_work.assert_valid(page.text)
    said = words(page)
    assert "Would have a broken promise" in said
    assert "Stage 1: acknowledgement: 16 Mar 2026 becomes 11 Mar 2026" in said
    check = head.post(PAGE, data={"case": both, "to": OLD, "reason": "The Board decided so.", "step": "check"})
    office_work.assert_valid(check.text)
    assert "Nothing is saved yet." in words(check)
    assert governs(office, both[0]) == "two-stage-2024"
    done = head.post(PAGE, data={**hidden(check), "step": "save"})
    assert done.status_code == 302
    assert [governs(office, one) for one in (*both, late)] == [OLD, OLD, "two-stage-2024"]
    group = head.get(done.location)
    office_work.assert_valid(group.text)
    assert "2 cases moved to" in words(group)
    assert "By Mina Manager" in words(group)
    assert head.post(done.location, data={"reason": " "}).status_code == 400
    assert head.post(done.location, data={"reason": "A mistake."}).status_code == 302
    assert [governs(office, one) for one in both] == ["two-stage-2024", "two-stage-2024"]
    assert "This was taken back." in words(head.get(done.location))
    assert "taken back" in words(head.get(PAGE))


@pytest.mark.usefixtures("on")
def test_the_same_button_twice_moves_once(office: Office, head: FlaskClient):
    reference = office_work.log(office, "2026-03-09")
    check = head.post(PAGE, data={"case": reference, "to": OLD, "reason": "So decided.", "step": "check"})
    answers = [head.post(PAGE, data={**hidden(check), "step": "save"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert len(case_moves.groups(office, POLICY)) == 1


@pytest.mark.usefixtures("on")
def test_a_case_of_another_area_is_neither_shown_nor_moved(office: Office, head: FlaskClient):
    mine, other = office_work.log(office, "2026-03-09"), office_work.log(office, "2026-03-09", service_area="income")
    page = head.get(f"{PAGE}?to={OLD}").text
    assert mine in page
    assert other not in page
    check = head.post(PAGE, data={"case": [mine, other], "to": OLD, "reason": "So decided.", "step": "save"})
    assert check.status_code == 404
    assert governs(office, other) == governs(office, mine) == "two-stage-2024"


@pytest.mark.usefixtures("on")
def test_who_does_not_decide_moves_nothing_and_is_told_why(
    office: Office, as_person: Callable[[str], FlaskClient], head: FlaskClient
):
    reference = office_work.log(office, "2026-03-09")
    officer = as_person("officer")
    assert "You do not decide" in words(officer.get(f"{PAGE}?to={OLD}"))
    sent = {"case": reference, "to": OLD, "reason": "So decided.", "step": "save"}
    assert officer.post(PAGE, data=sent).status_code == 409
    assert governs(office, reference) == "two-stage-2024"


@pytest.mark.usefixtures("on")
@pytest.mark.parametrize(
    ("sent", "says"),
    [({"reason": "Why."}, "Choose at least one case"), ({"case": "SEH-2026-00001"}, "Say why they are")],
)
def test_what_is_missing_is_said(office: Office, head: FlaskClient, sent: dict[str, str], says: str):
    office_work.log(office, "2026-03-09")
    answer = head.post(PAGE, data={"to": OLD, "step": "check", **sent})
    assert answer.status_code == 400
    assert says in words(answer)


def test_a_policy_there_is_not_or_that_is_not_theirs_is_not_found(head: FlaskClient):
    assert head.get("/policies/nobody/moves").status_code == 404
    assert head.get("/policies/st-leger-homes/moves").status_code == 404
    assert head.get(f"{PAGE}/nothing").status_code == 404
