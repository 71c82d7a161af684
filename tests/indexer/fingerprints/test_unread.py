"""A store without text still tells what was copied, and says that it did not compare the passages."""

from pathlib import Path

import numpy as np
import pytest

from indexer.discovery import SkippedFile, read_source
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.contents import packed_marks, unpacked_marks
from indexer.fingerprints.evidence import Level
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.matching import Match, Matcher
from indexer.fingerprints.model import FileInput, Origin
from indexer.fingerprints.store import FingerprintStore
from indexer.fingerprints.unread import line_of
from indexer.languages import language_of

_TIDES = '''"""Tides."""
import math
from collections import deque


def smooth(levels, window, weight=0.5):
    """Smooth tide levels over a window."""
    kept = deque(maxlen=window)
    result = []
    for stamp, level in levels.items():
        kept.append(level * weight)
        if len(kept) < window // 2:
            continue
        spread = max(kept) - min(kept)
        result.append((stamp, math.fsum(kept) / len(kept), spread))
    return result


class Gauge:
    def __init__(self, harbour, datum):
        self.harbour = harbour
        self.datum = datum
        self.readings = {}

    def record(self, stamp, level):
        corrected = level - self.datum.offset(stamp)
        previous = self.readings.setdefault(stamp.floor("minute"), [])
        previous.append(corrected)
        if len(previous) > LIMIT:
            self.harbour.warn("gauge stuck", stamp, previous[-LIMIT:])
        return corrected

    def drift(self, since, until):
        chosen = [self.readings[key] for key in sorted(self.readings) if since <= key < until]
        hourly = self.harbour.calendar.split(chosen, hours=1, keep_empty=False)
        for hour, values in enumerate(hourly, start=since.hour):
            yield hour, self.datum.mean(values), self.harbour.clock.error_at(hour)
'''
_LINES = _TIDES.splitlines(keepends=True)
_FUNCTION = "".join(_LINES[4:15])
_METHODS = "".join(_LINES[24:])


@pytest.fixture
def matcher(tmp_path: Path) -> Matcher:
    """Looks up in what another store exported without text."""
    folder = tmp_path / "tides"
    folder.mkdir()
    (folder / "tides.py").write_text(_TIDES, "utf-8")
    source = read_source(folder, "tides.py")
    assert not isinstance(source, SkippedFile)
    made = fingerprint(_TIDES, language_of("tides.py").name)
    file = FileInput(
        "tides.py",
        source.content_hash,
        made.hashes,
        made.positions,
        made.tokens,
        len(_TIDES),
        contexts=made.contexts,
        marks=made.marks,
    )
    there = FingerprintStore.open(tmp_path / "there")
    there.put(Origin("folder:tides", "tides", family="tides", root=str(folder)), [file])
    there.export(tmp_path / "team.corpus", with_text=False)
    here = FingerprintStore.open(tmp_path / "here")
    here.import_(tmp_path / "team.corpus")
    return Matcher([here], shipped_common_grams())


def _only(found: list[Match]) -> Match:
    assert len(found) == 1, found
    return found[0]


def test_a_copy_is_a_hint_that_says_it_was_not_compared(matcher: Matcher) -> None:
    match = _only(matcher.match(_METHODS, "python"))
    assert (match.level, match.is_verified) == (Level.HINT, False)
    assert match.exact_run == 0
    assert match.matched_tokens >= 60
    source = match.sources[0]
    assert (source.place.path, source.text) == ("tides.py", "")
    assert abs(source.start_line - 25) <= 4
    assert abs(source.end_line - len(_LINES)) <= 4


def test_a_copy_within_other_code_is_placed_there(matcher: Matcher) -> None:
    text = "def other(request):\n    return request.session.get(name='x')\n\n\n" + _METHODS
    match = _only(matcher.match(text, "python"))
    assert 4 <= match.start_line <= 8
    assert match.end_line >= text.count("\n") - 2


def test_renamed_locals_are_found_too(matcher: Matcher) -> None:
    text = _METHODS.replace("corrected", "fixed").replace("previous", "before").replace("chosen", "some")
    assert _only(matcher.match(text, "python")).matched_tokens >= 60


def test_a_replaced_line_parts_the_run(matcher: Matcher) -> None:
    lines = _METHODS.splitlines(keepends=True)
    lines[4] = "        while self.tries: audit.log('changed', stamp); self.tries -= 1\n"
    changed = matcher.match("".join(lines), "python")
    assert (
        max((match.matched_tokens for match in changed), default=0)
        < _only(matcher.match(_METHODS, "python")).matched_tokens - 10
    )


def test_other_code_is_silent(matcher: Matcher) -> None:
    assert matcher.match(Path(__file__).read_text("utf-8").split("@pytest.fixture")[1], "python") == []


@pytest.mark.parametrize(
    "marks", [[], [1], [1, 1, 3], [1, 127, 128, 300], [5, 5, 100_000, 100_001, 2_000_000]]
)
def test_marks_are_packed_without_loss(marks: list[int]) -> None:
    assert unpacked_marks(packed_marks(np.array(marks, np.uint32))).tolist() == marks


@pytest.mark.parametrize("packed", [b"\x80", b"\xff" * 40, b"\x81\x82", bytes(range(256))])
def test_any_bytes_are_marks(packed: bytes) -> None:
    assert (np.diff(unpacked_marks(packed)) >= 0).all()


@pytest.mark.parametrize(("place", "line"), [(0, 1), (32, 6), (64, 11), (100, 16), (128, 20), (10_000, 20)])
def test_lines_are_estimated_between_marks(place: int, line: int) -> None:
    assert line_of(np.array([1, 11, 20]), place) == line
