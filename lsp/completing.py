"""The completion pipeline of a session: made when it is first wanted, anew when a setting changes; fed with edits.

``textDocument/inlineCompletion`` and ``textDocument/completion`` both ask here. The pipeline lives in the loop of the
model clients, so that no answer is cleaned on the protocol's loop. :mod:`lsp.learning` has what the repository teaches.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lsp.errors import is_told
from lsp.learning import Learning
from lsp.protocol.status import Health
from lsp.session import Session
from lsp.settings import CompletionSettings, EditorSettings
from lsp.tasks import CancelToken
from lsp.text import Document, TextSnapshot

if TYPE_CHECKING:
    from assistant.completion import CompletionOptions, CompletionPipeline, RecentFile, Suggestion
    from assistant.engine import Engine
    from assistant.models import Models

_LOG = logging.getLogger(__name__)
_LOADED = ("indexer.languages", "assistant.completion", "assistant.completion.local.completers")
_RECENT = 8
"""So many of the documents that were used last go with a request."""
_LANGUAGES = {
    "typescriptreact": "tsx",
    "javascriptreact": "javascript",
    "shellscript": "bash",
    "objective-c": "objectivec",
    "objective-cpp": "objectivec",
    "dockercompose": "yaml",
    "jsonc": "json",
    "latex": "tex",
    "makefile": "make",
}
"""Identifiers of the protocol for languages that are called otherwise here."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a completion is wanted, taken before anything is awaited."""

    snapshot: TextSnapshot
    offset: int
    invoked: bool
    text: str
    """The document's, but for what the client says that it would insert first."""
    root: Path
    path: str
    recent: tuple[tuple[str, TextSnapshot], ...]


