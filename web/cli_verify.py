"""`redress verify`: the check of a whole installation, or of one sealed bundle."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from engine import library, verification, verify_bundle
from engine.office import office_of
from engine.problems import Broken
from engine.store.database import Database
from web.cli_words import DATABASE, LIBRARY, SHIPPED, existing_database, in_a_sentence, progress


@click.command(short_help="Check the record, the seals and what is stored; or a sealed bundle.")
@click.argument("bundle", required=False, metavar="[BUNDLE]", type=click.Path(path_type=Path))
@click.option("--checkpoint", default="", metavar="HASH", help="A checkpoint's hash, as mailed or printed.")
@DATABASE
@LIBRARY
@in_a_sentence
def verify(bundle: Path | None, checkpoint: str, database: str, library: Path | None) -> None:
    """Check the whole installation: the hash chain of every case, the files and seal of every version, and whether
    what is stored for speed agrees with the events. Prints each difference, a case's chain with its first bad place;
    the exit code is 1 when there is one. With BUNDLE, check that sealed bundle instead: its folder, or its zip.

    \b
    redress verify
    redress verify --database postgresql://redress@db/redress
    redress verify for-the-ombudsman --checkpoint 3f9a2b1c...
    """
    if bundle is not None:
        code, said = verify_bundle.report(str(bundle), checkpoint)
        click.echo(said)
        raise SystemExit(code)
    with existing_database(database) as opened:
        found = [*_versions(opened, library), *_cases(opened, library)]
    for difference in found:
        click.echo(str(difference))
    click.echo(f"{len(found)} {'difference' if len(found) == 1 else 'differences'}." if found else "No differences.")
    if found:
        raise SystemExit(1)


def _versions(database: Database, folder: Path | None) -> Iterator[verification.Difference]:
    """Differences in what is sealed; that the shipped text differs is said, and is none."""
    with database.reading() as tx:
        sealed = verification.sealed_versions(tx)
        found = list(verification.version_differences(tx))
        for shipped in verification.shipped_differences(tx, library.load(folder or SHIPPED)[0]):
            click.echo(f"Remark: {shipped}")
    click.echo(f"{len(sealed)} sealed {'version' if len(sealed) == 1 else 'versions'} checked.")
    yield from found


def _cases(database: Database, folder: Path | None) -> Iterator[verification.Difference]:
    """Differences in the cases, a case at a time, with a bar on a terminal."""
    with database.reading() as tx:
        ids = verification.case_ids(tx)
    try:
        office = office_of(database, library.load(folder or SHIPPED)[0])
    except Broken as broken:
        yield verification.Difference("sealed versions", f"they cannot be read, so no case could be checked.\n{broken}")
        return
    with progress(ids, "Checking cases") as bar:
        for case_id in bar:
            with database.reading() as tx:
                yield from verification.case_differences(tx, office, case_id)
    click.echo(f"{len(ids)} {'case' if len(ids) == 1 else 'cases'} checked.")
