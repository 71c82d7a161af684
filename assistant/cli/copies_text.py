"""Findings on a terminal: both passages side by side, where they come from, what the policy says, what can be done."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from assistant.cli.console import Console, printable

if TYPE_CHECKING:
    from assistant.copies.model import CopyFinding, CopySource

_LEAST_COLUMN = 30
_MOST_COLUMN = 60
_MOST_LINES = 12
_MORE_SOURCES = 3


def write_finding(console: Console, finding: "CopyFinding", lines: int = _MOST_LINES) -> None:
    """Write one finding.

    :param lines: of the passages at most; the rest is counted.
    """
    from assistant.copies.model import CopyKind

    source = finding.source
    where = console.paint(printable(f"{finding.path}:{finding.start_line}-{finding.end_line}"), "path")
    from_ = f"{printable(source.path)}:{source.start_line}-{source.end_line}"
    if finding.kind is CopyKind.DUPLICATE:
        console.write(f"{where} repeats {console.paint(from_, 'name')} of {printable(source.title)}")
    else:
        title = console.paint(printable(source.title), "name")
        console.write(f"{where} {_relation(finding)} {title} ({printable(_licence(source))}), {from_}")
    for line in side_by_side(finding, console, lines):
        console.write(line)
    console.write(f"   {_facts(finding, console)}")
    others = _others(finding)
    for other in others[:_MORE_SOURCES]:
        console.write(f"   also in {printable(other)}")
    if len(others) > _MORE_SOURCES:
        console.write(f"   and in {len(others) - _MORE_SOURCES} more")
    for action in _actions(finding):
        console.write(f"   → {printable(action)}")


def _others(finding: "CopyFinding") -> list[str]:
    """Return the further sources as they are written, each once: a package can be installed in several places."""
    first, *others = (f"{source.title} ({_licence(source)}), {source.lines}" for source in finding.sources)
    return [other for other in dict.fromkeys(others) if other != first]


def side_by_side(finding: "CopyFinding", console: Console, most: int = _MOST_LINES) -> list[str]:
    """Return the two passages as lines of two columns with line numbers, each as wide as the terminal lets it be."""
    ours, theirs = finding.text.split("\n"), finding.source.text.split("\n")
    margin = _margin(ours), _margin(theirs)
    shown = min(max(len(ours), len(theirs)), most)
    wide = max(len(str(finding.end_line)), len(str(finding.source.end_line)), 4)
    column = max(_LEAST_COLUMN, min(_MOST_COLUMN, (console.width - 2 * wide - 12) // 2))
    rows = []
    for row in range(shown):
        left = _cell(ours, row, finding.start_line, wide, column, margin[0])
        right = _cell(theirs, row, finding.source.start_line, wide, column, margin[1])
        rows.append(f" {left:<{wide + 3 + column}}  {right}".rstrip())
    rest = max(len(ours), len(theirs)) - shown
    if rest > 0:
        rows.append(f" {'':>{wide}} … {rest} more lines")
    return rows


def _cell(lines: Sequence[str], row: int, first: int, wide: int, column: int, margin: int) -> str:
    if row >= len(lines):
        return ""
    text = printable(lines[row].removesuffix("\r").expandtabs(4)[margin:])
    if len(text) > column:
        text = text[: column - 1] + "…"
    return f"{first + row:>{wide}} │ {text}"


def _margin(lines: Sequence[str]) -> int:
    """Return how many columns of white space all lines begin with."""
    widths = [
        len(text) - len(text.lstrip()) for text in (line.expandtabs(4) for line in lines) if text.strip()
    ]
    return min(widths, default=0)


def _relation(finding: "CopyFinding") -> str:
    from assistant.copies.model import CopyLevel

    return "is copied from" if finding.level is CopyLevel.WARNING else "is much like"


def _licence(source: "CopySource") -> str:
    from assistant.copies.licences.model import NOASSERTION

    expression = source.licence.expression
    if expression == NOASSERTION:
        return "licence not known"
    return expression if source.licence.confidence.name == "SURE" else f"{expression}, not certain"


def _facts(finding: "CopyFinding", console: Console) -> str:
    from assistant.copies.model import CopyKind
    from assistant.copies.policy import Verdict

    if not finding.is_verified:
        alike = (
            f"alike for {finding.matched_tokens} tokens by their fingerprints; the corpus has no text to compare with, "
            "and the source's lines are estimated"
        )
    elif finding.renamed:
        pairs = ", ".join(f"{theirs} → {ours}" for ours, theirs in finding.renamed[:3])
        more = " ..." if len(finding.renamed) > 3 else ""
        alike = f"alike for {finding.matched_tokens} tokens, renamed {pairs}{more}"
    elif finding.exact_run >= finding.matched_tokens:
        alike = f"exact for {finding.exact_run} tokens"
    else:
        alike = f"alike for {finding.matched_tokens} tokens, {finding.exact_run} of them in a row"
    if finding.kind is CopyKind.DUPLICATE:
        return printable(alike)
    style = {Verdict.ALLOW: "good", Verdict.REVIEW: "warning", Verdict.DENY: "error"}[finding.verdict]
    verdict = console.paint(finding.verdict.name.lower(), style)
    return f"{printable(alike)} · {verdict}: {printable(finding.ruling.reason)}"


def _actions(finding: "CopyFinding") -> list[str]:
    from assistant.copies.model import CopyKind
    from assistant.copies.policy import Verdict

    if finding.suppressed:
        return [f"accepted: {finding.suppressed}"]
    if finding.kind is CopyKind.DUPLICATE:
        return []
    if finding.is_settled:
        return ["given credit"] if finding.attributed else []
    place = f"{finding.path}:{finding.start_line}"
    actions = []
    if finding.verdict is Verdict.REVIEW and finding.source.licence.known:
        actions.append(f"keep it with attribution:  assist copies attribute {place}")
    elif finding.verdict is Verdict.DENY:
        actions.append("write it anew, or take the package itself as a dependency")
    actions.append("it is not a copy, or allowed:  a comment `assist: copied-ok <reason>` above it")
    return actions