class Completing:
    """Completes for a session. Belongs to the event loop."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._pipeline: CompletionPipeline | None = None
        self._made_for: tuple[Engine, CompletionSettings, bool] | None = None
        self._learning = Learning(session)
        self._making = asyncio.Lock()
        self._suggested: Callable[[Suggestion], None] = lambda suggestion: None
        session.documents.listen(opened=self._document_opened, changed=self._edited, closed=self._closed)
        session.on_settings(self._settings_changed)
        session.when_quiet(self._warm)

    def cursor(self, uri: str, offset: int, *, invoked: bool, text: str | None = None) -> Cursor:
        """Take down where a completion is wanted.

        :param text: if the document's is not what is to be completed; ``offset`` belongs to it.
        :raises LspError: if the document is not open.
        """
        session = self._session
        snapshot = session.snapshot(uri)
        root, path = self._session.workspaces.place(uri)
        recent: list[tuple[str, TextSnapshot]] = []
        for document in session.documents:
            if document.uri != uri and len(recent) < _RECENT:
                other_root, other = self._session.workspaces.place(document.uri)
                recent.append((other if other_root == root else str(other_root / other), document.snapshot()))
        whole = snapshot.text if text is None else text
        return Cursor(snapshot, offset, invoked, whole, root, path, tuple(recent))

    async def complete(self, cursor: Cursor) -> list[Suggestion]:
        """Return suggestions, best first; none if the text has changed meanwhile.

        Cancelling ends the model's request.
        """
        if not self._session.settings.completion.enabled:
            return []
        self._session.copies.roots = self._session.workspaces.roots
        pipeline = await self._current()
        await self._learning.wait_for(cursor.root)
        from assistant.completion import CompletionRequest, RecentFile, Trigger

        recent: Sequence[RecentFile] = tuple(
            RecentFile(path, snapshot.text, _language(path, snapshot)) for path, snapshot in cursor.recent
        )
        request = CompletionRequest(
            cursor.root,
            cursor.path,
            cursor.text,
            cursor.offset,
            _language(cursor.path, cursor.snapshot),
            cursor.snapshot.version,
            Trigger.INVOKED if cursor.invoked else Trigger.AUTOMATIC,
            recent,
        )
        found = await self._session.models.run(pipeline.complete(request))
        self._tell_problem(pipeline)
        if not self._session.documents.is_current(cursor.snapshot):
            return []
        for suggestion in found:
            self._suggested(suggestion)
        return found

    def on_suggested(self, listener: Callable[[Suggestion], None]) -> None:
        """Have a function called with each suggestion that the client is given."""
        self._suggested = listener

    def happened(self, outcome: str, suggestion_id: str, chars: int | None = None) -> None:
        """Note what became of a suggestion; an unknown one is forgotten already.

        :param outcome: the name of the pipeline's method.
        """
        pipeline = self._pipeline
        if pipeline is not None:
            arguments = (suggestion_id,) if chars is None else (suggestion_id, chars)
            self._session.models.call(getattr(pipeline, outcome), *arguments)

    # The pipeline

    async def _current(self) -> CompletionPipeline:
        """Return the pipeline for the settings as they are.

        :raises SettingsError: if ``config.toml`` cannot be used.
        """
        session = self._session
        settings = session.settings
        engine = await session.in_thread(_loaded)
        wanted = (engine, settings.completion, settings.offline)
        async with self._making:
            if self._pipeline is None or self._made_for != wanted:
                await self._discard()
                options, problem = _options(engine, settings.completion)
                self._report("completion settings", problem)
                self._pipeline = self._made(engine, options, offline=settings.offline)
                self._made_for = wanted
            return self._pipeline

    def _made(self, engine: Engine, options: CompletionOptions, *, offline: bool) -> CompletionPipeline:
        from assistant.completion import CompletionPipeline

        holder = self._session.holder

        def models() -> Models:
            return holder.models(offline=offline)

        # Making the models loads what speaks HTTP, which takes longer than a first completion should.
        asks = bool(engine.settings.backends) and options.backend != "none"
        learned, copies = self._learning.completers(engine).get, self._session.copies
        return CompletionPipeline(engine, models if asks else None, options, learned, copies)

    async def _discard(self) -> None:
        if self._pipeline is not None:
            old, self._pipeline = self._pipeline, None
            await self._session.models.run(old.aclose())

    def _settings_changed(self, settings: EditorSettings) -> None:
        if settings.completion.enabled and self._session.documents:
            self._session.tasks.start(self._prepared(), "preparing completions")

    async def _warm(self) -> None:
        """Load what speaks to models before the first completion needs it."""
        if self._session.settings.completion.enabled:
            await self._prepared()
            if self._pipeline is not None:
                await self._session.models.run(self._pipeline.warm())

    async def _prepared(self) -> None:
        try:
            await self._current()
        except Exception as error:
            if not is_told(error):
                raise
            _LOG.info("completions wait: %s", error)

    def _tell_problem(self, pipeline: CompletionPipeline) -> None:
        self._report("completion", pipeline.problem)

    def _report(self, key: str, problem: str) -> None:
        if problem:
            self._session.status.problem(key, Health.WARNING, problem)
        else:
            self._session.status.solved(key)

    # Documents

    def _document_opened(self, document: Document) -> None:
        self._learning.learn(self._session.workspaces.place(document.uri)[0])

    def _edited(self, document: Document) -> None:
        if self._pipeline is not None:
            self._session.models.call(self._pipeline.edited, *self._session.workspaces.place(document.uri))

    def _closed(self, document: Document) -> None:
        root, path = self._session.workspaces.place(document.uri)
        if self._pipeline is not None:
            closing = self._session.models.run(self._pipeline.closed(root, path))
            self._session.tasks.start(closing, "closing a document")
        self._learning.restore(root, path)


def _loaded(engine: Engine, _: CancelToken) -> Engine:
    """Load, in a thread, what the loop is to find loaded."""
    for name in _LOADED:
        importlib.import_module(name)
    return engine


def _options(engine: Engine, settings: CompletionSettings) -> tuple[CompletionOptions, str]:
    """Return the user's table with what the editor says, and what is wrong with the table."""
    from assistant.completion import CompletionOptions, parse_completion
    from assistant.errors import SettingsError

    problem = ""
    try:
        options = parse_completion(
            engine.settings.completion, f"[completion] of {engine.settings.config_file}"
        )
    except SettingsError as error:
        options, problem = CompletionOptions(), str(error)
    usual = CompletionSettings()
    made = replace(
        options,
        backend=settings.backend or options.backend,
        model=options.model if not settings.backend else "",
        in_comments=settings.in_comments or options.in_comments,
        in_strings=settings.in_strings or options.in_strings,
        candidates=options.candidates if settings.candidates == usual.candidates else settings.candidates,
    )
    return made, problem


def _language(path: str, snapshot: TextSnapshot) -> str | None:
    """Return a document's language: by its name, else by what the editor calls it."""
    from indexer.languages import LANGUAGES, language_of

    by_name = language_of(path.rpartition("/")[2]).name
    if by_name in LANGUAGES and by_name != "text":
        return by_name
    said = _LANGUAGES.get(snapshot.language_id, snapshot.language_id)
    return said if said in LANGUAGES else None
