from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answers.citations import (
    CitationChecker,
    Event,
    FlaggedIdentifier,
    FlaggedQuotation,
    Text,
    TrueCitation,
    UntrueCitation,
)
from assistant.engine import Engine
from assistant.retrieval.search import Source
from assistant.settings import Settings

PDF = '''\
"""Documents in the portable format."""

import io


class PdfReader:
    """Reads PDF documents."""

    def parse(self, stream):
        """Parse a PDF into pages."""
        header = stream.read(8)
        for page in self._split_pages(stream):
            yield page

    def _split_pages(self, stream):
        return []


# Writes what a
# reader has read.
@register
def save_pages(pages, target):
    buffer = io.BytesIO()
    for page in pages:
        buffer.write(page)
    target.write(buffer)
'''

FILES = {
    "src/doc/pdf.py": PDF,
    "src/doc/importer.py": "from doc.pdf import PdfReader\n\n\ndef load_all(it):\n    return PdfReader().parse(it)\n",
    "src/net/port.go": "package net\n\n// OpenPort listens.\nfunc OpenPort(number int) error {\n\treturn nil\n}\n",
    "a/util.py": "A_VALUE = 1\n",
    "b/util.py": "B_VALUE = 2\n",
    "my docs/note one.md": "# Note\n\nSome words.\n",
    "Makefile": "all:\n\techo done\n",
}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> tuple[Source, ...]:
    root, cache = tmp_path_factory.mktemp("repo"), tmp_path_factory.mktemp("cache")
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    (root / ".gitignore").write_text("secret.txt\n")
    (root / "secret.txt").write_text("hidden\n")
    engine = Engine(Settings(cache, cache / "config.toml"))
    engine.update(root)
    return engine.searcher([root]).sources


def checked(sources: tuple[Source, ...], answer: str, question: str = "") -> list[Event]:
    checker = CitationChecker(sources, [question])
    events = checker.feed(answer) + checker.finish()
    assert "".join(event.text for event in events) == answer
    return [event for event in events if not isinstance(event, Text)]


def one(sources: tuple[Source, ...], answer: str) -> Event:
    (event,) = checked(sources, answer)
    return event


@pytest.mark.parametrize(
    "written",
    [
        "[src/doc/pdf.py:9-13]",
        "[./src/doc/pdf.py:9-13]",
        "[src\\doc\\pdf.py:9-13]",
        "[`src/doc/pdf.py:9-13`]",
        "`src/doc/pdf.py:9-13`",
        "src/doc/pdf.py:9-13",
        "[src/doc/pdf.py#L9-L13]",
        "[src/doc/pdf.py:L9-L13]",
        "[src/doc/pdf.py:9\u201313]",
        "[src/doc/pdf.py, lines 9-13]",
        "[see src/doc/pdf.py:9-13]",
        "[pdf.py:9-13]",
        "[the parser](src/doc/pdf.py#L9-L13)",
        "[src/doc/pdf.py:9-13](src/doc/pdf.py#L9-L13)",
        "`src/doc/pdf.py` (lines 9-13)",
        "src/doc/pdf.py, lines 9-13",
        "lines 9-13 of `src/doc/pdf.py`",
    ],
)
def test_every_harmless_form_of_a_true_citation_is_resolved(
    sources: tuple[Source, ...], written: str
) -> None:
    event = one(sources, f"Pages come from {written}.")
    assert isinstance(event, TrueCitation)
    assert (event.path, event.start_line, event.end_line) == ("src/doc/pdf.py", 9, 13)
    assert event.text == written


@pytest.mark.parametrize(
    ("written", "path", "lines"),
    [
        ("(src/net/port.go:4)", "src/net/port.go", (4, 4)),
        ("[my docs/note one.md:1-3]", "my docs/note one.md", (1, 3)),
        ("Makefile:2", "Makefile", (2, 2)),
        ("[src/net/port.go]", "src/net/port.go", (1, 6)),
        ("src/net/port.go:4:6", "src/net/port.go", (4, 4)),
    ],
)
def test_further_forms(sources: tuple[Source, ...], written: str, path: str, lines: tuple[int, int]) -> None:
    event = one(sources, f"Look {written} here")
    assert isinstance(event, TrueCitation)
    assert (event.path, (event.start_line, event.end_line)) == (path, lines)


def test_several_references_in_one_bracket_are_checked_apart(sources: tuple[Source, ...]) -> None:
    events = checked(sources, "See [src/doc/pdf.py:1-3, 99-100; src/net/port.go:4].")
    assert [type(event) for event in events] == [TrueCitation, UntrueCitation, TrueCitation]
    assert [event.text for event in events] == ["src/doc/pdf.py:1-3", "99-100", "src/net/port.go:4"]


