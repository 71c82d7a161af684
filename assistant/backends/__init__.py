"""Language models over HTTP: one interface, three dialects, and plug-ins for others.

``parse_backends`` reads the configuration, ``make_backend`` makes a client, ``discover`` finds local servers,
``test_backend`` tries one. What needs httpx is imported when it is first used: the command line starts without it.
"""

from typing import TYPE_CHECKING

from assistant.backends.config import BackendConfig, parse_backends
from assistant.backends.errors import BackendError
from assistant.backends.keys import EnvironmentKey, Key, KeyFile, KeyringKey, KeySource
from assistant.backends.messages import (
    Backend,
    ChatRequest,
    CompletionRequest,
    Delta,
    Message,
    ModelInfo,
    Usage,
)

if TYPE_CHECKING:
    from assistant.backends.client import plain_client
    from assistant.backends.discovery import Candidate, LocalServer, candidates, discover
    from assistant.backends.probe import ProbeReport, test_backend
    from assistant.backends.registry import make_backend, plug_in_kinds

__all__ = [
    "Backend",
    "BackendConfig",
    "BackendError",
    "Candidate",
    "ChatRequest",
    "CompletionRequest",
    "Delta",
    "EnvironmentKey",
    "Key",
    "KeyFile",
    "KeySource",
    "KeyringKey",
    "LocalServer",
    "Message",
    "ModelInfo",
    "ProbeReport",
    "Usage",
    "candidates",
    "discover",
    "make_backend",
    "parse_backends",
    "plain_client",
    "plug_in_kinds",
    "test_backend",
]

_LATER = {
    "Candidate": "discovery",
    "LocalServer": "discovery",
    "ProbeReport": "probe",
    "candidates": "discovery",
    "discover": "discovery",
    "make_backend": "registry",
    "plain_client": "client",
    "plug_in_kinds": "registry",
    "test_backend": "probe",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
