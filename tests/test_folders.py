"""A shipped folder of tables is used whole or not at all; a user's folder is laid over it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from midcorridor.dirs import PACKAGE
from midcorridor.errors import DataFileError, TableError
from midcorridor.folders import CHECKSUMS, read_all, write_checksums

SHIPPED = PACKAGE / "data"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    for path in [*SHIPPED.glob("*.csv"), SHIPPED / CHECKSUMS]:
        shutil.copy(path, folder)
    return folder


def test_a_copy_reads_as_the_original(copy: Path) -> None:
    assert read_all(copy).rows == read_all().rows


@pytest.mark.parametrize("harm", ["short", "changed", "gone"])
def test_a_harmed_table_is_refused(copy: Path, harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = copy / "closures.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if harm == "gone":
        path.unlink()
    else:
        path.write_text("".join(lines[:3] if harm == "short" else [*lines[:-1], lines[-1].upper()]))
    with pytest.raises(DataFileError, match=r"closures\.csv.*--data"):
        read_all(copy)
    # The same for the folder that stands for the shipped one, with or without the list.
    monkeypatch.setenv("MIDCORRIDOR_DATA", str(copy))
    with pytest.raises(DataFileError):
        read_all()
    if harm == "gone":
        (copy / CHECKSUMS).unlink()
        with pytest.raises(TableError, match=r"there is no file .*closures\.csv"):
            read_all()


def test_the_list_is_made_anew(copy: Path) -> None:
    path = copy / "grid.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("671.4", "671.5"), encoding="utf-8")
    write_checksums(copy)
    assert read_all(copy).by_key("grid")["az-2022"]["g_co2e_per_kwh"] == 671.5
    (copy / CHECKSUMS).write_bytes(b"\xff\xfe nonsense")
    with pytest.raises(DataFileError, match=CHECKSUMS):
        read_all(copy)
