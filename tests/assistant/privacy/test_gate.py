import asyncio
import json
import re
import stat
import subprocess
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.backends import BackendConfig, ChatRequest, Message, make_backend
from assistant.privacy import (
    ConsentError,
    EgressGate,
    EgressRefusedError,
    FileOrigin,
    OfflineError,
    Part,
    Prepared,
    PrivacySettings,
    Prompt,
    Typed,
)
from assistant.privacy.content import Manifest
from benchmarks.planted_secrets import planted
from tests.assistant.privacy.recording_server import RecordingServer, recording

QUESTION = "Where is the connection pool closed when the server stops?"


@pytest.fixture
def server() -> Iterator[RecordingServer]:
    with recording() as running:
        yield running


def config_at(url: str, **more: Any) -> BackendConfig:
    return BackendConfig("work", "openai", url, "tiny", max_retries=0, **more)


def gate_for(home: Path, *configs: BackendConfig, offline: bool = False, **settings: Any) -> EgressGate:
    return EgressGate(PrivacySettings(**settings), configs, home / "config", home / "state", offline=offline)


async def ask(gate: EgressGate, config: BackendConfig, prepared: Prepared) -> str:
    backend = make_backend(config, gate.client, {})
    messages = tuple(Message("user", part.text) for part in prepared.parts if part.text)
    try:
        with gate.sending(prepared):
            async with aclosing(backend.chat(ChatRequest(messages))) as deltas:
                return "".join([delta.text async for delta in deltas])
    finally:
        await backend.aclose()


async def post(
    gate: EgressGate, config: BackendConfig, body: Any, url: str = "", **options: Any
) -> httpx.Response:
    async with gate.client(config) as client:
        return await client.post(url or f"{config.url}/chat", **({"json": body} | options))


def log_of(gate: EgressGate) -> list[dict[str, Any]]:
    return [entry.as_record() for entry in gate.audit.entries()]


def test_a_question_arrives_and_is_recorded(tmp_path: Path, server: RecordingServer) -> None:
    (tmp_path / "pool.py").write_text("def close_the_pool_of_connections():\n    pass\n")
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    file = FileOrigin(tmp_path, "pool.py", 1, 2)
    prepared = gate.prepare([Part((tmp_path / "pool.py").read_text(), file), Part(QUESTION, Typed())])
    assert asyncio.run(ask(gate, config, prepared)) == "four"
    assert QUESTION.encode() in server.all_bytes
    (record,) = log_of(gate)
    assert record["backend"] == "work"
    assert record["url"] == f"{server.url}/chat/completions"
    assert record["files"] == [{"root": str(tmp_path), "path": "pool.py", "lines": [1, 2]}]
    assert record["outcome"] == "200"
    assert record["bytes_out"] > len(QUESTION)
    assert record["bytes_in"] > 0
    assert "text" not in record
    assert QUESTION not in gate.audit.file.read_text()
    assert stat.S_IMODE(gate.audit.file.stat().st_mode) == 0o600


