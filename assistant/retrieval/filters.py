"""What a query's filters allow: files by language and path, definitions by name and kind."""

import re
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.pieces import Filters

_SEPARATORS = re.compile(r"::|->|[.#/\\]")


def allowed_files(
    paths: Sequence[str], languages: Sequence[str], filters: Filters
) -> NDArray[np.bool_] | None:
    """Return which files pass ``lang:``, ``path:`` and their negations.

    :param paths: lower-cased paths.
    :param languages: the languages of the same files.
    :return: (n_files,); None if nothing is restricted.
    """
    if not (filters.languages or filters.not_languages or filters.paths or filters.not_paths):
        return None
    allowed = np.ones(len(paths), np.bool_)
    if filters.languages:
        allowed &= np.fromiter((name in filters.languages for name in languages), np.bool_, len(paths))
    if filters.not_languages:
        allowed &= np.fromiter(
            (name not in filters.not_languages for name in languages), np.bool_, len(paths)
        )
    for values, wanted in ((filters.paths, True), (filters.not_paths, False)):
        if values:
            matchers = [path_matcher(value) for value in values]
            allowed &= np.fromiter(
                (any(m(path) for m in matchers) is wanted for path in paths), np.bool_, len(paths)
            )
    return allowed


def path_matcher(wanted: str) -> Callable[[str], bool]:
    r"""Return a test for a ``path:`` value, whatever its case; it takes lower-cased paths.

    A value is a part of the path (``net/tcp``), with a slash in front its beginning (``/src``), or a glob of whole
    folders and names (``*.py``, ``src/**/test_*``). Brackets stand for themselves: they are common in file names.
    """
    wanted = wanted.replace("\\", "/").lower().removeprefix("./")
    if "*" in wanted or "?" in wanted:
        start = "" if wanted.startswith("/") else "(?:.*/)?"
        pattern = re.compile(start + _glob(wanted.strip("/")) + "(?:/.*)?", re.DOTALL)
        return lambda path: pattern.fullmatch(path) is not None
    if wanted.startswith("/") and len(wanted) > 1:
        beginning = wanted[1:]
        return lambda path: path.startswith(beginning)
    return lambda path: wanted in path


def _glob(wanted: str) -> str:
    """Translate ``**/`` to any folders, ``*`` and ``?`` to characters of one name."""
    wanted = re.sub(r"\*{2,}", "**", re.sub(r"(?:\*\*/){2,}", "**/", wanted))
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", wanted)
    special = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    # Neighbouring stars say no more than one, and would take long to try.
    return re.sub(
        r"(?:\[\^/\]\*){2,}", "[^/]*", "".join(special.get(part, re.escape(part)) for part in parts)
    )


class SymbolFilter:
    """Tests definitions against ``sym:`` and ``kind:``."""

    def __init__(self, filters: Filters) -> None:
        self._kinds = frozenset(filters.kinds)
        self._wanted = [_symbol(value) for value in filters.symbols]
        self.scoped = any(within for _, within in self._wanted)
        """Whether a scope is asked for; if not, it need not be given."""

    def fit(self, name: str, scope: str, kind: str) -> float:
        """Return 1 for an asked name (or none asked), less for one that starts with or contains it, 0 if it is out.

        :param name: the definition's name, lower-cased.
        :param scope: what encloses it, in any case.
        """
        if self._kinds and kind not in self._kinds:
            return 0.0
        if not self._wanted:
            return 1.0
        return max(_fit(name, wanted) if _in_scope(scope, within) else 0.0 for wanted, within in self._wanted)


def _symbol(value: str) -> tuple[str | re.Pattern[str], str]:
    *within, name = [part for part in _SEPARATORS.split(value.removesuffix("()").lower()) if part] or [""]
    scope = within[-1] if within else ""
    if "*" in name or "?" in name:
        return re.compile(_glob(name)), scope
    return name, scope


def _in_scope(scope: str, within: str) -> bool:
    return not within or within in _SEPARATORS.split(scope.lower())


def _fit(name: str, wanted: str | re.Pattern[str]) -> float:
    if isinstance(wanted, re.Pattern):
        return 1.0 if wanted.fullmatch(name) else 0.0
    if name == wanted:
        return 1.0
    return 0.5 if name.startswith(wanted) else 0.3 if wanted in name else 0.0
