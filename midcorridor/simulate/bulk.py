"""Ships of dry bulk and general cargo, which take berths of the quays where boxes are worked."""

from __future__ import annotations

from .deciding import BERTH
from .durations import constant, exponential
from .ground import DAY_S, HOUR_S, Row
from .pilots import pilot
from .ways import Ways


def add_bulk(ground: Ways, row: Row) -> bool:
    """Ships of a flow of `volumes` at a terminal, at random as tramp ships come; False without berths.

    One ship carries `ship_load_t` and is worked at the rate of its berth while the weather allows. Where they
    go to and come from is not in the model.
    """
    port = row["place_ids"][0]
    berth, facility = ground.place(port, "bulk_berth"), ground.facility(port, "bulk_berth")
    if berth is None or facility is None or not row["ship_load_t"]:
        return False
    ship = ground.model.program(f"ship of bulk {port}")
    ground.gates(ship, [port])
    ground.seize_by(ship, berth, 1, BERTH, port, "", ground.bulk_priority(port))
    pilot(ground, ship, port)
    work = constant(row["ship_load_t"] / facility["rate"] * HOUR_S)
    ship.work(work, port) if port in ground.gated else ship.delay(work)
    pilot(ground, ship, port)
    ship.release(berth).end()
    days = (row["period_until"] - row["period_from"]).days + 1
    every = days * DAY_S * row["ship_load_t"] / (row["value"] * ground.factor)
    ground.model.generator(f"calls of bulk {port}", ship.name, every=exponential(every), kind=ship.name)
    return True
