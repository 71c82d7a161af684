"""What implements a type and where a setting gets its value, in many languages: only what the text says."""

from pathlib import Path

import pytest

from assistant.answers.assignments import assignments
from assistant.answers.extractive import answer
from assistant.answers.places import Place, current_file
from assistant.answers.subtypes import subtypes
from assistant.engine import Engine
from assistant.retrieval.search import Source
from tests.assistant.search_support import engine_in, write_files

LANGUAGES = {
    "python": (
        "class PageReader:\n    pass\n",
        "class Pdf(\n    Base[PageReader],\n    doc.PageReader,\n):\n    pass\n\n\n"
        "class No(Base, of=PageReader):\n    pass\n",
        "py",
        ["Pdf:3"],
    ),
    "java": (
        "public interface PageReader {\n}\n",
        "class Pdf extends Base<PageReader> implements Closeable,\n    PageReader {\n}\n"
        "class No extends Base<PageReader> {\n}\n",
        "java",
        ["Pdf:2"],
    ),
    "kotlin": (
        "interface PageReader\n",
        "class Pdf(\n    val inner: No,\n) : Base(), PageReader {\n}\n\n"
        "class No(val reader: PageReader) : Base() {\n}\n",
        "kt",
        ["Pdf:3"],
    ),
    "csharp": (
        "public interface PageReader {\n}\n",
        "class Pdf : Base, PageReader {\n}\nclass No<T> : Base where T : PageReader {\n}\n",
        "cs",
        ["Pdf:1"],
    ),
    "typescript": (
        "export interface PageReader {\n  a: number;\n}\n",
        "export class Pdf extends Base implements PageReader {}\nexport class No { reader: PageReader; }\n",
        "ts",
        ["Pdf:1"],
    ),
    "cpp": (
        "class PageReader {\n  int a;\n};\n",
        "class Pdf : public PageReader {\n  int b;\n};\nclass No { PageReader reader; };\n",
        "cpp",
        ["Pdf:1"],
    ),
    "rust": (
        "pub trait PageReader {\n    fn read(&self);\n}\n",
        "impl<T> PageReader for Pdf<T> {\n    fn read(&self) {}\n}\nimpl From<PageReader> for No {\n}\n",
        "rs",
        ["Pdf<T>:1"],
    ),
    "ruby": (
        "module PageReader\n  def read; end\nend\n",
        "class Pdf\n  include PageReader\nend\n\nclass Other < PageReader\nend\n\nclass No\n  X = PageReader\nend\n",
        "rb",
        ["Pdf:2", "Other:5"],
    ),
    "elixir": (
        "defmodule PageReader do\n  @callback read() :: any\nend\n",
        "defmodule Pdf do\n  @behaviour PageReader\nend\n\ndefmodule No do\n  def a, do: PageReader\nend\n",
        "ex",
        ["Pdf:2"],
    ),
    "scala": (
        "trait PageReader\n",
        "class Pdf(a: PageReader) extends Base with PageReader {\n}\nclass No(a: PageReader) extends Base {\n}\n",
        "scala",
        ["Pdf:1"],
    ),
    "swift": (
        "protocol PageReader {\n}\n",
        "struct Pdf: PageReader {\n}\nextension Other: PageReader {\n}\nstruct No {\n  var a: PageReader\n}\n",
        "swift",
        ["Pdf:1", "Other:3"],
    ),
    "php": (
        "<?php\ninterface PageReader {\n}\n",
        "<?php\nclass Pdf extends Base implements PageReader {\n}\nclass No extends Base {\n}\n",
        "php",
        ["Pdf:2"],
    ),
}
SETTINGS = {
    "conf/app.toml": "[server]\npool_size = 4\n# pool_size = 5\nmax_pool_size = 6\n",
    "src/pool.py": "def start(pool_size):\n    if pool_size == 3:\n        return\n    use(pool_size)\n",
    "src/settings.py": 'pool_size: int = 3\nOTHER = {"pool_size": 8}\n',
    "tests/test_pool.py": "def test_pool():\n    pool_size = 1\n",
}


def source_of(folder: Path, files: dict[str, str]) -> tuple[Engine, Source]:
    root = write_files(folder / "root", files)
    engine = engine_in(folder / "state")
    engine.update(root)
    return engine, engine.searcher([root]).sources[0]


