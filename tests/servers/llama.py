"""llama.cpp's own server with a tiny model, unpacked from Debian into the user's cache folder the first time.

``obtain`` raises ``NotHereError`` with the reason where that cannot be done: off Debian, or without its mirror.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from filelock import FileLock

from tests.servers.launch import ROOT

_SUITE, _PACKAGE = "sid", "llama.cpp-tools"
_UNPACK_S, _START_S = 300.0, 60.0


class NotHereError(Exception):
    """The server cannot be had on this machine; says why."""


def obtain() -> Path:
    """Return the folder that the server is unpacked in."""
    if sys.platform != "linux":
        raise NotHereError("llama.cpp's server is taken from Debian's packages, which are for Linux")
    cache = Path(platformdirs.user_cache_dir("repo-assist-tests", appauthor=False))
    cache.mkdir(parents=True, exist_ok=True)
    home = cache / f"{_PACKAGE}-{_SUITE}"
    with FileLock(cache / f"{home.name}.lock"):
        if not home.is_dir():
            with tempfile.TemporaryDirectory(dir=cache) as scratch:
                _unpack(Path(scratch) / "new")
                os.replace(Path(scratch) / "new", home)
    return home / "root"


def _unpack(folder: Path) -> None:
    command = ["bash", str(ROOT / "scripts" / "unpack-debian-program"), _SUITE, _PACKAGE, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_UNPACK_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotHereError(f"llama.cpp's server cannot be unpacked: {error}") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.startswith("error:")]
        raise NotHereError(f"llama.cpp's server cannot be had: {(lines or ['apt failed'])[-1]}")


def write_model(path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "scripts" / "tiny_gguf.py"), str(path)], check=True)


@dataclass
class LlamaServer:
    """A llama.cpp server on a port that it keeps over restarts."""

    root: Path
    model: Path
    window: int
    """Tokens."""
    port: int = field(default_factory=lambda: _free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and return once it answers."""
        libraries = self.root / "usr" / "lib" / f"{platform.machine()}-linux-gnu"
        loader = next(iter(sorted(libraries.glob("ld-linux-*.so.*"))))
        # The oldest kind of processor: it runs on all, and a tiny model needs no more.
        kinds = sorted((libraries / "ggml" / "backends0").glob("libggml-cpu-*.so"))
        kind = next((file for file in kinds if file.name.endswith(("-x64.so", "armv8.0_1.so"))), kinds[0])
        command = [
            *(str(loader), "--library-path", f"{libraries}:{libraries / 'llama'}"),
            *(str(self.root / "usr" / "bin" / "llama-server"), "--model", str(self.model)),
            *("--host", "127.0.0.1", "--port", str(self.port), "--slots", "--no-webui", "--threads", "1"),
            *("--parallel", "1", "--ctx-size", str(self.window)),
        ]
        environment = {**os.environ, "GGML_BACKEND_PATH": str(kind)}
        self._process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline_s = time.monotonic() + _START_S
        while not self._healthy():
            if time.monotonic() > deadline_s:
                raise AssertionError("llama.cpp's server does not answer")
            try:
                code = self._process.wait(timeout=0.02)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"llama.cpp's server ended with {code}")

    def _healthy(self) -> bool:
        try:
            return bool(self.get("/health")["status"] == "ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def generating(self) -> bool:
        """Return whether it is working on a request right now."""
        return any(slot["is_processing"] for slot in self.get("/slots"))

    def get(self, path: str) -> Any:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.url + path, timeout=10) as response:
            return json.load(response)

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
