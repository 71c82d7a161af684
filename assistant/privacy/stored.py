"""Small files of the user's own that remember decisions: JSON, readable by nobody else, replaced as a whole."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from filelock import FileLock

from assistant.privacy.errors import PrivacyError

_WAIT_S = 10.0


def read_table(file: Path) -> dict[str, Any]:
    """Return what a file remembers; nothing if it is missing or damaged, so that the user is asked again."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def change_table(file: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change what a file remembers, with other processes kept out.

    :raises PrivacyError: if it cannot be written.
    """
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with FileLock(f"{file}.lock", timeout=_WAIT_S, mode=0o600):
            table = read_table(file)
            change(table)
            _replace(file, json.dumps(table, indent=1, sort_keys=True) + "\n")
    except (OSError, TimeoutError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise PrivacyError(f"{file} cannot be written: {reason}; check its folder's permissions") from error


def _replace(file: Path, text: str) -> None:
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise
