from typing import Any

import pytest

from assistant.errors import SettingsError
from assistant.privacy.settings import PrivacySettings, is_offline, origin_of, parse_privacy


def test_an_empty_table_has_the_defaults() -> None:
    assert parse_privacy({}) == PrivacySettings()


def test_a_whole_table_is_read() -> None:
    table = {
        "exclude": ["*.sql"],
        "allow_remote": ["https://LLM.example/", "http://10.0.0.7:8080"],
        "max_request_bytes": 50_000,
        "audit_full_text": True,
    }
    origins = frozenset({"https://llm.example:443", "http://10.0.0.7:8080"})
    assert parse_privacy(table) == PrivacySettings(("*.sql",), origins, 50_000, True)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"exclud": []}, r'unknown key "exclud" in \[privacy\]; did you mean "exclude"\?'),
        ({"endpoint": ""}, r"known are exclude, allow_remote"),
        ({"exclude": "a"}, "list of texts"),
        ({"exclude": [1]}, "list of texts"),
        ({"exclude": ["!a"]}, "take back"),
        ({"allow_remote": ["llm.example"]}, "without a path"),
        ({"allow_remote": ["https://llm.example/v1"]}, "without a path"),
        ({"allow_remote": ["https://a:b@llm.example"]}, "without a path"),
        ({"allow_remote": ["ftp://llm.example"]}, "without a path"),
        ({"allow_remote": ["*"]}, "without a path"),
        ({"max_request_bytes": "1 MB"}, "number of bytes"),
        ({"max_request_bytes": True}, "number of bytes"),
        ({"max_request_bytes": 0}, "number of bytes"),
        ({"audit_full_text": "yes"}, "true or false"),
    ],
)
def test_what_does_not_fit_is_named(table: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        parse_privacy(table)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://llm.example/v1", "https://llm.example:443"),
        ("HTTP://Llm.Example:80", "http://llm.example:80"),
        ("http://[::1]:8080/x", "http://[::1]:8080"),
        ("https://user@llm.example", None),
        ("file:///etc/passwd", None),
        ("https://llm.example:port", None),
        ("", None),
    ],
)
def test_an_origin_has_scheme_host_and_port(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("value", "offline"), [("1", True), ("true", True), ("0", False), ("", False), ("No", False)]
)
def test_offline_is_read_from_the_environment(value: str, offline: bool) -> None:
    assert is_offline({"ASSIST_OFFLINE": value}) is offline
    assert is_offline({}) is False
