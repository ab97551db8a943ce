"""One thing in a YAML text is changed: it reads back as it was given, and everything else stays byte for byte."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine import yaml_editing, yaml_text
from engine.yaml_editing import FIRST, NotReadable, NotThere
from engine.yaml_writing import CannotBeWritten

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = sorted(
    path
    for path in (ROOT / "policies").glob("*/*.yaml")
    if path.parent.name != "calendars" and not path.name.endswith(".letters.yaml")
)

FILE = """\
# What this file is about.

policy: a-house   # the landlord
in_force_from: 2024-04-01

# ---- Who

roles:
  officer: {title: Officer, says: "Logs, and acknowledges."}   # the desk
  # about the manager
  manager: {title: Manager}

stages:

  stage_1:
    title: Stage 1
    cites: [code 1, code 2]   # both
    deadlines:
      # why five
      response:
        within: 5 working days   # as the source says
        says: |
          We answer

          in five days.

        of: complaint_received

  stage_2:
    title: Stage 2

# ---- The end
rows:
  - {when: "true", then: complaint}
  - when: a
    then: b
  # the last
  - c
"""


def value_of(text: str) -> Any:
    """The plain value of a text that has no problem."""
    node, problems = yaml_text.read(text.encode(), "f.yaml")
    assert node is not None, (problems, text)
    return yaml_text.plain(node)


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def test_one_value_changes_and_not_a_byte_beside_it() -> None:
    path = ("stages", "stage_1", "deadlines", "response", "within")
    changed = yaml_editing.set_value(FILE, path, "3 working days")
    assert changed == FILE.replace("within: 5 working days", "within: 3 working days")


def test_a_list_in_brackets_stays_in_brackets() -> None:
    changed = yaml_editing.set_value(FILE, ("stages", "stage_1", "cites"), ["code 1", "a, b"])
    assert changed == FILE.replace("[code 1, code 2]", '[code 1, "a, b"]')


def test_text_of_several_lines_is_written_in_lines_and_its_comment_stays() -> None:
    changed = yaml_editing.set_value(FILE, ("policy",), "one\ntwo\n")
    assert changed == FILE.replace("policy: a-house   # the landlord", "policy: |   # the landlord\n  one\n  two")
    assert yaml_editing.set_value(changed, ("policy",), "a-house") == FILE


def test_a_mapping_in_lines_becomes_one_value_and_the_rest_stays() -> None:
    changed = yaml_editing.set_value(FILE, ("stages", "stage_1", "deadlines", "response", "says"), "Soon.")
    assert "        says: Soon.\n\n        of: complaint_received" in changed


def test_a_key_is_added_behind_another_as_those_beside_it_are_written() -> None:
    role = {"title": "Panel", "says": "Hears: appeals."}
    changed = yaml_editing.add(FILE, ("roles",), "panel", role, after="officer")
    line = '  panel: {title: Panel, says: "Hears: appeals."}\n'
    assert changed == FILE.replace("  # about the manager\n", line + "  # about the manager\n")
    stage = {"title": "Review", "deadlines": {"panel": {"within": "15 working days"}}}
    changed = yaml_editing.add(FILE, ("stages",), "review", stage, after="stage_1")
    assert (
        "\n\n  review:\n    title: Review\n    deadlines:\n      panel: {within: 15 working days}\n\n  stage_2:"
        in changed
    )
    assert (
        changed.replace("  review:\n    title: Review\n    deadlines:\n      panel: {within: 15 working days}\n\n", "")
        == FILE
    )


def test_a_key_goes_before_all_others() -> None:
    changed = yaml_editing.add(
        FILE, ("stages",), "stage_0", {"title": "Zero", "deadlines": {"a": {"b": "c"}}}, after=FIRST
    )
    assert list(value_of(changed)["stages"]) == ["stage_0", "stage_1", "stage_2"]


def test_what_is_removed_takes_the_comment_directly_above_it_and_no_other() -> None:
    changed = yaml_editing.remove(FILE, ("roles", "manager"))
    assert changed == FILE.replace("  # about the manager\n  manager: {title: Manager}\n", "")
    assert yaml_editing.remove(FILE, ("stages", "stage_2")) == FILE.replace("  stage_2:\n    title: Stage 2\n\n", "")


def test_the_last_of_a_mapping_leaves_it_empty() -> None:
    changed = yaml_editing.remove(FILE, ("stages", "stage_1", "deadlines", "response"))
    assert value_of(changed)["stages"]["stage_1"]["deadlines"] == {}
    again = yaml_editing.add(changed, ("stages", "stage_1", "deadlines"), "x", {"within": "1 day"})
    assert at(value_of(again), ("stages", "stage_1", "deadlines", "x", "within")) == "1 day"


def test_what_is_moved_stays_as_it_was_written() -> None:
    changed = yaml_editing.move(FILE, ("stages", "stage_1"), after="stage_2")
    assert list(value_of(changed)["stages"]) == ["stage_2", "stage_1"]
    assert sorted(changed.split("\n")) == sorted(FILE.split("\n"))
    changed = yaml_editing.move(FILE, ("roles", "manager"), after=FIRST)
    assert "roles:\n  # about the manager\n  manager: {title: Manager}\n  officer:" in changed


def test_a_key_is_renamed() -> None:
    assert yaml_editing.rename(FILE, ("roles", "manager"), "head") == FILE.replace("manager: {", "head: {")


def test_items_of_a_list_are_changed_added_and_removed() -> None:
    changed = yaml_editing.set_value(FILE, ("rows", 1), "d")
    assert value_of(changed)["rows"] == [{"when": "true", "then": "complaint"}, "d", "c"]
    changed = yaml_editing.remove(FILE, ("rows", 2))
    assert changed == FILE.replace("  # the last\n  - c\n", "")
    changed = yaml_editing.add(FILE, ("rows",), 0, {"when": "x: y"}, after=0)
    assert value_of(changed)["rows"][1] == {"when": "x: y"}
    changed = yaml_editing.remove(FILE, ("rows", 1, "when"))
    assert value_of(changed)["rows"][1] == {"then": "b"}


def test_windows_line_ends_stay() -> None:
    text = FILE.replace("\n", "\r\n")
    changed = yaml_editing.add(
        text, ("stages",), "review", {"title": "Two\nlines", "d": {"a": {"b": "c"}}}, after="stage_1"
    )
    assert "\n" not in changed.replace("\r\n", "")
    assert value_of(changed)["stages"]["review"]["title"] == "Two\nlines"


def test_a_place_that_is_not_there_is_named() -> None:
    with pytest.raises(NotThere, match=r"The file has no 'stages\.stage_9'"):
        yaml_editing.set_value(FILE, ("stages", "stage_9"), "x")
    with pytest.raises(NotThere):
        yaml_editing.add(FILE, ("stages",), "x", "y", after="stage_9")


def test_text_that_is_not_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(NotReadable, match="Line 3"):
        yaml_editing.set_value("a: 1\nb: [c\n", ("a",), 2)


def test_what_no_file_can_keep_is_refused() -> None:
    with pytest.raises(CannotBeWritten):
        yaml_editing.set_value(FILE, ("policy",), "a\0b")


# --- laws ---------------------------------------------------------------------------------------

words = st.sampled_from(["a", "b", "stage_1", "on", "null", "CHF-ACK", "2024-12-20", "x y", "12:30", "é", "a: b", "#"])
texts = st.one_of(
    words,
    st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=("Cs",)), max_size=20),
    st.sampled_from(["one\ntwo\n", "one\n\n  two", "no", "0123", "- x", "a # b", "'", "[", "true", "5 days", ""]),
)
scalars = st.one_of(texts, st.integers(-999, 99999), st.booleans(), st.none())
values = st.recursive(
    scalars,
    lambda below: st.one_of(st.lists(below, max_size=3), st.dictionaries(words, below, max_size=3)),
    max_leaves=8,
)


def composed(value: Any) -> Any:
    """A value as it is read: text in its composed form."""
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", key): composed(below) for key, below in value.items()}
    if isinstance(value, list):
        return [composed(below) for below in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@st.composite
def written(draw: st.DrawFn) -> str:
    """A file with keys in lines and in braces, lists, comments and empty lines."""
    lines: list[str] = ["# head", ""] if draw(st.booleans()) else []
    for number in range(draw(st.integers(1, 3))):
        lines += [f"key_{number}:", *draw(block_lines(2, 2))]
    return "\n".join(lines) + draw(st.sampled_from(["\n", "\nlast: word", "\n\n# the end\n"]))


@st.composite
def block_lines(draw: st.DrawFn, indent: int, deep: int) -> list[str]:
    """The lines of a mapping or list at an indentation."""
    space, lines = " " * indent, []
    listed = draw(st.booleans()) and deep < 2
    for number in range(draw(st.integers(1, 3))):
        lines += draw(
            st.sampled_from([[], [], [""], [f"{space}# about {number}"], ["", f"{space}# about {number}"], ["# out"]])
        )
        head = f"{space}-" if listed else f"{space}k{number}:"
        kind = draw(st.sampled_from(["plain", "flow", "lines", "kept", "nest", "compact"]))
        tail = draw(st.sampled_from(["", "   # told", " # a: b"]))
        if kind == "nest" and deep and not listed:
            lines += [head + tail, *draw(block_lines(indent + 2, deep - 1))]
        elif kind == "compact" and listed:
            lines += [f"{head} x: 1{tail}", f"{space}  z: [2, 3]"]
        elif kind == "lines":
            lines += [f"{head} |{tail}", f"{space}   one", "", f"{space}   two # no comment"]
        elif kind == "kept" and not listed:
            lines += [f"{head} |+{tail}", f"{space}   one", ""]
        elif kind == "flow":
            lines.append(
                head + draw(st.sampled_from([" {a: 1, b: [x, z], c: {d: e}}", " []", " {}", " [a,b , {c: d}]"])) + tail
            )
        else:
            lines.append(head + draw(st.sampled_from([" word", " 'it''s'", ' "a\\nb"', " 12", " two words"])) + tail)
    return lines


def paths(value: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
    return [found for key, below in pairs for found in [(*above, key), *paths(below, (*above, key))]]


def with_value(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, list):
        return [with_value(below, path[1:], new) if number == path[0] else below for number, below in enumerate(value)]
    return {key: with_value(below, path[1:], new) if key == path[0] else below for key, below in value.items()}


def comments(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip().startswith("#")]


@given(written(), values, st.data())
def test_a_value_set_reads_back_and_all_else_is_as_it_was(text: str, new: Any, data: st.DataObject) -> None:
    before = value_of(text)
    path = data.draw(st.sampled_from(paths(before)))
    changed = yaml_editing.set_value(text, path, new)
    assert value_of(changed) == with_value(before, path, composed(new))
    same_outside(text, changed, path)


def test_a_comment_behind_the_last_line_of_what_is_replaced_is_no_part_of_the_new_text() -> None:
    changed = yaml_editing.set_value("key_0:\n  k0: word   # told\nafter: 1\n", ("key_0",), "0\n")
    assert value_of(changed) == {"key_0": "0\n", "after": 1}
    assert "# told" in changed


def test_text_in_lines_keeps_its_last_line_end_where_the_file_had_none() -> None:
    changed = yaml_editing.set_value("before: 1\nlast: word", ("last",), {"a": {"b": "0\n"}})
    assert value_of(changed) == {"before": 1, "last": {"a": {"b": "0\n"}}}


def same_outside(text: str, changed: str, path: tuple[str | int, ...]) -> None:
    """Every line that stands before the key, and every line behind the value's, is the same."""
    each = yaml_editing.entry(text, path)
    head = text[: each.start]
    assert changed.startswith(head)
    tail = text[yaml_editing.line_end(text, yaml_editing.end(text, each.node)) :]
    assert changed.endswith(tail)


