"""What `assist ask` adds to the model's own time to first token: searching, packing, redaction, the gate, the checks.

A server that answers at once streams one word; what passes until the answer's first piece comes out is the overhead.

warm      in one process with the index open: plan a turn, send it, read the first piece
parts     the same, split: understanding and search, packing and redaction (plan); request, checks (stream)

    python -m benchmarks.ask_overhead --tree DIR
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

from assistant.backends import Backend
from assistant.conversation import Ground, History, history_budget, plan_turn, stream_turn
from assistant.conversation.events import Text
from assistant.engine import Engine
from assistant.models import Models
from assistant.settings import Settings
from benchmarks import options
from benchmarks.corpus import copy_first
from benchmarks.measure import percentile
from benchmarks.results import Figure
from tests.servers.answering import model_that_says
from tests.servers.launch import running

BENCHMARK = "ask overhead"
FILES = 1000
QUESTIONS = (
    "where are the settings read?",
    "how is a request parsed?",
    "where are dates converted to text?",
    "how does the template engine load templates?",
    "what happens when a connection is lost?",
    "how are migrations ordered?",
    "who calls get_user_model?",
    "where are passwords hashed?",
)


@dataclass(frozen=True, slots=True)
class Overhead:
    """One question, in milliseconds."""

    plan_ms: float
    stream_ms: float

    @property
    def total_ms(self) -> float:
        """From the question to the first piece of the answer."""
        return self.plan_ms + self.stream_ms


async def measure(engine: Engine, root: Path, models: Models, rounds: int) -> list[Overhead]:
    """Ask every question so many times; the first round, which warms everything up, does not count."""
    config = models.choose()
    assert config is not None
    backend = models.open(config)
    found = []
    try:
        for number in range(rounds + 1):
            for question in QUESTIONS:
                one = await _one(engine, root, models, backend, question)
                if number:
                    found.append(one)
    finally:
        await backend.aclose()
    return found


async def _one(engine: Engine, root: Path, models: Models, backend: Backend, question: str) -> Overhead:
    started = time.perf_counter()
    ground = Ground(engine.searcher([root]), models.gate, engine.embedder)
    plan = plan_turn(question, History(history_budget(None)), ground)
    planned = time.perf_counter()
    async with aclosing(stream_turn(plan, backend)) as events:
        async for event in events:
            if isinstance(event, Text):
                break
    return Overhead(1000 * (planned - started), 1000 * (time.perf_counter() - planned))


def figures(measured: Sequence[Overhead], inputs: str) -> list[Figure]:
    """Medians and 95th percentiles."""

    def said(values: Sequence[float]) -> str:
        return f"p50 {statistics.median(values):.1f} ms, p95 {percentile(values, 0.95):.1f} ms"

    return [
        Figure("assist ask, question to first piece", said([one.total_ms for one in measured]), "", inputs),
        Figure("of it: search, pack, redact", said([one.plan_ms for one in measured]), "", inputs),
        Figure("of it: gate, request, first check", said([one.stream_ms for one in measured]), "", inputs),
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark."""
    parser = options.parser("ask_overhead", __doc__)
    options.add_tree(parser)
    parser.add_argument("--rounds", type=int, default=5, help="of all questions (default: %(default)s)")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch, running("answering") as server:
        root, home = Path(scratch) / "files", Path(scratch) / "user"
        copy_first(given.tree, FILES, root)
        model = model_that_says("Yes, there.")
        table = {"work": {"kind": "openai", "url": f"{server.url}/openai/v1", "model": model}}
        settings = Settings(home / "cache", home / "config" / "config.toml", backends=table)
        engine = Engine(settings)
        engine.update(root)
        measured = asyncio.run(measure(engine, root, Models(settings, home / "state", {}), given.rounds))
    inputs = f"{FILES} files of {given.tree.name}, {len(measured)} questions, a server that answers at once"
    rows = figures(measured, inputs)
    for row in rows:
        print(f"{row.name}: {row.result}   [{row.inputs}]")
    options.record(given, BENCHMARK, rows, [options.assist_of(given).version()])
    return 0


if __name__ == "__main__":
    sys.exit(main())
