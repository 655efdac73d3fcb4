"""All sources of names at one hand, and the places that bear a name, weighed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from midcorridor import dirs
from midcorridor.places import terminals as terminal_tables
from midcorridor.places.folding import fold, keys
from midcorridor.places.model import Place, distance_km
from midcorridor.places.store import DATA_NAME, Store, open_store
from midcorridor.places.terminals import NO_TERMINALS, Terminal, TerminalIndex

if TYPE_CHECKING:
    import polars as pl

DOMINANCE = 10.0  # how many times heavier than the next a place must be to be taken unasked
OTHER_NAME = 0.1  # a place counts a tenth under a name that is not its own, such as Poti for Teresina
MANY_OWNERS = 3  # so many places of their own name outvote the former name of a larger one
TERMINAL_PEOPLE = 100_000.0  # a terminal without a city of its name counts as a town of so many people
SERVED_KM = 50.0  # a terminal this near, in the same country, serves a city
NAMESAKE_KM = 100.0  # as far as a terminal bears the name of its city, such as Tianjin Xingang
SAME_KM = 30.0  # places of one name and country this near are one place, e.g. a town and its suburb

_WORD_END = re.compile(r"[\s(),/-]+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that bears the name asked for."""

    place: Place
    weight: float  # people, corrected as the constants above say
    own_name: bool
    served: bool = False  # a terminal of its country is near
    namesake: bool = False  # a terminal of the same name is near, or it is one


class Gazetteer:
    """Cities, codes and countries of a data folder, and the terminals of a table."""

    def __init__(self, store: Store, terminals: TerminalIndex) -> None:
        self.store = store
        self.terminals = terminals

    def city(self, number: int, matched: str) -> Place:
        """Place of a number in the store."""
        store = self.store
        return Place(
            store.name(number),
            store.lat[number] / 1e4,
            store.lon[number] / 1e4,
            store.country_of(number),
            "city",
            geoname_id=store.geoname_id[number],
            population=store.population[number] or None,
            matched=matched,
        )

    def country(self, text: str) -> str | None:
        """ISO code of a country given as code or name in any shipped language, else None."""
        code = text.strip()
        if len(code) == 2 and code.upper() in self.store.countries:
            return code.upper()
        if code in self.store.country_by_iso3:  # in capitals: Muş is no code
            return self.store.country_by_iso3[code]
        return next(
            (self.store.country_keys[key] for key in keys(text) if key in self.store.country_keys), None
        )

    def country_part(self, text: str) -> str | None:
        """ISO code of what stands after a comma, where aze and AZE can only be codes."""
        return self.country(text) or self.store.country_by_iso3.get(text.strip().upper())

    def means_country(self, text: str, found: list[Candidate]) -> str | None:
        """ISO code where a whole text means a country, though places may bear the name too.

        A city of the name in that very country goes first (Singapore); else the English name means the
        country (Armenia, not the one in Colombia), and a code or another language's name gives way.
        A terminal that bears the country in brackets, such as Astara (Azerbaijan), is no such city.
        """
        code = self.country(text)
        own = [one.place.country for one in found if one.own_name and one.place.kind != "terminal"]
        if code is None or code in own:
            return None
        return code if not own or fold(text) in self.store.plain_country_keys else None

    def country_name(self, code: str) -> str:
        """English name of a country code."""
        found = self.store.countries.get(code)
        return found.name if found else code

    def _serves(self, place: Place) -> Terminal | None:
        for terminal in self.terminals.terminals:
            if (
                terminal.country == place.country
                and abs(terminal.lat - place.lat) < 1
                and distance_km(terminal.lat, terminal.lon, place.lat, place.lon) <= SERVED_KM
            ):
                return terminal
        return None

    def weigh(self, place: Place, own_name: bool) -> float:
        """People, at least 100, a tenth of it under another name."""
        return max(place.population or 0, 100) * (1.0 if own_name else OTHER_NAME)

    def candidates(self, name: str, country: str | None = None) -> list[Candidate]:
        """Places that bear exactly this name, the heaviest first; near ones of one country merged."""
        wanted = keys(name)
        own: dict[int, bool] = {}
        for key in wanted:
            for posting in self.store.find(key):
                number = posting >> 1
                own[number] = own.get(number, False) or bool(posting & 1)
        found: list[Candidate] = []
        for number, own_name in own.items():
            if country is None or self.store.country_of(number) == country:
                place = self.city(number, name)
                own_name = own_name or begins_with(place.name, wanted)
                found.append(Candidate(place, self.weigh(place, own_name), own_name))
        found = merge_near(found)
        found = [replace(one, served=self._serves(one.place) is not None) for one in found]
        for terminal in self.terminals.named(wanted, country):
            found = self._add_namesake(found, terminal, name)
        return sorted(found, key=rank)

    def _add_namesake(self, found: list[Candidate], terminal: Terminal, name: str) -> list[Candidate]:
        """The city of this name beside the terminal is marked; without one, the terminal joins."""
        for at, one in enumerate(found):
            city = one.place
            if (
                city.kind == "city"
                and city.country == terminal.country
                and distance_km(city.lat, city.lon, terminal.lat, terminal.lon) <= NAMESAKE_KM
            ):
                # The trade uses the name, so it counts in full even if GeoNames prefers another.
                marked = replace(one, weight=self.weigh(city, True), served=True, namesake=True)
                return [*found[:at], marked, *found[at + 1 :]]
        return [*found, Candidate(terminal.place(name), TERMINAL_PEOPLE, True, True, True)]


