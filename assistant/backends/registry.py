"""Makes the client for a configuration: one of the built-in dialects, or what a plug-in provides.

A plug-in is a Python package with an entry point in the group ``repo_assist.backends``. The entry point's name is the
``kind`` that it provides; its object is called with the configuration and the client factory and returns a
``Backend``::

    [project.entry-points."repo_assist.backends"]
    my-server = "my_package:make"
"""

import logging
from collections.abc import Callable, Mapping
from importlib.metadata import EntryPoint, entry_points

from assistant.backends.config import BackendConfig
from assistant.backends.connection import ClientFactory
from assistant.backends.errors import BackendConfigError
from assistant.backends.messages import Backend

ENTRY_POINT_GROUP = "repo_assist.backends"
_log = logging.getLogger(__name__)


def make_backend(
    config: BackendConfig,
    client_factory: ClientFactory,
    environ: Mapping[str, str] | None = None,
) -> Backend:
    """Make the client of a configured backend. Nothing is opened, read or sent before its first request.

    :param client_factory: builds the HTTP client, once, in a thread: the place where every outgoing byte can be
        looked at, so there is no default. A plug-in is given it too, and no other way to the network is part of the
        agreement.
    :param environ: where keys are looked up; the process's environment by default.
    :raises BackendConfigError: for a kind that no one provides, or a plug-in that fails.
    """
    if config.kind == "openai":
        from assistant.backends.openai import OpenAIBackend

        return OpenAIBackend(config, client_factory, environ)
    if config.kind == "anthropic":
        from assistant.backends.anthropic import AnthropicBackend

        return AnthropicBackend(config, client_factory, environ)
    if config.kind == "ollama":
        from assistant.backends.ollama import OllamaBackend

        return OllamaBackend(config, client_factory, environ)
    return _plugged_in(config, client_factory)


def plug_in_kinds() -> list[str]:
    """Return the kinds that installed plug-ins provide, sorted; reads the metadata of what is installed."""
    return sorted({point.name for point in entry_points(group=ENTRY_POINT_GROUP)})


def _plugged_in(config: BackendConfig, client_factory: ClientFactory) -> Backend:
    points: list[EntryPoint] = list(entry_points(group=ENTRY_POINT_GROUP, name=config.kind))
    if not points:
        raise BackendConfigError(
            f'backend "{config.name}": no one provides the kind "{config.kind}"; install its plug-in or correct "kind"'
        )
    try:
        factory: Callable[[BackendConfig, ClientFactory], Backend] = points[0].load()
        return factory(config, client_factory)
    except Exception as error:
        _log.exception("the plug-in %s failed", points[0].value)
        raise BackendConfigError(
            f'backend "{config.name}": the plug-in for "{config.kind}" ({points[0].value}) failed: '
            f"{type(error).__name__}; update or remove it"
        ) from error
