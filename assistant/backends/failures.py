"""Turns what a server or a connection does wrong into one exception that says what happened and what to do.

Servers word the same failure in many ways; what they have in common is read here: the status, the words of a JSON
error, and httpx's exceptions. The server's own words are shown shortened, on one line, without the key.
"""

import email.utils
import math
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from assistant.backends.addresses import is_loopback
from assistant.backends.config import BackendConfig
from assistant.backends.errors import (
    AuthenticationError,
    BackendError,
    BackendTimeoutError,
    CertificateError,
    ContextTooLongError,
    ModelNotFoundError,
    ProtocolError,
    ProxyFailedError,
    QuotaError,
    RateLimitedError,
    RequestRefusedError,
    ServerDownError,
    UnsupportedError,
)

_TOO_LONG = re.compile(
    r"context[_ ](length|window|size)|maximum context|prompt is too long|input is too long|too many (input )?tokens"
    r"|exceed_context_size|input length and .?max_tokens.? exceed|exceeds? the (available|model'?s?) context"
    r"|max_model_len|maximum (prompt|input) length|prompt too long",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model_not_found|model not exist|no endpoints found for|not_found_error.*model|invalid_model"
    r"|(unknown|invalid|no such) model"
    r"|model.{0,120}(not found|does not exist|is not (available|loaded|a valid model))|no models? loaded",
    re.IGNORECASE | re.DOTALL,
)
_NO_ROUTE = re.compile(
    r"unexpected endpoint|invalid url|no route|unknown (route|endpoint|url)|not implemented", re.IGNORECASE
)
_NO_QUOTA = re.compile(
    r"insufficient_quota|insufficient.{0,10}(balance|credit|funds)|credit balance|billing", re.IGNORECASE
)
_NO_INSERT = re.compile(
    r"does not support (insert|generate)|suffix is not|suffix.{0,40}not supported|infill is not",
    re.IGNORECASE,
)
_OVERLOADED = re.compile(r"overloaded|rate.?limit|too many requests", re.IGNORECASE)
_MAX_QUOTED_CHARS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """Which backend a message is about."""

    config: BackendConfig
    endpoint: str
    secrets: tuple[str, ...] = ()
    """What must not appear in a message even if the server repeats it."""

    def __str__(self) -> str:
        return f'backend "{self.config.name}" at {self.endpoint}'

    def __repr__(self) -> str:
        return f"Place({self})"

    def scrubbed(self, words: str) -> str:
        """Return the server's words without the secrets."""
        for secret in self.secrets:
            words = words.replace(secret, "***")
        return words

    def quote(self, words: str) -> str:
        """Return the server's words as the end of a message: one line, short, nothing secret; may be empty."""
        words = self.scrubbed(words)
        words = " ".join("".join(char if char.isprintable() else " " for char in words).split())
        if len(words) > _MAX_QUOTED_CHARS:
            words = words[:_MAX_QUOTED_CHARS].rstrip() + "…"
        return f' (the server says: "{words}")' if words else ""


def refusal(place: Place, status: int, headers: Mapping[str, str], data: Mapping[str, Any]) -> BackendError:
    """Return the exception for an answer with an error status.

    :param data: the answer's JSON object; empty if it was none.
    """
    words, names = _error_words(data)
    error = _by_words(place, status, words, names) or _by_status(place, status, words)
    error.status = status
    error.retry_after_s = retry_after_s(headers)
    error.server_words = place.scrubbed(words)
    return error


def stream_error(place: Place, data: Mapping[str, Any]) -> BackendError | None:
    """Return the exception for an error object inside a stream or a 200 answer, or None if there is none."""
    if not data.get("error") and data.get("object") != "error" and data.get("type") != "error":
        return None
    words, names = _error_words(data)
    status = _error_status(data)
    error = _by_words(place, status, words, names) or _by_status(place, status, words)
    error.status = status or None
    error.server_words = place.scrubbed(words)
    return error


def _by_words(place: Place, status: int, words: str, names: str) -> BackendError | None:
    told = f"{names} {words}"
    head, quoted, model = _head(place, status), place.quote(words), place.config.model
    if status in (401, 403, 502, 503, 504):
        return None
    if _TOO_LONG.search(told):
        return ContextTooLongError(
            f'{head}the prompt is too long for "{model}"; send less context, or set a smaller context_window{quoted}'
        )
    if _NO_QUOTA.search(told) or status == 402:
        return QuotaError(f"{head}the account has no credit left; top it up or use another backend{quoted}")
    if _NO_INSERT.search(told):
        return UnsupportedError(f'{head}"{model}" cannot do this here; choose a model that can{quoted}')
    if _NO_MODEL.search(told) and status in (0, 400, 404, 422, 500):
        return ModelNotFoundError(
            f'{head}it has no model "{model}"; `assist models` lists what it has{_pull(place)}{quoted}'
        )
    if _NO_ROUTE.search(told):
        return _not_offered(head, quoted)
    if status in (429, 529) or _OVERLOADED.search(told):
        return RateLimitedError(
            f"{head}too many requests or overloaded; wait a little or use another backend{quoted}",
            retryable=True,
        )
    return None


