"""Replacing secrets by ``<redacted:KIND#N>``, so that what is sent still reads as the text it was.

The same secret has the same number wherever it stands; lines stay lines; text that was redacted is not changed by being
redacted again. A secret that was recognised once, by the name beside it, is also replaced where it stands alone.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assistant.privacy.detection import Finding, find_secrets

_PLACEHOLDER = re.compile(r"<redacted:[\w-]+#\d+>")
_LINE_ENDS = re.compile("(\r\n|[\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029])")
_LEAST_CHARS = 4
_LEAST_KNOWN_CHARS = 8
"""A shorter secret is not looked for where nothing says that it is one."""
_MOST_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Redacted:
    """Texts without their secrets."""

    texts: tuple[str, ...]
    kinds: Mapping[str, int]
    """How many placeholders of each kind the texts got."""


class Redactor:
    """Redacts texts that go out together; numbers the secrets in the order in which they come.

    :param known: secrets, with their kinds, that were found elsewhere and may stand in the texts.
    """

    def __init__(self, known: Iterable[tuple[str, str]] = ()) -> None:
        self._placeholders: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        for secret, kind in known:
            self._know(secret, kind)

    def redact(self, texts: Sequence[str], paths: Sequence[str | None] | None = None) -> Redacted:
        """Redact texts.

        :param paths: for each text the path of its file, or None.
        """
        paths = paths or [None] * len(texts)
        self._avoid(texts)
        self._counts = Counter()
        current = [self._once(text, path) for text, path in zip(texts, paths, strict=True)]
        # What one text reveals may stand bare in another, and a replacement may bring a text to the detectors' eyes.
        for _ in range(_MOST_ROUNDS):
            if not self._known and not self._counts:
                break
            following = [
                self._once(self._without_known(text), path) if text != original or self._known else text
                for text, original, path in zip(current, texts, paths, strict=True)
            ]
            if following == current:
                break
            current = following
        return Redacted(tuple(current), dict(self._counts))

    def _avoid(self, texts: Iterable[str]) -> None:
        """Number on after the placeholders that texts already hold."""
        for text in texts:
            if "<redacted:" in text:
                for match in _PLACEHOLDER.finditer(text):
                    kind, number = match.group()[len("<redacted:") : -1].rsplit("#", 1)
                    self._numbers[kind] = max(self._numbers[kind], int(number[:6]))

    def _once(self, text: str, path: str | None) -> str:
        findings = find_secrets(text, path)
        if not findings:
            return text
        if "<redacted:" in text:
            findings = _outside_placeholders(text, findings)
        pieces, done = [], 0
        for finding in findings:
            if finding.end - finding.start < _LEAST_CHARS:
                continue
            pieces += [
                text[done : finding.start],
                self._replacement(text[finding.start : finding.end], finding.kind),
            ]
            done = finding.end
        pieces.append(text[done:])
        return "".join(pieces)

    def _replacement(self, secret: str, kind: str) -> str:
        parts = _LINE_ENDS.split(secret)
        placeholder = self._placeholder(secret, kind)
        self._counts[kind] += 1
        for part in parts[::2]:
            self._know(part.strip(), kind)
        if len(parts) == 1:
            return placeholder
        # Each line of a block keeps its line, and its indentation.
        return "".join(
            part if i % 2 or not part.strip() else part[: len(part) - len(part.lstrip())] + placeholder
            for i, part in enumerate(parts)
        )

    def _know(self, secret: str, kind: str) -> None:
        if len(secret) >= _LEAST_KNOWN_CHARS and not _PLACEHOLDER.search(secret):
            self._known.setdefault(secret, kind)

    def _placeholder(self, secret: str, kind: str) -> str:
        if secret not in self._placeholders:
            self._numbers[kind] += 1
            self._placeholders[secret] = f"<redacted:{kind}#{self._numbers[kind]}>"
        return self._placeholders[secret]

    def _without_known(self, text: str) -> str:
        for secret, kind in sorted(self._known.items(), key=lambda item: -len(item[0])):
            if secret in text:
                pieces = text.split(secret)
                self._counts[kind] += len(pieces) - 1
                text = self._placeholder(secret, kind).join(pieces)
        return text


def redact(text: str, path: str | None = None) -> str:
    """Return a text without its secrets.

    :param path: of the file that it is from, if it is from one.
    """
    return Redactor().redact([text], [path]).texts[0]


def _outside_placeholders(text: str, findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without the placeholders that they cover: what was redacted stays as it is."""
    result = []
    taken = [match.span() for match in _PLACEHOLDER.finditer(text)]
    for finding in findings:
        start = finding.start
        for first, last in taken:
            if last <= start or first >= finding.end:
                continue
            result.append(Finding(start, first, finding.kind))
            start = last
        result.append(Finding(start, finding.end, finding.kind))
    return result
