import shutil
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.engine import Engine
from assistant.errors import NoIndexError, SettingsError
from assistant.retrieval import traces
from assistant.retrieval.query import parse_query
from indexer.discovery import DiscoveryRules
from indexer.errors import CorruptIndexError, IndexBusyError
from tests.assistant.search_support import engine_in, write_files

SMALL: dict[str, str | bytes] = {
    "src/pool.py": "class ConnectionPool:\n    def acquire(self):\n        return self.free.pop()\n",
    "src/retry.py": "def retry_with_backoff(call):\n    return call()\n",
    "README.md": "# Small\n\nA pool of connections.\n",
}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_files(tmp_path / "small", SMALL).resolve()


@pytest.fixture
def engine(tmp_path: Path, small: Path) -> Engine:
    engine = engine_in(tmp_path)
    engine.update(small)
    return engine


def paths(engine: Engine, raw: str, root: Path) -> list[str]:
    return [result.path for result in engine.search(raw, [root]).results]


def test_a_snapshot_serves_until_a_new_generation_is_published(engine: Engine, small: Path) -> None:
    first = engine.snapshot(small)
    searcher = engine.searcher([small])
    assert engine.snapshot(small) is first
    assert engine.searcher([small / "src" / ".."]) is searcher
    assert not engine.update(small).wrote
    assert engine.snapshot(small) is first
    (small / "src/new.py").write_text("def brand_new_function():\n    return 1\n")
    assert paths(engine, "brand_new_function", small) == []
    assert engine.update(small).wrote
    assert engine.snapshot(small) is not first
    assert paths(engine, "brand_new_function", small) == ["src/new.py"]


def test_a_search_of_an_old_searcher_still_works_after_updates(engine: Engine, small: Path) -> None:
    searcher = engine.searcher([small])
    for number in range(4):
        (small / "src/new.py").write_text(f"def number_{number}():\n    return {number}\n")
        engine.update(small)
    query = parse_query("ConnectionPool", is_trace=traces.is_trace)
    assert searcher.search(query, 1).results[0].path == "src/pool.py"


def test_without_an_index_or_a_folder(tmp_path: Path, small: Path) -> None:
    engine = engine_in(tmp_path / "other")
    assert engine.snapshot(small) is None
    with pytest.raises(NoIndexError, match="run `assist index --repo"):
        engine.search("x", [small])
    with pytest.raises(NoIndexError, match="is not a folder"):
        engine.update(small / "README.md")
    with pytest.raises(NoIndexError, match="no folder to search"):
        engine.search("x", [])


def test_a_folder_that_is_gone_gives_no_results_of_it(engine: Engine, small: Path) -> None:
    assert paths(engine, "ConnectionPool", small)
    shutil.rmtree(small)
    with pytest.raises(NoIndexError, match="no longer there"):
        engine.search("ConnectionPool", [small])


def test_a_removed_index_is_noticed(engine: Engine, small: Path) -> None:
    assert paths(engine, "ConnectionPool", small)
    engine.directory(small).remove()
    assert engine.snapshot(small) is None
    with pytest.raises(NoIndexError):
        engine.search("ConnectionPool", [small])


@pytest.mark.parametrize("damaged", ["CURRENT", "MANIFEST", "*.npy", "*.store", "*.term"])
def test_a_damaged_index_is_named_and_repaired_by_an_update(
    tmp_path: Path, engine: Engine, small: Path, damaged: str
) -> None:
    snapshot = engine.snapshot(small)
    assert snapshot is not None
    folder = snapshot.generation.folder
    file = next(folder.parent.rglob(damaged))
    content = bytearray(file.read_bytes())
    content[-3] ^= 0xFF
    file.unlink()  # the engine of the fixture still has it mapped
    file.write_bytes(content)
    fresh = engine_in(tmp_path)
    with pytest.raises(CorruptIndexError):
        fresh.snapshot(small)
    with pytest.raises(CorruptIndexError):
        fresh.search("ConnectionPool", [small])
    assert fresh.update(small).rebuilt_because
    assert paths(fresh, "ConnectionPool", small)[0] == "src/pool.py"


@pytest.mark.parametrize("files", [{}, {"blank.py": "\n\n"}, {"empty.py": ""}])
@pytest.mark.parametrize(
    "raw", ["x", "TCPConnector", '"x"', "/x/", "sym:x", "lang:python", "blank.py", "how are files read"]
)
def test_an_empty_repository_answers_every_kind_of_query(
    tmp_path: Path, files: dict[str, str | bytes], raw: str
) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    write_files(root, files)
    engine = engine_in(tmp_path)
    engine.update(root)
    response = engine.search(raw, [root])
    assert response.files_searched == len(files)
    assert all(result.path in files for result in response.results)


class Slow:
    """A model that is too slow to run while indexing, and notices when two threads use it at once."""

    def __init__(self, model_id: str = "slow-4@1") -> None:
        self.model_id = model_id
        self.dimensions = 4
        self.clashes = 0
        self._busy = threading.Lock()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not self._busy.acquire(blocking=False):
            self.clashes += 1
            return np.zeros((len(texts), 4), np.float32)
        try:
            return np.full((len(texts), 4), 0.5 + 0 * sum(range(2_000)), np.float32)
        finally:
            self._busy.release()


def slow_engine(monkeypatch: pytest.MonkeyPatch, folder: Path, model_id: str = "slow-4@1") -> Engine:
    """Return an engine whose setting names a slow model; searching and indexing have one each."""
    monkeypatch.setattr("assistant.engine.load_embedder", lambda spec: Slow(model_id))
    return engine_in(folder)


