from pathlib import Path

import pytest

from tests.assistant.recipes.support import Bench, make_repository


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(make_repository(tmp_path / "shop"), tmp_path / "home")
