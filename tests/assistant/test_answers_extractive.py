from pathlib import Path

import pytest

from assistant.answers import Answer, answer
from assistant.answers.extractive import measure
from assistant.answers.found import FOUND
from assistant.engine import Engine
from assistant.errors import QueryError
from assistant.settings import Settings

FILES = {
    "src/pages/pdf.py": '''\
"""Documents with pages."""


class PdfReader:
    """Reads documents that have pages."""

    def parse(self, stream):
        """Parse a PDF into pages; encrypted files need a password."""
        header = stream.read(8)
        return [header]


class ImageReader:
    """Reads pictures."""

    def decode(self, stream):
        """Decode the pixels of a picture."""
        return stream.read()
''',
    "src/pages/importer.py": """\
from pages.pdf import PdfReader


class Importer:
    def load(self, path):
        reader = PdfReader()
        return reader.parse(open(path, "rb"))
""",
    "src/net/port.py": """\
def open_port(number):
    # Listen on a socket.
    return number


def close_port(number):
    return None
""",
    "src/net/port_again.py": "def close_port(number):\n    return number\n",
    "tests/test_pdf.py": """\
from pages.pdf import PdfReader


def test_parse():
    assert PdfReader().parse(None)
""",
    "docs/pdf.md": "# PDF\n\nHow a PDF is parsed by PdfReader, with all its pages.\n",
    "data.bin": "\0\0\0",
}


class Repository:
    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        self.engine = Engine(Settings(cache, cache / "config.toml"))
        self.engine.update(root)

    def ask(self, question: str) -> Answer:
        return answer(self.engine.searcher([self.root]), question, embedder=self.engine.embedder)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("repo"), tmp_path_factory.mktemp("cache"))


def places(found: Answer) -> list[str]:
    return [f"{passage.result.location} {passage.result.name}" for passage in found.passages]


def test_a_place_is_a_whole_definition_with_its_caller_and_its_test(repository: Repository) -> None:
    found = repository.ask("where is a PDF parsed?")
    assert found.found
    assert found.statement == (
        "A PDF is parsed in `PdfReader.parse` (src/pages/pdf.py:7-10), "
        "called from `Importer.load` (src/pages/importer.py:7)."
    )
    assert places(found)[0] == "src/pages/pdf.py:7-10 PdfReader.parse"
    assert {p.reason: p.result.name for p in found.passages if p.reason.startswith(("calls", "tests"))} == {
        "calls PdfReader.parse": "Importer.load",
        "tests it": "test_parse",
    }


@pytest.mark.parametrize(
    "question",
    [
        "where is a PDF parsed?",
        "what calls PdfReader.parse?",
        "where is PdfReader tested?",
        "what does ImageReader do?",
        "where is close_port defined?",
        "how are pictures decoded?",
        "pictures",
    ],
)
def test_every_line_and_place_is_real(repository: Repository, question: str) -> None:
    found = repository.ask(question)
    assert found.found
    assert 1 <= len(found.passages) <= 5
    for passage in found.passages:
        lines = FILES[passage.result.path].splitlines()
        assert passage.lines
        assert passage.result.end_line <= len(lines)
        for line in passage.lines:
            assert lines[line.number - 1] == line.text
            assert passage.result.start_line <= line.number <= passage.result.end_line


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        (
            "where is PdfReader defined?",
            "`PdfReader` is defined in src/pages/pdf.py:4-10 (class), "
            "used by `Importer.load` (src/pages/importer.py:6).",
        ),
        (
            "where is close_port defined?",
            "`close_port` is defined in 2 places: "
            "`close_port` (src/net/port_again.py:1-2) and `close_port` (src/net/port.py:6-7).",
        ),
        (
            "what calls PdfReader.parse?",
            "`PdfReader.parse` (src/pages/pdf.py:7-10) is called from `Importer.load` (src/pages/importer.py:7).",
        ),
        (
            "where is PdfReader tested?",
            "`PdfReader` (src/pages/pdf.py:4-10) is tested by `test_parse` (tests/test_pdf.py:5).",
        ),
        (
            "what calls open_port?",
            "`open_port` (src/net/port.py:1-3): no use of it by name was found.",
        ),
        (
            "what does ImageReader do?",
            "`ImageReader` is a class in src/pages/pdf.py:13-18: “Reads pictures.”",
        ),
    ],
)
def test_questions_about_a_name(repository: Repository, question: str, statement: str) -> None:
    assert repository.ask(question).statement == statement


