"""What is ahead of a draft: the later version that takes over from it, why its day cannot be, and why it cannot be
withdrawn once it is a version."""

from __future__ import annotations

from datetime import timedelta

from engine import publication_rules
from engine.policy import PolicyVersion
from engine.refusals import Refused
from engine.store import library as stored
from web import current, wording


def taken_over(version: PolicyVersion) -> str:
    """Until when a version governs where a later one is published already, in sentences; empty where none is.

    What is changed between two versions is in the later one only if somebody changes it there too.
    """
    office = current.office()
    later = [one for one in office.versions_of(version.policy) if one.in_force_from > version.in_force_from]
    if not later:
        return ""
    following = later[0]
    last = wording.day(following.in_force_from - timedelta(days=1))
    publication = office.shelved[following.key].publication
    of_this = publication is not None and publication.based_on == version.version
    more = (
        "" if of_this else " It is no copy of this one: what is changed here ends then, unless it is changed there too."
    )
    return f"It governs until {last}: “{following.title}” ({following.version}) takes over the next day.{more}"


def why_not_then(version: PolicyVersion) -> str:
    """Why the version cannot be in force from its day, in a sentence; empty where it can."""
    with current.database().reading() as tx:
        try:
            publication_rules.refuse_an_impossible_day(tx, version, current.now())
        except Refused as why:
            return str(why)
    return ""


def why_not_withdrawn(version: PolicyVersion) -> str:
    """Why a published version cannot be withdrawn, in sentences; empty where it can. The same test as the act's own."""
    with current.database().reading() as tx:
        row = stored.version_named(tx, version.policy, version=version.version)
        if row is None:
            return "It is not published."
        try:
            publication_rules.refuse_a_withdrawal(tx, current.office(), row)
        except Refused as why:
            return str(why)
    return ""
