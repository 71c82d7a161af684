"""Completions from the repository in the language server: the real process, no model, requests as an editor's.

At token starts sampled in code of the tree, everything behind the cursor is taken away, the edit is sent, and a request
for an inline completion right behind it.

answer    from sending the request to its answer, over all positions and over those with a suggestion
start     from the start of the process to the answer to a first completion, on an index that is up to date; the
          document is opened and the completion asked for as soon as the server is initialized

    python -m benchmarks.lsp_completion --tree DIR
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import options
from benchmarks.corpus import copy_first
from benchmarks.lsp_client import Client, client_of
from benchmarks.measure import percentile
from benchmarks.results import Figure

BENCHMARK = "completions in the language server"
FILES, DOCUMENTS, STARTS, SEED = 1_000, 20, 7, 17
_TOKEN = re.compile(r"\w+|[^\w\s]")
_CODE = (".py", ".js", ".ts", ".go", ".java", ".rs", ".c", ".rb", ".php", ".cs")
_FEWEST_LINES = 40


@dataclass(frozen=True, slots=True)
class Answered:
    """One request: how long it took, and how much was suggested."""

    ms: float
    chars: int


def positions(text: str, count: int, choose: random.Random) -> list[tuple[int, int]]:
    """Line and column of token starts in the second half of a file, ascending; columns in UTF-16 units."""
    lines = text.split("\n")
    found = []
    for number in range(len(lines) // 2, len(lines)):
        line = lines[number]
        if line.isascii() and line.strip()[:1] not in ("", "#", "/", "*", '"'):
            found += [(number, match.start()) for match in _TOKEN.finditer(line)]
    return sorted(choose.sample(found, min(count, len(found))))


async def answers_in(client: Client, file: Path, count: int, choose: random.Random) -> list[Answered]:
    """Complete at some positions of a file, one after the other, as if it were being written."""
    text = file.read_text("utf-8", "replace").replace("\r\n", "\n")
    item: dict[str, Any] = {"uri": file.as_uri(), "languageId": "plaintext", "version": 1, "text": text}
    client.notify("textDocument/didOpen", {"textDocument": item})
    found = []
    for version, (line, column) in enumerate(positions(text, count, choose), start=2):
        written = "\n".join([*text.split("\n")[:line], text.split("\n")[line][:column]])
        identifier = {"uri": file.as_uri(), "version": version}
        change = {"textDocument": identifier, "contentChanges": [{"text": written}]}
        client.notify("textDocument/didChange", change)
        params = {
            "textDocument": {"uri": file.as_uri()},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 2},
        }
        started = time.perf_counter()
        suggested = await client.request("textDocument/inlineCompletion", params)
        ms = 1000 * (time.perf_counter() - started)
        found.append(Answered(ms, len(suggested[0]["insertText"]) if suggested else 0))
    client.notify("textDocument/didClose", {"textDocument": {"uri": file.as_uri()}})
    return found


async def first_answer_s(command: Sequence[str], user: Path, root: Path, file: Path) -> tuple[float, int]:
    """Seconds from the start of the process to a first completion, and its characters."""
    async with client_of(command, user, root) as (client, _, _):
        text = file.read_text("utf-8", "replace")
        item = {"uri": file.as_uri(), "languageId": "plaintext", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        line, column = positions(text, 1, random.Random(SEED))[0]
        params = {
            "textDocument": {"uri": file.as_uri()},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 1},
        }
        suggested = await client.request("textDocument/inlineCompletion", params)
        taken_s = time.perf_counter() - client.started_s
        return taken_s, len(suggested[0]["insertText"]) if suggested else 0


async def measured(command: Sequence[str], scratch: Path, given: argparse.Namespace) -> list[Figure]:
    """All figures."""
    user, root, choose = scratch / "user", scratch / "tree", random.Random(SEED)
    files = copy_first(given.tree, given.files, root)
    code = [
        file
        for file in files
        if file.suffix in _CODE and file.read_text("utf-8", "replace").count("\n") >= _FEWEST_LINES
    ]
    chosen = choose.sample(code, min(DOCUMENTS, len(code)))
    each = -(-given.positions // len(chosen))
    async with client_of(command, user, root) as (client, _, _):
        await client.request("assist/index/refresh", {})
        await answers_in(client, chosen[0], 20, random.Random(SEED))  # until everything is loaded
        seen = [one for file in chosen for one in await answers_in(client, file, each, choose)]
    shown = [one for one in seen if one.chars]
    inputs = f"{given.files:,} files of {given.tree.name}, {len(seen)} positions in {len(chosen)} documents"
    rows = [
        Figure("answer", _times(seen), "", inputs),
        Figure("answer with a suggestion", f"{_times(shown)} ({len(shown)} of {len(seen)})", "", inputs),
    ]
    starts = [await first_answer_s(command, user, root, chosen[0]) for _ in range(STARTS)]
    seconds = [one for one, _ in starts]
    result = f"median {statistics.median(seconds):.2f} s, slowest {max(seconds):.2f} s"
    inputs = f"{given.files:,} files of {given.tree.name}, {STARTS} starts"
    return [*rows, Figure("start to first completion", result, "", inputs)]


def _times(seen: Sequence[Answered]) -> str:
    values = [one.ms for one in seen]
    return f"p50 {statistics.median(values):.1f} ms, p95 {percentile(values, 0.95):.1f} ms"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("lsp_completion", __doc__)
    options.add_tree(parser)
    parser.add_argument("--positions", type=int, default=1_000, help="(default: %(default)s)")
    parser.add_argument("--files", type=int, default=FILES, help="of the tree (default: %(default)s)")
    given = parser.parse_args(argv)
    command = options.assist_of(given).words("lsp")
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
        rows = asyncio.run(measured(command, Path(scratch), given))
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
