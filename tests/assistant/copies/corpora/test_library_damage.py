"""Corpora under harm: damaged or lost stores, interruptions, two writers at once."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.copies.corpora import CorpusKind
from assistant.copies.corpora import build as building
from indexer.fingerprints.errors import StoreBusyError
from tests.assistant.cli_support import ROOT, write_files
from tests.assistant.copies.corpora.library_support import World, code, store_folder
from tests.assistant.copies.corpora.test_installed import install, site_packages


def test_a_damaged_store_is_said_and_an_update_reads_it_anew(world: World, tmp_path: Path) -> None:
    corpus = world.library.add(write_files(tmp_path / "tea", {"a.py": code("alpha")})).corpus
    for file in store_folder(world).rglob("*"):
        if file.is_file() and file.stat().st_size > 500:
            raw = bytearray(file.read_bytes())
            raw[len(raw) // 2] ^= 0xFF
            file.write_bytes(bytes(raw))
    library = world.again()
    library.store.verify()
    library.update(corpus)
    assert world.places(code("alpha")) == {("folder", "a.py")}


def test_a_lost_store_is_said_and_an_update_reads_everything_anew(world: World, tmp_path: Path) -> None:
    corpus = world.library.add(write_files(tmp_path / "tea", {"a.py": code("alpha")})).corpus
    shutil.rmtree(store_folder(world))
    assert world.again().listed()[0].problem.startswith("damaged")
    assert world.again().update(corpus).taken.read_files == 1
    assert world.places(code("alpha")) == {("folder", "a.py")}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 1, "corpora": [{}, 3, {"kind": "x"}]}'])
def test_a_damaged_registry_costs_reading_again_alone(world: World, tmp_path: Path, content: str) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    world.library.add(folder)
    (world.folder / "cache" / "corpora" / "registry.json").write_text(content)
    assert world.again().corpora() == []
    world.again().add(folder)
    assert world.places(code("alpha")) == {("folder", "a.py")}


def test_an_interruption_leaves_the_last_good_state_and_the_rest_is_read_later(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_files(tmp_path / "tea", {f"a{n}.py": code(f"name{n}") for n in range(450)})
    monkeypatch.setattr(building, "_CHECKPOINT_BYTES", 100_000)

    def interrupt(done: int, total: int) -> None:
        if done > 250:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.add(folder, progress=interrupt)
    (corpus,) = world.again().corpora()
    assert world.places(code("name1")) == {("folder", "a1.py")}
    world.again().update(corpus)
    assert world.places(code("name449")) == {("folder", "a449.py")}
    assert len(world.again().store.files_of(f"folder:{folder}")) == 450


def test_what_was_read_before_an_interruption_is_kept_and_not_read_again(
    world: World, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "tea", {f"a{n:03}.py": code(f"name{n}") for n in range(450)})
    seen: list[int] = []

    def interrupt(done: int, total: int) -> None:
        seen.append(done)
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.add(folder, progress=interrupt)
    assert 0 < seen[-1] < 450
    (corpus,) = world.again().corpora()
    assert len(world.again().store.files_of(f"folder:{folder}")) == seen[-1]
    assert world.places(code("name1")) == {("folder", "a001.py")}
    done = world.again().update(corpus)
    assert (done.taken.unchanged_files, done.taken.read_files) == (seen[-1], 450 - seen[-1])
    world.again().remove(corpus)
    assert world.places(code("name1")) == set()


def test_packages_read_before_an_interruption_are_used(world: World, tmp_path: Path) -> None:
    root = tmp_path / "shop"
    site = site_packages(root)
    for number in range(4):
        install(site, f"pot{number}", "1", [f"pot{number}.py"])

    def interrupt(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.library.ensure(root, interrupt, own=False)
    assert len(world.again().store.origins()) == 2
    assert world.again().ensure(root, own=False).notes != ()
    assert len(world.again().store.origins()) == 4
    assert world.again().ensure(root, own=False).notes == ()


def test_worker_processes_give_what_one_process_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"p{n % 3}/a{n}.py": code(f"name{n % 90}") for n in range(120)}
    folder = write_files(tmp_path / "tea", files)
    alone, together = World(tmp_path / "alone"), World(tmp_path / "together")
    alone.library.add(folder)
    monkeypatch.setattr(building, "_WORKERS_FROM_BYTES", 0)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    together.library.add(folder)
    key = f"folder:{folder}"
    assert together.library.store.files_of(key) == alone.library.store.files_of(key)
    assert len(together.library.store.files_of(key)) == 120
    for name in ("name0", "name57"):
        assert together.places(code(name)) == alone.places(code(name)) != set()


def test_progress_counts_to_the_end(world: World, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    folder = write_files(tmp_path / "tea", {f"a{n}.py": code(f"name{n}") for n in range(5)})
    world.library.add(folder, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 5)
    assert seen[-1] == (5, 5)


def test_a_second_writer_waits_or_is_told(world: World, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tea", {"a.py": code("alpha")})
    with world.library.store.writing(), pytest.raises(StoreBusyError):
        world.again().add(folder, wait_s=0)
    with world.library.store.writing():
        assert world.again().ensure(folder, wait_s=0).notes
    assert world.again().add(folder).taken.read_files == 1


def test_two_processes_add_at_once_and_both_are_there(world: World, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom assistant.copies.corpora import CorpusLibrary\n"
        "from assistant.settings import Settings\n"
        "library = CorpusLibrary(Settings(Path(sys.argv[1]), Path('none')), {})\nlibrary.add(Path(sys.argv[2]))\n"
    )
    folders = [write_files(tmp_path / f"tea{n}", {f"a{n}.py": code(f"name{n}")}) for n in range(2)]
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program, world.folder / "cache", folder],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for folder in folders
    ]
    assert [process.wait() for process in processes] == [0, 0]
    assert [corpus.kind for corpus in world.again().corpora()] == [CorpusKind.FOLDER] * 2
    for number in range(2):
        assert world.places(code(f"name{number}")) == {("folder", f"a{number}.py")}
