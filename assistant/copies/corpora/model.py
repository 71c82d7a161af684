"""What a corpus is made of: sources, each of one origin, that name files and read them one after the other.

A source is what finders return and what the builder takes in. It holds no text: reading happens while the builder
goes through :meth:`Source.contents`, and a file that is known by its stamp is not read at all.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.copies.corpora.facts import Facts
from assistant.copies.corpora.licensing import LicenceContext


class CorpusKind(enum.StrEnum):
    """Where a corpus comes from."""

    INSTALLED = "installed"  # the packages of a workspace
    FOLDER = "folder"
    GIT = "git"
    HISTORY = "history"  # every version of every file of a repository
    ARCHIVE = "archive"
    OWN = "own"  # a repository of the user's: serves duplicates, never alarms
    IMPORT = "import"  # built elsewhere


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Whom a source's files come from.

    :param key: tells it from every other source: ``pypi:more-itertools@10.5.0:/path/to/site-packages``.
    :param family: what versions, forks and the same project's package and repository have in common.
    :param root: the folder below which its paths are read; empty if the text is nowhere on disk as files.
    """

    key: str
    name: str
    version: str
    family: str
    root: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class FileContent:
    """One file of a source.

    :param path: relative to the source's root, '/'-separated.
    :param stamp: what tells without reading whether a file is as it was: size and time, or a blob's id.
    :param raw: its bytes; None if the stamp is known, and so nothing was read.
    :param revision: the commit that the bytes are of, for versions that are no longer in a work tree.
    """

    path: str
    stamp: str
    raw: bytes | None
    revision: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that was not taken in, and why, for people.

    :param stamp: as of :class:`FileContent`; empty if nothing tells whether the file will be another.
    """

    path: str
    reason: str
    stamp: str = ""


IsKnown = Callable[[str, str], bool]
"""Tells whether a path was taken in with this stamp before."""


class Source(Protocol):
    """An origin with its files."""

    @property
    def info(self) -> SourceInfo:
        """Whom the files come from."""

    @property
    def stamp(self) -> str:
        """What tells that nothing in the source has changed; empty if the files have to be looked at."""

    @property
    def count_hint(self) -> int:
        """About how many files there are, for progress; 0 if nobody knows."""

    def licences(self) -> LicenceContext | None:
        """Return where the licences of its files are read; None for the user's own code, which needs none.

        Asked only of a source that has changed: it may read files.
        """

    @property
    def is_history(self) -> bool:
        """Whether one path stands for many versions, newest first, of which only what is new is indexed."""

    def contents(self, is_known: IsKnown) -> Iterator[FileContent | LeftOut]:
        """Read the files worth comparing with, in any order, versions of one path one after the other.

        :raises CorpusError: if the source as a whole cannot be read.
        """
