"""Copies in the landlord's document store: the same again is no second copy, and nothing is written over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec import AbstractFileSystem
from fsspec.implementations.memory import MemoryFileSystem
from hypothesis import given
from hypothesis import strategies as st

from engine import filing
from engine.filing import erase_copies, file_copy
from engine.mail import NotNow

PATH = "SEH-2024-00012/complaint.pdf"


class Moving(MemoryFileSystem):
    """A store that moves, as a server's disk does."""

    protocol = "moving"
    store: dict[str, Any] = {}  # noqa: RUF012  # fsspec's own way: one store for all connections
    pseudo_dirs = [""]  # noqa: RUF012  # the same

    def mv(self, path1: str, path2: str, **_options: Any) -> None:
        self.store[self._strip_protocol(path2)] = self.store.pop(self._strip_protocol(path1))


class Failing(MemoryFileSystem):
    """A store whose n-th act fails, whatever it is."""

    protocol = "failing"
    store: dict[str, Any] = {}  # noqa: RUF012  # fsspec's own way: one store for all connections
    pseudo_dirs = [""]  # noqa: RUF012  # the same
    fails_at = 0
    acts = 0

    def _act(self) -> None:
        type(self).acts += 1
        if self.acts == self.fails_at:
            raise ConnectionResetError(104, "Connection reset by peer")

    def exists(self, path: str, **options: Any) -> bool:
        self._act()
        return bool(super().exists(path, **options))

    def makedirs(self, path: str, exist_ok: bool = False) -> None:
        self._act()
        super().makedirs(path, exist_ok=exist_ok)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        self._act()
        super().pipe_file(path, value, mode=mode, **options)
        self._act()

    def size(self, path: str) -> int:
        self._act()
        return int(super().size(path))


