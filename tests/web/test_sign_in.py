"""Who may come in: passwords, waiting, sessions that end at once, tokens, headers; and pages say who may use them."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from engine.store import acts, people
from web import access, passwords
from web.app import create_app
from web.current import Settings

PASSWORD = "seven grey herons stood there"  # everybody's, see conftest.py
LIBRARY = Path(__file__).parents[2]


def enter(client, name="officer", password=PASSWORD, **more):
    return client.post("/sign-in", data={"sign_in": name, "password": password, **more})


def person_id(office, sign_in):
    with office.database.reading() as tx:
        return people.person_by_sign_in(tx, sign_in).id


def test_the_right_password_lets_in_and_is_recorded(client, office):
    assert enter(client).status_code == 302
    assert "Chidi Officer" in client.get("/account").text
    with office.database.reading() as tx:
        assert acts.acts(tx, person_id=person_id(office, "officer"))[0].what == "signed_in"


@pytest.mark.parametrize(("name", "password"), [("officer", "wrong"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client, name, password):
    answer = enter(client, name, password)
    assert answer.status_code == 400
    assert "The sign-in name or the password is not right" in answer.text


def test_after_five_failures_a_name_must_wait_though_the_password_is_right(client, clock):
    for _ in range(5):
        enter(client, password="wrong")
    answer = enter(client)
    assert answer.status_code == 429
    assert "Wait 15 minutes" in answer.text
    clock.now += timedelta(minutes=16)
    assert enter(client).status_code == 302


def test_one_address_cannot_try_name_after_name(client):
    for number in range(20):
        enter(client, f"person{number}", "wrong")
    assert enter(client).status_code == 429


def test_who_has_left_is_out_at_once(as_person, office):
    officer = as_person("officer")
    assert officer.get("/account").status_code == 200
    with office.database.writing() as tx:
        people.leave(tx, person_id(office, "officer"))
    assert officer.get("/account").headers["Location"].startswith("/sign-in")
    assert enter(officer).status_code == 400


def test_signing_out_is_a_post(as_person):
    officer = as_person("officer")
    assert officer.get("/sign-out").status_code == 405
    assert officer.get("/account").status_code == 200
    officer.post("/sign-out")
    assert officer.get("/account").status_code == 302


def test_signing_in_leads_back_to_the_page_that_was_wanted(client):
    sent = client.get("/account?a=1")
    assert sent.headers["Location"] == "/sign-in?next=/account?a%3D1"
    assert enter(client, next="/account?a=1").headers["Location"] == "/account?a=1"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(client, elsewhere):
    assert enter(client, next=elsewhere).headers["Location"] == "/"
    assert access.local_path(elsewhere) is None


def test_a_new_password_ends_every_other_session(as_person):
    here, there = as_person("officer"), as_person("officer")
    answer = here.post("/account/password", data={"old": PASSWORD, "new": "four brown otters swam by"})
    assert answer.status_code == 302
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("wrong", "four brown otters swam by", "The present password is not right"),
        (PASSWORD, "too short", "15 characters or more"),
        (PASSWORD, "aaaaaaaaaaaaaaaaaaaa", "the same few characters"),
    ],
)
def test_a_password_is_long_and_asked_for_before_it_is_changed(as_person, old, new, said):
    answer = as_person("officer").post("/account/password", data={"old": old, "new": new})
    assert answer.status_code == 400
    assert said in answer.text


def test_made_up_passwords_are_long_enough_and_all_different():
    made = {passwords.made_up() for _ in range(100)}
    assert len(made) == 100
    assert not any(passwords.why_not(one) for one in made)


def test_a_post_without_its_token_changes_nothing(app, as_person):
    officer = as_person("officer")
    app.config["WTF_CSRF_ENABLED"] = True
    answer = officer.post("/sign-out")
    assert answer.status_code == 400
    assert "This page has waited too long" in answer.text
    assert officer.get("/account").status_code == 200


def test_the_token_of_the_page_is_accepted(app, client):
    app.config["WTF_CSRF_ENABLED"] = True
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    assert enter(client, csrf_token=token).status_code == 302


def test_every_page_says_what_a_browser_may_do_with_it(client):
    answer = client.get("/sign-in")
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([\w-]+)'", policy)[1]
    assert f'<script nonce="{nonce}">' in answer.text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.get("/sign-in").headers["Content-Security-Policy"] != policy
    assert " style=" not in answer.text


def test_over_https_the_cookie_is_bound_to_the_host(office, clock):
    app = create_app(Settings("", "a key", LIBRARY, clock), office)
    cookie = app.test_client().get("/sign-in", base_url="https://redress.example").headers["Set-Cookie"]
    assert cookie.startswith("__Host-redress=")
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie


def test_every_route_says_who_may_use_it(app):
    assert list(access.open_doors(app)) == []


@pytest.fixture
def more_routes(office, clock):
    """An application of this test's own, to which routes are added."""
    app = create_app(Settings("", "a key", LIBRARY, clock, is_https=False), office)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def test_a_route_that_does_not_say_who_may_use_it_is_shut(more_routes):
    more_routes.add_url_rule("/forgotten", "forgotten", lambda: "in")
    officer = more_routes.test_client()
    assert enter(officer).status_code == 302
    assert officer.get("/forgotten").status_code == 403


@pytest.mark.parametrize(
    ("path", "method", "code", "said"),
    [
        ("/nowhere", "get", 404, "Page not found"),
        ("/sign-out", "get", 405, "cannot be used in that way"),
        ("/people", "get", 403, "You cannot use this page"),
        ("/account/password", "post", 400, "There is a problem"),
    ],
)
def test_an_error_is_a_page_with_a_way_on(as_person, path, method, code, said):
    answer = getattr(as_person("officer"), method)(path)
    assert answer.status_code == code
    assert said in answer.text
    assert 'class="govuk-link" href="/"' in answer.text or "govuk-error-summary" in answer.text


def test_a_fault_of_ours_shows_no_inner_workings(more_routes):
    @access.may("signed_in")
    def broken():
        raise RuntimeError("a secret of the inner workings")

    more_routes.add_url_rule("/broken", "broken", broken)
    officer = more_routes.test_client()
    assert enter(officer).status_code == 302
    answer = officer.get("/broken")
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.text
    assert "secret" not in answer.text


def test_too_much_at_once_is_refused(client):
    answer = client.post("/sign-in", data={"sign_in": "x" * (2 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "too much to send" in answer.text


@pytest.mark.parametrize("name", ["off\0icer", "\0"])
def test_text_that_cannot_be_stored_is_refused(client, name):
    assert enter(client, name).status_code == 400
    assert client.get("/sign-in", query_string={"name": name}).status_code == 400


def test_text_is_composed_on_the_way_in(client):
    answer = client.get("/sign-in", query_string={"name": "Zoe\u0308"})
    assert 'value="Zo\u00eb"' in answer.text


def test_a_demonstration_lists_its_people_with_what_they_do(office, clock):
    settings = Settings("", "a key", LIBRARY, clock, is_demo=True, is_https=False, demo_password=PASSWORD)
    page = create_app(settings, office).test_client().get("/sign-in").text
    assert PASSWORD in page
    assert "Complaints officer: all areas" in page
    assert "cannot read cases" in page


def test_a_real_installation_lists_nobody(client):
    assert "Chidi" not in client.get("/sign-in").text
