"""Workers that are slow, die, or have too much to do."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from midcorridor.api.pool import Pool
from midcorridor.api.problems import Problem
from midcorridor.api.reading import ProfileAsk
from midcorridor.api.worker import Task

PLACE = Task("place", {"text": "kz-aktau"})
LONG = {"origin": "Xi'an", "destination": "Budapest", "depart": "2026-12-01", "days": 366}
SLOW = Task("profile", ProfileAsk.model_validate(LONG).given())


@asynccontextmanager
async def working(workers: int = 1, waiting: int = 8) -> AsyncIterator[Pool]:
    pool = Pool(workers, most_waiting=waiting)
    pool.start()
    try:
        await pool.ask(PLACE, 60)
        yield pool
    finally:
        await asyncio.to_thread(pool.stop)


def run(test: Any) -> None:
    asyncio.run(test())


def test_a_worker_that_is_too_slow_is_replaced() -> None:
    async def test() -> None:
        async with working() as pool:
            before = pool.pids
            with pytest.raises(Problem) as slow:
                await pool.ask(SLOW, 0.5)
            assert (slow.value.status, slow.value.faults[0].code) == (504, "too_slow")
            assert (await pool.ask(PLACE, 60)).body
            assert pool.pids != before
            assert pool.replaced == 1

    run(test)


def test_a_worker_that_dies_gives_a_problem_and_the_next_question_an_answer() -> None:
    async def test() -> None:
        async with working() as pool:
            asked = asyncio.ensure_future(pool.ask(SLOW, 60))
            while not pool.busy:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)
            os.kill(pool.pids[0], signal.SIGKILL)
            with pytest.raises(Problem) as gone:
                await asked
            assert (gone.value.status, gone.value.faults[0].code) == (503, "worker_gone")
            assert (await pool.ask(PLACE, 60)).body
            # One that dies while it is idle is not noticed by who asks next.
            os.kill(pool.pids[0], signal.SIGKILL)
            await asyncio.sleep(0.2)
            assert (await pool.ask(PLACE, 60)).body

    run(test)


def test_a_full_queue_sends_away_and_says_when_to_come_back() -> None:
    async def test() -> None:
        async with working(waiting=2) as pool:
            first = asyncio.ensure_future(pool.ask(SLOW, 60))
            while not pool.busy:
                await asyncio.sleep(0.01)
            others = [asyncio.ensure_future(pool.ask(PLACE, 60)) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(Problem) as full:
                await others[2]
            assert full.value.status == 503
            assert full.value.headers["Retry-After"]
            # Who goes away while waiting makes room.
            others[0].cancel()
            await asyncio.sleep(0)
            assert pool.waiting == 1
            first.cancel()
            os.kill(pool.pids[0], signal.SIGKILL)
            assert (await others[1]).body

    run(test)


def test_long_work_leaves_a_worker_to_the_others() -> None:
    async def test() -> None:
        async with working(2) as pool:
            long = [asyncio.ensure_future(pool.ask(SLOW, 60)) for _ in range(3)]
            while not pool.busy:
                await asyncio.sleep(0.01)
            assert (await asyncio.wait_for(pool.ask(PLACE, 60), 5)).body
            for each in long:
                each.cancel()

    run(test)


def test_what_is_under_way_at_the_end_is_told() -> None:
    async def test() -> None:
        async with working() as pool:
            asked = asyncio.ensure_future(pool.ask(SLOW, 60))
            while not pool.busy:
                await asyncio.sleep(0.01)
            await asyncio.to_thread(pool.stop)
            with pytest.raises(Problem) as ended:
                await asked
            assert ended.value.status == 503

    run(test)
