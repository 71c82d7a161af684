"""Where an API key comes from: an environment variable, a key file, or the system keyring.

The configuration names a source, never the key. A key read from it is a ``Key``, whose text shows only through
``reveal()``, so that no repr, log line or exception can carry it.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.backends.errors import KeyUnavailableError

_MAX_KEY_BYTES = 16_384


class Key:
    """A secret that does not show itself."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret, for a request's header and nothing else."""
        return self._text

    def __repr__(self) -> str:
        return "Key(***)"

    def __reduce__(self) -> str:
        raise TypeError("a Key is not pickled")


class KeySource(Protocol):
    """A place that holds a key."""

    @property
    def label(self) -> str:
        """What messages call it."""
        ...

    def read(self, environ: Mapping[str, str]) -> Key:
        """Return the key; may block.

        :raises KeyUnavailableError: if the source holds no usable key.
        """
        ...


@dataclass(frozen=True, slots=True)
class EnvironmentKey:
    """A key in an environment variable."""

    variable: str

    @property
    def label(self) -> str:
        """The variable as a shell shows it."""
        return f"${self.variable}"

    def read(self, environ: Mapping[str, str]) -> Key:
        """Return the variable's value, without surrounding white space.

        :raises KeyUnavailableError: if the variable is unset or empty.
        """
        return _key(environ.get(self.variable, ""), self.label, f"export {self.variable}")


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A key alone in a file that only its owner may read."""

    path: Path

    @property
    def label(self) -> str:
        """The file's path."""
        return f"the file {self.path}"

    def read(self, environ: Mapping[str, str]) -> Key:
        """Return the file's content, without surrounding white space.

        :raises KeyUnavailableError: if the file is missing, too large, no text, or readable by others (POSIX).
        """
        try:
            with self.path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                content = file.read(_MAX_KEY_BYTES + 1) if stat.S_ISREG(mode) else b""
        except OSError as error:
            raise KeyUnavailableError(
                f"no key in {self.label}: {error.strerror}; create it, readable by you alone"
            ) from None
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyUnavailableError(
                f"the key in {self.label} is open to other users; run: chmod 600 {self.path}"
            )
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = "\0"
        return _key(text, self.label, "put the key there, alone")


@dataclass(frozen=True, slots=True)
class KeyringKey:
    """A key in the system keyring."""

    service: str
    user: str

    @property
    def label(self) -> str:
        """The keyring entry's name."""
        return f'the keyring entry "{self.service}/{self.user}"'

    def read(self, environ: Mapping[str, str]) -> Key:
        """Ask the system keyring, which may ask the user.

        :raises KeyUnavailableError: without the ``keyring`` extra, a keyring, or such an entry.
        """
        try:
            import keyring
            import keyring.errors
        except ImportError:
            raise KeyUnavailableError(
                f'{self.label} needs the keyring package; run: pip install "repo-assist[keyring]"'
            ) from None
        try:
            text = keyring.get_password(self.service, self.user)
        except keyring.errors.KeyringError as error:
            raise KeyUnavailableError(
                f"{self.label} cannot be read ({type(error).__name__}); unlock the keyring, or use key_env or key_file"
            ) from None
        return _key(text or "", self.label, f"run: keyring set {self.service} {self.user}")


def _key(text: str, label: str, remedy: str) -> Key:
    text = text.strip()
    if not text:
        raise KeyUnavailableError(f"{label} holds no key; {remedy}")
    if len(text) > _MAX_KEY_BYTES or not text.isascii() or not text.isprintable():
        raise KeyUnavailableError(f"{label} holds something that is no key (not one line of ASCII); {remedy}")
    return Key(text)
