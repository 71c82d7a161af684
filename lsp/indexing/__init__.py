"""Keeping the indexes of the open folders up to date, without the editor noticing.

``worker`` is the process that does it: parsing holds Python's lock, and the server must answer meanwhile.
``process`` is the server's end of it, ``scheduler`` decides what is to be done next.
"""

from lsp.indexing.process import IndexerProcess, IndexFailure, UpdateDone
from lsp.indexing.scheduler import IndexScheduler, RootState

__all__ = ["IndexFailure", "IndexScheduler", "IndexerProcess", "RootState", "UpdateDone"]
