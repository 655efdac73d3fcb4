"""Published footprints and ours side by side; where the boundary is another, it is named and not scored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..basemap.sphere import great_circle_km
from ..emissions import (
    WH_PER_KWH,
    diesel_mj_per_tkm,
    electric_g_per_tkm,
    gross_per_net,
    mixed_g_per_tkm,
    per_teu_km_kg_co2e,
    per_tkm_kg_co2e,
    rail_wh_per_gtkm,
    slower_ship,
)
from ..tables import Tables
from .electricity import grid_of

# What the publications say of their cases.
UTLC_TEU, UTLC_KM, ROUTE_KM, LITRES = 692_500, 5_400, 12_000, 186
HHLA_KM, STU_SEA_KM = 19_879, 24_452
SLOW, BEFORE = 0.75, 0.85  # speed by design speed
# The sections of the network that the trains of two cases run over.
CHINA = (
    "cn-zhengzhou_cn-xian", "cn-xian_cn-baoji", "cn-baoji_cn-lanzhou", "cn-lanzhou_cn-hami",
    "cn-hami_cn-turpan", "cn-turpan_cn-urumqi", "cn-urumqi_cn-jinghe", "cn-jinghe_cn-alashankou",
)  # fmt: skip
BROAD_GAUGE = (
    "kz-dostyk_kz-aktogay", "kz-aktogay_kz-moyynty", "kz-moyynty_kz-zharyk", "kz-zharyk_kz-karaganda",
    "kz-karaganda_kz-astana", "kz-astana_kz-petropavl", "kz-petropavl_ru-yekaterinburg",
    "ru-yekaterinburg_ru-moscow", "ru-moscow_ru-smolensk", "ru-smolensk_by-minsk", "by-minsk_by-brest",
)  # fmt: skip


def published_cases(tables: Tables) -> list[dict[str, Any]]:
    """A row a published case: published, ours, difference, whether it is scored, source and remark.

    ours is None where a case cannot be computed with its own boundary.
    """
    constants = tables.by_key("footprint_constants")
    factors, fuels = (tables.by_key(name) for name in ("emission_factors", "fuels"))

    def constant(name: str) -> float:
        return float(constants[name]["value"])

    def rail_wh(gross_t: float, cargo_t: float) -> float:
        ratio = gross_per_net(
            cargo_t,
            constant("box-t-per-teu"),
            constant("wagon-t-per-teu"),
            constant("rail-empty-share"),
        )
        return rail_wh_per_gtkm(gross_t) * ratio

    diesel = fuels["diesel-en16258"]
    wtw_mj = diesel["wtt_g_per_mj"] + diesel["ttw_g_per_mj"]
    wh = rail_wh(2000, 10)

    burnt_mj = diesel_mj_per_tkm(wh, constant("diesel-efficiency"))
    links, terminals = tables.by_key("links"), tables.by_key("terminals")
    power = grid_of(tables, None, 2023)

    def over(link_ids: tuple[str, ...]) -> tuple[float, float]:
        """Well-to-wheel and tank-to-wheel intensity over sections of the network."""
        km = wtw = ttw = 0.0
        for link in (links[name] for name in link_ids if name in links):
            ends = [terminals[link[side]]["country"] for side in ("from_terminal", "to_terminal")]
            g_per_kwh = sum(power.of(code).g_per_kwh for code in ends) / 2
            share = link["electrified_share"] or 0.0
            electric = electric_g_per_tkm(wh, g_per_kwh, constant("grid-loss"))
            km += link["km"]
            wtw += link["km"] * mixed_g_per_tkm(share, electric, burnt_mj * wtw_mj)
            ttw += link["km"] * (1 - share) * burnt_mj * diesel["ttw_g_per_mj"]
        return (wtw / km, ttw / km) if km else (0.0, 0.0)

    rows: dict[str, tuple[float | None, bool, str]] = {
        "zhengzhou-hamburg-rail": (
            10 * per_tkm_kg_co2e(ROUTE_KM, over(CHINA + BROAD_GAUGE)[0]),
            False,
            "published per TEU, rounded, without method or boundary; ours is rail by energy, with the "
            "wires and grids of the sections from Zhengzhou to Brest over all 12,000 km",
        ),
        "utlc-2021": (
            UTLC_TEU * 10 * per_tkm_kg_co2e(UTLC_KM, over(BROAD_GAUGE)[1]),
            False,
            "direct emissions only: electricity counts zero; load and sections run on diesel are not "
            "published, ours are 10 t per TEU and the sections without wire; never to be compared with "
            "a full chain",
        ),
        "munich-berlin-truck-b7": (
            # The blend of 6.75 % has less than the mineral fuel that we hold.
            LITRES * diesel["kg_per_l"] * diesel["mj_per_kg"] * wtw_mj / 1000.0,
            True,
            "same litres; published for B6.75, ours for mineral diesel",
        ),
        "munich-berlin-train": (
            None,
            False,
            "the energy of the train is not published apart from the result: 4,681 kWh follow from it",
        ),
        "gb-rail-500km": (
            1000 * per_tkm_kg_co2e(500, factors["rail-mixed-desnz"]["g_co2e_per_tkm_wtw"]),
            False,
            "the class factor itself on its own case: checks activity times intensity and nothing else",
        ),
        "finland-train": (
            rail_wh_per_gtkm(1016) * 1016 / WH_PER_KWH / 1000.0,
            True,
            "electricity measured at the wire against the energy function for a train of that mass",
        ),
        "imo-slow-steaming": (
            slower_ship(SLOW / BEFORE, constant("ship-speed-power")) * SLOW / BEFORE,
            True,
            "fuel of a day: by the kilometre times the kilometres of a day; a mean of ratios of many ships",
        ),
        "hhla-handling-hamburg": (
            constant("hub-container"),
            False,
            "CO2 of the operator's own terminals with their electricity; ours is the GLEC default of all",
        ),
        "hhla-shanghai-hamburg-sea": (
            per_teu_km_kg_co2e(HHLA_KM, factors["sea-deep-asia-north-europe"]["g_co2e_per_teu_km_ttw"]),
            False,
            "ships and speeds of 2007 to 2009 at the funnel; ours is the mean of the lane of 2023 with "
            "larger and slower ships",
        ),
        "stu-zhengzhou-hamburg-air": (
            10 * per_tkm_kg_co2e(_flight_km(terminals) + constant("air-extra-km"), constant("air-long-wtw")),
            False,
            "published without method, boundary or airport: ours is the great circle and 95 km",
        ),
        "stu-zhengzhou-hamburg-sea": (
            per_teu_km_kg_co2e(STU_SEA_KM, factors["sea-deep-asia-north-europe"]["g_co2e_per_teu_km_wtw"]),
            False,
            "published without method or boundary; ours is the lane default over all 24,452 km",
        ),
    }
    found = []
    for case in tables["emission_cases"]:
        ours, scored, remark = rows.get(case["case_id"], (None, False, "not computed"))
        published = case["kg_co2e"]
        found.append(
            {
                "case_id": case["case_id"],
                "title": case["title"],
                "boundary": case["boundary"],
                "published_kg": published,
                "ours_kg": ours,
                "difference": None if ours is None else ours / published - 1,
                "scored": scored,
                "remark": remark,
                "source": _source(tables, case),
            }
        )
    return found


def _flight_km(terminals: Mapping[str, Any]) -> float:
    ends = [terminals[place][part] for place in ("cn-zhengzhou", "de-hamburg") for part in ("lat", "lon")]
    return float(great_circle_km(*ends))


def _source(tables: Tables, case: Mapping[str, Any]) -> str:
    known = tables.by_key("sources")
    return "; ".join(f"{known[name]['title']}, {known[name]['publisher']}" for name in case["source"])
