"""``@url``: only hosts that the settings list, nothing sent but the address, text for a reader."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from assistant.privacy import EgressGate, EgressRefusedError, OfflineError, PageFetcher, PrivacySettings
from assistant.privacy.errors import PageError
from assistant.privacy.pages import page_text
from assistant.privacy.settings import origin_of, parse_privacy

PAGE = "<html><head><title>t</title><script>x()</script></head><body><h1>Pools</h1><p>Close&nbsp;them.</p></body>"
PAGES = {
    "/page": (200, "text/html; charset=utf-8", PAGE.encode()),
    "/plain": (200, "text/plain", "für".encode("latin-1")),
    "/picture": (200, "image/png", b"\x89PNG"),
    "/large": (200, "text/plain", b"x" * 1_100_000),
    "/moved": (302, "text/plain", b""),
}


class _Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        status, kind, body = PAGES.get(self.path, (404, "text/plain", b"none"))
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/page")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@contextmanager
def serving() -> Iterator[tuple[str, list[str]]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.asked = []  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.asked  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fetcher(home: Path, *allowed: str, offline: bool = False) -> PageFetcher:
    origins = frozenset(origin for address in allowed if (origin := origin_of(address)))
    return PageFetcher(EgressGate(PrivacySettings(fetch_pages=origins), (), home, home, offline=offline))


def test_a_listed_page_is_fetched_as_text_and_recorded(tmp_path: Path) -> None:
    with serving() as (url, asked):
        pages = fetcher(tmp_path, url)
        assert pages.fetch(f"{url}/page") == "Pools\n\nClose them."
        assert asked == ["/page"]
    (entry,) = pages._gate.audit.entries()
    assert entry.as_record()["url"] == f"{url}/page"


def test_a_host_that_is_not_listed_is_not_asked(tmp_path: Path) -> None:
    with serving() as (url, asked):
        with pytest.raises(EgressRefusedError, match="fetch_pages"):
            fetcher(tmp_path, "https://docs.example").fetch(f"{url}/page")
        assert asked == []


def test_offline_asks_nobody(tmp_path: Path) -> None:
    with serving() as (url, asked):
        with pytest.raises(OfflineError):
            fetcher(tmp_path, url, offline=True).fetch(f"{url}/page")
        assert asked == []


@pytest.mark.parametrize(
    ("path", "said"),
    [("/picture", "image/png"), ("/large", "1 MB"), ("/moved", "another address"), ("/none", "404")],
)
def test_what_is_no_text_here_is_refused(tmp_path: Path, path: str, said: str) -> None:
    with serving() as (url, asked), pytest.raises(PageError, match=said):
        fetcher(tmp_path, url).fetch(url + path)
    assert asked == [path], "a redirect is not followed"


def test_a_page_in_an_odd_encoding_is_read(tmp_path: Path) -> None:
    with serving() as (url, _):
        assert fetcher(tmp_path, url).fetch(f"{url}/plain") == "f\ufffdr"


def test_only_the_user_lists_hosts() -> None:
    settings = parse_privacy({"fetch_pages": ["https://docs.example"]})
    assert settings.fetch_pages == {"https://docs.example:443"}


def test_text_of_nested_and_broken_html() -> None:
    assert page_text("<ul><li>one<li>two</ul><style>p{}</style><p>thr<b>ee") == "one\ntwo\n\nthree"
