"""The command line as a person and a shell meet it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PLAN = ["plan", "kz-aktau", "az-alat", "--depart", "2026-12-01"]


def run(*words: str, stdout: object = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    code = "from midcorridor.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from midcorridor.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'polars', 'numpy', 'numba', 'pyarrow', 'pyroutingkit', 'rapidfuzz', 'rich'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_plan_ends_with_0_and_an_error_with_2() -> None:
    assert run(*PLAN).returncode == 0
    done = run("plan", "kz-aktau", "az-alat", "--containers", "0x40HC")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("InputError: --containers")
    assert "Traceback" not in done.stderr
    assert "Traceback" in run("plan", "kz-aktau", "az-alat", "--containers", "0x40HC", "--debug").stderr


def test_a_negative_coordinate_is_no_option() -> None:
    done = run("plan", "kz-aktau", "-20.2,57.5")
    assert "no road leads from" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="only where the system has /dev/full")
def test_a_full_disk_is_told_in_one_line() -> None:
    with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, opened as a shell does
        done = run(*PLAN, "--format", "json", stdout=full)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "cannot be written" in done.stderr


def test_a_link_keeps_standing_and_a_pipe_is_written(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    assert run(*PLAN, "--format", "json", "-o", str(link)).returncode == 0
    assert link.is_symlink()
    assert target.read_text().startswith("{")
    if Path("/dev/null").is_char_device():
        assert run(*PLAN, "-o", os.devnull).returncode == 0
        assert Path(os.devnull).is_char_device()


def test_brackets_in_a_name_are_printed_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "services.csv").write_text(
        "service_id,name,operator,mode,kind,runs,accepts,departures_per_week,headway_cv,capacity,"
        "capacity_unit,capacity_direction,factor_id,status\n"
        "feeder-aktau-alat,Feeder [/x] [red],Me,sea,container_feeder,both,container,14,0,300,TEU,each_way,"
        "sea-feeder-0-999teu,open\n"
    )
    done = run(*PLAN, "--data", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "[/x]" in done.stdout
