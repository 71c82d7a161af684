"""What ``assist doctor`` looks at, one function a subject. No check raises; none changes anything that stays."""

import importlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from assistant.cli.console import count, duration
from assistant.cli.roots import roots_of
from assistant.engine import Engine
from assistant.errors import AssistError
from assistant.settings import Settings, load_settings
from indexer.discovery.names import format_size
from indexer.errors import IndexerError

_LIBRARIES = {
    "tantivy": "tantivy",
    "faiss-cpu": "faiss",
    "numpy": "numpy",
    "tree-sitter": "tree_sitter",
    "watchfiles": "watchfiles",
    "click": "click",
}
"""Distribution -> module."""
_OLDEST_PYTHON = (3, 11)
_LITTLE_SPACE_BYTES = 500_000_000
_REINSTALL = "install repo-assist again: `pip install --force-reinstall repo-assist`"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found about one subject."""

    name: str
    ok: bool
    detail: str
    action: str = ""
    """What to do; for a subject that is well, what could be done."""


def all_checks(repos: Sequence[Path]) -> list[Check]:
    """Look at everything; the repositories are those of the command line."""
    checks = [_python(), *_libraries(), _grammars(), _sentence_transformers(), _git(), _terminal()]
    try:
        settings = load_settings(os.environ)
    except AssistError as error:
        return [*checks, _problem("settings", error)]
    where = (
        settings.config_file
        if settings.config_file.exists()
        else f"defaults; {settings.config_file} is absent"
    )
    checks += [Check("settings", True, str(where)), _model(settings), _cache(settings)]
    try:
        roots = roots_of(repos)
    except AssistError as error:
        return [*checks, Check("index", True, str(error))]
    return [*checks, *(_index(Engine(settings), root) for root in roots)]


def _problem(name: str, error: Exception, action: str = "") -> Check:
    """Return a check from an error whose message says what to do after a semicolon."""
    what, _, remedy = str(error).partition("; ")
    return Check(name, False, what, action or remedy)


def _python() -> Check:
    version = platform.python_version()
    ok = sys.version_info >= _OLDEST_PYTHON
    action = "" if ok else f"install repo-assist with Python {'.'.join(map(str, _OLDEST_PYTHON))} or newer"
    return Check(
        "python", ok, f"{version} on {platform.system()} {platform.machine()}, {sys.executable}", action
    )


def _libraries() -> Iterator[Check]:
    for name, module in _LIBRARIES.items():
        try:
            importlib.import_module(module)
            yield Check(name, True, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Check(name, True, "works, of an unknown version")
        except ImportError as error:
            yield Check(name, False, f"cannot be loaded: {error}", _REINSTALL)


def _grammars() -> Check:
    """Parse a few bytes with every grammar."""
    from indexer.chunking.grammars import grammar_of
    from indexer.chunking.rules import RULES

    broken = []
    for language in RULES:
        grammar = grammar_of(language)
        if grammar is None or grammar.parser.parse(b"a = 1\n") is None:
            broken.append(language)
    if broken:
        return Check("grammars", False, f"these do not load: {', '.join(broken)}", _REINSTALL)
    return Check("grammars", True, f"all {len(RULES)} load and parse")


def _sentence_transformers() -> Check:
    try:
        return Check("sentence-transformers", True, metadata.version("sentence-transformers"))
    except metadata.PackageNotFoundError:
        extra = "for models of your own: `pip install 'repo-assist[sentence-transformers]'`"
        return Check(
            "sentence-transformers", True, "not installed, not needed by the model that ships", extra
        )


def _model(settings: Settings) -> Check:
    """Load the configured model and compare two texts with it."""
    from indexer.embedding import EmbeddingError, load_embedder

    try:
        embedder = load_embedder(settings.embedder)
        alike = embedder.embed(["open a network connection", "connect to the network"])
    except EmbeddingError as error:
        action = (
            _REINSTALL if settings.embedder == "static" else f"correct `embedder` in {settings.config_file}"
        )
        return Check("model", False, str(error), action)
    likeness = float(alike[0] @ alike[1])
    detail = f"{embedder.model_id}, {embedder.dimensions} dimensions, answers"
    if likeness <= 0:
        return Check("model", False, f"{embedder.model_id} gives no useful vectors", _REINSTALL)
    return Check("model", True, detail)


def _git() -> Check:
    program = shutil.which("git")
    if program is None:
        return Check(
            "git",
            False,
            "not on the PATH: folders are walked, which is slower and follows .gitignore files only",
            "install git",
        )
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return Check(
        "git", done.returncode == 0, f"{done.stdout.strip().removeprefix('git version ')}, {program}"
    )


def _cache(settings: Settings) -> Check:
    """Write a file into the cache folder, or where it would be made."""
    folder = settings.cache_dir
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
        free = shutil.disk_usage(existing).free
    except OSError as error:
        return Check(
            "cache folder",
            False,
            f"{folder}: {error.strerror or error}",
            f"make {existing} writable, or move the indexes with ASSIST_CACHE_DIR",
        )
    detail = f"{folder}, {format_size(free)} free"
    if free < _LITTLE_SPACE_BYTES:
        return Check(
            "cache folder", False, detail, "free some space, or move the indexes with ASSIST_CACHE_DIR"
        )
    return Check("cache folder", True, detail)


def _terminal() -> Check:
    size = shutil.get_terminal_size()
    encoding = (sys.stdout.encoding or "unknown").lower()
    kind = "a terminal" if sys.stdout.isatty() else "no terminal"
    colours = "NO_COLOR is set" if os.environ.get("NO_COLOR") else f"TERM={os.environ.get('TERM', '')}"
    detail = f"{kind}, {size.columns} columns, {encoding}, {colours}"
    if encoding.replace("-", "") != "utf8":
        return Check(
            "terminal", True, detail, "letters outside that encoding are escaped; PYTHONUTF8=1 changes that"
        )
    return Check("terminal", True, detail)


def _index(engine: Engine, root: Path) -> Check:
    name = f"index of {root.name or root}"
    if not root.is_dir():
        return Check(name, False, f"{root} is not a folder", "name a folder with --repo")
    return _guarded(name, lambda: _indexed(engine, root, name))


def _indexed(engine: Engine, root: Path, name: str) -> Check:
    from assistant.cli import state

    snapshot = engine.snapshot(root)  # opening one verifies every checksum
    if snapshot is None:
        return Check(name, True, "none yet: the first search makes one")
    changes = state.changes_since(engine, root, snapshot)
    current = f"{count(changes.total, 'file')} changed since" if changes.total else "up to date"
    detail = f"intact, {count(len(snapshot.files), 'file')}, {duration(state.age_s(snapshot))} old, {current}"
    if snapshot.vector_coverage() < 1:
        detail += f", vectors of {snapshot.vector_coverage():.0%} of the chunks"
        return Check(name, False, detail, f"run `assist index --repo {root}` to compute the rest")
    return Check(name, True, detail, "the next search takes that in" if changes.total else "")


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    """Run a check of an index; a damaged one is a finding."""
    try:
        return check()
    except (AssistError, IndexerError, OSError) as error:
        return _problem(name, error, "run `assist index`: it is built again")
