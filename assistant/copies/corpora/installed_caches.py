"""Packages in the caches of Cargo, Go and Maven, as far as a workspace's own files ask for them.

A cache holds what every project of the user needs; those named in ``Cargo.lock`` and ``go.sum`` are this one's. Of
Maven's, which has no lock, every ``-sources.jar`` counts where there is a ``pom.xml`` or a Gradle build.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from assistant.copies.corpora.addresses import repository_of
from assistant.copies.corpora.archive import ArchiveSource
from assistant.copies.corpora.disk import DiskSource, walk_files
from assistant.copies.corpora.licensing import LicenceContext
from assistant.copies.corpora.package import Package, read_metadata, stamp_of, text_in
from assistant.copies.licences import licence_of_package
from indexer.discovery import DiscoveryRules

_GO_SUM = re.compile(r"^(\S+) (v\S+) h1:", re.MULTILINE)
_BUILD_FILES = ("pom.xml", "build.gradle", "build.gradle.kts")
_POM_URL = re.compile(r"<url>\s*([^<\s]+)\s*</url>")
_MAX_JARS = 2_000


def cargo_packages(root: Path, environ: Mapping[str, str], rules: DiscoveryRules) -> Iterator[DiskSource]:
    """Find the crates that a workspace's ``Cargo.lock`` names, where Cargo has unpacked them."""
    locked = {f"{name}-{version}" for name, version in _locked_crates(root)}
    home = _home(environ)
    registry = Path(environ.get("CARGO_HOME") or home / ".cargo") / "registry" / "src"
    for index in _folders(registry) if locked else ():
        for name in _folders(registry / index):
            folder = registry / index / name
            text = read_metadata(folder, "Cargo.toml") if name in locked else None
            package = _crate(text) if text else None
            if package is not None:
                yield package.source(
                    folder,
                    stamp_of(folder / "Cargo.toml"),
                    lambda folder=folder: walk_files(folder),  # type: ignore[misc]
                    rules,
                )


def go_modules(root: Path, environ: Mapping[str, str], rules: DiscoveryRules) -> Iterator[DiskSource]:
    """Find the modules that a workspace's ``go.sum`` names, where Go has unpacked them."""
    text = read_metadata(root, "go.sum") or ""
    path = environ.get("GOPATH", "").split(os.pathsep)[0]
    cache = Path(environ.get("GOMODCACHE") or Path(path or _home(environ) / "go") / "pkg" / "mod")
    for module, version in dict.fromkeys(_GO_SUM.findall(text)):
        folder = cache / f"{_escaped(module)}@{_escaped(version)}"
        if ".." in folder.parts or not folder.is_dir():
            continue
        repository = repository_of(module)
        package = Package("go", "go", module, version, repository, f"https://{module}")
        yield package.source(
            folder,
            version,  # a module of a version never changes
            lambda folder=folder: walk_files(folder),  # type: ignore[misc]
            rules,
        )


def maven_sources(root: Path, environ: Mapping[str, str], rules: DiscoveryRules) -> Iterator[ArchiveSource]:
    """Find the source jars in the local Maven repository, if the workspace is built from such."""
    if not any((root / name).is_file() for name in _BUILD_FILES):
        return
    repository = _home(environ) / ".m2" / "repository"
    jars = (file for file in walk_files(repository, without=None) if file.path.endswith("-sources.jar"))
    for number, file in enumerate(jars):
        if number == _MAX_JARS:
            return
        parts = file.path.split("/")
        if len(parts) < 4:
            continue
        group, artifact, version = ".".join(parts[:-3]), parts[-3], parts[-2]
        jar = repository / file.path
        pom_name = f"{artifact}-{version}.pom"
        pom = read_metadata(jar.parent, pom_name) or ""
        url = next(iter(_POM_URL.findall(pom)), "")
        package = Package(
            "maven",
            "maven",
            f"{group}:{artifact}",
            version,
            next(filter(None, map(repository_of, _POM_URL.findall(pom))), ""),
            url,
        )
        licences = partial(_pom_licence, jar.parent / pom_name)
        yield ArchiveSource(jar, package.info(str(jar), ""), stamp_of(jar), rules, licences)


def _pom_licence(pom: Path) -> LicenceContext:
    return LicenceContext(package=licence_of_package("maven", pom))


def _locked_crates(root: Path) -> list[tuple[str, str]]:
    try:
        data = tomllib.loads(read_metadata(root, "Cargo.lock") or "")
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    packages = data.get("package")
    crates = packages if isinstance(packages, list) else []
    return [
        (text_in(crate, "name"), text_in(crate, "version")) for crate in crates if isinstance(crate, dict)
    ]


def _crate(text: str) -> Package | None:
    try:
        data: Mapping[str, Any] = tomllib.loads(text).get("package", {})
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    if not isinstance(data, dict) or not text_in(data, "name"):
        return None
    repository = repository_of(text_in(data, "repository"))
    url = f"https://{repository}" if repository else text_in(data, "homepage")
    return Package("cargo", "cargo", text_in(data, "name"), text_in(data, "version"), repository, url)


def _escaped(path: str) -> str:
    """Return a module's path as Go's cache spells it: ``Azure`` is ``!azure``."""
    return re.sub(r"[A-Z]", lambda match: f"!{match.group().lower()}", path)


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []
