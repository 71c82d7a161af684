"""Certificates, proxies and headers as companies have them, through real TLS and a real proxy."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import trustme

from assistant.backends import BackendConfig, EnvironmentKey, make_backend, plain_client
from assistant.backends.client import proxy_for
from assistant.backends.errors import BackendConfigError, CertificateError, ProxyFailedError, ServerDownError
from tests.assistant.backends.support import HELLO, ask, backend_for, config_for, run
from tests.servers.launch import RunningServer, running
from tests.servers.wire import TEXT


@dataclass(frozen=True)
class Certificates:
    """A private CA and what it signed, as PEM files."""

    ca: Path
    server: Path
    client: Path
    client_cert: Path
    client_key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca)
        context.load_cert_chain(self.client)
        return context


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    made = Certificates(
        *(folder / f"{name}.pem" for name in ("ca", "server", "client", "client-cert", "client-key"))
    )
    ca = trustme.CA()
    ca.cert_pem.write_to_path(made.ca)
    ca.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(made.server)
    client = ca.issue_cert("user@example.org")
    client.private_key_and_cert_chain_pem.write_to_path(made.client)
    client.cert_chain_pems[0].write_to_path(made.client_cert)
    client.private_key_pem.write_to_path(made.client_key)
    return made


@pytest.fixture(scope="module")
def tls_server(certificates: Certificates) -> Iterator[RunningServer]:
    with running("dialects", "--cert", str(certificates.server), tls=certificates.context()) as started:
        yield started


@pytest.fixture(scope="module")
def mutual_tls_server(certificates: Certificates) -> Iterator[RunningServer]:
    arguments = ("--cert", str(certificates.server), "--client-ca", str(certificates.ca))
    with running("dialects", *arguments, tls=certificates.context()) as started:
        yield started


@pytest.fixture
def proxy() -> Iterator[RunningServer]:
    with running("proxy") as started:
        yield started


def test_a_private_ca_is_trusted_when_named(tls_server: RunningServer, certificates: Certificates) -> None:
    assert ask(backend_for(tls_server, "openai", "plain", ca_bundle=certificates.ca)).text == TEXT


def test_a_folder_of_certificates_will_do(
    tls_server: RunningServer, certificates: Certificates, tmp_path: Path
) -> None:
    (tmp_path / "README").write_text("not a certificate")
    (tmp_path / "corporate.pem").write_bytes(certificates.ca.read_bytes())
    assert ask(backend_for(tls_server, "openai", "plain", ca_bundle=tmp_path)).text == TEXT


def test_an_unknown_ca_is_refused_with_a_remedy(tls_server: RunningServer) -> None:
    with pytest.raises(CertificateError, match=r'no trust .*; set "ca_bundle" to the CA\'s PEM file'):
        ask(backend_for(tls_server, "openai", "plain:untrusted"))
    assert not tls_server.requests("plain:untrusted")


@pytest.mark.parametrize("apart", [False, True])
def test_a_client_certificate(
    mutual_tls_server: RunningServer, certificates: Certificates, apart: bool
) -> None:
    files = {"client_cert": certificates.client}
    if apart:
        files = {"client_cert": certificates.client_cert, "client_cert_key": certificates.client_key}
    assert (
        ask(backend_for(mutual_tls_server, "openai", "plain", ca_bundle=certificates.ca, **files)).text
        == TEXT
    )


def test_a_missing_client_certificate_is_told(
    mutual_tls_server: RunningServer, certificates: Certificates
) -> None:
    with pytest.raises((CertificateError, ServerDownError), match="client_cert"):
        ask(backend_for(mutual_tls_server, "openai", "plain", ca_bundle=certificates.ca, max_retries=0))


@pytest.mark.parametrize(
    ("key", "content", "words"),
    [
        ("ca_bundle", None, "No such file or directory; correct the path"),
        ("ca_bundle", "no certificate", "does not hold usable PEM"),
        ("client_cert", None, "No such file or directory"),
        ("client_cert", "no certificate", "does not hold usable PEM"),
    ],
)
def test_certificate_files_that_cannot_be_used(
    tmp_path: Path, key: str, content: str | None, words: str
) -> None:
    file = tmp_path / "file.pem"
    if content is not None:
        file.write_text(content)
    config = BackendConfig("work", "openai", "https://127.0.0.1:1", "m", **{key: file})  # type: ignore[arg-type]
    with pytest.raises(BackendConfigError, match=words) as caught:
        ask(make_backend(config, plain_client))
    assert f'backend "work": {key} {file}' in str(caught.value)


def test_a_certificate_whose_key_is_another(certificates: Certificates) -> None:
    files = {"client_cert": certificates.client_cert, "client_cert_key": certificates.server}
    config = BackendConfig("work", "openai", "https://127.0.0.1:1", "m", **files)  # type: ignore[arg-type]
    with pytest.raises(BackendConfigError, match="a private key must match its certificate"):
        ask(make_backend(config, plain_client))


def test_a_proxy_that_is_named_carries_plain_requests(server: RunningServer, proxy: RunningServer) -> None:
    assert ask(backend_for(server, "openai", "plain", proxy=proxy.url)).text == TEXT
    assert proxy.record() == [{"method": "POST", "target": f"{server.url}/openai/v1/chat/completions"}]


def test_a_proxy_tunnels_tls(
    tls_server: RunningServer, certificates: Certificates, proxy: RunningServer
) -> None:
    assert (
        ask(backend_for(tls_server, "openai", "plain", proxy=proxy.url, ca_bundle=certificates.ca)).text
        == TEXT
    )
    assert proxy.record() == [{"method": "CONNECT", "target": tls_server.url.removeprefix("https://")}]


def test_a_proxy_with_credentials(tls_server: RunningServer, certificates: Certificates) -> None:
    with running("proxy", "user:secret-word") as strict:
        given = strict.url.replace("http://", "http://user:secret-word@")
        backend = backend_for(tls_server, "openai", "plain", proxy=given, ca_bundle=certificates.ca)
        assert ask(backend).text == TEXT
        with pytest.raises(ProxyFailedError, match="407") as caught:
            ask(backend_for(tls_server, "openai", "plain", proxy=strict.url, ca_bundle=certificates.ca))
        with pytest.raises(ProxyFailedError, match="407"):
            ask(backend_for(tls_server, "openai", "plain", proxy=given.replace("word", "w0rd")))
    assert "secret" not in str(caught.value)


def test_a_cancelled_request_is_cancelled_through_the_proxy(
    server: RunningServer, proxy: RunningServer
) -> None:
    model = "never:proxied"

    async def work() -> None:
        backend = backend_for(server, "openai", model, proxy=proxy.url)
        deltas = backend.chat(HELLO)
        await anext(deltas)
        await deltas.aclose()
        server.wait_until_gone(model)
        await backend.aclose()

    run(work())


@pytest.mark.parametrize(
    ("url", "proxy", "environ", "expected"),
    [
        ("https://llm.example/v1", "environment", {}, None),
        ("https://llm.example/v1", "environment", {"HTTPS_PROXY": "http://p:3128"}, "http://p:3128"),
        ("https://llm.example/v1", "environment", {"https_proxy": "p:3128"}, "http://p:3128"),
        ("https://llm.example/v1", "environment", {"ALL_PROXY": "http://p:3128"}, "http://p:3128"),
        ("https://llm.example/v1", "environment", {"HTTP_PROXY": "http://p:3128"}, None),
        ("http://llm.example/v1", "environment", {"http_proxy": "http://p:3128"}, "http://p:3128"),
        ("https://llm.example/v1", "none", {"HTTPS_PROXY": "http://p:3128"}, None),
        ("https://llm.example/v1", "http://q:1", {"HTTPS_PROXY": "http://p:3128"}, "http://q:1"),
        ("https://llm.example/v1", "environment", {"HTTPS_PROXY": "http://p", "NO_PROXY": "example"}, None),
        (
            "https://llm.example/v1",
            "environment",
            {"HTTPS_PROXY": "http://p", "NO_PROXY": ".llm.example, x"},
            None,
        ),
        (
            "https://llm.example/v1",
            "environment",
            {"HTTPS_PROXY": "http://p", "NO_PROXY": "other"},
            "http://p",
        ),
        ("https://llm.example/v1", "environment", {"HTTPS_PROXY": "http://p", "NO_PROXY": "*"}, None),
        (
            "http://10.1.2.3:8000/v1",
            "environment",
            {"HTTP_PROXY": "http://p", "NO_PROXY": "10.0.0.0/8"},
            None,
        ),
        (
            "http://10.1.2.3:8000/v1",
            "environment",
            {"http_proxy": "http://p", "NO_PROXY": "10.9.0.0/16"},
            "http://p",
        ),
        ("http://127.0.0.1:11434", "environment", {"http_proxy": "http://p"}, None),
        ("http://localhost:11434", "environment", {"ALL_PROXY": "http://p"}, None),
        ("http://[::1]:11434", "environment", {"ALL_PROXY": "http://p"}, None),
        ("http://127.0.0.1:11434", "http://q:1", {}, "http://q:1"),
    ],
)
def test_which_proxy_is_taken(
    monkeypatch: pytest.MonkeyPatch, url: str, proxy: str, environ: dict[str, str], expected: str | None
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(BackendConfig("work", "openai", url, "m", proxy=proxy)) == expected


def test_a_server_on_this_machine_is_not_sought_at_the_proxy_of_the_environment(
    server: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert ask(backend_for(server, "openai", "plain")).text == TEXT


def test_netrc_is_not_read(server: RunningServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    ask(backend_for(server, "openai", "plain:netrc"))
    assert "authorization" not in server.requests("plain:netrc")[0]["headers"]


@pytest.mark.parametrize(
    ("flavour", "key_header", "header", "value"),
    [
        ("openai", None, "authorization", "Bearer sk-1"),
        ("ollama", None, "authorization", "Bearer sk-1"),
        ("anthropic", None, "x-api-key", "sk-1"),
        ("openai", "api-key", "api-key", "sk-1"),
        ("anthropic", "Authorization", "authorization", "Bearer sk-1"),
    ],
)
def test_where_the_key_goes(
    server: RunningServer, flavour: str, key_header: str | None, header: str, value: str
) -> None:
    model = f"plain:key-{flavour}-{key_header}"
    extra = {"X-Team": "search", "X-Gateway": EnvironmentKey("GATEWAY")}
    config = config_for(server, flavour, model, key=EnvironmentKey("K"), key_header=key_header, headers=extra)
    ask(make_backend(config, plain_client, {"K": "sk-1", "GATEWAY": "gw-2"}))
    headers = server.requests(model)[0]["headers"]
    assert headers[header] == value
    assert (headers["x-team"], headers["x-gateway"]) == ("search", "gw-2")
    assert headers["user-agent"].startswith("repo-assist/")
    assert len([item for item in headers.values() if "sk-1" in item]) == 1


def test_a_wrapped_transport_sees_every_request(server: RunningServer) -> None:
    seen: list[str] = []

    class Watching(httpx.AsyncBaseTransport):
        def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
            self._inner = inner

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(f"{request.method} {request.url.path}")
            return await self._inner.handle_async_request(request)

        async def aclose(self) -> None:
            await self._inner.aclose()

    async def work() -> None:
        backend = make_backend(
            config_for(server, "openai", "plain"), lambda config: plain_client(config, Watching)
        )
        await backend.models()
        assert "".join([delta.text async for delta in backend.chat(HELLO)]) == TEXT
        await backend.aclose()

    run(work())
    assert seen == ["GET /openai/v1/models", "POST /openai/v1/chat/completions"]
