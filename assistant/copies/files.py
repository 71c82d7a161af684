"""Writing what a check came to: under a temporary name first, so that nobody reads half a file."""

import contextlib
import os
import uuid
from pathlib import Path

from assistant.errors import AssistError


def write_text(file: Path, text: str) -> None:
    """Write a text file, or replace it; its folder is made if there is none.

    :raises OutputError: if that cannot be done; what was there stays.
    """
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(new, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise OutputError(
            f"{file} cannot be written ({error.strerror or error}); name another place with --output"
        ) from error


class OutputError(AssistError):
    """What a check came to cannot be written where the user wants it."""
