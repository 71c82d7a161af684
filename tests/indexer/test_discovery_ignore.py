"""Ignore rules, compared with what the real git does with the same files."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.discovery import list_files
from tests.indexer.discovery_trees import git, write_files

NAMES = ("a", "b", "ab", "a.b", "a.b.c", "B", "#a", "!a", "a b")
name = st.sampled_from(NAMES)
tree = st.dictionaries(
    st.lists(name, min_size=1, max_size=4).map("/".join), st.just("x"), min_size=1, max_size=12
)
piece = st.sampled_from(
    (*NAMES, "*", "**", "?", "*.b", "*.c", "a*", "[ab]", "[!a]*", "*.*", "\\#a", "\\!a", "a\\ b")
)
pattern = st.builds(
    lambda negated, anchored, pieces, only_folders, blanks: (
        "!" * negated + "/" * anchored + "/".join(pieces) + "/" * only_folders + blanks
    ),
    st.booleans(),
    st.booleans(),
    st.lists(piece, min_size=1, max_size=3),
    st.booleans(),
    st.sampled_from(("", "", "", " ", "\r")),
)
ignore_files = st.dictionaries(
    st.lists(name, max_size=2).map("/".join),
    st.lists(pattern, min_size=1, max_size=5).map("\n".join),
    min_size=1,
    max_size=3,
)


def without_clashes(files: dict[str, str]) -> dict[str, str]:
    """Drop the paths that would need a file to be a folder as well."""
    kept: dict[str, str] = {}
    for path, content in sorted(files.items(), key=lambda item: -item[0].count("/")):
        if not any(other.startswith(f"{path}/") for other in kept):
            kept[path] = content
    return kept


@pytest.fixture(scope="module")
def git_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty repository's data, kept apart so that the tree itself is no work tree to find."""
    folder = tmp_path_factory.mktemp("data")
    git(folder, "init", "--quiet")
    return folder / ".git"


def listed_by_git(git_folder: Path, root: Path) -> set[str]:
    output = git(
        root,
        f"--git-dir={git_folder}",
        f"--work-tree={root}",
        "ls-files",
        "-z",
        "--others",
        "--exclude-standard",
    )
    return set(output.decode().split("\0")[:-1])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=tree, rules=ignore_files)
def test_a_walk_ignores_what_git_ignores(
    git_folder: Path, files: dict[str, str], rules: dict[str, str]
) -> None:
    rule_files = {f"{folder}/.gitignore".removeprefix("/"): text + "\n" for folder, text in rules.items()}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_files(root, without_clashes({**files, **rule_files}))

        assert {file.path for file in list_files(root).files} == listed_by_git(git_folder, root)


HAND_MADE = [
    ("*\n!*/\n!*.py\n", {"a.py", "x/b.py", "x/c.txt", "d.txt"}),
    ("/*\n!/keep\n/keep/*\n!/keep/a\n", {"keep/a/b", "keep/c", "other/a"}),
    ("foo/\n!foo/bar\n", {"foo/bar", "x/foo/y"}),
    ("foo/*\n!foo/bar\n", {"foo/bar", "foo/baz", "x/foo/y"}),
    ("foo/**\n!foo/bar/\n", {"foo/bar/a", "foo/b"}),
    (
        "**/logs/debug.log\nlogs/**/x\n",
        {"logs/debug.log", "a/logs/debug.log", "logs/x", "logs/b/c/x", "a/logs/b/x"},
    ),
    ("*.log\n!keep/\n", {"keep/a.log", "keep/b", "keep.log"}),
    ("a?c\n[[:digit:]]x\nname[\n", {"abc", "a/c", "5x", "name["}),
    ("trailing   \n\\ lead\nslash\\/\n", {"trailing", "trailing   ", " lead", "slash"}),
    ("# comment\n\n\\#file\n/\n", {"# comment", "#file", "b"}),
    ("\ufeffbom\n", {"bom", "b"}),
    ("a/b\nc/d/\n", {"a/b", "x/a/b", "c/d", "x/c/d/e"}),
    ("*.tar.x\n*.b.\n", {"a.tar.x", ".tar.x", "y.x", "a.b."}),
]


@pytest.mark.parametrize(("rules", "files"), HAND_MADE)
def test_cases_that_are_easy_to_get_wrong(
    git_folder: Path, tmp_path: Path, rules: str, files: set[str]
) -> None:
    write_files(tmp_path, {**dict.fromkeys(files, ""), ".gitignore": rules})

    assert {file.path for file in list_files(tmp_path).files} == listed_by_git(git_folder, tmp_path)
