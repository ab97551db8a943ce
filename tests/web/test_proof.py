"""The bundle of a case in the browser: an auditor makes it, what shall be in it is asked, and that is recorded."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from engine import case_files, corrections, steps, verify_bundle
from engine.case_files import CaseFile
from engine.events import moment
from engine.office import Office
from engine.store import acts
from tests.unit import bundles, case_acts
from tests.unit.casting import hired
from tests.web import office_work
from web.cli import main
from web.proof_making import MADE


def test_an_auditor_makes_a_bundle_that_is_whole(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    reference = office_work.log(office, "2026-03-02")
    browser = as_person("auditor")
    page = browser.get(f"/cases/{reference}/proof")
    assert page.status_code == 200
    assert "What else should be in it, besides the record and our letters?" in page.text
    given = {"why": "For the Housing Ombudsman", "parts": ["documents"]}
    answer = browser.post(f"/cases/{reference}/proof", data=given)
    assert answer.status_code == 200
    assert f"{reference}-proof.zip" in answer.headers["Content-Disposition"]
    place = tmp_path / "bundle.zip"
    place.write_bytes(answer.data)
    assert verify_bundle.report(str(place))[0] == 0
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        said = json.loads(packed.read(f"{reference}-proof/manifest.json"))
    assert (said["private"], said["documents"]) == (False, True)
    with office.database.reading() as tx:
        (act,) = [one for one in acts.acts(tx, about=f"case {reference}") if one.what == MADE]
    assert act.detail
    assert act.detail["why"] == "For the Housing Ombudsman"
    shown = browser.get(f"/cases/{reference}/proof").text
    (seal,) = re.findall(r"For the Housing Ombudsman</dt>\s*<dd[^>]*><code>([0-9a-f ]+)</code>", shown)
    code, told = verify_bundle.report(str(place), seal=seal)
    assert code == 0
    assert "WHOLE: every byte of this bundle is as its maker sealed it." in told


def test_whom_it_is_for_is_asked(office: Office, as_person: Callable[[str], FlaskClient]) -> None:
    reference = office_work.log(office, "2026-03-02")
    answer = as_person("auditor").post(f"/cases/{reference}/proof", data={"parts": ["private"]})
    assert answer.status_code == 400
    assert "Who is it for, and why?" in answer.text
    with office.database.reading() as tx:
        assert not [one for one in acts.acts(tx) if one.what == MADE]


def test_nobody_who_works_cases_makes_one(office: Office, as_person: Callable[[str], FlaskClient]) -> None:
    reference = office_work.log(office, "2026-03-02")
    assert as_person("officer").get(f"/cases/{reference}/proof").status_code == 403
    assert as_person("officer").post(f"/cases/{reference}/proof", data={"why": "x"}).status_code == 403


# --- what its readable part says of dates -----------------------------------------------------------


def readable(browser: FlaskClient, reference: str, place: Path) -> str:
    """The readable page of a bundle that is whole, as text with its white space in one."""
    answer = browser.post(f"/cases/{reference}/proof", data={"why": "For the Housing Ombudsman"})
    (place / "bundle.zip").write_bytes(answer.data)
    assert verify_bundle.report(str(place / "bundle.zip"))[0] == 0
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        page = packed.read(f"{reference}-proof/index.html").decode()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_an_answer_that_was_never_even_started_is_first_said_not_to_be_done(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    text = readable(as_person("auditor"), office_work.to_acknowledge(office, "2026-01-05"), tmp_path)
    first = text.partition("On this page")[0]
    assert "Stage 1: acknowledgement Not done; it was due on 12 January 2026." in first
    assert "Stage 1: answer Not done; it was due on 26 January 2026." in first


def test_a_corrected_day_and_every_date_a_letter_gave_stand_with_what_became_of_them(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    reference = office_work.to_acknowledge(office, "2026-02-02")
    told = {**office_work.ACKNOWLEDGED, "promised": "2026-02-13"}
    office_work.complete(office, reference, "stage_1.acknowledge", "2026-02-12", **told)
    who, now = office_work.person(office, "officer"), moment("2026-02-16")

    def act(file: CaseFile) -> case_files.Plan:
        was = moment("2026-02-06")
        return corrections.correct(office, file, 3, who, happened=was, reason="The letter says so", now=now)

    steps.take(office, reference, who, act, now)
    answer = {**office_work.ANSWERED, "remedy": "A new boiler.", "remedy_by": "2026-03-31"}
    office_work.complete(office, reference, "stage_1.respond", "2026-02-18", who="manager", **answer)
    text = readable(as_person("auditor"), reference, tmp_path)
    mend = "corrected from 12 February 2026 to 6 February 2026 on 16 February 2026 by Chidi Officer (event 4)"
    done = "Done in time, on 6 February 2026; it was due on 9 February 2026. When it was done:"
    assert f"{done} {mend}: The letter says so." in text
    assert "Our letter of 6 February 2026 gave 13 February 2026: missed, done on 18 February 2026." in text


def test_a_wait_that_law_cut_short_is_said_to_be_cut_short(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    ann = hired(office, "Ann")
    reference = case_acts.logged(office, ann, "south-essex-homes", "2022-07-04")
    for task, day in (
        ("triage", "2022-07-04"),
        ("stage_1.acknowledge", "2022-07-05"),
        ("stage_1.respond", "2022-07-12"),
    ):
        case_acts.done(office, reference, ann, task, day)
    case_acts.recorded(office, reference, ann, "stage_2.requested", "2022-07-20")
    case_acts.done(office, reference, ann, "stage_2.respond", "2022-08-18")
    text = readable(as_person("auditor"), reference, tmp_path)
    assert "which would be 13 October 2022; the law ended that wait, so it is 1 October 2022" in text


def test_the_record_is_asked_whether_it_made_a_bundle(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    reference, place = office_work.log(office, "2026-03-02"), tmp_path / "bundle.zip"
    answer = as_person("auditor").post(f"/cases/{reference}/proof", data={"why": "For the Housing Ombudsman"})
    place.write_bytes(answer.data)
    asking = ["verify", str(place), "--made-here", "--database", office.database.url]
    ran = CliRunner().invoke(main, asking)
    assert ran.exit_code == 0, ran.output
    assert "It was made here: the record names it." in ran.output
    files = verify_bundle.files_of(place) | {"README.txt": b"Another text"}
    place.write_bytes(verify_bundle.zipped(bundles.resealed(files), f"{reference}-proof"))
    ran = CliRunner().invoke(main, asking)
    assert ran.exit_code == 1
    assert "It was NOT made here" in ran.output
