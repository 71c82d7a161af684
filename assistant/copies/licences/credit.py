"""What has to be said beside copied code: who holds the copyright, under which licence, and what the licence asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.copies.licences.categories import Category, worst_category
from assistant.copies.licences.expressions import alternatives, parts_of
from assistant.copies.licences.model import UNKNOWN_PART, LicenceFinding

NOT_KNOWN = "Licence: not known"

_NOTHING_ASKED = frozenset("0BSD Unlicense CC0-1.0 MIT-0 WTFPL blessing CC-PDDC SAX-PD GLWTPL".split())
_ASKS = {
    "Apache-2.0": "Keep the licence text and any NOTICE; state that the file was changed.",
    "MPL-2.0": "This file's code stays under the MPL-2.0; its source must be offered.",
}
_ASKS_BY_CATEGORY = {
    Category.PERMISSIVE: "Keep this notice and the licence text with the code.",
    Category.WEAK_COPYLEFT: "The copied code and changes to it stay under this licence; offer their source.",
    Category.STRONG_COPYLEFT: "Work that contains this code is to be distributed under this licence, with source.",
    Category.NETWORK_COPYLEFT: "Work that contains this code must be offered in source, to users over a network too.",
    Category.NON_FREE: "The licence restricts use; ask before this is kept.",
    Category.UNKNOWN: "The licence is not known; ask the authors before this is kept.",
}


@dataclass(frozen=True, slots=True)
class Attribution:
    """A credit for copied code, to be put into a comment."""

    lines: tuple[str, ...]
    """Without comment signs."""
    licence: str
    needed: bool
    """Whether the licence asks for it; a good custom otherwise."""


def attribution_for(finding: LicenceFinding, source: str, copyrights: Sequence[str] = ()) -> Attribution:
    """Return the credit that a licence asks for.

    :param source: Where the code is from, in words: ``requests 2.32.3, src/requests/utils.py, lines 10-42``.
    :param copyrights: The copyright lines of the source file, if it has any; else those that the finding has are taken.
    """
    known = [part for part in parts_of(finding.expression) if part != UNKNOWN_PART]
    ways = list(alternatives(finding.expression)) if known else []
    # Of a choice, the least demanding branch says what is asked; a policy may choose another, the line names them all.
    order = list(Category)
    chosen = min(ways, key=lambda way: order.index(worst_category(way)), default=())
    named = tuple(name for name in chosen if name != UNKNOWN_PART)
    asks = [_ASKS[name] for name in named if name in _ASKS]
    if not asks:
        asks = [_ASKS_BY_CATEGORY[worst_category(named)]]
    if named != chosen:
        asks.append(
            "Its licence file has terms beside, which were not recognised; read them before this is kept."
        )
    needed = not (chosen and all(name in _NOTHING_ASKED for name in chosen))
    lines = [f"Copied from {source}."]
    lines += copyrights or finding.copyrights
    lines.append(f"Licence: {finding.expression} (SPDX)" if known else NOT_KNOWN)
    if needed:
        lines += asks
    return Attribution(tuple(lines), finding.expression, needed)
