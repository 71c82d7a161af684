"""Agreeing, once for each host, that text may be sent there; hosts other than this machine only.

The question is put by whoever talks to the user; the gate refuses to send until it was answered, or until the user's
settings allow the host.
"""

import datetime
from collections.abc import Callable
from pathlib import Path

from assistant.backends.addresses import is_loopback
from assistant.privacy.content import Manifest
from assistant.privacy.errors import ConsentError
from assistant.privacy.settings import origin_of
from assistant.privacy.stored import change_table, read_table

_SCREEN = """\
assist is about to send text to {origin}
for the backend "{backend}"{proxy}. This is the first time.

What is sent: your question, the passages of your files that fit it, and earlier turns of this chat.
Now: {summary}.
What is not sent: files ignored by git or .assistignore, files you exclude, .env files, keys and credentials.
Secrets that are recognised in the rest are replaced; no recogniser finds every secret.

To look at it: `assist ask --show-context --dry-run` before, `assist audit` afterwards.
To take it back: remove "{origin}" from {file}."""


class Consents:
    """The hosts that the user agreed to.

    :param file: where they are remembered, in the user's configuration folder.
    :param allowed: origins that the user's settings allow without a question.
    """

    def __init__(self, file: Path, allowed: frozenset[str] = frozenset()) -> None:
        self._file = file
        self._allowed = allowed

    def is_given(self, url: str) -> bool:
        """Tell whether text may be sent to an address. To this machine it may."""
        origin = origin_of(url)
        return is_loopback(url) or (
            origin is not None and (origin in self._allowed or origin in read_table(self._file))
        )

    def give(self, url: str) -> None:
        """Remember that the user agreed to an address's host."""
        origin = origin_of(url)
        if origin is None:
            raise ConsentError(f"{url} is no http address; nothing can be sent there")
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        change_table(self._file, lambda table: table.update({origin: now}))

    def require(self, url: str) -> None:
        """Make sure that text may be sent to an address.

        :raises ConsentError: if nobody agreed; the message says how to.
        """
        if not self.is_given(url):
            raise ConsentError(
                f"nothing was sent to {origin_of(url)}: you were never asked whether it may be; run `assist ask` in a "
                f'terminal, or set allow_remote = ["{_shown(url)}"] in [privacy] of your config.toml'
            )

    def ask(
        self, url: str, backend: str, manifest: Manifest, confirm: Callable[[str], bool], proxy: str = ""
    ) -> None:
        """Put the question, unless it was answered with yes before, and remember a yes.

        :param confirm: shows the screen and returns the answer.
        :param proxy: the address of the proxy that requests pass through, fit to be shown.
        :raises ConsentError: for a no.
        """
        if self.is_given(url):
            return
        if not confirm(self.screen(url, backend, manifest, proxy)):
            raise ConsentError(
                f"nothing was sent to {origin_of(url)}; `--backend none` answers without a model"
            )
        self.give(url)

    def screen(self, url: str, backend: str, manifest: Manifest, proxy: str = "") -> str:
        """Return what the user is told before the first request to a host: under 150 words."""
        return _SCREEN.format(
            origin=origin_of(url),
            backend=backend,
            proxy=f", through the proxy {proxy}" if proxy else "",
            summary=manifest.summary(),
            file=self._file,
        )


def _shown(url: str) -> str:
    return (origin_of(url) or "").removesuffix(":443" if url.startswith("https:") else ":80")
