"""What an index holds: its files, the columns of its tables and the version of its format.

Every change of what is stored, or of how text is cut into chunks, terms or vectors, gets a new ``FORMAT_VERSION`` and a
line in the history; an index of another version is rebuilt.

History:
1. files, chunks, definitions, int8 vectors of chunks and files, one tantivy index for both.
2. names that files mention, imports, how many files use each file, and the history of files.
3. names that Python imports from a module, imports resolved to files.
"""

import numpy as np

FORMAT_VERSION = 3

LEXICAL_FOLDER = "lexical"
"""A tantivy index, see :mod:`indexer.lexical.store`."""

FILES_FILE = "files.table"
CHUNKS_FILE = "chunks.table"
DEFINITIONS_FILE = "definitions.table"
IMPORTS_FILE = "imports.table"
"""Tables of :mod:`indexer.index.tables`, with the columns below; rows of one file are contiguous in all of them."""

VECTORS_FILE = "vectors.npy"
"""``(n_chunks, dimensions)`` int8 of :func:`indexer.vectors.quantise`; a zero row has not been computed yet."""
SUMMARIES_FILE = "summaries.npy"
"""``(n_files, dimensions)`` int8, a vector a file."""

IMPORT_EDGES_FILE = "import-edges.npy"
"""``(n_edges,)`` of :data:`IMPORT_EDGE_DTYPE`, see :mod:`indexer.index.import_edges`."""

MENTIONS_FILE = "mentions.npy"
"""``(n_mentions,)`` uint32, :func:`indexer.graph.mention_hash` of telling words, each once a file, ascending there."""

HISTORY_FILE = "history.npy"
"""What the log tells of the files, the arrays of :class:`indexer.history.HistoryTable`."""

SKIPPED_FILE = "skipped.json"
"""Files that are not indexed, see :mod:`indexer.index.skips`."""

FILE_COLUMNS = ("path", "language")
FILE_DTYPE = np.dtype(
    [
        ("uid", "<i8"),  # never reused within one index; ascending
        ("size", "<i8"),  # bytes on disk
        ("mtime_ns", "<i8"),
        ("content_hash", "V16"),
        ("roles", "<u4"),  # discovery.Role flags
        ("lines", "<u4"),
        ("chunk_start", "<i8"),  # rows of this file in the chunk table
        ("chunk_end", "<i8"),
        ("definition_start", "<i8"),
        ("definition_end", "<i8"),
        ("import_start", "<i8"),
        ("import_end", "<i8"),
        ("mention_start", "<i8"),  # in the mentions
        ("mention_end", "<i8"),
        ("users", "<u4"),  # how many code files mention what this one defines
        ("uses", "<u4"),  # how many code files define what this one mentions
    ]
)

CHUNK_COLUMNS = ("name", "scope", "kind")
CHUNK_DTYPE = np.dtype(
    [
        ("uid", "<i8"),  # ascending; what the lexical index refers to
        ("file", "<i8"),  # row in the file table
        ("start_byte", "<u4"),  # into the file's text as UTF-8
        ("end_byte", "<u4"),
        ("start_line", "<u4"),  # 1-based, inclusive
        ("end_line", "<u4"),
        ("text_hash", "<i8"),  # analysis.text_hash: equal hashes may share a vector
    ]
)

DEFINITION_COLUMNS = ("name", "scope", "kind")
DEFINITION_DTYPE = np.dtype(
    [
        ("name_hash", "<u8"),  # names.name_hash of the lower-cased name
        ("mention_hash", "<u4"),  # graph.definition_hash: what files that refer to it mention; 0 for none
        ("file", "<i8"),  # row in the file table
        ("size", "<u4"),  # bytes of the whole definition
        ("start_line", "<u4"),
        ("end_line", "<u4"),
        ("name_line", "<u4"),
        ("signature_end_line", "<u4"),
        ("depth", "<u2"),
    ]
)

IMPORT_COLUMNS = ("module", "names")
"""``module`` as it is written in the file: ``os.path``, ``./parser``, ``crate::error::Error``,
``a.b import c, d``; ``names`` that are exported again, separated by blanks."""
IMPORT_DTYPE = np.dtype(
    [
        ("file", "<i8"),  # row in the file table
        ("line", "<u4"),
    ]
)

IMPORT_EDGE_DTYPE = np.dtype(
    [
        ("importer", "<u4"),  # row in the file table
        ("imported", "<u4"),
        ("statement", "<u4"),  # row in the import table; one of those that make the edge
        ("share", "<f4"),  # 1 / number of files that the statement means
    ]
)