def type_in(source: Source, path: str, name: str) -> Place:
    file = current_file(source, path)
    assert file is not None
    return next(place for place in file.definitions if place.name == name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_heads_that_name_a_type_are_told_and_other_mentions_are_not(tmp_path: Path, language: str) -> None:
    base, other, suffix, expected = LANGUAGES[language]
    _, source = source_of(tmp_path, {f"base.{suffix}": base, f"other.{suffix}": other})
    found, complete = subtypes(source, f"base.{suffix}", type_in(source, f"base.{suffix}", "PageReader"), 5)
    assert [f"{one.caller.name if one.caller else ''}:{one.line}" for one in found] == expected
    assert complete


def test_what_is_shown_names_the_type_after_an_edit_that_the_index_has_not_seen(tmp_path: Path) -> None:
    base, other, suffix, _ = LANGUAGES["java"]
    _, source = source_of(tmp_path, {f"base.{suffix}": base, f"other.{suffix}": other})
    (tmp_path / "root" / f"other.{suffix}").write_text("\n\nclass Pdf implements PageReader {\n}\n")
    found, _ = subtypes(source, f"base.{suffix}", type_in(source, f"base.{suffix}", "PageReader"), 5)
    assert [one.line for one in found] == [3]


@pytest.mark.parametrize(
    "question",
    [
        "what implements PageReader?",
        "which classes extend PageReader",
        "list all implementations of PageReader",
    ],
)
def test_questions_for_subtypes_are_answered(tmp_path: Path, question: str) -> None:
    base, other, suffix, _ = LANGUAGES["python"]
    engine, source = source_of(tmp_path, {f"base.{suffix}": base, f"other.{suffix}": other})
    told = answer(engine.searcher([source.snapshot.root]), question)
    assert told.statement == ("`PageReader` (base.py:1-2) is extended or implemented by `Pdf` (other.py:3).")
    assert told.passages[0].result.path == "other.py"


def test_a_type_that_nothing_extends_is_said_so(tmp_path: Path) -> None:
    engine, source = source_of(tmp_path, {"base.py": "class PageReader:\n    pass\n"})
    told = answer(engine.searcher([source.snapshot.root]), "what extends PageReader?")
    assert "nothing that names it" in told.statement


def test_implementations_of_a_type_from_elsewhere_are_found(tmp_path: Path) -> None:
    engine, source = source_of(tmp_path, {"pdf.rs": "impl PageReader for Pdf {\n    fn read(&self) {}\n}\n"})
    told = answer(engine.searcher([source.snapshot.root]), "what implements PageReader?")
    assert told.statement == "`PageReader` is extended or implemented by `Pdf` (pdf.rs:1)."


def test_a_module_with_dots_in_its_name_is_one_name(tmp_path: Path) -> None:
    files = {
        "reader.ex": "defmodule Shop.Reader do\n  @callback read() :: any\nend\n",
        "pdf.ex": "defmodule Shop.Pdf do\n  @behaviour Shop.Reader\nend\n",
        "query.ex": "defmodule Shop.Query do\n  def reader(a) do\n    a\n  end\nend\n",
    }
    engine, source = source_of(tmp_path, files)
    told = answer(engine.searcher([source.snapshot.root]), "what implements Shop.Reader?")
    assert told.statement == (
        "`Shop.Reader` (reader.ex:1-3) is extended or implemented by `Shop.Pdf` (pdf.ex:2)."
    )


def test_a_docstring_assigns_nothing(tmp_path: Path) -> None:
    text = 'def start():\n    """Start.\n\n    Set pool_size=3 to do so.\n    """\n'
    _, source = source_of(tmp_path, {"a.py": text})
    assert assignments(source, "pool_size", 9) == ()


def test_a_setting_gets_its_value_in_configuration_first(tmp_path: Path) -> None:
    _, source = source_of(tmp_path, SETTINGS)
    found = [(one.path, one.line) for one in assignments(source, "pool_size", 9)]
    assert found == [("conf/app.toml", 2), ("src/settings.py", 1), ("tests/test_pool.py", 2)]


def test_where_a_setting_is_configured_is_answered(tmp_path: Path) -> None:
    engine, source = source_of(tmp_path, SETTINGS)
    told = answer(engine.searcher([source.snapshot.root]), "where is pool_size configured?")
    assert told.found
    assert told.statement.startswith("`pool_size` gets a value in conf/app.toml:2, src/settings.py:1")
