"""`redress`: the command line. Each verb parses its words, calls the engine, and says plainly what came of it.

The verbs stand beside each other in `web.cli_policies` (files and dates), `web.cli_policy` (the studio),
`web.cli_calendar`, `web.cli_cases` and `web.cli_verify` (what is recorded), `web.cli_office` (installations) and
`web.cli_demo`; this module puts them under one name.
"""

from __future__ import annotations

import click

from web import (
    cli_calendar,
    cli_cases,
    cli_demo,
    cli_disposal,
    cli_find,
    cli_office,
    cli_policies,
    cli_policy,
    cli_record_verbs,
    cli_report,
    cli_verify,
)
from web.cli_words import InOrder


@click.group(cls=InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="redress", message="redress %(version)s")
def main() -> None:
    """Runs a social landlord's complaints policy: every date right, every step recorded.

    To look around, run "redress demo": it makes an office with people and cases, and serves it on this machine.
    Every verb explains itself: "redress due --help".
    """


cli_report.report.add_command(cli_find.find)

for verb in (
    cli_demo.demo,
    cli_office.init,
    cli_office.serve,
    cli_office.worker,
    cli_policies.check,
    cli_policies.examples,
    cli_policies.due,
    cli_policy.policy,
    cli_calendar.calendar,
    cli_cases.case,
    cli_verify.verify,
    cli_report.report,
    cli_record_verbs.verbs,
    cli_disposal.verbs,
):
    main.add_command(verb)
