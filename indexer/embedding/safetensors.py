"""Read tensors of a safetensors file as memory-mapped numpy arrays.

The format is an unsigned 64-bit length, that many bytes of JSON, then the tensors' bytes
(https://huggingface.co/docs/safetensors). Mapping the file makes loading free and lets processes share its
pages.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.embedding.errors import ModelFormatError

_DTYPES: dict[str, np.dtype[Any]] = {"I8": np.dtype("<i1"), "F16": np.dtype("<f2"), "F32": np.dtype("<f4")}
_MAX_HEADER_BYTES = 1 << 20


def read_tensors(path: Path) -> dict[str, NDArray[Any]]:
    """Map the tensors of a file.

    :param path: a ``.safetensors`` file.
    :return: read-only arrays by name; they keep the file mapped.
    :raises ModelFormatError: when the file is not safetensors, is cut short, or has an element type other
        than I8, F16 and F32.
    :raises OSError: when the file cannot be read.
    """
    try:
        data = np.memmap(path, dtype=np.uint8, mode="r")
        header_bytes = int(data[:8].view("<u8")[0])
        if header_bytes > _MAX_HEADER_BYTES:
            raise ValueError("implausible header length")
        header = json.loads(data[8 : 8 + header_bytes].tobytes())
        body = data[8 + header_bytes :]
        return {name: _tensor(body, entry) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelFormatError(f"{path} is not a safetensors file, or is damaged: {error}") from error


def _tensor(body: NDArray[np.uint8], entry: dict[str, Any]) -> NDArray[Any]:
    start, end = entry["data_offsets"]
    if not 0 <= start <= end <= len(body):
        raise ValueError("a tensor lies outside the file")
    # a plain array: np.memmap's subclass makes every later slice several times slower
    array: NDArray[Any] = np.asarray(body[start:end]).view(_DTYPES[entry["dtype"]])
    return array.reshape(entry["shape"])