def begins_with(name: str, wanted: Iterable[str]) -> bool:
    """Whether the first words of a name fold to one of the keys: Frankfurt for Frankfurt am Main."""
    words = _WORD_END.split(name)
    starts = {fold("".join(words[:count])) for count in range(1, len(words))}
    return not starts.isdisjoint(wanted)


def rank(one: Candidate) -> tuple[float, str, str, float]:
    """Sort key: heaviest first, ties by name and place so that the order never varies."""
    return (-one.weight, one.place.country, one.place.terminal_id or one.place.name, one.place.lat)


def spelt_out(gazetteer: Gazetteer, place: Place) -> str:
    """What to type to get exactly this place: its id or code, 'Name, CC', or that with its point."""
    if place.terminal_id or place.locode:
        return place.terminal_id or place.locode or ""
    if place.kind == "coordinate":
        return f"{place.lat:.6f},{place.lon:.6f}"
    found = dominant(gazetteer.candidates(place.name, place.country))
    same = found is not None and found.geoname_id == place.geoname_id
    return str(place) if same else f"{place} ({place.lat:.4f},{place.lon:.4f})"


def merge_near(found: Iterable[Candidate]) -> list[Candidate]:
    """Without those that lie close to a heavier one of the same country."""
    kept: list[Candidate] = []
    for one in sorted(found, key=rank):
        if not any(
            other.place.country == one.place.country
            and distance_km(other.place.lat, other.place.lon, one.place.lat, one.place.lon) <= SAME_KM
            for other in kept
        ):
            kept.append(one)
    return kept


def dominant(found: list[Candidate]) -> Place | None:
    """The one that is meant beyond doubt, or None.

    found : candidates, the heaviest first. In this order:
    1. the only one;
    2. one ten times heavier than the next; unless a terminal bears the name of another and not of it
       (Frankfurt: the city on the Main is larger, the terminal stands on the Oder), or it is only
       another name of this one and three places or more call themselves so (Aleksandrovka, once Donetsk);
    3. the only one beside a terminal of that name, unless another is ten times heavier;
    4. the largest, if it alone is served by a terminal.
    """
    if not found:
        return None
    first = found[0]
    namesakes = [one for one in found if one.namesake]
    if len(found) == 1:
        return first.place
    others = sum(one.own_name for one in found[1:])
    known = first.namesake or (not namesakes and (first.own_name or others < MANY_OWNERS))
    if first.weight >= DOMINANCE * found[1].weight and known:
        return first.place
    if len(namesakes) == 1 and first.weight < DOMINANCE * namesakes[0].weight:
        return namesakes[0].place
    largest = max(found, key=lambda one: one.place.population or 0)
    if largest.served and sum(one.served for one in found) == 1:
        return largest.place
    return None


def open_gazetteer(
    terminals: pl.DataFrame | Sequence[Mapping[str, Any]] | None = None, data_dir: Path | None = None
) -> Gazetteer:
    """The gazetteer of a data folder (the shipped one where it has none) and a terminals table.

    Raises  DataFileError where the places file is missing or damaged.
    """
    shipped = dirs.PACKAGE / "data"
    folder = data_dir or dirs.shipped_data_dir()
    places = folder / "places"
    store = open_store(places if (places / DATA_NAME).exists() else shipped / "places")
    if terminals is not None:
        return Gazetteer(store, terminal_tables.from_table(terminals))
    for path in (folder / "terminals.csv", shipped / "terminals.csv"):
        if path.exists():
            return Gazetteer(store, terminal_tables.from_csv(path))
    return Gazetteer(store, NO_TERMINALS)
