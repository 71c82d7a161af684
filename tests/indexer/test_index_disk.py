"""Disks that are full or cannot be written: the old index survives and answers, the error says what to do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.errors import IndexWriteError
from indexer.index.generations import IndexDirectory
from tests.indexer.index_support import content_of, files_with, make_project, write_files
from tests.indexer.test_index_processes import finish, start

MANY = {f"package/part{n}.py": f"def function{n}(edit):\n    return edit + {n}\n" * 40 for n in range(200)}

resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")


@pytest.mark.parametrize("limit_bytes", [0, 100, 10_000, 100_000])
def test_an_update_that_cannot_write_leaves_the_old_index(tmp_path: Path, limit_bytes: int) -> None:
    project = make_project(tmp_path)
    project.update()
    before = content_of(project.open())
    files = sorted(project.directory.folder.rglob("*"))
    write_files(project.root, {**MANY, "okapi.py": "okapi = 1\n"})
    process = start("limit", project, limit_bytes)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    assert err.startswith("IndexWriteError")
    assert str(project.directory.folder) in err
    assert "or choose another cache folder" in err
    assert "Traceback" not in err
    assert content_of(project.open()) == before
    assert [path for path in sorted(project.directory.folder.rglob("*")) if path.suffix != ".lock"] == [
        path for path in files if path.suffix != ".lock"
    ]
    finish(start("update", project))
    assert files_with(project.open(), "okapi") == {"okapi.py"}


@contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a file system; skip the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", *options, str(folder)]
    if (
        sys.platform != "linux"
        or os.geteuid()
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting needs root on Linux")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # snapshots may still be mapped


@pytest.mark.parametrize("free_kib", [64, 256, 512])
def test_a_full_disk_leaves_the_old_index(tmp_path: Path, free_kib: int) -> None:
    project = make_project(tmp_path)
    disk = tmp_path / "disk"
    with mounted(disk, "-t", "tmpfs", "-o", "size=4m", "tmpfs"):
        project.directory = IndexDirectory(disk / "index")
        project.update()
        before = content_of(project.open())
        write_files(project.root, MANY)
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        (disk / "filler").write_bytes(bytes(free - free_kib * 1024))
        with pytest.raises(IndexWriteError, match="No space left on device; free some space"):
            project.update()
        assert content_of(project.open()) == before
        assert [path.name for path in project.directory.folder.glob("tmp-*")] == []
        (disk / "filler").unlink()
        project.update()
        assert files_with(project.open(), "=function7") == {"package/part7.py"}


def test_an_index_on_a_read_only_file_system_answers(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.update()
    before = content_of(project.open())
    with mounted(tmp_path / "disk", "--bind", str(project.directory.folder)):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(tmp_path / "disk")], check=True)
        project.directory = IndexDirectory(tmp_path / "disk")
        assert not project.update().wrote
        assert content_of(project.open()) == before
        write_files(project.root, {"new.py": "new = 1\n"})
        with pytest.raises(IndexWriteError, match="Read-only file system; make that folder writable"):
            project.update()
        assert content_of(project.open()) == before


def test_a_folder_without_write_permission_answers(tmp_path: Path) -> None:
    if not os.geteuid():
        pytest.skip("permissions do not bind root")
    project = make_project(tmp_path)
    project.update()
    before = content_of(project.open())
    folders = [
        project.directory.folder,
        *(path for path in project.directory.folder.rglob("*") if path.is_dir()),
    ]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert not project.update().wrote
        write_files(project.root, {"new.py": "new = 1\n"})
        with pytest.raises(IndexWriteError, match="make that folder writable"):
            project.update()
        assert content_of(project.open()) == before
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_file_in_place_of_the_cache_folder_is_named(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    (tmp_path / "cache").write_text("mine")
    project.directory = IndexDirectory(tmp_path / "cache" / "index")
    with pytest.raises(IndexWriteError, match="remove the file that is in its place"):
        project.update()
    assert (tmp_path / "cache").read_text() == "mine"
