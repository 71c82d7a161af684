"""The user's agreement to the first request to another machine, asked for with the editor's own question."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from lsp.session import Session
from lsp.tasks import CancelToken

if TYPE_CHECKING:
    from assistant.backends import BackendConfig
    from assistant.models import Models
    from assistant.privacy import Prepared

_SEND, _KEEP = "Send", "Do not send"


async def agreed(session: Session, models: Models, config: BackendConfig, prepared: Prepared) -> None:
    """Have the user agree, if that has not happened and is needed.

    :raises ConsentError: for a no.
    """
    loop = asyncio.get_running_loop()

    def confirm(screen: str) -> bool:
        return asyncio.run_coroutine_threadsafe(_confirmed(session, screen), loop).result()

    def work(_: CancelToken) -> None:
        models.agree(config, prepared, confirm)

    await session.tasks.in_thread(work)


async def _confirmed(session: Session, screen: str) -> bool:
    actions = [types.MessageActionItem(_SEND), types.MessageActionItem(_KEEP)]
    params = types.ShowMessageRequestParams(type=types.MessageType.Warning, message=screen, actions=actions)
    request = session.protocol.send_request(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    chosen = await asyncio.wrap_future(request)
    return chosen is not None and chosen.title == _SEND
