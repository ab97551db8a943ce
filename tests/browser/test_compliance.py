"""The pages of compliance as people see them: the two tasks an officer is timed on, by keyboard and on a telephone;
each page with axe and at 320 pixels; paper; and the evidence, opened from a folder.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Locator, Page
from sqlalchemy import text

from engine.events import moment
from engine.impact_jobs import Background
from engine.office import Office
from engine.reports import REPORTS
from engine.retention import CLASSES
from engine.rights import KEEPER, RECORDS_APPROVER
from engine.store import people
from engine.store.people import GrantRow
from tests.browser.conftest import Clock
from tests.browser.desk import Desk
from tests.browser.keyboard import Keyboard
from tests.conftest import PHONE
from tests.known_password import PASSWORD, PASSWORD_HASH
from tests.web import office_work

FIND = "Find a case by reference, resident, address or day"
LISTS = ("governed", "open", "received", "changed", "late", "promises", "corrections")
LATE = (
    "Stage 1 was not answered in time: due on 19 June 2024, done on 24 June 2024, 3 working days late.",
    "Complaints service standard, two stages (two-stage-2024) governed this case.",
    "Received on 3 June 2024; two-stage-2024 is in force from 1 April 2024.",
)
NARROW = {"width": 320, "height": 640}  # of 1280 pixels at four times their size
PAPER = {"width": 718, "height": 1000}  # of A4 between the margins a browser gives
LONG_NAME = {"resident": "Wolfeschlegelsteinhausenbergerdorff" * 3, "address": "Llanfairpwllgwyngyll" * 10}
WIDTH = "() => [document.documentElement.scrollWidth, window.innerWidth]"
ON_PAPER = """() => [...document.querySelectorAll("main a, main form, nav")].filter(one => {
  const said = getComputedStyle(one, "::after").content;
  return one.matches("a") ? said.includes("/") : one.getBoundingClientRect().height > 0;
}).map(one => one.outerHTML.slice(0, 200))"""


@pytest.fixture
def late(office: Office) -> str:
    """A case that was answered three working days late, and another beside it with a very long name and address."""
    other = office_work.log(office, "2024-06-04", who="chidi", **LONG_NAME)
    office_work.record(office, other, "withdrawn", "2024-06-05", who="chidi")
    with office.database.writing() as tx:
        tx.execute(text("UPDATE outbox SET status = 'sent'"))  # what still waits to go out keeps a case from disposal
    found = office_work.log(office, "2024-06-03", who="chidi")
    office_work.complete(office, found, "triage", "2024-06-04", who="chidi", kind="complaint", decision="complaint")
    office_work.complete(office, found, "stage_1.acknowledge", "2024-06-05", who="chidi", **office_work.ACKNOWLEDGED)
    office_work.complete(office, found, "stage_1.respond", "2024-06-24", who="mina", **office_work.ANSWERED)
    return found


@pytest.fixture
def records_people(office: Office) -> None:
    """Kay asks for disposal, Abe approves it."""
    with office.database.writing() as tx:
        for sign_in, role in (("kay", KEEPER), ("abe", RECORDS_APPROVER)):
            row = people.add_person(
                tx, sign_in, name=sign_in.title(), email="", password_hash=PASSWORD_HASH, now=moment("2013-01-02")
            )
            people.give_grant(tx, row.id, given=GrantRow(office_work.POLICY, role, ""))


# --- the two tasks an officer is timed on -------------------------------------------------------------


def said_first(page: Page) -> str:
    """What of the page's text is seen before anything is scrolled."""
    seen = (one for one in page.locator("main p").filter(visible=True).all() if is_in_sight(page, one))
    return " ".join(" ".join(one.inner_text().split()) for one in seen)


def is_in_sight(page: Page, one: Locator) -> bool:
    box, screen = one.bounding_box(), page.viewport_size
    return bool(box and screen and box["y"] + box["height"] <= screen["height"])


def test_what_governed_a_case_and_whether_it_was_in_time_is_one_page_from_signing_in_by_keyboard(
    open_page: Callable[..., Page], address: str, late: str, clock: Clock
):
    clock.now = moment("2024-07-01T10:00")
    page = open_page()
    page.goto(address)
    keys = Keyboard(page)
    keys.type_in("Sign-in name", "auditor")
    keys.type_in("Password", PASSWORD)
    keys.enter("Sign in")
    keys.type_in(FIND, late.lower())
    keys.enter("Find")
    assert page.url.endswith(f"/cases/{late}/governance")
    assert all(one in said_first(page) for one in LATE), said_first(page)


