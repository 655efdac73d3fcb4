"""A simulated year as text: what went wrong, volumes, times, ships, waits and use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..said import figures
from ..simulate import Gains, Lab, Simulated, Tried, summary, told_cost, told_kinds
from .show import grid, wrapped

Row = Mapping[str, Any]
_MOST = 8  # rows of a long list, unless all are asked for
_ROLES = {"demand": "is given", "input": "lies behind what is given", "compared": "is independent"}
_VEHICLES = {"round": "{}: call to call", "run": "{}", "turn": "{}: taken to given back"}
_WHO = {"box": "boxes", "wagon or truck": "wagons and trucks"}


def simulation_text(answer: Simulated, *, every: bool = False) -> str:
    """The answer for a terminal; unless every, long lists are cut."""
    told = answer.to_dict()
    question, run = told["question"], told["run"]
    parts = []
    if told["warnings"]:
        head = "NOT WELL. Part of this run jammed, so that its figures are not those of a year:"
        parts.append(head + "\n" + _list(told["warnings"], every))
    factor, many = run["options"]["demand_factor"], run["options"]["replications"]
    more = f", demand times {factor:g}" if factor != 1 else ""
    parts.append(
        wrapped_text(
            f"Trans-Caspian route, {question['from']} to {question['until']}{more}: "
            f"{many} replication{'s' if many > 1 else ''}, seed {run['options']['seed']}, scenario "
            f"{run['scenario']}. Figures are means of a year; +- is half of the 95 % interval."
        )
    )
    rows = summary(answer)
    parts += [_volumes(rows["volumes"], every), _transits(rows["transits"], run["options"]["within_d"])]
    parts.append(_kinds(answer))
    parts += [_costs(rows["costs"]), _stays(rows["stays"], every)]
    parts += [_ships(rows["ships"]), _cycles(rows["cycles"]), _waits(rows["waits"], every)]
    parts.append(_use(rows["utilisation"], every))
    if told["notes"]:
        parts.append("Left out, or to know:\n" + _list(told["notes"], True))
    return "\n".join(part for part in parts if part)


def bottlenecks_text(answer: Gains, *, every: bool = False) -> str:
    """What one more of each thing would save, with the reason of each."""
    rows = answer.ranking.to_dicts()
    shown = rows if every else rows[: 2 * _MOST]
    cells = [
        [
            str(row["rank"]),
            row["words"],
            figures(row["saved_d"]) if row["saved_d"] is not None else "not known",
            ""
            if row["saved_d_low"] is None
            else f"{figures(row['saved_d_low'])} to {figures(row['saved_d_high'])}",
            "" if row["sooner_d"] is None else f"{row['sooner_d']:.2f}",
            "" if row["more_teu"] is None else f"{row['more_teu']:,.0f}",
        ]
        for row in shown
    ]
    head = ["", "what holds the year up", "days saved", "95 % interval", "sooner, days", "TEU more"]
    reasons = [f"{row['rank']}. {row['why']}" for row in shown]
    return (
        "\n"
        + wrapped_text(
            "One more of each, the rest and the chances as they are: days that boxes, wagons and trucks "
            "together would not have been on the way. Where the interval holds zero, more replications are "
            "needed to tell."
        )
        + grid(head, cells, right=head[2:], fold=head[1:2])
        + _list(reasons, True)
        + (f"{answer.left_out.height} more were not tried: less is waited there (--levers).\n")
    )


def events_text(answer: Lab) -> str:
    """What disruptions do, side by side."""

    def cell(number: float | None, form: str = ",.0f") -> str:
        return "" if number is None else format(number, form)

    cells = []
    for row in answer.events.to_dicts():
        back = cell(row["recovered_d"])
        if back and row["recovered_d_p90"] is not None:
            back += f" ({cell(row['recovered_d_p90'])})"
        extra, money = cell(row["extra_d"]), cell(row["cost_usd"])
        if row["cost_usd_low"] is not None:
            money += f" ({cell(row['cost_usd_low'])} to {cell(row['cost_usd_high'])})"
        if row["extra_d_low"] is not None:
            extra += f" ({cell(row['extra_d_low'])} to {cell(row['extra_d_high'])})"
        cells.append([row["event"], row["cargo"], back, cell(row["late"]), extra, money, str(row["unwell"])])
    costly = [row for row in answer.events.to_dicts() if row["cost_usd"] is not None]
    head = ["what an event would do", "cargo", "days to recover", "late", "extra days", "USD", "left out"]
    return (
        "\n"
        + wrapped_text(
            "Each event beside the same year without it. Days to recover: median (9 in 10) from the first "
            "day, 0 where it never was unusual; late: more than a day later than without the event; extra "
            "days on the way with their 95 % interval; USD: value of time, hire, storage and other ways of "
            "loaded boxes beyond the base; left out: replications that jammed."
        )
        + grid(head, cells, right=head[2:], fold=head[:1])
        + _list([f"{row['event']}, {told_cost(row)}" for row in costly], True)
        + _list(answer.notes, True)
    )


def policies_text(answer: Tried) -> str:
    """What a policy does beside the same year without it."""

    def cell(row: Row, name: str, form: str) -> str:
        if row[name] is None:
            return "not known"
        limits = [row[f"{name}_low"], row[f"{name}_high"]]
        between = "" if None in limits else f" ({' to '.join(format(each, form) for each in limits)})"
        return format(row[name], form) + between

    rows = answer.policies.to_dicts()
    cells = [
        [
            row["policy"],
            cell(row, "saved_d", ",.0f"),
            cell(row, "sooner_d", ".2f"),
            cell(row, "more_teu", ",.0f"),
            str(len(answer.base.runs.stops) - row["pairs"]),
        ]
        for row in rows
    ]
    head = ["the year with a policy", "days saved", "sooner, days", "TEU more", "left out"]
    return (
        "\n"
        + wrapped_text(
            "The year above beside the same year without the policy, on the same chances: days that boxes, "
            "wagons and trucks together were not on the way, with the 95 % interval over replications. Where "
            "it holds zero, nothing is told; left out: replications that jammed with it or without."
        )
        + grid(head, cells, right=head[1:], fold=head[:1])
    )


def _volumes(rows: Sequence[Row], every: bool) -> str:
    """Counts beside published ones; flows that were given are summed by unit unless every is asked for."""
    given = [row for row in rows if row["role"] == "demand" and not every]
    cells = []
    for unit in dict.fromkeys(row["unit"] for row in given):
        mine = [row for row in given if row["unit"] == unit]
        sums = [sum(row[name] for row in mine) for name in ("published", "simulated")]
        cells.append(_volume(f"All {len(mine)} flows given (--all)", unit, sums[0], sums[1], "is given"))
    for row in rows:
        if every or row["role"] != "demand":
            told = _capital(row["name"]), row["unit"], row["published"], row["simulated"]
            cells.append(_volume(*told, _ROLES[row["role"]]))
    head = ["carried in the year", "unit", "published", "simulated", "share", "the published figure"]
    return grid(head, cells, right=head[2:5], fold=head[:1])


def _volume(name: str, unit: str, published: float, simulated: float, role: str) -> list[str]:
    return [name, unit, f"{published:,.0f}", f"{simulated:,.0f}", f"{simulated / published:.2f}", role]


def _transits(rows: Sequence[Row], within_d: float | None) -> str:
    if not rows:
        return ""
    share = [f"within {within_d:g} d"] if within_d is not None else []
    cells = [
        [
            row["name"],
            f"{row['journeys']:,.0f}",
            f"{row['wait_before_d']:.1f}",
            f"{row['mean_d']:.1f}",
            _pm(row["mean_d_pm"]),
            *(f"{row[name]:.1f}" for name in ("p10_d", "p50_d", "p90_d")),
            *([f"{row['within_share']:.0%}"] if within_d is not None else []),
        ]
        for row in rows
    ]
    name = "days from first loading"
    head = [name, "arrived", "before", "mean", "+-", "1 in 10", "median", "9 in 10", *share]
    published = [f"{row['name']}, published days: {row['published_d']}" for row in rows if row["published_d"]]
    return grid(head, cells, right=head[1:], fold=(name,)) + _list(published, True)


def _costs(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    cells = [
        [
            row["name"],
            *(f"{row[name]:,.0f}" for name in ("boxes", "cost_usd", "cost_p50_usd", "cost_p90_usd")),
            f"{row['storage_usd']:,.0f}",
            f"{row['stored_share']:.0%}",
            f"{row['time_value_usd']:,.0f}",
            f"{row['kg_co2e']:,.0f}",
            "" if row["planned_p90_d"] is None else f"{row['planned_p90_d']:.0f}",
            "" if row["on_time_share"] is None else f"{row['on_time_share']:.0%}",
        ]
        for row in rows
    ]
    name = "a 40 ft box, USD"
    head = [
        *(name, "arrived", "price", "median", "9 in 10", "of it storage", "who pays it", "cargo's time"),
        *("kg CO2e", "promised d", "on time"),
    ]
    return grid(head, cells, right=head[1:], fold=(name,)) + wrapped_text(
        "Price: lines of the plan for the same ride, hire of the box and storage as simulated. Cargo's time "
        "is what the owner loses beside the price. Promised: days that plan keeps 9 times in 10; on time: "
        "the share that kept them here."
    )


def _stays(rows: Sequence[Row], every: bool) -> str:
    """Storage by terminal, the dearest first."""
    shown = sorted(rows, key=lambda row: -row["storage_all_usd"])
    shown = [row for row in (shown if every else shown[:_MOST]) if row["storage_all_usd"] > 0]
    if not shown:
        return ""
    cells = [
        [
            row["name"],
            row["flow"],
            f"{row['free_d']:.0f}",
            f"{row['mean_d']:.1f}",
            f"{row['p90_d']:.1f}",
            f"{row['charged_share']:.0%}",
            f"{row['storage_usd']:,.0f}",
            figures(row["storage_all_usd"]),
        ]
        for row in shown
    ]
    head = ["storage", "boxes", "free d", "stay d", "9 in 10", "who pay", "USD a box", "USD in all"]
    return grid(head, cells, right=head[2:], fold=head[:2])


def _kinds(answer: Simulated) -> str:
    """Kinds of boxes over all flows; the rows of each flow are in the files."""
    if answer.measures is None or answer.measures.kinds.is_empty():
        return ""
    cells = [
        [
            row["kind"],
            str(row["flows"]),
            f"{row['journeys']:,.0f}",
            f"{row['wait_d']:.1f}",
            f"{row['mean_d']:.1f}",
        ]
        for row in told_kinds(answer.measures.kinds)
    ]
    head = [
        "boxes by kind, all flows (shares are estimates)",
        "flows",
        "arrived",
        "days waited",
        "days in all",
    ]
    return grid(head, cells, right=head[1:], fold=head[:1])


def _ships(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    cells = [
        [
            row["name"],
            row["ends"],
            f"{row['ships']:.0f}",
            f"{row['departures_per_week']:.1f}",
            f"{row['round_h'] / 24:.1f}",
            f"{row['wait_for_load_h']:.0f}",
            f"{row['units_a_departure']:.0f}",
        ]
        for row in rows
    ]
    head = ["ships", "from and to", "number", "a week", "days a round", "load h", "load"]
    return grid(head, cells, right=head[2:], fold=head[:2])


def _cycles(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    cells = [
        [
            _capital(_VEHICLES[row["what"]].format(row["name"])),
            f"{row['n']:,.0f}",
            f"{row['mean_h'] / 24:.1f}",
            _pm(row["mean_h_pm"], 24),
            _pm(row.get("p50_h"), 24),
            _pm(row.get("p90_h"), 24),
        ]
        for row in rows
    ]
    head = ["days of vehicles, loaded to free again", "a year", "mean", "+-", "median", "9 in 10"]
    return grid(head, cells, right=head[1:], fold=head[:1])


def _waits(rows: Sequence[Row], every: bool) -> str:
    found = []
    for who in dict.fromkeys(row["who"] for row in rows):
        mine = [row for row in rows if row["who"] == who]
        shown = mine if every else mine[:_MOST]
        cells = [
            [
                _capital(row["name"]),
                f"{row['n']:,.0f}",
                f"{row['mean_h']:.1f}",
                f"{row['longest_h']:,.0f}",
                figures(row["total_d"]),
            ]
            for row in shown
        ]
        head = [f"waits of {_WHO.get(who, f'{who}s')}", "a year", "mean h", "longest h", "days in all"]
        found.append(grid(head, cells, right=head[1:], fold=head[:1]))
    return "\n".join(found)


def _use(rows: Sequence[Row], every: bool) -> str:
    cells = [
        [
            row["name"],
            f"{row['mean_capacity']:,.0f}",
            f"{row['use']:.0%}",
            f"{row['mean_queue']:.1f}",
            f"{row['most_queue']:.0f}",
        ]
        for row in (rows if every else rows[: 2 * _MOST])
    ]
    head = ["use", "units", "in use", "mean queue", "longest"]
    more = "" if every or len(rows) <= 2 * _MOST else f"And {len(rows) - 2 * _MOST} more: --all shows them.\n"
    return grid(head, cells, right=head[1:], fold=head[:1]) + more


def _pm(value: float | None, over: float = 1.0) -> str:
    return "" if value is None else f"{value / over:.1f}"


def _list(lines: Sequence[str], every: bool) -> str:
    shown = lines if every else lines[: 2 * _MOST]
    text = "".join("\n".join(wrapped(line, "  ", "    ")) + "\n" for line in shown)
    return text + (f"  and {len(lines) - len(shown)} more (--all)\n" if len(lines) > len(shown) else "")


def wrapped_text(text: str) -> str:
    """A paragraph."""
    return "\n".join(wrapped(text)) + "\n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
