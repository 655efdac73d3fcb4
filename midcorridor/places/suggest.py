"""Places for a text that is not finished, or not right."""

from __future__ import annotations

import math
from collections.abc import Iterable

from midcorridor.places.folding import fold, keys
from midcorridor.places.gazetteer import NAMESAKE_KM, OTHER_NAME, SAME_KM, TERMINAL_PEOPLE, Gazetteer
from midcorridor.places.model import Place, distance_km
from midcorridor.places.store import Store
from midcorridor.places.terminals import Terminal

LEAST_SCORE = 0.7  # of 1; below it two names are not alike
TERMINAL_BONUS = 0.1  # likeness that a name gains by belonging to a terminal or the city of one
SHORTEST_FUZZY = 3
TERMINAL_IN_LIST = 1_000_000.0  # while typing, a terminal stands where a city of a million would


def main_places(gazetteer: Gazetteer, country: str, limit: int) -> list[Place]:
    """The terminals and the largest cities of a country, a city first where both are near."""
    cities: list[Place] = []
    for number in range(gazetteer.store.count):  # the largest first
        if gazetteer.store.country_of(number) == country:
            city = gazetteer.city(number, country)
            if all(distance_km(city.lat, city.lon, one.lat, one.lon) > SAME_KM for one in cities):
                cities.append(city)  # not the districts of one already there
            if len(cities) >= limit:
                break
    own = [terminal for terminal in gazetteer.terminals.terminals if terminal.country == country]
    known = {key for city in cities for key in keys(city.name)}
    rest = [terminal for terminal in own if fold(terminal.terminal_id.partition("-")[2]) not in known]
    rest.sort(key=lambda terminal: (terminal.locode is None, terminal.terminal_id))  # ports and hubs first
    half = max(limit - len(rest), (limit + 1) // 2)
    return [*cities[:half], *(terminal.place(country) for terminal in rest)][:limit]


def like(gazetteer: Gazetteer, name: str, limit: int, country: str | None = None) -> list[Place]:
    """Places whose names are spelt nearly so; likeness first, then how many people live there."""
    from rapidfuzz import process
    from rapidfuzz.distance import DamerauLevenshtein

    wanted = next((key for key in keys(name) if key.isascii()), "")
    if len(wanted) < SHORTEST_FUZZY:
        return []
    store = gazetteer.store
    pool: dict[str, int] = {}
    for number, line in enumerate(store.fuzzy_lines):
        if line and (country is None or store.country_of(number) == country):
            for key in line.split(" "):
                pool.setdefault(key, number)
    terminal_keys = {
        key: found
        for key, found in gazetteer.terminals.by_key.items()
        if key.isascii() and (country is None or any(one.country == country for one in found))
    }
    scored: list[tuple[float, str, Place]] = []
    for key, score, _ in process.extract(
        wanted,
        list(dict.fromkeys([*pool, *terminal_keys])),
        scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=LEAST_SCORE,
        limit=40,
    ):
        offered: list[tuple[Place, float]] = []
        if key in pool:
            city = gazetteer.city(pool[key], name)
            offered.append((city, float(city.population or 0)))
        for terminal in terminal_keys.get(key, ()):
            if country in {None, terminal.country}:
                if key in pool and _near(store, pool[key], terminal):
                    offered[0] = (offered[0][0], max(offered[0][1], TERMINAL_PEOPLE))
                else:
                    offered.append((terminal.place(name), TERMINAL_PEOPLE))
        # A factor of ten in people is worth as much as a twentieth of the letters.
        likeness = score + (TERMINAL_BONUS if key in terminal_keys else 0.0)
        scored += [
            (likeness + 0.05 * math.log10(max(people, 100.0)), key, place) for place, people in offered
        ]
    scored.sort(key=lambda one: (-one[0], one[1]))
    return _unique((place for _, _, place in scored), limit)


def _unique(places: Iterable[Place], limit: int) -> list[Place]:
    found: dict[tuple[str | None, int | None, str | None], Place] = {}
    for place in places:
        found.setdefault((place.terminal_id, place.geoname_id, place.locode), place)
        if len(found) == limit:
            break
    return list(found.values())


def starting(gazetteer: Gazetteer, name: str, limit: int, countries: frozenset[str] | None) -> list[Place]:
    """Places whose name starts so: exact names first, then the heavier ones."""
    wanted = keys(name)
    store = gazetteer.store
    best: dict[int, tuple[bool, float]] = {}
    for key in wanted:
        exact = set(store.find(key))
        for posting in {*exact, *store.find_prefix(key)}:
            number = posting >> 1
            if countries is not None and store.country_of(number) not in countries:
                continue
            weight = max(store.population[number], 100) * (1.0 if posting & 1 else OTHER_NAME)
            mark = (posting in exact, weight)
            if number not in best or mark > best[number]:
                best[number] = mark
    ranked: list[tuple[bool, float, str, Place]] = []
    typed_id = name.lower() if "-" in name else "-"
    for terminal in gazetteer.terminals.terminals:
        if countries is not None and terminal.country not in countries:
            continue
        spelt = gazetteer.terminals.keys_of[terminal.terminal_id]
        hits = sorted(key for key in spelt if any(key.startswith(start) for start in wanted))
        by_id = terminal.terminal_id.lower().startswith(typed_id)
        words = gazetteer.terminals.words_of[terminal.terminal_id]
        if not hits and not by_id and not any(word.startswith(start) for word in words for start in wanted):
            continue
        exact_name = by_id or not spelt.isdisjoint(wanted)
        ranked.append((exact_name, TERMINAL_IN_LIST, terminal.name, terminal.place(name)))
        for posting in (posting for key in hits for posting in store.find(key)):
            number = posting >> 1
            if store.country_of(number) == terminal.country and _near(store, number, terminal):
                # The city a terminal is named after stands just before it.
                mark = best.get(number, (False, 0.0))
                best[number] = (mark[0], max(mark[1], TERMINAL_IN_LIST + 1))
    for number in sorted(best, key=lambda one: (*best[one], -one), reverse=True)[: 4 * limit]:
        place = gazetteer.city(number, name)
        ranked.append((*best[number], place.name, place))
    ranked.sort(key=lambda one: (not one[0], -one[1], one[2]))
    return _unique((place for *_, place in ranked), limit)


def _near(store: Store, number: int, terminal: Terminal) -> bool:
    lat, lon = store.lat[number] / 1e4, store.lon[number] / 1e4
    return distance_km(lat, lon, terminal.lat, terminal.lon) <= NAMESAKE_KM
