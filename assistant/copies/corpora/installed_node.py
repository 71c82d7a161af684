"""Packages in a workspace's ``node_modules``, nested ones and pnpm's store too, by their ``package.json``.

Links are not followed: what they lead to is found where it lies, or is a work tree of somebody's own.
"""

import json
import os
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from assistant.copies.corpora.addresses import repository_of_short
from assistant.copies.corpora.disk import DiskSource, walk_files
from assistant.copies.corpora.package import Package, read_metadata, stamp_of, text_in
from indexer.discovery import DiscoveryRules, FoundFile
from indexer.discovery.names import TOOL_FOLDERS, VERSION_CONTROL

_MAX_WORKSPACE_DEPTH = 3
"""How deep below the top the packages of a monorepo have a ``node_modules`` of their own."""
_MAX_WORKSPACE_FOLDERS = 2_000
_MODULES = "node_modules"


def module_folders_of(root: Path) -> list[Path]:
    """Return the ``node_modules`` folders of a workspace: at its top, and in the packages of a monorepo."""
    found = []
    pending = deque([(root, 0)])
    for _ in range(_MAX_WORKSPACE_FOLDERS):
        if not pending:
            break
        folder, depth = pending.popleft()
        if (folder / _MODULES).is_dir() and not (folder / _MODULES).is_symlink():
            found.append(folder / _MODULES)
        if depth < _MAX_WORKSPACE_DEPTH:
            pending += [
                (folder / name, depth + 1)
                for name in _folders(folder)
                if name not in TOOL_FOLDERS and name not in VERSION_CONTROL and not name.startswith(".")
            ]
    return sorted(found)


def node_packages(modules: Path, rules: DiscoveryRules) -> Iterator[DiskSource]:
    """Find the packages in a ``node_modules`` folder, those nested in others too."""
    for folder in _package_folders(modules):
        text = read_metadata(folder, "package.json")
        package = package_of_json(text) if text else None
        if package is not None:
            yield package.source(
                folder,
                stamp_of(folder / "package.json", folder),
                lambda folder=folder: _files(folder),  # type: ignore[misc]
                rules,
            )


def package_of_json(text: str) -> Package | None:
    """Return the package that a ``package.json`` describes; None if it names none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not text_in(data, "name"):
        return None
    repository = _repository(data)
    return Package(
        ecosystem="npm",
        kind="node",
        name=text_in(data, "name"),
        version=text_in(data, "version"),
        repository=repository,
        url=f"https://{repository}" if repository else text_in(data, "homepage"),
    )


def _repository(data: Mapping[str, Any]) -> str:
    given = data.get("repository")
    address = text_in(given, "url") if isinstance(given, dict) else text_in(data, "repository")
    return repository_of_short(address) if address else ""


def _package_folders(modules: Path) -> Iterator[Path]:
    pending = [modules]
    while pending:
        folder = pending.pop()
        for name in _folders(folder):
            path = folder / name
            if name == ".pnpm":
                pending += [path / entry / _MODULES for entry in _folders(path)]
            elif name.startswith("@"):
                pending.append(path)
            elif not name.startswith("."):
                yield path
                pending.append(path / _MODULES)


def _files(folder: Path) -> Iterator[FoundFile]:
    return walk_files(folder, without=lambda path: path.endswith(f"/{_MODULES}/") or path == f"{_MODULES}/")


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
