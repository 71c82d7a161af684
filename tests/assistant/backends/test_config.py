"""The ``[backends.NAME]`` tables: what is accepted, and what is said about the rest."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from assistant.backends import BackendConfig, EnvironmentKey, KeyFile, KeyringKey, parse_backends
from assistant.errors import SettingsError

SECRET = "sk-planted-4f6d1c9e8b7a"
BASE = 'kind = "openai"\nurl = "https://llm.example/v1"\nmodel = "m"\n'


def _parse(text: str, kinds: tuple[str, ...] = ()) -> dict[str, BackendConfig]:
    return parse_backends(tomllib.loads(text)["backends"], lambda: kinds)


def test_a_full_table(tmp_path: Path) -> None:
    text = f"""
        [backends.work]
        kind = "openai"
        url = "https://llm.example/v1?api-version=1#part"
        model = "qwen"
        key_env = "WORK_KEY"
        key_header = "api-key"
        proxy = "http://proxy.example:3128"
        ca_bundle = '{tmp_path}/ca.pem'
        client_cert = '{tmp_path}/me.pem'
        client_cert_key = '{tmp_path}/me.key'
        connect_timeout_s = 3
        read_timeout_s = 30.5
        max_retries = 0
        retry_delay_s = 1
        context_window = 32768
        fill_in_the_middle = "suffix"
        headers = {{ X-Team = "search", X-Gate = {{ env = "GATE" }}, X-Ring = {{ keyring = "a/b" }} }}
        request = {{ reasoning_effort = "low" }}
    """
    assert _parse(text) == {
        "work": BackendConfig(
            name="work",
            kind="openai",
            url="https://llm.example/v1?api-version=1",
            model="qwen",
            key=EnvironmentKey("WORK_KEY"),
            key_header="api-key",
            headers={"X-Team": "search", "X-Gate": EnvironmentKey("GATE"), "X-Ring": KeyringKey("a", "b")},
            request={"reasoning_effort": "low"},
            proxy="http://proxy.example:3128",
            ca_bundle=tmp_path / "ca.pem",
            client_cert=tmp_path / "me.pem",
            client_cert_key=tmp_path / "me.key",
            connect_timeout_s=3.0,
            read_timeout_s=30.5,
            max_retries=0,
            retry_delay_s=1.0,
            context_window=32768,
            fill_in_the_middle="suffix",
        )
    }


def test_short_tables_and_defaults() -> None:
    text = """
        [backends.home]
        kind = "ollama"
        model = "qwen2.5-coder"
        [backends.claude]
        kind = "anthropic"
        model = "some-model"
        key_keyring = "assist/me"
    """
    assert _parse(text) == {
        "home": BackendConfig("home", "ollama", "http://127.0.0.1:11434", "qwen2.5-coder"),
        "claude": BackendConfig(
            "claude", "anthropic", "https://api.anthropic.com/v1", "some-model", KeyringKey("assist", "me")
        ),
    }


def test_a_key_file_below_the_home_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("USERPROFILE", "/home/me")
    (config,) = _parse(f'[backends.w]\n{BASE}key_file = "~/keys/llm"').values()
    assert config.key == KeyFile(Path("/home/me/keys/llm"))


def test_no_backends() -> None:
    assert parse_backends({}) == {}


def test_a_kind_of_a_plug_in() -> None:
    text = '[backends.w]\nkind = "mine"\nurl = "https://llm.example"\nmodel = "m"'
    assert _parse(text, ("mine",))["w"].kind == "mine"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('modle = "x"', 'unknown key "modle" in [backends.w]; did you mean "model"?'),
        ("zzz = 1", 'unknown key "zzz" in [backends.w]; known are ca_bundle, client_cert'),
        (
            f'api_key = "{SECRET}"',
            '"api_key" in [backends.w]: a key does not belong into this file; name where it is',
        ),
        (f'key = "{SECRET}"', '"key" in [backends.w]: a key does not belong into this file'),
        (
            f'key_env = "{SECRET}"',
            '"key_env" in [backends.w] must be the name of an environment variable, without $',
        ),
        ('key_env = "$KEY"', "must be the name of an environment variable, without $"),
        (
            'key_file = "keys/llm"',
            '"key_file" in [backends.w] must be an absolute path, or one that starts with "~/"',
        ),
        ('key_keyring = "x"', '"key_keyring" in [backends.w] must be "SERVICE/USER"'),
        ('key_env = "A"\nkey_file = "/k"', "names two places of the key, key_env and key_file; keep one"),
        ("max_retries = -1", '"max_retries" in [backends.w] must be a whole number of at least 0'),
        ("max_retries = 1.5", '"max_retries" in [backends.w] must be a whole number'),
        ("max_retries = true", '"max_retries" in [backends.w] must be a whole number'),
        ('read_timeout_s = "1"', '"read_timeout_s" in [backends.w] must be a number of at least 0.05'),
        ("read_timeout_s = 0", '"read_timeout_s" in [backends.w] must be a number of at least 0.05'),
        ("read_timeout_s = nan", '"read_timeout_s" in [backends.w] must be a number of at least 0.05'),
        ('fill_in_the_middle = "yes"', "must be one of auto, infill, fim, suffix, none"),
        (
            'proxy = "proxy:3128"',
            '"proxy" in [backends.w] must be "environment", "none" or an address such as',
        ),
        ('proxy = ""', '"proxy" in [backends.w] must be "environment", "none" or an address such as'),
        ('ca_bundle = "ca.pem"', '"ca_bundle" in [backends.w] must be an absolute path'),
        ("headers = 3", '"headers" in [backends.w] must be a table'),
        ('headers = { "a b" = "c" }', '"a b" in [backends.w] headers is no header name'),
        ("headers = { X = 3 }", '"X" in [backends.w] headers must be a text on one line, or where it is'),
        (
            'headers = { X = "a\\nAuthorization: b" }',
            '"X" in [backends.w] headers must be a text on one line',
        ),
        (
            f'headers = {{ Authorization = "Bearer {SECRET}" }}',
            '"Authorization" in [backends.w] headers is set by',
        ),
        (
            f'headers = {{ x-API-key = "{SECRET}" }}',
            '"x-API-key" in [backends.w] headers is set by assist itself',
        ),
        (
            f'key_header = "X-Mine"\nheaders = {{ x-mine = "{SECRET}" }}',
            '"x-mine" in [backends.w] headers is set by',
        ),
        ('headers = { Host = "x" }', '"Host" in [backends.w] headers is set by assist itself'),
        (
            'request = { messages = "x" }',
            '"messages" in [backends.w] request is set by assist itself; leave it out',
        ),
        ("request = { stream = false }", '"stream" in [backends.w] request is set by assist itself'),
    ],
)
def test_what_is_wrong_is_named(lines: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _parse(f"[backends.w]\n{BASE}{lines}")
    assert message in str(caught.value)
    assert SECRET not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[backends]\nw = "x"', '"w" in [backends] must be a table: [backends.w]'),
        ("[backends.w]", '[backends.w] needs "kind"'),
        (
            '[backends.w]\nkind = "opnai"',
            '"kind" in [backends.w] must be one of anthropic, mine, ollama, openai',
        ),
        ('[backends.w]\nkind = "openai"\nmodel = "m"', '[backends.w] needs "url"'),
        ('[backends.w]\nkind = "ollama"', '[backends.w] needs "model"'),
        ('[backends.w]\nkind = "ollama"\nmodel = " "', '"model" in [backends.w] must be a text'),
    ],
)
def test_tables_that_lack_something(text: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _parse(text, ("mine",))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("llm.example/v1", "must be an address such as"),
        ("ftp://llm.example", "must be an address such as"),
        ("https://", "must be an address such as"),
        ("https://llm.example:port/", "must be an address such as"),
        ("https://llm example/", "must be an address such as"),
        (f"https://me:{SECRET}@llm.example", "holds credentials; name where the key is with key_env"),
        (
            f"https://llm.example?api_key={SECRET}",
            'holds a secret ("?api_key="); use key_env with key_header',
        ),
    ],
)
def test_addresses_that_will_not_do(url: str, message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _parse(f'[backends.w]\nkind = "openai"\nmodel = "m"\nurl = "{url}"')
    assert message in str(caught.value)
    assert SECRET not in str(caught.value)


def test_the_repr_keeps_secrets() -> None:
    text = f'{BASE}proxy = "http://me:{SECRET}@proxy:1"\nheaders = {{ X-Gate = "{SECRET}" }}'
    assert SECRET not in repr(_parse(f"[backends.w]\n{text}"))
