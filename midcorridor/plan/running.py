"""What a run over links takes, costs and emits, and what happens at the frontiers on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..costs import distance_tariff_usd
from ..emissions import electric_g_per_tkm, mixed_g_per_tkm, per_teu_km_kg_co2e, per_tkm_kg_co2e
from ..errors import Fault, InputError
from ..network import GRID_LOSS, Compiled, constant, distance_adjustment
from ..network.compiled import Row, countries_of
from ..times import HOURS_PER_DAY, lognormal_mean_h, lognormal_var_h2
from .moves import Part, QuoteLine
from .prices import Prices


@dataclass(frozen=True, slots=True)
class _Piece:
    """A link in one direction as every service of one emission factor runs over it."""

    mean_h: float  # as the link's own figures say
    spread: float  # variance over the square of the mean
    stretch: float  # fitted to measured times
    through: tuple[str, ...]
    kg_per_t: float
    kg_per_teu: float
    rows: tuple[tuple[str, str], ...]
    borders: tuple[Part, ...]


class Running:
    """Runs on one day's network."""

    def __init__(self, compiled: Compiled, prices: Prices, alike: Running | None = None) -> None:
        """alike: runs of the same day on rows of which only prices of unit_costs differ."""
        self.compiled = compiled
        self.prices = prices
        # Pieces have no tariff; see `_lines`.
        self._pieces: dict[tuple[str, bool, str], _Piece] = {} if alike is None else alike._pieces
        self._factors = compiled.tables.by_key("emission_factors")
        self._grid = _latest_grid(compiled)

    def parts(
        self,
        run: tuple[tuple[Row, bool], ...],
        service: Row,
        p50_h: float | None,
        p90_h: float | None,
        forward: bool = True,
    ) -> list[Part]:
        """A run over some links with the frontiers on its way, a part for each link and procedure.

        p50_h, p90_h : the service's own time for all of it, which replaces the links'
        """
        pieces = [self._piece(link, along, service) for link, along in run]
        sums_h = [piece.mean_h for piece in pieces]
        slowest = service["most_km_per_day"]
        if slowest is not None:
            sums_h = [
                max(hours, HOURS_PER_DAY * link["km"] / slowest)
                for hours, (link, _) in zip(sums_h, run, strict=True)
            ]
        if p50_h is not None:
            # The service's own time for the hop replaces the links' and is shared out over them.
            own = (p50_h, p90_h if p90_h is not None else p50_h)
            whole_h, whole_h2 = lognormal_mean_h(*own), lognormal_var_h2(*own)
            sums_h = [whole_h * hours / sum(sums_h) for hours in sums_h]
            vars_h2 = [whole_h2 * hours / whole_h for hours in sums_h]
        else:
            # Stops in yards scale a run, so its spread keeps its share of the mean.
            vars_h2 = [piece.spread * hours * hours for piece, hours in zip(pieces, sums_h, strict=True)]
        parts: list[Part] = []
        for (link, along), piece, hours, var_h2 in zip(run, pieces, sums_h, vars_h2, strict=True):
            start, end = _ends(link, along)
            parts.extend(part for part in piece.borders if part.terminal_id == start)
            parts.append(
                Part(
                    "run",
                    terminal_id=end,
                    link_id=link["link_id"],
                    through=piece.through,
                    km=link["km"],
                    handling_h=hours * piece.stretch,
                    handling_var_h2=var_h2 * piece.stretch * piece.stretch,
                    kg_per_t=piece.kg_per_t,
                    kg_per_teu=piece.kg_per_teu,
                    lines=self._lines(link, service, start, end, forward),
                    rows=piece.rows,
                )
            )
            parts.extend(part for part in piece.borders if part.terminal_id != start)
        return parts

    def _piece(self, link: Row, along: bool, service: Row) -> _Piece:
        """What runs over a link have in common, looked up once: many services use the same line."""
        key = (link["link_id"], along, service["factor_id"])
        if key not in self._pieces:
            start, end = _ends(link, along)
            time = link["running_p50_h"], link["running_p90_h"]
            stretch, fits = self.compiled.stretch(link)
            kg_per_t, kg_per_teu, factor_rows = self._carbon(link, service, start, end)
            by_land = link["mode"] in ("rail", "road")
            self._pieces[key] = _Piece(
                mean_h=lognormal_mean_h(*time),
                spread=lognormal_var_h2(*time) / lognormal_mean_h(*time) ** 2,
                stretch=stretch,
                through=countries_of(link, self.compiled.terminals, along),
                kg_per_t=kg_per_t,
                kg_per_teu=kg_per_teu,
                rows=(("links", link["link_id"]), *factor_rows, *fits),
                borders=tuple(self._border_parts(link["mode"], start, end)) if by_land else (),
            )
        return self._pieces[key]

    def _lines(self, link: Row, service: Row, start: str, end: str, forward: bool) -> tuple[QuoteLine, ...]:
        """Tariff lines of one link. A link over a frontier is tariffed half by each railway."""
        if service["mode"] in ("sea", "inland_waterway"):
            return ()  # the freight of a ship is for the whole voyage: see _board
        item = "rail_tariff" if link["mode"] == "rail" else "truck_rate"
        countries = [self.compiled.terminals[place]["country"] for place in (start, end)]
        halves = [(countries[0], 1.0)] if countries[0] == countries[1] else [(c, 0.5) for c in countries]
        lines = []
        for country, part in halves:
            price = self.prices.need(item, country=country, service_id=service["service_id"], forward=forward)
            usd = distance_tariff_usd(link["km"] * part, price.value)
            lines.append(QuoteLine(item, usd, "unit_costs", price.cost_id))
        return tuple(lines)

    def _carbon(
        self, link: Row, service: Row, start: str, end: str
    ) -> tuple[float, float, tuple[tuple[str, str], ...]]:
        factor = self._factors[service["factor_id"]]
        used = [("emission_factors", factor["factor_id"])]
        km = link["km"]
        if link["mode"] == "rail":
            return self._rail_carbon(link, factor, start, end)
        adjusted, rows = distance_adjustment(self.compiled.tables, factor)
        used += rows
        if factor["g_co2e_per_teu_km_wtw"] is not None:
            return 0.0, per_teu_km_kg_co2e(km * adjusted, factor["g_co2e_per_teu_km_wtw"]), tuple(used)
        return per_tkm_kg_co2e(km * adjusted, factor["g_co2e_per_tkm_wtw"]), 0.0, tuple(used)

    def _rail_carbon(
        self, link: Row, factor: Row, start: str, end: str
    ) -> tuple[float, float, tuple[tuple[str, str], ...]]:
        """Electric over the share of the section under wire, on that country's grid; diesel elsewhere."""
        countries = [self.compiled.terminals[place]["country"] for place in (start, end)]
        share = link["electrified_share"] or 0.0
        used: list[tuple[str, str]] = []
        electric_g = diesel_g = 0.0
        if share > 0 and factor["wh_per_tkm"] is not None:
            grids = [self._grid_of(country) for country in countries]
            # As with the tariff, a link over a frontier is half of each country.
            intensity = sum(grid["g_co2e_per_kwh"] for grid in grids) / 2
            loss = constant(self.compiled.tables, GRID_LOSS)
            electric_g = electric_g_per_tkm(factor["wh_per_tkm"], intensity, loss)
            used += [("emission_factors", factor["factor_id"]), ("footprint_constants", GRID_LOSS)]
            used += dict.fromkeys(("grid", grid["grid_id"]) for grid in grids)
        else:
            share = 0.0
        if share < 1:
            diesel = factor
            if factor["no_wire_factor_id"] is not None:
                diesel = self._factors[factor["no_wire_factor_id"]]
            if diesel["g_co2e_per_tkm_wtw"] is None:
                raise InputError(
                    Fault(
                        "missing_figure",
                        f"{factor['factor_id']} has no factor where there is no wire",
                        "emission_factors.csv",
                        accepted="no_wire_factor_id of a row with g_co2e_per_tkm_wtw",
                    )
                )
            diesel_g = diesel["g_co2e_per_tkm_wtw"]
            used.append(("emission_factors", diesel["factor_id"]))
        kg_per_t = per_tkm_kg_co2e(link["km"], mixed_g_per_tkm(share, electric_g, diesel_g))
        return kg_per_t, 0.0, tuple(used)

    def _grid_of(self, country: str) -> Row:
        row = self._grid.get(country)
        if row is None:
            raise InputError(
                Fault(
                    "missing_figure",
                    f"no grid intensity for {country}",
                    "grid.csv",
                    accepted="a row of the country",
                )
            )
        return row

    def _border_parts(self, mode: str, start: str, end: str) -> list[Part]:
        terminals = self.compiled.terminals
        first, second = terminals[start]["country"], terminals[end]["country"]
        if first == second:
            return []
        parts = []
        for row in self.compiled.procedures(mode, start, end):
            key = row["procedure_id"]
            usd = row["usd_per_feu"]
            stretch, fits = self.compiled.fitted("frontier", first if row["side"] == "exit" else second)
            parts.append(
                Part(
                    "border",
                    terminal_id=start if row["side"] == "exit" else end,
                    handling_h=lognormal_mean_h(row["p50_h"], row["p90_h"]) * stretch,
                    handling_var_h2=lognormal_var_h2(row["p50_h"], row["p90_h"]) * stretch * stretch,
                    lines=(QuoteLine("border_fees", usd, "border_procedures", key),)
                    if usd is not None
                    else (),
                    rows=(("border_procedures", key), *fits),
                    note=f"{first}>{second} {row['side']} {_where(row)}",
                )
            )
        return parts


def _ends(link: Row, along: bool) -> tuple[str, str]:
    ends = link["from_terminal"], link["to_terminal"]
    return ends if along else ends[::-1]


def _where(procedure: Row) -> str:
    """A procedure is at a terminal of its own, else somewhere between the ends of the link."""
    if procedure["terminal_id"] is not None:
        return "at"
    return "after" if procedure["side"] == "exit" else "before"


def _latest_grid(compiled: Compiled) -> Mapping[str, Row]:
    """The grid row of each country that is the latest not after the day's year, else the earliest."""
    found: dict[str, Row] = {}
    for row in sorted(compiled.tables["grid"], key=lambda row: row["year"]):
        country = row["country"]
        if country not in found or row["year"] <= compiled.day.year:
            found[country] = row
    return found
