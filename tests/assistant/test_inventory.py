"""The indexes in the cache folder, also those that cannot be used."""

from pathlib import Path

import pytest

from assistant.cli.inventory import StoredIndex, list_indexes
from assistant.engine import Engine
from assistant.settings import Settings
from tests.assistant.search_support import write_files


def stored(tmp_path: Path) -> tuple[Path, StoredIndex]:
    root = write_files(tmp_path / "root", {"a.py": "x = 1\n"})
    Engine(Settings(tmp_path / "cache", tmp_path / "none.toml")).update(root)
    return root, list_indexes(tmp_path / "cache")[0]


def test_an_index_of_another_version_belongs_to_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, _ = stored(tmp_path)
    monkeypatch.setattr("indexer.index.manifest.FORMAT_VERSION", 99)
    found = list_indexes(tmp_path / "cache")[0]
    assert found.root == root
    assert not found.is_stale


def test_an_index_that_names_no_folder_is_stale(tmp_path: Path) -> None:
    _, index = stored(tmp_path)
    for manifest in index.directory.folder.rglob("MANIFEST"):
        manifest.write_text('{"facts": 3}')
    found = list_indexes(tmp_path / "cache")[0]
    assert found.root is None
    assert found.is_stale
