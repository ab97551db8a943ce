"""The policies: each with its versions on a time line, and each version as people read it: its promises with where they
are written, who does what, its letters, the readings chosen, how it answers for its source, where it falls short of the
Code, and the seal that proves the text.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, current_app, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from engine import drafting
from engine.dated_data import Contact, Law
from engine.forms import Form
from engine.policy import Citation, PolicyVersion, Stage
from engine.replay import Rulebook
from engine.store.governed import Governed, governed
from engine.wordings import listed
from web import (
    current,
    decision_words,
    diagrams,
    event_words,
    names,
    policy_letters,
    policy_timeline,
    policy_words,
    studio,
    studio_ahead,
    wording,
)
from web.access import may

pages = Blueprint("policies", __name__, url_prefix="/policies")

DESIGNATED = {"mp": "a Member of Parliament", "councillor": "a local councillor", "tenant_panel": "a tenant panel"}
LAW = ("ombudsman_wait", "designated_person", "direct_access")

Answer = str | Response | tuple[str, int]


@pages.get("")
@may("signed_in")
def page() -> Answer:
    """Every policy with its versions and the days of receipt they govern."""
    office = current.office()
    found = [
        (key, landlord, policy_timeline.entries(key, _counted(key)))
        for key, landlord in sorted(office.policies().items(), key=lambda item: item[1])
    ]
    return render_template("policies.html", policies=found)


@pages.get("/<policy>")
@may("signed_in")
def policy(policy: str) -> Answer:
    """One policy: its versions on a time line with the cases each governs, and its drafts for who may see them."""
    office = current.office()
    landlord = office.policies().get(policy) or abort(404)
    counted = _counted(policy)
    found = policy_timeline.entries(policy, counted)
    drafts = drafting.drafts_of(office, [policy]) if studio.may_look(policy) else []
    return render_template(
        "policy_timeline.html",
        policy=policy,
        landlord=landlord,
        entries=found,
        drawing=policy_timeline.drawn(found),
        held=counted.without,
        drafts=[row for row in drafts if row.state in ("drafting", "asked", "approved")],
        states=studio.STATES,
        in_force=office.governing(policy, current.today()),
        links=_links,
    )


@pages.get("/<policy>/<version>")
@may("signed_in")
def version(policy: str, version: str) -> Answer:
    """One version, whole."""
    office = current.office()
    shelved = office.shelved.get(f"{policy}/{version}") or abort(404)
    found, book = shelved.book.version, shelved.book
    return render_template(
        "policy.html",
        version=found,
        entry=next(one for one in policy_timeline.entries(policy, _counted(policy)) if one.version == found),
        seal=shelved.seal,
        letters=policy_letters.letters(book),
        links=_links,
        counting=policy_words.counting(found),
        channels=_channels(book),
        stages=[_stage(found, one) for one in found.stages],
        of_the_case=policy_words.promises(found, None),
        decisions=decisions(book),
        rules=[(one, cited(found, one.cites)) for one in found.rules.values()],
        roles=[(one, cited(found, one.cites)) for one in found.roles.values()],
        figure=figure(book),
        stage_figures=_stage_figures(book),
        clauses=policy_words.answered_for(book),
        against=policy_words.against_the_code(found),
        sure=policy_words.SURE,
        landlord_contacts=_by_date(office.shelf.contacts.get(policy, ())),
        ombudsman_contacts=_by_date(_ombudsmen(found)),
        law=_law(found),
    )


def ends(version: PolicyVersion) -> date | None:
    """The last day of receipt a version governs; None for the one in force."""
    return policy_timeline.ends(version)


def figure(book: Rulebook) -> Markup:
    """The spine of a version, with nothing on it."""
    diagram = book.workflows.diagrams[book.spine]
    said = "What may happen, from the complaint to the end. Each stage has a process of its own."
    return diagrams.svg(diagram, title=f"The whole of {book.version.title}", description=said, key="spine")


def decisions(book: Rulebook) -> list[tuple[str, list[decision_words.Row]]]:
    """The decision tables in words, with what each is about."""
    found = []
    for key in book.version.decisions:
        definition = next((one for (_, own), one in book.workflows.tasks.items() if own == key), None)
        if definition:
            asking, complaint = book.form(key, definition.form), [_complaint_form(book)]
            rows = decision_words.table(book.version, key, asking, complaint)
            found.append((event_words.task_title(book, key), rows))
    return found


def cited(version: PolicyVersion, cites: tuple[Citation, ...]) -> str:
    """Citations in words."""
    return "; ".join(names.citation(version, one) for one in cites)


def _complaint_form(book: Rulebook) -> Form:
    return current.office().complaint_form(book.version.policy, book.version)


def _counted(policy: str) -> Governed:
    with current.database().reading() as tx:
        return governed(tx, policy)


def _links(version: PolicyVersion) -> dict[str, str]:
    """What can be done with a version by whoever is signed in: its leaflet, its files, a draft for an author; and why
    an approver cannot withdraw it (`stays`)."""
    found = {"leaflet": url_for("leaflet.page", policy=version.policy, version=version.version)}
    if "policy_files.export" in current_app.view_functions:
        found["export"] = url_for("policy_files.export", policy=version.policy, version=version.version)
    if studio.may_approve(version.policy) and not current.office().shelved[version.key].is_withdrawn:
        found["stays"] = studio_ahead.why_not_withdrawn(version)
        if not found["stays"]:
            found["withdraw"] = url_for("studio_withdrawal.page", policy=version.policy, version=version.version)
    if studio.may_author(version.policy):
        found["change"] = url_for("studio.begin_page", policy=version.policy, version=version.version)
    return found


def _stage_figures(book: Rulebook) -> list[tuple[str, Markup]]:
    """How a stage is worked, once for each process the diagram of the whole calls, with the stages it is for."""
    stages: dict[str, list[str]] = {}
    for node, process in book.workflows.calls(book.spine)[1:]:
        stages.setdefault(process, []).append(names.stage(book.version, node) if node != "intake" else "Intake")
    found = []
    for process, titles in stages.items():
        diagram = book.workflows.diagrams.get(process)
        if diagram is not None:
            title = f"How {listed(titles)} {'are' if len(titles) > 1 else 'is'} worked"
            said = diagram.documentation or diagram.name
            found.append((title, diagrams.svg(diagram, title=title, description=said, key=process)))
    return found


def _stage(version: PolicyVersion, stage: Stage) -> dict[str, object]:
    """A stage with who does what in it."""
    lanes = [("Considers it", stage.handler), ("Convenes and writes", stage.panel), ("Writes for it", stage.desk)]
    who = [(words, names.role(version, role)) for words, role in lanes if role]
    if not stage.is_external and not stage.desk:
        is_acknowledged = version.deadline(f"{stage.key}.acknowledgement") is not None
        words = "Acknowledges and keeps the record" if is_acknowledged else "Keeps the record"
        who.append((words, names.role(version, version.desk)))
    apart = [names.stage(version, key) for key in stage.not_the_same_person_as]
    return {
        "stage": stage,
        "who": [*who, *([("Never the same person as at", ", ".join(apart))] if apart else [])],
        "promises": policy_words.promises(version, stage.key),
        "cites": cited(version, stage.cites),
        "designated": [DESIGNATED.get(one, wording.plain(one).lower()) for one in stage.designated_person],
    }


def _channels(book: Rulebook) -> list[str]:
    question = _complaint_form(book).field("channel")
    return [question.choices.get(one, one) if question else one for one in book.version.channels]


def _law(version: PolicyVersion) -> list[Law]:
    """The law that bears on the version: for those that made residents wait, the wait and its end."""
    law = current.office().shelf.law
    makes_wait = any(rule.ended_by_law for rule in version.deadlines)
    return [law[key] for key in (LAW if makes_wait else LAW[2:]) if key in law]


def _ombudsmen(version: PolicyVersion) -> list[Contact]:
    contacts = current.office().shelf.contacts
    names_none = any(one.is_external and "relevant" in one.title.lower() for one in version.stages)
    keys = ("housing-ombudsman", "local-government-ombudsman") if names_none else ("housing-ombudsman",)
    return [one for key in keys for one in contacts.get(key, ())]


def _by_date(contacts: tuple[Contact, ...] | list[Contact]) -> list[Contact]:
    return sorted(contacts, key=lambda one: (one.key, one.begins), reverse=True)
