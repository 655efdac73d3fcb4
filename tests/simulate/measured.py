"""One simulated year with its visits, measured once and shared by the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl

from midcorridor.network import Network
from midcorridor.simulate import Simulated, simulate

YEAR, SEED, WARM_UP_D, REPLICATIONS, WITHIN_D = 2025, 3, 20, 2, 25.0


@cache
def shipped() -> Network:
    return Network.load()


@cache
def measured() -> tuple[Simulated, dict[int, pl.DataFrame]]:
    """The answer, and the visits of each replication as they were collected."""
    collected: dict[int, pl.DataFrame] = {}
    answer = simulate(
        shipped(),
        year=YEAR,
        replications=REPLICATIONS,
        seed=SEED,
        warm_up_d=WARM_UP_D,
        measured=True,
        within_d=WITHIN_D,
        collect=collected.__setitem__,
    )
    return answer, collected


@cache
def folder(root: Path) -> Path:
    """The same year as a folder of files, once for each root."""
    from midcorridor.files import whole_folder
    from midcorridor.simulate import visits_writer, write_answer

    answer, collected = measured()
    with whole_folder(root / "year") as made:
        write = visits_writer(made, WARM_UP_D)
        for number, visits in collected.items():
            write(number, visits)
        write_answer(answer, made, log_days=3)
    return root / "year"