@given(written(), words, values, st.data())
def test_a_key_added_reads_back_in_its_place(text: str, key: str, new: Any, data: st.DataObject) -> None:
    before = value_of(text)
    wholes = [(), *(path for path in paths(before) if isinstance(at(before, path), dict))]
    path = data.draw(st.sampled_from(wholes))
    there = list(at(before, path))
    assume(key not in there)
    after = data.draw(st.sampled_from([None, FIRST, *there]))
    changed = yaml_editing.add(text, path, key, new, after=after)
    place = len(there) if after is None else 0 if after == FIRST else there.index(after) + 1
    expected = [*there[:place], key, *there[place:]]
    found = at(value_of(changed), path)
    assert list(found) == expected
    assert found[key] == composed(new)
    assert with_value(value_of(changed), path, at(before, path)) == before
    assert all(changed.count(line) >= text.count(line) for line in comments(text))


@given(written(), st.data())
def test_what_is_removed_is_gone_and_all_else_is_as_it_was(text: str, data: st.DataObject) -> None:
    text = text.replace("|+", "|")  # whose empty lines belong to it, also those left by what came next
    before = value_of(text)
    path = data.draw(st.sampled_from(paths(before)))
    changed = yaml_editing.remove(text, path)
    whole = at(before, path[:-1])
    left = (
        [v for n, v in enumerate(whole) if n != path[-1]]
        if isinstance(whole, list)
        else {k: v for k, v in whole.items() if k != path[-1]}
    )
    assert value_of(changed) == with_value(before, path[:-1], left)
    assert set(changed.split("\n")) - set(text.split("\n")) <= {"", *touched(text, changed)}


