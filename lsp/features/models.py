"""``assist/models``: the language models that are configured, and those that run on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsp.protocol.models import MODELS, BackendInfo, FoundServer, Models, ModelsParams
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.backends import LocalServer
    from assistant.engine import Engine
    from assistant.models import Models as Configured
    from lsp.server import AssistServer


def register(server: AssistServer) -> None:
    """Tell of models."""
    server.own(MODELS, ModelsFeature(server).models)


class ModelsFeature:
    """Tells which models there are."""

    def __init__(self, server: AssistServer) -> None:
        self._session = server.session

    async def models(self, params: ModelsParams) -> Models:
        """Tell what is configured, and what runs here if that is asked for."""
        session = self._session
        settings = session.settings

        def configured(engine: Engine, _: CancelToken) -> tuple[Configured, Models]:
            models = session.holder.models(offline=settings.offline)
            chosen = models.choose(settings.chat.backend, settings.chat.model)
            told = Models(
                tuple(_infos(models)),
                (),
                str(engine.settings.config_file),
                models.gate.offline,
                chosen.name if chosen else None,
            )
            return models, told

        models, told = await session.in_thread(configured)
        if not params.discover or models.gate.offline:
            return told
        found = await session.models.run(_discovered(models))
        servers = tuple(FoundServer(item.label, item.kind, item.url, tuple(item.models)) for item in found)
        return Models(told.backends, servers, told.config_file, told.offline, told.chat)


def _infos(models: Configured) -> list[BackendInfo]:
    from assistant.backends.addresses import is_loopback, shown_url

    return [
        BackendInfo(
            config.name,
            config.kind,
            shown_url(config.url),
            config.model,
            is_loopback(config.url),
            models.gate.consents.is_given(config.url),
        )
        for config in models.configs.values()
    ]


async def _discovered(models: Configured) -> list[LocalServer]:
    from assistant.backends import candidates, discover

    return await discover(candidates(os.environ), models.gate.client)
