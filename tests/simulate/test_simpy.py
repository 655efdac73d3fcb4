"""The small corridor agrees in distribution with the same one written with SimPy."""

from __future__ import annotations

import polars as pl
from scipy import stats

from midcorridor.simulate import run

from .corridors import HOUR, YARD, simpy_corridor, small_corridor

HORIZON = 120 * 86400


def test_corridor_agrees_with_simpy_in_distribution() -> None:
    count = 150
    runs = run(small_corridor(), horizon_s=HORIZON, seed=11, replications=count, workers=2)
    assert runs.well
    theirs = pl.DataFrame([simpy_corridor(seed, HORIZON) for seed in range(count)])
    boxes = runs.ended.filter(pl.col("kind") == "box")
    places = {
        name: runs.places.filter(pl.col("place_kind") == "resource", pl.col("place") == name)
        for name in ("yard", "crane")
    }
    ours = {
        "hours": boxes["mean_h"],
        "delivered": boxes["n"],
        "yard": places["yard"]["mean_use"],
        "crane": places["crane"]["mean_use"],
    }
    for name, values in ours.items():
        found = stats.ks_2samp(values.to_numpy(), theirs[name].to_numpy())
        assert found.pvalue > 0.001, f"{name}: {values.mean()} and {theirs[name].mean()}"
        means = stats.ttest_ind(values.to_numpy(), theirs[name].to_numpy(), equal_var=False)
        assert means.pvalue > 0.001
        # The samples are large enough to tell means apart that differ by so much.
        factor = 1.15 if name == "yard" else 1.05
        other = stats.ttest_ind(factor * values.to_numpy(), theirs[name].to_numpy(), equal_var=False)
        assert other.pvalue < 0.001, name
    assert places["yard"]["most_use"].max() == YARD  # the yard does fill up
    assert HOUR == 3600
