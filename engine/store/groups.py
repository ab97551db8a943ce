"""Which cases belong to the groups a person works in, as a condition: what the inbox keeps in its keys, asked of cases.

For lists that are short by themselves (what is stuck, what waits for approval). The inbox has its keys in an index.
"""

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, and_, false, or_

from engine.store.case_rows import RESTRICTED
from engine.store.schema import complaint_case


def cases_of(keys: Collection[str], *, role: Column[str] | None = None) -> ColumnElement[bool]:
    """That a case lies in one of these groups: `policy:role:area`, or `policy:role` for every area, as `keys_of` gives.

    Restricted cases are in groups of their own. With `role` that column must name the group's role; without it any
    role in the policy and area will do.
    """
    return or_(false(), *(_in_group(key, role) for key in sorted(set(keys))))


def _in_group(key: str, role: Column[str] | None) -> ColumnElement[bool]:
    policy, of_role, *area = key.removesuffix(RESTRICTED).split(":")
    wanted: list[ColumnElement[bool]] = [
        complaint_case.c.policy == policy,
        complaint_case.c.restricted.is_(key.endswith(RESTRICTED)),
    ]
    wanted += [complaint_case.c.area.is_not_distinct_from(each or None) for each in area]
    wanted += [] if role is None else [role == of_role]
    return and_(*wanted)
