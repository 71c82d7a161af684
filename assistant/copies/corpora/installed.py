"""Everything that is installed for one workspace, in any ecosystem."""

import os
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path

from assistant.copies.corpora.installed_caches import cargo_packages, go_modules, maven_sources
from assistant.copies.corpora.installed_node import module_folders_of, node_packages
from assistant.copies.corpora.installed_python import active_environments, python_packages, site_packages_of
from assistant.copies.corpora.model import Source
from assistant.copies.corpora.package import stamp_of
from indexer.discovery import DiscoveryRules

_LOCKS = ("Cargo.lock", "go.sum", "pom.xml", "build.gradle", "build.gradle.kts")


def installed_sources(
    root: Path, environments: Iterable[str], environ: Mapping[str, str], rules: DiscoveryRules
) -> Iterator[Source]:
    """Find the packages that are installed for a workspace, each key once.

    :param environments: folders of Python environments that are used for it and lie elsewhere.
    :param environ: says where caches are.
    """
    found: Iterable[Source] = chain(
        *(python_packages(site, rules) for site in site_packages_of(root, environments)),
        *(node_packages(modules, rules) for modules in module_folders_of(root)),
        cargo_packages(root, environ, rules),
        go_modules(root, environ, rules),
        maven_sources(root, environ, rules),
    )
    seen: set[str] = set()
    for source in found:
        if source.info.key not in seen:
            seen.add(source.info.key)
            yield source


def environments_of(known: Iterable[str], environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the environments of a workspace that lie elsewhere: those used before, and those that are active.

    Whoever calls from an editor or a hook has none active, and means the same as in the shell.
    """
    active = active_environments(environ)
    return tuple(dict.fromkeys(folder for folder in (*known, *active) if os.path.isdir(folder)))


def installed_stamp(root: Path, environments: Iterable[str]) -> str:
    """Return what changes when something is installed or removed, from a few ``stat`` calls."""
    watched = [root / name for name in _LOCKS]
    watched += site_packages_of(root, environments)
    for modules in module_folders_of(root):
        watched += [
            modules,
            modules / ".package-lock.json",
            modules / ".yarn-state.yml",
            modules / ".modules.yaml",
        ]
    return " ".join(f"{path}={stamp_of(path)}" for path in watched)
