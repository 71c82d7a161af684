"""Which files import which, as an index holds it: an edge a pair of files, with the statement that makes it.

Worked out from all imports at once, since a new file can change what a statement elsewhere means. Where an update
changed neither the paths nor any import, the edges of the generation before are numbered anew instead.
"""

import numpy as np
from numpy.typing import NDArray

from indexer.graph import resolve_imports
from indexer.index.schema import IMPORT_EDGE_DTYPE
from indexer.index.tables import Table

Edges = np.ndarray[tuple[int], np.dtype[np.void]]


def import_edges(files: Table, imports: Table) -> Edges:
    """Return the edges of a tree, ascending by importer and imported file.

    A statement that means several files, as that of a whole package does, counts for each of them that much less.
    """
    resolved = resolve_imports(
        files.strings["path"].to_list(),
        files.strings["language"].to_list(),
        imports.records["file"],
        imports.strings["module"].to_list(),
        imports.strings["names"].to_list(),
    )
    importers = imports.records["file"][resolved.statements]
    shares = 1.0 / np.bincount(resolved.statements, minlength=len(imports))[resolved.statements]
    order = np.lexsort((-shares, resolved.targets, importers))
    edges = np.zeros(len(order), IMPORT_EDGE_DTYPE)
    edges["importer"], edges["imported"] = importers[order], resolved.targets[order]
    edges["statement"], edges["share"] = resolved.statements[order], shares[order]
    first = np.ones(len(edges), np.bool_)
    first[1:] = (edges["importer"][1:] != edges["importer"][:-1]) | (
        edges["imported"][1:] != edges["imported"][:-1]
    )
    return edges[first]


def carried_edges(
    old_files: Table, old_imports: Table, edges: Edges, files: Table, imports: Table
) -> Edges | None:
    """Return the edges of the generation before with today's rows; None if a path or an import changed."""
    rows = {path: row for row, path in enumerate(files.strings["path"].to_list())}
    old_paths = old_files.strings["path"].to_list()
    if len(old_paths) != len(rows) or len(old_imports) != len(imports) or not rows.keys() >= set(old_paths):
        return None
    to_row = np.array([rows[path] for path in old_paths], np.int64)
    starts = files.records["import_start"][to_row]
    shift = starts - old_files.records["import_start"]
    if not np.array_equal(
        files.records["import_end"][to_row] - starts,
        old_files.records["import_end"] - old_files.records["import_start"],
    ):
        return None
    statements = np.arange(len(old_imports)) + shift[old_imports.records["file"]]
    if not _same(old_imports, imports, statements):
        return None
    carried = np.zeros(len(edges), IMPORT_EDGE_DTYPE)
    carried["importer"], carried["imported"] = to_row[edges["importer"]], to_row[edges["imported"]]
    carried["statement"], carried["share"] = statements[edges["statement"]], edges["share"]
    return carried[np.lexsort((carried["imported"], carried["importer"]))]


def _same(old: Table, new: Table, to_new: NDArray[np.int64]) -> bool:
    """Tell whether all imports say what they said, by the row that each has now."""
    for column in ("module", "names"):
        before, now = old.strings[column].to_list(), new.strings[column].to_list()
        if any(text != now[row] for text, row in zip(before, to_new.tolist(), strict=True)):
            return False
    return True
