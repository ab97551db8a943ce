"""The papers for a review panel as one tagged PDF: the case, the appeal, what happened, every letter and document.

The first pages are made from the record; the letters follow as they were sent, then the PDF documents, in the order of
the case. Contents and the list of documents say on which page each stands, and name what cannot be shown on paper.
Private answers (health, vulnerability, adjustments) are left out.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine import case_words
from engine.case_words import moment_in_words
from engine.events import CONFLICT_DECLARED, RECEIVED, CaseEvent, first
from engine.fonts import Data
from engine.pack_documents import Paper, listed_papers, papers_of, without_broken
from engine.pdf_pages import CannotJoin, joined, pages_of
from engine.policy import Stage, bare, stage_of
from engine.rights import is_considering
from engine.store.documents import DocumentRow
from engine.typesetting import TEMPLATES, CannotSet, typeset
from engine.wordings import day_in_words

if TYPE_CHECKING:
    from engine.case_files import CaseFile
    from engine.office import Office

TEMPLATE = "pack.typ"
TRIES = 4  # how often page numbers are worked out anew: a longer number may need a line more, and settles at once
FOOT = "Answers about health, personal circumstances and adjustments are private and are not in these papers."


def pack(office: Office, file: CaseFile, documents: Sequence[tuple[DocumentRow, bytes]]) -> bytes:
    """The papers of a case for its panel with these documents, as the case stands.

    A picture or PDF that turns out to be damaged is only named. Raises CannotSet.
    """
    about, papers = _about(office, file), papers_of(documents)
    with tempfile.TemporaryDirectory(prefix="redress-pack-") as name:
        folder = Path(name)
        for template in TEMPLATES.glob("*.typ"):
            shutil.copy(template, folder)
        for paper in papers:
            if paper.how == "picture":
                (folder / paper.file).write_bytes(paper.content)
        try:
            return _followed(_first_pages(about, papers, file, folder), papers)
        except (CannotSet, CannotJoin):
            papers = without_broken(papers, folder)
            return _followed(_first_pages(about, papers, file, folder), papers)


def _followed(made: bytes, papers: Sequence[Paper]) -> bytes:
    later = [paper.added for paper in papers if paper.how == "pages"]
    return joined(made, later) if later else made


def _first_pages(about: dict[str, Data], papers: Sequence[Paper], file: CaseFile, folder: Path) -> bytes:
    """The pages made from the record, with the numbers of those that follow them."""
    pages, made = 1, b""
    for _ in range(TRIES):
        data = {**about, **listed_papers(papers, pages)}
        made = typeset(TEMPLATE, data, file.standing.ledger.today, root=folder)
        counted = pages_of(made)
        if counted == pages:
            break
        pages = counted
    return made


def _about(office: Office, file: CaseFile) -> dict[str, Data]:
    version = file.governing.version
    landlord = version.landlord if version else office.policies().get(file.policy, "")
    stage = _panel_stage(file)
    appeal = _last(file, "requested", stage)
    met = _last(file, "panel_met", stage)
    return {
        "title": f"Papers for the review panel: {file.reference}",
        "reference": file.reference,
        "landlord": landlord,
        "head": [{"label": label, "answer": answer} for label, answer in _head(file, stage) if answer],
        "appeal_lines": [_how_it_came(appeal)],
        "appeal": _answers(office, file, appeal),
        "panel_lines": list[Data](_panel_lines(file)),
        "considered": list[Data](_who_considered(file)),
        "panel": _answers(office, file, met),
        "chronology": [_entry(office, file, event) for event in file.events],
        "foot": [FOOT],
    }


def _head(file: CaseFile, stage: Stage | None) -> Iterator[tuple[str, str]]:
    version, seen = file.governing.version, file.standing.ledger
    receipt = first(file.events, RECEIVED)
    yield "Reference", file.reference
    if receipt:
        yield "Resident", receipt.text("resident")
        yield "Speaks for them", receipt.text("representative")
        yield "Address", "\n".join(one for one in (receipt.text("address"), receipt.text("postcode")) if one)
        yield "Received", moment_in_words(receipt.happened)
        yield "What happened", receipt.text("description")
        yield "What would put things right", receipt.text("outcome_sought")
    yield "Policy", version.title if version else file.governing.why
    if stage:
        yield "Stage", stage.title
        for name, words in (("panel", "The panel meets by"), ("response", "The answer is due by")):
            deadline = seen.deadlines.get(f"{stage.key}.{name}")
            yield words, day_in_words(deadline.due) if deadline and deadline.due else ""
    yield "Papers as of", day_in_words(seen.today)


def _panel_stage(file: CaseFile) -> Stage | None:
    """The stage whose panel the papers are for: the last one with a panel that the case has come to."""
    version = file.governing.version
    if version is None:
        return None
    met = {stage_of(event.name) for event in file.events} | {file.standing.stage}
    return next((one for one in reversed(version.stages) if one.panel and one.key in met), None)


def _last(file: CaseFile, name: str, stage: Stage | None) -> CaseEvent | None:
    """The last event of that bare name, of the panel's stage where there is one."""
    found = [event for event in file.events if bare(event.name) == name]
    own = [event for event in found if stage is None or stage_of(event.name) == stage.key]
    return next(reversed(own or found), None)


def _how_it_came(appeal: CaseEvent | None) -> str:
    if appeal is None:
        return "No request for this stage is recorded."
    return f"The resident asked for this stage on {moment_in_words(appeal.happened)}."


def _panel_lines(file: CaseFile) -> Iterator[str]:
    for event in file.events:
        if event.name == CONFLICT_DECLARED:
            who = event.text("person_name") or event.by_name
            yield f"{who} declared a conflict of interest on {day_in_words(event.day)}, and must not sit."
    if list(_who_considered(file)):
        yield "These people considered the complaint earlier, and must not sit on the panel:"
    else:
        yield "Nobody is recorded as having considered the complaint earlier."


def _who_considered(file: CaseFile) -> Iterator[str]:
    version, panel = file.governing.version, _panel_stage(file)
    told = set()
    for event in file.events:
        key = stage_of(event.name)
        is_panel_s_own = panel is not None and key == panel.key
        if is_considering(event) and not is_panel_s_own and (event.by_name, key) not in told:
            told.add((event.by_name, key))
            titled = version.stage(key).title if version and key and version.has_stage(key) else ""
            yield f"{event.by_name}, {titled}" if titled else event.by_name


def _entry(office: Office, file: CaseFile, event: CaseEvent) -> Data:
    return {
        "when": moment_in_words(event.happened),
        "title": case_words.title(file.governing.version, event.name),
        "by": event.by_name,
        "answers": _answers(office, file, event),
    }


def _answers(office: Office, file: CaseFile, event: CaseEvent | None) -> list[Data]:
    told = case_words.said(office, file, event) if event else []
    return [{"label": label, "answer": answer} for label, answer in told]
