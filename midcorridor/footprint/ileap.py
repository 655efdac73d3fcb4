"""The iLEAP data model 1.0.0: a shipment with its chain elements and categories, and what must hold of it.

The constraints are written from the technical specification of 27 May 2025. Decimals are strings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .chain import MODES

Row = Mapping[str, Any]
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")
_HUBS = (
    "Transshipment", "StorageAndTransshipment", "Warehouse", "LiquidBulkTerminal",
    "MaritimeContainerTerminal",
)  # fmt: skip
_UNITS = ("l", "kg", "kWh", "MJ")
_CARRIERS = (
    "Diesel", "HVO", "Petrol", "CNG", "LNG", "LPG", "HFO", "MGO", "Aviation fuel", "Hydrogen", "Methanol",
    "Electric",
)  # fmt: skip


def decimal(value: float, digits: int = 6) -> str:
    """A number as a decimal string without exponent or trailing zeros."""
    text = format(round(Decimal(repr(float(value))), digits), "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def exported(question: Row, elements: Sequence[Row], rows: Row) -> dict[str, Any]:
    """The shipment footprint of a route with its transport and hub operation categories."""
    shipment = f"{question['origin']['name']}-{question['destination']['name']}-{question['ready_at'][:10]}"
    mass = decimal(question["cargo_t"] * 1000.0)
    tces: list[dict[str, Any]] = []
    tocs: list[dict[str, Any]] = []
    hocs: list[dict[str, Any]] = []
    before: list[str] = []
    for element in elements:
        tce_id = f"{element['route_id']}-{element['seq']}"
        leg = element["element"] == "leg"
        # By mass and distance whatever the category's unit: the field is in tonne-km. Both from the
        # figures as written, so that a reader gets the same product.
        km = decimal(element["distance_km"])
        tce: dict[str, Any] = {
            "tceId": tce_id,
            "prevTceIds": list(before),
            "tocId" if leg else "hocId": element["category_id"],
            "shipmentId": shipment,
            "mass": mass,
            "packagingOrTrEqType": "Container-TEU",
            "packagingOrTrEqAmount": decimal(question["teu"]),
            "distance": {"sfd": km} if leg else {"actual": "0"},
            "origin": _place(element, "from"),
            "destination": _place(element, "to"),
            "transportActivity": _text(Decimal(km) * Decimal(mass) / 1000) if leg else "0",
            "co2eWTW": decimal(element["kg_co2e_wtw"]),
            "co2eTTW": decimal(element["kg_co2e_ttw"]),
        }
        for name, field in (("departureAt", "depart_at"), ("arrivalAt", "arrive_at")):
            if element[field]:
                tce[name] = element[field].replace("+00:00", "Z")
        tces.append(tce)
        before = [tce_id]
        (tocs if leg else hocs).append(_toc(element, rows) if leg else _hoc(element, question, rows))
    return {
        "shipmentFootprint": {"mass": mass, "shipmentId": shipment, "tces": tces},
        "tocs": list({toc["tocId"]: toc for toc in tocs}.values()),
        "hocs": list({hoc["hocId"]: hoc for hoc in hocs}.values()),
    }


def _text(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place(element: Row, side: str) -> dict[str, str]:
    return {"city": element[f"{side}_name"], "country": element[f"{side}_country"]}


def _toc(element: Row, rows: Row) -> dict[str, Any]:
    told = f"{element['vehicle']}; {element['standard'] or 'own estimate'}; {element['quality']} data"
    told += f", by {element['method']}"
    if element["fuel_id"]:
        told += f"; fuel {element['fuel_id']}"
    # TEU-km are for ships; elsewhere the same emissions are told by tonne-km.
    per_teu = element["activity_unit"] == "TEU-km" and element["mode"] in ("sea", "inland_waterway")
    activity = element["activity"] if per_teu else element["mass_t"] * element["distance_km"]
    return {
        "tocId": element["category_id"],
        "description": told,
        "mode": MODES[element["mode"]],
        "energyCarriers": _carriers(element, rows),
        "co2eIntensityWTW": decimal(element["kg_co2e_wtw"] / activity, 9),
        "co2eIntensityTTW": decimal(element["kg_co2e_ttw"] / activity, 9),
        "transportActivityUnit": "TEUkm" if per_teu else "tkm",
    }


def _hoc(element: Row, question: Row, rows: Row) -> dict[str, Any]:
    tonnes = question["cargo_t"]
    port = element["vehicle"].startswith("sea")
    return {
        "hocId": element["category_id"],
        "description": f"{element['vehicle']}; {element['standard']}, published per container, here per "
        "tonne of this shipment; fuel not published, taken for diesel",
        "hubType": "MaritimeContainerTerminal" if port else "Transshipment",
        "hubLocation": _place(element, "from"),
        "energyCarriers": _carriers(element, rows),
        "co2eIntensityWTW": decimal(element["kg_co2e_wtw"] / tonnes, 9),
        "co2eIntensityTTW": decimal(element["kg_co2e_ttw"] / tonnes, 9),
        "hubActivityUnit": "tonnes",
    }


def _carriers(element: Row, rows: Row) -> list[dict[str, str]]:
    """Energy carriers with their factors; shares are of the transport activity and sum to 1."""
    found = []
    left = Decimal(1)
    carriers = element["carriers"]
    for at, (name, share) in enumerate(carriers):
        written = left if at == len(carriers) - 1 else Decimal(decimal(share, 4))
        left -= written
        fuel = rows.get(f"fuels {element['fuel_id']}")
        kwh = element["energy_kwh"]
        if name == "Electric":
            units = kwh
            power_kg = element["power_g"] * element["activity"] / 1000.0
            wtw, ttw, unit = (power_kg / units if units else 0.0), 0.0, "kWh"
        elif fuel is not None:
            wtw, ttw, unit = (
                (fuel["wtt_g_per_mj"] + fuel["ttw_g_per_mj"]) / 1000.0,
                fuel["ttw_g_per_mj"] / 1000.0,
                "MJ",
            )
        else:
            wtw, ttw, unit = _USUAL.get(name, _USUAL["Diesel"])
        found.append(
            {
                "energyCarrier": name,
                "relativeShare": _text(written),
                "energyConsumptionUnit": unit,
                "emissionFactorWTW": decimal(wtw),
                "emissionFactorTTW": decimal(ttw),
            }
        )
    return [carrier for carrier in found if Decimal(carrier["relativeShare"]) > 0]


# Mineral diesel of EN 16258 and fuel oil of FuelEU, kg per MJ, where a class factor tells no fuel.
_USUAL = {"Diesel": (0.0904, 0.0745, "MJ"), "HFO": (0.091392, 0.078192, "MJ")}


# The constraints.


def ileap_faults(content: Row) -> list[str]:
    """What breaks the specification, each with the path to it; empty where nothing does.

    content : shipmentFootprint, tocs and hocs
    """
    found: list[str] = []
    shipment = content["shipmentFootprint"]
    tocs = {toc.get("tocId"): toc for toc in content.get("tocs", ())}
    hocs = {hoc.get("hocId"): hoc for hoc in content.get("hocs", ())}
    _number(found, shipment, "mass", "shipmentFootprint")
    _word(found, shipment, "shipmentId", "shipmentFootprint")
    tces = shipment.get("tces")
    if not isinstance(tces, list) or not tces:
        found.append("shipmentFootprint.tces: must not be empty")
        tces = []
    ids = [tce.get("tceId") for tce in tces]
    if len(set(ids)) != len(ids):
        found.append("shipmentFootprint.tces: tceId stands twice")
    for at, tce in enumerate(tces):
        _tce(found, tce, f"tces[{at}]", set(ids), tocs if "tocs" in content else None, hocs)
    for name, category in (*tocs.items(), *hocs.items()):
        _category(found, category, f"{'toc' if category.get('tocId') else 'hoc'} {name}")
    return found


def _tce(found: list[str], tce: Row, where: str, ids: set[Any], tocs: Row | None, hocs: Row) -> None:
    for name in ("tceId", "shipmentId"):
        _word(found, tce, name, where)
    for name in ("mass", "transportActivity", "co2eWTW", "co2eTTW"):
        _number(found, tce, name, where)
    if ("tocId" in tce) == ("hocId" in tce):
        found.append(f"{where}: exactly one of tocId and hocId")
    elif tocs is not None:
        known, name = (tocs, "tocId") if "tocId" in tce else (hocs, "hocId")
        if tce[name] not in known:
            found.append(f"{where}.{name}: {tce[name]!r} is not there")
    for previous in tce.get("prevTceIds", ()):
        if previous not in ids or previous == tce.get("tceId"):
            found.append(f"{where}.prevTceIds: {previous!r} is no other element")
    distance = tce.get("distance")
    if not isinstance(distance, Mapping) or not set(distance) & {"actual", "gcd", "sfd"}:
        found.append(f"{where}.distance: at least one of actual, gcd, sfd")
        return
    for name in distance:
        _number(found, distance, name, f"{where}.distance")
    values = [*distance.values(), tce.get("mass"), tce.get("transportActivity")]
    if all(isinstance(value, str) and _DECIMAL.fullmatch(value) for value in values) and "tocId" in tce:
        tonnes, activity = Decimal(tce["mass"]) / 1000, Decimal(tce["transportActivity"])
        if not any(abs(Decimal(km) * tonnes - activity) <= Decimal("1e-6") for km in distance.values()):
            found.append(f"{where}.transportActivity: is not distance x mass / 1000")
    wtw, ttw = tce.get("co2eWTW"), tce.get("co2eTTW")
    _not_above(found, ttw, wtw, f"{where}.co2eTTW")
    for name, value in tce.items():
        if value is None:
            found.append(f"{where}.{name}: null; leave the field out")


def _category(found: list[str], category: Row, where: str) -> None:
    leg = "tocId" in category
    for name in ("co2eIntensityWTW", "co2eIntensityTTW"):
        _number(found, category, name, where)
    _not_above(
        found, category.get("co2eIntensityTTW"), category.get("co2eIntensityWTW"), f"{where}.co2eIntensityTTW"
    )
    if leg:
        _one_of(found, category, "mode", (*MODES.values(), "Air"), where)
        _one_of(found, category, "transportActivityUnit", ("TEUkm", "tkm"), where)
        afloat = category.get("mode") in ("Sea", "InlandWaterway")
        if category.get("transportActivityUnit") == "TEUkm" and not afloat:
            found.append(f"{where}.transportActivityUnit: TEUkm is for sea and inland waterways")
    else:
        _one_of(found, category, "hubType", _HUBS, where)
        _one_of(found, category, "hubActivityUnit", ("TEU", "tonnes"), where)
    for name, low, high in (("loadFactor", "above", 1), ("emptyDistanceFactor", "from", 1)):
        if name in category:
            _number(found, category, name, where)
            value = Decimal(str(category[name]))
            good = 0 < value <= high if low == "above" else 0 <= value < high
            if not good:
                found.append(f"{where}.{name}: {value} is out of range")
    carriers = category.get("energyCarriers") or []
    if not carriers:
        found.append(f"{where}.energyCarriers: must not be empty")
        return
    for at, carrier in enumerate(carriers):
        place = f"{where}.energyCarriers[{at}]"
        _one_of(found, carrier, "energyCarrier", _CARRIERS, place)
        for name in ("relativeShare", "emissionFactorWTW", "emissionFactorTTW"):
            _number(found, carrier, name, place)
        if "energyConsumption" in carrier:
            _one_of(found, carrier, "energyConsumptionUnit", _UNITS, place)
    texts = [carrier.get("relativeShare") for carrier in carriers]
    if all(isinstance(text, str) and _DECIMAL.fullmatch(text) for text in texts):
        shares = [Decimal(str(text)) for text in texts]
        if sum(shares) != 1 or not all(0 < share <= 1 for share in shares):
            found.append(f"{where}.energyCarriers: relativeShare does not sum to 1")


def _number(found: list[str], row: Row, name: str, where: str) -> None:
    value = row.get(name)
    if not (isinstance(value, str) and _DECIMAL.fullmatch(value)):
        found.append(f"{where}.{name}: {value!r} is no decimal string")


def _word(found: list[str], row: Row, name: str, where: str) -> None:
    if not isinstance(row.get(name), str) or not row[name]:
        found.append(f"{where}.{name}: is missing")


def _one_of(found: list[str], row: Row, name: str, known: tuple[str, ...], where: str) -> None:
    if row.get(name) not in known:
        found.append(f"{where}.{name}: {row.get(name)!r} is none of {', '.join(known)}")


def _not_above(found: list[str], part: Any, whole: Any, where: str) -> None:
    texts = (part, whole)
    readable = all(isinstance(text, str) and _DECIMAL.fullmatch(text) for text in texts)
    if readable and Decimal(str(part)) > Decimal(str(whole)):
        found.append(f"{where}: tank-to-wheel above well-to-wheel")
