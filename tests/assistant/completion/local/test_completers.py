"""Completers follow their indexes: made once, opened again, laid over while little differs."""

from pathlib import Path

import pytest

from assistant.completion.local.completer import LocalCompleter
from assistant.completion.local.completers import FOLDER, LAID_OVER, LocalCompleters
from assistant.completion.model import CompletionRequest
from assistant.engine import Engine
from assistant.settings import Settings

LINES = "".join(f"register_handler('name{at}', priority={at})\n" for at in range(6))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "vendor").mkdir(parents=True)
    (folder / "a.py").write_text(LINES, "utf-8")
    (folder / "vendor" / "lib.py").write_text("x = 1\n", "utf-8")
    (folder / "notes.md").write_text("# Notes\n", "utf-8")
    return folder


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return Engine(Settings(config_file=tmp_path / "config.toml", cache_dir=tmp_path / "cache"))


def _after(completer: LocalCompleter, root: Path, text: str) -> str:
    found = completer.next_tokens(CompletionRequest(root, "new.py", text, len(text), "python"), 1)
    return found[0][0] if found else ""


def test_without_an_index_there_is_none(engine: Engine, root: Path) -> None:
    completers = LocalCompleters(engine)
    assert completers.refresh(root) is None
    assert completers.get(root) is None


def test_made_from_code_that_is_the_projects_own(engine: Engine, root: Path) -> None:
    engine.update(root)
    completers = LocalCompleters(engine)
    completer = completers.refresh(root)
    assert completer is not None
    assert completers.get(root) is completer
    assert completer.corpus.paths == ["a.py"]
    assert _after(completer, root, "register_handler") == "("


def test_a_new_process_opens_what_was_saved(engine: Engine, root: Path) -> None:
    engine.update(root)
    LocalCompleters(engine).refresh(root)
    folder = engine.directory(root).folder / FOLDER
    saved = {file.name: file.stat().st_mtime_ns for file in folder.iterdir()}
    completer = LocalCompleters(engine).refresh(root)
    assert completer is not None
    assert _after(completer, root, "register_handler") == "("
    assert {file.name: file.stat().st_mtime_ns for file in folder.iterdir()} == saved


def test_few_changes_are_laid_over(engine: Engine, root: Path) -> None:
    engine.update(root)
    completers = LocalCompleters(engine)
    completer = completers.refresh(root)
    (root / "b.py").write_text("".join(f"unregister_all[{at}]\n" for at in range(5)), "utf-8")
    engine.update(root)
    assert completers.refresh(root) is completer
    assert completer is not None
    assert _after(completer, root, "unregister_all") == "["
    (root / "b.py").unlink()
    engine.update(root)
    completers.refresh(root)
    assert _after(completer, root, "unregister_all") != "["


def test_many_changes_make_a_new_corpus(engine: Engine, root: Path) -> None:
    engine.update(root)
    completers = LocalCompleters(engine)
    first = completers.refresh(root)
    for at in range(LAID_OVER + 1):
        (root / f"m{at}.py").write_text(f"value_{at} = compute({at})\n", "utf-8")
    engine.update(root)
    second = completers.refresh(root)
    assert second is not None
    assert second is not first
    assert len(second.corpus.paths) == LAID_OVER + 2


def test_forgotten_when_a_folder_is_closed(engine: Engine, root: Path) -> None:
    engine.update(root)
    completers = LocalCompleters(engine)
    completers.refresh(root)
    completers.forget(root)
    assert completers.get(root) is None
