"""Writes checked changes to disk: only on an explicit request, only inside the repository, never over someone's work.

Everything is checked before anything is written: the file is what the change was made for, byte for byte; no part of
its path is a link; no ignore rule leaves it out. The new text keeps encoding, line ends and mode, and replaces the file
at once. How to take it back is said, and kept as a patch in the user's state folder.
"""

import os
import shlex
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.recipes import git
from assistant.recipes.errors import ApplyError
from assistant.recipes.patches import FileChange, unified_diff

Withheld = Callable[[str], str | None]
"""Says why a path, relative to the root, is not for assist: ignored, private, outside. None if it may be used."""

_MARKS = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
_WIDE = ("utf-16", "utf-32")
_RESERVED = (".git", ".assist")


@dataclass(frozen=True, slots=True)
class Applied:
    """A change that was written."""

    path: str
    undo: str
    """A command that takes it back."""
    patch: Path
    """What takes it back, kept for later: a patch, or the old file where a patch cannot say it."""


def apply_change(
    root: Path, change: FileChange, encoding: str, state_dir: Path, withheld: Withheld
) -> Applied:
    """Write a change.

    :param encoding: of the file, as it was read; of a new file ``utf-8``.
    :param withheld: the ignore rules.
    :raises ApplyError: if it is not written; then nothing is.
    """
    assert change.new is not None
    root = root.resolve()
    file = _checked_place(root, change.path, withheld)
    old = _current(file, change, encoding)
    try:
        new = _encoded(change.new, encoding, old)
    except UnicodeEncodeError as error:
        raise ApplyError(
            f"{change.path} is in {encoding}, which has no {change.new[error.start]!r}; change it by hand"
        ) from error
    kept, undo = _keep_undo(root, change, old, encoding, state_dir)
    _replace(file, new, old is None)
    return Applied(change.path, undo, kept)


def _checked_place(root: Path, path: str, withheld: Withheld) -> Path:
    parts = path.split("/")
    if (
        not path
        or path.startswith("/")
        or any(part in ("", ".", "..") for part in parts)
        or "\\" in path
        or ":" in parts[0]
    ):
        raise ApplyError(f"{path} is no file of {root}; nothing was written")
    if any(part.lower().rstrip(". ") in _RESERVED or part.lower().startswith("git~") for part in parts):
        raise ApplyError(f"{path} lies in a folder that is not for source code; nothing was written")
    at = root
    for part in parts:
        at = at / part
        if at.is_symlink():
            raise ApplyError(f"{at.relative_to(root)} is a symbolic link; name the file that it leads to")
    reason = withheld(path)
    if reason is not None:
        raise ApplyError(f"{path} is not changed: {reason}")
    return at


def _current(file: Path, change: FileChange, encoding: str) -> bytes | None:
    """Return the file's bytes, which must be those that the change was made for."""
    try:
        status = os.lstat(file)
    except FileNotFoundError:
        if change.old is None:
            return None
        raise ApplyError(f"{change.path} is gone since it was read; run the recipe again") from None
    if change.old is None:
        raise ApplyError(f"{change.path} is there already; a new file never takes the place of another")
    if not stat.S_ISREG(status.st_mode):
        raise ApplyError(f"{change.path} is no regular file; nothing was written")
    if status.st_nlink > 1:
        raise ApplyError(
            f"{change.path} has {status.st_nlink} hard links, which replacing it would part; edit it by hand"
        )
    old = file.read_bytes()
    if _encoded(change.old, encoding, old) != old:
        raise ApplyError(f"{change.path} changed since it was read; run the recipe again")
    return old


def _encoded(text: str, encoding: str, old: bytes | None) -> bytes:
    """Return a text as the file's bytes, with the mark that the file begins with."""
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    mark = _MARKS.get(encoding, b"")
    if old is None or not old.startswith(mark):
        mark = b""
    return mark + text.encode(name, "surrogateescape" if name == "utf-8" else "strict")


def _keep_undo(
    root: Path, change: FileChange, old: bytes | None, encoding: str, state_dir: Path
) -> tuple[Path, str]:
    """Keep what takes the change back, readable for the user alone; return it and the command."""
    folder = state_dir / "undo"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    wide = encoding.startswith(_WIDE)
    safe = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in change.path)[-60:]
    stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns() % 1_000_000:06d}"
    kept = folder / f"{stamp}-{safe}{'.orig' if wide else '.patch'}"
    name = "utf-8" if encoding == "utf-8-sig" else encoding
    content = (old or b"") if wide else _patch_bytes(change, name, old)
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    here, path = shlex.quote(str(root)), shlex.quote(change.path)
    if old is None:
        return kept, f"rm {shlex.quote(str(root / change.path))}"
    if git.has_changes(str(root), change.path) is False:
        return kept, f"git -C {here} restore {path}"
    if wide:
        return kept, f"cp {shlex.quote(str(kept))} {shlex.quote(str(root / change.path))}"
    top = git.top_of(str(root))
    inside = os.path.relpath(root, top) if top else "."
    directory = "" if inside == "." else f" --directory={shlex.quote(Path(inside).as_posix())}"
    return kept, f"git -C {here} apply{directory} {shlex.quote(str(kept))}"


def _patch_bytes(change: FileChange, encoding: str, old: bytes | None) -> bytes:
    """Return the reverse patch in the file's own encoding; its headers are ASCII."""
    back = change.reversed()
    mark = _MARKS["utf-8-sig"].decode() if old and old.startswith(_MARKS["utf-8-sig"]) else ""
    if mark:
        back = FileChange(back.path, mark + (back.old or ""), mark + (back.new or ""))
    text = unified_diff(back)
    return text.encode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def _replace(file: Path, content: bytes, is_new: bool) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name[:40]}.{os.getpid()}-{time.time_ns()}.assist")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with open(descriptor, "wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if not is_new:
            os.chmod(temporary, stat.S_IMODE(os.stat(file).st_mode))
        elif file.exists():
            raise ApplyError(f"{file.name} is there already; a new file never takes the place of another")
        os.replace(temporary, file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
