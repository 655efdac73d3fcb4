"""Writing: whole or not at all, whatever the disk does."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from midcorridor.errors import OutputError
from midcorridor.files import write_bytes, write_text

OLD, NEW = "what was there before\n", "Ələt 阿拉特\n" * 1000


def test_text_is_written_as_utf8_with_its_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "answer.txt"
    write_text(path, NEW)
    assert path.read_bytes() == NEW.encode()
    write_bytes(path, b"\x00\r\n")
    assert path.read_bytes() == b"\x00\r\n"


def test_a_file_is_made_like_any_other_new_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_text(tmp_path / "answer.txt", NEW)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "answer.txt").stat().st_mode) == 0o640


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def read_only(*_: Any, **__: Any) -> Any:
    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def half_then_full(real: Callable[..., Any]) -> Callable[..., Any]:
    """os.fdopen whose file takes half of what it is given and then finds the disk full."""

    def opened(*args: Any, **more: Any) -> Any:
        file = real(*args, **more)
        write = file.raw.write if hasattr(file, "raw") else file.write

        class Half:
            def __enter__(self) -> Half:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, content: bytes) -> None:
                write(content[: len(content) // 2])
                full()

        return Half()

    return opened


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("breaks", ["make", "write", "sync", "move"])
def test_a_disk_that_fails_leaves_what_was_there(
    breaks: str, existing: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "answer.txt"
    if existing:
        path.write_text(OLD, encoding="utf-8")
    if breaks == "make":
        monkeypatch.setattr("midcorridor.files.tempfile.mkstemp", read_only)
    elif breaks == "write":
        monkeypatch.setattr("midcorridor.files.os.fdopen", half_then_full(os.fdopen))
    elif breaks == "sync":
        monkeypatch.setattr("midcorridor.files.os.fsync", full)
    else:
        monkeypatch.setattr("midcorridor.files.Path.replace", full)
    with pytest.raises(OutputError) as caught:
        write_text(path, NEW)
    told = "Permission denied" if breaks == "make" else "No space left on device"
    assert told in str(caught.value)
    assert "Nothing was written" in str(caught.value)
    assert [each.name for each in tmp_path.iterdir()] == (["answer.txt"] if existing else [])
    if existing:
        assert path.read_text(encoding="utf-8") == OLD


def test_folders_that_are_missing_read_only_or_no_folders(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="a path in a folder that exists"):
        write_text(tmp_path / "none" / "answer.txt", NEW)
    (tmp_path / "file").write_text(OLD, encoding="utf-8")
    with pytest.raises(OutputError):
        write_text(tmp_path / "file" / "answer.txt", NEW)
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError):
        write_text(tmp_path / "folder", NEW)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "folder"]
