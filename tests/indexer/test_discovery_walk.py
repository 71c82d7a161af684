"""Listing the files of folders without git, and of what is no plain file, in real file trees."""

import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.discovery import (
    DiscoveryRules,
    Listing,
    SkippedFile,
    SkipReason,
    Source,
    list_files,
    list_ignored,
    read_source,
)
from indexer.errors import ExcludePatternError, IndexerError, RootError
from tests.indexer.discovery_trees import make_repository, write_files


def paths(listing: Listing) -> list[str]:
    return [file.path for file in listing.files]


def reasons(listing: Listing) -> dict[str, SkipReason]:
    return {file.path: file.reason for file in listing.skipped}


def details(listing: Listing) -> dict[str, str]:
    return {file.path: file.detail for file in listing.skipped}


def test_nested_ignore_files_and_negation(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            ".gitignore": "*.log\n!important.log\nbuild/\n/root.txt\ndoc/**/draft\n",
            "a.log": "",
            "important.log": "",
            "build/x.py": "",
            "src/build": "a file, not a folder",
            "root.txt": "",
            "src/root.txt": "",
            "src/.gitignore": "!a.log\nb.py\n",
            "src/a.log": "",
            "src/b.py": "",
            "src/c/b.py": "",
            "b.py": "",
            "doc/x/y/draft": "",
            "doc/final": "",
        },
    )

    listing = list_files(tmp_path)

    assert paths(listing) == [
        ".gitignore",
        "b.py",
        "doc/final",
        "important.log",
        "src/.gitignore",
        "src/a.log",
        "src/build",
        "src/root.txt",
    ]
    assert not listing.uses_git
    assert {file.path: file.detail for file in list_ignored(tmp_path, DiscoveryRules())} == {
        "a.log": ".gitignore: *.log",
        "build/": ".gitignore: build/",
        "doc/x/y/draft": ".gitignore: doc/**/draft",
        "root.txt": ".gitignore: /root.txt",
        "src/b.py": "src/.gitignore: b.py",
        "src/c/b.py": "src/.gitignore: b.py",
    }


def test_folders_of_tools_are_left_out(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "a.py": "",
            "node_modules/left/index.js": "",
            "pkg/__pycache__/a.txt": "",
            "env/pyvenv.cfg": "",
            "env/lib/b.py": "",
            "target/CACHEDIR.TAG": "",
            "target/c.rs": "",
            ".hg/store": "",
            ".svn/entries": "",
            "notes/CVS": "a file of this name is the user's",
        },
    )

    assert paths(list_files(tmp_path)) == ["a.py", "notes/CVS"]
    assert [file.path for file in list_ignored(tmp_path, DiscoveryRules())] == [
        "env/",
        "node_modules/",
        "pkg/__pycache__/",
        "target/",
    ]


def test_assistignore_and_exclude_setting_in_a_walk(tmp_path: Path) -> None:
    write_files(
        tmp_path, {".assistignore": "keys/\n", "keys/a.py": "", "x/keys/b.py": "", "c.py": "", "d.md": ""}
    )

    listing = list_files(tmp_path, DiscoveryRules(exclude=("*.md",)))

    assert paths(listing) == [".assistignore", "c.py"]
    assert details(listing) == {
        "d.md": "exclude setting: *.md",
        "keys/": ".assistignore: keys/",
        "x/keys/": ".assistignore: keys/",
    }


def test_unreadable_assistignore_is_reported(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": "", ".assistignore/odd": ""})

    listing = list_files(tmp_path)

    assert paths(listing) == [".assistignore/odd", "a.py"]
    assert reasons(listing) == {".assistignore": SkipReason.UNREADABLE}
    assert "do not hold" in details(listing)[".assistignore"]


def test_repository_inside_a_plain_folder_is_asked_for_its_files(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": ""})
    make_repository(tmp_path / "clone", {"tracked.log": "", ".gitignore": "*.log\n"})
    write_files(tmp_path, {"clone/other.log": ""})

    listing = list_files(tmp_path)

    assert paths(listing) == ["a.py", "clone/.gitignore", "clone/tracked.log"]
    assert not listing.uses_git
    assert [file.path for file in list_ignored(tmp_path, DiscoveryRules())] == ["clone/other.log"]


def test_names_that_tell_enough(tmp_path: Path) -> None:
    names = [
        "logo.PNG",
        "yarn.lock",
        "app.min.js",
        "app.js.map",
        "a.jar",
        "map.go",
        "world.map",
        "min.js",
        "Cargo.toml",
    ]
    write_files(tmp_path, dict.fromkeys(names, "x"))

    listing = list_files(tmp_path)

    assert paths(listing) == ["Cargo.toml", "map.go", "min.js", "world.map"]
    assert reasons(listing) == {
        "a.jar": SkipReason.BINARY,
        "app.js.map": SkipReason.GENERATED,
        "app.min.js": SkipReason.MINIFIED,
        "logo.PNG": SkipReason.BINARY,
        "yarn.lock": SkipReason.GENERATED,
    }


def test_large_files(tmp_path: Path) -> None:
    (tmp_path / "at_limit.py").write_bytes(b"x" * 1_000_000)
    (tmp_path / "above.py").write_bytes(b"x" * 1_000_001)
    with (tmp_path / "line.js").open("wb") as file:
        file.truncate(52_400_000)

    listing = list_files(tmp_path)

    assert paths(listing) == ["at_limit.py"]
    assert details(listing) == {"above.py": "1,000,001 B > 1,000,000 B", "line.js": "52.4 MB > 1.0 MB"}
    assert set(reasons(listing).values()) == {SkipReason.TOO_LARGE}


@pytest.mark.parametrize("in_git", [False, True])
def test_links_are_never_followed(tmp_path: Path, in_git: bool) -> None:
    outside = tmp_path / "outside"
    write_files(outside, {"secret.py": ""})
    root = tmp_path / "root"
    write_files(root, {"a.py": "", "folder/b.py": ""})
    (root / "to_file.py").symlink_to("a.py")
    (root / "to_folder").symlink_to("folder")
    (root / "loop").symlink_to("loop")
    (root / "folder" / "up").symlink_to("..")
    (root / "dangling.py").symlink_to("missing.py")
    (root / "out.py").symlink_to(outside / "secret.py")
    (root / "out").symlink_to(outside)
    if in_git:
        make_repository(root, {})

    listing = list_files(root)

    assert listing.uses_git is in_git
    assert paths(listing) == ["a.py", "folder/b.py"]
    assert set(reasons(listing).values()) == {SkipReason.SYMLINK}
    found = details(listing)
    assert found.pop("loop").startswith("cannot be followed: ")
    assert found == {
        "dangling.py": "leads nowhere",
        "folder/up": "a folder of the repository",
        "out": "leads out of the repository",
        "out.py": "leads out of the repository",
        "to_file.py": "its target is indexed itself",
        "to_folder": "a folder of the repository",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="no fifos")
def test_fifo_and_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"a.py": ""})
    os.mkfifo(tmp_path / "fifo.py")
    monkeypatch.chdir(tmp_path)  # a socket's path may have 107 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.py")

    listing = list_files(tmp_path)

    assert paths(listing) == ["a.py"]
    assert reasons(listing) == {"fifo.py": SkipReason.SPECIAL, "socket.py": SkipReason.SPECIAL}
    assert details(listing) == {"fifo.py": "a fifo", "socket.py": "a socket"}


