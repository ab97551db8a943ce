"""The administrator's page: people are added, given roles by policy and area, and leave; each change is recorded."""

import html
import re

import pytest

from engine.store import acts, people
from engine.store.people import GrantRow

NEW = {"name": "Noor New", "sign_in": "n.new", "email": "noor@example.org", "kind": "worker"}


@pytest.fixture
def admin(as_person):
    return as_person("admin")


def row(office, sign_in):
    with office.database.reading() as tx:
        return people.person_by_sign_in(tx, sign_in)


def grants(office, sign_in):
    with office.database.reading() as tx:
        return people.grants_of(tx, people.person_by_sign_in(tx, sign_in).id)


def path(office, sign_in, rest=""):
    return f"/people/{row(office, sign_in).id}{rest}"


@pytest.mark.parametrize("who", ["officer", "auditor", "manager"])
def test_only_the_administrator_looks_after_people(as_person, who):
    browser = as_person(who)
    assert browser.get("/people").status_code == 403
    assert browser.post("/people/add", data=NEW).status_code == 403
    assert "/people" not in browser.get("/account").text


def test_everybody_is_listed_with_what_they_do(admin):
    page = admin.get("/people").text
    assert "Chidi Officer" in page
    assert "Service manager, South Essex Homes: Repairs" in page


def test_a_person_is_added_with_a_first_password_that_works(admin, client, office):
    page = html.unescape(admin.post("/people/add", data=NEW).text)
    password = re.search(r"<code[^>]*>([^<]+)</code>", page)[1]
    assert client.post("/sign-in", data={"sign_in": "N.New", "password": password}).status_code == 302
    with office.database.reading() as tx:
        recorded = acts.acts(tx, about=f"person {row(office, 'n.new').id}")
    assert [act.what for act in recorded] == ["signed_in", "added_person"]


def test_a_form_that_is_not_filled_names_each_field_and_keeps_what_was_typed(admin):
    answer = admin.post("/people/add", data=NEW | {"email": "noor", "kind": ""})
    assert answer.status_code == 400
    assert 'href="#email"' in answer.text
    assert 'href="#kind"' in answer.text
    assert 'value="Noor New"' in answer.text


def test_two_people_cannot_share_a_sign_in_name(admin):
    answer = admin.post("/people/add", data=NEW | {"sign_in": "OFFICER"})
    assert answer.status_code == 400
    assert "Somebody already signs in by that name" in answer.text


def test_a_role_is_given_for_a_policy_and_an_area_and_taken_again(admin, office):
    given = {"role": "south-essex-homes:service_manager", "area": "income"}
    assert admin.post(path(office, "officer", "/roles"), data=given).status_code == 302
    held = GrantRow("south-essex-homes", "service_manager", "income")
    assert held in grants(office, "officer")
    taken = {"policy": held.policy, "role": held.role, "area": held.area}
    admin.post(path(office, "officer", "/roles/take"), data=taken)
    assert held not in grants(office, "officer")
    assert "Was given a role by Avery Administrator" in admin.get(path(office, "officer")).text


@pytest.mark.parametrize(
    ("who", "given", "said"),
    [
        ("officer", {"role": "south-essex-homes:king"}, "Choose a role"),
        ("officer", {"role": ""}, "Choose a role"),
        ("officer", {"role": "south-essex-homes:service_manager", "area": "moon"}, "Choose an area"),
        ("auditor", {"role": "south-essex-homes:service_manager"}, "cannot change cases"),
        ("admin", {"role": "south-essex-homes:service_manager"}, "cannot read cases"),
    ],
)
def test_a_role_nobody_can_hold_is_refused_in_words(admin, office, who, given, said):
    before = grants(office, who)
    answer = admin.post(path(office, who, "/roles"), data=given)
    assert answer.status_code == 400
    assert said in answer.text
    assert grants(office, who) == before


def test_a_leaver_loses_roles_and_may_come_back_without_them(admin, office, client):
    admin.post(path(office, "manager", "/leave"))
    assert grants(office, "manager") == []
    assert "People who have left" in admin.get("/people").text
    admin.post(path(office, "manager", "/return"))
    assert row(office, "manager").is_active
    assert "No role yet" in admin.get(path(office, "manager")).text


def test_nobody_locks_themselves_out(admin, office):
    assert admin.post(path(office, "admin", "/leave")).status_code == 400
    assert row(office, "admin").is_active


def test_a_new_password_is_shown_once_and_ends_the_sessions(admin, as_person, office):
    manager = as_person("manager")
    assert "<code" in admin.post(path(office, "manager", "/password")).text
    assert manager.get("/account").status_code == 302


@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_who_does_not_exist_is_not_found(admin, method):
    address = "/people/999" if method == "get" else "/people/999/leave"
    assert getattr(admin, method)(address).status_code == 404


def test_areas_are_added_once(admin, office):
    assert admin.post("/people/areas", data={"title": "Leasehold & sales"}).status_code == 302
    assert "Leasehold &amp; sales" in admin.get("/people/areas").text
    assert admin.post("/people/areas", data={"title": "Leasehold & sales"}).status_code == 400
    assert admin.post("/people/areas", data={"title": " & "}).status_code == 400
    with office.database.reading() as tx:
        assert people.areas(tx)["leasehold_sales"] == "Leasehold & sales"


@pytest.mark.parametrize("role", ["policy_author", "policy_approver"])
def test_a_role_of_the_studio_is_given_for_a_whole_policy_and_opens_no_case(admin, as_person, office, role):
    before = as_person("officer").get("/cases").status_code
    admin.post(path(office, "officer", "/leave"))
    admin.post(path(office, "officer", "/return"))
    wanted = {"role": f"south-essex-homes:{role}", "area": "income"}
    for_one = admin.post(path(office, "officer", "/roles"), data=wanted)
    assert for_one.status_code == 400
    assert "is for the whole policy. Choose all areas" in for_one.text
    given = admin.post(path(office, "officer", "/roles"), data=wanted | {"area": ""})
    assert given.status_code == 302
    assert grants(office, "officer") == [GrantRow("south-essex-homes", role, "")]
    theirs = as_person("officer")
    refused = [theirs.get(where).status_code for where in ("/cases", "/complaints/new")]
    assert refused == [403, 403]
    assert before == 200
    held = "Policy author" if role == "policy_author" else "Policy approver"
    assert f"{held}, South Essex Homes" in theirs.get("/account").text
    assert f"{held}, South Essex Homes" in admin.get(path(office, "officer")).text


def test_a_role_of_the_studio_is_not_given_for_a_policy_there_is_not(admin, office):
    answer = admin.post(path(office, "officer", "/roles"), data={"role": "moon:policy_author", "area": ""})
    assert answer.status_code == 400
    assert "Choose a role" in answer.text
