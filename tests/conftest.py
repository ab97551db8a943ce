"""What every test may ask for: an empty database of either kind, a served application, a browser; and the plain account
at the end of what was run and what was not.
"""

from __future__ import annotations

import gc
import os
import secrets
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from playwright import sync_api as playwright
from werkzeug.serving import make_server

from engine import publishing
from engine.clock import Clock
from engine.events import moment
from engine.library import Library
from engine.office import Office, open_office
from engine.store import people
from engine.store.database import Database, migrate, open_database
from web.app import create_app
from web.current import AtWork, Settings

REQUIRE_ALL = os.environ.get("REDRESS_REQUIRE_ALL") == "1"
# No test depends on timing. Between a change and main, hypothesis asks the same cases each time, so that what lands is
# judged by the change and not by chance; everywhere else it looks for new ones.
hypothesis.settings.register_profile("redress", deadline=None, derandomize=REQUIRE_ALL)
hypothesis.settings.load_profile("redress")
KINDS = {"postgres": "PostgreSQL tests", "browser": "Browser tests"}
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that every process of this run shares."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


# --- databases ------------------------------------------------------------------------------------


def postgresql_programs() -> Path | None:
    """The folder of initdb and postgres: Debian's own, newest first, else wherever PATH has them."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -float(path.parts[-3]))
    found = shutil.which("initdb")
    places = [path.parent for path in debian] + ([Path(found).resolve().parent] if found else [])
    return next((place for place in places if (place / "postgres").exists()), None)


def ordinary_user() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: as root, its processes run as `postgres`, or as `nobody`."""
    if os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return {}


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for this test run alone, on a Unix socket in a temporary folder: its first database."""
    programs = postgresql_programs()
    if programs is None:
        pytest.skip("no PostgreSQL server here (Debian: apt-get install postgresql)")
    user = ordinary_user()
    home = Path(tempfile.mkdtemp(prefix="redress-pg-"))
    if user:
        os.chown(home, user["user"], user["group"])
    options: dict[str, Any] = {"cwd": home, "stdin": subprocess.DEVNULL, **user}
    server = None
    try:
        flags = ["--username=redress", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        subprocess.run([programs / "initdb", *flags, home / "data"], check=True, capture_output=True, **options)
        settings = ["listen_addresses=", f"unix_socket_directories={home}", "fsync=off", "full_page_writes=off"]
        settings += ["synchronous_commit=off", "shared_buffers=32MB", "max_connections=50", "timezone=Europe/London"]
        arguments = [argument for setting in settings for argument in ("-c", setting)]
        with (home / "log").open("wb") as log:
            command = [programs / "postgres", "-D", home / "data", *arguments]
            server = subprocess.Popen(command, stdout=log, stderr=log, **options)
        wait_for(home, server)
        yield f"postgresql+psycopg://redress@/postgres?host={home}"
    finally:
        if server is not None:
            server.kill() if server.poll() is not None else server.send_signal(3)  # SIGQUIT: stop at once
            server.wait(timeout=30)
        shutil.rmtree(home, ignore_errors=True)


def wait_for(home: Path, server: subprocess.Popen[bytes]) -> None:
    """Until the server answers. Raises RuntimeError with its log when it ends first, or takes longer than a minute."""
    pause = threading.Event()
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host=str(home), user="redress", dbname="postgres").close()
        except psycopg.OperationalError:
            pause.wait(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text()}")


def server(postgres_url: str) -> psycopg.Connection:
    """A connection of its own to the server a database is on, outside any transaction."""
    home = postgres_url.partition("?host=")[2]
    return psycopg.connect(host=home, user="redress", dbname="postgres", autocommit=True)


# A test's database is a copy of one in which the work was done that all tests need. It lies where the last test's lay
# and is opened by the same engine: what SQLAlchemy has compiled costs more to compile again than the statements to run.
known = cache(open_database)
Copied = Callable[[Path], AbstractContextManager[Database]]


@pytest.fixture(scope="session")
def sqlite_copy(tmp_path_factory: pytest.TempPathFactory) -> Copied:
    """A copy of an SQLite file, in an otherwise empty folder, for a while: `with sqlite_copy(first) as database`.
    There is one copy of a file at a time."""
    folder = tmp_path_factory.mktemp("copies")

    @contextmanager
    def opened(first: Path) -> Iterator[Database]:
        own = folder / first.stem
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir()
        database = known(f"sqlite:///{shutil.copy(first, own / 'redress.sqlite')}")
        yield database
        database.close()

    return opened


@contextmanager
def postgres_copy(postgres_url: str, first: str = "", name: str = "") -> Iterator[str]:
    """The URL of a PostgreSQL database for a while: an empty one, or a copy of the one at another URL, which nobody may
    be connected to. A copy is made by the server, in a tenth of the time that the migrations take."""
    name = name or f"t_{secrets.token_hex(6)}"
    home = postgres_url.partition("?host=")[2]
    template = f" TEMPLATE {first.partition('@/')[2].partition('?')[0]}" if first else ""
    with server(postgres_url) as connection:
        connection.execute(f"CREATE DATABASE {name}{template} STRATEGY FILE_COPY")  # names of our own making
        yield f"postgresql+psycopg://redress@/{name}?host={home}"
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that this test alone has. Who asks for it is marked `postgres`."""
    with postgres_copy(postgres_url) as url:
        yield url