def test_ignore_file_that_is_a_fifo_does_not_hang(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": ""})
    os.mkfifo(tmp_path / ".gitignore")

    assert paths(list_files(tmp_path)) == ["a.py"]


def test_odd_names_survive_a_walk(tmp_path: Path) -> None:
    write_files(
        tmp_path, {"with space.py": "", "line\nend.py": "1", ".gitignore": "line*.log\n", "line\n.log": ""}
    )
    raw = os.path.join(os.fsencode(tmp_path), b"raw\xff.py")
    with open(raw, "wb") as file:
        file.write(b"raw")

    listing = list_files(tmp_path)

    assert [os.fsencode(path) for path in paths(listing)] == [
        b".gitignore",
        b"line\nend.py",
        b"raw\xff.py",
        b"with space.py",
    ]
    source = read_source(tmp_path, paths(listing)[2], DiscoveryRules())
    assert isinstance(source, Source)
    assert source.text == b"raw"


def test_deep_tree(tmp_path: Path) -> None:
    folder = tmp_path
    for _ in range(60):
        folder = folder / "deep"
    write_files(folder, {"a.py": "", ".assistignore": "b.py\n", "b.py": ""})

    assert paths(list_files(tmp_path)) == ["deep/" * 60 + ".assistignore", "deep/" * 60 + "a.py"]


def test_empty_folder(tmp_path: Path) -> None:
    assert list_files(tmp_path) == Listing((), (), uses_git=False)


def test_missing_root_says_what_to_do(tmp_path: Path) -> None:
    write_files(tmp_path, {"file": ""})
    for root in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(RootError, match="no such folder; name the folder"):
            list_files(root)
    assert issubclass(RootError, IndexerError)


@pytest.mark.parametrize("pattern", ["!", "a\\", "[z-a]"])
def test_invalid_exclude_pattern_is_named(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ExcludePatternError) as caught:
        list_files(tmp_path, DiscoveryRules(exclude=("*.py", pattern)))
    assert repr(pattern) in str(caught.value)


def test_invalid_pattern_in_an_ignore_file_is_passed_over(tmp_path: Path) -> None:
    write_files(tmp_path, {".gitignore": "!\n[z-a]\n*.log\n", "a.log": "", "b.py": ""})

    assert paths(list_files(tmp_path)) == [".gitignore", "b.py"]


@contextmanager
def readable_by_all() -> Iterator[Path]:
    """Yield a folder that every user can enter, which pytest's own are not."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield Path(folder)


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Give up root's right to read everything, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits")
def test_unreadable_files_and_folders() -> None:
    with readable_by_all() as root:
        write_files(root, {"open.py": "x = 1\n", "closed.py": "secret", "folder/a.py": ""})
        (root / "closed.py").chmod(0)
        (root / "folder").chmod(0)
        try:
            with ordinary_user():
                listing = list_files(root)
                opened = read_source(root, "open.py", DiscoveryRules())
                closed = read_source(root, "closed.py", DiscoveryRules())
                below = read_source(root, "folder/a.py", DiscoveryRules())
        finally:
            (root / "folder").chmod(0o700)

    assert paths(listing) == ["closed.py", "open.py"]  # names and sizes need no permission to read
    assert listing.skipped == (SkippedFile("folder/", SkipReason.UNREADABLE, "Permission denied"),)
    assert isinstance(opened, Source)
    assert closed == SkippedFile("closed.py", SkipReason.UNREADABLE, "Permission denied")
    assert below == SkippedFile("folder/a.py", SkipReason.UNREADABLE, "Permission denied")


@pytest.mark.skipif(sys.platform == "win32", reason="no permission bits")
def test_unreadable_root() -> None:
    with readable_by_all() as folder:
        root = folder / "root"
        root.mkdir()
        root.chmod(0)
        with ordinary_user(), pytest.raises(RootError, match="Permission denied; check its permissions"):
            list_files(root)
