"""Who imports whom, read from the source: docs/architecture.md names the rooms in their order."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "midcorridor"
PAGE = Path(__file__).parents[1] / "docs" / "architecture.md"
# Arrows inside one room; all others between two modules of a room are wrong.
WITHIN = {
    ("files", "errors"), ("dirs", "errors"), ("tables", "rows"), ("network", "places"),
    ("network", "basemap"),
    ("places", "basemap"), ("geo", "results"), ("errors", "said"),
}  # fmt: skip
# The one thing of ours that the kernels' room may use: where compiled kernels are kept.
KERNEL_CACHE = ("_kernels/compiling", "dirs")
FORMULAS_AND_KERNELS = {"formulas": "nothing of ours but kernels", "kernels": "nothing of ours"}
FREE_WITHIN = ("verbs", "proofs", "faces")


def rooms() -> dict[str, tuple[int, str]]:
    """Module to (position of its room, name of its room), from the table of the page."""
    found = {}
    for position, (room, modules) in enumerate(
        re.findall(r"^\| (\w+) \| (`.*) \|$", PAGE.read_text("utf-8"), re.M)
    ):
        for module in re.findall(r"`(\w+)`", modules):
            assert module not in found, module
            found[module] = (position, room)
    return found


ROOMS = rooms()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name (from the package on) of every import of ours, lazy ones too."""
    here = path.relative_to(PACKAGE.parent).with_suffix("").parts
    package = here[:-1]  # of a module and of an __init__.py alike
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            names = [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "midcorridor":
                yield node.lineno, name.partition(".")[2]


def faults(path: Path) -> list[str]:
    """What is wrong with the imports of one module, in words."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    mine = parts[0]
    found = []
    for line, name in imports(path):
        theirs, _, inner = name.partition(".")
        if theirs in ("", "__version__", mine):
            continue
        where = f"{'/'.join(parts)}.py line {line} imports {name}"
        if mine == "__init__":
            found.append(f"{where}: the package itself must stay light")
            continue
        if theirs not in ROOMS:
            found.append(f"{where}, which stands in no room")
            continue
        (position, room), (their_position, their_room) = ROOMS[mine], ROOMS[theirs]
        if ("/".join(parts), theirs) == KERNEL_CACHE:
            continue
        if room == "formulas" and their_room == "kernels":
            continue
        if room in FORMULAS_AND_KERNELS:
            found.append(f"{where}, but {room} import {FORMULAS_AND_KERNELS[room]}")
        elif their_position > position:
            found.append(f"{where}, but {their_room} come after {room}")
        elif their_position == position and room not in FREE_WITHIN and (mine, theirs) not in WITHIN:
            found.append(f"{where}, a module of its own room")
        if their_room == "verbs" and (PACKAGE / theirs / f"{inner.partition('.')[0]}.py").is_file():
            found.append(f"{where}, which is private to {theirs}")
    return found


MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "data" not in path.parts)


# The package's own front door hands out nouns from any room.
INNER = [path for path in MODULES if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", INNER, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_import_goes_the_wrong_way(path: Path) -> None:
    assert faults(path) == []


def test_every_module_stands_in_a_room() -> None:
    modules = {path.relative_to(PACKAGE).with_suffix("").parts[0] for path in MODULES} - {"__init__"}
    assert modules <= set(ROOMS)


def test_rooms_stand_in_the_order_of_the_design() -> None:
    order = list(dict.fromkeys(room for _, room in sorted(ROOMS.values())))
    assert order == [
        "ground", "kernels", "schemas", "tables", "codes", "folders", "changes", "network", "questions",
        "formulas", "answers", "clearance", "verbs", "proofs", "faces",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "text", "fault"),
    [
        ("tables.py", "from .network import Network", "but network come after tables"),
        ("times.py", "from .errors import Fault", "but formulas import nothing of ours but kernels"),
        ("arrival/x.py", "from ..times import headway_h", "but formulas import nothing of ours but kernels"),
        ("arrival/x.py", "from .._kernels.waiting import wait_out\nfrom .steps import steps", None),
        ("_kernels/x.py", "def f():\n    from ..errors import Fault", "but kernels import nothing of ours"),
        ("network/x.py", "def f():\n    from ..plan import plan", "but verbs come after network"),
        ("places/x.py", "from ..network import Network", "a module of its own room"),
        ("geo.py", "from .plan.answer import PlanResult", "but verbs come after answers"),
        ("distance.py", "from midcorridor.plan.graph import Builder", "which is private to plan"),
        ("cli/x.py", "from ..plan.graph import Builder", "which is private to plan"),
        ("__init__.py", "from .network import Network", "the package itself must stay light"),
        ("plan/x.py", "from .graph import Builder\nfrom ..geo import track\nimport json", None),
        ("cli/x.py", "from ..plan import plan\nfrom .show import width", None),
    ],
)
def test_wrong_arrows_are_seen(
    module: str, text: str, fault: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "midcorridor"
    (package / "plan").mkdir(parents=True)
    (package / "plan" / "graph.py").touch()
    (package / "plan" / "answer.py").touch()
    path = package / module
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(f"{__name__}.PACKAGE", package)
    found = faults(path)
    assert found == [] if fault is None else any(fault in each for each in found)
