"""What a scenario changes for a shipment, as text: each corridor before and after, then why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..said import CORRIDOR_WORDS, figures
from ..words import chance_words, listed, named, signed

if TYPE_CHECKING:
    from ..difference import Difference

Row = Mapping[str, Any]
# Names and reasons told of one kind; with --all, and in JSON, all are.
_MOST = 6
_HOW = "--all shows them"
_LEFT = {
    "changed": "another way",
    "lost": "no route any more",
    "gained": "a route where there was none",
}


def difference_text(found: Difference, *, as_table: bool, every: bool = True) -> str:
    """The best route of each corridor before and after with the change, then what is behind it.

    every : lists in full, however long
    """
    asked, run = found.before.question, found.after.run
    head = (
        f"{asked['origin']['name']} to {asked['destination']['name']}: {asked['boxes']:,} x "
        f"{asked['container_type']}, ready {_day(asked, 0.0)}; {run.scenario} against "
        f"{found.before.run.scenario}\n"
    )
    if not found.corridors:
        return head + "No route before and none after.\n"
    most = None if every else _MOST
    if not as_table:
        told = (sentence for row in found.corridors for sentence in _sentences(found, row, most))
        return head + "".join(f"{sentence}\n" for sentence in told)
    text = head + "\n" + _compared(found)
    for row in found.corridors:
        if row["change"] != "same":
            same = row["change"] == "changed" and row["via_before"] == row["via_after"]
            way = "the same way" if same and not row["links_new"] else _LEFT[row["change"]]
            text += f"\n{CORRIDOR_WORDS[row['corridor']]}, {way}\n"
            lines = (*_moved(found, row, most), *_because(row, most))
            text += "".join(f"  {line}\n" for line in lines)
    return text


def _compared(found: Difference) -> str:
    """The table: a line before, one after and one with the change."""
    from .show import grid

    due = any(row["on_time_probability_before"] is not None for row in found.corridors) or any(
        row["on_time_probability_after"] is not None for row in found.corridors
    )
    rows = []
    for row in found.corridors:
        name = CORRIDOR_WORDS[row["corridor"]]
        if row["change"] == "same":
            rows.append([name, "unchanged", *_figures(found, row, "before", due)])
            continue
        rows.append([name, "before", *_figures(found, row, "before", due)])
        rows.append(["", "after", *_figures(found, row, "after", due)])
        if row["change"] == "changed":
            rows.append(["", "change", *_changes(found, row, due)])
    columns = ["corridor", "", "days", "9 in 10 by", "in time", "USD a box", "kg CO2e a box", "over"]
    columns = [column for column in columns if due or column != "in time"]
    right = ("days", "9 in 10 by", "in time", "USD a box", "kg CO2e a box")
    return grid(columns, rows, right=right, fold=("over",))


def _figures(found: Difference, row: Row, when: str, due: bool) -> list[str]:
    if row[f"mean_d_{when}"] is None:
        return ["no route", *[""] * (4 + due)]
    boxes = found.before.question["boxes"]
    chance = row[f"on_time_probability_{when}"]
    return [
        f"{row[f'mean_d_{when}']:.1f}",
        _promise(found, row, when),
        *([chance_words(chance) if chance is not None else ""] if due else []),
        figures(row[f"cost_usd_{when}"] / boxes),
        figures(row[f"kg_co2e_{when}"] / boxes),
        ", ".join(named(found.names, "terminals", row[f"via_{when}"])) or "no change on the way",
    ]


def _changes(found: Difference, row: Row, due: bool) -> list[str]:
    boxes = found.before.question["boxes"]
    later, chance = row["p90_h_extra"], row["on_time_probability_extra"]
    return [
        _days(row["mean_d_extra"]),
        "" if later is None else f"{_days(later / 24)} days",
        *(["" if chance is None else f"{chance * 100:+.0f} points" if chance else "0"] if due else []),
        signed(row["cost_usd_extra"] / boxes),
        signed(row["kg_co2e_extra"] / boxes),
        "",
    ]


def _days(extra: float) -> str:
    return f"{extra:+.1f}" if abs(extra) >= 0.05 else "0"


def _promise(found: Difference, row: Row, when: str) -> str:
    hours = row[f"p90_h_{when}"]
    return "never" if hours is None else _day(found.before.question, hours)


def _day(asked: Row, hours: float) -> str:
    return f"{datetime.fromisoformat(asked['ready_at']) + timedelta(hours=hours):%-d %b %Y}"


def _because(row: Row, most: int | None) -> Iterator[str]:
    reasons: Sequence[str] = row["because"]
    for reason in reasons[:most]:
        yield f"because {reason}"
    if most is not None and len(reasons) > most:
        yield f"and {len(reasons) - most:,} more reasons ({_HOW})"
    if not reasons:
        yield "no changed row touches it: other routes around it changed"


def _moved(found: Difference, row: Row, most: int | None) -> Iterator[str]:
    """What the route leaves and takes, by name, and the parts that it keeps at other figures."""
    if row["change"] != "changed":
        return
    for what, verb in (("services", "goes"), ("terminals", "passes"), ("links", "runs over")):
        # The terminals say which links are left and taken, unless there are none to say it.
        if what == "links" and most is not None and (row["terminals_gone"] or row["terminals_new"]):
            continue
        by = "by " if what == "services" else ""
        for word, side in (("no longer", "gone"), ("now", "new")):
            names = named(found.names, what, row[f"{what}_{side}"])
            if names:
                yield f"{word} {verb} {by}{listed(names, most, _HOW)}"
    kept = [part for part in row["parts"] if None not in (part["mean_h_before"], part["mean_h_after"])]
    for part in kept[:most]:
        ends = named(found.names, "terminals", dict.fromkeys((part["from_id"], part["to_id"])))
        yield (
            f"{part['kind'].replace('_', ' ')} {' - '.join(ends)}: {part['mean_h_before']:.1f} > "
            f"{part['mean_h_after']:.1f} h, {figures(part['cost_usd_before'])} > "
            f"{figures(part['cost_usd_after'])} USD for all boxes"
        )
    if most is not None and len(kept) > most:
        yield f"and {len(kept) - most:,} more legs and transfers with other figures ({_HOW})"


# Whole sentences.


def _sentences(found: Difference, row: Row, most: int | None) -> Iterator[str]:
    name, boxes = CORRIDOR_WORDS[row["corridor"]], found.before.question["boxes"]
    if row["change"] == "same":
        yield f"The {name} corridor stays as it is: {_said(found, row, 'before')}."
        return
    if row["change"] == "lost":
        yield f"The {name} corridor is lost; it took {_said(found, row, 'before')}."
    elif row["change"] == "gained":
        yield f"The {name} corridor is gained; it takes {_said(found, row, 'after')}."
    else:
        told = (
            ("mean_d", "days", "slower", "faster"),
            ("cost_usd", "dollars a box", "dearer", "cheaper"),
            ("kg_co2e", "kilograms of CO2 equivalent a box", "more", "less"),
        )
        parts = []
        for measure, unit, more, less in told:
            extra = row[f"{measure}_extra"] / (1 if measure == "mean_d" else boxes)
            if extra:
                amount = f"{abs(extra):.1f}" if measure == "mean_d" else figures(abs(extra))
                parts.append(f"{amount} {unit} {more if extra > 0 else less}")
        yield f"The {name} corridor changes: {', '.join(parts) or 'another way at the same figures'}."
        yield f"Before, it takes {_said(found, row, 'before')}."
        yield f"After, it takes {_said(found, row, 'after')}."
        gone, new = (named(found.names, "terminals", row[f"terminals_{side}"]) for side in ("gone", "new"))
        if gone or new:
            out, met = (listed(names, most, _HOW) for names in (gone, new))
            yield f"It leaves out {out or 'no terminal'} and passes {met or 'no new one'}."
    reasons = row["because"][:most]
    if reasons:
        left = len(row["because"]) - len(reasons)
        yield f"The reason: {'; '.join(reasons)}{f'; and {left:,} more ({_HOW})' if left else ''}."


def _said(found: Difference, row: Row, when: str) -> str:
    """The figures of a route in words."""
    boxes = found.before.question["boxes"]
    by = _promise(found, row, when)
    promise = "no date that can be promised" if by == "never" else f"9 times in 10 by {by}"
    via = named(found.names, "terminals", row[f"via_{when}"])
    usd, kg = (figures(row[f"{measure}_{when}"] / boxes) for measure in ("cost_usd", "kg_co2e"))
    return (
        f"{row[f'mean_d_{when}']:.1f} days in the mean, {promise}, {usd} dollars and {kg} kilograms of "
        "CO2 equivalent a box" + (f", over {', '.join(via)}" if via else "")
    )
