"""What the tests of the command line share: small repositories, and the command in a process and in this one."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.cli.main import run

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    "README.md": "# Shop\n\nA shop that sells tea.\n\n## Run the tests\n\nCall `make test`.\n",
    "src/connector.py": (
        '"""Connections to the tea server."""\n\n\n'
        "class TCPConnector:\n"
        '    """Keeps a pool of open connections."""\n\n'
        "    def close(self) -> None:\n"
        '        """Close every pooled connection."""\n'
        "        self.pool.clear()\n"
    ),
    "src/pdf.py": (
        "class PdfReader:\n"
        "    def parse(self, stream):\n"
        '        """Parse a PDF into pages."""\n'
        "        return list(pages_of(stream))\n\n\n"
        "def pages_of(stream):\n"
        "    return stream.read().split()\n"
    ),
    "src/retry.go": (
        "package retry\n\n// Retry calls f again with backoff.\nfunc Retry(f func() error) error {\n\treturn f()\n}\n"
    ),
    "tests/test_connector.py": (
        "from connector import TCPConnector\n\n\ndef test_close():\n    TCPConnector().close()\n"
    ),
}


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Home:
    """A user's folders, apart from everyone else's."""

    folder: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that move assist's folders."""
        return {
            "ASSIST_CACHE_DIR": str(self.folder / "cache"),
            "ASSIST_CONFIG_DIR": str(self.folder / "config"),
            "ASSIST_STATE_DIR": str(self.folder / "state"),
            "ASSIST_DATA_DIR": str(self.folder / "data"),
        }

    def configure(self, text: str) -> None:
        """Write the user's config.toml."""
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        (self.folder / "config" / "config.toml").write_text(text, "utf-8")

    @property
    def cache(self) -> Path:
        """Where the indexes lie."""
        return self.folder / "cache"


class Cli:
    """Runs the command line in this process: as fast as the work is."""

    def __init__(self, home: Home, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capture = capture
        self.home = home
        for name, value in home.environment.items():
            patch.setenv(name, value)
        for name in ("NO_COLOR", "FORCE_COLOR"):
            patch.delenv(name, raising=False)

    def __call__(self, *args: str | Path) -> Ran:
        self._capture.readouterr()
        code = run([str(arg) for arg in args])
        captured = self._capture.readouterr()
        return Ran(code, captured.out, captured.err)


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder and return it."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def process_environment(home: Home, **changes: str) -> dict[str, str]:
    """The environment of a command in a process of its own: no colours, no user settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return {**inherited, "PYTHONPATH": str(ROOT), **home.environment, **changes}


def run_process(
    home: Home, args: Sequence[str | Path], *, cwd: Path, text: str | None = None, **environ: str
) -> Ran:
    """Run the command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *map(str, args)],
        cwd=cwd,
        input=text,
        env=process_environment(home, **environ),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
