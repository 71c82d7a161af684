"""One searchable repository: a snapshot of its index, the texts behind it, and what is worked out once a snapshot."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.facts import FileFacts
from assistant.retrieval.filters import allowed_files
from assistant.retrieval.pieces import Filters
from assistant.retrieval.sources import SourceReader
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander

FileMask = NDArray[np.bool_]
"""(n_files,): which files may answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """A snapshot and the texts behind it."""

    snapshot: Snapshot
    texts: SourceReader


class Repository:
    """A source as searches see it. Safe to use from several threads."""

    def __init__(self, source: Source, expander: TermExpander, visible: FileMask | None) -> None:
        """Wrap a source.

        :param visible: the files that this repository answers for; None for all.
        """
        self.snapshot = source.snapshot
        self.texts = source.texts
        self.visible = visible
        self.facts = FileFacts(source.snapshot, expander)

    @cached_property
    def lower_paths(self) -> list[str]:
        """Every file's path, lower-cased."""
        return [path.lower() for path in self.snapshot.paths]

    @cached_property
    def lower_names(self) -> list[str]:
        """Every definition's name, lower-cased."""
        return [name.lower() for name in self.snapshot.definitions.strings["name"].to_list()]

    @cached_property
    def kinds(self) -> list[str]:
        """Every definition's kind."""
        return self.snapshot.definitions.strings["kind"].to_list()

    @cached_property
    def split_lines_files(self) -> frozenset[int]:
        """Files with a line so long that it is cut between chunks: a word at the cut has not its own terms."""
        records = self.snapshot.chunks.records
        files, starts, ends = (np.asarray(records[name]) for name in ("file", "start_line", "end_line"))
        cut = (files[1:] == files[:-1]) & (starts[1:] <= ends[:-1])
        return frozenset(np.unique(files[1:][cut]).tolist())

    def allowed(self, filters: Filters) -> FileMask | None:
        """Return which files pass the filters and are this repository's to answer for; None for all."""
        return both(allowed_files(self.lower_paths, self.snapshot.languages, filters), self.visible)

    def allowed_rows(self, filters: Filters) -> list[int]:
        """Return the rows of the files that :meth:`allowed` leaves."""
        allowed = self.allowed(filters)
        if allowed is None:
            return list(range(len(self.snapshot.files)))
        rows: list[int] = np.flatnonzero(allowed).tolist()
        return rows


def repositories_of(sources: Sequence[Source], expander: TermExpander) -> list[Repository]:
    """Wrap sources. A file that several sources hold, since one lies in another, belongs to the innermost."""
    roots = [source.snapshot.root for source in sources]
    repositories = []
    for source, root in zip(sources, roots, strict=True):
        visible: FileMask | None = None
        for other, inner in zip(sources, roots, strict=True):
            if inner == root or not inner.is_relative_to(root):
                continue
            prefix = inner.relative_to(root).as_posix() + "/"
            held = set(other.snapshot.paths)
            mine = [
                not (path.startswith(prefix) and path[len(prefix) :] in held)
                for path in source.snapshot.paths
            ]
            visible = both(visible, np.asarray(mine, np.bool_))
        repositories.append(Repository(source, expander, visible))
    return repositories


def both(first: FileMask | None, second: FileMask | None) -> FileMask | None:
    """Return the files that both masks leave; None stands for all."""
    if first is None or second is None:
        return second if first is None else first
    return first & second
