"""Suggestions of a language model: one request, from related code to the cleaned answer.

Everything that is sent passes the egress gate; a document that may not be sent is not asked about, nor is a cursor in
the middle of a secret. Cancelling the task closes the connection. A backend that fails is left alone for a while.
"""

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import replace

from assistant.backends import Backend, BackendConfig, ChatRequest
from assistant.backends import CompletionRequest as ModelRequest
from assistant.backends.addresses import is_loopback
from assistant.completion.asking.ways import Form, Way, find_way
from assistant.completion.cleaning import Cleaned, clean, enough
from assistant.completion.cleaning.blocks import is_single_line
from assistant.completion.material import Fragment, Gatherer
from assistant.completion.model import CompletionRequest, Suggestion
from assistant.completion.options import CompletionOptions
from assistant.completion.place import Place
from assistant.completion.prompting.prompt import (
    Draft,
    Sampling,
    chat_draft,
    chosen,
    suffix_draft,
    template_draft,
)
from assistant.completion.prompting.window import Window, window_of
from assistant.errors import AssistError
from assistant.models import Models
from assistant.privacy.detection import find_secrets

_LOG = logging.getLogger(__name__)
_FIRST_PAUSE_S = 2.0
_LONGEST_PAUSE_S = 120.0
_SECRET_CHARS = 2_000
"""On either side of the cursor, in which a secret around it is looked for."""
_TEMPERATURES = (0.1, 0.6, 0.9)
_CONFIDENCE = 0.5
"""A model does not say how sure it is."""


class ModelSource:
    """Asks one backend. Belongs to one event loop; close it.

    :param config: the backend, as :meth:`Models.choose` gave it.
    """

    def __init__(
        self, models: Models, config: BackendConfig, options: CompletionOptions, gatherer: Gatherer
    ) -> None:
        self._models = models
        # A completion that comes after two retries comes too late.
        self._config = replace(config, max_retries=0)
        self._options = options
        self._gatherer = gatherer
        self._backend: Backend | None = None
        self._finding: asyncio.Task[Way] | None = None
        self._pause_s = 0.0
        self._paused_until_s = 0.0
        self.problem = ""
        """Why the model does not answer at present, in words for the user; empty while it does."""

    @property
    def name(self) -> str:
        """The backend's name."""
        return self._config.name

    @property
    def is_local(self) -> bool:
        """Whether the model runs on this machine."""
        return is_loopback(self._config.url)

    @property
    def is_paused(self) -> bool:
        """Whether the backend failed a short while ago and is left alone."""
        return time.monotonic() < self._paused_until_s

    async def complete(self, request: CompletionRequest, place: Place, number: int = 0) -> list[Suggestion]:
        """Return one suggestion, or none.

        :param number: which of several candidates this is; later ones are bolder.
        """
        if self.is_paused or _in_secret(request):
            return []
        try:
            async with asyncio.timeout(self._options.timeout_ms / 1000):
                cleaned = await self._ask(request, place, _TEMPERATURES[min(number, len(_TEMPERATURES) - 1)])
        except TimeoutError:
            if self._finding is not None and not self._finding.done():
                return []  # a server that loads its model takes its time, once
            self._failed(f'backend "{self.name}" took longer than {self._options.timeout_ms / 1000:.0f} s')
            return []
        except AssistError as error:
            self._failed(str(error))
            return []
        self._pause_s, self.problem = 0.0, ""
        if cleaned is None:
            return []
        end = request.offset + cleaned.replaced
        return [Suggestion(cleaned.text, request.offset, end, self.name, _CONFIDENCE)]

    async def aclose(self) -> None:
        """Close the connections."""
        self._gatherer.close()
        if self._finding is not None:
            self._finding.cancel()
            await asyncio.gather(self._finding, return_exceptions=True)
        if self._backend is not None:
            await self._backend.aclose()

    async def _ask(self, request: CompletionRequest, place: Place, temperature: float) -> Cleaned | None:
        backend, way = await self._ready()
        options = self._options
        fragments = await self._gatherer.gather(request, options.retrieval_ms / 1000)
        window = window_of(request, options.context_tokens)
        taken = chosen(fragments, options.context_tokens - window.tokens)
        _LOG.debug("completion prompt: %d tokens of the document, %d fragments", window.tokens, len(taken))
        stop = ("\n",) if is_single_line(place) and way.form is not Form.CHAT else ()
        sampling = Sampling(options.max_tokens, temperature, stop)
        draft = _draft(way, request, window, taken, sampling)
        prepared = await asyncio.to_thread(self._models.gate.prepare, draft.parts)
        texts = [part.text for part in prepared.parts]
        if draft.parts[draft.document].text and not texts[draft.document]:
            return None  # the document may not be sent
        with self._models.gate.sending(prepared):
            answer, is_cut_off = await self._read(backend, draft.finish(texts), place)
        is_chat = way.form is Form.CHAT
        return clean(answer, request, place, options.max_lines, is_chat=is_chat, is_cut_off=is_cut_off)

    async def _read(
        self, backend: Backend, asked: ModelRequest | ChatRequest, place: Place
    ) -> tuple[str, bool]:
        """Read an answer until it holds enough; leaving early closes the connection and so stops the model."""
        is_chat = isinstance(asked, ChatRequest)
        deltas = backend.chat(asked) if isinstance(asked, ChatRequest) else backend.complete(asked)
        answer, finish = "", None
        async with aclosing(deltas) as pieces:
            async for delta in pieces:
                answer += delta.text
                finish = delta.finish_reason or finish
                if "\n" in delta.text and not is_chat and enough(answer, place, self._options.max_lines):
                    break
        return answer, finish == "length"

    async def _ready(self) -> tuple[Backend, Way]:
        """Open the backend and find the way to ask it, once; who gives up waiting does not stop the trial."""
        if self._backend is None:
            self._backend = self._models.open(self._config)
        if self._finding is None:
            finding = find_way(self._backend, self._config, self._models.gate)
            self._finding = asyncio.create_task(finding, name="find the way to complete")
            self._finding.add_done_callback(_seen)
        try:
            return self._backend, await asyncio.shield(self._finding)
        except AssistError:
            self._finding = None
            raise

    def _failed(self, problem: str) -> None:
        self._pause_s = min(_LONGEST_PAUSE_S, max(_FIRST_PAUSE_S, 2 * self._pause_s))
        self._paused_until_s = time.monotonic() + self._pause_s
        if problem != self.problem:
            _LOG.warning("completions go on without a model for %.0f s: %s", self._pause_s, problem)
        self.problem = problem


def _seen(task: asyncio.Task[Way]) -> None:
    """Take note of a failure, which nobody may wait for any more."""
    if not task.cancelled():
        task.exception()


def _draft(
    way: Way,
    request: CompletionRequest,
    window: Window,
    fragments: Sequence[Fragment],
    sampling: Sampling,
) -> Draft:
    if way.form is Form.SUFFIX:
        return suffix_draft(request, window, fragments, sampling)
    if way.template is not None:
        return template_draft(request, window, fragments, way.template, sampling)
    return chat_draft(request, window, fragments, sampling)


def _in_secret(request: CompletionRequest) -> bool:
    """Tell whether a secret stands around the cursor: what is before and after it would be sent as two halves."""
    start = max(0, request.offset - _SECRET_CHARS)
    near = request.text[start : request.offset + _SECRET_CHARS]
    at = request.offset - start
    return any(finding.start < at < finding.end for finding in find_secrets(near, request.path))