def test_no_byte_of_a_planted_secret_arrives(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    files = planted(seed=7, rounds=4)
    for number, file in enumerate(files):
        folder = tmp_path / str(number)
        path = folder / file.path
        path.parent.mkdir(parents=True)
        path.write_text(file.text)
    for start in range(0, len(files), 40):
        batch = list(enumerate(files))[start : start + 40]
        parts = [
            Part(f"{file.path}:\n{file.text}\n", FileOrigin(tmp_path / str(number), file.path, 1, 9))
            for number, file in batch
        ]
        typed = [Part(f"Why does this fail?\n{file.text}\n", Typed()) for _, file in batch[:5]]
        asyncio.run(ask(gate, config, gate.prepare([*parts, *typed])))
    received = server.all_bytes.decode("utf-8", "replace")
    assert "Why does this fail?" in received
    leaked = [file.kind for file in files if any(secret in received for secret in file.secrets)]
    assert leaked == []
    # The log, too, is free of them.
    log = gate.audit.file.read_text()
    assert not any(secret in log for file in files for secret in file.secrets)


def test_a_body_that_was_not_prepared_is_refused(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    body = {"model": "tiny", "messages": [{"role": "user", "content": QUESTION}]}
    with pytest.raises(EgressRefusedError, match="not prepared"):
        asyncio.run(post(gate, config, body))
    prepared = gate.prepare([Part("another question, which is long enough", Typed())])

    async def mixed() -> None:
        with gate.sending(prepared):
            await post(gate, config, body)

    with pytest.raises(EgressRefusedError, match="not prepared"):
        asyncio.run(mixed())
    assert server.received == []
    assert [record["outcome"] for record in log_of(gate)] == ["refused: EgressRefusedError"] * 2
    assert [record["bytes_out"] for record in log_of(gate)] == [0, 0]


def test_names_of_members_and_other_formats_are_checked_too(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    with pytest.raises(EgressRefusedError, match="not prepared"):
        asyncio.run(post(gate, config, {QUESTION: 1}))
    with pytest.raises(EgressRefusedError, match="no JSON"):
        asyncio.run(post(gate, config, None, json=None, content=b"plain text of a file"))
    with pytest.raises(EgressRefusedError, match="address holds more"):
        asyncio.run(post(gate, config, {}, url=f"{config.url}/chat?q=secret"))
    assert server.received == []


def test_only_what_prepare_made_can_be_sent(tmp_path: Path, server: RecordingServer) -> None:
    gate = gate_for(tmp_path, config_at(server.url))
    forged = Prepared((Part(QUESTION, Typed()),), Manifest((), (), {}, 0))
    with pytest.raises(EgressRefusedError, match="prepare"), gate.sending(forged):
        pass


def test_a_redirect_to_another_host_is_refused(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    with recording() as other:
        server.redirect_to = f"{other.url}/elsewhere"
        with pytest.raises(EgressRefusedError, match="is at"):
            asyncio.run(post(gate, config, {"model": "tiny"}, follow_redirects=True))
        assert other.received == []
    assert len(server.received) == 1


def test_an_address_that_is_not_configured_is_refused(tmp_path: Path) -> None:
    gate = gate_for(tmp_path, config_at("https://llm.example/v1"))
    with pytest.raises(EgressRefusedError, match=r"config\.toml"):
        gate.client(config_at("https://evil.example/v1"))
    with pytest.raises(EgressRefusedError, match=r"config\.toml"):
        gate.client(config_at("http://llm.example/v1"))
    with pytest.raises(EgressRefusedError, match=r"config\.toml"):
        gate.client(config_at("https://llm.example:8443/v1"))


def test_offline_refuses_this_machine_too(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config, offline=True)
    with pytest.raises(OfflineError, match="--offline"):
        asyncio.run(ask(gate, config, gate.prepare([Part(QUESTION, Typed())])))
    with pytest.raises(OfflineError):
        asyncio.run(post(gate, config, None, json=None))
    assert server.received == []


def test_a_remote_host_needs_consent(tmp_path: Path) -> None:
    config = config_at("https://llm.example/v1", proxy="none")
    gate = gate_for(tmp_path, config)
    with pytest.raises(ConsentError, match=r'allow_remote = \["https://llm.example"\]'):
        asyncio.run(ask(gate, config, gate.prepare([Part(QUESTION, Typed())])))


def test_a_large_request_is_refused(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config, max_request_bytes=1_000)
    prepared = gate.prepare([Part("word " * 400, Typed())])
    with pytest.raises(EgressRefusedError, match=r"1\.0 kB that max_request_bytes"):
        asyncio.run(ask(gate, config, prepared))
    assert server.received == []


def test_a_log_that_cannot_be_written_stops_the_request(tmp_path: Path, server: RecordingServer) -> None:
    (tmp_path / "state").write_text("a file in the place of the folder")
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)
    with pytest.raises(EgressRefusedError, match="audit log"):
        asyncio.run(ask(gate, config, gate.prepare([Part(QUESTION, Typed())])))
    assert server.received == []


def test_the_full_text_is_kept_only_when_asked_for(tmp_path: Path, server: RecordingServer) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config, audit_full_text=True)
    asyncio.run(ask(gate, config, gate.prepare([Part(QUESTION, Typed())])))
    (record,) = log_of(gate)
    assert json.loads(record["text"])["messages"] == [{"role": "user", "content": QUESTION}]


def test_a_failed_connection_is_recorded(tmp_path: Path) -> None:
    with recording() as gone:
        config = config_at(gone.url)
    gate = gate_for(tmp_path, config)
    with pytest.raises(httpx.ConnectError):
        asyncio.run(post(gate, config, {"model": "tiny"}))
    (record,) = log_of(gate)
    assert record["outcome"] == "failed: ConnectError"


def test_an_answer_that_is_not_read_to_its_end_is_recorded_so(
    tmp_path: Path, server: RecordingServer
) -> None:
    config = config_at(server.url)
    gate = gate_for(tmp_path, config)

    async def look_at_the_status() -> None:
        async with gate.client(config) as client, client.stream("GET", f"{config.url}/models"):
            pass

    asyncio.run(look_at_the_status())
    (record,) = log_of(gate)
    assert record["outcome"] == "200, closed early"


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def sent(gate: EgressGate, root: Path, path: str, *, mentioned: bool = False) -> bool:
    prepared = gate.prepare([Part("some text", FileOrigin(root, path, 1, 1, mentioned))])
    assert [item.path for item in prepared.manifest.left_out] == ([] if prepared.text else [path])
    return bool(prepared.text)


def test_ignored_excluded_and_private_files_are_left_out(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    write(
        root,
        {
            ".gitignore": "build/\n*.log\n",
            ".assistignore": "internal/\n",
            "assist.toml": '[privacy]\nexclude = ["fixtures/"]\n',
            "sub/.assistignore": "*.sql\n",
        },
    )
    subprocess.run(["git", "init", "-q", root], check=True)
    gate = gate_for(tmp_path, exclude=("customers.csv",))
    for path in (
        "src/app.py",
        ".gitignore",
        "sub/app.py",
        "docs/environment.md",
        "src/tokenizer.py",
        "keys.py",
    ):
        assert sent(gate, root, path), path
    for path in (
        "internal/plan.md", "fixtures/people.json", "data/customers.csv", "sub/dump.sql", ".env", "app/.env.production",
        "id_rsa", "certs/server.key", "certs/ca.pem", ".netrc", ".aws/credentials", ".ssh/config", "infra/prod.tfvars",
        "config/credentials.json", "client_secret_1.json", ".npmrc", "release.keystore", "../outside.py", ".git/config",
    ):  # fmt: skip
        assert not sent(gate, root, path), path
        assert not sent(gate, root, path, mentioned=True), path
    assert not sent(gate, root, "build/app.js")
    assert sent(gate, root, "build/app.js", mentioned=True)


def test_a_tracked_file_that_matches_an_ignore_rule_is_sent(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    write(root, {".gitignore": "*.log\n", "kept.log": "text", "other.log": "text"})
    subprocess.run(["git", "init", "-q", root], check=True)
    subprocess.run(["git", "-C", root, "add", "-f", "kept.log"], check=True)
    gate = gate_for(tmp_path)
    assert sent(gate, root, "kept.log")
    assert not sent(gate, root, "other.log")


def test_links_out_of_the_repository_and_to_private_files_are_left_out(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "repo"
    write(home, {".ssh/id_ed25519": "key"})
    write(root, {".env": "A=1", "real.txt": "text"})
    (root / "notes").symlink_to(home / ".ssh")
    (root / "notes.txt").symlink_to(home / ".ssh" / "id_ed25519")
    (root / "settings.txt").symlink_to(".env")
    (root / "alias.txt").symlink_to("real.txt")
    gate = gate_for(tmp_path)
    assert not sent(gate, root, "notes/id_ed25519")
    assert not sent(gate, root, "notes.txt")
    assert not sent(gate, root, "settings.txt")
    assert sent(gate, root, "alias.txt")


def test_what_a_repository_includes_holds_only_when_it_is_trusted(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    write(root, {".gitignore": "build/\n", "assist.toml": '[privacy]\ninclude = ["build/", ".env"]\n'})
    subprocess.run(["git", "init", "-q", root], check=True)
    gate = gate_for(tmp_path)
    assert not sent(gate, root, "build/api.py")
    gate.trust.trust(root)
    assert sent(gate, root, "build/api.py")
    assert not sent(gate, root, ".env")
    (root / "assist.toml").write_text('[privacy]\ninclude = ["build/", "dist/"]\n')
    assert not sent(gate, root, "build/api.py")


def test_a_piece_of_a_key_without_its_markers_is_redacted(tmp_path: Path) -> None:
    (key,) = (file for file in planted(3, 1) if file.kind == "private key (rsa private key)")
    write(tmp_path, {"src/keys.py": key.text})
    gate = gate_for(tmp_path)
    middle = "\n".join(key.secrets[3:7])
    prepared = gate.prepare([Part(f"src/keys.py\n{middle}\n", FileOrigin(tmp_path, "src/keys.py", 6, 9))])
    assert prepared.manifest.redacted == {"private-key": 4}
    assert not any(line in prepared.text for line in key.secrets)


def test_the_summary_tells_what_goes_out(tmp_path: Path) -> None:
    gate = gate_for(tmp_path)
    parts = [
        Part("def a(): pass\n", FileOrigin(tmp_path, "a.py", 1, 1)),
        Part("def b(): pass\n", FileOrigin(tmp_path, "a.py", 5, 5)),
        Part("A=1\n", FileOrigin(tmp_path, ".env", 1, 1)),
        Part("password = 'h7#kQ2!mmZp'\n", Typed()),
        Part("Answer briefly.\n", Prompt()),
    ]
    prepared = gate.prepare(parts)
    assert prepared.manifest.summary() == "2 passages of 1 file, 79 B, 1 secret redacted, 1 file left out"
    assert [bool(part.text) for part in prepared.parts] == [True, True, False, True, True]
    assert [part.origin for part in prepared.parts] == [part.origin for part in parts]


def test_nothing_else_in_the_sources_opens_a_connection() -> None:
    root = Path(__file__).resolve().parents[3]
    openers = (
        *(
            "httpx.AsyncClient(",
            "httpx.Client(",
            "httpx.get(",
            "httpx.post(",
            "httpx.stream(",
            "AsyncHTTPTransport(",
        ),
        *(
            "urlopen(",
            "import requests",
            "import socket",
            "http.client",
            "import aiohttp",
            "asyncio.open_connection",
        ),
    )
    found = [
        path.relative_to(root).as_posix()
        for folder in ("assistant", "indexer", "lsp")
        for path in sorted((root / folder).rglob("*.py"))
        if any(opener in path.read_text("utf-8") for opener in openers)
    ]
    assert found == ["assistant/backends/client.py", "lsp/main.py"]
    # The language server's debugging port listens, on this machine only.
    source = (root / "lsp/main.py").read_text("utf-8")
    assert re.findall(r"socket\.(\w+)\(", source) == ["create_server"]
    assert 'create_server(("127.0.0.1", port))' in source
