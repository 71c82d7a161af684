"""What is the user's own: code that is found there is a duplicate at most, never a copy from elsewhere.

Own is what lies in a repository of the user's, what shares its oldest commit or its remote (forks, clones, its history,
its published package), and the package that the workspace itself makes.
"""

import functools
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pathspec import GitIgnoreSpec

from assistant.copies.corpora.addresses import repository_of
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.folders import repository_at
from assistant.copies.corpora.model import CorpusKind
from assistant.copies.corpora.package import read_metadata, text_in
from indexer.discovery import Role, role_of
from indexer.fingerprints.model import Place

_GO_MODULE = re.compile(r"^module\s+(\S+)", re.MULTILINE)
_SEPARATORS = re.compile(r"[-_.]+")
_ON_DISK = (f"{CorpusKind.FOLDER.value}:", f"{CorpusKind.GIT.value}:")


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a workspace is recognised in other places.

    :param families: what the store may have as family for it.
    :param packages: the beginnings of keys of the packages that it makes: ``pypi:name@``.
    """

    families: frozenset[str]
    packages: tuple[str, ...]


def identity_of(root: Path) -> Identity:
    """Look at a workspace's repository and its manifests."""
    families: set[str] = set()
    repository = repository_at(root)
    if repository is not None:
        families.add(repository_of(repository.remote()))
        oldest = repository.root_commit()
        families.add(f"git:{oldest}" if oldest else "")
    packages = [f"{ecosystem}:{name}@" for ecosystem, name in _packages_of(root) if name]
    return Identity(frozenset(families - {""}), tuple(packages))


def is_own(place: Place) -> bool:
    """Tell whether a place is in one of the user's own repositories."""
    return place.origin.key.startswith(f"{CorpusKind.OWN.value}:")


def is_file(place: Place, root: Path, path: str) -> bool:
    """Tell whether a place is the very file at a path below a root."""
    return bool(place.origin.root) and os.path.join(place.origin.root, place.path) == os.path.join(root, path)


def exclude_own(identity: Callable[[], Identity], roots: Iterable[Path]) -> Callable[[Place], bool]:
    """Return what tells of a place that a copy from there is no alarm.

    :param identity: of the workspace that is checked; asked for with the first place, since most checks find none.
    :param roots: the user's own repositories, that one too.
    """
    known = functools.cache(identity)
    folders = tuple(os.path.join(root, "") for root in roots)

    def is_excluded(place: Place) -> bool:
        origin = place.origin
        if is_own(place) or origin.family in known().families or origin.key.startswith(known().packages):
            return True
        oldest = Facts.from_json(origin.facts).oldest_commit
        if oldest and f"git:{oldest}" in known().families:
            return True
        if role_of(place.path) & Role.VENDORED:
            return _carries(place.path, known().packages)
        if not origin.key.startswith(_ON_DISK):
            return False
        location = origin.key.partition(":")[2]
        return os.path.join(location, place.path).startswith(folders)

    return is_excluded


def vendored_by(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Return what tells whether a path of a workspace is somebody else's code that is kept there knowingly.

    :param patterns: gitignore patterns from the settings, on top of the folders that are usual for it.
    """
    declared = GitIgnoreSpec.from_lines(patterns)
    return lambda path: bool(role_of(path) & Role.VENDORED) or declared.match_file(path)


def _carries(path: str, packages: Iterable[str]) -> bool:
    """Tell whether a path is in a copy of a package: ``pip/_vendor/requests/api.py`` for ``pypi:requests@``."""
    names = [_SEPARATORS.sub("-", key.partition(":")[2].removesuffix("@").lower()) for key in packages]
    folders = path.lower().split("/")
    for number, folder in enumerate(folders[:-1], 1):
        if role_of(f"{folder}/_") & Role.VENDORED:
            carried = _SEPARATORS.sub("-", "/".join(folders[number:]))
            if any(carried.startswith(f"{name}/") or carried == f"{name}-py" for name in names):
                return True
    return False


def _packages_of(root: Path) -> Iterable[tuple[str, str]]:
    project = _toml(root, "pyproject.toml")
    for table in (project.get("project"), _table(project, "tool", "poetry")):
        name = text_in(table, "name") if isinstance(table, dict) else ""
        yield "pypi", _SEPARATORS.sub("-", name).lower()
    crate = _toml(root, "Cargo.toml").get("package")
    yield "cargo", text_in(crate, "name") if isinstance(crate, dict) else ""
    try:
        package = json.loads(read_metadata(root, "package.json") or "{}")
    except (ValueError, RecursionError):
        package = {}
    yield "npm", text_in(package, "name") if isinstance(package, dict) else ""
    module = _GO_MODULE.search(read_metadata(root, "go.mod") or "")
    yield "go", module[1] if module else ""


def _toml(root: Path, name: str) -> dict[str, object]:
    try:
        return tomllib.loads(read_metadata(root, name) or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _table(data: dict[str, object], *names: str) -> object:
    found: object = data
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found