def test_missing_vectors_are_said_and_words_still_find(
    monkeypatch: pytest.MonkeyPatch, small: Path, tmp_path: Path
) -> None:
    engine = slow_engine(monkeypatch, tmp_path)
    engine.update(small)
    response = engine.search("pool of connections", [small])
    assert {"src/pool.py", "README.md"} <= {result.path for result in response.results}
    assert response.notes == (f"0% of {small} has vectors yet; the rest was searched by words only",)
    assert engine.fill(small) is not None
    assert engine.search("pool of connections", [small]).notes == ()
    write_files(small, {"src/more.py": "def more_connections():\n    return 1\n"})
    engine.update(small)
    response = engine.search("more connections", [small])
    assert response.results[0].path == "src/more.py"
    assert response.notes == (f"75% of {small} has vectors yet; the rest was searched by words only",)


def test_vectors_of_another_model_are_not_used(
    monkeypatch: pytest.MonkeyPatch, engine: Engine, small: Path, tmp_path: Path
) -> None:
    other = slow_engine(monkeypatch, tmp_path)
    assert other.directory(small).folder == engine.directory(small).folder
    response = other.search("pool of connections", [small])
    assert {"src/pool.py", "README.md"} <= {result.path for result in response.results}
    assert all("chunk_cosine" not in result.evidence for result in response.results)
    assert "searched by words only: its vectors are of another model" in response.notes[-1]
    assert other.update(small).rebuilt_because


def test_a_model_that_cannot_be_loaded_leaves_words(engine: Engine, small: Path, tmp_path: Path) -> None:
    without = Engine(replace(engine.settings, embedder=str(tmp_path / "no-such-model")))
    response = without.search("pool of connections", [small])
    assert response.results
    assert "the embedding model cannot be used" in response.notes[-1]


def test_indexes_of_different_models_are_searched_together(
    monkeypatch: pytest.MonkeyPatch, engine: Engine, small: Path, tmp_path: Path
) -> None:
    other = write_files(tmp_path / "other", {"src/pool.go": "package pool\n\nfunc Pool() {}\n"}).resolve()
    assert engine.embedder.dimensions == 256  # loaded before the setting names another
    slow_engine(monkeypatch, tmp_path).update(other)
    response = engine.search("pool of connections", [small, other])
    assert {result.root for result in response.results} == {small, other}
    assert {result.root for result in response.results if "chunk_cosine" in result.evidence} == {small}
    assert [note for note in response.notes if str(other) in note]


def test_the_model_is_used_by_one_thread_at_a_time(
    monkeypatch: pytest.MonkeyPatch, small: Path, tmp_path: Path
) -> None:
    engine = slow_engine(monkeypatch, tmp_path)
    engine.update(small)
    engine.fill(small)
    model = engine.embedder
    assert isinstance(model, Slow)

    def search(_: int) -> object:
        response = engine.search("pool of connections", [small])
        return response.results, response.notes

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(search, range(200)))
    assert model.clashes == 0
    assert all(item == found[0] for item in found)


def test_updates_and_searches_of_many_threads(engine: Engine, small: Path, tmp_path: Path) -> None:
    others = [write_files(tmp_path / f"r{number}", SMALL) for number in range(3)]

    def work(number: int) -> list[str]:
        root = others[number % 3]
        (root / f"src/extra{number}.py").write_text(f"def extra_{number}():\n    return {number}\n")
        engine.update(root)
        return paths(engine, f"extra_{number}", root)[:1] + paths(engine, "ConnectionPool", small)[:1]

    with ThreadPoolExecutor(6) as pool:
        for number, found in enumerate(pool.map(work, range(12))):
            assert found == [f"src/extra{number}.py", "src/pool.py"]


def test_an_update_waits_for_another_only_so_long(engine: Engine, small: Path) -> None:
    write_files(small, {"src/new.py": "x = 1\n"})
    with engine.directory(small).writing(-1), pytest.raises(IndexBusyError):
        engine.update(small, wait_s=0.0)


def test_a_repository_can_only_leave_more_out(tmp_path: Path, small: Path) -> None:
    (small / "assist.toml").write_text(
        '[index]\nexclude = ["README.md", "!src/", "!src/retry.py"]\nmax_file_bytes = 999999999\n'
    )
    (small / "large.py").write_text("x = 1\n" * 400)
    engine = engine_in(
        tmp_path / "user", rules=DiscoveryRules(max_file_bytes=1_000, exclude=("src/retry.py",))
    )
    engine.update(small)
    snapshot = engine.snapshot(small)
    assert snapshot is not None
    assert sorted(snapshot.paths) == ["assist.toml", "src/pool.py"]


def test_a_hostile_settings_file_stops_this_repository_with_one_line(engine: Engine, small: Path) -> None:
    (small / "assist.toml").write_text('[index]\nembedder = "/tmp/evil"\n')
    with pytest.raises(SettingsError, match="embedder"):
        engine.update(small)


def test_index_folders_of_folders_with_the_same_name_differ(engine: Engine, tmp_path: Path) -> None:
    first, second = engine.directory(tmp_path / "a/code"), engine.directory(tmp_path / "b/code")
    assert first.folder != second.folder
    assert engine.directory(tmp_path / "a/x/../code").folder == first.folder
    assert engine.directory(Path("/")).folder.name.startswith("root-")
