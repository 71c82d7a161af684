import errno
import json
import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from indexer.errors import CorruptIndexError, IndexBusyError, IndexWriteError
from indexer.index.generations import Generation, IndexDirectory, link_or_copy, write_error
from indexer.index.manifest import MANIFEST, Facts
from indexer.index.schema import FORMAT_VERSION


def facts_of(number: int) -> Facts:
    return Facts(
        root="/nowhere",
        uses_git=False,
        model="m",
        dimensions=1,
        files=number,
        chunks=0,
        definitions=0,
        embedded=0,
        source_bytes=0,
        next_uid=0,
        started_ns=0,
        written_ns=0,
    )


def publish(directory: IndexDirectory, number: int, previous: Generation | None = None) -> Generation:
    """Publish a generation whose facts and file say which it is; "shared" is linked from the previous one."""
    with directory.writing(0), directory.staging() as staged:
        (staged / "data").write_text(f"content {number}")
        (staged / "folder").mkdir()
        if previous:
            link_or_copy(previous.folder / "folder" / "shared", staged / "folder" / "shared")
        else:
            (staged / "folder" / "shared").write_text("shared")
        return directory.publish(staged, facts_of(number), previous)


def rewrite_manifest(directory: IndexDirectory, change: Callable[[dict[str, object]], None]) -> None:
    """Change the manifest the way another version would have written it: with checksums that are right."""
    generation = directory.current()
    assert generation is not None
    content = json.loads((generation.folder / MANIFEST).read_bytes())
    change(content)
    body = json.dumps(content).encode()
    (generation.folder / MANIFEST).write_bytes(body)
    name = f"{generation.folder.name[:-8]}{zlib.crc32(body):08x}"
    generation.folder.rename(directory.folder / name)
    (directory.folder / "CURRENT").write_text(name)


@pytest.fixture
def directory(tmp_path: Path) -> IndexDirectory:
    return IndexDirectory(tmp_path / "index")


def test_there_is_no_generation_before_the_first(directory: IndexDirectory) -> None:
    assert directory.current() is None
    assert directory.pointer() is None


def test_the_generation_published_last_is_current(directory: IndexDirectory) -> None:
    first = publish(directory, 1)
    second = publish(directory, 2, first)
    current = directory.current()
    assert current == second
    assert current is not None
    assert (current.number, current.facts["files"]) == (2, 2)
    assert (current.folder / "data").read_text() == "content 2"
    assert current.size_bytes == len("content 2") + len("shared")
    assert directory.is_current(second)
    assert not directory.is_current(first)


def test_only_the_current_generation_and_the_one_before_stay(directory: IndexDirectory) -> None:
    generation = None
    names = []
    for number in range(5):
        generation = publish(directory, number, generation)
        names.append(generation.folder.name)
    left = {entry.name for entry in directory.folder.iterdir()}
    assert left == {"CURRENT", "writer.lock", *names[-2:]}


def test_equal_content_published_after_a_removal_is_another_generation(directory: IndexDirectory) -> None:
    first = publish(directory, 1)
    directory.remove()
    assert not directory.folder.exists()
    second = publish(directory, 2)
    assert second.number == first.number
    assert not directory.is_current(first)


def test_what_is_not_published_leaves_nothing(directory: IndexDirectory) -> None:
    publish(directory, 1)
    before = sorted(directory.folder.rglob("*"))
    with directory.writing(0), directory.staging() as staged:
        (staged / "data").write_text("lost")
    assert sorted(directory.folder.rglob("*")) == before


def test_a_writer_removes_what_a_killed_one_left(directory: IndexDirectory) -> None:
    publish(directory, 1)
    (directory.folder / "tmp-killed" / "lexical").mkdir(parents=True)
    (directory.folder / "tmp-file").touch()
    (directory.folder / "CURRENT.killed").touch()
    (directory.folder / "gen-000009-00000000").mkdir()  # named, but CURRENT never came to point to it
    publish(directory, 2)
    names = {entry.name for entry in directory.folder.iterdir()}
    assert not names & {"tmp-killed", "tmp-file", "CURRENT.killed", "gen-000009-00000000"}
    current = directory.current()
    assert current is not None
    assert current.facts["files"] == 2


