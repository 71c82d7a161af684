"""A small repository of many languages, and an engine whose folders are its own."""

import os
from collections.abc import Mapping
from pathlib import Path

from assistant.engine import Engine
from assistant.settings import Settings

TCP_PY = '''"""TCP connections with a pool."""

import socket


class ConnectionPool:
    """Keeps open connections for reuse."""

    def __init__(self, size: int) -> None:
        self._pool: list[socket.socket] = []
        self.size = size

    def acquire(self) -> socket.socket:
        """Take a connection out of the pool."""
        if not self._pool:
            raise LookupError("the pool is empty")
        return self._pool.pop()

    def release(self, connection: socket.socket) -> None:
        """Give a connection back."""
        if len(self._pool) < self.size:
            self._pool.append(connection)


class TCPConnector:
    """Opens TCP connections, retrying with backoff."""

    def __init__(self, host: str, port: int, timeout: float = 3.0) -> None:
        self.host = host
        self.port = port
        self.timeout = timeout
        self._pool = ConnectionPool(4)

    def connect(self) -> socket.socket:
        """Open a connection or take one from the pool."""
        return socket.create_connection((self.host, self.port), self.timeout)
'''

RETRY_PY = '''"""Retrying what fails, with exponential backoff."""

import time


def retry_with_backoff(call, attempts=3, base_delay_s=0.1):
    """Call again after growing delays."""
    for attempt in range(attempts):
        try:
            return call()
        except OSError:
            time.sleep(base_delay_s * 2**attempt)
    raise TimeoutError("gave up")  # TODO: say how often it was tried
'''

ROUTER_GO = """package router

// Router maps URL patterns to handlers.
type Router struct {
\troutes map[string]Handler
}

// Handler answers one request.
type Handler func(path string) string

// Handle registers a handler for a pattern.
func (r *Router) Handle(pattern string, h Handler) {
\tr.routes[pattern] = h
}

// NewRouter makes an empty router.
func NewRouter() *Router {
\treturn &Router{routes: map[string]Handler{}}
}
"""

ROUTER_TEST_GO = """package router

import "testing"

func TestRouterHandle(t *testing.T) {
\trouter := NewRouter()
\trouter.Handle("/x", func(path string) string { return path })
\tif router.routes["/x"] == nil {
\t\tt.Fatal("the router forgot its route")
\t}
}
"""

CLIENT_JAVA = """package com.acme.net;

/** Talks to the server. */
public class TcpClient {
    private final String host;

    public TcpClient(String host) {
        this.host = host;
    }

    /** Opens the connection. */
    public void connect() {
        throw new IllegalStateException("not connected to " + host);
    }
}
"""

APP_TS = """export interface Session {
  user: string;
  token: string;
}

export function renderSession(session: Session): string {
  return `${session.user} => ${session.token}`;
}
"""

MAIN_RS = """mod parser;

fn main() {
    let value = parser::parse_number("42").unwrap();
    println!("{}", value);
}
"""

PARSER_RS = """/// Parses a number, with surrounding blanks ignored.
pub fn parse_number(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.trim().parse::<i64>()
}
"""

BASE_RB = """module Sinatra
  # The base of every application.
  class Base
    def call(env)
      dup.call!(env)
    end
  end
end
"""

FILES: dict[str, str | bytes] = {
    "README.md": "# Acme\\n\\nA toolkit for connections.\\n\\n## Testing\\n\\nRun `make test`.\\n".replace(
        "\\n", "\n"
    ),
    "src/net/tcp.py": TCP_PY,
    "src/net/retry.py": RETRY_PY,
    "src/net/__init__.py": "from net.tcp import TCPConnector\n",
    "router/router.go": ROUTER_GO,
    "router/router_test.go": ROUTER_TEST_GO,
    "java/src/main/java/com/acme/net/TcpClient.java": CLIENT_JAVA,
    "web/src/components/session.ts": APP_TS,
    "rust/src/main.rs": MAIN_RS,
    "rust/src/parser.rs": PARSER_RS,
    "lib/sinatra/base.rb": BASE_RB,
    "tests/test_tcp.py": (
        "from net.tcp import TCPConnector\n\n\n"
        "def test_connect_uses_the_pool():\n"
        '    connector = TCPConnector("localhost", 80)\n'
        "    assert connector._pool.size == 4\n"
    ),
    "examples/connect.py": (
        'from net.tcp import TCPConnector\n\nconnector = TCPConnector("example.org", 80)\nprint(connector.connect())\n'
    ),
    "vendor/netlib/tcp.py": "class TCPConnector:\n    def connect(self):\n        return None\n",
    "docs/tcp.md": "# Connections\n\nUse `TCPConnector` to open TCP connections.\n",
    "app/[slug]/page.tsx": "export default function Page() {\n  return <main>slug page</main>;\n}\n",
    "my dir/odd name.py": "ODD_VALUE = 41\n",
    "Makefile": "test:\n\tpytest tests\n",
    "text/latin.txt": "Müller grüßt Łódź\n".encode("cp1252", "replace"),
    "text/wide.txt": "the wide needle stands here\n".encode("utf-16"),
    "text/windows.txt": "first line\r\nsecond line\r\nthird line\r\n",
    "text/blank.txt": "\n\n\n",
    "text/empty.txt": "",
    "deps.py": "\n".join(
        f"def helper_{number}():\n    return shared_helper({number})\n" for number in range(60)
    ),
}


def write_files(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, as if long ago; returns the folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return root


def engine_in(folder: Path, **settings: object) -> Engine:
    """Return an engine that keeps its indexes in a folder."""
    return Engine(Settings(folder / "cache", folder / "config.toml", **settings))  # type: ignore[arg-type]
