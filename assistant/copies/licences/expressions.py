"""SPDX licence expressions: parsed, validated and put together; one spelling for each licence.

A thin layer over ``license-expression``. Its aliases of ``LicenseRef-`` names are left out: such a name means what its
own repository says.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from license_expression import AND, OR, ExpressionError, Licensing, build_spdx_licensing, get_license_index

from assistant.copies.licences.model import NOASSERTION, UNKNOWN_PART, unique

_NOTHING = {"", "noassertion", "unknown", "none", "unlicensed", "proprietary"}
_MAX_CHARS = 2_000
"""An expression comes from anybody's file; the parser is quadratic."""


@lru_cache(maxsize=1)
def _licensing() -> Licensing:
    index = [
        {
            **entry,
            "other_spdx_license_keys": [
                key for key in entry.get("other_spdx_license_keys", ()) if not key.startswith("LicenseRef-")
            ],
        }
        for entry in get_license_index()
        if not (entry.get("spdx_license_key") or "").startswith("LicenseRef-")
    ]
    return build_spdx_licensing(index)


@lru_cache(maxsize=4096)
def normalise(text: str) -> str | None:
    """Return the expression in its one spelling, or ``None`` if it is none or names an unknown licence.

    ``LicenseRef-`` names are kept as they are. Deprecated names become current ones (``GPL-2.0+`` is
    ``GPL-2.0-or-later``). ``NOASSERTION`` is no expression.
    """
    if len(text) > _MAX_CHARS or text.strip().casefold() in _NOTHING:
        return None
    try:
        parsed = _licensing().parse(text, validate=False, strict=True)
    except (ExpressionError, ValueError, RecursionError):
        return None
    if parsed is None:
        return None
    for key in _licensing().license_keys(parsed):
        if not _is_known(key):
            return None
    return str(parsed)


def _is_known(key: str) -> bool:
    return key.startswith(("LicenseRef-", "DocumentRef-")) or key in _licensing().known_symbols


def all_of(expressions: Iterable[str]) -> str:
    """Join expressions of which all hold, each once; :data:`NOASSERTION` becomes an unknown part."""
    return _joined(expressions, " AND ", " OR ")


def any_of(expressions: Iterable[str]) -> str:
    """Join expressions of which the receiver may choose one."""
    return _joined(expressions, " OR ", " AND ")


def _joined(expressions: Iterable[str], operator: str, other: str) -> str:
    parts: list[str] = []
    for expression in expressions:
        named = UNKNOWN_PART if expression == NOASSERTION else expression
        # An operand that is itself a chain of the same operator is taken apart, so that nothing is said twice.
        parts += named.split(operator) if "(" not in named and other not in named else [named]
    found = unique(parts)
    if found in ((), (UNKNOWN_PART,)):
        return NOASSERTION
    if len(found) == 1:
        return found[0]
    return str(_licensing().parse(operator.join(f"({part})" if other in part else part for part in found)))


def tree(expression: str) -> Any:  # noqa: ANN401 (the library has no types)
    """Return the parsed expression: ``AND`` and ``OR`` nodes with ``args``, and symbols.

    :raises ExpressionError: if it is none; :func:`normalise` tells beforehand.
    """
    return _licensing().parse(expression, validate=False)


def alternatives(expression: str) -> Iterator[tuple[str, ...]]:
    """Yield the ways to satisfy an expression: each the licences (``WITH`` included) that then hold together."""
    yield from _alternatives(tree(expression))


def _alternatives(node: Any) -> list[tuple[str, ...]]:  # noqa: ANN401
    if isinstance(node, OR):
        return [way for part in node.args for way in _alternatives(part)]
    if isinstance(node, AND):
        ways: list[tuple[str, ...]] = [()]
        for part in node.args:
            ways = [unique((*way, *more)) for way in ways for more in _alternatives(part)][:64]
        return ways
    return [(str(node),)]


def parts_of(expression: str) -> tuple[str, ...]:
    """Return the licences that an expression names, ``WITH`` included, in order."""
    if expression == NOASSERTION:
        return ()
    return unique(part for way in alternatives(expression) for part in way)
