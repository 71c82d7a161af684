"""What discovery hands to the rest of the indexer: files found, files left out, the text of one file.

Paths are relative to the indexed root, '/'-separated and ``os.fsdecode``d: bytes that are no UTF-8 survive
as surrogate escapes, so that ``os.fsencode`` gives the name on disk back. The path of a folder that was
left out whole ends in '/'.
"""

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscoveryRules:
    """What the user's settings say about which files are indexed.

    :param max_file_bytes: a larger file is left out.
    :param exclude: gitignore patterns, relative to the root, on top of every ``.assistignore``; they can
        only leave out more.
    """

    max_file_bytes: int = 1_000_000
    exclude: tuple[str, ...] = ()


class SkipReason(enum.StrEnum):
    """Why a file is not indexed."""

    IGNORED = "ignored"  # by .gitignore, or a folder that never holds source
    EXCLUDED = "excluded"  # by .assistignore or the exclude setting
    TOO_LARGE = "too large"
    BINARY = "binary"
    MINIFIED = "minified"
    GENERATED = "generated"
    SYMLINK = "symbolic link"
    UNREADABLE = "unreadable"  # no permission, or gone or changed while it was read
    SPECIAL = "special"  # a fifo, socket or device


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A regular file to index, as ``lstat`` saw it. ``size`` is in bytes."""

    path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file or folder that is not indexed.

    ``detail`` says more, for people: "1.2 MB > 1.0 MB", ".gitignore: *.log".
    """

    path: str
    reason: SkipReason
    detail: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a root, both tuples sorted by path.

    ``uses_git`` tells whether git named them, rather than a walk.
    """

    files: tuple[FoundFile, ...]
    skipped: tuple[SkippedFile, ...]
    uses_git: bool


@dataclass(frozen=True, slots=True)
class Source:
    r"""The text of one file, which all byte positions in the index refer to.

    :param text: UTF-8 without byte order mark; line ends are kept as they are, ``\r\n`` too.
    :param encoding: what the file is in on disk: ``utf-8``, ``utf-8-sig``, ``utf-16-le``, ``cp1252`` ...
    :param content_hash: 16 bytes, BLAKE2b of the bytes on disk.
    """

    text: bytes
    encoding: str
    content_hash: bytes
