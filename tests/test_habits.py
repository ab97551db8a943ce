"""The habits of this repository, kept by machine: a habit that is not a failing test is lost within a month."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from importlinter.cli import lint_imports

from engine import events

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
ROUTES = ROOT / "tests" / "routes.txt"
MOST_LINES = 300
IN_ONE_FILE = {"engine/verify_bundle.py"}  # it lies in every bundle alone, and is read by strangers as one file
WORDS_FOR_LATER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
WAYS_TO_SKIP = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b")
EXPLAINED = re.compile(r"# (noqa: [A-Z0-9, ]+|type: ignore\[[\w, -]+\])\s+# \S")
UNEXPLAINED = re.compile(r"# (noqa|type: ignore|ruff: noqa|mypy: ignore)")
READS_THE_CLOCK = {
    "datetime": {"now", "today", "utcnow", "fromtimestamp"},
    "date": {"today", "fromtimestamp"},
    "time": {"time", "time_ns", "localtime", "gmtime", "sleep"},
    "func": {"now", "current_timestamp", "current_date", "localtimestamp"},
}


def tracked(*patterns: str) -> list[Path]:
    """The files of the repository itself, never what was built or installed beside them."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [path for name in sorted(set(listed.split("\0"))) if name and (path := ROOT / name).is_file()]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def modules(*folders: str) -> list[Path]:
    return [path for folder in folders for path in tracked(f"{folder}/*.py")]


def none_of(found: list[str], advice: str) -> None:
    """Fails with the advice and every finding, a line each."""
    assert not found, "\n".join([advice, *found])


# --- modules ------------------------------------------------------------------------------------


def test_imports_point_down(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", list(sys.path))  # the linter puts the folder on it
    broken = lint_imports(no_cache=True, no_logo=True)
    assert not broken, capsys.readouterr().out


def test_no_module_is_longer_than_one_subject() -> None:
    measured = [path for path in modules("engine", "web") if "migrations" not in path.parts]  # those are a record
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in measured}
    too_long = [f"{name}: {n}" for name, n in lengths.items() if n > MOST_LINES and name not in IN_ONE_FILE]
    none_of(too_long, f"A module of more than {MOST_LINES} lines has two subjects: split it.")


def test_every_module_says_what_it_is_for() -> None:
    sources = {named(path): path.read_text(encoding="utf-8") for path in modules("engine", "web", "tests")}
    silent = [name for name, source in sources.items() if source and not ast.get_docstring(ast.parse(source))]
    none_of(silent, "A module opens with a docstring that says what it is for.")


def test_no_module_is_an_attic() -> None:
    attics = {"utils", "util", "helpers", "helper", "common", "manager", "service", "misc", "tools"}
    none_of([named(path) for path in modules("engine", "web", "tests") if path.stem in attics], "Name the subject.")