def touched(text: str, changed: str) -> set[str]:
    """The lines of a changed text that came to be by it: at most one holds what was left of a line."""
    new = [line for line in changed.split("\n") if line and line not in text.split("\n")]
    assert len(new) <= 1, new
    return set(new)


@given(written(), st.data())
def test_what_is_moved_is_the_same_in_another_place(text: str, data: st.DataObject) -> None:
    text = text.replace("|+", "|")  # whose empty lines belong to it, wherever it goes
    before = value_of(text)
    path = data.draw(st.sampled_from([path for path in paths(before) if isinstance(at(before, path[:-1]), dict)]))
    there = list(at(before, path[:-1]))
    after = data.draw(st.sampled_from([None, FIRST, *(key for key in there if key != path[-1])]))
    changed = yaml_editing.move(text, path, after=after)
    rest = [key for key in there if key != path[-1]]
    place = len(rest) if after is None else 0 if after == FIRST else rest.index(after) + 1
    assert list(at(value_of(changed), path[:-1])) == [*rest[:place], path[-1], *rest[place:]]
    assert value_of(changed) == before
    assert sorted(comments(changed)) == sorted(comments(text))


@given(written(), words, st.data())
def test_a_key_renamed_keeps_its_value(text: str, key: str, data: st.DataObject) -> None:
    before = value_of(text)
    path = data.draw(st.sampled_from([path for path in paths(before) if isinstance(path[-1], str)]))
    assume(key not in at(before, path[:-1]))
    changed = yaml_editing.rename(text, path, key)
    found = at(value_of(changed), path[:-1])
    assert found[key] == at(before, path)
    assert list(found) == [key if name == path[-1] else name for name in at(before, path[:-1])]


@pytest.mark.parametrize("file", VERSIONS, ids=lambda path: path.name)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_each_shipped_file_can_be_changed_at_every_place(file: Path, data: st.DataObject) -> None:
    text = file.read_text(encoding="utf-8")
    before = value_of(text)
    path = data.draw(st.sampled_from(paths(before)))
    changed = yaml_editing.set_value(text, path, "three: working days")
    assert value_of(changed) == with_value(before, path, "three: working days")
    same_outside(text, changed, path)
