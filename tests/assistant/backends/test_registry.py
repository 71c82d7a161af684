"""Kinds are found by name, plug-ins among them; the package's surface is what it says."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import assistant.backends
from assistant.backends import BackendConfig, make_backend, parse_backends, plain_client, plug_in_kinds
from assistant.backends.errors import BackendConfigError

MODULE = """
from assistant.backends import BackendConfig

class Mine:
    def __init__(self, config, client_factory):
        self.name, self.model, self.endpoint, self.context_window = config.name, config.model, "here", 99

def make(config, client_factory):
    return Mine(config, client_factory)

def fail(config, client_factory):
    raise RuntimeError("not today")
"""
ENTRY_POINTS = "[repo_assist.backends]\nmine = assist_plugin_mine:make\nbroken = assist_plugin_mine:fail\n"


@pytest.fixture
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A plug-in as an installer leaves it."""
    info = tmp_path / "assist_plugin_mine-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: assist-plugin-mine\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    (tmp_path / "assist_plugin_mine.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("assist_plugin_mine", None)


@pytest.mark.usefixtures("_installed")
def test_a_plug_in_provides_a_kind() -> None:
    assert plug_in_kinds() == ["broken", "mine"]
    table = {"w": {"kind": "mine", "url": "https://llm.example", "model": "m"}}
    backend = make_backend(parse_backends(table, plug_in_kinds)["w"], plain_client)
    assert (type(backend).__name__, backend.name, backend.context_window) == ("Mine", "w", 99)


@pytest.mark.usefixtures("_installed")
def test_a_plug_in_that_fails_is_named() -> None:
    with pytest.raises(
        BackendConfigError, match=r'the plug-in for "broken" \(assist_plugin_mine:fail\) failed: Runtime'
    ):
        make_backend(BackendConfig("w", "broken", "https://llm.example", "m"), plain_client)


def test_a_kind_that_no_one_provides() -> None:
    with pytest.raises(BackendConfigError, match='no one provides the kind "mine"; install its plug-in'):
        make_backend(BackendConfig("w", "mine", "https://llm.example", "m"), plain_client)


def test_the_surface() -> None:
    names = assistant.backends.__all__
    assert names == sorted(names)
    assert all(getattr(assistant.backends, name) is not None for name in names)
    with pytest.raises(AttributeError):
        _ = assistant.backends.nothing


def test_reading_the_configuration_loads_no_http_client() -> None:
    code = (
        "import sys, assistant.backends; assistant.backends.parse_backends({}); print('httpx' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
