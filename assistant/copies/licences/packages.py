"""The licence of an installed package: its metadata and its licence files, settled between them."""

from pathlib import Path
from typing import Literal

from assistant.copies.licences.folder import folder_licence, is_licence_file, licence_files, settle
from assistant.copies.licences.manifests import (
    Read,
    cargo_licence,
    maven_licence,
    node_licence,
    python_licence,
    read_nothing,
)
from assistant.copies.licences.model import LicenceFinding, nothing
from assistant.copies.licences.tree import FolderTree, decoded

Ecosystem = Literal["python", "node", "cargo", "go", "maven"]
_READERS = {"python": python_licence, "node": node_licence, "cargo": cargo_licence, "maven": maven_licence}
_MOST_BYTES = 4_000_000


def licence_of_package_metadata(
    ecosystem: Ecosystem, text: str, read: Read = read_nothing
) -> LicenceFinding | None:
    """Return what a package's metadata says, or ``None`` if it says nothing that is understood.

    :param text: METADATA, package.json, Cargo.toml or pom.xml. Go has no such file.
    :param read: Opens a file beside it, which some metadata refers to.
    """
    reader = _READERS.get(ecosystem)
    return reader(text, read) if reader is not None else None


def licence_of_package(ecosystem: Ecosystem, folder: Path) -> LicenceFinding:
    """Return the licence of an installed package.

    :param folder: For Python the ``*.dist-info`` or ``*.egg-info`` folder, for Maven a ``.pom`` file or the folder of a
        ``pom.xml``, else the package's own folder.
    """
    if ecosystem == "python":
        found = _of_distribution(folder)
    elif folder.is_file():
        found = _of_pom(folder)
    else:
        found = folder_licence(FolderTree(folder), "")
    return found or nothing(f"{folder.name}: no metadata and no licence file says it")


def _of_distribution(folder: Path) -> LicenceFinding | None:
    tree = FolderTree(folder)
    text = tree.read("METADATA") or tree.read("PKG-INFO")
    if text is None and folder.is_file():  # an old egg-info may be a file
        text = _text(folder)
    stated = python_licence(text or "")
    paths = [name for name in tree.names("") if is_licence_file(name)]
    # Below `licenses/` the author's `license-files` keep their folders; those of bundled parts are deeper down.
    paths += [f"licenses/{name}" for name in tree.names("licenses") if is_licence_file(name)]
    return settle(stated, licence_files(tree, paths))


def _of_pom(file: Path) -> LicenceFinding | None:
    text = _text(file)
    return maven_licence(text) if text is not None else None


def _text(file: Path) -> str | None:
    try:
        with file.open("rb") as opened:
            return decoded(opened.read(_MOST_BYTES))
    except OSError:
        return None
