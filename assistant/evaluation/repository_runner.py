"""The real runner: asks about one repository, through the index, the gate and the user's backends.

Made for one event loop and one run; the index is brought up to date before, by the caller.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from assistant.answers import Answer, answer
from assistant.backends import Backend, BackendError
from assistant.conversation import Event, Ground, History, plan_turn, stream_turn
from assistant.engine import Engine
from assistant.evaluation.asking import mentioned, recipe_call
from assistant.evaluation.listening import Listener
from assistant.evaluation.model import EXTRACTIVE, Case, Citation, Exit, Outcome
from assistant.models import Models
from assistant.privacy import PrivacyError
from assistant.recipes.events import RecipeEvent
from assistant.recipes.gathering import Workspace
from assistant.recipes.library import load_library
from assistant.recipes.run import plan_recipe, stream_recipe
from assistant.recipes.without_model import known_facts
from assistant.retrieval.search import Searcher
from assistant.settings import rules_for
from indexer.embedding import Embedder, EmbeddingError
from indexer.index.snapshot import Snapshot


class RepositoryRunner:
    """Answers cases about a repository."""

    def __init__(self, engine: Engine, root: Path, models: Models) -> None:
        """Prepare; nothing is opened or sent.

        :param root: an indexed folder.
        """
        self._engine = engine
        self._root = root
        self._models = models
        self._backends: dict[str, Backend] = {}
        self._retrieval = asyncio.Lock()
        self.library = load_library(root, engine.settings.config_file.parent)

    def require_backends(self, names: Iterable[str]) -> None:
        """Make sure that every backend is configured and may be sent to, before the first request.

        :raises SettingsError: for a name that is not configured.
        :raises PrivacyError: if text may not be sent to one of them.
        """
        for name in names:
            config = self._models.choose(name)
            if config is not None and not self._models.gate.offline:
                self._models.gate.consents.require(config.url)

    def notes(self, case_file: Path) -> list[str]:
        """Return what spoils the evaluation: a case file that is searched finds its own expectations."""
        snapshot = self._engine.snapshot(self._root)
        if snapshot is None or not case_file.is_relative_to(self._root):
            return []
        path = case_file.relative_to(self._root).as_posix()
        if snapshot.file_row(path) is None:
            return []
        return [
            f"{path} is indexed, so its own questions and expectations are found and shown to the models; "
            f'leave it out: exclude = ["{path}"] in [index] of assist.toml'
        ]

    async def run(self, case: Case, backend_name: str) -> Outcome:
        """Answer once; what fails while the answer streams leaves what came so far.

        :raises AssistError: if nothing could be asked.
        """
        config = self._models.choose(backend_name)
        if config is None:
            async with self._retrieval:  # the embedding model serves one thread at a time
                return await asyncio.to_thread(self._without_model, case)
        backend = self._backends.get(backend_name)
        if backend is None:
            backend = self._backends[backend_name] = self._models.open(config)
        started_s = time.perf_counter()
        async with self._retrieval:
            stream = await asyncio.to_thread(self._stream, case, backend)
        listener = Listener(backend.model, started_s)
        try:
            async with aclosing(stream) as events:
                await listener.follow(events)
        except (BackendError, PrivacyError) as error:
            listener.error = " ".join(str(error).split())
        return listener.outcome()

    async def aclose(self) -> None:
        """Close the connections."""
        for backend in self._backends.values():
            await backend.aclose()

    def _stream(self, case: Case, backend: Backend) -> AsyncGenerator[Event | RecipeEvent, None]:
        """Put together what is sent, and return what sends it when it is read."""
        searcher = self._engine.searcher([self._root])
        gate, window = self._models.gate, backend.context_window
        if case.recipe:
            workspace = self._workspace(searcher)
            call = recipe_call(case, self.library, workspace)
            return stream_recipe(
                plan_recipe(call.recipe, call.target, call.given, workspace, gate, window=window), backend
            )
        ground = Ground(searcher, gate, self._embedder(), self._engine.settings.context_tokens)
        passages = mentioned(case.prompt, searcher.sources)
        return stream_turn(plan_turn(case.prompt, History(0), ground, window, passages), backend)

    def _workspace(self, searcher: Searcher) -> Workspace:
        return Workspace(self._root, searcher, rules_for(self._root, self._engine.settings), self._root)

    def _without_model(self, case: Case) -> Outcome:
        started_s = time.perf_counter()
        searcher = self._engine.searcher([self._root])
        if case.recipe:
            workspace = self._workspace(searcher)
            call = recipe_call(case, self.library, workspace)
            facts = known_facts(call.recipe, call.target, call.given, workspace)
            found = Outcome("\n".join(facts.lines), exit=Exit.ANSWERED if facts.lines else Exit.NOT_FOUND)
        else:
            told = answer(searcher, case.prompt, embedder=self._embedder())
            found = Outcome(_as_text(told), tuple(_citations(told)))
            found = replace(found, exit=Exit.ANSWERED if told.found else Exit.NOT_FOUND)
        elapsed_ms = 1000 * (time.perf_counter() - started_s)
        return replace(found, first_token_ms=elapsed_ms, total_ms=elapsed_ms, model=EXTRACTIVE)

    def _embedder(self) -> Embedder | None:
        try:
            return self._engine.embedder
        except EmbeddingError:
            return None  # words alone


def _as_text(found: Answer) -> str:
    """Return an extractive answer as text: the statement, then each place with its lines."""
    blocks = [found.statement]
    for passage in found.passages:
        lines = "\n".join(line.text for line in passage.lines)
        blocks.append(f"[{passage.result.location}]\n{lines}".rstrip())
    return "\n\n".join(blocks)


def _citations(found: Answer) -> Iterable[Citation]:
    for passage in found.passages:
        result = passage.result
        yield Citation(f"[{result.location}]", True, result.path, result.start_line, result.end_line)


def index_id(snapshot: Snapshot) -> str:
    """Return a hash of what is indexed: the same for the same files and embedding model, whichever the generation."""
    rows = sorted(range(len(snapshot.paths)), key=snapshot.paths.__getitem__)
    hashed = blake2b(snapshot.model_id.encode(), digest_size=6)
    for row in rows:
        hashed.update(snapshot.paths[row].encode("utf-8", "surrogateescape") + b"\0")
        hashed.update(snapshot.files.records["content_hash"][row].tobytes())
    return hashed.hexdigest()
