"""The bundle of a case in the browser: an auditor makes it, what shall be in it is asked, and that is recorded."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from engine import verify_bundle
from engine.office import Office
from engine.store import acts
from tests.web import office_work
from web.proof_making import MADE


def test_an_auditor_makes_a_bundle_that_is_whole(
    office: Office, as_person: Callable[[str], FlaskClient], tmp_path: Path
) -> None:
    reference = office_work.log(office, "2026-03-02")
    browser = as_person("auditor")
    page = browser.get(f"/cases/{reference}/proof")
    assert page.status_code == 200
    assert "What shall be in it besides the record and our letters?" in page.text
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
