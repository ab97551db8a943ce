"""Making a sealed bundle, for the page and the command line alike: gathered, written down, and noted in the record.

That a bundle was made is an act: by whom, of which case, with what in it, and the hash of its manifest, so that the
installation can say later whether it made a bundle that somebody shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine import evidence_bundle, evidence_sealing
from engine.case_files import CaseFile
from engine.evidence_bundle import Wanted
from engine.office import Office
from engine.refusals import Refused
from engine.store import acts
from engine.store.acts import Act
from engine.store.database import Transaction
from web import proof_page

MADE = "proof_made"
MOST_ACTS = 10_000


def made(
    office: Office, file: CaseFile, wanted: Wanted, person_id: int | None, why: str = "", account: str = ""
) -> dict[str, bytes]:
    """The files of a bundle, and the act recorded, on the command line with its account. Raises Refused where there is
    nothing whole to seal."""
    with office.database.reading() as tx:
        gathered = evidence_bundle.gather(tx, office, file, wanted)
    files = evidence_sealing.bundle(gathered, proof_page.page(office, gathered))
    detail = {"private": wanted.private, "documents": wanted.documents, "events": len(gathered.links)}
    detail |= {"manifest": evidence_sealing.seal_of(files)} | ({"why": why} if why else {})
    detail |= {"account": account} if account else {}
    with office.database.writing() as tx:
        acts.record_act(tx, person_id, what=MADE, about=f"case {file.reference}", now=wanted.now, detail=detail)
    return files


def made_of(tx: Transaction, reference: str) -> list[Act]:
    """The acts of making bundles of a case, the latest first."""
    return [act for act in acts.acts(tx, about=f"case {reference}", limit=MOST_ACTS) if act.what == MADE]


def name_of(file: CaseFile) -> str:
    """What a bundle's folder is called."""
    return f"{file.reference}-proof"


def put_into(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a bundle into a folder that is new or empty. Raises Refused where something is in it already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"There is something in {folder} already. Name a new folder.")
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
