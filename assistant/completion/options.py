"""The ``[completion]`` table: of the user's ``config.toml``, or what an editor sends as its configuration.

A repository has no say in it: which model is asked, and how often, costs the user money and time.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from assistant.errors import SettingsError

LookAhead = Literal["local", "always", "never"]
_LOOK_AHEAD = ("local", "always", "never")
_MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class CompletionOptions:
    """What the user decided about completions."""

    enabled: bool = True
    backend: str = ""
    """The backend that is asked, or ``none``; empty takes the one that answers questions."""
    model: str = ""
    """Another model of that backend: a small one is fitter to complete than to answer."""
    in_strings: bool = False
    """Whether completions come up by themselves inside of strings."""
    in_comments: bool = False
    """Whether completions come up by themselves inside of comments."""
    disabled_languages: tuple[str, ...] = ()
    """Languages without automatic completions."""
    context_tokens: int = 2_048
    """Tokens of a prompt at most."""
    max_tokens: int = 192
    """Tokens of an answer at most."""
    max_lines: int = 16
    """Lines of a suggestion at most."""
    candidates: int = 3
    """Suggestions at most when the user asks for completions; typing brings up one of each source."""
    patience_ms: int = 350
    """What a sure suggestion without a model waits at most for the model's, from the last keystroke on."""
    timeout_ms: int = 7_000
    """After so long a model's answer is given up."""
    retrieval_ms: int = 30
    """What collecting related code may take; what is not found by then is left out."""
    look_ahead: LookAhead = "local"
    """Whether the completion after the one that is shown is asked for ahead: on this machine only, always or never."""


_CHOICES = {"look_ahead": _LOOK_AHEAD}
_LEAST = {"context_tokens": 256, "max_tokens": 8, "max_lines": 1, "candidates": 1, "timeout_ms": 100}


def parse_completion(table: Mapping[str, Any], where: str = "[completion]") -> CompletionOptions:
    """Read the table.

    :param where: the table's name in messages, with its file if the caller does not name it.
    :raises SettingsError: for an unknown key or a value that does not fit.
    """
    known = {item.name: getattr(CompletionOptions(), item.name) for item in fields(CompletionOptions)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"
            raise SettingsError(f'unknown key "{key}" in {where}; {hint}')
        values[key] = _value(key, value, known[key], where)
    return CompletionOptions(**values)


def _value(key: str, value: object, default: object, where: str) -> object:
    if isinstance(default, bool):
        if isinstance(value, bool):
            return value
        raise SettingsError(f'"{key}" in {where} must be true or false')
    if isinstance(default, int):
        least = _LEAST.get(key, 0)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST:
            return value
        raise SettingsError(f'"{key}" in {where} must be a whole number from {least} to {_MOST:,}')
    if isinstance(default, tuple):
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise SettingsError(f'"{key}" in {where} must be a list of texts')
    choices = _CHOICES.get(key)
    if not isinstance(value, str) or (choices and value not in choices):
        wanted = f"one of {', '.join(choices)}" if choices else "a text"
        raise SettingsError(f'"{key}" in {where} must be {wanted}')
    return value.strip()
