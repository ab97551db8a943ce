"""What an installation decides is kept as it was decided, and is the default until then."""

from __future__ import annotations

from typing import Any

import pytest

from engine.office import Office
from engine.store import settings


@pytest.mark.parametrize("value", [True, False, "words", 3, {"a": [1, 2]}, []])
def test_a_setting_is_the_default_until_it_is_decided_and_then_what_was_decided_last(office: Office, value: Any):
    with office.database.reading() as tx:
        assert settings.get(tx, "anything") is None
        assert settings.get(tx, "anything", "the default") == "the default"
    for one in ("before", value):
        with office.database.writing() as tx:
            settings.put(tx, "anything", one)
    with office.database.reading() as tx:
        assert settings.get(tx, "anything", "the default") == value


def test_a_setting_is_kept_on_either_database(any_office: Office):
    with any_office.database.writing() as tx:
        settings.put(tx, "moving_cases", True)
        settings.put(tx, "moving_cases", False)
    with any_office.database.reading() as tx:
        assert settings.get(tx, "moving_cases", True) is False
