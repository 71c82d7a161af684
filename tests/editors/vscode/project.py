"""The repository that the workbench opens: a real source tree of more than 500 files, as a user's work on it looks.

Its files are those of installed packages (or of a tree that is named), committed. Beside them lie what the user has
written lately (``web/``), and a virtual environment with a real package, out of which a function is copied.
"""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.editors.repository import HEAD, handler

_PACKAGES = (
    *("_pytest", "anyio", "attr", "cattrs", "httpx", "hypothesis", "jsonschema"),
    *("markdown_it", "packaging", "pathspec", "pygls", "rich", "urllib3", "virtualenv"),
)
"""Pure Python, and installed wherever the tests run."""
_FEWEST = 500
_COPIED_FROM, _COPIED_FILE, _COPIED_NAME = "click", "formatting.py", "wrap_text"
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd", "*.pyc", ".git")
_GIT = ("git", "-c", "user.name=A User", "-c", "user.email=user@example.org", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Tree:
    """A source tree, and a question about it that one definition answers.

    :param folder: The tree; none stands for installed packages.
    :param definition: The definition, as ``path:name``.
    """

    folder: Path | None = None
    question: str = "where are wheel filenames parsed?"
    definition: str = "packaging/utils.py:parse_wheel_filename"


@dataclass(frozen=True, slots=True)
class Definition:
    """A function; lines are counted from 1, inclusive."""

    path: str
    name: str
    start_line: int
    end_line: int
    text: str

    def changed(self) -> str:
        """The function with a comment at its beginning and another at its end: two hunks."""
        body = ast.parse(self.text).body[0]
        assert isinstance(body, ast.FunctionDef)
        lines = self.text.splitlines(keepends=True)
        for statement, comment in ((body.body[-1], "the second hunk"), (body.body[1], "the first hunk")):
            lines.insert(statement.lineno - 1, f"{' ' * statement.col_offset}# {comment}\n")
        return "".join(lines)


@dataclass(frozen=True, slots=True)
class Project:
    """A repository, and what is known of it."""

    folder: Path
    files: int
    question: str
    definition: Definition
    copied: str
    copied_from: str

    def as_json(self) -> dict[str, Any]:
        """What the tests in the workbench are told."""
        found = self.definition
        return {
            "folder": str(self.folder),
            "files": self.files,
            "question": self.question,
            "definition": {**asdict(found), "file": (self.folder / found.path).read_text("utf-8")},
            "changed": found.changed(),
            "copied": self.copied,
            "copiedFrom": self.copied_from,
        }


def write_project(folder: Path, tree: Tree) -> Project:
    """Write the repository.

    :raises ValueError: if the tree is too small, or has no such definition.
    """
    _copy(folder, tree.folder)
    path, _, name = tree.definition.rpartition(":")
    definition = _definition(folder, path, name)
    (folder / "web").mkdir()
    for topic in ("tea", "cup", "pot", "tray", "spoon", "kettle"):
        (folder / "web" / f"{topic}.py").write_text(HEAD + handler(topic), "utf-8")
    (folder / "web" / "new.py").write_text(HEAD + handler("user") + handler("order"), "utf-8")
    (folder / "web" / "pasted.py").write_text('"""Helps with texts."""\n', "utf-8")
    (folder / ".gitignore").write_text(".venv\n", "utf-8")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-qm", "Begin")):
        subprocess.run([*_GIT, *command], cwd=folder, check=True)
    listed = subprocess.run(
        ["git", "ls-files"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout
    files = len(listed.splitlines())
    if files < _FEWEST:
        raise ValueError(f"{folder} has {files} files; give a tree of {_FEWEST} or more")
    copied, origin = _environment(folder / ".venv")
    return Project(folder, files, tree.question, definition, copied, origin)


def _copy(folder: Path, tree: Path | None) -> None:
    if tree is not None:
        shutil.copytree(tree, folder, ignore=_LEFT_OUT)
        return
    for name in _PACKAGES:
        shutil.copytree(_installed(name), folder / name, ignore=_LEFT_OUT)


def _installed(package: str) -> Path:
    """The folder of an installed package."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise ValueError(f"the package {package} is not installed here")
    return Path(found.submodule_search_locations[0])


def _definition(root: Path, path: str, name: str) -> Definition:
    text = (root / path).read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            assert node.end_lineno is not None
            lines = text.splitlines(keepends=True)[node.lineno - 1 : node.end_lineno]
            return Definition(path, name, node.lineno, node.end_lineno, "".join(lines))
    raise ValueError(f"{path} defines no function {name}")


def _environment(folder: Path) -> tuple[str, str]:
    """Make the virtual environment; a function of a package in it, and the package's name with its version."""
    version = importlib.metadata.version(_COPIED_FROM)
    packages = folder / "lib" / "python3.11" / "site-packages"
    source = _installed(_COPIED_FROM)
    shutil.copytree(source, packages / _COPIED_FROM, ignore=_LEFT_OUT)
    info = f"{_COPIED_FROM}-{version}.dist-info"
    shutil.copytree(source.parent / info, packages / info)
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\n", "utf-8")
    found = _definition(packages / _COPIED_FROM, _COPIED_FILE, _COPIED_NAME)
    return found.text, f"{_COPIED_FROM} {version}"
