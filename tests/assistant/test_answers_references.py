from pathlib import Path

import pytest

from assistant.answers.places import Place, current_file
from assistant.answers.references import References, callers, word_starts
from assistant.engine import Engine
from assistant.retrieval.search import Source
from assistant.settings import Settings

FILES = {
    "doc/pdf.py": '''\
class PdfReader:
    """A PdfReader reads."""

    def parse(self, stream):
        return self.parse(stream)

    def load_pages(self):
        return self.parse(None)


def make_reader():
    return PdfReader()
''',
    "doc/importer.py": """\
from doc.pdf import PdfReader, make_reader


class Importer:
    def load(self, path):
        # PdfReader.parse( is what does it
        reader = PdfReader()
        return reader.parse(path)

    def first(self, path):
        return make_reader().load_pages()[0]
""",
    "doc/kept.py": """\
from doc.pdf import PdfReader


class KeptReader(Reader):
    def parse(self, stream):
        return super().parse(stream)
""",
    "net/http.py": """\
class Request:
    def send(self):
        return self.parse(1)

    def parse(self, body):
        return body
""",
    "tests/test_pdf.py": """\
from doc.pdf import PdfReader


def test_parse():
    assert PdfReader().parse(b"") == []
""",
    "native/pool.c": """\
static void init_workers(void) {
  start();
}

static void init_once(void) {
  init_workers();
}
""",
    "store/loading.go": """\
package store

type Loader interface {
	LoadBlob(id string) []byte
}

type Disk struct{}

func (d *Disk) LoadBlob(id string) []byte {
	return nil
}

func show(repo Loader) {
	repo.LoadBlob("a")
}
""",
    "store/memory.go": """\
package store

type Memory struct{}

func (m *Memory) LoadBlob(id string) []byte {
	return nil
}

func fill(disk *Disk, memory *Memory) {
	memory.LoadBlob("b")
}
""",
    "store/cat.go": """\
package store

func cat(repo any) {
	repo.LoadBlob("c")
}
""",
    "store/warm.go": """\
package store

func warm(repo Memory) {
	repo.LoadBlob("d")
}
""",
    "tree/Builder.java": """\
abstract class Builder {
    abstract boolean process(Token token);

    void run() {
        process(next());
    }
}
""",
    "tree/Told.java": """\
class Told {
    /**
     Give it to the builder:
       {@code builder.process(token);} of a Builder
     */
    void tell() {
    }
}
""",
    "tree/State.java": """\
class State {
    boolean process(Token token, Builder builder) {
        return process(token);
    }

    boolean other(Builder builder) {
        return builder.process(token);
    }

    static final State START = new State() {
        @Override boolean process(Token token, Builder builder) {
            return false;
        }
    };
}
""",
    "native/lib.rs": """\
pub fn open_port(number: u16) -> u16 {
    number
}

#[cfg(test)]
mod tests {
    #[test]
    fn opens() {
        super::open_port(1);
    }
}
""",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    root, cache = tmp_path_factory.mktemp("repo"), tmp_path_factory.mktemp("cache")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    engine = Engine(Settings(Path(cache), Path(cache) / "config.toml"))
    engine.update(root)
    return engine.searcher([root]).sources[0]


def place(source: Source, path: str, name: str) -> Place:
    file = current_file(source, path)
    assert file is not None
    return next(place for place in file.definitions if place.qualified_name == name)


def named(source: Source, path: str, name: str, limit: int = 10) -> tuple[list[str], list[str]]:
    found = callers(source, path, place(source, path, name), limit)
    return _names(found.uses), _names(found.tests)


def _names(references: tuple[object, ...]) -> list[str]:
    return [f"{r.path}:{r.line} {r.caller.qualified_name if r.caller else ''}" for r in references]  # type: ignore[attr-defined]


def test_calls_are_found_with_the_definition_around_them_and_tests_apart(source: Source) -> None:
    uses, tests = named(source, "doc/pdf.py", "PdfReader.parse")
    assert uses == ["doc/importer.py:8 Importer.load", "doc/pdf.py:8 PdfReader.load_pages"]
    assert tests == ["tests/test_pdf.py:5 test_parse"]


def test_a_common_name_does_not_count_where_its_type_is_not_named(source: Source) -> None:
    uses, tests = named(source, "net/http.py", "Request.parse")
    assert (uses, tests) == (["net/http.py:3 Request.send"], [])


def test_a_name_that_says_enough_counts_everywhere(source: Source) -> None:
    uses, _ = named(source, "doc/pdf.py", "PdfReader.load_pages")
    assert uses == ["doc/importer.py:11 Importer.first"]


def test_imports_comments_and_documentation_are_no_references(source: Source) -> None:
    uses, _ = named(source, "doc/pdf.py", "PdfReader")
    assert uses == ["doc/importer.py:7 Importer.load", "doc/pdf.py:12 make_reader"]


def test_a_test_inside_the_source_file_is_a_test(source: Source) -> None:
    uses, tests = named(source, "native/lib.rs", "open_port")
    assert uses == []
    assert tests == ["native/lib.rs:9 tests.opens"]


def test_a_call_alone_on_its_line_is_a_reference(source: Source) -> None:
    uses, _ = named(source, "native/pool.c", "init_workers")
    assert uses == ["native/pool.c:6 init_once"]


def test_a_telling_name_counts_unless_the_file_names_another_type_that_has_it(source: Source) -> None:
    uses, _ = named(source, "store/loading.go", "Disk.LoadBlob")
    assert sorted(uses) == ["store/cat.go:4 cat", "store/loading.go:14 show"]


def test_what_another_type_calls_of_its_own_or_declares_is_no_reference(source: Source) -> None:
    uses, _ = named(source, "tree/Builder.java", "Builder.process")
    assert sorted(uses) == ["tree/Builder.java:5 Builder.run", "tree/State.java:7 State.other"]


def test_no_more_than_asked(source: Source) -> None:
    found = callers(source, "doc/pdf.py", place(source, "doc/pdf.py", "PdfReader.parse"), 1)
    assert isinstance(found, References)
    assert (len(found.uses), len(found.tests), found.complete) == (1, 1, True)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("parse", [0]),
        ("reparse parse_all parser", []),
        ("x.parse(parse)", [2, 8]),
        ("parse\nparse", [0, 6]),
        ("éparse parseé", []),
        ("", []),
    ],
)
def test_words_stand_whole(text: str, starts: list[int]) -> None:
    assert word_starts(text, "parse") == starts
