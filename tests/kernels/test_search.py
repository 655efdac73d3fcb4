"""The compiled search against a plain one, and the cache that holds it."""

from __future__ import annotations

import heapq
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from midcorridor._kernels import compiling, search

FAR = 2**31 - 1


def random_graph(seed):
    """first, head, metres of a small undirected graph; some pieces, some equal lengths, some closed arcs."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 30))
    m = int(rng.integers(1, 3 * n))
    a, b = rng.integers(0, n, (2, m))
    metres = rng.integers(0, 12, m)
    metres[rng.random(m) < 0.1] = FAR
    tail, head, metres = np.r_[a, b], np.r_[b, a], np.r_[metres, metres]
    order = np.argsort(tail, kind="stable")
    first = np.r_[0, np.cumsum(np.bincount(tail, minlength=n))].astype(np.int32)
    return first, head[order].astype(np.int32), metres[order].astype(np.int64)


def plain(first, head, metres, source):
    best = {source: 0}
    queue = [(0, source)]
    while queue:
        key, node = heapq.heappop(queue)
        if key > best[node]:
            continue
        for slot in range(first[node], first[node + 1]):
            reach = key + int(metres[slot])
            if metres[slot] < FAR and reach < best.get(int(head[slot]), FAR):
                best[int(head[slot])] = reach
                heapq.heappush(queue, (reach, int(head[slot])))
    return [best.get(node, FAR) for node in range(first.size - 1)]


@pytest.mark.parametrize("seed", range(150))
def test_search_equals_plain(seed):
    first, head, metres = random_graph(seed)
    before = metres.copy()
    everyone = np.arange(first.size - 1, dtype=np.int32)
    want = [plain(first, head, metres, source) for source in everyone.tolist()]
    assert search.table(first, head, metres, everyone, everyone, FAR).tolist() == want
    for source in everyone.tolist():
        for target in everyone.tolist():
            total, nodes, slots = search.path(first, head, metres, source, target, FAR)
            assert total == want[source][target]
            assert int(metres[slots].sum()) == (total if total < FAR else 0)
            if total < FAR:
                assert nodes[0] == source
                assert nodes[-1] == target
                assert head[slots].tolist() == nodes[1:].tolist()
    assert (metres == before).all()


def test_digest_covers_every_source(tmp_path):
    package = tmp_path / "kernels"
    shutil.copytree(Path(compiling.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = compiling.sources_digest(package)
    assert before == compiling.sources_digest()
    for path in package.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text + "\n# changed\n", encoding="utf-8")
        assert compiling.sources_digest(package) != before, path.name
        path.write_text(text, encoding="utf-8")
    assert compiling.sources_digest(package) == before


def test_an_edited_helper_is_seen(tmp_path):
    """Numba alone would reuse the cached search, for the file that holds it did not change."""
    import midcorridor

    copy = tmp_path / "midcorridor"
    source = Path(midcorridor.__file__).parent
    shutil.copytree(source / "_kernels", copy / "_kernels", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("__init__.py", "dirs.py"):
        shutil.copy(source / name, copy / name)
    program = (
        "import numpy as np\n"
        "from midcorridor._kernels import search\n"
        "first = np.array([0, 1, 2], np.int32); head = np.array([1, 0], np.int32)\n"
        "print(search.path(first, head, np.array([7, 7], np.int64), 0, 1, 2**31 - 1)[0])\n"
    )

    def run():
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=tmp_path,
            env={
                "PYTHONPATH": str(tmp_path),
                "MIDCORRIDOR_CACHE": str(tmp_path / "cache"),
                "PATH": "/usr/bin",
            },
            capture_output=True,
            text=True,
            check=True,
        )
        return int(done.stdout)

    assert run() == 7
    assert len(list((tmp_path / "cache" / "kernels").iterdir())) == 1
    helper = copy / "_kernels" / "heap.py"
    text = helper.read_text(encoding="utf-8")
    assert "return top_key, top_item, size" in text
    helper.write_text(
        text.replace("return top_key, top_item", "return top_key + 1, top_item"), encoding="utf-8"
    )
    assert run() != 7  # the edited helper spoils the answer, which shows that it was compiled in
    helper.write_text(text, encoding="utf-8")
    assert run() == 7
    assert len(list((tmp_path / "cache" / "kernels").iterdir())) == 2


def test_no_place_for_the_cache(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("MIDCORRIDOR_CACHE", str(blocked))
    assert compiling.kernel(lambda x: x + 1)(1) == 2
