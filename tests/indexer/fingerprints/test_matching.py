"""Copies are found, renamed ones too; what everybody writes is not; the lines and the file are right."""

from pathlib import Path

import pytest

from indexer.discovery import SkippedFile, read_source
from indexer.fingerprints.commonness import shipped_common_grams
from indexer.fingerprints.evidence import Level
from indexer.fingerprints.fingerprints import fingerprint
from indexer.fingerprints.matching import Match, Matcher
from indexer.fingerprints.model import FileInput, Origin, Place
from indexer.fingerprints.store import FingerprintStore
from indexer.languages import language_of

_ORIGINAL = '''"""Tides."""

import math
from collections import deque

LIMIT = 12


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
'''
_LINES = _ORIGINAL.splitlines(keepends=True)
_FUNCTION = "".join(_LINES[8:19])
_METHOD = "".join(_LINES[27:34])
_UNRELATED = """
def page(request, number):
    rows = request.session.query(Invoice).offset(number * 20).limit(20)
    return render("invoices.html", {"rows": rows.all(), "next": number + 1})
"""
_OTHER = """
def purge(self, keys):
    while keys:
        with self.lock, open(keys.pop()) as stream:
            self.send(stream.read(), retry=None)

"""


def _add(store: FingerprintStore, root: Path, name: str, files: dict[str, str]) -> None:
    folder = root / name
    inputs = []
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
        source = read_source(folder, path)
        assert not isinstance(source, SkippedFile)
        made = fingerprint(text, language_of(path).name)
        inputs.append(
            FileInput(
                path,
                source.content_hash,
                made.hashes,
                made.positions,
                made.tokens,
                len(text),
                contexts=made.contexts,
                marks=made.marks,
            )
        )
    store.put(Origin(f"folder:{name}", name, family=name, root=str(folder)), inputs)


@pytest.fixture
def store(tmp_path: Path) -> FingerprintStore:
    made = FingerprintStore.open(tmp_path / "store")
    _add(made, tmp_path, "tides", {"src/tides.py": _ORIGINAL, "src/other.py": _UNRELATED})
    return made


@pytest.fixture
def matcher(store: FingerprintStore) -> Matcher:
    return Matcher([store], shipped_common_grams())


def _only(found: list[Match]) -> Match:
    assert len(found) == 1, found
    return found[0]


def test_a_verbatim_copy_is_a_warning_with_file_and_lines(matcher: Matcher) -> None:
    match = _only(matcher.match(_FUNCTION, "python"))
    assert match.level is Level.WARNING
    assert (match.start_line, match.end_line) == (1, 11)
    source = match.sources[0]
    assert (source.place.origin.name, source.place.path) == ("tides", "src/tides.py")
    assert (source.start_line, source.end_line) == (9, 19)
    assert match.renamed == ()
    assert match.exact_run == match.matched_tokens


def test_a_copy_within_other_code_is_found_where_it_stands(matcher: Matcher) -> None:
    match = _only(matcher.match(_OTHER + _METHOD + _OTHER, "python"))
    assert (match.start_line, match.end_line) == (7, 13)
    assert (match.sources[0].start_line, match.sources[0].end_line) == (28, 34)


def test_white_space_and_comments_do_not_matter(matcher: Matcher) -> None:
    text = "".join(
        "# said\n" + line.replace("    ", "\t").replace(", ", ",\n\t\t\t")
        for line in _METHOD.splitlines(True)
    )
    match = _only(matcher.match(text, "python"))
    assert match.level is Level.WARNING
    assert (match.sources[0].start_line, match.sources[0].end_line) == (28, 34)


def test_renamed_locals_are_a_hint_that_names_them(matcher: Matcher) -> None:
    text = _METHOD.replace("corrected", "fixed").replace("previous", "before").replace("level", "height")
    match = _only(matcher.match(text, "python"))
    assert match.level is Level.HINT
    assert set(match.renamed) == {("fixed", "corrected"), ("before", "previous"), ("height", "level")}
    assert match.matched_tokens > match.exact_run


def test_names_that_are_mixed_up_are_no_renaming(matcher: Matcher) -> None:
    names = iter(f"name{number}" for number in range(100))
    words = ("corrected", "previous", "level", "stamp")
    text = _METHOD
    for word in words:
        head, *parts = text.split(word)
        text = head + "".join(next(names) + part for part in parts)
    assert matcher.match(text, "python") == []


