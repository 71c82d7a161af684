"""Settings as clients send them: what is wrong is named and keeps its default, everything else counts."""

from __future__ import annotations

import pytest

from lsp.settings import EditorSettings, LogLevel, all_settings, read_settings


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (None, ""),
        ({}, ""),
        ({"unknown": 1}, ""),
        ({"search": None}, ""),
        ({"search": {"limit": 5}}, ""),
        ([1], "assist must be a group of settings; the defaults are used"),
        ({"search": 5}, "assist.search must be a group of settings; the defaults are used"),
        (
            {"search": {"limit": 0}},
            "assist.search.limit must be a whole number from 1 to 200, not 0; 20 is used",
        ),
        (
            {"search": {"limit": True}},
            "assist.search.limit must be a whole number from 1 to 200, not True; 20 is used",
        ),
        ({"offline": "yes"}, "assist.offline must be true or false, not 'yes'; False is used"),
        ({"chat": {"backend": 1}}, "assist.chat.backend must be a text, not 1; the default is used"),
        (
            {"log": {"level": "loud"}},
            "assist.log.level must be one of error, warning, info, debug, not 'loud'; info is used",
        ),
        ({"serach": {}}, "assist.serach is no setting; did you mean assist.search?"),
    ],
)
def test_wrong_values_are_named(data: object, problem: str) -> None:
    _, problems = read_settings(data)
    assert problems == ((problem,) if problem else ())


def test_right_values_count_beside_wrong_ones() -> None:
    settings, problems = read_settings({"search": {"limit": 7}, "log": {"level": "debug"}, "offline": 3})
    assert (settings.search.limit, settings.log.level, settings.offline) == (7, LogLevel.DEBUG, False)
    assert len(problems) == 1


def test_defaults_are_as_they_are_listed() -> None:
    for setting in all_settings():
        value: object = EditorSettings()
        for name in setting.key.split(".")[1:]:
            snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
            value = getattr(value, snake)
        assert value == setting.default
        assert setting.doc.endswith(".")


def test_no_workspace_decides_what_is_sent_or_where() -> None:
    scopes = {setting.key: setting.scope for setting in all_settings()}
    for key, scope in scopes.items():
        if "backend" in key or "model" in key.lower() or key == "assist.offline":
            assert scope == "machine", key
