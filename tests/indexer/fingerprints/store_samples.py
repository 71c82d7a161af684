"""Files and origins for the tests of the fingerprint store, and a dictionary that it must agree with."""

from hashlib import blake2b

import numpy as np

from indexer.fingerprints.model import FileInput, Hits, Origin
from indexer.fingerprints.snapshot import StoreSnapshot


def origin(key: str, family: str = "", root: str = "") -> Origin:
    return Origin(key, key.title(), "1.0", family or key, root, '{"licence": "MIT"}')


def content_hash(name: str) -> bytes:
    return blake2b(name.encode(), digest_size=16).digest()


def file(path: str, hashes: list[int], content: str = "", text: str | None = None) -> FileInput:
    """A file whose fingerprints stand at positions 0, 1, 2 ..."""
    return FileInput(
        path,
        content_hash(content or repr(hashes)),
        np.array(hashes, np.uint64),
        np.arange(len(hashes), dtype=np.uint32),
        len(hashes),
        10 * len(hashes),
        text,
    )


def found(snapshot: StoreSnapshot, hashes: list[int]) -> set[tuple[int, str, str, int]]:
    """What a lookup finds: hash, key of the origin, path, position."""
    hits: Hits = snapshot.lookup(np.array(hashes, np.uint64))
    return {
        (hashes[index], place.origin.key, place.path, position)
        for index, content, position in zip(
            hits.query_index.tolist(), hits.content_id.tolist(), hits.position.tolist(), strict=True
        )
        for place in snapshot.places(content)
    }
