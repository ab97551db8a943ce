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
from engine.refusals import OfficeChanged
from engine.replay import Rulebook, spine_of
from engine.store import library as stored
from engine.store import publications
from engine.store.database import Database, Transaction
from engine.store.publications import PublicationRow, Stamp, WithdrawalRow
from engine.workflow_files import read_workflows
from engine.workflows import Workflows

COMPLAINT = "complaint_received"


@dataclass(frozen=True)
class Shelved:
    """A sealed version as used: its rulebook, its seal and its id in the database.

    `known_from`: complaints logged earlier are not governed by it, whatever their day of receipt; None for those the
    installation began with. `publication` is None for what was shipped, `withdrawal` for what may govern.
    """

    book: Rulebook
    seal: str
    id: int | None
    known_from: datetime | None = None
    publication: PublicationRow | None = None
    withdrawal: WithdrawalRow | None = None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawal is not None


@dataclass(frozen=True)
class Office:
    """What every verb is given. `shelf` is the shipped library, whose dated data holds here too; `calendars` are those
    of the database; `stamp` tells whether versions or calendars changed since the office was read."""

    database: Database
    shelf: Library
    shelved: Mapping[str, Shelved] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    stamp: Stamp | None = None

    def versions_of(self, policy: str) -> list[PolicyVersion]:
        """The sealed versions of a policy that were not withdrawn, the one that began first first."""
        all_of_it = (one for one in self.shelved.values() if one.book.version.policy == policy)
        found = [one.book.version for one in all_of_it if not one.is_withdrawn]
        return sorted(found, key=lambda version: version.in_force_from)

    def known_from(self, policy: str) -> dict[str, datetime]:
        """From when on complaints that are logged may fall under a version of a policy, by its key, where it was
        sealed after the installation began: a version never takes in what was logged before it was there (law 4)."""
        of_it = (one for one in self.shelved.values() if one.book.version.policy == policy)
        return {one.book.version.key: one.known_from for one in of_it if one.known_from is not None}

    def policies(self) -> dict[str, str]:
        """Each policy's key and the landlord whose it is."""
        return {one.book.version.policy: one.book.version.landlord for one in self.shelved.values()}

    def governing(self, policy: str, received: date, logged: datetime | None = None) -> PolicyVersion | None:
        """The version in force on a day of receipt, None where there was none; of those that were there when the
        complaint was logged, or of all there are."""
        known = self.known_from(policy) if logged else {}
        there = [one for one in self.versions_of(policy) if logged is None or known.get(one.key, logged) <= logged]
        return governing(there, received)

    def book(self, version: PolicyVersion) -> Rulebook:
        """The rules a version's cases are worked by. Raises KeyError for one that is not sealed here."""
        return self.shelved[version.key].book

    def seal(self, version: PolicyVersion | None) -> str | None:
        return self.shelved[version.key].seal if version else None

    def version_id(self, version: PolicyVersion | None) -> int | None:
        return self.shelved[version.key].id if version else None

    def has_version(self, version_id: int) -> bool:
        """Whether the version of that id in the database is one this office was read with."""
        return any(one.id == version_id for one in self.shelved.values())

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
                kept[key] = replace(one, book=replace(one.book, version=ever), known_from=None, withdrawal=None)
        return replace(self, shelved=kept)


def open_office(database: Database, shelf: Library, now: datetime) -> tuple[Office, publishing.Imported]:
    """Open an installation: bring in what is shipped and not yet sealed, and read every sealed version.

    Raises Broken where a sealed version can no longer be read by this program.
    """
    with database.writing() as tx:
        imported = publishing.import_shipped(tx, shelf, now)
    return office_of(database, shelf), imported


def office_of(database: Database, shelf: Library, before: Office | None = None) -> Office:
    """The office as its database has it now. What `before` has read already and did not change is taken from there."""
    with database.reading() as tx:
        stamp, calendars = publications.stamp(tx), stored.calendars(tx)
        published, withdrawn = publications.publications(tx), publications.withdrawals(tx)
        rows = stored.versions(tx)
        began = min((row.sealed_at for row in rows), default=None)
        shelved = {}
        for row in rows:
            key = f"{row.policy}/{row.version}"
            known = None if row.sealed_at == began else row.sealed_at
            book = _book(tx, row.id, key, shelf, calendars, before)
            shelved[key] = Shelved(book, row.seal, row.id, known, published.get(row.id), withdrawn.get(row.id))
    return Office(database, shelf, shelved, calendars, stamp)


def _book(
    tx: Transaction, row_id: int, key: str, shelf: Library, calendars: Mapping[str, Calendar], before: Office | None
) -> Rulebook:
    there = before.shelved.get(key) if before else None
    if there is not None and there.id == row_id:
        calendar = _calendar(there.book.version, shelf, calendars)
        return there.book if there.book.calendar == calendar else replace(there.book, calendar=calendar)
    files = stored.version_files(tx, row_id)
    version, workflows = sealed(files, key)
    calendar = _calendar(version, shelf, calendars)
    return rulebook(version, workflows, calendar, law_ended(shelf.law), sealed_letters(files, key))


def _calendar(version: PolicyVersion, shelf: Library, calendars: Mapping[str, Calendar]) -> Calendar:
    return calendars.get(version.calendar) or shelf.calendars[version.calendar]


def is_stale(office: Office) -> bool:
    """Whether a version was sealed or withdrawn, or a calendar changed, since the office was read."""
    with office.database.reading() as tx:
        return publications.stamp(tx) != office.stamp


def refreshed(office: Office) -> Office:
    """The office as it is now: the same one where nothing changed since it was read."""
    return office_of(office.database, office.shelf, office) if is_stale(office) else office


def refuse_if_changed(tx: Transaction, office: Office) -> None:
    """Hold off publishing until this transaction is over, and raise OfficeChanged where a version was published or
    withdrawn since the office was read: what is logged now falls under the versions there are now."""
    publications.hold_off_publishing(tx)
    if office.stamp is not None and publications.stamp(tx)[:2] != office.stamp[:2]:
        raise OfficeChanged


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
