"""Every version is worked from intake to the Ombudsman through its pages alone, by people who take turns."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine import steps
from engine.forms import Form, plausible
from engine.store import people
from engine.store.people import GrantRow
from tests.web import office_work
from web.answers import as_sent

VERSIONS = [
    ("south-essex-homes", "2018-03-06", "four-stage"),
    ("south-essex-homes", "2022-03-07", "three-stage-2018"),
    ("south-essex-homes", "2026-03-09", "two-stage-2024"),
    ("st-leger-homes", "2026-03-09", "two-stage-2024"),
    ("council-housing", "2026-03-09", "two-stage-2024"),
]
TODAY = {"happened-day": "10", "happened-month": "3", "happened-year": "2026"}
DAYS_TO_COME = {"remedy_by": "2026-04-01", "promised": "2026-03-12"}  # the policy's own is long past in a legacy case
MOST_STEPS = 30


def sent(form: Form, given: Mapping[str, object], day) -> dict[str, object]:
    """What a browser would send for a form filled as it asks."""
    data: dict[str, object] = dict(TODAY)
    for name, value in plausible(form, dict(given), day).items():
        field = form.field(name)
        if field is not None and field.type == "date":
            year, month, of_month = str(value).split("-")
            data |= {f"{name}-year": year, f"{name}-month": month, f"{name}-day": of_month}
        else:
            data[name] = value if isinstance(value, list) else as_sent(value)
    return data


def said_in_letters(form: Form, given: Mapping[str, object]) -> dict[str, str]:
    """Every question the resident reads the answer of, answered: a letter says more than its form asks for."""
    data: dict[str, str] = {}
    for field in form.fields:
        if field.type in ("text", "long_text") and field.name not in given and not field.required:
            data[field.name] = "As recorded."
        if field.name in DAYS_TO_COME:
            data |= office_work.on(DAYS_TO_COME[field.name], field.name)
    return data


@pytest.mark.parametrize(("policy", "received", "version"), VERSIONS)
def test_a_complaint_is_worked_to_the_ombudsman(office, as_person, clock, policy, received, version):
    everyone_may_do_everything(office, policy)
    reference = office_work.log(office, received, policy=policy)
    for _ in range(MOST_STEPS):
        file = steps.seen_by(office, reference, office_work.person(office, "officer"), clock())
        assert file.governing.version.version == version
        if file.standing.open_tasks:
            task = file.standing.open_tasks[0]
            who = "manager" if task.stage == "stage_2" else "officer"
            definition, key = file.book.task(task), task.key
            path, form, given = f"tasks/{key}", file.book.form(key, definition.form), definition.ordinary
        else:
            name = next(one for one in (*asking(file), "ombudsman.contacted") if one in file.standing.may_happen)
            who, given = "officer", {}
            path, form = f"record/{name}", file.book.form(name, file.book.message(name).form)
        address = f"/cases/{reference}/{path}"
        browser = as_person(who)
        page = browser.get(address)
        assert page.status_code == 200, address
        if "Preview the letter" in page.text:
            filled = {**sent(form, given, clock().date()), **said_in_letters(form, given)}
            answer = office_work.write_and_send(browser, address, **filled)
        else:
            answer = browser.post(address, data=sent(form, given, clock().date()))
        assert answer.status_code == 302, f"{address}: {answer.text}"
        if path == "record/ombudsman.contacted":
            return
    raise AssertionError("The Ombudsman was never reached.")


def asking(file) -> list[str]:
    """The requests for a next stage that may come now."""
    return [name for name in file.standing.may_happen if name.endswith(".requested")]


def everyone_may_do_everything(office, policy: str) -> None:
    """Two people hold every role of a policy, so that one can take what the other may not."""
    roles = {role for version in office.versions_of(policy) for role in version.roles}
    with office.database.writing() as tx:
        for sign_in in ("officer", "manager"):
            row = people.person_by_sign_in(tx, sign_in)
            for role in roles:
                people.give_grant(tx, row.id, given=GrantRow(policy, role))
