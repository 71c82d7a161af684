"""What can go wrong with a fingerprint store.

::

    IndexerError
      StoreError             base
        StoreBusyError       another process writes
        StoreWriteError      the disk refuses, or the store is full
        ImportRefusedError   a file to import is damaged, hostile or of another version
        UnknownContentError  a content without fingerprints that is not stored: a mistake of the caller

Damage on disk raises nothing: what is damaged is left out, said in ``problems`` and reported per origin.
"""

from indexer.errors import IndexerError


class StoreError(IndexerError):
    """Anything that a fingerprint store raises on purpose."""


class StoreBusyError(StoreError):
    """Another process is writing the store."""


class StoreWriteError(StoreError):
    """The store cannot be written; what was there before still answers."""


class ImportRefusedError(StoreError):
    """A file to import is damaged, hostile or of another version; the store is as before."""


class UnknownContentError(StoreError):
    """A file came without fingerprints, and its content is not stored."""
