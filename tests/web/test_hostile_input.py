"""Whatever a browser sends, the answer is a page in words: never a fault of ours, never a stack trace, nothing half
recorded, and every text shown as text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine import publishing
from engine.office import Office, open_office
from engine.store import documents, people
from engine.store.database import migrate, open_database
from tests.faults import caseload
from tests.web import files, office_work
from tests.web.conftest import BEGINNING, LIBRARY, Clock
from web import current
from web.app import create_app
from web.current import Settings

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}${7*7}"
HOSTILE = {
    "markup": SCRIPT,
    "formula": "=cmd|' /C calc'!A0",
    "null": "a\0b",
    "control characters": "a\x1b[31m\x07\u202eb\u2066",
    "megabyte": "x" * 600_000,
    "many lines": "\r\n" * 20_000,
    "no such date": "29 2 2023",
    "deep JSON": "[" * 5_000,
    "far number": "9" * 400,
    "negative": "-1",
    "not a number": "NaN",
    "other digits": "\u0663\u0664",
    "path": "../../../../etc/passwd",
    "sql": "'; DROP TABLE complaint_case; --",
    "combining": "e" + "\u0301" * 5_000,
}
ADDRESSES = (
    "/cases/{case}/tasks/stage_1.respond", "/cases/{case}/tasks/stage_1.respond/reassign",
    "/cases/{case}/tasks/stage_1.respond/claim", "/cases/{case}/record/withdrawn",
    "/cases/{case}/record/stage_1.extension_given", "/cases/{case}/record/authority_received",
    "/cases/{case}/record/conflict_declared", "/cases/{case}/corrections/new", "/cases/{case}/version",
    "/cases/{case}/version/undo", "/cases/{case}/hold", "/cases/{case}/private", "/complaints/new",
    "/cases/{case}/contacts/contact_made", "/cases/{case}/contacts/information_asked",
    "/cases/{case}/contacts/update_given", "/cases/{case}/documents", "/pass-on",
)  # fmt: skip
OF_THE_ADMINISTRATOR = ("/people/add", "/people/areas", "/people/1/roles", "/people/1/roles/take", "/people/1/leave")


OF_DATES = ("no such date", "far number", "negative", "other digits")
ASKED: dict[str, set[str]] = {}


class Names(HTMLParser):
    """The names of everything a page's forms would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("name")
        if tag in ("input", "textarea", "select") and name and name != "csrf_token":
            self.found.add(name)


def asked_at(browser: FlaskClient, address: str, case: str) -> set[str]:
    """The names of what the forms at an address ask, looked up once."""
    if address not in ASKED:
        reader = Names()
        reader.feed(in_words(browser.get(address.format(case=case), query_string={"event": "2"})))
        ASKED[address] = reader.found
    return ASKED[address]


def in_words(answer: TestResponse) -> str:
    """The page of an answer that is no fault of ours."""
    assert answer.status_code in (200, 302, 400, 403, 404, 405, 409, 413, 414), (
        answer.request.path,
        answer.status_code,
    )
    for betrays in ("Traceback", "sqlalchemy", "psycopg", 'File "', "werkzeug.exceptions"):
        assert betrays not in answer.text, answer.request.path
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    return answer.text


@pytest.fixture(scope="module")
def one_app(furnished: tuple[Any, Office]) -> Flask:
    """One application for all these tests, whose pages are made ready once."""
    app = create_app(Settings("", "a key for tests alone", LIBRARY, Clock(), is_https=False), furnished[1])
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def as_person(one_app: Flask, office: Office) -> Callable[[str], FlaskClient]:
    """A browser in which that person is signed in, in the office of this test."""
    one_app.extensions["redress"].office = office

    def enter(sign_in: str) -> FlaskClient:
        with office.database.reading() as tx:
            row = people.person_by_sign_in(tx, sign_in)
        assert row is not None
        return signed_in(one_app, row.id)

    return enter


def signed_in(app: Flask, person_id: int) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session[current.SESSION_PERSON], session[current.SESSION_EPOCH] = person_id, 1
    return browser


@pytest.fixture
def case(office: Office) -> str:
    """A case that waits for its stage 1 answer, and somebody who holds every role."""
    with office.database.writing() as tx:
        row = people.person_by_sign_in(tx, "officer")
        assert row is not None
        for role in ("service_manager", "head_of_service"):
            people.give_grant(tx, row.id, given=people.GrantRow(office_work.POLICY, role, ""))
    return office_work.to_answer(office, "2026-03-02")


