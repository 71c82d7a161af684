"""Corpora of a user of their own, and code to put into them."""

from pathlib import Path

import numpy as np

from assistant.copies.corpora import CorpusLibrary
from assistant.settings import Settings
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.model import Place, TextProblem


def code(name: str, lines: int = 12) -> str:
    """Return code of some 100 tokens that no other name gives."""
    body = "".join(
        f"    {name}_{n} = transform_{name}(request.{name}_{n}, limit={n * 7}) + other.{name}_of(state[{n}])\n"
        for n in range(lines)
    )
    return f"def {name}(request, other, state):\n{body}    return {name}_0\n"


class World:
    """A user's corpora in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"HOME": str(folder / "home")}
        self.library = CorpusLibrary(Settings(folder / "cache", folder / "none.toml"), self.environ)

    def again(self) -> CorpusLibrary:
        """What another process would see."""
        return CorpusLibrary(Settings(self.folder / "cache", self.folder / "none.toml"), self.environ)

    def places(self, text: str, language: str = "python") -> set[tuple[str, str]]:
        """Where a text's fingerprints stand: kind of origin and path."""
        return {(place.origin.key.partition(":")[0], place.path) for place in self.found(text, language)}

    def found(self, text: str, language: str = "python") -> list[Place]:
        store = self.again().store
        hits = store.lookup(np.unique(fingerprint(text, language).hashes))
        return [place for number in np.unique(hits.content_id) for place in store.places(int(number))]

    def text(self, text: str) -> str | TextProblem:
        """What the store says is the text where some code stands."""
        store = self.again().store
        hits = store.lookup(np.unique(fingerprint(text, "python").hashes))
        return store.text(int(hits.content_id[0]))


def store_folder(world: World) -> Path:
    (folder,) = (world.folder / "cache" / "corpora").glob("store-*")
    return folder
