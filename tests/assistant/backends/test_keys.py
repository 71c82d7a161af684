"""Keys come from where the user said, and never show."""

from __future__ import annotations

import logging
import os
import pickle
import traceback
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from assistant.backends import EnvironmentKey, Key, KeyFile, KeyringKey, KeySource, make_backend, plain_client
from assistant.backends.errors import AuthenticationError, BackendError, KeyUnavailableError
from tests.assistant.backends.support import HELLO, ask, config_for, run
from tests.servers.launch import RunningServer, running
from tests.servers.wire import TEXT

SECRET = "sk-planted-4f6d1c9e8b7a"


def test_a_key_does_not_show_itself() -> None:
    key = Key(SECRET)
    assert SECRET not in f"{key} {key!r} {[key]}"
    assert key.reveal() == SECRET
    with pytest.raises(TypeError):
        pickle.dumps(key)


@pytest.mark.parametrize("value", [SECRET, f" {SECRET}\n"])
def test_from_the_environment(value: str) -> None:
    assert EnvironmentKey("K").read({"K": value}).reveal() == SECRET


@pytest.mark.parametrize("value", ["", " \n", "two\nlines", "schlüssel", "x" * 20_000, "a\0b"])
def test_what_is_no_key_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(KeyUnavailableError, match=r"^\$K holds .*; export K$") as caught:
        EnvironmentKey("K").read({"K": value})
    assert not value.strip() or value not in str(caught.value)
    assert "schlüssel" not in str(caught.value)


def test_an_unset_variable() -> None:
    with pytest.raises(KeyUnavailableError, match=r"\$K holds no key; export K"):
        EnvironmentKey("K").read({})


def test_from_a_file_that_only_the_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    file.chmod(0o600)
    assert KeyFile(file).read({}).reveal() == SECRET
    file.chmod(0o400)
    assert KeyFile(file).read({}).reveal() == SECRET


@pytest.mark.skipif(os.name != "posix", reason="permission bits are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    file.chmod(mode)
    with pytest.raises(KeyUnavailableError, match="open to other users; run: chmod 600") as caught:
        KeyFile(file).read({})
    assert SECRET not in str(caught.value)


def test_files_that_hold_no_key(tmp_path: Path) -> None:
    with pytest.raises(KeyUnavailableError, match="No such file"):
        KeyFile(tmp_path / "absent").read({})
    with pytest.raises(KeyUnavailableError, match="Is a directory"):
        KeyFile(tmp_path).read({})
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00k")
    binary.chmod(0o600)
    with pytest.raises(KeyUnavailableError, match="no key"):
        KeyFile(binary).read({})


class _Ring(KeyringBackend):
    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise KeyringLocked("no")
        return SECRET if (service, username) == ("assist", "work") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def delete_password(self, service: str, username: str) -> None:
        raise NotImplementedError


def test_from_the_keyring() -> None:
    before = keyring.get_keyring()
    keyring.set_keyring(_Ring())  # type: ignore[no-untyped-call]
    try:
        assert KeyringKey("assist", "work").read({}).reveal() == SECRET
        with pytest.raises(KeyUnavailableError, match="holds no key; run: keyring set assist home"):
            KeyringKey("assist", "home").read({})
        with pytest.raises(KeyUnavailableError, match=r"cannot be read \(KeyringLocked\)"):
            KeyringKey("locked", "work").read({})
    finally:
        keyring.set_keyring(before)


def test_a_missing_key_sends_nothing(server: RunningServer) -> None:
    config = config_for(server, "openai", "plain:no-key", key=EnvironmentKey("K"))
    with pytest.raises(KeyUnavailableError):
        ask(make_backend(config, plain_client, {}))
    assert not server.requests("plain:no-key")


def test_a_refused_key_is_read_anew(server: RunningServer) -> None:
    environ = {"K": "old"}
    config = config_for(server, "openai", "fail:401:1:0:rotated", key=EnvironmentKey("K"))
    backend = make_backend(config, plain_client, environ)

    async def work() -> str:
        with pytest.raises(AuthenticationError):
            await anext(backend.chat(HELLO))
        environ["K"] = "new"
        text = "".join([delta.text async for delta in backend.chat(HELLO)])
        await backend.aclose()
        return text

    assert run(work()) == TEXT
    keys = [seen["headers"]["authorization"] for seen in server.requests("fail:401:1:0:rotated")]
    assert keys == ["Bearer old", "Bearer new"]


@pytest.mark.parametrize("flavour", ["openai", "anthropic", "ollama"])
@pytest.mark.parametrize("source", ["environment", "file"])
@pytest.mark.parametrize("model", ["plain", "leak", "unknown", "malformed", "cut:0", "fail:503:1"])
def test_no_key_in_logs_reprs_or_errors(
    server: RunningServer,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    flavour: str,
    source: str,
    model: str,
) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    file.chmod(0o600)
    key: KeySource = EnvironmentKey("K") if source == "environment" else KeyFile(file)
    with running("proxy", f"me:{SECRET}") as proxy:
        config = config_for(
            server,
            flavour,
            f"{model}:{source}-{flavour}" if model == "leak" else model,
            key=key,
            headers={"X-Gateway": EnvironmentKey("K"), "X-Static": SECRET},
            proxy=proxy.url.replace("http://", f"http://me:{SECRET}@"),
        )
        backend = make_backend(config, plain_client, {"K": SECRET})
        shown = [repr(config), repr(backend), str(vars(backend)), backend.endpoint]
        with caplog.at_level(logging.DEBUG):
            try:
                ask(backend)
            except BackendError as error:
                shown += [*traceback.format_exception(error), repr(error), str(vars(error))]
        shown += [record.getMessage() for record in caplog.records]
    assert caplog.records
    assert not [text for text in shown if SECRET in text]


def test_the_leaking_server_leaks(server: RunningServer) -> None:
    with pytest.raises(AuthenticationError, match=r"Incorrect API key provided: Bearer \*\*\* ?\[31m\."):
        ask(
            make_backend(
                config_for(server, "openai", "leak:shown", key=EnvironmentKey("K")),
                plain_client,
                {"K": SECRET},
            )
        )
