"""Tables of a folder: the shipped ones, whole as they were made, and a user's laid over them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .dirs import shipped_data_dir
from .errors import DataFileError, Fault, TableError, did_you_mean
from .schemas import schema, table_names
from .tables import Tables, check_keys, parse_file, to_frame

if TYPE_CHECKING:
    import polars as pl

CHECKSUMS = "tables.sha256"  # a line a table, as sha256sum writes and checks it
# Tables whose rows are parts of a named whole: an overlay replaces the whole.
_PART_OF = {"service_calls": "service_id"}


def write_checksums(folder: Path) -> None:
    """List the tables of a folder with their SHA-256."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}"
        for path in (folder / f"{name}.csv" for name in table_names())
    ]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _whole(folder: Path) -> set[str]:
    """The files of the list, each as it was made; empty where a folder has no list.

    Raises DataFileError for a file that is missing, cut short or altered.
    """
    path = folder / CHECKSUMS
    hint = "Install the package again; rows of your own go into a folder for --data"
    try:
        listed = dict(line.split()[::-1] for line in path.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return set()
    except (OSError, ValueError) as reason:
        raise DataFileError(Fault("data_file", f"cannot be read ({reason})", str(path), hint=hint)) from None
    faults = []
    for name, expected in listed.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as reason:
            found, what = "", f"cannot be read ({reason.strerror})"
        else:
            what = f"is cut short or altered: its checksum is not the one in {CHECKSUMS}"
        if found != expected:
            faults.append(Fault("data_file", what, str(folder / name), hint=hint))
    if faults:
        raise DataFileError(faults)
    return set(listed)


def read(table: str, path: Path | None = None) -> pl.DataFrame:
    """One table as a Polars frame, checked by itself (not against other tables)."""
    path = path or shipped_data_dir() / f"{table}.csv"
    return to_frame(table, parse_file(table, path))


def read_all(data_dir: Path | None = None, overlays: Sequence[Path] = ()) -> Tables:
    """All tables of a folder, with a user's folders laid over them, keys checked.

    A row of an overlay replaces the row with the same key, or is added. Rows of a table
    whose rows belong together (the calls of a service) replace the whole. Files of an overlay
    that are no table of ours are refused, so that a misspelt name is not passed over.
    """
    folder = data_dir or shipped_data_dir()
    listed = _whole(folder)
    faults: list[Fault] = []
    rows: dict[str, Sequence[Mapping[str, Any]]] = {}
    for name in table_names():
        path = folder / f"{name}.csv"
        # A shipped table that is not there would mean no closures, no frontiers: each is needed.
        if data_dir is None or path.name in listed or path.is_file():
            try:
                rows[name] = parse_file(name, path)
            except TableError as error:
                faults.extend(error.faults)
    if not rows and not faults:
        faults.append(
            Fault("missing_file", f"{str(folder)!r} holds no table", accepted=", ".join(table_names()))
        )
    for overlay in overlays:
        if not overlay.is_dir():
            faults.append(
                Fault(
                    "missing_folder",
                    f"there is no folder {str(overlay)!r}",
                    "--data",
                    accepted="a folder with tables such as services.csv",
                )
            )
            continue
        files = sorted(overlay.glob("*.csv"))
        if not files:
            faults.append(
                Fault(
                    "empty_folder",
                    f"{str(overlay)!r} holds no CSV file",
                    accepted=", ".join(f"{name}.csv" for name in table_names()),
                )
            )
        for path in files:
            if path.stem not in table_names():
                faults.append(
                    Fault(
                        "unknown_table",
                        f"{path.name!r} is no table of ours",
                        str(overlay),
                        got=path.stem,
                        accepted=", ".join(f"{name}.csv" for name in table_names()),
                        hint=did_you_mean(path.stem, table_names()),
                    )
                )
                continue
            try:
                own = parse_file(path.stem, path, overlay=True)
            except TableError as error:
                faults.extend(error.faults)
                continue
            rows[path.stem] = _lay_over(path.stem, rows.get(path.stem, ()), own)
    if faults:
        raise TableError(faults)
    tables = Tables(rows, tuple(str(path) for path in overlays))
    check_keys(tables)
    return tables


def _lay_over(
    table: str, base: Sequence[Mapping[str, Any]], own: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    key = _PART_OF.get(table) or schema(table).key
    replaced = {row[key] for row in own}
    return [row for row in base if row[key] not in replaced] + list(own)
