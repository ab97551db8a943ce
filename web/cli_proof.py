"""`redress case proof`: the sealed bundle of a case, for the Ombudsman or whoever else has to be shown."""

from __future__ import annotations

from pathlib import Path

import click

from engine import case_files, evidence_sealing, verify_bundle
from engine.evidence_bundle import Wanted
from web import cli_record, proof_making
from web.cli_acting import at_work
from web.cli_words import DATABASE, LIBRARY, in_a_sentence


@click.command(short_help="Everything about a case, sealed, to be checked by anybody.")
@click.argument("reference")
@click.argument("place", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--private", is_flag=True, help="With private answers: health, circumstances, adjustments.")
@click.option("--documents", is_flag=True, help="With the documents that residents and others sent.")
@click.option("--zip", "is_zip", is_flag=True, help="As one zip of that name, in place of a folder.")
@click.option("--as", "sign_in", default="", envvar="REDRESS_AS", metavar="SIGN-IN", help="Who makes it.")
@DATABASE
@LIBRARY
@in_a_sentence
def proof(
    reference: str,
    place: Path,
    private: bool,
    documents: bool,
    is_zip: bool,
    sign_in: str,
    database: str,
    library: Path | None,
) -> None:
    """Put a sealed bundle of a case into a folder: index.html to read, the letters, the policy as it was in force, the
    events with their hashes, and verify.py, which checks it with nothing but Python. That it was made is recorded.

    \b
    redress case proof SEH-2026-00012 for-the-ombudsman --as ada
    redress case proof SEH-2026-00012 for-the-ombudsman.zip --zip --private --documents
    redress verify for-the-ombudsman
    """
    with at_work(database, library) as work:
        office, now = work.office, work.now
        who = work.person(sign_in) if sign_in else None
        with office.database.reading() as tx:
            file = case_files.load(tx, office, reference, now)
        wanted = Wanted(who.name if who else "the command line", now, private, documents)
        person_id, account = int(who.id) if who else None, cli_record.account()
        files = proof_making.made(office, file, wanted, person_id, account=account)
        if is_zip:
            place.write_bytes(verify_bundle.zipped(files, proof_making.name_of(file)))
        else:
            proof_making.put_into(place, files)
    click.echo(f"{len(files)} files in {place}. Begin with index.html; 'redress verify {place}' checks it all.")
    click.echo(f"Its seal, to be told to the receiver in another way: {evidence_sealing.seal_of(files)}")