def test_the_same_is_read_on_a_telephone_without_scrolling(sign_in: Callable[..., Desk], late: str):
    auditor = sign_in("auditor", on="2024-07-01", viewport=PHONE, has_touch=True, is_mobile=True)
    auditor.fill({FIND: late})
    auditor.press("Find")
    assert all(one in said_first(auditor.page) for one in LATE), said_first(auditor.page)


def test_evidence_for_the_ombudsman_is_made_by_keyboard_and_reads_whole_from_a_folder_without_a_network(
    sign_in: Callable[..., Desk],
    open_page: Callable[..., Page],
    accessibility_faults: Callable[[Page], list[str]],
    late: str,
    tmp_path: Path,
):
    auditor = sign_in("auditor", on="2024-07-01")
    keys = Keyboard(auditor.page)
    keys.type_in(FIND, "lovel")
    keys.enter("Find")
    keys.enter(f"Evidence for the Ombudsman of {late}")
    keys.enter("Make and download it")
    assert auditor.problems == ["Answer the question: Who is it for, and why?"]
    keys.type_in("Who is it for, and why?", "The Housing Ombudsman")
    keys.reach("Make and download it")
    with auditor.page.expect_download() as download:
        keys.press_key("Enter")
    with zipfile.ZipFile(download.value.path()) as packed:
        packed.extractall(tmp_path)
    index = next(tmp_path.rglob("index.html"))
    page = open_page(offline=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(index.as_uri())
    assert page.title() == f"Complaint {late}: what happened, and the proof of it"
    assert "it was due on 19 June 2024" in page.locator("main").inner_text()
    assert accessibility_faults(page) == []
    page.set_viewport_size(NARROW)
    wide, screen = page.evaluate(WIDTH)
    assert wide <= screen
    assert asked == [index.as_uri()], "it fetches nothing"
    links = [str(one.get_attribute("href")) for one in page.locator("main a").all()]
    assert [one for one in links if not one.startswith("#") and not (index.parent / unquote(one)).is_file()] == []
    assert [one for one in links if one.startswith("#") and page.locator(f'[id="{one[1:]}"]').count() != 1] == []


def test_it_is_made_on_a_telephone_without_javascript_from_the_page_of_the_case(
    sign_in: Callable[..., Desk], late: str
):
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "java_script_enabled": False}
    auditor = sign_in("auditor", on="2024-07-01", **options)
    auditor.case(late)
    auditor.follow("Why, and was it followed?")
    auditor.page.get_by_role("button", name="Evidence for the Ombudsman").click()
    auditor.fill({"Who is it for, and why?": "The Housing Ombudsman"})
    with auditor.page.expect_download() as download:
        auditor.page.get_by_role("button", name="Make and download it").click()
    assert download.value.suggested_filename == f"{late}-proof.zip"


# --- each page ----------------------------------------------------------------------------------------


def seen(desk: Desk, *paths: str) -> None:
    """Each page is there, and stands at 320 pixels too; all else is looked at on the way (`Desk.look`)."""
    for path in paths:
        desk.go(path)
        assert desk.answer.ok, path
        narrow(desk)


def narrow(desk: Desk) -> None:
    before = desk.page.viewport_size
    desk.page.set_viewport_size(NARROW)
    wide, screen = desk.page.evaluate(WIDTH)
    if wide > screen:
        desk.faults.append(f"{desk.page.url}: {wide} wide on a screen of {screen}")
    desk.page.set_viewport_size(before)


def worked_out(office: Office, clock: Clock) -> None:
    background = Background()
    background.look(office, clock)
    background._child.process.wait(timeout=120)
    background.look(office, clock)


def test_every_page_of_compliance_where_nothing_happened_yet(sign_in: Callable[..., Desk], records_people: None):
    auditor = sign_in("auditor")
    seen(auditor, "/compliance", "/compliance?q=nobody", "/compliance/conformance", "/compliance/compare")
    seen(auditor, "/compliance/reports/volumes", "/compliance/disposal", "/compliance/checkpoints")
    assert "There are no cases in this period." in text_of(auditor, "/compliance/reports/timeliness")
    for path in ("/compliance/cases/promises", "/compliance/figures/answered_late?from=2024-01-01&to=2024-06-30"):
        assert any(one in text_of(auditor, path) for one in ("There is none.", "No case is counted here."))


def text_of(desk: Desk, path: str) -> str:
    desk.go(path)
    return desk.text


