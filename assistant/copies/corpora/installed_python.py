"""Python packages in a workspace's environments, by the metadata beside them; nothing of them is imported or run.

A package's files are those that its RECORD names, below site-packages; an editable one has none and is left out:
it is somebody's work tree.
"""

import csv
import email.parser
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from pathlib import Path

from assistant.copies.corpora.addresses import repository_of
from assistant.copies.corpora.disk import DiskSource, walk_files
from assistant.copies.corpora.package import MAX_METADATA_BYTES, Package, read_metadata, stamp_of
from indexer.discovery import DiscoveryRules, FoundFile

_ENVIRONMENT_NAMES = (".venv", "venv", "env", ".env", "virtualenv")
_VARIABLES = ("VIRTUAL_ENV", "CONDA_PREFIX")
_URL_LABELS = re.compile(r"source|repository|code|github|git|homepage|home", re.IGNORECASE)


def active_environments(environ: Mapping[str, str]) -> list[str]:
    """Return the folders of the environments that are active: ``VIRTUAL_ENV``, ``CONDA_PREFIX``."""
    return [environ[name] for name in _VARIABLES if environ.get(name)]


def site_packages_of(root: Path, environments_too: Iterable[str] = ()) -> list[Path]:
    """Return the site-packages folders that belong to a workspace, real and each once.

    :param environments_too: folders of environments that are used for it and lie elsewhere.
    """
    environments = [root / name for name in _ENVIRONMENT_NAMES if (root / name / "pyvenv.cfg").is_file()]
    environments += [root / ".tox" / name for name in _folders(root / ".tox")]
    environments += map(Path, environments_too)
    found = []
    for environment in environments:
        libraries = [
            environment / "lib" / name for name in _folders(environment / "lib") if name.startswith("python")
        ]
        found += [folder / "site-packages" for folder in (*libraries, environment / "Lib")]
    found += [root / "__pypackages__" / name / "lib" for name in _folders(root / "__pypackages__")]
    return list(dict.fromkeys(folder.resolve() for folder in found if folder.is_dir()))


def python_packages(site: Path, rules: DiscoveryRules) -> Iterator[DiskSource]:
    """Find the packages of a site-packages folder, by name."""
    for name in _folders(site):
        if name.endswith(".dist-info"):
            metadata, record = f"{name}/METADATA", f"{name}/RECORD"
        elif name.endswith(".egg-info"):
            metadata, record = f"{name}/PKG-INFO", f"{name}/installed-files.txt"
        else:
            continue
        text = read_metadata(site, metadata)
        if text is None:
            continue
        package = package_of_metadata(text)
        if package.name:
            yield package.source(
                site,
                stamp_of(site / metadata, site / record),
                lambda name=name, record=record: _files(site, name, record),  # type: ignore[misc]
                rules,
                information=site / name,
            )


def package_of_metadata(text: str) -> Package:
    """Return the package that a METADATA or PKG-INFO describes; its name is empty if it says none."""
    message = email.parser.HeaderParser().parsestr(text[:MAX_METADATA_BYTES])
    urls = _urls(message)
    repository = next(filter(None, map(repository_of, urls)), "")
    return Package(
        ecosystem="pypi",
        kind="python",
        name=re.sub(r"[-_.]+", "-", _header(message, "Name")).lower(),
        version=_header(message, "Version"),
        repository=repository,
        url=f"https://{repository}" if repository else next(iter(urls), ""),
    )


def _header(message: Message, name: str) -> str:
    return str(message.get(name, "")).strip()


def _urls(message: Message) -> list[str]:
    """Return a project's addresses, the likeliest to be its repository first."""
    labelled = [str(value).partition(",") for value in message.get_all("Project-URL", [])]
    labelled.sort(key=lambda parts: _URL_LABELS.search(parts[0]) is None)
    urls = [url.strip() for _, _, url in labelled]
    return [url for url in (*urls, _header(message, "Home-page")) if url.startswith(("http", "git"))]


def _files(site: Path, information: str, record: str) -> Iterator[FoundFile]:
    """List what a package installed; what RECORD says is data: only paths below site-packages count."""
    text = read_metadata(site, record)
    if text is None:
        yield from _files_of_modules(site, information)
        return
    base = information if record.endswith(".txt") else ""
    for row in csv.reader(text.splitlines()):
        path = os.path.normpath(os.path.join(base, row[0])).replace(os.sep, "/") if row and row[0] else ".."
        if (
            path.startswith(("../", "/", f"{information}/"))
            or path == ".."
            or os.path.isabs(path)
            or "\0" in path
        ):
            continue
        try:
            status = os.lstat(site / path)
        except (OSError, ValueError):
            continue  # removed since
        yield FoundFile(path, status.st_size, status.st_mtime_ns)


def _files_of_modules(site: Path, information: str) -> Iterator[FoundFile]:
    """List the files of the modules that ``top_level.txt`` names, where there is no RECORD."""
    for name in (read_metadata(site, f"{information}/top_level.txt") or "").split():
        if re.fullmatch(r"\w+", name):
            yield from walk_files(site, f"{name}/")


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return []
