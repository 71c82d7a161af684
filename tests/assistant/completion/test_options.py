"""The `[completion]` table, and what importing the package costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.completion import CompletionOptions, parse_completion
from assistant.errors import SettingsError
from assistant.settings import load_settings


def test_an_empty_table_has_the_defaults() -> None:
    assert parse_completion({}) == CompletionOptions()


def test_a_table_is_read_from_the_users_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[completion]\nbackend = "small"\nin_comments = true\ndisabled_languages = ["markdown"]\npatience_ms = 0\n'
    )
    settings = load_settings({"ASSIST_CONFIG_DIR": str(tmp_path), "ASSIST_CACHE_DIR": str(tmp_path / "c")})
    assert parse_completion(settings.completion) == CompletionOptions(
        backend="small", in_comments=True, disabled_languages=("markdown",), patience_ms=0
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"debounce": 1}, 'unknown key "debounce"'),
        ({"patienc_ms": 1}, 'did you mean "patience_ms"'),
        ({"enabled": 1}, '"enabled" in [completion] must be true or false'),
        ({"max_tokens": True}, '"max_tokens" in [completion] must be a whole number'),
        ({"max_lines": 0}, "from 1 to"),
        ({"disabled_languages": "python"}, "a list of texts"),
        ({"look_ahead": "sometimes"}, "one of local, always, never"),
        ({"backend": 3}, "a text"),
    ],
)
def test_a_wrong_value_is_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_completion(table)
    assert message in str(caught.value)


def test_importing_completions_loads_no_http_client() -> None:
    code = "import sys, assistant.completion; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