@pytest.fixture
def sqlite_database(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet, in this test's own folder."""
    return f"sqlite:///{tmp_path / 'redress.sqlite'}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, once of SQLite and once of PostgreSQL: the test runs on both."""
    fixture = {"sqlite": "sqlite_database", "postgresql": "postgres_database"}[request.param]
    return str(request.getfixturevalue(fixture))


def migrated(url: str) -> str:
    database = open_database(url)
    migrate(database)
    database.close()  # checkpoints what it wrote, so that the database can be copied
    return url


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a database with the newest schema and nothing in it, which is copied and never used."""
    file = tmp_path_factory.mktemp("database") / "migrated.sqlite"
    migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str) -> Iterator[str]:
    """The same on PostgreSQL: the URL of a database that is copied and never used."""
    with postgres_copy(postgres_url) as url:
        yield migrated(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest, sqlite_copy: Copied) -> Iterator[Database]:
    """A database with the newest schema and nothing in it, once of SQLite and once of PostgreSQL."""
    if request.param == "sqlite":
        with sqlite_copy(request.getfixturevalue("migrated_sqlite")) as database:
            yield database
        return
    first = request.getfixturevalue("migrated_postgres")
    with postgres_copy(request.getfixturevalue("postgres_url"), first, "migrated") as url:
        yield known(url)
        known(url).close()


# --- the application and the browser --------------------------------------------------------------


@pytest.fixture(scope="session")
def put_to_work() -> Callable[[Office, Clock], Flask]:
    """The application over http, at work for an office and by a clock: `app = put_to_work(office, clock)`.

    Put together once in a process, with its three hundred routes and the templates it has read, and given the next
    test's office to serve: nothing else of an installation is kept in it. A test that changes the application itself
    makes its own.
    """
    made: list[Flask] = []

    def begin(office: Office, clock: Clock) -> Flask:
        settings = Settings("", "a key for tests alone", Path(__file__).parents[1], clock, is_https=False)
        if not made:
            made.append(create_app(settings, office))
        made[0].extensions["redress"] = AtWork(settings, office)
        made[0].config["WTF_CSRF_ENABLED"] = True
        return made[0]

    return begin


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serves a WSGI application on a free loopback port for the length of the test: `address = serve(app)`."""
    running = []

    def start(app: Any) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[playwright.Browser]:
    """Chromium, headless, one for the whole run. A test that asks for it, or for a page, is marked `browser`."""
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: playwright.Browser) -> Iterator[Callable[..., playwright.Page]]:
    """Opens pages of any make: `open_page(viewport=PHONE, java_script_enabled=False)`; each has its own cookies.

    At the end of the test a script error, or something the Content-Security-Policy refused, fails it.
    """
    contexts: list[playwright.BrowserContext] = []
    complaints: list[str] = []

    def start(**options: Any) -> playwright.Page:
        context = browser.new_context(**{"viewport": DESKTOP, **options}, locale="en-GB", timezone_id="Europe/London")
        context.set_default_timeout(60_000)  # a machine that is busy is slow, and not wrong
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield start
    for context in contexts:
        context.close()
    assert complaints == [], "the browser complained"


@pytest.fixture
def page(open_page: Callable[..., playwright.Page]) -> playwright.Page:
    """A page on a desk's screen."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., playwright.Page]) -> playwright.Page:
    """A page on a telephone."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)


