"""Every address, asked by everybody about every kind of case, answers as the table in tests/data/access.yaml says.

The walk is made from the application's own map of addresses, so an address without a row fails. On the way every answer
is looked at for its safety headers, no GET may change the database, and what nobody may know of is not given away.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine import drafting
from engine.library import Library
from engine.office import Office
from engine.rights import AUTHOR, Grant, Person
from engine.store import cases as stored
from engine.store import documents, drafts, people
from engine.store.case_rows import By
from engine.store.database import Transaction, open_database
from engine.store.documents import NewDocument
from engine.workflows import Workflows
from tests.conftest import known
from tests.web import office_work
from tests.web.conftest import BEGINNING, LIBRARY, Clock
from web import access, current
from web.app import create_app
from web.current import Settings

TABLE: dict[str, Any] = yaml.safe_load((LIBRARY / "tests/data/access.yaml").read_text(encoding="utf-8"))
CASES: list[str] = TABLE["cases"]
ROLES: list[str] = TABLE["roles"]
PARTS = {
    "task_key": "triage", "name": "withdrawn", "policy": office_work.POLICY, "version": "two-stage-2024",
    "filename": "dist/no-such-file.css", "fact": "contact_made",
    "step": "stage_1.acknowledge", "kind": "letter.pdf", "item_id": "1", "number": "1",
    "letter": "stage_1.acknowledgement", "table": "triage", "row": "0", "form": "triage", "question": "decision",
    "example": "0", "calendar": "england",
    "draft_id": "1", "key": "stage_1.response", "stage": "stage_1", "role": "service_manager",
    "impact_id": "1", "request_id": "1", "hold_id": "1", "what": "dates", "group": "nobody",
    "report_name": "volumes", "as_file": "csv", "figure": "received", "year": "2025",
    "sought": "open",
    "path": "policies/south-essex-homes/two-stage-2024.yaml",
}  # fmt: skip
FIRST_EVENT = {"event": "1"}
LOOKED_AT = re.compile(r"""INSERT INTO "(case_view"|act" VALUES\(\d+,'[^']*',\d+,'exported',)""")
GRANTS = {
    "officer": ("complaints_officer", "repairs"),
    "other_officer": ("complaints_officer", "income"),
    "manager": ("service_manager", ""),
    "head": ("head_of_service", ""),
    "leaver": ("complaints_officer", "repairs"),
    "author": ("policy_author", ""),
    "approver": ("policy_approver", ""),
}
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


# --- an office with everybody in it and every kind of case --------------------------------------


@pytest.fixture(scope="module")
def walked(furnished: tuple[Path, Office], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Office, dict]:
    """The database of that office, shut, with what was read of it, and the address parts of its people and cases."""
    first, opened = furnished
    file = Path(shutil.copy(first, tmp_path_factory.mktemp("access") / "office.sqlite"))
    database = open_database(f"sqlite:///{file}")
    office = replace(opened, database=database)
    ids = {}
    with database.writing() as tx:
        for name in ROLES[1:]:
            flags = {"is_administrator": name == "administrator", "is_auditor": name == "auditor"}
            row = people.add_person(
                tx, f"the_{name}", name=f"The {name}", email="", password_hash=None, now=BEGINNING, **flags
            )
            ids[name] = row.id
            if name in GRANTS:
                people.give_grant(tx, row.id, given=people.GrantRow(office_work.POLICY, *GRANTS[name]))
    cases = {
        "repairs": office_work.log(office, "2026-03-02"),
        "income": office_work.log(office, "2026-03-02", service_area="income"),
        "closed": office_work.log(office, "2026-03-02"),
        "held": office_work.log(office, "2012-03-05"),
        "missing": "SEH-2026-99999",
    }
    office_work.record(office, cases["closed"], "withdrawn", "2026-03-03")
    with database.writing() as tx:
        for name in ("repairs", "income", "closed"):
            case = stored.case_by_reference(tx, cases[name])
            by = By(str(ids["officer"]), "The officer")
            drafts.put_draft(tx, case.id, PARTS["step"], answers={}, day=BEGINNING.date(), writer=by, now=BEGINNING)
        people.leave(tx, ids["leaver"])
        letters = {case: str(letter_of(tx, reference)) for case, reference in cases.items() if case != "missing"}
    begin_draft(office, ids["author"])
    database.close()
    return file, office, {"people": ids, "cases": cases, "letters": {**letters, "missing": letters["repairs"]}}


