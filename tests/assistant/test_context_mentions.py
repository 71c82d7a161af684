import subprocess
from pathlib import Path

import pytest

from assistant.context import ContextItem, MentionError, MentionKind, MentionResolver, find_mentions
from assistant.context.git import GitError
from assistant.engine import Engine
from assistant.retrieval.search import Source
from assistant.settings import Settings

FILES = {
    "src/doc/pdf.py": "class PdfReader:\n    def parse(self):\n        return 1\n\n\n"
    "class HtmlReader:\n    def parse(self):\n        return 2\n",
    "src/net/port.go": "package net\n\nfunc OpenPort() {}\n",
    "a/util.py": "A = 1\n",
    "b/util.py": "B = 2\n",
    "my docs/note.md": "# Note\n",
    ".gitattributes": "*.py filter=spy diff=spy\n",
}


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "--quiet")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", "First files\n\nWith a reason.")
    return root


@pytest.fixture
def source(root: Path, tmp_path: Path) -> Source:
    engine = Engine(Settings(tmp_path / "cache", tmp_path / "config.toml"))
    engine.update(root)
    return engine.searcher([root]).sources[0]


def resolved(source: Source, question: str, **given: object) -> list[ContextItem]:
    resolver = MentionResolver([source], **given)  # type: ignore[arg-type]
    return [item for mention in find_mentions(question) for item in resolver.resolve(mention)]


def locations(items: list[ContextItem]) -> list[str]:
    return [item.location for item in items]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("explain @src/a.py please", [(MentionKind.FILE, "src/a.py")]),
        ("explain @src/a.py:10-20.", [(MentionKind.FILE, "src/a.py:10-20")]),
        ("what is in @src/?", [(MentionKind.DIR, "src/")]),
        ("@PdfReader.parse, why?", [(MentionKind.GUESS, "PdfReader.parse")]),
        ("@symbol:parse", [(MentionKind.SYMBOL, "parse")]),
        ("review @diff and @commit:abc123~2", [(MentionKind.DIFF, "diff"), (MentionKind.COMMIT, "abc123~2")]),
        ("@commit", [(MentionKind.COMMIT, "commit")]),
        ("fix @selection", [(MentionKind.SELECTION, "selection")]),
        ("see @https://example.org/a?b=1.", [(MentionKind.URL, "https://example.org/a")]),
        (
            '@"my docs/note.md" and @file:"x y"',
            [(MentionKind.FILE, "my docs/note.md"), (MentionKind.FILE, "x y")],
        ),
        ("(@src/a.py)", [(MentionKind.FILE, "src/a.py")]),
        ("mail me@example.org or a@b", []),
        ("what does `@property` do", []),
        ("no mention @ all", []),
    ],
)
def test_mentions_are_found(question: str, found: list[tuple[MentionKind, str]]) -> None:
    mentions = find_mentions(question)
    assert [(mention.kind, mention.value) for mention in mentions] == found
    assert all(question[mention.start_char :].startswith(mention.text) for mention in mentions)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("@src/doc/pdf.py", ["src/doc/pdf.py:1-8"]),
        ("@src/doc/pdf.py:2-3", ["src/doc/pdf.py:2-3"]),
        ("@./src/doc/pdf.py#L2", ["src/doc/pdf.py:2"]),
        ("@pdf.py", ["src/doc/pdf.py:1-8"]),
        ('@"my docs/note.md"', ["my docs/note.md:1"]),
        ("@src/", ["src/doc/pdf.py:1-8", "src/net/port.go:1-3"]),
        ("@src/doc", ["src/doc/pdf.py:1-8"]),
        ("@PdfReader.parse", ["src/doc/pdf.py:2-3"]),
        ("@symbol:parse", ["src/doc/pdf.py:2-3", "src/doc/pdf.py:7-8"]),
        ("@OpenPort()", ["src/net/port.go:3"]),
        ("what does @property do", []),
    ],
)
def test_files_folders_and_symbols(source: Source, question: str, expected: list[str]) -> None:
    items = resolved(source, question)
    assert locations(items) == expected
    for item in items:
        lines = FILES[item.path].split("\n")[item.start_line - 1 : item.end_line]
        assert item.text == "\n".join(lines)


@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("@src/doc/pdg.py", "@src/doc/pdg.py: no such file; did you mean @src/doc/pdf.py?"),
        ("@lib/pdf.py", "@lib/pdf.py: no such file; did you mean @src/doc/pdf.py?"),
        ("@src/doc/pdf.py:5-99", "@src/doc/pdf.py:5-99: src/doc/pdf.py has lines 1 to 8"),
        ("@file:util.py", "@file:util.py: several files are called so; write @a/util.py, @b/util.py"),
        ("@srx/", "@srx/: no such folder with indexed files"),
        (
            "@symbol:Nothing",
            "@symbol:Nothing: nothing of this name is defined here; try `assist search Nothing`",
        ),
        ("@selection", "@selection: nothing is selected"),
        ("@https://example.org/a", "@https://example.org/a: fetching pages is not allowed here"),
        ("@diff", "@diff: there are no uncommitted changes"),
        ("@../../etc/passwd", "@../../etc/passwd: no such file"),
        ("@commit:nope", "no commit nope in"),
        ("@commit:--output=x", "'--output=x' is no revision"),
    ],
)
def test_what_cannot_be_had_says_why(source: Source, question: str, message: str) -> None:
    with pytest.raises((MentionError, GitError)) as error:
        resolved(source, question)
    assert str(error.value).startswith(message)


