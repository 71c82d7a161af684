from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.answers import Passage, passage
from assistant.engine import Engine
from assistant.retrieval import traces
from assistant.retrieval.query import Query, parse_query
from assistant.retrieval.results import SearchResult
from assistant.retrieval.search import Source
from assistant.settings import Settings

FILES = {
    "src/doc/pdf.py": '''\
"""Documents in the portable format."""

import io


class PdfReader:
    """Reads PDF documents."""

    def parse(self, stream):
        """Parse a PDF into pages; encrypted files need `password`."""
        header = stream.read(8)
        for page in self._pages(stream):
            yield page

    def _pages(self, stream):
        return []
''',
    "src/net/port.go": """\
package net

// OpenPort listens on a TCP port.
func OpenPort(number int) error {
	return nil
}
""",
    "notes/window.md": "# Windows\r\n\r\nThe zebra window opens.\r\n",
}


class Repository:
    """A small repository with its index."""

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.engine = Engine(Settings(cache, cache / "config.toml"))
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(text.encode())
        self.engine.update(root)

    @property
    def source(self) -> Source:
        return self.engine.searcher([self.root]).sources[0]

    def query(self, raw: str) -> Query:
        return parse_query(raw, is_trace=traces.is_trace, strict=False)

    def first(self, raw: str) -> SearchResult:
        return self.engine.searcher([self.root]).search(self.query(raw), 5).results[0]

    def passage(self, raw: str, max_lines: int = 5) -> Passage:
        return passage(self.source, self.first(raw), self.query(raw), max_lines)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path / "repo"
    root.mkdir()
    return Repository(root, tmp_path / "cache")


def shown(found: Passage) -> list[int]:
    return [line.number for line in found.lines]


def highlights(found: Passage) -> list[str]:
    return [line.text[start:end] for line in found.lines for start, end in line.matches]


def test_the_signature_and_the_documentation_are_shown_with_what_matches(repository: Repository) -> None:
    found = repository.passage("where is a PDF parsed?")
    assert found.result.path == "src/doc/pdf.py"
    texts = [line.text.strip() for line in found.lines]
    assert "def parse(self, stream):" in texts
    assert '"""Parse a PDF into pages; encrypted files need `password`."""' in texts
    assert {"parse", "Parse", "PDF"} <= set(highlights(found))


def test_documentation_above_a_definition_is_shown(repository: Repository) -> None:
    found = repository.passage("listen on a port")
    assert shown(found) == [3, 4]


@pytest.mark.parametrize("max_lines", [1, 2, 3])
def test_no_more_lines_than_asked_and_in_order(repository: Repository, max_lines: int) -> None:
    numbers = shown(repository.passage("where are PDFs parsed into pages of a stream?", max_lines))
    assert len(numbers) == max_lines
    assert numbers == sorted(numbers)


def test_every_line_is_in_the_file_without_its_end(repository: Repository) -> None:
    found = repository.passage("zebra window")
    lines = (repository.root / found.result.path).read_text("utf-8").splitlines()
    assert found.lines
    assert all(lines[line.number - 1] == line.text for line in found.lines)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("PdfReader", "defines PdfReader"),
        ("where does `PdfReader` read", "defines PdfReader"),
        ('"zebra window"', 'contains "zebra window"'),
        ("/ze[b]ra/", "matches the expression"),
        ("src/net/port.go", "path matches"),
        ("encrypted password", 'comments match "encrypted", "password"'),
        ("how is a port opened", 'name, file name and comments match "port", "opened"'),
        ("zebra", 'text matches "zebra"'),
        ('File "src/doc/pdf.py", line 10, in parse', "frame of the trace"),
    ],
)
def test_the_reason_says_what_can_be_checked(repository: Repository, raw: str, reason: str) -> None:
    assert repository.passage(raw).reason == reason


def test_only_the_literal_is_highlighted_for_a_quoted_query(repository: Repository) -> None:
    assert highlights(repository.passage('"zebra window"')) == ["zebra window"]


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("/return [n]il/", "OpenPort"),
        ("/for page/", "PdfReader.parse"),
        ("pdf.py:16", "PdfReader._pages"),
        ('File "src/doc/pdf.py", line 12, in parse', "PdfReader.parse"),
        ("pages of nothing", "PdfReader._pages"),
    ],
)
def test_a_place_is_called_after_the_definition_that_matches(
    repository: Repository, raw: str, name: str
) -> None:
    assert repository.passage(raw).result.name == name


@pytest.mark.parametrize(("raw", "lines"), [("src/doc/pdf.py", [6, 9, 15]), ("src/net/port.go", [4])])
def test_a_file_asked_for_by_its_path_shows_what_it_defines(
    repository: Repository, raw: str, lines: list[int]
) -> None:
    assert shown(repository.passage(raw)) == lines


def moved(text: str) -> str:
    return "# one\n# two\n\n" + text


def edited(text: str) -> str:
    return moved(text).replace("header = ", "first = ")


@pytest.mark.parametrize("change", [moved, edited])
def test_a_place_in_a_changed_file_is_found_again(
    repository: Repository, change: Callable[[str], str]
) -> None:
    query, result = repository.query("where are PDFs parsed?"), repository.first("where are PDFs parsed?")
    before = passage(repository.source, result, query, 3)
    path = repository.root / result.path
    path.write_text(change(FILES["src/doc/pdf.py"]))
    after = passage(repository.source, result, query, 3)
    assert [line.text for line in after.lines] == [line.text for line in before.lines]
    assert shown(after) == [number + 3 for number in shown(before)]
    assert after.result.start_line <= shown(after)[0]
    assert shown(after)[-1] <= after.result.end_line


def test_a_place_that_is_gone_has_no_lines(repository: Repository) -> None:
    query, result = repository.query("where are PDFs parsed?"), repository.first("where are PDFs parsed?")
    path = repository.root / result.path
    path.write_text("nothing = 1\n")
    assert passage(repository.source, result, query, 3).lines == ()
    path.unlink()
    found = passage(repository.source, result, query, 3)
    assert (found.lines, found.reason) == ((), "changed since it was indexed")
