"""A session of the language server as an editor has it: typing, with chat, search and completions at the same time.

session   the keystrokes of a made-up programmer, ten a second, in one document of a repository of 3,000 files; after
          each an inline completion (the one before is cancelled, as editors do), beside it searches and chats without
          pause, and now and then the file is saved, so that the index is brought up to date
          handled    in the server, from the last byte of a `didChange` read to the text in place; its log says so
          round trip from sending a `didChange` to the answer to a request right behind it that needs no work: with
                     both pipes, and with what this client takes; the same without searches and chats tells what
                     the machine adds
          answers    requests answered; stale: lines of an answer that are not those of the version that it names, or
                     of an older one than was open when it was asked; errors: but for cancelled and content modified
          memory     resident, of the server and its indexing process, in the end; growth: the server's own, the
                     largest of the second half against the largest of the first
start     from the start of the process to the answer to `initialize`, and to the first answered completion on an
          index of 1,000 files that is up to date; the processor time of the server until then
cancel    from `$/cancelRequest` to the closed connection of a model's server that is in the middle of an answer

    python -m benchmarks.lsp_session --tree DIR                 about five minutes
    python -m benchmarks.lsp_session --tree DIR --quick         a minute; for a look, not for the record
    python -m benchmarks.lsp_session --tree DIR --part start    only that
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import re
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
PARTS = ("session", "start", "cancel")
HANDLED = re.compile(r"textDocument/didChange: \d+ handled, (.*?); work alone (.*)")
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
    is_over: bool = False
    """Whether nothing more is to be asked."""
    errors: list[str] = field(default_factory=list)
    memory_mib: list[tuple[float, float]] = field(default_factory=list)
    """Of the server, and of its processes."""

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
    seen.is_over = True
    await asyncio.gather(*beside)
    await programmer.settle()
    seen.memory_mib.append(client.memory_mib())
    return seen


async def _searches(client: Client, programmer: Programmer) -> None:
    """Search without pause."""
    seen = programmer.seen
    for query in itertools.cycle(QUERIES):
        if seen.is_over:
            return
        version, started = programmer.version, time.perf_counter()
        found = await seen.outcome(client.start("assist/search", {"query": query})[1])
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
        if seen.is_over:
            return
        params = {"chatId": chat["chatId"], "question": question, "partialResultToken": f"chat-{number}"}
        answer = await seen.outcome(client.start("assist/chat/turn", params)[1])
        seen.chats += answer is not None
        await asyncio.sleep(0.25)


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds, and seconds of the server's processor time."""

    initialized_s: float
    initialized_cpu_s: float
    completed_s: float
    completed_cpu_s: float


async def start_times(command: Sequence[str], user: Path, root: Path, file: Path) -> Start:
    """Start a server, and complete once."""
    async with client_of(command, user, root) as (client, initialized_s, _):
        cpu_s = client.cpu_s()
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
        return Start(initialized_s, cpu_s, time.perf_counter() - client.started_s, client.cpu_s())


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


def session_figures(seen: Session, handled: str, inputs: str) -> list[Figure]:
    """What the session showed."""
    half = len(seen.memory_mib) // 2
    own = [server for server, _ in seen.memory_mib]
    growth = max(own[half:]) - max(own[:half])
    answers = (
        f"{seen.answered} of {seen.asked} ({seen.cancelled} cancelled or content modified), "
        f"{seen.stale} stale, {len(seen.errors)} errors"
    )
    server, beside = seen.memory_mib[-1]
    memory = f"{server + beside:.0f} MiB (server {server:.0f}, indexing {beside:.0f})"
    rows = [
        Figure("didChange handled", handled, "", inputs),
        Figure("didChange round trip", times(seen.changes_ms), "", inputs),
        Figure("requests answered", answers, "", inputs),
        Figure("resident memory after", memory, "", inputs),
        Figure("growth of the server in the second half", f"{growth:+.1f} MiB", "", inputs),
    ]
    if seen.searches_ms:
        rows.append(Figure("search meanwhile", times(seen.searches_ms), "", inputs))
    if seen.completions_ms:
        name = f"inline completion ({seen.suggested} with suggestions)"
        rows.append(Figure(name, times(seen.completions_ms), "", inputs))
    return rows


