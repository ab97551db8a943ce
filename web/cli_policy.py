"""`redress policy`: everything the policy studio does, one verb each, through the same functions as its pages."""

from __future__ import annotations

import click

from web import cli_approval, cli_changes, cli_drafts, cli_simulation, cli_stages, cli_studies, cli_trees, cli_versions
from web.cli_words import InOrder


@click.group(cls=InOrder, short_help="Everything the policy studio does.")
def policy() -> None:
    """Read policies, change them as drafts, try a draft out, have it approved, publish it.

    Whoever acts is named with --as by their sign-in name: their roles are asked as in the browser, and nobody both
    writes and approves one version. A draft is named by its number, or by the policy/version it will be.

    \b
    redress policy list
    redress policy draft begin council-housing/two-stage-2024 two-stage-2027 --from 2027-04-01 --as ann
    redress policy ask council-housing/two-stage-2027 --as ann
    redress policy approve council-housing/two-stage-2027 --body Cabinet --minute "12 of 3 March" --as bo
    redress policy publish council-housing/two-stage-2027 --as bo
    """


for verb in (
    cli_versions.list_versions,
    cli_versions.show,
    cli_versions.diff,
    cli_versions.yardstick,
    cli_trees.export,
    cli_trees.bring,
    cli_drafts.draft,
    cli_simulation.simulate,
    cli_studies.compare,
    cli_studies.closed_cases,
    cli_approval.ask,
    cli_approval.take_back,
    cli_approval.send_back,
    cli_approval.approve,
    cli_approval.publish,
    cli_approval.withdraw,
    cli_simulation.moving,
    cli_simulation.move,
    cli_simulation.move_back,
):
    policy.add_command(verb)

for verb in (cli_stages.add_stage, cli_stages.stage, cli_stages.move_stage, cli_stages.remove_stage):
    cli_changes.change.add_command(verb)
