"""What the completion pipeline adds to a model's own time: rules, related code, redaction, the gate, the cleaning.

A server that answers at once fills in one line; cursors stand in files of a real tree with an index, each as if its
line were being typed, with other files open. What passes until the suggestions are there is the overhead. The pause
that waits for the next keystroke is not part of it: completions are asked for by a command, one candidate each.

overhead      a completion, from the request to the suggestions
cancellation  from cancelling the task to the moment at which the server sees its connection closed

    python -m benchmarks.completion_overhead --tree DIR
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.completion import (
    CompletionOptions,
    CompletionPipeline,
    CompletionRequest,
    RecentFile,
    Trigger,
)
from assistant.engine import Engine
from assistant.models import Models
from assistant.settings import Settings
from benchmarks import options
from benchmarks.corpus import copy_first
from benchmarks.measure import percentile
from benchmarks.results import Figure
from indexer.languages import language_of
from tests.servers.answering import model_that_says
from tests.servers.launch import running

BENCHMARK = "completion overhead"
FILES = 1000
_RECENT = 10
_LEAST_LINES = 30
_ANSWER = "value = compute(first, second);\n"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One completion."""

    elapsed_ms: float
    shown: int


def cursors(root: Path, count: int, seed: int) -> list[CompletionRequest]:
    """Places in the tree's code: the rest of a random line is missing, other files of its folder are open."""
    chosen = random.Random(seed)
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    chosen.shuffle(files)
    texts: dict[str, tuple[str, str]] = {}
    for path in files:
        raw = path.read_bytes()
        language = language_of(path.name, raw[:4096]).name
        text = raw.decode("utf-8", "replace")
        if (
            language in ("python", "javascript", "go", "java", "rust", "c")
            and text.count("\n") > _LEAST_LINES
        ):
            texts[path.relative_to(root).as_posix()] = (text, language)
        if len(texts) >= count + _RECENT:
            break
    open_files = [
        RecentFile(name, text, language) for name, (text, language) in list(texts.items())[:_RECENT]
    ]
    requests = []
    for name, (text, language) in list(texts.items())[_RECENT:]:
        lines = text.split("\n")
        number = chosen.randrange(10, len(lines) - 5)
        indent = lines[number][: len(lines[number]) - len(lines[number].lstrip())]
        before = "\n".join([*lines[:number], indent])
        after = "\n" + "\n".join(lines[number + 1 :])
        request = CompletionRequest(
            root, name, before + after, len(before), language, trigger=Trigger.INVOKED, recent=open_files
        )
        requests.append(request)
    return requests


async def measure(
    engine: Engine, models: Models, requests: Sequence[CompletionRequest], rounds: int
) -> list[Outcome]:
    """Complete everywhere so many times; the first round, which warms everything up, does not count."""
    settings = CompletionOptions(candidates=1, look_ahead="never")
    pipeline = CompletionPipeline(engine, lambda: models, settings)
    found = []
    try:
        for number in range(rounds + 1):
            for request in requests:
                started = time.perf_counter()
                suggestions = await pipeline.complete(request)
                elapsed_ms = 1000 * (time.perf_counter() - started)
                if number:
                    found.append(Outcome(elapsed_ms, len(suggestions)))
    finally:
        await pipeline.aclose()
    return found


class SilentServer:
    """Takes requests, answers none, and knows when each client left."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self.asked = asyncio.Event()
        self.gone = asyncio.Event()
        self.gone_s = 0.0

    async def start(self) -> str:
        """Serve; returns the address."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        """End."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        )
        json.loads(await reader.readexactly(length))
        writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await writer.drain()
        self.asked.set()
        try:
            while await reader.read(1024):
                pass
        except ConnectionError:
            pass
        self.gone_s = time.perf_counter()
        self.gone.set()
        writer.close()


async def measure_cancelling(home: Path, requests: Sequence[CompletionRequest]) -> list[float]:
    """Cancel every completion while the model works; returns milliseconds until its connection was closed."""
    server = SilentServer()
    table = {"kind": "openai", "url": f"{await server.start()}/v1", "model": "m", "fill_in_the_middle": "fim"}
    settings = Settings(home / "cache", home / "config" / "config.toml", backends={"work": table})
    models = Models(settings, home / "state", {})
    pipeline = CompletionPipeline(None, lambda: models, CompletionOptions(look_ahead="never"))
    found = []
    try:
        for request in requests:
            server.asked.clear()
            server.gone.clear()
            asking = asyncio.create_task(pipeline.complete(request))
            await server.asked.wait()
            started = time.perf_counter()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await server.gone.wait()
            found.append(1000 * (server.gone_s - started))
    finally:
        await pipeline.aclose()
        await server.stop()
    return found


def figures(overhead: Sequence[Outcome], cancelling: Sequence[float], inputs: str) -> list[Figure]:
    """Medians and 95th percentiles."""

    def said(values: Sequence[float]) -> str:
        return f"p50 {statistics.median(values):.1f} ms, p95 {percentile(values, 0.95):.1f} ms"

    shown = sum(one.shown > 0 for one in overhead)
    return [
        Figure(
            "completion, request to suggestions",
            f"{said([one.elapsed_ms for one in overhead])}; shown {shown} of {len(overhead)}",
            "",
            f"{inputs}, a server that answers at once",
        ),
        Figure(
            "cancelled until the server's connection is closed",
            f"{said(cancelling)}, longest {max(cancelling):.1f} ms",
            "",
            f"{len(cancelling)} completions, a server that does not answer, in the same process",
        ),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("completion_overhead", __doc__)
    options.add_tree(parser)
    parser.add_argument("--rounds", type=int, default=3, help="of all cursors (default: %(default)s)")
    parser.add_argument("--cursors", type=int, default=60, help="places (default: %(default)s)")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch, running("answering") as server:
        root, home = Path(scratch) / "files", Path(scratch) / "user"
        copy_first(given.tree, FILES, root)
        model = model_that_says(_ANSWER)
        table = {
            "kind": "openai",
            "url": f"{server.url}/mistral/v1",
            "model": model,
            "fill_in_the_middle": "fim",
        }
        settings = Settings(home / "cache", home / "config" / "config.toml", backends={"work": table})
        engine = Engine(settings)
        engine.update(root)
        requests = cursors(root, given.cursors, seed=5)
        models = Models(settings, home / "state", {})
        overhead = asyncio.run(measure(engine, models, requests, given.rounds))
        cancelling = asyncio.run(measure_cancelling(home, requests[:30]))
    inputs = f"{FILES} files of {given.tree.name}, {len(requests)} cursors, {_RECENT} open files"
    rows = figures(overhead, cancelling, inputs)
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