class Forgetting(MemoryFileSystem):
    """A store that keeps half of what it is given."""

    protocol = "forgetting"
    store: dict[str, Any] = {}  # noqa: RUF012  # fsspec's own way: one store for all connections
    pseudo_dirs = [""]  # noqa: RUF012  # the same

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **options: Any) -> None:
        super().pipe_file(path, value[: len(value) // 2], mode=mode, **options)


@pytest.fixture(autouse=True)
def stores() -> Iterator[None]:
    for kind in (Moving, Failing, Forgetting):
        fsspec.register_implementation(kind.protocol, kind, clobber=True)
    yield
    for kind in (MemoryFileSystem, Moving, Failing, Forgetting):
        kind.store.clear()
        kind.pseudo_dirs[:] = [""]
    Failing.fails_at = Failing.acts = 0


@pytest.fixture(params=["folder", "file", "memory", "moving"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store of each kind."""
    return {"folder": f"{tmp_path}/documents", "file": f"file://{tmp_path}/documents"}.get(
        request.param, f"{request.param}://documents"
    )


def kept(address: str) -> dict[str, bytes]:
    """Every file of a store, by its path in it."""
    store, root = fsspec.url_to_fs(address)
    assert isinstance(store, AbstractFileSystem)
    paths = [str(path) for path in store.find(root)]
    return {path.removeprefix(root.rstrip("/") + "/"): store.cat_file(path) for path in paths}


def test_a_copy_lies_where_it_is_asked_for_and_nothing_else(address: str) -> None:
    file_copy(address, PATH, b"one")
    file_copy(address, "SEH-2024-00013/stage 1/response.pdf", b"two")
    assert kept(address) == {PATH: b"one", "SEH-2024-00013/stage 1/response.pdf": b"two"}


def test_the_same_copy_again_is_no_second_one(address: str) -> None:
    for _ in range(3):
        file_copy(address, PATH, b"one")
    assert kept(address) == {PATH: b"one"}


def test_another_file_of_that_name_stays_and_the_copy_gets_a_number(address: str) -> None:
    for content in (b"one", b"two", b"six", b"two", b"one"):
        file_copy(address, PATH, content)
    assert kept(address) == {
        PATH: b"one",
        "SEH-2024-00012/complaint-2.pdf": b"two",
        "SEH-2024-00012/complaint-3.pdf": b"six",
    }


@pytest.mark.parametrize(
    "path", ["../../up.pdf", "/up.pdf", "..\\up.pdf", "./up.pdf", "a/../up\x00.pdf", "\u202eup.pdf"]
)
def test_no_path_leads_out_of_the_store(tmp_path: Path, path: str) -> None:
    file_copy(f"{tmp_path}/documents", path, b"x")
    found = [each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*") if each.is_file()]
    assert found in (["documents/up.pdf"], ["documents/a/up.pdf"])


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_path_stays_in_the_store_or_names_no_file(folder: str, name: str) -> None:
    try:
        safe = filing._safe(f"{folder}/{name}")
    except ValueError:
        return
    assert not set(safe.split("/")) & {"", ".", ".."}
    assert safe.isprintable()


@pytest.mark.parametrize("path", ["", "/", "..", "../..", " / . "])
def test_a_path_that_names_no_file_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="names no file"):
        file_copy(str(tmp_path), path, b"x")


def test_whatever_fails_it_can_be_done_again_and_there_is_one_copy() -> None:
    for failing_act in range(1, 20):
        Failing.store.clear()
        Failing.fails_at, Failing.acts = failing_act, 0
        try:
            file_copy("failing://documents", PATH, b"one")
        except NotNow as reason:
            assert str(reason) == (  # noqa: PT017  # there are acts without a failure
                f"The document store (failing) did not take {PATH}: connection reset by peer."
            )
            Failing.fails_at = 0
            file_copy("failing://documents", PATH, b"one")
        Failing.fails_at = 0
        assert kept("failing://documents") == {PATH: b"one"}


def test_a_store_that_keeps_half_is_not_believed() -> None:
    with pytest.raises(NotNow, match="only a part"):
        file_copy("forgetting://documents", PATH, b"one")


def test_a_folder_that_cannot_be_written_is_tried_later(tmp_path: Path) -> None:
    (tmp_path / "documents").write_text("a file in the way")
    with pytest.raises(NotNow, match=r"The document store \(folder\) did not take SEH-2024-00012/complaint.pdf: "):
        file_copy(f"{tmp_path}/documents", PATH, b"x")


@pytest.mark.parametrize(
    ("address", "why"),
    [("nosuchstore://x", "ValueError"), ("s3://key:secret@bucket/x", ""), ("http://user:secret@[::1]:9/x", "")],
)
def test_a_store_there_is_not_is_said_without_its_password(address: str, why: str) -> None:
    with pytest.raises(NotNow) as reason:
        file_copy(address, PATH, b"x")
    assert f"({address.partition('://')[0]})" in str(reason.value)
    assert why in str(reason.value)
    assert "secret" not in str(reason.value)


def test_what_was_left_half_written_is_not_taken_for_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when the bytes are to be made safe."""

    def full(_number: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(NotNow, match="no space left on device"):
            file_copy(str(tmp_path), PATH, b"one")
    assert not (tmp_path / PATH).exists()
    file_copy(str(tmp_path), PATH, b"one")
    assert kept(str(tmp_path)) == {PATH: b"one"}


# --- copies of a case that was disposed of ----------------------------------------------------------


def test_what_was_filed_is_erased_and_nothing_else_is(address: str) -> None:
    for content in (b"one", b"two"):
        file_copy(address, PATH, content)
    file_copy(address, "SEH-2024-00012/2024-06-10-stage_1-response.pdf", b"three")
    for other in ("SEH-2024-00012/complaint notes.pdf", "SEH-2024-00013/complaint.pdf"):
        file_copy(address, other, b"somebody else's")
    paths = [PATH, PATH, "SEH-2024-00012/2024-06-10-stage_1-response.pdf"]
    assert erase_copies(address, paths) == (3, 1)
    assert set(kept(address)) == {"SEH-2024-00012/complaint notes.pdf", "SEH-2024-00013/complaint.pdf"}
    assert erase_copies(address, paths) == (0, 1), "again, there is nothing to erase"


def test_a_folder_with_nothing_left_in_it_goes_too(tmp_path: Path) -> None:
    file_copy(f"{tmp_path}/documents", PATH, b"one")
    (tmp_path / "documents/SEH-2024-00012/.0123456789abcdef.part").write_bytes(b"hal")
    assert erase_copies(f"{tmp_path}/documents", [PATH]) == (1, 0)
    assert list((tmp_path / "documents").iterdir()) == []


def test_a_store_that_fails_while_it_erases_is_tried_again_until_all_is_gone() -> None:
    address = "failing://documents"
    for name in ("complaint", "response"):
        file_copy(address, f"SEH-2024-00012/{name}.pdf", b"one")
    Failing.fails_at, Failing.acts = 2, 0
    paths = ["SEH-2024-00012/complaint.pdf", "SEH-2024-00012/response.pdf"]
    with pytest.raises(NotNow, match="did not erase its copies: connection reset by peer"):
        erase_copies(address, paths)
    Failing.fails_at = 0
    erase_copies(address, paths)
    assert kept(address) == {}


def test_a_store_that_never_erases_is_said_so() -> None:
    class ReadOnly(MemoryFileSystem):
        protocol = "readonly"

        def rm_file(self, path: str) -> None:
            raise NotImplementedError

    fsspec.register_implementation("readonly", ReadOnly, clobber=True)
    file_copy("readonly://documents", PATH, b"one")
    with pytest.raises(ValueError, match="cannot erase"):
        erase_copies("readonly://documents", [PATH])
