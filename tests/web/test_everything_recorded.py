"""The record is whole: whatever a request changed stands in it, with what was and what is, and so does every file that
was given. tests/data/recorded.yaml says of each address what it records; a new address fails here until it is decided.

Every test of the pages is held to the same (`tests/web/recording.py`); here are the requests that need no story.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from engine.office import Office
from engine.store import acts
from tests.known_password import PASSWORD
from tests.web import office_work, recording
from tests.web.test_access import Walk, routes, walked  # noqa: F401 # a fixture, asked for by its name
from web import record_words

Browser = Callable[[str], FlaskClient]
TABLE = recording.table()


def test_the_table_decides_every_address_that_is_posted_to_and_no_other():
    posted = {name.partition(" ")[2] for name in routes() if name.startswith("POST")}
    assert {*TABLE["posts"], *TABLE["nothing"]} == posted
    assert not set(TABLE["posts"]) & set(TABLE["nothing"])


def test_every_act_has_words_of_its_own_and_is_found_under_a_kind():
    named = {name for row in TABLE["posts"].values() for name in row} - {recording.AN_EVENT}
    assert named <= set(record_words.SAID)
    found = {name for group in record_words.GROUPS.values() for name in group.acts or ()}
    assert set(record_words.SAID) - {"saw_case"} <= found


def recorded(office: Office) -> list[acts.Act]:
    with office.database.reading() as tx:
        return acts.acts(tx, limit=200)


# --- signing in -----------------------------------------------------------------------------------


def test_a_sign_in_that_failed_is_recorded_by_the_name_typed_and_never_the_password(
    office: Office, client: FlaskClient
):
    client.post("/sign-in", data={"sign_in": "Officer", "password": "open sesame open sesame"})
    client.post("/sign-in", data={"sign_in": "nobody", "password": "open sesame open sesame"})
    person = office_work.person_row(office, "officer")
    found = [(act.what, act.about, act.detail["name"]) for act in recorded(office)]
    assert found == [("failed_sign_in", "sign-in", "nobody"), ("failed_sign_in", f"person {person.id}", "officer")]
    assert "sesame" not in str(recorded(office))


def test_a_password_typed_for_a_name_is_not_kept(office: Office, client: FlaskClient):
    client.post("/sign-in", data={"sign_in": PASSWORD, "password": ""})
    assert PASSWORD not in str(recorded(office))
    assert recorded(office)[0].detail["name"] == f"nobody's: {len(PASSWORD)} characters"


def test_that_somebody_has_to_wait_is_recorded_once_and_what_follows_fills_no_record(
    office: Office, client: FlaskClient
):
    for _ in range(12):
        client.post("/sign-in", data={"sign_in": "officer", "password": "wrong"})
    kinds = [act.what for act in recorded(office)]
    assert (kinds.count("failed_sign_in"), kinds.count("held_off_sign_in")) == (5, 1)


def test_a_leaver_who_tries_is_recorded_as_such(office: Office, client: FlaskClient, as_person: Browser):
    person = office_work.person_row(office, "officer")
    as_person("admin").post(f"/people/{person.id}/leave")
    client.post("/sign-in", data={"sign_in": "officer", "password": PASSWORD})
    assert recorded(office)[0].detail["why"] == "This person has left."


def test_failed_sign_ins_are_found_with_the_person_in_whose_name_they_were(
    office: Office, client: FlaskClient, as_person: Browser
):
    client.post("/sign-in", data={"sign_in": "officer", "password": "wrong"})
    person, auditor = office_work.person_row(office, "officer"), as_person("auditor")
    page = auditor.get(f"/compliance/record?of=sign_in&person={person.id}").text.partition("</thead>")[2]
    assert "Failed to sign in" in page
    assert "Nobody known" in page
    assert "Signed in" not in page


def test_signing_out_and_both_ends_of_a_change_of_password_are_recorded(office: Office, as_person: Browser):
    officer = as_person("officer")
    for old, new in (("wrong", "four words and then some"), (PASSWORD, "four words and then some")):
        officer.post("/account/password", data={"old": old, "new": new})
    officer.post("/sign-out")
    assert [act.what for act in reversed(recorded(office))] == [
        "signed_in", "failed_password_change", "changed_password", "signed_out",
    ]  # fmt: skip


# --- people ---------------------------------------------------------------------------------------


def test_roles_given_and_taken_show_those_held_before_and_after(office: Office, as_person: Browser):
    person, admin = office_work.person_row(office, "manager"), as_person("admin")
    admin.post(f"/people/{person.id}/roles", data={"role": "south-essex-homes:head_of_service", "area": ""})
    taken = {"policy": "south-essex-homes", "role": "service_manager", "area": "repairs"}
    admin.post(f"/people/{person.id}/roles/take", data=taken)
    admin.post(f"/people/{person.id}/leave")
    left, took, gave = recorded(office)[:3]
    manager, head = "south-essex-homes service_manager, repairs", "south-essex-homes head_of_service, all areas"
    assert (gave.detail["was"], gave.detail["now"]) == ([manager], [head, manager])
    assert (took.detail["was"], took.detail["now"]) == ([head, manager], [head])
    assert (left.detail["was"], left.detail["now"]) == ([head], [])


# --- files ----------------------------------------------------------------------------------------


@pytest.fixture
def walk_of_files(walked: tuple, tmp_path, app) -> Iterator[Walk]:  # noqa: F811 # the fixture of that name
    there = Walk(app, *walked, tmp_path)
    yield there
    there.close()


@pytest.mark.parametrize("role", ["auditor", "officer", "author", "administrator"])
def test_every_file_that_is_given_is_recorded(walk_of_files: Walk, role: str):
    """Whoever asks for every address there is: each answer that is a file stands in the record."""
    browser, given = walk_of_files.browser(role), []
    for name in sorted(name for name in routes() if name.startswith("GET")):
        answer = walk_of_files.ask(browser, name)
        if answer.status_code == 200 and answer.headers.get("Content-Disposition", "").startswith("attachment"):
            given.append(answer.request.path)
    with walk_of_files.database.reading() as tx:
        found = [act for act in acts.acts(tx, limit=200) if act.what == "exported"]
    files = {act.detail.get("file", act.about) for act in found}
    assert given
    assert files == set(given)
