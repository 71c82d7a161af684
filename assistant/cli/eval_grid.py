"""A run as text: the grid, what failed in a line each, and what changed since an earlier run."""

from collections.abc import Iterator, Sequence

from assistant.cli.console import Console, count, duration, printable
from assistant.evaluation import Cell, Comparison, Run, Verdict, cells

_STYLES = {Verdict.WORSE: "error", Verdict.BETTER: "good", Verdict.CHANGED: "warning"}
_MOST_CASE_COLUMNS = 44
_MOST_FAILURES = 3
"""Different failures shown of one cell; the run's file has all."""


def grid(run: Run, console: Console) -> str:
    """Return a row a case and a column a backend: passed of asked, median time, tokens."""
    found = cells(run.answers)
    backends = list(dict.fromkeys(cell.backend for cell in found))
    by_place = {(cell.case, cell.backend): cell for cell in found}
    rows = [["", *map(printable, backends)]]
    for case in dict.fromkeys(cell.case for cell in found):
        numbers = [_numbers(by_place.get((case, backend))) for backend in backends]
        rows.append([_cut(printable(case)), *numbers])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for number, row in enumerate(rows):
        texts = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        lines.append("  ".join(_painted(text, console) if number else text for text in texts).rstrip())
    return "\n".join(lines)


def failures(run: Run, console: Console) -> Iterator[str]:
    """Yield a line for each thing that failed: case, backend, assertion, what was found, how often."""
    for cell in cells(run.answers):
        for line, times in cell.failures[:_MOST_FAILURES]:
            often = f" ({times} of {len(cell.answers)})" if len(cell.answers) > 1 else ""
            where = f"{printable(cell.case)} · {printable(cell.backend)}"
            yield f"{console.paint('failed', 'error')}  {where}: {printable(line)}{often}"
        if left := len(cell.failures) - _MOST_FAILURES:
            if left > 0:
                yield f"        and {count(left, 'other failure')} of {printable(cell.case)}"


def changes(comparison: Comparison, console: Console) -> Iterator[str]:
    """Yield what is different from an earlier run: a line of counts, then a line for each case and backend."""
    counts = ", ".join(f"{len(comparison.of(verdict))} {verdict}" for verdict in Verdict)
    yield f"compared with the run of {printable(comparison.before.started)}: {counts}"
    for verdict, style in _STYLES.items():
        for change in comparison.of(verdict):
            then, now = change.before, change.now
            rates = f"{then.passed}/{len(then.answers)} -> {now.passed}/{len(now.answers)}"
            causes = "; ".join(change.causes) or "question, model and index are as they were"
            where = f"{printable(now.case)} · {printable(now.backend)}"
            yield f"{console.paint(f'{verdict:<7}', style)}  {where}: {rates} ({printable(causes)})"
    if comparison.added:
        yield f"not asked then: {_listed(comparison.added)}"
    if comparison.missing:
        yield f"not asked now: {_listed(comparison.missing)}"


def _numbers(cell: Cell | None) -> str:
    if cell is None:
        return "-"
    tokens = f"  {count(cell.tokens, 'token')}" if cell.tokens is not None else ""
    return f"{cell.passed}/{len(cell.answers)}  {duration(cell.median_ms / 1000)}{tokens}"


def _painted(text: str, console: Console) -> str:
    """Return a cell's text in green if all passed, in red if not; other texts as they are."""
    rate, gap, rest = text.partition("  ")
    passed, slash, asked = rate.partition("/")
    if not (slash and passed.isdigit() and asked.isdigit()):
        return text
    return console.paint(rate, "good" if passed == asked else "error") + gap + rest


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_CASE_COLUMNS else text[: _MOST_CASE_COLUMNS - 1] + "…"


def _listed(places: Sequence[tuple[str, str]]) -> str:
    shown = ", ".join(f"{printable(case)} · {printable(backend)}" for case, backend in places[:5])
    return shown + (f" and {len(places) - 5} more" if len(places) > 5 else "")
