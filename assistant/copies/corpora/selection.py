"""Which files of a corpus are worth comparing with: code that somebody wrote, told by its name before it is read.

Prose, data, locks, bundles and what a program wrote are left out: nobody is told that they copied it.
"""

import re

from indexer.discovery import Role, role_of
from indexer.discovery.names import skip_by_name
from indexer.languages import LanguageKind, language_of

_MARKUP_WITH_CODE = frozenset({"vue", "svelte"})
_BUILT = re.compile(r"(?:^|/)dist/")
_MAX_UNNAMED_BYTES = 100_000
"""A script without a suffix is told by its first line, so it has to be read; nothing large is one."""


def may_hold_code(path: str, size: int) -> bool:
    """Tell from its name and size (in bytes) whether a file is worth reading."""
    name = path[path.rfind("/") + 1 :]
    if skip_by_name(name) is not None or is_generated(path):
        return False
    if "." not in name[1:]:
        return size <= _MAX_UNNAMED_BYTES and not role_of(name) & (Role.DOCS | Role.CONFIG)
    return is_code(path)


def is_code(path: str, head: bytes = b"") -> bool:
    """Tell whether a file is in a language that code is written in.

    :param head: its first bytes, for scripts without a suffix.
    """
    language = language_of(path, head)
    return language.kind is LanguageKind.CODE or language.name in _MARKUP_WITH_CODE


def is_generated(path: str) -> bool:
    """Tell from a path whether a program wrote the file.

    A folder ``dist`` says nothing: many packages consist of it.
    """
    return bool(role_of(_BUILT.sub("", path)) & Role.GENERATED)
