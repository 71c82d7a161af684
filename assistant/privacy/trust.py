"""A repository's ``assist.toml``: what it narrows always holds, what it widens only once the user trusts that file.

Trust is remembered by the repository's path and the hash of the file: when the file changes, by a pull or a checkout,
it is no longer trusted. In this version the only wider setting is ``include``. Nothing in a repository ever names an
address, a key, a proxy or a program, trusted or not.
"""

import hashlib
import os
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError
from assistant.privacy.settings import RepositoryPrivacy, parse_repository_privacy
from assistant.privacy.stored import change_table, read_table

REPOSITORY_FILE = "assist.toml"
_MAX_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Trusted:
    """A repository that the user trusts."""

    root: Path
    is_current: bool
    """Whether its file is still the one that was trusted."""


class TrustStore:
    """The repositories that the user trusts.

    :param file: where they are remembered, in the user's configuration folder.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @classmethod
    def in_folder(cls, config_dir: Path) -> "TrustStore":
        """Return the store in the user's configuration folder."""
        return cls(config_dir / "trusted.json")

    def is_trusted(self, root: Path) -> bool:
        """Tell whether a repository is trusted with its file as it is now."""
        digest = file_hash(root)
        return digest is not None and read_table(self._file).get(_key(root)) == digest

    def trust(self, root: Path) -> RepositoryPrivacy:
        """Trust a repository's file as it is now.

        :return: what it asks for.
        :raises SettingsError: if it has none, or one that cannot be used.
        """
        digest = file_hash(root)
        if digest is None:
            raise SettingsError(f"{root / REPOSITORY_FILE} does not exist; there is nothing to trust")
        asked = repository_privacy(root)
        change_table(self._file, lambda table: table.update({_key(root): digest}))
        return asked

    def revoke(self, root: Path) -> bool:
        """Stop trusting a repository; tell whether it was trusted."""
        known = _key(root) in read_table(self._file)
        if known:
            change_table(self._file, lambda table: table.pop(_key(root), None))
        return known

    def all(self) -> list[Trusted]:
        """Return the repositories that were trusted, by path."""
        table = read_table(self._file)
        return [Trusted(Path(key), file_hash(Path(key)) == digest) for key, digest in sorted(table.items())]


def repository_privacy(root: Path) -> RepositoryPrivacy:
    """Return what a repository's file asks for; nothing if it has none.

    :raises SettingsError: if the file cannot be used. It narrows what is sent, so it is not passed over.
    """
    file = root / REPOSITORY_FILE
    content = _content(file)
    if content is None:
        return RepositoryPrivacy()
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}; correct it, or remove the file") from error
    table = data.get("privacy", {})
    if not isinstance(table, dict):
        raise SettingsError(f'{file}: "privacy" must be a table: [privacy]')
    return parse_repository_privacy(table, f"[privacy] of {file}")


def file_hash(root: Path) -> str | None:
    """Return the SHA-256 of a repository's file in hexadecimal, None if it has none."""
    try:
        content = _content(root / REPOSITORY_FILE)
    except SettingsError:
        return None
    return None if content is None else hashlib.sha256(content).hexdigest()


def _content(file: Path) -> bytes | None:
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(f"{file}: {error.strerror}; make it readable or remove it") from error
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise SettingsError(f"{file} is no regular file; remove it")
        content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise SettingsError(f"{file} is larger than {_MAX_BYTES:,} bytes; that is no settings file")
    return content


def _key(root: Path) -> str:
    return str(root.resolve())
