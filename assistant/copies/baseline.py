"""The baseline: copies that were there before the check was introduced, and that somebody has accepted as they are.

A file in the repository, meant to be committed. A copy is known by its lines, wherever they stand, and by where they
come from; its text is not kept. A copy that has grown is a new one.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from assistant.copies.model import CopyFinding
from assistant.errors import SettingsError

BASELINE_FILE = ".assist-copies-baseline.json"
_VERSION = 1
_KNOWN_SHARE = 0.9
"""Of a finding's lines: where a passage begins and ends depends a little on what stands around it."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """An accepted copy."""

    path: str
    source: str
    licence: str
    lines: frozenset[str]


class Baseline:
    """Accepted copies."""

    def __init__(self, entries: Iterable[_Entry] = ()) -> None:
        self._entries = tuple(entries)
        self._of: dict[str, list[_Entry]] = {}
        for entry in self._entries:
            self._of.setdefault(entry.source, []).append(entry)

    def __len__(self) -> int:
        return len(self._entries)

    @classmethod
    def read(cls, file: Path) -> "Baseline":
        """Read a baseline.

        :raises SettingsError: if it is none.
        """
        try:
            data = json.loads(file.read_bytes())
            if data["version"] != _VERSION:
                raise ValueError("it is of another version")
            entries = [
                _Entry(
                    str(one["path"]),
                    str(one["source"]),
                    str(one["licence"]),
                    frozenset(map(str, one["lines"])),
                )
                for one in data["accepted"]
            ]
        except OSError as error:
            raise SettingsError(
                f"baseline {file}: {error.strerror}; `assist copies baseline` writes one"
            ) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SettingsError(
                f"baseline {file} cannot be understood ({error}); write it anew with `assist copies baseline`"
            ) from error
        return cls(entries)

    @classmethod
    def of(cls, findings: Iterable[CopyFinding]) -> "Baseline":
        """Return the baseline that accepts some findings."""
        return cls(
            _Entry(one.path, one.source.name, one.source.licence.expression, _lines_of(one.text))
            for one in findings
        )

    def accepts(self, finding: CopyFinding) -> bool:
        """Tell whether a copy was accepted."""
        lines = _lines_of(finding.text)
        known = (entry for source in finding.sources for entry in self._of.get(source.name, ()))
        return bool(lines) and any(len(lines & entry.lines) >= _KNOWN_SHARE * len(lines) for entry in known)

    def to_json(self) -> str:
        """Write it, in an order that does not depend on that of the findings."""
        entries = sorted(self._entries, key=lambda one: (one.path, one.source, sorted(one.lines)))
        accepted = [
            {"path": one.path, "source": one.source, "licence": one.licence, "lines": sorted(one.lines)}
            for one in entries
        ]
        return json.dumps({"version": _VERSION, "accepted": accepted}, indent=1, ensure_ascii=False) + "\n"


def fingerprint_of(finding: CopyFinding) -> str:
    """Return what identifies a finding between runs: its text but for white space, and where it comes from."""
    told = "\0".join((finding.kind, finding.source.name, finding.source.path, *finding.text.split()))
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _lines_of(text: str) -> frozenset[str]:
    squeezed = ("".join(line.split()) for line in text.split("\n"))
    return frozenset(
        blake2b(line.encode("utf-8", "surrogatepass"), digest_size=5).hexdigest() for line in squeezed if line
    )
