"""Small networks written as text: only the cells that a test cares about, the rest filled in."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from midcorridor.network import Network
from midcorridor.schemas import schema
from midcorridor.tables import Tables, check_keys, parse

_DEFAULTS: dict[str, dict[str, Any]] = {
    "terminals": {"name": "?", "kinds": "rail_terminal", "gauges_mm": "1520", "status": "open"},
    "links": {
        "direction": "both",
        "mode": "rail",
        "gauge_mm": "1520",
        "electrified_share": "0",
        "status": "open",
    },
    "services": {
        "name": "?",
        "mode": "sea",
        "kind": "container_feeder",
        "runs": "forward",
        "accepts": "container",
        "departures_per_week": "7",
        "headway_cv": "0",
        "capacity": "200",
        "capacity_unit": "TEU",
        "capacity_direction": "each_way",
        "factor_id": "ship",
        "status": "open",
    },
    "closures": {"directions": "both"},
    "bookings": {
        "departs": "any",
        "accepted": "true",
        "fill_p50_h": "0",
        "fill_p90_h": "0",
        "price_factor": "1",
        "pays_for": "boxes",
        "cutoff_h": "0",
    },
    "unit_costs": {"container": "40", "direction": "any", "price_year": "2025", "in_model": "true"},
    "handling": {"kg_co2e_per_teu": "0", "price_year": "2025"},
    "emission_factors": {"vehicle": "?", "energy": "diesel", "includes_empty_running": "true"},
}
_PROVENANCE = {"source": "test", "year": "2025", "confidence": "high", "basis": "measured"}

BASE = {
    "sources": "source_id,title,publisher,date,url\ntest,Test,Test,2026,",
    "countries": (
        "country,name,customs_union,truck_km_per_day\nCN,China,,600\nKZ,Kazakhstan,EAEU,600\n"
        "RU,Russia,EAEU,600\nAZ,Azerbaijan,,600\nGE,Georgia,,600\nIR,Iran,,600"
    ),
    "emission_factors": (
        "factor_id,mode,energy,g_co2e_per_tkm_wtw,g_co2e_per_teu_km_wtw,wh_per_tkm,no_wire_factor_id\n"
        "rail-diesel,rail,diesel,20,,,\nrail-electric,rail,electricity,,,25,rail-diesel\n"
        "ship,sea,marine_fuel,,300,,\ntruck-artic,road,diesel,80,,,"
    ),
    "grid": "grid_id,country,g_co2e_per_kwh\nkz,KZ,800\ncn,CN,600\nru,RU,400\naz,AZ,500\nge,GE,200",
    "footprint_constants": (
        "constant_id,meaning,value,unit\ngrid-loss,Loss,1.08,1\ndaf-sea,Sea,1.15,1\ndaf-road,Road,1.05,1"
    ),
    "commodities": (
        "commodity_id,name,value_usd_per_t,t_per_teu,value_of_time_share_per_day,temperature_controlled\n"
        "consumer_goods,Goods,6000,7,0.009,false\ngrain,Grain,300,12,0.001,false"
    ),
    "containers": (
        "container_type,name,teu,length_m,tare_t,max_gross_t,volume_m3,reefer\n"
        "40HC,Forty,2,12.2,3.9,30.48,76,false\n20,Twenty,1,6.1,2.3,30.48,33,false"
    ),
    "services": (
        "service_id,mode,kind,runs,accepts,departures_per_week,headway_cv,capacity,factor_id\n"
        "rail-ordinary,rail,ordinary_train,both,container,7,0,100,rail-electric\n"
        "truck,road,shuttle,both,container;trailer,168,0,2,truck-artic"
    ),
    "dwell": (
        "dwell_id,kind,activity,p50_h,p90_h\n"
        "load,rail_terminal,load,10,10\ndis,rail_terminal,discharge,6,6\nts,rail_terminal,transship,5,5\n"
        "pload,seaport,load,20,20\npdis,seaport,discharge,8,8\npts,seaport,transship,12,12"
    ),
    "handling": (
        "handling_id,kind,activity,usd_per_feu\n"
        "load,rail_terminal,load,50\ndis,rail_terminal,discharge,60\nts,rail_terminal,transship,70\n"
        "pload,seaport,load,80\npdis,seaport,discharge,90\npts,seaport,transship,100\n"
        "gc,rail_terminal,gauge_change,200"
    ),
    "unit_costs": (
        "cost_id,item,mode,country,service_id,container,value,unit\n"
        "rail,rail_tariff,rail,,,40,0.5,USD/FEU-km\ntruck,truck_rate,road,,,40,1.5,USD/km\n"
        "min,drayage_minimum,road,,,40,150,USD/FEU\nhire,container_hire,,,,40,0,USD/FEU-day\n"
        "hire20,container_hire,,,,20,0,USD/TEU-day\nmargin,forwarder_margin,,,,40,0,1\n"
        "ratio,size_ratio,,,,20,0.62,1\nworth,time_cost_tradeoff,,,,40,0.9,1\nsea,sea_freight,sea,,,40,400,USD/FEU\n"
        "return,equipment_return,,,,40,0,USD/FEU\nreturn20,equipment_return,,,,20,0,USD/FEU\n"
        "buy,soc_purchase,,,,40,0,USD/FEU\nsell,soc_resale,,,,40,0,USD/FEU\npick,equipment_pickup,,,,40,0,USD/FEU"
    ),
    # Nobody waits for a train to fill and a slot costs the tariff, unless a test says otherwise.
    "bookings": "booking_id,booking\nblock,block\ngroup,group\nsingle,single",
}


def rows_of(table: str, text: str) -> list[dict[str, Any]]:
    """Checked rows from a few columns of text; the other required cells take defaults."""
    given = list(csv.DictReader(text.strip().splitlines()))
    names = schema(table).names()
    fill = {**_DEFAULTS.get(table, {}), **(_PROVENANCE if "source" in names else {})}
    header = ",".join(names)
    lines = [header]
    for row in given:
        cells = [(row.get(name) or fill.get(name, "")) if name in names else "" for name in names]
        lines.append(",".join(f'"{cell}"' if "," in cell else cell for cell in cells))
    unknown = set(given[0]) - set(names) if given else set()
    assert not unknown, unknown
    return parse(table, lines)


def network(**more: str) -> Network:
    """A network of the base tables with others added: rows of the same table come after the base's."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for table, text in (*BASE.items(), *more.items()):
        rows[table] = rows.get(table, []) + rows_of(table, text)
    for table in (
        *("closures", "embargoes", "border_procedures", "service_calls", "links", "terminals"),
        *("timetables", "free_time", "box_limits"),
    ):
        rows.setdefault(table, [])
    keyed: dict[str, list[dict[str, Any]]] = {}
    for table, listed in rows.items():
        key = schema(table).key
        keyed[table] = list({row[key]: row for row in listed}.values()) if key else listed
    tables = Tables(keyed)
    check_keys(tables)
    return Network(tables)


def terminals(places: Iterable[tuple[str, str, str, float, float]]) -> str:
    """terminals.csv from (id, country, kinds, lat, lon)."""
    head = "terminal_id,name,country,kinds,lat,lon"
    return "\n".join([head, *(f"{i},{i},{c},{k},{lat},{lon}" for i, c, k, lat, lon in places)])
