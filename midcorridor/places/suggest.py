"""Places for a text that is not finished, or not right."""

from __future__ import annotations

import math
from collections.abc import Iterable

from midcorridor.places.folding import fold, keys
from midcorridor.places.gazetteer import NAMESAKE_WEIGHT, OTHER_NAME, Gazetteer
from midcorridor.places.model import Place

LEAST_SCORE = 70.0  # of 100; below it two names are not alike
SHORTEST_FUZZY = 3


def main_places(gazetteer: Gazetteer, country: str, limit: int) -> list[Place]:
    """The terminals and the largest cities of a country, a city first where both are near."""
    cities = []
    for number in range(gazetteer.store.count):
        if gazetteer.store.country_of(number) == country:
            cities.append(gazetteer.city(number, country))
            if len(cities) >= limit:
                break
    own = [terminal for terminal in gazetteer.terminals.terminals if terminal.country == country]
    known = {key for city in cities for key in keys(city.name)}
    rest = [terminal for terminal in own if not known & {fold(terminal.terminal_id.partition("-")[2])}]
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
    cutoff = LEAST_SCORE / 100
    for choices in (list(pool), list(terminal_keys)):
        for key, score, _ in process.extract(
            wanted, choices, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=cutoff, limit=40
        ):
            if key in terminal_keys and choices is not None and key not in pool:
                terminal = next(
                    one for one in terminal_keys[key] if country is None or one.country == country
                )
                place, people = terminal.place(name), NAMESAKE_WEIGHT
            elif key in pool:
                place = gazetteer.city(pool[key], name)
                people = float(place.population or 100)
                if key in terminal_keys:
                    people = max(people, NAMESAKE_WEIGHT)
            else:
                continue
            # A factor of ten in people is worth as much as a twentieth of the letters.
            scored.append((score + 0.05 * math.log10(max(people, 100.0)), key, place))
    scored.sort(key=lambda one: (-one[0], one[1]))
    return _unique((place for _, _, place in scored), limit)


def _unique(places: Iterable[Place], limit: int) -> list[Place]:
    found: dict[tuple[str | None, int | None, str], Place] = {}
    for place in places:
        found.setdefault(
            (place.terminal_id, place.geoname_id, place.name if place.kind == "locode" else ""), place
        )
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
    for number in sorted(best, key=lambda one: (*best[one], -one), reverse=True)[: 4 * limit]:
        place = gazetteer.city(number, name)
        ranked.append((*best[number], place.name, place))
    for terminal in gazetteer.terminals.terminals:
        if countries is not None and terminal.country not in countries:
            continue
        spelt = {key for text in terminal.spellings() for key in keys(text)} | {fold(terminal.terminal_id)}
        if any(key.startswith(start) for key in spelt for start in wanted):
            exact_name = bool(spelt & set(wanted))
            ranked.append((exact_name, NAMESAKE_WEIGHT, terminal.name, terminal.place(name)))
    ranked.sort(key=lambda one: (not one[0], -one[1], one[2]))
    return _unique((place for *_, place in ranked), limit)
