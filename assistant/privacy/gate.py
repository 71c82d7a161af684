"""The one way out of this machine.

Nothing else in assist makes an HTTP client. ``EgressGate.client`` gives the client of one backend, and its transport
stands between every request and the network, redirects and retries included. It lets a request pass only if

1. the user is not offline,
2. the address is that of the backend, which is one that the user's own settings name, or is on this machine,
3. the user agreed to the host, if it is not this machine,
4. each text in the body is text that ``prepare`` gave, and the body is not larger than the user allows,
5. the audit log has a line about it.

Point 4 is what makes it impossible to send, by mistake, what did not go through the ignore rules and the redaction: the
body is taken apart again, and each string in it must stand in the ``Prepared`` that is being sent (``sending``), which
only ``prepare`` makes. Free are the strings of the backend's own configuration and strings of at most
``FREE_CHARS`` characters, such as names of roles. There is no flag that a caller could forget to set; one who
forgets ``sending`` cannot send anything.
"""

import contextlib
import contextvars
import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakSet

import httpx

from assistant.backends.addresses import is_loopback, shown_url
from assistant.backends.client import plain_client
from assistant.backends.config import BackendConfig
from assistant.privacy.audit import AuditLog
from assistant.privacy.consent import Consents
from assistant.privacy.content import FileOrigin, LeftOut, Manifest, Part, Prepared
from assistant.privacy.detection import find_key_blocks
from assistant.privacy.errors import EgressRefusedError, OfflineError, PrivacyError
from assistant.privacy.redaction import Redactor
from assistant.privacy.selection import FileRules
from assistant.privacy.settings import PrivacySettings, origin_of
from assistant.privacy.trust import TrustStore, repository_privacy
from indexer.discovery import Source, read_source
from indexer.discovery.names import format_size

FREE_CHARS = 32
_LONGEST_ADDRESS = 2_000
_CONSENTS = "consents.json"

_sending: contextvars.ContextVar[Prepared | None] = contextvars.ContextVar("sending", default=None)


