"""What goes into a fingerprint store and what comes out: values only.

A *content* is one text, known by its hash and stored once; a *place* is where it stands: an origin and a path in it.
Forks and vendored copies are further places of one content.
"""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NO_FAMILY = "-"
"""In place of an origin's family: what it holds never counts as common."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository, package, folder or archive that files come from.

    :ivar key: identity within a store; adding an origin of the same key again replaces its description.
    :ivar family: the same for related origins (forks, versions): how common code is, is counted in families.
    :ivar root: folder in which the paths of its places are read; empty if text is only in the store.
    :ivar facts: opaque to the indexer.
    """

    key: str
    name: str
    version: str = ""
    family: str = ""
    root: str = ""
    facts: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A file of an origin.

    :ivar path: ``/``-separated, relative to the origin's root.
    :ivar facts: of this file; empty means that the origin's hold.
    """

    origin: Origin
    path: str
    facts: str = ""


@dataclass(frozen=True, slots=True)
class FileInput:
    """A file to store; of a content that is stored already, only path and facts are used.

    :ivar content_hash: 16 bytes, see :func:`indexer.discovery.read_source`.
    :ivar hashes: ``(n,)`` uint64 fingerprints, any order; None if the content is known to be stored already.
    :ivar positions: ``(n,)`` uint32, where each fingerprint starts (a line or a token: the caller's choice), below
        ``extent``.
    :ivar extent: number of positions (lines or tokens) of the file.
    :ivar size_bytes: of the source text, for the figures that are shown.
    :ivar text: to be kept in the store; None if it can be read from ``origin.root`` / ``path``.
    :ivar contexts: ``(n,)`` uint8, kept with each fingerprint: what tells two places of one hash apart.
    :ivar marks: ascending numbers to be kept with the content, such as the lines of certain positions.
    """

    path: str
    content_hash: bytes
    hashes: NDArray[np.uint64] | None = None
    positions: NDArray[np.uint32] | None = None
    extent: int = 0
    size_bytes: int = 0
    text: str | None = None
    facts: str = ""
    contexts: NDArray[np.uint8] | None = None
    marks: NDArray[np.uint32] | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """Postings of looked-up hashes: four arrays of one length, ordered by query index, content, position.

    :ivar query_index: ``(m,)`` int32, which of the looked-up hashes.
    :ivar content_id: ``(m,)`` int32, valid for the snapshot that was asked.
    :ivar position: ``(m,)`` uint32, as it was given in :class:`FileInput`.
    :ivar context: ``(m,)`` uint8, as it was given.
    :ivar common: ``(n,)`` bool, one a looked-up hash: it stands in so many families that it has no postings.
    """

    query_index: NDArray[np.int32]
    content_id: NDArray[np.int32]
    position: NDArray[np.uint32]
    context: NDArray[np.uint8]
    common: NDArray[np.bool_]


class TextProblem(StrEnum):
    """Why the text of a content cannot be had."""

    CHANGED = "changed"  # the file is there, with another content
    MISSING = "missing"  # no file of that name can be read any more
    NOT_KEPT = "not kept"  # it came from elsewhere, without text


@dataclass(frozen=True, slots=True)
class OriginSummary:
    """An origin with what is stored of it.

    :ivar source_bytes: size of its files' text, as they were when they were added.
    :ivar needs_rebuild: why some of it is lost and it should be added again; empty if all is well.
    """

    origin: Origin
    files: int
    source_bytes: int
    needs_rebuild: str = ""


@dataclass(frozen=True, slots=True)
class StoredText:
    """The text of a content.

    :ivar file: that it was read from; None if it is kept in the store.
    :ivar size_bytes: of that file; *changed_ns* its time of change, both from before it was read.
    """

    text: str
    file: Path | None = None
    size_bytes: int = 0
    changed_ns: int = 0

    def is_still_there(self) -> bool:
        """Tell whether the file looks as it did when it was read."""
        if self.file is None:
            return True
        try:
            now = os.stat(self.file)
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size_bytes, self.changed_ns)
