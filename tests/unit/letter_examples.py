"""Letters to print in tests: a full acknowledgement, a short one, and one of any text."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

from pypdf import PdfReader

from engine.letters import Block, Letter, Sender

SENDER = Sender(
    "South Essex Homes",
    ("South Essex Homes", "Civic Centre", "Victoria Avenue", "Southend-on-Sea", "Essex", "SS2 6FY"),
    "0800 833 160",
    "complaints@seh.southend.gov.uk",
    "www.southessexhomes.co.uk",
)
ACKNOWLEDGEMENT = (
    Block("paragraph", "Dear Mrs Okafor"),
    Block("paragraph", "Thank you for telling us on 20 December 2024 that something has gone wrong."),
    Block("heading", "What we understand"),
    Block("paragraph", "The heating in your home has been broken since 29 November. You reported it four times."),
    Block("paragraph", "Two appointments were made and nobody came, and nobody told you why. " * 6),
    Block("heading", "What you would like to happen"),
    Block("bullets", items=("the heating to work before Christmas", "the cost of two electric heaters, about £84")),
    Block("heading", "What we are and are not responsible for"),
    Block("paragraph", "We are responsible for the boiler, and not for your energy supplier's tariff."),
    Block("heading", "What happens now"),
    Block("paragraph", "We will answer you in writing by 15 January 2025. We may take at most 10 more working days."),
    Block("heading", "The Housing Ombudsman"),
    Block("paragraph", "You may go to the Housing Ombudsman Service at any time."),
    Block("paragraph", "Housing Ombudsman Service\nPO Box 1484, Unit D, Preston, PR2 0ET\nTelephone 0300 111 3000"),
    Block("paragraph", "Yours sincerely"),
    Block("paragraph", "Amina Khan\nComplaints officer, South Essex Homes"),
)


def acknowledgement() -> Letter:
    """A full acknowledgement, on two pages."""
    return Letter(
        name="acknowledgement",
        title="Acknowledgement",
        subject="We have your complaint (SEH-2024-00012)",
        day=date(2024, 12, 27),
        reference="SEH-2024-00012",
        sender=SENDER,
        to_name="Mrs Grace Okafor",
        to_address=("14 Westcliff Gardens", "Southend-on-Sea", "Essex", "SS0 7QL"),
        blocks=ACKNOWLEDGEMENT,
        contents=(),
    )


def letter_saying(*texts: str, to_name: str = "Mrs Grace Okafor") -> Letter:
    """A letter whose paragraphs are these texts."""
    blocks = tuple(Block("paragraph", text) for text in texts)
    return replace(acknowledgement(), blocks=blocks, to_name=to_name)


def words_of(pdf: bytes) -> str:
    """All the text of a PDF in reading order, with every run of white space made one space."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
