"""The ``[backends.NAME]`` tables of the user's configuration file.

Only the user's own file may hold them: a repository can name no endpoint, key or proxy. Nothing is opened or looked up
here, so reading the configuration stays fast and cannot fail for a server that is not used.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from assistant.backends.keys import EnvironmentKey, KeyFile, KeyringKey, KeySource
from assistant.errors import SettingsError

BUILT_IN_KINDS = ("anthropic", "ollama", "openai")
DEFAULT_URLS = MappingProxyType(
    {"anthropic": "https://api.anthropic.com/v1", "ollama": "http://127.0.0.1:11434"}
)
FillInTheMiddle = Literal["auto", "infill", "fim", "suffix", "none"]
_FILL_IN_THE_MIDDLE = ("auto", "infill", "fim", "suffix", "none")

# Set by the client itself, or holding the key: an extra header of that name would replace them without a word.
_RESERVED_HEADERS = frozenset(
    "authorization proxy-authorization x-api-key api-key host content-length content-type content-encoding "
    "transfer-encoding connection accept-encoding anthropic-version".split()
)
_RESERVED_FIELDS = frozenset("messages prompt suffix system model stream input_prefix input_suffix".split())
_SECRET_PARAMETERS = frozenset(
    "key apikey api_key api-key token access_token sig signature secret password".split()
)
_LITERAL_KEYS = frozenset("key api_key apikey token access_token secret password".split())


@dataclass(frozen=True, slots=True)
class BackendConfig:
    """One model server and how to reach it. Its repr shows neither keys, header values nor credentials."""

    name: str
    kind: str
    """``openai``, ``anthropic``, ``ollama``, or what a plug-in provides."""
    url: str
    model: str
    key: KeySource | None = None
    """Where the key is, never the key."""
    key_header: str | None = None
    """The header that carries the key bare; None: as the dialect has it."""
    headers: Mapping[str, str | KeySource] = field(default_factory=dict, repr=False)
    """Extra headers; a value that is secret is named by its source."""
    request: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """Extra fields of each request's body, such as ``reasoning_effort``."""
    proxy: str = field(default="environment", repr=False)
    """``environment`` (HTTPS_PROXY and so on, never for this machine), ``none``, or the proxy's address."""
    ca_bundle: Path | None = None
    """A PEM file, or a folder of them, trusted beside the system's."""
    client_cert: Path | None = None
    client_cert_key: Path | None = None
    """The certificate's private key, if it is not in the same file."""
    connect_timeout_s: float = 10.0
    read_timeout_s: float = 120.0
    """The longest silence: a large prompt may take a local model a minute before its first word."""
    max_retries: int = 2
    retry_delay_s: float = 0.5
    """The first pause; each further one is twice as long."""
    context_window: int | None = None
    """Tokens; None asks the server."""
    fill_in_the_middle: FillInTheMiddle = "auto"
    """How an OpenAI-compatible server takes a suffix: llama.cpp's ``infill``, Mistral's ``fim``, ``suffix``."""


def parse_backends(
    table: Mapping[str, Any], plug_in_kinds: Callable[[], Iterable[str]] = tuple
) -> dict[str, BackendConfig]:
    """Turn the configuration's ``backends`` table into backends by name.

    :param table: what TOML gave for ``[backends]``.
    :param plug_in_kinds: gives the kinds that plug-ins provide; called only for a kind that is not built in.
    :raises SettingsError: naming the table, the key and what is wanted; a value that may be secret is not repeated.
    """
    backends = {}
    for name, values in table.items():
        if not isinstance(values, Mapping):
            raise SettingsError(f'"{name}" in [backends] must be a table: [backends.{name}]')
        backends[name] = _Table(f"[backends.{name}]", values).backend(name, plug_in_kinds)
    return backends


_KEYS = {item.name for item in fields(BackendConfig)} - {"name", "key"} | {
    "key_env",
    "key_file",
    "key_keyring",
}


