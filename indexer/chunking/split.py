"""From the places where the syntax allows a cut to chunks of a good size.

The walk hands over pieces: candidate starts in file order, each with the scope that owns it. Here neighbours
are merged greedily, and what no syntax could cut is cut by lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from indexer.chunking.lines import LARGEST_BYTES, MERGED_BYTES, LineIndex, line_chunks, line_cuts
from indexer.chunking.model import Chunk, Definition

TINY_BYTES = 160
"""A piece smaller than this joins a neighbour even across scopes: alone it would say nothing."""

CODE, COMMENT, IMPORTS, HEADER = range(4)


@dataclass(slots=True)
class Piece:
    """A place where a chunk may start.

    :param start: start of the line.
    :param owner: index of the scope that it lies in.
    :param definition: index of the definition that it is (or starts), -1 for none.
    :param role: `CODE`, `COMMENT`, `IMPORTS`, or `HEADER` for the start of a definition that is cut into
        pieces.
    """

    start: int
    owner: int
    definition: int = -1
    role: int = CODE


@dataclass(frozen=True, slots=True)
class Scope:
    """A scope that owns pieces.

    :param name: its full name, ``""`` for the file.
    :param definition: index of its definition, -1 for none.
    """

    name: str
    definition: int


def chunks_of(
    index: LineIndex, pieces: Sequence[Piece], scopes: Sequence[Scope], definitions: Sequence[Definition]
) -> Iterator[Chunk]:
    """Merge pieces to chunks.

    :param pieces: ascending by start; before the first there are only blank lines.
    :return: chunks in file order that cover every non-blank line.
    """
    end = len(index.text)
    bounds = [piece.start for piece in pieces[1:]]
    bounds.append(end)
    first = 0
    for last in _groups(pieces, bounds):
        start = pieces[first].start
        like = _label(pieces, bounds, first, last, scopes, definitions)
        stop = bounds[last]
        cuts = line_cuts(index.text, start, stop) if stop - start > LARGEST_BYTES else iter(())
        yield from line_chunks(index, start, stop, cuts, like)
        first = last + 1


def _groups(pieces: Sequence[Piece], bounds: Sequence[int]) -> Iterator[int]:
    """Give the index of the last piece of each chunk, merging greedily."""
    start = 0
    for position in range(1, len(pieces)):
        piece, before = pieces[position], pieces[position - 1]
        size = bounds[position] - pieces[start].start
        if size <= MERGED_BYTES and (
            piece.owner == before.owner
            or bounds[position] - piece.start < TINY_BYTES
            or piece.start - pieces[start].start < TINY_BYTES
        ):
            continue
        yield position - 1
        start = position
    if pieces:
        yield len(pieces) - 1


def _label(
    pieces: Sequence[Piece],
    bounds: Sequence[int],
    first: int,
    last: int,
    scopes: Sequence[Scope],
    definitions: Sequence[Definition],
) -> Chunk:
    """Name a chunk by its main definition: one whose header it holds, else the largest."""
    best, best_rank = first, (-1, -1)
    for position in range(first, last + 1):
        piece = pieces[position]
        importance = 2 if piece.role == HEADER else 1 if piece.definition >= 0 else 0
        rank = (importance, bounds[position] - piece.start)
        if rank > best_rank:
            best, best_rank = position, rank
    piece = pieces[best]
    scope = scopes[piece.owner]
    main = piece.definition if piece.definition >= 0 else scope.definition
    if main >= 0:
        definition = definitions[main]
        return Chunk(0, 0, 0, 0, definition.scope, definition.kind, definition.name)
    roles = {pieces[position].role for position in range(first, last + 1)}
    kind = (
        "imports" if IMPORTS in roles and CODE not in roles else "comment" if roles == {COMMENT} else "text"
    )
    return Chunk(0, 0, 0, 0, scope.name, kind, "")