def test_a_generation_that_cannot_be_pointed_to_is_removed(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(directory, 1)

    def fail(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("indexer.index.generations.os.replace", fail)
    with pytest.raises(IndexWriteError, match="free some space"):
        publish(directory, 2, first)
    assert directory.current() == first
    assert {entry.name for entry in directory.folder.iterdir()} == {
        "CURRENT",
        "writer.lock",
        first.folder.name,
    }


def test_a_second_writer_is_told_that_the_index_is_busy(directory: IndexDirectory) -> None:
    with directory.writing(0), pytest.raises(IndexBusyError, match="try again"), directory.writing(0):
        pass


def test_computing_vectors_does_not_keep_writers_out(directory: IndexDirectory) -> None:
    with directory.filling(0), pytest.raises(IndexBusyError), directory.filling(0):
        pass
    with directory.filling(0):
        publish(directory, 1)
    assert directory.current() is not None


def test_an_index_that_is_being_written_is_not_removed(directory: IndexDirectory) -> None:
    publish(directory, 1)
    with FileLock(directory.folder / "writer.lock"), pytest.raises(IndexBusyError):
        directory.remove()
    assert directory.current() is not None


def test_removing_an_index_that_is_not_there_does_nothing(directory: IndexDirectory) -> None:
    directory.remove()
    assert not directory.folder.exists()


@pytest.mark.parametrize(
    "pointer",
    [
        b"",
        b"gen-000001",
        b"gen-000001-00000000",
        b"gen-000001-zzzzzzzz",
        b"../gen-000001-00000000",
        b"\xff\0",
        b"\n",
    ],
)
def test_a_pointer_to_nothing_is_reported(directory: IndexDirectory, pointer: bytes) -> None:
    generation = publish(directory, 1)
    (directory.folder / "CURRENT").write_bytes(pointer)
    with pytest.raises(CorruptIndexError):
        directory.current()
    assert not directory.is_current(generation)


def test_a_pointer_that_is_a_folder_is_reported_and_replaced(directory: IndexDirectory) -> None:
    publish(directory, 1)
    (directory.folder / "CURRENT").unlink()
    (directory.folder / "CURRENT" / "in the way").mkdir(parents=True)
    with pytest.raises(CorruptIndexError):
        directory.current()
    generation = publish(directory, 2)
    assert directory.current() == generation


def test_a_lock_that_is_a_folder_is_replaced(directory: IndexDirectory) -> None:
    (directory.folder / "writer.lock" / "in the way").mkdir(parents=True)
    generation = publish(directory, 1)
    assert directory.current() == generation


def test_a_damaged_file_is_named(directory: IndexDirectory) -> None:
    generation = publish(directory, 1)
    (generation.folder / "data").write_text("Content 1")
    with pytest.raises(CorruptIndexError, match="data is damaged") as raised:
        directory.current()
    assert raised.value.problem == "data is damaged"
    assert str(directory.folder) in str(raised.value)


def test_a_missing_file_is_named(directory: IndexDirectory) -> None:
    generation = publish(directory, 1)
    (generation.folder / "data").unlink()
    with pytest.raises(CorruptIndexError, match="data"):
        directory.current()


@pytest.mark.parametrize("version", [FORMAT_VERSION - 1, FORMAT_VERSION + 1, None, "1"])
def test_another_format_version_is_named(directory: IndexDirectory, version: object) -> None:
    publish(directory, 1)
    rewrite_manifest(directory, lambda content: content.update(format=version))
    with pytest.raises(
        CorruptIndexError, match=f"format {version}, and this version .* reads format {FORMAT_VERSION}"
    ):
        directory.current()


@pytest.mark.parametrize("key", ["facts", "checksums"])
@pytest.mark.parametrize("value", [None, [], 7, {"data": 1}, {"data": ["a", "b"]}])
def test_a_manifest_of_another_shape_is_reported(directory: IndexDirectory, key: str, value: object) -> None:
    publish(directory, 1)
    rewrite_manifest(directory, lambda content: content.update({key: value}))
    with pytest.raises(CorruptIndexError, match="manifest is not what this version"):
        directory.current()


@pytest.mark.parametrize("name", Facts.__annotations__)
@pytest.mark.parametrize("value", [None, [1], 0.5])
def test_a_fact_that_is_missing_or_of_another_type_is_reported(
    directory: IndexDirectory, name: str, value: object
) -> None:
    publish(directory, 1)

    def change(content: dict[str, object]) -> None:
        facts = content["facts"]
        assert isinstance(facts, dict)
        facts[name] = value
        if value is None:
            del facts[name]

    rewrite_manifest(directory, change)
    with pytest.raises(CorruptIndexError, match="manifest is not what this version"):
        directory.current()


def test_a_reader_follows_a_writer_that_removed_what_it_was_about_to_read(
    directory: IndexDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = publish(directory, 1)
    read = IndexDirectory.pointer
    overtaken = False

    def pointer(self: IndexDirectory) -> str | None:
        """Let a writer publish two generations right after a reader looked at the pointer."""
        nonlocal overtaken
        name = read(self)
        if not overtaken:
            overtaken = True
            publish(directory, 3, publish(directory, 2, first))
        return name

    monkeypatch.setattr(IndexDirectory, "pointer", pointer)
    current = directory.current()
    assert current is not None
    assert current.facts["files"] == 3
    assert not first.folder.exists()


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EDQUOT, "free some space"),
        (errno.EACCES, "writable"),
        (errno.EROFS, "writable"),
        (errno.ENOTDIR, "remove the file"),
        (errno.EIO, "try again"),
    ],
)
def test_a_failed_write_says_what_to_do(tmp_path: Path, code: int, advice: str) -> None:
    error = write_error(tmp_path, code, os.strerror(code))
    assert isinstance(error, IndexWriteError)
    assert advice in str(error)
    assert str(tmp_path) in str(error)
    assert os.strerror(code) in str(error)


def test_a_file_in_the_place_of_the_directory_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    for folder in (tmp_path / "cache", tmp_path / "cache" / "index"):
        directory = IndexDirectory(folder)
        assert directory.current() is None
        with pytest.raises(IndexWriteError, match="remove the file"), directory.writing(0):
            pass
    assert (tmp_path / "cache").read_text() == "a file"
