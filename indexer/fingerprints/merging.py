"""Which segments are merged, and how: size-tiered, so that a posting is rewritten a few times in its life."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.fingerprints.contents import ContentRow, PlaceRow
from indexer.fingerprints.paged import FileRef
from indexer.fingerprints.segments import (
    MAX_POSITIONS,
    SegmentRun,
    SegmentTables,
    write_segment,
)
from indexer.fingerprints.snapshot import OpenSegment, StoreSnapshot
from indexer.fingerprints.state import OriginEntry

_MERGED_OF_A_TIER = 4
_MAX_SEGMENTS = 8
_SMALLEST_TIER = 1 << 16
"""Entries; segments below are all of one tier."""
_DEAD_SHARE = 0.5


def choose(snapshot: StoreSnapshot) -> list[OpenSegment]:
    """Return the segments to merge next: of one tier, the smallest if there are too many, one that is mostly dead."""
    segments = sorted(snapshot.opened().values(), key=lambda opened: opened.entry.entries)
    tiers: dict[int, list[OpenSegment]] = {}
    for opened in segments:
        tiers.setdefault(_tier(opened.entry.entries), []).append(opened)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= _MERGED_OF_A_TIER:
            return _fitting(tiers[tier])
    if len(segments) > _MAX_SEGMENTS:
        return _fitting(segments[:_MERGED_OF_A_TIER])
    for opened in segments:
        live = opened.live_places(snapshot.state.origins)
        if len(live) and live.mean() < 1 - _DEAD_SHARE:
            return [opened]
    return []


def _tier(entries: int) -> int:
    return max(0, (entries // _SMALLEST_TIER).bit_length() + 1) // 2


def fitting_groups(segments: Sequence[OpenSegment]) -> list[list[OpenSegment]]:
    """Divide segments into groups that each have room in one segment."""
    groups: list[list[OpenSegment]] = []
    room = 0
    for opened in segments:
        positions = int(opened.segment.contents.bases[-1])
        if not groups or positions > room:
            groups.append([])
            room = MAX_POSITIONS
        groups[-1].append(opened)
        room -= positions
    return groups


def _fitting(segments: Sequence[OpenSegment]) -> list[OpenSegment]:
    """Return as many of the first as have room in one segment; nothing if two do not."""
    chosen = fitting_groups(segments)[0]
    return chosen if len(chosen) > 1 else []


@dataclass(frozen=True, slots=True)
class Merged:
    """A segment that was written."""

    file: FileRef
    entries: int
    origins: tuple[str, ...]
    content_hashes: Sequence[bytes]


def merge(
    path: Path,
    snapshot: StoreSnapshot,
    chosen: Sequence[OpenSegment],
    *,
    origins: Mapping[str, OriginEntry] | None = None,
    renamed: Mapping[str, str] | None = None,
    is_stored: Callable[[Sequence[bytes]], set[bytes]] | None = None,
) -> Merged:
    """Write what is alive of some segments to one.

    :param origins: whose places are taken (all of the snapshot's if None), by unique id.
    :param renamed: new unique ids of origins.
    :param is_stored: tells which contents need no body, since another segment has them.
    :raises DamagedFileError: if a chosen segment is damaged.
    """
    taken = snapshot.state.origins if origins is None else origins
    uids: dict[str, int] = {}
    places: list[PlaceRow] = []
    named: dict[bytes, None] = {}
    for opened in chosen:
        contents = opened.segment.contents
        live = opened.live_places(taken)
        for place, (file_path, facts) in enumerate(contents.paths()):
            if live[place]:
                uid = opened.segment.origins[contents.place_origins[place]]
                number = uids.setdefault(uid, len(uids))
                content_hash = contents.content_hash(int(contents.place_contents[place]))
                places.append(PlaceRow(number, file_path, facts, content_hash))
                named[content_hash] = None
    rows = _rows(snapshot, chosen, set(named) if origins is not None else None, is_stored)
    for content_hash in named:
        rows.setdefault(content_hash, ContentRow(content_hash, 0, 0, 0, False))
    tables = SegmentTables(
        [rows[content_hash] for content_hash in sorted(rows)],
        places,
        [(renamed or {}).get(uid, uid) for uid in uids],
    )
    ref, entries = write_segment(path, tables, _runs(chosen, tables))
    return Merged(ref, entries, tuple(tables.origins), sorted(rows))


def _rows(
    snapshot: StoreSnapshot,
    chosen: Sequence[OpenSegment],
    only: set[bytes] | None,
    is_stored: Callable[[Sequence[bytes]], set[bytes]] | None,
) -> dict[bytes, ContentRow]:
    rows: dict[bytes, ContentRow] = {}
    for opened in chosen:
        contents = opened.segment.contents
        live = snapshot.live_contents(opened)
        for row in np.flatnonzero(live).tolist():
            content_hash = contents.content_hash(row)
            known = rows.get(content_hash)
            if (only is not None and content_hash not in only) or (known and known.has_body):
                continue
            rows[content_hash] = ContentRow(
                content_hash,
                int(contents.extents[row]),
                int(contents.sizes[row]),
                int(contents.families[row]),
                bool(contents.bodies[row]),
                contents.marks(row),
            )
    if is_stored is not None:
        for content_hash in is_stored(list(rows)):
            rows[content_hash] = ContentRow(content_hash, 0, rows[content_hash].size_bytes, 0, False)
    return rows


def _runs(chosen: Sequence[OpenSegment], tables: SegmentTables) -> list[SegmentRun]:
    bases = tables.bases()
    new_rows = {row.content_hash: number for number, row in enumerate(tables.contents) if row.has_body}
    runs = []
    for opened in chosen:
        contents = opened.segment.contents
        new_bases = np.full(len(contents), -1, np.int64)
        for row in np.flatnonzero(contents.bodies).tolist():
            number = new_rows.pop(contents.content_hash(row), None)  # one body of each content
            if number is not None:
                new_bases[row] = bases[number]
        runs.append(SegmentRun(opened.segment, new_bases))
    return runs
