"""A simulated year as rows with names: what text, JSON, files and pages show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ..words import days_words
from . import indicators
from .costs import ALL
from .ground import DAY_S
from .naming import Names

if TYPE_CHECKING:
    import polars as pl

    from .simulating import Simulated

Row = Mapping[str, Any]
TABLES = (
    *("volumes", "transits", "kinds", "sections", "costs", "stays", "legs", "ships", "cycles", "waits"),
    "utilisation",
)
_VERBS = {"wait": "wait for the {}", "ride": "{}", "stay": "in {}: papers, handling, reloading"}


def warnings(answer: Simulated, names: Names) -> list[str]:
    """What makes an answer one not to build on: replications that stuck, and entries that stalled."""
    found = []
    for stop in answer.runs.stops:
        if not stop.well:
            where = f" ({names.plain(stop.where)})" if stop.where else ""
            at = _day(answer, stop.at_s)
            if stop.word in ("horizon", "empty"):
                told = f"Replication {stop.replication + 1} went to its end, but not all could go on"
            else:
                told = f"Replication {stop.replication + 1} stopped on {at}: {stop.what}{where}"
            found.append(told)
            if stop.deadlock is not None:
                cycle = "; ".join(names.plain(each) for each in stop.deadlock.cycle)
                found[-1] += f"; {stop.deadlock.tokens} wait for each other for ever: {cycle}"
    stalled: dict[str, list[int]] = {}
    for number, place in answer.stalled:
        stalled.setdefault(names.place("resource", place).words, []).append(number + 1)
    for words, numbers in stalled.items():
        one = "replication" if len(numbers) == 1 else "replications"
        told = ", ".join(map(str, numbers))
        found.append(f"{words}: nobody came in for the last two weeks of {one} {told}")
    return found


def notes(answer: Simulated, names: Names) -> list[str]:
    """What an answer leaves out, in words, and what its warm-up looks like."""
    found = [names.plain(line) for line in answer.corridor.absent]
    found += [names.plain(line) for line in answer.costs.notes] if answer.costs is not None else []
    measures, cut_d = answer.measures, answer.runs.options["warm_up_s"] // DAY_S
    if measures is not None:
        if not measures.warm_up.settled:
            found.append(
                "boxes under way never settled: MSER-5 finds no end of the warm-up in so short a run"
            )
        elif measures.warm_up.cut > cut_d:
            found.append(
                f"warm-up: MSER-5 would cut {measures.warm_up.cut} days of boxes under way, {cut_d} were; "
                f"seasons count there too; --warm-up-days {measures.warm_up.cut} tries it"
            )
    return found


def summary(answer: Simulated) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table of TABLES; those from visits are empty where none were measured."""
    names = Names(answer.network)
    made, measures = answer.corridor, answer.measures
    published = {row["volume_id"]: row for row in answer.transits.iter_rows(named=True)}
    transits, kinds, sections, cycles = [], [], [], []
    if measures is not None:
        before = measures.sections.filter(nth=0, part="wait")
        waits = dict(before.select("volume_id", "mean_h").iter_rows())
        for row in _rows(measures.transits):
            key = row["volume_id"]
            told = published[key]["published_d"] if key in published else ""
            wait_d = waits[key] / 24
            transits.append(
                {"name": names.token(key).words, **row, "wait_before_d": wait_d, "published_d": told}
            )
        kinds = [{"name": names.token(row["volume_id"]).words, **row} for row in _rows(measures.kinds)]
        for row in _rows(measures.sections):
            leg = names.place("hold", row["leg"])
            told = names.terminal(row["terminal_id"]) if row["part"] == "stay" else leg.words
            mode = names.services[leg.service_id]["mode"] if leg.service_id else "ferry"
            sections.append({"name": _VERBS[row["part"]].format(told), **row, "mode": mode})
        for row in _rows(measures.cycles):
            pool = row["what"] == "turn"
            word = names.place("resource", row["name"]).words if pool else names.token(row["name"]).words
            told = _without(row, "what", "name")
            cycles.append({"what": row["what"], "name": word, "id": row["name"], **told})
    returning = {f"train {lead.name}" for lead, back in made.trains if back is not None}
    for row in _rows(indicators.train_runs(made, answer.runs)):
        word = names.token(row["name"]).words + (" and back" if row["name"] in returning else "")
        cycles.append({"what": "run", "name": word, "id": row["name"], **_without(row, "name")})
    return {
        "volumes": [_volume(row, names) for row in _rows(answer.volumes)],
        "transits": transits,
        "kinds": kinds,
        "sections": sections,
        **_costs(answer, names),
        "legs": _rows(indicators.legs(made, answer.runs, names)),
        "ships": [
            {"name": names.token(row["pool"]).words, "ends": names.ends(row["leg"]), **row}
            for row in _rows(answer.ships)
        ],
        "cycles": cycles,
        "waits": indicators.waits_by_cause(answer.waits, names),
        "utilisation": _rows(indicators.utilisation(answer.runs, names)),
    }


def _costs(answer: Simulated, names: Names) -> dict[str, list[dict[str, Any]]]:
    """What boxes cost by flow, all of them last, and what they lie at each terminal."""
    if answer.costs is None:
        return {"costs": [], "stays": []}
    flows = [
        {"name": "All boxes" if row["volume_id"] == ALL else names.token(row["volume_id"]).words, **row}
        for row in _rows(answer.costs.flows)
    ]
    stays = [
        {"name": names.terminal(row["terminal_id"]), "flow": names.token(row["volume_id"]).words, **row}
        for row in _rows(answer.costs.stays)
    ]
    return {"costs": flows, "stays": stays}


def to_dict(answer: Simulated) -> dict[str, Any]:
    """An answer for JSON."""
    names, measures = Names(answer.network), answer.measures
    first, last = first_day(answer), answer.corridor.last
    return {
        "question": {"year": answer.corridor.year, "from": first.isoformat(), "until": last.isoformat()},
        "well": answer.well,
        "warnings": warnings(answer, names),
        **summary(answer),
        "warm_up": None if measures is None else {"days_cut": answer.runs.options["warm_up_s"] // DAY_S,
                                                   "days_by_mser5": measures.warm_up.cut,
                                                   "settled": measures.warm_up.settled},
        "notes": notes(answer, names),
        "stops": [{**asdict(stop), "well": stop.well} for stop in answer.runs.stops],
        "run": answer.info.to_dict(),
    }  # fmt: skip


def first_day(answer: Simulated) -> date:
    """The first day that counts."""
    return answer.corridor.first + timedelta(answer.runs.options["warm_up_s"] // DAY_S)


def frames(answer: Simulated) -> dict[str, pl.DataFrame]:
    """The same rows as frames, those of a table alike; empty tables are left out."""
    import polars as pl

    return {
        name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in summary(answer).items() if rows
    }


def _volume(row: Row, names: Names) -> dict[str, Any]:
    whole = names.volumes[row["volume_id"]]
    first, last = whole["period_from"], whole["period_until"]
    year = (first.month, first.day, last.month, last.day) == (1, 1, 12, 31)
    part = "" if year else f", {days_words(first, last)}"
    name = names.flow(row["volume_id"])
    return {"name": name[:1].upper() + name[1:] + part, **row}


def _day(answer: Simulated, seconds: int) -> str:
    return f"{answer.corridor.first + timedelta(seconds // DAY_S):%-d %b %Y}"


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dicts()


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
