"""Pages that the user names with ``@url``: fetched through the gate, only from hosts that the settings list.

``[privacy] fetch_pages = ["https://docs.example"]`` in the user's own config.toml is the permission. Nothing is sent
but the address; the page comes back as text, as data for the prompt, and no link in it is followed.
"""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import httpx

from assistant.backends.addresses import shown_url
from assistant.backends.config import BackendConfig
from assistant.privacy.errors import EgressRefusedError, PageError, PrivacyError
from assistant.privacy.gate import EgressGate
from assistant.privacy.settings import origin_of

_MAX_BYTES = 1_000_000
_UNSEEN = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_BLOCKS = frozenset(
    "p div li tr h1 h2 h3 h4 h5 h6 pre section article br table ul ol blockquote dd dt".split()
)


class PageFetcher:
    """Fetches pages for one user."""

    def __init__(self, gate: EgressGate) -> None:
        self._gate = gate

    def fetch(self, url: str) -> str:
        """Return a page's text. Safe to call inside a running event loop: it works in a thread of its own.

        :raises EgressRefusedError: if the settings do not allow pages of this host.
        :raises PageError: if the page cannot be had or is no text.
        """
        if origin_of(url) not in self._gate.settings.fetch_pages:
            raise EgressRefusedError(
                f'{shown_url(url)} was not fetched: list its host in "fetch_pages" of [privacy] in your config.toml, '
                "or paste the text"
            )
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(self._get(url))).result()

    async def _get(self, url: str) -> str:
        config = BackendConfig(name="@url", kind="page", url=url, model="", read_timeout_s=20.0)
        shown = shown_url(url)
        client = await asyncio.to_thread(self._gate.client, config)
        try:
            async with client, client.stream("GET", url) as response:
                if response.status_code != 200:
                    moved = " to another address; name that one" if response.is_redirect else ""
                    raise PageError(f"{shown} was not fetched: it answered {response.status_code}{moved}")
                kind = response.headers.get("content-type", "text/plain").partition(";")[0].strip().lower()
                if not (kind.startswith("text/") or kind.endswith(("json", "xml"))):
                    raise PageError(f"{shown} was not used: it is {kind}, no text")
                body = b""
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > _MAX_BYTES:
                        raise PageError(f"{shown} was not used: it is larger than 1 MB; paste what matters")
                text = body.decode(response.charset_encoding or "utf-8", "replace")
        except PrivacyError:
            raise
        except (httpx.HTTPError, LookupError) as error:
            raise PageError(f"{shown} was not fetched: {type(error).__name__}; is it reachable?") from error
        return page_text(text) if "html" in kind else text


def page_text(html: str) -> str:
    """Return what a reader sees of an HTML page, a line a block."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects visible text; block elements begin lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.pieces.append(data)
