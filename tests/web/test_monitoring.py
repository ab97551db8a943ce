"""Reports as pages and files: every figure leads to as many cases, a period without cases says so, and nothing anybody
typed is run by a spreadsheet or a browser.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from engine import reports
from engine.office import Office
from engine.report_tables import Chart
from engine.store import acts, reporting_years
from engine.store.measure_figures import FIGURES
from tests.web.conftest import Clock
from tests.web.office_work import POLICY, answered, assert_valid, log, person, record, to_acknowledge
from web import charts, csv_text, monitoring_words

FORMULA = '=HYPERLINK("http://evil.example","x")'
YEAR = "from=2026-01-01&to=2026-12-31"


@pytest.fixture
def worked(office: Office, clock: Clock) -> Office:
    """Cases answered, withdrawn and open; one about a contractor with a dangerous name."""
    answered(office, "2026-02-02", contractor=FORMULA)
    to_acknowledge(office, "2026-02-16", service_area="income", channel="post")
    record(office, to_acknowledge(office, "2026-02-23"), "withdrawn", "2026-02-24")
    to_acknowledge(office, "2026-03-09", resident="<script>alert(1)</script>")
    log(office, "2012-03-05")
    return office


@pytest.fixture
def auditor(worked: Office, as_person) -> FlaskClient:
    return as_person("auditor")


def figures(page: str) -> list[tuple[str, str]]:
    """Every linked number of a page: where it leads and what it says."""
    found = re.findall(r'<td [^>]*><a class="govuk-link" href="(/compliance/figures/[^"]+)">([\d,.%]+)', page)
    return [(html.unescape(href), said) for href, said in found]


@pytest.mark.parametrize("name", reports.REPORTS)
def test_every_figure_of_every_report_leads_to_as_many_cases(auditor: FlaskClient, name: str):
    page = auditor.get(f"/compliance/reports/{name}?{YEAR}").text
    assert_valid(page)
    there = figures(page)
    assert there or name == "contractors"
    for href, said in there:
        listed = auditor.get(href)
        if not said.endswith("%") and "." not in said:
            assert f": {said}</h1>" in listed.text, href
            assert len(re.findall(r'<th scope="row" role="rowheader"', listed.text)) == int(said.replace(",", "")), href


def test_the_list_behind_a_figure_is_valid_and_shows_markup_as_text(auditor: FlaskClient):
    page = auditor.get(f"/compliance/figures/received?{YEAR}").text
    assert_valid(page)
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("name", [one for one in reports.REPORTS if one != "due"])
def test_a_report_over_a_period_with_no_cases_says_so(auditor: FlaskClient, name: str):
    page = auditor.get(f"/compliance/reports/{name}?from=2005-01-01&to=2005-01-31&year=2005").text
    assert "There are no cases in this period." in page
    assert_valid(page)


def test_control_totals_are_shown(auditor: FlaskClient):
    page = auditor.get(f"/compliance/reports/volumes?{YEAR}").text
    assert "Control totals hold." in page
    assert "Stage 1: 1 open at the start + 4 received - 2 closed = 3 open at the end" in page


def test_a_filter_narrows_every_figure_and_can_be_taken_away(auditor: FlaskClient):
    page = auditor.get(f"/compliance/reports/areas?{YEAR}&area=income").text
    assert "Rent and service charges" in page
    assert "Service area: Rent and service charges" in page
    assert all("area=income" in href for href, _ in figures(page))


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday", "from=2026-02-30", "from=1066-10-14", "from=2026-03-01&to=2026-02-01", "first_day-day=x",
        "from=0000-00-00", "from=2026-01-01%27--",
    ],
)  # fmt: skip
def test_a_period_that_is_none_is_said(auditor: FlaskClient, query: str):
    answer = auditor.get(f"/compliance/reports/volumes?{query}")
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert "<table" not in answer.text, "figures of another period, which nobody asked for"
    assert_valid(answer.text)
    assert auditor.get(f"/compliance/figures/received?{query}").status_code == 400
    assert auditor.get(f"/compliance/reports/volumes/csv?{query}").status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "version=99999999999999999999", "version=x", "stage=1", "stage=99999999999-stage_1", "stage=-",
        "stage=²-stage_1", "area=%3Cb%3E", "policy=nobody", "channel=" + "x" * 5000, "after=2026-01-01.9.stage_1",
        "after=x", "month=2026-99", "year=9999999999", "tenure=rental", "outcome=-", "contractor=-", "ours=no",
    ],
)  # fmt: skip
def test_a_selection_of_nothing_known_selects_nothing_and_breaks_nothing(auditor: FlaskClient, query: str):
    for name in ("volumes", "monthly", "ch", "due"):
        answer = auditor.get(f"/compliance/reports/{name}?{query}")
        assert answer.status_code == 200, (name, answer.text)
        assert_valid(answer.text)
    assert auditor.get(f"/compliance/figures/received?{YEAR}&{query}").status_code == 200


@pytest.mark.parametrize("address", ["reports/none", "reports/volumes/pdf", "figures/none", "figures/none/csv"])
def test_what_there_is_not_is_not_found(auditor: FlaskClient, address: str):
    assert auditor.get(f"/compliance/{address}").status_code == 404


# --- files --------------------------------------------------------------------------------------


def test_a_report_as_csv_has_the_numbers_of_the_page_and_no_formula(auditor: FlaskClient, worked: Office):
    answer = auditor.get(f"/compliance/reports/contractors/csv?{YEAR}")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    line = next(row for row in rows if row and row[0].endswith(FORMULA))
    assert line[0] == f"'{FORMULA}"
    assert line[2] == "1"
    with worked.database.reading() as tx:
        done = acts.acts(tx, person_id=int(person(worked, "auditor").id), limit=1)[0]
    assert (done.what, done.about, done.detail["asked"]) == ("exported", "/compliance/reports/contractors/csv", YEAR)


def test_a_workbook_holds_text_as_text_and_numbers_as_numbers(auditor: FlaskClient):
    answer = auditor.get(f"/compliance/reports/contractors/xlsx?{YEAR}")
    book = zipfile.ZipFile(io.BytesIO(answer.data))
    sheets = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    for name in sheets:
        assert b"<f>" not in book.read(name)
    assert FORMULA in html.unescape(book.read("xl/sharedStrings.xml").decode())
    assert b"hyperlink" not in book.read(sheets[1]).lower()


def test_the_list_behind_a_figure_as_csv_has_every_case_and_no_resident(auditor: FlaskClient):
    answer = auditor.get(f"/compliance/figures/received/csv?{YEAR}")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(rows) == 1 + 4
    assert "Lovelace" not in answer.text


@given(st.text())
def test_no_text_begins_a_formula_in_a_file(text: str):
    cell = csv_text.cell(text)
    assert not re.match(r"\s*[=+\-@|%]", cell.lstrip("\u200b\u200c\u200d\u2060\ufeff"))
    assert cell in (text, f"'{text}")


@given(
    st.lists(
        st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\0")), min_size=1), min_size=1
    )
)
def test_a_csv_file_reads_back_as_it_was_written(rows: list[list[str]]):
    read = list(csv.reader(io.StringIO(csv_text.csv_bytes(rows).decode("utf-8-sig"), newline="")))
    assert read == [[csv_text.plain(text) for text in row] for row in rows]


# --- homes --------------------------------------------------------------------------------------


def test_homes_that_are_entered_give_ch01_and_are_recorded_with_both_values(worked: Office, as_person):
    admin, address = as_person("admin"), f"/compliance/homes/{POLICY}/2025"
    for rental in ("2,000", "1500"):
        sent = {"homes_rental": rental, "homes_ownership": "500", "divides_by": "answered"}
        assert admin.post(address, data=sent).status_code == 302
    page = admin.get("/compliance/homes").text
    assert_valid(page)
    assert "rental 2000 to 1500" in page
    with worked.database.reading() as tx:
        newest = acts.acts(tx, limit=1)[0]
    assert (newest.what, newest.detail["was"]["homes_rental"], newest.detail["now"]["homes_rental"]) == (
        "entered_homes", 2000, 1500,
    )  # fmt: skip
    ch = as_person("auditor").get(f"/compliance/reports/ch?year=2025&policy={POLICY}").text
    assert re.search(r">2\.0<span", ch)  # four complaints for 2,000 homes
    assert "Complaints answered in the year" in ch


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"homes_rental": "many", "divides_by": "received"}, "Enter the number of homes"),
        ({"homes_rental": "-5", "divides_by": "received"}, "Enter the number of homes"),
        ({"homes_rental": "99999999999999999999", "divides_by": "received"}, "Enter the number of homes"),
        ({"homes_rental": "²", "divides_by": "received"}, "Enter the number of homes"),
        ({"homes_rental": "5", "divides_by": "nothing"}, "Choose what CH02 is divided by"),
        ({"divides_by": "received"}, "That is what stands already"),
    ],
)
def test_homes_that_are_no_number_are_refused_in_a_sentence(worked: Office, as_person, sent: dict, says: str):
    answer = as_person("admin").post(f"/compliance/homes/{POLICY}/2025", data=sent)
    assert answer.status_code == 400
    assert says in answer.text
    assert_valid(answer.text)
    with worked.database.reading() as tx:
        assert reporting_years.years(tx) == []


def test_whoever_checks_the_figures_does_not_enter_them(auditor: FlaskClient):
    assert auditor.get("/compliance/homes").status_code == 403
    assert auditor.post(f"/compliance/homes/{POLICY}/2025", data={}).status_code == 403


@pytest.mark.parametrize("address", ["nobody/2025", f"{POLICY}/1066", f"{POLICY}/99999"])
def test_a_year_there_is_not_is_not_found(worked: Office, as_person, address: str):
    assert as_person("admin").get(f"/compliance/homes/{address}").status_code == 404


# --- words and pictures -------------------------------------------------------------------------


def test_every_figure_has_its_words():
    assert set(monitoring_words.TITLES) == set(FIGURES)


@given(
    st.lists(st.tuples(st.text(max_size=60), st.integers(0, 10**6)), max_size=8, unique_by=lambda one: one[0]),
    st.booleans(),
)
def test_a_chart_is_well_formed_whatever_the_names(bars: list[tuple[str, int]], stacked: bool):
    bars = [("".join(letter for letter in name if letter.isprintable()), value) for name, value in bars]
    labels, values = tuple(name for name, _ in bars), tuple(float(value) for _, value in bars)
    drawn = charts.picture(Chart("A <title> & more", labels, (("One", values), ("<Two>", values)), stacked), "chart")
    if labels:
        assert ElementTree.fromstring(drawn).get("role") == "img"
    else:
        assert drawn == ""
