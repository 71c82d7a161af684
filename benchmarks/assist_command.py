"""assist as a product under test: its command line as a user runs it, cache and configuration apart."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Measured, TreeMemory, run, run_sampled
from benchmarks.product import Answer, as_query_lines, isolated, parse_answers

CHECKOUT = Path(__file__).resolve().parent.parent


def default_command() -> str:
    """The `assist` installed beside this Python; else this checkout's, started the same way."""
    script = Path(sys.executable).parent / "assist"
    if script.exists():
        return shlex.quote(str(script))
    return shlex.join([sys.executable, "-c", "import sys; from assistant.cli import main; sys.exit(main())"])


@dataclass(frozen=True, slots=True)
class Assist:
    """The `assist` command.

    :param command: Its words, before the subcommand.
    """

    command: tuple[str, ...]
    name: str = "assist"

    def version(self) -> str:
        """The git revision of this checkout, marked when files differ from it."""
        git = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--exclude", "*"]
        described = subprocess.run(git, capture_output=True, text=True, check=False)
        return f"assist {described.stdout.strip() or 'unknown'}"

    def index(self, root: Path, cache: Path) -> Measured:
        """Run `assist index`."""
        return run(self.words("index", "--repo", str(root)), self.environment(cache))

    def index_sampled(self, root: Path, cache: Path) -> tuple[Measured, TreeMemory]:
        """Run `assist index` while sampling its memory."""
        return run_sampled(self.words("index", "--repo", str(root)), self.environment(cache))

    def answer(self, root: Path, cache: Path, queries: Sequence[str]) -> list[Answer]:
        """Run `assist search --queries`."""
        with tempfile.TemporaryDirectory(prefix="assist-bench-") as scratch:
            asked = Path(scratch) / "queries.jsonl"
            asked.write_text(as_query_lines(queries), "utf-8")
            measured = run(
                self.words("search", "--repo", str(root), "--queries", str(asked)), self.environment(cache)
            )
        return parse_answers(measured.stdout, queries)

    def search(self, root: Path, cache: Path, query: str) -> Measured:
        """Run `assist search QUERY --json` once."""
        return run(self.words("search", "--repo", str(root), query, "--json"), self.environment(cache))

    def ask(self, root: Path, cache: Path, question: str) -> Measured:
        """Run `assist ask QUESTION` once."""
        return run(self.words("ask", "--repo", str(root), question), self.environment(cache))

    def status(self, root: Path, cache: Path) -> dict[str, object]:
        """What `assist status --json` says about the index."""
        measured = run(self.words("status", "--repo", str(root), "--json"), self.environment(cache))
        facts: dict[str, object] = json.loads(measured.stdout)
        return facts

    def words(self, *arguments: str) -> list[str]:
        """The command line with these arguments."""
        return [*self.command, *arguments]

    def environment(self, cache: Path) -> dict[str, str]:
        """Its environment: the index under `cache`, and no user configuration."""
        return isolated(
            ASSIST_CACHE_DIR=str(cache),
            XDG_CONFIG_HOME=str(cache / "no-configuration"),
            PYTHONPATH=str(CHECKOUT),
        )
