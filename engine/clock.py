"""The only module that looks at the clock; everything else is told what time it is."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Something that says what time it is: an aware datetime in UTC. Given to whatever must ask more than once."""


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
