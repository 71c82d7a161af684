from pathlib import Path

import pytest

from tests.assistant.copies.corpora.library_support import World


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A user without an environment of packages."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    return World(tmp_path)
