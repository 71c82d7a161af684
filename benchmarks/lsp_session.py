"""A session of the language server as an editor has it: typing, with chat, search and completions at the same time.

session   the keystrokes of a made-up programmer, ten a second, in one document of a repository of 3,000 files; after
          each an inline completion (the one before is cancelled, as editors do), beside it searches and chats without
          pause, and now and then the file is saved, so that the index is brought up to date
          changes    from sending a `didChange` to the answer to a request right behind it that needs no work: the
                     upper bound of how long the change was handled; the same without searches and chats tells what
                     the machine adds
          answers    requests answered; stale: lines of an answer that are not those of the version that it names, or
                     of an older one than was open when it was asked; errors: but for cancelled and content modified
          memory     resident, of the server and its indexing process, in the middle and in the end
start     from the start of the process to the answer to `initialize`, and to the first answered completion on an
          index of 1,000 files that is up to date
cancel    from `$/cancelRequest` to the closed connection of a model's server that is in the middle of an answer

    python -m benchmarks.lsp_session --tree DIR
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import options
from benchmarks.corpus import copy_first
from benchmarks.lsp_client import Client, RequestError, client_of
from benchmarks.measure import percentile
from benchmarks.results import Figure
from tests.servers.answering import model_that_says
from tests.servers.launch import RunningServer, running

BENCHMARK = "language server session"
FILES, START_FILES, STARTS, CANCELS = 3_000, 1_000, 7, 15
SAVE_EVERY, ALONE = 250, 200
CANCELLED, MODIFIED, NO_METHOD = -32800, -32801, -32601
TEXT = (
    "def parse_header(stream, limit=4096):\n    lines = []\n    while len(lines) < limit:\n"
    "        line = stream.readline()\n        if not line.strip():\n            break\n"
    "        lines.append(line)\n    return lines\n\n\n"
)
QUERIES = (
    "connection pool",
    '"return"',
    "parse header",
    "where are buffers released",
    "Handler",
    "/def |func |void /",
)
QUESTIONS = ("where are connections closed?", "how is a header parsed?", "what does the decoder do?")
ANSWER = "It is done in one place. " * 40


@dataclass
class Session:
    """What was seen."""

    versions: dict[int, list[str]] = field(default_factory=dict)
    changes_ms: list[float] = field(default_factory=list)
    searches_ms: list[float] = field(default_factory=list)
    completions_ms: list[float] = field(default_factory=list)
    asked: int = 0
    answered: int = 0
    cancelled: int = 0
    suggested: int = 0
    chats: int = 0
    stale: int = 0
    errors: list[str] = field(default_factory=list)
    memory_mib: list[float] = field(default_factory=list)

    async def outcome(self, future: asyncio.Future[Any]) -> Any:  # noqa: ANN401 - JSON
        """Wait for a request's answer and count it."""
        self.asked += 1
        try:
            result = await future
        except RequestError as error:
            if error.code in (CANCELLED, MODIFIED):
                self.answered += 1
                self.cancelled += 1
            else:
                self.errors.append(str(error))
            return None
        self.answered += 1
        return result


