"""``assist search --queries``: many queries in one process, a JSON line in and a JSON line out for each."""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path

import click

from assistant.cli.common import prepare, warn
from assistant.errors import QueryError


def answer_queries(file: Path, repos: Sequence[Path], limit: int) -> int:
    """Answer a file of queries, in its order; each answer is printed as soon as it is known.

    :param file: JSON lines ``{"query": ...}``; blank lines are passed over; ``-`` is standard input.
    :return: the exit code.
    :raises QueryError: for a line that is no such object, or a query that cannot be understood; names the line.
    :raises OSError: if the file cannot be read.
    """
    name = "standard input" if str(file) == "-" else str(file)
    with (
        nullcontext(sys.stdin) if str(file) == "-" else file.open(encoding="utf-8", errors="replace") as lines
    ):
        _answer(lines, name, repos, limit)
    return 0


def _answer(lines: Iterable[str], name: str, repos: Sequence[Path], limit: int) -> None:
    prepared = prepare(repos)
    warn(prepared.notes)
    several = len(prepared.roots) > 1
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        raw = _query_of(line, f"{name}, line {number}")
        try:
            response = prepared.engine.search(raw, prepared.roots, limit)
        except QueryError as error:
            raise QueryError(f"{name}, line {number}: {error}") from error
        results = [
            {
                "path": result.path,
                **({"repo": str(result.root)} if several else {}),
                "start_line": result.start_line,
                "end_line": result.end_line,
                "score": round(result.score, 4),
            }
            for result in response.results
        ]
        click.echo(json.dumps({"query": raw, "ms": round(response.elapsed_ms, 3), "results": results}))


def _query_of(line: str, place: str) -> str:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise QueryError(f'{place}: no JSON ({error}); write one object {{"query": "..."}} a line') from error
    if not isinstance(row, dict) or not isinstance(row.get("query"), str):
        raise QueryError(f'{place}: no query; write one object {{"query": "..."}} a line')
    return str(row["query"])
