"""What a detector returns, and how overlapping findings become one."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A secret in a text: characters ``start`` to ``end``, half-open."""

    start: int
    end: int
    kind: str


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in order and without overlaps; what overlaps becomes one, of the first one's kind.

    :param findings: the more specific of two that begin at the same character comes first.
    """
    result: list[Finding] = []
    for finding in sorted(findings, key=lambda item: item.start):
        if result and finding.start < result[-1].end:
            last = result[-1]
            result[-1] = Finding(last.start, max(last.end, finding.end), last.kind)
        elif finding.end > finding.start:
            result.append(finding)
    return result
