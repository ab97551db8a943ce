"""An installation at work: its database, the versions sealed in it, and the rulebooks cases are worked by.

Versions are parsed once and shared between cases and requests. What is dated and no promise of ours (law, addresses)
comes from the library the program ships; calendars come from the database, where an office adds to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from engine import publishing
from engine.calendars import Calendar
from engine.dated_data import law_ended
from engine.forms import Form
from engine.letter_files import letters_path, read_letters
from engine.letters import LetterTemplate
from engine.library import Library
from engine.policy import PolicyVersion, governing
from engine.policy_files import read_version
from engine.problems import Broken
from engine.process import definition_of
from engine.replay import Rulebook, spine_of
from engine.store import library as stored
from engine.store.database import Database
from engine.workflow_files import read_workflows
from engine.workflows import Workflows

COMPLAINT = "complaint_received"


@dataclass(frozen=True)
class Shelved:
    """A sealed version as used: its rulebook, its seal and its id in the database."""

    book: Rulebook
    seal: str
    id: int | None


@dataclass(frozen=True)
class Office:
    """What every verb is given. `shelf` is the shipped library, whose dated data holds here too."""

    database: Database
    shelf: Library
    shelved: Mapping[str, Shelved] = field(default_factory=dict)

    def versions_of(self, policy: str) -> list[PolicyVersion]:
        """The sealed versions of a policy, the one that began first first."""
        found = [one.book.version for one in self.shelved.values() if one.book.version.policy == policy]
        return sorted(found, key=lambda version: version.in_force_from)

    def policies(self) -> dict[str, str]:
        """Each policy's key and the landlord whose it is."""
        return {one.book.version.policy: one.book.version.landlord for one in self.shelved.values()}

    def governing(self, policy: str, received: date) -> PolicyVersion | None:
        """The version in force on a day of receipt, None where there was none."""
        return governing(self.versions_of(policy), received)

    def book(self, version: PolicyVersion) -> Rulebook:
        """The rules a version's cases are worked by. Raises KeyError for one that is not sealed here."""
        return self.shelved[version.key].book

    def seal(self, version: PolicyVersion | None) -> str | None:
        return self.shelved[version.key].seal if version else None

    def version_id(self, version: PolicyVersion | None) -> int | None:
        return self.shelved[version.key].id if version else None

    def prefix(self, policy: str) -> str:
        """How the references of a policy's cases begin: the initials of its key, SEH for south-essex-homes."""
        return "".join(word[0] for word in policy.split("-")).upper()

    def complaint_form(self, policy: str, version: PolicyVersion | None) -> Form:
        """The form a complaint is logged with; where no version governs, that of the policy's first version."""
        chosen = version or next(iter(self.versions_of(policy)))
        book = self.book(chosen)
        definition = book.message(COMPLAINT)
        assert definition is not None  # every library that loads has it
        return book.form(COMPLAINT, definition.form)

    def pinned(self, policy: str, version: str) -> Office:
        """The office as if that were the policy's only version, in force for ever: for an example that names it."""
        kept = {}
        for key, one in self.shelved.items():
            if one.book.version.policy != policy:
                kept[key] = one
            elif one.book.version.version == version:
                ever = replace(one.book.version, in_force_from=date.min)
                kept[key] = replace(one, book=replace(one.book, version=ever))
        return replace(self, shelved=kept)


def open_office(database: Database, shelf: Library, now: datetime) -> tuple[Office, publishing.Imported]:
    """Open an installation: bring in what is shipped and not yet sealed, and read every sealed version.

    Raises Broken where a sealed version can no longer be read by this program.
    """
    with database.writing() as tx:
        imported = publishing.import_shipped(tx, shelf, now)
    return office_of(database, shelf), imported


def office_of(database: Database, shelf: Library) -> Office:
    """The office as its database has it now."""
    with database.reading() as tx:
        shelved = {}
        for row in stored.versions(tx):
            files, key = stored.version_files(tx, row.id), f"{row.policy}/{row.version}"
            version, workflows = sealed(files, key)
            calendar = stored.calendar_named(tx, version.calendar) or shelf.calendars[version.calendar]
            book = rulebook(version, workflows, calendar, law_ended(shelf.law), sealed_letters(files, key))
            shelved[version.key] = Shelved(book, row.seal, row.id)
    return Office(database, shelf, shelved)


def sealed(files: Mapping[str, bytes], key: str) -> tuple[PolicyVersion, Workflows]:
    """A sealed version and its workflows, read from its own files. It was checked when it was sealed; files of other
    versions that it refers to (the tasks of another spine) are not there, and are not asked for."""
    path = f"policies/{key}.yaml"
    version, problems = read_version(files[path], path)
    if version is None:
        raise Broken(problems)
    return version, read_workflows(files)[0]


def sealed_letters(files: Mapping[str, bytes], key: str) -> Mapping[str, LetterTemplate]:
    """The letters of a sealed version by name; none where it was sealed without any."""
    path = letters_path(f"policies/{key}.yaml")
    if path not in files:
        return {}
    letters, problems = read_letters(files[path], path)
    if letters is None:
        raise Broken(problems)
    return letters.templates


def rulebook(
    version: PolicyVersion,
    workflows: Workflows,
    calendar: Calendar,
    ended: Mapping[str, date],
    letters: Mapping[str, LetterTemplate],
) -> Rulebook:
    """The rules a version's cases are worked by, with its diagrams parsed once and shared, and its letters."""
    return Rulebook(version, workflows, definition_of(workflows.clean, spine_of(version)), calendar, ended, letters)
