"""Copied code in an answer: noted right behind its block, nothing held back or changed."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from assistant.answers.citations import Event, Text
from assistant.copies.answers import AnswerCopies, BlockReader, CopiedCode, said_of
from assistant.copies.check import CopyChecker
from tests.assistant.cli_support import Cli, Home
from tests.assistant.copies.copy_support import FROTH, INFUSE, checker_of, workspace
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

SAID = f"Take this:\n\n```python\n{INFUSE}```\n\nand stir.\n"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running("answering") as started:
        yield started


@pytest.fixture
def checker(tmp_path: Path) -> CopyChecker:
    return checker_of(tmp_path, workspace(tmp_path))


def streamed(checker: CopyChecker | None, pieces: Sequence[str]) -> list[Event | CopiedCode]:
    async def run() -> list[Event | CopiedCode]:
        copies = AnswerCopies(checker)
        events = [event for piece in pieces for event in await copies.after(piece, [Text(piece)])]
        return events + await copies.finish([])

    return asyncio.run(run())


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_the_note_stands_right_behind_the_block(checker: CopyChecker, size: int) -> None:
    events = streamed(checker, [SAID[at : at + size] for at in range(0, len(SAID), size)])
    assert "".join(event.text for event in events) == SAID
    (number,) = [number for number, event in enumerate(events) if isinstance(event, CopiedCode)]
    assert "".join(event.text for event in events[:number]) == SAID[: SAID.index("\nand stir")]
    note = events[number]
    assert isinstance(note, CopiedCode)
    assert said_of(note.findings[0]) == (
        "lines 1-9 of the code above are copied from teapot 1.2 (MIT), teapot/brew.py:4-12; "
        "allow: default policy: MIT is permissive"
    )


def test_a_block_that_is_cut_off_is_checked_too(checker: CopyChecker) -> None:
    events = streamed(checker, [f"```py\n{INFUSE}"])
    assert isinstance(events[-1], CopiedCode)


def test_without_a_checker_nothing_changes() -> None:
    assert streamed(None, [SAID]) == [Text(SAID)]


def test_blocks_are_read_as_markdown_has_them() -> None:
    reader = BlockReader()
    blocks = [*reader.feed("~~~js title=a\n```\nx\n~~~\ntext ``` more\n````\n```\n````"), *reader.finish()]
    assert [(block.info, block.text) for block in blocks] == [("js title=a", "```\nx"), ("", "```")]


def test_ask_says_where_code_is_from(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    server: RunningServer,
) -> None:
    root = workspace(tmp_path)
    (root / "kettle.py").write_text("def kettle():\n    return 1\n")
    monkeypatch.chdir(root)
    monkeypatch.setenv("HOME", str(tmp_path))
    cli = Cli(Home(tmp_path), capsys, monkeypatch)
    model = model_that_says(f"So:\n\n```javascript\n{FROTH}```\n\nDone.")
    cli.home.configure(
        f'[backends.b]\nkind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "{model}"\nmax_retries = 0\n'
    )
    assert cli("corpus", "add", "--installed").code == 0
    out = cli("ask", "where is the kettle?").out
    note = "≡ lines 1-9 of the code above are copied from latte 3.0.1 (GPL-3.0-only), froth.js:1-9; deny: "
    assert f"```\n{note}" in out
    assert out.index("pour(milk") < out.index(note) < out.index("Done.")
    (copy,) = json.loads(cli("ask", "--json", "where is the kettle?").out)["copies"]
    assert (copy["verdict"], copy["sources"][0]["licence"]) == ("deny", "GPL-3.0-only")
    assert "*≡ lines 1-9 of the code above" in cli("ask", "--markdown", "where is the kettle?").out
