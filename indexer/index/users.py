"""How many files use each file, and how many it uses: the part of the reference graph that every query asks for.

Only code counts on both sides. What tests, examples and generated files mention says little about how central a file
is, and how often it is tested is no reason to show it first.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.discovery import Role
from indexer.graph import Links, link_mentions
from indexer.index.tables import Table

_NO_CODE = (
    Role.TEST | Role.EXAMPLE | Role.DOCS | Role.VENDORED | Role.GENERATED | Role.BENCHMARK | Role.CONFIG
)


def is_code(roles: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Tell which files are the code itself, by their :class:`indexer.discovery.Role` flags."""
    code: NDArray[np.bool_] = (roles & np.uint32(_NO_CODE.value)) == 0
    return code


def code_links(files: Table, definitions: Table, mentions: NDArray[np.uint32]) -> Links:
    """Return which code files use which.

    :param mentions: as :data:`indexer.index.schema.MENTIONS_FILE` holds them; the files' ranges must be set.
    """
    code = is_code(files.records["roles"])
    counts = files.records["mention_end"] - files.records["mention_start"]
    mention_files = np.repeat(np.arange(len(files)), counts)
    by_code = code[mention_files]
    definition_files = definitions.records["file"]
    hashes = np.where(code[definition_files], definitions.records["mention_hash"], np.uint32(0))
    return link_mentions(
        files.strings["path"].to_list(), mentions[by_code], mention_files[by_code], hashes, definition_files
    )
