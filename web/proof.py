"""The sealed bundle of a case, made in the browser: what shall be in it is asked, that it was made is recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from flask import Blueprint, render_template, request, send_file
from werkzeug.wrappers import Response

from engine import evidence, steps, verify_bundle
from engine.case_files import CaseFile
from engine.evidence_bundle import Wanted
from engine.forms import Field, Form, check_answers
from engine.refusals import Refused
from engine.store import checkpoints, documents
from engine.store.acts import Act
from engine.store.documents import LETTER, PACK
from web import answers, current, forms, proof_making, record_words
from web.access import may

pages = Blueprint("proof", __name__, url_prefix="/cases/<reference>/proof")

PARTS = {"private": "Private answers", "documents": "Documents that the resident and others sent"}
FORM = Form(
    "proof",
    "Make the bundle",
    (
        Field(
            "parts",
            "What else should be in it, besides the record and our letters?",
            "choices",
            "Private answers are about health, circumstances and adjustments. Choose only what is asked for.",
            choices=PARTS,
        ),
        Field(
            "why",
            "Who is it for, and why?",
            "text",
            "For example, the Housing Ombudsman, who asked for it. It stays in the record, so name no resident.",
            required=True,
        ),
    ),
)

MOST_SHOWN = 20

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("compliance")
def page(reference: str) -> Answer:
    """What a bundle is, and the form that asks what shall be in it."""
    return _page(_file(reference))


@pages.post("")
@may("compliance")
def make(reference: str) -> Answer:
    """Make the bundle, record that, and give it as one zip."""
    file = _file(reference)
    typed = answers.read(FORM, request.form)
    given, wrong = check_answers(FORM, typed)
    if wrong:
        return _page(file, typed, wrong), 400
    parts = answers.as_list(given.get("parts"))
    wanted = Wanted(current.person().name, current.now(), "private" in parts, "documents" in parts)
    try:
        files = proof_making.made(current.office(), file, wanted, current.person_id(), str(given["why"]))
    except Refused as refused:
        return _page(file, typed, {"why": str(refused)}), 409
    name = proof_making.name_of(file)
    packed = BytesIO(verify_bundle.zipped(files, name))
    return send_file(packed, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip")


def _file(reference: str) -> CaseFile:
    return steps.seen_by(current.office(), reference, current.person(), current.now())


@dataclass(frozen=True)
class Made:
    """A bundle that was made of a case: when, by whom, for whom, and its seal in groups."""

    at: datetime
    who: str
    why: str
    seal: str


def _made(reference: str) -> list[Made]:
    """The bundles that were made of a case, the latest first, as the record has them."""
    with current.database().reading() as tx:
        done = proof_making.made_of(tx, reference)[:MOST_SHOWN]
    names = record_words.people_named() if done else {}
    return [_told(act, names) for act in done]


def _told(act: Act, names: Mapping[int, str]) -> Made:
    said = act.detail or {}
    who = names.get(act.person_id, "") if act.person_id else str(said.get("account", ""))
    return Made(act.at, who, str(said.get("why", "")), evidence.in_groups(str(said.get("manifest", ""))))


def _page(file: CaseFile, typed: answers.Answers | None = None, wrong: Mapping[str, str] | None = None) -> str:
    assert file.row is not None  # a case that is opened has one
    with current.database().reading() as tx:
        rows, last = documents.of_case(tx, file.row.id), checkpoints.latest(tx)
    return render_template(
        "proof.html",
        file=file,
        fields=forms.fields(FORM, typed or {}, wrong or {}, asks_when=False),
        problems=forms.error_list(FORM, wrong or {}),
        letters=sum(row.kind == LETTER for row in rows),
        documents=sum(row.kind not in (LETTER, PACK) for row in rows),
        last=last,
        made=_made(file.reference),
        last_hash=evidence.in_groups(last.hash) if last else "",
    )
