"""The editor's settings: asked for where the client answers, taken as it sends them otherwise, read anew on change."""

import asyncio
import logging
from collections.abc import Callable

from lsprotocol import types

from lsp.client import Client
from lsp.rpc import AssistProtocol
from lsp.settings import EditorSettings, read_settings

SECTION = "assist"
_PATIENCE_S = 5.0
_LOG = logging.getLogger(__name__)


class Configuration:
    """The settings as they are now. Belongs to the event loop."""

    def __init__(self, protocol: AssistProtocol, changed: Callable[[EditorSettings], None]) -> None:
        """Begin with the defaults.

        :param changed: called when the settings have become others.
        """
        self._protocol = protocol
        self._changed = changed
        self._told: set[str] = set()
        self.current = EditorSettings()

    def take(self, data: object) -> None:
        """Read settings; what is wrong is told once and keeps its default."""
        settings, problems = read_settings(data)
        new = [problem for problem in problems if problem not in self._told]
        self._told.intersection_update(problems)
        self._told.update(problems)
        for problem in new:
            _LOG.warning("setting %s", problem)
            params = types.ShowMessageParams(type=types.MessageType.Warning, message=f"assist: {problem}")
            self._protocol.notify(types.WINDOW_SHOW_MESSAGE, params)
        if settings != self.current:
            self.current = settings
            self._changed(settings)

    def pushed(self, settings: object) -> None:
        """Take what ``workspace/didChangeConfiguration`` brings; the section itself, or what holds it."""
        if isinstance(settings, dict):
            self.take(settings.get(SECTION, settings))

    async def pull(self, client: Client) -> None:
        """Ask the client; without an answer the settings stay as they are."""
        if not client.pulls_configuration:
            return
        params = types.ConfigurationParams(items=[types.ConfigurationItem(section=SECTION)])
        try:
            request = self._protocol.send_request(types.WORKSPACE_CONFIGURATION, params)
            answer = await asyncio.wait_for(asyncio.wrap_future(request), _PATIENCE_S)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            _LOG.warning("the client did not tell its settings: %s", error or type(error).__name__)
            return
        self.take(answer[0] if answer else None)

    def register(self, client: Client) -> None:
        """Have the client tell of changes."""
        if client.registers_configuration:
            registration = types.Registration(
                id="assist/configuration",
                method=types.WORKSPACE_DID_CHANGE_CONFIGURATION,
                register_options={"section": SECTION},
            )
            params = types.RegistrationParams(registrations=[registration])
            self._protocol.send_request(types.CLIENT_REGISTER_CAPABILITY, params)