@pytest.mark.parametrize(
    ("written", "reason", "hint"),
    [
        ("[src/doc/parser.py:10]", "no such file", ""),
        ("[lib/pdf.py:10]", "no such file", "did you mean src/doc/pdf.py?"),
        ("[src/doc/pdf.py:20-99]", "only 26 lines", ""),
        ("[src/doc/pdf.py:0-3]", "no such line", "lines count from 1"),
        ("[src/doc/pdf.py:9-3]", "no such lines", "9-3 run backwards"),
        ("[util.py:1]", "ambiguous path", "could be a/util.py, b/util.py"),
        ("[secret.txt:1]", "not indexed", "`assist status --files` tells why the file was left out"),
        ("[../../etc/passwd.txt:1]", "no such file", ""),
        ("[/etc/hosts.txt:1]", "no such file", ""),
    ],
)
def test_an_untrue_citation_says_why(
    sources: tuple[Source, ...], written: str, reason: str, hint: str
) -> None:
    event = one(sources, f"It is there {written}.")
    assert event == UntrueCitation(written, reason, hint)


def test_a_path_that_the_model_was_shown_decides_what_its_end_means(sources: tuple[Source, ...]) -> None:
    checker = CitationChecker(sources, given_paths=["b/util.py"])
    (_, event, _) = checker.feed("It is [util.py:1] there. ") + checker.finish()
    assert isinstance(event, TrueCitation)
    assert event.path == "b/util.py"


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/src/doc/pdf.py:10 for more.",
        "It listens on localhost:8080 and 127.0.0.1:80 at 12:30.",
        "Take a[0], items[1:3], [x] and [1] or [note]: nothing.",
        "Uses node.js:18 and and/or.",
        "![shot](src/doc/pdf.py)",
        "[docs](https://example.org/pdf.py#L10) and [part](#usage)",
        "[src/doc/pdf.py:1-3](https://example.org/x)",
    ],
)
def test_what_only_looks_like_a_citation_is_text(sources: tuple[Source, ...], text: str) -> None:
    assert checked(sources, text) == []


@pytest.mark.parametrize(
    "claim",
    [
        "`PdfReader.parse` yields pages [src/doc/pdf.py:9-13].",
        "`parse()` calls `_split_pages` [src/doc/pdf.py:12].",  # inside parse
        "`PdfReader.parse` and `stream` [src/doc/pdf.py:9].",
        "`save_pages` makes a `BytesIO` [src/doc/pdf.py:22].",  # the header alone
        "`save_pages` uses `io.BytesIO` [src/doc/pdf.py:19-20].",  # its leading comment
        "`load_all` calls `PdfReader.parse` [src/doc/pdf.py:9-13].",  # the callee
        "`load_all` calls `PdfReader.parse` [src/doc/importer.py:5].",
        "`load_all` and `OpenPort` [src/doc/importer.py:4][src/net/port.go:4].",
        "It raises `ValueError` or returns `None` [src/doc/pdf.py:9-13].",
        "It does not call `OpenPort` [src/doc/pdf.py:9-13].",
        "[src/doc/pdf.py:9-13] has `parse`. `OpenPort` is elsewhere.",
        "`OpenPort` is elsewhere. [src/doc/pdf.py:9-13] has `parse`.",
        "`parse` yields pages. [src/doc/pdf.py:9-13]\n\nThen `OpenPort` listens.",
        "- `parse`: [src/doc/pdf.py:9-13]\n- `OpenPort`: [src/net/port.go:4]\n",
        "| `parse` | [src/doc/pdf.py:9] |\n| `OpenPort` | [src/net/port.go:4] |\n",
        "`header = stream.read(8)` is first [src/doc/pdf.py:9-13].",
        "`OpenPort` opens. It listens too [src/net/port.go:3-6].",
        "Run `pip install x`, then see [src/doc/pdf.py:9-13].",
    ],
)
def test_lines_that_say_what_is_claimed_are_true(sources: tuple[Source, ...], claim: str) -> None:
    events = checked(sources, claim)
    assert events
    assert all(isinstance(event, TrueCitation) for event in events)