def test_every_page_of_compliance_about_what_happened(
    sign_in: Callable[..., Desk], office: Office, late: str, clock: Clock, records_people: None
):
    auditor = sign_in("auditor", on="2024-07-01")
    seen(auditor, "/compliance?q=wolfe", f"/cases/{late}/governance", f"/cases/{late}/governance?as_of=2024-06-10")
    seen(auditor, f"/cases/{late}/governance?as_of=2024-05-01", f"/cases/{late}/proof", f"/cases/{late}/seen-by")
    seen(auditor, "/compliance/cases", *(f"/compliance/cases/{one}" for one in LISTS))
    seen(auditor, "/compliance/reports", *(f"/compliance/reports/{one}" for one in REPORTS))
    seen(auditor, "/compliance/figures/answered_late?from=2024-06-01&to=2024-06-30", "/compliance/record")
    wrong = ("/compliance/reports/monthly?from=2024-06", "/compliance/reports/volumes?from=2024-06-31")
    for path in (
        *wrong,
        f"/cases/{late}/governance?as_of=2024-06-31",
        "/compliance/record?from=2024-06-30&to=2024-06-01",
    ):
        auditor.go(path)
        assert len(auditor.problems) == 1
        narrow(auditor)
    seen(sign_in("admin"), "/compliance/homes", "/compliance/homes/south-essex-homes/2024")


def test_studies_of_many_cases_while_they_run_when_stopped_and_when_done(
    sign_in: Callable[..., Desk], office: Office, late: str, clock: Clock
):
    auditor = sign_in("auditor", on="2024-07-01")
    auditor.go("/compliance/conformance")
    auditor.press("Work it out")
    assert auditor.page.get_by_role("heading", name="Being worked out").is_visible()
    narrow(auditor)
    auditor.press("Stop it")
    assert "was stopped" in auditor.text
    auditor.press("Work it out")
    worked_out(office, clock)
    auditor.go("/compliance/conformance")
    assert "1 closed case" in auditor.text
    narrow(auditor)
    auditor.go("/compliance/compare")
    auditor.press("Work it out")
    assert len(auditor.problems) == 3
    narrow(auditor)
    auditor.fill({"Whose cases?": "South Essex Homes", "First version": "South Essex Homes: four-stage"})
    auditor.fill({"Second version": "South Essex Homes: two-stage-2024"})
    auditor.press("Work it out")
    worked_out(office, clock)
    auditor.go("/compliance/compare")
    assert "What each asked for, and how it stood" in auditor.text
    narrow(auditor)
    prints_whole(auditor.page)


def test_disposal_from_its_periods_to_what_an_erased_case_still_shows(
    sign_in: Callable[..., Desk], late: str, clock: Clock, records_people: None
):
    kay = sign_in("kay", on="2031-07-01")
    seen(kay, "/compliance/disposal")
    kay.follow("Periods")
    kay.press("Change the periods")
    assert kay.problems
    kay.fill(dict.fromkeys(CLASSES.values(), "2192") | {"Who decided it, or why": "The retention schedule."})
    kay.press("Change the periods")
    kay.follow("Due")
    kay.page.get_by_label("SEH-2024").first.check()
    narrow(kay)
    kay.press("Ask for disposal of those ticked")
    assert kay.problems == []
    seen(kay, "/compliance/disposal/asked", "/compliance/disposal/holds")
    abe = sign_in("abe")
    abe.go("/compliance/disposal/asked")
    reference = abe.page.locator("#requests label").first.inner_text()
    abe.page.get_by_label(reference).first.check()
    narrow(abe)
    abe.press("Approve those ticked")
    narrow(abe)
    abe.press("Approve and erase")
    seen(abe, "/compliance/disposal/erased")
    auditor = sign_in("auditor")
    auditor.go(f"/cases/{reference}/governance")
    assert auditor.answer.status == 410
    assert auditor.heading == f"{reference} was disposed of"
    narrow(auditor)


# --- paper --------------------------------------------------------------------------------------------


def prints_whole(page: Page) -> None:
    """Nothing is wider than the paper, and no address, form or navigation stands on it."""
    before = page.viewport_size
    page.set_viewport_size(PAPER)
    page.emulate_media(media="print")
    wide, paper = page.evaluate(WIDTH)
    assert wide <= paper, f"{page.url} is {wide} wide on paper of {paper}"
    assert page.evaluate(ON_PAPER) == []
    page.emulate_media(media="screen")
    page.set_viewport_size(before)


def test_the_governance_page_and_reports_print_whole(sign_in: Callable[..., Desk], late: str):
    auditor = sign_in("auditor", on="2024-07-01")
    for path in (f"/cases/{late}/governance", "/compliance/reports/monthly?month=2024-06", "/compliance/reports/areas"):
        auditor.go(path)
        prints_whole(auditor.page)
    assert auditor.page.pdf(format="A4").startswith(b"%PDF")