def _head(place: Place, status: int) -> str:
    return f"{place}: {status}, " if status else f"{place}: "


def _not_offered(head: str, quoted: str) -> UnsupportedError:
    return UnsupportedError(
        f'{head}nothing of that kind at this address; check "kind", and "url", which often ends in /v1{quoted}'
    )


def _by_status(place: Place, status: int, words: str) -> BackendError:
    head, quoted = _head(place, status), place.quote(words)
    if status in (401, 403):
        return AuthenticationError(f"{head}{_key_trouble(place)}{quoted}")
    if status in (404, 405, 501):
        return _not_offered(head, quoted)
    if status == 407:
        return ProxyFailedError(f'{head}the proxy asks for credentials; set "proxy" with them{quoted}')
    if status == 413:
        return ContextTooLongError(f"{head}the request is too large; send less context{quoted}")
    if 0 < status < 400:
        return ProtocolError(
            f'{head}it redirects, which is not followed; set "url" to the final address{quoted}'
        )
    if 0 < status < 500:
        return RequestRefusedError(f"{head}it refused the request; see its words or its log{quoted}")
    return ServerDownError(
        f"{head}the server failed; look at its log, or try again later{quoted}",
        retryable=status in (0, 500, 502, 503, 504, 529),
    )


def _key_trouble(place: Place) -> str:
    key = place.config.key
    if key is None:
        return "it wants a key; name where it is with key_env, key_file or key_keyring"
    return f"the key from {key.label} was refused; put a valid one there"


def _pull(place: Place) -> str:
    return f", `ollama pull {place.config.model}` fetches it" if place.config.kind == "ollama" else ""


def _error_words(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a server's error object says, and its code and type, whatever form it has."""
    error = data.get("error") or data
    if isinstance(error, str):
        return error, ""
    if not isinstance(error, Mapping):
        return "", ""
    words = error.get("message") or error.get("detail") or ""
    names = (error.get("code"), error.get("type"), error.get("status"))
    return str(words), " ".join(name for name in names if isinstance(name, str))


def _error_status(data: Mapping[str, Any]) -> int:
    error = data.get("error") or data
    code = error.get("code") if isinstance(error, Mapping) else None
    return code if isinstance(code, int) and 400 <= code < 600 else 0


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return how long a server asks to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, date.timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def connection_failure(place: Place, error: httpx.HTTPError | httpx.InvalidURL) -> BackendError:
    """Return the exception for a request that got no answer, or whose answer broke off."""
    config = place.config
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return BackendTimeoutError(
            f"{place}: no connection within {config.connect_timeout_s:g} s; is it running, is a proxy needed?",
            retryable=True,
        )
    if isinstance(error, httpx.TimeoutException):
        return BackendTimeoutError(
            f"{place}: nothing came for {config.read_timeout_s:g} s; the model may still be loading: "
            "try again, or raise read_timeout_s"
        )
    if isinstance(error, httpx.ProxyError):
        return ProxyFailedError(
            f'{place}: the proxy refused ({place.quote(str(error)).strip(" ()")}); check "proxy"'
        )
    if tls := _tls_reason(error):
        return CertificateError(
            f"{place}: no trust between it and this machine ({tls}); "
            'set "ca_bundle" to the CA\'s PEM file, or "client_cert" if the server asks for one'
        )
    if isinstance(error, httpx.ConnectError):
        return ServerDownError(f"{place}: no connection; {_start(place)}", retryable=True)
    if isinstance(error, httpx.RemoteProtocolError | httpx.NetworkError):
        # In TLS 1.3 a server may notice after the handshake that it misses the client's certificate, and just hang up.
        asked = config.url.startswith("https:") and config.client_cert is None
        hint = ', or whether it asks for a certificate ("client_cert")' if asked else ""
        return ServerDownError(
            f"{place}: the connection was lost; look at the server's log{hint}", retryable=True
        )
    # LocalProtocolError names the header, DecodingError the data: neither is repeated.
    return ProtocolError(
        f'{place}: it cannot be talked to ({type(error).__name__}); check "url" and the server\'s log'
    )


def broken_off(place: Place) -> BackendError:
    """Return the exception for a stream that ended without an end."""
    return ServerDownError(
        f"{place}: the answer broke off; look at the server's log, or ask again", retryable=True
    )


def _start(place: Place) -> str:
    if not is_loopback(place.config.url):
        return "check the address and the network, or whether a proxy is needed"
    return "run: ollama serve" if place.config.kind == "ollama" else "start the server, or check the port"


def _tls_reason(error: BaseException) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
        if isinstance(cause, ssl.SSLError):
            return (cause.reason or "TLS failure").replace("_", " ").lower()
        cause = cause.__cause__ or cause.__context__
    return ""
