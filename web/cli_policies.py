"""The verbs about files and dates: check, examples and due. They need no installation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from engine import checking, clock, compliance, due_dates, example_files, library, publishing, version_tree
from engine.events import local_day
from engine.example_files import Example
from engine.examples import Told, tell
from engine.office import Office, office_of, open_office
from engine.problems import Problem, only_problems
from engine.store.database import migrate, open_database
from web import cli_due
from web.cli_words import LIBRARY, SHIPPED, WHEN, existing_database, in_a_sentence, progress

EXAMPLES = "*.examples.yaml"
ANY = click.Path(path_type=Path)


@click.command(short_help="Check policies, workflows, forms, letters and examples.")
@click.argument("paths", nargs=-1, type=ANY, metavar="[PATH]...")
@click.option("--database", metavar="URL", help="An installation to compare with: what is sealed there.")
@in_a_sentence
def check(paths: tuple[Path, ...], database: str | None) -> None:
    """Check policy, workflow, form, letter and example files, and print every problem with its line and its cure.

    PATH is a folder with policies/ and workflows/ in it, a file or folder inside one, or a single file. Without a PATH
    the shipped files are checked. Remarks, and where a version promises less than the Complaint Handling Code asks,
    come after the problems. The exit code is 1 when there is a problem.

    \b
    redress check
    redress check my-library/
    redress check my-library/policies/st-leger-homes/two-stage-2024.yaml
    redress check --database sqlite:///redress.db
    """
    found = checking.check(paths, SHIPPED)
    problems = only_problems(found)
    for problem in problems:
        click.echo(_clickable(problem))
    click.echo(f"{len(problems)} {'problem' if len(problems) == 1 else 'problems'}." if problems else "No problems.")
    _under("To be judged once the above is mended", [_clickable(one) for one in found if one.severity == "later"])
    _under("Remarks", [_clickable(one) for one in found if one.severity == "remark"])
    if database:
        _under("What is sealed in the installation and what stands here", list(_disagreements(paths, database)))
    for title, rows in _shortfalls(paths):
        _under(title, rows)
    if problems:
        raise SystemExit(1)


@click.command(short_help="Tell the stories of example files, and compare.")
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE]...")
@LIBRARY
@in_a_sentence
def examples(files: tuple[Path, ...], library: Path | None) -> None:
    """Tell the stories of example files to the real engine, and say where something else came than was expected.

    A FILE may lie anywhere; a folder stands for every *.examples.yaml below it; without a FILE the shipped stories are
    told. Stories meet the shipped policies, or those of the tree they lie in, or those of --library. The exit code is 1
    when a story fails or a file cannot be read.

    \b
    redress examples
    redress examples policies/council-housing/two-stage-2024.examples.yaml
    redress examples my-stories.yaml --library my-library/
    """
    paths = list(_files_in(files or (SHIPPED / "policies",)))
    stories, problems = _read(paths)
    for problem in problems:
        click.echo(str(problem))
    passed = failed = 0
    for root, theirs in _by_library(stories, library):
        for told in _told(_throw_away(root), theirs):
            passed, failed = (passed + 1, failed) if told.passed else (passed, failed + 1)
    if not stories and not problems:
        click.echo("There is no example here.")
    click.echo(f"{passed} passed, {failed} failed")
    if failed or problems:
        raise SystemExit(1)


@click.command(short_help="Work out every date of a complaint.")
@click.option("--policy", required=True, metavar="P", help="The policy's key, such as south-essex-homes.")
@click.option("--received", required=True, type=WHEN, metavar="WHEN", help="When the complaint reached us.")
@click.option("--on", "happened", multiple=True, metavar="EVENT=WHEN", help="Something else that happened; repeatable.")
@click.option("--seen-on", type=WHEN, metavar="WHEN", help="The moment to look at it from; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Print it for a program to read.")
@LIBRARY
@in_a_sentence
def due(
    policy: str,
    received: datetime,
    happened: Sequence[str],
    seen_on: datetime | None,
    as_json: bool,
    library: Path | None,
) -> None:
    """The version that governs a complaint, and every due date with each counted and each skipped day named.

    WHEN is a date, or a date and time of the policy's zone: 2024-12-20 or 2024-12-20T17:45. An EVENT is named in full
    (stage_1.acknowledged), or in short where only one can be meant. More time is given "to" a day, a letter goes "by"
    a channel, and what the resident told us counts as well (resident_aware, issue_occurred).

    \b
    redress due --policy council-housing --received 2025-12-23T17:45
    redress due --policy st-leger-homes --received 2024-11-04 --on stage_1.acknowledged=2024-11-05 \\
        --on "stage_1.response_sent=2024-11-19 by post" --on stage_2.requested=2024-12-10 \\
        --on stage_2.acknowledged=2024-12-16 --on "stage_2.extension_given=2025-01-15 to 2025-02-13"
    """
    shelf = publishing.shipped(library or SHIPPED)
    asked = due_dates.Asked(policy, received, tuple(happened), clock.now(), seen_on)
    try:
        answer = due_dates.work_out(shelf, asked)
    except due_dates.NotUnderstood as wrong:
        raise click.UsageError(str(wrong)) from wrong
    if answer.version is None:
        raise click.ClickException(
            f"{answer.why} Check the date of receipt. A complaint of that day is registered all the same, "
            "and waits for a named person to choose a version."
        )
    click.echo(cli_due.as_json(answer) if as_json else cli_due.in_words(answer))


def _disagreements(paths: tuple[Path, ...], url: str) -> Iterator[str]:
    """Where an installation's sealed versions and the trees of files named by the paths are not the same."""
    roots = dict.fromkeys(filter(None, (checking.root_of(path) for path in paths or (SHIPPED,) if path.exists())))
    with existing_database(url) as opened:
        office = office_of(opened, library.load(SHIPPED)[0])
        for root in roots:
            yield from version_tree.disagreements(office, root)