def begin_draft(office: Office, author: int) -> None:
    """The draft of the addresses that speak of one."""
    who = Person(str(author), "The author", studio=(Grant(office_work.POLICY, AUTHOR),))
    new = {"version": "two-stage-2026", "in_force_from": BEGINNING.date()}
    begun = drafting.begin(office, office_work.POLICY, PARTS["version"], who, BEGINNING, **new)
    assert str(begun.row.id) == PARTS["draft_id"]


def letter_of(tx: Transaction, reference: str) -> int:
    """The id of a letter put among the documents of a case."""
    row = stored.case_by_reference(tx, reference)
    assert row is not None
    new = NewDocument("letter", "A letter", "a letter.pdf", "application/pdf", b"%PDF-1.4")
    return documents.put(tx, row.id, documents=[new], by=By("", "Nobody"), now=BEGINNING)[0]


class Walk:
    """The office served from a file of its own, and a browser of anybody in it."""

    def __init__(self, app: Flask, first: Path, office: Office, made: dict, folder: Path) -> None:
        self.app, self.first, self.office, self.made = app, first, office, made
        self.file = folder / "walked.sqlite"
        self.app.config["WTF_CSRF_ENABLED"] = False  # one test switches it on
        self.begin_again()

    def begin_again(self) -> None:
        """The database as it was before the walk."""
        self.close()
        for ending in ("", "-wal", "-shm"):  # what SQLite could not write back at the close would be read again
            self.file.with_name(self.file.name + ending).unlink(missing_ok=True)
        shutil.copy(self.first, self.file)
        self.database = known(f"sqlite:///{self.file}")
        self.app.extensions["redress"].office = replace(self.office, database=self.database)
        self.beside = sqlite3.connect(self.file)
        self.was, self.held = self.version(), content(self.file)

    def close(self) -> None:
        if hasattr(self, "database"):
            self.beside.close()
            self.database.close()

    def version(self) -> int:
        """A number that SQLite changes with every commit of another connection that changed anything."""
        return int(self.beside.execute("PRAGMA data_version").fetchone()[0])

    def has_changed(self) -> bool:
        """Whether anything is different but the record of who looked at what."""
        if self.version() == self.was:
            return False
        self.was = self.version()
        return content(self.file) != self.held

    def browser(self, role: str) -> FlaskClient:
        """Signed in as that role: the leaver with the session they had before they left."""
        client = self.app.test_client()
        if role != "anonymous":
            with client.session_transaction(base_url="https://localhost") as session:
                session[current.SESSION_PERSON], session[current.SESSION_EPOCH] = self.made["people"][role], 1
        return client

    def ask(self, browser: FlaskClient, name: str, case: str = "repairs", **sent: Any) -> TestResponse:
        rule = routes()[name]
        parts = {**PARTS, "reference": self.made["cases"][case], "person_id": str(self.made["people"]["officer"])}
        parts["document_id"] = self.made["letters"][case]
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: parts[part[1]], rule.rule)
        method, given = name.partition(" ")[0], FIRST_EVENT if "/corrections/" in rule.rule else {}
        if method == "GET":
            sent["query_string"] = given
        else:
            sent["data"] = {**given, **sent.get("data", {})}
        return browser.open(address, method=method, base_url="https://localhost", **sent)


@pytest.fixture(scope="module")
def one_app(walked: tuple[Path, Office, dict]) -> Flask:
    """One application for the whole walk, whose pages are made ready once."""
    return create_app(Settings("", "a key for tests alone", LIBRARY, Clock(), is_https=True), walked[1])


@pytest.fixture
def walk(one_app: Flask, walked: tuple[Path, Office, dict], tmp_path: Path) -> Iterator[Walk]:
    there = Walk(one_app, *walked, tmp_path)
    yield there
    there.close()


@cache
def routes() -> dict[str, Rule]:
    """Every address and method of the application: `GET /cases/<reference>` and its rule."""
    nothing = Office(open_database("sqlite://"), Library({}, Workflows()))
    app = create_app(Settings("", "a key", LIBRARY), nothing)
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def content(file: Path) -> list[str]:
    """Everything in a database but who looked at what: that a page or a file was given is recorded by the giving."""
    with closing(sqlite3.connect(file)) as connection:
        return [line for line in connection.iterdump() if not LOOKED_AT.match(line)]


def is_about_a_case(rule: Rule) -> bool:
    return "<reference>" in rule.rule and not rule.rule.startswith(("/complaints/logged/", "/pass-on/"))