def test_code_stands_before_prose_unless_prose_is_asked_for(repository: Repository) -> None:
    assert all(".md" not in place for place in places(repository.ask("how is a PDF parsed?")))
    assert any(".md" in place for place in places(repository.ask("what do the docs say on PDF pages")))


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("where is the teleporter?", '"teleporter"'),
        ("where is the kafka consumer implemented?", '"kafka" or "consumer"'),
        ("FrobnicatorFactory", '"FrobnicatorFactory"'),
        ("what calls frobnicate_all?", '"frobnicate_all"'),
    ],
)
def test_what_is_nowhere_is_not_found(repository: Repository, question: str, named: str) -> None:
    found = repository.ask(question)
    assert not found.found
    assert found.passages == ()
    assert found.statement.startswith(
        f"Not found. Nothing in 6 files matches {named} in name, text or meaning"
    )
    assert found.searched.files == 6
    assert found.searched.skipped == {"binary": 1}


def test_the_closest_place_is_named_with_its_score(repository: Repository) -> None:
    found = repository.ask("where are holographic PDF invoices emailed to customers?")
    assert not found.found
    assert found.closest is not None
    assert found.closest.location in found.statement
    assert f"of {FOUND} needed" in found.statement


def test_a_word_that_is_nowhere_is_said_so(repository: Repository) -> None:
    found = repository.ask("where is the PDF password of encrypted files parsed, quixotically")
    assert found.found
    assert found.statement.endswith('No file has "quixotically".')


def test_without_vectors_words_alone_decide(repository: Repository) -> None:
    searcher = repository.engine.searcher([repository.root])
    assert answer(searcher, "where is a PDF parsed?").found
    assert not answer(searcher, "where is the teleporter?").found
    assert measure(searcher, "where is a PDF parsed?", None).cosine is None


def test_an_empty_question_is_refused(repository: Repository) -> None:
    with pytest.raises(QueryError):
        repository.ask("  ")


def test_places_of_several_repositories_are_told_apart(repository: Repository, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / "src").mkdir(parents=True)
    (other / "src/zip.py").write_text("def inflate_archive(data):\n    return data\n")
    repository.engine.update(other)
    searcher = repository.engine.searcher([repository.root, other])
    found = answer(searcher, "where is inflate_archive defined?")
    assert found.statement == "`inflate_archive` is defined in other/src/zip.py:1-2 (function)."


def test_an_empty_repository_has_no_answer(repository: Repository, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    repository.engine.update(empty)
    found = answer(repository.engine.searcher([empty]), "where is a PDF parsed?")
    assert (found.found, found.closest) == (False, None)
    assert found.statement.startswith("Not found. Nothing in 0 files matches")


def test_of_a_trace_the_frames_that_lie_here_are_told(repository: Repository) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/srv/app/run.py", line 3, in main\n    load()\n'
        '  File "/srv/app/src/pages/importer.py", line 7, in load\n    return reader.parse(path)\n'
        '  File "/srv/app/src/pages/pdf.py", line 9, in parse\n    header = stream.read(8)\n'
        "OSError: quixotic 0xdeadbeef\n"
    )
    found = repository.ask(trace)
    assert found.statement == (
        "The trace ends here in `PdfReader.parse` (src/pages/pdf.py:7-10), at line 9, "
        "called from `Importer.load` (src/pages/importer.py:5-7)."
    )
    assert [passage.result.path for passage in found.passages] == [
        "src/pages/pdf.py",
        "src/pages/importer.py",
    ]


def test_a_trace_without_frames_here_is_answered_by_its_message(repository: Repository) -> None:
    trace = (
        'Traceback (most recent call last):\n  File "/srv/other/run.py", line 3, in main\n    load()\n'
        "OSError: encrypted files need a password\n"
    )
    assert repository.ask(trace).statement.startswith(
        "No frame of the trace lies here; nearest to its message is `PdfReader` (src/pages/pdf.py:"
    )
