"""The iLEAP export against the specification 1.0.0, its end-to-end example first."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from midcorridor.footprint import footprint, ileap_faults
from midcorridor.footprint.ileap import decimal
from midcorridor.network import Network


def example() -> dict[str, Any]:
    """The end-to-end example: 87 kg by road over 423 and 321 km, at 0.1 and 0.17 kg/tkm."""

    def toc(name: str, wtw: str, ttw: str) -> dict[str, Any]:
        carrier = {
            "energyCarrier": "Diesel",
            "relativeShare": "1",
            "emissionFactorWTW": "4.13",
            "emissionFactorTTW": "3.17",
        }
        return {
            "tocId": name,
            "mode": "Road",
            "energyCarriers": [carrier],
            "co2eIntensityWTW": wtw,
            "co2eIntensityTTW": ttw,
            "transportActivityUnit": "tkm",
        }

    def tce(
        name: str, before: list[str], toc_id: str, km: str, tkm: str, wtw: str, ttw: str
    ) -> dict[str, Any]:
        return {
            "tceId": name,
            "prevTceIds": before,
            "tocId": toc_id,
            "shipmentId": "shipment",
            "mass": "87",
            "distance": {"actual": km},
            "transportActivity": tkm,
            "co2eWTW": wtw,
            "co2eTTW": ttw,
        }

    tces = [
        tce("abcdef", [], "toc-1", "423", "36.801", "3.6801", "3.2801"),
        tce("ghijkl", ["abcdef"], "toc-2", "321", "27.927", "4.74759", "4.272831"),
    ]
    return {
        "shipmentFootprint": {"mass": "87", "shipmentId": "shipment", "tces": tces},
        "tocs": [toc("toc-1", "0.1", "0.09"), toc("toc-2", "0.17", "0.153")],
        "hocs": [],
    }


def test_the_example_of_the_specification_holds() -> None:
    content = example()
    assert ileap_faults(content) == []
    tces = content["shipmentFootprint"]["tces"]
    assert sum(Decimal(tce["transportActivity"]) for tce in tces) == Decimal("64.728")
    assert sum(Decimal(tce["co2eWTW"]) for tce in tces) == Decimal("8.42769")
    for tce, km, intensity in zip(tces, (423, 321), ("0.1", "0.17"), strict=True):
        assert Decimal(tce["transportActivity"]) == Decimal(km) * 87 / 1000
        assert Decimal(tce["co2eWTW"]) == Decimal(tce["transportActivity"]) * Decimal(intensity)


def _set(path: str, value: Any) -> Any:
    def change(content: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        at: Any = content
        for word in parents:
            at = at[int(word)] if word.isdigit() else at[word]
        if value is None and last != "gone":
            del at[last]
        else:
            at[last] = value

    return change


T, C = "shipmentFootprint.tces.0", "tocs.0"
BROKEN = [
    ("shipmentFootprint.mass", 87, "mass"),
    ("shipmentFootprint.tces", [], "must not be empty"),
    (f"{T}.co2eWTW", 3.68, "decimal string"),
    (f"{T}.co2eWTW", "3,68", "decimal string"),
    (f"{T}.co2eTTW", "9", "above well-to-wheel"),
    (f"{T}.hocId", "toc-1", "exactly one"),
    (f"{T}.tocId", None, "exactly one"),
    (f"{T}.tocId", "toc-9", "is not there"),
    (f"{T}.distance", {}, "at least one of"),
    (f"{T}.transportActivity", "3.6801", "distance x mass"),
    (f"{T}.prevTceIds", ["zz"], "no other element"),
    (f"{T}.tceId", "ghijkl", "stands twice"),
    (f"{C}.mode", "Pipeline", "none of"),
    (f"{C}.transportActivityUnit", "TEUkm", "sea and inland"),
    (f"{C}.co2eIntensityTTW", "0.2", "above well-to-wheel"),
    (f"{C}.loadFactor", "1.1", "out of range"),
    (f"{C}.emptyDistanceFactor", "1", "out of range"),
    (f"{C}.energyCarriers", [], "must not be empty"),
    (f"{C}.energyCarriers.0.relativeShare", "0.9", "does not sum to 1"),
    (f"{C}.energyCarriers.0.emissionFactorWTW", None, "decimal string"),
    (f"{C}.energyCarriers.0.energyCarrier", "VLSFO", "none of"),
]


@pytest.mark.parametrize(("path", "value", "words"), BROKEN, ids=[f"{p} {w}" for p, _, w in BROKEN])
def test_each_constraint_is_seen(path: str, value: Any, words: str) -> None:
    content = copy.deepcopy(example())
    _set(path, value)(content)
    assert any(words in fault for fault in ileap_faults(content))


@pytest.mark.parametrize("allocate", [None, "mass", "teu"])
def test_our_export_keeps_them(planned: Any, network: Network, allocate: str | None) -> None:
    result = footprint(planned, network, compare=True, allocate=allocate)
    for route in result.routes:
        content = result.to_ileap(route["route_id"])
        assert ileap_faults(content) == []
        tces = content["shipmentFootprint"]["tces"]
        total = sum(Decimal(tce["co2eWTW"]) for tce in tces)
        assert float(total) == pytest.approx(route["kg_co2e_wtw"], abs=1e-3)
        assert content["shipmentFootprint"]["mass"] == "520000"
        assert "hocId" not in tces[0]
        assert "hocId" not in tces[-1]
        tocs = {toc["tocId"]: toc for toc in content["tocs"]}
        for tce in tces:
            if "tocId" in tce and tocs[tce["tocId"]]["transportActivityUnit"] == "tkm":
                intensity = float(tocs[tce["tocId"]]["co2eIntensityWTW"])
                assert float(tce["transportActivity"]) * intensity == pytest.approx(
                    float(tce["co2eWTW"]), rel=1e-4
                )


def test_decimals_have_no_exponent() -> None:
    assert [decimal(x) for x in (1e-9, 1e15, 0.1, 1.0, 36.801)] == [
        "0",
        "1000000000000000",
        "0.1",
        "1",
        "36.801",
    ]
