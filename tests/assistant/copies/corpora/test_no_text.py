"""A corpus that came without text: copies of it are found, and said not to be compared."""

import json
from pathlib import Path

import pytest

from tests.assistant.cli_support import Cli, Home, write_files
from tests.assistant.copies.copy_support import INFUSE, MINE, RENAMED

_STORED = f"import math\n\n\n{INFUSE}\n\n{INFUSE.replace('infuse', 'steep').replace('release', 'give')}"


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Cli:
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    made = Cli(Home(tmp_path / "user"), capsys, monkeypatch)
    assert made("corpus", "add", write_files(tmp_path / "tea", {"brew.py": _STORED})).code == 0
    assert made("corpus", "export", tmp_path / "team.corpus", "--no-text").code == 0
    assert made("corpus", "remove", "tea").code == 0
    assert made("corpus", "import", tmp_path / "team.corpus").code == 0
    return made


@pytest.mark.parametrize("copied", [INFUSE, RENAMED])
def test_a_copy_is_found_and_said_not_to_be_compared(cli: Cli, tmp_path: Path, copied: str) -> None:
    shop = write_files(tmp_path / "shop", {"a.py": MINE + copied})
    said = cli("check-copies", "--repo", shop, shop / "a.py").out
    assert "is much like tea" in said
    assert "by their fingerprints; the corpus has no text to compare with" in said
    (found,) = json.loads(cli("check-copies", "--repo", shop, "--json", shop / "a.py").out)["findings"]
    assert (found["level"], found["verified"], found["exact_run"]) == ("hint", False, 0)
    source = found["sources"][0]
    assert (source["path"], source["text"]) == ("brew.py", "")
    assert abs(source["start_line"] - 4) <= 12
