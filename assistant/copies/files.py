"""Writing what a check came to: under a temporary name first, so that nobody reads half a file."""

import os
import uuid
from pathlib import Path


def write_text(file: Path, text: str) -> None:
    """Write a text file, or replace it.

    :raises OSError: if that cannot be done; what was there stays.
    """
    new = file.with_name(f".{file.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        new.write_bytes(text.encode("utf-8", "backslashreplace"))
        os.replace(new, file)
    finally:
        new.unlink(missing_ok=True)