class EgressGate:
    """Hands out clients, prepares what they send, and refuses everything else. Safe to use from several threads.

    :param backends: the backends of the user's own configuration.
    :param config_dir: the user's configuration folder; remembers consent and trust.
    :param state_dir: the user's state folder; holds the audit log.
    :param offline: refuses every request, to this machine too.
    """

    def __init__(
        self,
        settings: PrivacySettings,
        backends: Iterable[BackendConfig],
        config_dir: Path,
        state_dir: Path,
        *,
        offline: bool = False,
    ) -> None:
        self.settings = settings
        self.offline = offline
        self.consents = Consents(config_dir / _CONSENTS, settings.allow_remote)
        self.trust = TrustStore.in_folder(config_dir)
        self.audit = AuditLog(state_dir, full_text=settings.audit_full_text)
        self._origins = ({origin_of(config.url) for config in backends} - {None}) | settings.fetch_pages
        self._issued: WeakSet[Prepared] = WeakSet()

    def client(self, config: BackendConfig) -> httpx.AsyncClient:
        """Return the client of a backend. Reads certificate files: call it in a thread.

        :raises EgressRefusedError: if the address is neither in the user's settings nor on this machine.
        """
        return plain_client(config, lambda network: self.transport(config, network))

    def transport(self, config: BackendConfig, network: httpx.AsyncBaseTransport) -> httpx.AsyncBaseTransport:
        """Return the transport of a backend: ``network`` behind the gate.

        :raises EgressRefusedError: as :meth:`client`.
        """
        origin = origin_of(config.url)
        if origin is None or (origin not in self._origins and not is_loopback(config.url)):
            raise EgressRefusedError(
                f"{shown_url(config.url)} is not the address of a backend in your config.toml; add it there"
            )
        return _GuardedTransport(self, config, origin, network)

    def prepare(self, parts: Sequence[Part]) -> Prepared:
        """Leave out what may not be sent and redact the secrets in the rest.

        :return: as many parts; those left out have no text.
        :raises SettingsError: if a repository's ``assist.toml`` cannot be used: what it excludes is not known then.
        :raises ExcludePatternError: if a pattern cannot be read.
        """
        rules: dict[Path, FileRules] = {}
        kept, left_out, known = [], [], []
        for part in parts:
            reason = self._held_back(part, rules)
            if reason is not None:
                left_out.append(
                    LeftOut(part.origin.path, reason)
                    if isinstance(part.origin, FileOrigin)
                    else LeftOut("", reason)
                )
                part = Part("", part.origin)
            elif isinstance(part.origin, FileOrigin):
                known += _key_lines(part.origin)
            kept.append(part)
        paths = [part.origin.path if isinstance(part.origin, FileOrigin) else None for part in kept]
        redacted = Redactor(dict.fromkeys(known)).redact([part.text for part in kept], paths)
        texts = redacted.texts
        files = tuple(part.origin for part in kept if part.text and isinstance(part.origin, FileOrigin))
        manifest = Manifest(
            files,
            tuple(dict.fromkeys(left_out)),
            redacted.kinds,
            sum(len(text.encode("utf-8", "replace")) for text in texts),
        )
        prepared = Prepared(
            tuple(Part(text, part.origin) for text, part in zip(texts, kept, strict=True)), manifest
        )
        self._issued.add(prepared)
        return prepared

    def withheld(self, origin: FileOrigin) -> str | None:
        """Return why nothing of a file may be sent; None if it may be.

        :raises SettingsError: if the repository's ``assist.toml`` cannot be used.
        """
        return self._held_back(Part("", origin), {})

    @contextlib.contextmanager
    def sending(self, prepared: Prepared) -> Iterator[None]:
        """Let this task send what was prepared, and nothing else, until the block ends.

        :raises EgressRefusedError: if it does not come from this gate's ``prepare``.
        """
        if prepared not in self._issued:
            raise EgressRefusedError("only what prepare() gave can be sent; this is a bug, report it")
        token = _sending.set(prepared)
        try:
            yield
        finally:
            # An async generator may be closed in another context, which never saw the value.
            with contextlib.suppress(ValueError):
                _sending.reset(token)

    def _held_back(self, part: Part, rules: dict[Path, FileRules]) -> str | None:
        origin = part.origin
        if not isinstance(origin, FileOrigin):
            return None
        if origin.root not in rules:
            asked = repository_privacy(origin.root)
            trusted = bool(asked.include) and self.trust.is_trusted(origin.root)
            rules[origin.root] = FileRules(origin.root, self.settings.exclude, asked, trusted=trusted)
        paths = (origin.path, origin.former) if origin.former else (origin.path,)
        reasons = (rules[origin.root].reason(path, mentioned=origin.mentioned) for path in paths)
        return next(filter(None, reasons), None)


def _key_lines(origin: FileOrigin) -> list[tuple[str, str]]:
    """Return the lines of private keys in the file of a part, which may show a piece of one without its markers."""
    source = read_source(origin.root, origin.path)
    if not isinstance(source, Source) or not (
        b"PRIVATE KEY" in source.text or b"Private-Lines" in source.text
    ):
        return []
    text = source.text.decode("utf-8", "replace")
    lines = []
    for finding in find_key_blocks(text):
        lines += [(line.strip(), finding.kind) for line in text[finding.start : finding.end].splitlines()]
    return [(line, kind) for line, kind in lines if len(line) >= 16]


