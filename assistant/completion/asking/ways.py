"""Finds out, by trying, how a model is asked for what belongs between two texts.

A server that takes the suffix itself knows its model's template best, so that comes first; then the template of the
family that the model's name tells; then a chat. Only what fills a hole right in a trial is used, except for a way that
the user's configuration names.
"""

import logging
from dataclasses import dataclass
from enum import Enum

from assistant.backends.config import BackendConfig
from assistant.backends.errors import ProtocolError, RequestRefusedError
from assistant.backends.messages import Backend
from assistant.backends.messages import CompletionRequest as ModelRequest
from assistant.backends.probe import MIDDLE, try_fill_in
from assistant.completion.prompting.templates import Template, candidates
from assistant.privacy import EgressGate, Part, Prompt

_LOG = logging.getLogger(__name__)


class Form(Enum):
    """In what form a model is asked."""

    SUFFIX = "the server takes the text after the cursor"
    TEMPLATE = "the prompt has the form of the model's family"
    CHAT = "a chat model is told what to do"


@dataclass(frozen=True, slots=True)
class Way:
    """How a model is asked."""

    form: Form
    template: Template | None = None


async def find_way(backend: Backend, config: BackendConfig, gate: EgressGate) -> Way:
    """Try the ways in turn and return the first that works; a chat where none does.

    :raises BackendError: if the server fails, so that nothing can be said about it.
    :raises PrivacyError: if it may not be asked.
    """
    if config.fill_in_the_middle in ("infill", "fim", "suffix"):
        return Way(Form.SUFFIX)
    if config.fill_in_the_middle == "auto" and await _fills_in(backend, gate, _parts(None), MIDDLE):
        return _told(backend, Way(Form.SUFFIX))
    for template in candidates(backend.model):
        parts = _parts(template)
        prompt = "".join(part.text for part in parts)
        request = ModelRequest(prompt, "", MIDDLE.max_tokens, 0.0, template.stop)
        if await _fills_in(backend, gate, parts, request):
            return _told(backend, Way(Form.TEMPLATE, template))
    return _told(backend, Way(Form.CHAT))


async def _fills_in(backend: Backend, gate: EgressGate, parts: list[Part], request: ModelRequest) -> bool:
    with gate.sending(gate.prepare(parts)):
        try:
            return await try_fill_in(backend, request) == "yes"
        except (ProtocolError, RequestRefusedError) as error:
            _LOG.debug("backend %s refused a trial: %s", backend.name, error)
            return False


def _parts(template: Template | None) -> list[Part]:
    if template is None:
        return [Part(MIDDLE.prefix, Prompt()), Part(MIDDLE.suffix, Prompt())]
    slots = {"files": "", "prefix": MIDDLE.prefix, "suffix": MIDDLE.suffix}
    return [Part(slots.get(piece.slot, piece.text), Prompt()) for piece in template.pieces()]


def _told(backend: Backend, way: Way) -> Way:
    family = f" ({way.template.family})" if way.template else ""
    _LOG.info("completions of %s, %s: %s%s", backend.name, backend.model, way.form.value, family)
    return way
