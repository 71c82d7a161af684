"""Reading one file: safely, whole, as UTF-8, and only if its content is worth indexing.

Between listing and reading anything may happen to a path: it may vanish, become a folder, a fifo or a link to
``/etc``. Whatever it is, the answer is a ``SkippedFile``, never an exception and never a wait.
"""

import contextlib
import functools
import hashlib
import os
import stat
from pathlib import Path

from indexer.discovery.content import generated_detail, minified_detail
from indexer.discovery.decode import decode
from indexer.discovery.files import DiscoveryRules, SkippedFile, SkipReason, Source
from indexer.discovery.names import over_limit

_HASH_BYTES = 16
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_DEFAULT_RULES = DiscoveryRules()


class _Skip(Exception):
    """Leaves the reading of a file with a reason."""

    def __init__(self, reason: SkipReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def read_source(root: Path, path: str, rules: DiscoveryRules = _DEFAULT_RULES) -> Source | SkippedFile:
    """Read a file below the root and judge its content.

    Safe to call from several threads.

    :param path: relative to ``root``, as ``FoundFile.path``.
    :return: the text, or why the file is not indexed.
    """
    raw = read_bytes(root, path, rules)
    return raw if isinstance(raw, SkippedFile) else judge_bytes(path, raw)


def read_bytes(root: Path, path: str, rules: DiscoveryRules = _DEFAULT_RULES) -> bytes | SkippedFile:
    """Read a file below the root, whole, without a look at its content.

    Safe to call from several threads.
    """
    try:
        return _read(os.fspath(root), path, rules.max_file_bytes)
    except _Skip as skip:
        return SkippedFile(path, skip.reason, skip.detail)
    except FileNotFoundError:
        return SkippedFile(path, SkipReason.UNREADABLE, "no longer there")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        return SkippedFile(path, SkipReason.UNREADABLE, getattr(error, "strerror", None) or str(error))


def judge_bytes(path: str, raw: bytes) -> Source | SkippedFile:
    """Make text of the bytes of a file, wherever they were read, if they are worth indexing.

    :param path: '/'-separated; its name tells what the content may be.
    """
    decoded = decode(raw)
    if decoded is None:
        return SkippedFile(path, SkipReason.BINARY, "no text")
    text, encoding = decoded
    if detail := minified_detail(path, text):
        return SkippedFile(path, SkipReason.MINIFIED, detail)
    if detail := generated_detail(path, text):
        return SkippedFile(path, SkipReason.GENERATED, detail)
    return Source(text, encoding, content_hash_of(raw))


def content_hash_of(raw: bytes) -> bytes:
    """Return what :attr:`Source.content_hash` is for the bytes of a file."""
    return hashlib.blake2b(raw, digest_size=_HASH_BYTES).digest()


def _read(root: str, path: str, max_bytes: int) -> bytes:
    descriptor = os.open(os.path.join(root, path), _OPEN_FLAGS)
    try:
        before = os.fstat(descriptor)
        _check_kind(before.st_mode)
        _check_inside(descriptor, root, path)
        if before.st_size > max_bytes:
            raise _Skip(SkipReason.TOO_LARGE, over_limit(before.st_size, max_bytes))
        raw = _read_up_to(descriptor, before.st_size + 1)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if len(raw) != before.st_size or (after.st_size, after.st_mtime_ns) != (
        before.st_size,
        before.st_mtime_ns,
    ):
        raise _Skip(SkipReason.UNREADABLE, "changed while it was read")
    return raw


def _read_up_to(descriptor: int, n_bytes: int) -> bytes:
    """Read until the end of the file or ``n_bytes``; a single read may return less than there is."""
    parts = [os.read(descriptor, n_bytes)]
    n_missing = n_bytes - len(parts[0])
    while parts[-1] and n_missing > 0:
        parts.append(os.read(descriptor, n_missing))
        n_missing -= len(parts[-1])
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _check_kind(mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise _Skip(SkipReason.UNREADABLE, "a folder now")
    raise _Skip(SkipReason.SPECIAL, "no regular file")


def _check_inside(descriptor: int, root: str, path: str) -> None:
    """Refuse an open file that lies outside the root, whatever links or '..' led there."""
    opened = _path_of(descriptor, root, path)
    if not opened.startswith(_real_root(root)):
        _real_root.cache_clear()  # the root itself may be a link that was changed
        if not opened.startswith(_real_root(root)):
            raise _Skip(SkipReason.SYMLINK, "leads out of the repository")


def _path_of(descriptor: int, root: str, path: str) -> str:
    """Return the real path of an open file: from the kernel where it tells, else by resolving the path."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/self/fd/{descriptor}")
    return os.path.realpath(os.path.join(root, path))


@functools.lru_cache(maxsize=16)
def _real_root(root: str) -> str:
    return os.path.join(os.path.realpath(root), "")
