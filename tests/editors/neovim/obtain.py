"""Real Neovims, and a linter for Lua, unpacked from Debian into the user's cache folder the first time.

``NotHereError`` says why that cannot be done: off Debian, or without its mirror.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from filelock import FileLock

from tests.servers.launch import ROOT

SUITES = ("trixie", "sid")
"""The oldest version that the plugin is for (0.10), and the newest that Debian has."""
_UNPACK_S = 300.0


class NotHereError(Exception):
    """A program cannot be had on this machine; says why."""


@dataclass(frozen=True, slots=True)
class Neovim:
    """An unpacked Neovim."""

    root: Path

    @property
    def command(self) -> list[str]:
        """How it is started: with its own libraries, whatever the machine has."""
        start = started(self.root, "nvim")
        return [*start, "--cmd", f"set runtimepath+={self.root / 'usr/lib/nvim'}"]  # its syntax parsers

    @property
    def environment(self) -> dict[str, str]:
        return {"VIMRUNTIME": str(self.root / "usr/share/nvim/runtime")}


def obtain(suite: str) -> Neovim:
    """Return Neovim of one of the ``SUITES``."""
    return Neovim(unpacked(suite, "neovim"))


def luacheck() -> tuple[list[str], dict[str, str]]:
    """Return how luacheck is started, and what its environment needs."""
    root = unpacked("trixie", "lua-check")
    shared = root / "usr/share/lua/5.1"
    compiled = next(root.glob("usr/lib/*-linux-gnu*")) / "lua/5.1"
    paths = {"LUA_PATH": f"{shared}/?.lua;{shared}/?/init.lua", "LUA_CPATH": f"{compiled}/?.so"}
    return [*started(root, "lua5.1"), str(root / "usr/bin/luacheck")], paths


def started(root: Path, program: str) -> list[str]:
    """Return how an unpacked program is started: with its own libraries, whatever the machine has."""
    libraries = next(root.glob("usr/lib/*-linux-gnu*"))
    loader = next(path for path in root.rglob("ld-linux-*.so.*") if path.is_file())
    return [str(loader), "--library-path", str(libraries), str(root / "usr/bin" / program)]


def unpacked(suite: str, package: str) -> Path:
    """Return the folder with a package of Debian and all that it needs."""
    if sys.platform != "linux":
        raise NotHereError(f"{package} is taken from Debian's packages, which are for Linux")
    cache = Path(platformdirs.user_cache_dir("repo-assist-tests", appauthor=False))
    cache.mkdir(parents=True, exist_ok=True)
    home = cache / f"{package}-{suite}"
    with FileLock(cache / f"{home.name}.lock"):
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                _unpack(suite, package, Path(scratch) / "new")
                os.replace(Path(scratch) / "new", home)
    return home / "root"


def _unpack(suite: str, package: str, folder: Path) -> None:
    command = ["bash", str(ROOT / "scripts" / "unpack-debian-program"), suite, package, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_UNPACK_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHereError(f"{package} cannot be unpacked: {error}") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("error:")]
        raise NotHereError(f"{package} of Debian {suite} cannot be had: {(lines or ['apt failed'])[-1]}")