def wanted(name: str, role: str) -> list[int]:
    found = TABLE["routes"][name][role]
    return found if isinstance(found, list) else [found]


LAST_GET = "GET /static/<path:filename>"  # in the order of the walk


def looked_at(answer: TestResponse, name: str) -> None:
    """What holds for every answer there is."""
    assert answer.status_code < 500, (name, answer.text)
    for header, value in SAFE.items():
        assert answer.headers[header] == value, (name, header)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"], name
    assert "max-age" in answer.headers["Strict-Transport-Security"], name
    if not name.endswith("/static/<path:filename>"):
        assert answer.headers["Cache-Control"] == "no-store", name
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-"), (name, cookie)
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")), (name, cookie)


# --- the table ----------------------------------------------------------------------------------


def test_the_table_has_a_row_for_every_address_and_for_no_other():
    assert set(TABLE["routes"]) == set(routes())
    for name, row in TABLE["routes"].items():
        assert list(row) == ROLES, name
        for role in ROLES:
            assert len(wanted(name, role)) == (len(CASES) if is_about_a_case(routes()[name]) else 1), (name, role)


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_as_the_table_says_and_no_get_changes_anything(walk: Walk, role: str):
    before, found, browser = content(walk.file), {}, walk.browser(role)
    for name in sorted(routes()):  # GET comes before POST
        about = CASES if is_about_a_case(routes()[name]) else ["repairs"]
        answers = [walk.ask(browser, name, case) for case in about]
        for answer in answers:
            looked_at(answer, name)
        found[name] = [answer.status_code for answer in answers]
        if walk.has_changed():
            assert name.startswith("POST"), f"{name} changed the database"
            walk.begin_again()
            browser = walk.browser(role)
        if name == LAST_GET:
            assert content(walk.file) == before
    assert found == {name: wanted(name, role) for name in found}


@pytest.mark.parametrize("role", ["anonymous", "leaver"])
def test_who_is_not_signed_in_is_sent_to_sign_in_and_told_nothing(walk: Walk, role: str):
    browser, cases = walk.browser(role), walk.made["cases"]
    for name, rule in routes().items():
        if not rule.rule.startswith(("/sign-in", "/static")):
            answer = walk.ask(browser, name)
            assert answer.headers["Location"].partition("?")[0] == "/sign-in", name
            assert not any(word in answer.text for word in ("Lovelace", cases["income"], "Engine Row")), name


def test_a_case_one_may_not_see_answers_as_one_that_is_not_there(walk: Walk):
    browser = walk.browser("officer")
    for name in about_cases(walk, to_an_officer=True):
        theirs, nobodys = walk.ask(browser, name, "income"), walk.ask(browser, name, "missing")
        assert (theirs.status_code, nobodys.status_code) == (404, 404), name
        assert plain(theirs.text, walk.made["cases"]["income"]) == plain(nobodys.text, walk.made["cases"]["missing"]), (
            name
        )


def test_a_page_one_has_no_right_to_is_refused_before_the_case_is_looked_for(walk: Walk):
    browser = walk.browser("officer")
    for name in about_cases(walk, to_an_officer=False):
        answers = {case: walk.ask(browser, name, case) for case in CASES}
        assert {answer.status_code for answer in answers.values()} == {403}, name
        assert len({plain(answers[case].text, walk.made["cases"][case]) for case in CASES}) == 1, name


def about_cases(walk: Walk, *, to_an_officer: bool) -> list[str]:
    """The addresses about one case whose right a caseworker holds, or those whose right only others do."""
    who = Person("1", "The officer", (Grant(office_work.POLICY, "complaints_officer", "repairs"),))
    about = [(name, walk.app.view_functions[rule.endpoint]) for name, rule in routes().items() if is_about_a_case(rule)]
    chosen = [name for name, view in about if access.holds(who, view.who_may) is to_an_officer]
    assert chosen
    return chosen


@pytest.mark.parametrize(
    "reference",
    ["../people", "SEH-2026-00001 ", "seh-2026-00001", "%00", "1", "SEH-2026-00001%2F..", "\N{ARABIC-INDIC DIGIT ONE}"],
)
def test_a_guessed_reference_leads_nowhere(walk: Walk, reference: str):
    answer = walk.browser("other_officer").get(f"/cases/{reference}", base_url="https://localhost")
    assert answer.status_code in (400, 403, 404), reference
    assert "Lovelace" not in answer.text


