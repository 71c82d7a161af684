"""A conversation at the terminal: tells commands, searches and questions apart, and goes on after errors."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from types import TracebackType

import click

from assistant.answers import answer, passage
from assistant.answers.highlight import Matcher
from assistant.backends import Backend, BackendConfig
from assistant.cli.ask import print_answer
from assistant.cli.asking import agree, copy_checker, ground_for, last_line, mentioned_in, what_is_sent
from assistant.cli.chat_input import Lines
from assistant.cli.common import Prepared
from assistant.cli.console import Console, count, duration, output, printable, safe
from assistant.cli.results import ResultPrinter
from assistant.cli.streamed import TextWriter
from assistant.conversation import (
    Finished,
    History,
    NothingFound,
    Plan,
    Recorder,
    Session,
    SessionError,
    SessionStore,
    Subject,
    Turn,
    history_budget,
    plan_turn,
    stream_turn,
    understood,
)
from assistant.errors import AssistError, QueryError
from assistant.models import Models
from assistant.retrieval import traces
from assistant.retrieval.intent import Intent, intent_of
from assistant.retrieval.query import parse_query
from assistant.settings import NO_BACKEND
from indexer.embedding import Embedder, EmbeddingError
from indexer.errors import IndexerError

_RESULTS = 6
_SNIPPET_LINES = 4
_SESSIONS_SHOWN = 20
_HELP = """\
/search QUERY      search, whatever it looks like
/ask QUESTION      ask, whatever it looks like
/model [NAME]      show the models, or change to another: a backend, BACKEND MODEL, or none
/context           show everything that went to the model last
/clear             forget what was said; the next question stands by itself
/sessions          list saved conversations; /sessions delete ID removes one
/quit              end; so does Ctrl-D
@path @symbol @folder/ @diff in a question give the model that, too. Ctrl-C stops an answer."""


class Chat:
    """One conversation. Use it in a ``with`` block: it keeps a connection to the model.

    :param config: the backend that answers; None for the index alone.
    :param session: where turns are saved; those that it has are taken up.
    """

    def __init__(
        self,
        prepared: Prepared,
        models: Models,
        config: BackendConfig | None,
        store: SessionStore,
        session: Session,
        colour: str,
    ) -> None:
        self._prepared, self._models, self._store, self._session = prepared, models, store, session
        self._config = config
        self._colour = colour
        self._console: Console = output(colour)
        self._backend: Backend | None = None
        self._plan: Plan | None = None
        self._copies = copy_checker(prepared.engine.settings, prepared.roots) if config else None
        self._runner = asyncio.Runner()
        self._lines = Lines()
        self._failed = False
        self._history = History(history_budget(config.context_window if config else None))
        for turn in session.turns():
            self._history.add(turn)
        self._commands: dict[str, Callable[[str], None]] = {
            "/help": lambda _: click.echo(_HELP),
            "/search": self._search,
            "/ask": self._ask,
            "/model": self._change_model,
            "/context": self._show_context,
            "/clear": self._clear,
            "/sessions": self._sessions,
        }

    def __enter__(self) -> "Chat":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close_backend()
        self._runner.close()

    def run(self) -> int:
        """Talk until the input ends; the exit code is 3 if the last turn failed and nobody was there to see it."""
        if self._lines.is_terminal:
            self._greet()
        for line in self._lines:
            self._failed = False
            try:
                if not self._take(line.strip()):
                    break
            except KeyboardInterrupt:
                click.echo(f"\n{self._console.paint('stopped', 'dim')}")
            except (AssistError, IndexerError, EmbeddingError, OSError) as error:
                self._failed = True
                self._report(error)
        return 3 if self._failed and not self._lines.is_terminal else 0

    def _take(self, line: str) -> bool:
        """Do what a line says; tell whether to go on."""
        if not line:
            return True
        name, _, rest = line.partition(" ")
        if name in ("/quit", "/exit", "/q"):
            return False
        if name in self._commands:
            self._commands[name](rest.strip())
        elif name.startswith("/") and name[1:].isalpha() and "/" not in rest[:1]:
            raise QueryError(f"no command {name}; /help lists them")
        elif intent_of(line) is Intent.QUESTION:
            self._ask(line)
        else:
            self._search(line)
        return True

    def _ask(self, question: str) -> None:
        self._refresh()
        if self._config is None:
            self._answer_from_index(question)
        else:
            self._answer_with_model(question, self._config)

    def _answer_with_model(self, question: str, config: BackendConfig) -> None:
        engine = self._prepared.engine
        searcher = engine.searcher(self._prepared.roots)
        ground = ground_for(engine.settings, self._models, searcher, self._embedder(), self._copies)
        if self._backend is None:
            self._backend = self._models.open(config)
        window = self._backend.context_window
        plan = plan_turn(question, self._history, ground, window, mentioned_in(question, ground))
        agree(self._models, config, plan.prepared)
        self._plan = plan
        recorder = Recorder(plan)
        try:
            self._runner.run(self._stream(plan, self._backend, recorder))
        finally:
            self._remember(recorder.turn())

    async def _stream(self, plan: Plan, backend: Backend, recorder: Recorder) -> None:
        writer = TextWriter(self._console, Path.cwd().resolve())
        try:
            async with aclosing(stream_turn(plan, backend)) as events:
                async for event in events:
                    recorder.see(event)
                    writer.take(event)
                    if isinstance(event, NothingFound):
                        click.echo(self._console.paint(safe(event.statement), "dim"))
                    elif isinstance(event, Finished):
                        writer.end()
                        click.echo("\n" + self._console.paint(f"{last_line(event)} · /context", "dim"))
        finally:
            writer.end()

    def _answer_from_index(self, question: str) -> None:
        query = understood(question, self._history.subjects)
        searcher = self._prepared.engine.searcher(self._prepared.roots)
        found = answer(searcher, query, embedder=self._embedder())
        print_answer(found, self._colour, "")
        names = [item.result.name for item in found.passages if item.result.name]
        said = found.statement if found.found else ""
        self._remember(Turn(question, said, Subject(query, tuple(dict.fromkeys(names))[:6])))

    def _search(self, raw: str) -> None:
        self._refresh()
        engine = self._prepared.engine
        response = engine.search(raw, self._prepared.roots, _RESULTS, strict=False)
        query = parse_query(raw, is_trace=traces.is_trace, strict=False)
        sources = {source.snapshot.root: source for source in engine.searcher(self._prepared.roots).sources}
        matcher = Matcher(query)
        shown = [
            passage(sources[item.root], item, query, _SNIPPET_LINES, matcher) for item in response.results
        ]
        if shown:
            self._console.write(
                ResultPrinter(self._console, Path.cwd().resolve()).blocks(shown, snippets=True)
            )
        else:
            click.echo(
                f"Nothing found in {count(response.files_searched, 'file')}; put it as a question, or use other words."
            )
        names = tuple(dict.fromkeys(item.name for item in response.results if item.name))[:6]
        self._remember(Turn(raw, ", ".join(item.location for item in response.results), Subject(raw, names)))

    def _change_model(self, words: str) -> None:
        if words:
            name, _, model = words.partition(" ")
            is_backend = name in (*self._models.configs, NO_BACKEND)
            if is_backend or self._config is None:
                config = self._models.choose(name, model.strip())
            else:
                config = self._models.choose(self._config.name, words)
            self._close_backend()
            self._config = config
        if self._config is None:
            click.echo("The index answers alone.")
        else:
            click.echo(f"{printable(self._config.model)} at {printable(self._config.name)} answers.")
        others = [name for name in self._models.configs if self._config is None or name != self._config.name]
        if others:
            click.echo(f"Others: {', '.join(map(printable, others))}")

    def _show_context(self, _: str) -> None:
        if self._plan is None or self._config is None:
            click.echo("Nothing went to a model yet.")
        else:
            click.echo(safe(what_is_sent(self._plan, self._config)))

    def _clear(self, _: str) -> None:
        self._history.clear()
        self._session.clear()
        self._plan = None
        click.echo("Forgotten; the saved conversation keeps it.")

    def _sessions(self, words: str) -> None:
        action, _, name = words.partition(" ")
        if action == "delete" and name.strip():
            self._store.delete(name.strip())
            click.echo("Deleted.")
            return
        if words:
            raise QueryError(
                "/sessions takes nothing, or: delete ID; to go on with one, `assist chat --resume ID`"
            )
        import time

        saved = self._store.all()
        for item in saved[:_SESSIONS_SHOWN]:
            mark = "*" if item.id == self._session.id else " "
            age = duration(max(0.0, time.time() - item.changed_s))
            where = ", ".join(root.name for root in item.roots)
            click.echo(
                printable(f"{mark} {item.id}  {count(item.turns, 'turn')}, {age} ago, {where}: {item.title}")
            )
        if not saved:
            click.echo("No conversation is saved yet.")

    def _greet(self) -> None:
        who = f"{self._config.model} ({self._config.name})" if self._config else "The index alone"
        where = ", ".join(root.name for root in self._prepared.roots)
        click.echo(printable(f"{who} answers about {where}. /help lists the commands."))
        if turns := len(self._history):
            click.echo(f"{count(turns, 'turn')} taken up from {self._session.id}.")

    def _refresh(self) -> None:
        """Look for changes; an index that cannot be brought up to date is used as it is."""
        for root in self._prepared.roots:
            try:
                self._prepared.engine.update(root, wait_s=0.0)
            except (IndexerError, OSError) as error:
                click.echo(f"note: searching the index as it was: {printable(str(error))}", err=True)

    def _remember(self, turn: Turn) -> None:
        self._history.add(turn)
        try:
            self._session.append(turn)
        except SessionError as error:
            self._report(error)

    def _embedder(self) -> Embedder | None:
        try:
            return self._prepared.engine.embedder
        except EmbeddingError:
            return None

    def _close_backend(self) -> None:
        backend, self._backend = self._backend, None
        if backend is not None:
            self._runner.run(backend.aclose())

    @staticmethod
    def _report(error: Exception) -> None:
        what, _, action = str(error).partition("; ")
        style = Console.for_stream(sys.stderr)
        click.echo(f"{style.paint('error:', 'error')} {printable(what)}", err=True, color=style.colour)
        if action:
            click.echo(f"       {printable(action)}", err=True)
