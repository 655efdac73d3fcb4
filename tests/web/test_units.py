"""The app's own unit tests and types, run by the Node that built it."""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def hook() -> ModuleType:
    """The build hook, which knows where Node is."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("script", ["check", "test"])
def test_the_app_passes_its_own(script: str) -> None:
    if not (ROOT / "web" / "node_modules").is_dir():
        assert "MIDCORRIDOR_REQUIRE_ALL" not in os.environ, "install the package, which builds the app"
        pytest.skip("needs web/node_modules, which a build makes")
    npm, env = hook().node()
    done = subprocess.run(
        [*npm, "run", script, "--silent"], cwd=ROOT / "web", env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
