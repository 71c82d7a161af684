"""Exact search against a naive scan: narrowing by the index and by bytes may never lose a match."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import regex
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assistant.engine import Engine
from assistant.retrieval import traces
from assistant.retrieval.exact import Budget, find_matches, matchers_of
from assistant.retrieval.patterns import certain_of_literal, certain_of_regex
from assistant.retrieval.query import Query, QueryKind, parse_query
from assistant.retrieval.repository import Repository
from assistant.retrieval.search import Source
from assistant.retrieval.sources import SourceReader
from indexer.discovery import DiscoveryRules, read_source
from indexer.discovery import Source as SourceText
from indexer.index.snapshot import Snapshot
from indexer.lexical.terms import TermExpander
from tests.assistant.search_support import engine_in, write_files

Place = tuple[str, int]

LONG_WORD = "x" * 70
LONG_LINE = " ".join(f"identifier_number_{number}_of_a_long_list" for number in range(120))
PASTURE: dict[str, str | bytes] = {
    "start.py": "first_word stands at the start\nget_user_name(self._pool)\nHTTPServer2 = getUserName\n",
    "end.py": "x = 1\nlast line ends without a break: last_word",
    "camel.js": "const parseHTTPResponse = (a, b) => a.b->c;\nfoo2bar FOO_BAR __init__ _ __ a1b2c3\n",
    "words.txt": f"running runs ran runner {LONG_WORD} and {LONG_WORD}_tail\nprefix{LONG_WORD} end\n",
    "unicode.txt": "Müller grüßt Łódź naïve_café İstanbul \u212aelvin \u017fharp\n日本語 テスト_x Привет мир ñandú\n",
    "latin.txt": "Müller grüßt naïve café\nnext line\n".encode("latin-1"),
    "wide.txt": "wide_needle Müller\nsecond wide line\n".encode("utf-16"),
    "wide_be.txt": "\ufeffbig endian needle\nwide again\n".encode("utf-16-be"),
    "marked.txt": "\ufeffmarked first line\nsecond\n".encode("utf-8"),
    "windows.txt": "alpha beta\r\ngamma delta\r\n\r\nepsilon\r\n",
    "blank.txt": "\n\n  \n\nonly_word\n\n\n",
    "data.json": '{"key": "value", "list": [1, 2, 3],\n "long": "' + LONG_LINE + '"}\n' + "// short\n" * 100,
    "deep/nested/same.py": "def first_word():\n    return get_user_name\n",
    "units.txt": "area in m2 and cm2\n",
}


class Pasture:
    """An indexed repository with a naive scan beside the search."""

    def __init__(self, root: Path, engine: Engine) -> None:
        self.root = root
        snapshot = engine.snapshot(root)
        assert snapshot is not None
        self.snapshot: Snapshot = snapshot
        self.expander = TermExpander()
        source = Source(snapshot, SourceReader(root, DiscoveryRules()))
        self.repository = Repository(source, self.expander, None)
        self.texts = {path: _text(root, path) for path in snapshot.paths}

    def found(self, query: Query) -> set[Place]:
        """Places by the search."""
        matchers = matchers_of(query)
        terms = {term for m in matchers for word in m.certain.words for term in self.expander.terms_of(word)}
        rows = range(len(self.snapshot.files))
        matches = find_matches(self.repository, matchers, terms, rows, Budget(600.0, 10**9))
        return {(self.snapshot.paths[match.file], line) for match in matches for line in match.lines}

    def scanned(self, patterns: Sequence["regex.Pattern[str]"]) -> set[Place]:
        """Places by a scan of everything, line starts first found by counting."""
        found: set[Place] = set()
        for path, text in self.texts.items():
            total = text.count("\n") + (not text.endswith("\n") and bool(text))
            starts = [
                {text.count("\n", 0, match.start()) + 1 for match in pattern.finditer(text, overlapped=True)}
                for pattern in patterns
            ]
            lines = [{line for line in some if line <= total} for some in starts]
            if all(lines):
                found |= {(path, line) for some in lines for line in some}
        return found


def _text(root: Path, path: str) -> str:
    source = read_source(root, path)
    assert isinstance(source, SourceText)
    return source.text.decode()


@pytest.fixture(scope="module")
def pasture(tmp_path_factory: pytest.TempPathFactory) -> Pasture:
    folder = tmp_path_factory.mktemp("exact")
    root = write_files(folder / "pasture", PASTURE)
    engine = engine_in(folder)
    engine.update(root)
    found = Pasture(root, engine)
    assert set(found.texts) == set(PASTURE), (
        "every file has to be indexed for the comparison to mean anything"
    )
    return found


def literal_query(*literals: str) -> Query:
    return Query(" ".join(literals), QueryKind.LITERAL, "", literals=literals)


def regex_query(pattern: str, ignore_case: bool = False) -> Query:
    compiled = re.compile(pattern, re.MULTILINE | (re.IGNORECASE if ignore_case else 0))
    return Query(pattern, QueryKind.REGEX, pattern, regex=compiled)


cuts = st.tuples(st.sampled_from(sorted(PASTURE)), st.integers(0, 10**6), st.integers(1, 60))
any_case = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def cut_from(pasture: Pasture, cut: tuple[str, int, int]) -> str:
    path, start, length = cut
    text = pasture.texts[path]
    assume(text)
    start %= len(text)
    return text[start : start + length]


@any_case
@given(cut=cuts)
def test_no_literal_is_lost(pasture: Pasture, cut: tuple[str, int, int]) -> None:
    literal = cut_from(pasture, cut)
    found = pasture.found(literal_query(literal))
    lines = [regex.escape(line) for line in literal.replace("\r\n", "\n").split("\n")]
    assert found == pasture.scanned([regex.compile(r"\r?\n".join(lines))])
    assert found


@any_case
@given(first=cuts, second=cuts)
def test_several_literals_must_stand_in_one_file(
    pasture: Pasture, first: tuple[str, int, int], second: tuple[str, int, int]
) -> None:
    literals = [cut_from(pasture, (cut[0], cut[1], 1 + cut[2] % 8)).strip() for cut in (first, second)]
    assume(all(literals))
    patterns = [regex.compile(regex.escape(literal)) for literal in literals]
    assert pasture.found(literal_query(*literals)) == pasture.scanned(patterns)


pieces = st.sampled_from(
    [
        r"\b",
        r"\s+",
        r"\s*",
        r"\w+",
        r"\W",
        ".",
        ".*",
        "^",
        "$",
        r"(?:x|foo)?",
        "[ab]",
        "[^a]",
        "(?=.)",
        "(?i:a)",
        r"\d*",
    ]
)


@any_case
@given(
    cut=cuts, inserted=st.lists(st.tuples(st.integers(0, 60), pieces), max_size=3), ignore_case=st.booleans()
)
def test_no_match_of_a_regular_expression_is_lost(
    pasture: Pasture, cut: tuple[str, int, int], inserted: list[tuple[int, str]], ignore_case: bool
) -> None:
    literal = cut_from(pasture, cut)
    parts = [re.escape(character) for character in literal]
    for position, piece in inserted:
        parts.insert(position % (len(parts) + 1), piece)
    query = regex_query("".join(parts), ignore_case)
    flags = regex.VERSION0 | regex.MULTILINE | (regex.IGNORECASE if ignore_case else 0)
    assert pasture.found(query) == pasture.scanned([regex.compile("".join(parts), flags)])


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "^",
        "$",
        r"\Z",
        "x*",
        "^$",
        "foo|get_user_name",
        "(get|set)_user_name",
        "(?i)GET_USER_NAME",
        "(?i:get)_user_name",
        "(?s)first_word.*self",
        "(?x) first _word",
        "(?a)caf\\b",
        r"a\nb",
        r"alpha beta\r\ngamma",
        r"(?<=get_)user",
        r"(?<!get_)user",
        r"user(?=_name)",
        "first_word (stands)? at",
        "first_word stands? at",
        "first_word (?:stands ){1,2}at",
        r"(\w+) \1",
        "running (?:runs|walks) ran",
        "[r]uns ran",
        "[^x]runs[ ]ran[ ]",
        r"\bruns\b.\bran\b",
        r"\Aalpha",
        "k", "K", "\u212a", "s", "\u017f", "İ", "i", "ß", "SS",
        "x{2,}",
        "a{i}",
        "(?>alpha) beta",
        "alpha++ beta",
        r"(?P<name>alpha) (?P=name)?",
        r"[\w ]+\.",
        r"item7_of_list \w+",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ignore_case", [False, True])
def test_constructs_of_regular_expressions(pasture: Pasture, pattern: str, ignore_case: bool) -> None:
    flags = regex.VERSION0 | regex.MULTILINE | (regex.IGNORECASE if ignore_case else 0)
    expected = pasture.scanned([regex.compile(pattern.replace("a{i}", r"a\{i\}"), flags)])
    assert pasture.found(regex_query(pattern, ignore_case)) == expected


def test_a_word_cut_between_chunks_of_one_line_is_found(pasture: Pasture) -> None:
    chunks = pasture.snapshot.chunks.records
    file = pasture.snapshot.file_row("data.json")
    text = pasture.texts["data.json"].encode()
    cuts = [int(row["end_byte"]) for row in chunks if row["file"] == file][:-1]
    inside = [cut for cut in cuts if text[cut - 1 : cut + 1].isalnum()]
    assert inside, "the line is cut inside a word"
    for cut in inside:
        literal = text[cut - 40 : cut + 40].decode()
        assert certain_of_literal(literal).words
        assert {path for path, _ in pasture.found(literal_query(literal))} == {"data.json"}


def test_a_line_feed_finds_both_kinds_of_line_end(pasture: Pasture) -> None:
    assert pasture.found(literal_query("beta\ngamma")) == {("windows.txt", 1)}
    assert pasture.found(literal_query("start\nget_user")) == {("start.py", 1)}


@pytest.mark.parametrize(
    ("literal", "words", "needle"),
    [
        ("onnec", set(), b"onnec"),
        ("self._pool", set(), b"self._pool"),
        ("(self, pool)", {"self", "pool"}, b"(self, pool)"),
        (" one two ", {"one", "two"}, b" one two "),
        ("a\nlonger b", {"longer"}, b"longer b"),
        ("grüßt", set(), b"gr"),
        ("日本", set(), b""),
    ],
)
def test_what_is_certain_of_a_literal(literal: str, words: set[str], needle: bytes) -> None:
    certain = certain_of_literal(literal)
    assert (set(certain.words), certain.needle) == (words, needle)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\bfoo\b", {"foo"}),
        (r"^class Foo\b", {"class", "Foo"}),
        (r"def \w+\(self, request\)", {"self", "request"}),
        (r"(a b c)d", {"b"}),
        (r"\sfoo\s+bar$", {"foo", "bar"}),
        (r"\sfoo\s*bar$", set()),
        (r"foo", set()),
        (r" foo? ", set()),
        (r"( foo )?", set()),
        (r" foo | bar ", set()),
        (r"(?i) foo ", set()),
        (r"(?i: foo ) bar ", {"bar"}),
        (r"(?a)\bfoo\b", set()),
        (r"(?= foo )", set()),
        (r"(?! foo )", set()),
        (r" (?:foo) ", {"foo"}),
        (r"[ ]foo[^\w]", set()),
        (r"[\s(]foo[\W]", {"foo"}),
    ],
)
def test_words_that_are_certain_of_a_regular_expression(pattern: str, words: set[str]) -> None:
    assert certain_of_regex(re.compile(pattern, re.MULTILINE)).words == words


def test_needle_of_a_regular_expression_ignores_letters_with_other_cases() -> None:
    certain = certain_of_regex(re.compile("Quick brown", re.IGNORECASE))
    assert (certain.needle, certain.lowered) == (b" brown", True)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*a){25}b", r"(\w+\s?)+!"])
def test_no_pattern_hangs_a_search(tmp_path: Path, pattern: str) -> None:
    text = "\n".join(["a" * 120 + "c", "aa " * 40 + "c"])
    root = write_files(tmp_path / "repo", {"a.txt": text})
    engine = engine_in(tmp_path)
    engine.update(root)
    response = engine.search(f"/{pattern}/", [root])
    assert response.kind is QueryKind.REGEX  # a search that hangs does not come back


def test_files_that_take_too_long_are_left_out_with_a_note(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"slow.txt": "a" * 4_900 + "b\n", "z.txt": "fast aab\n"}
    root = write_files(tmp_path / "repo", files)
    engine = engine_in(tmp_path)
    engine.update(root)
    response = engine.search("/(a+)+$|aab/", [root])
    assert [result.path for result in response.results] == ["z.txt"]
    assert any("1 file took longer" in note for note in response.notes)


def test_a_spent_budget_says_how_much_was_left_unread(pasture: Pasture) -> None:
    rows = range(len(pasture.snapshot.files))
    budget = Budget(seconds=0.0)
    assert list(find_matches(pasture.repository, matchers_of(literal_query("a")), (), rows, budget)) == []
    assert budget.notes() == (
        f"stopped after 0 s with {len(PASTURE)} files unread; narrow the search with path: or lang:",
    )
    budget = Budget(matching_files=2)
    found = list(find_matches(pasture.repository, matchers_of(literal_query("e")), (), rows, budget))
    assert len(found) == 2
    assert "so many files match" in budget.notes()[0]


def test_a_query_of_both_needs_both(pasture: Pasture) -> None:
    query = parse_query('"get_user_name" /self|nothing/', is_trace=traces.is_trace)
    assert pasture.found(query) == {("start.py", 2)}


def test_a_file_gone_or_changed_since_indexing(tmp_path: Path) -> None:
    root = write_files(tmp_path / "repo", {"gone.txt": "needle here\n", "changed.txt": "needle\n"})
    engine = engine_in(tmp_path)
    engine.update(root)
    (root / "gone.txt").unlink()
    (root / "changed.txt").write_text("one\ntwo\nneedle\n\n\n")
    (result,) = engine.search('"needle"', [root]).results
    assert (result.path, result.start_line, result.end_line, result.lines) == ("changed.txt", 3, 3, (3,))
