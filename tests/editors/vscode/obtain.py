"""A real VS Code workbench without touching the system: code-server from npm, a browser and ripgrep from Debian.

They are put into the user's cache folder the first time. ``obtain`` raises ``NotHereError`` with the reason where that
cannot be done: without node, a compiler, npm's registry or Debian's mirror. What the machine has already is used.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from filelock import FileLock

from tests.servers.launch import ROOT

VERSION = "4.100.3"
"""The newest code-server that runs on node 20: it is VS Code 1.100."""
_OLDEST_NODE = 20
_PATIENCE_S = 600.0
_FONTS = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
    "<dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>\n"
)


class NotHereError(Exception):
    """The workbench cannot be had on this machine; says why."""


@dataclass(frozen=True, slots=True)
class Browser:
    """A Chromium and what it wants in its environment."""

    program: str
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a workbench is started with.

    :param node: The program that runs ``code_server`` and the tests.
    :param code_server: The folder that scripts/install-code-server.sh has made.
    """

    node: str
    code_server: Path
    browser: Browser


def obtain() -> Workbench:
    """Return a workbench; the environment variables CODE_SERVER and CHROMIUM name others."""
    node = node_program()
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    browser = Browser(chromium) if chromium else _unpacked_browser()
    given = os.environ.get("CODE_SERVER")
    return Workbench(node, Path(given) if given else _cached(f"code-server-{VERSION}", _install), browser)


def node_program() -> str:
    """Return the machine's node, if it is new enough and has npm.

    :raises NotHereError: otherwise.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NotHereError(f"there is no {'npm' if node else 'node'} on PATH")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < _OLDEST_NODE:
        raise NotHereError(f"node is {version}, older than {_OLDEST_NODE}")
    return node


def _cached(name: str, make: Callable[[Path], None]) -> Path:
    """Return a folder of the cache; made under another name first, so that it is there whole or not at all."""
    cache = Path(platformdirs.user_cache_dir("repo-assist-tests", appauthor=False))
    cache.mkdir(parents=True, exist_ok=True)
    home = cache / name
    with FileLock(cache / f"{name}.lock"):
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=cache, ignore_cleanup_errors=True) as scratch:
                make(Path(scratch) / "new")
                os.replace(Path(scratch) / "new", home)
    return home


def _install(folder: Path) -> None:
    for tool in ("gcc", "make"):
        if shutil.which(tool) is None:
            raise NotHereError(f"code-server cannot be built: there is no {tool}")
    path = os.environ["PATH"]
    if shutil.which("rg") is None:
        path = f"{_unpacked('ripgrep') / 'usr/bin'}{os.pathsep}{path}"
    script = ROOT / "scripts" / "install-code-server.sh"
    _run(["bash", str(script), VERSION, str(folder)], "code-server cannot be installed", {"PATH": path})


def _unpacked_browser() -> Browser:
    root = _unpacked("chromium")
    libraries = next(root.glob("usr/lib/*-linux-gnu"))
    fonts = root.parent / "fonts.conf"
    if not fonts.exists():
        fonts.write_text(_FONTS.format(fonts=root / "usr/share/fonts", cache=root.parent / "fonts"), "utf-8")
    environment = {
        # Of the machine's own suite, so that its loader takes them.
        "LD_LIBRARY_PATH": os.pathsep.join([str(libraries), str(root / "lib" / libraries.name)]),
        "FONTCONFIG_FILE": str(fonts),
    }
    return Browser(str(root / "usr/lib/chromium/chromium"), environment)


def _unpacked(package: str) -> Path:
    """Return the root folder of a package of the machine's own Debian, unpacked."""
    suite = _suite()
    script = ROOT / "scripts" / "unpack-debian-program"
    failed = f"{package} cannot be unpacked"
    return (
        _cached(
            f"{package}-{suite}",
            lambda folder: _run(["bash", str(script), suite, package, str(folder)], failed, {}),
        )
        / "root"
    )


def _suite() -> str:
    if sys.platform != "linux":
        raise NotHereError("a browser is taken from Debian's packages, which are for Linux")
    release = Path("/etc/os-release")
    lines = release.read_text("utf-8").splitlines() if release.exists() else []
    said = dict(line.split("=", 1) for line in lines if "=" in line)
    if said.get("ID") != "debian" or "VERSION_CODENAME" not in said:
        raise NotHereError("a browser is taken from Debian's packages, and this is not Debian")
    return said["VERSION_CODENAME"]


def _run(command: list[str], failed: str, environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, **environment},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHereError(f"{failed}: {error}") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if "error" in line.lower()]
        raise NotHereError(f"{failed}: {(lines or ['it says nothing about it'])[-1]}")
