"""The plain letters of a stage nobody has written for yet: each is whole once its form is filled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from engine import draft_library, library, made_up_case, stage_letters, stage_stories, version_editing, yaml_editing
from engine.clock import now
from engine.draft_library import Checked
from engine.letters import Letter
from engine.office import Office, open_office
from engine.store.database import migrate, open_database
from engine.version_order import with_clauses_kept
from engine.version_text import letters_of

ROOT = Path(__file__).resolve().parents[2]
SHELF, _ = library.load(ROOT)
HEAD = "policy: {}\nversion: {}\nletters:\n  zzz: {{title: x, subject: x, parts: {{a: x}}}}\n"


@pytest.fixture(scope="module")
def empty() -> Iterator[Office]:
    """An installation without a version of its own."""
    database = open_database("sqlite://")
    migrate(database)
    yield replace(open_office(database, SHELF, now())[0], shelved={})
    database.close()


def plain(key: str) -> dict[str, bytes]:
    """A version with a panel and a second look at its end, and with no words of its own in any letter."""
    version = SHELF.versions[key]
    files = stage_stories.without_lost(SHELF.files_of(version), version.file)
    last = [stage.key for stage in version.stages if not stage.is_external][-1]
    files = version_editing.add_stage(
        files, SHELF, version.file, key="review", title="Review panel", kind="review_panel", after=last,
        within="15 working days", window="20 working days",
    )  # fmt: skip
    files = version_editing.add_stage(
        files, SHELF, version.file, key="second_look", title="Second look", after="review", within="20 working days",
        handler=list(version.roles)[1], acknowledge_within="5 working days", extension="10 working days",
    )  # fmt: skip
    place = letters_of(files, version.file)
    assert place is not None
    bare = {**files, place: HEAD.format(version.policy, version.version).encode()}
    found = stage_letters.with_letters(bare, version.file)
    found[place] = yaml_editing.remove(found[place].decode(), ("letters", "zzz")).encode()
    return with_clauses_kept(files, found, version.file)


def letter(office: Office, draft: Checked, event: str, *, only_needed: bool) -> Letter:
    """The letter that goes with an event of a made-up case."""
    assert draft.version is not None
    there = draft_library.office_with(office, draft)
    found = made_up_case.case_for(there, draft.version.policy, event, draft.version.in_force_from + timedelta(days=7))
    assert found is not None, event
    made = made_up_case.letter_for(found[0], there, event, found[1], only_needed=only_needed)
    assert made is not None, event
    return made


@pytest.mark.parametrize("key", ["council-housing/two-stage-2024", "south-essex-homes/four-stage"])
def test_every_plain_letter_is_whole_once_its_form_is_filled(key: str, empty: Office) -> None:
    files = plain(key)
    files = {path: text for path, text in files.items() if not path.endswith(".examples.yaml")}
    draft = draft_library.checked(empty, files, key)
    assert draft.book is not None, [str(one) for one in draft.wrong]
    for event in (
        "review.late_request_decided", "review.panel_postponed", "review.response_sent", "second_look.acknowledged",
        "second_look.extension_given", "second_look.response_sent", "stage_1.acknowledged", "stage_1.response_sent",
        "stage_1.apology_sent", "refusal_sent", "thanked", "withdrawal_confirmed", "authority_asked",
    ):  # fmt: skip
        made = letter(empty, draft, event, only_needed=False)
        assert made.stops() == [], event
        words = " ".join(block.text + " ".join(block.items) for block in made.blocks)
        assert "((" not in words
        assert "Jo Bennett" in words
        if event != "thanked":
            assert "mbudsman" in words or event == "authority_asked"


def test_a_letter_names_an_added_stage_with_an_article_and_a_numbered_one_by_its_title(empty: Office) -> None:
    files = {path: text for path, text in plain("council-housing/two-stage-2024").items() if "examples" not in path}
    draft = draft_library.checked(empty, files, "council-housing/two-stage-2024")

    def words(event: str) -> str:
        return " ".join(block.text for block in letter(empty, draft, event, only_needed=False).blocks)

    assert "You can take your complaint to the review panel." in words("stage_2.response_sent")
    assert "This is our response at the review panel." in words("review.response_sent")
    assert "This is our response at Stage 1." in words("stage_1.response_sent")
