"""What is known of an origin or a file besides its text: licence, kind, address, revision. JSON in the store.

The store keeps it as opaque text. Whatever that text is, reading it never fails: a corpus may have been made by
another version, or by anyone.
"""

import json
from dataclasses import dataclass, fields

NO_ASSERTION = "NOASSERTION"


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts about an origin, or about one file where they differ from its origin's.

    :param licence: an SPDX expression or ``NOASSERTION``; empty means: as the origin says.
    :param confidence: ``sure``, ``probable`` or ``unknown``.
    :param evidence: where that is said, for people: "License-Expression in METADATA".
    :param copyrights: copyright lines, one a line.
    :param kind: ``python``, ``node``, ``cargo``, ``go``, ``maven``, ``folder``, ``git``, ``history``, ``archive``,
        ``own`` or ``import``.
    :param url: the project's address.
    :param revision: a commit.
    :param oldest_commit: of a repository: what forks share, whatever their remotes are.
    :param fingerprints: of an origin: the version of its fingerprints; only those of one version can be compared.
    """

    licence: str = ""
    confidence: str = ""
    evidence: str = ""
    copyrights: str = ""
    kind: str = ""
    url: str = ""
    revision: str = ""
    oldest_commit: str = ""
    fingerprints: str = ""

    def to_json(self) -> str:
        """Return the facts that there are; empty if there is none."""
        known = {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}
        return json.dumps(known, ensure_ascii=False, separators=(",", ":")) if known else ""

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Read facts; what is no text or not known to this version is left out."""
        try:
            read = json.loads(text) if text else {}
        except (ValueError, RecursionError):
            return cls()
        if not isinstance(read, dict):
            return cls()
        names = {field.name for field in fields(cls)}
        return cls(
            **{name: value for name, value in read.items() if name in names and isinstance(value, str)}
        )