@pytest.mark.parametrize(
    ("claim", "reason", "hint"),
    [
        ("`PdfReader.parse` reads [src/doc/pdf.py:19-25].", "PdfReader.parse", "it is defined at lines 9-13"),
        ("[src/doc/pdf.py:1-3] has `save_pages`.", "save_pages", "it is defined at lines 21-26"),
        ("`save_pages` writes. [src/doc/pdf.py:9-13]", "save_pages", "it is defined at lines 21-26"),
        (
            "`save_pages` is last. It is in [src/doc/pdf.py:9-13].",
            "save_pages",
            "it is defined at lines 21-26",
        ),
        ("`OpenPort` [src/doc/pdf.py:9-13]", "OpenPort", "it is defined in src/net/port.go:4"),
        ("- `OpenPort`: [src/doc/pdf.py:9-13]\n", "OpenPort", "it is defined in src/net/port.go:4"),
        ("### `OpenPort`\n\nSee [src/doc/pdf.py:9-13].", "OpenPort", "it is defined in src/net/port.go:4"),
        ("`save_pages` and `stream` [src/doc/pdf.py:9-13].", "save_pages", "it is defined at lines 21-26"),
        ("save_pages writes them [src/doc/pdf.py:9-13].", "save_pages", "it is defined at lines 21-26"),
        ("`buffer` is written [src/doc/pdf.py:9-13].", "buffer", "it is in lines 23, 25, 26"),
        ("[`save_pages`](src/doc/pdf.py#L9-L13) writes.", "save_pages", "it is defined at lines 21-26"),
        (
            "`target.write(buffer)` ends it [src/doc/pdf.py:9-13].",
            "target.write(buffer)",
            "it is in lines 25, 26",
        ),
    ],
)
def test_lines_that_say_something_else_are_untrue(
    sources: tuple[Source, ...], claim: str, reason: str, hint: str
) -> None:
    (event,) = (event for event in checked(sources, claim) if isinstance(event, UntrueCitation))
    assert (event.reason, event.hint) == (f"the lines do not mention {reason}", hint)


def test_only_the_citation_without_its_name_is_untrue(sources: tuple[Source, ...]) -> None:
    events = checked(sources, "`parse` [src/doc/pdf.py:9] calls `OpenPort` [src/doc/pdf.py:22].")
    assert [type(event) for event in events] == [TrueCitation, UntrueCitation]


def test_the_file_on_disk_decides(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    root.mkdir()
    (root / "a.py").write_text("def first_one():\n    return 1\n")
    engine = Engine(Settings(tmp_path / "cache", tmp_path / "config.toml"))
    engine.update(root)
    sources = engine.searcher([root]).sources
    (root / "a.py").write_text("# new\n# new\ndef first_one():\n    return 1\n")
    assert isinstance(one(sources, "`first_one` [a.py:3-4]"), TrueCitation)
    assert isinstance(one(sources, "`first_one` [a.py:1-2] is"), TrueCitation)  # its leading comment now
    assert isinstance(one(sources, "`first_one` [a.py:5]"), UntrueCitation)
    (root / "a.py").unlink()
    assert one(sources, "[a.py:1]") == UntrueCitation(
        "[a.py:1]", "no such file", "it was indexed, but is gone or no text any more"
    )


@pytest.mark.parametrize(
    ("code", "identifier", "hint"),
    [
        ("PdfReader.frobnicate", "frobnicate", ""),
        ("PdfWriterFactory", "PdfWriterFactory", ""),
        ("load_everything()", "load_everything", ""),
        ("savePages", "savePages", "did you mean save_pages?"),
        ("list[PdfWriterFactory]", "PdfWriterFactory", ""),
    ],
)
def test_names_that_are_nowhere_are_flagged(
    sources: tuple[Source, ...], code: str, identifier: str, hint: str
) -> None:
    assert one(sources, f"Use `{code}` then.") == FlaggedIdentifier(f"`{code}`", identifier, hint=hint)


@pytest.mark.parametrize(
    "code",
    """PdfReader parse() self._split_pages io.BytesIO None asyncio.Lock os.path.join --verbose pip 42 "text" a.py
    src/new/file.py my_function FooBar YourClass <name> https://example.org/x np.einsum_path dict[str,int] #fff v1.2
    teleport Teleporter.beam_up""".split(),
)
def test_names_that_are_known_or_nobodys_are_not_flagged(sources: tuple[Source, ...], code: str) -> None:
    assert checked(sources, f"Use `{code}` then.", "what is teleport, Teleporter.beam_up or FooBar?") == []


TRUE_BLOCK = "    def parse(self, stream):\n        header = stream.read(8)\n"
PARSE = "\n".join(PDF.split("\n")[8:13])


@pytest.mark.parametrize(
    "block",
    [
        PARSE,
        PARSE.replace("    ", "\t"),
        "\n".join(line[4:] for line in PARSE.split("\n")),
        "\n".join(f"{number}: {line}" for number, line in enumerate(PARSE.split("\n"), 9)),
        "    def parse(self, stream):\n        ...\n            yield page",
        "    def parse(self, stream):\n        # ... reads the header\n            yield page",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        "In [src/doc/pdf.py:9-13]:\n\n```python\n{}\n```\n",
        "```python src/doc/pdf.py:9-13\n{}\n```\n",
        "```python\n# src/doc/pdf.py:9-13\n{}\n```\n",
        "```9:13:src/doc/pdf.py\n{}\n```\n",
        "Here:\n\n```\n{}\n```\n\nFrom [src/doc/pdf.py:9-13].",
    ],
)
def test_a_quotation_is_compared_with_its_file(sources: tuple[Source, ...], form: str, block: str) -> None:
    assert not any(isinstance(event, FlaggedQuotation) for event in checked(sources, form.format(block)))
    altered = block.replace("yield page", "yield page, 1")
    flagged = [
        event for event in checked(sources, form.format(altered)) if isinstance(event, FlaggedQuotation)
    ]
    assert [(event.path, event.line.split(": ")[-1].strip()) for event in flagged] == [
        ("src/doc/pdf.py", "yield page, 1")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "`PdfReader` [src/doc/pdf.py:6-16] is used like this:\n\n```python\nreader = PdfReader()\n```\n",
        "It is in [src/doc/pdf.py:6-16].\n\nRun it:\n\n```sh\nmake all\n```\n",
        "```diff\n- src/doc/pdf.py:9\n```\n[src/doc/pdf.py:9]",
        "Make a new file:\n\n```python title=src/doc/new.py\nx = 1\n```\n",
    ],
)
def test_code_that_is_no_quotation_is_not_compared(sources: tuple[Source, ...], text: str) -> None:
    assert not any(isinstance(event, FlaggedQuotation) for event in checked(sources, text))


