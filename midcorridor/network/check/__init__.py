"""What in a network would make plans silently wrong, found before anybody plans.

A table that breaks its schema is refused when it is read. Here is what each table by itself allows
and all of them together do not: a gauge change that nobody performs, a ship without a price.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

from .. import Network
from ..compiled import Compiled
from . import countries, durations, lengths, names, prices, reach, seaways, services, timetables, transfers
from .finding import Finding
from .summary import summary

__all__ = ["CHECKS", "Finding", "check", "summary"]

CHECKS: tuple[Callable[[Compiled], Iterable[Finding]], ...] = (
    names.unknown_scopes,
    names.dates_reversed,
    names.closures_without_length,
    lengths.shorter_than_great_circle,
    lengths.speeds_out_of_band,
    reach.unreached_terminals,
    reach.separate_components,
    reach.unserved_waters,
    reach.gauges_without_change,
    reach.gauge_dead_ends,
    services.left_out,
    services.one_way_only,
    services.capacities,
    timetables.ends_soon,
    timetables.departures_differ,
    transfers.missing,
    transfers.free_or_instant,
    transfers.frontiers,
    durations.storms_in_dwell,
    durations.storms_in_running,
    durations.slow_services,
    prices.twice,
    prices.ships,
    prices.tariffs,
    prices.needed_everywhere,
    prices.factors,
    prices.electricity,
    seaways.passages_against_base_map,
    countries.own_countries_told,
    countries.countries_do_not_touch,
)


def check(network: Network, day: date) -> list[Finding]:
    """Everything doubtful in what a network holds on a day, errors first.

    An error makes plans wrong or leaves out what the tables say is there; a warning is for a person to
    judge.
    """
    compiled = network.on(day)
    found = [finding for each in CHECKS for finding in each(compiled)]
    return sorted(found, key=lambda finding: (finding.severity, finding.code, finding.where))