def handled_in(log: Path) -> str:
    """What a server has written to its log about changes when it ended."""
    found = HANDLED.findall(log.read_text("utf-8"))
    return found[-1][0] if found else "not told"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("lsp_session", __doc__)
    options.add_tree(parser)
    parser.add_argument("--keystrokes", type=int, default=2_000, help="(default: %(default)s)")
    parser.add_argument("--rate", type=float, default=10.0, help="keystrokes a second (default: %(default)s)")
    parser.add_argument("--files", type=int, default=FILES, help="of the tree (default: %(default)s)")
    parser.add_argument("--starts", type=int, default=STARTS, help="(default: %(default)s)")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this (repeat for more)")
    parser.add_argument("--quick", action="store_true", help="300 keystrokes, 1,000 files, 3 starts")
    parser.add_argument("--tenths", action="store_true", help="print the memory at each tenth of the session")
    given = parser.parse_args(argv)
    if given.quick:
        given.keystrokes, given.files, given.starts = 300, START_FILES, 3
    command = options.assist_of(given).words("lsp")
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch, running("answering") as server:
        bench = Bench(command, Path(scratch), server, given)
        rows = asyncio.run(bench.figures(given.part or PARTS))
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


@dataclass
class Bench:
    """The parts of the benchmark, with one configuration."""

    command: Sequence[str]
    scratch: Path
    server: RunningServer
    given: argparse.Namespace

    @property
    def user(self) -> Path:
        """Where the server keeps what is the user's."""
        return self.scratch / "user"

    async def figures(self, parts: Sequence[str]) -> list[Figure]:
        """Run parts in turn."""
        (self.user / "config").mkdir(parents=True)
        table = f'kind = "openai"\nurl = "{self.server.url}/openai/v1"\nmodel = "{model_that_says(ANSWER)}"\n'
        configured = f'[backends.local]\n{table}[completion]\nbackend = "none"\n'
        (self.user / "config" / "config.toml").write_text(configured)
        rows = await self.session() if "session" in parts else []
        if "start" not in parts and "cancel" not in parts:
            return rows
        small = self.scratch / "small"
        first = copy_first(self.given.tree, min(START_FILES, self.given.files), small)[0]
        async with client_of(self.command, self.user, small) as (client, _, _):
            await client.request("assist/index/refresh", {})
        if "start" in parts:
            rows += await self.start(small, first)
        if "cancel" in parts:
            cancels = await cancel_times(self.command, self.user, small, self.server)
            text = f"p50 {statistics.median(cancels):.1f} ms, slowest {max(cancels):.1f} ms"
            inputs = f"{len(cancels)} answers on their way"
            rows.append(Figure("cancelled to closed connection", text, "", inputs))
        return rows

    async def session(self) -> list[Figure]:
        """Type, with everything else at work and alone."""
        given, large = self.given, self.scratch / "large"
        files = copy_first(given.tree, given.files, large)
        file = max(files[: len(files) // 2], key=lambda path: min(path.stat().st_size, 40_000))
        async with client_of(self.command, self.user, large) as (client, _, result):
            await client.request("assist/index/refresh", {})
            seen = await type_session(client, result, file, given.keystrokes, 1 / given.rate)
        handled = handled_in(client.log)
        async with client_of(self.command, self.user, large) as (client, _, result):
            await client.request("assist/index/refresh", {})
            quiet = await type_session(client, result, files[-1], ALONE, 1 / given.rate, alone=True)
        for error in seen.errors[:5]:
            print("error:", error)
        if given.tenths:
            print("server, MiB:", " ".join(f"{server:.0f}" for server, _ in seen.memory_mib))
        done = f"{seen.chats} chats, {len(seen.searches_ms)} searches"
        typed = f"{given.keystrokes:,} keystrokes at {given.rate:g}/s"
        rows = session_figures(seen, handled, f"{given.files:,} files of {given.tree.name}, {typed}, {done}")
        alone, name = f"{ALONE} keystrokes", "nothing else at work"
        rows.append(Figure(f"didChange handled, {name}", handled_in(client.log), "", alone))
        rows.append(Figure(f"didChange round trip, {name}", times(quiet.changes_ms), "", alone))
        return rows

    async def start(self, root: Path, file: Path) -> list[Figure]:
        """Start servers one after the other."""
        starts = [await start_times(self.command, self.user, root, file) for _ in range(self.given.starts)]
        count = min(START_FILES, self.given.files)
        inputs = f"{count:,} files of {self.given.tree.name}, {self.given.starts} starts"
        return [
            Figure("start to initialized", _seconds([one.initialized_s for one in starts]), "", inputs),
            Figure("start to first completion", _seconds([one.completed_s for one in starts]), "", inputs),
            Figure(
                "processor time to initialized",
                _seconds([one.initialized_cpu_s for one in starts]),
                "",
                inputs,
            ),
            Figure(
                "processor time to first completion",
                _seconds([one.completed_cpu_s for one in starts]),
                "",
                inputs,
            ),
        ]


def _seconds(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):.2f} s, slowest {max(values):.2f} s"


if __name__ == "__main__":
    sys.exit(main())