@pytest.fixture
def accessibility_faults() -> Callable[[playwright.Page], list[str]]:
    """Says what axe finds at WCAG 2.2 AA on the page as it stands: `assert accessibility_faults(page) == []`.

    The one finding left out is GOV.UK Frontend's own (its issue 979), a radio that reveals more.
    """
    import axe_playwright_python

    source = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    look = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
        .then(found => found.violations)"""  # what passed is long, and nobody reads it

    def find(page: playwright.Page) -> list[str]:
        page.wait_for_load_state()  # a page that is half there has half its landmarks
        page.evaluate(source)  # evaluate is not bound by the page's Content-Security-Policy
        return [
            f"{violation['id']}: {violation['help']} at {node['target']}: {node['html']}"
            for violation in page.evaluate(look, tags)
            for node in violation["nodes"]
            if not (violation["id"] == "aria-allowed-attr" and is_radio_that_reveals(node))
        ]

    return find


def is_radio_that_reveals(node: dict[str, Any]) -> bool:
    """Whether axe's finding is about GOV.UK Frontend's own `aria-expanded` on a radio."""
    return "govuk-radios__input" in node["html"] and "aria-expanded" in node["failureSummary"]


# --- what was run, said plainly -------------------------------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that asks for the browser or for PostgreSQL by name carries the mark without saying so again."""
    for item in items:
        wanted = set(getattr(item, "fixturenames", ()))
        if "browser" in wanted:
            item.add_marker("browser")
        if wanted & {"postgres_url", "postgres_database"}:
            item.add_marker("postgres")


def pytest_collection_finish() -> None:
    """What was read up to now stays to the end of the run: it is not looked through for rubbish again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Notes each test's kind on its report; under REDRESS_REQUIRE_ALL a skip is a failure."""
    report = yield
    report.kinds = [kind for kind in KINDS if item.get_closest_marker(kind)]
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{report.longrepr[2]} (and REDRESS_REQUIRE_ALL is set)"
        report.not_run = True
    return report


def kinds_of(report: Any) -> list[str]:
    """The kinds noted on a report; the report of a worker that died carries none."""
    return getattr(report, "kinds", [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The plain account: how many tests of each kind ran, and every one that did not, with the reason."""
    stats = terminalreporter.stats
    ran = [report for key in ("passed", "failed") for report in stats.get(key, []) if not hasattr(report, "not_run")]
    not_run = [report for key in ("skipped", "failed") for report in stats.get(key, []) if report not in ran]
    not_run += [report for report in stats.get("error", []) if hasattr(report, "not_run")]
    terminalreporter.section("what was run")
    for kind, title in KINDS.items():
        did = len({report.nodeid for report in ran if report.when == "call" and kind in kinds_of(report)})
        did_not = len({report.nodeid for report in not_run if kind in kinds_of(report)})
        terminalreporter.write_line(f"{title}: {did} run, {did_not} not run")
    for report in not_run:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.write_line(f"  not run: {report.nodeid}: {reason}")
    if not not_run:
        terminalreporter.write_line("Nothing was left out.")


# --- an office ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shelf() -> Library:
    """The shipped library, read once."""
    return publishing.shipped(Path(__file__).parents[1])


@pytest.fixture(scope="session")
def first_office(shelf: Library, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An installation with the shipped versions sealed, which every test's own is a copy of."""
    return opened_office(f"sqlite:///{tmp_path_factory.mktemp('office') / 'first.sqlite'}", shelf)


@pytest.fixture
def office(first_office: Office, sqlite_copy: Copied) -> Iterator[Office]:
    """An installation on an SQLite file of its own, with the shipped versions sealed."""
    with sqlite_copy(Path(first_office.database.url.removeprefix("sqlite:///"))) as database:
        yield replace(first_office, database=database)


@pytest.fixture(scope="session")
def first_office_there(postgres_url: str, shelf: Library) -> Iterator[Office]:
    """The first office on PostgreSQL, where no test works: copies are made of it."""
    with postgres_copy(postgres_url) as url:
        yield opened_office(url, shelf)


@pytest.fixture
def office_there(first_office_there: Office, postgres_url: str) -> Iterator[Office]:
    """An installation on a PostgreSQL database that this test alone has."""
    with postgres_copy(postgres_url, first_office_there.database.url, "office") as url:
        yield replace(first_office_there, database=known(url))
        known(url).close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_office(request: pytest.FixtureRequest) -> Office:
    """The same, once on SQLite and once on PostgreSQL."""
    office: Office = request.getfixturevalue({"sqlite": "office", "postgresql": "office_there"}[request.param])
    return office


def opened_office(url: str, shelf: Library) -> Office:
    database = open_database(url)
    migrate(database)
    with database.writing() as tx:
        for key in ("repairs", "income"):
            people.put_area(tx, key, title=key.capitalize())
    office = open_office(database, shelf, moment("2024-01-01"))[0]
    database.close()  # checkpoints what it wrote, so that the file can be copied; it opens again by itself
    return office
