"""Keeps a corpus in one file that is mapped into memory when it is opened.

A file is written under a temporary name and then renamed to the next free number, so that a reader goes on with the
one that it has mapped; older ones are removed when nothing holds them. A header names every array with its type,
shape and place; checksums of the header and of the arrays tell a damaged file, which is then as good as none.
"""

import json
import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.completion.local.corpus import Corpus

_MAGIC = b"assist completion corpus 1\n"
_ALIGNMENT = 64
_NAME = re.compile(r"corpus-([0-9]{6,18})\.bin")


def save_corpus(corpus: Corpus, folder: Path, facts: dict[str, Any]) -> Path:
    """Write a corpus into a folder as its newest.

    :param facts: values that JSON can hold, returned by :func:`load_corpus`.
    :raises OSError: if it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = max((_number(file) for file in folder.iterdir()), default=0) + 1
    target = folder / f"corpus-{number:06d}.bin"
    temporary = folder / f"tmp-{os.getpid()}-{number:06d}"
    try:
        with temporary.open("wb") as out:
            _write(out, corpus.arrays, facts)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    for file in folder.iterdir():
        if 0 < _number(file) < number:
            with suppress(OSError):  # on Windows a mapped file stays until its reader is gone
                file.unlink()
    return target


def load_corpus(folder: Path) -> tuple[Corpus, dict[str, Any]] | None:
    """Map the newest corpus of a folder with its facts; None if there is none that is whole."""
    try:
        files = sorted((file for file in folder.iterdir() if _number(file)), key=_number, reverse=True)
    except OSError:
        return None
    for file in files:
        with suppress(OSError, ValueError, KeyError, TypeError):
            return _read(file)
    return None


def _number(file: Path) -> int:
    found = _NAME.fullmatch(file.name)
    return int(found[1]) if found else 0


def _write(out: Any, arrays: dict[str, NDArray[Any]], facts: dict[str, Any]) -> None:  # noqa: ANN401 a binary file
    table, offset = [], 0
    for name, array in arrays.items():
        data = np.ascontiguousarray(array)
        table.append([name, data.dtype.str, len(data), offset, zlib.crc32(data.data)])
        offset += -(-data.nbytes // _ALIGNMENT) * _ALIGNMENT
    header = json.dumps({"arrays": table, "facts": facts}).encode()
    start = len(_MAGIC) + 16 + len(header)
    header += b" " * (-start % _ALIGNMENT)
    out.write(_MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(8, "little") + header)
    for array in arrays.values():
        data = np.ascontiguousarray(array)
        out.write(data.data)
        out.write(bytes(-data.nbytes % _ALIGNMENT))
    out.flush()
    os.fsync(out.fileno())


def _read(file: Path) -> tuple[Corpus, dict[str, Any]]:
    mapped = np.memmap(file, np.uint8, "r")
    begin = len(_MAGIC) + 16
    if mapped[: len(_MAGIC)].tobytes() != _MAGIC:
        raise ValueError("another format")
    size = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + 8].tobytes(), "little")
    header = mapped[begin : begin + size].tobytes()
    if zlib.crc32(header) != int.from_bytes(mapped[len(_MAGIC) + 8 : begin].tobytes(), "little"):
        raise ValueError("the header is damaged")
    described = json.loads(header)
    arrays = {}
    for name, kind, length, offset, checksum in described["arrays"]:
        dtype = np.dtype(kind)
        start = begin + size + offset
        data = mapped[start : start + length * dtype.itemsize]
        if zlib.crc32(data.data) != checksum:
            raise ValueError(f"{name} is damaged")
        # A plain view: a memmap's own slicing is several times slower.
        arrays[name] = np.frombuffer(data.data, dtype)
    return Corpus(arrays), described["facts"]
