"""Who uses whom: names that files mention, resolved to the files that define them.

Names are matched as they are written, and import statements are taken as they are written; nothing is executed and no
language server is asked. What a file mentions is
kept with the file; which files that leads to is worked out from all files at once whenever an index is written, since
an edit in one file changes what names elsewhere mean.
"""

from indexer.graph.imports import ImportEdges, resolve_imports
from indexer.graph.links import Links, link_mentions
from indexer.graph.names import MentionHashes, definition_hash, mention_hash

__all__ = [
    "ImportEdges",
    "Links",
    "MentionHashes",
    "definition_hash",
    "link_mentions",
    "mention_hash",
    "resolve_imports",
]
