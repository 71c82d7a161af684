"""Secrets that are recognised by their own form: gitleaks' rules, and ours where those are too narrow or absent.

Ours are in ``formats.toml``. gitleaks is a maintained collection of some two hundred formats under the MIT licence
(``gitleaks.json``, written by ``scripts/update_secret_rules.py``); it is data here and needs no program. A rule runs
only where one of its keywords stands, and on that line only, so that a text without secrets costs little more than the
search for keywords.
"""

import base64
import functools
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.privacy.detection.findings import Finding
from assistant.privacy.detection.values import entropy_bits, is_password, is_placeholder

_BEFORE_CHARS, _AFTER_CHARS = 256, 8192
"""How far a one-line rule looks around its keyword; lines of minified files are longer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One format of secret."""

    kind: str
    keywords: tuple[str, ...]
    """In lower case; one must be on the line."""
    regex: str
    group: int = 0
    """What is redacted of a match."""
    entropy: float = 0.0
    """Least bits a letter."""


@functools.lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return all rules, ours first: their names are the plainer ones."""
    here = Path(__file__)
    own = tomllib.loads(here.with_name("formats.toml").read_text(encoding="utf-8"))["rule"]
    theirs = json.loads(here.with_name("gitleaks.json").read_text(encoding="utf-8"))["rules"]
    return tuple(_rule(item) for item in (*own, *theirs))


def _rule(item: Mapping[str, Any]) -> Rule:
    keywords = tuple(word.lower() for word in item["keywords"])
    return Rule(item["kind"], keywords, item["regex"], item.get("group", 0), item.get("entropy", 0.0))


@functools.lru_cache(maxsize=1)
def _by_keyword() -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules():
        for keyword in rule.keywords:
            found.setdefault(keyword, []).append(rule)
    return {keyword: tuple(items) for keyword, items in found.items()}


@functools.cache
def _compiled(regex: str) -> re.Pattern[str]:
    return re.compile(regex, re.ASCII | re.MULTILINE)


def find_patterns(text: str) -> Iterator[Finding]:
    """Yield the secrets whose form gives them away, in no order; they may overlap."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters have a longer lower case
        lower = "".join(letter.lower() if len(letter.lower()) == 1 else letter for letter in text)
    for keyword, found in _by_keyword().items():
        if keyword in lower:
            for start, end in _windows(lower, keyword):
                for rule in found:
                    yield from _matches(rule, text, start, end)


def _windows(lower: str, keyword: str) -> Iterator[tuple[int, int]]:
    """Yield the lines that hold a keyword, each once; of long lines, what is around it."""
    end, at = 0, lower.find(keyword)
    while at >= 0:
        line_end = lower.find("\n", at)
        line_end = len(lower) if line_end < 0 else line_end
        nearest = max(0, at - _BEFORE_CHARS)
        start = max(lower.rfind("\n", nearest, at) + 1, nearest, end)
        end = min(line_end, at + _AFTER_CHARS)
        yield start, end
        at = lower.find(keyword, max(end, at + 1))


def _matches(rule: Rule, text: str, start: int, end: int) -> Iterator[Finding]:
    for match in _compiled(rule.regex).finditer(text, start, end):
        # The group, or the first that matched of several.
        group = rule.group if match.start(rule.group) >= 0 else 0
        if rule.group == 0 and match.lastindex:
            group = match.lastindex
        value = match.group(group)
        if entropy_bits(value) >= rule.entropy and not is_placeholder(value) and _holds(rule.kind, value):
            yield Finding(match.start(group), match.end(group), rule.kind)


def _holds(kind: str, value: str) -> bool:
    """Tell whether a value is what its form promises: "basic infrastructure" is no user and password in base64."""
    if kind != "basic-auth" or not re.fullmatch(r"[A-Za-z0-9+/]+=*", value):
        return kind != "basic-auth" or is_password(value)
    try:
        return b":" in base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:
        return False
