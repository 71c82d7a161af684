"""Which language model answers, and the one way to it: the user's ``[backends]``, ``[ask]`` and ``[privacy]`` tables.

The only place that joins :mod:`assistant.backends` with :mod:`assistant.privacy`: whoever asks a model gets a backend
from :meth:`Models.open`, and its bytes pass the gate. Importing this loads httpx; searching does not need it.
"""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from assistant.backends import Backend, BackendConfig, make_backend, parse_backends, plug_in_kinds
from assistant.backends.addresses import shown_url
from assistant.backends.client import proxy_for
from assistant.errors import SettingsError
from assistant.privacy import EgressGate, Prepared, PrivacySettings, parse_privacy
from assistant.settings import NO_BACKEND, Settings


class Models:
    """The configured backends behind one gate.

    :param state_dir: where the audit log is kept.
    :param environ: where keys are looked up.
    :param offline: makes every request an error.
    :raises SettingsError: for a ``[backends]`` or ``[privacy]`` table that cannot be used; the file is named.
    """

    def __init__(
        self, settings: Settings, state_dir: Path, environ: Mapping[str, str], *, offline: bool = False
    ) -> None:
        self._settings = settings
        self._environ = environ
        self.configs = _backends(settings)
        self.gate = EgressGate(
            _privacy(settings),
            self.configs.values(),
            settings.config_file.parent,
            state_dir,
            offline=offline,
        )

    def choose(self, name: str = "", model: str = "") -> BackendConfig | None:
        """Return the backend that answers; None for the extractive answerer.

        :param name: the user's choice for this call, or ``none``; empty: what ``[ask] backend`` says, else the first.
        :param model: another model of that backend.
        :raises SettingsError: for a name that is not configured, or a model without a backend.
        """
        wanted = name or self._settings.backend or next(iter(self.configs), NO_BACKEND)
        if wanted == NO_BACKEND:
            if model:
                raise SettingsError(
                    f'"{model}" has no backend to run on; configure one, see `assist models`, or leave --model out'
                )
            return None
        if wanted not in self.configs:
            near = difflib.get_close_matches(wanted, self.configs, 1)
            known = ", ".join(self.configs) or "none"
            hint = (
                f'did you mean "{near[0]}"?' if near else f"configured: {known}; `assist models` tells more"
            )
            raise SettingsError(f'no backend "{wanted}" in {self._settings.config_file}; {hint}')
        config = self.configs[wanted]
        return replace(config, model=model) if model else config

    def open(self, config: BackendConfig) -> Backend:
        """Return a client whose every request passes the gate. Belongs to one event loop; close it."""
        return make_backend(config, self.gate.client, self._environ)

    def agree(self, config: BackendConfig, prepared: Prepared, confirm: Callable[[str], bool]) -> None:
        """Have the user agree to a first request to a remote host; a yes is remembered.

        :param confirm: shows a text of several lines and returns the answer; not called where none is needed.
        :raises ConsentError: for a no.
        """
        if self.gate.offline or self.gate.consents.is_given(config.url):
            return
        proxy = proxy_for(config)
        passing = shown_url(proxy) if proxy else ""
        self.gate.consents.ask(config.url, config.name, prepared.manifest, confirm, passing)


def _backends(settings: Settings) -> dict[str, BackendConfig]:
    try:
        return parse_backends(settings.backends, plug_in_kinds)
    except SettingsError as error:
        raise SettingsError(f"{settings.config_file}: {error}") from error


def _privacy(settings: Settings) -> PrivacySettings:
    try:
        return parse_privacy(settings.privacy)
    except SettingsError as error:
        raise SettingsError(f"{settings.config_file}: {error}") from error