def _under(title: str, rows: Sequence[str]) -> None:
    """Rows under a heading, or nothing."""
    if rows:
        click.echo(f"\n{title}\n{'-' * len(title)}")
        for row in rows:
            click.echo(row)


def _clickable(problem: Problem) -> str:
    """A problem by the shortest path that leads to its file from here."""
    path = Path(problem.file)
    here = path.is_absolute() and path.is_relative_to(Path.cwd())
    return str(replace(problem, file=str(path.relative_to(Path.cwd()))) if here else problem)


def _shortfalls(paths: tuple[Path, ...]) -> Iterator[tuple[str, list[str]]]:
    """Where the versions named by the paths promise less than the Code in force today asks, version by version."""
    roots = dict.fromkeys(checking.root_of(path) for path in paths or (SHIPPED,) if path.exists())
    today = local_day(clock.now())
    for root in roots:
        shelf = library.load(root)[0] if root else None
        if root is None or shelf is None or shelf.yardstick is None:
            continue
        for version in sorted(shelf.versions.values(), key=lambda one: (one.policy, one.in_force_from)):
            if not paths or any(_covers(path, root / version.file) for path in paths):
                short = compliance.shortfalls(version, shelf.yardstick, today)
                yield f"{version.key}: less than the Code asks", [str(one) for one in short]


def _covers(path: Path, file: Path) -> bool:
    whole = path.resolve()
    return whole == file.resolve() or whole in file.resolve().parents


def _files_in(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob(EXAMPLES)) if path.is_dir() else [path]


def _read(paths: Sequence[Path]) -> tuple[list[tuple[Path, Example]], list[Problem]]:
    """The stories of the files, each with the file it stands in, and every problem of those that cannot be read."""
    stories: list[tuple[Path, Example]] = []
    problems: list[Problem] = []
    for path in paths:
        found, wrong = example_files.read(path.read_bytes(), str(path))
        problems += wrong
        stories += [(path, example) for example in (found.examples if found else ())]
    return stories, problems


def _by_library(stories: list[tuple[Path, Example]], chosen: Path | None) -> Iterator[tuple[Path, list[Example]]]:
    """The stories by the folder whose policies they meet."""
    by_root: dict[Path, list[Example]] = {}
    for path, example in stories:
        root = chosen or _tree_of(path)
        by_root.setdefault(root, []).append(example)
    yield from by_root.items()


def _tree_of(path: Path) -> Path:
    """The tree a file lies in where it lies in its policies/, else the shipped one."""
    root = checking.root_of(path)
    inside = root is not None and _covers(root / "policies", path)
    return root if root is not None and inside else SHIPPED


def _throw_away(root: Path) -> Office:
    """An office in memory, with the versions of a library sealed in it. Raises Broken."""
    shelf = publishing.shipped(root)
    database = open_database("sqlite://")
    migrate(database)
    return open_office(database, shelf, clock.now())[0]


def _told(office: Office, stories: Sequence[Example]) -> Iterator[Told]:
    """Tell the stories, with a bar on a terminal, and print what failed once the bar is done."""
    said: list[str] = []
    label = f"Telling {len(stories)} {'story' if len(stories) == 1 else 'stories'}"
    with progress(stories, label) as bar:
        for story in bar:
            told = tell(office, story)
            said += [f"{failure.file}:{failure.line}: {story.name}: {failure.what}" for failure in told.failures]
            yield told
    for line in said:
        click.echo(line)
