"""What code is compared with: found, read, fingerprinted, kept up to date, and whose it is.

:class:`CorpusLibrary` is the entry. Below it, *finders* (``installed*``, ``folders``, ``archive``) make sources, a
*reader* takes from them what has changed, and a *builder* puts its fingerprints into the one store of all corpora.
"""

from assistant.copies.corpora.errors import ArchiveError, CorpusError
from assistant.copies.corpora.estimate import Estimate
from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.library import CorpusLibrary, Listed, Readiness
from assistant.copies.corpora.model import CorpusKind
from assistant.copies.corpora.own import is_file, is_own, vendored_by
from assistant.copies.corpora.registry import Corpus
from assistant.copies.corpora.updating import Update

__all__ = [
    "ArchiveError",
    "Corpus",
    "CorpusError",
    "CorpusKind",
    "CorpusLibrary",
    "Estimate",
    "Facts",
    "Listed",
    "Readiness",
    "Update",
    "is_file",
    "is_own",
    "vendored_by",
]
