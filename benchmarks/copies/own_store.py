"""Puts folders of source into a fingerprint store, one origin a project, in one process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from indexer.discovery import SkippedFile, read_source
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.model import FileInput, Origin
from indexer.fingerprints.store import FingerprintStore
from indexer.languages import LanguageKind, language_of


def fill(store: FingerprintStore, corpus: Path) -> None:
    """Add every folder right under `corpus` as a project of its own."""
    with store.writing() as writer:
        for project in sorted(path for path in corpus.iterdir() if path.is_dir()):
            origin = Origin(f"folder:{project}", project.name, family=project.name, root=str(project))
            writer.put(origin, inputs(project))


def inputs(folder: Path) -> Iterator[FileInput]:
    """The files of a folder as a store takes them; what is no code, and what discovery skips, is left out."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        name = path.relative_to(folder).as_posix()
        if language_of(name).kind is not LanguageKind.CODE:
            continue
        source = read_source(folder, name)
        if isinstance(source, SkippedFile):
            continue
        made = fingerprint(source.text.decode("utf-8", "replace"), language_of(name).name)
        yield FileInput(
            name,
            source.content_hash,
            made.hashes,
            made.positions,
            made.tokens,
            len(source.text),
            contexts=made.contexts,
            marks=made.marks,
        )
