"""Several processes at one index, and processes that are killed."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from indexer.discovery import DiscoveryRules, list_files
from indexer.embedding import StaticEmbedder
from indexer.index import pipeline
from indexer.index.pipeline import analyse_all
from tests.indexer.index_support import (
    FILES,
    Project,
    content_of,
    files_with,
    make_project,
    no_progress,
    write_files,
)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("index_process.py")
MANY = {f"package/part{n}.py": f"def function{n}(edit):\n    return edit + {n}\n" * 30 for n in range(300)}


def start(command: str, project: Project, number: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, PROGRAM, command, project.root, project.directory.folder, str(number)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out


def end_group(process: subprocess.Popen[str]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_two_processes_that_build_at_once_leave_one_right_index(tmp_path: Path) -> None:
    project = make_project(tmp_path, MANY)
    for process in [start("update", project), start("update", project)]:
        finish(process)
    assert content_of(project.open()) == content_of(project.fresh(tmp_path / "fresh"))


@pytest.mark.slow
def test_readers_never_fail_while_writers_publish(tmp_path: Path) -> None:
    project = make_project(tmp_path, {**FILES, "counter.py": "edit = 0\n"})
    project.update()
    readers = [start("read", project) for _ in range(2)]
    finish(start("edit", project, 40))
    write_files(project.root, {"end.py": "done = True\n"})
    project.update()
    assert all(int(finish(reader)) > 1 for reader in readers)


@pytest.mark.slow
def test_two_writers_and_a_reader_at_once_end_with_the_right_index(tmp_path: Path) -> None:
    project = make_project(tmp_path, {**FILES, "counter.py": "edit = 0\n"})
    project.update()
    reader = start("read", project)
    for writer in [start("edit", project, 20), start("edit", project, 20)]:
        finish(writer)
    write_files(project.root, {"end.py": "done = True\n"})
    project.update()
    finish(reader)
    assert content_of(project.open()) == content_of(project.fresh(tmp_path / "fresh"))


@pytest.mark.slow
def test_killed_at_any_moment_the_next_process_serves_a_complete_index(tmp_path: Path) -> None:
    project = make_project(tmp_path, MANY)
    started = time.monotonic()
    finish(start("update", project))
    takes_s = time.monotonic() - started
    chance = random.Random(1)
    for number in range(20):
        write_files(
            project.root, {name: f"okapi = {number}\n" + text for name, text in list(MANY.items())[:100]}
        )
        if number % 2:
            project.directory.remove()
        process = start("update", project)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(0, takes_s))
        process.kill()
        snapshot = None if project.directory.pointer() is None else project.open()
        assert snapshot is None or len(snapshot.paths) == len(MANY)
        project.update()
        end_group(process)
        assert files_with(project.open(), "okapi") == set(list(MANY)[:100])
    assert len(list(project.directory.folder.glob("tmp-*"))) == 0
    assert len(list(project.directory.folder.glob("gen-*"))) <= 2


def test_snapshots_give_their_descriptors_back(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.update()
    finish(start("open", project, 100))


@pytest.fixture
def in_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Use worker processes for however little there is to do."""
    monkeypatch.setattr(pipeline, "_WORKERS_FROM_BYTES", 0)
    monkeypatch.setattr(pipeline, "_BATCH_FILES", 20)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


@pytest.mark.usefixtures("in_workers")
def test_workers_give_what_one_process_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path, MANY)
    project.update()
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    assert content_of(project.open()) == content_of(project.fresh(tmp_path / "fresh"))


@pytest.mark.usefixtures("in_workers")
def test_killed_workers_leave_the_rest_to_this_process(tmp_path: Path) -> None:
    project = make_project(tmp_path, MANY)
    listing = list_files(project.root, DiscoveryRules())
    analysed: list[str] = []
    for batch in analyse_all(
        project.root, DiscoveryRules(), listing.files, StaticEmbedder.load(), no_progress
    ):
        if not analysed:
            for child in worker_processes(psutil.Process()):
                child.kill()
        analysed += [file.path for file in batch.files]
    assert analysed == sorted(MANY)


def worker_processes(process: psutil.Process) -> list[psutil.Process]:
    return [child for child in process.children() if "spawn_main" in " ".join(child.cmdline())]


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    files = {name: text * 40 for name, text in MANY.items()}
    assert sum(map(len, files.values())) > pipeline._WORKERS_FROM_BYTES
    project = make_project(tmp_path, files)
    process = start("update", project)
    parent = psutil.Process(process.pid)
    workers: list[psutil.Process] = []
    while not workers and process.poll() is None:
        workers = worker_processes(parent)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert workers
    assert alive == []
