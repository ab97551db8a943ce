"""Writing a bundle down: what was gathered of a case as files by path, sealed by a manifest, and as one zip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import verify_bundle
from engine.evidence_bundle import Gathered
from engine.store import chain
from engine.verify_bundle import EVENTS, MANIFEST, PAGE, POINTS, WITHHELD

VERIFIER = Path(verify_bundle.__file__)
README = """\
Complaint {reference}: a sealed bundle

Begin with index.html: it opens in any browser and needs no network.

  index.html         what happened, in order; decisions, letters, dates; the policy then in force
  letters/           every letter as it was sent
  documents/         {documents}
  version/           the policy that governed the case, as it was sealed
  calendar.json      the days nobody works, each with the day that became known
  seals.json         which version of the policy, with its seal and who approved it
  events.json        everything recorded of the case, each entry with the hash of the one before it
  checkpoints.json   hashes of the whole record at certain days, and the way from this case to each
  manifest.json      the SHA-256 of every file
  verify.py          checks all of this, with nothing but Python 3.9 or newer: python verify.py .

{private}

What the check shows: no file of this bundle was changed since it was sealed; the events are an unbroken chain; each
letter is the one its event sent; the policy is the one that was sealed; and index.html says of each event what the
chain says. That nobody made up the whole bundle is shown by the hash of a checkpoint which reached you in another way,
in a mail or on the printed monthly report: python verify.py . --checkpoint HASH. Take verify.py from elsewhere, if you
can: its SHA-256 is {verifier}.

The sentences of index.html outside the list of events (dates worked out, letters as text, the policy in words) are made
by the program from what is checked here, and so are the documents of others as they were stored. That they are the
landlord's is shown by the seal, which is the SHA-256 of manifest.json and stands in the landlord's record. Ask for it
by telephone: python verify.py . --seal HASH. What happened can be read without index.html: python verify.py . --read.
"""


def bundle(gathered: Gathered, page: str) -> dict[str, bytes]:
    """The files of the bundle by path, with the page people read."""
    wanted, row = gathered.wanted, gathered.file.row
    assert row is not None
    verifier = VERIFIER.read_bytes()
    files = {
        **{paper.path: paper.content for paper in (*gathered.letters, *gathered.documents)},
        **gathered.version_files,
        EVENTS: _json({"case": row.reference, "events": list(gathered.links)}),
        POINTS: _json(list(gathered.points)),
        "calendar.json": _json(gathered.calendar),
        "seals.json": _json(list(gathered.seals)),
        "verify.py": verifier,
        PAGE: page.encode(),
    }
    files["README.txt"] = _readme(gathered, files).encode()
    manifest = {
        "format": verify_bundle.BUNDLE_FORMAT,
        "case": row.reference,
        "made": chain.instant_text(wanted.now),
        "made_by": wanted.by,
        "private": wanted.private,
        "documents": wanted.documents,
        "events": len(gathered.links),
        "head_hash": row.head_hash,
        "versions": {one["version"]: one["seal"] for one in gathered.seals},
        "absent": dict(gathered.absent),
        "files": {path: verify_bundle.sha256(content) for path, content in sorted(files.items())},
    }
    return {**files, MANIFEST: verify_bundle.sealed(manifest)}


def seal_of(files: Mapping[str, bytes]) -> str:
    """The hash of a whole bundle: that of its manifest's file."""
    return verify_bundle.sha256(files[MANIFEST])


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _readme(gathered: Gathered, files: Mapping[str, bytes]) -> str:
    wanted, row = gathered.wanted, gathered.file.row
    assert row is not None
    held = sum(link.get("state") == WITHHELD for link in gathered.links)
    without = f"""\
Private answers (health, circumstances, adjustments) were not asked for. An event that holds one is withheld: {held} of
{len(gathered.links)}. Its hash is in the chain; what index.html says of it is not checked."""
    return README.format(
        reference=row.reference,
        documents="what residents and others sent us" if wanted.documents else "(not asked for)",
        private="Private answers are in it: keep it as such." if wanted.private else without,
        verifier=verify_bundle.sha256(files["verify.py"]),
    )
