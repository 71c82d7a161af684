"""Settings: the user's ``config.toml`` and what a repository's ``assist.toml`` may narrow.

The user's file says what is indexed, with which embedding model, and which language models may be asked. A repository's
file can only leave more out; it can choose no model, no endpoint and no program.

The tables ``backends``, ``privacy``, ``completion`` and ``copies`` are kept as they stand: :mod:`assistant.models`
reads the first two when a model is to be asked, :mod:`assistant.completion` the third; a repository's ``[privacy]`` is
read by :mod:`assistant.privacy`, and both files' ``[copies]`` by :mod:`assistant.copies.policy`. Searching needs none.
"""

import difflib
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import platformdirs

from assistant.errors import SettingsError
from indexer.discovery import DiscoveryRules

REPOSITORY_FILE = "assist.toml"
DEFAULT_CONTEXT_TOKENS = 4_000
NO_BACKEND = "none"
"""In place of a backend's name: the index answers alone."""
_MAX_BYTES = 256_000
_MAX_PATTERNS = 1_000
"""A repository's file comes from anyone; neither reading it nor matching its patterns may take long."""

_USER_KEYS = {
    "index": {"max_file_bytes": int, "exclude": list, "embedder": str},
    "ask": {"backend": str, "context_tokens": int},
}
_REPOSITORY_KEYS = {"index": {"max_file_bytes": int, "exclude": list}}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user decided; defaults need no file."""

    cache_dir: Path
    """Where indexes are kept."""
    config_file: Path
    rules: DiscoveryRules = field(default_factory=DiscoveryRules)
    embedder: str = "static"
    """``static``, a model folder, or ``sentence-transformers:NAME_OR_PATH``."""
    backend: str = ""
    """The name of the backend that answers, or ``none``; empty takes the first of :attr:`backends`."""
    context_tokens: int = DEFAULT_CONTEXT_TOKENS
    """Tokens of passages that a model is given at most."""
    backends: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The ``[backends]`` table, unread."""
    privacy: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The ``[privacy]`` table, unread."""
    completion: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The ``[completion]`` table, unread."""
    copies: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The ``[copies]`` table, unread."""

    @property
    def has_model(self) -> bool:
        """Whether a language model answers unless another is named."""
        return bool(self.backends) and self.backend != NO_BACKEND


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the user's settings.

    :param environ: ``ASSIST_CACHE_DIR`` and ``ASSIST_CONFIG_DIR`` move the user's folders.
    :raises SettingsError: for a file that is no TOML, or an unknown or ill-typed key.
    """
    cache = environ.get("ASSIST_CACHE_DIR") or platformdirs.user_cache_dir("assist", appauthor=False)
    config = environ.get("ASSIST_CONFIG_DIR") or platformdirs.user_config_dir("assist", appauthor=False)
    file = Path(config) / "config.toml"
    data = _read(file, _USER_KEYS, unread=("backends", "privacy", "completion", "copies"))
    index, ask = data.get("index", {}), data.get("ask", {})
    rules = DiscoveryRules(
        max_file_bytes=index.get("max_file_bytes", DiscoveryRules().max_file_bytes),
        exclude=tuple(index.get("exclude", ())),
    )
    return Settings(
        Path(os.path.abspath(cache)),
        file,
        rules,
        embedder=index.get("embedder", "static"),
        backend=ask.get("backend", ""),
        context_tokens=ask.get("context_tokens", DEFAULT_CONTEXT_TOKENS),
        backends=data.get("backends", {}),
        privacy=data.get("privacy", {}),
        completion=data.get("completion", {}),
        copies=data.get("copies", {}),
    )


def rules_for(root: Path, settings: Settings) -> DiscoveryRules:
    """Return the user's rules narrowed by what a repository's own file leaves out.

    :raises SettingsError: if that file cannot be used.
    """
    index = _read_repository(root).get("index", {})
    return DiscoveryRules(
        max_file_bytes=min(settings.rules.max_file_bytes, index.get("max_file_bytes", 2**62)),
        # The last pattern that fits decides: a repository's `!name` must not bring back what the user excludes.
        exclude=tuple(index.get("exclude", ())) + settings.rules.exclude,
    )


def repository_table(root: Path, name: Literal["privacy", "copies"]) -> Mapping[str, Any]:
    """Return a table of a repository's own file as it stands; empty if it has none.

    :raises SettingsError: if that file cannot be used.
    """
    return _read_repository(root).get(name, {})


def _read_repository(root: Path) -> dict[str, dict[str, Any]]:
    return _read(root / REPOSITORY_FILE, _REPOSITORY_KEYS, unread=("privacy", "copies"))


def _read(
    file: Path, known: Mapping[str, Mapping[str, type]], unread: tuple[str, ...]
) -> dict[str, dict[str, Any]]:
    """Read a file and check it, but for the tables named in ``unread``."""
    content = _content(file)
    try:
        data = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file} is not valid TOML: {error}; correct it or remove it") from error
    except RecursionError as error:
        raise SettingsError(f"{file} is nested too deeply; correct it or remove it") from error
    for section, values in data.items():
        if section not in known and section not in unread:
            sections = {**known, **{name: {} for name in unread}}
            raise SettingsError(f'{file}: unknown section "{section}"{_hint(section, sections)}')
        if not isinstance(values, dict):
            raise SettingsError(f'{file}: "{section}" must be a section; write [{section}] above its keys')
        if section not in unread:
            for key, value in values.items():
                _check(file, section, key, value, known[section])
    return data


def _content(file: Path) -> bytes:
    """Read a settings file; empty if there is none. Pipes, devices and huge files are refused, not waited for."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}; make it readable or remove it") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _MAX_BYTES:
            raise SettingsError(
                f"{file} is no regular file of at most {_MAX_BYTES:,} bytes; correct or remove it"
            )
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)


def _check(file: Path, section: str, key: str, value: object, known: Mapping[str, type]) -> None:
    if key not in known:
        raise SettingsError(f'{file}: unknown key "{key}" in [{section}]{_hint(key, known)}')
    wanted = known[key]
    fits = isinstance(value, wanted) and not isinstance(value, bool)
    if fits and isinstance(value, list):
        fits = all(isinstance(item, str) for item in value)
    if fits and isinstance(value, list) and len(value) > _MAX_PATTERNS:
        raise SettingsError(
            f'{file}: "{key}" in [{section}] has more than {_MAX_PATTERNS:,} entries; join some'
        )
    if fits and not isinstance(value, list) and (value == "" or (isinstance(value, int) and value < 0)):
        raise SettingsError(
            f'{file}: "{key}" in [{section}] must not be {value!r}; correct it or leave it out'
        )
    if not fits:
        name = {int: "a number", str: "a text", list: "a list of texts"}[wanted]
        raise SettingsError(f'{file}: "{key}" in [{section}] must be {name}')


def _hint(name: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(sorted(known))}"
