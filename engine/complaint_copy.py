"""A copy of the complaint as it was logged, as a PDF for the landlord's document store (the 2018 policy, 2.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import case_words
from engine.case_words import moment_in_words
from engine.events import RECEIVED, first, local_day
from engine.fonts import Data
from engine.refusals import Refused
from engine.typesetting import typeset
from engine.wordings import day_in_words

if TYPE_CHECKING:
    from engine.case_files import CaseFile
    from engine.office import Office

TEMPLATE = "complaint.typ"


def complaint_pdf(office: Office, file: CaseFile) -> bytes:
    """Every answer of the form by its label, when the complaint came and when it was logged; private answers left out.

    The same record gives the same bytes, so that filing it again changes nothing. Raises Refused for a case that holds
    no receipt any more.
    """
    receipt = first(file.events, RECEIVED)
    if receipt is None:
        raise Refused("There is no complaint to copy: its receipt was struck out of the record.")
    version = file.governing.version
    answers = case_words.said(office, file, receipt)
    landlord = version.landlord if version else office.policies().get(file.policy, "")
    governed = f"Dealt with under: {version.title}." if version else file.governing.why
    head = [
        f"Received {moment_in_words(receipt.happened)}. Logged on {day_in_words(local_day(receipt.recorded))}"
        + (f" by {receipt.by_name}." if receipt.by_name else "."),
        governed,
    ]
    data: dict[str, Data] = {
        "title": f"Complaint {file.reference}".strip(),
        "reference": file.reference,
        "landlord": landlord,
        "head": list[Data](head),
        "answers": [{"label": label, "answer": answer} for label, answer in answers],
        "foot": ["Answers about health, personal circumstances and adjustments are private and are not in this copy."],
    }
    return typeset(TEMPLATE, data, local_day(receipt.recorded))
