"""Formulas of greenhouse gases: numbers in, kilograms CO2 equivalent out (well-to-wheel)."""

from __future__ import annotations

G_PER_KG = 1000.0
WH_PER_KWH = 1000.0


def per_tkm_kg_co2e(km: float, g_per_tkm: float) -> float:
    """Emissions of moving one tonne of cargo over a distance.

    Source  ISO 14083:2023, 7: activity (tonne-km) times emission intensity.
    >>> per_tkm_kg_co2e(1000, 25.0)
    25.0
    """
    return km * g_per_tkm / G_PER_KG


def per_teu_km_kg_co2e(km: float, g_per_teu_km: float) -> float:
    """Emissions of moving one TEU over a distance; never added to a factor per tonne-km."""
    return km * g_per_teu_km / G_PER_KG


def electric_g_per_tkm(wh_per_tkm: float, grid_g_per_kwh: float, loss: float) -> float:
    """Emission intensity of electric traction, the losses on the way to the train in it.

    wh_per_tkm : energy at the pantograph per tonne-km of cargo
    grid_g_per_kwh : intensity of the electricity that the railway buys
    loss : electricity generated per electricity at the pantograph, >= 1
    >>> electric_g_per_tkm(20, 500, 1.0), electric_g_per_tkm(20, 500, 1.1)
    (10.0, 11.0)
    """
    return wh_per_tkm * grid_g_per_kwh * loss / WH_PER_KWH


def mixed_g_per_tkm(electrified_share: float, electric_g: float, diesel_g: float) -> float:
    """Emission intensity of a section that is electric over a share of its length."""
    return electrified_share * electric_g + (1 - electrified_share) * diesel_g


# The function that reproduces EcoTransIT's table of electric trains to its rounding, and its floor.
_ENERGY_SCALE, _ENERGY_POWER, _ENERGY_FLOOR = 1200.0, -0.62, 10.0
MJ_PER_KWH = 3.6


def rail_wh_per_gtkm(gross_t: float, gradient: float = 1.0) -> float:
    """Electricity at the pantograph of a train, Wh per gross tonne-km.

    gross_t : gross mass of the train, > 0      gradient : 1 flat; hilly and mountain lines take more
    Source  EcoTransIT World methodology, 15 July 2010, table 23; the power law is fitted to its five rows
        (25.5, 16.6, 12.9, 10.8, 10.0), the last of which is the floor for heavier trains.
    >>> [round(rail_wh_per_gtkm(t), 1) for t in (500, 1000, 1500, 2000, 4000)]
    [25.5, 16.6, 12.9, 10.8, 10.0]
    """
    return float(max(_ENERGY_FLOOR, _ENERGY_SCALE * gross_t**_ENERGY_POWER) * gradient)


def slower_ship(speed: float, power: float) -> float:
    """Fuel of a ship over a distance by that at its usual speed.

    speed : by the usual one, > 0      power : 2 where the power of the engine follows the cube of speed
    Source  propeller law: power x hours = v^3 x 1 / v. A tenth slower saves the published 19 %.
    >>> round(slower_ship(0.9, 2), 2)
    0.81
    """
    return float(speed**power)


def annuity(rate: float, years: int) -> float:
    """Share of a sum that is paid each year for so many years, interest in it.

    >>> round(annuity(0.05, 30), 4)
    0.0651
    """
    return float(rate / (1 - (1 + rate) ** -years))


def gross_per_net(cargo_t: float, box_t: float, wagon_t: float, empty_share: float) -> float:
    """Gross tonne-km that a train runs for each tonne-km of cargo, its empty running in it.

    cargo_t, box_t, wagon_t : of one TEU, cargo_t > 0
    empty_share : empty kilometres of all kilometres, 0 <= share < 1; boxes and wagons come back empty
    >>> gross_per_net(10, 2, 8, 0.0), gross_per_net(10, 2, 8, 0.5)
    (2.0, 3.0)
    """
    return (cargo_t + box_t + wagon_t + empty_share / (1 - empty_share) * (box_t + wagon_t)) / cargo_t


def diesel_mj_per_tkm(wh_per_tkm: float, efficiency: float) -> float:
    """Diesel that moves what takes so many Wh at the pantograph, MJ per tonne-km.

    efficiency : electricity at the pantograph per energy of the diesel
    >>> round(diesel_mj_per_tkm(27.0, 0.37), 3)
    0.263
    """
    return wh_per_tkm / WH_PER_KWH * MJ_PER_KWH / efficiency


def road_g_per_tkm(
    l_per_100km: float, payload_t: float, load_factor: float, empty_share: float, g_per_l: float
) -> float:
    """Emission intensity of a truck, its empty running in it.

    load_factor : mass on loaded trips by payload_t, 0 < share <= 1
    empty_share : empty kilometres of all kilometres, 0 <= share < 1
    >>> road_g_per_tkm(30.0, 20.0, 0.5, 0.25, 3000.0)
    120.0
    """
    return l_per_100km / 100.0 * g_per_l / (payload_t * load_factor * (1 - empty_share))


def ets_eur(ttw_kg: float, voyage_share: float, phase_in: float, eur_per_t: float) -> float:
    """Allowances for a voyage: emissions on board times the shares that count, times their price.

    >>> ets_eur(10_000, 0.5, 0.7, 80)
    280.0
    """
    return ttw_kg / 1000.0 * voyage_share * phase_in * eur_per_t


def fueleu_eur(energy_mj: float, intensity: float, limit: float, periods: int = 1) -> float:
    """Penalty for energy whose well-to-wake intensity (g/MJ) is above the limit; 0 below it.

    periods : years in a row with a deficit, this one included
    Source  Regulation (EU) 2023/1805, Annex IV: |balance| / (intensity x 41,000) x 2,400, a tenth more
        for each further period.
    >>> round(fueleu_eur(40_500, 91.744198, 89.3368), 4)  # one tonne of heavy fuel oil in 2025
    62.2088
    """
    deficit_g = max(0.0, intensity - limit) * energy_mj
    return deficit_g / (intensity * 41_000.0) * 2_400.0 * (1 + (periods - 1) / 10)


def break_even_usd_per_h(fast_usd: float, fast_h: float, slow_usd: float, slow_h: float) -> float | None:
    """Value of an hour from which the faster way is the cheaper one; None where it is not dearer anyway.

    >>> break_even_usd_per_h(12_000, 100, 10_000, 500)
    5.0
    """
    return (fast_usd - slow_usd) / (slow_h - fast_h) if slow_h > fast_h and fast_usd > slow_usd else None


def abatement_usd_per_t(extra_usd: float, saved_kg: float) -> float | None:
    """Cost of a tonne of CO2e that a measure saves; None where it saves nothing.

    >>> abatement_usd_per_t(500, 2_000)
    250.0
    """
    return extra_usd / (saved_kg / 1000.0) if saved_kg > 0 else None
