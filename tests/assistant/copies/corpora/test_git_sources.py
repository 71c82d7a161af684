"""Repositories without a work tree and whole histories: what is read, and that nothing of theirs is run."""

import os
from pathlib import Path

import pytest

from assistant.copies.corpora.errors import CorpusError
from assistant.copies.corpora.folders import (
    BlobSource,
    commit_source,
    folder_source,
    history_source,
    repository_at,
)
from assistant.copies.corpora.git_objects import GitRepository
from assistant.copies.corpora.model import CorpusKind, FileContent, LeftOut
from indexer.discovery import DiscoveryRules
from tests.indexer.discovery_trees import git, make_repository, write_files

RULES = DiscoveryRules()


def contents(source: BlobSource) -> list[tuple[str, str]]:
    found = source.contents(lambda path, stamp: False)
    return [(item.path, (item.raw or b"").decode()) for item in found if isinstance(item, FileContent)]


def bare_of(repository: Path) -> Path:
    bare = repository.parent / f"{repository.name}.git"
    git(repository.parent, "clone", "--quiet", "--bare", str(repository), str(bare))
    return bare


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = make_repository(tmp_path / "tea", {"a.py": "a = 1\n", "b.py": "b = 1\n", "notes.md": "# Notes\n"})
    write_files(root, {"a.py": "a = 2\n"})
    git(root, "commit", "--quiet", "--all", "--message", "second")
    git(root, "rm", "--quiet", "b.py")
    git(root, "commit", "--quiet", "--message", "third")
    return root


def test_the_last_commit_of_a_bare_repository_is_read(repository: Path) -> None:
    source = commit_source(GitRepository(bare_of(repository)), RULES)
    assert contents(source) == [("a.py", "a = 2\n")]
    assert source.info.root == ""
    assert source.stamp == git(repository, "rev-parse", "HEAD").decode().strip()


def test_a_history_has_every_version_once_newest_first(repository: Path) -> None:
    source = history_source(GitRepository(repository), RULES)
    assert contents(source) == [("a.py", "a = 2\n"), ("a.py", "a = 1\n"), ("b.py", "b = 1\n")]


def test_a_version_is_of_the_commit_that_brought_it(repository: Path) -> None:
    first = git(repository, "rev-list", "--max-parents=0", "HEAD").decode().strip()
    source = history_source(GitRepository(repository), RULES)
    (item,) = [item for item in source.contents(lambda path, stamp: False) if item.path == "b.py"]
    assert isinstance(item, FileContent)
    assert item.revision == first


def test_a_history_has_what_other_branches_hold(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "side", "HEAD~2")
    write_files(repository, {"c.py": "c = 1\n"})
    git(repository, "add", "c.py")
    git(repository, "commit", "--quiet", "--message", "side")
    git(repository, "checkout", "--quiet", "-")
    assert ("c.py", "c = 1\n") in contents(history_source(GitRepository(repository), RULES))


def test_known_versions_are_not_read(repository: Path) -> None:
    source = history_source(GitRepository(repository), RULES)
    known = {blob.id for blob in source.blobs if blob.path == "a.py"}
    found = list(source.contents(lambda path, stamp: stamp in known))
    read = {item.path: item.raw for item in found if isinstance(item, FileContent)}
    assert read == {"a.py": None, "b.py": b"b = 1\n"}


def test_odd_names_links_and_submodules(tmp_path: Path) -> None:
    root = tmp_path / "odd"
    make_repository(root, {"new\nline.py": "a = 1\n", "ümlaut.py": "b = 1\n", "dir/\x01H.py": "c = 1\n"})
    (root / "link.py").symlink_to("/etc/passwd")
    make_repository(root / "sub", {"s.py": "s = 1\n"})
    git(root, "add", "link.py", "sub")
    git(root, "commit", "--quiet", "--message", "links")
    expected = {("new\nline.py", "a = 1\n"), ("ümlaut.py", "b = 1\n"), ("dir/\x01H.py", "c = 1\n")}
    repository = GitRepository(root)
    assert set(contents(commit_source(repository, RULES))) == expected
    assert set(contents(history_source(repository, RULES))) == expected