def test_the_summary_counts(sources: tuple[Source, ...]) -> None:
    checker = CitationChecker(sources)
    checker.feed("`parse` [src/doc/pdf.py:9-13], [nowhere.py:1] and `PdfWriterFactory`.")
    checker.finish()
    summary = checker.summary
    assert (summary.checked, summary.true, summary.untrue, summary.flagged) == (2, 1, 1, 1)


def test_plain_words_are_not_held_back(sources: tuple[Source, ...]) -> None:
    checker = CitationChecker(sources)
    assert checker.feed("The parser reads ") == [Text("The parser reads ")]
    assert checker.feed("all `pages` ") == [Text("all `pages` ")]
    assert checker.feed("```py\nx = 1") == []
    assert checker.feed("\n\n```py\nx = 1") == [Text("```py\nx = 1\n\n```py\nx = 1")]


def test_a_citation_behind_its_claim_waits_for_one_word_only(sources: tuple[Source, ...]) -> None:
    checker = CitationChecker(sources)
    checker.feed("`parse` is here [src/doc/pdf.py:9-13]")
    assert [type(event) for event in checker.feed(" which ")] == [TrueCitation, Text]


ANSWERS = st.lists(
    st.sampled_from(
        [
            *"`[]()#:.,-\n| *~",
            "`parse`",
            "[src/doc/pdf.py:9-13]",
            "src/doc/pdf.py:9",
            "[x](src/doc/pdf.py#L3)",
            "[nowhere.py:3]",
            "`src/doc/pdf.py` (lines 9-13)",
            "lines 9-13 of `pdf.py`",
            "line 4 of src/net/port.go",
            "```python\nx = 1\n```\n",
            "```",
            "\n\n",
            "\n- ",
            "`PdfWriterFactory`",
            " It says ",
            "https://a.b/c.py:3",
            "src/doc/pdf.py, lines 3-4",
            "\u00e9\U0001f600",
        ]
    ),
    max_size=25,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(answer=ANSWERS, data=st.data())
def test_nothing_depends_on_how_the_answer_is_cut(
    sources: tuple[Source, ...], answer: str, data: st.DataObject
) -> None:
    whole = CitationChecker(sources)
    expected = whole.feed(answer) + whole.finish()
    assert "".join(event.text for event in expected) == answer
    checker, events = CitationChecker(sources), list[Event]()
    position = 0
    while position < len(answer):
        size = data.draw(st.integers(1, 7))
        events += checker.feed(answer[position : position + size])
        position += size
    events += checker.finish()
    assert "".join(event.text for event in events) == answer
    assert merged(events) == merged(expected)
    assert checker.summary == whole.summary


def merged(events: list[Event]) -> list[Event]:
    result: list[Event] = []
    for event in events:
        if isinstance(event, Text) and result and isinstance(result[-1], Text):
            result[-1] = Text(result[-1].text + event.text)
        else:
            result.append(event)
    return result
