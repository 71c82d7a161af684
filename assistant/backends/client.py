"""The HTTP client of one backend: proxy, certificates and time-outs, as its configuration says.

httpx's own reading of the environment (``trust_env``) is switched off and its useful part is done here, for the one
address that a client serves:

- ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` (names, suffixes, networks such as ``10.0.0.0/8``), or
  the system's settings on Windows and macOS, unless the configuration says otherwise. A server on this machine is never
  reached through a proxy of the environment.
- Certificates: the system's trust store (``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` move it where OpenSSL is used), and
  the configuration's ``ca_bundle`` beside it.
- ``.netrc`` is not read: a key has one place, and the configuration names it.

Redirects are not followed: code goes where the user said and nowhere else.
"""

import ipaddress
import ssl
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import truststore

from assistant import __version__
from assistant.backends.addresses import is_loopback, shown_url
from assistant.backends.config import BackendConfig
from assistant.backends.errors import BackendConfigError

_PEM = (".pem", ".crt", ".cer")
Wrap = Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport]


def plain_client(config: BackendConfig, wrap_transport: Wrap | None = None) -> httpx.AsyncClient:
    """Build the client of a backend. Reads certificate files: call it in a thread.

    :param wrap_transport: puts something between the client and the network, through which every request passes.
    :raises BackendConfigError: for a certificate file or proxy that cannot be used.
    """
    proxy = proxy_for(config)
    secure = config.url.startswith("https:") or (proxy or "").startswith("https:")
    # Without trusted certificates: a plain http address needs none, and loading them takes longer than a local answer.
    context = _tls_context(config) if secure else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        transport: httpx.AsyncBaseTransport = httpx.AsyncHTTPTransport(
            verify=context,
            trust_env=False,
            proxy=httpx.Proxy(proxy, ssl_context=context if proxy.startswith("https:") else None)
            if proxy
            else None,
        )
    except ImportError:
        raise BackendConfigError(
            f'backend "{config.name}": the proxy {shown_url(proxy or "")} needs: pip install "httpx[socks]"'
        ) from None
    except ValueError:
        raise BackendConfigError(
            f'backend "{config.name}": the proxy address {shown_url(proxy or "")} cannot be used; '
            'set "proxy" to one such as "http://proxy.example:3128", or "none"'
        ) from None
    return httpx.AsyncClient(
        transport=wrap_transport(transport) if wrap_transport else transport,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(config.read_timeout_s, connect=config.connect_timeout_s),
        # Compressing a stream holds its words back.
        headers={"User-Agent": f"repo-assist/{__version__}", "Accept-Encoding": "identity"},
    )


def proxy_for(config: BackendConfig) -> str | None:
    """Return the address of the proxy that a backend's requests go through, or None."""
    if config.proxy == "none":
        return None
    if config.proxy != "environment":
        return config.proxy
    if is_loopback(config.url):
        return None
    parts = urlsplit(config.url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    host = parts.hostname or ""
    if (
        not proxy
        or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2])
        or _in_networks(host, proxies.get("no", ""))
    ):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _in_networks(host: str, no_proxy: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    for item in no_proxy.split(","):
        try:
            if address in ipaddress.ip_network(item.strip(), strict=False):
                return True
        except ValueError:
            continue
    return False


def _tls_context(config: BackendConfig) -> ssl.SSLContext:
    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if bundle := config.ca_bundle:
        with _Usable(config, "ca_bundle", bundle):
            # OpenSSL would only take files of a folder that are named by their hash.
            files = (
                [file for file in bundle.iterdir() if file.suffix in _PEM] if bundle.is_dir() else [bundle]
            )
            for file in files:
                context.load_verify_locations(cafile=file)
    if certificate := config.client_cert:
        with _Usable(config, "client_cert", certificate):
            # An encrypted key would ask on the terminal.
            context.load_cert_chain(certificate, config.client_cert_key, password=lambda: "")
    return context


class _Usable:
    """Turns what goes wrong with a certificate file into one line."""

    def __init__(self, config: BackendConfig, key: str, path: Path) -> None:
        self._about = f'backend "{config.name}": {key} {path}'

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, ssl.SSLError):
            raise BackendConfigError(
                f"{self._about} does not hold usable PEM ({error.reason or 'cannot be read'}); "
                "a private key must match its certificate and have no password"
            ) from None
        if isinstance(error, OSError):
            raise BackendConfigError(f"{self._about}: {error.strerror}; correct the path") from None
