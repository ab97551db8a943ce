"""`redress verify`: the check of a whole installation, or of one sealed bundle."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from engine import clock, entered_checks, evidence_checks, verification, verification_run, verify_bundle
from engine.evidence_checks import Points
from engine.library import Library, load
from engine.office import office_of
from engine.problems import Broken
from engine.store.database import Database
from engine.verification import Difference
from engine.verify_bundle import Unreadable
from web import cli_record, proof_making
from web.cli_words import DATABASE, FOLDER, LIBRARY, SHIPPED, existing_database, in_a_sentence, progress_to

SAID_EVERY = 10_000  # cases, where there is no terminal to show a bar on


@click.command(short_help="Check the record, the seals and what is stored; or a sealed bundle.")
@click.argument("bundle", required=False, metavar="[BUNDLE]", type=click.Path(path_type=Path))
@click.option("--checkpoints", type=FOLDER, metavar="DIR", help="Hold it against the checkpoints of this folder.")
@click.option("--checkpoint", default="", metavar="HASH", help="And against the one that was mailed or printed.")
@click.option("--seal", default="", metavar="HASH", help="With BUNDLE: its seal, as whoever made it told you.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes to share the work.")
@click.option("--made-here", is_flag=True, help="With BUNDLE: ask the database too whether it was made here.")
@DATABASE
@LIBRARY
@in_a_sentence
def verify(
    bundle: Path | None,
    checkpoints: Path | None,
    checkpoint: str,
    seal: str,
    jobs: int,
    made_here: bool,
    database: str,
    library: Path | None,
) -> None:
    """Check the whole installation: the hash chain of every case and of the acts, the files and seal of every version,
    the checkpoints of the record, and whether what is stored for speed agrees with the events. Prints each difference,
    with its first bad place; the exit code is 1 when there is one.

    With BUNDLE, check that sealed bundle instead: its folder, or its zip.

    \b
    redress verify --checkpoints /mnt/elsewhere/checkpoints
    redress verify --database postgresql://redress@db/redress --jobs 4
    redress verify for-the-ombudsman --checkpoint 3f9a2b1c...
    """
    if bundle is not None:
        _verify_bundle(bundle, (checkpoint, str(checkpoints or ""), seal), database if made_here else "")
        return
    try:
        given = verify_bundle.given_hash(checkpoint)
    except Unreadable as problem:
        raise click.UsageError(str(problem)) from problem
    with existing_database(database) as opened:
        root = library or SHIPPED
        shelf = load(root)[0]
        found = [*_versions(opened, shelf)]
        with opened.reading() as tx:
            points = evidence_checks.points(tx, checkpoints, given)
        found += _record(opened, points)
        found += _cases(opened, shelf, root, points, jobs)
        _note(opened, found, checkpoints)
    for difference in found:
        click.echo(str(difference))
    click.echo(f"{len(found)} {'difference' if len(found) == 1 else 'differences'}." if found else "No differences.")
    if found:
        raise SystemExit(1)


def _note(database: Database, found: list[Difference], folder: Path | None) -> None:
    """Record that it was verified and what came of it, for the page of checkpoints. What cannot be written (a copy that
    may only be read) is still verified."""
    said = {"differences": len(found), "first": str(found[0])[:300] if found else "", "with_folder": folder is not None}
    try:
        cli_record.note(database, cli_record.VERIFIED, cli_record.VERIFICATION, clock.now(), None, **said)
    except Exception as problem:  # in a database that somebody edited, anything may be missing
        click.echo(f"Remark: that it was verified could not be recorded. {problem}")


def _verify_bundle(bundle: Path, given: tuple[str, str, str], database: str) -> None:
    """Say what there is to say of a bundle, held against a checkpoint, a folder of them and its seal as far as they are
    given, and end with its exit code."""
    code, said = verify_bundle.report(str(bundle), *given)
    click.echo(said)
    if database and code == 0:
        with existing_database(database) as opened:
            code = _was_made_here(bundle, opened)
    raise SystemExit(code)


def _was_made_here(bundle: Path, database: Database) -> int:
    """Whether an act of the record names this very bundle; 1 where none does."""
    files = verify_bundle.files_of(bundle)
    case = verify_bundle.manifest_of(files)["case"]
    seal = verify_bundle.sha256(files[verify_bundle.MANIFEST])
    with database.reading() as tx:
        known = proof_making.made_of(tx, case)
    if any(act.detail and act.detail.get("manifest") == seal for act in known):
        click.echo("It was made here: the record names it.")
        return 0
    click.echo("It was NOT made here, or was sealed anew since: the record names no such bundle.")
    return 1


def _versions(database: Database, shelf: Library) -> Iterator[Difference]:
    """Differences in what is sealed; that the shipped text differs is said, and is none."""
    with database.reading() as tx:
        sealed = verification.sealed_versions(tx)
        found = list(verification.version_differences(tx))
        for shipped in verification.shipped_differences(tx, shelf):
            click.echo(f"Remark: {shipped}")
    click.echo(f"{len(sealed)} sealed {'version' if len(sealed) == 1 else 'versions'} checked.")
    yield from found


def _record(database: Database, points: Points) -> list[Difference]:
    """Differences in the checkpoints themselves, in the acts, and what is gone."""
    found = verification_run.of_the_record(database, points)
    count = len(points.rows)
    click.echo(f"{count} {'checkpoint' if count == 1 else 'checkpoints'} and the acts checked.")
    return found


def _cases(database: Database, shelf: Library, root: Path, points: Points, jobs: int) -> Iterator[Difference]:
    """Differences in the cases, with a bar on a terminal, and a line now and then elsewhere."""
    with database.reading() as tx:
        cases = verification.cases(tx)
    try:
        office = office_of(database, shelf)
    except Broken as broken:
        yield Difference("sealed versions", f"they cannot be read, so no case could be checked.\n{broken}")
        return
    except Exception as odd:  # somebody edited what they are stored by: which, is among the differences before this
        yield Difference(
            "sealed versions", f"they cannot be read, so no case could be checked. {type(odd).__name__}: {odd}"
        )
        return
    with database.reading() as tx:
        yield from verification.registered_differences(tx, office)
        days = entered_checks.entered_differences(tx, shelf.calendars)
        yield from (Difference(one.about, one.what) for one in days)
    done = 0
    with progress_to("Checking cases") as show:

        def told(count: int) -> None:
            nonlocal done
            if done // SAID_EVERY != (done + count) // SAID_EVERY and not sys.stderr.isatty():
                click.echo(f"{done + count:,} of {len(cases):,} cases checked.", err=True)
            done += count
            show(done, len(cases))

        parts = verification_run.parts_of(cases, points)
        yield from verification_run.differences(office, parts, told, jobs=jobs, root=root)
    click.echo(f"{len(cases)} {'case' if len(cases) == 1 else 'cases'} checked.")
