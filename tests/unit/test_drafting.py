"""Laws of drafts: a copy that a check finds nothing wrong with, changed by several without one overwriting another."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import draft_library, drafting, drafting_words, example_files
from engine.drafting import Overtaken
from engine.drafting_copy import copied
from engine.library import Library
from engine.office import Office
from engine.policy_files import read_version
from engine.refusals import BadAnswers, Refused, Unknown
from engine.rights import APPROVER, AUTHOR, Grant
from engine.store import acts, policy_drafts
from tests.unit.casting import hired
from tests.unit.draft_acts import BASE, NEW, NOW, POLICY, approver, author, begun, rewritten

SHIPPED = [
    ("council-housing", "two-stage-2024"),
    ("south-essex-homes", "four-stage"),
    ("south-essex-homes", "three-stage-2018"),
    ("south-essex-homes", "two-stage-2024"),
    ("st-leger-homes", "two-stage-2024"),
]


def recorded(office: Office, key: str = f"{POLICY}/{NEW}") -> list[str]:
    with office.database.reading() as tx:
        return [one.what for one in reversed(acts.acts(tx, about=key))]


@pytest.mark.parametrize(("policy", "version"), SHIPPED)
def test_a_copy_of_a_shipped_version_has_no_problem_and_its_stories_pass(office: Office, policy: str, version: str):
    ann = hired(office, "Ann", Grant(policy, AUTHOR))
    draft = drafting.begin(office, policy, version, ann, NOW, version="next", in_force_from=date(2027, 1, 1))
    found = draft_library.checked(office, draft.files, draft.key)
    assert [str(one) for one in found.wrong] == []
    assert found.is_sound
    told = draft_library.stories(office, found)
    assert [str(failure) for one in told for failure in one.failures] == []
    assert len(told) >= 15
    assert {one.example.version for one in told} == {"next"}


def test_a_copy_has_the_files_of_what_is_sealed_under_its_own_name(any_office: Office):
    draft = begun(any_office, author(any_office))
    book = any_office.shelved[f"{POLICY}/{BASE}"].book
    assert draft.key == f"{POLICY}/{NEW}"
    assert {draft.path, draft.letters_path, draft.examples_path} < set(draft.files)
    assert not [path for path in draft.files if f"/{BASE}." in path and path.startswith("policies/")]
    version, problems = read_version(draft.files[draft.path], draft.path)
    assert problems == []
    assert (version.version, version.in_force_from) == (NEW, date(2026, 4, 1))
    assert version.title == book.version.title
    assert set(draft.numbers.values()) == {1}
    assert draft.author_ids == {draft.row.created_by}
    assert drafting.opened(any_office, draft.row.id) == draft
    assert [one.id for one in drafting.drafts_of(any_office, [POLICY])] == [draft.row.id]
    assert recorded(any_office) == ["began_draft"]


def test_every_comment_of_a_version_survives_in_its_copy(shelf: Library):
    for version in shelf.versions.values():
        files = shelf.files_of(version)
        copy = copied(files, version.policy, version.version, version="next", in_force_from=date(2027, 1, 1))
        was, now = files[version.file].decode(), copy[f"policies/{version.policy}/next.yaml"].decode()
        old, new = was.splitlines(), now.splitlines()
        changed = [(one, other) for one, other in zip(old, new, strict=True) if one != other]
        assert [one.partition(":")[0] for one, _ in changed] == ["version", "in_force_from"]
        assert [one.partition("#")[2] for one, _ in changed] == [other.partition("#")[2] for _, other in changed]


PRINTABLE = st.characters(blacklist_categories=["C", "Z"]) | st.just(" ")


def test_any_title_is_written_so_that_it_is_read_back(shelf: Library):
    files = shelf.files_of(shelf.versions[f"{POLICY}/{BASE}"])
    path = f"policies/{POLICY}/{NEW}.yaml"

    @given(st.text(alphabet=PRINTABLE, min_size=1, max_size=40).filter(str.strip))
    @settings(max_examples=60, deadline=None)
    @example("no")
    @example("null")
    @example("12")
    @example('"A" \\ b: c # d')
    def holds(title: str) -> None:
        copy = copied(files, POLICY, BASE, version=NEW, in_force_from=date(2026, 4, 1), title=title)
        read, problems = read_version(copy[path], path)
        assert [str(one) for one in problems] == []
        assert read.title == unicodedata.normalize("NFC", " ".join(title.split()))

    holds()


@pytest.mark.parametrize("version", ["no", "on", "null", "two-stage-2027"])
@pytest.mark.parametrize("title", ['"One # two"', "'It''s # one'", "One#two", '"One \\" # two"  # why'])
def test_names_and_titles_that_could_be_read_otherwise_stay_what_they_are(shelf: Library, version: str, title: str):
    files = shelf.files_of(shelf.versions[f"{POLICY}/{BASE}"])
    place = f"policies/{POLICY}/{BASE}.yaml"
    odd = {**files, place: re.sub(rb"^title: .*", lambda _: f"title: {title}".encode(), files[place], flags=re.M)}
    path = f"policies/{POLICY}/{version}.yaml"
    copy = copied(odd, POLICY, BASE, version=version, in_force_from=date(2027, 1, 1), title="Another")
    read, problems = read_version(copy[path], path)
    assert [str(one) for one in problems] == []
    assert (read.version, read.title) == (version, "Another")
    stories = draft_library.own_stories(copy, f"{POLICY}/{version}")
    assert {one.version for one in stories} == {version}
    assert not any(draft_library.speaks_of_others(one, version) for one in stories)


def test_stories_that_speak_of_other_versions_stay_behind(shelf: Library):
    version = shelf.versions["south-essex-homes/two-stage-2024"]
    copy = copied(
        shelf.files_of(version), version.policy, version.version, version="next", in_force_from=date(2027, 1, 1)
    )
    path = "policies/south-essex-homes/next.examples.yaml"
    old, _ = example_files.read(shelf.files_of(version)[path.replace("next", "two-stage-2024")], path)
    new, problems = example_files.read(copy[path], path)
    assert problems == []
    stay = [one.name for one in old.examples if not draft_library.speaks_of_others(one, "two-stage-2024")]
    assert [one.name for one in new.examples] == stay
    assert len(stay) < len(old.examples)
    assert b"two-stage-2024" not in copy[path]


@pytest.mark.parametrize(
    "name", ["", "A", "2027", "two stage", "../law", "x" * 70, "two--stage", "two-", "zwei_stufen", "é"]
)
def test_a_name_that_is_no_name_is_refused(office: Office, name: str):
    with pytest.raises(BadAnswers) as refused:
        begun(office, author(office), version=name)
    assert "small letters, digits and hyphens" in refused.value.errors["version"]


def test_a_name_that_is_taken_is_refused_and_free_again_when_a_draft_is_discarded(any_office: Office):
    ann = author(any_office)
    with pytest.raises(BadAnswers, match="There is a version 'two-stage-2024' of this policy already"):
        begun(any_office, ann, version=BASE)
    draft = begun(any_office, ann)
    with pytest.raises(BadAnswers, match="Somebody is at work on a draft called"):
        begun(any_office, ann)
    drafting.discard(any_office, draft.row.id, ann, NOW, "Not wanted")
    assert begun(any_office, ann).row.id > draft.row.id
    with pytest.raises(Refused, match="It was discarded"):
        rewritten(any_office, draft, ann, "5 working days", "3 working days")


def test_only_an_author_of_the_policy_begins_and_changes_a_draft(office: Office):
    ann, bob = author(office), approver(office)
    other = hired(office, "Olu", Grant("st-leger-homes", AUTHOR), Grant(POLICY, "complaints_officer"))
    for who in (bob, other):
        with pytest.raises(Refused, match=f"{who.name} may not write drafts of this policy"):
            begun(office, who)
    draft = begun(office, ann)
    for who in (bob, other):
        with pytest.raises(Refused, match="may not change drafts"):
            rewritten(office, draft, who, "5 working days", "3 working days")
    assert drafting.opened(office, draft.row.id) == draft


def test_what_there_is_not_is_unknown(office: Office):
    with pytest.raises(Unknown):
        drafting.opened(office, 99)
    with pytest.raises(Unknown):
        begun(office, author(office), based_on="never")


def test_a_change_is_written_and_recorded_with_old_and_new(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    changed = rewritten(any_office, draft, cat, "within: 5 working days", "within: 3 working days")
    assert "within: 3 working days" in changed.text(changed.path)
    assert changed.numbers[changed.path] == 2
    assert changed.author_ids == {int(ann.id), int(cat.id)}
    assert (changed.kept[changed.path].changed_by_name, changed.kept[changed.path].changed_at) == ("Cat Carer", NOW)
    with any_office.database.reading() as tx:
        act = acts.acts(tx, about=f"{POLICY}/{NEW}")[0]
    assert (act.what, act.person_id) == ("changed_draft", int(cat.id))
    assert act.detail["what"] == "within: 5 working days becomes within: 3 working days"
    lines = act.detail["files"][draft.path]
    assert [line.strip() for line in lines if not line.startswith("@@")] == [
        f"{sign}{words}" for sign, words in zip("-+", (line[1:] for line in lines[1:]), strict=False)
    ]
    assert any("5 working days" in line for line in lines)
    assert any("3 working days" in line for line in lines)


def test_of_two_who_change_one_file_the_second_is_told_and_overwrites_nothing(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    theirs = rewritten(any_office, draft, cat, "within: 5 working days", "within: 3 working days")
    with pytest.raises(Overtaken, match=r"Cat Carer changed this at 10:00 on 2 March 2026 meanwhile") as overtaken:
        rewritten(any_office, draft, ann, "within: 5 working days", "within: 4 working days")
    assert overtaken.value.path == draft.path
    assert overtaken.value.theirs == theirs.files[draft.path]
    assert drafting.opened(any_office, draft.row.id) == theirs
    assert recorded(any_office) == ["began_draft", "changed_draft"]


def test_two_who_change_different_files_do_not_meet(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    rewritten(any_office, draft, cat, "Dear", "Hello", path=draft.letters_path)
    both = rewritten(any_office, draft, ann, "within: 5 working days", "within: 4 working days")
    assert "Hello" in both.text(draft.letters_path)
    assert "within: 4 working days" in both.text(draft.path)


def test_files_are_written_all_or_none(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    theirs = rewritten(any_office, draft, cat, "Dear", "Hello", path=draft.letters_path)
    mine = {draft.path: draft.files[draft.path] + b"# mine\n", draft.letters_path: b"mine"}
    with pytest.raises(Overtaken):
        drafting.change(any_office, draft.row.id, ann, NOW, files=mine, numbers=draft.numbers, what="both")
    assert drafting.opened(any_office, draft.row.id) == theirs


def test_a_file_taken_away_is_gone_and_whoever_has_it_open_is_told(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    place, later = draft.examples_path, NOW + timedelta(hours=1)
    gone = drafting.change(
        any_office, draft.row.id, cat, later, files={place: None}, numbers=draft.numbers, what="gone"
    )
    assert place not in gone.files
    assert place not in gone.numbers
    with pytest.raises(Overtaken, match="Cat Carer changed this at 11:00"):
        rewritten(any_office, draft, ann, "example:", "example: Now", path=place)
    again = drafting.change(any_office, draft.row.id, ann, later, files={place: b"x"}, numbers={}, what="back")
    assert again.numbers[place] == 3, "the numbers of a file never begin anew"


def test_the_same_text_once_more_changes_nothing(any_office: Office):
    ann, cat = author(any_office), author(any_office, "Cat Carer")
    draft = begun(any_office, ann)
    after = drafting.change(any_office, draft.row.id, cat, NOW, files=dict(draft.files), numbers={}, what="nothing")
    assert after == draft
    assert recorded(any_office) == ["began_draft"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("policies/law.yaml", "are not part of a version"),
        ("policies/council-housing/two-stage-2024.yaml", "are not part of a version"),
        ("policies/calendars/england.yaml", "are not part of a version"),
        ("workflows/../../etc/passwd.yaml", "plain names"),
        ("workflows/stages/new.py", "plain names"),
        ("/workflows/stages/new.bpmn", "plain names"),
        ("workflows/stages/.new.bpmn", "plain names"),
        ("workflows/a/b/c/new.bpmn", "plain names"),
        ("README.md", "plain names"),
    ],
)
def test_what_is_no_file_of_a_version_is_refused(office: Office, path: str, says: str):
    ann = author(office)
    draft = begun(office, ann)
    with pytest.raises(Refused, match=says):
        drafting.change(office, draft.row.id, ann, NOW, files={path: b"x"}, numbers={}, what="odd")


def test_a_draft_takes_no_more_than_people_write(office: Office):
    ann = author(office)
    draft = begun(office, ann)
    for files, says in (
        ({"workflows/stages/big.bpmn": b"x" * (drafting_words.MOST_BYTES + 1)}, "is too long"),
        ({f"workflows/stages/n{number}.bpmn": b"x" for number in range(250)}, "at most 200 files"),
        ({draft.path: None}, "cannot be taken away"),
    ):
        with pytest.raises(Refused, match=says):
            drafting.change(office, draft.row.id, ann, NOW, files=files, numbers=draft.numbers, what="much")


def test_a_long_difference_is_recorded_as_sizes(office: Office):
    ann = author(office)
    draft = begun(office, ann)
    text = b"# a line\n" * 500
    drafting.change(office, draft.row.id, ann, NOW, files={draft.path: text}, numbers=draft.numbers, what="all anew")
    with office.database.reading() as tx:
        act = acts.acts(tx, about=draft.key)[0]
    assert act.detail["files"][draft.path] == {"was": len(draft.files[draft.path]), "now": len(text)}


def test_the_roles_of_the_studio_open_no_case():
    grants = (Grant(POLICY, AUTHOR), Grant(POLICY, APPROVER))
    who = drafting.Person("1", "Ann", grants)
    assert who.holds(POLICY, AUTHOR, "")
    assert not who.works_in(POLICY, "repairs")
    assert not who.may_see(POLICY, "")
    assert not who.may_log(POLICY)
    assert who.studio_policies() == who.studio_policies(APPROVER) == {POLICY}


def test_states_of_a_draft_are_all_known_to_the_words():
    assert set(drafting_words.STATES) == {policy_drafts.ASKED, policy_drafts.APPROVED} | {
        policy_drafts.PUBLISHED,
        policy_drafts.DISCARDED,
    }