LISTS = ("/inbox/mine", "/inbox/team", "/inbox/all", "/inbox/held", "/cases", "/cases?held=yes", "/cases?status=closed")


@pytest.mark.parametrize("address", [*LISTS, "/cases?q=Lovelace", "/inbox/all?q=Lovelace", "/cases?q=SEH-2026-00001"])
def test_a_list_and_a_search_show_no_case_of_another_area(walk: Walk, address: str):
    browser, cases = walk.browser("other_officer"), walk.made["cases"]
    page = browser.get(address, base_url="https://localhost").text
    linked = set(re.findall(r'href="/cases/([^/"?]+)', page))
    assert linked & set(cases.values()) <= {cases["income"]}


def test_a_post_without_its_token_is_refused_everywhere(walk: Walk):
    walk.app.config["WTF_CSRF_ENABLED"] = True
    for role in ("officer", "head", "administrator"):
        browser = walk.browser(role)
        for name in (name for name in routes() if name.startswith("POST")):
            answer = walk.ask(browser, name)
            assert answer.status_code == 400, (role, name)
            assert "This page has waited too long" in answer.text, (role, name)
    assert not walk.has_changed()


def test_a_leavers_session_dies_at_once_and_never_comes_back(walk: Walk):
    officer, administrator = walk.browser("officer"), walk.browser("administrator")
    assert walk.ask(officer, "GET /cases/<reference>").status_code == 200
    walk.ask(administrator, "POST /people/<int:person_id>/leave")
    assert walk.ask(officer, "GET /cases/<reference>").status_code == 302
    walk.ask(administrator, "POST /people/<int:person_id>/return")
    assert walk.ask(walk.browser("officer"), "GET /cases/<reference>").status_code == 302, "the old cookie lives again"


def test_a_role_taken_away_is_gone_with_the_next_request(walk: Walk):
    officer, administrator = walk.browser("officer"), walk.browser("administrator")
    taken = {"policy": office_work.POLICY, "role": "complaints_officer", "area": "repairs"}
    walk.ask(administrator, "POST /people/<int:person_id>/roles/take", data=taken)
    assert walk.ask(officer, "GET /cases/<reference>").status_code == 403


@pytest.mark.parametrize(
    "session", ["", "x", "e30.x.y", "." * 4000, "eyJwZXJzb24iOjF9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb"]
)
def test_a_made_up_session_is_nobody(walk: Walk, session: str):
    browser = walk.app.test_client()
    browser.set_cookie("__Host-redress", session, domain="localhost", secure=True)
    assert walk.ask(browser, "GET /cases/<reference>").status_code == 302


def test_who_considered_stage_1_cannot_complete_stage_2(walk: Walk):
    """Through the pages too, though they hold both roles."""
    office, reference = replace(walk.office, database=walk.database), walk.made["cases"]["repairs"]
    with walk.database.writing() as tx:
        head = people.person_by_sign_in(tx, "the_head")
        assert head is not None
        for role in ("service_manager", "complaints_officer"):
            people.give_grant(tx, head.id, given=people.GrantRow(office_work.POLICY, role, ""))
    for task, answers in (
        ("triage", {"kind": "complaint", "decision": "complaint"}),
        ("stage_1.acknowledge", {"understanding": "A boiler."}),
        ("stage_1.respond", office_work.ANSWERED),
    ):
        office_work.complete(office, reference, task, "2026-03-04", who="the_head", **answers)
    office_work.record(office, reference, "stage_2.requested", "2026-03-05", who="the_head", reasons="Not enough")
    office_work.complete(office, reference, "stage_2.acknowledge", "2026-03-06", who="the_head", understanding="A.")
    before, browser, address = walk.version(), walk.browser("head"), f"/cases/{reference}/tasks/stage_2.respond"
    today = {"happened-day": "9", "happened-month": "3", "happened-year": "2026"}
    for place, data in (("", {**office_work.ANSWERED, **today}), ("/claim", {})):
        answer = browser.post(address + place, data=data, base_url="https://localhost")
        assert answer.status_code == 409
        assert "considered this complaint at Stage 1" in answer.text
    assert walk.version() == before


def plain(page: str, reference: str) -> str:
    """A page without what is its own: its nonce, its token, and the reference that was asked for."""
    return re.sub(r'nonce="[^"]*"|value="[^"]{40,}"', "", page).replace(reference, "")