def test_the_engine_is_fully_typed() -> None:
    checked = subprocess.run([sys.executable, "-m", "mypy"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


# --- the clock, and things put off --------------------------------------------------------------


def clock_readings(source: str) -> Iterator[int]:
    """The lines on which a source reads the machine's clock, waits on it, or asks the database for it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in READS_THE_CLOCK.get(owner, ()):
                yield node.lineno


def test_only_the_clock_reads_the_clock() -> None:
    found = [
        f"{named(path)}:{line}"
        for path in modules("engine", "web")
        if named(path) != "engine/clock.py"
        for line in clock_readings(path.read_text(encoding="utf-8"))
    ]
    none_of(found, "Ask the caller what time it is.")


@pytest.mark.parametrize(
    "source", ["datetime.datetime.now(UTC)", "date.today()", "time.time()", "sqlalchemy.func.now()"]
)
def test_a_reading_of_the_clock_is_noticed(source: str) -> None:
    assert list(clock_readings(source)) == [1]


def test_nothing_is_put_off_in_a_comment() -> None:
    found = [
        f"{named(path)}:{number}: {line.strip()}"
        for path in tracked()
        if path.suffix not in {".json", ".svg", ".png"}
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if WORDS_FOR_LATER.search(line)
    ]
    none_of(found, "Do it, or write an issue.")


def test_no_test_is_skipped_by_mark() -> None:
    allowed = {"tests/conftest.py", "tests/test_habits.py"}  # the one place that says what is not here; and this one
    found = [
        f"{named(path)}:{number}"
        for path in modules("tests")
        if named(path) not in allowed
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WAYS_TO_SKIP.search(line)
    ]
    none_of(found, "A test that is not run proves nothing: mend it or take it out.")


def test_every_exception_to_a_rule_has_its_reason() -> None:
    lines = [
        (f"{named(path)}:{number}", line)
        for path in modules("engine", "web", "tests")
        if path.name != "test_habits.py"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
    ]
    found = [place for place, line in lines if UNEXPLAINED.search(line) and not EXPLAINED.search(line)]
    none_of(found, "Name the rule and, after another #, the reason.")
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ignores = settings.partition("[tool.ruff.lint.per-file-ignores]\n")[2].partition("\n\n")[0].splitlines()
    none_of([line for line in ignores if "#" not in line], "Say why, after a #.")


# --- what was published -------------------------------------------------------------------------


def test_a_shipped_version_never_changes_without_a_line_that_says_why() -> None:
    from engine import publishing  # here, so that a fault in it hides no other habit

    lines = (ROOT / "policies" / "seals.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    none_of([row for row, _, why in rows if not why.strip()], "A seal has its reason after a #.")
    sealed = dict(row.split() for row, _, _ in rows)
    computed = publishing.shipped_seals(ROOT)
    changed = [
        f"{name} {computed.get(name)}" for name in sorted(sealed | computed) if sealed.get(name) != computed.get(name)
    ]
    none_of(changed, "These shipped versions differ from policies/seals.txt. What they are now, if that is wanted:")


def test_the_lock_file_holds_every_pin_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    none_of([pin for pin in pins if "==" not in pin], "Pin it exactly.")
    locked = set((ROOT / "requirements.lock").read_text(encoding="utf-8").lower().splitlines())
    none_of([pin for pin in pins if re.sub(r"\[.*\]", "", pin).lower() not in locked], "Not in requirements.lock.")
    none_of([line for line in locked if line and not line.startswith("#") and "==" not in line], "Pin it exactly.")


def test_the_lock_files_name_no_machine() -> None:
    for name in ("requirements.lock", "web/assets/package-lock.json"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"https?://|file:|\"resolved\"", re.sub(r'"url": "https://[^"]*"', "", text)), name


# --- routes -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every address of the application with its methods and who may use it, a line each, sorted."""
    from web.app import Settings, create_app  # here, so that a fault in it hides no other habit

    database = tmp_path_factory.mktemp("routes") / "routes.sqlite"
    app = create_app(Settings(f"sqlite:///{database}", secret_key="for this test", library=ROOT))
    return sorted(
        f"{rule.rule} {','.join(sorted((rule.methods or set()) - {'HEAD', 'OPTIONS'}))} "
        f"{getattr(app.view_functions[rule.endpoint], 'who_may', '-')}"
        for rule in app.url_map.iter_rules()
    )


def test_every_route_declares_who_may_use_it(routes: list[str]) -> None:
    none_of([route for route in routes if route.endswith(" -")], "Give the view @may(...).")


def test_every_address_ever_published_still_answers(routes: list[str]) -> None:
    listed = ROUTES.read_text(encoding="utf-8").splitlines()
    gone = sorted(set(listed) - set(routes))
    none_of(gone, "Gone, or for others now. Have people bookmarked it? Then redirect from it.")
    new = sorted(set(routes) - set(listed))
    none_of(new, "Add these lines to tests/routes.txt, in order:")
    assert listed == sorted(listed)


# --- the README ---------------------------------------------------------------------------------


def paths_named_in(text: str) -> Iterator[str]:
    """What stands in backticks and looks like a path: `engine/cases.py`, `tests/broken/`, `tasks.yaml`, `.ci/run`."""
    endings = {"py", "yaml", "yml", "bpmn", "txt", "toml", "lock", "md", "html", "scss", "js", "json", "svg", "sh"}
    tops = {path.relative_to(ROOT).parts[0] for path in tracked()}
    for quoted in re.findall(r"`([^`\n]+)`", text):
        if re.fullmatch(r"[\w.*<>-]+(/[\w.*<>-]+)*/?", quoted):
            first, slash, _ = quoted.partition("/")
            if quoted.rpartition(".")[2] in endings or (slash and first in tops):
                yield quoted


def test_every_path_the_readme_names_exists() -> None:
    files = [named(path) for path in tracked()]
    places = {*files, *(parent.as_posix() for name in files for parent in Path(name).parents)}

    def is_there(path: str) -> bool:
        pattern = re.sub(r"<[\w-]+>", "*", path.rstrip("/"))
        anywhere = "/" not in pattern
        return any(Path(place).match(pattern) if anywhere or "*" in pattern else place == pattern for place in places)

    lost = [path for path in paths_named_in(README.read_text(encoding="utf-8")) if not is_there(path)]
    none_of(lost, "README.md names what is not there.")


def yaml_of(pattern: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in tracked(pattern)]


def names_of_deadlines() -> set[str]:
    """Every key under a `deadlines:` of a policy version, of the case or of a stage."""
    versions = [version for version in yaml_of("policies/*/*.yaml") if "stages" in version]
    places = [place for version in versions for place in (version, *version["stages"].values())]
    return {name for place in places for name in place.get("deadlines") or {}}


def names_of_tasks_and_events() -> set[str]:
    """Every task, every message, every event a task records, and every fact about a case that no diagram waits for."""
    processes = [process for tasks in yaml_of("workflows/*/tasks.yaml") for process in tasks.values()]
    tasks = [task for process in processes if isinstance(process, dict) for task in process.get("tasks", {}).items()]
    messages = [name for process in processes if isinstance(process, dict) for name in process.get("messages", {})]
    recorded = [task["records"] for _, task in tasks if "records" in task]
    return {name for name, _ in tasks} | {*messages, *recorded, *events.FACTS, *events.ABOUT_THE_RECORD}


def test_every_event_deadline_and_task_is_in_the_words_of_the_readme() -> None:
    sections = re.split(r"^## ", README.read_text(encoding="utf-8"), flags=re.MULTILINE)
    words = next((section for section in sections if re.match(r"(The )?[Ww]ords", section)), "")
    assert words, "README.md has no section '## The words'."
    explained = {quoted.rpartition(".")[2] for quoted in re.findall(r"`([\w.]+)`", words)}
    names = {name.rpartition(".")[2] for name in names_of_deadlines() | names_of_tasks_and_events()}
    none_of(sorted(names - explained), "Explain these in the README's words, each in backticks.")