def test_a_diff_is_cut_by_file(source: Source, root: Path) -> None:
    (root / "a/util.py").write_text("A = 3\n")
    (root / "my docs/note.md").write_text("# Changed\n")
    items = resolved(source, "@diff")
    assert [(item.path, item.kind) for item in items] == [("a/util.py", "diff"), ("my docs/note.md", "diff")]
    assert "-A = 1\n+A = 3" in items[0].text
    assert "Changed" not in items[0].text


def test_each_part_of_a_diff_has_the_path_of_the_file_whose_text_it_shows(source: Source, root: Path) -> None:
    names = ["private/x b/a/util.py", 'private/with "quotes"\tand tab.txt', "private/caf\u00e9.txt"]
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("zebra\n")
    (root / "private/old.txt").write_text("line\n" * 40 + "zebra\n")
    git(root, "add", "-A")
    git(root, "commit", "--quiet", "-m", "More")
    for name in names:
        (root / name).write_text("changed\n")
    git(root, "mv", "private/old.txt", "new.txt")
    (root / "new.txt").write_text("line\n" * 40)
    items = resolved(source, "@diff")
    assert {item.path for item in items} == {*names, "private/old.txt", "new.txt"}
    assert all(item.path.startswith("private/") for item in items if "zebra" in item.text)


def test_a_merge_is_cut_by_file_too(source: Source, root: Path) -> None:
    git(root, "checkout", "--quiet", "-b", "side")
    (root / "a/util.py").write_text("A = 5\n")
    git(root, "commit", "--quiet", "-a", "-m", "Five")
    git(root, "checkout", "--quiet", "-")
    (root / "a/util.py").write_text("A = 6\n")
    git(root, "commit", "--quiet", "-a", "-m", "Six")
    git(root, "merge", "--quiet", "-s", "ours", "--no-commit", "side")
    (root / "a/util.py").write_text("A = 7\n")
    git(root, "commit", "--quiet", "-a", "-m", "Seven")
    head, change = resolved(source, "@commit")
    assert "A = " not in head.text
    assert (change.path, "+A = 7" in change.text) == ("a/util.py", True)


def test_a_commit_has_its_message_and_its_changes(source: Source, root: Path) -> None:
    (root / "a/util.py").write_text("A = 4\n")
    git(root, "commit", "--quiet", "-a", "-m", "Four\n\nBecause.")
    head, change = resolved(source, "@commit")
    assert "Four\n\nBecause." in head.text
    assert (change.path, "+A = 4" in change.text) == ("a/util.py", True)
    first, *files = resolved(source, "@commit:HEAD~1")
    assert "With a reason." in first.text
    assert {item.path for item in files} == set(FILES)


def test_the_repository_s_configuration_runs_no_program(source: Source, root: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    spy = tmp_path / "spy.sh"
    spy.write_text(f"#!/bin/sh\ntouch {marker}\ncat\n")
    spy.chmod(0o755)
    for key in (
        "filter.spy.clean", "filter.spy.smudge", "filter.spy.process", "diff.spy.command", "diff.spy.textconv",
        "diff.external", "core.fsmonitor", "core.pager", "gpg.program",
    ):  # fmt: skip
        git(root, "config", key, str(spy))
    git(root, "config", "filter.spy.required", "true")
    git(root, "config", "log.showSignature", "true")
    (root / "a/util.py").write_text("A = 5\n")
    assert [item.path for item in resolved(source, "@diff")] == ["a/util.py"]
    assert len(resolved(source, "@commit")) == 1 + len(FILES)
    assert not marker.exists()


def test_a_repository_without_commits_has_a_diff(tmp_path: Path) -> None:
    root = tmp_path / "new"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    git(root, "init", "--quiet")
    git(root, "add", "a.py")
    engine = Engine(Settings(tmp_path / "cache", tmp_path / "config.toml"))
    engine.update(root)
    (item,) = resolved(engine.searcher([root]).sources[0], "@diff")
    assert "+x = 1" in item.text


def test_a_folder_that_is_no_work_tree_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "plain"
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    engine = Engine(Settings(tmp_path / "cache", tmp_path / "config.toml"))
    engine.update(root)
    with pytest.raises(GitError, match="is no git work tree"):
        resolved(engine.searcher([root]).sources[0], "@diff")


def test_the_selection_and_pages_come_from_whoever_has_them(source: Source) -> None:
    selection = ContextItem("a/util.py", 1, 1, "A = 1", "selection", 1.0, "selected")
    items = resolved(
        source, "@selection @https://example.org/a", selection=selection, fetch=lambda url: f"text of {url}"
    )
    assert items[0] is selection
    assert (items[1].text, items[1].kind) == ("text of https://example.org/a", "url")
