"""Listing the files of git work trees, made with the real git."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.discovery import DiscoveryRules, Listing, SkipReason, list_files, list_ignored
from tests.indexer.discovery_trees import git, make_repository, write_files


@pytest.fixture(autouse=True)
def _own_git_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


def paths(listing: Listing) -> list[str]:
    return [file.path for file in listing.files]


def skipped(listing: Listing) -> dict[str, SkipReason]:
    return {file.path: file.reason for file in listing.skipped}


def test_lists_tracked_and_untracked_but_not_ignored_or_deleted_files(tmp_path: Path) -> None:
    make_repository(
        tmp_path, {"a.py": "a", "gone.py": "", "tracked.log": "kept", ".gitignore": "*.log\nout/\n"}
    )
    write_files(tmp_path, {"new.py": "abc", "other.log": "", "out/x.py": ""})
    (tmp_path / "gone.py").unlink()

    listing = list_files(tmp_path)

    assert paths(listing) == [".gitignore", "a.py", "new.py", "tracked.log"]
    assert listing.skipped == ()
    assert listing.uses_git
    status = (tmp_path / "new.py").stat()
    found = listing.files[2]
    assert (found.size, found.mtime_ns) == (3, status.st_mtime_ns)


def test_list_ignored_names_the_rule_that_ignores(tmp_path: Path) -> None:
    make_repository(tmp_path, {".gitignore": "*.log\nout/\n", "sub/.gitignore": "/x\n"})
    write_files(tmp_path, {"other.log": "", "out/x.py": "", "out/y.py": "", "sub/x": "", "kept.py": ""})

    ignored = list_ignored(tmp_path, DiscoveryRules())

    assert [(file.path, file.reason, file.detail) for file in ignored] == [
        ("other.log", SkipReason.IGNORED, ".gitignore: *.log"),
        ("out/", SkipReason.IGNORED, ".gitignore: out/"),
        ("sub/x", SkipReason.IGNORED, "sub/.gitignore: /x"),
    ]


def test_sub_folder_lists_only_itself_with_paths_relative_to_it(tmp_path: Path) -> None:
    make_repository(tmp_path, {"top.py": "", "src/deep/a.py": "", "src/b.py": "", ".gitignore": "*.tmp\n"})
    write_files(tmp_path, {"src/c.py": "", "src/c.tmp": ""})

    listing = list_files(tmp_path / "src")

    assert paths(listing) == ["b.py", "c.py", "deep/a.py"]
    assert listing.uses_git
    assert [file.path for file in list_ignored(tmp_path / "src", DiscoveryRules())] == ["c.tmp"]


def test_assistignore_above_a_sub_folder_holds_there(tmp_path: Path) -> None:
    make_repository(
        tmp_path, {".assistignore": "secret.py\n/src/only/\n", "src/secret.py": "", "src/a.py": ""}
    )
    write_files(tmp_path, {"src/only/b.py": "", "only/c.py": ""})

    assert paths(list_files(tmp_path / "src")) == ["a.py"]
    assert skipped(list_files(tmp_path / "src")) == {
        "only/": SkipReason.EXCLUDED,
        "secret.py": SkipReason.EXCLUDED,
    }
    assert paths(list_files(tmp_path / "src" / "only")) == []
    assert skipped(list_files(tmp_path / "src" / "only")) == {"./": SkipReason.EXCLUDED}


def test_a_folder_that_its_repository_ignores_is_listed_when_named(tmp_path: Path) -> None:
    make_repository(tmp_path, {".gitignore": "/checkouts/\n*.o\n"})
    write_files(tmp_path, {"checkouts/lib/a.py": "", "checkouts/lib/.gitignore": "*.tmp\n"})
    write_files(tmp_path, {"checkouts/lib/b.tmp": ""})

    listing = list_files(tmp_path / "checkouts" / "lib")

    assert paths(listing) == [".gitignore", "a.py"]
    assert not listing.uses_git


def test_assistignore_applies_to_tracked_files_and_nests(tmp_path: Path) -> None:
    make_repository(
        tmp_path,
        {
            ".assistignore": "*.secret\nvault/\n",
            "a.secret": "",
            "vault/a.py": "",
            "vault/deep/b.py": "",
            "sub/.assistignore": "!keep.secret\n",
            "sub/keep.secret": "",
            "sub/other.secret": "",
            "b.py": "",
        },
    )

    listing = list_files(tmp_path)

    assert paths(listing) == [".assistignore", "b.py", "sub/.assistignore", "sub/keep.secret"]
    assert {file.path: file.detail for file in listing.skipped} == {
        "a.secret": ".assistignore: *.secret",
        "sub/other.secret": ".assistignore: *.secret",
        "vault/": ".assistignore: vault/",
    }


def test_assistignore_holds_when_git_ignores_it_itself(tmp_path: Path) -> None:
    make_repository(tmp_path, {".gitignore": ".assistignore\n", "sub/a.py": "", "sub/b.py": ""})
    write_files(tmp_path, {"sub/.assistignore": "a.py\n"})

    assert paths(list_files(tmp_path)) == [".gitignore", "sub/b.py"]


def test_exclude_setting_cannot_be_undone_by_the_repository(tmp_path: Path) -> None:
    make_repository(tmp_path, {".assistignore": "!private/\n", "private/a.py": "", "b.py": "", "c.sql": ""})

    listing = list_files(tmp_path, DiscoveryRules(exclude=("private/", "*.sql")))

    assert paths(listing) == [".assistignore", "b.py"]
    assert skipped(listing) == {"c.sql": SkipReason.EXCLUDED, "private/": SkipReason.EXCLUDED}


def test_submodule_files_are_listed(tmp_path: Path) -> None:
    make_repository(tmp_path / "library", {"lib.py": "", ".gitignore": "*.tmp\n"})
    main = make_repository(tmp_path / "main", {"main.py": ""})
    git(main, "submodule", "--quiet", "add", str(tmp_path / "library"), "deps/library")
    write_files(main, {"deps/library/new.py": "", "deps/library/x.tmp": ""})

    listing = list_files(main)

    assert paths(listing) == [
        ".gitmodules",
        "deps/library/.gitignore",
        "deps/library/lib.py",
        "deps/library/new.py",
        "main.py",
    ]
    assert [file.path for file in list_ignored(main, DiscoveryRules())] == ["deps/library/x.tmp"]
    rules = DiscoveryRules(exclude=("deps/library",))
    assert paths(list_files(main, rules)) == [".gitmodules", "main.py"]


def test_uninitialised_submodule_is_empty(tmp_path: Path) -> None:
    make_repository(tmp_path / "library", {"lib.py": ""})
    main = make_repository(tmp_path / "main", {"main.py": ""})
    git(main, "submodule", "--quiet", "add", str(tmp_path / "library"), "library")
    git(main, "commit", "--quiet", "--message", "second")
    git(main, "submodule", "--quiet", "deinit", "--force", "library")

    assert paths(list_files(main)) == [".gitmodules", "main.py"]


def test_nested_untracked_repository_is_asked_for_its_own_files(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"main.py": ""})
    make_repository(main / "nested", {"tracked.log": "", ".gitignore": "*.log\n"})
    write_files(main, {"nested/other.log": "", "nested/b.py": ""})

    assert paths(list_files(main)) == ["main.py", "nested/.gitignore", "nested/b.py", "nested/tracked.log"]


def test_linked_work_tree(tmp_path: Path) -> None:
    main = make_repository(tmp_path / "main", {"a.py": "", ".gitignore": "*.tmp\n"})
    git(main, "worktree", "add", "--quiet", str(tmp_path / "linked"), "-b", "other")
    write_files(tmp_path / "linked", {"b.py": "", "c.tmp": ""})

    listing = list_files(tmp_path / "linked")

    assert (tmp_path / "linked" / ".git").is_file()
    assert paths(listing) == [".gitignore", "a.py", "b.py"]
    assert listing.uses_git


def test_root_reached_through_a_link(tmp_path: Path) -> None:
    main = make_repository(tmp_path / "main", {"src/a.py": ""})
    (tmp_path / "link").symlink_to(main / "src")

    listing = list_files(tmp_path / "link")

    assert paths(listing) == ["a.py"]
    assert listing.uses_git


def test_merge_conflict_lists_a_file_once(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"a.py": "1\n"})
    git(main, "checkout", "--quiet", "-b", "other")
    write_files(main, {"a.py": "2\n"})
    git(main, "commit", "--quiet", "--all", "--message", "two")
    git(main, "checkout", "--quiet", "-")
    write_files(main, {"a.py": "3\n"})
    git(main, "commit", "--quiet", "--all", "--message", "three")
    with pytest.raises(subprocess.CalledProcessError):
        git(main, "merge", "other")
    assert git(main, "ls-files", "--unmerged").count(b"a.py") == 3

    assert paths(list_files(main)) == ["a.py"]


def test_tracked_file_replaced_by_a_folder_lists_what_the_folder_holds(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"a": "", "b.py": ""})
    (main / "a").unlink()
    write_files(main, {"a/inner.py": ""})

    assert paths(list_files(main)) == ["a/inner.py", "b.py"]


def test_odd_names_survive(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"with space.py": "", "line\nend.py": "", "täst.py": "", "-dash.py": ""})
    with open(os.path.join(os.fsencode(main), b"raw\xff\xe9.py"), "wb"):
        pass
    write_files(main, {".assistignore": "line*.py\n"})

    listing = list_files(main)

    assert {os.fsencode(path) for path in paths(listing)} == {
        b"-dash.py",
        b".assistignore",
        b"with space.py",
        "täst.py".encode(),
        b"raw\xff\xe9.py",
    }
    assert skipped(listing) == {"line\nend.py": SkipReason.EXCLUDED}


def test_empty_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    assert list_files(tmp_path) == Listing((), (), uses_git=True)


def test_hostile_configuration_runs_nothing(tmp_path: Path) -> None:
    main = make_repository(tmp_path / "main", {"a.py": ""})
    marker = tmp_path / "ran"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{marker}'\nprintf 'token\\0/\\0'\n")
    program.chmod(0o755)
    for name in ("pre-commit", "post-index-change", "post-checkout"):
        (main / ".git" / "hooks" / name).write_text(program.read_text())
        (main / ".git" / "hooks" / name).chmod(0o755)
    git(main, "config", "core.fsmonitor", str(program))
    git(main, "config", "core.pager", str(program))
    git(main, "status")
    assert marker.exists(), "the trap itself must work"
    marker.unlink()

    assert paths(list_files(main)) == ["a.py"]
    list_ignored(main, DiscoveryRules())

    assert not marker.exists()


def test_listing_does_not_write_to_the_repository(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"a.py": "", "b.py": ""})
    os.utime(main / "a.py", (1, 1))  # a stale index entry, which `git status` would refresh on disk

    def state() -> dict[str, tuple[int, int]]:
        found = [Path(folder) / name for folder, _, names in os.walk(main) for name in names]
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in found}

    before = state()
    list_files(main)
    list_ignored(main, DiscoveryRules())

    assert state() == before


def test_environment_cannot_point_to_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = make_repository(tmp_path / "main", {"a.py": ""})
    other = make_repository(tmp_path / "other", {"b.py": ""})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))

    assert paths(list_files(main)) == ["a.py"]


def test_without_git_a_walk_follows_the_ignore_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main = make_repository(tmp_path / "main", {"src/a.py": "", ".gitignore": "*.log\n/src/out/\n"})
    write_files(main, {"src/b.log": "", "src/out/c.py": "", "src/private.txt": ""})
    (main / ".git" / "info" / "exclude").write_text("private.txt\n")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    assert list_files(main).uses_git is False
    assert paths(list_files(main)) == [".gitignore", "src/a.py"]
    assert paths(list_files(main / "src")) == ["a.py"]
    assert {file.path: file.detail for file in list_ignored(main / "src", DiscoveryRules())} == {
        "b.log": ".gitignore: *.log",
        "out/": ".gitignore: /src/out/",
        "private.txt": ".git/info/exclude: private.txt",
    }


def test_corrupt_repository_is_walked(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"a.py": "", ".gitignore": "*.log\n"})
    write_files(main, {"b.log": ""})
    (main / ".git" / "index").write_bytes(b"DIRC garbage")

    listing = list_files(main)

    assert paths(listing) == [".gitignore", "a.py"]
    assert not listing.uses_git


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can give files away")
def test_repository_of_another_user_is_walked(tmp_path: Path) -> None:
    main = make_repository(tmp_path, {"a.py": "", "tracked.log": "", ".gitignore": "*.log\n"})
    for path in (main, main / ".git"):
        os.chown(path, 65534, 65534)

    listing = list_files(main)

    assert not listing.uses_git  # git: "detected dubious ownership"
    assert paths(listing) == [".gitignore", "a.py"]
