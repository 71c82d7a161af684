"""Reads the table ``[copies]`` of a settings file; :mod:`assistant.copies.policy` tells what it means."""

import datetime
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from assistant.copies.licences.categories import Category
from assistant.copies.licences.expressions import normalise, parts_of
from assistant.errors import SettingsError

_LISTS = ("allow", "review", "deny")
_KEYS = (*_LISTS, "unknown", "exceptions")
_RULE_KEYS = ("package", "path", "licence", "verdict", "reason", "expires")
_VERDICTS = ("allow", "review", "deny")
_CATEGORIES = tuple(category.value for category in Category if category is not Category.UNKNOWN)
_MOST_ENTRIES = 1_000
_DEFAULT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "allow": frozenset({"permissive"}),
        "review": frozenset({"weak-copyleft"}),
        "deny": frozenset({"strong-copyleft", "network-copyleft", "non-free"}),
    }
)


@dataclass(frozen=True, slots=True)
class ExceptionRule:
    """What holds for one package or path in place of the lists."""

    reason: str
    package: str = ""
    """A name or a pattern with ``*``; case does not count."""
    path: str = ""
    """A path or a pattern with ``*``, which also spans folders."""
    licence: str = ""
    """Only while the code is under this very expression; empty for any."""
    verdict: str = "allow"
    expires: datetime.date | None = None
    """The last day on which it holds."""

    @property
    def subject(self) -> str:
        """What it is for, in words."""
        return " and ".join(part for part in (self.package, self.path) if part)


@dataclass(frozen=True, slots=True)
class PolicyTable:
    """A policy as it is stated. ``allow`` is all that is allowed; other categories keep their default verdicts."""

    lists: Mapping[str, frozenset[str]] = field(default_factory=lambda: _DEFAULT)
    """For ``allow``, ``review`` and ``deny``: SPDX identifiers and names of categories."""
    unknown: str = "review"
    exceptions: tuple[ExceptionRule, ...] = ()


def read_policy(table: Mapping[str, object], file: Path) -> PolicyTable:
    """Read the table ``[copies]``.

    :param file: The file it is from, for messages.
    :raises SettingsError: for an unknown key, licence or verdict; the message names file, line and key.
    """
    said = _Complaints(file)
    for key in table:
        if key not in _KEYS:
            raise said.about(key, f'unknown key "{key}" in [copies]{_hint(key, _KEYS)}')
    unknown = table.get("unknown", "review")
    if unknown not in ("review", "deny"):
        raise said.about("unknown", f'"unknown" in [copies] must be "review" or "deny", not {unknown!r}')
    lists: dict[str, frozenset[str]] = {}
    stated = {key: _names(table[key], key, said) for key in _LISTS if key in table}
    named = frozenset(name for names in stated.values() for name in names)
    for key in _LISTS:
        # `allow` says all that is allowed; what `review` and `deny` do not name stays where it is by default.
        kept = frozenset() if key == "allow" and key in stated else _DEFAULT[key] - named
        lists[key] = kept | stated.get(key, frozenset())
    rules = table.get("exceptions", [])
    if not isinstance(rules, list) or len(rules) > _MOST_ENTRIES:
        raise said.about(
            "exceptions", f"write exceptions as [[copies.exceptions]], {_MOST_ENTRIES:,} at most"
        )
    exceptions = tuple(_rule(rule, number, said) for number, rule in enumerate(rules, 1))
    return PolicyTable(MappingProxyType(lists), str(unknown), exceptions)


def _names(value: object, key: str, said: "_Complaints") -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise said.about(key, f'"{key}" in [copies] must be a list of texts')
    if len(value) > _MOST_ENTRIES:
        raise said.about(key, f'"{key}" in [copies] has more than {_MOST_ENTRIES:,} entries; use categories')
    return frozenset(_licence_or_category(item, key, said) for item in value)


def _licence_or_category(name: str, key: str, said: "_Complaints") -> str:
    folded = re.sub(r"[\s_]+", "-", name.strip().casefold())
    if folded in _CATEGORIES:
        return folded
    if folded == "unknown":
        raise said.about(name, f'"unknown" is no entry of "{key}"; write unknown = "review" or "deny"')
    expression = normalise(name)
    if expression is None:
        hint = _hint(folded, _CATEGORIES)
        raise said.about(
            name, f'"{name}" under "{key}" in [copies] is neither an SPDX identifier nor a category{hint}'
        )
    if len(parts_of(expression)) != 1:
        raise said.about(name, f'"{name}" under "{key}" in [copies]: list each licence by itself')
    return expression


def _rule(rule: object, number: int, said: "_Complaints") -> ExceptionRule:
    where = f"exception {number} in [[copies.exceptions]]"
    if not isinstance(rule, Mapping):
        raise said.about("exceptions", f"{where} must be a table")
    for key, value in rule.items():
        if key not in _RULE_KEYS:
            raise said.about(key, f'unknown key "{key}" in {where}{_hint(key, _RULE_KEYS)}')
        if key != "expires" and not isinstance(value, str):
            raise said.about(key, f'"{key}" in {where} must be a text')
    if not rule.get("package") and not rule.get("path"):
        raise said.about("exceptions", f'{where} needs a "package" or a "path"')
    if not str(rule.get("reason", "")).strip():
        raise said.about("exceptions", f'{where} needs a "reason"')
    verdict = rule.get("verdict", "allow")
    if verdict not in _VERDICTS:
        raise said.about(
            verdict, f'"verdict" in {where} must be one of {", ".join(_VERDICTS)}, not {verdict!r}'
        )
    licence = rule.get("licence", "")
    expression = normalise(licence) if licence else ""
    if expression is None:
        raise said.about(licence, f'"licence" in {where} is no SPDX expression: {licence!r}')
    return ExceptionRule(
        rule["reason"],
        rule.get("package", ""),
        rule.get("path", ""),
        expression,
        verdict,
        _date(rule.get("expires"), where, said),
    )


def _date(value: object, where: str, said: "_Complaints") -> datetime.date | None:
    if value is None:
        return None
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise said.about("expires", f'"expires" in {where} must be a date such as 2027-01-31') from None


class _Complaints:
    """Makes errors that say where in the file a word stands."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def about(self, word: object, message: str) -> SettingsError:
        """Return the error, with the line of the first place below ``[copies]`` that has the word."""
        line = self._line_of(str(word))
        at = f"{self._file}, line {line}" if line else str(self._file)
        return SettingsError(f"{at}: {message}; correct it or leave it out")

    def _line_of(self, word: str) -> int:
        try:
            lines = self._file.read_text("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            return 0
        inside = False
        whole = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])")
        for number, line in enumerate(lines, 1):
            header = re.match(r"\s*\[+\s*([\w.\"'-]+)", line)
            if header and re.match(r"\s*\[+[^=]*\]+\s*(?:#.*)?$", line):
                inside = header[1].strip("\"'").split(".")[0] == "copies"
            if (inside or line.lstrip().startswith("copies")) and whole.search(line.partition("#")[0]):
                return number
        return 0


def _hint(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f'; did you mean "{near[0]}"?' if near else f"; known are {', '.join(known)}"
