"""Reading a stored content from the file where it was: only if it is still this very content."""

from __future__ import annotations

import os
from pathlib import Path

from indexer.discovery import SkippedFile, content_hash_of, judge_bytes, read_bytes
from indexer.fingerprints.model import Place, StoredText, TextProblem


def read_stored(place: Place, content_hash: bytes) -> StoredText | TextProblem:
    """Read a content from one of its places.

    The file's bytes have to have the content's hash; what kind of text they are was judged when they were stored.
    """
    file = Path(place.origin.root, place.path)
    try:
        before = os.stat(file)
    except (OSError, ValueError):
        return TextProblem.MISSING
    raw = read_bytes(Path(place.origin.root), place.path)
    if isinstance(raw, SkippedFile):
        return TextProblem.MISSING
    if content_hash_of(raw) != content_hash:
        return TextProblem.CHANGED
    if raw.isascii() and b"\0" not in raw:
        text = raw.decode("ascii")
    else:
        source = judge_bytes(place.path, raw)
        if isinstance(source, SkippedFile):
            return TextProblem.MISSING
        text = source.text.decode("utf-8", "replace")
    return StoredText(text, file, before.st_size, before.st_mtime_ns)