@pytest.fixture
def pages_on_postgresql(postgres_database: str, one_app: Flask) -> Iterator[Callable[[str], FlaskClient]]:
    """The pages on PostgreSQL, with one case: a browser in which that person is signed in."""
    database = open_database(postgres_database)
    migrate(database)
    office = open_office(database, publishing.shipped(LIBRARY), BEGINNING)[0]
    ids = {}
    with database.writing() as tx:
        for name in ("the_officer", "the_admin"):
            row = people.add_person(
                tx, name, name=name, email="", password_hash=None, now=BEGINNING, is_administrator=name == "the_admin"
            )
            ids[name] = row.id
        role = people.GrantRow(office_work.POLICY, "complaints_officer", "")
        people.give_grant(tx, ids["the_officer"], given=role)
    office_work.log(office, "2026-03-02", who="the_officer")
    one_app.extensions["redress"].office = office

    def enter(name: str) -> FlaskClient:
        return signed_in(one_app, ids[name])

    yield enter
    database.close()


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_field_of_every_form_takes_anything(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, kind: str
):
    value, officer = HOSTILE[kind], as_person("officer")
    for address in ADDRESSES:
        names = {*asked_at(officer, address, case), *dated("happened", ("", "", "")), "reason", "nobody_asked", "seen"}
        sent = dict.fromkeys(names - {"step", "event"}, value[: 900_000 // len(names)])
        if kind not in OF_DATES:  # a day that is none would be all that is wrong
            sent |= dated("happened", ("9", "3", "2026"))
        if "corrections" in address:
            sent |= {"event": "2", "step": "save"}
        in_words(posted(officer, address.format(case=case), sent))
    administrator = as_person("admin")
    for address in OF_THE_ADMINISTRATOR[:4]:
        sent = dict.fromkeys(("name", "sign_in", "email", "kind", "role", "area", "policy", "title"), value[:100_000])
        in_words(posted(administrator, address, sent))
    in_words(posted(administrator, "/sign-in", {"sign_in": value, "password": value, "next": value}))
    assert caseload.differences(office) == []


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_question_in_an_address_takes_anything(as_person: Callable[[str], FlaskClient], case: str, kind: str):
    value, officer = HOSTILE[kind][:2_000], as_person("officer")
    questions = ("q", "role", "stage", "version", "person", "due", "after", "status", "policy", "held", "event", "next")
    for address in ("/inbox/all", "/inbox/mine", "/cases", f"/cases/{case}/corrections/new", "/complaints/new",
                    f"/cases/{case}/version", "/policies", "/sign-in"):  # fmt: skip
        in_words(officer.get(address, query_string=[(name, value) for name in questions for _ in range(2)]))
        if kind in OF_DATES and address in ("/inbox/all", "/cases"):
            for name in questions:
                in_words(officer.get(address, query_string={name: value}))


@pytest.mark.parametrize("after", [
    "-1", "2026-03-10.-5", "9999-12-31.999999999999999999", "0000-00-00.1", "2026-03-10T00:00:00+00:00~-3", "~", ".",
    "2026-03-10T00:00:00~5", "2026-03-10T00:00:00+00:00~99999999999999999999", "0001-01-01T00:00:00+23:59~1",
    "9999-12-31T23:59:59-23:59~1", "2026-03-10T00:00:00+00:00:00.000001~1",
])  # fmt: skip
def test_a_place_in_a_list_that_is_none_gives_a_page(as_person: Callable[[str], FlaskClient], case: str, after: str):
    officer = as_person("officer")
    for address in ("/inbox/all", "/inbox/team", "/cases"):
        assert officer.get(address, query_string={"after": after}).status_code == 200


PATHS = (
    "/cases/%00", "/cases/a%00b/tasks/triage", "/cases/..%2f..%2fetc/record/x", "/cases/" + "A" * 5_000,
    "/cases/{case}/tasks/%00", "/cases/{case}/tasks/__class__", "/cases/{case}/record/%00", "/cases/{case}/tasks/../x",
    "/cases/{case}/record/stage_9.requested", "/cases/{case}/record/stage_1.", "/cases/{case}/record/.", "//cases",
    "/cases/{case}/record/corrected", "/cases/{case}/record/timer_fired", "/policies/../../etc/passwd", "/policies/x/y",
    "/policies/south-essex-homes/%00", "/static/../app.py", "/static/%2e%2e/app.py", "/people/99999999999999999999999",
    "/people/-1", "/people/99999999999999999999999/leave", "/cases/%ED%A0%80", "/complaints/logged/%3Cscript%3E",
    "/cases/{case}/corrections/new?event=99999999999999999999", "/cases/{case}/corrections/new?event=%00",
    "/cases/{case}/documents/99999999999999999999/file", "/cases/{case}/documents/0/came-back",
    "/cases/{case}/documents/-1", "/cases/{case}/contacts/%00", "/cases/{case}/contacts/complaint_received",
)  # fmt: skip


@pytest.mark.parametrize("who", ["officer", "admin"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_strange_address_leads_to_a_page_in_words(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, who: str, method: str
):
    browser = as_person(who)
    for path in PATHS:
        answer = browser.open(path.format(case=case), method=method)
        if answer.status_code != 308:  # a doubled slash is taken out
            in_words(answer)
            assert answer.status_code in (400, 403, 404, 405, 409) or "/logged/" in path, path
    assert caseload.differences(office) == []


@pytest.mark.postgres
def test_a_strange_address_is_nothing_to_postgresql_either(pages_on_postgresql: Callable[[str], FlaskClient]):
    for who in ("the_officer", "the_admin"):
        browser = pages_on_postgresql(who)
        for path in PATHS:
            for method in ("GET", "POST"):
                answer = browser.open(path.format(case="SEH-2026-00001"), method=method)
                if answer.status_code != 308:
                    in_words(answer)
        for address in ("/cases", "/inbox/all"):
            for value in HOSTILE.values():
                in_words(browser.get(address, query_string=dict.fromkeys(("q", "after", "version"), value[:5_000])))


A_FILE = '--x\r\nContent-Disposition: form-data; name="reason"; filename="../a"\r\n\r\nx\r\n--x--'
DATES = (
    ("29", "2", "2023"), ("31", "4", "2026"), ("1", "1", "99999"), ("1", "1", "0"), ("0", "0", "0"), ("-1", "-1", "-1"),
    ("1", "13", "2026"), ("1", "1", "1"), ("31", "12", "9999"), ("9", "3", "2200"), ("1.5", "3", "2026"), ("", "3", ""),
    ("9" * 50, "9" * 50, "9" * 50),
    ("\u0669", "\u0663", "\u0662\u0660\u0662\u0666"), ("1", "1", "1900"), ("9", "march", "26"),
)  # fmt: skip


@pytest.mark.parametrize("date", DATES, ids=lambda date: " ".join(date)[:20])
def test_a_date_that_is_none_or_far_away_is_said_to_be_so(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, date: tuple[str, str, str]
):
    officer, before = as_person("officer"), caseload.seen(office, case)
    good = {**office_work.ANSWERED, **dated("happened", ("9", "3", "2026"))}
    in_words(posted(officer, f"/cases/{case}/tasks/stage_1.respond", {**good, **dated("happened", date)}))
    extension = {"reason": "Illness", **dated("happened", ("9", "3", "2026")), **dated("to", date)}
    in_words(posted(officer, f"/cases/{case}/record/stage_1.extension_given", extension))
    correction = {
        "event": "2",
        "kind": "move",
        "reason": "Wrong",
        **dated("happened_then", date),
        **dated("happened", date),
    }
    for step in ("preview", "save"):
        in_words(posted(officer, f"/cases/{case}/corrections/new", {**correction, "step": step}))
    complaint = {**office_work.COMPLAINT, **dated("issue_occurred", date), **dated("resident_aware", date)}
    for when in (date, ("9", "3", "2026")):
        for step in ("check", "save"):
            in_words(posted(officer, "/complaints/new", {**complaint, **dated("happened", when), "step": step}))
    assert caseload.seen(office, case).events == before.events
    assert caseload.differences(office) == []


def test_lists_where_one_answer_belongs_files_and_json_are_refused_or_passed_over(
    as_person: Callable[[str], FlaskClient], office: Office, case: str
):
    officer, before = as_person("officer"), caseload.seen(office, case)
    for address in (one.format(case=case) for one in ADDRESSES):
        many = [(name, value) for name in ("happened-day", "outcome", "reason", "seen", "step") for value in "abc"]
        lists = [("outcome[]", "upheld"), ("outcome[0][x]", "y"), ("__proto__", "x"), ("\u0000", "x"), ("", "x")]
        for content_type, body in (
            ("application/x-www-form-urlencoded", "&".join(f"{name}={value}" for name, value in many + lists)),
            ("application/x-www-form-urlencoded", "&".join(f"field{number}=1" for number in range(5_000))),
            ("application/x-www-form-urlencoded", "%%%=%zz&&&===&a=%ff%fe"),
            ("application/json", '{"outcome": ' + "[" * 3_000 + "]" * 3_000 + "}"),
            ("application/json", '{"a": NaN, "a": 1e999}'),
            ("multipart/form-data; boundary=x", '--x\r\nContent-Disposition: form-data; name="reason"\r\n\r\nno end'),
            ("multipart/form-data", "no boundary"),
            ("multipart/form-data; boundary=x", A_FILE),
            ("text/xml", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
            ("x" * 300, "a=b"),
        ):  # fmt: skip
            in_words(officer.post(address, data=body, content_type=content_type))
    kept = ("claimed", "released")
    assert [name for name in caseload.seen(office, case).events if name not in kept] == list(before.events)
    assert caseload.differences(office) == []


def test_what_was_written_is_shown_as_text_wherever_it_comes_up(
    as_person: Callable[[str], FlaskClient], office: Office, case: str
):
    nasty = dict.fromkeys(("resident", "address", "description", "outcome_sought", "adjustments", "spoken_to"), SCRIPT)
    reference = office_work.log(office, "2026-03-02", **nasty)
    office_work.complete(
        office, reference, "triage", "2026-03-02", kind="complaint", decision="complaint", reason=SCRIPT
    )
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-03-02", understanding=SCRIPT)
    officer, found = as_person("officer"), 0
    pages = [
        officer.get(address.format(case=reference))
        for address in (
            "/inbox/all", "/inbox/team", "/cases", "/cases?q=script", "/cases/{case}", "/cases/{case}/tasks/triage",
            "/cases/{case}/tasks/stage_1.respond", "/cases/{case}/record/withdrawn",
            "/cases/{case}/record/stage_1.extension_given", "/cases/{case}/corrections/new?event=1",
            "/cases/{case}/version",
        )
    ]  # fmt: skip
    for answer in [*pages, officer.post(f"/cases/{reference}/private")]:
        text = in_words(answer)
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt;(\d+)", text), "a template was run"
        found += "&lt;script&gt;" in text
    assert found > 6
    again = in_words(posted(officer, f"/cases/{reference}/tasks/stage_1.respond", {"decision": SCRIPT}))
    assert html.escape(SCRIPT)[:30] in again.replace("&#34;", "&quot;"), "what was typed is kept"


def test_a_button_pressed_twice_and_a_form_sent_again_later_have_one_effect(
    as_person: Callable[[str], FlaskClient], office: Office, case: str
):
    officer, manager = as_person("officer"), as_person("manager")
    given = {"reason": "Illness", **dated("to", ("20", "3", "2026"))}
    preview = office_work.write(officer, f"/cases/{case}/record/stage_1.extension_given", **given).headers["Location"]
    sent = {"channel": "email", "to": "ada@example.org", **office_work.hidden(officer.get(preview).text)}
    assert [posted(officer, f"{preview}/send", sent).status_code for _ in range(3)] == [302, 302, 302]
    assert caseload.seen(office, case).events.count("stage_1.extension_given") == 1
    respond = f"/cases/{case}/tasks/stage_1.respond"
    old = manager.get(respond).text
    remedy = {"remedy": "A new boiler.", **dated("remedy_by", ("1", "4", "2026"))}
    assert office_work.write_and_send(officer, respond, **office_work.ANSWERED, **remedy).status_code == 302
    stale = {**office_work.ANSWERED, **office_work.hidden(old), "decision": "Typed in vain"}
    told = posted(manager, respond, stale)
    assert told.status_code == 409
    assert "Chidi Officer completed this task" in told.text
    assert "Typed in vain" in told.text
    assert caseload.seen(office, case).events.count("stage_1.response_sent") == 1
    assert caseload.differences(office) == []


NESTED = files.eml(text="x" * 10) + b"\r\n" + b"--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" * 2_000
FILES = {
    "a zip bomb": ("plans.docx", files.zip_bomb()),
    "a program named as a PDF": ("bill.pdf", files.PROGRAM),
    "an SVG named as a picture": ("photo.png", files.SVG),
    "an SVG": ("photo.svg", files.SVG),
    "a web page named as text": ("note.txt", b"<!doctype html><script>alert(1)</script>"),
    "too large": ("film.pdf", files.pdf() + b"%" * 21 * 2**20),
    "nothing": ("empty.pdf", b""),
    "no ending": ("passwd", b"root:x:0:0"),
    "two endings": ("bill.pdf.exe", files.pdf()),
    "a broken zip": ("plans.docx", b"PK\x03\x04" + b"\xff" * 400),
    "half a picture": ("photo.png", files.png()[:20]),
}
NAMES = (
    "../../../etc/passwd.png", "..\\..\\windows\\a.png", "a\u202egnp.exe.png", "a\x1b[31m\x07.png", ".png", "CON.png",
    "<script>alert(1)</script>.png", "'; DROP TABLE case_document; --.png", "x" * 5_000 + ".png", '"quoted".png',
    "e\u0301.png",
)  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_not_what_it_says_is_refused_in_words_and_nothing_is_kept(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, kind: str
):
    officer, said = as_person("officer"), {"said": "Typed with care", "direction": "in", "how": "phone"}
    for address in (f"/cases/{case}/documents", f"/cases/{case}/contacts/contact_made"):
        answer = officer.post(address, **files.body(FILES[kind], **said, **dated("happened", ("9", "3", "2026"))))
        text = in_words(answer)
        assert answer.status_code == 400
        assert 'href="#answer-files"' in text
        assert "Choose the files again" in text
        assert "Typed with care" in text or address.endswith("documents")
    assert kept_files(office) == []
    assert caseload.differences(office) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_strange_file_name_is_kept_as_a_plain_one(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, name: str
):
    officer = as_person("officer")
    in_words(officer.post(f"/cases/{case}/documents", **files.body((name, files.png()))))
    for row in kept_files(office):
        assert not set(row.file_name) & set('/\\\x1b\x07\u202e<>"'), row.file_name
        assert len(row.file_name) <= 200
        opened = officer.post(f"/cases/{case}/documents/{row.id}/file")
        assert opened.data == files.png()
        assert opened.headers["Content-Disposition"].startswith("attachment;")
    in_words(officer.get(f"/cases/{case}/documents"))
    in_words(officer.get(f"/cases/{case}"))


@pytest.mark.parametrize("content", [
    files.eml(sender=SCRIPT, subject=SCRIPT, text=SCRIPT), files.eml(sent="yesterday"), files.eml(sender="", to=""),
    files.eml(sent="Fri, 31 Dec 9999 23:59:59 +0000"), NESTED, b"From: a\r\nSubject: =?utf-8?b?////?=\r\n\r\n\xff\xfe",
    files.eml(attached=(("plans.docx", files.zip_bomb()), ("../a.png", files.png()))),
], ids=["markup", "no date", "nobody", "the end of time", "nested", "broken words", "a bomb in it"])  # fmt: skip
def test_an_email_of_any_make_leads_to_a_page_in_words(
    as_person: Callable[[str], FlaskClient], office: Office, case: str, content: bytes
):
    officer = as_person("officer")
    in_words(officer.post(f"/cases/{case}/documents", **files.body(("a.eml", content)), follow_redirects=True))
    for row in kept_files(office):
        in_words(officer.get(f"/cases/{case}/documents/{row.id}"))
        in_words(officer.get(f"/cases/{case}/contacts/contact_made", query_string={"email": row.id}))
        given = {"direction": "in", "how": "email", "with_whom": "Ada", "said": "x", "email": str(row.id)}
        in_words(
            posted(officer, f"/cases/{case}/contacts/contact_made", {**given, **dated("happened", ("9", "3", "2026"))})
        )
    assert not any(row.file_name.endswith(".docx") for row in kept_files(office))
    assert caseload.differences(office) == []


def kept_files(office: Office) -> list[documents.DocumentRow]:
    """The documents of the one case."""
    with office.database.reading() as tx:
        return documents.of_case(tx, 1)


def dated(name: str, date: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), date, strict=True))


def posted(browser: FlaskClient, address: str, sent: dict[str, Any]) -> TestResponse:
    return browser.post(address, data=sent)
