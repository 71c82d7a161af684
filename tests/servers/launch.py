"""Starts the test servers as processes and asks them what they saw."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_WAIT_S = 20.0


@dataclass(frozen=True)
class RunningServer:
    """A test server; ``url`` has no path and no slash at its end."""

    url: str
    tls: ssl.SSLContext | None = None

    def record(self) -> list[dict[str, Any]]:
        """Return every request that it got."""
        seen: list[dict[str, Any]] = self._get("/_record")
        return seen

    def requests(self, model: str) -> list[dict[str, Any]]:
        """Return the requests for a model."""
        return [item for item in self.record() if item["body"].get("model") == model]

    def wait_until_gone(self, model: str) -> None:
        """Return once the client of a model has closed its connection; fail if it does not."""
        self._get(f"/_gone/{urllib.parse.quote(model, safe=':')}")

    def _get(self, path: str) -> Any:
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.tls)
        )
        with opener.open(self.url + path, timeout=_WAIT_S) as response:
            return json.load(response)


@contextmanager
def running(module: str, *arguments: str, tls: ssl.SSLContext | None = None) -> Iterator[RunningServer]:
    """Run ``tests.servers.MODULE`` on a free loopback port until the end of the block."""
    command = [sys.executable, "-m", f"tests.servers.{module}", *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline())
            yield RunningServer(f"{'https' if tls else 'http'}://127.0.0.1:{port}", tls)
        finally:
            process.kill()