class _GuardedTransport(httpx.AsyncBaseTransport):
    """A network transport that asks the gate about each request and records it."""

    def __init__(
        self, gate: EgressGate, config: BackendConfig, origin: str, network: httpx.AsyncBaseTransport
    ) -> None:
        self._gate = gate
        self._config = config
        self._origin = origin
        self._network = network
        self._query = httpx.URL(config.url).query

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request if it may be sent.

        :raises PrivacyError: if it may not.
        """
        body = await request.aread()
        prepared = _sending.get()
        record = {
            "backend": self._config.name,
            "method": request.method,
            "url": shown_url(str(request.url)),
            "bytes_out": len(body),
            **(prepared.manifest.as_record() if prepared is not None and body else {}),
        }
        try:
            self._check(request, body, prepared)
        except PrivacyError as refusal:
            self._record_refusal(record, refusal)
            raise
        name = self._gate.audit.start(record, body.decode("utf-8", "replace"))
        watch = _Watch(self._gate.audit, name)
        try:
            response = await self._network.handle_async_request(request)
        except BaseException as error:
            watch.over("cancelled" if not isinstance(error, Exception) else f"failed: {type(error).__name__}")
            raise
        watch.status = response.status_code
        assert isinstance(response.stream, httpx.AsyncByteStream)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_WatchedStream(response.stream, watch),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._network.aclose()

    def _check(self, request: httpx.Request, body: bytes, prepared: Prepared | None) -> None:
        gate, url = self._gate, str(request.url)
        if gate.offline:
            raise OfflineError(
                f"nothing was sent to {shown_url(url)}: you are offline; leave out --offline, or unset ASSIST_OFFLINE"
            )
        if origin_of(url) != self._origin:
            raise EgressRefusedError(
                f'nothing was sent to {shown_url(url)}: backend "{self._config.name}" is at {self._origin}; '
                "if it moved, change its url in your config.toml"
            )
        if len(url) > _LONGEST_ADDRESS or request.url.query != self._query:
            raise EgressRefusedError(
                f"nothing was sent to {shown_url(url)}: the address holds more than the url of backend "
                f'"{self._config.name}"; this is a bug, report it'
            )
        if body or self._origin not in gate.settings.fetch_pages:
            gate.consents.require(url)  # a listed page needs no question: nothing but its address is sent
        if len(body) > gate.settings.max_request_bytes:
            limit = format_size(gate.settings.max_request_bytes)
            raise EgressRefusedError(
                f"nothing was sent: {format_size(len(body))} are more than the {limit} that max_request_bytes in "
                "[privacy] of your config.toml allows; ask with less context"
            )
        if body:
            _check_texts(body, prepared.text if prepared else "", self._config)

    def _record_refusal(self, record: Mapping[str, Any], refusal: PrivacyError) -> None:
        name = self._gate.audit.start({**record, "bytes_out": 0})
        self._gate.audit.end(name, {"outcome": f"refused: {type(refusal).__name__}", "bytes_in": 0})


def _check_texts(body: bytes, prepared: str, config: BackendConfig) -> None:
    """Make sure that a body is made of prepared text.

    :raises EgressRefusedError: if it is not, or is no JSON.
    """
    try:
        data = json.loads(body)
    except ValueError:
        raise EgressRefusedError("nothing was sent: the body is no JSON; this is a bug, report it") from None
    own = {config.model, config.name, *_strings(dict(config.request))}
    for text in _strings(data):
        if len(text) > FREE_CHARS and text not in own and not _stands_in(text, prepared):
            raise EgressRefusedError(
                f"nothing was sent: the body holds a text of {len(text):,} characters that was not prepared; "
                "this is a bug, report it"
            )


def _stands_in(text: str, prepared: str) -> bool:
    """Tell whether a text is prepared text, or pieces of it joined by blank lines, as some dialects join messages."""
    return text in prepared or all(piece in prepared for piece in text.split("\n\n"))


def _strings(value: object) -> Iterator[str]:
    """Yield every string of a JSON value, names of members included."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, Mapping):
            pending += [*item.keys(), *item.values()]
        elif isinstance(item, list | tuple):
            pending += item


class _Watch:
    """Follows one request to its end and writes that down, once."""

    def __init__(self, audit: AuditLog, name: str) -> None:
        self._audit = audit
        self._name = name
        self._started = time.monotonic()
        self._is_over = False
        self.status = 0
        self.bytes_in = 0

    def over(self, outcome: str) -> None:
        """Write how the request ended, unless that was written."""
        if not self._is_over:
            self._is_over = True
            elapsed_ms = round(1000 * (time.monotonic() - self._started))
            self._audit.end(self._name, {"outcome": outcome, "bytes_in": self.bytes_in, "ms": elapsed_ms})


class _WatchedStream(httpx.AsyncByteStream):
    """A response's body, counted."""

    def __init__(self, stream: httpx.AsyncByteStream, watch: _Watch) -> None:
        self._stream = stream
        self._watch = watch
        self._complete = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._stream:
                self._watch.bytes_in += len(piece)
                yield piece
            self._complete = True
        except Exception as error:
            self._watch.over(f"{self._watch.status}, then failed: {type(error).__name__}")
            raise

    async def aclose(self) -> None:
        """Close the connection; what was not read to its end was cancelled."""
        self._watch.over(str(self._watch.status) if self._complete else f"{self._watch.status}, closed early")
        await self._stream.aclose()
