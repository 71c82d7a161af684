"""Copied code, as suggestions, answers and diagnostics tell of it."""

from dataclasses import dataclass
from enum import StrEnum

from lsp.schema import described

SHOW_SOURCE_COMMAND = "assist.copies.showSource"
"""The command of the action that opens the file which a passage was copied from."""


class CopyVerdict(StrEnum):
    """What the policy says of a copy."""

    ALLOW = "allow"
    REVIEW = "review"
    DENY = "deny"


class CopyLevel(StrEnum):
    """How sure a copy is."""

    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class CopyNote:
    """A passage that stands elsewhere, too."""

    start_line: int = described("First line in the document as it would be, counted from 1.")
    end_line: int = described("Last line.")
    source: str = described("Whose code it is: a package, repository or folder, with its version.")
    path: str = described("The file in there.")
    source_start_line: int = described("First line in that file, counted from 1.")
    source_end_line: int = described("Last line.")
    licence: str = described("An SPDX expression; `NOASSERTION` if it is not known.")
    verdict: CopyVerdict = described("What the policy says.")
    level: CopyLevel = described("`hint`: alike but for names or some lines.")
    reason: str = described("Why the policy says so.")
    uri: str = described("The file that it stands in, if it is on this disk; else empty.", "")
    text: str = described("The passage there, as it was compared.", "")


EXAMPLE_COPY = CopyNote(
    12,
    29,
    "more-itertools 10.5.0",
    "more_itertools/more.py",
    128,
    146,
    "MIT",
    CopyVerdict.REVIEW,
    CopyLevel.WARNING,
    "MIT is permissive",
    "file:///home/me/shop/.venv/lib/python3.12/site-packages/more_itertools/more.py",
    "def chunked(iterable, n, strict=False):\n    ...",
)
