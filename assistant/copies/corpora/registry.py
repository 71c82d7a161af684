"""Which corpora the user has, and what was known of their files when they were last read. Two kinds of small files.

::

    <cache>/corpora/
      registry.json        the corpora: kind, place, sources with their stamps
      stamps-<id>.json     of a corpus whose files change one by one: path -> stamp, a source at a time
      store-<version>/     the fingerprints of one version (indexer.fingerprints)

The store is what counts: a registry that is lost or damaged costs reading again, never a wrong answer. Each file is
written beside the old one and replaces it, after the store has published what it speaks of.
"""

import json
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from assistant.copies.corpora.model import CorpusKind

_VERSION = 1

Stamps = Mapping[str, str]
"""By path."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One thing that the user compares with.

    :param name: what the user calls it by; unique.
    :param location: a folder, a repository or a file; the workspace of installed packages.
    :param automatic: whether it was added without being asked for.
    :param environments: of installed packages: Python environments that lie outside the workspace.
    :param sources: the stamps of its sources by their keys; a stamp may be empty.
    """

    id: str
    name: str
    kind: CorpusKind
    location: str
    automatic: bool = False
    updated_ns: int = 0
    stamp: str = ""
    environments: tuple[str, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0


class Registry:
    """Reads and writes the registry; callers hold the store's lock while they write."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def corpora(self) -> list[Corpus]:
        """Return the corpora in the order they were added; none if the file is missing or damaged."""
        data = self._read("registry.json")
        if data.get("version") != _VERSION or not isinstance(data.get("corpora"), list):
            return []
        found = []
        for item in data["corpora"]:
            try:
                found.append(Corpus(**{**item, **_typed(item)}))
            except (TypeError, ValueError, KeyError):
                continue
        return found

    def at(self, kind: CorpusKind, location: str) -> Corpus | None:
        """Return the corpus of a kind at a place; None if there is none."""
        return next((one for one in self.corpora() if one.kind is kind and one.location == location), None)

    def put(self, corpus: Corpus) -> None:
        """Add a corpus, or replace the one with the same id."""
        corpora = self.corpora()
        if any(other.id == corpus.id for other in corpora):
            corpora = [corpus if other.id == corpus.id else other for other in corpora]
        else:
            corpora.append(corpus)
        self._write_corpora(corpora)

    def remove(self, corpus: Corpus) -> None:
        """Forget a corpus and the stamps of its files."""
        self._write_corpora([other for other in self.corpora() if other.id != corpus.id])
        (self.folder / f"stamps-{corpus.id}.json").unlink(missing_ok=True)

    def named_apart(self, corpus: Corpus) -> Corpus:
        """Return a new corpus with an id, and a number behind its name if another has that name."""
        taken = {other.name for other in self.corpora()}
        name, number = corpus.name, 1
        while name in taken:
            number += 1
            name = f"{corpus.name}-{number}"
        return replace(corpus, id=uuid.uuid4().hex[:12], name=name)

    def stamps(self, corpus: Corpus) -> dict[str, dict[str, str]]:
        """Return what is known of a corpus' files: source key -> path -> stamp."""
        data = self._read(f"stamps-{corpus.id}.json")
        return {key: value for key, value in data.items() if isinstance(value, dict)}

    def put_stamps(self, corpus: Corpus, stamps: Mapping[str, Stamps]) -> None:
        """Replace what is known of a corpus' files; if that is nothing, there is no file."""
        if not stamps:
            (self.folder / f"stamps-{corpus.id}.json").unlink(missing_ok=True)
            return
        self._write(f"stamps-{corpus.id}.json", stamps)

    def _write_corpora(self, corpora: Iterable[Corpus]) -> None:
        self._write("registry.json", {"version": _VERSION, "corpora": [asdict(corpus) for corpus in corpora]})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            data = json.loads((self.folder / name).read_bytes())
        except (OSError, ValueError, RecursionError):
            return {}
        return data if isinstance(data, dict) else {}

    def _write(self, name: str, data: Mapping[str, Any]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        new = self.folder / f"{name}.{uuid.uuid4().hex[:8]}.tmp"
        try:
            new.write_text(json.dumps(data, separators=(",", ":")), "ascii")
            os.replace(new, self.folder / name)
        finally:
            new.unlink(missing_ok=True)


def _typed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a corpus that JSON has no types for."""
    return {"kind": CorpusKind(item["kind"]), "environments": tuple(item.get("environments", ()))}
