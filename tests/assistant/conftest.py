"""The small repository, indexed once a session."""

from pathlib import Path

import pytest

from assistant.engine import Engine
from tests.assistant.search_support import FILES, engine_in, write_files


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository; it must not be changed."""
    return write_files(tmp_path_factory.mktemp("repositories") / "acme", FILES).resolve()


@pytest.fixture(scope="session")
def acme_engine(acme: Path, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """An engine with the repository indexed."""
    engine = engine_in(tmp_path_factory.mktemp("user"))
    engine.update(acme)
    return engine
