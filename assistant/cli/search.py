"""``assist search``: ranked results for a query, or for many."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assistant.cli.command import QueryCommand, colour_option, json_option, query_text, repo_option

if TYPE_CHECKING:  # the engine is not needed to print help
    from assistant.answers import Passage
    from assistant.cli.common import Prepared
    from assistant.retrieval.results import SearchResponse

_SNIPPET_LINES = 4


@click.command(
    name="search",
    cls=QueryCommand,
    examples=(
        ("assist search TCPConnector", "Where a name is defined, then where it is used"),
        ("assist search where are connections closed", "By meaning and by words"),
        ("assist search '\"connection reset\"'", "An exact text"),
        ("assist search '/def (get|set)_\\w+/'", "A regular expression, in Python's syntax"),
        ("assist search lang:python path:src -path:tests kind:class pool", "With filters"),
        ("assist search connector.py:7", "A file by a part of its path, at a line"),
        ("assist search - < trace.txt", "The frames of a stack trace that lie in this repository"),
        ("assist search --repo ../server --repo ../client handshake", "In two repositories"),
        ("assist search --explain connection pool", "What each result's place in the list is made of"),
        ("assist search --grep pool", "For an editor: vim's grepprg, Emacs' grep mode"),
        (
            "assist search --queries queries.jsonl",
            'Many: a line {"query": ...} each, answered by a line each',
        ),
    ),
)
@click.argument("query", nargs=-1, metavar="QUERY...")
@repo_option
@click.option(
    "--limit",
    "-n",
    metavar="N",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="How many results at most.",
)
@click.option(
    "--context", "-C", metavar="N", type=click.IntRange(0), default=0, help="Lines around each line shown."
)
@click.option("--no-snippet", is_flag=True, help="One line a result.")
@click.option("--files", "only_files", is_flag=True, help="Paths only, each once.")
@click.option("--explain", is_flag=True, help="Show what each result's score is made of.")
@click.option("--grep", "as_grep", is_flag=True, help="path:line:text, as grep prints it, for editors.")
@json_option
@click.option(
    "--queries",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help='Answer a file of JSON lines {"query": ...}; - is standard input.',
)
@colour_option
def command(
    query: tuple[str, ...],
    repos: tuple[Path, ...],
    limit: int,
    context: int,
    no_snippet: bool,
    explain: bool,
    only_files: bool,
    as_grep: bool,
    as_json: bool,
    queries: Path | None,
    colour: str,
) -> int:
    """Search a repository: names, words, "exact text", /regular expressions/, paths, stack traces.

    Filters are lang: path: sym: kind: and, to leave something out, -path: and -lang:. The index is brought up to date
    first. Exit code 1 means that nothing was found.
    """
    if sum((only_files, as_grep, as_json, queries is not None)) > 1:
        raise click.UsageError("--files, --grep, --json and --queries exclude each other; give one of them")
    if queries is not None:
        if query:
            raise click.UsageError("--queries takes the place of QUERY; give one of them")
        from assistant.cli.batch import answer_queries

        return answer_queries(queries, repos, limit)
    if explain and (only_files or as_grep):
        raise click.UsageError("--explain shows more than --files and --grep have room for; leave those out")
    raw = query_text(query)
    from assistant.cli.common import prepare

    prepared = prepare(repos)
    response = prepared.engine.search(raw, prepared.roots, limit)
    if only_files:
        return _print_files(prepared, response)
    found = _Found(prepared, response, context, explain=explain)
    if as_json:
        return found.print_json()
    return found.print_text(colour, grep=as_grep, snippets=not no_snippet)


class _Found:
    """A response with what to show of each result."""

    def __init__(
        self, prepared: "Prepared", response: "SearchResponse", context: int, *, explain: bool = False
    ) -> None:
        from assistant.answers import passage
        from assistant.answers.highlight import Matcher
        from assistant.cli.results import with_context
        from assistant.retrieval import traces
        from assistant.retrieval.query import parse_query

        self._prepared, self._response, self._explain = prepared, response, explain
        self._query = parse_query(response.query, is_trace=traces.is_trace)
        self._sources = prepared.engine.searcher(prepared.roots).sources
        matcher = Matcher(self._query)
        by_root = {source.snapshot.root: source for source in self._sources}
        self.passages: list[Passage] = []
        for result in response.results:
            source = by_root[result.root]
            chosen = passage(source, result, self._query, _SNIPPET_LINES, matcher)
            self.passages.append(with_context(source, chosen, matcher, context))

    def notes(self) -> list[str]:
        """Return what the user should know besides the results."""
        from assistant.cli.nothing import unknown_name, why_nothing
        from assistant.retrieval.spelling import SAYS

        understanding = [self._understood()] if self._explain else []
        if not self.passages:
            lines = why_nothing(self._sources, self._prepared.roots, self._query)
            explained = len(lines) > 1  # better than the search itself could
            given = () if explained else self._response.notes
            return [*understanding, *lines, *given, *self._prepared.notes]
        notes = [*understanding, *self._prepared.notes, *self._response.notes]
        corrected = any(SAYS in note for note in self._response.notes)
        unknown = None if corrected else unknown_name(self._sources, self._query)
        return [*notes, unknown] if unknown else notes

    def _understood(self) -> str:
        from assistant.retrieval.explanation import understood

        return understood(self._query)

    def print_json(self) -> int:
        """Print everything as one object."""
        import json

        from assistant.cli.results import as_json

        several = len(self._prepared.roots) > 1
        shown = {
            "query": self._response.query,
            "kind": self._response.kind.value,
            "ms": round(self._response.elapsed_ms, 2),
            "files": self._response.files_searched,
            "results": as_json(
                self.passages, with_repo=several, explain=self._query if self._explain else None
            ),
            "notes": self.notes(),
        }
        click.echo(json.dumps(shown))
        return 0 if self.passages else 1

    def print_text(self, colour: str, *, grep: bool, snippets: bool) -> int:
        """Print the results for people; notes go to standard error."""
        from assistant.cli.common import warn
        from assistant.cli.console import output, printable
        from assistant.cli.results import ResultPrinter

        if not self.passages:
            click.echo("\n".join(map(printable, self.notes())), err=True)
            return 1
        console = output(colour)
        printer = ResultPrinter(console, Path.cwd().resolve())
        console.write(
            printer.grep(self.passages)
            if grep
            else printer.blocks(
                self.passages, snippets=snippets, explain=self._query if self._explain else None
            )
        )
        warn(self.notes())
        return 0


def _print_files(prepared: "Prepared", response: "SearchResponse") -> int:
    from assistant.cli.console import printable
    from assistant.cli.results import label

    here = Path.cwd().resolve()
    for path in dict.fromkeys(label(result.root, result.path, here) for result in response.results):
        click.echo(printable(path))
    if not response.results:
        _Found(prepared, response, 0).print_text("never", grep=False, snippets=False)
    return 0 if response.results else 1