class _Table:
    """One backend's table while it is read."""

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self._where = where
        self._values = values

    def backend(self, name: str, plug_in_kinds: Callable[[], Iterable[str]]) -> BackendConfig:
        self._check_names()
        kind = self._kind(plug_in_kinds)
        mode = self._text("fill_in_the_middle", "auto")
        if mode not in _FILL_IN_THE_MIDDLE:
            raise self._wrong("fill_in_the_middle", f"one of {', '.join(_FILL_IN_THE_MIDDLE)}")
        defaults = BackendConfig(name, kind, "", "")
        return BackendConfig(
            name=name,
            kind=kind,
            url=self._url("url", DEFAULT_URLS.get(kind)),
            model=self._text("model"),
            key=self._key(),
            key_header=self._text("key_header", "") or None,
            headers=self._headers(),
            request=self._request(),
            proxy=self._proxy(),
            ca_bundle=self._path("ca_bundle"),
            client_cert=self._path("client_cert"),
            client_cert_key=self._path("client_cert_key"),
            connect_timeout_s=self._number("connect_timeout_s", defaults.connect_timeout_s, 0.05),
            read_timeout_s=self._number("read_timeout_s", defaults.read_timeout_s, 0.05),
            max_retries=int(self._number("max_retries", defaults.max_retries, 0, whole=True)),
            retry_delay_s=self._number("retry_delay_s", defaults.retry_delay_s, 0),
            context_window=int(self._number("context_window", 0, 256, whole=True)) or None,
            fill_in_the_middle=mode,  # type: ignore[arg-type]  # checked above
        )

    def _wrong(self, key: str, wanted: str) -> SettingsError:
        return SettingsError(f'"{key}" in {self._where} must be {wanted}')

    def _check_names(self) -> None:
        for key in self._values:
            if key.lower() in _LITERAL_KEYS:
                raise SettingsError(
                    f'"{key}" in {self._where}: a key does not belong into this file; '
                    f'name where it is: key_env = "VARIABLE", key_file = "PATH" or key_keyring = "SERVICE/USER"'
                )
            if key not in _KEYS:
                near = difflib.get_close_matches(key, _KEYS, 1)
                hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(sorted(_KEYS))}"
                raise SettingsError(f'unknown key "{key}" in {self._where}; {hint}')

    def _kind(self, plug_in_kinds: Callable[[], Iterable[str]]) -> str:
        kind = self._text("kind")
        if kind not in BUILT_IN_KINDS:
            known = sorted({*BUILT_IN_KINDS, *plug_in_kinds()})
            if kind not in known:
                raise self._wrong("kind", f"one of {', '.join(known)}")
        return kind

    def _text(self, key: str, default: str | None = None) -> str:
        value = self._values.get(key, default)
        if value is None:
            raise SettingsError(f'{self._where} needs "{key}"')
        if not isinstance(value, str) or (not value.strip() and default is None):
            raise self._wrong(key, "a text")
        if not value.isprintable():
            raise self._wrong(key, "a text on one line")
        return value.strip()

    def _number(self, key: str, default: float, least: float, *, whole: bool = False) -> float:
        value = self._values.get(key)
        if value is None:
            return default
        fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not fits or not least <= value <= 10_000_000:
            raise self._wrong(key, f"a {'whole ' if whole else ''}number of at least {least}")
        return float(value)

    def _path(self, key: str) -> Path | None:
        text = self._text(key, "")
        if not text:
            return None
        try:
            path = Path(text).expanduser()
        except RuntimeError:
            path = Path(text)
        if not path.is_absolute():
            raise self._wrong(key, 'an absolute path, or one that starts with "~/"')
        return path

    def _url(self, key: str, default: str | None) -> str:
        url = self._text(key, default)
        parts = _split(url)
        if parts is None or parts.scheme not in ("http", "https"):
            raise self._wrong(key, 'an address such as "https://llm.example/v1"')
        if parts.username is not None or parts.password is not None:
            raise SettingsError(
                f'"{key}" in {self._where} holds credentials; name where the key is with key_env'
            )
        for name, _ in parse_qsl(parts.query, keep_blank_values=True):
            if name.lower() in _SECRET_PARAMETERS:
                raise SettingsError(
                    f'"{key}" in {self._where} holds a secret ("?{name}="); use key_env with key_header'
                )
        return parts._replace(fragment="").geturl()

    def _proxy(self) -> str:
        proxy = self._text("proxy", "environment")
        if proxy in ("environment", "none"):
            return proxy
        parts = _split(proxy)
        if parts is None or parts.scheme not in ("http", "https", "socks5", "socks5h"):
            raise self._wrong(
                "proxy", '"environment", "none" or an address such as "http://proxy.example:3128"'
            )
        return proxy

    def _key(self) -> KeySource | None:
        given = [key for key in ("key_env", "key_file", "key_keyring") if key in self._values]
        if len(given) > 1:
            raise SettingsError(
                f"{self._where} names two places of the key, {given[0]} and {given[1]}; keep one"
            )
        return self._source(given[0]) if given else None

    def _source(self, key: str) -> KeySource:
        if key == "key_file":
            path = self._path(key)
            if path is None:
                raise self._wrong(key, "a path")
            return KeyFile(path)
        text = self._text(key)
        if key == "key_env":
            if not text.replace("_", "a").isalnum() or not text.isascii() or text[0].isdigit():
                raise self._wrong(key, "the name of an environment variable, without $")
            return EnvironmentKey(text)
        service, slash, user = text.rpartition("/")
        if not (service and slash and user):
            raise self._wrong(key, '"SERVICE/USER"')
        return KeyringKey(service, user)

    def _headers(self) -> Mapping[str, str | KeySource]:
        headers: dict[str, str | KeySource] = {}
        for name, value in self._mapping("headers").items():
            if (
                not name
                or not all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in name)
                or not name.isascii()
            ):
                raise SettingsError(f'"{name}" in {self._where} headers is no header name')
            own_key_header = str(self._values.get("key_header", "")).lower()
            if name.lower() in _RESERVED_HEADERS or name.lower() == own_key_header:
                raise SettingsError(
                    f'"{name}" in {self._where} headers is set by assist itself; for the key use key_env and key_header'
                )
            headers[name] = self._header_value(name, value)
        return MappingProxyType(headers)

    def _header_value(self, name: str, value: object) -> str | KeySource:
        if isinstance(value, str) and value.isprintable() and value.isascii():
            return value
        if isinstance(value, Mapping) and len(value) == 1:
            (source,) = value
            if source in ("env", "file", "keyring"):
                return _Table(f"{self._where} headers.{name}", {f"key_{source}": value[source]})._source(
                    f"key_{source}"
                )
        raise SettingsError(
            f'"{name}" in {self._where} headers must be a text on one line, or where it is: {{ env = "VARIABLE" }}'
        )

    def _request(self) -> Mapping[str, Any]:
        request = self._mapping("request")
        for name in request:
            if name in _RESERVED_FIELDS:
                raise SettingsError(
                    f'"{name}" in {self._where} request is set by assist itself; leave it out'
                )
        return MappingProxyType(dict(request))

    def _mapping(self, key: str) -> Mapping[str, Any]:
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            raise self._wrong(key, "a table")
        return value


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and (parts.port is None or parts.port) and " " not in url else None
    except ValueError:
        return None