@pytest.mark.parametrize("changed", [3, 5, 7, 9])
def test_a_changed_line_does_not_hide_a_copy(matcher: Matcher, changed: int) -> None:
    lines = _FUNCTION.splitlines(keepends=True)
    lines[changed] = '    audit.log("changed", window)\n'
    match = _only(matcher.match("".join(lines), "python"))
    assert match.sources[0].place.path == "src/tides.py"
    assert match.end_line - match.start_line >= 6


def test_an_inserted_line_does_not_hide_a_copy(matcher: Matcher) -> None:
    lines = _FUNCTION.splitlines(keepends=True)
    lines.insert(6, "        print(stamp, flush=True, file=sys.stderr)\n")
    match = _only(matcher.match("".join(lines), "python"))
    assert (match.sources[0].start_line, match.sources[0].end_line) == (9, 19)


def test_unrelated_code_is_silent(matcher: Matcher) -> None:
    assert matcher.match(Path(__file__).read_text("utf-8").split("def _add")[1], "python") == []


def test_imports_alone_are_silent(tmp_path: Path) -> None:
    imports = "".join(f"from package_{n}.module import first_{n}, second_{n}\n" for n in range(40))
    store = FingerprintStore.open(tmp_path / "store")
    _add(store, tmp_path, "imports", {"a.py": imports})
    assert Matcher([store], shipped_common_grams()).match(imports, "python") == []


def test_what_three_families_share_is_silent(
    store: FingerprintStore, tmp_path: Path, matcher: Matcher
) -> None:
    assert matcher.match(_METHOD, "python")
    for number in range(3):
        _add(
            store,
            tmp_path,
            f"other{number}",
            {f"b{number}.py": f"VALUE = {number}\n\n\nclass A:\n" + _METHOD},
        )
    assert [match for match in matcher.match(_METHOD, "python") if match.level is Level.WARNING] == []


def test_all_places_of_a_copy_are_named(store: FingerprintStore, tmp_path: Path, matcher: Matcher) -> None:
    _add(store, tmp_path, "fork", {"tides.py": _ORIGINAL, "more.py": "A = 1\n\n\n" + _FUNCTION})
    match = _only(matcher.match(_FUNCTION, "python"))
    assert {(source.place.origin.name, source.place.path) for source in match.sources} == {
        ("tides", "src/tides.py"),
        ("fork", "tides.py"),
        ("fork", "more.py"),
    }


def test_an_excluded_place_is_not_named(store: FingerprintStore, tmp_path: Path, matcher: Matcher) -> None:
    _add(store, tmp_path, "fork", {"tides.py": _ORIGINAL})

    def exclude(place: Place) -> bool:
        return place.origin.name == "tides"

    match = _only(matcher.match(_FUNCTION, "python", exclude=exclude))
    assert [source.place.origin.name for source in match.sources] == ["fork"]
    assert matcher.match(_FUNCTION, "python", exclude=lambda place: True) == []


def test_only_the_lines_asked_for_are_evidence(matcher: Matcher) -> None:
    text = _OTHER + _FUNCTION
    assert matcher.match(text, "python", lines=range(1, 8)) == []
    assert len(matcher.match(text, "python", lines=range(8, 19))) == 1
    assert matcher.match(text, "python", lines=[]) == []


def test_a_changed_source_is_not_shown(store: FingerprintStore, tmp_path: Path) -> None:
    (tmp_path / "tides" / "src" / "tides.py").write_text("gone = True\n", "utf-8")
    assert Matcher([store], shipped_common_grams()).match(_FUNCTION, "python") == []


def test_a_removed_source_is_not_shown(store: FingerprintStore, tmp_path: Path) -> None:
    (tmp_path / "tides" / "src" / "tides.py").unlink()
    assert Matcher([store], shipped_common_grams()).match(_FUNCTION, "python") == []


def test_no_time_finds_nothing(matcher: Matcher) -> None:
    assert matcher.match(_FUNCTION, "python", limit_s=-1.0) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "x",
        '"' * 3,
        "\x00\ud800" * 100,
        "(" * 5000,
        "a=1;" * 5000,
        _FUNCTION[:200] + '"""' + _FUNCTION,
    ],
)
@pytest.mark.parametrize("language", ["python", "javascript", None, "no such language"])
def test_any_text_can_be_matched(matcher: Matcher, text: str, language: str | None) -> None:
    for match in matcher.match(text, language):
        assert 1 <= match.start_line <= match.end_line <= text.count("\n") + 1
