"""A letter that cannot be written or dated so says why in words of the case, and links to what can be done."""

from __future__ import annotations

import html
import re

from engine.store import people
from engine.store.people import GrantRow
from tests.unit.case_acts import COUNCIL, done, logged
from tests.web import office_work

ACKNOWLEDGE = "stage_1.acknowledge"


def said(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_a_letter_dated_before_the_step_it_needs_says_so_in_words_and_where_to_mend_it(office, as_person):
    reference, officer = office_work.log(office, "2026-03-06"), as_person("officer")
    office_work.complete(office, reference, "triage", "2026-03-09", kind="complaint", decision="complaint")
    path = f"/cases/{reference}/tasks/{ACKNOWLEDGE}"
    preview = office_work.write(officer, path, "2026-03-08", **office_work.ACKNOWLEDGED).headers["Location"]
    page = officer.get(f"{preview}?way=post")
    told = said(page).replace("\u201c", "'").replace("\u201d", "'")
    assert (
        "'Stage 1: acknowledgement sent' cannot have happened on 8 March 2026: 'Decided what this is' comes before it, "
        "and the case has that on 9 March 2026. Choose a day from 9 March 2026 on. If 'Decided what this is' happened "
        "earlier than recorded, correct its day first."
    ) in told
    assert f'href="/cases/{reference}/corrections/new?event=2"' in page.text
    assert "stage_1.acknowledged" not in said(page)


def test_whoever_was_involved_is_told_before_the_preview_to_declare_a_conflict(office, as_person):
    who = office_work.person(office, "manager")
    with office.database.writing() as tx:
        for role in ("complaints_officer", "service_manager"):
            people.give_grant(tx, int(who.id), given=GrantRow(COUNCIL, role))
    who = office_work.person(office, "manager")
    reference = logged(office, who, COUNCIL, "2026-03-06")
    for step in ("triage", ACKNOWLEDGE):
        done(office, reference, who, step, "2026-03-09")
    manager, path = as_person("manager"), f"/cases/{reference}/tasks/stage_1.respond"
    answer = office_work.write(manager, path, not_involved="no", decision="Typed before it was refused.")
    assert answer.status_code == 400
    assert "Somebody who was involved cannot write this answer" in said(answer)
    assert f'href="/cases/{reference}/record/conflict_declared"' in answer.text
    assert "Typed before it was refused." in answer.text
    assert manager.get(f"/cases/{reference}/record/conflict_declared").status_code == 200
    assert office_work.write(manager, path, not_involved="yes").status_code == 302