class Programmer:
    """Types into one document."""

    def __init__(self, client: Client, file: Path, seen: Session) -> None:
        self.client, self.file, self.seen = client, file, seen
        self.uri = file.as_uri()
        self.lines = file.read_text("utf-8", "replace").split("\n")
        self.version = 1
        self.line = len(self.lines) // 2
        self.column = 0
        self.lines.insert(self.line, "")
        self._pending: int | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        seen.versions[1] = list(self.lines)
        item = {"uri": self.uri, "languageId": "plaintext", "version": 1, "text": "\n".join(self.lines)}
        client.notify("textDocument/didOpen", {"textDocument": item})

    async def press(self, key: str, completes: str | None) -> None:
        """Type one character, and ask for a completion as editors do."""
        at = {"line": self.line, "character": self.column}
        if key == "\b":
            self.column -= 1
            span, text = {"start": {**at, "character": self.column}, "end": at}, ""
            row = self.lines[self.line]
            self.lines[self.line] = row[: self.column] + row[self.column + 1 :]
        else:
            span, text = {"start": at, "end": at}, key
            row = self.lines[self.line]
            if key == "\n":
                self.lines[self.line : self.line + 1] = [row[: self.column], row[self.column :]]
                self.line, self.column = self.line + 1, 0
            else:
                self.lines[self.line] = row[: self.column] + key + row[self.column :]
                self.column += 1
        self.version += 1
        self.seen.versions[self.version] = list(self.lines)
        identifier = {"uri": self.uri, "version": self.version}
        started = time.perf_counter()
        change = {"textDocument": identifier, "contentChanges": [{"range": span, "text": text}]}
        self.client.notify("textDocument/didChange", change)
        with suppress(RequestError):  # no such method: answered at once, and after the change
            await self.client.request("bench/ping", None)
        self.seen.changes_ms.append(1000 * (time.perf_counter() - started))
        if completes:
            self._complete(completes)

    def _complete(self, method: str) -> None:
        if self._pending is not None and self._pending in self.client.waiting:
            self.client.cancel(self._pending)
        params = {
            "textDocument": {"uri": self.uri},
            "position": {"line": self.line, "character": self.column},
            "context": {"triggerKind": 2 if method.endswith("inlineCompletion") else 1},
        }
        self._pending, future = self.client.start(method, params)
        task = asyncio.create_task(self._completed(future, time.perf_counter()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _completed(self, future: asyncio.Future[Any], started: float) -> None:
        result = await self.seen.outcome(future)
        if result is not None:
            self.seen.completions_ms.append(1000 * (time.perf_counter() - started))
            items = result.get("items", []) if isinstance(result, dict) else result
            self.seen.suggested += bool(items)

    def save(self) -> None:
        """Write the file."""
        self.file.write_text("\n".join(self.lines), "utf-8")
        self.client.notify("textDocument/didSave", {"textDocument": {"uri": self.uri}})

    async def settle(self) -> None:
        """Wait for what is still to be answered."""
        await asyncio.gather(*self._tasks)


async def type_session(
    client: Client,
    result: dict[str, Any],
    file: Path,
    keystrokes: int,
    pause_s: float,
    *,
    alone: bool = False,
) -> Session:
    """Replay a session.

    :param alone: nothing but changes.
    """
    seen = Session()
    programmer = Programmer(client, file, seen)
    known = result["capabilities"]
    completes = (
        None
        if alone
        else "textDocument/inlineCompletion"
        if known.get("inlineCompletionProvider") is not None
        else "textDocument/completion"
        if known.get("completionProvider") is not None
        else None
    )
    beside = (
        []
        if alone
        else [asyncio.create_task(_searches(client, programmer)), asyncio.create_task(_chats(client, seen))]
    )
    choose = random.Random(7)
    begun = time.perf_counter()
    keys = itertools.cycle(TEXT)
    for number in range(keystrokes):
        backspace = programmer.column > 1 and choose.random() < 0.04
        await programmer.press("\b" if backspace else next(keys), completes)
        if not alone and number % SAVE_EVERY == SAVE_EVERY - 1:
            programmer.save()
        if number % max(1, keystrokes // 20) == 0:
            seen.memory_mib.append(client.memory_mib())
        await asyncio.sleep(max(0.0, begun + (number + 1) * pause_s - time.perf_counter()))
    for task in beside:
        task.cancel()
    await asyncio.gather(*beside, return_exceptions=True)
    await programmer.settle()
    seen.memory_mib.append(client.memory_mib())
    return seen


async def _searches(client: Client, programmer: Programmer) -> None:
    """Search without pause."""
    seen = programmer.seen
    for query in itertools.cycle(QUERIES):
        version, started = programmer.version, time.perf_counter()
        found = await asyncio.shield(
            asyncio.ensure_future(seen.outcome(client.start("assist/search", {"query": query})[1]))
        )
        if found is not None:
            seen.searches_ms.append(1000 * (time.perf_counter() - started))
            seen.stale += sum(_is_stale(hit, programmer, version) for hit in found["results"])
        await asyncio.sleep(0.25)


def _is_stale(hit: dict[str, Any], programmer: Programmer, version: int) -> bool:
    if hit["uri"] != programmer.uri:
        return False
    lines = programmer.seen.versions.get(hit.get("version", 0))
    if lines is None or hit["version"] < version:
        return True
    return any(lines[line["line"]].removesuffix("\r") != line["text"] for line in hit["lines"])


async def _chats(client: Client, seen: Session) -> None:
    """Chat without pause."""
    chat = await client.request("assist/chat/create", {})
    for number, question in enumerate(itertools.cycle(QUESTIONS)):
        params = {"chatId": chat["chatId"], "question": question, "partialResultToken": f"chat-{number}"}
        answer = await asyncio.shield(
            asyncio.ensure_future(seen.outcome(client.start("assist/chat/turn", params)[1]))
        )
        seen.chats += answer is not None
        await asyncio.sleep(0.25)


async def start_times(
    command: Sequence[str], user: Path, root: Path, file: Path
) -> tuple[float, float | None]:
    """Seconds from the start to initialized, and to the first answered completion; None without completions."""
    async with client_of(command, user, root) as (client, initialized_s, result):
        if result["capabilities"].get("inlineCompletionProvider") is None:
            return initialized_s, None
        text = file.read_text("utf-8", "replace")
        item = {"uri": file.as_uri(), "languageId": "plaintext", "version": 1, "text": text}
        client.notify("textDocument/didOpen", {"textDocument": item})
        line = text.count("\n") // 2
        params = {
            "textDocument": {"uri": file.as_uri()},
            "position": {"line": line, "character": len(text.split("\n")[line])},
            "context": {"triggerKind": 1},
        }
        await client.request("textDocument/inlineCompletion", params)
        return initialized_s, time.perf_counter() - client.started_s


async def cancel_times(command: Sequence[str], user: Path, root: Path, server: RunningServer) -> list[float]:
    """Milliseconds from cancelling an answer to the end of the model's connection."""
    found = []
    async with client_of(command, user, root) as (client, _, _):
        await client.request("assist/index/refresh", {})
        for number in range(CANCELS):
            token, model = f"cancel-{number}", f"stall:{number}"
            client.progress[token] = asyncio.Event()
            params = {"question": QUESTIONS[0], "model": model, "partialResultToken": token}
            request, future = client.start("assist/ask", params)
            await client.progress[token].wait()
            gone = asyncio.create_task(asyncio.to_thread(server.wait_until_gone, model))
            await asyncio.sleep(0.2)  # until that waits, too
            started = time.perf_counter()
            client.cancel(request)
            await gone
            found.append(1000 * (time.perf_counter() - started))
            with suppress(RequestError):
                await future
    return found


def times(values: Sequence[float]) -> str:
    """Milliseconds in a few words."""
    middle, high = statistics.median(values), percentile(values, 0.99)
    return f"p50 {middle:.1f} ms, p99 {high:.1f} ms, slowest {max(values):.1f} ms"


def session_figures(seen: Session, inputs: str) -> list[Figure]:
    """What the session showed."""
    half = len(seen.memory_mib) // 2
    growth = max(seen.memory_mib[half:]) - max(seen.memory_mib[:half])

    answers = (
        f"{seen.answered} of {seen.asked} ({seen.cancelled} cancelled or content modified), "
        f"{seen.stale} stale, {len(seen.errors)} errors"
    )
    memory = f"{seen.memory_mib[-1]:.0f} MiB, {growth:+.0f} MiB in the second half"
    rows = [
        Figure("didChange handled", times(seen.changes_ms), "", inputs),
        Figure("requests answered", answers, "", inputs),
        Figure("resident memory after", memory, "", inputs),
        Figure("search meanwhile", times(seen.searches_ms), "", inputs),
    ]
    if seen.completions_ms:
        name = f"inline completion ({seen.suggested} with suggestions)"
        rows.append(Figure(name, times(seen.completions_ms), "", inputs))
    return rows


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("lsp_session", __doc__)
    options.add_tree(parser)
    parser.add_argument("--keystrokes", type=int, default=2_000, help="(default: %(default)s)")
    parser.add_argument("--rate", type=float, default=10.0, help="keystrokes a second (default: %(default)s)")
    parser.add_argument("--files", type=int, default=FILES, help="of the tree (default: %(default)s)")
    given = parser.parse_args(argv)
    command = options.assist_of(given).words("lsp")
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch, running("answering") as server:
        rows = asyncio.run(_measured(command, Path(scratch), server, given.tree, given))
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


async def _measured(
    command: Sequence[str], scratch: Path, server: RunningServer, tree: Path, given: argparse.Namespace
) -> list[Figure]:
    user = scratch / "user"
    (user / "config").mkdir(parents=True)
    table = f'kind = "openai"\nurl = "{server.url}/openai/v1"\nmodel = "{model_that_says(ANSWER)}"\n'
    (user / "config" / "config.toml").write_text(f'[backends.local]\n{table}[completion]\nbackend = "none"\n')
    large, small = scratch / "large", scratch / "small"
    files = copy_first(tree, given.files, large)
    file = max(files[: len(files) // 2], key=lambda path: min(path.stat().st_size, 40_000))
    async with client_of(command, user, large) as (client, _, result):
        await client.request("assist/index/refresh", {})
        seen = await type_session(client, result, file, given.keystrokes, 1 / given.rate)
        quiet = await type_session(client, result, files[-1], ALONE, 1 / given.rate, alone=True)
    for error in seen.errors[:5]:
        print("error:", error)
    typed = f"{given.keystrokes:,} keystrokes at {given.rate:g}/s"
    inputs = (
        f"{given.files:,} files of {tree.name}, {typed}, {seen.chats} chats, {len(seen.searches_ms)} searches"
    )
    rows = session_figures(seen, inputs)
    rows.insert(
        1,
        Figure("didChange handled, nothing else at work", times(quiet.changes_ms), "", f"{ALONE} keystrokes"),
    )
    first = copy_first(tree, min(START_FILES, given.files), small)[0]
    async with client_of(command, user, small) as (client, _, _):
        await client.request("assist/index/refresh", {})
    starts = [await start_times(command, user, small, first) for _ in range(STARTS)]
    inputs = f"{min(START_FILES, given.files):,} files of {tree.name}, {STARTS} starts"
    rows.append(Figure("start to initialized", _seconds([one for one, _ in starts]), "", inputs))
    completed = [two for _, two in starts if two is not None]
    if completed:
        rows.append(Figure("start to first completion", _seconds(completed), "", inputs))
    cancels = await cancel_times(command, user, small, server)
    text = f"p50 {statistics.median(cancels):.1f} ms, slowest {max(cancels):.1f} ms"
    rows.append(Figure("cancelled to closed connection", text, "", f"{len(cancels)} answers on their way"))
    return rows


def _seconds(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):.2f} s, slowest {max(values):.2f} s"


if __name__ == "__main__":
    sys.exit(main())
