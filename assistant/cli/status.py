"""``assist status``: what is indexed, how big and how old it is, and what is left out."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assistant.cli.command import Command, json_option, repo_option
from assistant.cli.console import count, duration, printable, share

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.engine import Engine
    from indexer.index.snapshot import Snapshot

_LANGUAGES_SHOWN = 8


@click.command(
    name="status",
    cls=Command,
    examples=(
        ("assist status", "What the index of this repository holds"),
        ("assist status --files", "Which files are left out, and why"),
        ("assist status --json", "The same for scripts"),
    ),
)
@repo_option
@click.option(
    "--files", "show_files", is_flag=True, help="List the files that are left out, with the reason each."
)
@json_option
def command(repos: tuple[Path, ...], show_files: bool, as_json: bool) -> int:
    """Say what is indexed: files, languages, size, age, how many chunks have a vector.

    Nothing is indexed or changed by it. Exit code 1 means that there is no usable index.
    """
    from assistant.cli.common import make_engine
    from assistant.cli.roots import roots_of

    engine = make_engine()
    reports = [_Report(engine, root, show_files=show_files) for root in roots_of(repos)]
    if as_json:
        import json

        objects = [report.as_json() for report in reports]
        click.echo(json.dumps(objects[0] if len(objects) == 1 else objects, indent=2))
    else:
        click.echo("\n\n".join(report.as_text() for report in reports))
    return 0 if all(report.snapshot for report in reports) else 1


class _Report:
    """The state of one index."""

    def __init__(self, engine: "Engine", root: Path, *, show_files: bool) -> None:
        from assistant.errors import NoIndexError
        from indexer.errors import CorruptIndexError

        if not root.is_dir():
            raise NoIndexError(f"{root} is not a folder; name a folder with --repo")
        self._engine, self._root, self._show_files = engine, root, show_files
        self._folder = engine.directory(root).folder
        self._problem = "there is no index of it yet"
        self.snapshot: Snapshot | None = None
        try:
            self.snapshot = engine.snapshot(root)
        except CorruptIndexError as error:
            self._problem = f"its index cannot be used ({error})"

    def as_json(self) -> dict[str, Any]:
        """Return the state as an object of plain values."""
        from assistant.cli import state

        snapshot = self.snapshot
        if snapshot is None:
            return {"root": str(self._root), "path": str(self._folder), "problem": self._problem}
        facts = snapshot.generation.facts
        changes = state.changes_since(self._engine, self._root, snapshot)
        shown: dict[str, Any] = {
            "root": str(self._root),
            "files": facts["files"],
            "chunks": facts["chunks"],
            "definitions": facts["definitions"],
            "languages": {
                item.name: {"files": item.files, "lines": item.lines}
                for item in state.language_shares(snapshot)
            },
            "size_bytes": snapshot.generation.size_bytes,
            "source_bytes": facts["source_bytes"],
            "written": _iso_time(facts["written_ns"]),
            "age_s": round(state.age_s(snapshot), 1),
            "changes": {"added": changes.added, "changed": changes.changed, "removed": changes.removed},
            "vectors": round(snapshot.vector_coverage(), 4),
            "model": snapshot.model_id,
            "path": str(self._folder),
        }
        if self._show_files:
            shown["left_out"] = [
                {"path": skip.path, "reason": skip.reason.value, "detail": skip.detail}
                for skip in state.left_out(self._engine, self._root, snapshot)
            ]
        return shown

    def as_text(self) -> str:
        """Return the state for people."""
        if self.snapshot is None:
            return (
                f"{printable(str(self._root))}: {self._problem}\n"
                "`assist index` makes one; `assist ask` and `assist search` do so by themselves"
            )
        if self._show_files:
            return self._files_text(self.snapshot)
        rows = self._rows(self.snapshot)
        width = max(len(name) for name, _ in rows)
        return "\n".join([printable(str(self._root)), *(f"  {name:<{width}}  {text}" for name, text in rows)])

    def _rows(self, snapshot: "Snapshot") -> list[tuple[str, str]]:
        from assistant.cli import state
        from indexer.discovery.names import format_size

        facts = snapshot.generation.facts
        sizes = snapshot.generation.size_bytes, facts["source_bytes"]
        ratio = f", {sizes[0] / sizes[1]:.1f} times the source" if sizes[1] else ""
        return [
            ("files", f"{facts['files']:,} ({format_size(sizes[1])})"),
            ("chunks", f"{facts['chunks']:,}"),
            ("definitions", f"{facts['definitions']:,}"),
            ("languages", _languages_text(state.language_shares(snapshot))),
            ("vectors", f"{share(facts['embedded'], facts['chunks'])} of the chunks"),
            ("model", snapshot.model_id),
            ("index", f"{format_size(sizes[0])}{ratio}, in {printable(str(self._folder))}"),
            ("written", f"{duration(state.age_s(snapshot))} ago; {self._changes_text(snapshot)}"),
            ("left out", self._left_out_text(snapshot)),
        ]

    def _changes_text(self, snapshot: "Snapshot") -> str:
        from assistant.cli import state

        changes = state.changes_since(self._engine, self._root, snapshot)
        if not changes.total:
            return "up to date"
        kinds = {"new": changes.added, "changed": changes.changed, "removed": changes.removed}
        listed = ", ".join(f"{number:,} {kind}" for kind, number in kinds.items() if number)
        return f"since then {listed}: the next search takes that in"

    def _left_out_text(self, snapshot: "Snapshot") -> str:
        from collections import Counter

        from indexer.index.update import skipped_files

        counts = Counter(skip.reason.value for skip in skipped_files(snapshot.generation))
        listed = ", ".join(f"{number:,} {reason}" for reason, number in counts.most_common())
        return f"{listed or 'nothing but what is ignored'} (assist status --files)"

    def _files_text(self, snapshot: "Snapshot") -> str:
        from assistant.cli import state

        skips = state.left_out(self._engine, self._root, snapshot)
        head = f"{printable(str(self._root))}: {count(len(skips), 'path')} left out"
        rows = [f"  {printable(skip.path)}  {skip.reason.value}: {printable(skip.detail)}" for skip in skips]
        return "\n".join([head, *rows])


def _languages_text(shares: list[Any]) -> str:
    if not shares:
        return "none"
    lines = sum(item.lines for item in shares)
    shown = [f"{item.name} {share(item.lines, lines)} ({item.files:,})" for item in shares[:_LANGUAGES_SHOWN]]
    more = len(shares) - _LANGUAGES_SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") + "; share of lines (files)"


def _iso_time(nanoseconds: int) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(nanoseconds / 1e9, UTC).isoformat(timespec="seconds")
