"""Addresses of files: paths to URIs and back, bytes that are no UTF-8 and Windows drives included."""

import os
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

_WINDOWS = os.name == "nt"


def path_of(uri: str) -> Path | None:
    """Return the file that a URI names; None if it names none (an unsaved buffer, a page)."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file" or "\0" in (path := unquote(parts.path, errors="surrogateescape")):
        return None
    if not _WINDOWS:
        return Path(path) if path.startswith("/") else None
    if parts.netloc:
        return Path(f"//{parts.netloc}{path}")
    return Path(path[1:] if path[2:3] == ":" else path)


def uri_of(path: Path) -> str:
    """Return the URI of an absolute path."""
    posix = path.as_posix()
    if _WINDOWS and posix.startswith("//"):
        return f"file:{quote(posix)}"
    quoted = quote(os.fsencode(posix) if not _WINDOWS else posix.encode("utf-8", "surrogatepass"))
    return f"file://{'' if posix.startswith('/') else '/'}{quoted}"