def test_large_and_empty_versions_are_left_out_unread(tmp_path: Path) -> None:
    root = make_repository(
        tmp_path / "large", {"large.py": "a = 1\n" * 100, "small.py": "b = 1\n", "empty.py": ""}
    )
    source = commit_source(GitRepository(root), DiscoveryRules(max_file_bytes=50))
    left = [item for item in source.contents(lambda path, stamp: False) if isinstance(item, LeftOut)]
    assert {(item.path, item.reason) for item in left} == {("large.py", "too large"), ("empty.py", "empty")}
    assert contents(source) == [("small.py", "b = 1\n")]


def test_an_object_that_is_missing_leaves_out_its_file_alone(repository: Path) -> None:
    lost = git(repository, "rev-parse", "HEAD~2:b.py").decode().strip()
    (repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = list(history_source(GitRepository(repository), RULES).contents(lambda path, stamp: False))
    assert [item.path for item in found if isinstance(item, LeftOut)] == ["b.py"]
    assert [item.path for item in found if isinstance(item, FileContent)] == ["a.py", "a.py"]


def test_nothing_that_a_repository_names_is_run(repository: Path) -> None:
    marker = repository.parent / "ran"
    program = f"sh -c 'touch {marker}; cat'"
    write_files(repository, {".gitattributes": "*.py filter=evil diff=evil\n"})
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "--quiet", "--message", "attributes")
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
    ):
        git(repository, "config", key, program)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "core.sshCommand",
        "core.alternateRefsCommand",
    ):
        git(repository, "config", key, program)
    git(repository, "config", "log.showSignature", "true")
    (repository / ".git" / "hooks" / "post-checkout").write_text(f"#!/bin/sh\n{program}\n")
    for make in (commit_source, history_source):
        source = make(GitRepository(repository), RULES)
        assert contents(source)
        source.licences()
        assert source.info.family
    list(folder_source(repository, RULES, CorpusKind.GIT).contents(lambda path, stamp: False))
    assert not marker.exists()


def test_a_folder_that_is_no_repository_is_none(tmp_path: Path) -> None:
    assert repository_at(tmp_path) is None
    with pytest.raises(CorpusError, match="is no git repository"):
        GitRepository(tmp_path)


def test_a_repository_without_a_commit_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    with pytest.raises(CorpusError, match="has no commit yet"):
        history_source(GitRepository(tmp_path), RULES)


def test_forks_are_one_family_by_their_oldest_commit_or_remote(repository: Path, tmp_path: Path) -> None:
    fork = tmp_path / "fork"
    git(tmp_path, "clone", "--quiet", str(repository), str(fork))
    write_files(fork, {"new.py": "n = 1\n"})
    git(fork, "add", "new.py")
    git(fork, "commit", "--quiet", "--message", "mine")
    one, other = (folder_source(folder, RULES, CorpusKind.GIT).info for folder in (repository, fork))
    assert one.family == other.family == f"git:{one.facts.oldest_commit}"
    git(fork, "remote", "set-url", "origin", "git@github.com:Tea/Pot.git")
    other = folder_source(fork, RULES, CorpusKind.GIT).info
    assert other.family == "github.com/tea/pot"
    assert other.facts.oldest_commit == one.facts.oldest_commit


def test_a_shallow_clone_does_not_know_its_oldest_commit(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", "shallow")
    info = folder_source(tmp_path / "shallow", RULES, CorpusKind.GIT).info
    assert (info.family, info.facts.oldest_commit) == (info.key, "")


def test_licences_of_a_commit_are_read_from_its_objects(tmp_path: Path) -> None:
    text = (Path(__file__).parents[4] / "LICENSE").read_text()
    root = make_repository(tmp_path / "tea", {"LICENSE": text, "a.py": "a = 1\n"})
    source = commit_source(GitRepository(bare_of(root)), RULES)
    assert source.licences().finding().expression == "Apache-2.0"


def test_a_work_tree_is_read_as_it_is_now_without_what_is_ignored(repository: Path) -> None:
    write_files(
        repository,
        {"a.py": "a = 3\n", "new.py": "n = 1\n", ".gitignore": "ignored.py\n", "ignored.py": "x\n"},
    )
    os.symlink("/etc/passwd", repository / "link.py")
    source = folder_source(repository, RULES, CorpusKind.GIT)
    found = list(source.contents(lambda path, stamp: False))
    assert [(item.path, item.raw) for item in found if isinstance(item, FileContent)] == [
        ("a.py", b"a = 3\n"),
        ("new.py", b"n = 1\n"),
    ]
    assert source.count_hint == 2
