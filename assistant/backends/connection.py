"""One backend's connection: sends a request, retries while nothing has come yet, and yields what the server streams.

Everything that the dialects share: the client is built once and kept, the key read when it is first needed, failures
told in words, and the connection closed the moment that the reader stops.
"""

import asyncio
import json
import logging
import os
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, TypeVar

import httpx

from assistant.backends.addresses import shown_url
from assistant.backends.config import BackendConfig
from assistant.backends.errors import AuthenticationError, BackendError, ProtocolError, RateLimitedError
from assistant.backends.failures import Place, broken_off, connection_failure, refusal, stream_error
from assistant.backends.keys import KeySource
from assistant.backends.wire import BadFrameError, Frame, read_bounded, read_frames, read_object

ClientFactory = Callable[[BackendConfig], httpx.AsyncClient]
T = TypeVar("T")

_log = logging.getLogger(__name__)
_LONGEST_DELAY_S = 8.0
_LONGEST_RETRY_AFTER_S = 30.0
"""A server that asks for a longer pause is not waited for: the user decides."""
_MAX_ERROR_BYTES = 64 * 1024
_DRAIN_S = 0.2
_SHORTEST_SECRET = 8
"""The value of an extra header may be a secret; what is shorter would only garble messages."""


class Connection:
    """What a dialect talks through. Belongs to one running event loop."""

    def __init__(
        self,
        config: BackendConfig,
        client_factory: ClientFactory,
        *,
        key_header: str = "Authorization",
        headers: Mapping[str, str] | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.config = config
        self.endpoint = shown_url(config.url)
        self.place = Place(config, self.endpoint)
        self._client_factory = client_factory
        self._key_header = config.key_header or key_header
        self._fixed_headers = dict(headers or {})
        self._environ = os.environ if environ is None else environ
        self._client: httpx.AsyncClient | None = None
        self._headers: dict[str, str] | None = None
        self._opening = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def aclose(self) -> None:
        """Close the client and forget the key; the next request starts anew."""
        client, self._client = self._client, None
        self._forget_key()
        if client is not None:
            await client.aclose()

    async def retried(self, attempt: Callable[[], AsyncGenerator[T, None]]) -> AsyncGenerator[T, None]:
        """Yield what ``attempt`` yields; attempt again after a failure that may pass, if nothing was yielded yet."""
        failures = 0
        while True:
            begun = False
            try:
                async with aclosing(attempt()) as items:
                    async for item in items:
                        begun = True
                        yield item
                return
            except BackendError as error:
                failures += 1
                if begun or not error.retryable or failures > self.config.max_retries:
                    raise
                delay_s = self._delay_s(error, failures)
            _log.debug("backend %s: attempt %d failed; again in %.2f s", self.config.name, failures, delay_s)
            await asyncio.sleep(delay_s)

    async def frames(
        self, url: str, body: Mapping[str, Any], is_last: Callable[[Frame], bool]
    ) -> AsyncGenerator[Frame, None]:
        """Post a request and yield the answer's frames, up to the first that is the last by what the dialect says.

        :raises BackendError: for an error status, an error object in the stream, or a connection that fails.
        """
        async with (
            self._response("POST", url, _merged(body, self.config.request)) as response,
            aclosing(read_frames(response)) as frames,
        ):
            async for frame in frames:
                if error := stream_error(self.place, frame.data):
                    raise error
                yield frame
                if is_last(frame):
                    await _drain(frames)
                    return

    async def object(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Make a request, with retries, whose answer is one JSON object, and return it.

        :raises BackendError: as ``frames`` does.
        """

        async def attempt() -> AsyncGenerator[dict[str, Any], None]:
            async with self._response(method, url, body) as response:
                data = await read_object(response)
            if error := stream_error(self.place, data):
                raise error
            yield data

        async with aclosing(self.retried(attempt)) as objects:
            async for data in objects:
                return data
        raise broken_off(self.place)

    @asynccontextmanager
    async def _response(
        self, method: str, url: str, body: Mapping[str, Any] | None
    ) -> AsyncGenerator[httpx.Response, None]:
        """Open a request's response, close it at the end of the block, and speak of its failures in words."""
        client, headers = await self._ready()
        try:
            async with client.stream(method, url, json=body, headers=headers) as response:
                if response.status_code != 200:
                    raise await self._refusal(response)
                yield response
        except BadFrameError as error:
            raise ProtocolError(
                f'{self.place}: {error}; check "kind" and "url", or the server\'s log'
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise connection_failure(self.place, error) from None

    async def _refusal(self, response: httpx.Response) -> BackendError:
        body = await read_bounded(response, _MAX_ERROR_BYTES)
        error = refusal(self.place, response.status_code, response.headers, _error_object(body))
        if isinstance(error, AuthenticationError):
            self._forget_key()
        return error

    async def _ready(self) -> tuple[httpx.AsyncClient, dict[str, str]]:
        # Certificate files, a key file and the keyring block: they are read in a thread, once.
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # What an earlier loop opened ended with it.
            self._loop, self._client, self._opening = loop, None, asyncio.Lock()
        async with self._opening:
            if self._headers is None:
                self._headers = await asyncio.to_thread(self._read_headers)
            if self._client is None:
                self._client = await asyncio.to_thread(self._client_factory, self.config)
            return self._client, self._headers

    def _read_headers(self) -> dict[str, str]:
        headers = dict(self._fixed_headers)
        secrets: list[str] = []
        for name, value in self.config.headers.items():
            headers[name] = value if isinstance(value, str) else self._reveal(value, secrets)
            if len(headers[name]) >= _SHORTEST_SECRET:
                secrets.append(headers[name])
        if self.config.key is not None:
            key = self._reveal(self.config.key, secrets)
            bearer = self._key_header.lower() == "authorization"
            headers[self._key_header] = f"Bearer {key}" if bearer else key
        self.place = Place(self.config, self.endpoint, tuple(secrets))
        return headers

    def _reveal(self, source: KeySource, secrets: list[str]) -> str:
        secrets.append(source.read(self._environ).reveal())
        return secrets[-1]

    def _forget_key(self) -> None:
        self._headers = None

    def _delay_s(self, error: BackendError, failures: int) -> float:
        asked_s = error.retry_after_s
        if asked_s is None:
            longest_s = min(_LONGEST_DELAY_S, self.config.retry_delay_s * 2.0 ** (failures - 1))
            # "Full jitter" over the upper half: clients that failed together do not come back together.
            return random.uniform(longest_s / 2, longest_s)
        if asked_s > _LONGEST_RETRY_AFTER_S:
            raise RateLimitedError(
                f"{self.place}: the server asks to wait {asked_s:.0f} s; try again then, or use another backend",
                status=error.status,
                retry_after_s=asked_s,
            ) from error
        return asked_s


def _merged(body: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """Return a body with the user's extra fields, which win; a table in both is merged."""
    merged = dict(body)
    for name, value in extra.items():
        own = merged.get(name)
        merged[name] = {**own, **value} if isinstance(own, dict) and isinstance(value, Mapping) else value
    return merged


async def _drain(frames: AsyncGenerator[Frame, None]) -> None:
    """Read what follows the last frame, shortly, so that the connection can serve the next request."""
    try:
        async with asyncio.timeout(_DRAIN_S):
            async for _ in frames:
                pass
    except (TimeoutError, BadFrameError, httpx.HTTPError):
        pass


def _error_object(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    # Some servers wrap the object in a list.
    if isinstance(data, list) and data:
        data = data[0]
    return data if isinstance(data, dict) else {}
