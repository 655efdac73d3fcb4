"""A row of ten M/M/2 queues, load 0.8, as others write it: a bare heap, SimPy, Ciw and salabim.

Each function takes a seed and a horizon in mean times between arrivals, starts empty, and returns the mean
time in the system of those who left it, and how many arrivals and ends of service there were.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

STATIONS, SERVERS, SERVICE = 10, 2, 1.6
THEORY = STATIONS * SERVICE / (1 - (SERVICE / SERVERS) ** 2)  # Jackson network, mean time in the system
Answer = tuple[float, int]


def bare_heap() -> Callable[[int, float], Answer]:
    """No simulation library at all: a heap of times and rings of jobs, written for this network alone."""
    import numba

    from midcorridor._kernels.heap import put, take

    ring = 1 << 16

    @numba.njit
    def tandem(seed, horizon):
        np.random.seed(seed)
        keys, items = np.empty(64), np.empty(64, np.int64)
        waiting = np.empty((STATIONS, ring))
        first, count = np.zeros(STATIONS, np.int64), np.zeros(STATIONS, np.int64)
        free = np.full(STATIONS, SERVERS)
        at_server = np.empty(STATIONS * SERVERS)
        idle = np.ones(STATIONS * SERVERS, np.bool_)
        size = put(keys, items, 0, np.random.exponential(1.0), -1)
        total, left, events = 0.0, 0, 0
        while True:
            now, item, size = take(keys, items, size)
            if now >= horizon:
                break
            events += 1
            to, born = 0, now
            if item < 0:
                size = put(keys, items, size, now + np.random.exponential(1.0), -1)
            else:
                station = item // SERVERS
                to, born = station + 1, at_server[item]
                if count[station]:
                    at_server[item] = waiting[station, first[station]]
                    first[station] = (first[station] + 1) & (ring - 1)
                    count[station] -= 1
                    size = put(keys, items, size, now + np.random.exponential(SERVICE), item)
                else:
                    idle[item] = True
                    free[station] += 1
            if to == STATIONS:
                total += now - born
                left += 1
            elif free[to]:
                server = to * SERVERS
                while not idle[server]:
                    server += 1
                idle[server] = False
                free[to] -= 1
                at_server[server] = born
                size = put(keys, items, size, now + np.random.exponential(SERVICE), server)
            else:
                waiting[to, (first[to] + count[to]) & (ring - 1)] = born
                count[to] += 1
        return total / left, events

    tandem(0, 500.0)
    return lambda seed, horizon: tandem(seed, horizon)


def with_simpy(seed: int, horizon: float) -> Answer:
    """A process for each job."""
    import simpy

    rng, env = random.Random(seed), simpy.Environment()
    stations = [simpy.Resource(env, SERVERS) for _ in range(STATIONS)]
    times: list[float] = []
    events = 0

    def job() -> Iterator[Any]:
        nonlocal events
        born = env.now
        for station in stations:
            with station.request() as request:
                yield request
                yield env.timeout(rng.expovariate(1 / SERVICE))
                events += 1
        times.append(env.now - born)

    def source() -> Iterator[Any]:
        nonlocal events
        while True:
            yield env.timeout(rng.expovariate(1.0))
            events += 1
            env.process(job())

    env.process(source())
    env.run(until=horizon)
    return float(np.mean(times)), events


def with_ciw(seed: int, horizon: float) -> Answer:
    """A network of nodes."""
    import ciw

    ciw.seed(seed)
    nothing = [None] * (STATIONS - 1)
    routing = [[float(to == at + 1) for to in range(STATIONS)] for at in range(STATIONS)]
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1.0), *nothing],
        service_distributions=[ciw.dists.Exponential(1 / SERVICE)] * STATIONS,
        routing=routing,
        number_of_servers=[SERVERS] * STATIONS,
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(horizon)
    records = simulation.get_all_records()
    born = {record.id_number: record.arrival_date for record in records if record.node == 1}
    times = [record.exit_date - born[record.id_number] for record in records if record.node == STATIONS]
    return float(np.mean(times)), len(records) + len(born)


def with_salabim(seed: int, horizon: float) -> Answer:
    """A component for each job."""
    import salabim

    salabim.yieldless(False)
    env = salabim.Environment(trace=False, random_seed=seed)
    stations = [salabim.Resource(f"station {number}", capacity=SERVERS) for number in range(STATIONS)]
    for station in stations:
        station.requesters().length_of_stay.monitor(False)
        station.claimers().length_of_stay.monitor(False)
    rng = random.Random(seed)
    times: list[float] = []
    events = 0

    class Job(salabim.Component):
        def process(self) -> Iterator[Any]:
            nonlocal events
            born = env.now()
            for station in stations:
                yield self.request(station)
                yield self.hold(rng.expovariate(1 / SERVICE))
                events += 1
                self.release(station)
            times.append(env.now() - born)

    class Source(salabim.Component):
        def process(self) -> Iterator[Any]:
            nonlocal events
            while True:
                yield self.hold(rng.expovariate(1.0))
                events += 1
                Job()

    Source()
    env.run(till=horizon)
    return float(np.mean(times)), events
