"""The ``[privacy]`` tables: the user's, which decides, and a repository's, which narrows.

::

    # the user's config.toml                        # a repository's assist.toml
    [privacy]                                       [privacy]
    exclude = ["*.sql", "customers/"]               exclude = ["fixtures/"]      always holds
    allow_remote = ["https://llm.example"]          include = ["build/api/"]     only if the repository is trusted
    fetch_pages = ["https://docs.example"]
    max_request_bytes = 2_000_000
    audit_full_text = false

No table of a repository can name an address, a key, a proxy or a program: there is no key for it, and an unknown key is
an error.
"""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import platformdirs

from assistant.errors import SettingsError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LEAST_REQUEST_BYTES = 1_000
_DEFAULT_REQUEST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """What the user decided about sending."""

    exclude: tuple[str, ...] = ()
    """gitignore patterns of files that are never sent."""
    allow_remote: frozenset[str] = frozenset()
    """Origins that need no question: ``https://llm.example:443``."""
    max_request_bytes: int = _DEFAULT_REQUEST_BYTES
    audit_full_text: bool = False
    fetch_pages: frozenset[str] = frozenset()
    """Origins whose pages ``@url`` may fetch."""


@dataclass(frozen=True, slots=True)
class RepositoryPrivacy:
    """What a repository asks for."""

    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    """gitignore patterns of files that may be sent although git ignores them; holds only in a trusted repository."""


def parse_privacy(table: Mapping[str, Any], where: str = "[privacy]") -> PrivacySettings:
    """Read the user's table.

    :param where: the table's name in messages, with its file if the caller does not name it.
    :raises SettingsError: for an unknown key or a value that does not fit.
    """
    _check_keys(
        table, ("exclude", "allow_remote", "fetch_pages", "max_request_bytes", "audit_full_text"), where
    )
    limit = table.get("max_request_bytes", _DEFAULT_REQUEST_BYTES)
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < _LEAST_REQUEST_BYTES:
        raise SettingsError(
            f'"max_request_bytes" in {where} must be a number of bytes, at least {_LEAST_REQUEST_BYTES}'
        )
    full_text = table.get("audit_full_text", False)
    if not isinstance(full_text, bool):
        raise SettingsError(f'"audit_full_text" in {where} must be true or false')
    return PrivacySettings(
        exclude=_patterns(table, "exclude", where),
        allow_remote=_origins(table, "allow_remote", where),
        max_request_bytes=limit,
        audit_full_text=full_text,
        fetch_pages=_origins(table, "fetch_pages", where),
    )


def _origins(table: Mapping[str, Any], key: str, where: str) -> frozenset[str]:
    origins = set()
    for address in _texts(table, key, where):
        origin = origin_of(address)
        if origin is None or urlsplit(address).path.strip("/"):
            raise SettingsError(
                f'"{key}" in {where} must list addresses such as "https://llm.example", without a path'
            )
        origins.add(origin)
    return frozenset(origins)


def parse_repository_privacy(table: Mapping[str, Any], where: str = "[privacy]") -> RepositoryPrivacy:
    """Read a repository's table.

    :raises SettingsError: for an unknown key or a value that does not fit.
    """
    for key in table:
        if key in ("allow_remote", "fetch_pages", "max_request_bytes", "audit_full_text"):
            raise SettingsError(
                f'"{key}" in {where} is for your own config.toml; a repository cannot decide it'
            )
    _check_keys(table, ("exclude", "include"), where)
    return RepositoryPrivacy(_patterns(table, "exclude", where), _patterns(table, "include", where))


def origin_of(url: str) -> str | None:
    """Return ``scheme://host:port`` of an http address, in lower case and with the port; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.username is not None:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{_DEFAULT_PORTS[parts.scheme] if port is None else port}"


def is_offline(environ: Mapping[str, str]) -> bool:
    """Tell whether ``ASSIST_OFFLINE`` asks for no network. For entry points, which know the environment."""
    return environ.get("ASSIST_OFFLINE", "").strip().lower() not in ("", "0", "false", "no", "off")


def state_folder(environ: Mapping[str, str]) -> Path:
    """Return where the audit log is kept; ``ASSIST_STATE_DIR`` moves it. For entry points."""
    folder = environ.get("ASSIST_STATE_DIR") or platformdirs.user_state_dir("assist", appauthor=False)
    return Path(os.path.abspath(folder))


def _check_keys(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}"
            raise SettingsError(f'unknown key "{key}" in {where}; {hint}')


def _texts(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise SettingsError(f'"{key}" in {where} must be a list of texts')
    return tuple(value)


def _patterns(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    patterns = _texts(table, key, where)
    for pattern in patterns:
        if pattern.startswith("!"):
            raise SettingsError(
                f'"{key}" in {where}: "{pattern}" would take back; write patterns without "!"'
            )
    return patterns
